// Handlers of questions about whole graphs.
#include "api/handlers/parts.h"
#include "api/service/graph_binary.h"
#include "api/service/names.h"

namespace cairn::api {
namespace {

Result<Response> get_status(ApiParts& parts, const Call& call) {
  Ask ask;
  CAIRN_TRY(fill_ask(call, ask));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const StatusAnswer answer, parts.graph.status(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

/// The answer as JSON or, with `format=binary`, as its columns.
template <class Answer>
void append_graph(const Call& call, std::string& out, Answer answer) {
  if (call.parameters.text("format") == "binary") {
    append_binary(out, std::move(answer));
  } else {
    append_json(out, answer);
  }
}

Result<Response> graph_answer(ApiParts& parts, const Call& call,
                              const std::function<Result<void>(std::string& out)>& make) {
  CAIRN_ASSIGN(Response response, snapshot_answer(parts, call, make));
  if (call.parameters.text("format") == "binary")
    response.headers.set("Content-Type", std::string(kGraphMediaType));
  return response;
}

Result<Response> get_overview(ApiParts& parts, const Call& call) {
  OverviewAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  for (const Level level : {Level::kPackage, Level::kDirectory, Level::kFile})
    if (name_of(level) == call.parameters.text("level")) ask.level = level;
  return graph_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(OverviewAnswer answer, parts.graph.overview(call.who, ask));
    append_graph(call, out, std::move(answer));
    return {};
  });
}

Result<Response> get_neighbourhood(ApiParts& parts, const Call& call) {
  NeighbourhoodAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.symbol = call.parameters.text("id");
  ask.depth = static_cast<std::uint32_t>(call.parameters.number("depth"));
  ask.forward = call.parameters.text("direction") != "in";
  ask.backward = call.parameters.text("direction") != "out";
  const std::string edges = call.parameters.text("edges");
  if (!edges.empty()) {
    CAIRN_ASSIGN(ask.kinds, edge_kind_bits(split_list(edges)));
  }
  return graph_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(NeighbourhoodAnswer answer, parts.graph.neighbourhood(call.who, ask));
    append_graph(call, out, std::move(answer));
    return {};
  });
}

std::string_view content_type(analysis::ExportFormat format) {
  switch (format) {
    case analysis::ExportFormat::kJsonl:
      return "application/x-ndjson";
    case analysis::ExportFormat::kDot:
      return "text/vnd.graphviz";
    case analysis::ExportFormat::kGraphml:
      return "application/graphml+xml";
    case analysis::ExportFormat::kPycg:
    case analysis::ExportFormat::kJson:
      break;
  }
  return "application/json";
}

/// Streams; the time a client takes to read does not count against the question.
Result<Response> export_repo(ApiParts& parts, const Call& call) {
  Ask ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.stop = call.request.stop;
  const auto format = analysis::export_format_named(call.parameters.text("format"));
  if (!format) return Error(ErrorCode::kInvalidArgument, "format: is none");
  CAIRN_ASSIGN(const std::string snapshot, parts.graph.snapshot_id(call.who, ask.repo));
  const std::string tag = "W/\"" + snapshot + "\"";
  Response response;
  response.headers.set("ETag", tag);
  const auto held = call.request.headers.get("If-None-Match");
  if (held && names_tag(*held, tag)) {
    response.status = 304;
    return response;
  }
  CAIRN_ASSIGN(const GraphService::Export write, parts.graph.export_graph(call.who, ask, *format));
  response.headers.set("Content-Type", std::string(content_type(*format)));
  response.chunks = [write](const ChunkSink& sink) -> Result<bool> {
    CAIRN_TRY(write(sink));
    return false;
  };
  return response;
}

Result<Response> get_cycles(ApiParts& parts, const Call& call) {
  CyclesAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.of_files = call.parameters.text("level") == "file";
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const CyclesAnswer answer, parts.graph.cycles(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_dead_code(ApiParts& parts, const Call& call) {
  DeadCodeAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  ask.with_exported = call.parameters.flag("exported");
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const DeadCodeAnswerDto answer, parts.graph.dead_code(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_modules(ApiParts& parts, const Call& call) {
  Ask ask;
  CAIRN_TRY(fill_ask(call, ask));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const ModulesAnswer answer, parts.graph.modules(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_complexity(ApiParts& parts, const Call& call) {
  ComplexityAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  const std::string sort = call.parameters.text("sort");
  ask.by_place = sort == "place";
  for (const analysis::Metric metric : analysis::kMetrics)
    if (analysis::name_of(metric) == sort) ask.sort = metric;
  if (call.parameters.has("over"))
    ask.over = static_cast<std::uint64_t>(call.parameters.number("over"));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const ComplexityAnswer answer, parts.graph.complexity(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> run_query_operation(ApiParts& parts, const Call& call) {
  Ask ask;
  CAIRN_TRY(fill_ask(call, ask));
  CAIRN_ASSIGN(const Query query, parse_query(call.body));
  Result<QueryAnswer> answer = parts.graph.query(call.who, ask, query);
  if (!answer) {
    parts.graph.note_error(ask.repo, answer.error());
    return std::move(answer).error();
  }
  std::string out;
  append_json(out, *answer);
  return json_response(200, std::move(out));
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/repos/{repo}/status", get_status},
    {"GET", "/api/v1/repos/{repo}/graph/overview", get_overview},
    {"GET", "/api/v1/repos/{repo}/graph/neighbourhood", get_neighbourhood},
    {"GET", "/api/v1/repos/{repo}/graph/export", export_repo},
    {"GET", "/api/v1/repos/{repo}/export", export_repo},
    {"GET", "/api/v1/repos/{repo}/cycles", get_cycles},
    {"GET", "/api/v1/repos/{repo}/dead-code", get_dead_code},
    {"GET", "/api/v1/repos/{repo}/modules", get_modules},
    {"GET", "/api/v1/repos/{repo}/complexity", get_complexity},
    {"POST", "/api/v1/repos/{repo}/query", run_query_operation},
};

}  // namespace

std::span<const Route> graph_routes() { return kRoutes; }

}  // namespace cairn::api
