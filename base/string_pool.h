#pragma once
// A pool of distinct strings with dense 32-bit numbers. Thread-safe: intern, find and view may run
// at once from any thread. Strings live in pages that never move, so a view stays valid for the
// pool's lifetime.
//
// Numbers are given in the order strings arrive, which depends on the threads. Anything that must
// not (files, exports) renumbers by sorted(), which depends on the set of strings alone.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace cairn {

class StringPool {
 public:
  StringPool();
  ~StringPool();
  StringPool(const StringPool&) = delete;
  StringPool& operator=(const StringPool&) = delete;

  /// The number of this string, a new one (= size() before) if it was unknown.
  std::uint32_t intern(std::string_view text);
  std::optional<std::uint32_t> find(std::string_view text) const;
  /// Requires a number that intern returned.
  std::string_view view(std::uint32_t number) const;

  /// Numbers given so far. While others intern, the newest few may not be readable yet.
  std::uint32_t size() const { return next_.load(std::memory_order_acquire); }
  /// Bytes of memory held.
  std::size_t memory_bytes() const;

  /// All numbers ordered by the bytes of their strings. Call when nobody interns. O(n log n).
  std::vector<std::uint32_t> sorted() const;

 private:
  static constexpr std::size_t kShards = 32;
  static constexpr std::size_t kFirstBits = 10;  // Bucket b holds 2^(kFirstBits + b) entries.
  static constexpr std::size_t kBuckets = 32 - kFirstBits + 1;
  struct Shard;
  struct Entry;

  Shard& shard_of(std::uint64_t hash) const;
  Entry& entry(std::uint32_t number) const;
  Entry& new_entry(std::uint32_t number);

  std::unique_ptr<Shard[]> shards_;
  std::array<std::atomic<Entry*>, kBuckets> buckets_{};
  std::mutex growth_;
  std::atomic<std::uint32_t> next_{0};
};

}  // namespace cairn
