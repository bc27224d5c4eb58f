// Bounded breadth-first search with evidence, and k shortest paths.
#include <algorithm>
#include <set>

#include "graph/algorithms.h"

namespace cairn::graph {
namespace {

constexpr std::size_t kPollEvery = 1024;

EdgeRange edges_of(const Snapshot& snapshot, SymbolId s, Direction direction) {
  return direction == Direction::kForward ? snapshot.out_edges(s) : snapshot.in_edges(s);
}

}  // namespace

ReachSearch::ReachSearch(const Snapshot& snapshot)
    : snapshot_(snapshot), seen_in_(snapshot.id_limit(), 0) {}

Result<ReachResult> ReachSearch::run(std::span<const SymbolId> starts, Direction direction,
                                     const EdgeFilter& filter, const ReachLimits& limits,
                                     const StopToken& stop) {
  if (++epoch_ == 0) {
    std::fill(seen_in_.begin(), seen_in_.end(), 0u);
    epoch_ = 1;
  }
  ReachResult result;
  const auto reach = [&](const Reached& node) {
    if (seen_in_[node.symbol.value()] == epoch_) return;
    if (result.nodes.size() >= limits.max_nodes) {
      result.truncated = true;
      return;
    }
    seen_in_[node.symbol.value()] = epoch_;
    result.nodes.push_back(node);
  };
  for (const SymbolId s : starts) {
    if (!snapshot_.is_live(s)) {
      return Error(ErrorCode::kInvalidArgument,
                   "a start of the search is no symbol of this snapshot");
    }
    reach({s, SymbolId::none(), 0, EdgeKind::kCalls, Tier::kExact});
  }
  for (std::size_t i = 0; i < result.nodes.size() && !result.truncated; ++i) {
    if (i % kPollEvery == 0) CAIRN_TRY(stop.check("searching the graph"));
    const Reached from = result.nodes[i];
    for (const Edge e : edges_of(snapshot_, from.symbol, direction)) {
      if (!filter.admits(e) || seen_in_[e.other.value()] == epoch_) continue;
      if (from.depth >= limits.max_depth) {
        result.deeper = true;
        break;
      }
      reach({e.other, from.symbol, from.depth + 1, e.kind, e.tier});
    }
  }
  return result;
}

namespace {

/// Yen's algorithm. Breadth-first search finds the lexicographically first shortest path because it
/// walks edges in id order; each round takes the best candidate that leaves a known path somewhere.
/// Ends after k rounds or when no candidate is left; paths are loopless, so there are finitely
/// many.
class PathFinder {
 public:
  PathFinder(const Snapshot& snapshot, const EdgeFilter& filter, const StopToken& stop)
      : snapshot_(snapshot),
        filter_(filter),
        stop_(stop),
        seen_in_(snapshot.id_limit(), 0),
        came_from_(snapshot.id_limit()) {}

  Result<std::vector<Path>> run(SymbolId from, SymbolId to, std::size_t k) {
    std::vector<Path> found;
    if (k == 0) return found;
    CAIRN_ASSIGN(Path first, search({from, EdgeKind::kCalls, Tier::kExact}, to, {}, {}));
    if (first.empty()) return found;
    found.push_back(std::move(first));
    while (found.size() < k) {
      CAIRN_TRY(add_candidates(found, to));
      if (candidates_.empty()) break;
      found.push_back(candidates_.begin()->path);
      candidates_.erase(candidates_.begin());
    }
    return found;
  }

 private:
  struct Candidate {
    Path path;
    bool operator<(const Candidate& other) const {
      if (path.size() != other.path.size()) return path.size() < other.path.size();
      return std::lexicographical_compare(
          path.begin(), path.end(), other.path.begin(), other.path.end(),
          [](const PathStep& a, const PathStep& b) { return a.symbol < b.symbol; });
    }
  };

  /// Deviations of the last path found, at every one of its symbols but the last.
  Result<void> add_candidates(const std::vector<Path>& found, SymbolId to) {
    const Path last = found.back();
    for (std::size_t i = 0; i + 1 < last.size(); ++i) {
      const Path prefix(last.begin(), last.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      std::vector<SymbolId> barred_next;
      for (const Path& p : found) {
        if (p.size() > i + 1 &&
            std::equal(prefix.begin(), prefix.end(), p.begin(),
                       [](const PathStep& a, const PathStep& b) { return a.symbol == b.symbol; }))
          barred_next.push_back(p[i + 1].symbol);
      }
      CAIRN_ASSIGN(Path rest, search(last[i], to, prefix, barred_next));
      if (rest.empty()) continue;
      Path whole = prefix;
      whole.insert(whole.end(), rest.begin() + 1, rest.end());
      candidates_.insert({std::move(whole)});
    }
    return {};
  }

  /// Shortest path from `from` that avoids the symbols of `barred` and, as the first step, those of
  /// `barred_next`. Empty when there is none.
  Result<Path> search(const PathStep& from, SymbolId to, const Path& barred,
                      const std::vector<SymbolId>& barred_next) {
    ++epoch_;
    for (const PathStep& s : barred) seen_in_[s.symbol.value()] = epoch_;
    seen_in_[from.symbol.value()] = epoch_;
    std::vector<PathStep> queue{from};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      if (i % kPollEvery == 0) CAIRN_TRY(stop_.check("searching for paths"));
      const SymbolId at = queue[i].symbol;
      if (at == to) return walk_back(from, queue[i], queue);
      for (const Edge e : snapshot_.out_edges(at)) {
        if (!filter_.admits(e) || seen_in_[e.other.value()] == epoch_) continue;
        if (i == 0 &&
            std::find(barred_next.begin(), barred_next.end(), e.other) != barred_next.end())
          continue;
        seen_in_[e.other.value()] = epoch_;
        came_from_[e.other.value()] = static_cast<std::uint32_t>(i);
        queue.push_back({e.other, e.kind, e.tier});
      }
    }
    return Path();
  }

  Path walk_back(const PathStep& from, PathStep at, const std::vector<PathStep>& queue) const {
    Path path{at};
    while (at.symbol != from.symbol) {
      at = queue[came_from_[at.symbol.value()]];
      path.push_back(at);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  const Snapshot& snapshot_;
  const EdgeFilter& filter_;
  const StopToken& stop_;
  std::vector<std::uint32_t> seen_in_;
  std::vector<std::uint32_t> came_from_;  // position in the queue
  std::uint32_t epoch_ = 0;
  std::set<Candidate> candidates_;
};

}  // namespace

Result<std::vector<Path>> shortest_paths(const Snapshot& snapshot, SymbolId from, SymbolId to,
                                         std::size_t k, const EdgeFilter& filter,
                                         const StopToken& stop) {
  if (!snapshot.is_live(from) || !snapshot.is_live(to)) {
    return Error(ErrorCode::kInvalidArgument, "an end of the path is no symbol of this snapshot");
  }
  return PathFinder(snapshot, filter, stop).run(from, to, k);
}

}  // namespace cairn::graph
