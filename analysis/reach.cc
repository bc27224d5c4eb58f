#include "analysis/reach.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "analysis/find_symbol.h"
#include "graph/links.h"

namespace cairn::analysis {

using graph::SymbolId;

namespace {

/// One level of the search at a time, each level in path and position order, so that the chain
/// shown as evidence is the same in every run.
class LevelSearch {
 public:
  LevelSearch(const graph::Snapshot& snapshot, const ReachQuery& query)
      : snapshot_(snapshot), query_(query) {}

  Result<ReachAnswer> run(std::vector<SymbolId> level, const StopToken& stop) {
    sort_by_place(snapshot_, level);
    for (const SymbolId s : level) {
      seen_.insert(s);
      answer_.items.push_back({s, SymbolId::none(), 0});
    }
    for (std::uint32_t depth = 1; !level.empty() && !answer_.truncated; ++depth) {
      found_.clear();
      for (const SymbolId s : level) {
        CAIRN_TRY(stop.check("searching"));
        visit(s, depth);
      }
      if (depth > query_.max_depth) {
        answer_.deeper = !found_.empty();
        break;
      }
      level.clear();
      for (const auto& [symbol, item] : found_) level.push_back(symbol);
      sort_by_place(snapshot_, level);
      add(level, depth);
      std::erase_if(level, [&](SymbolId s) { return found_.at(s).via == s; });
    }
    return std::move(answer_);
  }

 private:
  void visit(SymbolId s, std::uint32_t depth) {
    for (const SymbolId place : places_of(snapshot_, s)) {
      const bool forward = query_.direction == graph::Direction::kForward;
      for (const graph::Edge e : forward ? snapshot_.out_edges(place) : snapshot_.in_edges(place)) {
        if ((query_.kinds & graph::kind_bit(e.kind)) == 0) continue;
        const SymbolId other = snapshot_.canonical(e.other);
        // A start that calls itself is an answer too; other ways back to it say nothing new.
        const bool recursion = other == s && depth == 1;
        if (seen_.contains(other) && !recursion) continue;
        if ((query_.tiers & graph::tier_bit(e.tier)) == 0) {
          ++answer_.left_out;
          continue;
        }
        const auto [known, added] =
            found_.try_emplace(other, ReachItem{other, s, 0, e.kind, e.tier});
        ReachItem& item = known->second;
        if (!added && item.via == s &&
            std::pair(e.tier, e.kind) < std::pair(item.tier, item.kind)) {
          item.kind = e.kind;
          item.tier = e.tier;
        }
      }
    }
  }

  void add(const std::vector<SymbolId>& level, std::uint32_t depth) {
    for (const SymbolId s : level) {
      if (answer_.items.size() >= query_.max_items) {
        answer_.truncated = true;
        return;
      }
      seen_.insert(s);
      answer_.items.push_back(found_.at(s));
      answer_.items.back().depth = depth;
    }
  }

  const graph::Snapshot& snapshot_;
  const ReachQuery& query_;
  ReachAnswer answer_;
  std::unordered_set<SymbolId> seen_;
  std::unordered_map<SymbolId, ReachItem> found_;
};

}  // namespace

Result<ReachAnswer> reach(const graph::Snapshot& snapshot, const std::vector<SymbolId>& starts,
                          const ReachQuery& query, const StopToken& stop) {
  return LevelSearch(snapshot, query).run(starts, stop);
}

std::vector<SymbolId> chain_of(const ReachAnswer& answer, std::size_t index) {
  std::vector<SymbolId> chain{answer.items[index].symbol};
  SymbolId next = answer.items[index].via;
  // A neighbour stands before what was reached from it.
  while (next.exists()) {
    chain.push_back(next);
    if (answer.items[index].symbol == next) break;  // it calls itself
    const auto is_next = [&](const ReachItem& item) {
      return item.symbol == next && item.via != next;
    };
    while (!is_next(answer.items[index])) --index;
    next = answer.items[index].via;
  }
  return chain;
}

std::vector<SymbolId> with_contents(const graph::Snapshot& snapshot, SymbolId symbol) {
  std::vector<SymbolId> all;
  std::unordered_set<SymbolId> seen;
  const auto add = [&](SymbolId s) {
    const SymbolId c = snapshot.canonical(s);
    if (seen.insert(c).second) all.push_back(c);
  };
  add(symbol);
  for (std::size_t at = 0; at < all.size(); ++at) {
    for (const SymbolId place : places_of(snapshot, all[at]))
      for (const SymbolId child : snapshot.children(place)) add(child);
    if (!graph::is_type(snapshot.kind(all[at]))) continue;
    // Members written outside their type, in its file; those of other files have a declaration
    // inside, which was added with its definition.
    const graph::FileInfo info = snapshot.file(snapshot.file_of(all[at]));
    for (std::uint32_t i = 1; i < info.symbol_count; ++i) {
      const SymbolId s(info.first_symbol.value() + i);
      if (!snapshot.qualifier(s).empty() && snapshot.parent(s) == all[at]) add(s);
    }
  }
  return all;
}

bool is_test_code(const graph::Snapshot& snapshot, SymbolId symbol) {
  // What stands in a test, or in a module of tests, is part of it.
  for (SymbolId s = symbol; s.exists(); s = snapshot.lexical_parent(s)) {
    if (snapshot.has_flag(s, graph::symbol_flag::kTest)) return true;
    if (snapshot.kind(s) == graph::SymbolKind::kTest) return true;
  }
  return (snapshot.file(snapshot.file_of(symbol)).flags & graph::unit_flag::kTest) != 0;
}

Result<TestAnswer> tests_of(const graph::Snapshot& snapshot, SymbolId symbol, std::uint8_t tiers,
                            std::uint32_t max_depth, const StopToken& stop) {
  ReachQuery query;
  query.kinds = kDependencyKinds;
  query.tiers = tiers;
  query.max_depth = max_depth;
  TestAnswer answer;
  CAIRN_ASSIGN(answer.reached, reach(snapshot, with_contents(snapshot, symbol), query, stop));
  for (std::size_t i = 0; i < answer.reached.items.size(); ++i)
    if (answer.reached.items[i].depth > 0 && is_test_code(snapshot, answer.reached.items[i].symbol))
      answer.tests.push_back(i);
  return answer;
}

}  // namespace cairn::analysis
