#pragma once
// RepoService: repositories and jobs. As GraphService: Principal first, scope and access checked,
// unknown and forbidden repositories answered alike. Reading wants "read", changing "index". Every
// change stands in the audit log when its method returns. Thread-safe.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/service/access.h"
#include "api/service/graph_service.h"
#include "api/service/principal.h"
#include "base/result.h"
#include "indexer/jobs/runner.h"
#include "indexer/workspaces.h"

namespace cairn::api {

/// The repositories of a server as GraphService sees them.
class WorkspaceCatalogue final : public Catalogue {
 public:
  explicit WorkspaceCatalogue(indexer::Workspaces& workspaces) : workspaces_(workspaces) {}
  Result<indexer::RepoViewPtr> current(std::string_view slug) override;
  Result<store::RepoWithSettings> find(std::string_view slug) const override;
  Result<std::string> read_file(const indexer::RepoView& view, graph::FileId file) override;
  void report_damage(const indexer::RepoView& view, const Error& error) override;

 private:
  indexer::Workspaces& workspaces_;
};

struct JobRow {
  indexer::JobView view;
  std::string slug;  // "" for work on the whole data folder
};
struct RepoRow {
  store::RepoWithSettings repo;
  indexer::RepoViewPtr view;  // null: no snapshot yet
  std::optional<JobRow> job;  // the newest
};

struct JobsAsk {
  std::string repo;  // slug; "" = all
  store::JobFilter filter;
};

class RepoService {
 public:
  RepoService(indexer::Workspaces& workspaces, indexer::JobRunner& runner, Access& access,
              GraphService& graph)
      : workspaces_(workspaces), runner_(runner), access_(access), graph_(graph) {}

  Result<std::vector<RepoRow>> list(const Principal& who);
  Result<RepoRow> get(const Principal& who, const std::string& slug);
  /// The new repo and its first job. Only for those who see all repos: kForbidden. kExists.
  Result<RepoRow> add(const Principal& who, const indexer::PinRequest& request);
  Result<RepoRow> change(const Principal& who, const std::string& slug,
                         const store::RepoSettingsChange& change);
  Result<void> remove(const Principal& who, const std::string& slug);
  Result<JobRow> index(const Principal& who, const std::string& slug, const std::string& ref);

  Result<std::vector<JobRow>> jobs(const Principal& who, const JobsAsk& ask);
  Result<JobRow> job(const Principal& who, std::int64_t id);
  Result<JobRow> cancel(const Principal& who, std::int64_t id);

 private:
  Result<store::RepoWithSettings> find(const Principal& who, Scope scope, const std::string& slug);
  Result<RepoRow> row_of(store::RepoWithSettings repo);
  /// Whether the job may be seen, and its repo's slug.
  Result<JobRow> visible(const Principal& who, std::int64_t id);

  indexer::Workspaces& workspaces_;
  indexer::JobRunner& runner_;
  Access& access_;
  GraphService& graph_;
};

}  // namespace cairn::api
