// cairn hierarchy, path, complexity, cycles, dead-code.
#include <algorithm>

#include "analysis/complexity.h"
#include "analysis/reach.h"
#include "analysis/structure.h"
#include "api/cli_commands.h"
#include "api/cli_output.h"
#include "base/text.h"

namespace cairn::api {
namespace {

using graph::Snapshot;
using graph::SymbolId;

struct HierarchySide {
  const char* title;
  const char* key;
  graph::Direction direction;
};
constexpr HierarchySide kSides[] = {{"above", "above", graph::Direction::kForward},
                                    {"below", "below", graph::Direction::kBackward}};

Result<void> hierarchy_side(Session& session, const Snapshot& snapshot,
                            const analysis::ReachAnswer& answer, JsonWriter* json) {
  for (const analysis::ReachItem& item : answer.items) {
    if (item.depth == 0) continue;
    const graph::FileId file = snapshot.file_of(item.symbol);
    const graph::Position at = snapshot.details(item.symbol).name_range.begin;
    if (json != nullptr) {
      json->begin_object().key("symbol");
      symbol_json(*json, snapshot, item.symbol);
      json->field("depth", item.depth).field("kind", name_of(item.kind));
      json->field("tier", name_of(item.tier)).field("via", snapshot.id_string(item.via));
      json->end_object();
      continue;
    }
    CAIRN_TRY(session.print(std::string(2 * item.depth, ' ') + place_text(snapshot, file, at) +
                            "  " + name_text(snapshot, item.symbol) + "  " +
                            std::string(name_of(item.tier)) + "  (" +
                            std::string(name_of(item.kind)) + ")\n"));
  }
  return {};
}

void path_json(JsonWriter& json, const Snapshot& snapshot, const graph::Path& path,
               const std::vector<Evidence>& sites) {
  json.begin_array();
  for (std::size_t i = 0; i < path.size(); ++i) {
    json.begin_object().key("symbol");
    symbol_json(json, snapshot, path[i].symbol);
    if (i > 0) {
      json.field("kind", name_of(path[i].kind)).field("tier", name_of(path[i].tier));
      json.field("origin", name_of(sites[i].origin)).key("site").begin_object();
      place_json(json, snapshot, sites[i].file, sites[i].at);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

std::string path_text(const Snapshot& snapshot, const graph::Path& path,
                      const std::vector<Evidence>& sites) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    text += "  " + place_text(snapshot, sites[i].file, sites[i].at) + "  " +
            name_text(snapshot, path[i].symbol);
    if (i > 0)
      text += "  " + std::string(name_of(path[i].tier)) + "  (" +
              std::string(name_of(sites[i].origin)) + ", " + std::string(name_of(path[i].kind)) +
              ")";
    text += "\n";
  }
  return text;
}

/// sites[i] is where path[i - 1] leads to path[i]; sites[0] where the first is defined.
Result<std::vector<Evidence>> path_sites(const Snapshot& snapshot, const graph::Path& path,
                                         std::uint8_t tiers) {
  const SymbolId first = path.front().symbol;
  std::vector<Evidence> sites{
      {snapshot.file_of(first), snapshot.details(first).name_range.begin, graph::Origin::kNone}};
  for (std::size_t i = 1; i < path.size(); ++i) {
    CAIRN_ASSIGN(Evidence e, evidence_of(snapshot, path[i - 1].symbol, path[i].symbol, tiers));
    sites.push_back(e);
  }
  return sites;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

Result<void> print_complexity_json(Session& session,
                                   const std::vector<analysis::ComplexityRow>& rows) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("profile", "std").key("functions").begin_array();
  for (const analysis::ComplexityRow& row : rows) {
    json.begin_object().field("file", row.path).field("name", row.name);
    json.field("qualified", row.qualified).field("start_line", row.start_line);
    json.field("end_line", row.end_line);
    for (const analysis::Metric m : analysis::kMetrics)
      json.field(name_of(m), analysis::value_of(row.metrics, m));
    json.end_object();
  }
  json.end_array().end_object().newline();
  return session.print(text);
}

Result<void> print_complexity_csv(Session& session,
                                  const std::vector<analysis::ComplexityRow>& rows) {
  std::string text = "file,name,qualified,start_line,end_line";
  for (const analysis::Metric m : analysis::kMetrics) text += "," + std::string(name_of(m));
  text += "\n";
  for (const analysis::ComplexityRow& row : rows) {
    text += csv_cell(row.path) + "," + csv_cell(row.name) + "," + csv_cell(row.qualified) + "," +
            std::to_string(row.start_line) + "," + std::to_string(row.end_line);
    for (const analysis::Metric m : analysis::kMetrics)
      text += "," + std::to_string(analysis::value_of(row.metrics, m));
    text += "\n";
  }
  return session.print(text);
}

Result<void> print_complexity_table(Session& session,
                                    const std::vector<analysis::ComplexityRow>& rows) {
  std::string text = "cyclomatic cognitive nesting parameters    nloc  function\n";
  constexpr std::size_t kWidths[] = {10, 10, 8, 11, 8};
  for (const analysis::ComplexityRow& row : rows) {
    std::size_t column = 0;
    for (const analysis::Metric m : analysis::kMetrics) {
      const std::string number = std::to_string(analysis::value_of(row.metrics, m));
      const std::size_t width = kWidths[column++];
      text += std::string(width > number.size() ? width - number.size() : 1, ' ') + number;
    }
    text += "  " + printable(row.path) + ":" + std::to_string(row.start_line) + "  " +
            printable(row.qualified) + "\n";
  }
  return session.print(text + "# " + counted(rows.size(), "function", "functions") + "\n");
}

Result<void> print_file_cycles(Session& session, const Snapshot& snapshot,
                               const std::vector<analysis::FileCycle>& cycles) {
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_object().field("level", "file").key("cycles").begin_array();
  for (const analysis::FileCycle& cycle : cycles) {
    if (session.json()) {
      json.begin_object().key("files").begin_array();
      for (const graph::FileId f : cycle.files) json.value(snapshot.path(f));
      json.end_array().key("shortest").begin_array();
      for (const graph::FileId f : cycle.shortest) json.value(snapshot.path(f));
      json.end_array().end_object();
      continue;
    }
    text += counted(cycle.files.size(), "file", "files") + ", for example:\n";
    for (const graph::FileId f : cycle.shortest) text += "  " + printable(snapshot.path(f)) + "\n";
    text += "  " + printable(snapshot.path(cycle.shortest.front())) + "\n";
  }
  if (session.json()) {
    json.end_array().end_object().newline();
  } else {
    text += "# " + counted(cycles.size(), "import cycle", "import cycles") + "\n";
  }
  return session.print(text);
}

Result<void> print_call_cycles(Session& session, const Snapshot& snapshot,
                               const std::vector<analysis::SymbolCycle>& cycles) {
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_object().field("level", "symbol").key("cycles").begin_array();
  for (const analysis::SymbolCycle& cycle : cycles) {
    if (session.json()) {
      json.begin_object().key("symbols").begin_array();
      for (const SymbolId s : cycle.symbols) symbol_json(json, snapshot, s);
      json.end_array().end_object();
      continue;
    }
    text += counted(cycle.symbols.size(), "symbol", "symbols") + ":\n";
    for (const SymbolId s : cycle.symbols)
      text += "  " +
              place_text(snapshot, snapshot.file_of(s), snapshot.details(s).name_range.begin) +
              "  " + name_text(snapshot, s) + "\n";
  }
  if (session.json()) {
    json.end_array().end_object().newline();
  } else {
    text += "# " + counted(cycles.size(), "call cycle", "call cycles") + "\n";
  }
  return session.print(text);
}

const char* confidence_name(analysis::Confidence confidence) {
  return confidence == analysis::Confidence::kLikely ? "likely" : "possible";
}

std::string dead_code_json(const Snapshot& snapshot, const analysis::DeadCodeAnswer& answer) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("candidates").begin_array();
  for (const analysis::DeadCode& row : answer.candidates) {
    json.begin_object().key("symbol");
    symbol_json(json, snapshot, row.symbol);
    json.field("confidence", confidence_name(row.confidence)).field("reason", row.reason);
    json.field("same_name_sites", row.same_name_sites).field("exported", row.exported);
    json.end_object();
  }
  json.end_array().field("examined", answer.examined).field("exported", answer.exported);
  json.field("entry_points", answer.entry_points).end_object().newline();
  return text;
}

std::string dead_code_text(const Snapshot& snapshot, const analysis::DeadCodeAnswer& answer) {
  std::string text;
  for (const analysis::DeadCode& row : answer.candidates)
    text += place_text(snapshot, snapshot.file_of(row.symbol),
                       snapshot.details(row.symbol).name_range.begin) +
            "  " + name_text(snapshot, row.symbol) + "  " + confidence_name(row.confidence) +
            "  (" + row.reason + ")\n";
  return text + "# " + counted(answer.candidates.size(), "candidate", "candidates") + " among " +
         human_count(answer.examined) +
         " functions and types; not judged: " + human_count(answer.exported) + " exported, " +
         human_count(answer.entry_points) + " entry points, tests, overrides or decorated\n";
}

}  // namespace

Result<int> run_hierarchy(Session& session) {
  CAIRN_ASSIGN(const std::uint32_t depth, depth_of(session, 0xffffffffu));
  CAIRN_ASSIGN(const std::uint8_t tiers, session.tiers());
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const SymbolId symbol, session.symbol(snapshot, session.arguments().at("SYMBOL")));
  std::string text;
  JsonWriter json(text);
  if (session.json()) {
    json.begin_object().key("symbol");
    symbol_json(json, snapshot, symbol);
  }
  std::string summary;
  for (const HierarchySide& side : kSides) {
    analysis::ReachQuery query;
    query.direction = side.direction;
    query.kinds = analysis::kHierarchyKinds;
    query.max_depth = depth;
    query.tiers = tiers;
    CAIRN_ASSIGN(const analysis::ReachAnswer answer,
                 analysis::reach(snapshot, {symbol}, query, session.stop()));
    const auto count = static_cast<std::size_t>(
        std::count_if(answer.items.begin(), answer.items.end(),
                      [](const analysis::ReachItem& item) { return item.depth > 0; }));
    summary += (summary.empty() ? "" : ", ") + human_count(count) + " " + side.title;
    if (session.json()) {
      json.key(side.key).begin_array();
    } else if (count != 0) {
      CAIRN_TRY(session.print(std::string(side.title) + "\n"));
    }
    CAIRN_TRY(hierarchy_side(session, snapshot, answer, session.json() ? &json : nullptr));
    if (session.json()) json.end_array();
  }
  if (session.json()) {
    json.end_object().newline();
  } else {
    text = "# " + name_text(snapshot, symbol) + ": " + summary + "\n";
  }
  CAIRN_TRY(session.print(text));
  return 0;
}

Result<int> run_path(Session& session) {
  CAIRN_ASSIGN(const std::uint64_t k, session.arguments().number("--count", 1, 1, 1000));
  CAIRN_ASSIGN(const std::uint8_t tiers, session.tiers());
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(const SymbolId from, session.symbol(snapshot, session.arguments().at("FROM")));
  CAIRN_ASSIGN(const SymbolId to, session.symbol(snapshot, session.arguments().at("TO")));
  graph::EdgeFilter filter;
  filter.kinds = analysis::kDependencyKinds;
  filter.tiers = tiers;
  CAIRN_ASSIGN(const std::vector<graph::Path> paths,
               graph::shortest_paths(snapshot, from, to, k, filter, session.stop()));
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_object().key("paths").begin_array();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    CAIRN_ASSIGN(const std::vector<Evidence> sites, path_sites(snapshot, paths[i], tiers));
    if (session.json()) {
      path_json(json, snapshot, paths[i], sites);
    } else {
      text += "path " + std::to_string(i + 1) + ", " +
              counted(paths[i].size() - 1, "step", "steps") + "\n" +
              path_text(snapshot, paths[i], sites);
    }
  }
  if (session.json()) {
    json.end_array().end_object().newline();
  } else {
    text += "# " + counted(paths.size(), "path", "paths") + " from " + name_text(snapshot, from) +
            " to " + name_text(snapshot, to) + "\n";
  }
  CAIRN_TRY(session.print(text));
  return paths.empty() ? 1 : 0;
}

Result<int> run_complexity(Session& session) {
  std::vector<analysis::MetricLimit> limits;
  for (const std::string& text : session.arguments().values("--over")) {
    CAIRN_ASSIGN(const analysis::MetricLimit limit, analysis::parse_metric_limit(text));
    limits.push_back(limit);
  }
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  std::vector<analysis::ComplexityRow> rows = analysis::complexity_table(*index.snapshot);
  if (!limits.empty())
    std::erase_if(rows, [&](const analysis::ComplexityRow& row) {
      return std::none_of(limits.begin(), limits.end(), [&](const analysis::MetricLimit& l) {
        return analysis::value_of(row.metrics, l.metric) > l.limit;
      });
    });
  const std::string format =
      session.arguments().value("--format").value_or(session.json() ? "json" : "table");
  if (format == "json") {
    CAIRN_TRY(print_complexity_json(session, rows));
  } else if (format == "csv") {
    CAIRN_TRY(print_complexity_csv(session, rows));
  } else {
    CAIRN_TRY(print_complexity_table(session, rows));
  }
  return !limits.empty() && !rows.empty() ? 1 : 0;
}

Result<int> run_cycles(Session& session) {
  CAIRN_ASSIGN(const std::uint8_t tiers, session.tiers());
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  std::size_t found = 0;
  if (session.arguments().value("--level").value_or("file") == "file") {
    CAIRN_ASSIGN(const auto cycles, analysis::import_cycles(snapshot, session.stop()));
    CAIRN_TRY(print_file_cycles(session, snapshot, cycles));
    found = cycles.size();
  } else {
    CAIRN_ASSIGN(const auto cycles, analysis::call_cycles(snapshot, tiers, session.stop()));
    CAIRN_TRY(print_call_cycles(session, snapshot, cycles));
    found = cycles.size();
  }
  return found != 0 && session.arguments().has("--fail") ? 1 : 0;
}

Result<int> run_dead_code(Session& session) {
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  const Snapshot& snapshot = *index.snapshot;
  CAIRN_ASSIGN(
      const analysis::DeadCodeAnswer answer,
      analysis::dead_code(snapshot, session.arguments().has("--exported"), session.stop()));
  CAIRN_TRY(session.print(session.json() ? dead_code_json(snapshot, answer)
                                         : dead_code_text(snapshot, answer)));
  const bool likely = std::any_of(answer.candidates.begin(), answer.candidates.end(),
                                  [](const analysis::DeadCode& row) {
                                    return row.confidence == analysis::Confidence::kLikely;
                                  });
  return likely && session.arguments().has("--fail") ? 1 : 0;
}

}  // namespace cairn::api
