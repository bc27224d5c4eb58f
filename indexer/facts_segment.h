#pragma once
// The files and the in-memory index of the facts cache (indexer/facts_cache.h), for that class
// only.
//
// A segment file is a 16-byte head and records back to back; it only ever grows, under an exclusive
// flock that dies with its process. A record is a 64-byte head (magic, key, sizes, XXH3 of each
// part, XXH3 of the head) and the two parts. An index file lists the records of a prefix of its
// segment, so that opening reads it once and scans only what was appended since. Little-endian.
// Thread-compatible; reading a segment is thread-safe.
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/hash.h"
#include "base/result.h"
#include "graph/types.h"

namespace cairn::indexer {

/// What facts are a function of.
struct FactsKey {
  ContentId content;
  graph::Language language = graph::Language::kUnknown;
  std::uint32_t extractor = 0;  // graph::kExtractorVersion of the program that made them
  friend auto operator<=>(const FactsKey&, const FactsKey&) = default;
};

namespace facts_detail {

inline constexpr std::uint64_t kSegmentHead = 16;
inline constexpr std::uint64_t kRecordHead = 64;

struct RecordHead {
  FactsKey key;
  std::uint32_t face_size = 0;
  std::uint32_t body_size = 0;
  std::uint64_t face_hash = 0;
  std::uint64_t body_hash = 0;

  std::uint64_t record_size() const { return kRecordHead + std::uint64_t{face_size} + body_size; }
  std::array<char, kRecordHead> bytes() const;
  /// Nothing if these 64 bytes are no intact record head.
  static std::optional<RecordHead> parse(std::string_view bytes);
};

/// Where a record is.
struct Entry {
  FactsKey key;
  std::uint32_t segment = 0;  // its number, from 1; 0 = erased
  std::uint32_t offset = 0;
  std::uint32_t face_size = 0;
  std::uint32_t body_size = 0;

  std::uint64_t record_size() const { return kRecordHead + std::uint64_t{face_size} + body_size; }
  std::uint64_t end() const { return offset + record_size(); }
};

/// Key to entry: open addressing over a dense vector, 56 bytes a record.
class EntryTable {
 public:
  const Entry* find(const FactsKey& key) const;
  /// Adds it, or replaces the entry of the same key.
  void insert(const Entry& entry);
  void erase(const FactsKey& key);
  /// Removes every entry the predicate holds for. Linear.
  void erase_if(const std::function<bool(const Entry&)>& doomed);
  /// Erased ones included, with segment 0.
  const std::vector<Entry>& entries() const { return entries_; }
  void reserve(std::size_t entries);

 private:
  std::size_t slot_of(const FactsKey& key) const;
  void rebuild(std::size_t slots);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // row + 1, 0 = free; a power of two in size
};

/// One segment, opened for reading; appended to by whoever holds its lock.
class Segment {
 public:
  /// Makes segment `number`, empty and locked; its head is written by start(). kExists if taken.
  static Result<Segment> create(const std::string& folder, std::uint32_t number);
  /// Opens an existing one. kVersion, kCorrupt if it is not a segment of this format.
  static Result<Segment> open(const std::string& folder, std::uint32_t number);
  static std::string head();
  /// Numbers of the segments in a folder, ascending.
  static Result<std::vector<std::uint32_t>> list(const std::string& folder);

  std::uint32_t number() const { return number_; }
  const std::string& path() const { return path_; }
  /// End of the last record known.
  std::uint64_t end() const { return end_; }
  void set_end(std::uint64_t end) { end_ = end; }
  /// How far the index file reaches.
  std::uint64_t indexed() const { return indexed_; }
  Result<std::uint64_t> file_size() const;

  /// Takes the right to append. False if another holder has it or the file was removed.
  Result<bool> try_lock();
  void unlock();

  /// Adds the records of the index file, then of everything behind it, to `table`.
  Result<void> load(EntryTable& table);
  /// Adds the records from end() on; stops before the first that is torn or damaged.
  Result<void> scan(EntryTable& table);
  /// Replaces the index file by one that lists `entries`, which are all records before end().
  Result<void> write_index(const std::vector<Entry>& entries);
  /// Removes the index file; opening scans the records instead.
  Result<void> remove_index();
  /// Removes both files. Descriptors others hold stay readable.
  Result<void> remove();
  bool removed() const { return removed_; }

  /// The head of the record at `offset`, and its part into `out`: `part_offset` bytes behind the
  /// head, `size` long. Nothing if the file ends before or the head is damaged.
  Result<std::optional<RecordHead>> read(std::uint64_t offset, std::uint64_t part_offset,
                                         std::size_t size, std::string& out) const;

 private:
  Segment(Fd fd, std::string path, std::string index_path, std::uint32_t number)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        index_path_(std::move(index_path)),
        number_(number) {}
  bool load_index(EntryTable& table, std::uint64_t size);

  Fd fd_;
  std::string path_;
  std::string index_path_;
  std::uint32_t number_ = 0;
  std::uint64_t end_ = kSegmentHead;
  std::uint64_t indexed_ = 0;
  bool removed_ = false;
};

}  // namespace facts_detail
}  // namespace cairn::indexer
