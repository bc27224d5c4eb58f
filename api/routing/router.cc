#include "api/routing/router.h"

#include <algorithm>

#include "api/problem.h"
#include "api/routing/json_schema.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::api {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
  }
  return out;
}

bool is_variable(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

Response too_many(const Request& request, int seconds) {
  return problem_response(
      {429, ErrorCode::kRateLimited,
       "too many requests in a short time, wait for " + std::to_string(seconds) + " s", seconds},
      request.id);
}

}  // namespace

void RequestCounts::add(const std::string& operation, int status, double seconds) {
  const std::lock_guard lock(mutex_);
  Row& row = rows_[operation];
  ++row.by_status[status];
  row.seconds += seconds;
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++row.buckets[static_cast<std::size_t>(bound - kBounds.begin())];
}

std::map<std::string, RequestCounts::Row> RequestCounts::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

Router::Router(ApiParts& parts, const ApiSpec& spec, Authenticator authenticate, const Clock& clock,
               RouterOptions options)
    : parts_(parts),
      spec_(spec),
      authenticate_(std::move(authenticate)),
      options_(options),
      limiter_(clock) {}

Result<std::unique_ptr<Router>> Router::make(const ApiSpec& spec, std::span<const Route> routes,
                                             ApiParts& parts, Authenticator authenticate,
                                             const Clock& clock, RouterOptions options) {
  std::unique_ptr<Router> router(new Router(parts, spec, std::move(authenticate), clock, options));
  for (const Route& route : routes) {
    const OperationSpec* operation = spec.find(route.method, route.path);
    if (operation == nullptr)
      return Error(
          ErrorCode::kInvalidArgument,
          std::string(route.method) + " " + std::string(route.path) + " stands in no openapi.yaml");
    router->bound_.push_back({operation, route.handler, segments_of(route.path)});
  }
  return router;
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  const std::vector<std::string_view> segments = segments_of(path);
  for (const Bound& bound : bound_) {
    if (bound.segments.size() != segments.size()) continue;
    bool fits = true;
    std::vector<std::pair<std::string_view, std::string>> values;
    for (std::size_t i = 0; fits && i < segments.size(); ++i) {
      if (is_variable(bound.segments[i])) {
        values.emplace_back(bound.segments[i].substr(1, bound.segments[i].size() - 2),
                            std::string(segments[i]));
      } else {
        fits = bound.segments[i] == segments[i];
      }
    }
    if (!fits) continue;
    if (bound.operation->method == (method == "HEAD" ? "GET" : method)) {
      match.bound = &bound;
      match.path_values = std::move(values);
      return match;
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + bound.operation->method;
    if (bound.operation->method == "GET") match.allowed += ", HEAD";
  }
  return match;
}

std::size_t Router::body_limit(std::string_view method, std::string_view path) const {
  const Match found = match(method, path);
  // Requests that end in an error may bring a small body, so that they get the error's answer.
  constexpr std::size_t kIgnored = std::size_t{64} << 10;
  return found.bound != nullptr && found.bound->operation->body.exists() ? options_.max_body
                                                                         : kIgnored;
}

Response Router::unknown(const Request& request, const Match& match) const {
  if (!match.allowed.empty()) {
    Response response = problem_response({405, ErrorCode::kMethodNotAllowed,
                                          printable(request.path) + " has no " +
                                              printable(request.method) + ", only " + match.allowed,
                                          std::nullopt},
                                         request.id);
    response.headers.set("Allow", match.allowed);
    return response;
  }
  return problem_response({404, ErrorCode::kNotFound,
                           "nothing is at " + printable(request.path) +
                               ", GET /api/v1/openapi.json lists what there is",
                           std::nullopt},
                          request.id);
}

Result<Parameters> Router::parameters(const Request& request, const Match& match) const {
  Parameters out;
  const OperationSpec& operation = *match.bound->operation;
  for (const auto& [name, value] : request.query) {
    const auto known =
        std::find_if(operation.parameters.begin(), operation.parameters.end(),
                     [&](const ParameterSpec& p) { return !p.in_path && p.name == name; });
    if (known != operation.parameters.end()) continue;
    std::vector<std::string_view> names;
    for (const ParameterSpec& p : operation.parameters)
      if (!p.in_path) names.push_back(p.name);
    std::string text = "'" + printable(name.substr(0, 100)) + "' is no parameter here";
    for (const std::string_view near : suggest(name, names, 1))
      text += ", did you mean '" + std::string(near) + "'";
    text += names.empty() ? "; there are none" : "; there are ";
    for (std::size_t i = 0; i < names.size(); ++i)
      text += (i == 0 ? "" : ", ") + std::string(names[i]);
    return Error(ErrorCode::kInvalidArgument, text);
  }
  for (const ParameterSpec& spec : operation.parameters) {
    std::optional<std::string> given;
    std::size_t times = 0;
    if (spec.in_path) {
      for (const auto& [name, value] : match.path_values)
        if (name == spec.name) given = value;
    } else {
      for (const auto& [name, value] : request.query)
        if (name == spec.name && ++times == 1) given = value;
    }
    if (times > 1)
      return Error(ErrorCode::kInvalidArgument, spec.name + ": is given more than once");
    if (!given) {
      if (spec.required) return Error(ErrorCode::kInvalidArgument, spec.name + ": is missing");
      if (spec.fallback) out.add(spec.name, *spec.fallback);
      continue;
    }
    CAIRN_TRY(check_parameter(spec, *given));
    out.add(spec.name, std::move(*given));
  }
  return out;
}

Result<Response> Router::run(const Request& request, const Match& match) {
  const OperationSpec& operation = *match.bound->operation;
  const std::string peer = "peer " + request.peer;
  const RateLimits& limits = options_.limits;
  if (operation.scope != "none")
    if (const auto wait = limiter_.look(peer, limits.failures_per_second, limits.failure_burst))
      return too_many(request, *wait);
  CAIRN_ASSIGN(const Principal who, authenticate_(request));
  if (operation.scope != "none" && !who.is_known()) {
    limiter_.take(peer, limits.failures_per_second, limits.failure_burst);
    return require(who, Scope::kRead).error().clone();
  }
  const std::string key = who.is_known() ? "token " + who.id : "open " + request.peer;
  if (const auto wait = limiter_.take(key, limits.requests_per_second, limits.burst))
    return too_many(request, *wait);
  CAIRN_ASSIGN(const Parameters checked, parameters(request, match));
  if (!operation.body.exists() || (request.body.empty() && !operation.body_required))
    return match.bound->handler(parts_, {request, operation, who, checked, JsonValue()});
  const auto type = request.headers.get("Content-Type");
  if (!type || !equals_ignoring_case(type->substr(0, type->find(';')), "application/json"))
    return Error(ErrorCode::kUnsupported,
                 "the body must be JSON with the header 'Content-Type: application/json'");
  CAIRN_ASSIGN(const JsonDocument document,
               JsonDocument::parse(request.body, {options_.max_body, options_.max_json_depth}));
  CAIRN_TRY(check_schema(document.root(), operation.body, spec_.root()));
  return match.bound->handler(parts_, {request, operation, who, checked, document.root()});
}

Response Router::handle(const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  const Match found = match(request.method, request.path);
  Response response;
  if (found.bound == nullptr) {
    response = unknown(request, found);
  } else {
    Result<Response> answer = run(request, found);
    if (answer) {
      response = std::move(*answer);
    } else {
      const Problem problem = problem_of(answer.error());
      if (problem.status == 500)
        log_error("request.failed", {{"request", request.id},
                                     {"operation", found.bound->operation->id},
                                     {"error", answer.error()}});
      response = problem_response(problem, request.id);
      if (problem.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
    }
  }
  response.headers.set("X-Content-Type-Options", "nosniff");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  counts_.add(found.bound == nullptr ? "none" : found.bound->operation->id, response.status,
              took.count());
  return response;
}

}  // namespace cairn::api
