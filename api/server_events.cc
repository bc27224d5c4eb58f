#include "api/server_events.h"

#include <charconv>

#include "api/handlers/parts.h"
#include "base/log.h"

namespace cairn::api {
namespace {

constexpr std::size_t kMostWaiting = 100;

}  // namespace

std::string ServerEvents::slug_of(const std::string& repo_id) {
  if (repo_id.empty()) return {};
  const auto known = [&]() -> std::optional<std::string> {
    const std::lock_guard lock(mutex_);
    const auto at = slugs_.find(repo_id);
    if (at == slugs_.end()) return std::nullopt;
    return at->second;
  };
  if (auto slug = known()) return *slug;
  const auto repos = workspaces_.list();
  if (!repos) {
    log_warning("events.no_slugs", {{"error", repos.error()}});
    return {};
  }
  {
    const std::lock_guard lock(mutex_);
    for (const store::RepoWithSettings& repo : *repos) slugs_[repo.repo.id] = repo.repo.slug;
  }
  return known().value_or("");
}

void ServerEvents::forget_slugs() {
  const std::lock_guard lock(mutex_);
  slugs_.clear();
}

void ServerEvents::publish(std::int64_t job, const std::string& repo_id, std::string_view kind,
                           const std::string& data, const std::string& key) {
  const std::string slug = slug_of(repo_id);
  const std::string topic = "job/" + std::to_string(job);
  broker_.publish({topic, kind, data, key});
  const std::string shared_key = key.empty() ? std::string() : topic + key;
  broker_.publish({"jobs", kind, data, shared_key});
  if (!slug.empty()) {
    const std::string of_repo = "repo/" + slug;
    broker_.publish({of_repo, kind, data, shared_key});
  }
}

void ServerEvents::on_job(const store::Job& job) {
  JobRow row;
  row.view.job = job;
  row.slug = slug_of(job.repo);
  std::string data;
  JsonWriter json(data);
  job_json(json, row);
  publish(job.id, job.repo, "job", data, "");
  log_info("job", {{"job", job.id},
                   {"repo", row.slug},
                   {"state", name_of(job.state)},
                   {"attempt", job.attempt},
                   {"error", job.error_code}});
}

void ServerEvents::on_progress(const indexer::JobProgress& progress) {
  std::string data;
  JsonWriter json(data);
  json.begin_object().field("job", progress.job).field("stage", progress.stage);
  json.field("stage_number", progress.stage_number).field("stages", progress.stages);
  json.field("done", progress.done).field("total", progress.total).field("rate", progress.rate);
  json.key("eta_ms");
  if (progress.eta_seconds) {
    json.value(static_cast<std::int64_t>(*progress.eta_seconds * 1000));
  } else {
    json.null();
  }
  json.end_object();
  publish(progress.job, progress.repo, "progress", data, "progress");
}

void ServerEvents::on_snapshot(const indexer::RepoView& view) {
  std::string data;
  JsonWriter json(data);
  json.begin_object().field("repo", view.repo.slug).field("snapshot", view.row.id);
  json.field("commit", view.row.commit).field("stale", view.stale).end_object();
  const std::string topic = "repo/" + view.repo.slug;
  broker_.publish({topic, "snapshot", data, ""});
  const std::lock_guard lock(mutex_);
  new_snapshots_.push_back(view);
  if (new_snapshots_.size() > kMostWaiting) new_snapshots_.pop_front();
}

std::vector<indexer::RepoView> ServerEvents::take_new_snapshots() {
  const std::lock_guard lock(mutex_);
  std::vector<indexer::RepoView> out(new_snapshots_.begin(), new_snapshots_.end());
  new_snapshots_.clear();
  return out;
}

StreamAccess stream_access(const Principal& who, indexer::Workspaces& workspaces,
                           indexer::JobRunner& runner) {
  StreamAccess access;
  access.principal = who.id;
  access.may_read = [who, &workspaces, &runner](std::string_view topic) {
    if (!who.has(Scope::kRead)) return false;
    // It tells of all repositories.
    if (topic == "jobs") return who.repos.empty();
    if (topic.starts_with("repo/")) {
      const auto repo = workspaces.find(topic.substr(5));
      return repo && who.may_see(repo->repo.id);
    }
    if (!topic.starts_with("job/")) return false;
    const std::string_view digits = topic.substr(4);
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    const auto job = runner.job(id);
    return job && (job->job.repo.empty() ? who.repos.empty() : who.may_see(job->job.repo));
  };
  return access;
}

}  // namespace cairn::api
