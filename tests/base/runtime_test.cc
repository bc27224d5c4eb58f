// Stop tokens, clocks, logs and metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/stop_token.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(StopToken, DefaultNeverStops) {
  const StopToken token;
  EXPECT_FALSE(token.stopped());
  EXPECT_FALSE(token.has_deadline());
  EXPECT_TRUE(token.check("work"));
}

TEST(StopToken, CopiesSeeTheCancellation) {
  StopSource source;
  const StopToken token = source.token();
  const StopToken copy = token.with_timeout(1h);
  EXPECT_FALSE(copy.stopped());
  source.stop();
  EXPECT_TRUE(token.stopped());
  EXPECT_EQ(copy.check("work").error().code(), ErrorCode::kCancelled);
  EXPECT_THAT(copy.check("reading x").error().message(), HasSubstr("reading x"));
}

TEST(StopToken, TheEarlierDeadlineWins) {
  const auto now = StopToken::Clock::now();
  const StopToken token = StopToken().with_deadline(now + 1h).with_deadline(now + 2h);
  EXPECT_EQ(token.deadline(), now + 1h);
  const StopToken past = token.with_deadline(now - 1s);
  EXPECT_TRUE(past.stopped());
  EXPECT_FALSE(past.cancelled());
  EXPECT_EQ(past.check("work").error().code(), ErrorCode::kTimeout);
}

TEST(StopToken, ExpiresWhileWorkGoesOn) {
  const StopToken token = StopToken().with_timeout(20ms);
  const auto give_up = StopToken::Clock::now() + 10s;
  while (!token.stopped() && StopToken::Clock::now() < give_up) std::this_thread::yield();
  EXPECT_TRUE(token.expired());
}

TEST(Clock, TheFakeOneMovesOnlyWhenTold) {
  FakeClock clock(1000);
  const auto before = clock.steady_now();
  EXPECT_EQ(clock.unix_milliseconds(), 1000);
  clock.advance(1500ms);
  EXPECT_EQ(clock.unix_milliseconds(), 2500);
  EXPECT_EQ(clock.steady_now() - before, 1500ms);
  EXPECT_GT(SystemClock().unix_milliseconds(), 1'600'000'000'000);
}

std::string logged(std::initializer_list<LogField> fields) {
  ::testing::internal::CaptureStderr();
  log_info("test.event", fields);
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneStructuredLine) {
  EXPECT_THAT(logged({{"files", 3}, {"ok", true}, {"path", "a/b"}}),
              MatchesRegex("[0-9-]+T[0-9:.]+Z info test.event files=3 ok=true path=a/b\n"));
}

TEST(Log, AHostileValueCannotForgeALineOrField) {
  EXPECT_THAT(logged({{"path", "x\n2026 error forged a=\"b\"\x1b"}}),
              HasSubstr(R"(path="x\n2026 error forged a=\"b\"\x1b")"));
  EXPECT_THAT(logged({{"path", ""}}), HasSubstr("path=\"\"\n"));
}

TEST(Log, LevelsFilter) {
  set_log_level(log_level_named("error").value());
  EXPECT_EQ(logged({}), "");
  set_log_level(LogLevel::kInfo);
  EXPECT_NE(logged({}), "");
  EXPECT_EQ(log_level_named("loud").error().code(), ErrorCode::kInvalidArgument);
}

TEST(StageCosts, AddUpPerStageInOrder) {
  StageCosts costs;
  {
    const StageTimer outer(costs, "link");
    const std::int64_t until = thread_cpu_ns() + 5'000'000;
    while (thread_cpu_ns() < until) continue;
  }
  StageTimer second(costs, "freeze");
  second.finish();
  second.finish();
  costs.add("link", 1, 1);
  const auto rows = costs.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "link");
  EXPECT_EQ(rows[0].runs, 2u);
  EXPECT_GE(rows[0].cpu_ns, 5'000'000);
  EXPECT_GE(rows[0].wall_ns, 4'000'000);
  EXPECT_EQ(rows[1].runs, 1u);
}

TEST(Metrics, PeakMemoryCoversWhatWasTouched) {
  const std::vector<char> block(64u << 20, 1);
  EXPECT_GT(peak_rss_bytes(), block.size());
}

TEST(Counter, CountsFromManyThreads) {
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) counter.add();
      });
  }
  EXPECT_EQ(counter.value(), 4000u);
}

}  // namespace
}  // namespace cairn
