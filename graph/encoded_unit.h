#pragma once
// EncodedUnit::Data: one unit between encode_unit() and write_layer(). String numbers are rows of
// the unit's own table until the layer's pool is known. Internal to the writer; value types.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/links.h"
#include "graph/string_table.h"
#include "graph/writer.h"

namespace cairn::graph {

/// A rolled-up edge; dense ids.
struct EdgeRow {
  std::uint32_t src = 0;
  std::uint32_t dst = 0;
  std::uint32_t count = 1;
  EdgeKind kind = EdgeKind::kReferences;
  Tier tier = Tier::kUnresolved;
  Origin origin = Origin::kNone;
};
inline bool same_edge(const EdgeRow& a, const EdgeRow& b) {
  return a.src == b.src && a.dst == b.dst && a.kind == b.kind;
}
inline bool edge_before(const EdgeRow& a, const EdgeRow& b) {
  if (a.src != b.src) return a.src < b.src;
  if (a.dst != b.dst) return a.dst < b.dst;
  return a.kind < b.kind;
}
/// Adds the share `from` to `into`: counts add, the best tier wins and brings its rule; of equal
/// tiers the first rule in schema order.
inline void merge_share(EdgeRow& into, const EdgeRow& from) {
  into.count += from.count;
  if (from.tier < into.tier || (from.tier == into.tier && from.origin < into.origin)) {
    into.tier = from.tier;
    into.origin = from.origin;
  }
}

struct SymbolRow {
  std::uint32_t name = 0;  // rows of Data::strings
  std::uint32_t signature = 0;
  std::uint32_t qualifier = 0;
  std::uint32_t parent = 0;      // row of the unit, kNone for the module
  std::uint32_t attributes = 0;  // flags << 8 | kind
  std::uint32_t detail_end = 0;
  std::uint32_t sites_end = 0;
  std::uint8_t scope = 0;
  std::uint64_t stable_id = 0;
  std::uint64_t def_key = 0;
  std::uint64_t opens_key = 0;  // 0 = opens no scope
  bool is_def = false;          // def_key counts
};

struct EncodedUnit::Data {
  std::string path;
  Language language = Language::kUnknown;
  ParseStatus parse = ParseStatus::kOk;
  std::uint8_t flags = 0;
  ContentId content;
  std::uint32_t lines = 0;
  std::uint64_t bytes = 0;
  std::string skip_reason, manager, package, module_path, package_path, qualified_prefix;
  std::uint64_t file_scope = 0;
  std::uint32_t first_symbol = 0;

  StringTable strings;
  std::vector<SymbolRow> symbols;
  std::string details;
  std::string sites;
  std::string locals;
  std::uint32_t local_count = 0;
  std::vector<std::uint32_t> stream_strings;  // rows of `strings`, most used first
  std::vector<std::uint32_t> stream_targets;  // dense ids, most used first
  std::vector<EdgeRow> edges;                 // sources in this file; sorted, unique
  std::vector<EdgeRow> foreign;               // sources in other files; sorted, unique
  std::vector<std::uint32_t> lookups;
  std::array<std::uint32_t, 6> site_counts{};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> unbound;  // row of `strings`, sites; by row
};

/// Builds a StringTable without duplicates.
class StringInterner {
 public:
  explicit StringInterner(StringTable& table) : table_(table) { rows_.emplace("", 0); }
  std::uint32_t row_of(std::string_view text) {
    const auto [it, added] = rows_.try_emplace(std::string(text), table_.size());
    if (added) table_.add(text);
    return it->second;
  }

 private:
  StringTable& table_;
  std::unordered_map<std::string, std::uint32_t> rows_;
};

/// Sorts by (src, dst, kind) and merges equal edges.
void merge_edges(std::vector<EdgeRow>& edges);
/// Rolls the sites of a unit up into edges and adds its direct edges (edge_rollup.cc).
void roll_up(const UnitInput& unit, const FileLinks& links, const BriefOf& brief_of,
             EncodedUnit::Data& data);
/// Fills sites, locals and their tables (site_encoder.cc).
void encode_streams(const FileLinks& links, const BriefOf& brief_of, StringInterner& strings,
                    EncodedUnit::Data& data);

}  // namespace cairn::graph
