#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "analysis/find_symbol.h"
#include "analysis/reach.h"
#include "analysis/structure.h"
#include "graph/algorithms.h"

namespace cairn::analysis {

using graph::FileId;
using graph::SymbolId;

namespace {

graph::EdgeFilter imports_only() {
  graph::EdgeFilter filter;
  filter.kinds = graph::kind_bit(graph::EdgeKind::kImports);
  return filter;
}

/// Files of `members` that a file imports.
std::set<FileId> imported(const graph::Snapshot& snapshot, FileId file,
                          const std::set<FileId>& members) {
  std::set<FileId> out;
  const graph::EdgeFilter filter = imports_only();
  const graph::FileInfo info = snapshot.file(file);
  for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
    for (const graph::Edge e : snapshot.out_edges(SymbolId(info.first_symbol.value() + i))) {
      if (!filter.admits(e)) continue;
      const FileId target = snapshot.file_of(e.other);
      if (target != file && members.contains(target)) out.insert(target);
    }
  }
  return out;
}

/// Shortest way from `start` back to it, breadth first, neighbours in path order.
std::vector<FileId> shortest_round(FileId start,
                                   const std::map<FileId, std::vector<FileId>>& next) {
  std::map<FileId, FileId> from;
  std::deque<FileId> queue{start};
  while (!queue.empty()) {
    const FileId at = queue.front();
    queue.pop_front();
    for (const FileId to : next.at(at)) {
      if (to == start) {
        std::vector<FileId> round{at};
        while (round.back() != start) round.push_back(from.at(round.back()));
        std::reverse(round.begin(), round.end());
        return round;
      }
      if (from.emplace(to, at).second) queue.push_back(to);
    }
  }
  return {start};
}

}  // namespace

Result<std::vector<FileCycle>> import_cycles(const graph::Snapshot& snapshot,
                                             const StopToken& stop) {
  CAIRN_ASSIGN(auto components, graph::file_cycles(snapshot, imports_only(), stop));
  const auto by_path = [&](FileId a, FileId b) { return snapshot.path(a) < snapshot.path(b); };
  std::vector<FileCycle> cycles;
  for (std::vector<FileId>& component : components) {
    if (component.size() < 2) continue;
    CAIRN_TRY(stop.check("looking for cycles"));
    FileCycle cycle;
    cycle.files = std::move(component);
    std::sort(cycle.files.begin(), cycle.files.end(), by_path);
    const std::set<FileId> members(cycle.files.begin(), cycle.files.end());
    std::map<FileId, std::vector<FileId>> next;
    for (const FileId f : cycle.files) {
      const std::set<FileId> targets = imported(snapshot, f, members);
      std::vector<FileId>& row = next[f];
      row.assign(targets.begin(), targets.end());
      std::sort(row.begin(), row.end(), by_path);
    }
    cycle.shortest = shortest_round(cycle.files.front(), next);
    cycles.push_back(std::move(cycle));
  }
  std::sort(cycles.begin(), cycles.end(), [&](const FileCycle& a, const FileCycle& b) {
    return by_path(a.files.front(), b.files.front());
  });
  return cycles;
}

Result<std::vector<SymbolCycle>> call_cycles(const graph::Snapshot& snapshot, std::uint8_t tiers,
                                             const StopToken& stop) {
  graph::EdgeFilter filter;
  filter.kinds = kCallKinds;
  filter.tiers = tiers;
  CAIRN_ASSIGN(auto components, graph::symbol_cycles(snapshot, filter, stop));
  std::vector<SymbolCycle> cycles;
  for (std::vector<SymbolId>& component : components) {
    if (component.size() < 2) continue;
    sort_by_place(snapshot, component);
    cycles.push_back({std::move(component)});
  }
  const auto key = [&](const SymbolCycle& cycle) {
    const SymbolId first = cycle.symbols.front();
    return std::pair(snapshot.path(snapshot.file_of(first)),
                     snapshot.details(first).name_range.begin);
  };
  std::sort(cycles.begin(), cycles.end(),
            [&](const SymbolCycle& a, const SymbolCycle& b) { return key(a) < key(b); });
  return cycles;
}

}  // namespace cairn::analysis
