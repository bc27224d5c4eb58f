#pragma once
// Merges an overlay into the view of its base. Internal to Snapshot; used once, before the snapshot
// is shared.
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "graph/encoded_unit.h"
#include "graph/layer.h"
#include "graph/snapshot.h"

namespace cairn::graph {

class Snapshot::OverlayMerger {
 public:
  explicit OverlayMerger(Snapshot& snapshot)
      : s_(snapshot), base_(*snapshot.base_), overlay_(*snapshot.overlay_) {}

  /// kCorrupt when the overlay is not one of this base.
  static Result<void> check(const Layer& base, const Layer& overlay);
  void mark_removed();
  void merge_rows();

 private:
  using Ids = std::vector<std::uint32_t>;
  bool owner_alive(std::uint32_t file) const;
  bool removed(std::uint32_t dense) const { return s_.is_removed(SymbolId(dense)); }
  std::uint32_t resolved(std::uint32_t dense) const;
  void find_preimages();
  void add_live(Ids& ids, std::uint32_t stored) const;
  Ids touched_out() const;
  Ids touched_in() const;
  /// A row being merged: edges that are as in the base, in its order, and the others.
  struct Parts {
    std::vector<EdgeRow> kept;
    std::vector<EdgeRow> other;
  };
  static std::vector<EdgeRow> joined(Parts parts);
  void find_shared();
  void add_base_edge(std::uint32_t src, std::uint32_t dst, const EdgeRow& edge, bool out,
                     Parts& row) const;
  std::vector<EdgeRow> merged_out(std::uint32_t dense) const;
  std::vector<EdgeRow> merged_in(std::uint32_t dense) const;
  void count_edges();

  Snapshot& s_;
  const Layer& base_;
  const Layer& overlay_;
  std::vector<bool> shared_;  // per base symbol: some edge of it has several owners
};

}  // namespace cairn::graph
