#pragma once
// Content ids of a working tree's files by what the file system says about them, so that a second
// index hashes only what changed. A flat file with a checksum; missing, damaged or of another
// version means that everything is hashed again, never an error.
//
// Racy files, as in git's index: one changed within the file system's clock step after it was
// hashed can keep its stamp. So a stamp is trusted only if it is older than the moment the listing
// began by a margin. Objects belong to one thread at a time.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "indexer/source_entry.h"

namespace cairn::indexer {

class StatCache {
 public:
  /// Longest clock step of file systems that keep parts of a second (the kernel's tick, doubled).
  static constexpr std::int64_t kRacyMarginNs = 20'000'000;
  /// For stamps in whole seconds: the coarsest file system in use (FAT) counts by two.
  static constexpr std::int64_t kCoarseRacyMarginNs = 2'000'000'000;

  /// Empty if the file is absent or unusable.
  static StatCache load(const std::string& path);

  std::optional<ContentId> find(std::string_view path, const FileStamp& stamp) const;
  std::size_t size() const { return rows_.size(); }

  /// Replaces the file. Entries without a content id, and racy ones, are left out. `listed_at_ns`
  /// is the time of day just before the listing that made the stamps began.
  static Result<void> save(const std::string& path, const std::vector<SourceEntry>& entries,
                           std::int64_t listed_at_ns);

 private:
  struct Row {
    FileStamp stamp;
    ContentId content;
  };
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace cairn::indexer
