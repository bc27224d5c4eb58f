#pragma once
// Algorithms over a snapshot's graph: cycles, bounded reach with evidence, shortest paths,
// PageRank, dominators. All deterministic; ties go to the smaller id. Each takes a StopToken and
// gives kCancelled or kTimeout when told to stop. Pure functions of their arguments, safe from any
// thread; a ReachSearch belongs to one thread at a time.
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::graph {

constexpr std::uint32_t kind_bit(EdgeKind kind) { return 1u << static_cast<unsigned>(kind); }
constexpr std::uint8_t tier_bit(Tier tier) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(tier));
}

/// Which edges an algorithm sees. The default leaves heuristic edges out.
struct EdgeFilter {
  std::uint32_t kinds = 0xffffffffu;
  std::uint8_t tiers =
      tier_bit(Tier::kExact) | tier_bit(Tier::kResolved) | tier_bit(Tier::kDispatch);
  bool admits(const Edge& e) const {
    return (kinds & kind_bit(e.kind)) != 0 && (tiers & tier_bit(e.tier)) != 0;
  }
};

enum class Direction : std::uint8_t { kForward, kBackward };

/// Strongly connected components of two or more symbols, and symbols with an edge to themselves
/// when `self_loops`; members ascending, components by first member.
Result<std::vector<std::vector<SymbolId>>> symbol_cycles(const Snapshot& snapshot,
                                                         const EdgeFilter& filter,
                                                         const StopToken& stop,
                                                         bool self_loops = false);
/// The same between files: a file has an edge to another when one of its symbols has.
Result<std::vector<std::vector<FileId>>> file_cycles(const Snapshot& snapshot,
                                                     const EdgeFilter& filter,
                                                     const StopToken& stop);

struct ReachLimits {
  std::uint32_t max_depth = 0xffffffffu;
  std::size_t max_nodes = SIZE_MAX;
};
struct Reached {
  SymbolId symbol;
  SymbolId parent;  // the neighbour it was reached from; none for a start
  std::uint32_t depth = 0;
  EdgeKind kind = EdgeKind::kCalls;  // of the edge between both; meaningless for a start
  Tier tier = Tier::kExact;
};
struct ReachResult {
  std::vector<Reached> nodes;  // breadth first, starts included
  bool truncated = false;      // max_nodes stopped it
  bool deeper = false;         // max_depth stopped it: more is reachable
};

/// Breadth-first search with reusable marks: a run costs what it reaches, not the graph's size.
class ReachSearch {
 public:
  explicit ReachSearch(const Snapshot& snapshot);
  Result<ReachResult> run(std::span<const SymbolId> starts, Direction direction,
                          const EdgeFilter& filter, const ReachLimits& limits,
                          const StopToken& stop);

 private:
  const Snapshot& snapshot_;
  std::vector<std::uint32_t> seen_in_;  // epoch of the last run that reached the id
  std::uint32_t epoch_ = 0;
};

struct PathStep {
  SymbolId symbol;
  EdgeKind kind = EdgeKind::kCalls;  // of the edge to this symbol; meaningless for the first
  Tier tier = Tier::kExact;
  friend bool operator==(const PathStep&, const PathStep&) = default;
};
using Path = std::vector<PathStep>;

/// Up to k shortest loopless paths, shortest first, then by ids (Yen over breadth-first search).
Result<std::vector<Path>> shortest_paths(const Snapshot& snapshot, SymbolId from, SymbolId to,
                                         std::size_t k, const EdgeFilter& filter,
                                         const StopToken& stop);

struct PageRankOptions {
  double damping = 0.85;
  unsigned max_iterations = 50;
  double tolerance = 1e-9;  // of the sum of changes
  /// Where random restarts go; empty = everywhere alike.
  std::vector<SymbolId> restarts;
};
/// Rank by SymbolId (id_limit() values; 0 for ids that are not live); sums to 1. The rank of
/// symbols without out edges goes where restarts go.
Result<std::vector<double>> pagerank(const Snapshot& snapshot, const EdgeFilter& filter,
                                     const PageRankOptions& options, const StopToken& stop);

/// Immediate dominators of everything reachable from `root`, by SymbolId: none for the root and for
/// what it does not reach.
Result<std::vector<SymbolId>> dominators(const Snapshot& snapshot, SymbolId root,
                                         const EdgeFilter& filter, const StopToken& stop);

}  // namespace cairn::graph
