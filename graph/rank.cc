// PageRank and dominators.
#include <algorithm>
#include <cmath>

#include "graph/algorithms.h"

namespace cairn::graph {

Result<std::vector<double>> pagerank(const Snapshot& snapshot, const EdgeFilter& filter,
                                     const PageRankOptions& options, const StopToken& stop) {
  const std::uint32_t limit = snapshot.id_limit();
  std::vector<double> restart(limit, 0.0);
  std::vector<std::uint32_t> degree(limit, 0);
  std::vector<std::uint32_t> live;
  live.reserve(snapshot.symbol_count());
  for (std::uint32_t v = 0; v < limit; ++v) {
    if (!snapshot.is_live(SymbolId(v))) continue;
    live.push_back(v);
    for (const Edge e : snapshot.out_edges(SymbolId(v))) degree[v] += filter.admits(e);
  }
  if (live.empty()) return restart;
  if (options.restarts.empty()) {
    for (const std::uint32_t v : live) restart[v] = 1.0 / static_cast<double>(live.size());
  }
  for (const SymbolId s : options.restarts) {
    if (!snapshot.is_live(s))
      return Error(ErrorCode::kInvalidArgument, "a restart is no symbol of this snapshot");
    restart[s.value()] += 1.0 / static_cast<double>(options.restarts.size());
  }
  std::vector<double> rank = restart;
  std::vector<double> next(limit, 0.0);
  for (unsigned i = 0; i < options.max_iterations; ++i) {
    CAIRN_TRY(stop.check("ranking"));
    double stuck = 0;
    for (const std::uint32_t v : live) stuck += degree[v] == 0 ? rank[v] : 0.0;
    double change = 0;
    // Pulling along in edges writes each value once and adds in a fixed order.
    for (const std::uint32_t v : live) {
      double pulled = 0;
      for (const Edge e : snapshot.in_edges(SymbolId(v))) {
        if (filter.admits(e)) pulled += rank[e.other.value()] / degree[e.other.value()];
      }
      next[v] =
          (1 - options.damping) * restart[v] + options.damping * (pulled + stuck * restart[v]);
      change += std::abs(next[v] - rank[v]);
    }
    rank.swap(next);
    if (change < options.tolerance) break;
  }
  return rank;
}

namespace {

constexpr std::uint32_t kUnreached = 0xffffffffu;

/// Cooper, Harvey and Kennedy: dominators as a fixed point over the reverse postorder. Chosen over
/// Boost's lengauer_tarjan_dominator_tree because that recurses along the search tree, whose depth
/// a repository decides. Each round only moves a dominator up the tree, so it ends.
class DominatorFinder {
 public:
  DominatorFinder(const Snapshot& snapshot, const EdgeFilter& filter, const StopToken& stop)
      : snapshot_(snapshot),
        filter_(filter),
        stop_(stop),
        number_(snapshot.id_limit(), kUnreached) {}

  Result<std::vector<SymbolId>> run(SymbolId root) {
    CAIRN_TRY(number(root));
    std::vector<std::uint32_t> idom(order_.size(), kUnreached);  // by postorder number
    const auto last = static_cast<std::uint32_t>(order_.size()) - 1;
    idom[last] = last;
    for (bool changed = true; changed;) {
      CAIRN_TRY(stop_.check("finding dominators"));
      changed = false;
      for (std::uint32_t n = last; n-- > 0;) {
        const std::uint32_t best = common(n, idom);
        changed = changed || best != idom[n];
        idom[n] = best;
      }
    }
    std::vector<SymbolId> out(snapshot_.id_limit());
    for (std::uint32_t n = 0; n < last; ++n) out[order_[n]] = SymbolId(order_[idom[n]]);
    return out;
  }

 private:
  /// Numbers what the root reaches in postorder; the root comes last.
  Result<void> number(SymbolId root) {
    struct Frame {
      std::uint32_t vertex;
      std::size_t next;
    };
    constexpr std::uint32_t kOpen = kUnreached - 1;
    std::vector<Frame> stack{{root.value(), 0}};
    number_[root.value()] = kOpen;
    std::size_t steps = 0;
    while (!stack.empty()) {
      if (++steps % 4096 == 0) CAIRN_TRY(stop_.check("finding dominators"));
      Frame& top = stack.back();
      const EdgeRange edges = snapshot_.out_edges(SymbolId(top.vertex));
      if (top.next == edges.size()) {
        number_[top.vertex] = static_cast<std::uint32_t>(order_.size());
        order_.push_back(top.vertex);
        stack.pop_back();
        continue;
      }
      const Edge e = edges[top.next++];
      if (!filter_.admits(e) || number_[e.other.value()] != kUnreached) continue;
      number_[e.other.value()] = kOpen;
      stack.push_back({e.other.value(), 0});
    }
    return {};
  }

  /// The nearest common dominator of the predecessors that have one so far.
  std::uint32_t common(std::uint32_t n, const std::vector<std::uint32_t>& idom) const {
    std::uint32_t best = kUnreached;
    for (const Edge e : snapshot_.in_edges(SymbolId(order_[n]))) {
      const std::uint32_t p = number_[e.other.value()];
      if (!filter_.admits(e) || p == kUnreached || idom[p] == kUnreached) continue;
      best = best == kUnreached ? p : intersect(best, p, idom);
    }
    return best;
  }

  static std::uint32_t intersect(std::uint32_t a, std::uint32_t b,
                                 const std::vector<std::uint32_t>& idom) {
    while (a != b) {
      while (a < b) a = idom[a];
      while (b < a) b = idom[b];
    }
    return a;
  }

  const Snapshot& snapshot_;
  const EdgeFilter& filter_;
  const StopToken& stop_;
  std::vector<std::uint32_t> number_;  // postorder, by SymbolId
  std::vector<std::uint32_t> order_;   // SymbolId by postorder number
};

}  // namespace

Result<std::vector<SymbolId>> dominators(const Snapshot& snapshot, SymbolId root,
                                         const EdgeFilter& filter, const StopToken& stop) {
  if (!snapshot.is_live(root))
    return Error(ErrorCode::kInvalidArgument, "the root is no symbol of this snapshot");
  return DominatorFinder(snapshot, filter, stop).run(root);
}

}  // namespace cairn::graph
