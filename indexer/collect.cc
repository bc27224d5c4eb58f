#include "indexer/collect.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/fs.h"
#include "base/json.h"
#include "graph/facts.h"
#include "graph/snapshot.h"
#include "indexer/data_folder.h"
#include "indexer/source.h"

namespace cairn::indexer {
namespace {

using Contents = std::unordered_set<ContentId>;

Result<std::uint64_t> bytes_below(const std::string& path) {
  CAIRN_ASSIGN(const FileStat info, stat_path(path));
  if (info.kind != FileKind::kDirectory) return info.size;
  std::uint64_t total = 0;
  CAIRN_ASSIGN(const std::vector<DirEntry> entries, list_dir(path));
  for (const DirEntry& entry : entries) {
    CAIRN_ASSIGN(const std::uint64_t bytes, bytes_below(join_path(path, entry.name)));
    total += bytes;
  }
  return total;
}

class Collection {
 public:
  Collection(const std::string& data_dir, store::State& state, const CollectOptions& options)
      : data_dir_(data_dir), state_(state), options_(options) {}

  Result<CollectSummary> run() {
    CAIRN_TRY(sort_snapshots());
    CAIRN_TRY(sweep_layers());
    CAIRN_TRY(sweep_folders());
    CAIRN_TRY(sweep_mirrors());
    CAIRN_TRY(sweep_facts());
    std::sort(out_.removed.begin(), out_.removed.end());
    return std::move(out_);
  }

 private:
  /// Which snapshots are kept: the current one, and as many before it as the repo's settings say.
  Result<void> sort_snapshots() {
    CAIRN_ASSIGN(repos_, state_.settings().list());
    for (const auto& [repo, settings] : repos_) {
      CAIRN_TRY(options_.stop.check("collecting"));
      CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows,
                   state_.repos().list_snapshots(repo.id));
      std::int64_t kept = 0;
      for (const store::SnapshotRow& row : rows) {
        const bool current = repo.current_snapshot == row.id;
        const bool ready = row.state == store::SnapshotState::kReady;
        if (current || (ready && kept < settings.keep_snapshots)) {
          if (!current) ++kept;
          kept_.push_back(row);
          continue;
        }
        // Damaged ones go with the next good one, which the index run sees by them that it must
        // not build on what is there.
        if (!ready && newest_is(rows, row)) {
          kept_files_.insert(row.base_file);
          kept_files_.insert(row.overlay_file);
          continue;
        }
        ++out_.snapshots;
        if (!options_.dry_run) CAIRN_TRY(state_.repos().delete_snapshot(repo.id, row.id));
      }
    }
    for (const store::SnapshotRow& row : kept_) {
      kept_files_.insert(row.base_file);
      kept_files_.insert(row.overlay_file);
    }
    return {};
  }

  /// No good snapshot is newer.
  static bool newest_is(const std::vector<store::SnapshotRow>& rows,
                        const store::SnapshotRow& row) {
    for (const store::SnapshotRow& other : rows) {
      if (other.id == row.id) return true;
      if (other.state == store::SnapshotState::kReady) return false;
    }
    return true;
  }

  Result<void> remove(const std::string& name) {
    const std::string path = join_path(data_dir_, name);
    CAIRN_ASSIGN(const std::uint64_t bytes, bytes_below(path));
    out_.freed_bytes += bytes;
    out_.removed.push_back(name);
    return options_.dry_run ? Result<void>() : remove_tree(path);
  }

  Result<std::vector<DirEntry>> entries_of(const std::string& name) const {
    const std::string path = join_path(data_dir_, name);
    if (!path_exists(path)) return std::vector<DirEntry>();
    return list_dir(path);
  }

  Result<void> sweep_layers() {
    for (const auto& [repo, settings] : repos_) {
      const std::string folder = "repos/" + repo.id;
      if (!options_.dry_run) CAIRN_TRY(remove_stale_temps(join_path(data_dir_, folder)));
      CAIRN_ASSIGN(const std::vector<DirEntry> entries, entries_of(folder));
      for (const DirEntry& entry : entries) {
        const std::string name = folder + "/" + entry.name;
        if (entry.name.ends_with(".cairn") && !kept_files_.contains(name)) CAIRN_TRY(remove(name));
      }
    }
    return {};
  }

  /// Folders are named after repos (layers) and after their sources (stat caches).
  Result<void> sweep_folders() {
    std::set<std::string> known;
    for (const auto& [repo, settings] : repos_) {
      known.insert(repo.id);
      known.insert(slug_of(repo.source));
    }
    CAIRN_ASSIGN(const std::vector<DirEntry> entries, entries_of("repos"));
    for (const DirEntry& entry : entries)
      if (!known.contains(entry.name)) CAIRN_TRY(remove("repos/" + entry.name));
    return {};
  }

  Result<void> sweep_mirrors() {
    std::set<std::string> known;
    for (const auto& [repo, settings] : repos_)
      if (repo.kind == store::RepoKind::kRemote) known.insert(slug_of(repo.source) + ".git");
    CAIRN_ASSIGN(const std::vector<DirEntry> entries, entries_of("mirrors"));
    for (const DirEntry& entry : entries)
      if (entry.name.ends_with(".git") && !known.contains(entry.name))
        CAIRN_TRY(remove("mirrors/" + entry.name));
    return {};
  }

  /// Files of the base that an overlay replaces count too: the next change is linked against it.
  Result<Contents> live_contents() const {
    Contents live;
    const auto add = [&](const graph::Snapshot& snapshot) {
      for (const graph::FileId file : snapshot.files()) live.insert(snapshot.file(file).content);
    };
    for (const store::SnapshotRow& row : kept_) {
      CAIRN_TRY(options_.stop.check("collecting"));
      const std::string overlay =
          row.overlay_file.empty() ? std::string() : join_path(data_dir_, row.overlay_file);
      auto snapshot = graph::Snapshot::open(join_path(data_dir_, row.base_file), overlay);
      if (!snapshot) return std::move(snapshot).error().in("collecting facts");
      add(**snapshot);
      if (overlay.empty()) continue;
      CAIRN_ASSIGN(const auto base, graph::Snapshot::make((*snapshot)->base_ptr()));
      add(*base);
    }
    return live;
  }

  Result<void> sweep_facts() {
    const std::string folder = join_path(data_dir_, "facts");
    if (!path_exists(folder)) return {};
    CAIRN_ASSIGN(const Contents live, live_contents());
    out_.live_contents = live.size();
    if (!options_.dry_run) CAIRN_TRY(remove_stale_temps(folder));
    CAIRN_ASSIGN(const std::unique_ptr<FactsCache> facts, FactsCache::open(folder));
    CAIRN_ASSIGN(out_.facts, facts->collect(
                                 [&](const FactsKey& key) {
                                   return key.extractor == graph::kExtractorVersion &&
                                          live.contains(key.content);
                                 },
                                 options_.dry_run));
    out_.freed_bytes += out_.facts.freed_bytes;
    return facts->close();
  }

  const std::string& data_dir_;
  store::State& state_;
  const CollectOptions& options_;
  std::vector<store::RepoWithSettings> repos_;
  std::vector<store::SnapshotRow> kept_;
  std::set<std::string> kept_files_;
  CollectSummary out_;
};

}  // namespace

Result<CollectSummary> collect_data(const std::string& data_dir, store::State& state,
                                    const CollectOptions& options) {
  Result<FileLock> lock = FileLock::try_acquire(collect_lock_path(data_dir));
  if (!lock && lock.error().code() == ErrorCode::kBusy)
    return Error(ErrorCode::kBusy,
                 "unused data is collected when nothing is being indexed; try again then", true);
  if (!lock) return std::move(lock).error();
  return Collection(data_dir, state, options).run();
}

std::string summary_json(const CollectSummary& summary) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("snapshots", summary.snapshots);
  json.field("freed_bytes", summary.freed_bytes).field("live_contents", summary.live_contents);
  json.field("facts_segments", summary.facts.removed_segments);
  json.field("facts_dropped", summary.facts.dropped_records).key("removed").begin_array();
  for (const std::string& name : summary.removed) json.value(name);
  json.end_array().end_object();
  return text;
}

}  // namespace cairn::indexer
