// Handlers about the server itself: health, version, metrics, the OpenAPI document, the start page.
#include "api/auth.h"
#include "api/handlers/page.h"
#include "api/handlers/parts.h"
#include "base/hash.h"
#include "base/metrics.h"
#include "base/version.h"

namespace cairn::api {
namespace {

Result<Response> get_health(ApiParts&, const Call&) {
  std::string out;
  JsonWriter(out).begin_object().field("status", "ok").field("version", version()).end_object();
  return json_response(200, std::move(out));
}

Result<Response> get_ready(ApiParts& parts, const Call&) {
  const Readiness ready = parts.readiness();
  bool all = true;
  for (const Readiness::Check& check : ready.checks) all = all && check.ok;
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", all ? "ready" : "not_ready");
  json.field("sandbox", ready.sandbox).field("sandbox_missing", ready.sandbox_missing);
  json.key("checks").begin_array();
  for (const Readiness::Check& check : ready.checks) {
    json.begin_object().field("name", check.name).field("ok", check.ok);
    json.field("detail", check.detail).end_object();
  }
  json.end_array().end_object();
  return json_response(all ? 200 : 503, std::move(out));
}

template <class Enum>
void names_json(JsonWriter& json, std::string_view key, unsigned first, unsigned last) {
  json.key(key).begin_array();
  for (unsigned i = first; i <= last; ++i) json.value(name_of(static_cast<Enum>(i)));
  json.end_array();
}

Result<Response> get_meta(ApiParts&, const Call&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("version", version()).field("api", "v1");
  names_json<graph::Language>(json, "languages", 1, static_cast<unsigned>(graph::Language::kLua));
  names_json<graph::SymbolKind>(json, "symbol_kinds", 0,
                                static_cast<unsigned>(graph::SymbolKind::kRoute));
  names_json<graph::EdgeKind>(json, "edge_kinds", 0,
                              static_cast<unsigned>(graph::EdgeKind::kTests));
  names_json<graph::Tier>(json, "tiers", 0, graph::kTierCount - 1);
  const RouterOptions defaults;
  json.key("limits").begin_object().field("body_bytes", defaults.max_body);
  json.field("json_depth", defaults.max_json_depth).field("page", 1000);
  json.field("question_seconds", kQuestionTime.count()).end_object().end_object();
  return json_response(200, std::move(out));
}

Result<Response> get_openapi(ApiParts&, const Call& call) {
  static const std::string kTag = "\"" + sha256_hex(openapi_json()).substr(0, 32) + "\"";
  Response response = json_response(200, {});
  response.headers.set("ETag", kTag);
  response.headers.set("Cache-Control", "no-cache");
  const auto held = call.request.headers.get("If-None-Match");
  if (held && names_tag(*held, kTag)) {
    response.status = 304;
  } else {
    response.body = openapi_json();
  }
  return response;
}

/// In label values of the Prometheus text format.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

void request_metrics(const RequestCounts& counts, std::string& out) {
  const auto rows = counts.rows();
  out +=
      "# HELP cairn_http_requests_total Answered requests.\n"
      "# TYPE cairn_http_requests_total counter\n";
  for (const auto& [operation, row] : rows)
    for (const auto& [status, count] : row.by_status)
      out += "cairn_http_requests_total{operation=\"" + label(operation) + "\",status=\"" +
             std::to_string(status) + "\"} " + std::to_string(count) + "\n";
  out +=
      "# HELP cairn_http_request_seconds Time to an answer.\n"
      "# TYPE cairn_http_request_seconds histogram\n";
  for (const auto& [operation, row] : rows) {
    const std::string name = "{operation=\"" + label(operation) + "\"";
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < row.buckets.size(); ++i) {
      so_far += row.buckets[i];
      std::string bound = "+Inf";
      if (i < RequestCounts::kBounds.size()) {
        bound.clear();
        JsonWriter(bound).value(RequestCounts::kBounds[i]);
      }
      out += "cairn_http_request_seconds_bucket" + name + ",le=\"" + bound + "\"} " +
             std::to_string(so_far) + "\n";
    }
    out += "cairn_http_request_seconds_sum" + name + "} " + std::to_string(row.seconds) + "\n";
    out += "cairn_http_request_seconds_count" + name + "} " + std::to_string(so_far) + "\n";
  }
}

/// The Prometheus text format is a few lines a metric; a library would bring a registry of its own
/// beside the counters that are kept anyway.
Result<Response> get_metrics(ApiParts& parts, const Call& call) {
  CAIRN_TRY(require(call.who, Scope::kRead));
  std::string out;
  if (parts.router != nullptr) request_metrics(parts.router->counts(), out);
  std::vector<Gauge> gauges = parts.gauges();
  gauges.push_back({"cairn_resident_bytes_peak", "Largest resident set.", "gauge",
                    static_cast<double>(peak_rss_bytes())});
  gauges.push_back({"cairn_cpu_seconds_total", "CPU time of this process.", "counter",
                    static_cast<double>(process_cpu_ns()) / 1e9});
  std::string_view family;
  for (const Gauge& gauge : gauges) {
    const std::string_view name = std::string_view(gauge.name).substr(0, gauge.name.find('{'));
    if (name != family) {
      out += "# HELP " + std::string(name) + " " + std::string(gauge.help) + "\n# TYPE " +
             std::string(name) + " " + std::string(gauge.type) + "\n";
      family = name;
    }
    out += gauge.name + " ";
    JsonWriter(out).value(gauge.value);
    out += "\n";
  }
  Response response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(out);
  return response;
}

Result<Response> get_home(ApiParts& parts, const Call& call) {
  HomePage page;
  page.who = call.who;
  if (call.who.has(Scope::kRead)) {
    CAIRN_ASSIGN(page.repos, parts.repos.list(call.who));
    JobsAsk ask;
    ask.filter.limit = 20;
    CAIRN_ASSIGN(page.jobs, parts.repos.jobs(call.who, ask));
  }
  page.host = std::string(call.request.headers.get("Host").value_or("127.0.0.1:7420"));
  Response response;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'sha256-" + std::string(home_style_hash()) +
                           "'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.body = home_html(page);
  return response;
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/meta", get_meta}, {"GET", "/api/v1/openapi.json", get_openapi},
    {"GET", "/healthz", get_health},   {"GET", "/readyz", get_ready},
    {"GET", "/metrics", get_metrics},  {"GET", "/", get_home},
};

}  // namespace

std::span<const Route> service_routes() { return kRoutes; }

}  // namespace cairn::api
