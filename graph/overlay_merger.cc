#include "graph/overlay_merger.h"

#include <algorithm>

#include "graph/snapshot_rows.h"

namespace cairn::graph {

std::size_t PatchedSide::row_of(std::uint32_t dense) const {
  return static_cast<std::size_t>(std::lower_bound(ids.begin(), ids.end(), dense) - ids.begin());
}

Result<void> Snapshot::OverlayMerger::check(const Layer& base, const Layer& overlay) {
  std::uint64_t removed = 0;
  bool fits = overlay.meta().base_hash == base.root_hash() &&
              overlay.id_base() == base.symbol_count() && overlay.file_base() == base.file_count();
  for (std::size_t i = 0; fits && i < overlay.removed_files.size(); ++i) {
    const std::uint32_t file = overlay.removed_files[i];
    fits = file < base.file_count();
    if (fits) removed += base.files[file + 1].first_symbol - base.files[file].first_symbol;
  }
  if (fits && removed == overlay.remap.size()) return {};
  return Error(ErrorCode::kCorrupt, overlay.path() + " is not an overlay of " + base.path());
}

void Snapshot::OverlayMerger::mark_removed() {
  s_.removed_.assign(s_.id_base_ / 64 + 1, 0);
  s_.rows_ = std::make_unique<Rows>();
  std::uint32_t at = 0;
  for (const std::uint32_t file : overlay_.removed_files) {
    s_.rows_->remap_begin.push_back(at);
    for (std::uint32_t i = base_.files[file].first_symbol; i < base_.files[file + 1].first_symbol;
         ++i) {
      s_.removed_[i / 64] |= std::uint64_t{1} << (i % 64);
      ++at;
    }
  }
}

SymbolId Snapshot::resolve(SymbolId stored) const {
  if (!is_removed(stored)) return stored;
  const std::uint32_t file = base_->file_of(stored.value());
  const auto& removed = overlay_->removed_files;
  const auto it = std::lower_bound(removed.begin(), removed.end(), file);
  const std::uint32_t begin = rows_->remap_begin[static_cast<std::size_t>(it - removed.begin())];
  return SymbolId(overlay_->remap[begin + stored.value() - base_->files[file].first_symbol]);
}

bool Snapshot::OverlayMerger::owner_alive(std::uint32_t file) const {
  return s_.path_rank_[file] != kNoRow;
}

std::uint32_t Snapshot::OverlayMerger::resolved(std::uint32_t dense) const {
  return s_.resolve(SymbolId(dense)).value();
}

void Snapshot::OverlayMerger::find_preimages() {
  std::vector<std::uint32_t>& preimage = s_.rows_->preimage;
  preimage.assign(overlay_.symbol_count(), kNoRow);
  std::size_t at = 0;
  for (const std::uint32_t file : overlay_.removed_files) {
    for (std::uint32_t i = base_.files[file].first_symbol; i < base_.files[file + 1].first_symbol;
         ++i) {
      const std::uint32_t now = overlay_.remap[at++];
      if (now != kNoRow) preimage[now - s_.id_base_] = i;
    }
  }
}

void Snapshot::OverlayMerger::add_live(Ids& ids, std::uint32_t stored) const {
  const std::uint32_t now = resolved(stored);
  if (now != kNoRow) ids.push_back(now);
}

namespace {

void sort_unique(std::vector<std::uint32_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

/// Sources whose out row is not simply their layer's.
Snapshot::OverlayMerger::Ids Snapshot::OverlayMerger::touched_out() const {
  Ids ids;
  for (const std::uint32_t file : overlay_.removed_files) {
    for (std::uint32_t i = base_.files[file].first_symbol; i < base_.files[file + 1].first_symbol;
         ++i) {
      for (const Edge e : base_.in_range(base_.in_rows(i))) {
        if (!removed(e.other.value())) ids.push_back(e.other.value());
      }
    }
  }
  for (const std::uint32_t src : overlay_.out_foreign) add_live(ids, src);
  // A share may outlive the file of its source, or go although that file stays.
  for (const ContributionRow& c : base_.contributions) {
    if (removed(c.src) || !owner_alive(c.owner)) add_live(ids, c.src);
  }
  sort_unique(ids);
  return ids;
}

Snapshot::OverlayMerger::Ids Snapshot::OverlayMerger::touched_in() const {
  Ids ids;
  for (const std::uint32_t file : overlay_.removed_files) {
    for (std::uint32_t i = base_.files[file].first_symbol; i < base_.files[file + 1].first_symbol;
         ++i) {
      for (const Edge e : base_.out_range(base_.out_rows(i))) {
        if (!removed(e.other.value())) ids.push_back(e.other.value());
      }
      const Layer::EdgeRows in = base_.in_rows(i);
      if (in.begin != in.end) add_live(ids, i);
    }
  }
  for (const std::uint32_t dst : overlay_.in_foreign) add_live(ids, dst);
  for (const ContributionRow& c : base_.contributions) {
    if (removed(c.src) || !owner_alive(c.owner)) add_live(ids, c.dst);
  }
  sort_unique(ids);
  return ids;
}

void Snapshot::OverlayMerger::find_shared() {
  shared_.assign(s_.id_base_, false);
  for (const ContributionRow& c : base_.contributions) shared_[c.src] = true;
}

std::vector<EdgeRow> Snapshot::OverlayMerger::joined(Parts parts) {
  if (parts.other.empty()) return std::move(parts.kept);
  merge_edges(parts.other);
  std::vector<EdgeRow> out;
  out.reserve(parts.kept.size() + parts.other.size());
  auto other = parts.other.begin();
  for (const EdgeRow& edge : parts.kept) {
    while (other != parts.other.end() && edge_before(*other, edge)) out.push_back(*other++);
    out.push_back(edge);
    if (other != parts.other.end() && same_edge(edge, *other)) merge_share(out.back(), *other++);
  }
  out.insert(out.end(), other, parts.other.end());
  return out;
}

/// Adds what remains of a base edge: `out` says which end the row belongs to.
void Snapshot::OverlayMerger::add_base_edge(std::uint32_t src, std::uint32_t dst,
                                            const EdgeRow& edge, bool out, Parts& row) const {
  EdgeRow kept = edge;
  if (!removed(src) && !removed(dst) && !shared_[src]) {
    kept.src = out ? src : dst;
    kept.dst = out ? dst : src;
    row.kept.push_back(kept);
    return;
  }
  const std::uint32_t now_src = resolved(src);
  const std::uint32_t now_dst = resolved(dst);
  if (now_src == kNoRow || now_dst == kNoRow) return;
  kept.src = out ? now_src : now_dst;
  kept.dst = out ? now_dst : now_src;
  const auto parts = base_.shares(src, dst, edge.kind);
  if (parts.empty()) {
    if (!removed(src)) row.other.push_back(kept);
    return;
  }
  for (const ContributionRow& part : parts) {
    if (!owner_alive(part.owner)) continue;
    kept.count = part.count;
    kept.tier = static_cast<Tier>(part.tier);
    kept.origin = static_cast<Origin>(part.origin);
    row.other.push_back(kept);
  }
}

/// EdgeRow::src is the row's symbol and EdgeRow::dst the other end, for in rows too.
std::vector<EdgeRow> Snapshot::OverlayMerger::merged_out(std::uint32_t dense) const {
  Parts row;
  const auto add_rows = [&](const Layer& layer, std::uint32_t src, bool from_base) {
    const Layer::EdgeRows range = layer.out_rows(src);
    for (std::uint32_t e = range.begin; e < range.end; ++e) {
      const EdgeRow edge{dense,
                         layer.out_target[e],
                         layer.edge_weight(e),
                         packed_kind(layer.out_packed[e]),
                         packed_tier(layer.out_packed[e]),
                         static_cast<Origin>(layer.out_origin[e])};
      if (from_base) {
        add_base_edge(src, edge.dst, edge, true, row);
      } else {
        row.other.push_back(edge);
      }
    }
  };
  const std::uint32_t before = s_.preimage(SymbolId(dense)).value();
  if (before != kNoRow) add_rows(base_, before, true);
  add_rows(overlay_, dense, false);
  return joined(std::move(row));
}

std::vector<EdgeRow> Snapshot::OverlayMerger::merged_in(std::uint32_t dense) const {
  Parts row;
  const auto add_rows = [&](const Layer& layer, std::uint32_t dst, bool from_base) {
    for (const Edge e : layer.in_range(layer.in_rows(dst))) {
      const EdgeRow edge{dense, e.other.value(), 1, e.kind, e.tier, Origin::kNone};
      if (from_base) {
        add_base_edge(e.other.value(), dst, edge, false, row);
      } else {
        row.other.push_back(edge);
      }
    }
  };
  const std::uint32_t before = s_.preimage(SymbolId(dense)).value();
  if (before != kNoRow) add_rows(base_, before, true);
  add_rows(overlay_, dense, false);
  return joined(std::move(row));
}

namespace {

void mark(PatchedSide& side, std::vector<std::uint32_t> ids, std::uint32_t id_limit) {
  side.patched.assign(id_limit / 64 + 1, 0);
  for (const std::uint32_t id : ids) side.patched[id / 64] |= std::uint64_t{1} << (id % 64);
  side.ids = std::move(ids);
}

void append(PatchedSide& side, const std::vector<EdgeRow>& row) {
  side.begin.push_back(static_cast<std::uint32_t>(side.other.size()));
  for (const EdgeRow& e : row) {
    side.other.push_back(e.dst);
    side.packed.push_back(pack_edge(e.kind, e.tier));
  }
}

}  // namespace

void Snapshot::OverlayMerger::merge_rows() {
  find_preimages();
  find_shared();
  Rows& rows = *s_.rows_;
  mark(rows.out, touched_out(), s_.id_limit_);
  mark(rows.in, touched_in(), s_.id_limit_);
  for (const std::uint32_t id : rows.out.ids) {
    const std::vector<EdgeRow> row = merged_out(id);
    append(rows.out, row);
    for (const EdgeRow& e : row) rows.out_weight.push_back({e.count, e.origin});
  }
  for (const std::uint32_t id : rows.in.ids) append(rows.in, merged_in(id));
  rows.out.begin.push_back(static_cast<std::uint32_t>(rows.out.other.size()));
  rows.in.begin.push_back(static_cast<std::uint32_t>(rows.in.other.size()));
  count_edges();
}

/// The base's counts, less its rows that are gone or patched, plus the rows that stand for them.
void Snapshot::OverlayMerger::count_edges() {
  Rows& rows = *s_.rows_;
  TierCounts& counts = rows.edges_by_tier;
  std::copy_n(base_.meta().edges_by_tier, kTierCount, counts.begin());
  const auto subtract = [&](std::uint32_t id) {
    for (const Edge e : base_.out_range(base_.out_rows(id)))
      --counts[static_cast<std::size_t>(e.tier)];
  };
  for (const std::uint32_t file : overlay_.removed_files) {
    for (std::uint32_t i = base_.files[file].first_symbol; i < base_.files[file + 1].first_symbol;
         ++i)
      subtract(i);
  }
  for (const std::uint32_t id : rows.out.ids) {
    if (id < s_.id_base_) subtract(id);
  }
  for (const std::uint8_t packed : rows.out.packed)
    ++counts[static_cast<std::size_t>(packed_tier(packed))];
  for (std::uint32_t id = s_.id_base_; id < s_.id_limit_; ++id) {
    if (rows.out.has(id)) continue;
    for (const Edge e : overlay_.out_range(overlay_.out_rows(id)))
      ++counts[static_cast<std::size_t>(e.tier)];
  }
}

}  // namespace cairn::graph
