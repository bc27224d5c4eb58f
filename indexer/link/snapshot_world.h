#pragma once
// SnapshotWorld: a snapshot with some files taken out and changed units put in, so that a change
// links a few files without loading the rest. Faces of untouched files are loaded when a link first
// reads them. Answers equal those of a FullWorld over the same files, in the same order.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/snapshot.h"
#include "indexer/link/world.h"

namespace cairn::indexer {

class SnapshotWorld : public World {
 public:
  /// The face of an untouched file, or null when it cannot be had any more.
  using LoadFace = std::function<std::shared_ptr<const graph::Face>(const graph::FileInfo&)>;

  /// `added` is in path order, placed and indexed, with
  /// first_symbol from view.id_limit() on; `removed` are files of the view, ascending by path.
  SnapshotWorld(std::shared_ptr<const graph::Snapshot> view, std::vector<graph::FileId> removed,
                std::vector<Unit> added, std::shared_ptr<const ProjectModel> project,
                LoadFace load_face);

  UnitId unit_at(std::string_view path) const override;
  const Unit& unit(UnitId id) const override;
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

  /// Pairs of the added units, found by their heritage phase. Not thread-safe; call once.
  void set_inheritance(std::vector<Inheritance> pairs);
  /// The id of the added unit number `i`.
  UnitId added_unit(std::size_t i) const {
    return UnitId(static_cast<std::uint32_t>(file_limit_ + i));
  }
  /// A face that was needed could not be loaded: results are unusable.
  bool failed() const { return failed_; }

 private:
  bool is_removed(graph::FileId f) const { return removed_[f.value()] != 0; }
  bool live_base(graph::SymbolId s) const;
  /// Modules stand in the snapshot's indexes too, but no look-up of a name finds one.
  bool is_definition(graph::SymbolId s) const;
  /// Without loading the unit.
  std::string_view path_of(UnitId id) const;
  const Unit& load(graph::FileId f) const;
  void sort_by_place(std::vector<graph::SymbolId>& ids, std::size_t from) const;
  /// The symbol of the view that stands where this one did, or the symbol itself.
  graph::SymbolId in_view(graph::SymbolId s) const;
  /// The symbol that stands now where a symbol of the view did; none when it is gone.
  graph::SymbolId now(graph::SymbolId view_symbol) const;
  bool has_live_owner(graph::SymbolId src, graph::SymbolId dst, graph::EdgeKind kind) const;
  void collect_neighbours(graph::SymbolId type, bool out_edges,
                          std::vector<graph::SymbolId>& out) const;

  std::shared_ptr<const graph::Snapshot> view_;
  std::vector<std::uint8_t> removed_;
  std::vector<Unit> added_;
  std::size_t file_limit_ = 0;
  std::vector<UnitId> ids_;
  LoadFace load_face_;
  std::unordered_multimap<std::uint64_t, graph::SymbolId> added_defs_;    // def_key
  std::unordered_multimap<std::uint64_t, graph::SymbolId> added_scopes_;  // scope key
  std::unordered_multimap<std::string_view, graph::SymbolId> added_names_;
  std::vector<Inheritance> by_supertype_;
  std::vector<Inheritance> by_subtype_;
  mutable std::vector<std::atomic<const Unit*>> loaded_;
  mutable std::vector<std::unique_ptr<Unit>> owned_;
  mutable std::mutex mutex_;
  mutable std::atomic<bool> failed_{false};
  mutable std::once_flag basenames_once_;
  mutable std::unordered_multimap<std::string_view, UnitId> basenames_;
};

}  // namespace cairn::indexer
