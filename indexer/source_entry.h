#pragma once
// One file of a source as the listing knows it. Value types.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "indexer/git_repo.h"

namespace cairn::indexer {

/// What a file system says about a file; when all of it is unchanged, so is the content (but see
/// indexer/stat_cache.h on files changed a moment ago).
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct SourceEntry {
  std::string path;  // relative, '/'-separated, any bytes but NUL
  EntryKind kind = EntryKind::kFile;
  std::optional<ContentId>
      content;      // known from the tree or the stat cache; else hash what is read
  FileStamp stamp;  // of a commit's file only the size
};

}  // namespace cairn::indexer
