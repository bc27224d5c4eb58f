#include "api/service/query.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "analysis/find_symbol.h"
#include "analysis/reach.h"
#include "api/service/names.h"
#include "base/text.h"

namespace cairn::api {

using graph::Snapshot;
using graph::SymbolId;

namespace {

constexpr std::string_view kFields[] = {"id",        "name",  "qualified", "kind",  "file", "line",
                                        "signature", "flags", "metrics",   "depth", "path"};

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<std::string_view> strings_of(const JsonValue& list) {
  std::vector<std::string_view> out;
  for (const JsonValue& item : list.items()) out.push_back(item.as_string().value_or(""));
  return out;
}

std::uint64_t number_of(const JsonValue& value, std::uint64_t fallback) {
  const auto number = value.as_int();
  return number && *number >= 0 ? static_cast<std::uint64_t>(*number) : fallback;
}

Result<SymbolFilter> parse_filter(const JsonValue& body) {
  SymbolFilter filter;
  CAIRN_ASSIGN(filter.kinds, symbol_kind_bits(strings_of(body.find("kind"))));
  filter.path = body.find("path").as_string().value_or("");
  filter.name = lowered(body.find("name").as_string().value_or(""));
  CAIRN_ASSIGN(filter.flags, flag_bits(strings_of(body.find("flags"))));
  CAIRN_ASSIGN(filter.without, flag_bits(strings_of(body.find("without_flags"))));
  filter.test = body.find("test").as_bool();
  filter.min_cyclomatic = number_of(body.find("min_cyclomatic"), 0);
  return filter;
}

Result<QueryStep> parse_step(const JsonValue& body) {
  QueryStep step;
  CAIRN_ASSIGN(step.kinds, edge_kind_bits(strings_of(body.find("edges"))));
  if (step.kinds == 0) step.kinds = analysis::kCallKinds;
  step.forward = body.find("direction").as_string().value_or("out") == "out";
  CAIRN_ASSIGN(step.tiers, tiers_named(body.find("tier").as_string().value_or("dispatch")));
  step.depth = static_cast<std::uint32_t>(number_of(body.find("depth"), 1));
  step.keep = body.find("keep").as_bool().value_or(false);
  CAIRN_ASSIGN(step.filter, parse_filter(body.find("filter")));
  return step;
}

bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty() || path == folder) return true;
  if (folder.ends_with('/')) folder.remove_suffix(1);
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool admits(const SymbolFilter& filter, const Snapshot& snapshot, SymbolId s) {
  if (filter.kinds != 0 && (filter.kinds >> static_cast<unsigned>(snapshot.kind(s)) & 1) == 0)
    return false;
  const std::uint32_t flags = snapshot.flags(s);
  if ((flags & filter.flags) != filter.flags || (flags & filter.without) != 0) return false;
  if (!is_below(snapshot.path(snapshot.file_of(s)), filter.path)) return false;
  if (!filter.name.empty() && lowered(snapshot.name(s)).find(filter.name) == std::string::npos)
    return false;
  if (filter.test && analysis::is_test_code(snapshot, s) != *filter.test) return false;
  if (filter.min_cyclomatic == 0) return true;
  const auto metrics = snapshot.details(s).metrics;
  return metrics && metrics->cyclomatic >= filter.min_cyclomatic;
}

/// One run: a set of symbols, each with how it was reached, replaced by what each step reaches.
class Traversal {
 public:
  Traversal(Reading& reading, const Query& query)
      : reading_(reading),
        snapshot_(reading.snapshot()),
        query_(query),
        stop_(reading.stop().with_timeout(std::chrono::milliseconds(query.max_ms))) {}

  Result<void> start(const SymbolIndex& index) {
    std::vector<SymbolId> found;
    for (const std::string& id : query_.ids) {
      CAIRN_ASSIGN(const SymbolId s, reading_.symbol(id));
      found.push_back(s);
    }
    if (query_.ids.empty()) {
      CAIRN_ASSIGN(const SymbolIndex::Found hits,
                   index.search({query_.text, query_.start.kinds, query_.start.path}, 0,
                                query_.max_nodes, reading_.stop()));
      for (const SymbolIndex::Hit& hit : hits.hits)
        if (hit.match <= query_.match || hit.match == NameMatch::kAll) found.push_back(hit.symbol);
      // Hits come best first: whoever asks for exact ones has them all, unless the last is one too.
      if (hits.total > hits.hits.size() && found.size() == hits.hits.size()) cut("nodes");
    }
    for (const SymbolId s : found)
      if (admits(query_.start, snapshot_, s) && reached_.try_emplace(s, Came{}).second)
        current_.push_back(s);
    return {};
  }

  Result<void> run() {
    for (const QueryStep& step : query_.steps) {
      if (reading_.stop().stopped()) return reading_.stop().check("traversing");
      take(step);
    }
    return {};
  }

  QueryAnswer answer() {
    QueryAnswer out;
    out.total = current_.size();
    const std::size_t shown = std::min<std::size_t>(current_.size(), query_.limit);
    for (std::size_t i = 0; i < shown; ++i) out.rows.push_back(row_of(current_[i]));
    if (!cut_by_.empty()) {
      reading_.truncate(cut_by_, shown, std::nullopt);
    } else if (shown < current_.size()) {
      reading_.truncate("limit", shown, current_.size());
    }
    reading_.bound({left_out_, 0});
    out.cost = {edges_, reached_.size(), query_.max_edges, query_.max_ms};
    return out;
  }

 private:
  struct Came {
    SymbolId from;  // none for a start
    std::uint32_t depth = 0;
  };

  void cut(std::string_view by) {
    if (cut_by_.empty()) cut_by_ = by;
  }

  /// False once a budget is used up.
  bool may_go_on() {
    if (!cut_by_.empty()) return false;
    if (edges_ >= query_.max_edges) cut("steps");
    if (reached_.size() >= query_.max_nodes) cut("nodes");
    if ((edges_ & 0xff) == 0 && stop_.stopped()) cut("time");
    return cut_by_.empty();
  }

  /// Symbols one edge away, `contains` included, which is derived from parents.
  template <class Visit>
  void for_neighbours(SymbolId s, const QueryStep& step, Visit&& visit) {
    const bool contains = (step.kinds & graph::kind_bit(graph::EdgeKind::kContains)) != 0;
    for (const SymbolId place : analysis::places_of(snapshot_, s)) {
      for (const graph::Edge e :
           step.forward ? snapshot_.out_edges(place) : snapshot_.in_edges(place)) {
        if ((step.kinds & graph::kind_bit(e.kind)) == 0) continue;
        if ((step.tiers & graph::tier_bit(e.tier)) == 0) {
          ++left_out_;
          continue;
        }
        if (!visit(snapshot_.canonical(e.other))) return;
      }
      if (!contains) continue;
      if (step.forward) {
        for (const SymbolId child : snapshot_.children(place))
          if (!visit(snapshot_.canonical(child))) return;
      } else if (const SymbolId parent = snapshot_.parent(place); parent.exists()) {
        if (!visit(snapshot_.canonical(parent))) return;
      }
    }
  }

  void take(const QueryStep& step) {
    std::vector<SymbolId> level = std::move(current_);
    std::unordered_map<SymbolId, Came> found;
    current_.clear();
    if (step.keep) current_ = level;
    std::vector<SymbolId> reached;
    for (const SymbolId s : level) found.try_emplace(s, reached_.at(s));
    const std::unordered_map<SymbolId, Came> before = found;
    for (std::uint32_t depth = 1; depth <= step.depth && !level.empty(); ++depth) {
      std::vector<SymbolId> next;
      for (const SymbolId s : level) {
        for_neighbours(s, step, [&](SymbolId other) {
          ++edges_;
          const std::uint32_t so_far = reached_.at(s).depth;
          if (found.try_emplace(other, Came{s, so_far + 1}).second) {
            reached_.try_emplace(other, Came{s, so_far + 1});
            next.push_back(other);
          } else if (depth == 1 && before.contains(other) && !again_.contains(other)) {
            // Members of the set that reach each other are answers of the step too.
            again_.emplace(other, true);
            reached.push_back(other);
          }
          return may_go_on();
        });
        if (!cut_by_.empty()) break;
      }
      analysis::sort_by_place(snapshot_, next);
      reached.insert(reached.end(), next.begin(), next.end());
      level = std::move(next);
    }
    again_.clear();
    for (const SymbolId s : reached) {
      if (step.keep && before.contains(s)) continue;
      if (admits(step.filter, snapshot_, s)) current_.push_back(s);
    }
  }

  QueryRow row_of(SymbolId s) const {
    QueryRow row;
    const SymbolDto symbol = reading_.brief(s);
    for (const std::string& field : query_.select) {
      if (field == "id") row.id = symbol.id;
      if (field == "name") row.name = symbol.name;
      if (field == "qualified") row.qualified = symbol.qualified;
      if (field == "kind") row.kind = symbol.kind;
      if (field == "file") row.file = symbol.file;
      if (field == "line") row.line = symbol.line;
      if (field == "signature") row.signature = std::string(snapshot_.signature(s));
      if (field == "flags") row.flags = flag_names(snapshot_.flags(s));
      if (field == "depth") row.depth = reached_.at(s).depth;
      if (field == "metrics")
        if (const auto metrics = snapshot_.details(s).metrics) row.metrics = metrics_dto(*metrics);
      if (field == "path") row.path = path_to(s);
    }
    return row;
  }

  /// Ids from a start to the symbol.
  std::vector<std::string> path_to(SymbolId s) const {
    std::vector<std::string> ids;
    for (SymbolId at = s; at.exists() && ids.size() <= reached_.size(); at = reached_.at(at).from)
      ids.push_back(snapshot_.id_string(at));
    std::reverse(ids.begin(), ids.end());
    return ids;
  }

  Reading& reading_;
  const Snapshot& snapshot_;
  const Query& query_;
  const StopToken stop_;
  std::vector<SymbolId> current_;
  std::unordered_map<SymbolId, Came> reached_;  // how each symbol was first reached
  std::unordered_map<SymbolId, bool> again_;
  std::uint64_t edges_ = 0;
  std::uint64_t left_out_ = 0;
  std::string_view cut_by_;
};

}  // namespace

Result<Query> parse_query(const JsonValue& body) {
  Query query;
  const JsonValue start = body.find("start");
  for (const std::string_view id : strings_of(start.find("ids"))) query.ids.emplace_back(id);
  query.text = start.find("q").as_string().value_or("");
  const std::string_view match = start.find("match").as_string().value_or("exact");
  query.match = match == "exact"    ? NameMatch::kExact
                : match == "prefix" ? NameMatch::kPrefix
                                    : NameMatch::kFuzzy;
  CAIRN_ASSIGN(query.start, parse_filter(start));
  for (const JsonValue& step : body.find("steps").items()) {
    CAIRN_ASSIGN(QueryStep parsed, parse_step(step));
    query.steps.push_back(std::move(parsed));
  }
  for (const std::string_view field : strings_of(body.find("select"))) {
    if (std::find(std::begin(kFields), std::end(kFields), field) == std::end(kFields))
      return no_such_name("select", field, kFields);
    query.select.emplace_back(field);
  }
  if (query.select.empty()) query.select = {"id", "qualified", "kind", "file", "line", "depth"};
  query.limit = number_of(body.find("limit"), query.limit);
  query.max_edges = number_of(body.find("max_edges"), query.max_edges);
  query.max_nodes = number_of(body.find("max_nodes"), query.max_nodes);
  query.max_ms = number_of(body.find("max_ms"), query.max_ms);
  return query;
}

Result<QueryAnswer> run_query(Reading& reading, const SymbolIndex& index, const Query& query) {
  Traversal traversal(reading, query);
  CAIRN_TRY(traversal.start(index));
  CAIRN_TRY(traversal.run());
  return traversal.answer();
}

}  // namespace cairn::api
