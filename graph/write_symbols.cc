// The columns of strings, files, symbols, name indexes and streams.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "graph/layer_builder.h"

namespace cairn::graph {

std::uint32_t StringColumn::add(std::string_view text) {
  const auto [it, added] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (added) texts_.push_back(text);
  return it->second;
}

Result<void> StringColumn::finish() {
  std::vector<std::uint32_t> order(texts_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return texts_[a] < texts_[b]; });
  std::uint64_t total = 0;
  for (const std::string_view text : texts_) total += text.size();
  if (total > 0xffffffffu) {
    return Error(ErrorCode::kLimitExceeded,
                 "names and signatures exceed 4 GiB; index fewer files with [index] exclude");
  }
  bytes_.reserve(total);
  ends_.reserve(order.size());
  rank_.resize(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank_[order[i]] = i;
    bytes_ += texts_[order[i]];
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  numbers_.clear();
  return {};
}

namespace {

/// The texts of a unit's header, in the order of FileRow.
std::array<std::string_view, 7> header_texts(const EncodedUnit::Data& u) {
  return {u.path,        u.skip_reason,  u.manager,         u.package,
          u.module_path, u.package_path, u.qualified_prefix};
}

}  // namespace

Result<void> write_strings(LayerFileWriter& out, LayerPlan& plan, StringRows& strings) {
  for (const EncodedUnit& unit : plan.units) {
    const EncodedUnit::Data& data = unit.data();
    std::vector<std::uint32_t>& rows = strings.of_unit.emplace_back();
    rows.reserve(data.strings.size() + 7);
    for (std::uint32_t i = 0; i < data.strings.size(); ++i)
      rows.push_back(strings.column.add(data.strings[i]));
    for (const std::string_view text : header_texts(data)) rows.push_back(strings.column.add(text));
  }
  CAIRN_TRY(strings.column.finish());
  CAIRN_TRY(out.add(Section::kStringBytes, strings.column.bytes()));
  return out.add(Section::kStringEnds, strings.column.ends());
}

Result<void> write_files(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings,
                         const MemoColumns& memo) {
  std::vector<FileRow> rows;
  rows.reserve(plan.units.size() + 1);
  FileRow next;  // running ends
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const EncodedUnit::Data& u = plan.units[i].data();
    FileRow row = next;
    std::uint32_t* const texts[] = {
        &row.path,        &row.skip_reason,  &row.manager,         &row.package,
        &row.module_path, &row.package_path, &row.qualified_prefix};
    for (std::uint32_t t = 0; t < std::size(texts); ++t)
      *texts[t] = strings.at(i, u.strings.size() + t);
    row.language = static_cast<std::uint8_t>(u.language);
    row.parse = static_cast<std::uint8_t>(u.parse);
    row.flags = u.flags;
    row.bytes = u.bytes;
    row.file_scope = u.file_scope;
    std::memcpy(row.content, u.content.bytes.data(), sizeof row.content);
    row.lines = u.lines;
    row.local_count = u.local_count;
    std::copy(u.site_counts.begin(), u.site_counts.end(), row.sites);
    next.first_symbol += static_cast<std::uint32_t>(u.symbols.size());
    next.first_string += static_cast<std::uint32_t>(u.stream_strings.size());
    next.first_target += static_cast<std::uint32_t>(u.stream_targets.size());
    next.first_local_byte += static_cast<std::uint32_t>(u.locals.size());
    rows.push_back(row);
  }
  rows.push_back(next);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].first_memo_byte = memo.of_file_offsets[i];
  return out.add(Section::kFiles, rows);
}

Result<void> write_symbols(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings) {
  std::vector<std::uint32_t> name, parent, attributes, signature, detail;
  std::vector<std::uint8_t> scope;
  std::vector<std::uint64_t> stable;
  std::vector<QualifierRow> qualifiers;
  std::string details;
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const EncodedUnit::Data& u = plan.units[i].data();
    const auto before = static_cast<std::uint32_t>(details.size());
    std::uint32_t begin = 0;
    for (const SymbolRow& s : u.symbols) {
      if (s.scope & scope_bit::kOutOfLine) {
        qualifiers.push_back({static_cast<std::uint32_t>(name.size()), strings.at(i, s.qualifier)});
      }
      name.push_back(strings.at(i, s.name));
      parent.push_back(s.parent == kNone ? kNoRow : first + s.parent);
      attributes.push_back(s.attributes);
      scope.push_back(s.scope);
      stable.push_back(s.stable_id);
      signature.push_back(strings.at(i, s.signature));
      detail.push_back(before + begin);
      begin = s.detail_end;
    }
    details += u.details;
    first += static_cast<std::uint32_t>(u.symbols.size());
  }
  detail.push_back(static_cast<std::uint32_t>(details.size()));
  CAIRN_TRY(out.add(Section::kSymbolName, name));
  CAIRN_TRY(out.add(Section::kSymbolParent, parent));
  CAIRN_TRY(out.add(Section::kSymbolAttributes, attributes));
  CAIRN_TRY(out.add(Section::kSymbolScope, scope));
  CAIRN_TRY(out.add(Section::kSymbolStable, stable));
  CAIRN_TRY(out.add(Section::kSymbolSignature, signature));
  CAIRN_TRY(out.add(Section::kSymbolDetail, detail));
  CAIRN_TRY(out.add(Section::kDetailBytes, details));
  return out.add(Section::kQualifiers, qualifiers);
}

namespace {

struct Keyed {
  std::uint64_t key = 0;
  std::uint32_t row = 0;
  friend auto operator<=>(const Keyed&, const Keyed&) = default;
};

Result<void> write_keyed(LayerFileWriter& out, Section keys_id, Section rows_id,
                         std::vector<Keyed> entries) {
  std::sort(entries.begin(), entries.end());
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> rows;
  keys.reserve(entries.size());
  rows.reserve(entries.size());
  for (const Keyed& e : entries) {
    keys.push_back(e.key);
    rows.push_back(e.row);
  }
  if (keys_id != Section::kCount) CAIRN_TRY(out.add(keys_id, keys));
  return out.add(rows_id, rows);
}

}  // namespace

Result<void> write_indexes(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings) {
  std::vector<Keyed> defs, openers, names, stable;
  names.reserve(plan.symbols);
  stable.reserve(plan.symbols);
  std::uint32_t row = 0;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const EncodedUnit::Data& u = plan.units[i].data();
    for (const SymbolRow& s : u.symbols) {
      if (s.is_def) defs.push_back({s.def_key, row});
      if (s.opens_key != 0) openers.push_back({s.opens_key, row});
      names.push_back({strings.at(i, s.name), row});
      stable.push_back({s.stable_id, row});
      ++row;
    }
  }
  CAIRN_TRY(write_keyed(out, Section::kDefKeys, Section::kDefSymbols, std::move(defs)));
  CAIRN_TRY(write_keyed(out, Section::kOpenKeys, Section::kOpenSymbols, std::move(openers)));
  CAIRN_TRY(write_keyed(out, Section::kCount, Section::kNameIndex, std::move(names)));
  return write_keyed(out, Section::kCount, Section::kStableIndex, std::move(stable));
}

Result<void> write_unbound(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings) {
  std::vector<UnboundNameRow> rows;
  for (std::uint32_t file = 0; file < plan.units.size(); ++file) {
    for (const auto& [name, count] : plan.units[file].data().unbound)
      rows.push_back({strings.at(file, name), file, count});
  }
  std::sort(rows.begin(), rows.end(), [](const UnboundNameRow& a, const UnboundNameRow& b) {
    return a.name != b.name ? a.name < b.name : a.file < b.file;
  });
  return out.add(Section::kUnboundNames, rows);
}

Result<void> write_streams(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings) {
  std::vector<std::uint32_t> names, targets, offsets;
  std::string sites, locals;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const EncodedUnit::Data& u = plan.units[i].data();
    for (const std::uint32_t name : u.stream_strings) names.push_back(strings.at(i, name));
    targets.insert(targets.end(), u.stream_targets.begin(), u.stream_targets.end());
    const auto before = static_cast<std::uint32_t>(sites.size());
    std::uint32_t begin = 0;
    for (const SymbolRow& s : u.symbols) {
      offsets.push_back(before + begin);
      begin = s.sites_end;
    }
    sites += u.sites;
    locals += u.locals;
  }
  offsets.push_back(static_cast<std::uint32_t>(sites.size()));
  CAIRN_TRY(out.add(Section::kFileStrings, names));
  CAIRN_TRY(out.add(Section::kFileTargets, targets));
  CAIRN_TRY(out.add(Section::kSymbolSites, offsets));
  CAIRN_TRY(out.add(Section::kSiteBytes, sites));
  return out.add(Section::kLocalBytes, locals);
}

}  // namespace cairn::graph
