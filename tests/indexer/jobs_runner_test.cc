#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "indexer/jobs/runner.h"
#include "indexer/jobs/upkeep.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::write_file;
using std::chrono::milliseconds;
using std::chrono::seconds;
using store::JobState;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Remembers what it is told, and waits for it; the long time-outs only end a failing test.
class Recorder final : public JobObserver {
 public:
  void on_job(const store::Job& job) override {
    const std::lock_guard lock(mutex_);
    states_.push_back(std::string(name_of(job.state)));
    last_[job.id] = job.state;
    told_.notify_all();
  }
  void on_progress(const JobProgress& progress) override {
    const std::lock_guard lock(mutex_);
    if (stages_.empty() || stages_.back() != progress.stage) stages_.push_back(progress.stage);
  }
  void on_snapshot(const RepoView& view) override {
    const std::lock_guard lock(mutex_);
    snapshots_.push_back(view.repo.slug);
  }
  bool wait_for(std::int64_t job, JobState state) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, seconds(60), [&] {
      const auto at = last_.find(job);
      return at != last_.end() && at->second == state;
    });
  }
  std::vector<std::string> states() const { return copy(states_); }
  std::vector<std::string> stages() const { return copy(stages_); }
  std::vector<std::string> snapshots() const { return copy(snapshots_); }

 private:
  std::vector<std::string> copy(const std::vector<std::string>& from) const {
    const std::lock_guard lock(mutex_);
    return from;
  }
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::string> states_;
  std::vector<std::string> stages_;
  std::vector<std::string> snapshots_;
  std::map<std::int64_t, JobState> last_;
};

class JobRunnerTest : public ::testing::Test {
 protected:
  JobRunnerTest() {
    write_file(source_ / "a.py", "def f():\n    return 1\n");
    workspaces_ = Workspaces::open(data_.path(), clock_).value();
    options_.watch = false;
    options_.collect_every_hours = 0;
    options_.disk_space = [this](const std::string&) -> Result<DiskSpace> { return disk_; };
  }
  store::Job pin() {
    PinRequest request;
    request.source = source_.path();
    request.slug = "mine";
    return workspaces_->pin(request).value().job;
  }
  store::Job request() {
    return workspaces_->request_index("mine", "", store::JobReason::kRequest).value().job;
  }
  store::Job job(std::int64_t id) { return workspaces_->state().jobs().get(id).value(); }
  std::unique_ptr<JobRunner> runner(IndexExecutor executor = index_source) {
    return std::make_unique<JobRunner>(*workspaces_, std::move(executor), options_, &recorder_);
  }
  static IndexExecutor failing(ErrorCode code) {
    return [code](const IndexOptions&) -> Result<Index> { return Error(code, "it went wrong"); };
  }

  TempDir data_;
  TempDir source_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  DiskSpace disk_{std::uint64_t{100} << 30, std::uint64_t{200} << 30};
  RunnerOptions options_;
  Recorder recorder_;
  std::unique_ptr<Workspaces> workspaces_;
};

TEST_F(JobRunnerTest, RunsWhatIsQueuedAndTells) {
  const auto run = runner();
  const store::Job queued = pin();
  EXPECT_TRUE(run->run_one().value());
  EXPECT_FALSE(run->run_one().value());
  EXPECT_THAT(recorder_.states(), ElementsAre("queued", "running", "done"));
  EXPECT_THAT(recorder_.snapshots(), ElementsAre("mine"));
  EXPECT_THAT(recorder_.stages(), Contains("extract"));
  EXPECT_THAT(recorder_.stages(), Contains("publish"));
  const store::Job done = job(queued.id);
  EXPECT_THAT(done.result, HasSubstr("\"files\":1"));
  EXPECT_THAT(done.result, HasSubstr("\"files_parsed\":1"));
  EXPECT_EQ(done.stage, "publish");
}

TEST_F(JobRunnerTest, WhatMayPassIsTriedAgainAndWhatMayNotIsNot) {
  const store::Job queued = pin();
  auto run = runner(failing(ErrorCode::kUnreachable));
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kQueued);
  EXPECT_FALSE(run->run_one().value()) << "did not wait";
  EXPECT_THAT(run->job(queued.id).value().waiting, HasSubstr("until "));
  clock_->advance(milliseconds(store::retry_delay_ms(1)));
  run = runner(failing(ErrorCode::kRevisionNotFound));
  EXPECT_TRUE(run->run_one().value());
  const store::Job failed = job(queued.id);
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_EQ(failed.error_code, "E_REVISION_NOT_FOUND");
  EXPECT_EQ(failed.error_message, "it went wrong");
}

TEST_F(JobRunnerTest, AFullDiskWhileIndexingIsTriedAgain) {
  const store::Job queued = pin();
  auto run = runner(failing(ErrorCode::kDiskFull));
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kQueued);
  clock_->advance(milliseconds(store::retry_delay_ms(1)));
  run = runner();
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kDone);
}

TEST_F(JobRunnerTest, CancellingStopsARunningJob) {
  std::unique_ptr<JobRunner> run;
  const store::Job queued = pin();
  run = runner([&](const IndexOptions& options) -> Result<Index> {
    EXPECT_FALSE(options.stop.stopped());
    EXPECT_EQ(workspaces_->cancel(queued.id).value().state, JobState::kRunning);
    EXPECT_TRUE(options.stop.stopped());
    return Error(ErrorCode::kCancelled, "stopped");
  });
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kCancelled);
  EXPECT_FALSE(run->run_one().value());
}

TEST_F(JobRunnerTest, CancellingFromAnotherProcessArrivesWithTheHeartbeat) {
  const store::Job queued = pin();
  std::unique_ptr<JobRunner> run;
  run = runner([&](const IndexOptions& options) -> Result<Index> {
    EXPECT_TRUE(workspaces_->state().jobs().cancel(queued.id));
    EXPECT_FALSE(options.stop.stopped());
    run->beat();
    EXPECT_TRUE(options.stop.stopped());
    return Error(ErrorCode::kCancelled, "stopped");
  });
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kCancelled);
}

// A runner that was stopped (SIGSTOP) past its lease: another one does the job meanwhile; when the
// first wakes up it publishes nothing and ends nothing.
TEST_F(JobRunnerTest, ARunnerThatSleptPastItsLeaseChangesNothing) {
  const store::Job queued = pin();
  const auto second = runner();
  std::string published;
  const auto first = runner([&](const IndexOptions& options) -> Result<Index> {
    clock_->advance(milliseconds(options_.lease_ms));
    EXPECT_TRUE(second->run_one().value());
    published = workspaces_->current("mine").value()->row.id;
    // The folder changed, so that this run has something of its own to publish.
    write_file(source_ / "a.py", "def late():\n    return 1\n");
    Result<Index> late = index_source(options);
    EXPECT_TRUE(!late && late.error().code() == ErrorCode::kFenced);
    return late;
  });
  EXPECT_TRUE(first->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kDone);
  EXPECT_EQ(job(queued.id).attempt, 2);
  ASSERT_TRUE(workspaces_->refresh());
  EXPECT_EQ(workspaces_->current("mine").value()->row.id, published);
}

TEST_F(JobRunnerTest, ALostLeaseStopsTheWork) {
  pin();
  std::unique_ptr<JobRunner> run;
  run = runner([&](const IndexOptions& options) -> Result<Index> {
    clock_->advance(milliseconds(options_.lease_ms));
    EXPECT_TRUE(workspaces_->state().jobs().expire());
    run->beat();
    EXPECT_TRUE(options.stop.stopped());
    return Error(ErrorCode::kCancelled, "stopped");
  });
  EXPECT_TRUE(run->run_one().value());
}

TEST_F(JobRunnerTest, NothingIsIndexedWhileTheDiskIsNearlyFull) {
  const auto run = runner();
  disk_.free_bytes = std::uint64_t{1} << 29;
  ASSERT_TRUE(run->tick());
  EXPECT_THAT(run->paused_reason(), HasSubstr("MiB left"));
  const store::Job queued = pin();
  // The collection that is to free some does run.
  EXPECT_TRUE(run->run_one().value());
  EXPECT_FALSE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kQueued);
  EXPECT_THAT(run->job(queued.id).value().waiting, HasSubstr("indexing waits"));
  const auto ended = workspaces_->state().jobs().last_ended("", store::JobKind::kCollect).value();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, JobState::kDone);
  disk_.free_bytes = std::uint64_t{2} << 30;
  ASSERT_TRUE(run->tick());
  EXPECT_EQ(run->paused_reason(), "");
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kDone);
}

TEST(LowDiskTest, TheSmallerOfShareAndBytesCounts) {
  const auto low = [](std::uint64_t free, std::uint64_t total) {
    return !low_disk_reason({free, total}, {}).empty();
  };
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  EXPECT_FALSE(low(kGiB, 100 * kGiB));
  EXPECT_TRUE(low(kGiB - 1, 100 * kGiB));
  EXPECT_FALSE(low(kGiB / 10 + 1, kGiB)) << "a small disk";
  EXPECT_TRUE(low(kGiB / 11, kGiB));
  EXPECT_TRUE(disk_space_of("/").value().total_bytes > 0);
  EXPECT_FALSE(disk_space_of("/nonexistent"));
}

TEST_F(JobRunnerTest, RemotesAreLookedAtFromTimeToTime) {
  PinRequest request;
  request.source = "https://example.invalid/owner/thing.git";
  request.poll_seconds = 60;
  const store::Job first = workspaces_->pin(request).value().job;
  const auto run = runner(failing(ErrorCode::kRevisionNotFound));
  EXPECT_TRUE(run->run_one().value());
  EXPECT_EQ(job(first.id).state, JobState::kFailed);
  clock_->advance(seconds(59));
  ASSERT_TRUE(run->tick());
  EXPECT_FALSE(run->run_one().value()) << "too early";
  clock_->advance(seconds(1));
  ASSERT_TRUE(run->tick());
  ASSERT_TRUE(run->tick());
  EXPECT_TRUE(run->run_one().value());
  EXPECT_FALSE(run->run_one().value());
  const auto last =
      workspaces_->state().jobs().last_ended(first.repo, store::JobKind::kIndex).value();
  EXPECT_EQ(last->reason, store::JobReason::kSchedule);
}

TEST_F(JobRunnerTest, CollectsNowAndThen) {
  options_.collect_every_hours = 24;
  const auto run = runner();
  ASSERT_TRUE(run->tick());
  EXPECT_TRUE(run->run_one().value());
  ASSERT_TRUE(run->tick());
  EXPECT_FALSE(run->run_one().value());
  clock_->advance(std::chrono::hours(24));
  ASSERT_TRUE(run->tick());
  EXPECT_TRUE(run->run_one().value());
}

TEST_F(JobRunnerTest, AtItsStartItTakesBackWhatDeadServersRan) {
  const store::Job queued = pin();
  store::ClaimOptions dead;
  dead.owner = "dead";
  ASSERT_TRUE(workspaces_->state().jobs().claim(dead).value());
  const auto run = runner();
  ASSERT_TRUE(run->start());
  EXPECT_TRUE(recorder_.wait_for(queued.id, JobState::kDone));
  run->stop();
}

TEST_F(JobRunnerTest, StoppingPutsRunningJobsBack) {
  const store::Job queued = pin();
  std::mutex mutex;
  std::condition_variable begun;
  bool working = false;
  const auto run = runner([&](const IndexOptions& options) -> Result<Index> {
    {
      const std::lock_guard lock(mutex);
      working = true;
      begun.notify_all();
    }
    while (!options.stop.stopped()) std::this_thread::yield();
    return Error(ErrorCode::kCancelled, "stopped");
  });
  ASSERT_TRUE(run->start());
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(begun.wait_for(lock, seconds(60), [&] { return working; }));
  }
  run->stop();
  const store::Job back = job(queued.id);
  EXPECT_EQ(back.state, JobState::kQueued);
  EXPECT_EQ(back.attempt, 0);
  const auto next = runner();
  EXPECT_TRUE(next->run_one().value());
  EXPECT_EQ(job(queued.id).state, JobState::kDone);
}

TEST_F(JobRunnerTest, AChangedFileIsIndexed) {
  options_.watch = true;
  options_.watching.quiet = milliseconds(10);
  const auto run = runner();
  ASSERT_TRUE(run->start());
  const store::Job first = pin();
  ASSERT_TRUE(recorder_.wait_for(first.id, JobState::kDone));
  write_file(source_ / "b.py", "def changed():\n    return 1\n");
  const auto give_up = std::chrono::steady_clock::now() + seconds(60);
  while (workspaces_->current("mine").value()->snapshot->named("changed").empty() &&
         std::chrono::steady_clock::now() < give_up)
    std::this_thread::yield();
  EXPECT_EQ(workspaces_->current("mine").value()->snapshot->named("changed").size(), 1u);
  run->stop();
}

}  // namespace
}  // namespace cairn::indexer
