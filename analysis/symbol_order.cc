#include "analysis/symbol_order.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"

namespace cairn::analysis {

using graph::SymbolId;

SymbolOrder::SymbolOrder(const graph::Snapshot& snapshot) : snapshot_(snapshot) {
  std::vector<std::uint32_t> order;
  order.reserve(snapshot.symbol_count());
  sort_symbols(order);
  choose_canonical(order);
  rank_.assign(snapshot.id_limit(), 0);
  file_begin_.push_back(0);
  std::size_t at = 0;
  for (const graph::FileId f : snapshot.files()) {
    const std::uint32_t count = snapshot.file(f).symbol_count;
    for (std::uint32_t i = 0; i < count; ++i, ++at) {
      if (canonical_[order[at]] != order[at]) continue;
      rank_[order[at]] = static_cast<std::uint32_t>(symbols_.size());
      symbols_.emplace_back(order[at]);
    }
    file_begin_.push_back(symbols_.size());
  }
  ids_.resize(symbols_.size());
}

/// By file, then position; rows of one file keep their order at equal positions.
void SymbolOrder::sort_symbols(std::vector<std::uint32_t>& order) {
  std::vector<std::pair<graph::Position, std::uint32_t>> rows;
  for (const graph::FileId f : snapshot_.files()) {
    const graph::FileInfo info = snapshot_.file(f);
    rows.clear();
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      const SymbolId s(info.first_symbol.value() + i);
      // The module stands for the file and comes first, wherever its name is said to be.
      rows.emplace_back(i == 0 ? graph::Position{} : snapshot_.details(s).name_range.begin,
                        s.value());
    }
    std::sort(rows.begin(), rows.end());
    for (const auto& row : rows) order.push_back(row.second);
  }
}

/// What Snapshot::canonical() says for each symbol, in one pass instead of a search per place:
/// namespaces reopened in thousands of files would make that quadratic.
void SymbolOrder::choose_canonical(const std::vector<std::uint32_t>& order) {
  using namespace graph::symbol_flag;
  canonical_.assign(snapshot_.id_limit(), SymbolId::none().value());
  struct Group {
    std::uint32_t definition = SymbolId::none().value();
    std::uint32_t first = SymbolId::none().value();
  };
  std::unordered_map<std::uint64_t, Group> groups;
  for (const std::uint32_t s : order) {
    canonical_[s] = s;
    if (snapshot_.has_flag(SymbolId(s), kDeclaration | kMergeable))
      groups.try_emplace(snapshot_.stable_id(SymbolId(s)));
  }
  if (groups.empty()) return;
  for (const std::uint32_t s : order) {
    const auto found = groups.find(snapshot_.stable_id(SymbolId(s)));
    if (found == groups.end()) continue;
    Group& group = found->second;
    if (!SymbolId(group.first).exists()) group.first = s;
    const bool defines = !snapshot_.has_flag(SymbolId(s), kDeclaration);
    if (defines && !SymbolId(group.definition).exists()) group.definition = s;
  }
  for (const std::uint32_t s : order) {
    if (!snapshot_.has_flag(SymbolId(s), kDeclaration | kMergeable)) continue;
    const Group& group = groups.at(snapshot_.stable_id(SymbolId(s)));
    canonical_[s] = SymbolId(group.definition).exists() ? group.definition : group.first;
    if (canonical_[s] != s) others_.emplace_back(canonical_[s], s);
  }
  // Stable: the places of one symbol stay in path and position order.
  std::stable_sort(others_.begin(), others_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

std::vector<SymbolId> SymbolOrder::other_places(SymbolId canonical) const {
  std::vector<SymbolId> out;
  auto at = std::lower_bound(others_.begin(), others_.end(), canonical.value(),
                             [](const auto& row, std::uint32_t key) { return row.first < key; });
  for (; at != others_.end() && at->first == canonical.value(); ++at) out.emplace_back(at->second);
  return out;
}

std::string_view SymbolOrder::json_id(SymbolId s) {
  const SymbolId c = canonical(s);
  std::string_view& known = ids_[rank(c)];
  if (known.empty()) {
    std::string& text = id_texts_.emplace_back();
    append_json_string(text, snapshot_.id_string(c));
    known = text;
  }
  return known;
}

std::vector<RolledEdge> rolled_out_edges(const SymbolOrder& order, SymbolId canonical) {
  const graph::Snapshot& snapshot = order.snapshot();
  std::vector<RolledEdge> edges;
  const auto add = [&](SymbolId place) {
    const graph::EdgeRange range = snapshot.out_edges(place);
    for (std::size_t i = 0; i < range.size(); ++i) {
      const graph::Edge e = range[i];
      edges.push_back(
          {order.canonical(e.other), e.kind, e.tier, snapshot.out_weight(place, i).count});
    }
  };
  add(canonical);
  for (const SymbolId place : order.other_places(canonical)) add(place);
  std::sort(edges.begin(), edges.end(), [&](const RolledEdge& a, const RolledEdge& b) {
    if (a.dst != b.dst) return order.rank(a.dst) < order.rank(b.dst);
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.tier < b.tier;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const bool same =
        kept != 0 && edges[kept - 1].dst == edges[i].dst && edges[kept - 1].kind == edges[i].kind;
    if (same) {
      edges[kept - 1].count += edges[i].count;
    } else {
      edges[kept++] = edges[i];
    }
  }
  edges.resize(kept);
  return edges;
}

std::vector<std::pair<SymbolId, SymbolId>> contains_edges(const SymbolOrder& order) {
  std::vector<std::pair<SymbolId, SymbolId>> edges;
  for (const SymbolId s : order.symbols()) {
    const SymbolId parent = order.snapshot().parent(s);
    if (parent.exists()) edges.emplace_back(order.canonical(parent), s);
  }
  std::stable_sort(edges.begin(), edges.end(), [&](const auto& a, const auto& b) {
    return order.rank(a.first) < order.rank(b.first);
  });
  return edges;
}

}  // namespace cairn::analysis
