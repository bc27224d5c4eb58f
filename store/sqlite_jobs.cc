// The job queue over SQLite. Every method is one transaction, so a kill leaves a job in the state
// before or after it.
#include <algorithm>
#include <array>
#include <limits>
#include <mutex>

#include "base/fail_point.h"
#include "base/text.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr std::array<std::string_view, 2> kKindNames{"index", "collect"};
constexpr std::array<std::string_view, 6> kReasonNames{"pin",    "push",    "request",
                                                       "change", "corrupt", "schedule"};
constexpr std::array<std::string_view, 5> kStateNames{"queued", "running", "done", "failed",
                                                      "cancelled"};
constexpr std::int64_t kFirstRetryMs = 5'000;
constexpr std::int64_t kLongestRetryMs = 10 * 60'000;
constexpr int kHighestPriority = 100;
constexpr int kMostAttempts = 100;
constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kLongestRef = 1024;
constexpr std::string_view kColumns =
    "id, repo, kind, ref, reason, priority, state, attempt, max_attempts, again, "
    "cancel_requested, not_before, created_at, started_at, finished_at, lease_until, owner, fence, "
    "stage, done, total, error_code, error_message, result";

Job read_job(const Statement& row) {
  Job job;
  job.id = row.integer(0);
  job.repo = row.text(1);
  job.kind = enum_named<JobKind>(kKindNames, row.text(2));
  job.ref = row.text(3);
  job.reason = enum_named<JobReason>(kReasonNames, row.text(4));
  job.priority = static_cast<int>(row.integer(5));
  job.state = enum_named<JobState>(kStateNames, row.text(6));
  job.attempt = static_cast<int>(row.integer(7));
  job.max_attempts = static_cast<int>(row.integer(8));
  job.again = row.integer(9) != 0;
  job.cancel_requested = row.integer(10) != 0;
  job.not_before_ms = row.integer(11);
  job.created_at_ms = row.integer(12);
  job.started_at_ms = row.integer(13);
  job.finished_at_ms = row.integer(14);
  job.lease_until_ms = row.integer(15);
  job.owner = row.text(16);
  job.fence = row.integer(17);
  job.stage = row.text(18);
  job.done = static_cast<std::uint64_t>(row.integer(19));
  job.total = static_cast<std::uint64_t>(row.integer(20));
  job.error_code = row.text(21);
  job.error_message = row.text(22);
  job.result = row.text(23);
  return job;
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM job " + std::string(rest);
}

class SqliteJobs final : public JobStore {
 public:
  SqliteJobs(std::shared_ptr<Connection> connection, std::shared_ptr<const Clock> clock)
      : connection_(std::move(connection)), db_(*connection_->db), clock_(std::move(clock)) {}

  Result<Enqueued> enqueue(const JobSpec& spec) override;
  Result<std::optional<Job>> claim(const ClaimOptions& options) override;
  Result<std::vector<Job>> expire() override;
  Result<std::vector<Job>> reclaim(std::string_view keep_owner) override;
  Result<bool> heartbeat(const JobFence& fence, std::int64_t lease_ms) override;
  Result<Job> finish(const JobFence& fence, const JobOutcome& outcome) override;
  Result<Job> fail(const JobFence& fence, const JobOutcome& outcome, const Error& error,
                   bool retry) override;
  Result<Job> finish_cancelled(const JobFence& fence, const JobOutcome& outcome) override;
  Result<Job> release(const JobFence& fence) override;
  Result<Job> cancel(std::int64_t id) override;
  Result<Job> get(std::int64_t id) const override;
  Result<std::vector<Job>> list(const JobFilter& filter) const override;
  Result<std::optional<Job>> last_ended(std::string_view repo, JobKind kind) const override;
  Result<JobCounts> counts() const override;
  Result<std::uint64_t> prune(std::size_t keep) override;

 private:
  // Those below expect the connection's mutex to be held, those that write a transaction.
  std::int64_t now() const { return clock_->unix_milliseconds(); }
  Result<void> check_repo(std::string_view repo) const;
  Result<std::optional<Job>> active(const JobSpec& spec) const;
  Result<Job> join(const JobSpec& spec, const Job& job, int priority);
  Result<Job> insert(const JobSpec& spec, int priority);
  Result<void> update(const Job& job);
  Result<Job> held(const JobFence& fence) const;
  Result<Job> find(std::int64_t id) const;
  Result<std::vector<Job>> rows(Statement query) const;
  Result<std::vector<Job>> put_back(std::vector<Job> lost, std::string_view why);
  Result<void> end(Job& job, JobState state);
  void requeue(Job& job, std::int64_t not_before) const;

  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  const std::shared_ptr<const Clock> clock_;
};

Result<void> check_spec(const JobSpec& spec, int priority) {
  const auto refuse = [](const std::string& why) {
    return Error(ErrorCode::kInvalidArgument, "job: " + why);
  };
  if (priority < 0 || priority > kHighestPriority) return refuse("the priority is 0 to 100");
  if (spec.max_attempts < 1 || spec.max_attempts > kMostAttempts)
    return refuse("there are 1 to 100 attempts");
  if (spec.kind == JobKind::kIndex && spec.repo.empty()) return refuse("what is to be indexed?");
  if (spec.ref.size() > kLongestRef) return refuse("the revision is longer than 1024 bytes");
  return {};
}

void take(Job& job, const JobOutcome& outcome) {
  job.stage = outcome.stage;
  job.done = outcome.done;
  job.total = outcome.total;
  job.result = outcome.result;
}

Result<void> SqliteJobs::check_repo(std::string_view repo) const {
  if (repo.empty()) return {};
  CAIRN_ASSIGN(Statement query, db_.prepare("SELECT 1 FROM repo WHERE id = ?"));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).step());
  if (found) return {};
  return Error(ErrorCode::kNotFound, "there is no repo with id '" + printable(repo) + "'");
}

Result<std::optional<Job>> SqliteJobs::active(const JobSpec& spec) const {
  CAIRN_ASSIGN(Statement query, db_.prepare(select("WHERE repo = ? AND kind = ? AND ref = ? AND "
                                                   "state IN ('queued', 'running')")));
  query.bind_text(1, spec.repo).bind_text(2, name_of(spec.kind)).bind_text(3, spec.ref);
  CAIRN_ASSIGN(const bool found, query.step());
  return found ? std::optional<Job>(read_job(query)) : std::nullopt;
}

Result<Job> SqliteJobs::find(std::int64_t id) const {
  CAIRN_ASSIGN(Statement query, db_.prepare(select("WHERE id = ?")));
  CAIRN_ASSIGN(const bool found, query.bind(1, id).step());
  if (found) return read_job(query);
  return Error(ErrorCode::kNotFound, "there is no job " + std::to_string(id));
}

Result<Job> SqliteJobs::held(const JobFence& fence) const {
  CAIRN_TRY(check_fence(db_, fence));
  return find(fence.job);
}

Result<std::vector<Job>> SqliteJobs::rows(Statement query) const {
  std::vector<Job> out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(read_job(query));
  }
}

/// Writes the members that change after a job was added.
Result<void> SqliteJobs::update(const Job& job) {
  CAIRN_ASSIGN(
      Statement change,
      db_.prepare("UPDATE job SET priority = ?2, state = ?3, attempt = ?4, again = ?5, "
                  "cancel_requested = ?6, not_before = ?7, started_at = ?8, finished_at = ?9, "
                  "lease_until = ?10, owner = ?11, fence = ?12, stage = ?13, done = ?14, "
                  "total = ?15, error_code = ?16, error_message = ?17, result = ?18, reason = ?19 "
                  "WHERE id = ?1"));
  change.bind(1, job.id).bind(2, job.priority).bind_text(3, name_of(job.state));
  change.bind(4, job.attempt).bind(5, job.again ? 1 : 0).bind(6, job.cancel_requested ? 1 : 0);
  change.bind(7, job.not_before_ms).bind(8, job.started_at_ms).bind(9, job.finished_at_ms);
  change.bind(10, job.lease_until_ms).bind_text(11, job.owner).bind(12, job.fence);
  change.bind_text(13, job.stage).bind(14, static_cast<std::int64_t>(job.done));
  change.bind(15, static_cast<std::int64_t>(job.total));
  change.bind_text(16, job.error_code).bind_text(17, job.error_message).bind_text(18, job.result);
  change.bind_text(19, name_of(job.reason));
  return change.run();
}

Result<Job> SqliteJobs::insert(const JobSpec& spec, int priority) {
  CAIRN_ASSIGN(const std::int64_t id, next_number(db_, "job"));
  CAIRN_ASSIGN(Statement add,
               db_.prepare("INSERT INTO job VALUES(?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, ?7, 0, 0, "
                           "?8, ?9, ?10, 0, 0, 0, '', 0, '', 0, 0, '', '', '')"));
  const std::int64_t created = now();
  add.bind_text(1, spec.repo).bind(2, id).bind_text(3, name_of(spec.kind)).bind_text(4, spec.ref);
  add.bind_text(5, name_of(spec.reason)).bind(6, priority).bind(7, spec.max_attempts);
  add.bind(8, spec.not_before_ms).bind(9, std::max(created, spec.not_before_ms)).bind(10, created);
  CAIRN_TRY(add.run());
  return find(id);
}

/// What a further request for an active job changes about it.
Result<Job> SqliteJobs::join(const JobSpec& spec, const Job& job, int priority) {
  Job joined = job;
  if (job.state == JobState::kRunning) {
    // Work on the whole folder has nothing a later asker could miss; neither has a cancelled run.
    joined.again = job.kind == JobKind::kIndex;
  } else {
    if (priority > job.priority) joined.reason = spec.reason;
    joined.priority = std::max(job.priority, priority);
    // A back-off after a failure is kept: asking again does not mend what failed.
    if (job.attempt == 0) joined.not_before_ms = std::min(job.not_before_ms, spec.not_before_ms);
  }
  CAIRN_TRY(update(joined));
  return joined;
}

Result<Enqueued> SqliteJobs::enqueue(const JobSpec& spec) {
  const int priority = spec.priority.value_or(default_priority(spec.reason));
  CAIRN_TRY(check_spec(spec, priority));
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_TRY(check_repo(spec.repo));
  CAIRN_ASSIGN(const std::optional<Job> known, active(spec));
  Enqueued out;
  out.added = !known;
  if (known) {
    CAIRN_ASSIGN(out.job, join(spec, *known, priority));
  } else {
    CAIRN_ASSIGN(out.job, insert(spec, priority));
  }
  fail_point("job.before_commit");
  CAIRN_TRY(transaction.commit());
  fail_point("job.after_commit");
  return out;
}

void SqliteJobs::requeue(Job& job, std::int64_t not_before) const {
  job.state = JobState::kQueued;
  job.again = false;  // The next attempt sees what the asker wants seen.
  job.not_before_ms = not_before;
  job.lease_until_ms = 0;
  job.owner.clear();
}

/// Ends a job and queues its successor if it was asked for again meanwhile.
Result<void> SqliteJobs::end(Job& job, JobState state) {
  const bool again = job.again && state != JobState::kCancelled;
  job.state = state;
  job.again = false;
  job.finished_at_ms = now();
  job.lease_until_ms = 0;
  CAIRN_TRY(update(job));
  if (!again) return {};
  JobSpec next;
  next.repo = job.repo;
  next.kind = job.kind;
  next.ref = job.ref;
  next.reason = job.reason;
  next.max_attempts = job.max_attempts;
  CAIRN_ASSIGN(const Job successor, insert(next, job.priority));
  (void)successor;
  return {};
}

Result<std::vector<Job>> SqliteJobs::put_back(std::vector<Job> lost, std::string_view why) {
  for (Job& job : lost) {
    if (job.cancel_requested) {
      CAIRN_TRY(end(job, JobState::kCancelled));
      continue;
    }
    job.error_code = error_code_name(ErrorCode::kFenced);
    job.error_message = "attempt " + std::to_string(job.attempt) + ": " + std::string(why);
    if (job.attempt >= job.max_attempts) {
      job.error_message += "; it was the last attempt";
      CAIRN_TRY(end(job, JobState::kFailed));
      continue;
    }
    requeue(job, now());
    CAIRN_TRY(update(job));
  }
  return lost;
}

Result<std::vector<Job>> SqliteJobs::expire() {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(
      Statement query,
      db_.prepare(select("WHERE state = 'running' AND lease_until <= ? ORDER BY lease_until")));
  query.bind(1, now());
  CAIRN_ASSIGN(std::vector<Job> lost, rows(std::move(query)));
  CAIRN_ASSIGN(lost, put_back(std::move(lost), "the lease ran out, its runner gave no sign"));
  CAIRN_TRY(transaction.commit());
  return lost;
}

Result<std::vector<Job>> SqliteJobs::reclaim(std::string_view keep_owner) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Statement query,
               db_.prepare(select("WHERE state = 'running' AND owner <> ? ORDER BY lease_until")));
  query.bind_text(1, keep_owner);
  CAIRN_ASSIGN(std::vector<Job> lost, rows(std::move(query)));
  CAIRN_ASSIGN(lost, put_back(std::move(lost), "the server that ran it ended without a word"));
  CAIRN_TRY(transaction.commit());
  return lost;
}

Result<std::optional<Job>> SqliteJobs::claim(const ClaimOptions& options) {
  CAIRN_ASSIGN(const std::vector<Job> lost, expire());
  (void)lost;
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  // Over active jobs only: both indexes hold nothing else.
  CAIRN_ASSIGN(
      Statement query,
      db_.prepare(
          "SELECT j.id FROM job j LEFT JOIN job_turn t ON t.repo = j.repo "
          "WHERE j.state = 'queued' AND j.not_before <= ?1 AND (?2 = '' OR j.kind = ?2) "
          "AND NOT EXISTS(SELECT 1 FROM job r INDEXED BY job_running WHERE r.state = 'running' AND "
          "r.repo = j.repo) "
          "ORDER BY CASE WHEN j.waiting_since <= ?3 THEN 101 ELSE j.priority END DESC, "
          "coalesce(t.served, 0), j.id LIMIT 1"));
  query.bind(1, now()).bind_text(2, options.kind ? name_of(*options.kind) : "");
  query.bind(3, now() - kPatienceMs);
  CAIRN_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<Job>();
  CAIRN_ASSIGN(Job job, find(query.integer(0)));
  job.state = JobState::kRunning;
  ++job.attempt;
  job.started_at_ms = now();
  job.owner = options.owner;
  job.lease_until_ms = now() + options.lease_ms;
  CAIRN_ASSIGN(job.fence, next_number(db_, "fence"));
  CAIRN_TRY(update(job));
  CAIRN_ASSIGN(const std::int64_t turn, next_number(db_, "turn"));
  CAIRN_ASSIGN(Statement serve, db_.prepare("INSERT OR REPLACE INTO job_turn VALUES(?, ?)"));
  CAIRN_TRY(serve.bind_text(1, job.repo).bind(2, turn).run());
  fail_point("job.before_commit");
  CAIRN_TRY(transaction.commit());
  fail_point("job.after_commit");
  return std::optional<Job>(std::move(job));
}

Result<bool> SqliteJobs::heartbeat(const JobFence& fence, std::int64_t lease_ms) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, held(fence));
  job.lease_until_ms = now() + lease_ms;
  CAIRN_TRY(update(job));
  CAIRN_TRY(transaction.commit());
  return job.cancel_requested;
}

Result<Job> SqliteJobs::finish(const JobFence& fence, const JobOutcome& outcome) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, held(fence));
  take(job, outcome);
  job.error_code.clear();
  job.error_message.clear();
  CAIRN_TRY(end(job, JobState::kDone));
  fail_point("job.before_commit");
  CAIRN_TRY(transaction.commit());
  fail_point("job.after_commit");
  return job;
}

Result<Job> SqliteJobs::fail(const JobFence& fence, const JobOutcome& outcome, const Error& error,
                             bool retry) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, held(fence));
  take(job, outcome);
  job.error_code = error_code_name(error.code());
  job.error_message = error.message();
  if (retry && job.attempt < job.max_attempts && !job.cancel_requested) {
    requeue(job, now() + retry_delay_ms(job.attempt));
    CAIRN_TRY(update(job));
  } else {
    CAIRN_TRY(end(job, job.cancel_requested ? JobState::kCancelled : JobState::kFailed));
  }
  CAIRN_TRY(transaction.commit());
  return job;
}

Result<Job> SqliteJobs::finish_cancelled(const JobFence& fence, const JobOutcome& outcome) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, held(fence));
  take(job, outcome);
  CAIRN_TRY(end(job, JobState::kCancelled));
  CAIRN_TRY(transaction.commit());
  return job;
}

Result<Job> SqliteJobs::release(const JobFence& fence) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, held(fence));
  if (job.cancel_requested) {
    CAIRN_TRY(end(job, JobState::kCancelled));
  } else {
    --job.attempt;
    requeue(job, now());
    CAIRN_TRY(update(job));
  }
  CAIRN_TRY(transaction.commit());
  return job;
}

Result<Job> SqliteJobs::cancel(std::int64_t id) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(Job job, find(id));
  if (!is_active(job.state)) return job;
  job.cancel_requested = true;
  job.again = false;
  if (job.state == JobState::kQueued) {
    CAIRN_TRY(end(job, JobState::kCancelled));
  } else {
    CAIRN_TRY(update(job));
  }
  CAIRN_TRY(transaction.commit());
  return job;
}

Result<Job> SqliteJobs::get(std::int64_t id) const {
  std::lock_guard lock(connection_->mutex);
  return find(id);
}

Result<std::vector<Job>> SqliteJobs::list(const JobFilter& filter) const {
  if (filter.limit == 0 || filter.limit > kMostRows)
    return Error(ErrorCode::kInvalidArgument, "jobs: the limit is 1 to 1000");
  // Only the conditions asked for, so that their indexes are used.
  std::string where = "WHERE id < ?1";
  if (filter.repo) where += " AND repo = ?2";
  if (filter.state) where += " AND state = '" + std::string(name_of(*filter.state)) + "'";
  if (filter.kind) where += " AND kind = '" + std::string(name_of(*filter.kind)) + "'";
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Statement query, db_.prepare(select(where + " ORDER BY id DESC LIMIT ?3")));
  query.bind(1, filter.before.value_or(std::numeric_limits<std::int64_t>::max()));
  if (filter.repo) query.bind_text(2, *filter.repo);
  query.bind(3, static_cast<std::int64_t>(filter.limit));
  return rows(std::move(query));
}

Result<std::optional<Job>> SqliteJobs::last_ended(std::string_view repo, JobKind kind) const {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Statement query,
               db_.prepare(select("WHERE repo = ? AND kind = ? AND finished_at <> 0 "
                                  "ORDER BY finished_at DESC, id DESC LIMIT 1")));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).bind_text(2, name_of(kind)).step());
  return found ? std::optional<Job>(read_job(query)) : std::nullopt;
}

Result<JobCounts> SqliteJobs::counts() const {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Statement query, db_.prepare("SELECT state, count(*) FROM job "
                                            "WHERE state IN ('queued', 'running') GROUP BY state"));
  JobCounts out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    (query.text(0) == "queued" ? out.queued : out.running) =
        static_cast<std::uint64_t>(query.integer(1));
  }
}

Result<std::uint64_t> SqliteJobs::prune(std::size_t keep) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(
      Statement change,
      db_.prepare("DELETE FROM job WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER "
                  "(PARTITION BY repo ORDER BY id DESC) AS place FROM job WHERE finished_at <> 0) "
                  "WHERE place > ?)"));
  CAIRN_TRY(change.bind(1, static_cast<std::int64_t>(keep)).run());
  const auto removed = static_cast<std::uint64_t>(db_.changes());
  CAIRN_TRY(transaction.commit());
  return removed;
}

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

}  // namespace

std::string_view name_of(JobKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
std::string_view name_of(JobReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}
std::string_view name_of(JobState state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::optional<JobKind> job_kind_named(std::string_view name) {
  return find_name<JobKind>(kKindNames, name);
}
std::optional<JobState> job_state_named(std::string_view name) {
  return find_name<JobState>(kStateNames, name);
}

int default_priority(JobReason reason) {
  static constexpr std::array<int, 6> kPriorities{60, 50, 70, 30, 40, 10};
  return kPriorities[static_cast<std::size_t>(reason)];
}

std::int64_t retry_delay_ms(int attempt) {
  std::int64_t delay = kFirstRetryMs;
  for (int i = 1; i < attempt && delay < kLongestRetryMs; ++i) delay *= 2;
  return std::min(delay, kLongestRetryMs);
}

std::unique_ptr<JobStore> make_job_store(std::shared_ptr<Connection> connection,
                                         std::shared_ptr<const Clock> clock) {
  return std::make_unique<SqliteJobs>(std::move(connection), std::move(clock));
}

}  // namespace cairn::store
