#include "store/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "store/state.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

using cairn::testing::TempDir;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JobsTest : public ::testing::Test {
 protected:
  JobsTest() { open(); }
  void open() {
    state_.reset();
    state_ = open_state(dir_ / "cairn.db", clock_).value();
  }
  JobStore& jobs() { return state_->jobs(); }
  std::string repo(const std::string& name) {
    RepoSpec spec;
    spec.source = spec.location = "/src/" + name;
    return state_->repos().upsert_repo(spec).value().id;
  }
  Job add(const std::string& repo, const std::string& ref = "",
          JobReason reason = JobReason::kRequest) {
    JobSpec spec;
    spec.repo = repo;
    spec.ref = ref;
    spec.reason = reason;
    return jobs().enqueue(spec).value().job;
  }
  std::optional<Job> claim(const std::string& owner = "me") {
    ClaimOptions options;
    options.owner = owner;
    options.lease_ms = kLease;
    return jobs().claim(options).value();
  }
  void finish(const Job& job) { ASSERT_TRUE(jobs().finish(job.fenced(), {})); }

  static constexpr std::int64_t kLease = 60'000;
  TempDir dir_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<State> state_;
};

TEST_F(JobsTest, AJobLivesThroughReopeningWithAllItsMembers) {
  const std::string a = repo("a");
  JobSpec spec;
  spec.repo = a;
  spec.ref = "main";
  spec.reason = JobReason::kPush;
  spec.priority = 77;
  spec.max_attempts = 2;
  spec.not_before_ms = clock_->unix_milliseconds() + 5;
  const Enqueued added = jobs().enqueue(spec).value();
  EXPECT_TRUE(added.added);
  open();
  const Job job = jobs().get(added.job.id).value();
  EXPECT_EQ(job.repo, a);
  EXPECT_EQ(job.ref, "main");
  EXPECT_EQ(job.reason, JobReason::kPush);
  EXPECT_EQ(job.priority, 77);
  EXPECT_EQ(job.max_attempts, 2);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.created_at_ms, clock_->unix_milliseconds());
  EXPECT_FALSE(claim()) << "claimed before its time";
  clock_->advance(milliseconds(5));
  const auto claimed = claim("host:1");
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->owner, "host:1");
  EXPECT_EQ(claimed->attempt, 1);
  EXPECT_EQ(claimed->lease_until_ms, clock_->unix_milliseconds() + kLease);
  JobOutcome outcome;
  outcome.stage = "publish";
  outcome.done = outcome.total = 9;
  outcome.result = R"({"files":9})";
  ASSERT_TRUE(jobs().finish(claimed->fenced(), outcome));
  open();
  const Job done = jobs().get(job.id).value();
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.stage, "publish");
  EXPECT_EQ(done.total, 9u);
  EXPECT_EQ(done.result, R"({"files":9})");
  EXPECT_EQ(done.finished_at_ms, clock_->unix_milliseconds());
}

TEST_F(JobsTest, OnlyOneOfARepoKindAndRefIsActive) {
  const std::string a = repo("a");
  const Job first = add(a, "", JobReason::kChange);
  JobSpec again;
  again.repo = a;
  again.reason = JobReason::kRequest;
  const Enqueued second = jobs().enqueue(again).value();
  EXPECT_FALSE(second.added);
  EXPECT_EQ(second.job.id, first.id);
  EXPECT_EQ(second.job.priority, default_priority(JobReason::kRequest)) << "priority not raised";
  EXPECT_NE(add(a, "v1").id, first.id);
  EXPECT_NE(add(repo("b")).id, first.id);
}

TEST_F(JobsTest, ARequestWhileItRunsQueuesASuccessor) {
  const std::string a = repo("a");
  add(a);
  const Job running = claim().value();
  EXPECT_EQ(add(a).id, running.id);
  EXPECT_EQ(add(a).id, running.id);
  EXPECT_FALSE(claim()) << "two jobs of one repo at once";
  finish(running);
  const auto next = claim();
  ASSERT_TRUE(next) << "what was asked for while it ran was forgotten";
  EXPECT_GT(next->id, running.id);
  finish(*next);
  EXPECT_FALSE(claim());
}

TEST_F(JobsTest, PriorityFirstThenTheRepoServedLongestAgo) {
  const std::string a = repo("a");
  const std::string b = repo("b");
  for (int i = 0; i < 3; ++i) add(a, "r" + std::to_string(i));
  for (int i = 0; i < 3; ++i) add(b, "r" + std::to_string(i));
  const Job urgent = add(b, "urgent", JobReason::kRequest);
  JobSpec spec;
  spec.repo = a;
  spec.ref = "more urgent";
  spec.priority = 90;
  const Job most = jobs().enqueue(spec).value().job;
  std::vector<std::string> order;
  std::vector<std::int64_t> ids;
  while (const auto job = claim()) {
    order.push_back(job->repo == a ? "a" : "b");
    ids.push_back(job->id);
    finish(*job);
  }
  ASSERT_EQ(order.size(), 8u);
  EXPECT_EQ(ids[0], most.id);
  EXPECT_THAT(order, ElementsAre("a", "b", "a", "b", "a", "b", "a", "b"));
  EXPECT_NE(std::find(ids.begin(), ids.end(), urgent.id), ids.end());
}

TEST_F(JobsTest, NoJobStarves) {
  const std::string quiet = repo("quiet");
  const std::string busy = repo("busy");
  const Job low = add(quiet, "", JobReason::kSchedule);
  bool served = false;
  // The busy repo asks with a higher priority all the time.
  for (int minute = 0; minute < 12 && !served; ++minute) {
    add(busy, "r" + std::to_string(minute));
    const Job job = claim().value();
    served = job.id == low.id;
    finish(job);
    clock_->advance(std::chrono::minutes(1));
  }
  EXPECT_TRUE(served);
}

TEST_F(JobsTest, ALeaseThatRanOutGoesToAnotherAndTheLateOneChangesNothing) {
  const std::string a = repo("a");
  add(a);
  const Job slow = claim("slow").value();
  clock_->advance(milliseconds(kLease - 1));
  EXPECT_FALSE(claim("fast")) << "the lease had not run out";
  clock_->advance(milliseconds(1));
  const Job taken = claim("fast").value();
  EXPECT_EQ(taken.id, slow.id);
  EXPECT_EQ(taken.attempt, 2);
  EXPECT_GT(taken.fence, slow.fence);
  const Job before = jobs().get(taken.id).value();
  EXPECT_EQ(jobs().heartbeat(slow.fenced(), kLease).error().code(), ErrorCode::kFenced);
  EXPECT_EQ(jobs().finish(slow.fenced(), {}).error().code(), ErrorCode::kFenced);
  EXPECT_EQ(jobs().release(slow.fenced()).error().code(), ErrorCode::kFenced);
  EXPECT_EQ(jobs().finish_cancelled(slow.fenced(), {}).error().code(), ErrorCode::kFenced);
  EXPECT_EQ(jobs().fail(slow.fenced(), {}, Error(ErrorCode::kIo, "x"), true).error().code(),
            ErrorCode::kFenced);
  const Job after = jobs().get(taken.id).value();
  EXPECT_EQ(after.owner, "fast");
  EXPECT_EQ(after.fence, before.fence);
  EXPECT_EQ(after.lease_until_ms, before.lease_until_ms);
  finish(taken);
}

TEST_F(JobsTest, ALateRunnerPublishesNothing) {
  const std::string a = repo("a");
  add(a);
  const Job slow = claim().value();
  SnapshotRow row;
  row.id = "late";
  row.base_file = "base";
  const JobFence late = slow.fenced();
  clock_->advance(milliseconds(kLease));
  const Job taken = claim().value();
  EXPECT_EQ(state_->repos().publish_snapshot(a, row, "{}", &late).error().code(),
            ErrorCode::kFenced);
  EXPECT_FALSE(state_->repos().current_snapshot(a).value());
  const JobFence good = taken.fenced();
  ASSERT_TRUE(state_->repos().publish_snapshot(a, row, R"({"files":1})", &good));
  EXPECT_EQ(state_->repos().snapshot_report(a, "late").value(), R"({"files":1})");
}

TEST_F(JobsTest, HeartbeatsKeepALease) {
  add(repo("a"));
  const Job job = claim().value();
  for (int i = 0; i < 10; ++i) {
    clock_->advance(milliseconds(kLease - 1));
    EXPECT_FALSE(jobs().heartbeat(job.fenced(), kLease).value());
    EXPECT_FALSE(claim("other"));
  }
}

TEST_F(JobsTest, AttemptsAreCountedAndEnd) {
  add(repo("a"));
  Job job;
  for (int attempt = 1; attempt <= 4; ++attempt) {
    const auto claimed = claim();
    ASSERT_TRUE(claimed) << attempt;
    EXPECT_EQ(claimed->attempt, attempt);
    clock_->advance(milliseconds(kLease));
    job = *claimed;
  }
  EXPECT_FALSE(claim());
  const Job dead = jobs().get(job.id).value();
  EXPECT_EQ(dead.state, JobState::kFailed);
  EXPECT_THAT(dead.error_message, HasSubstr("last attempt"));
}

TEST_F(JobsTest, ARetryWaitsLongerEachTime) {
  add(repo("a"));
  for (int attempt = 1; attempt < 4; ++attempt) {
    const Job job = claim().value();
    const Job back =
        jobs().fail(job.fenced(), {}, Error(ErrorCode::kUnreachable, "no answer"), true).value();
    EXPECT_EQ(back.state, JobState::kQueued);
    EXPECT_EQ(back.error_code, "E_UNREACHABLE");
    clock_->advance(milliseconds(retry_delay_ms(attempt) - 1));
    EXPECT_FALSE(claim());
    clock_->advance(milliseconds(1));
  }
  const Job last = claim().value();
  const Job dead =
      jobs().fail(last.fenced(), {}, Error(ErrorCode::kUnreachable, "no answer"), true).value();
  EXPECT_EQ(dead.state, JobState::kFailed);
  EXPECT_GT(retry_delay_ms(3), retry_delay_ms(2));
  EXPECT_EQ(retry_delay_ms(60), retry_delay_ms(99));
}

TEST_F(JobsTest, CancellingIsImmediateWhenQueuedAndARequestWhenRunning) {
  const std::string a = repo("a");
  const Job queued = add(a);
  EXPECT_EQ(jobs().cancel(queued.id).value().state, JobState::kCancelled);
  EXPECT_EQ(jobs().cancel(queued.id).value().state, JobState::kCancelled);
  EXPECT_FALSE(claim());
  add(a);
  const Job running = claim().value();
  add(a);
  EXPECT_EQ(jobs().cancel(running.id).value().state, JobState::kRunning);
  EXPECT_TRUE(jobs().heartbeat(running.fenced(), kLease).value());
  EXPECT_EQ(jobs().finish_cancelled(running.fenced(), {}).value().state, JobState::kCancelled);
  EXPECT_FALSE(claim()) << "a cancelled job left a successor";
  EXPECT_EQ(jobs().cancel(99).error().code(), ErrorCode::kNotFound);
}

TEST_F(JobsTest, ACancelledJobWhoseRunnerDiedIsCancelled) {
  add(repo("a"));
  const Job job = claim().value();
  ASSERT_TRUE(jobs().cancel(job.id));
  clock_->advance(milliseconds(kLease));
  EXPECT_FALSE(claim());
  EXPECT_EQ(jobs().get(job.id).value().state, JobState::kCancelled);
}

TEST_F(JobsTest, ReleasingDoesNotCountAsAnAttempt) {
  add(repo("a"));
  for (int i = 0; i < 10; ++i) {
    const Job job = claim().value();
    EXPECT_EQ(job.attempt, 1);
    EXPECT_EQ(jobs().release(job.fenced()).value().state, JobState::kQueued);
  }
}

TEST_F(JobsTest, ReclaimTakesJobsOfDeadServersAtOnce) {
  add(repo("a"));
  add(repo("b"));
  const Job dead = claim("dead").value();
  const Job mine = claim("mine").value();
  const std::vector<Job> back = jobs().reclaim("mine").value();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].id, dead.id);
  EXPECT_EQ(claim("mine").value().id, dead.id);
  finish(mine);
}

TEST_F(JobsTest, ListsByPageAndPrunesEndedOnes) {
  const std::string a = repo("a");
  for (int i = 0; i < 5; ++i) {
    add(a, std::to_string(i));
    finish(claim().value());
  }
  const Job waiting = add(a, "waiting");
  JobFilter filter;
  filter.limit = 4;
  const std::vector<Job> page = jobs().list(filter).value();
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0].id, waiting.id);
  filter.before = page.back().id;
  EXPECT_EQ(jobs().list(filter).value().size(), 2u);
  filter.state = JobState::kQueued;
  filter.before.reset();
  EXPECT_EQ(jobs().list(filter).value().size(), 1u);
  filter.limit = 0;
  EXPECT_EQ(jobs().list(filter).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(jobs().prune(2).value(), 3u);
  EXPECT_EQ(jobs().list({}).value().size(), 3u);
  EXPECT_EQ(jobs().last_ended(a, JobKind::kIndex).value()->ref, "4");
  EXPECT_EQ(jobs().counts().value().queued, 1u);
}

TEST_F(JobsTest, RefusesWhatMakesNoSense) {
  const std::string a = repo("a");
  const auto code = [&](const JobSpec& spec) { return jobs().enqueue(spec).error().code(); };
  JobSpec spec;
  EXPECT_EQ(code(spec), ErrorCode::kInvalidArgument);
  spec.repo = "nobody";
  EXPECT_EQ(code(spec), ErrorCode::kNotFound);
  spec.repo = a;
  spec.priority = 101;
  EXPECT_EQ(code(spec), ErrorCode::kInvalidArgument);
  spec.priority = 0;
  spec.max_attempts = 0;
  EXPECT_EQ(code(spec), ErrorCode::kInvalidArgument);
  EXPECT_EQ(jobs().get(1).error().code(), ErrorCode::kNotFound);
}

TEST_F(JobsTest, GoWithTheirRepoAndIdsAreNeverUsedAgain) {
  const std::string a = repo("a");
  const Job job = add(a);
  ASSERT_TRUE(state_->repos().delete_repo(a));
  EXPECT_EQ(jobs().get(job.id).error().code(), ErrorCode::kNotFound);
  EXPECT_GT(add(repo("b")).id, job.id);
  EXPECT_TRUE(state_->repos().integrity_check());
}

// Random operations against a model: at most one active job per key, at most one running per repo,
// every job ends or is claimable again once leases have run out.
TEST_F(JobsTest, RandomOperationsKeepTheRules) {
  std::mt19937 random(20261123);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::vector<std::string> repos;
  for (int i = 0; i < 4; ++i) repos.push_back(repo("r" + std::to_string(i)));
  std::vector<Job> held;
  std::set<std::int64_t> acknowledged;
  for (int step = 0; step < 3000; ++step) {
    switch (below(8)) {
      case 0:
      case 1:
        acknowledged.insert(add(repos[below(4)], "ref" + std::to_string(below(3))).id);
        break;
      case 2:
      case 3:
        if (const auto job = claim("o" + std::to_string(below(3)))) held.push_back(*job);
        break;
      case 4:
        clock_->advance(milliseconds(below(2 * kLease)));
        break;
      default: {
        if (held.empty()) break;
        const std::size_t at = below(held.size());
        const Job job = held[at];
        const Job now = jobs().get(job.id).value();
        const bool mine = now.state == JobState::kRunning && now.fence == job.fence;
        bool ok = false;
        switch (below(4)) {
          case 0:
            ok = jobs().finish(job.fenced(), {}).has_value();
            break;
          case 1:
            ok = jobs()
                     .fail(job.fenced(), {}, Error(ErrorCode::kIo, "io"), below(2) == 0)
                     .has_value();
            break;
          case 2:
            ok = jobs().release(job.fenced()).has_value();
            break;
          default:
            ok = jobs().cancel(job.id).has_value() &&
                 jobs().finish_cancelled(job.fenced(), {}).has_value();
        }
        EXPECT_EQ(ok, mine) << step;
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    if (step % 50 != 0) continue;
    JobFilter filter;
    filter.limit = 1000;
    std::set<std::pair<std::string, std::string>> active;
    std::set<std::string> running;
    for (const Job& job : jobs().list(filter).value()) {
      if (!is_active(job.state)) continue;
      EXPECT_TRUE(active.emplace(job.repo, job.ref).second) << step;
      const bool alone = job.state != JobState::kRunning || running.insert(job.repo).second;
      EXPECT_TRUE(alone) << step;
    }
  }
  // Everything drains.
  clock_->advance(milliseconds(kLease + retry_delay_ms(50)));
  while (const auto job = claim()) finish(*job);
  for (const std::int64_t id : acknowledged)
    EXPECT_FALSE(is_active(jobs().get(id).value().state)) << id;
  EXPECT_TRUE(state_->repos().integrity_check());
}

TEST_F(JobsTest, ThreadsNeverClaimTheSameJob) {
  for (int i = 0; i < 40; ++i) add(repo("r" + std::to_string(i)));
  std::vector<std::vector<std::int64_t>> got(4);
  std::vector<std::thread> threads;
  for (auto& ids : got)
    threads.emplace_back([&] {
      while (const auto job = claim()) ids.push_back(job->id);
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::int64_t> all;
  std::size_t count = 0;
  for (const auto& ids : got) {
    count += ids.size();
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(count, 40u);
  EXPECT_EQ(all.size(), 40u);
}

}  // namespace
}  // namespace cairn::store
