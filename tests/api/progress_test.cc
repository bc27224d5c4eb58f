#include "api/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Listener final : Console {
  explicit Listener(bool is_terminal) : terminal(is_terminal) {}
  Result<void> out(std::string_view) override { return {}; }
  void err(std::string_view piece) override { text += piece; }
  bool err_is_terminal() const override { return terminal; }
  std::string text;
  bool terminal;
};

constexpr auto kExtract = indexer::Stage::kExtract;

TEST(ProgressTest, DrawsOneLineOnATerminalAndRemovesIt) {
  Listener console(true);
  FakeClock clock;
  {
    ProgressLine line(console, clock, false);
    line.update({kExtract, 0, 100});
    EXPECT_EQ(console.text, "");
    clock.advance(std::chrono::milliseconds(500));
    line.update({kExtract, 50, 100});
  }
  EXPECT_THAT(console.text, StartsWith("\r" + std::string(indexer::name_of(kExtract)) +
                                       " [############............] 50/100, 100/s, "));
  EXPECT_THAT(console.text, HasSubstr(" left\033[K"));
  EXPECT_TRUE(console.text.ends_with("\r\033[K"));
}

TEST(ProgressTest, RedrawsNotMoreOftenThanEyesSee) {
  Listener console(true);
  FakeClock clock;
  ProgressLine line(console, clock, false);
  line.update({kExtract, 0, 100});
  for (std::uint64_t i = 1; i <= 100; ++i) {
    clock.advance(std::chrono::milliseconds(5));
    line.update({kExtract, i, 100});
  }
  EXPECT_EQ(std::count(console.text.begin(), console.text.end(), '\r'), 5);
}

TEST(ProgressTest, PrintsPlainLinesRarelyElsewhere) {
  Listener console(false);
  FakeClock clock;
  ProgressLine line(console, clock, false);
  line.update({kExtract, 0, 1000});
  clock.advance(std::chrono::seconds(1));
  line.update({kExtract, 10, 1000});
  EXPECT_EQ(console.text, "");
  clock.advance(std::chrono::seconds(5));
  line.update({kExtract, 60, 1000});
  EXPECT_EQ(console.text, std::string(indexer::name_of(kExtract)) + " 60/1,000, 10/s, 94 s left\n");
}

TEST(ProgressTest, IsSilentWhenQuiet) {
  Listener console(true);
  FakeClock clock;
  ProgressLine line(console, clock, true);
  line.update({kExtract, 0, 1000});
  clock.advance(std::chrono::minutes(1));
  line.update({kExtract, 1, 1000});
  line.finish();
  EXPECT_EQ(console.text, "");
}

}  // namespace
}  // namespace cairn::api
