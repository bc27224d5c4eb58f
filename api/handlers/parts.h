#pragma once
// What handlers work with, and the helpers they share. A handler only translates: parameters to a
// question of the service, its answer to a Response.
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/handlers/answer_cache.h"
#include "api/http/message.h"
#include "api/routing/router.h"
#include "api/service/access.h"
#include "api/service/dto_json.h"
#include "api/service/graph_service.h"
#include "api/service/repo_service.h"
#include "base/clock.h"
#include "base/json.h"

namespace cairn::api {

/// What /readyz tells.
struct Readiness {
  struct Check {
    std::string name;
    bool ok = true;
    std::string detail;
  };
  std::string sandbox;
  std::string sandbox_missing;
  std::vector<Check> checks;
};

/// A number for /metrics: name, help, type and value, with labels already written.
struct Gauge {
  std::string name;  // with {labels}
  std::string_view help;
  std::string_view type;  // gauge or counter
  double value = 0;
};

/// All must outlive the router.
struct ApiParts {
  GraphService& graph;
  RepoService& repos;
  Access& access;
  const Clock& clock;
  std::function<Readiness()> readiness;
  std::function<std::vector<Gauge>()> gauges;
  /// Ends what a revoked token has open elsewhere: its event streams.
  std::function<void(const std::string& token)> on_revoked;
  const Router* router = nullptr;  // set once it exists
  AnswerCache cache{};
};

/// All routes, in the order of openapi.yaml.
std::span<const Route> route_table();
std::span<const Route> graph_routes();
std::span<const Route> symbol_routes();
std::span<const Route> repo_routes();
std::span<const Route> access_routes();
std::span<const Route> service_routes();

Response json_response(int status, std::string body);

/// Longest time a question may take.
inline constexpr std::chrono::seconds kQuestionTime{20};

/// Fills what all questions share: repo, tier, limit, cursor, the stop token with its deadline.
Result<void> fill_ask(const Call& call, Ask& ask);

/// Answers a GET about the current snapshot: 304 when the client has it, the cached text when it
/// was asked before, else what `make` appends.
Result<Response> snapshot_answer(ApiParts& parts, const Call& call,
                                 const std::function<Result<void>(std::string& out)>& make);

/// {"id":…} object of a job, and of a repository.
void job_json(JsonWriter& json, const JobRow& row);
void repo_json(JsonWriter& json, const RepoRow& row);
/// RFC 3339, or null for 0.
void time_json(JsonWriter& json, std::string_view key, std::int64_t milliseconds);

/// Whether an If-None-Match list names the tag (weak comparison).
bool names_tag(std::string_view list, std::string_view tag);

}  // namespace cairn::api
