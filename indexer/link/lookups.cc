#include "indexer/link/lookups.h"

#include <algorithm>

namespace cairn::indexer {

using graph::SymbolId;

void Lookups::record(std::uint32_t key) {
  if (key == 0) {
    has_zero_ = true;
    return;
  }
  if (2 * (used_ + 1) > table_.size()) {
    std::vector<std::uint32_t> old = std::move(table_);
    table_.assign(std::max<std::size_t>(256, old.size() * 2), 0);
    used_ = 0;
    for (const std::uint32_t k : old)
      if (k != 0) record(k);
  }
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = (key * 0x9e3779b1u) & mask;; at = (at + 1) & mask) {
    if (table_[at] == key) return;
    if (table_[at] == 0) {
      table_[at] = key;
      ++used_;
      return;
    }
  }
}

std::vector<std::uint32_t> Lookups::take_keys() {
  std::vector<std::uint32_t> out;
  out.reserve(used_ + 1);
  if (has_zero_) out.push_back(0);
  for (const std::uint32_t k : table_)
    if (k != 0) out.push_back(k);
  std::sort(out.begin(), out.end());
  table_.clear();
  used_ = 0;
  has_zero_ = false;
  return out;
}

std::vector<SymbolId> Lookups::defs(std::uint64_t scope, std::string_view name) {
  record(memo::def(scope, name));
  std::vector<SymbolId> out;
  world_.defs(scope, name, out);
  return out;
}

std::vector<SymbolId> Lookups::members(std::uint64_t scope) {
  record(memo::members(scope));
  std::vector<SymbolId> out;
  world_.members(scope, out);
  return out;
}

UnitId Lookups::unit_at(std::string_view path) {
  record(memo::file(path));
  return world_.unit_at(path);
}

std::vector<UnitId> Lookups::units_with_basename(std::string_view name) {
  record(memo::basename(name));
  std::vector<UnitId> out;
  world_.units_with_basename(name, out);
  return out;
}

std::vector<SymbolId> Lookups::named(graph::Family family, std::string_view name,
                                     std::size_t limit) {
  record(memo::named(family, name));
  std::vector<SymbolId> out;
  world_.named(family, name, limit, out);
  return out;
}

std::vector<SymbolId> Lookups::subtypes(SymbolId type) {
  record(memo::subtypes(keys(type).stable_id));
  std::vector<SymbolId> out;
  world_.subtypes(type, out);
  return out;
}

std::vector<SymbolId> Lookups::known_supertypes(SymbolId type) {
  // One key for both directions: a changed pair touches the keys of both its ends.
  record(memo::subtypes(keys(type).stable_id));
  std::vector<SymbolId> out;
  world_.known_supertypes(type, out);
  return out;
}

std::vector<graph::ImportIdx> Lookups::imports_of(UnitId u, std::string_view alias) {
  const Unit& unit = world_.unit(u);
  record(memo::import_of(unit.path, alias));
  std::vector<graph::ImportIdx> out;
  const auto [begin, end] = unit.imports_by_alias.equal_range(alias);
  for (auto at = begin; at != end; ++at) out.push_back(at->second);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::uint32_t> Lookups::exports_of(UnitId u, std::string_view name) {
  const Unit& unit = world_.unit(u);
  record(memo::export_of(unit.path, name));
  std::vector<std::uint32_t> out;
  const auto [begin, end] = unit.exports_by_name.equal_range(name);
  for (auto at = begin; at != end; ++at) out.push_back(at->second);
  std::sort(out.begin(), out.end());
  return out;
}

const std::vector<graph::ImportIdx>& Lookups::wildcards(UnitId u) {
  const Unit& unit = world_.unit(u);
  record(memo::wildcards(unit.path));
  return unit.wildcards;
}

const ProjectModel& Lookups::project(graph::Family family) {
  record(memo::project(family));
  return world_.project();
}

}  // namespace cairn::indexer
