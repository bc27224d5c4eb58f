#pragma once
// Who reaches whom: callers, callees, tests, hierarchy, shortest paths; each item with the chain
// that proves it. Pure functions of the snapshot; answers are in an order that dense ids do not
// influence. Errors: kCorrupt from the snapshot, kCancelled.
#include <cstdint>
#include <vector>

#include "analysis/references.h"
#include "graph/algorithms.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// Edges that run code of their target.
inline constexpr std::uint32_t kCallKinds =
    graph::kind_bit(graph::EdgeKind::kCalls) | graph::kind_bit(graph::EdgeKind::kInstantiates) |
    graph::kind_bit(graph::EdgeKind::kDecorates) | graph::kind_bit(graph::EdgeKind::kExpands) |
    graph::kind_bit(graph::EdgeKind::kHandlesRoute);
/// Edges along which a change of the target can be felt by the source.
inline constexpr std::uint32_t kDependencyKinds =
    ~(graph::kind_bit(graph::EdgeKind::kContains) | graph::kind_bit(graph::EdgeKind::kOverrides) |
      graph::kind_bit(graph::EdgeKind::kImports) | graph::kind_bit(graph::EdgeKind::kTests));
inline constexpr std::uint32_t kHierarchyKinds = graph::kind_bit(graph::EdgeKind::kInherits) |
                                                 graph::kind_bit(graph::EdgeKind::kImplements) |
                                                 graph::kind_bit(graph::EdgeKind::kOverrides);

struct ReachQuery {
  graph::Direction direction = graph::Direction::kBackward;
  std::uint32_t kinds = kCallKinds;
  std::uint8_t tiers = tiers_up_to(graph::Tier::kDispatch);
  std::uint32_t max_depth = 1;
  std::size_t max_items = 100'000;
};
struct ReachItem {
  graph::SymbolId symbol;  // canonical
  graph::SymbolId via;     // the neighbour it was reached from; none for a start; itself at depth 1
                           // for a start with an edge to itself
  std::uint32_t depth = 0;
  graph::EdgeKind kind = graph::EdgeKind::kCalls;
  graph::Tier tier = graph::Tier::kExact;
};
struct ReachAnswer {
  std::vector<ReachItem> items;  // by depth, then path and position; starts first
  bool truncated = false;        // max_items stopped it
  bool deeper = false;           // more is reachable beyond max_depth
  std::uint64_t left_out = 0;    // edges met whose tier was not asked for
};
/// Starts are canonical symbols.
Result<ReachAnswer> reach(const graph::Snapshot& snapshot,
                          const std::vector<graph::SymbolId>& starts, const ReachQuery& query,
                          const StopToken& stop = {});
/// From items[index] to a start, both included.
std::vector<graph::SymbolId> chain_of(const ReachAnswer& answer, std::size_t index);

/// The symbol and everything declared inside it, at any depth, canonical.
std::vector<graph::SymbolId> with_contents(const graph::Snapshot& snapshot, graph::SymbolId symbol);

/// A test case, or code of a test file.
bool is_test_code(const graph::Snapshot& snapshot, graph::SymbolId symbol);
/// The tests among what reaches a symbol or its contents: reach() with all else left out.
struct TestAnswer {
  ReachAnswer reached;
  std::vector<std::size_t> tests;  // indexes of reached.items
};
Result<TestAnswer> tests_of(const graph::Snapshot& snapshot, graph::SymbolId symbol,
                            std::uint8_t tiers, std::uint32_t max_depth,
                            const StopToken& stop = {});

}  // namespace cairn::analysis
