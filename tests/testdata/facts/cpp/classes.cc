#include <string>
#include "base/shape.h"

namespace app::model {

class Engine;
enum class Mode : int { kFast, kSlow = 2 };
enum Plain { kOne };

// A car.
class Car final : public Vehicle, private base::Tracked<Car> {
 public:
  explicit Car(int wheels = 4) : Vehicle(wheels), wheels_(wheels), engine_{nullptr} {}
  Car(const Car&) = delete;
  virtual ~Car() override;
  virtual void drive(const std::string& to) const = 0;
  int drive(int distance, ...) override;
  operator bool() const { return engine_ != nullptr; }
  bool operator==(const Car& other) const;
  static Car make();
  [[deprecated("use make")]] static Car build();
  template <class T, int N = 3>
  T convert(T&& value);
  struct Part { std::string name; };

 protected:
  using Vehicle::start;
  using Parts = std::vector<Part>;

 private:
  friend class Garage;
  friend void swap(Car& a, Car& b);
  static constexpr int kLimit = 8;
  static int count_;
  int wheels_ = 4;
  Engine* const engine_ GUARDED_BY(mutex_);
};

int Car::count_ = 0;
Car::~Car() { delete engine_; }
Car Car::make() { return Car(3); }
bool Car::operator==(const Car& other) const { return wheels_ == other.wheels_; }

template <typename T>
struct Box {
  T item;
  T& get() { return this->item; }
};
template <>
struct Box<int> { int item; };
template <typename T>
T Box<T>::take(T fallback) { return item ? item : fallback; }

template <typename T>
concept Drivable = requires(T t) { t.drive(1); };

inline namespace v1 { int version(); }
namespace { int hidden = 1; }

}  // namespace app::model
