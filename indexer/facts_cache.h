#pragma once
// Encoded facts on disk, shared by every revision, branch and repository of one access domain and
// by every process that opens the folder. Append-only segment files (indexer/facts_segment.h); each
// writing process appends to a segment it holds the lock of, so no process waits for another.
//
// A cache: anything missing, torn or damaged is a miss, counted and made again. get() and put() are
// thread-safe. put() collects records and writes them in batches; sync() makes all earlier records
// durable and must return before a snapshot that depends on them is published. Facts of other
// processes written after open() are seen only when their segment is taken over.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "indexer/facts_segment.h"

namespace cairn::indexer {

enum class FactsPart : std::uint8_t { kFace, kBody, kBoth };

class FactsCache {
 public:
  struct Options {
    std::uint64_t segment_bytes = std::uint64_t{256} << 20;  // a segment is full from here on
    std::size_t batch_bytes = std::size_t{1} << 20;          // put() writes when it holds this much
  };
  struct Stats {
    std::uint64_t records = 0;  // keys that get() would look for on disk
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;            // damaged records included
    std::uint64_t damaged = 0;           // records get() found unreadable
    std::uint64_t skipped_segments = 0;  // of another format, or no segments at all
  };
  struct VerifyReport {
    std::uint64_t segments = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> problems;  // one line each: file, offset, what is wrong
  };
  struct CollectReport {
    std::uint64_t removed_segments = 0;
    std::uint64_t kept_records = 0;     // copied out of removed segments
    std::uint64_t dropped_records = 0;  // dead, or damaged
    std::uint64_t freed_bytes = 0;      // net
    std::uint64_t busy_segments = 0;    // mostly dead, but another process writes to them
  };

  /// Opens the folder, making it if it is absent. A folder that can only be read gives hits; put()
  /// then fails with kReadOnly.
  static Result<std::unique_ptr<FactsCache>> open(const std::string& folder, Options options);
  static Result<std::unique_ptr<FactsCache>> open(const std::string& folder);
  FactsCache(const FactsCache&) = delete;
  FactsCache& operator=(const FactsCache&) = delete;
  /// Writes what is pending; a failure loses cached facts only. close() reports it.
  ~FactsCache();

  /// Keeps facts under the key; does nothing if they are there. After an error (kDiskFull,
  /// kReadOnly, kIo) the records of the failed batch are misses again.
  Result<void> put(const FactsKey& key, std::string_view face, std::string_view body);
  /// The part into `out`. False on a miss; `out` is then unspecified.
  bool get(const FactsKey& key, FactsPart part, std::string& out);
  bool contains(const FactsKey& key) const;
  /// For facts that were read intact but do not decode: counts them as damaged and lets put()
  /// store the key again.
  void forget(const FactsKey& key);
  /// Returns when every record put so far is on the disk.
  Result<void> sync();
  /// Writes what is pending and lets go of the segment. Further puts begin anew.
  Result<void> close();

  Stats stats() const;
  /// Reads every record of every segment. What is wrong is in the report, not an Error.
  Result<VerifyReport> verify();
  /// Rewrites segments of which less than half belongs to keys `live` holds for. Blocks other
  /// calls. A dry run only counts.
  Result<CollectReport> collect(const std::function<bool(const FactsKey&)>& live,
                                bool dry_run = false);

 private:
  using Segment = facts_detail::Segment;
  using Entry = facts_detail::Entry;
  using RecordHead = facts_detail::RecordHead;

  FactsCache(std::string folder, Options options);
  Result<void> load();

  // All of these need mutex_ held exclusively.
  Result<void> ensure_writer();
  Result<bool> adopt(std::size_t row);
  Result<void> create_segment();
  Result<void> append(const RecordHead& head, std::string_view face, std::string_view body);
  Result<void> flush();
  void forget_unwritten();
  Result<void> release_writer();
  Result<void> sync_writer();
  Result<void> collect_segment(Segment& segment, const std::function<bool(const FactsKey&)>& live,
                               CollectReport& report);
  Result<void> retire(Segment& segment, CollectReport& report);

  std::uint64_t written_end() const { return writer_->size(); }
  bool read(const Entry& entry, FactsPart part, std::string& out) const;
  bool read_pending(const Entry& entry, FactsPart part, std::string& out) const;
  const Segment* segment(std::uint32_t number) const;
  void verify_segment(const Segment& segment, VerifyReport& report) const;

  const std::string folder_;
  const Options options_;

  mutable std::shared_mutex mutex_;
  facts_detail::EntryTable table_;
  std::vector<std::unique_ptr<Segment>> segments_;  // by number
  std::vector<std::uint32_t> retired_;              // segments collect() is about to remove
  std::optional<AppendFile> writer_;                // appends to writing_, which is locked
  Segment* writing_ = nullptr;
  bool folder_changed_ = false;  // a segment was made since the last sync
  bool unsynced_ = false;
  std::string pending_;  // records behind written_end()
  std::uint64_t skipped_segments_ = 0;
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  std::atomic<std::uint64_t> damaged_{0};
};

}  // namespace cairn::indexer
