#pragma once
// What jobs tell others while they run. Called from the runner's threads, never while a lock of the
// runner or of the workspaces is held; must return quickly.
#include <cstdint>
#include <optional>
#include <string>

#include "indexer/workspaces.h"
#include "store/jobs.h"

namespace cairn::indexer {

/// How far a running job is. A snapshot of moving numbers; value type.
struct JobProgress {
  std::int64_t job = 0;
  std::string repo;
  /// Stage of the pipeline by name, and its place: 1 of 7.
  std::string stage;
  int stage_number = 0;
  int stages = 0;
  /// Files of this stage; total 0: not known.
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// Files a second in this stage, measured over the last seconds; 0: not known yet.
  double rate = 0;
  /// Seconds this stage still takes at that rate.
  std::optional<double> eta_seconds;
  /// Since the job was claimed.
  double elapsed_seconds = 0;
};

class JobObserver {
 public:
  virtual ~JobObserver() = default;
  /// A job was queued, claimed, put back or ended.
  virtual void on_job(const store::Job& job) = 0;
  /// At most ten times a second per job, and at each new stage.
  virtual void on_progress(const JobProgress& progress) = 0;
  /// Another snapshot of a repo is served.
  virtual void on_snapshot(const RepoView& view) = 0;
};

}  // namespace cairn::indexer
