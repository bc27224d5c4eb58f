#pragma once
// Layer: one opened, verified and bounds-checked layer file as typed columns. Every row index in
// the eager sections was checked when it was opened, so readers index without looking; streams are
// decoded with bounds. Immutable; safe for concurrent readers; spans live as long as the Layer.
// Rows are the layer's own (from 0); dense ids are id_base() + row and file_base() + row.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/edges.h"
#include "graph/format.h"

namespace cairn::graph {

class LayerFile;

class Layer {
 public:
  /// Errors: kNotFound, kIo, kVersion (another format), kCorrupt.
  static Result<std::shared_ptr<const Layer>> open(const std::string& path);
  ~Layer();

  bool is_overlay() const { return meta_.id_base != 0 || meta_.base_hash != 0; }
  const MetaRow& meta() const { return meta_; }
  std::uint32_t id_base() const { return meta_.id_base; }
  std::uint32_t file_base() const { return meta_.file_base; }
  std::uint32_t file_count() const { return static_cast<std::uint32_t>(files.size()) - 1; }
  std::uint32_t symbol_count() const { return static_cast<std::uint32_t>(symbol_name.size()); }
  std::uint64_t edge_count() const { return out_target.size(); }
  std::uint64_t root_hash() const;
  std::uint64_t file_bytes() const;
  const std::string& path() const;
  std::uint64_t section_bytes(Section id) const;

  std::string_view text(std::uint32_t row) const {
    const std::uint32_t begin = row == 0 ? 0 : string_ends[row - 1];
    return string_bytes.substr(begin, string_ends[row] - begin);
  }
  /// First row whose text is not below `text`; the pool is sorted.
  std::uint32_t lower_string(std::string_view text) const;
  std::uint32_t file_of(std::uint32_t symbol_row) const;  // O(log files)
  /// Row of the file, or kNoRow.
  std::uint32_t file_by_path(std::string_view path) const;
  SymbolKind kind(std::uint32_t symbol_row) const {
    return static_cast<SymbolKind>(symbol_attributes[symbol_row] & 0xff);
  }
  std::string_view name(std::uint32_t symbol_row) const { return text(symbol_name[symbol_row]); }
  std::string_view detail(std::uint32_t symbol_row) const {
    const std::uint32_t begin = symbol_detail[symbol_row];
    return detail_bytes.substr(begin, symbol_detail[symbol_row + 1] - begin);
  }
  std::uint32_t qualifier(std::uint32_t symbol_row) const;  // string row, 0 = none

  /// Half-open rows of edge columns.
  struct EdgeRows {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// Of any dense id: one of this layer, or one of the base that this overlay adds edges to.
  EdgeRows out_rows(std::uint32_t dense) const;
  EdgeRows in_rows(std::uint32_t dense) const;
  EdgeRange out_range(EdgeRows r) const {
    return {out_target.data() + r.begin, out_packed.data() + r.begin, r.end - r.begin};
  }
  EdgeRange in_range(EdgeRows r) const {
    return {in_source.data() + r.begin, in_packed.data() + r.begin, r.end - r.begin};
  }
  std::uint32_t edge_weight(std::uint32_t edge) const;
  /// The shares of an edge that a unit other than its source's file has a part in, all owners of
  /// it; empty when the edge belongs wholly to its source's file.
  std::span<const ContributionRow> shares(std::uint32_t src, std::uint32_t dst,
                                          EdgeKind kind) const;

  /// Verified bytes of the lazy streams; errors: kCorrupt.
  Result<std::string_view> site_bytes(std::uint32_t symbol_row) const;
  Result<std::string_view> local_bytes(std::uint32_t file_row) const;
  std::span<const std::uint32_t> file_string_rows(std::uint32_t file_row) const {
    return slice(file_strings, files[file_row].first_string, files[file_row + 1].first_string);
  }
  std::span<const std::uint32_t> file_target_ids(std::uint32_t file_row) const {
    return slice(file_targets, files[file_row].first_target, files[file_row + 1].first_target);
  }
  std::string_view file_memo(std::uint32_t file_row) const {
    const std::uint32_t begin = files[file_row].first_memo_byte;
    return file_memo_bytes.substr(begin, files[file_row + 1].first_memo_byte - begin);
  }

  /// Checks the checksums of the lazy sections too. For `cairn verify`.
  Result<void> verify_all() const;

  std::string_view string_bytes;
  std::span<const std::uint32_t> string_ends;
  std::span<const FileRow> files;  // one more than files
  std::span<const std::uint32_t> file_strings;
  std::span<const std::uint32_t> file_targets;
  std::span<const std::uint32_t> symbol_name;
  std::span<const std::uint32_t> symbol_parent;
  std::span<const std::uint32_t> symbol_attributes;
  std::span<const std::uint8_t> symbol_scope;
  std::span<const std::uint64_t> symbol_stable;
  std::span<const std::uint32_t> symbol_signature;
  std::span<const std::uint32_t> symbol_detail;
  std::string_view detail_bytes;
  std::span<const QualifierRow> qualifiers;
  std::span<const std::uint32_t> symbol_sites;
  std::span<const std::uint32_t> out_offsets;
  std::span<const std::uint32_t> out_foreign;
  std::span<const std::uint32_t> out_target;
  std::span<const std::uint8_t> out_packed;
  std::span<const std::uint8_t> out_count;
  std::span<const std::uint8_t> out_origin;
  std::span<const BigCountRow> out_big_count;
  std::span<const std::uint32_t> in_offsets;
  std::span<const std::uint32_t> in_foreign;
  std::span<const std::uint32_t> in_source;
  std::span<const std::uint8_t> in_packed;
  std::span<const ContributionRow> contributions;
  std::span<const std::uint64_t> def_keys;
  std::span<const std::uint32_t> def_symbols;
  std::span<const std::uint64_t> open_keys;
  std::span<const std::uint32_t> open_symbols;
  std::span<const std::uint32_t> name_index;
  std::span<const std::uint32_t> stable_index;
  std::span<const std::uint32_t> memo_keys;
  std::span<const std::uint32_t> memo_file_offsets;
  std::string_view memo_file_bytes;
  std::string_view file_memo_bytes;
  std::span<const UnboundNameRow> unbound_names;
  std::span<const std::uint32_t> removed_files;
  std::span<const std::uint32_t> remap;

 private:
  explicit Layer(std::unique_ptr<LayerFile> file);
  static std::span<const std::uint32_t> slice(std::span<const std::uint32_t> all,
                                              std::uint32_t begin, std::uint32_t end) {
    return all.subspan(begin, end - begin);
  }

  std::unique_ptr<LayerFile> file_;
  MetaRow meta_;
};

}  // namespace cairn::graph
