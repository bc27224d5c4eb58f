#include "graph/carry_unit.h"

#include <cstring>
#include <unordered_map>

#include "graph/encoded_unit.h"
#include "graph/layer.h"
#include "graph/varint.h"

namespace cairn::graph {
namespace {

/// Strings of the layer that a unit uses, as rows of the unit's own table.
class UnitStrings {
 public:
  UnitStrings(const Layer& layer, StringTable& table) : layer_(layer), table_(table) {
    rows_.emplace(0, 0);
  }
  std::uint32_t row_of(std::uint32_t layer_row) {
    const auto [it, added] = rows_.try_emplace(layer_row, table_.size());
    if (added) table_.add(layer_.text(layer_row));
    return it->second;
  }

 private:
  const Layer& layer_;
  StringTable& table_;
  std::unordered_map<std::uint32_t, std::uint32_t> rows_;
};

bool renumber_all(std::vector<std::uint32_t>& ids, const Renumber& renumber) {
  for (std::uint32_t& id : ids) {
    const SymbolId now = renumber(SymbolId(id));
    if (!now.exists()) return false;
    id = now.value();
  }
  return true;
}

bool renumber_edges(std::vector<EdgeRow>& edges, const Renumber& renumber) {
  for (EdgeRow& edge : edges) {
    const SymbolId src = renumber(SymbolId(edge.src));
    const SymbolId dst = renumber(SymbolId(edge.dst));
    if (!src.exists() || !dst.exists()) return false;
    edge.src = src.value();
    edge.dst = dst.value();
  }
  merge_edges(edges);
  return true;
}

void copy_header(const Layer& layer, std::uint32_t file_row, EncodedUnit::Data& data) {
  const FileRow& row = layer.files[file_row];
  data.path = layer.text(row.path);
  data.language = static_cast<Language>(row.language);
  data.parse = static_cast<ParseStatus>(row.parse);
  data.flags = row.flags;
  std::memcpy(data.content.bytes.data(), row.content, sizeof row.content);
  data.lines = row.lines;
  data.bytes = row.bytes;
  data.skip_reason = layer.text(row.skip_reason);
  data.manager = layer.text(row.manager);
  data.package = layer.text(row.package);
  data.module_path = layer.text(row.module_path);
  data.package_path = layer.text(row.package_path);
  data.qualified_prefix = layer.text(row.qualified_prefix);
  data.file_scope = row.file_scope;
  data.local_count = row.local_count;
  std::copy(std::begin(row.sites), std::end(row.sites), data.site_counts.begin());
}

std::vector<std::uint32_t> lookups_of(const Layer& layer, std::uint32_t file_row) {
  std::vector<std::uint32_t> keys;
  ByteReader in(layer.file_memo(file_row));
  std::uint32_t row = 0;
  while (!in.done()) {
    row += in.varint32();
    keys.push_back(layer.memo_keys[row]);
  }
  return keys;
}

}  // namespace

UnitCarrier::UnitCarrier(const Layer& overlay)
    : layer_(overlay),
      def_key_(overlay.symbol_count()),
      is_def_(overlay.symbol_count()),
      opens_key_(overlay.symbol_count()),
      shares_of_(overlay.file_count()),
      unbound_of_(overlay.file_count()) {
  for (std::size_t i = 0; i < overlay.def_symbols.size(); ++i) {
    def_key_[overlay.def_symbols[i]] = overlay.def_keys[i];
    is_def_[overlay.def_symbols[i]] = true;
  }
  for (std::size_t i = 0; i < overlay.open_symbols.size(); ++i)
    opens_key_[overlay.open_symbols[i]] = overlay.open_keys[i];
  for (std::uint32_t i = 0; i < overlay.unbound_names.size(); ++i)
    unbound_of_[overlay.unbound_names[i].file].push_back(i);
  for (std::uint32_t i = 0; i < overlay.contributions.size(); ++i) {
    const std::uint32_t owner = overlay.contributions[i].owner;
    shares_of_[owner - overlay.file_base()].push_back(i);
  }
}

bool UnitCarrier::copy_edges(std::uint32_t file_row, const Renumber& renumber,
                             EncodedUnit::Data& data) const {
  const std::uint32_t file = layer_.file_base() + file_row;
  const std::uint32_t first = layer_.id_base() + layer_.files[file_row].first_symbol;
  const std::uint32_t end = layer_.id_base() + layer_.files[file_row + 1].first_symbol;
  for (std::uint32_t src = first; src < end; ++src) {
    const Layer::EdgeRows rows = layer_.out_rows(src);
    for (std::uint32_t e = rows.begin; e < rows.end; ++e) {
      EdgeRow edge{src,
                   layer_.out_target[e],
                   layer_.edge_weight(e),
                   packed_kind(layer_.out_packed[e]),
                   packed_tier(layer_.out_packed[e]),
                   static_cast<Origin>(layer_.out_origin[e])};
      const auto shares = layer_.shares(src, edge.dst, edge.kind);
      if (shares.empty()) {
        data.edges.push_back(edge);
        continue;
      }
      for (const ContributionRow& share : shares) {
        if (share.owner != file) continue;
        edge.count = share.count;
        edge.tier = static_cast<Tier>(share.tier);
        edge.origin = static_cast<Origin>(share.origin);
        data.edges.push_back(edge);
      }
    }
  }
  for (const std::uint32_t i : shares_of_[file_row]) {
    const ContributionRow& share = layer_.contributions[i];
    if (share.src >= first && share.src < end) continue;
    data.foreign.push_back({share.src, share.dst, share.count, static_cast<EdgeKind>(share.kind),
                            static_cast<Tier>(share.tier), static_cast<Origin>(share.origin)});
  }
  return renumber_edges(data.edges, renumber) && renumber_edges(data.foreign, renumber);
}

Result<std::optional<EncodedUnit>> UnitCarrier::carry(std::uint32_t file_row, SymbolId first_symbol,
                                                      const Renumber& renumber) const {
  auto data = std::make_unique<EncodedUnit::Data>();
  copy_header(layer_, file_row, *data);
  data->first_symbol = first_symbol.value();
  data->strings = StringTable();
  UnitStrings strings(layer_, data->strings);
  const std::uint32_t first = layer_.files[file_row].first_symbol;
  const std::uint32_t end = layer_.files[file_row + 1].first_symbol;
  for (std::uint32_t row = first; row < end; ++row) {
    SymbolRow s;
    s.name = strings.row_of(layer_.symbol_name[row]);
    s.signature = strings.row_of(layer_.symbol_signature[row]);
    s.scope = layer_.symbol_scope[row];
    if (s.scope & scope_bit::kOutOfLine) s.qualifier = strings.row_of(layer_.qualifier(row));
    const std::uint32_t parent = layer_.symbol_parent[row];
    s.parent = parent == kNoRow ? kNone : parent - first;
    s.attributes = layer_.symbol_attributes[row];
    s.stable_id = layer_.symbol_stable[row];
    s.is_def = is_def_[row];
    s.def_key = def_key_[row];
    s.opens_key = opens_key_[row];
    data->details += layer_.detail(row);
    s.detail_end = static_cast<std::uint32_t>(data->details.size());
    CAIRN_ASSIGN(const std::string_view sites, layer_.site_bytes(row));
    data->sites += sites;
    s.sites_end = static_cast<std::uint32_t>(data->sites.size());
    data->symbols.push_back(s);
  }
  CAIRN_ASSIGN(const std::string_view locals, layer_.local_bytes(file_row));
  data->locals = locals;
  for (const std::uint32_t row : layer_.file_string_rows(file_row))
    data->stream_strings.push_back(strings.row_of(row));
  const auto targets = layer_.file_target_ids(file_row);
  data->stream_targets.assign(targets.begin(), targets.end());
  data->lookups = lookups_of(layer_, file_row);
  for (const std::uint32_t row : unbound_of_[file_row]) {
    const UnboundNameRow& unbound = layer_.unbound_names[row];
    data->unbound.emplace_back(strings.row_of(unbound.name), unbound.count);
  }
  if (!renumber_all(data->stream_targets, renumber) || !copy_edges(file_row, renumber, *data))
    return std::optional<EncodedUnit>();
  return std::optional(EncodedUnit(std::move(data)));
}

Result<void> renumber_unit(EncodedUnit& unit, SymbolId first_symbol, const Renumber& renumber) {
  EncodedUnit::Data& data = unit.data();
  if (!renumber_all(data.stream_targets, renumber) || !renumber_edges(data.edges, renumber) ||
      !renumber_edges(data.foreign, renumber))
    return Error(ErrorCode::kInternal, data.path + " refers to a symbol that has no final id");
  data.first_symbol = first_symbol.value();
  return {};
}

}  // namespace cairn::graph
