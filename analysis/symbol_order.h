#pragma once
// SymbolOrder: the symbols of a snapshot in an order that no run, thread or overlay changes: by
// path, then position. What whole-graph reports and exports are sorted by, since dense ids are not
// stable. Built in O(symbols log symbols); read-only afterwards except for the cache behind
// json_id(), so an object belongs to one thread at a time. Keeps a reference to the snapshot.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/snapshot.h"

namespace cairn::analysis {

class SymbolOrder {
 public:
  explicit SymbolOrder(const graph::Snapshot& snapshot);

  /// One per symbol: its canonical place. Declarations and reopened places are not among them.
  std::span<const graph::SymbolId> symbols() const { return symbols_; }
  /// Those of one file; `file` indexes snapshot.files().
  std::span<const graph::SymbolId> symbols_of_file(std::size_t file) const {
    return std::span(symbols_).subspan(file_begin_[file],
                                       file_begin_[file + 1] - file_begin_[file]);
  }
  /// The canonical place of any live symbol.
  graph::SymbolId canonical(graph::SymbolId s) const {
    return graph::SymbolId(canonical_[s.value()]);
  }
  /// Position in symbols() of a canonical place.
  std::uint32_t rank(graph::SymbolId canonical) const { return rank_[canonical.value()]; }
  /// The places of a canonical symbol but itself, in path and position order.
  std::vector<graph::SymbolId> other_places(graph::SymbolId canonical) const;
  /// id_string() of the canonical place of `s`, quoted for JSON. Valid while this object lives.
  std::string_view json_id(graph::SymbolId s);
  const graph::Snapshot& snapshot() const { return snapshot_; }

 private:
  void sort_symbols(std::vector<std::uint32_t>& order);
  void choose_canonical(const std::vector<std::uint32_t>& order);

  const graph::Snapshot& snapshot_;
  std::vector<graph::SymbolId> symbols_;
  std::vector<std::size_t> file_begin_;
  std::vector<std::uint32_t> canonical_;                         // by dense id
  std::vector<std::uint32_t> rank_;                              // by dense id, of canonical places
  std::vector<std::pair<std::uint32_t, std::uint32_t>> others_;  // (canonical, place), sorted
  std::vector<std::string_view> ids_;                            // by rank; empty = not asked yet
  std::deque<std::string> id_texts_;
};

/// Edges of all places of a symbol, rolled up between canonical places.
struct RolledEdge {
  graph::SymbolId dst;
  graph::EdgeKind kind = graph::EdgeKind::kCalls;
  graph::Tier tier = graph::Tier::kUnresolved;  // the best of the sites
  std::uint64_t count = 0;
};
/// Out edges of a canonical symbol by (rank of dst, kind).
std::vector<RolledEdge> rolled_out_edges(const SymbolOrder& order, graph::SymbolId canonical);

/// (parent, child) of every symbol that has a parent, by rank: the `contains` edges.
std::vector<std::pair<graph::SymbolId, graph::SymbolId>> contains_edges(const SymbolOrder& order);

}  // namespace cairn::analysis
