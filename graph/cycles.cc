// Strongly connected components at symbol and file level, with Boost.Graph.
#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/property_map/property_map.hpp>

#include "graph/algorithms.h"
#include "graph/bgl_view.h"

namespace cairn::graph {
namespace {

using Members = std::vector<std::vector<std::uint32_t>>;

/// Component number per vertex (Tarjan, with an explicit stack: Boost's depth-first search does not
/// recurse).
template <class Graph>
std::vector<std::uint32_t> components_of(const Graph& graph, std::size_t vertices) {
  std::vector<std::uint32_t> component(vertices), root(vertices), time(vertices);
  std::vector<boost::default_color_type> color(vertices);
  const boost::typed_identity_property_map<std::uint32_t> index;
  if (vertices != 0) {
    boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(), index),
        boost::vertex_index_map(index)
            .root_map(boost::make_iterator_property_map(root.begin(), index))
            .discover_time_map(boost::make_iterator_property_map(time.begin(), index))
            .color_map(boost::make_iterator_property_map(color.begin(), index)));
  }
  return component;
}

/// Components with two members or more, or one that `keep_single` accepts.
template <class KeepSingle>
Members group(const std::vector<std::uint32_t>& component, KeepSingle keep_single) {
  std::vector<std::uint32_t> size(component.size(), 0);
  for (const std::uint32_t c : component) ++size[c];
  constexpr std::uint32_t kUnseen = 0xffffffffu;
  std::vector<std::uint32_t> row(component.size(), kUnseen);
  Members members;
  for (std::uint32_t v = 0; v < component.size(); ++v) {
    const std::uint32_t c = component[v];
    if (size[c] < 2 && !keep_single(v)) continue;
    if (row[c] == kUnseen) {
      row[c] = static_cast<std::uint32_t>(members.size());
      members.emplace_back();
    }
    members[row[c]].push_back(v);
  }
  return members;
}

template <class IdType>
std::vector<std::vector<IdType>> as_ids(const Members& members) {
  std::vector<std::vector<IdType>> out;
  for (const auto& rows : members) {
    std::vector<IdType>& ids = out.emplace_back();
    for (const std::uint32_t row : rows) ids.push_back(IdType(row));
  }
  return out;
}

/// Edges between files, unique, by dense file id.
Result<std::vector<std::pair<std::uint32_t, std::uint32_t>>> file_edges(const Snapshot& snapshot,
                                                                        const EdgeFilter& filter,
                                                                        const StopToken& stop) {
  std::vector<std::uint32_t> file_of(snapshot.id_limit(), 0);
  for (const FileId f : snapshot.files()) {
    const FileInfo info = snapshot.file(f);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i)
      file_of[info.first_symbol.value() + i] = f.value();
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const FileId f : snapshot.files()) {
    CAIRN_TRY(stop.check("finding cycles"));
    const FileInfo info = snapshot.file(f);
    std::vector<std::uint32_t> targets;
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      for (const Edge e : snapshot.out_edges(SymbolId(info.first_symbol.value() + i))) {
        const std::uint32_t target = file_of[e.other.value()];
        if (target != f.value() && filter.admits(e)) targets.push_back(target);
      }
    }
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    for (const std::uint32_t target : targets) edges.emplace_back(f.value(), target);
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace

Result<std::vector<std::vector<SymbolId>>> symbol_cycles(const Snapshot& snapshot,
                                                         const EdgeFilter& filter,
                                                         const StopToken& stop, bool self_loops) {
  const BglView view(snapshot, filter, stop);
  const std::vector<std::uint32_t> component = components_of(view, snapshot.id_limit());
  CAIRN_TRY(stop.check("finding cycles"));
  const auto has_self_loop = [&](std::uint32_t v) {
    if (!self_loops || !snapshot.is_live(SymbolId(v))) return false;
    for (const Edge e : snapshot.out_edges(SymbolId(v))) {
      if (e.other.value() == v && filter.admits(e)) return true;
    }
    return false;
  };
  return as_ids<SymbolId>(group(component, has_self_loop));
}

Result<std::vector<std::vector<FileId>>> file_cycles(const Snapshot& snapshot,
                                                     const EdgeFilter& filter,
                                                     const StopToken& stop) {
  CAIRN_ASSIGN(const auto edges, file_edges(snapshot, filter, stop));
  std::uint32_t limit = 0;
  for (const FileId f : snapshot.files()) limit = std::max(limit, f.value() + 1);
  using Graph =
      boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                         boost::no_property, std::uint32_t, std::uint32_t>;
  const Graph graph(boost::edges_are_sorted, edges.begin(), edges.end(), limit);
  const std::vector<std::uint32_t> component = components_of(graph, limit);
  return as_ids<FileId>(group(component, [](std::uint32_t) { return false; }));
}

}  // namespace cairn::graph
