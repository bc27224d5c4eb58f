#include "indexer/facts_segment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <type_traits>

#include "base/text.h"

namespace cairn::indexer::facts_detail {
namespace {

static_assert(std::endian::native == std::endian::little,
              "segments are read and written as they lie in memory");

constexpr std::string_view kSegmentMagic = "CAIRNFS\n";
constexpr std::string_view kIndexMagic = "CAIRNFX\n";
constexpr std::uint32_t kFormat = 1;
constexpr std::uint32_t kRecordMagic = 0x52534643;  // "CFSR"
constexpr std::string_view kSegmentSuffix = ".facts";
constexpr std::string_view kPrefix = "seg-";
constexpr std::uint64_t kMaxIndexFile = std::uint64_t{1} << 30;

struct DiskRecord {
  std::uint32_t magic;
  std::uint8_t language;
  std::array<std::uint8_t, 3> zero;
  std::array<std::uint8_t, 20> content;
  std::uint32_t extractor;
  std::uint32_t face_size;
  std::uint32_t body_size;
  std::uint64_t face_hash;
  std::uint64_t body_hash;
  std::uint64_t head_hash;  // of the bytes before it
};
static_assert(sizeof(DiskRecord) == kRecordHead && std::is_trivially_copyable_v<DiskRecord>);

struct DiskIndexHead {
  std::array<char, 8> magic;
  std::uint32_t format;
  std::uint32_t count;
  std::uint64_t covered;  // bytes of the segment whose records are listed
  std::uint64_t hash;     // of the rows, seeded with `covered`
};
static_assert(sizeof(DiskIndexHead) == 32);

struct DiskEntry {
  std::array<std::uint8_t, 20> content;
  std::uint8_t language;
  std::array<std::uint8_t, 3> zero;
  std::uint32_t extractor;
  std::uint32_t offset;
  std::uint32_t face_size;
  std::uint32_t body_size;
};
static_assert(sizeof(DiskEntry) == 40);

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

Error failed(std::string_view doing, const std::string& path) {
  return errno_error(errno, std::string(doing) + " '" + printable(path) + "'");
}

std::string file_name(std::uint32_t number, std::string_view suffix) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::string(kPrefix) + digits + std::string(suffix);
}

std::string index_path_of(const std::string& folder, std::uint32_t number) {
  return join_path(folder, file_name(number, ".index"));
}

/// Fills both buffers from the file, in order. False if it ends first.
Result<bool> read_fully(int fd, const std::string& path, std::uint64_t offset,
                        std::array<iovec, 2> parts) {
  while (true) {
    while (parts[0].iov_len == 0) {
      if (parts[1].iov_len == 0) return true;
      std::swap(parts[0], parts[1]);
    }
    const ssize_t got = ::preadv(fd, parts.data(), 2, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", path);
    if (got == 0) return false;
    offset += static_cast<std::uint64_t>(got);
    auto left = static_cast<std::size_t>(got);
    for (iovec& part : parts) {
      const std::size_t taken = std::min(left, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + taken;
      part.iov_len -= taken;
      left -= taken;
    }
  }
}

}  // namespace

std::array<char, kRecordHead> RecordHead::bytes() const {
  DiskRecord disk{};
  disk.magic = kRecordMagic;
  disk.language = static_cast<std::uint8_t>(key.language);
  disk.content = key.content.bytes;
  disk.extractor = key.extractor;
  disk.face_size = face_size;
  disk.body_size = body_size;
  disk.face_hash = face_hash;
  disk.body_hash = body_hash;
  disk.head_hash = hash64(bytes_of(disk).substr(0, offsetof(DiskRecord, head_hash)));
  return std::bit_cast<std::array<char, kRecordHead>>(disk);
}

std::optional<RecordHead> RecordHead::parse(std::string_view bytes) {
  if (bytes.size() != kRecordHead) return std::nullopt;
  DiskRecord disk;
  std::memcpy(&disk, bytes.data(), sizeof disk);
  if (disk.magic != kRecordMagic) return std::nullopt;
  if (disk.head_hash != hash64(bytes.substr(0, offsetof(DiskRecord, head_hash))))
    return std::nullopt;
  RecordHead head;
  head.key = {{disk.content}, static_cast<graph::Language>(disk.language), disk.extractor};
  head.face_size = disk.face_size;
  head.body_size = disk.body_size;
  head.face_hash = disk.face_hash;
  head.body_hash = disk.body_hash;
  return head;
}

std::size_t EntryTable::slot_of(const FactsKey& key) const {
  // Content ids are digests already; language and version only keep rows of one content apart.
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t other =
      (std::uint64_t{key.extractor} << 8) | static_cast<std::uint8_t>(key.language);
  std::size_t slot = hash_mix(std::hash<ContentId>()(key.content), other) & mask;
  while (slots_[slot] != 0 && entries_[slots_[slot] - 1].key != key) slot = (slot + 1) & mask;
  return slot;
}

const Entry* EntryTable::find(const FactsKey& key) const {
  if (slots_.empty()) return nullptr;
  const std::uint32_t row = slots_[slot_of(key)];
  return row == 0 || entries_[row - 1].segment == 0 ? nullptr : &entries_[row - 1];
}

void EntryTable::erase(const FactsKey& key) {
  // The row stays, so that probing past it still works; insert() takes it over.
  if (find(key) != nullptr) entries_[slots_[slot_of(key)] - 1].segment = 0;
}

void EntryTable::insert(const Entry& entry) {
  if ((entries_.size() + 1) * 2 > slots_.size())
    rebuild(std::max<std::size_t>(64, slots_.size() * 2));
  const std::size_t slot = slot_of(entry.key);
  if (slots_[slot] != 0) {
    entries_[slots_[slot] - 1] = entry;
    return;
  }
  entries_.push_back(entry);
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
}

void EntryTable::erase_if(const std::function<bool(const Entry&)>& doomed) {
  if (std::erase_if(entries_, doomed) > 0) rebuild(slots_.size());
}

void EntryTable::reserve(std::size_t entries) {
  entries_.reserve(entries);
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(64, entries * 2 + 2));
  if (slots > slots_.size()) rebuild(slots);
}

void EntryTable::rebuild(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    slots_[slot_of(entries_[i].key)] = static_cast<std::uint32_t>(i + 1);
}

std::string Segment::head() {
  std::string out(kSegmentMagic);
  out += bytes_of(kFormat);
  out.resize(kSegmentHead, '\0');
  return out;
}

Result<std::vector<std::uint32_t>> Segment::list(const std::string& folder) {
  CAIRN_ASSIGN(const std::vector<DirEntry> names, list_dir(folder));
  std::vector<std::uint32_t> out;
  for (const DirEntry& entry : names) {
    const std::string_view name = entry.name;
    if (!name.starts_with(kPrefix) || !name.ends_with(kSegmentSuffix)) continue;
    std::uint32_t number = 0;
    const char* begin = name.data() + kPrefix.size();
    const char* end = name.data() + name.size() - kSegmentSuffix.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error == std::errc() && stop == end && number > 0 &&
        name == file_name(number, kSegmentSuffix))
      out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<Segment> Segment::create(const std::string& folder, std::uint32_t number) {
  const std::string path = join_path(folder, file_name(number, kSegmentSuffix));
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd.is_open()) return failed("creating", path);
  Segment segment(std::move(fd), path, index_path_of(folder, number), number);
  CAIRN_ASSIGN(const bool locked, segment.try_lock());
  if (!locked) return Error(ErrorCode::kExists, "another process took '" + printable(path) + "'");
  return segment;
}

Result<Segment> Segment::open(const std::string& folder, std::uint32_t number) {
  const std::string path = join_path(folder, file_name(number, kSegmentSuffix));
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.is_open()) return failed("opening", path);
  std::array<char, kSegmentHead> found{};
  CAIRN_ASSIGN(const bool whole,
               read_fully(fd.get(), path, 0, {iovec{found.data(), found.size()}, iovec{}}));
  // A writer killed between creating a file and writing its head leaves an empty one behind.
  const std::string_view bytes(found.data(), found.size());
  if (!whole || !bytes.starts_with(kSegmentMagic))
    return Error(ErrorCode::kCorrupt, "'" + printable(path) + "' is no facts segment");
  if (bytes != head())
    return Error(ErrorCode::kVersion, "'" + printable(path) + "' is of another format version");
  return Segment(std::move(fd), path, index_path_of(folder, number), number);
}

Result<std::uint64_t> Segment::file_size() const {
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0) return failed("examining", path_);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<bool> Segment::try_lock() {
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK || errno == EINTR) return false;
    return failed("locking", path_);
  }
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0) return failed("examining", path_);
  if (info.st_nlink > 0) return true;
  unlock();
  return false;
}

void Segment::unlock() { ::flock(fd_.get(), LOCK_UN); }

bool Segment::load_index(EntryTable& table, std::uint64_t size) {
  // Without a usable index file the records are scanned: slower, nothing lost.
  const auto file = read_file(index_path_, kMaxIndexFile, Symlinks::kRefuse);
  if (!file || file->size() < sizeof(DiskIndexHead)) return false;
  DiskIndexHead index;
  std::memcpy(&index, file->data(), sizeof index);
  const std::string_view rows = std::string_view(*file).substr(sizeof index);
  if (std::string_view(index.magic.data(), index.magic.size()) != kIndexMagic ||
      index.format != kFormat || rows.size() != index.count * sizeof(DiskEntry) ||
      index.hash != hash64(rows, index.covered) || index.covered > size)
    return false;
  table.reserve(table.entries().size() + index.count);
  for (std::size_t i = 0; i < index.count; ++i) {
    DiskEntry disk;
    std::memcpy(&disk, rows.data() + i * sizeof disk, sizeof disk);
    Entry entry;
    entry.key = {{disk.content}, static_cast<graph::Language>(disk.language), disk.extractor};
    entry.segment = number_;
    entry.offset = disk.offset;
    entry.face_size = disk.face_size;
    entry.body_size = disk.body_size;
    if (entry.end() <= index.covered) table.insert(entry);
  }
  end_ = indexed_ = index.covered;
  return true;
}

Result<void> Segment::load(EntryTable& table) {
  CAIRN_ASSIGN(const std::uint64_t size, file_size());
  if (!load_index(table, size)) end_ = kSegmentHead;
  return scan(table);
}

Result<void> Segment::scan(EntryTable& table) {
  CAIRN_ASSIGN(const std::uint64_t size, file_size());
  std::string unused;
  while (end_ + kRecordHead <= size && end_ <= UINT32_MAX) {
    CAIRN_ASSIGN(const std::optional<RecordHead> head, read(end_, 0, 0, unused));
    if (!head || head->record_size() > size - end_) break;
    Entry entry;
    entry.key = head->key;
    entry.segment = number_;
    entry.offset = static_cast<std::uint32_t>(end_);
    entry.face_size = head->face_size;
    entry.body_size = head->body_size;
    table.insert(entry);
    end_ = entry.end();
  }
  return {};
}

Result<void> Segment::write_index(const std::vector<Entry>& entries) {
  std::string rows;
  rows.reserve(entries.size() * sizeof(DiskEntry));
  for (const Entry& entry : entries) {
    const DiskEntry disk{entry.key.content.bytes,
                         static_cast<std::uint8_t>(entry.key.language),
                         {},
                         entry.key.extractor,
                         entry.offset,
                         entry.face_size,
                         entry.body_size};
    rows += bytes_of(disk);
  }
  DiskIndexHead index{};
  kIndexMagic.copy(index.magic.data(), index.magic.size());
  index.format = kFormat;
  index.count = static_cast<std::uint32_t>(entries.size());
  index.covered = end_;
  index.hash = hash64(rows, end_);
  CAIRN_TRY(write_file_atomic(index_path_, std::string(bytes_of(index)) + rows));
  indexed_ = end_;
  return {};
}

Result<void> Segment::remove_index() { return remove_file(index_path_); }

Result<void> Segment::remove() {
  CAIRN_TRY(remove_file(index_path_));
  CAIRN_TRY(remove_file(path_));
  removed_ = true;
  return {};
}

Result<std::optional<RecordHead>> Segment::read(std::uint64_t offset, std::uint64_t part_offset,
                                                std::size_t size, std::string& out) const {
  std::array<char, kRecordHead> head{};
  out.resize(size);
  std::array<iovec, 2> parts{iovec{head.data(), head.size()}, iovec{out.data(), size}};
  if (part_offset != 0) parts[1].iov_len = 0;
  CAIRN_ASSIGN(bool whole, read_fully(fd_.get(), path_, offset, parts));
  if (whole && part_offset != 0 && size != 0) {
    CAIRN_ASSIGN(whole, read_fully(fd_.get(), path_, offset + kRecordHead + part_offset,
                                   {iovec{out.data(), size}, iovec{}}));
  }
  if (!whole) return std::optional<RecordHead>();
  return RecordHead::parse(std::string_view(head.data(), head.size()));
}

}  // namespace cairn::indexer::facts_detail
