#pragma once
// A git repository read through libgit2: revisions, trees, blobs, history. Reads objects only: no
// hook, filter, helper or monitor of the repository ever runs, nothing is checked out, and the
// configuration of machine and user is not read. That is why repositories of other owners are
// opened too (git refuses those because its own commands run what the repository's config says).
//
// Thread-safe after open(): each call borrows a handle of its own. Errors: kNotARepository,
// kUnsupported (SHA-256 or another extension), kRevisionNotFound, kNotFound (missing object),
// kLimitExceeded, kCorrupt, kCancelled, kTimeout.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "indexer/classify.h"

namespace cairn::indexer {

/// Name of any git object; of a blob it is the ContentId of its bytes.
using ObjectId = ContentId;

enum class EntryKind : std::uint8_t { kFile, kSymlink, kSubmodule };

struct TreeEntry {
  std::string path;  // bytes as stored, '/'-separated
  ObjectId id;
  EntryKind kind = EntryKind::kFile;
  bool executable = false;
  friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

struct SkippedPath {
  std::string path;
  SkipReason reason = SkipReason::kNone;
  friend auto operator<=>(const SkippedPath&, const SkippedPath&) = default;
};

struct ListLimits {
  std::size_t max_entries = 2'000'000;  // files and folders; more is kLimitExceeded
  std::size_t max_path = 4096;          // bytes; longer ones are skipped and reported
  std::size_t max_depth = 512;          // folders; deeper ones are skipped and reported
};

struct TreeListing {
  std::vector<TreeEntry> entries;    // sorted by path bytes, without repeats
  std::vector<SkippedPath> skipped;  // sorted; a folder stands for all that is in it
};

/// A path whose entry differs between two commits. Absent before: added; absent after: removed.
struct TreeChange {
  std::string path;
  std::optional<TreeEntry> before;
  std::optional<TreeEntry> after;
};

struct CommitInfo {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  std::string author_name;
  std::string author_email;
  std::int64_t author_time = 0;  // seconds since 1970
  std::int64_t commit_time = 0;
  std::string message;
};

enum class RefKind : std::uint8_t { kBranch, kTag, kRemoteBranch };

struct RefInfo {
  std::string name;  // without refs/heads/, refs/tags/ or refs/remotes/
  RefKind kind = RefKind::kBranch;
  ObjectId commit;
};

class GitRepo {
 public:
  /// A folder with .git in it, or a bare repository. Parent folders are not searched.
  static Result<GitRepo> open(const std::string& path);
  GitRepo(GitRepo&&) noexcept;
  GitRepo& operator=(GitRepo&&) noexcept;
  ~GitRepo();

  bool is_bare() const;
  bool is_shallow() const;
  const std::string& git_dir() const;
  /// Folders that reading objects and references may touch: its own, that of the repository a
  /// linked working tree belongs to, and the object folders borrowed from others.
  std::vector<std::string> folders() const;

  /// The commit a revision names. 40 hex digits are that object and never a branch of that name;
  /// tags are peeled. Text that looks like an option is no revision.
  Result<ObjectId> resolve(std::string_view revision) const;
  /// nullopt when there is no commit yet.
  Result<std::optional<ObjectId>> head() const;
  /// Name of the branch HEAD stands on, also before its first commit; "" when detached.
  std::string head_branch() const;
  Result<CommitInfo> commit(const ObjectId& id) const;
  /// Sorted by kind and name. Refs that lead to no commit are left out.
  Result<std::vector<RefInfo>> refs() const;
  /// nullopt when the histories share no commit (or a shallow clone cut it off).
  Result<std::optional<ObjectId>> merge_base(const ObjectId& a, const ObjectId& b) const;

  /// Every file of a commit. Counts paths before it makes them, so a tree that unfolds to billions
  /// is refused at once; work is linear in distinct trees plus entries.
  Result<TreeListing> list(const ObjectId& commit, const ListLimits& limits = {},
                           const StopToken& stop = {}) const;
  /// Changed paths only, sorted; equal subtrees are not entered. Skips what list() skips.
  Result<std::vector<TreeChange>> diff(const ObjectId& before, const ObjectId& after,
                                       const ListLimits& limits = {},
                                       const StopToken& stop = {}) const;
  /// The entry at a path of a commit, if it is there and no folder.
  Result<std::optional<TreeEntry>> find(const ObjectId& commit, std::string_view path) const;

  /// Without reading the content.
  Result<std::uint64_t> blob_size(const ObjectId& id) const;
  /// Size is checked before the content is read, and the content against its id.
  Result<std::string> read_blob(const ObjectId& id, std::uint64_t max_bytes) const;

 private:
  struct Impl;
  explicit GitRepo(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::indexer
