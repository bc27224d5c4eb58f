#include <charconv>

#include "api/handlers/parts.h"
#include "api/service/names.h"
#include "base/text.h"
#include "base/version.h"

namespace cairn::api {

std::span<const Route> route_table() {
  static const std::vector<Route> kAll = [] {
    std::vector<Route> all;
    for (const auto part :
         {repo_routes(), symbol_routes(), graph_routes(), access_routes(), service_routes()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kAll;
}

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

Result<void> fill_ask(const Call& call, Ask& ask) {
  ask.repo = call.parameters.text("repo");
  if (call.parameters.has("tier")) {
    CAIRN_ASSIGN(ask.tiers, tiers_named(call.parameters.text("tier")));
  }
  if (call.parameters.has("limit"))
    ask.page.limit = static_cast<std::uint64_t>(call.parameters.number("limit"));
  ask.page.cursor = call.parameters.text("cursor");
  ask.stop = call.request.stop.with_timeout(kQuestionTime);
  return {};
}

bool names_tag(std::string_view list, std::string_view tag) {
  if (list == "*") return true;
  const auto plain = [](std::string_view t) {
    while (!t.empty() && (t.front() == ' ' || t.front() == '\t')) t.remove_prefix(1);
    while (!t.empty() && (t.back() == ' ' || t.back() == '\t')) t.remove_suffix(1);
    if (t.starts_with("W/")) t.remove_prefix(2);
    return t;
  };
  for (const std::string_view one : split_list(list))
    if (plain(one) == plain(tag)) return true;
  return false;
}

namespace {

/// The question as text: path and parameters in the order of the specification, so that other
/// spellings of one question share an answer.
std::string question_key(const Call& call, const std::string& snapshot) {
  std::string key = snapshot + "\n" + call.operation.id;
  for (const ParameterSpec& parameter : call.operation.parameters)
    key += "\n" + parameter.name + "=" + call.parameters.text(parameter.name);
  return key;
}

}  // namespace

Result<Response> snapshot_answer(ApiParts& parts, const Call& call,
                                 const std::function<Result<void>(std::string& out)>& make) {
  const std::string repo = call.parameters.text("repo");
  CAIRN_ASSIGN(const std::string snapshot, parts.graph.snapshot_id(call.who, repo));
  const std::string tag = "W/\"" + snapshot + "-" + std::string(version()) + "\"";
  Response response = json_response(200, {});
  response.headers.set("ETag", tag);
  response.headers.set("Cache-Control", "private, no-cache");
  const auto held = call.request.headers.get("If-None-Match");
  if (held && names_tag(*held, tag)) {
    response.status = 304;
    return response;
  }
  const std::string key = question_key(call, snapshot);
  if (const auto text = parts.cache.find(key)) {
    response.body = *text;
    return response;
  }
  if (const Result<void> made = make(response.body); !made) {
    parts.graph.note_error(repo, made.error());
    return made.error().clone();
  }
  parts.cache.add(key, response.body);
  return response;
}

void time_json(JsonWriter& json, std::string_view key, std::int64_t milliseconds) {
  json.key(key);
  if (milliseconds == 0) {
    json.null();
  } else {
    json.value(format_utc(milliseconds));
  }
}

}  // namespace cairn::api
