// Opening, files and the plain accessors of Snapshot.
#include "graph/snapshot.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "graph/detail_codec.h"
#include "graph/layer.h"
#include "graph/overlay_merger.h"
#include "graph/snapshot_rows.h"

namespace cairn::graph {

Snapshot::Snapshot() = default;
Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::open(const std::string& base_path,
                                                       const std::string& overlay_path) {
  CAIRN_ASSIGN(std::shared_ptr<const Layer> base, Layer::open(base_path));
  std::shared_ptr<const Layer> overlay;
  if (!overlay_path.empty()) {
    CAIRN_ASSIGN(overlay, Layer::open(overlay_path));
  }
  return make(std::move(base), std::move(overlay));
}

Result<std::shared_ptr<const Snapshot>> Snapshot::make(std::shared_ptr<const Layer> base,
                                                       std::shared_ptr<const Layer> overlay) {
  if (base->is_overlay()) {
    return Error(ErrorCode::kInvalidArgument,
                 base->path() + " is an overlay; open it together with its base");
  }
  std::shared_ptr<Snapshot> s(new Snapshot());
  s->id_base_ = base->symbol_count();
  s->file_base_ = base->file_count();
  s->id_limit_ = s->id_base_ + (overlay ? overlay->symbol_count() : 0);
  s->base_ = std::move(base);
  s->overlay_ = std::move(overlay);
  if (s->overlay_) {
    CAIRN_TRY(OverlayMerger::check(*s->base_, *s->overlay_));
    OverlayMerger(*s).mark_removed();
  }
  s->list_files();
  if (s->overlay_) OverlayMerger(*s).merge_rows();
  s->count_totals();
  return std::shared_ptr<const Snapshot>(std::move(s));
}

Snapshot::Place Snapshot::locate(SymbolId s) const {
  if (s.value() < id_base_) return {base_.get(), s.value()};
  return {overlay_.get(), s.value() - id_base_};
}
Snapshot::Place Snapshot::locate(FileId f) const {
  if (f.value() < file_base_) return {base_.get(), f.value()};
  return {overlay_.get(), f.value() - file_base_};
}
SymbolId Snapshot::dense(const Layer& layer, std::uint32_t row) const {
  return SymbolId(layer.id_base() + row);
}

bool Snapshot::is_removed(SymbolId s) const {
  const std::uint32_t id = s.value();
  return id < id_base_ && !removed_.empty() && (removed_[id / 64] >> (id % 64) & 1) != 0;
}
bool Snapshot::is_live(SymbolId s) const { return s.value() < id_limit_ && !is_removed(s); }

std::string_view Snapshot::repo() const {
  const Layer& l = overlay_ ? *overlay_ : *base_;
  return l.text(l.meta().repo);
}
std::string_view Snapshot::commit() const {
  const Layer& l = overlay_ ? *overlay_ : *base_;
  return l.text(l.meta().commit);
}
std::string_view Snapshot::config_hash() const {
  const Layer& l = overlay_ ? *overlay_ : *base_;
  return l.text(l.meta().config_hash);
}
std::uint64_t Snapshot::content_hash() const {
  return overlay_ ? hash_mix(base_->root_hash(), overlay_->root_hash()) : base_->root_hash();
}

void Snapshot::list_files() {
  const std::uint32_t base_files = file_base_;
  const std::uint32_t all = base_files + (overlay_ ? overlay_->file_count() : 0);
  if (!overlay_) {
    files_.reserve(all);
    for (std::uint32_t i = 0; i < all; ++i) files_.push_back(FileId(i));
    return;
  }
  std::vector<FileId> kept, added;
  const auto& removed = overlay_->removed_files;
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < base_files; ++i) {
    if (next < removed.size() && removed[next] == i) {
      ++next;
    } else {
      kept.push_back(FileId(i));
    }
  }
  for (std::uint32_t i = base_files; i < all; ++i) added.push_back(FileId(i));
  files_.resize(kept.size() + added.size());
  std::merge(kept.begin(), kept.end(), added.begin(), added.end(), files_.begin(),
             [&](FileId a, FileId b) { return path(a) < path(b); });
  path_rank_.assign(all, kNoRow);
  for (std::uint32_t i = 0; i < files_.size(); ++i) path_rank_[files_[i].value()] = i;
}

void Snapshot::count_totals() {
  std::vector<LanguageTotals> by_language(256);
  totals_ = {};
  for (const FileId id : files_) {
    const Place place = locate(id);
    const FileRow& f = place.layer->files[place.row];
    const std::uint32_t symbols = place.layer->files[place.row + 1].first_symbol - f.first_symbol;
    LanguageTotals& language = by_language[f.language];
    ++language.files;
    language.lines += f.lines;
    language.symbols += symbols;
    totals_.bytes += f.bytes;
    for (std::size_t t = 0; t < kTierCount; ++t) language.sites[t] += f.sites[t];
  }
  for (std::size_t i = 0; i < by_language.size(); ++i) {
    LanguageTotals& language = by_language[i];
    if (language.files == 0) continue;
    language.language = static_cast<Language>(i);
    totals_.files += language.files;
    totals_.lines += language.lines;
    totals_.symbols += language.symbols;
    for (std::size_t t = 0; t < kTierCount; ++t) totals_.sites[t] += language.sites[t];
    totals_.languages.push_back(language);
  }
  live_symbols_ = static_cast<std::uint32_t>(totals_.symbols);
  if (rows_) {
    totals_.edges_by_tier = rows_->edges_by_tier;
  } else {
    std::copy_n(base_->meta().edges_by_tier, kTierCount, totals_.edges_by_tier.begin());
  }
  totals_.edges =
      std::accumulate(totals_.edges_by_tier.begin(), totals_.edges_by_tier.end(), std::uint64_t{0});
}

FileId Snapshot::file_by_path(std::string_view wanted) const {
  if (overlay_) {
    const std::uint32_t row = overlay_->file_by_path(wanted);
    if (row != kNoRow) return FileId(file_base_ + row);
  }
  const std::uint32_t row = base_->file_by_path(wanted);
  if (row == kNoRow || (overlay_ && path_rank_[row] == kNoRow)) return FileId::none();
  return FileId(row);
}

std::string_view Snapshot::path(FileId id) const {
  const Place place = locate(id);
  return place.layer->text(place.layer->files[place.row].path);
}

std::span<const FileId> Snapshot::files_under(std::string_view prefix) const {
  const auto begin = std::lower_bound(files_.begin(), files_.end(), prefix,
                                      [&](FileId f, std::string_view p) { return path(f) < p; });
  const auto end = std::partition_point(begin, files_.end(),
                                        [&](FileId f) { return path(f).starts_with(prefix); });
  return {begin, end};
}

FileInfo Snapshot::file(FileId id) const {
  const Place place = locate(id);
  const Layer& l = *place.layer;
  const FileRow& row = l.files[place.row];
  FileInfo info;
  info.id = id;
  info.path = l.text(row.path);
  info.language = static_cast<Language>(row.language);
  info.parse = static_cast<ParseStatus>(row.parse);
  info.flags = row.flags;
  info.lines = row.lines;
  info.bytes = row.bytes;
  std::memcpy(info.content.bytes.data(), row.content, sizeof row.content);
  info.skip_reason = l.text(row.skip_reason);
  info.manager = l.text(row.manager);
  info.package = l.text(row.package);
  info.module_path = l.text(row.module_path);
  info.package_path = l.text(row.package_path);
  info.qualified_prefix = l.text(row.qualified_prefix);
  info.file_scope = row.file_scope;
  info.symbol_count = l.files[place.row + 1].first_symbol - row.first_symbol;
  if (info.symbol_count != 0) info.first_symbol = dense(l, row.first_symbol);
  return info;
}

FileId Snapshot::file_of(SymbolId s) const {
  const Place place = locate(s);
  return FileId(place.layer->file_base() + place.layer->file_of(place.row));
}
std::string_view Snapshot::name(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->name(place.row);
}
SymbolKind Snapshot::kind(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->kind(place.row);
}
Visibility Snapshot::visibility(SymbolId s) const {
  const Place place = locate(s);
  return static_cast<Visibility>(place.layer->symbol_scope[place.row] & scope_bit::kVisibilityMask);
}
std::uint32_t Snapshot::flags(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->symbol_attributes[place.row] >> 8;
}
std::uint64_t Snapshot::stable_id(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->symbol_stable[place.row];
}
std::string_view Snapshot::signature(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->text(place.layer->symbol_signature[place.row]);
}
std::string_view Snapshot::qualifier(SymbolId s) const {
  const Place place = locate(s);
  return place.layer->text(place.layer->qualifier(place.row));
}

SymbolDetails Snapshot::details(SymbolId s) const {
  const Place place = locate(s);
  SymbolDetails out;
  // Decodes: check_layer() decoded every detail when the layer was opened.
  decode_detail(place.layer->detail(place.row), place.layer->name(place.row).size(), out);
  return out;
}

EdgeRange Snapshot::out_edges(SymbolId s) const {
  if (rows_ && rows_->out.has(s.value())) return rows_->out.range(s.value());
  const Layer& l = *locate(s).layer;
  return l.out_range(l.out_rows(s.value()));
}
EdgeRange Snapshot::in_edges(SymbolId s) const {
  if (rows_ && rows_->in.has(s.value())) return rows_->in.range(s.value());
  const Layer& l = *locate(s).layer;
  return l.in_range(l.in_rows(s.value()));
}

EdgeWeight Snapshot::out_weight(SymbolId src, std::size_t index) const {
  if (rows_ && rows_->out.has(src.value()))
    return rows_->out_weight[rows_->out.begin[rows_->out.row_of(src.value())] + index];
  const Layer& l = *locate(src).layer;
  const std::uint32_t edge = l.out_rows(src.value()).begin + static_cast<std::uint32_t>(index);
  return {l.edge_weight(edge), static_cast<Origin>(l.out_origin[edge])};
}

std::optional<std::size_t> Snapshot::find_out(SymbolId src, SymbolId dst, EdgeKind kind) const {
  const EdgeRange range = out_edges(src);
  const auto it = std::lower_bound(
      range.begin(), range.end(), Edge{dst, kind, Tier::kExact}, [](const Edge& a, const Edge& b) {
        return a.other != b.other ? a.other < b.other : a.kind < b.kind;
      });
  if (it == range.end() || (*it).other != dst || (*it).kind != kind) return std::nullopt;
  return static_cast<std::size_t>(it - range.begin());
}

SymbolId Snapshot::preimage(SymbolId s) const {
  return s.value() < id_base_ ? s : SymbolId(rows_->preimage[s.value() - id_base_]);
}

void Snapshot::edge_owners(SymbolId src, SymbolId dst, EdgeKind kind,
                           std::vector<FileId>& out) const {
  const auto add = [&](const Layer& layer, SymbolId from, SymbolId to) {
    if (!from.exists() || !to.exists()) return;
    const EdgeRange row = layer.out_range(layer.out_rows(from.value()));
    if (std::none_of(row.begin(), row.end(),
                     [&](const Edge& e) { return e.other == to && e.kind == kind; }))
      return;
    const auto shares = layer.shares(from.value(), to.value(), kind);
    const auto add_file = [&](std::uint32_t file) {
      if (path_rank_.empty() || path_rank_[file] != kNoRow) out.push_back(FileId(file));
    };
    for (const ContributionRow& share : shares) add_file(share.owner);
    if (shares.empty()) {
      const Place place = locate(from);
      add_file(place.layer->file_base() + place.layer->file_of(place.row));
    }
  };
  add(*base_, preimage(src), preimage(dst));
  if (overlay_) add(*overlay_, src, dst);
}

}  // namespace cairn::graph
