// Sites and locals of Snapshot.
#include <algorithm>

#include "graph/layer.h"
#include "graph/site_decoder.h"
#include "graph/snapshot.h"
#include "graph/snapshot_rows.h"

namespace cairn::graph {

/// Targets in removed units become the symbols that replace them; those that are gone leave the
/// list.
void Snapshot::resolve_targets(SiteList& list) const {
  if (!overlay_) return;
  std::vector<SymbolId> targets;
  targets.reserve(list.targets.size());
  for (SiteView& site : list.sites) {
    const auto first = static_cast<std::uint32_t>(targets.size());
    for (const SymbolId stored : list.targets_of(site)) {
      const SymbolId now = resolve(stored);
      if (now.exists()) targets.push_back(now);
    }
    site.first_target = first;
    site.target_count = static_cast<std::uint32_t>(targets.size()) - first;
  }
  list.targets = std::move(targets);
}

Result<SiteList> Snapshot::sites(SymbolId owner) const {
  const Place place = locate(owner);
  const std::uint32_t file = place.layer->file_of(place.row);
  SiteList list;
  if (place.layer->symbol_sites[place.row] == place.layer->symbol_sites[place.row + 1]) return list;
  CAIRN_ASSIGN(const std::vector<RawLocal> locals, decode_locals(*place.layer, file));
  const RawNames names(*base_, overlay_.get());
  CAIRN_TRY(decode_sites(*place.layer, file, place.row, names, &locals, list));
  resolve_targets(list);
  return list;
}

Result<SiteList> Snapshot::sites_of_file(FileId id) const {
  const Place place = locate(id);
  const Layer& l = *place.layer;
  SiteList list;
  CAIRN_ASSIGN(const std::vector<RawLocal> locals, decode_locals(l, place.row));
  const RawNames names(*base_, overlay_.get());
  const std::uint32_t end = l.files[place.row + 1].first_symbol;
  for (std::uint32_t row = l.files[place.row].first_symbol; row < end; ++row)
    CAIRN_TRY(decode_sites(l, place.row, row, names, &locals, list));
  resolve_targets(list);
  std::stable_sort(list.sites.begin(), list.sites.end(),
                   [](const SiteView& a, const SiteView& b) { return a.begin < b.begin; });
  return list;
}

Result<SiteList> Snapshot::sites_between(SymbolId owner, SymbolId target) const {
  const Place place = locate(owner);
  const RawNames names(*base_, overlay_.get());
  SiteList all;
  CAIRN_TRY(
      decode_sites(*place.layer, place.layer->file_of(place.row), place.row, names, nullptr, all));
  resolve_targets(all);
  SiteList list;
  for (SiteView site : all.sites) {
    const std::span<const SymbolId> targets = all.targets_of(site);
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) continue;
    site.first_target = static_cast<std::uint32_t>(list.targets.size());
    list.targets.insert(list.targets.end(), targets.begin(), targets.end());
    list.sites.push_back(site);
  }
  return list;
}

Result<std::vector<LocalView>> Snapshot::locals(FileId id) const {
  const Place place = locate(id);
  CAIRN_ASSIGN(const std::vector<RawLocal> raw, decode_locals(*place.layer, place.row));
  std::vector<LocalView> out;
  out.reserve(raw.size());
  for (const RawLocal& local : raw) {
    LocalView view;
    view.name = place.layer->text(local.name);
    view.owner = dense(*place.layer, local.owner);
    view.kind = local.kind;
    view.position = local.position;
    view.begin = local.begin;
    const SymbolId type(local.type);
    if (type.exists()) view.type = resolve(type);
    out.push_back(view);
  }
  return out;
}

}  // namespace cairn::graph
