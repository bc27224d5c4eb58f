#include "indexer/data_folder.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/fail_point.h"
#include "graph/facts.h"

namespace cairn::indexer {
namespace {

store::RepoKind repo_kind(const PreparedSource& source) {
  if (source.kind == SourceKind::kDirectory) return store::RepoKind::kDirectory;
  return source.name.starts_with('/') ? store::RepoKind::kGit : store::RepoKind::kRemote;
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path, Use use) {
  CAIRN_TRY(create_dirs(path));
  CAIRN_ASSIGN(std::shared_ptr<store::State> state,
               store::open_state(join_path(path, "cairn.db"), std::make_shared<SystemClock>()));
  return open(path, std::move(state), use);
}

Result<DataFolder> DataFolder::open(const std::string& path, std::shared_ptr<store::State> state,
                                    Use use) {
  std::unique_ptr<FactsCache> facts;
  if (use == Use::kStateAndFacts) {
    CAIRN_ASSIGN(facts, FactsCache::open(join_path(path, "facts")));
  }
  return DataFolder(path, std::move(state), std::move(facts));
}

Result<store::Repo> DataFolder::repo_of(const PreparedSource& source) {
  // A revision of a repository is a graph of its own beside its working tree's.
  std::string location = source.name;
  if (source.kind == SourceKind::kCommit) location += "@commit";
  store::RepoSpec spec;
  spec.source = source.name;
  spec.kind = repo_kind(source);
  spec.location = location;
  spec.created_at_ms = state_->clock().unix_milliseconds();
  return store().upsert_repo(spec);
}

Result<std::string> DataFolder::repo_folder(const store::Repo& repo) {
  const std::string folder = join_path(join_path(path_, "repos"), repo.id);
  CAIRN_TRY(create_dirs(folder));
  return folder;
}

std::string collect_lock_path(const std::string& data_dir) {
  return join_path(data_dir, "collect.lock");
}

Result<FileLock> DataFolder::lock_repo(const store::Repo& repo, const StopToken& stop) {
  CAIRN_TRY(hold_off_collections(stop));
  CAIRN_ASSIGN(const std::string folder, repo_folder(repo));
  const std::string path = join_path(folder, "lock");
  for (;;) {
    Result<FileLock> lock = FileLock::try_acquire(path);
    if (lock || lock.error().code() != ErrorCode::kBusy) return lock;
    if (stop.stopped())
      return Error(ErrorCode::kBusy,
                   repo.source + ": another process is indexing it; try again when it is done",
                   true);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Result<void> DataFolder::hold_off_collections(const StopToken& stop) {
  while (!no_collection_) {
    Result<FileLock> lock = FileLock::try_acquire_shared(collect_lock_path(path_));
    if (lock) {
      no_collection_ = std::move(*lock);
    } else if (lock.error().code() != ErrorCode::kBusy || stop.stopped()) {
      return std::move(lock).error();
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  return {};
}

Result<std::optional<DataFolder::Current>> DataFolder::current(const store::Repo& repo,
                                                               std::vector<std::string>& warnings) {
  CAIRN_ASSIGN(std::optional<store::SnapshotRow> row, store().current_snapshot(repo.id));
  while (row) {
    const std::string base = join_path(path_, row->base_file);
    const std::string overlay =
        row->overlay_file.empty() ? std::string() : join_path(path_, row->overlay_file);
    Result<std::shared_ptr<const graph::Snapshot>> snapshot = graph::Snapshot::open(base, overlay);
    if (snapshot) return std::optional<Current>(Current{*row, std::move(*snapshot)});
    const ErrorCode code = snapshot.error().code();
    if (code != ErrorCode::kCorrupt && code != ErrorCode::kVersion && code != ErrorCode::kNotFound)
      return std::move(snapshot).error();
    warnings.push_back("snapshot " + row->id + " is not used: " + snapshot.error().message());
    CAIRN_ASSIGN(std::optional<store::SnapshotRow> next,
                 store().quarantine_snapshot(repo.id, row->id));
    row = std::move(next);
  }
  return std::optional<Current>();
}

Result<store::SnapshotRow> DataFolder::publish(const store::Repo& repo,
                                               const Publication& publication) {
  const std::string folder = "repos/" + repo.id + "/";
  const auto& [base, overlay, snapshot, report, fence] = publication;
  store::SnapshotRow row;
  const std::string& newest = overlay.empty() ? base : overlay;
  row.id = newest.substr(0, newest.find('.'));
  row.commit = snapshot.commit();
  row.base_file = folder + base;
  row.overlay_file = overlay.empty() ? std::string() : folder + overlay;
  row.created_at_ms = state_->clock().unix_milliseconds();
  const graph::Totals& totals = snapshot.totals();
  row.files = totals.files;
  row.symbols = totals.symbols;
  row.edges = totals.edges;
  row.extractor_version = graph::kExtractorVersion;
  fail_point("publish.before_commit");
  CAIRN_TRY(store().publish_snapshot(repo.id, row, report, fence));
  fail_point("publish.after_commit");
  CAIRN_TRY(drop_old_snapshots(repo));
  return row;
}

Result<void> DataFolder::drop_old_snapshots(const store::Repo& repo) {
  CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows, store().list_snapshots(repo.id));
  CAIRN_ASSIGN(const std::optional<store::SnapshotRow> now, store().current_snapshot(repo.id));
  CAIRN_ASSIGN(const store::RepoSettings settings, state_->settings().get(repo.id));
  std::int64_t kept = 0;
  for (const store::SnapshotRow& row : rows) {
    if (now && row.id == now->id) continue;
    if (row.state == store::SnapshotState::kReady && kept++ < settings.keep_snapshots) continue;
    CAIRN_TRY(store().delete_snapshot(repo.id, row.id));
  }
  return clear_leftovers(repo);
}

Result<void> DataFolder::clear_leftovers(const store::Repo& repo) {
  const std::string repos = join_path(path_, "repos");
  CAIRN_ASSIGN(const std::vector<DirEntry> folders, list_dir(repos));
  for (const DirEntry& one : folders)
    if (one.kind == FileKind::kDirectory) CAIRN_TRY(remove_stale_temps(join_path(repos, one.name)));
  CAIRN_TRY(remove_stale_temps(facts_folder()));
  CAIRN_ASSIGN(const std::vector<std::string> referenced, store().referenced_files());
  CAIRN_ASSIGN(const std::string folder, repo_folder(repo));
  CAIRN_ASSIGN(const std::vector<DirEntry> entries, list_dir(folder));
  for (const DirEntry& entry : entries) {
    if (entry.name.starts_with(kStagingPrefix))
      CAIRN_TRY(remove_tree(join_path(folder, entry.name)));
    if (!entry.name.ends_with(".cairn")) continue;
    const std::string name = "repos/" + repo.id + "/" + entry.name;
    if (std::binary_search(referenced.begin(), referenced.end(), name)) continue;
    CAIRN_TRY(remove_file(join_path(folder, entry.name)));
  }
  return {};
}

}  // namespace cairn::indexer
