// Rolls reference sites up into edges: one per (source, target, kind).
#include <algorithm>

#include "graph/encoded_unit.h"

namespace cairn::graph {
namespace {

EdgeKind type_edge(std::uint8_t flags) {
  if (flags & ref_flag::kReturnType) return EdgeKind::kReturns;
  if (flags & ref_flag::kThrown) return EdgeKind::kThrows;
  return EdgeKind::kTypeOf;
}

/// A call or construction names a type, the constructor, or both: the type is instantiated,
/// whatever can be called is called.
EdgeKind edge_of(const Site& site, SymbolKind owner, SymbolKind target) {
  if (owner == SymbolKind::kRoute && is_callable(target)) return EdgeKind::kHandlesRoute;
  switch (site.role) {
    case RefRole::kCall:
    case RefRole::kNew:
      return is_type(target) ? EdgeKind::kInstantiates : EdgeKind::kCalls;
    case RefRole::kRead:
      return EdgeKind::kReads;
    case RefRole::kWrite:
      return EdgeKind::kWrites;
    case RefRole::kImport:
      return EdgeKind::kImports;
    case RefRole::kType:
      return type_edge(site.flags);
    case RefRole::kInherit:
      // The class graph is the linker's direct edges: a name here may be an alias or an argument.
      return EdgeKind::kTypeOf;
    case RefRole::kDecorate:
      return EdgeKind::kDecorates;
    case RefRole::kValue:
      return EdgeKind::kReferences;
    case RefRole::kMacro:
      return EdgeKind::kExpands;
  }
  return EdgeKind::kReferences;
}

}  // namespace

void merge_edges(std::vector<EdgeRow>& edges) {
  std::sort(edges.begin(), edges.end(), edge_before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (kept != 0 && same_edge(edges[kept - 1], edges[i])) {
      merge_share(edges[kept - 1], edges[i]);
    } else {
      edges[kept++] = edges[i];
    }
  }
  edges.resize(kept);
}

void roll_up(const UnitInput& unit, const FileLinks& links, const BriefOf& brief_of,
             EncodedUnit::Data& data) {
  for (const Site& site : links.sites) {
    ++data.site_counts[static_cast<std::size_t>(site.tier)];
    for (std::uint32_t i = 0; i < site.target_count; ++i) {
      const SymbolId target = links.targets[site.first_target + i];
      const SymbolKind owner = unit.face->symbols[site.owner].kind;
      data.edges.push_back({data.first_symbol + site.owner, target.value(), 1,
                            edge_of(site, owner, brief_of(target).kind), site.tier, site.origin});
    }
  }
  const std::uint32_t end = data.first_symbol + static_cast<std::uint32_t>(data.symbols.size());
  for (const DirectEdge& e : links.edges) {
    const bool own = e.src.value() >= data.first_symbol && e.src.value() < end;
    (own ? data.edges : data.foreign)
        .push_back({e.src.value(), e.dst.value(), 1, e.kind, e.tier, e.origin});
  }
  merge_edges(data.edges);
  merge_edges(data.foreign);
  data.edges.shrink_to_fit();
}

}  // namespace cairn::graph
