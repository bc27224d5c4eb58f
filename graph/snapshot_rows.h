#pragma once
// What an overlay changes of the base's adjacency, computed once when the snapshot is made: the
// rows of overlay symbols that also keep edges of untouched files, and the rows of base symbols
// that touch a removed unit or gain edges. Every other row is read from its layer in place.
// Internal; immutable after construction.
#include <cstdint>
#include <vector>

#include "graph/edges.h"
#include "graph/snapshot.h"

namespace cairn::graph {

struct PatchedSide {
  std::vector<std::uint64_t> patched;  // bit per dense id
  std::vector<std::uint32_t> ids;      // ascending
  std::vector<std::uint32_t> begin;    // one more than ids
  std::vector<std::uint32_t> other;
  std::vector<std::uint8_t> packed;

  bool has(std::uint32_t dense) const { return (patched[dense / 64] >> (dense % 64) & 1) != 0; }
  /// Row of `ids`; only if has().
  std::size_t row_of(std::uint32_t dense) const;
  EdgeRange range(std::uint32_t dense) const {
    const std::size_t row = row_of(dense);
    return {other.data() + begin[row], packed.data() + begin[row], begin[row + 1] - begin[row]};
  }
};

struct Snapshot::Rows {
  PatchedSide out;
  PatchedSide in;
  std::vector<EdgeWeight> out_weight;      // parallel to out.other
  std::vector<std::uint32_t> remap_begin;  // per removed file, into Layer::remap
  std::vector<std::uint32_t> preimage;     // per overlay symbol: the base symbol it replaces
  TierCounts edges_by_tier{};              // of the merged view
};

}  // namespace cairn::graph
