#pragma once
// Lookups: the only door from a link to the World. Records the memo key of everything asked, found
// or not, so that a change to any answer links the file again. One per link, single-threaded.
#include <cstdint>
#include <string_view>
#include <vector>

#include "indexer/link/world.h"

namespace cairn::indexer {

class Lookups {
 public:
  explicit Lookups(const World& world) : world_(world) {}

  std::vector<graph::SymbolId> defs(std::uint64_t scope, std::string_view name);
  std::vector<graph::SymbolId> members(std::uint64_t scope);
  UnitId unit_at(std::string_view path);
  std::vector<UnitId> units_with_basename(std::string_view name);
  std::vector<graph::SymbolId> named(graph::Family family, std::string_view name,
                                     std::size_t limit);
  std::vector<graph::SymbolId> subtypes(graph::SymbolId type);
  std::vector<graph::SymbolId> known_supertypes(graph::SymbolId type);
  /// Module-level imports of the unit that bind this name.
  std::vector<graph::ImportIdx> imports_of(UnitId unit, std::string_view alias);
  std::vector<std::uint32_t> exports_of(UnitId unit, std::string_view name);
  const std::vector<graph::ImportIdx>& wildcards(UnitId unit);
  const ProjectModel& project(graph::Family family);

  /// Facts of units and symbols already found: what they say is part of the answer that found them.
  const Unit& unit(UnitId u) const { return world_.unit(u); }
  const Unit& unit_of(graph::SymbolId s) const { return world_.unit(world_.unit_of(s)); }
  const graph::Symbol& symbol(graph::SymbolId s) const { return world_.symbol(s); }
  const graph::SymbolKeys& keys(graph::SymbolId s) const { return world_.keys(s); }
  std::string_view name(graph::SymbolId s) const {
    const Unit& u = unit_of(s);
    return u.str(u.symbol(s.value() - u.first_symbol.value()).name);
  }
  const World& world() const { return world_; }

  /// Sorted, unique keys asked so far.
  std::vector<std::uint32_t> take_keys();

 private:
  void record(std::uint32_t key);

  const World& world_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 = free
  std::size_t used_ = 0;
  bool has_zero_ = false;
};

}  // namespace cairn::indexer
