#include "indexer/link/snapshot_world.h"

#include <algorithm>

#include "indexer/link/policy.h"

namespace cairn::indexer {

using graph::FileId;
using graph::SymbolId;

namespace {

std::string_view basename_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_inheritance(graph::EdgeKind kind) {
  return kind == graph::EdgeKind::kInherits || kind == graph::EdgeKind::kImplements;
}

}  // namespace

SnapshotWorld::SnapshotWorld(std::shared_ptr<const graph::Snapshot> view,
                             std::vector<FileId> removed, std::vector<Unit> added,
                             std::shared_ptr<const ProjectModel> project, LoadFace load_face)
    : World(std::move(project)),
      view_(std::move(view)),
      added_(std::move(added)),
      load_face_(std::move(load_face)) {
  for (const FileId f : view_->files())
    file_limit_ = std::max<std::size_t>(file_limit_, f.value() + 1);
  removed_.assign(file_limit_, 0);
  for (const FileId f : removed) removed_[f.value()] = 1;
  loaded_ = std::vector<std::atomic<const Unit*>>(file_limit_);
  std::size_t next = 0;
  for (const FileId f : view_->files()) {
    while (next < added_.size() && added_[next].path <= view_->path(f))
      ids_.push_back(added_unit(next++));
    if (!is_removed(f)) ids_.push_back(UnitId(f.value()));
  }
  while (next < added_.size()) ids_.push_back(added_unit(next++));
  for (const Unit& u : added_) {
    for (graph::SymbolIdx i = 1; i < u.symbol_count(); ++i) {
      const std::string_view name = u.str(u.symbol(i).name);
      added_defs_.emplace(graph::def_key(u.keys[i].scope_key, name), u.id_of(i));
      added_scopes_.emplace(u.keys[i].scope_key, u.id_of(i));
      added_names_.emplace(name, u.id_of(i));
    }
  }
}

UnitId SnapshotWorld::unit_at(std::string_view path) const {
  const auto at = std::lower_bound(added_.begin(), added_.end(), path,
                                   [](const Unit& u, std::string_view p) { return u.path < p; });
  if (at != added_.end() && at->path == path)
    return added_unit(static_cast<std::size_t>(at - added_.begin()));
  const FileId f = view_->file_by_path(path);
  return f.exists() && !is_removed(f) ? UnitId(f.value()) : UnitId::none();
}

const Unit& SnapshotWorld::unit(UnitId id) const {
  if (id.value() >= file_limit_) return added_[id.value() - file_limit_];
  if (const Unit* known = loaded_[id.value()].load(std::memory_order_acquire)) return *known;
  return load(FileId(id.value()));
}

const Unit& SnapshotWorld::load(FileId f) const {
  const graph::FileInfo info = view_->file(f);
  auto fresh = std::make_unique<Unit>();
  fresh->path = info.path;
  fresh->language = info.language;
  fresh->first_symbol = info.first_symbol;
  if (info.symbol_count > 0) {
    fresh->face = load_face_(info);
    if (!fresh->face || fresh->face->symbols.size() != info.symbol_count) {
      // Readers need rows: stand-ins keep them in bounds, and the caller drops the result.
      failed_ = true;
      auto stand_in = std::make_shared<graph::Face>();
      stand_in->symbols.resize(info.symbol_count);
      stand_in->scopes.resize(1);
      fresh->face = std::move(stand_in);
    }
  }
  place_unit(*fresh, project());
  index_unit(*fresh);
  const std::lock_guard lock(mutex_);
  // Another thread may have been first.
  if (const Unit* known = loaded_[f.value()].load(std::memory_order_acquire)) return *known;
  owned_.push_back(std::move(fresh));
  loaded_[f.value()].store(owned_.back().get(), std::memory_order_release);
  return *owned_.back();
}

UnitId SnapshotWorld::unit_of(SymbolId s) const {
  if (s.value() < view_->id_limit()) return UnitId(view_->file_of(s).value());
  const auto after =
      std::upper_bound(added_.begin(), added_.end(), s,
                       [](SymbolId id, const Unit& u) { return id < u.first_symbol; });
  return added_unit(static_cast<std::size_t>(after - added_.begin()) - 1);
}

std::string_view SnapshotWorld::path_of(UnitId id) const {
  return id.value() < file_limit_ ? view_->path(FileId(id.value()))
                                  : std::string_view(added_[id.value() - file_limit_].path);
}

bool SnapshotWorld::live_base(SymbolId s) const {
  return view_->is_live(s) && !is_removed(view_->file_of(s));
}

bool SnapshotWorld::is_definition(SymbolId s) const {
  return live_base(s) && view_->kind(s) != graph::SymbolKind::kModule;
}

void SnapshotWorld::sort_by_place(std::vector<SymbolId>& ids, std::size_t from) const {
  std::sort(ids.begin() + static_cast<std::ptrdiff_t>(from), ids.end(),
            [this](SymbolId a, SymbolId b) {
              const UnitId ua = unit_of(a);
              const UnitId ub = unit_of(b);
              return ua != ub ? path_of(ua) < path_of(ub) : a < b;
            });
}

void SnapshotWorld::defs(std::uint64_t scope, std::string_view name,
                         std::vector<SymbolId>& out) const {
  const std::size_t from = out.size();
  for (const SymbolId s : view_->defs(scope, name))
    if (is_definition(s)) out.push_back(s);
  const std::size_t base_end = out.size();
  const auto [begin, end] = added_defs_.equal_range(graph::def_key(scope, name));
  for (auto at = begin; at != end; ++at) {
    const Unit& u = unit(unit_of(at->second));
    const graph::SymbolIdx row = at->second.value() - u.first_symbol.value();
    if (u.keys[row].scope_key == scope && u.str(u.symbol(row).name) == name)
      out.push_back(at->second);
  }
  if (out.size() != base_end) sort_by_place(out, from);
}

void SnapshotWorld::members(std::uint64_t scope, std::vector<SymbolId>& out) const {
  const std::size_t from = out.size();
  for (const SymbolId s : view_->members(scope))
    if (is_definition(s)) out.push_back(s);
  const auto [begin, end] = added_scopes_.equal_range(scope);
  for (auto at = begin; at != end; ++at) out.push_back(at->second);
  sort_by_place(out, from);
}

void SnapshotWorld::units_with_basename(std::string_view name, std::vector<UnitId>& out) const {
  std::call_once(basenames_once_, [this] {
    for (const FileId f : view_->files())
      if (!is_removed(f)) basenames_.emplace(basename_of(view_->path(f)), UnitId(f.value()));
    for (std::size_t i = 0; i < added_.size(); ++i)
      basenames_.emplace(basename_of(added_[i].path), added_unit(i));
  });
  const std::size_t from = out.size();
  const auto [begin, end] = basenames_.equal_range(name);
  for (auto at = begin; at != end; ++at) out.push_back(at->second);
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
            [this](UnitId a, UnitId b) { return path_of(a) < path_of(b); });
}

void SnapshotWorld::named(graph::Family family, std::string_view name, std::size_t limit,
                          std::vector<SymbolId>& out) const {
  const std::size_t from = out.size();
  for (const SymbolId s : view_->named(name)) {
    if (!is_definition(s)) continue;
    if (graph::family_of(view_->file(view_->file_of(s)).language) == family) out.push_back(s);
  }
  const auto [begin, end] = added_names_.equal_range(name);
  for (auto at = begin; at != end; ++at)
    if (graph::family_of(unit(unit_of(at->second)).language) == family) out.push_back(at->second);
  if (out.size() - from > limit) {
    // "Many": only the count matters.
    out.resize(from + limit + 1);
    return;
  }
  sort_by_place(out, from);
}

SymbolId SnapshotWorld::in_view(SymbolId s) const {
  if (s.value() < view_->id_limit()) return s;
  const Unit& u = unit(unit_of(s));
  const FileId f = view_->file_by_path(u.path);
  if (!f.exists()) return SymbolId::none();
  const graph::FileInfo info = view_->file(f);
  const std::uint64_t id = u.keys[s.value() - u.first_symbol.value()].stable_id;
  for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
    const SymbolId old(info.first_symbol.value() + i);
    if (view_->stable_id(old) == id) return old;
  }
  return SymbolId::none();
}

SymbolId SnapshotWorld::now(SymbolId old) const {
  if (live_base(old)) return old;
  const FileId f = view_->file_of(old);
  const UnitId u = unit_at(view_->path(f));
  if (!u.exists()) return SymbolId::none();
  const Unit& unit_now = unit(u);
  const std::uint64_t id = view_->stable_id(old);
  for (graph::SymbolIdx i = 0; i < unit_now.symbol_count(); ++i)
    if (unit_now.keys[i].stable_id == id) return unit_now.id_of(i);
  return SymbolId::none();
}

bool SnapshotWorld::has_live_owner(SymbolId src, SymbolId dst, graph::EdgeKind kind) const {
  std::vector<FileId> owners;
  view_->edge_owners(src, dst, kind, owners);
  return std::any_of(owners.begin(), owners.end(), [this](FileId f) { return !is_removed(f); });
}

void SnapshotWorld::collect_neighbours(SymbolId type, bool out_edges,
                                       std::vector<SymbolId>& out) const {
  const SymbolId old = in_view(type);
  if (!old.exists()) return;
  const graph::EdgeRange edges = out_edges ? view_->out_edges(old) : view_->in_edges(old);
  for (const graph::Edge& e : edges) {
    if (!is_inheritance(e.kind)) continue;
    // An edge lives with the unit that owns it.
    const SymbolId src = out_edges ? old : e.other;
    const SymbolId dst = out_edges ? e.other : old;
    if (!has_live_owner(src, dst, e.kind)) continue;
    const SymbolId other = now(e.other);
    if (other.exists()) out.push_back(other);
  }
}

void SnapshotWorld::set_inheritance(std::vector<Inheritance> pairs) {
  by_subtype_ = std::move(pairs);
  std::sort(by_subtype_.begin(), by_subtype_.end());
  by_subtype_.erase(std::unique(by_subtype_.begin(), by_subtype_.end()), by_subtype_.end());
  by_supertype_ = by_subtype_;
  std::sort(by_supertype_.begin(), by_supertype_.end(),
            [](const Inheritance& a, const Inheritance& b) {
              return a.supertype != b.supertype ? a.supertype < b.supertype : a.subtype < b.subtype;
            });
}

void SnapshotWorld::subtypes(SymbolId type, std::vector<SymbolId>& out) const {
  const std::size_t from = out.size();
  collect_neighbours(type, false, out);
  auto at = std::lower_bound(by_supertype_.begin(), by_supertype_.end(), type,
                             [](const Inheritance& i, SymbolId t) { return i.supertype < t; });
  for (; at != by_supertype_.end() && at->supertype == type; ++at) out.push_back(at->subtype);
  sort_by_place(out, from);
  out.erase(std::unique(out.begin() + static_cast<std::ptrdiff_t>(from), out.end()), out.end());
}

void SnapshotWorld::known_supertypes(SymbolId type, std::vector<SymbolId>& out) const {
  const std::size_t from = out.size();
  collect_neighbours(type, true, out);
  auto at = std::lower_bound(by_subtype_.begin(), by_subtype_.end(), type,
                             [](const Inheritance& i, SymbolId t) { return i.subtype < t; });
  for (; at != by_subtype_.end() && at->subtype == type; ++at) out.push_back(at->supertype);
  sort_by_place(out, from);
  out.erase(std::unique(out.begin() + static_cast<std::ptrdiff_t>(from), out.end()), out.end());
}

}  // namespace cairn::indexer
