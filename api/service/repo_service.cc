#include "api/service/repo_service.h"

#include <algorithm>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::api {
namespace {

Error no_such_job(std::int64_t id) {
  return Error(ErrorCode::kNotFound, "no job " + std::to_string(id) +
                                         " that this token may see, GET /api/v1/jobs lists them");
}

bool may_see_job(const Principal& who, const store::Job& job) {
  return job.repo.empty() ? who.repos.empty() : who.may_see(job.repo);
}

}  // namespace

Result<indexer::RepoViewPtr> WorkspaceCatalogue::current(std::string_view slug) {
  return workspaces_.current(slug);
}

Result<store::RepoWithSettings> WorkspaceCatalogue::find(std::string_view slug) const {
  return workspaces_.find(slug);
}

Result<std::string> WorkspaceCatalogue::read_file(const indexer::RepoView& view,
                                                  graph::FileId file) {
  return workspaces_.read_file(view, file);
}

void WorkspaceCatalogue::report_damage(const indexer::RepoView& view, const Error& error) {
  log_error("snapshot.damaged", {{"repo", view.repo.slug}, {"error", error}});
  if (const Result<void> noted = workspaces_.report_damage(view, error); !noted)
    log_error("snapshot.damage_not_noted", {{"repo", view.repo.slug}, {"error", noted.error()}});
}

Result<store::RepoWithSettings> RepoService::find(const Principal& who, Scope scope,
                                                  const std::string& slug) {
  CAIRN_TRY(require(who, scope));
  Result<store::RepoWithSettings> repo = workspaces_.find(slug);
  if (!repo && repo.error().code() != ErrorCode::kNotFound) return repo;
  if (!repo || !who.may_see(repo->repo.id)) return no_such_repo(slug);
  return repo;
}

Result<RepoRow> RepoService::row_of(store::RepoWithSettings repo) {
  RepoRow row;
  row.repo = std::move(repo);
  CAIRN_ASSIGN(row.view, workspaces_.current(row.repo.repo.slug));
  store::JobFilter filter;
  filter.repo = row.repo.repo.id;
  filter.limit = 1;
  CAIRN_ASSIGN(std::vector<indexer::JobView> jobs, runner_.jobs(filter));
  if (!jobs.empty()) row.job = JobRow{std::move(jobs.front()), row.repo.repo.slug};
  return row;
}

Result<std::vector<RepoRow>> RepoService::list(const Principal& who) {
  CAIRN_TRY(require(who, Scope::kRead));
  CAIRN_ASSIGN(std::vector<store::RepoWithSettings> repos, workspaces_.list());
  std::vector<RepoRow> rows;
  for (store::RepoWithSettings& repo : repos) {
    if (!who.may_see(repo.repo.id)) continue;
    Result<RepoRow> row = row_of(std::move(repo));
    // Removed between both looks.
    if (!row && row.error().code() == ErrorCode::kNotFound) continue;
    if (!row) return std::move(row).error();
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<RepoRow> RepoService::get(const Principal& who, const std::string& slug) {
  CAIRN_ASSIGN(store::RepoWithSettings repo, find(who, Scope::kRead, slug));
  return row_of(std::move(repo));
}

Result<RepoRow> RepoService::add(const Principal& who, const indexer::PinRequest& request) {
  CAIRN_TRY(require(who, Scope::kIndex));
  if (!who.repos.empty())
    return Error(ErrorCode::kForbidden,
                 "this token is for some repositories only, adding one needs a token for all");
  CAIRN_ASSIGN(indexer::Pinned pinned, workspaces_.pin(request));
  runner_.wake();
  std::string detail;
  JsonWriter(detail).begin_object().field("source", pinned.repo.repo.source).end_object();
  CAIRN_TRY(access_.record(who, "repo.add", pinned.repo.repo.slug, detail));
  return row_of(std::move(pinned.repo));
}

Result<RepoRow> RepoService::change(const Principal& who, const std::string& slug,
                                    const store::RepoSettingsChange& change) {
  CAIRN_TRY(find(who, Scope::kIndex, slug));
  CAIRN_ASSIGN(store::RepoWithSettings repo, workspaces_.change(slug, change));
  runner_.wake();
  CAIRN_TRY(access_.record(who, "repo.change", repo.repo.slug));
  return row_of(std::move(repo));
}

Result<void> RepoService::remove(const Principal& who, const std::string& slug) {
  CAIRN_ASSIGN(const store::RepoWithSettings repo, find(who, Scope::kIndex, slug));
  CAIRN_TRY(workspaces_.unpin(slug));
  graph_.forget(repo.repo.id);
  return access_.record(who, "repo.remove", slug);
}

Result<JobRow> RepoService::index(const Principal& who, const std::string& slug,
                                  const std::string& ref) {
  CAIRN_TRY(find(who, Scope::kIndex, slug));
  CAIRN_ASSIGN(const store::Enqueued queued,
               workspaces_.request_index(slug, ref, store::JobReason::kRequest));
  runner_.wake();
  CAIRN_TRY(access_.record(who, "repo.index", slug));
  CAIRN_ASSIGN(indexer::JobView view, runner_.job(queued.job.id));
  return JobRow{std::move(view), slug};
}

Result<std::vector<JobRow>> RepoService::jobs(const Principal& who, const JobsAsk& ask) {
  CAIRN_TRY(require(who, Scope::kRead));
  store::JobFilter filter = ask.filter;
  if (!ask.repo.empty()) {
    CAIRN_ASSIGN(const store::RepoWithSettings repo, find(who, Scope::kRead, ask.repo));
    filter.repo = repo.repo.id;
  }
  CAIRN_ASSIGN(const auto slugs, access_.slugs());
  std::vector<JobRow> rows;
  // Jobs this token may not see are passed over, so pages are read until one is full.
  for (;;) {
    CAIRN_ASSIGN(std::vector<indexer::JobView> page, runner_.jobs(filter));
    const bool last = page.size() < filter.limit;
    for (indexer::JobView& view : page) {
      filter.before = view.job.id;
      if (!may_see_job(who, view.job) || rows.size() == ask.filter.limit) continue;
      const auto slug = slugs.find(view.job.repo);
      rows.push_back({std::move(view), slug == slugs.end() ? std::string() : slug->second});
    }
    if (last || rows.size() == ask.filter.limit) return rows;
  }
}

Result<JobRow> RepoService::visible(const Principal& who, std::int64_t id) {
  Result<indexer::JobView> view = runner_.job(id);
  if (!view && view.error().code() != ErrorCode::kNotFound) return std::move(view).error();
  if (!view || !may_see_job(who, view->job)) return no_such_job(id);
  CAIRN_ASSIGN(const auto slugs, access_.slugs());
  const auto slug = slugs.find(view->job.repo);
  return JobRow{std::move(*view), slug == slugs.end() ? std::string() : slug->second};
}

Result<JobRow> RepoService::job(const Principal& who, std::int64_t id) {
  CAIRN_TRY(require(who, Scope::kRead));
  return visible(who, id);
}

Result<JobRow> RepoService::cancel(const Principal& who, std::int64_t id) {
  CAIRN_TRY(require(who, Scope::kIndex));
  CAIRN_TRY(visible(who, id));
  CAIRN_TRY(runner_.cancel(id));
  CAIRN_TRY(access_.record(who, "job.cancel", std::to_string(id)));
  return visible(who, id);
}

}  // namespace cairn::api
