#pragma once
// What jobs and snapshots tell, as events: topics "jobs" (all), "job/<id>" and "repo/<slug>". Also
// who may read which topic. Thread-safe.
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/broker.h"
#include "api/service/principal.h"
#include "api/service/repo_service.h"
#include "base/json.h"
#include "indexer/jobs/observer.h"
#include "indexer/workspaces.h"

namespace cairn::api {

class ServerEvents final : public indexer::JobObserver {
 public:
  ServerEvents(EventBroker& broker, indexer::Workspaces& workspaces)
      : broker_(broker), workspaces_(workspaces) {}

  void on_job(const store::Job& job) override;
  void on_progress(const indexer::JobProgress& progress) override;
  void on_snapshot(const indexer::RepoView& view) override;

  /// Reads what there was before this process: jobs that are not done, and current snapshots.
  Result<void> load(const indexer::JobRunner& runner);
  /// To be called when repositories change.
  void read_slugs();
  /// The state of a topic as JSON, from memory: jobs that are not done, the snapshot of a
  /// repository. Absent for topics without one.
  std::optional<std::string> state_of(std::string_view topic);
  /// Snapshots that came since the last call.
  std::vector<indexer::RepoView> take_new_snapshots();

 private:
  void publish(std::int64_t job, const std::string& repo_id, std::string_view kind,
               const std::string& data, const std::string& key);

  /// What is served of a repository.
  struct Served {
    std::string snapshot;
    std::string commit;
    bool stale = false;
  };
  /// Slug of a repo id; "" when it is unknown.
  std::string slug_of(const std::string& repo_id);
  /// Want the mutex.
  std::string known_slug(const std::string& repo_id) const;
  void jobs_json(JsonWriter& json, const std::optional<std::string>& repo_id) const;

  EventBroker& broker_;
  indexer::Workspaces& workspaces_;
  std::mutex mutex_;
  std::map<std::string, std::string> slugs_;  // by repo id, as are those served
  std::map<std::string, Served> served_;
  std::map<std::int64_t, indexer::JobView> active_;  // queued and running jobs
  std::deque<indexer::RepoView> new_snapshots_;
};

/// The topics that somebody may subscribe to.
StreamAccess stream_access(const Principal& who, indexer::Workspaces& workspaces,
                           indexer::JobRunner& runner);

}  // namespace cairn::api
