#pragma once
// The operational state: which repositories are known and which snapshot of each is current. One
// interface; open_sqlite() is the implementation for a single machine. Thread-safe. Several
// processes may open one database; writers take turns and wait up to five seconds for each other.
//
// When a changing call returns success, the change is on disk and survives a crash or power loss.
// When it returns an Error, nothing changed; only after kIo (a failing disk) it is unsure until the
// store is opened again. Errors common to all calls: kDiskFull, kReadOnly, kIo, kCorrupt (the
// database is damaged), kBusy (retryable: another process kept it too long).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

enum class RepoKind : std::uint8_t { kDirectory, kGit, kRemote };
enum class SnapshotState : std::uint8_t { kReady, kQuarantined };

/// What identifies a repository and how it was named.
struct RepoSpec {
  /// As the user wrote it.
  std::string source;
  RepoKind kind = RepoKind::kDirectory;
  /// Absolute path or normalised URL: one repo per location. Any bytes, without credentials.
  std::string location;
  /// Name in commands and URLs: lower-case letters, digits, '.', '_' and '-', not beginning with
  /// '.' or '-', at most 64. Empty: made from the location, with a number added if that is taken.
  std::string slug;
  std::int64_t created_at_ms = 0;
};

struct Repo {
  /// 16 hex digits made from the location: the same on every machine. Usable as a folder name.
  std::string id;
  std::string slug;
  std::string source;
  RepoKind kind = RepoKind::kDirectory;
  std::string location;
  std::int64_t created_at_ms = 0;
  std::optional<std::string> current_snapshot;
};

struct SnapshotRow {
  /// Chosen by the caller, unique within the repo.
  std::string id;
  /// Git commit, empty for a plain folder or working tree.
  std::string commit;
  /// File names relative to the data folder; the overlay is empty if there is none.
  std::string base_file;
  std::string overlay_file;
  std::int64_t created_at_ms = 0;
  std::uint64_t files = 0;
  std::uint64_t symbols = 0;
  std::uint64_t edges = 0;
  SnapshotState state = SnapshotState::kReady;
  std::uint32_t extractor_version = 0;
  friend bool operator==(const SnapshotRow&, const SnapshotRow&) = default;
};

struct JobFence;

class Store {
 public:
  virtual ~Store() = default;

  /// The repo of this location, added if unknown. A known one takes the new source, and the new
  /// slug if one is given. kExists: another location has the slug. kInvalidArgument: malformed slug
  /// or empty location.
  virtual Result<Repo> upsert_repo(const RepoSpec& spec) = 0;
  /// kNotFound names the nearest slugs.
  virtual Result<Repo> repo_by_slug(std::string_view slug) const = 0;
  /// kNotFound if unknown.
  virtual Result<Repo> repo_by_id(std::string_view id) const = 0;
  /// By location; kNotFound if it was never added.
  virtual Result<Repo> repo_by_source(std::string_view location) const = 0;
  /// Ordered by slug.
  virtual Result<std::vector<Repo>> list_repos() const = 0;
  /// With its snapshots, settings and jobs; files on disk are the caller's to sweep. kNotFound if
  /// unknown.
  virtual Result<void> delete_repo(std::string_view repo) = 0;

  /// In one transaction: adds the snapshot (or replaces the one of this id) with the report of the
  /// run that made it, and makes it current. With a fence (store/jobs.h) only while that claim
  /// still holds, else kFenced.
  virtual Result<void> publish_snapshot(std::string_view repo, const SnapshotRow& row,
                                        std::string_view report = {},
                                        const JobFence* fence = nullptr) = 0;
  /// The report a snapshot was published with; empty if there was none. kNotFound if unknown.
  virtual Result<std::string> snapshot_report(std::string_view repo, std::string_view id) const = 0;
  virtual Result<std::optional<SnapshotRow>> current_snapshot(std::string_view repo) const = 0;
  /// Newest first.
  virtual Result<std::vector<SnapshotRow>> list_snapshots(std::string_view repo) const = 0;
  /// Marks a snapshot whose file is damaged. If it was current, the newest ready one takes its
  /// place; returns what is current now. kNotFound if unknown.
  virtual Result<std::optional<SnapshotRow>> quarantine_snapshot(std::string_view repo,
                                                                 std::string_view id) = 0;
  /// kNotFound if unknown, kInvalidArgument if it is current.
  virtual Result<void> delete_snapshot(std::string_view repo, std::string_view id) = 0;
  /// Base and overlay files of all snapshots, quarantined ones too, sorted, each once. A file that
  /// is not among them is a leftover of an interrupted run.
  virtual Result<std::vector<std::string>> referenced_files() const = 0;

  /// Writes a consistent copy to a file that must not exist yet (kExists).
  virtual Result<void> backup(const std::string& to_path) const = 0;
  /// Reads every page and checks every reference; kCorrupt says what is wrong.
  virtual Result<void> integrity_check() const = 0;
};

/// Opens or creates the database file. Older versions are migrated. Errors besides the common ones:
/// kVersion (written by a newer cairn, left untouched), kNotFound (no such folder),
/// kInvalidArgument (a database of another program).
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path);

}  // namespace cairn::store
