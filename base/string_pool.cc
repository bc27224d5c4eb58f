#include "base/string_pool.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/hash.h"

namespace cairn {
namespace {

constexpr std::size_t kPageBytes = 64 * 1024;

struct Slot {
  std::uint32_t number = UINT32_MAX;  // UINT32_MAX marks a free slot.
  std::uint32_t tag = 0;              // Upper half of the hash.
};

}  // namespace

struct StringPool::Entry {
  const char* data;
  std::size_t size;
};

// A part of the hash space with its own lock, open-addressing table and pages of bytes.
struct alignas(64) StringPool::Shard {
  mutable std::mutex mutex;
  std::vector<Slot> slots;
  std::size_t used = 0;
  std::vector<std::unique_ptr<char[]>> pages;
  char* page_at = nullptr;
  std::size_t page_left = 0;
  std::size_t page_bytes = 0;

  const char* store(std::string_view text) {
    if (text.size() > page_left) {
      // A string too long for a quarter page gets its own, so the current page is not wasted.
      const bool alone = text.size() > kPageBytes / 4;
      const std::size_t bytes = alone ? text.size() : kPageBytes;
      pages.push_back(std::make_unique_for_overwrite<char[]>(bytes));
      page_bytes += bytes;
      if (alone) {
        std::memcpy(pages.back().get(), text.data(), text.size());
        return pages.back().get();
      }
      page_at = pages.back().get();
      page_left = bytes;
    }
    char* place = page_at;
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    page_at += text.size();
    page_left -= text.size();
    return place;
  }

  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(64, slots.size() * 2));
    old.swap(slots);
    // The tag's own bits choose the slot, so growing needs no second hash.
    for (const Slot& slot : old) {
      if (slot.number == UINT32_MAX) continue;
      std::size_t at = slot.tag & (slots.size() - 1);
      while (slots[at].number != UINT32_MAX) at = (at + 1) & (slots.size() - 1);
      slots[at] = slot;
    }
  }
};

StringPool::StringPool() : shards_(std::make_unique<Shard[]>(kShards)) {}

StringPool::~StringPool() {
  for (auto& bucket : buckets_) delete[] bucket.load(std::memory_order_relaxed);
}

StringPool::Shard& StringPool::shard_of(std::uint64_t hash) const {
  return shards_[hash % kShards];
}

StringPool::Entry& StringPool::entry(std::uint32_t number) const {
  const std::uint64_t shifted = std::uint64_t{number} + (1u << kFirstBits);
  const auto width = static_cast<std::size_t>(std::bit_width(shifted)) - 1;
  Entry* bucket = buckets_[width - kFirstBits].load(std::memory_order_acquire);
  return bucket[shifted - (std::uint64_t{1} << width)];
}

StringPool::Entry& StringPool::new_entry(std::uint32_t number) {
  const std::uint64_t shifted = std::uint64_t{number} + (1u << kFirstBits);
  const auto width = static_cast<std::size_t>(std::bit_width(shifted)) - 1;
  std::atomic<Entry*>& bucket = buckets_[width - kFirstBits];
  if (bucket.load(std::memory_order_acquire) == nullptr) {
    std::lock_guard lock(growth_);
    if (bucket.load(std::memory_order_relaxed) == nullptr)
      bucket.store(new Entry[std::size_t{1} << width], std::memory_order_release);
  }
  return entry(number);
}

std::uint32_t StringPool::intern(std::string_view text) {
  const std::uint64_t hash = hash64(text);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  Shard& shard = shard_of(hash);
  std::lock_guard lock(shard.mutex);
  if (shard.used * 4 >= shard.slots.size() * 3) shard.grow();
  const std::size_t mask = shard.slots.size() - 1;
  std::size_t at = tag & mask;
  for (; shard.slots[at].number != UINT32_MAX; at = (at + 1) & mask) {
    const Slot& slot = shard.slots[at];
    if (slot.tag == tag && view(slot.number) == text) return slot.number;
  }
  const std::uint32_t number = next_.fetch_add(1, std::memory_order_acq_rel);
  CAIRN_CHECK(number != UINT32_MAX);
  new_entry(number) = Entry{shard.store(text), text.size()};
  shard.slots[at] = Slot{number, tag};
  ++shard.used;
  return number;
}

std::optional<std::uint32_t> StringPool::find(std::string_view text) const {
  const std::uint64_t hash = hash64(text);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const Shard& shard = shard_of(hash);
  std::lock_guard lock(shard.mutex);
  if (shard.slots.empty()) return std::nullopt;
  const std::size_t mask = shard.slots.size() - 1;
  for (std::size_t at = tag & mask; shard.slots[at].number != UINT32_MAX; at = (at + 1) & mask) {
    const Slot& slot = shard.slots[at];
    if (slot.tag == tag && view(slot.number) == text) return slot.number;
  }
  return std::nullopt;
}

std::string_view StringPool::view(std::uint32_t number) const {
  CAIRN_DCHECK(number < size());
  const Entry& found = entry(number);
  return {found.data, found.size};
}

std::size_t StringPool::memory_bytes() const {
  std::size_t bytes = sizeof *this + kShards * sizeof(Shard);
  for (std::size_t i = 0; i < kShards; ++i) {
    std::lock_guard lock(shards_[i].mutex);
    bytes += shards_[i].page_bytes + shards_[i].slots.size() * sizeof(Slot);
  }
  for (std::size_t i = 0; i < kBuckets; ++i)
    if (buckets_[i].load(std::memory_order_acquire) != nullptr)
      bytes += sizeof(Entry) << (kFirstBits + i);
  return bytes;
}

std::vector<std::uint32_t> StringPool::sorted() const {
  // The first eight bytes decide most comparisons without touching the string again.
  struct Key {
    std::uint64_t head;
    std::uint32_t number;
  };
  std::vector<Key> keys(size());
  for (std::uint32_t number = 0; number < keys.size(); ++number) {
    const std::string_view text = view(number);
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 8; ++i)
      head = head << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
    keys[number] = Key{head, number};
  }
  std::sort(keys.begin(), keys.end(), [this](const Key& a, const Key& b) {
    return a.head != b.head ? a.head < b.head : view(a.number) < view(b.number);
  });
  std::vector<std::uint32_t> order;
  order.reserve(keys.size());
  for (const Key& key : keys) order.push_back(key.number);
  return order;
}

}  // namespace cairn
