// cairn def, refs, callers, callees, hierarchy, path, tests.
#include <algorithm>

#include "analysis/find_symbol.h"
#include "analysis/reach.h"
#include "analysis/references.h"
#include "api/cli_commands.h"
#include "api/cli_output.h"
#include "base/json.h"
#include "base/text.h"

namespace cairn::api {
namespace {

using graph::Snapshot;
using graph::SymbolId;

void bound_json(JsonWriter& json, const analysis::LowerBound& bound) {
  json.key("lower_bound").value(bound.unresolved != 0 || bound.left_out != 0);
  json.field("unresolved", bound.unresolved).field("left_out", bound.left_out);
}

/// Of a chain; --json prints all.
constexpr std::size_t kShownLinks = 5;

/// "; lower bound: + 12 unresolved sites share this name; 3 sites left out, ..."
std::string bound_text(const analysis::LowerBound& bound, const char* one, const char* many,
                       bool forward = false) {
  std::string text;
  if (bound.unresolved != 0) {
    const bool single = bound.unresolved == 1;
    text += "; lower bound: + " + human_count(bound.unresolved);
    if (forward) {
      text += single ? " call in it is unresolved" : " calls in it are unresolved";
    } else {
      text += single ? " unresolved site shares this name" : " unresolved sites share this name";
    }
  }
  if (bound.left_out != 0)
    text += "; " + counted(bound.left_out, one, many) +
            " of less sure tiers left out, --tier heuristic shows " +
            (bound.left_out == 1 ? "it" : "them");
  return text;
}

Error nothing_defined(const Snapshot& snapshot, graph::FileId file, graph::Position at,
                      const analysis::DefinitionAnswer& answer) {
  const std::string where = place_text(snapshot, file, at);
  if (answer.name.empty())
    return Error(ErrorCode::kSymbolNotFound,
                 "no identifier stands at " + where + ", give the position of a name");
  std::string why;
  if (!answer.external.empty()) {
    why = "is defined outside the source, as " + printable(answer.external);
  } else {
    why = "leads to no known definition, " + std::string(name_of(answer.reason));
  }
  return Error(ErrorCode::kSymbolNotFound,
               "'" + printable(answer.name) + "' at " + where + " " + why);
}

/// What `callers` and the like print: items of a search, each with its evidence.
class ReachPrinter {
 public:
  ReachPrinter(Session& session, const Snapshot& snapshot, const analysis::ReachQuery& query,
               const analysis::ReachAnswer& answer)
      : session_(session), snapshot_(snapshot), query_(query), answer_(answer) {}

  Result<Evidence> evidence(const analysis::ReachItem& item) const {
    const bool forward = query_.direction == graph::Direction::kForward;
    return evidence_of(snapshot_, forward ? item.via : item.symbol,
                       forward ? item.symbol : item.via, query_.tiers);
  }

  Result<void> text(std::size_t index, const std::string& indent) {
    const analysis::ReachItem& item = answer_.items[index];
    CAIRN_ASSIGN(const Evidence e, evidence(item));
    std::string line = indent + place_text(snapshot_, e.file, e.at) + "  " +
                       name_text(snapshot_, item.symbol) + "  " + std::string(name_of(item.tier)) +
                       "  (" + std::string(name_of(e.origin)) + ")";
    if (item.depth > 1) {
      line += "  via";
      const std::vector<SymbolId> chain = analysis::chain_of(answer_, index);
      const std::size_t between = chain.size() - 2;
      const std::size_t shown = std::min(between, kShownLinks);
      for (std::size_t i = 1; i <= shown; ++i)
        line += (i == 1 ? " " : ", ") + name_text(snapshot_, chain[i]);
      if (shown < between) line += " and " + human_count(between - shown) + " more";
    }
    return session_.print(line + "\n");
  }

  Result<void> json(JsonWriter& json, std::size_t index) {
    const analysis::ReachItem& item = answer_.items[index];
    CAIRN_ASSIGN(const Evidence e, evidence(item));
    json.begin_object().key("symbol");
    symbol_json(json, snapshot_, item.symbol);
    json.field("depth", item.depth).field("kind", name_of(item.kind));
    json.field("tier", name_of(item.tier)).field("origin", name_of(e.origin));
    json.key("site").begin_object();
    place_json(json, snapshot_, e.file, e.at);
    json.end_object().key("chain").begin_array();
    for (const SymbolId s : analysis::chain_of(answer_, index)) json.value(snapshot_.id_string(s));
    json.end_array().end_object();
    return {};
  }

  /// All items of `rows`, then the summary.
  Result<void> print(const std::vector<std::size_t>& rows, SymbolId start, const char* key,
                     const char* one, const char* many, const analysis::LowerBound& bound) {
    if (session_.json()) return print_json(rows, start, key, bound);
    const bool grouped = query_.max_depth > 1;
    std::uint32_t depth = 0;
    for (const std::size_t row : rows) {
      if (grouped && answer_.items[row].depth != depth) {
        depth = answer_.items[row].depth;
        CAIRN_TRY(session_.print("depth " + std::to_string(depth) + "\n"));
      }
      CAIRN_TRY(text(row, grouped ? "  " : ""));
    }
    std::string summary =
        "# " + counted(rows.size(), one, many) + " of " + name_text(snapshot_, start) +
        bound_text(bound, "edge", "edges", query_.direction == graph::Direction::kForward);
    if (answer_.truncated) summary += "; cut at " + human_count(query_.max_items) + " symbols";
    if (answer_.deeper) summary += "; more beyond --depth " + std::to_string(query_.max_depth);
    return session_.print(summary + "\n");
  }

 private:
  Result<void> print_json(const std::vector<std::size_t>& rows, SymbolId start, const char* key,
                          const analysis::LowerBound& bound) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol");
    symbol_json(json, snapshot_, start);
    json.key(key).begin_array();
    for (const std::size_t row : rows) CAIRN_TRY(this->json(json, row));
    json.end_array();
    bound_json(json, bound);
    json.field("truncated", answer_.truncated).field("deeper", answer_.deeper);
    json.end_object().newline();
    return session_.print(text);
  }

  Session& session_;
  const Snapshot& snapshot_;
  const analysis::ReachQuery& query_;
  const analysis::ReachAnswer& answer_;
};

std::vector<std::size_t> reached_rows(const analysis::ReachAnswer& answer) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < answer.items.size(); ++i)
    if (answer.items[i].depth > 0) rows.push_back(i);
  return rows;
}

/// What unresolved sites may hide from an answer: those of the symbol's name for callers, the calls
/// written in it for callees.
Result<analysis::LowerBound> bound_of(const Snapshot& snapshot, SymbolId symbol,
                                      const analysis::ReachQuery& query,
                                      const analysis::ReachAnswer& answer) {
  analysis::LowerBound bound;
  bound.left_out = answer.left_out;
  if (query.direction == graph::Direction::kForward) {
    CAIRN_ASSIGN(bound.unresolved, analysis::unresolved_calls_in(snapshot, symbol));
    return bound;
  }
  const auto family = graph::family_of(snapshot.file(snapshot.file_of(symbol)).language);
  bound.unresolved = snapshot.unbound_sites(snapshot.name(symbol), family);
  return bound;
}

Result<int> run_reach(Session& session, graph::Direction direction, const char* key,
                      const char* one, const char* many) {
  analysis::ReachQuery query;
  query.direction = direction;
  CAIRN_ASSIGN(query.max_depth, depth_of(session, 1));
  CAIRN_ASSIGN(query.tiers, session.tiers());
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const SymbolId symbol, session.symbol(snapshot, session.arguments().at("SYMBOL")));
  CAIRN_ASSIGN(const analysis::ReachAnswer answer,
               analysis::reach(snapshot, {symbol}, query, session.stop()));
  CAIRN_ASSIGN(const analysis::LowerBound bound, bound_of(snapshot, symbol, query, answer));
  CAIRN_TRY(ReachPrinter(session, snapshot, query, answer)
                .print(reached_rows(answer), symbol, key, one, many, bound));
  return 0;
}

void definition_json(JsonWriter& json, const Snapshot& snapshot, const analysis::Definition& d) {
  json.begin_object();
  place_json(json, snapshot, d.file, d.at);
  json.key("id");
  if (d.symbol.exists()) {
    json.value(snapshot.id_string(d.symbol)).field("qualified", snapshot.qualified(d.symbol));
  } else {
    json.null().field("qualified", d.local);
  }
  json.field("kind", name_of(d.kind)).field("tier", name_of(d.tier));
  json.field("origin", name_of(d.origin)).end_object();
}

Result<void> print_references(Session& session, const Snapshot& snapshot, SymbolId symbol,
                              const analysis::ReferenceAnswer& answer) {
  if (session.json()) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol");
    symbol_json(json, snapshot, symbol);
    json.key("references").begin_array();
    for (const analysis::Reference& r : answer.references) {
      json.begin_object();
      place_json(json, snapshot, r.file, r.at);
      json.field("length", r.length).field("in", snapshot.id_string(r.owner));
      json.field("role", name_of(r.role)).field("tier", name_of(r.tier));
      json.field("origin", name_of(r.origin)).field("candidates", r.candidates).end_object();
    }
    json.end_array();
    bound_json(json, answer.bound);
    json.end_object().newline();
    return session.print(text);
  }
  for (const analysis::Reference& r : answer.references)
    CAIRN_TRY(session.print(place_text(snapshot, r.file, r.at) + "  " +
                            name_text(snapshot, r.owner) + "  " + std::string(name_of(r.role)) +
                            "  " + std::string(name_of(r.tier)) + "  (" +
                            std::string(name_of(r.origin)) + ")\n"));
  return session.print("# " + counted(answer.references.size(), "reference", "references") +
                       " to " + name_text(snapshot, symbol) +
                       bound_text(answer.bound, "site", "sites") + "\n");
}

}  // namespace

Result<int> run_def(Session& session) {
  CAIRN_ASSIGN(const analysis::PlaceText place,
               analysis::parse_place(session.arguments().at("PATH:LINE:COL")));
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const graph::FileId file, analysis::find_file(snapshot, place.path));
  CAIRN_ASSIGN(const analysis::DefinitionAnswer answer,
               analysis::definitions_at(snapshot, file, place.at));
  if (answer.definitions.empty()) return nothing_defined(snapshot, file, place.at, answer);
  std::string text;
  if (session.json()) {
    JsonWriter json(text);
    json.begin_object().field("name", answer.name).key("definitions").begin_array();
    for (const analysis::Definition& d : answer.definitions) definition_json(json, snapshot, d);
    json.end_array().end_object().newline();
  } else {
    for (const analysis::Definition& d : answer.definitions)
      text += place_text(snapshot, d.file, d.at) + " " +
              (d.symbol.exists() ? name_text(snapshot, d.symbol) : printable(d.local)) + " " +
              std::string(name_of(d.tier)) + "\n";
  }
  CAIRN_TRY(session.print(text));
  return 0;
}

Result<int> run_refs(Session& session) {
  CAIRN_ASSIGN(const std::uint8_t tiers, session.tiers());
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const SymbolId symbol, session.symbol(snapshot, session.arguments().at("SYMBOL")));
  CAIRN_ASSIGN(const analysis::ReferenceAnswer answer,
               analysis::references_to(snapshot, symbol, tiers, session.stop()));
  CAIRN_TRY(print_references(session, snapshot, symbol, answer));
  return 0;
}

Result<int> run_callers(Session& session) {
  return run_reach(session, graph::Direction::kBackward, "callers", "caller", "callers");
}

Result<int> run_callees(Session& session) {
  return run_reach(session, graph::Direction::kForward, "callees", "callee", "callees");
}

Result<int> run_tests(Session& session) {
  analysis::ReachQuery query;
  CAIRN_ASSIGN(query.max_depth, depth_of(session, 0xffffffffu));
  CAIRN_ASSIGN(query.tiers, session.tiers());
  query.kinds = analysis::kDependencyKinds;
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const SymbolId symbol, session.symbol(snapshot, session.arguments().at("SYMBOL")));
  CAIRN_ASSIGN(const analysis::TestAnswer answer,
               analysis::tests_of(snapshot, symbol, query.tiers, query.max_depth, session.stop()));
  CAIRN_ASSIGN(const analysis::LowerBound bound, bound_of(snapshot, symbol, query, answer.reached));
  CAIRN_TRY(ReachPrinter(session, snapshot, query, answer.reached)
                .print(answer.tests, symbol, "tests", "test", "tests", bound));
  return 0;
}

}  // namespace cairn::api
