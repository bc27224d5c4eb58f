#pragma once
// What is to be indexed: a plain directory, the working tree of a local git repository, or a commit
// of a local repository or of a remote one, which is kept as a bare mirror. Nothing is ever checked
// out. The listing is deterministic; reading is thread-safe.
//
// Errors of open(): kNotFound, kInvalidArgument (an option-like or credential-carrying address, a
// file), kNotARepository (a revision of a plain directory), kRevisionNotFound, kUnsupported,
// kUnreachable, kLimitExceeded, kBusy, kCancelled, kTimeout.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "indexer/folder.h"
#include "indexer/git_program.h"
#include "indexer/git_repo.h"
#include "indexer/repo_config.h"
#include "indexer/source_entry.h"

namespace cairn::indexer {

enum class SourceKind : std::uint8_t { kDirectory, kWorkTree, kCommit };

struct SourceOptions {
  std::optional<std::string> revision;  // --at
  std::vector<std::string> excludes;    // patterns added to the repository's own
  std::string data_dir;                 // holds mirrors and stat caches; without it neither is kept
  bool update_mirror = true;            // false: use a mirror as it is, if there is one
  ListLimits limits;
  FetchOptions fetch;
  StopToken stop;
};

/// A source found and brought up to date: what the git program had to do is done. The rest is
/// reading, which another process may do.
struct PreparedSource {
  SourceKind kind = SourceKind::kDirectory;
  std::string name;                 // absolute path or address
  std::string slug;                 // see Source::slug()
  std::string repository;           // folder of the repository or mirror; "" for a plain directory
  std::string stat_cache;           // file of content ids by stamp; "" when there is none
  std::optional<ObjectId> commit;   // see Source::commit()
  std::vector<WorkTreePath> paths;  // of a working tree
  std::optional<GitRepo> repo;      // open already; else Source::open() opens `repository`
};

class Source {
 public:
  /// Finds the source and updates its mirror. Errors: as listed above.
  static Result<PreparedSource> prepare(const std::string& source, const SourceOptions& options);
  /// Lists a prepared source: runs no program.
  static Result<Source> open(PreparedSource prepared, const SourceOptions& options);
  static Result<Source> open(const std::string& source, const SourceOptions& options);
  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;
  ~Source();

  SourceKind kind() const;
  /// Absolute path or address.
  const std::string& name() const;
  /// Names this source's folder under DATA/repos: readable, and distinct for distinct names.
  const std::string& slug() const;
  /// The commit listed; of a working tree the one HEAD stands on.
  const std::optional<ObjectId>& commit() const;
  /// Absent for a plain directory.
  const GitRepo* repo() const;

  /// Sorted by path bytes. Symlinks and submodules are listed but never followed.
  const std::vector<SourceEntry>& entries() const;
  /// What the listing itself left out. Sorted.
  const std::vector<SkippedPath>& skipped() const;

  /// Content of a kFile entry. kLimitExceeded above max_bytes, before it is read.
  Result<std::string> read(const SourceEntry& entry, std::uint64_t max_bytes) const;
  /// Settings from the source's .cairn.toml with the excludes of the options.
  Result<RepoConfig> config() const;
  /// Keeps content ids found by hashing for the next listing; `hashed` is entries() with ids filled
  /// in. Does nothing for commits and without a data folder. `path`: where, if not in its place.
  Result<void> save_stat_cache(const std::vector<SourceEntry>& hashed,
                               const std::string& path = {}) const;

 private:
  struct Impl;
  explicit Source(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "redis-3f2a9c01b4d7": last part of a path or address, and a hash of all of it.
std::string slug_of(std::string_view name);

}  // namespace cairn::indexer
