// Handlers of questions about symbols and files.
#include "api/handlers/parts.h"
#include "api/service/names.h"

namespace cairn::api {
namespace {

Result<Response> search_symbols(ApiParts& parts, const Call& call) {
  SymbolsAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.text = call.parameters.text("q");
  ask.path = call.parameters.text("path");
  CAIRN_ASSIGN(ask.kinds, symbol_kind_bits(split_list(call.parameters.text("kind"))));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const SymbolsAnswer answer, parts.graph.symbols(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<void> fill_symbol(const Call& call, SymbolAsk& ask) {
  CAIRN_TRY(fill_ask(call, ask));
  ask.symbol = call.parameters.text("id");
  if (call.parameters.has("depth"))
    ask.depth = static_cast<std::uint32_t>(call.parameters.number("depth"));
  return {};
}

/// Operations on one symbol differ in the method they ask.
template <class Answer>
Result<Response> about_symbol(ApiParts& parts, const Call& call,
                              Result<Answer> (GraphService::*method)(const Principal&,
                                                                     const SymbolAsk&)) {
  SymbolAsk ask;
  CAIRN_TRY(fill_symbol(call, ask));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const Answer answer, (parts.graph.*method)(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_symbol(ApiParts& parts, const Call& call) {
  return about_symbol(parts, call, &GraphService::symbol);
}
Result<Response> get_references(ApiParts& parts, const Call& call) {
  return about_symbol(parts, call, &GraphService::references);
}
Result<Response> get_tests(ApiParts& parts, const Call& call) {
  return about_symbol(parts, call, &GraphService::tests);
}
Result<Response> get_hierarchy(ApiParts& parts, const Call& call) {
  return about_symbol(parts, call, &GraphService::hierarchy);
}

Result<Response> reach(ApiParts& parts, const Call& call, graph::Direction direction) {
  ReachAsk ask;
  CAIRN_TRY(fill_symbol(call, ask));
  ask.direction = direction;
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const ReachAnswerDto answer, parts.graph.reach(call.who, ask));
    append_json(out, answer);
    return {};
  });
}
Result<Response> get_callers(ApiParts& parts, const Call& call) {
  return reach(parts, call, graph::Direction::kBackward);
}
Result<Response> get_callees(ApiParts& parts, const Call& call) {
  return reach(parts, call, graph::Direction::kForward);
}

Result<Response> get_at(ApiParts& parts, const Call& call) {
  AtAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  ask.at = {static_cast<std::uint32_t>(call.parameters.number("line")),
            static_cast<std::uint32_t>(call.parameters.number("column"))};
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const AtAnswer answer, parts.graph.at(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_paths(ApiParts& parts, const Call& call) {
  PathsAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.from = call.parameters.text("from");
  ask.to = call.parameters.text("to");
  ask.k = static_cast<std::size_t>(call.parameters.number("k"));
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const PathsAnswer answer, parts.graph.paths(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_tree(ApiParts& parts, const Call& call) {
  FileAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const TreeAnswer answer, parts.graph.tree(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

Result<Response> get_file(ApiParts& parts, const Call& call) {
  static constexpr std::string_view kParts[] = {"text", "outline", "occurrences"};
  FileAsk ask;
  CAIRN_TRY(fill_ask(call, ask));
  ask.path = call.parameters.text("path");
  ask.text = ask.outline = false;
  const std::string include = call.parameters.text("include");
  for (const std::string_view part : split_list(include)) {
    if (part == kParts[0]) {
      ask.text = true;
    } else if (part == kParts[1]) {
      ask.outline = true;
    } else if (part == kParts[2]) {
      ask.occurrences = true;
    } else {
      return no_such_name("include", part, kParts);
    }
  }
  return snapshot_answer(parts, call, [&](std::string& out) -> Result<void> {
    CAIRN_ASSIGN(const FileAnswer answer, parts.graph.file(call.who, ask));
    append_json(out, answer);
    return {};
  });
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/repos/{repo}/symbols", search_symbols},
    {"GET", "/api/v1/repos/{repo}/symbol", get_symbol},
    {"GET", "/api/v1/repos/{repo}/references", get_references},
    {"GET", "/api/v1/repos/{repo}/callers", get_callers},
    {"GET", "/api/v1/repos/{repo}/callees", get_callees},
    {"GET", "/api/v1/repos/{repo}/tests", get_tests},
    {"GET", "/api/v1/repos/{repo}/hierarchy", get_hierarchy},
    {"GET", "/api/v1/repos/{repo}/at", get_at},
    {"GET", "/api/v1/repos/{repo}/paths", get_paths},
    {"GET", "/api/v1/repos/{repo}/tree", get_tree},
    {"GET", "/api/v1/repos/{repo}/file", get_file},
};

}  // namespace

std::span<const Route> symbol_routes() { return kRoutes; }

}  // namespace cairn::api
