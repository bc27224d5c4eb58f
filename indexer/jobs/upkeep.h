#pragma once
// What a server does without being asked: looks at remotes, collects garbage, watches folders and
// the disk. Used by JobRunner, whose housekeeping thread calls it; watching has a thread of its
// own.
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "indexer/jobs/runner.h"
#include "indexer/watch.h"
#include "indexer/workspaces.h"

namespace cairn::indexer {

/// Of the file system that holds a path, as an ordinary user may use it. By statvfs().
Result<DiskSpace> disk_space_of(const std::string& path);

/// Empty, or why nothing may be indexed: the disk is nearly full.
std::string low_disk_reason(const DiskSpace& space, const DiskLimits& limits);

class Upkeep {
 public:
  Upkeep(Workspaces& workspaces, const RunnerOptions& options)
      : workspaces_(workspaces), options_(options) {}

  /// Queues an index job for every pinned repo: files may have changed while no server ran, and a
  /// first job may never have been queued. Begins to watch folders.
  Result<void> start();
  /// Stops watching.
  void stop();
  Result<void> tick();
  /// Settings of a repo changed, or it was added or removed.
  void repo_changed(const std::string& repo);
  std::string paused_reason() const;

 private:
  Result<void> look_at_disk();
  Result<void> look_at_remotes();
  Result<void> collect_sometimes();
  Result<void> watch(const store::RepoWithSettings& repo);
  Result<void> queue(const std::string& repo, store::JobReason reason);

  Workspaces& workspaces_;
  const RunnerOptions& options_;
  mutable std::mutex mutex_;
  std::string paused_;
  std::map<std::string, std::int64_t> looked_at_ms_;  // remotes, by repo id
  std::int64_t freed_at_ms_ = 0;                      // last collection because of a full disk
  std::int64_t pruned_at_ms_ = 0;
  std::unique_ptr<FolderWatch> watch_;
};

}  // namespace cairn::indexer
