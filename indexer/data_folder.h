#pragma once
// The data folder: DATA/cairn.db (which snapshot of which repository is current), DATA/facts,
// DATA/repos/<slug>/ (layer files, stat cache, lock), DATA/mirrors. Snapshot files are written
// first, then one transaction makes them current, then files nothing refers to are swept.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/fs.h"
#include "base/result.h"
#include "graph/snapshot.h"
#include "indexer/facts_cache.h"
#include "indexer/source.h"
#include "store/state.h"

namespace cairn::indexer {

class DataFolder {
 public:
  /// What a user of the folder needs: a process that leaves building to others needs no facts.
  enum class Use : std::uint8_t { kStateAndFacts, kState };
  /// Opens or makes the folder. Errors: kReadOnly, kDiskFull, kVersion, kCorrupt, kIo.
  static Result<DataFolder> open(const std::string& path, Use use = Use::kStateAndFacts);
  /// The same over a state that is open already (DATA/cairn.db), which is shared.
  static Result<DataFolder> open(const std::string& path, std::shared_ptr<store::State> state,
                                 Use use = Use::kStateAndFacts);

  const std::string& path() const { return path_; }
  store::Store& store() { return state_->repos(); }
  store::State& state() { return *state_; }
  /// Requires Use::kStateAndFacts.
  FactsCache& facts() { return *facts_; }
  std::string facts_folder() const { return join_path(path_, "facts"); }
  /// Folders in a repository's folder whose names begin so belong to a run that is going on.
  static constexpr std::string_view kStagingPrefix = "staging-";

  /// The repository of a source, added when unknown.
  Result<store::Repo> repo_of(const PreparedSource& source);
  /// Folder for the repository's layers; made when absent.
  Result<std::string> repo_folder(const store::Repo& repo);
  /// Held while a repository is indexed: one writer at a time. Waits for another until `stop`;
  /// kBusy then. Begins with hold_off_collections().
  Result<FileLock> lock_repo(const store::Repo& repo, const StopToken& stop);
  /// Keeps collections (indexer/collect.h) away for as long as this object lives. Waits for one to
  /// end until `stop`; kBusy then.
  Result<void> hold_off_collections(const StopToken& stop);

  /// Removes what earlier runs that were killed left behind: unfinished files anywhere, layer files
  /// and staging folders of this repository that nothing refers to. Needs the repository's lock.
  Result<void> clear_leftovers(const store::Repo& repo);

  struct Current {
    store::SnapshotRow row;
    std::shared_ptr<const graph::Snapshot> snapshot;
  };
  /// The current snapshot, when there is one that opens. A damaged one is quarantined and the next
  /// is tried; `warnings` gets what was found.
  Result<std::optional<Current>> current(const store::Repo& repo,
                                         std::vector<std::string>& warnings);
  /// Layer files to be made current: names relative to the repo's folder; no overlay: empty.
  struct Publication {
    std::string base;
    std::string overlay;
    const graph::Snapshot& snapshot;
    /// Stored beside the snapshot: report_json().
    std::string report;
    /// Of the job this runs for; kFenced when its claim was lost.
    const store::JobFence* fence = nullptr;
  };
  /// Makes layer files the current snapshot and drops those that are no longer kept.
  Result<store::SnapshotRow> publish(const store::Repo& repo, const Publication& publication);

 private:
  DataFolder(std::string path, std::shared_ptr<store::State> state,
             std::unique_ptr<FactsCache> facts)
      : path_(std::move(path)), state_(std::move(state)), facts_(std::move(facts)) {}
  Result<void> drop_old_snapshots(const store::Repo& repo);

  std::string path_;
  std::shared_ptr<store::State> state_;
  std::unique_ptr<FactsCache> facts_;
  std::optional<FileLock> no_collection_;
};

/// DATA/collect.lock: shared by index runs, exclusive to a collection.
std::string collect_lock_path(const std::string& data_dir);

}  // namespace cairn::indexer
