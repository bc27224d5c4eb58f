#pragma once
// Runs the jobs of a server: claims them from the store, gives them to an executor, keeps their
// leases, tells observers, and puts them back when the server stops. See docs/jobs.md.
//
// start() makes the threads: `slots` that work, one that renews leases, so that a lease lives
// however busy its work is, and one for housekeeping. Thread-safe.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "indexer/index.h"
#include "indexer/jobs/observer.h"
#include "indexer/watch.h"
#include "indexer/workspaces.h"
#include "store/jobs.h"

namespace cairn::indexer {

/// Does an index job: index_source() in this process, or a worker process.
using IndexExecutor = std::function<Result<Index>(const IndexOptions&)>;

struct DiskLimits {
  /// Indexing stops when less than the smaller of both is free.
  std::uint64_t min_free_bytes = std::uint64_t{1} << 30;
  double min_free_share = 0.10;
};

struct DiskSpace {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};

struct RunnerOptions {
  unsigned slots = 1;
  unsigned threads_per_job = 0;  // 0 = all cores
  std::int64_t lease_ms = 60'000;
  std::int64_t heartbeat_ms = 15'000;
  std::int64_t idle_poll_ms = 1'000;  // between looks at an empty queue
  std::int64_t housekeeping_ms = 2'000;
  DiskLimits disk;
  /// Of the file system that holds a path; statvfs() if none is given.
  std::function<Result<DiskSpace>(const std::string& path)> disk_space;
  /// Hours between collections of the data folder; 0 = only on request.
  std::int64_t collect_every_hours = 24;
  /// Ended jobs kept per repo.
  std::size_t keep_jobs = 200;
  /// Follow changes of pinned folders on this machine.
  bool watch = true;
  FolderWatch::Options watching;
};

/// A job as others see it: its row, and while it runs, how far it is.
struct JobView {
  store::Job job;
  std::optional<JobProgress> progress;
  /// Why a queued job does not start: the disk is nearly full, or a retry is waited for.
  std::string waiting;
};

class JobRunner {
 public:
  /// `workspaces`, `observer` and the executor's objects must outlive the runner.
  JobRunner(Workspaces& workspaces, IndexExecutor executor, RunnerOptions options,
            JobObserver* observer = nullptr);
  /// Stops.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  /// Takes back the jobs of dead servers and begins to work.
  Result<void> start();
  /// Stops the running jobs, puts them back into the queue and joins the threads. Idempotent.
  void stop();
  /// Claims and runs one job on this thread; false: nothing was due. For tests and commands.
  Result<bool> run_one();
  /// Renews the leases of running jobs and passes on requests to cancel them.
  void beat();
  /// One round of housekeeping: lost leases, snapshots of other processes, disk space, looks at
  /// remotes, collections, old rows.
  Result<void> tick();
  /// Work was queued: look at once.
  void wake();

  /// Workspaces::cancel().
  Result<store::Job> cancel(std::int64_t id);
  Result<JobView> job(std::int64_t id) const;
  Result<std::vector<JobView>> jobs(const store::JobFilter& filter) const;
  /// Why no index job is started, or empty: for /readyz and the waiting text of jobs.
  std::string paused_reason() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::indexer
