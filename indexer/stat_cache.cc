#include "indexer/stat_cache.h"

#include <cstring>

#include "base/fs.h"
#include "base/hash.h"

namespace cairn::indexer {
namespace {

// Magic with version, then per row: size, mtime, ctime, inode (8 bytes each), content id (20),
// length of the path (4), path. Last 8 bytes: hash64 of all before. Native byte order: a cache of
// this machine only.
constexpr std::string_view kMagic = "cairn-stat-1\n";
constexpr std::size_t kFixedRow = 4 * 8 + 20 + 4;
constexpr std::uint64_t kMaxFile = 1ull << 30;

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(std::string_view& from) {
  T value;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

bool is_racy(const FileStamp& stamp, std::int64_t listed_at_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool coarse = stamp.mtime_ns % kSecond == 0 && stamp.ctime_ns % kSecond == 0;
  const std::int64_t newest =
      listed_at_ns - (coarse ? StatCache::kCoarseRacyMarginNs : StatCache::kRacyMarginNs);
  return stamp.mtime_ns >= newest || stamp.ctime_ns >= newest;
}

}  // namespace

StatCache StatCache::load(const std::string& path) {
  const auto bytes = read_file(path, kMaxFile);
  if (!bytes || bytes->size() < kMagic.size() + 8) return {};
  std::string_view rest = *bytes;
  std::string_view sum = rest.substr(rest.size() - 8);
  rest.remove_suffix(8);
  if (!rest.starts_with(kMagic) || take<std::uint64_t>(sum) != hash64(rest)) return {};
  rest.remove_prefix(kMagic.size());
  StatCache cache;
  while (!rest.empty()) {
    if (rest.size() < kFixedRow) return {};
    Row row;
    row.stamp.size = take<std::uint64_t>(rest);
    row.stamp.mtime_ns = take<std::int64_t>(rest);
    row.stamp.ctime_ns = take<std::int64_t>(rest);
    row.stamp.inode = take<std::uint64_t>(rest);
    row.content.bytes = take<decltype(row.content.bytes)>(rest);
    const auto length = take<std::uint32_t>(rest);
    if (rest.size() < length) return {};
    cache.rows_.emplace(rest.substr(0, length), row);
    rest.remove_prefix(length);
  }
  return cache;
}

std::optional<ContentId> StatCache::find(std::string_view path, const FileStamp& stamp) const {
  const auto found = rows_.find(std::string(path));
  if (found == rows_.end() || found->second.stamp != stamp) return std::nullopt;
  return found->second.content;
}

Result<void> StatCache::save(const std::string& path, const std::vector<SourceEntry>& entries,
                             std::int64_t listed_at_ns) {
  std::string out(kMagic);
  for (const SourceEntry& entry : entries) {
    if (entry.kind != EntryKind::kFile || !entry.content) continue;
    if (is_racy(entry.stamp, listed_at_ns)) continue;
    put(out, entry.stamp.size);
    put(out, entry.stamp.mtime_ns);
    put(out, entry.stamp.ctime_ns);
    put(out, entry.stamp.inode);
    put(out, entry.content->bytes);
    put(out, static_cast<std::uint32_t>(entry.path.size()));
    out += entry.path;
  }
  put(out, hash64(std::string_view(out)));
  CAIRN_TRY(create_dirs(cairn::parent_path(path)));
  return write_file_atomic(path, out);
}

}  // namespace cairn::indexer
