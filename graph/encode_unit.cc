#include <map>
#include <utility>

#include "graph/detail_codec.h"
#include "graph/encoded_unit.h"
#include "graph/format.h"

namespace cairn::graph {
namespace {

Error misfit(const UnitInput& unit, std::string_view what) {
  return Error(ErrorCode::kInternal,
               "links of " + unit.path + " do not fit its face: " + std::string(what));
}

Result<void> check_sites(const UnitInput& unit, const FileLinks& links, std::size_t symbols) {
  const std::uint32_t strings = links.strings.size();
  for (const Site& s : links.sites) {
    if (s.owner >= symbols) return misfit(unit, "site owner");
    if (s.name >= strings || s.external >= strings) return misfit(unit, "site text");
    if (s.local != kNone && s.local >= links.locals.size()) return misfit(unit, "site local");
    if (s.target_count > links.targets.size() ||
        s.first_target > links.targets.size() - s.target_count)
      return misfit(unit, "site targets");
  }
  return {};
}

Result<void> check(const UnitInput& unit, const FileLinks& links) {
  const std::size_t symbols = unit.face ? unit.face->symbols.size() : 0;
  if (unit.keys.size() != symbols) return misfit(unit, "one key row per symbol");
  if (symbols == 0 && unit.face) return misfit(unit, "row 0 is the module");
  CAIRN_TRY(check_sites(unit, links, symbols));
  for (const SymbolId t : links.targets) {
    if (!t.exists()) return misfit(unit, "a target is none");
  }
  for (const LinkedLocal& l : links.locals) {
    if (l.owner >= symbols || l.name >= links.strings.size()) return misfit(unit, "local");
  }
  for (const DirectEdge& e : links.edges) {
    if (!e.src.exists() || !e.dst.exists()) return misfit(unit, "direct edge");
  }
  for (std::size_t i = 1; i < links.lookups.size(); ++i) {
    if (links.lookups[i - 1] >= links.lookups[i]) return misfit(unit, "lookups are not ascending");
  }
  return {};
}

void copy_header(const UnitInput& unit, SymbolId first_symbol, EncodedUnit::Data& data) {
  data.path = unit.path;
  data.language = unit.language;
  data.parse = unit.parse;
  data.flags = unit.flags;
  data.content = unit.content;
  data.lines = unit.lines;
  data.bytes = unit.bytes;
  data.skip_reason = unit.skip_reason;
  data.manager = unit.manager;
  data.package = unit.package;
  data.module_path = unit.module_path;
  data.package_path = unit.package_path;
  data.qualified_prefix = unit.qualified_prefix;
  data.file_scope = unit.file_scope;
  data.first_symbol = first_symbol.value();
}

void encode_symbols(const UnitInput& unit, StringInterner& strings, EncodedUnit::Data& data) {
  const Face& face = *unit.face;
  data.symbols.reserve(face.symbols.size());
  for (std::size_t i = 0; i < face.symbols.size(); ++i) {
    const Symbol& s = face.symbols[i];
    const SymbolKeys& keys = unit.keys[i];
    SymbolRow row;
    row.name = strings.row_of(face.strings[s.name]);
    row.signature = strings.row_of(face.strings[s.signature]);
    row.qualifier = strings.row_of(face.strings[s.qualifier]);
    row.parent = s.parent;
    row.attributes = s.flags << 8 | static_cast<std::uint32_t>(s.kind);
    unsigned scope = static_cast<unsigned>(s.visibility);
    if (keys.scope_key == unit.file_scope || s.visibility == Visibility::kFile)
      scope |= scope_bit::kFileScoped;
    if (s.qualifier != 0) scope |= scope_bit::kOutOfLine;
    row.scope = static_cast<std::uint8_t>(scope);
    row.stable_id = keys.stable_id;
    row.is_def = keys.scope_key != 0;
    row.def_key = def_key(keys.scope_key, face.strings[s.name]);
    row.opens_key = keys.opens_key;
    encode_detail(s, keys, face.strings[s.name].size(), s.qualifier != 0, data.details);
    row.detail_end = static_cast<std::uint32_t>(data.details.size());
    data.symbols.push_back(row);
  }
}

void count_unbound(const FileLinks& links, StringInterner& strings, EncodedUnit::Data& data) {
  std::map<std::uint32_t, std::uint32_t> counts;
  for (const Site& s : links.sites)
    if (s.tier == Tier::kUnresolved) ++counts[s.name];
  std::map<std::uint32_t, std::uint32_t> by_row;  // two links strings may be one text
  for (const auto& [name, count] : counts) by_row[strings.row_of(links.strings[name])] += count;
  data.unbound.assign(by_row.begin(), by_row.end());
}

}  // namespace

EncodedUnit::EncodedUnit() = default;
EncodedUnit::EncodedUnit(std::unique_ptr<Data> data) : data_(std::move(data)) {}
EncodedUnit::EncodedUnit(EncodedUnit&&) noexcept = default;
EncodedUnit& EncodedUnit::operator=(EncodedUnit&&) noexcept = default;
EncodedUnit::~EncodedUnit() = default;
std::string_view EncodedUnit::path() const { return data_->path; }
std::uint32_t EncodedUnit::symbol_count() const {
  return static_cast<std::uint32_t>(data_->symbols.size());
}

Result<EncodedUnit> encode_unit(const UnitInput& unit, const FileLinks& links,
                                SymbolId first_symbol, const BriefOf& brief_of) {
  CAIRN_TRY(check(unit, links));
  auto data = std::make_unique<EncodedUnit::Data>();
  copy_header(unit, first_symbol, *data);
  StringInterner strings(data->strings);
  if (unit.face) {
    encode_symbols(unit, strings, *data);
    encode_streams(links, brief_of, strings, *data);
    roll_up(unit, links, brief_of, *data);
    count_unbound(links, strings, *data);
  }
  data->lookups = links.lookups;
  // All units wait for the writer together.
  data->strings.shrink_to_fit();
  data->details.shrink_to_fit();
  data->sites.shrink_to_fit();
  data->locals.shrink_to_fit();
  data->foreign.shrink_to_fit();
  return EncodedUnit(std::move(data));
}

}  // namespace cairn::graph
