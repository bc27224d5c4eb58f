#include "indexer/incremental.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "graph/carry_unit.h"
#include "graph/layer.h"
#include "indexer/link/snapshot_world.h"
#include "indexer/link_stage.h"

namespace cairn::indexer {

using graph::FileId;
using graph::SymbolId;

namespace {

/// An overlay larger than this part of the base is not cheaper than a clean link, and slows reads.
constexpr std::size_t kMaxOverlayShare = 5;  // one fifth
constexpr std::size_t kAlwaysOverlay = 24;   // so few files always make an overlay

/// Where the symbols of a file of the snapshot before are in the overlay being made.
struct NewPlace {
  SymbolId before;           // id of its first symbol in the snapshot before
  SymbolId first;            // carried: of the first; the others follow
  std::vector<SymbolId> of;  // linked again or gone: per symbol, none when it is gone
};

/// Id of each symbol of `old` in the unit that takes its place: equal stable ids in turn.
std::vector<SymbolId> matching_ids(const graph::Snapshot& before, const graph::FileInfo& old,
                                   const Unit* unit, SymbolId first) {
  std::unordered_map<std::uint64_t, std::vector<SymbolId>> known;  // last first
  for (graph::SymbolIdx i = unit == nullptr ? 0 : unit->symbol_count(); i-- > 0;)
    known[unit->keys[i].stable_id].push_back(SymbolId(first.value() + i));
  std::vector<SymbolId> out(old.symbol_count);
  for (std::uint32_t i = 0; i < old.symbol_count; ++i) {
    const auto at = known.find(before.stable_id(SymbolId(old.first_symbol.value() + i)));
    if (at == known.end() || at->second.empty()) continue;
    out[i] = at->second.back();
    at->second.pop_back();
  }
  return out;
}

class OverlayPlanner {
 public:
  OverlayPlanner(FileTable& table, const Difference& difference,
                 std::shared_ptr<const graph::Snapshot> before, const IndexOptions& options)
      : table_(table), difference_(difference), before_(std::move(before)), options_(options) {}

  Result<std::optional<OverlayPlan>> run() {
    for (const std::uint32_t row : difference_.changed) rows_.insert(row);
    gone_.insert(difference_.gone.begin(), difference_.gone.end());
    if (!changed_keys() || too_large()) return std::optional<OverlayPlan>();
    CAIRN_TRY(extract());
    if (!faces_present()) return std::optional<OverlayPlan>();
    return link();
  }

 private:
  bool too_large() const {
    const std::size_t limit = std::max(kAlwaysOverlay, table_.rows.size() / kMaxOverlayShare);
    const std::size_t kept = before_->overlay() ? before_->overlay()->file_count() : 0;
    return std::max(rows_.size(), gone_.size()) + kept > limit;
  }

  std::uint32_t row_of(std::string_view path) const {
    const auto at =
        std::lower_bound(table_.rows.begin(), table_.rows.end(), path,
                         [](const FileRow& r, std::string_view p) { return r.entry->path < p; });
    return static_cast<std::uint32_t>(at - table_.rows.begin());
  }

  /// Links a file of the snapshot again, if it is still there.
  void add_file(FileId f) {
    if (gone_.contains(f)) return;
    const std::uint32_t row = row_of(before_->path(f));
    if (row < table_.rows.size() && table_.rows[row].entry->path == before_->path(f))
      rows_.insert(row);
  }

  void add_readers(std::uint32_t key) {
    for (const FileId f : before_->files_that_looked_up(key)) add_file(f);
  }

  /// The keys whose answers the change alters, and the files that looked one of them up. False when
  /// the old face of a changed file is not to be had.
  bool changed_keys() {
    std::vector<MemoEntry> old_entries;
    for (const FileId f : difference_.gone) {
      const graph::FileInfo info = before_->file(f);
      FileRow row;
      SourceEntry entry;
      entry.path = info.path;
      row.entry = &entry;
      row.language = info.language;
      row.skip_reason = info.skip_reason;
      if (info.symbol_count > 0) {
        row.face = table_.face_of(info.path, info.content, info.language);
        if (!row.face) return false;
      }
      const Unit unit = make_unit(row, *table_.project);
      const std::vector<MemoEntry> entries = memo_entries(unit);
      old_entries.insert(old_entries.end(), entries.begin(), entries.end());
    }
    std::vector<MemoEntry> new_entries;
    for (const std::uint32_t i : difference_.changed) {
      const Unit unit = make_unit(table_.rows[i], *table_.project);
      const std::vector<MemoEntry> entries = memo_entries(unit);
      new_entries.insert(new_entries.end(), entries.begin(), entries.end());
    }
    std::sort(old_entries.begin(), old_entries.end());
    std::sort(new_entries.begin(), new_entries.end());
    std::vector<MemoEntry> altered;
    std::set_symmetric_difference(old_entries.begin(), old_entries.end(), new_entries.begin(),
                                  new_entries.end(), std::back_inserter(altered));
    std::uint32_t last = 0;
    bool first = true;
    for (const MemoEntry& e : altered) {
      if (!first && e.key == last) continue;
      add_readers(e.key);
      last = e.key;
      first = false;
    }
    return true;
  }

  Result<void> extract() {
    return table_.extract([this](const FileRow& row) {
      return !row.face && rows_.contains(static_cast<std::uint32_t>(&row - table_.rows.data()));
    });
  }

  bool faces_present() const {
    return std::all_of(rows_.begin(), rows_.end(), [this](std::uint32_t i) {
      return table_.rows[i].face || !table_.rows[i].skip_reason.empty();
    });
  }

  SnapshotWorld::LoadFace loader() {
    return [this](const graph::FileInfo& info) {
      return table_.face_of(info.path, info.content, info.language);
    };
  }

  bool stays(FileId f) const {
    return !gone_.contains(f) && !rows_.contains(row_of(before_->path(f)));
  }

  /// Files of the snapshot before that the change replaces.
  std::vector<FileId> replaced_files() const {
    std::vector<FileId> out;
    for (const FileId f : before_->files())
      if (!stays(f)) out.push_back(f);
    return out;
  }

  std::unique_ptr<SnapshotWorld> new_world(std::vector<LinkJob>& jobs) {
    std::vector<Unit> units;
    std::uint32_t next = before_->id_limit();
    for (const std::uint32_t i : rows_) {
      Unit unit = make_unit(table_.rows[i], *table_.project);
      unit.first_symbol = SymbolId(next);
      next += unit.symbol_count();
      units.push_back(std::move(unit));
    }
    auto world = std::make_unique<SnapshotWorld>(before_, replaced_files(), std::move(units),
                                                 table_.project, loader());
    jobs.clear();
    std::size_t n = 0;
    for (const std::uint32_t i : rows_) jobs.push_back({world->added_unit(n++), &table_.rows[i]});
    return world;
  }

  using StablePair = std::pair<std::uint64_t, std::uint64_t>;
  static void add_pairs(const World& world, const Heritage& h, std::vector<StablePair>& out) {
    for (const Inheritance& p : h.pairs)
      out.emplace_back(world.keys(p.subtype).stable_id, world.keys(p.supertype).stable_id);
  }

  /// Files whose dispatch sets the change alters: those that asked for the subtypes or supertypes
  /// of a type that gained or lost one.
  Result<bool> add_heritage_readers(const World& world, const std::vector<Heritage>& heritage_now) {
    std::vector<StablePair> now;
    for (const Heritage& h : heritage_now) add_pairs(world, h, now);
    SnapshotWorld old_world(before_, {}, {}, table_.project, loader());
    std::vector<StablePair> old;
    std::set<FileId> old_files(gone_);
    for (const std::uint32_t i : rows_)
      if (const FileId f = before_->file_by_path(table_.rows[i].entry->path); f.exists())
        old_files.insert(f);
    for (const FileId f : old_files)
      add_pairs(old_world, heritage(old_world, UnitId(f.value())), old);
    if (old_world.failed()) return false;
    std::sort(now.begin(), now.end());
    std::sort(old.begin(), old.end());
    std::vector<StablePair> altered;
    std::set_symmetric_difference(now.begin(), now.end(), old.begin(), old.end(),
                                  std::back_inserter(altered));
    for (const auto& [sub, super] : altered) {
      add_readers(memo::subtypes(sub));
      add_readers(memo::subtypes(super));
    }
    return true;
  }

  Result<std::optional<OverlayPlan>> link() {
    std::vector<LinkJob> jobs;
    std::unique_ptr<SnapshotWorld> world;
    std::vector<Heritage> heritage_now;
    std::vector<graph::EncodedUnit> carried;
    // Heritage changes can reach more files, whose heritage is then part of the class graph too,
    // and a unit that cannot be carried is linked. Each round adds files, so this ends.
    for (;;) {
      world = new_world(jobs);
      CAIRN_ASSIGN(heritage_now, heritage_stage(*world, jobs, options_));
      const std::size_t size = rows_.size();
      CAIRN_ASSIGN(const bool known, add_heritage_readers(*world, heritage_now));
      if (!known || world->failed() || too_large()) return std::optional<OverlayPlan>();
      if (rows_.size() == size) {
        place_units(*world, jobs);
        CAIRN_ASSIGN(carried, carry());
      }
      if (rows_.size() == size) break;
      CAIRN_TRY(extract());
      if (!faces_present()) return std::optional<OverlayPlan>();
    }
    std::vector<Inheritance> pairs;
    for (const Heritage& h : heritage_now)
      pairs.insert(pairs.end(), h.pairs.begin(), h.pairs.end());
    world->set_inheritance(std::move(pairs));
    CAIRN_ASSIGN(std::vector<graph::EncodedUnit> linked,
                 link_stage(*world, jobs, heritage_now, table_, options_));
    if (world->failed()) return std::optional<OverlayPlan>();
    for (std::size_t i = 0; i < linked.size(); ++i)
      CAIRN_TRY(graph::renumber_unit(linked[i], first_of_linked_[i], renumber()));
    OverlayPlan plan;
    plan.linked = linked.size();
    plan.units.resize(linked.size() + carried.size());
    std::merge(std::move_iterator(linked.begin()), std::move_iterator(linked.end()),
               std::move_iterator(carried.begin()), std::move_iterator(carried.end()),
               plan.units.begin(), [](const graph::EncodedUnit& a, const graph::EncodedUnit& b) {
                 return a.path() < b.path();
               });
    plan.removed = removed_files();
    return std::optional<OverlayPlan>(std::move(plan));
  }

  /// Overlay files of the snapshot before that keep their units, in path order.
  std::vector<FileId> carried_files() const {
    std::vector<FileId> out;
    for (const FileId f : before_->files())
      if (f.value() >= before_->base().file_count() && stays(f)) out.push_back(f);
    return out;
  }

  /// Decides the ids of the overlay being made: units in path order, linked and carried ones.
  void place_units(const SnapshotWorld& world, const std::vector<LinkJob>& jobs) {
    places_.clear();
    first_of_linked_.clear();
    provisional_.clear();
    const std::vector<FileId> carried = carried_files();
    std::uint32_t next = before_->base().symbol_count();
    std::size_t c = 0;
    const auto place_carried = [&] {
      const graph::FileInfo info = before_->file(carried[c]);
      places_[carried[c]] = {info.first_symbol, SymbolId(next), {}};
      next += info.symbol_count;
    };
    for (const LinkJob& job : jobs) {
      const Unit& unit = world.unit(job.unit);
      for (; c < carried.size() && before_->path(carried[c]) < unit.path; ++c) place_carried();
      const SymbolId first(next);
      next += unit.symbol_count();
      first_of_linked_.push_back(first);
      provisional_.push_back(unit.first_symbol);
      if (const FileId f = before_->file_by_path(unit.path); f.exists()) place_new(f, &unit, first);
    }
    for (; c < carried.size(); ++c) place_carried();
    for (const FileId f : gone_)
      if (!places_.contains(f)) place_new(f, nullptr, {});
  }

  void place_new(FileId f, const Unit* unit, SymbolId first) {
    const graph::FileInfo old = before_->file(f);
    places_[f] = {old.first_symbol, {}, matching_ids(*before_, old, unit, first)};
  }

  graph::Renumber renumber() const {
    return [this](SymbolId s) -> SymbolId {
      if (s.value() >= before_->id_limit()) {
        const auto after = std::upper_bound(provisional_.begin(), provisional_.end(), s);
        const auto unit = static_cast<std::size_t>(after - provisional_.begin()) - 1;
        return SymbolId(first_of_linked_[unit].value() + s.value() - provisional_[unit].value());
      }
      const auto at = places_.find(before_->file_of(s));
      if (at == places_.end()) return s;
      const NewPlace& place = at->second;
      const std::uint32_t row = s.value() - place.before.value();
      return place.first.exists() ? SymbolId(place.first.value() + row) : place.of[row];
    };
  }

  /// Units of the overlay before that the change does not reach, under their new ids. Adds the
  /// files of those that refer to something that is gone to the rows to link.
  Result<std::vector<graph::EncodedUnit>> carry() {
    std::vector<graph::EncodedUnit> out;
    const std::vector<FileId> files = carried_files();
    if (files.empty()) return out;
    const graph::UnitCarrier carrier(*before_->overlay());
    for (const FileId f : files) {
      CAIRN_ASSIGN(std::optional<graph::EncodedUnit> unit,
                   carrier.carry(f.value() - before_->overlay()->file_base(), places_.at(f).first,
                                 renumber()));
      if (unit)
        out.push_back(std::move(*unit));
      else
        add_file(f);
    }
    return out;
  }

  /// Files of the base that units of the overlay replace, with those that are gone.
  std::vector<FileId> removed_files() const {
    std::vector<bool> kept(before_->base().file_count());
    for (const FileId f : before_->files())
      if (f.value() < kept.size() && stays(f)) kept[f.value()] = true;
    std::vector<FileId> out;
    for (std::uint32_t i = 0; i < kept.size(); ++i)
      if (!kept[i]) out.push_back(FileId(i));
    return out;
  }

  FileTable& table_;
  const Difference& difference_;
  std::shared_ptr<const graph::Snapshot> before_;
  const IndexOptions& options_;
  std::set<std::uint32_t> rows_;                 // rows to link, so in path order
  std::set<FileId> gone_;                        // of before_
  std::unordered_map<FileId, NewPlace> places_;  // of files whose symbols get other ids
  std::vector<SymbolId> first_of_linked_;        // final, parallel to the link jobs
  std::vector<SymbolId> provisional_;            // the same under the ids they are linked with
};

}  // namespace

Difference compare(const FileTable& table, const graph::Snapshot& snapshot) {
  Difference out;
  const auto files = snapshot.files();
  std::size_t f = 0;
  for (std::uint32_t i = 0; i < table.rows.size(); ++i) {
    const FileRow& row = table.rows[i];
    while (f < files.size() && snapshot.path(files[f]) < row.entry->path)
      out.gone.push_back(files[f++]);
    if (f == files.size() || snapshot.path(files[f]) != row.entry->path) {
      out.changed.push_back(i);
      continue;
    }
    const graph::FileInfo info = snapshot.file(files[f]);
    // Skipped files have no content id; their size stands for it.
    const bool same = info.content == row.content && info.language == row.language &&
                      info.flags == row.flags && info.skip_reason == row.skip_reason &&
                      (row.skip_reason.empty() || info.bytes == row.bytes);
    if (!same) {
      out.changed.push_back(i);
      out.gone.push_back(files[f]);
    }
    ++f;
  }
  for (; f < files.size(); ++f) out.gone.push_back(files[f]);
  return out;
}

Result<std::optional<OverlayPlan>> plan_overlay(
    FileTable& table, const Difference& difference,
    const std::shared_ptr<const graph::Snapshot>& before, const IndexOptions& options) {
  return OverlayPlanner(table, difference, before, options).run();
}

}  // namespace cairn::indexer
