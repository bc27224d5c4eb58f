#include "graph/layer.h"

#include <algorithm>
#include <tuple>

#include "graph/layer_check.h"
#include "graph/layer_file.h"

namespace cairn::graph {
namespace {

/// Verified block by block when read: sites and locals are the largest part of a layer and a query
/// touches little of them.
constexpr Section kLazy[] = {Section::kSiteBytes, Section::kLocalBytes};

}  // namespace

Layer::Layer(std::unique_ptr<LayerFile> file) : file_(std::move(file)) {
  const LayerFile& f = *file_;
  string_bytes = f.section(Section::kStringBytes);
  string_ends = f.rows<std::uint32_t>(Section::kStringEnds);
  files = f.rows<FileRow>(Section::kFiles);
  file_strings = f.rows<std::uint32_t>(Section::kFileStrings);
  file_targets = f.rows<std::uint32_t>(Section::kFileTargets);
  symbol_name = f.rows<std::uint32_t>(Section::kSymbolName);
  symbol_parent = f.rows<std::uint32_t>(Section::kSymbolParent);
  symbol_attributes = f.rows<std::uint32_t>(Section::kSymbolAttributes);
  symbol_scope = f.rows<std::uint8_t>(Section::kSymbolScope);
  symbol_stable = f.rows<std::uint64_t>(Section::kSymbolStable);
  symbol_signature = f.rows<std::uint32_t>(Section::kSymbolSignature);
  symbol_detail = f.rows<std::uint32_t>(Section::kSymbolDetail);
  detail_bytes = f.section(Section::kDetailBytes);
  qualifiers = f.rows<QualifierRow>(Section::kQualifiers);
  symbol_sites = f.rows<std::uint32_t>(Section::kSymbolSites);
  out_offsets = f.rows<std::uint32_t>(Section::kOutOffsets);
  out_foreign = f.rows<std::uint32_t>(Section::kOutForeign);
  out_target = f.rows<std::uint32_t>(Section::kOutTarget);
  out_packed = f.rows<std::uint8_t>(Section::kOutPacked);
  out_count = f.rows<std::uint8_t>(Section::kOutCount);
  out_origin = f.rows<std::uint8_t>(Section::kOutOrigin);
  out_big_count = f.rows<BigCountRow>(Section::kOutBigCount);
  in_offsets = f.rows<std::uint32_t>(Section::kInOffsets);
  in_foreign = f.rows<std::uint32_t>(Section::kInForeign);
  in_source = f.rows<std::uint32_t>(Section::kInSource);
  in_packed = f.rows<std::uint8_t>(Section::kInPacked);
  contributions = f.rows<ContributionRow>(Section::kContributions);
  def_keys = f.rows<std::uint64_t>(Section::kDefKeys);
  def_symbols = f.rows<std::uint32_t>(Section::kDefSymbols);
  open_keys = f.rows<std::uint64_t>(Section::kOpenKeys);
  open_symbols = f.rows<std::uint32_t>(Section::kOpenSymbols);
  name_index = f.rows<std::uint32_t>(Section::kNameIndex);
  stable_index = f.rows<std::uint32_t>(Section::kStableIndex);
  memo_keys = f.rows<std::uint32_t>(Section::kMemoKeys);
  memo_file_offsets = f.rows<std::uint32_t>(Section::kMemoFileOffsets);
  memo_file_bytes = f.section(Section::kMemoFileBytes);
  file_memo_bytes = f.section(Section::kFileMemoBytes);
  unbound_names = f.rows<UnboundNameRow>(Section::kUnboundNames);
  removed_files = f.rows<std::uint32_t>(Section::kRemovedFiles);
  remap = f.rows<std::uint32_t>(Section::kRemap);
  const std::span<const MetaRow> meta = f.rows<MetaRow>(Section::kMeta);
  if (!meta.empty()) meta_ = meta[0];
}

Layer::~Layer() = default;

Result<std::shared_ptr<const Layer>> Layer::open(const std::string& path) {
  CAIRN_ASSIGN(std::unique_ptr<LayerFile> file, LayerFile::open(path, kLazy));
  std::shared_ptr<const Layer> layer(new Layer(std::move(file)));
  CAIRN_TRY(check_layer(*layer));
  return layer;
}

std::uint64_t Layer::root_hash() const { return file_->root_hash(); }
std::uint64_t Layer::file_bytes() const { return file_->file_bytes(); }
const std::string& Layer::path() const { return file_->path(); }
std::uint64_t Layer::section_bytes(Section id) const { return file_->section(id).size(); }

std::uint32_t Layer::lower_string(std::string_view wanted) const {
  std::uint32_t low = 0;
  auto high = static_cast<std::uint32_t>(string_ends.size());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (text(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint32_t Layer::file_of(std::uint32_t symbol_row) const {
  // The last file that begins at or before the row: files without symbols begin where the next
  // does.
  const auto it =
      std::upper_bound(files.begin(), files.end() - 1, symbol_row,
                       [](std::uint32_t row, const FileRow& f) { return row < f.first_symbol; });
  return static_cast<std::uint32_t>(it - files.begin()) - 1;
}

std::uint32_t Layer::file_by_path(std::string_view path) const {
  const auto it =
      std::lower_bound(files.begin(), files.end() - 1, path,
                       [&](const FileRow& f, std::string_view p) { return text(f.path) < p; });
  if (it == files.end() - 1 || text(it->path) != path) return kNoRow;
  return static_cast<std::uint32_t>(it - files.begin());
}

std::uint32_t Layer::qualifier(std::uint32_t symbol_row) const {
  if (!(symbol_scope[symbol_row] & scope_bit::kOutOfLine)) return 0;
  const auto it =
      std::lower_bound(qualifiers.begin(), qualifiers.end(), symbol_row,
                       [](const QualifierRow& q, std::uint32_t row) { return q.symbol < row; });
  return it != qualifiers.end() && it->symbol == symbol_row ? it->text : 0;
}

namespace {

Layer::EdgeRows edge_rows(std::uint32_t dense, std::uint32_t id_base, std::uint32_t symbols,
                          std::span<const std::uint32_t> offsets,
                          std::span<const std::uint32_t> foreign) {
  std::size_t row = dense - id_base;
  if (dense < id_base) {
    const auto it = std::lower_bound(foreign.begin(), foreign.end(), dense);
    if (it == foreign.end() || *it != dense) return {};
    row = symbols + static_cast<std::size_t>(it - foreign.begin());
  }
  return {offsets[row], offsets[row + 1]};
}

}  // namespace

Layer::EdgeRows Layer::out_rows(std::uint32_t dense) const {
  return edge_rows(dense, id_base(), symbol_count(), out_offsets, out_foreign);
}
Layer::EdgeRows Layer::in_rows(std::uint32_t dense) const {
  return edge_rows(dense, id_base(), symbol_count(), in_offsets, in_foreign);
}

std::span<const ContributionRow> Layer::shares(std::uint32_t src, std::uint32_t dst,
                                               EdgeKind kind) const {
  const auto key = std::tuple(src, dst, static_cast<std::uint8_t>(kind));
  const auto key_of = [](const ContributionRow& c) { return std::tuple(c.src, c.dst, c.kind); };
  const auto begin =
      std::partition_point(contributions.begin(), contributions.end(),
                           [&](const ContributionRow& c) { return key_of(c) < key; });
  const auto end = std::partition_point(begin, contributions.end(),
                                        [&](const ContributionRow& c) { return key_of(c) == key; });
  return {begin, end};
}

std::uint32_t Layer::edge_weight(std::uint32_t edge) const {
  if (out_count[edge] != 255) return out_count[edge];
  const auto it =
      std::lower_bound(out_big_count.begin(), out_big_count.end(), edge,
                       [](const BigCountRow& r, std::uint32_t e) { return r.edge < e; });
  return it != out_big_count.end() && it->edge == edge ? it->count : 255;
}

Result<std::string_view> Layer::site_bytes(std::uint32_t symbol_row) const {
  return file_->lazy_bytes(Section::kSiteBytes, symbol_sites[symbol_row],
                           symbol_sites[symbol_row + 1]);
}
Result<std::string_view> Layer::local_bytes(std::uint32_t file_row) const {
  return file_->lazy_bytes(Section::kLocalBytes, files[file_row].first_local_byte,
                           files[file_row + 1].first_local_byte);
}

Result<void> Layer::verify_all() const { return file_->verify_all(); }

}  // namespace cairn::graph
