#pragma once
// What jobs and snapshots tell, as events: topics "jobs" (all), "job/<id>" and "repo/<slug>". Also
// who may read which topic. Thread-safe.
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/broker.h"
#include "api/service/principal.h"
#include "api/service/repo_service.h"
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

  /// Slug of a repo id; "" when it is unknown.
  std::string slug_of(const std::string& repo_id);
  void forget_slugs();
  /// Snapshots that came since the last call.
  std::vector<indexer::RepoView> take_new_snapshots();

 private:
  void publish(std::int64_t job, const std::string& repo_id, std::string_view kind,
               const std::string& data, const std::string& key);

  EventBroker& broker_;
  indexer::Workspaces& workspaces_;
  std::mutex mutex_;
  std::map<std::string, std::string> slugs_;
  std::deque<indexer::RepoView> new_snapshots_;
};

/// The topics that somebody may subscribe to.
StreamAccess stream_access(const Principal& who, indexer::Workspaces& workspaces,
                           indexer::JobRunner& runner);

}  // namespace cairn::api
