// Handlers of repositories and jobs.
#include "api/handlers/parts.h"

namespace cairn::api {
namespace {

std::string_view kind_name(store::RepoKind kind) {
  switch (kind) {
    case store::RepoKind::kDirectory:
      return "directory";
    case store::RepoKind::kGit:
      return "git";
    case store::RepoKind::kRemote:
      return "remote";
  }
  return "";
}

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

/// What is known to be JSON: the store keeps summaries that cairn wrote itself.
void object_or_null(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  const auto document = text.empty() ? Result<JsonDocument>(Error(ErrorCode::kParse, "empty"))
                                     : JsonDocument::parse(text);
  if (document && document->root().is_object()) {
    json.raw(text);
  } else {
    json.null();
  }
}

std::optional<std::string> text_of(const JsonValue& value) {
  const auto text = value.as_string();
  if (!text) return std::nullopt;
  return std::string(*text);
}

void progress_json(JsonWriter& json, const indexer::JobView& view) {
  json.key("progress").begin_object();
  if (view.progress) {
    const indexer::JobProgress& p = *view.progress;
    json.field("stage", p.stage).field("done", p.done).field("total", p.total);
    json.field("rate", p.rate).key("eta_ms");
    if (p.eta_seconds) {
      json.value(static_cast<std::int64_t>(*p.eta_seconds * 1000));
    } else {
      json.null();
    }
  } else {
    json.field("stage", view.job.stage).field("done", view.job.done);
    json.field("total", view.job.total).field("rate", 0.0).key("eta_ms").null();
  }
  json.end_object();
}

Response job_response(int status, const JobRow& row) {
  std::string out;
  JsonWriter json(out);
  job_json(json, row);
  return json_response(status, std::move(out));
}

Response repo_response(int status, const RepoRow& row) {
  std::string out;
  JsonWriter json(out);
  repo_json(json, row);
  return json_response(status, std::move(out));
}

Result<Response> list_repos(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const std::vector<RepoRow> rows, parts.repos.list(call.who));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("repos").begin_array();
  for (const RepoRow& row : rows) repo_json(json, row);
  json.end_array().end_object();
  return json_response(200, std::move(out));
}

Result<Response> add_repo(ApiParts& parts, const Call& call) {
  indexer::PinRequest request;
  request.source = text_of(call.body.find("source")).value_or("");
  request.slug = text_of(call.body.find("slug")).value_or("");
  request.branch = text_of(call.body.find("branch")).value_or("");
  request.pinned = call.body.find("pinned").as_bool().value_or(true);
  CAIRN_ASSIGN(const RepoRow row, parts.repos.add(call.who, request));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("repo");
  repo_json(json, row);
  json.key("job");
  if (row.job) {
    job_json(json, *row.job);
  } else {
    json.null();
  }
  json.end_object();
  Response response = json_response(201, std::move(out));
  response.headers.set("Location", "/api/v1/repos/" + row.repo.repo.slug);
  return response;
}

Result<Response> get_repo(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const RepoRow row, parts.repos.get(call.who, call.parameters.text("repo")));
  return repo_response(200, row);
}

Result<Response> change_repo(ApiParts& parts, const Call& call) {
  store::RepoSettingsChange change;
  change.slug = text_of(call.body.find("slug"));
  change.pinned = call.body.find("pinned").as_bool();
  change.branch = text_of(call.body.find("branch"));
  change.watch = call.body.find("watch").as_bool();
  change.poll_seconds = call.body.find("poll_seconds").as_int();
  change.keep_snapshots = call.body.find("keep_snapshots").as_int();
  CAIRN_ASSIGN(const RepoRow row,
               parts.repos.change(call.who, call.parameters.text("repo"), change));
  return repo_response(200, row);
}

Result<Response> remove_repo(ApiParts& parts, const Call& call) {
  CAIRN_TRY(parts.repos.remove(call.who, call.parameters.text("repo")));
  Response response;
  response.status = 204;
  return response;
}

Result<Response> index_repo(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const JobRow row, parts.repos.index(call.who, call.parameters.text("repo"),
                                                   text_of(call.body.find("ref")).value_or("")));
  Response response = job_response(202, row);
  response.headers.set("Location", "/api/v1/jobs/" + std::to_string(row.view.job.id));
  return response;
}

Result<Response> list_jobs(ApiParts& parts, const Call& call) {
  JobsAsk ask;
  ask.repo = call.parameters.text("repo");
  ask.filter.state = store::job_state_named(call.parameters.text("state"));
  ask.filter.kind = store::job_kind_named(call.parameters.text("kind"));
  if (call.parameters.has("before")) ask.filter.before = call.parameters.number("before");
  ask.filter.limit = static_cast<std::size_t>(call.parameters.number("limit"));
  CAIRN_ASSIGN(const std::vector<JobRow> rows, parts.repos.jobs(call.who, ask));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("jobs").begin_array();
  for (const JobRow& row : rows) job_json(json, row);
  json.end_array().end_object();
  return json_response(200, std::move(out));
}

Result<Response> get_job(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const JobRow row, parts.repos.job(call.who, call.parameters.number("id")));
  return job_response(200, row);
}

Result<Response> cancel_job(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const JobRow row, parts.repos.cancel(call.who, call.parameters.number("id")));
  return job_response(200, row);
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/repos", list_repos},
    {"POST", "/api/v1/repos", add_repo},
    {"GET", "/api/v1/repos/{repo}", get_repo},
    {"PATCH", "/api/v1/repos/{repo}", change_repo},
    {"DELETE", "/api/v1/repos/{repo}", remove_repo},
    {"POST", "/api/v1/repos/{repo}/index", index_repo},
    {"GET", "/api/v1/jobs", list_jobs},
    {"GET", "/api/v1/jobs/{id}", get_job},
    {"DELETE", "/api/v1/jobs/{id}", cancel_job},
};

}  // namespace

std::span<const Route> repo_routes() { return kRoutes; }

void job_json(JsonWriter& json, const JobRow& row) {
  const store::Job& job = row.view.job;
  json.begin_object().field("id", job.id);
  text_or_null(json, "repo", row.slug);
  json.field("kind", name_of(job.kind));
  text_or_null(json, "ref", job.ref);
  json.field("reason", name_of(job.reason)).field("priority", job.priority);
  json.field("state", name_of(job.state)).field("attempt", job.attempt);
  json.field("max_attempts", job.max_attempts).field("cancel_requested", job.cancel_requested);
  text_or_null(json, "waiting", row.view.waiting);
  time_json(json, "created_at", job.created_at_ms);
  time_json(json, "started_at", job.started_at_ms);
  time_json(json, "finished_at", job.finished_at_ms);
  progress_json(json, row.view);
  json.key("error");
  if (job.error_code.empty()) {
    json.null();
  } else {
    json.begin_object().field("code", job.error_code).field("message", job.error_message);
    json.end_object();
  }
  object_or_null(json, "result", job.result);
  json.end_object();
}

void repo_json(JsonWriter& json, const RepoRow& row) {
  const store::Repo& repo = row.repo.repo;
  const store::RepoSettings& settings = row.repo.settings;
  json.begin_object().field("slug", repo.slug).field("id", repo.id);
  json.field("source", repo.source).field("kind", kind_name(repo.kind));
  json.field("pinned", settings.pinned);
  text_or_null(json, "branch", settings.branch);
  json.field("watch", settings.watch).field("poll_seconds", settings.poll_seconds);
  json.field("keep_snapshots", settings.keep_snapshots);
  time_json(json, "created_at", repo.created_at_ms);
  json.key("snapshot");
  if (row.view) {
    const store::SnapshotRow& snapshot = row.view->row;
    json.begin_object().field("id", snapshot.id);
    text_or_null(json, "commit", snapshot.commit);
    time_json(json, "created_at", snapshot.created_at_ms);
    json.field("files", snapshot.files).field("symbols", snapshot.symbols);
    json.field("edges", snapshot.edges).field("stale", row.view->stale).end_object();
  } else {
    json.null();
  }
  json.key("job");
  if (row.job) {
    job_json(json, *row.job);
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace cairn::api
