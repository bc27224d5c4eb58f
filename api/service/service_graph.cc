// GraphService: overview, neighbourhood, cycles, dead code, modules, complexity, traversals.
#include <algorithm>
#include <unordered_map>

#include "api/service/graph_service.h"
#include "base/text.h"

namespace cairn::api {

using graph::Snapshot;
using graph::SymbolId;

namespace {

constexpr std::size_t kMostOverviewEdges = 20'000;
constexpr std::size_t kMostNeighbourEdges = 10'000;
constexpr std::uint32_t kDropped = 0xffffffffu;

bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty() || path == folder) return true;
  if (folder.ends_with('/')) folder.remove_suffix(1);
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// Row numbers of the groups that are kept, kDropped for the others: the largest, in name order.
std::vector<std::uint32_t> keep_largest(const std::vector<Group>& groups, std::size_t most) {
  std::vector<std::uint32_t> order(groups.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return groups[a].symbols > groups[b].symbols;
  });
  order.resize(std::min(order.size(), most));
  std::sort(order.begin(), order.end());
  std::vector<std::uint32_t> row(groups.size(), kDropped);
  for (std::uint32_t i = 0; i < order.size(); ++i) row[order[i]] = i;
  return row;
}

void add_nodes(const std::vector<Group>& groups, const std::vector<std::uint32_t>& rows,
               Level level, OverviewNodes& nodes) {
  std::vector<double> weights;
  std::map<std::string_view, std::uint32_t> by_name;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (rows[i] == kDropped) continue;
    const Group& group = groups[i];
    nodes.id.push_back(group.name);
    const std::size_t slash = level == Level::kPackage ? std::string::npos : group.name.rfind('/');
    nodes.label.push_back(slash == std::string::npos ? group.name : group.name.substr(slash + 1));
    nodes.files.push_back(group.files);
    nodes.lines.push_back(group.lines);
    nodes.symbols.push_back(group.symbols);
    weights.push_back(static_cast<double>(group.symbols + 1));
    by_name.emplace(group.name, rows[i]);
  }
  for (const std::string& id : nodes.id) {
    std::optional<std::uint32_t> parent;
    for (std::size_t slash = id.rfind('/'); slash != std::string::npos && slash > 0;
         slash = id.rfind('/', slash - 1)) {
      const auto found = by_name.find(std::string_view(id).substr(0, slash));
      if (found != by_name.end()) {
        parent = found->second;
        break;
      }
    }
    nodes.parent.push_back(parent);
  }
  for (const Spot& spot : lay_out(weights)) {
    nodes.x.push_back(spot.x);
    nodes.y.push_back(spot.y);
    nodes.radius.push_back(spot.radius);
  }
}

/// Columns of the edges between kept nodes; the heaviest when there are too many. Returns how many
/// there are.
std::uint64_t add_edges(const Grouping& grouping, const std::vector<std::uint32_t>& rows,
                        OverviewEdges& edges) {
  std::vector<const std::pair<const std::pair<std::uint32_t, std::uint32_t>, GroupEdge>*> kept;
  for (const auto& entry : grouping.edges)
    if (rows[entry.first.first] != kDropped && rows[entry.first.second] != kDropped)
      kept.push_back(&entry);
  const std::uint64_t all = kept.size();
  if (all > kMostOverviewEdges) {
    std::stable_sort(kept.begin(), kept.end(), [](const auto* a, const auto* b) {
      return a->second.total > b->second.total;
    });
    kept.resize(kMostOverviewEdges);
    std::sort(kept.begin(), kept.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const GroupEdge& edge = kept[i]->second;
    edges.src.push_back(rows[kept[i]->first.first]);
    edges.dst.push_back(rows[kept[i]->first.second]);
    edges.total.push_back(edge.total);
    for (std::size_t k = 0; k < edge.kinds.size(); ++k) {
      if (edge.kinds[k] == 0) continue;
      auto& column = edges.kinds[std::string(name_of(static_cast<graph::EdgeKind>(k)))];
      column.resize(kept.size());
      column[i] = edge.kinds[k];
    }
    for (std::size_t t = 0; t < edge.tiers.size(); ++t) {
      if (edge.tiers[t] == 0) continue;
      auto& column = edges.tiers[std::string(name_of(static_cast<graph::Tier>(t)))];
      column.resize(kept.size());
      column[i] = edge.tiers[t];
    }
  }
  return all;
}

/// Nodes of both directions, edges among them, layers of equal depth as columns of the drawing.
class NeighbourBuilder {
 public:
  NeighbourBuilder(const Reading& reading, NeighbourhoodAnswer& answer)
      : reading_(reading), answer_(answer) {}

  void add_node(SymbolId s, std::int32_t depth) {
    const auto row = static_cast<std::uint32_t>(symbols_.size());
    if (!rows_.try_emplace(s, row).second) return;
    symbols_.push_back(s);
    SymbolDto symbol = reading_.brief(s);
    NeighbourNodes& nodes = answer_.nodes;
    nodes.id.push_back(std::move(symbol.id));
    nodes.name.push_back(std::move(symbol.name));
    nodes.qualified.push_back(std::move(symbol.qualified));
    nodes.kind.push_back(symbol.kind);
    nodes.file.push_back(std::move(symbol.file));
    nodes.line.push_back(symbol.line);
    nodes.depth.push_back(depth);
  }

  /// Returns how many edges there are; those beyond the limit are left out.
  std::uint64_t add_edges(const graph::EdgeFilter& filter) {
    std::uint64_t all = 0;
    for (std::uint32_t row = 0; row < symbols_.size(); ++row) {
      std::map<std::pair<std::uint32_t, graph::EdgeKind>, std::pair<graph::Tier, std::uint64_t>>
          out;
      for (const SymbolId place : analysis::places_of(reading_.snapshot(), symbols_[row])) {
        const graph::EdgeRange edges = reading_.snapshot().out_edges(place);
        for (std::size_t i = 0; i < edges.size(); ++i) {
          if (!filter.admits(edges[i])) continue;
          const auto to = rows_.find(reading_.snapshot().canonical(edges[i].other));
          if (to == rows_.end()) continue;
          const std::uint64_t count = reading_.snapshot().out_weight(place, i).count;
          const auto [at, added] =
              out.try_emplace({to->second, edges[i].kind}, std::pair(edges[i].tier, count));
          if (added) continue;
          at->second.first = std::min(at->second.first, edges[i].tier);
          at->second.second += count;
        }
      }
      all += out.size();
      for (const auto& [key, value] : out) {
        NeighbourEdges& edges = answer_.edges;
        if (edges.src.size() >= kMostNeighbourEdges) break;
        edges.src.push_back(row);
        edges.dst.push_back(key.first);
        edges.kind.push_back(name_of(key.second));
        edges.tier.push_back(name_of(value.first));
        edges.count.push_back(value.second);
      }
    }
    return all;
  }

  void lay_out_layers() {
    constexpr double kAcross = 220;
    constexpr double kDown = 40;
    std::map<std::int32_t, std::uint32_t> sizes;
    for (const std::int32_t depth : answer_.nodes.depth) ++sizes[depth];
    std::map<std::int32_t, std::uint32_t> used;
    for (const std::int32_t depth : answer_.nodes.depth) {
      answer_.nodes.x.push_back(depth * kAcross);
      answer_.nodes.y.push_back((used[depth]++ - (sizes[depth] - 1) / 2.0) * kDown);
    }
  }

 private:
  const Reading& reading_;
  NeighbourhoodAnswer& answer_;
  std::vector<SymbolId> symbols_;
  std::unordered_map<SymbolId, std::uint32_t> rows_;
};

std::vector<std::string> paths_of(const Snapshot& snapshot,
                                  const std::vector<graph::FileId>& files) {
  std::vector<std::string> out;
  for (const graph::FileId f : files) out.emplace_back(snapshot.path(f));
  return out;
}

}  // namespace

Result<OverviewAnswer> GraphService::overview(const Principal& who, const OverviewAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const Grouping grouping,
               group_files(reading.snapshot(), ask.level, ask.path, ask.tiers, ask.stop));
  OverviewAnswer answer;
  answer.level = name_of(ask.level);
  answer.path = ask.path;
  answer.total_nodes = grouping.groups.size();
  const std::vector<std::uint32_t> rows = keep_largest(grouping.groups, ask.page.limit);
  add_nodes(grouping.groups, rows, ask.level, answer.nodes);
  answer.total_edges = add_edges(grouping, rows, answer.edges);
  if (answer.edges.src.size() < answer.total_edges)
    reading.truncate("limit", answer.edges.src.size(), answer.total_edges);
  if (answer.nodes.id.size() < answer.total_nodes)
    reading.truncate("nodes", answer.nodes.id.size(), answer.total_nodes);
  answer.meta = reading.finish();
  return answer;
}

Result<NeighbourhoodAnswer> GraphService::neighbourhood(const Principal& who,
                                                        const NeighbourhoodAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const SymbolId s, reading.symbol(ask.symbol));
  NeighbourhoodAnswer answer;
  NeighbourBuilder builder(reading, answer);
  builder.add_node(s, 0);
  analysis::ReachQuery query;
  query.kinds = ask.kinds;
  query.tiers = ask.tiers;
  query.max_depth = ask.depth;
  const int sides = ask.forward && ask.backward ? 2 : 1;
  query.max_items = 1 + ask.page.limit / static_cast<unsigned>(sides);
  for (const bool forward : {true, false}) {
    if (forward ? !ask.forward : !ask.backward) continue;
    query.direction = forward ? graph::Direction::kForward : graph::Direction::kBackward;
    CAIRN_ASSIGN(const analysis::ReachAnswer found,
                 analysis::reach(reading.snapshot(), {s}, query, ask.stop));
    for (const analysis::ReachItem& item : found.items) {
      const auto depth = static_cast<std::int32_t>(item.depth);
      builder.add_node(item.symbol, forward ? depth : -depth);
    }
    answer.deeper = answer.deeper || found.deeper;
    if (found.truncated) reading.truncate("nodes", answer.nodes.id.size(), std::nullopt);
    reading.bound({found.left_out, 0});
  }
  const std::uint64_t edges = builder.add_edges({ask.kinds, ask.tiers});
  if (answer.edges.src.size() < edges) reading.truncate("limit", answer.edges.src.size(), edges);
  builder.lay_out_layers();
  answer.meta = reading.finish();
  return answer;
}

Result<CyclesAnswer> GraphService::cycles(const Principal& who, const CyclesAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CyclesAnswer answer;
  answer.level = ask.of_files ? "file" : "symbol";
  const std::uint64_t question = question_of({"cycles", answer.level, std::to_string(ask.tiers)});
  const Snapshot& snapshot = reading.snapshot();
  Reading::Slice slice;
  if (ask.of_files) {
    CAIRN_ASSIGN(const auto cycles, extras(reading)->file_cycles(ask.stop));
    answer.total = cycles->size();
    CAIRN_ASSIGN(slice, reading.slice(ask.page, question, answer.total));
    for (std::size_t i = slice.begin; i < slice.end; ++i)
      answer.cycles.push_back(
          {paths_of(snapshot, (*cycles)[i].files), paths_of(snapshot, (*cycles)[i].shortest)});
  } else {
    CAIRN_ASSIGN(const auto cycles, extras(reading)->call_cycles(ask.tiers, ask.stop));
    answer.total = cycles->size();
    CAIRN_ASSIGN(slice, reading.slice(ask.page, question, answer.total));
    for (std::size_t i = slice.begin; i < slice.end; ++i) {
      CycleDto cycle;
      for (const SymbolId s : (*cycles)[i].symbols) cycle.members.push_back(snapshot.id_string(s));
      answer.cycles.push_back(std::move(cycle));
    }
  }
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<DeadCodeAnswerDto> GraphService::dead_code(const Principal& who, const DeadCodeAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const auto found, extras(reading)->dead_code(ask.with_exported, ask.stop));
  const Snapshot& snapshot = reading.snapshot();
  std::vector<const analysis::DeadCode*> rows;
  for (const analysis::DeadCode& row : found->candidates)
    if (is_below(snapshot.path(snapshot.file_of(row.symbol)), ask.path)) rows.push_back(&row);
  DeadCodeAnswerDto answer;
  answer.total = rows.size();
  answer.examined = found->examined;
  answer.exported = found->exported;
  answer.entry_points = found->entry_points;
  CAIRN_ASSIGN(
      const Reading::Slice slice,
      reading.slice(ask.page, question_of({"dead", ask.path, ask.with_exported ? "1" : "0"}),
                    answer.total));
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const analysis::DeadCode& row = *rows[i];
    answer.candidates.push_back(
        {reading.brief(row.symbol),
         row.confidence == analysis::Confidence::kLikely ? "likely" : "possible", row.exported,
         row.same_name_sites, row.reason});
  }
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<ModulesAnswer> GraphService::modules(const Principal& who, const Ask& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const Grouping grouping,
               group_files(reading.snapshot(), Level::kPackage, "", ask.tiers, ask.stop));
  std::vector<std::uint64_t> afferent(grouping.groups.size());
  std::vector<std::uint64_t> efferent(grouping.groups.size());
  for (const auto& [ends, edge] : grouping.edges) {
    ++efferent[ends.first];
    ++afferent[ends.second];
  }
  ModulesAnswer answer;
  answer.total = grouping.groups.size();
  CAIRN_ASSIGN(
      const Reading::Slice slice,
      reading.slice(ask.page, question_of({"modules", std::to_string(ask.tiers)}), answer.total));
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const Group& group = grouping.groups[i];
    ModuleDto row{group.name,    name_of(group.language),
                  group.files,   group.lines,
                  group.symbols, afferent[i],
                  efferent[i],   std::nullopt};
    if (const std::uint64_t both = afferent[i] + efferent[i]; both != 0)
      row.instability = static_cast<double>(efferent[i]) / static_cast<double>(both);
    answer.modules.push_back(std::move(row));
  }
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<ComplexityAnswer> GraphService::complexity(const Principal& who, const ComplexityAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const auto table, extras(reading)->complexity());
  std::vector<const analysis::ComplexityRow*> rows;
  for (const analysis::ComplexityRow& row : *table)
    if (is_below(row.path, ask.path) &&
        (!ask.over || analysis::value_of(row.metrics, ask.sort) > *ask.over))
      rows.push_back(&row);
  if (!ask.by_place)
    std::stable_sort(rows.begin(), rows.end(), [&](const auto* a, const auto* b) {
      return analysis::value_of(a->metrics, ask.sort) > analysis::value_of(b->metrics, ask.sort);
    });
  ComplexityAnswer answer;
  answer.profile = "std";
  answer.total = rows.size();
  const std::string over = ask.over ? std::to_string(*ask.over) : "";
  const std::string_view sort = ask.by_place ? "place" : analysis::name_of(ask.sort);
  CAIRN_ASSIGN(
      const Reading::Slice slice,
      reading.slice(ask.page, question_of({"complexity", ask.path, sort, over}), answer.total));
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const analysis::ComplexityRow& row = *rows[i];
    answer.functions.push_back({reading.snapshot().id_string(row.symbol), std::string(row.path),
                                std::string(row.name), row.qualified, row.start_line, row.end_line,
                                metrics_dto(row.metrics)});
  }
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<QueryAnswer> GraphService::query(const Principal& who, const Ask& ask, const Query& query) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  CAIRN_ASSIGN(const auto index, extras(reading)->symbols());
  CAIRN_ASSIGN(QueryAnswer answer, run_query(reading, *index, query));
  answer.meta = reading.finish();
  return answer;
}

}  // namespace cairn::api
