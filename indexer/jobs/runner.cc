#include "indexer/jobs/runner.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "indexer/collect.h"
#include "indexer/jobs/progress_meter.h"
#include "indexer/jobs/upkeep.h"

namespace cairn::indexer {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

/// Worth another attempt by itself, unlike a wrong path or a broken setting.
bool is_passing(const Error& error) {
  if (error.retryable()) return true;
  switch (error.code()) {
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
    case ErrorCode::kBusy:
    case ErrorCode::kDiskFull:
    case ErrorCode::kIo:
    case ErrorCode::kCorrupt:
      return true;
    default:
      return false;
  }
}

std::string result_json(const Index& index, const std::string& snapshot) {
  const IndexReport& report = index.report;
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("snapshot", snapshot).field("commit", report.commit);
  json.field("files", report.files).field("files_parsed", report.files_parsed);
  json.field("files_linked", report.files_linked);
  json.field("files_with_errors", report.files_with_errors);
  json.field("skipped", report.skipped.size());
  json.field("symbols", index.snapshot->totals().symbols);
  json.field("edges", index.snapshot->totals().edges);
  json.field("incremental", report.incremental).field("unchanged", report.unchanged);
  json.field("seconds", report.wall_seconds).field("cpu_seconds", report.cpu_seconds);
  json.field("peak_memory_bytes", report.peak_rss_bytes).key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.value(warning);
  json.end_array().end_object();
  return text;
}

/// A job this process works at.
struct Running {
  Running(const store::Job& row, SteadyClock::time_point now) : job(row), meter(row, now) {}
  const store::Job job;
  ProgressMeter meter;
  StopSource stop;
  std::atomic<bool> cancelled{false};  // a person wants it to end
  std::atomic<bool> lost{false};       // its lease went to another
};

}  // namespace

class JobRunner::Impl {
 public:
  Impl(Workspaces& workspaces, IndexExecutor executor, RunnerOptions options, JobObserver* observer)
      : workspaces_(workspaces),
        executor_(std::move(executor)),
        options_(std::move(options)),
        observer_(observer),
        upkeep_(workspaces, options_),
        owner_("server:" + std::to_string(::getpid())) {
    Workspaces::Listener listener;
    listener.job_queued = [this](const store::Job& job) {
      tell(job);
      wake();
    };
    listener.cancel_requested = [this](std::int64_t job) { request_cancel(job); };
    listener.snapshot_changed = [this](const RepoView& view) {
      if (observer_ != nullptr) observer_->on_snapshot(view);
    };
    listener.repo_changed = [this](const std::string& repo) { upkeep_.repo_changed(repo); };
    listener_ = workspaces_.add_listener(std::move(listener));
  }
  ~Impl() { workspaces_.remove_listener(listener_); }

  Result<void> start();
  void stop();
  Result<bool> run_one();
  void beat();
  Result<void> tick();
  void wake();
  Result<JobView> view(store::Job job) const;
  Workspaces& workspaces() { return workspaces_; }
  std::string paused_reason() const { return upkeep_.paused_reason(); }

 private:
  store::JobStore& jobs() { return workspaces_.state().jobs(); }
  SteadyClock::time_point now() const { return workspaces_.state().clock().steady_now(); }
  void tell(const store::Job& job) {
    if (observer_ != nullptr) observer_->on_job(job);
  }
  void tell_all(const std::vector<store::Job>& jobs) {
    for (const store::Job& job : jobs) tell(job);
  }
  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }
  void request_cancel(std::int64_t job);
  Result<std::string> work(Running& running);
  Result<std::string> index(Running& running);
  Result<store::Job> conclude(Running& running, const Result<std::string>& result);
  void work_loop();
  void repeat(std::int64_t every_ms, const std::function<void()>& call);

  Workspaces& workspaces_;
  const IndexExecutor executor_;
  const RunnerOptions options_;
  JobObserver* const observer_;
  Upkeep upkeep_;
  const std::string owner_;
  std::size_t listener_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::uint64_t wakes_ = 0;
  std::map<std::int64_t, std::shared_ptr<Running>> running_;
  std::vector<std::thread> threads_;
};

Result<void> JobRunner::Impl::start() {
  // The server's lock is held: whoever ran jobs before is dead.
  CAIRN_ASSIGN(const std::vector<store::Job> lost, jobs().reclaim(""));
  for (const store::Job& job : lost) log_warning("job.reclaimed", {{"job", job.id}});
  tell_all(lost);
  CAIRN_TRY(upkeep_.start());
  for (unsigned i = 0; i < std::max(options_.slots, 1u); ++i)
    threads_.emplace_back([this] { work_loop(); });
  threads_.emplace_back([this] { repeat(options_.heartbeat_ms, [this] { beat(); }); });
  threads_.emplace_back([this] {
    repeat(options_.housekeeping_ms, [this] {
      if (const auto done = tick(); !done) log_warning("upkeep.failed", {{"error", done.error()}});
    });
  });
  return {};
}

void JobRunner::Impl::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [id, running] : running_) running->stop.stop();
  }
  changed_.notify_all();
  upkeep_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void JobRunner::Impl::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void JobRunner::Impl::repeat(std::int64_t every_ms, const std::function<void()>& call) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, milliseconds(every_ms), [this] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    call();
    lock.lock();
  }
}

void JobRunner::Impl::work_loop() {
  std::uint64_t seen = 0;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    const Result<bool> worked = run_one();
    if (!worked) log_error("job.claim_failed", {{"error", worked.error()}});
    if (worked && *worked) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, milliseconds(options_.idle_poll_ms),
                      [&] { return stopping_ || wakes_ != seen; });
  }
}

void JobRunner::Impl::request_cancel(std::int64_t job) {
  const std::lock_guard lock(mutex_);
  const auto at = running_.find(job);
  if (at == running_.end()) return;
  at->second->cancelled = true;
  at->second->stop.stop();
}

Result<bool> JobRunner::Impl::run_one() {
  store::ClaimOptions claim;
  claim.owner = owner_;
  claim.lease_ms = options_.lease_ms;
  if (!upkeep_.paused_reason().empty()) claim.kind = store::JobKind::kCollect;
  CAIRN_ASSIGN(const std::optional<store::Job> job, jobs().claim(claim));
  if (!job) return false;
  const auto running = std::make_shared<Running>(*job, now());
  {
    const std::lock_guard lock(mutex_);
    running_[job->id] = running;
    // Stopped between the claim and here: the work ends at its first look.
    if (stopping_) running->stop.stop();
  }
  log_info("job.started", {{"job", job->id}, {"kind", name_of(job->kind)}, {"repo", job->repo}});
  tell(*job);
  const Result<std::string> result = work(*running);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(job->id);
  }
  const Result<store::Job> ended = conclude(*running, result);
  if (ended) {
    log_info(
        "job.ended",
        {{"job", ended->id}, {"state", name_of(ended->state)}, {"error", ended->error_message}});
    tell(*ended);
  } else if (ended.error().code() == ErrorCode::kFenced) {
    log_warning("job.lost", {{"job", job->id}, {"error", ended.error()}});
  } else {
    return ended.error().clone();  // The lease runs out, and the job is done again.
  }
  return true;
}

Result<std::string> JobRunner::Impl::work(Running& running) {
  if (running.job.kind == store::JobKind::kIndex) return index(running);
  CollectOptions options;
  options.stop = running.stop.token();
  CAIRN_ASSIGN(const CollectSummary summary,
               collect_data(workspaces_.data_dir(), workspaces_.state(), options));
  return summary_json(summary);
}

Result<std::string> JobRunner::Impl::index(Running& running) {
  CAIRN_ASSIGN(IndexOptions options, workspaces_.index_options(running.job));
  options.threads = options_.threads_per_job;
  options.stop = running.stop.token();
  options.progress = [this, &running](const Progress& progress) {
    if (!running.meter.update(progress, now()) || observer_ == nullptr) return;
    observer_->on_progress(running.meter.view(now()));
  };
  CAIRN_ASSIGN(const Index index, executor_(options));
  CAIRN_TRY(workspaces_.refresh());
  CAIRN_ASSIGN(const store::Repo repo, workspaces_.state().repos().repo_by_id(running.job.repo));
  return result_json(index, repo.current_snapshot.value_or(""));
}

Result<store::Job> JobRunner::Impl::conclude(Running& running, const Result<std::string>& result) {
  const JobProgress at = running.meter.view(now());
  store::JobOutcome outcome{at.stage, at.done, at.total, {}};
  const store::JobFence fence = running.job.fenced();
  if (running.lost)
    return Error(ErrorCode::kFenced, "job " + std::to_string(fence.job) + ": its lease was lost");
  if (result) {
    outcome.result = *result;
    return jobs().finish(fence, outcome);
  }
  if (running.cancelled) return jobs().finish_cancelled(fence, outcome);
  const Error& error = result.error();
  if (stopping()) return jobs().release(fence);
  return jobs().fail(fence, outcome, error, is_passing(error));
}

void JobRunner::Impl::beat() {
  std::vector<std::shared_ptr<Running>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, running] : running_) all.push_back(running);
  }
  for (const auto& running : all) {
    const Result<bool> cancel = jobs().heartbeat(running->job.fenced(), options_.lease_ms);
    if (cancel && *cancel) request_cancel(running->job.id);
    if (cancel) continue;
    {
      const std::lock_guard lock(mutex_);
      if (!running_.contains(running->job.id)) continue;  // It ended meanwhile.
    }
    log_warning("job.heartbeat_failed", {{"job", running->job.id}, {"error", cancel.error()}});
    // Anything else may pass before the lease runs out.
    if (cancel.error().code() != ErrorCode::kFenced) continue;
    running->lost = true;
    running->stop.stop();
  }
}

Result<void> JobRunner::Impl::tick() {
  CAIRN_ASSIGN(const std::vector<store::Job> lost, jobs().expire());
  tell_all(lost);
  CAIRN_TRY(workspaces_.refresh());
  CAIRN_TRY(upkeep_.tick());
  return {};
}

Result<JobView> JobRunner::Impl::view(store::Job job) const {
  JobView out;
  out.job = std::move(job);
  if (out.job.state == store::JobState::kRunning) {
    const std::lock_guard lock(mutex_);
    const auto at = running_.find(out.job.id);
    if (at != running_.end()) out.progress = at->second->meter.view(now());
  } else if (out.job.state == store::JobState::kQueued) {
    const store::State& state = workspaces_.state();
    if (out.job.not_before_ms > state.clock().unix_milliseconds())
      out.waiting = "until " + format_utc(out.job.not_before_ms);
    else if (out.job.kind == store::JobKind::kIndex)
      out.waiting = upkeep_.paused_reason();
  }
  return out;
}

JobRunner::JobRunner(Workspaces& workspaces, IndexExecutor executor, RunnerOptions options,
                     JobObserver* observer)
    : impl_(std::make_unique<Impl>(workspaces, std::move(executor), std::move(options), observer)) {
}
JobRunner::~JobRunner() { stop(); }

Result<void> JobRunner::start() {
  Result<void> started = impl_->start();
  if (!started) stop();
  return started;
}
void JobRunner::stop() { impl_->stop(); }
Result<bool> JobRunner::run_one() { return impl_->run_one(); }
void JobRunner::beat() { impl_->beat(); }
Result<void> JobRunner::tick() { return impl_->tick(); }
void JobRunner::wake() { impl_->wake(); }
std::string JobRunner::paused_reason() const { return impl_->paused_reason(); }

Result<store::Job> JobRunner::cancel(std::int64_t id) { return impl_->workspaces().cancel(id); }

Result<JobView> JobRunner::job(std::int64_t id) const {
  CAIRN_ASSIGN(store::Job job, impl_->workspaces().state().jobs().get(id));
  return impl_->view(std::move(job));
}

Result<std::vector<JobView>> JobRunner::jobs(const store::JobFilter& filter) const {
  CAIRN_ASSIGN(std::vector<store::Job> rows, impl_->workspaces().state().jobs().list(filter));
  std::vector<JobView> out;
  for (store::Job& row : rows) {
    CAIRN_ASSIGN(JobView view, impl_->view(std::move(row)));
    out.push_back(std::move(view));
  }
  return out;
}

}  // namespace cairn::indexer
