#include "indexer/jobs/progress_meter.h"

#include <gtest/gtest.h>

namespace cairn::indexer {
namespace {

using std::chrono::milliseconds;

class ProgressMeterTest : public ::testing::Test {
 protected:
  bool report(Stage stage, std::uint64_t done, std::uint64_t total, int at_ms) {
    return meter_.update({stage, done, total}, at(at_ms));
  }
  JobProgress view(int at_ms) const { return meter_.view(at(at_ms)); }
  static ProgressMeter::Time at(int ms) { return ProgressMeter::Time(milliseconds(ms)); }

  ProgressMeter meter_{store::Job(), at(0)};
};

TEST_F(ProgressMeterTest, RateAndEstimateAreMeasuredWithinTheStage) {
  report(Stage::kExtract, 0, 1000, 100);
  EXPECT_FALSE(view(600).eta_seconds) << "an estimate before anything was measured";
  for (int ms = 100; ms <= 2100; ms += 100)
    report(Stage::kExtract, static_cast<std::uint64_t>(ms - 100) / 10, 1000, ms);
  const JobProgress now = view(2100);
  EXPECT_EQ(now.stage, "extract");
  EXPECT_EQ(now.stage_number, 3);
  EXPECT_EQ(now.stages, 7);
  EXPECT_EQ(now.done, 200u);
  EXPECT_NEAR(now.rate, 100, 1);
  ASSERT_TRUE(now.eta_seconds);
  EXPECT_NEAR(*now.eta_seconds, 8, 0.1);
  EXPECT_NEAR(now.elapsed_seconds, 2.1, 1e-9);
  report(Stage::kLink, 0, 1000, 2200);
  EXPECT_FALSE(view(2200).eta_seconds) << "the rate of another stage was used";
}

TEST_F(ProgressMeterTest, TheRateFollowsTheLastSeconds) {
  for (int ms = 0; ms <= 10'000; ms += 100)
    report(Stage::kLink, static_cast<std::uint64_t>(ms), 100'000, ms);
  for (int ms = 10'000; ms <= 20'000; ms += 100)
    report(Stage::kLink, 10'000 + static_cast<std::uint64_t>(ms - 10'000) / 10, 100'000, ms);
  EXPECT_NEAR(view(20'000).rate, 100, 5);
}

TEST_F(ProgressMeterTest, OthersAreToldOfStagesEndsAndTenTimesASecond) {
  EXPECT_TRUE(report(Stage::kRead, 0, 0, 0));
  int told = 0;
  for (int ms = 1; ms <= 1000; ++ms)
    told += report(Stage::kRead, static_cast<std::uint64_t>(ms), 2000, ms) ? 1 : 0;
  EXPECT_EQ(told, 10);
  EXPECT_TRUE(report(Stage::kRead, 2000, 2000, 1001));
  EXPECT_TRUE(report(Stage::kExtract, 0, 10, 1002));
}

TEST_F(ProgressMeterTest, ALateReportDoesNotTurnTheCountBack) {
  report(Stage::kLink, 5, 10, 1);
  report(Stage::kLink, 4, 10, 2);
  EXPECT_EQ(view(3).done, 5u);
}

}  // namespace
}  // namespace cairn::indexer
