#include <algorithm>

#include "base/hash.h"
#include "indexer/link/world.h"

namespace cairn::indexer {

using graph::SymbolId;

namespace {

std::string_view basename_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::uint64_t named_key(graph::Family family, std::string_view name) {
  return hash_mix(static_cast<std::uint64_t>(family), hash64(name));
}

}  // namespace

void FullWorld::Index::build() {
  std::sort(rows.begin(), rows.end());
  unsigned bits = 4;
  while (bits < 22 && (std::size_t{1} << bits) < rows.size()) ++bits;
  shift = 64 - bits;
  starts.assign((std::size_t{1} << bits) + 1, 0);
  for (const Row& r : rows) ++starts[(r.key >> shift) + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
}

std::span<const FullWorld::Row> FullWorld::Index::range(std::uint64_t low,
                                                        std::uint64_t high) const {
  const auto first = rows.begin() + starts[low >> shift];
  const auto last = rows.begin() + starts[(high >> shift) + 1];
  const auto begin =
      std::lower_bound(first, last, low, [](const Row& r, std::uint64_t k) { return r.key < k; });
  const auto end =
      std::upper_bound(begin, last, high, [](std::uint64_t k, const Row& r) { return k < r.key; });
  return {begin, end};
}

FullWorld::FullWorld(std::vector<Unit> units, std::shared_ptr<const ProjectModel> project)
    : World(std::move(project)), units_(std::move(units)) {
  for (std::uint32_t u = 0; u < units_.size(); ++u) {
    const Unit& unit = units_[u];
    ids_.push_back(UnitId(u));
    symbol_count_ += unit.symbol_count();
    basenames_.rows.push_back({hash64(basename_of(unit.path)), u});
  }
  unit_of_symbol_.reserve(symbol_count_);
  defs_.rows.reserve(symbol_count_);
  named_.rows.reserve(symbol_count_);
  for (std::uint32_t u = 0; u < units_.size(); ++u) {
    const Unit& unit = units_[u];
    const graph::Family family = graph::family_of(unit.language);
    for (graph::SymbolIdx i = 0; i < unit.symbol_count(); ++i) {
      unit_of_symbol_.push_back(u);
      const std::string_view name = unit.str(unit.symbol(i).name);
      const std::uint32_t id = unit.id_of(i).value();
      if (i > 0) defs_.rows.push_back({graph::def_key(unit.keys[i].scope_key, name), id});
      if (i > 0) named_.rows.push_back({named_key(family, name), id});
    }
  }
  defs_.build();
  named_.build();
  basenames_.build();
}

UnitId FullWorld::unit_at(std::string_view path) const {
  const auto at = std::lower_bound(units_.begin(), units_.end(), path,
                                   [](const Unit& u, std::string_view p) { return u.path < p; });
  if (at == units_.end() || at->path != path) return UnitId::none();
  return UnitId(static_cast<std::uint32_t>(at - units_.begin()));
}

UnitId FullWorld::unit_of(SymbolId s) const { return UnitId(unit_of_symbol_[s.value()]); }

void FullWorld::defs(std::uint64_t scope, std::string_view name, std::vector<SymbolId>& out) const {
  const std::uint64_t key = graph::def_key(scope, name);
  for (const Row& r : defs_.range(key, key)) {
    // The key is a hash: keep only what is really bound there under that name.
    const Unit& u = units_[unit_of_symbol_[r.value]];
    const graph::SymbolIdx row = r.value - u.first_symbol.value();
    if (u.keys[row].scope_key == scope && u.str(u.symbol(row).name) == name)
      out.push_back(SymbolId(r.value));
  }
}

void FullWorld::members(std::uint64_t scope, std::vector<SymbolId>& out) const {
  const std::uint64_t low = std::uint64_t{graph::fold_scope(scope)} << 32;
  const std::size_t from = out.size();
  for (const Row& r : defs_.range(low, low | 0xffffffffu)) {
    const Unit& u = units_[unit_of_symbol_[r.value]];
    if (u.keys[r.value - u.first_symbol.value()].scope_key == scope)
      out.push_back(SymbolId(r.value));
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(from), out.end());
}

void FullWorld::units_with_basename(std::string_view name, std::vector<UnitId>& out) const {
  const std::uint64_t key = hash64(name);
  for (const Row& r : basenames_.range(key, key))
    if (basename_of(units_[r.value].path) == name) out.push_back(UnitId(r.value));
}

void FullWorld::named(graph::Family family, std::string_view name, std::size_t limit,
                      std::vector<SymbolId>& out) const {
  const std::uint64_t key = named_key(family, name);
  for (const Row& r : named_.range(key, key)) {
    const Unit& u = units_[unit_of_symbol_[r.value]];
    if (u.str(u.symbol(r.value - u.first_symbol.value()).name) != name) continue;
    out.push_back(SymbolId(r.value));
    if (out.size() > limit) return;
  }
}

void FullWorld::set_inheritance(std::vector<Inheritance> pairs) {
  by_supertype_ = std::move(pairs);
  std::sort(by_supertype_.begin(), by_supertype_.end(),
            [](const Inheritance& a, const Inheritance& b) {
              return a.supertype != b.supertype ? a.supertype < b.supertype : a.subtype < b.subtype;
            });
  by_supertype_.erase(std::unique(by_supertype_.begin(), by_supertype_.end()), by_supertype_.end());
  by_subtype_ = by_supertype_;
  std::sort(by_subtype_.begin(), by_subtype_.end());
}

void FullWorld::known_supertypes(SymbolId type, std::vector<SymbolId>& out) const {
  auto at = std::lower_bound(by_subtype_.begin(), by_subtype_.end(), type,
                             [](const Inheritance& i, SymbolId t) { return i.subtype < t; });
  for (; at != by_subtype_.end() && at->subtype == type; ++at) out.push_back(at->supertype);
}

void FullWorld::subtypes(SymbolId type, std::vector<SymbolId>& out) const {
  auto at = std::lower_bound(by_supertype_.begin(), by_supertype_.end(), type,
                             [](const Inheritance& i, SymbolId t) { return i.supertype < t; });
  for (; at != by_supertype_.end() && at->supertype == type; ++at) out.push_back(at->subtype);
}

}  // namespace cairn::indexer
