// cairn pin: asks a running server to keep a repository indexed, and shows how its first index job
// goes on.
#include <array>
#include <filesystem>
#include <thread>

#include "api/cli_commands.h"
#include "api/progress.h"
#include "base/fs.h"
#include "base/http_client.h"
#include "base/json.h"
#include "base/text.h"

namespace cairn::api {
namespace {

constexpr std::chrono::milliseconds kPollEvery{200};

/// The server's interface, as one program that asks it.
class ServerClient {
 public:
  ServerClient(std::string url, std::string token, const StopToken& stop)
      : url_(std::move(url)), token_(std::move(token)), stop_(stop) {
    while (url_.ends_with('/')) url_.pop_back();
  }
  const std::string& url() const { return url_; }

  struct Answer {
    int status = 0;
    JsonDocument document;
    JsonValue root() const { return document.root(); }
  };
  /// Errors: those of http_fetch, kParse when it is no server of ours, and what a problem document
  /// says unless its status is `also`.
  Result<Answer> ask(const std::string& method, const std::string& path, const std::string& body,
                     int also = 0) const {
    HttpRequest request;
    request.method = method;
    request.url = url_ + "/api/v1" + path;
    request.stop = stop_;
    if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    CAIRN_ASSIGN(const HttpAnswer answer, http_fetch(request));
    Result<JsonDocument> document = JsonDocument::parse(answer.body);
    if (!document)
      return Error(ErrorCode::kParse, url_ + " does not answer like a cairn server (status " +
                                          std::to_string(answer.status) + "); is it one?");
    if (answer.ok() || answer.status == also) return Answer{answer.status, std::move(*document)};
    return problem(answer.status, document->root());
  }

 private:
  Error problem(int status, JsonValue root) const {
    const std::string detail(root.find("detail").as_string().value_or("no reason given"));
    std::string text = url_ + ": " + printable(detail);
    if (status == 401) text += "; give a token with --token-file or in CAIRN_TOKEN";
    return Error(status == 403   ? ErrorCode::kForbidden
                 : status == 404 ? ErrorCode::kNotFound
                 : status < 500  ? ErrorCode::kInvalidArgument
                                 : ErrorCode::kUnreachable,
                 text);
  }

  std::string url_;
  std::string token_;
  StopToken stop_;
};

/// The server resolves paths from its own folder, so a local one is sent whole.
std::string absolute_source(const std::string& source) {
  std::error_code none;
  const std::filesystem::path path(source);
  if (!std::filesystem::exists(path, none)) return source;
  const std::filesystem::path whole = std::filesystem::canonical(path, none);
  return none ? source : whole.string();
}

Result<std::string> token_of(const Session& session) {
  if (const auto file = session.arguments().value("--token-file")) {
    CAIRN_ASSIGN(const std::string text, read_file(*file, 4096));
    return text.substr(0, text.find_first_of("\r\n"));
  }
  return session.services().environment("CAIRN_TOKEN").value_or("");
}

std::string text_of(JsonValue value) { return std::string(value.as_string().value_or("")); }

/// Slug of the pinned repository with this source.
Result<std::string> pinned_slug(const ServerClient& server, const std::string& source) {
  CAIRN_ASSIGN(const ServerClient::Answer all, server.ask("GET", "/repos", ""));
  for (const JsonValue repo : all.root().find("repos").items())
    if (text_of(repo.find("source")) == source) return text_of(repo.find("slug"));
  return Error(ErrorCode::kExists,
               "another repository has that name; choose one with --name, or see " + server.url() +
                   "/api/v1/repos");
}

struct Pinned {
  std::string slug;
  std::int64_t job = 0;
};

Result<Pinned> pin(Session& session, const ServerClient& server) {
  const std::string source = absolute_source(session.arguments().at("SOURCE"));
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("source", source);
  if (const auto name = session.arguments().value("--name")) json.field("slug", *name);
  if (const auto branch = session.arguments().value("--branch")) json.field("branch", *branch);
  json.end_object();
  CAIRN_ASSIGN(const ServerClient::Answer made, server.ask("POST", "/repos", body, 409));
  if (made.status != 409)
    return Pinned{text_of(made.root().find("repo").find("slug")),
                  made.root().find("job").find("id").as_int().value_or(0)};
  // Pinned already: brought up to date.
  CAIRN_ASSIGN(const std::string slug, pinned_slug(server, source));
  CAIRN_ASSIGN(const ServerClient::Answer asked,
               server.ask("POST", "/repos/" + slug + "/index", "{}"));
  return Pinned{slug, asked.root().find("id").as_int().value_or(0)};
}

std::optional<indexer::Stage> stage_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(indexer::Stage::kPublish); ++i)
    if (name_of(static_cast<indexer::Stage>(i)) == name) return static_cast<indexer::Stage>(i);
  return std::nullopt;
}

/// Until the job has ended; its failure is an Error.
Result<void> follow(Session& session, const ServerClient& server, std::int64_t job) {
  ProgressLine line(session.console(), *session.services().clock, session.quiet());
  std::string waiting;
  for (;;) {
    CAIRN_ASSIGN(const ServerClient::Answer answer,
                 server.ask("GET", "/jobs/" + std::to_string(job), ""));
    const JsonValue now = answer.root();
    const std::string state = text_of(now.find("state"));
    if (state == "done") return {};
    if (state == "failed" || state == "cancelled") {
      line.finish();
      const std::string why = text_of(now.find("error").find("message"));
      return Error(
          state == "failed" ? ErrorCode::kUnreachable : ErrorCode::kCancelled,
          "job " + std::to_string(job) + " " + state + (why.empty() ? "" : ": " + printable(why)));
    }
    if (const std::string reason = text_of(now.find("waiting")); reason != waiting) {
      waiting = reason;
      if (!waiting.empty()) session.note("waiting: " + printable(waiting));
    }
    const JsonValue progress = now.find("progress");
    if (const auto stage = stage_named(text_of(progress.find("stage"))))
      line.update({*stage, static_cast<std::uint64_t>(progress.find("done").as_int().value_or(0)),
                   static_cast<std::uint64_t>(progress.find("total").as_int().value_or(0))});
    CAIRN_TRY(session.stop().check("waiting for job " + std::to_string(job)));
    std::this_thread::sleep_for(kPollEvery);
  }
}

std::string summary(JsonValue status) {
  const auto number = [](JsonValue value) {
    return static_cast<std::uint64_t>(value.as_int().value_or(0));
  };
  const auto count = [&](const char* name, const std::string& one, const std::string& many) {
    const std::uint64_t n = number(status.find(name));
    return human_count(n) + " " + (n == 1 ? one : many);
  };
  std::string text = count("files", "file", "files") + ", " + count("lines", "line", "lines") +
                     ", " + count("symbols", "symbol", "symbols") + ", " +
                     count("edges", "edge", "edges");
  std::string tiers;
  status.find("edges_by_tier").for_each_member([&](std::string_view tier, JsonValue edges) {
    if (number(edges) == 0) return;
    tiers += (tiers.empty() ? " (" : ", ") + std::string(tier) + " " + human_count(number(edges));
  });
  if (!tiers.empty()) text += tiers + ")";
  if (const std::uint64_t skipped = number(status.find("skipped_total")); skipped != 0)
    text += ", " + human_count(skipped) + " skipped";
  return text;
}

}  // namespace

Result<int> run_pin(Session& session) {
  CAIRN_ASSIGN(std::string token, token_of(session));
  const std::string url =
      session.arguments()
          .value("--server")
          .value_or(
              session.services().environment("CAIRN_SERVER").value_or("http://127.0.0.1:7420"));
  const ServerClient server(url, std::move(token), session.stop());
  CAIRN_ASSIGN(const Pinned pinned, pin(session, server));
  if (pinned.job != 0) CAIRN_TRY(follow(session, server, pinned.job));
  CAIRN_ASSIGN(const ServerClient::Answer status,
               server.ask("GET", "/repos/" + pinned.slug + "/status", ""));
  CAIRN_TRY(session.print(pinned.slug + " is pinned at " + server.url() + ": " +
                          summary(status.root()) + "\n"));
  return 0;
}

}  // namespace cairn::api
