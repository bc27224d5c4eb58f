#include "graph/algorithms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>
#include <set>

#include "tests/support/snapshot_builder.h"

namespace cairn::graph {
namespace {

using test::RepoModel;

/// A graph of `n` functions, spread over files, with edges as pairs of numbers.
class Plain {
 public:
  Plain(unsigned n, const std::vector<std::pair<unsigned, unsigned>>& edges,
        unsigned per_file = 3) {
    RepoModel model;
    const auto ref = [&](unsigned i) {
      return test::SymbolRef{"f" + std::to_string(100 + i / per_file), "s" + std::to_string(i)};
    };
    for (unsigned i = 0; i < n; ++i) {
      test::SymbolModel s;
      s.name = ref(i).name;
      model[ref(i).path].symbols.push_back(s);
    }
    for (const auto& [a, b] : edges) {
      test::EdgeModel e;
      e.src = ref(a);
      e.dst = ref(b);
      e.kind = EdgeKind::kCalls;
      model[e.src.path].edges.push_back(e);
    }
    snapshot = test::build_snapshot(model);
    for (unsigned i = 0; i < n; ++i) ids.push_back(test::symbol_at(*snapshot, ref(i)));
  }
  unsigned number(SymbolId id) const {
    return static_cast<unsigned>(std::find(ids.begin(), ids.end(), id) - ids.begin());
  }

  std::shared_ptr<const Snapshot> snapshot;
  std::vector<SymbolId> ids;
};

struct Random {
  unsigned n = 0;
  std::vector<std::pair<unsigned, unsigned>> edges;
  std::vector<std::vector<bool>> reach;  // by one edge or more

  explicit Random(std::uint32_t seed, unsigned size = 9, unsigned count = 13) : n(size) {
    std::mt19937 random(seed);
    std::set<std::pair<unsigned, unsigned>> unique;
    for (unsigned i = 0; i < count; ++i)
      unique.insert({static_cast<unsigned>(random() % n), static_cast<unsigned>(random() % n)});
    edges.assign(unique.begin(), unique.end());
    reach.assign(n, std::vector<bool>(n));
    for (const auto& [a, b] : edges) reach[a][b] = true;
    for (unsigned k = 0; k < n; ++k) {
      for (unsigned i = 0; i < n; ++i) {
        for (unsigned j = 0; j < n; ++j) reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
      }
    }
  }
};

TEST(AlgorithmsTest, CyclesAreTheMutuallyReachable) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    const Random r(seed);
    const Plain g(r.n, r.edges);
    const auto cycles = symbol_cycles(*g.snapshot, {}, {});
    ASSERT_TRUE(cycles);
    std::vector<unsigned> cycle_of(r.n, 0);
    unsigned next = 0;
    for (const auto& cycle : *cycles) {
      ++next;
      for (const SymbolId s : cycle) cycle_of[g.number(s)] = next;
    }
    for (unsigned i = 0; i < r.n; ++i) {
      for (unsigned j = 0; j < r.n; ++j) {
        if (i == j) continue;
        const bool together = cycle_of[i] != 0 && cycle_of[i] == cycle_of[j];
        ASSERT_EQ(together, r.reach[i][j] && r.reach[j][i]) << seed << ' ' << i << ' ' << j;
      }
    }
  }
}

TEST(AlgorithmsTest, SelfLoopsAreCyclesOnlyWhenAskedFor) {
  const Plain g(2, {{0, 0}, {0, 1}});
  EXPECT_EQ(symbol_cycles(*g.snapshot, {}, {})->size(), 0u);
  const auto cycles = symbol_cycles(*g.snapshot, {}, {}, true);
  ASSERT_EQ(cycles->size(), 1u);
  EXPECT_EQ((*cycles)[0], std::vector<SymbolId>{g.ids[0]});
}

TEST(AlgorithmsTest, FileCyclesIgnoreEdgesInsideAFile) {
  const Plain inside(4, {{0, 1}, {1, 0}, {2, 3}}, 2);
  EXPECT_TRUE(file_cycles(*inside.snapshot, {}, {})->empty());
  const Plain across(4, {{0, 2}, {3, 1}}, 2);
  const auto cycles = file_cycles(*across.snapshot, {}, {});
  ASSERT_EQ(cycles->size(), 1u);
  EXPECT_EQ((*cycles)[0].size(), 2u);
}

TEST(AlgorithmsTest, ReachFindsExactlyWhatIsReachable) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const Random r(seed);
    const Plain g(r.n, r.edges);
    ReachSearch search(*g.snapshot);
    for (unsigned i = 0; i < r.n; ++i) {
      for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
        const auto result = search.run(std::span(&g.ids[i], 1), direction, {}, {}, {});
        ASSERT_TRUE(result);
        std::set<unsigned> reached;
        for (const Reached& node : result->nodes) reached.insert(g.number(node.symbol));
        for (unsigned j = 0; j < r.n; ++j) {
          const bool expected =
              i == j || (direction == Direction::kForward ? r.reach[i][j] : r.reach[j][i]);
          ASSERT_EQ(reached.contains(j), expected) << seed << ' ' << i << ' ' << j;
        }
      }
    }
  }
}

TEST(AlgorithmsTest, ReachGivesDepthParentAndWhatStoppedIt) {
  const Plain g(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  ReachSearch search(*g.snapshot);
  const auto start = std::span(&g.ids[0], 1);
  const auto two = search.run(start, Direction::kForward, {}, {.max_depth = 2}, {});
  ASSERT_EQ(two->nodes.size(), 3u);
  EXPECT_EQ(two->nodes[2].depth, 2u);
  EXPECT_EQ(two->nodes[2].parent, g.ids[1]);
  EXPECT_TRUE(two->deeper);
  EXPECT_FALSE(two->truncated);
  const auto cut = search.run(start, Direction::kForward, {}, {.max_nodes = 2}, {});
  EXPECT_EQ(cut->nodes.size(), 2u);
  EXPECT_TRUE(cut->truncated);
  const auto all = search.run(start, Direction::kForward, {}, {.max_depth = 4}, {});
  EXPECT_EQ(all->nodes.size(), 5u);
  EXPECT_FALSE(all->deeper);
}

TEST(AlgorithmsTest, FiltersLeaveOutKindsAndTiers) {
  const Plain g(2, {{0, 1}});
  ReachSearch search(*g.snapshot);
  const auto start = std::span(&g.ids[0], 1);
  EdgeFilter other_kind;
  other_kind.kinds = kind_bit(EdgeKind::kInherits);
  EXPECT_EQ(search.run(start, Direction::kForward, other_kind, {}, {})->nodes.size(), 1u);
  EdgeFilter other_tier;
  other_tier.tiers = tier_bit(Tier::kExact);
  EXPECT_EQ(search.run(start, Direction::kForward, other_tier, {}, {})->nodes.size(), 1u);
}

/// All loopless paths by exhaustive search.
std::vector<std::vector<unsigned>> all_paths(const Random& r, unsigned from, unsigned to) {
  std::vector<std::vector<unsigned>> found;
  std::vector<unsigned> path{from};
  const std::function<void()> extend = [&] {
    const unsigned at = path.back();
    if (at == to) {
      found.push_back(path);
      return;
    }
    for (const auto& [a, b] : r.edges) {
      if (a != at || std::find(path.begin(), path.end(), b) != path.end()) continue;
      path.push_back(b);
      extend();
      path.pop_back();
    }
  };
  extend();
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return found;
}

TEST(AlgorithmsTest, ShortestPathsAreTheFirstOfAllPaths) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const Random r(seed, 7, 18);
    const Plain g(r.n, r.edges);
    const auto expected = all_paths(r, 0, 1);
    const auto paths = shortest_paths(*g.snapshot, g.ids[0], g.ids[1], 6, {}, {});
    ASSERT_TRUE(paths);
    ASSERT_EQ(paths->size(), std::min<std::size_t>(6, expected.size())) << seed;
    for (std::size_t i = 0; i < paths->size(); ++i) {
      std::vector<unsigned> numbers;
      for (const PathStep& step : (*paths)[i]) numbers.push_back(g.number(step.symbol));
      ASSERT_EQ(numbers, expected[i]) << seed << ' ' << i;
    }
  }
}

TEST(AlgorithmsTest, DominatorsAreWhatEveryPathPasses) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const Random r(seed, 8, 14);
    const Plain g(r.n, r.edges);
    const auto idom = dominators(*g.snapshot, g.ids[0], {}, {});
    ASSERT_TRUE(idom);
    // d dominates v when v cannot be reached without d.
    const auto dominates = [&](unsigned d, unsigned v) {
      std::vector<bool> seen(r.n);
      std::vector<unsigned> queue;
      if (d != 0) queue.push_back(0);
      seen[0] = true;
      for (std::size_t i = 0; i < queue.size(); ++i) {
        for (const auto& [a, b] : r.edges) {
          if (a != queue[i] || seen[b] || b == d) continue;
          seen[b] = true;
          queue.push_back(b);
        }
      }
      return !seen[v] || v == d || d == 0;
    };
    for (unsigned v = 1; v < r.n; ++v) {
      const SymbolId got = (*idom)[g.ids[v].value()];
      ASSERT_EQ(got.exists(), static_cast<bool>(r.reach[0][v])) << seed << ' ' << v;
      if (!got.exists()) continue;
      const unsigned d = g.number(got);
      EXPECT_TRUE(dominates(d, v));
      for (unsigned other = 0; other < r.n; ++other) {
        if (other != v && dominates(other, v)) {
          EXPECT_TRUE(dominates(other, d)) << seed << ' ' << v << ' ' << other;
        }
      }
    }
    EXPECT_FALSE((*idom)[g.ids[0].value()].exists());
  }
}

TEST(AlgorithmsTest, PageRankSumsToOneAndFavoursWhatIsUsed) {
  const Plain g(5, {{0, 4}, {1, 4}, {2, 4}, {3, 0}});
  const auto rank = pagerank(*g.snapshot, {}, {}, {});
  ASSERT_TRUE(rank);
  EXPECT_NEAR(std::accumulate(rank->begin(), rank->end(), 0.0), 1.0, 1e-6);
  for (unsigned i = 0; i < 4; ++i) EXPECT_GT((*rank)[g.ids[4].value()], (*rank)[g.ids[i].value()]);
  EXPECT_GT((*rank)[g.ids[0].value()], (*rank)[g.ids[1].value()]);
  PageRankOptions near_one;
  near_one.restarts = {g.ids[1]};
  const auto personal = pagerank(*g.snapshot, {}, near_one, {});
  EXPECT_EQ((*personal)[g.ids[2].value()], 0.0);
  EXPECT_GT((*personal)[g.ids[1].value()], 0.4);
}

TEST(AlgorithmsTest, AStopEndsEachWithCancelled) {
  const Plain g(3, {{0, 1}, {1, 2}, {2, 0}});
  StopSource source;
  source.stop();
  const StopToken stop = source.token();
  ReachSearch search(*g.snapshot);
  const auto start = std::span(&g.ids[0], 1);
  EXPECT_EQ(search.run(start, Direction::kForward, {}, {}, stop).error().code(),
            ErrorCode::kCancelled);
  EXPECT_EQ(symbol_cycles(*g.snapshot, {}, stop).error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(file_cycles(*g.snapshot, {}, stop).error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(pagerank(*g.snapshot, {}, {}, stop).error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(dominators(*g.snapshot, g.ids[0], {}, stop).error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(shortest_paths(*g.snapshot, g.ids[0], g.ids[2], 1, {}, stop).error().code(),
            ErrorCode::kCancelled);
}

TEST(AlgorithmsTest, DeepChainsNeedNoCallStack) {
  std::vector<std::pair<unsigned, unsigned>> edges;
  const unsigned n = 3000;
  for (unsigned i = 0; i + 1 < n; ++i) edges.emplace_back(i, i + 1);
  edges.emplace_back(n - 1, 0);
  RepoModel model;
  for (unsigned i = 0; i < n; ++i) {
    test::SymbolModel s;
    s.name = "s" + std::to_string(i);
    model["f"].symbols.push_back(s);
  }
  for (const auto& [a, b] : edges) {
    test::EdgeModel e;
    e.src = {"f", "s" + std::to_string(a)};
    e.dst = {"f", "s" + std::to_string(b)};
    model["f"].edges.push_back(e);
  }
  const auto snapshot = test::build_snapshot(model);
  const auto cycles = symbol_cycles(*snapshot, {}, {});
  ASSERT_EQ(cycles->size(), 1u);
  EXPECT_EQ((*cycles)[0].size(), n);
  const SymbolId root = test::symbol_at(*snapshot, {"f", "s0"});
  const auto idom = dominators(*snapshot, root, {}, {});
  EXPECT_EQ((*idom)[root.value() + n - 1], SymbolId(root.value() + n - 2));
}

}  // namespace
}  // namespace cairn::graph
