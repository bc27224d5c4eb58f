#pragma once
// The job queue: rows that say what is to be done, who does it and how it went. Thread-safe;
// several processes may use one database. See docs/jobs.md.
//
// Time is the store's: every method reads the Clock that open_state() was given, never one of the
// worker. A claim gives a lease and a fence, a number that grows with every claim; each later write
// of the claimer carries the fence and fails with kFenced, changing nothing, once the lease was
// lost. Errors common to all calls: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

enum class JobKind : std::uint8_t { kIndex, kCollect };
enum class JobReason : std::uint8_t { kPin, kPush, kRequest, kChange, kCorrupt, kSchedule };
enum class JobState : std::uint8_t { kQueued, kRunning, kDone, kFailed, kCancelled };

std::string_view name_of(JobKind kind);
std::string_view name_of(JobReason reason);
std::string_view name_of(JobState state);
std::optional<JobKind> job_kind_named(std::string_view name);
std::optional<JobState> job_state_named(std::string_view name);
/// Queued or running.
constexpr bool is_active(JobState state) {
  return state == JobState::kQueued || state == JobState::kRunning;
}

/// Larger goes first. What a person waits for comes before what a machine noticed.
int default_priority(JobReason reason);

struct JobSpec {
  /// Id of the repo; empty for work on the whole data folder.
  std::string repo;
  JobKind kind = JobKind::kIndex;
  /// Revision; empty for what the repo's settings say.
  std::string ref;
  JobReason reason = JobReason::kRequest;
  /// 0 to 100; without one default_priority() of the reason.
  std::optional<int> priority;
  int max_attempts = 4;
  /// Not claimed earlier; 0 = at once.
  std::int64_t not_before_ms = 0;
};

/// How a claim proves that it still holds.
struct JobFence {
  std::int64_t job = 0;
  std::int64_t fence = 0;
  friend bool operator==(const JobFence&, const JobFence&) = default;
};

struct Job {
  /// Grows with every job; the public id.
  std::int64_t id = 0;
  std::string repo;
  JobKind kind = JobKind::kIndex;
  std::string ref;
  JobReason reason = JobReason::kRequest;
  int priority = 0;
  JobState state = JobState::kQueued;
  /// Claims so far, but for those given back with release().
  int attempt = 0;
  int max_attempts = 0;
  /// Asked for again while it ran: a successor is queued when it ends.
  bool again = false;
  bool cancel_requested = false;
  // Milliseconds since 1970; 0 = not yet.
  std::int64_t not_before_ms = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t started_at_ms = 0;
  std::int64_t finished_at_ms = 0;
  std::int64_t lease_until_ms = 0;
  std::string owner;
  std::int64_t fence = 0;
  // As it stood when it ended or was last put back.
  std::string stage;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// Text name of an ErrorCode and the message, of the last attempt that failed.
  std::string error_code;
  std::string error_message;
  /// JSON summary; empty until done.
  std::string result;

  JobFence fenced() const { return {id, fence}; }
};

struct Enqueued {
  Job job;
  /// False: it was active already.
  bool added = false;
};

struct ClaimOptions {
  /// Who claims, for people: "host:pid:thread".
  std::string owner;
  std::int64_t lease_ms = 60'000;
  /// Only jobs of this kind (while the disk is nearly full, collect jobs only).
  std::optional<JobKind> kind;
};

/// What the row keeps of a run.
struct JobOutcome {
  std::string stage;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// Of a finished job: JSON.
  std::string result;
};

struct JobFilter {
  std::optional<std::string> repo;
  std::optional<JobState> state;
  std::optional<JobKind> kind;
  /// Only jobs with a smaller id: the last one of the page before.
  std::optional<std::int64_t> before;
  std::size_t limit = 100;
};

struct JobCounts {
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
};

/// Milliseconds until the attempt after this one: 5 s, doubled each time, at most 10 min.
std::int64_t retry_delay_ms(int attempt);

/// A queued job that waited so long goes before all priorities, so that none starves.
inline constexpr std::int64_t kPatienceMs = 10 * 60'000;

class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Adds a job, durably. At most one job of a (repo, kind, ref) is active: if one is queued, it is
  /// returned, its priority raised and its start brought forward to what was asked now; if an index
  /// job is running, it is returned, and a successor is queued when it ends, since it may have
  /// passed what the asker wants seen. kNotFound: no such repo. kInvalidArgument: priority or
  /// attempts out of range, or an index job without a repo.
  virtual Result<Enqueued> enqueue(const JobSpec& spec) = 0;
  /// Takes the next job: first priority, then the repo that was served least recently, then the
  /// oldest. One job per repo runs at a time. Nothing is due: nullopt. Begins with expire().
  virtual Result<std::optional<Job>> claim(const ClaimOptions& options) = 0;
  /// Puts jobs whose lease ran out back into the queue (cancelled if that was asked for), or fails
  /// them when their attempts are used up. Returns what became of them.
  virtual Result<std::vector<Job>> expire() = 0;
  /// The same for every running job of another owner, lease or not. Only for a process that holds
  /// the data folder's server lock, at its start: the owners are dead.
  virtual Result<std::vector<Job>> reclaim(std::string_view keep_owner) = 0;

  /// Extends the lease by lease_ms from now. True if cancelling was asked for. kFenced.
  virtual Result<bool> heartbeat(const JobFence& fence, std::int64_t lease_ms) = 0;
  /// Ends as done. kFenced.
  virtual Result<Job> finish(const JobFence& fence, const JobOutcome& outcome) = 0;
  /// Ends as failed, or, when `retry` and attempts are left, waits in the queue for
  /// retry_delay_ms(). kFenced.
  virtual Result<Job> fail(const JobFence& fence, const JobOutcome& outcome, const Error& error,
                           bool retry) = 0;
  /// Ends as cancelled, without a successor. kFenced.
  virtual Result<Job> finish_cancelled(const JobFence& fence, const JobOutcome& outcome) = 0;
  /// Puts the job back as if it had not been claimed: the runner is shutting down. kFenced.
  virtual Result<Job> release(const JobFence& fence) = 0;

  /// A queued job ends as cancelled; a running one is marked, and its runner ends it; one that
  /// ended stays as it is. kNotFound.
  virtual Result<Job> cancel(std::int64_t id) = 0;
  /// kNotFound.
  virtual Result<Job> get(std::int64_t id) const = 0;
  /// Newest first. kInvalidArgument: limit 0 or above 1000.
  virtual Result<std::vector<Job>> list(const JobFilter& filter) const = 0;
  /// The job of this (repo, kind) that ended last, if any.
  virtual Result<std::optional<Job>> last_ended(std::string_view repo, JobKind kind) const = 0;
  virtual Result<JobCounts> counts() const = 0;
  /// Removes ended jobs but the newest `keep` of each repo. Returns how many.
  virtual Result<std::uint64_t> prune(std::size_t keep) = 0;
};

}  // namespace cairn::store
