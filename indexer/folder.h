#pragma once
// A folder on disk, read without ever leaving it: no symlink is followed, in the middle of a path
// or at its end, even if the tree changes meanwhile. Thread-safe after open(): every call opens
// what it needs relative to one descriptor. Errors: kNotFound, kInvalidArgument (no folder),
// kLimitExceeded, kReadOnly (not permitted), kIo, kCancelled, kTimeout.
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "indexer/source_entry.h"

namespace cairn::indexer {

struct FolderListing {
  std::vector<SourceEntry> entries;  // sorted by path bytes
  std::vector<SkippedPath> skipped;  // sorted
};

/// A path git names in a working tree.
struct WorkTreePath {
  std::string path;
  EntryKind kind = EntryKind::kFile;
  bool tracked = true;
};

class Folder {
 public:
  static Result<Folder> open(const std::string& path);

  /// Every file below, but for version control data and installed packages. Unreadable parts are
  /// reported, not fatal.
  Result<FolderListing> walk(const ListLimits& limits, const StopToken& stop) const;
  /// Stats the paths given. Absent ones are left out: they were deleted.
  Result<FolderListing> stat_all(std::vector<WorkTreePath> paths, const ListLimits& limits,
                                 const StopToken& stop) const;
  /// kLimitExceeded above max_bytes; kInvalidArgument for what is no regular file.
  Result<std::string> read(const std::string& path, std::uint64_t max_bytes) const;

 private:
  explicit Folder(Fd root) : root_(std::move(root)) {}
  Fd root_;
};

}  // namespace cairn::indexer
