#include "api/server_events.h"

#include <charconv>

#include "api/handlers/parts.h"
#include "base/log.h"

namespace cairn::api {
namespace {

constexpr std::size_t kMostWaiting = 100;
// Jobs read at once.
constexpr std::size_t kJobPage = 1'000;

}  // namespace

std::string ServerEvents::known_slug(const std::string& repo_id) const {
  const auto at = slugs_.find(repo_id);
  return at == slugs_.end() ? std::string() : at->second;
}

std::string ServerEvents::slug_of(const std::string& repo_id) {
  if (repo_id.empty()) return {};
  {
    const std::lock_guard lock(mutex_);
    if (auto slug = known_slug(repo_id); !slug.empty()) return slug;
  }
  read_slugs();
  const std::lock_guard lock(mutex_);
  return known_slug(repo_id);
}

void ServerEvents::read_slugs() {
  const auto repos = workspaces_.list();
  if (!repos) {
    log_warning("events.no_slugs", {{"error", repos.error()}});
    return;
  }
  const std::lock_guard lock(mutex_);
  slugs_.clear();
  for (const store::RepoWithSettings& repo : *repos) slugs_[repo.repo.id] = repo.repo.slug;
  // Jobs of removed repositories end without a word.
  std::erase_if(active_, [&](const auto& entry) {
    return !entry.second.job.repo.empty() && !slugs_.contains(entry.second.job.repo);
  });
  std::erase_if(served_, [&](const auto& entry) { return !slugs_.contains(entry.first); });
}

Result<void> ServerEvents::load(const indexer::JobRunner& runner) {
  read_slugs();
  CAIRN_ASSIGN(const std::vector<store::RepoWithSettings> repos, workspaces_.list());
  for (const store::RepoWithSettings& repo : repos) {
    CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows,
                 workspaces_.state().repos().list_snapshots(repo.repo.id));
    const std::lock_guard lock(mutex_);
    for (const store::SnapshotRow& row : rows)
      // A newer one that is damaged was set aside.
      if (row.id == repo.repo.current_snapshot)
        served_[repo.repo.id] = {row.id, row.commit,
                                 rows.front().state == store::SnapshotState::kQuarantined};
  }
  for (const store::JobState state : {store::JobState::kQueued, store::JobState::kRunning}) {
    store::JobFilter filter;
    filter.state = state;
    filter.limit = kJobPage;
    for (bool more = true; more;) {
      CAIRN_ASSIGN(const std::vector<indexer::JobView> jobs, runner.jobs(filter));
      const std::lock_guard lock(mutex_);
      for (const indexer::JobView& job : jobs) active_[job.job.id] = job;
      more = jobs.size() == kJobPage;
      if (more) filter.before = jobs.back().job.id;
    }
  }
  return {};
}

void ServerEvents::jobs_json(JsonWriter& json, const std::optional<std::string>& repo_id) const {
  json.key("jobs").begin_array();
  for (const auto& [id, view] : active_)
    if (!repo_id || view.job.repo == *repo_id) job_json(json, {view, known_slug(view.job.repo)});
  json.end_array();
}

std::optional<std::string> ServerEvents::state_of(std::string_view topic) {
  std::string out;
  JsonWriter json(out);
  const std::lock_guard lock(mutex_);
  if (topic == "jobs") {
    json.begin_object();
    jobs_json(json, std::nullopt);
    json.end_object();
    return out;
  }
  if (topic.starts_with("job/")) {
    for (const auto& [id, view] : active_) {
      if (topic.substr(4) != std::to_string(id)) continue;
      job_json(json, {view, known_slug(view.job.repo)});
      return out;
    }
    return std::nullopt;
  }
  for (const auto& [id, slug] : slugs_) {
    if (topic != "repo/" + slug) continue;
    json.begin_object().field("repo", slug);
    const auto at = served_.find(id);
    json.key("snapshot");
    if (at == served_.end()) {
      json.null();
    } else {
      json.value(at->second.snapshot);
    }
    json.field("commit", at == served_.end() ? "" : at->second.commit);
    json.field("stale", at != served_.end() && at->second.stale);
    jobs_json(json, id);
    json.end_object();
    return out;
  }
  return std::nullopt;
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
  {
    const std::lock_guard lock(mutex_);
    const bool active =
        job.state == store::JobState::kQueued || job.state == store::JobState::kRunning;
    if (active) {
      active_[job.id] = row.view;
    } else {
      active_.erase(job.id);
    }
  }
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
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = active_.find(progress.job); at != active_.end())
      at->second.progress = progress;
  }
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
  {
    const std::lock_guard lock(mutex_);
    served_[view.repo.id] = {view.row.id, view.row.commit, view.stale};
  }
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
