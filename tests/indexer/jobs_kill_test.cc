// kill -9 of a process that queues and runs jobs, at random moments: no acknowledged job is lost,
// none is stuck, and every snapshot served is whole. CAIRN_KILLS sets the number of trials,
// CAIRN_SEED gives another run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>

#include "indexer/jobs/runner.h"
#include "indexer/workspaces.h"
#include "tests/support/generated_source.h"
#include "tests/support/index_child.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::indexer {
namespace {

using std::chrono::microseconds;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::vector<std::int64_t> acknowledged_in(const std::string& text) {
  std::vector<std::int64_t> out;
  std::istringstream in(text);
  // The last line may be cut; a cut id would name a job that need not exist.
  for (std::string line; std::getline(in, line) && !in.eof();)
    if (line.starts_with("queued ")) out.push_back(std::stoll(line.substr(7)));
  return out;
}

TEST(JobsKillTest, NoAcknowledgedJobIsLostOrStuck) {
  const std::uint64_t seed = from_environment("CAIRN_SEED", 5);
  const std::uint64_t trials = from_environment("CAIRN_KILLS", 10);
  std::mt19937_64 random(seed);
  const testing::TempDir temp;
  const std::string data = temp / "data";
  test::GeneratedSource one(temp / "one", 12, seed);
  test::GeneratedSource two(temp / "two", 12, seed + 1);
  std::uint64_t acknowledged = 0;
  for (std::uint64_t trial = 0; trial < trials; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial) + " of seed " + std::to_string(seed));
    one.change();
    std::vector<std::string> environment;
    if (trial % 3 == 0)
      environment.push_back("CAIRN_FAILPOINT=job." +
                            std::string(random() % 2 == 0 ? "before" : "after") +
                            "_commit:" + std::to_string(1 + random() % 20));
    const test::ChildRun run =
        test::run_child(CAIRN_JOB_CHILD, {data, one.root(), two.root()}, environment,
                        microseconds(20'000 + random() % 600'000));
    ASSERT_TRUE(run.killed) << run.text;
    const auto workspaces = Workspaces::open(data, std::make_shared<SystemClock>()).value();
    store::JobStore& jobs = workspaces->state().jobs();
    const std::vector<std::int64_t> told = acknowledged_in(run.text);
    acknowledged += told.size();
    for (const std::int64_t id : told) ASSERT_TRUE(jobs.get(id)) << "job " << id << " is lost";
    // What a server does first at its start: a request that was never acknowledged, the first one
    // of a repo that was only just added too, may have left nothing, and the folders changed.
    ASSERT_TRUE(jobs.reclaim(""));
    for (const auto& [repo, settings] : workspaces->list().value())
      ASSERT_TRUE(workspaces->request_index(repo.slug, "", store::JobReason::kSchedule));
    JobRunner runner(*workspaces, index_source, {});
    for (;;) {
      const Result<bool> worked = runner.run_one();
      ASSERT_TRUE(worked) << worked.error().to_string();
      if (!*worked) break;
    }
    const store::JobCounts left = jobs.counts().value();
    EXPECT_EQ(left.queued + left.running, 0u);
    for (const std::int64_t id : told)
      EXPECT_EQ(jobs.get(id).value().state, store::JobState::kDone) << id;
    for (const auto& [repo, settings] : workspaces->list().value()) {
      const RepoViewPtr view = workspaces->current(repo.slug).value();
      ASSERT_TRUE(view);
      EXPECT_FALSE(view->stale);
      IndexOptions clean;
      clean.source = repo.source;
      EXPECT_TRUE(test::dump(*view->snapshot) == test::dump(*index_source(clean).value().snapshot));
    }
    if (HasFailure()) break;
  }
  std::cout << "seed " << seed << ": " << trials << " kills, " << acknowledged << " requests\n";
  EXPECT_GT(acknowledged, 0u);
}

}  // namespace
}  // namespace cairn::indexer
