#pragma once
// World: everything a link may read outside the file it links. Two implementations: all units in
// memory (a full index), or a snapshot plus changed units (an incremental one). Thread-safe to
// read. Answers are in a run-stable order: by path, then by position.
//
// Callers that link never use World directly: they go through Lookups (lookups.h), which records
// what was asked.
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/link/project.h"
#include "indexer/link/unit.h"

namespace cairn::indexer {

class World {
 public:
  virtual ~World() = default;

  virtual UnitId unit_at(std::string_view path) const = 0;  // none when absent
  virtual const Unit& unit(UnitId) const = 0;
  /// Every live unit, in path order.
  virtual std::span<const UnitId> units() const = 0;
  virtual UnitId unit_of(graph::SymbolId) const = 0;
  graph::SymbolIdx row_of(graph::SymbolId s) const {
    return s.value() - unit(unit_of(s)).first_symbol.value();
  }
  const graph::Symbol& symbol(graph::SymbolId s) const {
    const Unit& u = unit(unit_of(s));
    return u.face->symbols[s.value() - u.first_symbol.value()];
  }
  const graph::SymbolKeys& keys(graph::SymbolId s) const {
    const Unit& u = unit(unit_of(s));
    return u.keys[s.value() - u.first_symbol.value()];
  }

  virtual void defs(std::uint64_t scope, std::string_view name,
                    std::vector<graph::SymbolId>& out) const = 0;
  virtual void members(std::uint64_t scope, std::vector<graph::SymbolId>& out) const = 0;
  virtual void units_with_basename(std::string_view name, std::vector<UnitId>& out) const = 0;
  /// At most limit + 1 symbols of the family with this name: more than limit means "many".
  virtual void named(graph::Family family, std::string_view name, std::size_t limit,
                     std::vector<graph::SymbolId>& out) const = 0;
  /// Direct subtypes, known after the heritage phase.
  virtual void subtypes(graph::SymbolId type, std::vector<graph::SymbolId>& out) const = 0;
  /// Supertypes found by the heritage phase, those given in other files (Rust impl) included.
  virtual void known_supertypes(graph::SymbolId type, std::vector<graph::SymbolId>& out) const = 0;

  const ProjectModel& project() const { return *project_; }

 protected:
  explicit World(std::shared_ptr<const ProjectModel> project) : project_(std::move(project)) {}

 private:
  std::shared_ptr<const ProjectModel> project_;
};

/// (subtype, supertype) pairs found by the heritage phase.
struct Inheritance {
  graph::SymbolId subtype;
  graph::SymbolId supertype;
  friend auto operator<=>(const Inheritance&, const Inheritance&) = default;
};

/// All units in memory.
class FullWorld : public World {
 public:
  /// `units` in path order, placed and indexed, first_symbol set.
  FullWorld(std::vector<Unit> units, std::shared_ptr<const ProjectModel> project);

  UnitId unit_at(std::string_view path) const override;
  const Unit& unit(UnitId id) const override { return units_[id.value()]; }
  std::span<const UnitId> units() const override { return ids_; }
  UnitId unit_of(graph::SymbolId) const override;
  void defs(std::uint64_t scope, std::string_view name,
            std::vector<graph::SymbolId>& out) const override;
  void members(std::uint64_t scope, std::vector<graph::SymbolId>& out) const override;
  void units_with_basename(std::string_view name, std::vector<UnitId>& out) const override;
  void named(graph::Family family, std::string_view name, std::size_t limit,
             std::vector<graph::SymbolId>& out) const override;
  void subtypes(graph::SymbolId type, std::vector<graph::SymbolId>& out) const override;
  void known_supertypes(graph::SymbolId type, std::vector<graph::SymbolId>& out) const override;

  /// Ends the heritage phase. Not thread-safe; call once.
  void set_inheritance(std::vector<Inheritance> pairs);
  std::uint32_t symbol_count() const { return symbol_count_; }
  const std::vector<Unit>& all() const { return units_; }

 private:
  struct Row {
    std::uint64_t key;
    std::uint32_t value;
    friend auto operator<=>(const Row&, const Row&) = default;
  };
  /// Rows sorted by key with a first-level table over the key's top bits.
  struct Index {
    std::vector<Row> rows;
    std::vector<std::uint32_t> starts;
    unsigned shift = 64;
    void build();
    std::span<const Row> range(std::uint64_t low, std::uint64_t high) const;
  };

  std::vector<Unit> units_;
  std::vector<UnitId> ids_;
  std::vector<std::uint32_t> unit_of_symbol_;
  std::uint32_t symbol_count_ = 0;
  Index defs_;
  Index named_;
  Index basenames_;
  std::vector<Inheritance> by_supertype_;
  std::vector<Inheritance> by_subtype_;
};

}  // namespace cairn::indexer
