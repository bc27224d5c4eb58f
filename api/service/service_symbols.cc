// GraphService: search, one symbol, its references, callers, callees, hierarchy, tests, positions,
// paths.
#include <algorithm>

#include "analysis/find_symbol.h"
#include "analysis/reach.h"
#include "analysis/references.h"
#include "api/cli_output.h"
#include "api/service/graph_service.h"
#include "base/text.h"

namespace cairn::api {

using graph::Snapshot;
using graph::SymbolId;

namespace {

/// Symbols a reach answer may hold; more is said as truncation.
constexpr std::size_t kMostReached = 20'000;
/// Members and places shown with a symbol.
constexpr std::size_t kMostChildren = 500;

std::string tier_text(std::uint8_t tiers) { return std::to_string(tiers); }

std::map<std::string, std::uint64_t> edge_counts(const Snapshot& snapshot, SymbolId symbol,
                                                 bool forward) {
  std::map<std::string, std::uint64_t> counts;
  for (const SymbolId place : analysis::places_of(snapshot, symbol))
    for (const graph::Edge e : forward ? snapshot.out_edges(place) : snapshot.in_edges(place))
      ++counts[std::string(name_of(e.kind))];
  return counts;
}

/// What unresolved sites may hide: those of the symbol's name towards callers, the calls written in
/// it towards callees.
Result<analysis::LowerBound> bound_of(const Reading& reading, SymbolId symbol, bool forward,
                                      std::uint64_t left_out) {
  const Snapshot& snapshot = reading.snapshot();
  analysis::LowerBound bound;
  bound.left_out = left_out;
  if (forward) {
    CAIRN_ASSIGN(bound.unresolved, analysis::unresolved_calls_in(snapshot, symbol));
    return bound;
  }
  const auto family = graph::family_of(snapshot.file(snapshot.file_of(symbol)).language);
  CAIRN_ASSIGN(bound.unresolved,
               analysis::unresolved_sites(snapshot, snapshot.name(symbol), family, reading.stop()));
  return bound;
}

std::vector<HierarchyDto> hierarchy_rows(const Reading& reading,
                                         const analysis::ReachAnswer& answer) {
  std::vector<HierarchyDto> rows;
  for (const analysis::ReachItem& item : answer.items)
    if (item.depth > 0)
      rows.push_back({reading.brief(item.symbol), item.depth, name_of(item.kind),
                      name_of(item.tier), reading.snapshot().id_string(item.via)});
  return rows;
}

DefinitionDto definition_dto(const Reading& reading, const analysis::Definition& d) {
  const Snapshot& snapshot = reading.snapshot();
  DefinitionDto out;
  if (d.symbol.exists()) {
    out.id = snapshot.id_string(d.symbol);
    out.qualified = analysis::shown_qualified(snapshot, d.symbol);
  } else {
    out.qualified = d.local;
  }
  out.kind = name_of(d.kind);
  out.at = reading.place(d.file, d.at);
  out.tier = name_of(d.tier);
  out.origin = name_of(d.origin);
  return out;
}

}  // namespace

Result<SymbolsAnswer> GraphService::symbols(const Principal& who, const SymbolsAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const std::uint64_t question =
      question_of({"symbols", ask.text, std::to_string(ask.kinds), ask.path});
  CAIRN_ASSIGN(const std::uint64_t offset,
               cursor_offset(ask.page.cursor, reading.view().row.id, question));
  CAIRN_ASSIGN(const auto index, extras(reading)->symbols());
  CAIRN_ASSIGN(const SymbolIndex::Found found,
               index->search({ask.text, ask.kinds, ask.path}, offset, ask.page.limit, ask.stop));
  SymbolsAnswer answer;
  for (const SymbolIndex::Hit& hit : found.hits)
    answer.symbols.push_back({reading.brief(hit.symbol), name_of(hit.match)});
  answer.total = found.total;
  CAIRN_ASSIGN(const Reading::Slice slice, reading.slice(ask.page, question, found.total));
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<SymbolAnswer> GraphService::symbol(const Principal& who, const SymbolAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  const Snapshot& snapshot = reading.snapshot();
  const graph::FileInfo file = snapshot.file(snapshot.file_of(s));
  const graph::SymbolDetails details = snapshot.details(s);
  SymbolAnswer answer;
  answer.symbol = reading.brief(s);
  answer.language = name_of(file.language);
  answer.package = file.package;
  answer.signature = snapshot.signature(s);
  answer.visibility = name_of(snapshot.visibility(s));
  answer.flags = flag_names(snapshot.flags(s));
  answer.range = range_dto(details.name_range);
  answer.enclosing_range = range_dto(details.range);
  if (const SymbolId parent = snapshot.parent(s); parent.exists())
    answer.parent = reading.brief(snapshot.canonical(parent));
  const std::vector<SymbolId> places = analysis::places_of(snapshot, s);
  if (places.size() > 1)
    for (const SymbolId place : places) answer.places.push_back(reading.brief(place));
  std::vector<SymbolId> children;
  for (const SymbolId place : places)
    for (const SymbolId child : snapshot.children(place)) children.push_back(child);
  const std::size_t shown = std::min(children.size(), kMostChildren);
  for (std::size_t i = 0; i < shown; ++i) answer.children.push_back(reading.brief(children[i]));
  if (shown < children.size()) reading.truncate("limit", shown, children.size());
  if (details.metrics) answer.metrics = metrics_dto(*details.metrics);
  answer.in_edges = edge_counts(snapshot, s, false);
  answer.out_edges = edge_counts(snapshot, s, true);
  answer.meta = reading.finish();
  return answer;
}

Result<ReferencesAnswer> GraphService::references(const Principal& who, const SymbolAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  const Snapshot& snapshot = reading.snapshot();
  CAIRN_ASSIGN(const analysis::ReferenceAnswer found,
               analysis::references_to(snapshot, s, ask.tiers, ask.stop));
  ReferencesAnswer answer;
  answer.symbol = reading.brief(s);
  answer.total = found.references.size();
  CAIRN_ASSIGN(
      const Reading::Slice slice,
      reading.slice(ask.page, question_of({"references", answer.symbol.id, tier_text(ask.tiers)}),
                    answer.total));
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const analysis::Reference& r = found.references[i];
    answer.references.push_back({reading.place(r.file, r.at), r.length, snapshot.id_string(r.owner),
                                 analysis::shown_qualified(snapshot, r.owner), name_of(r.role),
                                 name_of(r.tier), name_of(r.origin), r.candidates});
  }
  answer.next_cursor = slice.next;
  reading.bound(found.bound);
  answer.meta = reading.finish();
  return answer;
}

Result<ReachAnswerDto> GraphService::reach_page(Reading& reading, const SymbolAsk& ask,
                                                const analysis::ReachQuery& query,
                                                const analysis::ReachAnswer& found,
                                                const std::vector<std::size_t>& rows,
                                                std::uint64_t question, SymbolId symbol) {
  const Snapshot& snapshot = reading.snapshot();
  const bool forward = query.direction == graph::Direction::kForward;
  ReachAnswerDto answer;
  answer.symbol = reading.brief(symbol);
  answer.total = rows.size();
  answer.deeper = found.deeper;
  CAIRN_ASSIGN(const Reading::Slice slice, reading.slice(ask.page, question, rows.size()));
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    CAIRN_TRY(reading.stop().check("gathering evidence"));
    const analysis::ReachItem& item = found.items[rows[i]];
    CAIRN_ASSIGN(const Evidence evidence,
                 evidence_of(snapshot, forward ? item.via : item.symbol,
                             forward ? item.symbol : item.via, query.tiers));
    ReachDto row{reading.brief(item.symbol),
                 item.depth,
                 name_of(item.kind),
                 name_of(item.tier),
                 name_of(evidence.origin),
                 reading.place(evidence.file, evidence.at),
                 {}};
    for (const SymbolId link : analysis::chain_of(found, rows[i]))
      row.chain.push_back(snapshot.id_string(link));
    answer.items.push_back(std::move(row));
  }
  answer.next_cursor = slice.next;
  if (found.truncated) reading.truncate("nodes", slice.end - slice.begin, std::nullopt);
  CAIRN_ASSIGN(const analysis::LowerBound bound,
               bound_of(reading, symbol, forward, found.left_out));
  reading.bound(bound);
  answer.meta = reading.finish();
  return answer;
}

Result<ReachAnswerDto> GraphService::reach(const Principal& who, const ReachAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  analysis::ReachQuery query;
  query.direction = ask.direction;
  query.tiers = ask.tiers;
  query.max_depth = ask.depth;
  query.max_items = kMostReached;
  CAIRN_ASSIGN(const analysis::ReachAnswer found,
               analysis::reach(reading.snapshot(), {s}, query, ask.stop));
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < found.items.size(); ++i)
    if (found.items[i].depth > 0) rows.push_back(i);
  const bool forward = ask.direction == graph::Direction::kForward;
  return reach_page(reading, ask, query, found, rows,
                    question_of({forward ? "callees" : "callers", reading.snapshot().id_string(s),
                                 tier_text(ask.tiers), std::to_string(ask.depth)}),
                    s);
}

Result<ReachAnswerDto> GraphService::tests(const Principal& who, const SymbolAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  CAIRN_ASSIGN(const analysis::TestAnswer found,
               analysis::tests_of(reading.snapshot(), s, ask.tiers, ask.depth, ask.stop));
  analysis::ReachQuery query;
  query.tiers = ask.tiers;
  return reach_page(reading, ask, query, found.reached, found.tests,
                    question_of({"tests", reading.snapshot().id_string(s), tier_text(ask.tiers),
                                 std::to_string(ask.depth)}),
                    s);
}

Result<HierarchyAnswer> GraphService::hierarchy(const Principal& who, const SymbolAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  HierarchyAnswer answer;
  answer.symbol = reading.brief(s);
  analysis::ReachQuery query;
  query.kinds = analysis::kHierarchyKinds;
  query.tiers = ask.tiers;
  query.max_depth = ask.depth;
  query.max_items = ask.page.limit + 1;  // the symbol itself is one
  std::uint64_t left_out = 0;
  for (const bool forward : {true, false}) {
    query.direction = forward ? graph::Direction::kForward : graph::Direction::kBackward;
    CAIRN_ASSIGN(const analysis::ReachAnswer found,
                 analysis::reach(reading.snapshot(), {s}, query, ask.stop));
    std::vector<HierarchyDto>& side = forward ? answer.above : answer.below;
    side = hierarchy_rows(reading, found);
    if (found.truncated) reading.truncate("limit", side.size(), std::nullopt);
    if (found.deeper) reading.truncate("depth", side.size(), std::nullopt);
    left_out += found.left_out;
  }
  reading.bound({left_out, 0});
  answer.meta = reading.finish();
  return answer;
}

Result<AtAnswer> GraphService::at(const Principal& who, const AtAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const Snapshot& snapshot = reading.snapshot();
  CAIRN_ASSIGN(const graph::FileId file, analysis::find_file(snapshot, ask.path));
  if (const std::uint32_t lines = snapshot.file(file).lines; ask.at.line > lines + 1)
    return Error(ErrorCode::kInvalidArgument,
                 "line: " + printable(ask.path) + " has " + human_count(lines) + " lines");
  CAIRN_ASSIGN(const analysis::DefinitionAnswer found,
               analysis::definitions_at(snapshot, file, ask.at));
  AtAnswer answer;
  answer.name = found.name;
  answer.on_definition = found.on_definition;
  for (const analysis::Definition& d : found.definitions)
    answer.definitions.push_back(definition_dto(reading, d));
  if (!found.external.empty()) answer.external = found.external;
  if (found.reason != graph::Reason::kNone) answer.reason = name_of(found.reason);
  if (snapshot.file(file).first_symbol.exists()) {
    const graph::Position at{ask.at.line, std::max(ask.at.column, 1u)};
    answer.enclosing = reading.brief(snapshot.innermost_at(file, at));
  }
  answer.meta = reading.finish();
  return answer;
}

Result<PathsAnswer> GraphService::paths(const Principal& who, const PathsAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const Snapshot& snapshot = reading.snapshot();
  CAIRN_ASSIGN(const SymbolId from, reading.symbol(ask.from));
  CAIRN_ASSIGN(const SymbolId to, reading.symbol(ask.to));
  graph::EdgeFilter filter;
  filter.kinds = analysis::kDependencyKinds;
  filter.tiers = ask.tiers;
  CAIRN_ASSIGN(const std::vector<graph::Path> found,
               graph::shortest_paths(snapshot, from, to, ask.k, filter, ask.stop));
  PathsAnswer answer;
  answer.from = reading.brief(from);
  answer.to = reading.brief(to);
  for (const graph::Path& path : found) {
    PathDto dto;
    for (std::size_t i = 0; i < path.size(); ++i) {
      PathStepDto step;
      step.symbol = reading.brief(path[i].symbol);
      if (i > 0) {
        CAIRN_ASSIGN(const Evidence e,
                     evidence_of(snapshot, path[i - 1].symbol, path[i].symbol, ask.tiers));
        step.kind = name_of(path[i].kind);
        step.tier = name_of(path[i].tier);
        step.origin = name_of(e.origin);
        step.site = reading.place(e.file, e.at);
      }
      dto.steps.push_back(std::move(step));
    }
    answer.paths.push_back(std::move(dto));
  }
  answer.meta = reading.finish();
  return answer;
}

}  // namespace cairn::api
