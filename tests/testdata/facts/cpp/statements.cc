#include <gtest/gtest.h>

namespace fs = std::filesystem;
using namespace app;
using app::model::Car;
using Handler = std::function<void(int)>;

class API_EXPORT Store : public Base {
 public:
  Store();
  API_EXPORT int size() const;
  API_EXPORT const char* name() const REQUIRES(lock_);
};

static void use(const std::vector<Car>& cars, Handler handler) {
  std::lock_guard<std::mutex> lock(mu);
  Car first(1, 2), second;
  Car third{3};
  auto* owned = new model::Car(4);
  auto unique = std::make_unique<Car>(5);
  for (const auto& car : cars) car.drive("x");
  for (auto& [key, value] : lookup()) value += key;
  if (auto it = cars.find(first); it != cars.end()) it->second.drive(1);
  auto twice = [&first, n = 2](int x) -> int { return x * n + first.wheels(); };
  run([](const Car& c) { c.start(); });
  while (int left = next()) consume(left, twice(left));
  try {
    throw model::Error("bad");
  } catch (const std::exception& e) {
    log(e.what());
  }
  Car{7}.drive(static_cast<int>(third.speed()));
  ::global_call(Mode::kFast, Box<int>::get(), unique->template convert<long>(1));
  handler = nullptr;
}

TEST(CarTest, Drives) { EXPECT_EQ(Car().wheels(), 4); }
TEST_F(CarFixture, Stops) { car_.stop(); }

int main(int argc, char** argv) { return RUN_ALL_TESTS(); }

TEST_CASE("stops at once", "[car]") { REQUIRE(Car().stop()); }

class Shape {
 public:
  API_EXPORT Shape(int sides);  // behind the code: not the next one's documentation
  int sides_;
};
