#include "indexer/facts_cache.h"

#include <algorithm>
#include <mutex>

#include "base/fail_point.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::indexer {

using facts_detail::kRecordHead;
using facts_detail::kSegmentHead;

namespace {

/// Offsets are 32 bits wide, so no segment may begin a record beyond them.
constexpr std::uint64_t kLargestSegment = std::uint64_t{1} << 31;
constexpr std::uint64_t kLargestPart = std::uint64_t{1} << 29;
/// An index file is written once this much is not covered by it; less is scanned faster than an
/// index is made durable.
constexpr std::uint64_t kUnindexedBytes = std::uint64_t{1} << 18;

/// Where a part lies behind the record's head.
struct Span {
  std::uint64_t offset = 0;
  std::size_t size = 0;
};
Span span_of(std::uint32_t face_size, std::uint32_t body_size, FactsPart part) {
  switch (part) {
    case FactsPart::kFace:
      return {0, face_size};
    case FactsPart::kBody:
      return {face_size, body_size};
    case FactsPart::kBoth:
      break;
  }
  return {0, std::size_t{face_size} + body_size};
}

bool intact(const facts_detail::RecordHead& head, FactsPart part, std::string_view bytes) {
  const bool face = part != FactsPart::kBody;
  const bool body = part != FactsPart::kFace;
  if (face && hash64(bytes.substr(0, head.face_size)) != head.face_hash) return false;
  return !body || hash64(bytes.substr(face ? head.face_size : 0)) == head.body_hash;
}

}  // namespace

FactsCache::FactsCache(std::string folder, Options options)
    : folder_(std::move(folder)), options_(options) {}

FactsCache::~FactsCache() {
  // Losing cached facts costs time only; whoever must know calls close() or sync() before.
  if (const auto closed = close(); !closed) log_warning("facts.close", {{"error", closed.error()}});
}

Result<std::unique_ptr<FactsCache>> FactsCache::open(const std::string& folder) {
  return open(folder, Options());
}

Result<std::unique_ptr<FactsCache>> FactsCache::open(const std::string& folder, Options options) {
  options.segment_bytes = std::min(options.segment_bytes, kLargestSegment);
  if (!path_exists(folder)) CAIRN_TRY(create_dirs(folder));
  std::unique_ptr<FactsCache> cache(new FactsCache(folder, options));
  CAIRN_TRY(cache->load());
  return cache;
}

Result<void> FactsCache::load() {
  CAIRN_ASSIGN(const std::vector<std::uint32_t> numbers, Segment::list(folder_));
  for (const std::uint32_t number : numbers) {
    auto opened = Segment::open(folder_, number);
    if (!opened) {
      // Gone since the listing, of another version, or damaged: nothing to read there.
      ++skipped_segments_;
      continue;
    }
    auto held = std::make_unique<Segment>(std::move(*opened));
    CAIRN_TRY(held->load(table_));
    segments_.push_back(std::move(held));
  }
  return {};
}

const FactsCache::Segment* FactsCache::segment(std::uint32_t number) const {
  const auto at = std::lower_bound(segments_.begin(), segments_.end(), number,
                                   [](const auto& s, std::uint32_t n) { return s->number() < n; });
  return at != segments_.end() && (*at)->number() == number ? at->get() : nullptr;
}

bool FactsCache::contains(const FactsKey& key) const {
  const std::shared_lock lock(mutex_);
  return table_.find(key) != nullptr;
}

bool FactsCache::get(const FactsKey& key, FactsPart part, std::string& out) {
  Entry wanted;
  {
    const std::shared_lock lock(mutex_);
    const Entry* entry = table_.find(key);
    if (entry == nullptr) {
      misses_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    if (read(*entry, part, out)) {
      hits_.fetch_add(1, std::memory_order_relaxed);
      return true;
    }
    wanted = *entry;
  }
  // Unreadable: forgotten, so that put() stores the facts again.
  misses_.fetch_add(1, std::memory_order_relaxed);
  damaged_.fetch_add(1, std::memory_order_relaxed);
  const std::unique_lock lock(mutex_);
  // Unless another thread has stored them again meanwhile.
  const Entry* entry = table_.find(key);
  if (entry != nullptr && entry->segment == wanted.segment && entry->offset == wanted.offset)
    table_.erase(key);
  return false;
}

void FactsCache::forget(const FactsKey& key) {
  damaged_.fetch_add(1, std::memory_order_relaxed);
  const std::unique_lock lock(mutex_);
  table_.erase(key);
}

bool FactsCache::read(const Entry& entry, FactsPart part, std::string& out) const {
  const bool own = writer_ && writing_->number() == entry.segment;
  if (own && entry.offset >= written_end()) return read_pending(entry, part, out);
  const Segment* from = segment(entry.segment);
  if (from == nullptr) return false;
  const Span span = span_of(entry.face_size, entry.body_size, part);
  const auto head = from->read(entry.offset, span.offset, span.size, out);
  if (!head || !*head) return false;
  const RecordHead& found = **head;
  return found.key == entry.key && found.face_size == entry.face_size &&
         found.body_size == entry.body_size && intact(found, part, out);
}

bool FactsCache::read_pending(const Entry& entry, FactsPart part, std::string& out) const {
  const Span span = span_of(entry.face_size, entry.body_size, part);
  const std::uint64_t at = entry.offset - written_end() + kRecordHead + span.offset;
  if (at + span.size > pending_.size()) return false;
  out.assign(pending_, static_cast<std::size_t>(at), span.size);
  return true;
}

Result<void> FactsCache::put(const FactsKey& key, std::string_view face, std::string_view body) {
  if (face.size() > kLargestPart || body.size() > kLargestPart)
    return Error(ErrorCode::kLimitExceeded, "facts of one file are too large for the cache");
  RecordHead head;
  head.key = key;
  head.face_size = static_cast<std::uint32_t>(face.size());
  head.body_size = static_cast<std::uint32_t>(body.size());
  head.face_hash = hash64(face);
  head.body_hash = hash64(body);
  const std::unique_lock lock(mutex_);
  if (table_.find(key) != nullptr) return {};
  return append(head, face, body);
}

Result<void> FactsCache::append(const RecordHead& head, std::string_view face,
                                std::string_view body) {
  // A full segment is made durable before the next begins: sync() has one file to care for.
  if (writer_ && written_end() + pending_.size() >= options_.segment_bytes) {
    CAIRN_TRY(sync_writer());
    CAIRN_TRY(release_writer());
  }
  CAIRN_TRY(ensure_writer());
  Entry entry;
  entry.key = head.key;
  entry.segment = writing_->number();
  entry.offset = static_cast<std::uint32_t>(written_end() + pending_.size());
  entry.face_size = head.face_size;
  entry.body_size = head.body_size;
  const auto bytes = head.bytes();
  pending_.append(bytes.data(), bytes.size());
  pending_ += face;
  pending_ += body;
  table_.insert(entry);
  unsynced_ = true;
  return pending_.size() >= options_.batch_bytes ? flush() : Result<void>();
}

Result<void> FactsCache::flush() {
  if (pending_.empty()) return {};
  const std::uint64_t good = written_end();
  fail_point("facts.before_append");
  if (auto appended = writer_->append(pending_); !appended) {
    forget_unwritten();
    // A torn end is skipped by readers and cut by the next writer if it cannot be cut now.
    if (!writer_->truncate_to(good)) {
      writing_->unlock();
      writer_.reset();
    }
    return std::move(appended).error();
  }
  fail_point("facts.after_append");
  pending_.clear();
  writing_->set_end(written_end());
  return {};
}

void FactsCache::forget_unwritten() {
  const std::uint32_t number = writing_->number();
  const std::uint64_t good = written_end();
  table_.erase_if(
      [&](const Entry& entry) { return entry.segment == number && entry.offset >= good; });
  std::string().swap(pending_);
}

Result<void> FactsCache::sync_writer() {
  if (!writer_) return {};
  CAIRN_TRY(flush());
  if (unsynced_) CAIRN_TRY(writer_->sync());
  if (folder_changed_) CAIRN_TRY(sync_dir(folder_));
  unsynced_ = folder_changed_ = false;
  return {};
}

Result<void> FactsCache::sync() {
  const std::unique_lock lock(mutex_);
  return sync_writer();
}

Result<void> FactsCache::close() {
  const std::unique_lock lock(mutex_);
  return release_writer();
}

Result<void> FactsCache::release_writer() {
  if (!writer_) return {};
  CAIRN_TRY(flush());
  Segment& own = *writing_;
  Result<void> indexed;
  if (own.end() > own.indexed() + kUnindexedBytes) {
    std::vector<Entry> entries;
    for (const Entry& entry : table_.entries()) {
      if (entry.segment == own.number()) entries.push_back(entry);
    }
    indexed = own.write_index(entries);
  }
  writer_.reset();
  own.unlock();
  return indexed;
}

Result<void> FactsCache::ensure_writer() {
  if (writer_) return {};
  // The newest segment with room that nobody writes to; few processes leave few segments.
  for (std::size_t row = segments_.size(); row-- > 0;) {
    if (segments_[row]->end() >= options_.segment_bytes) continue;
    if (std::find(retired_.begin(), retired_.end(), segments_[row]->number()) != retired_.end())
      continue;
    CAIRN_ASSIGN(const bool adopted, adopt(row));
    if (adopted) return {};
  }
  return create_segment();
}

Result<bool> FactsCache::adopt(std::size_t row) {
  Segment& own = *segments_[row];
  CAIRN_ASSIGN(const bool locked, own.try_lock());
  if (!locked) return false;
  const auto take = [&]() -> Result<bool> {
    // Others may have appended since; a killed writer may have left a torn end.
    CAIRN_TRY(own.scan(table_));
    if (own.end() >= options_.segment_bytes) return false;
    CAIRN_ASSIGN(AppendFile file, AppendFile::open(own.path()));
    // An index file that reaches beyond the good records would hide what is appended there.
    if (own.indexed() == 0) CAIRN_TRY(own.remove_index());
    if (file.size() > own.end()) CAIRN_TRY(file.truncate_to(own.end()));
    writer_.emplace(std::move(file));
    return true;
  };
  auto taken = take();
  if (!taken || !*taken) own.unlock();
  if (taken && *taken) writing_ = segments_[row].get();
  return taken;
}

Result<void> FactsCache::create_segment() {
  std::uint32_t number = segments_.empty() ? 1 : segments_.back()->number() + 1;
  while (true) {
    auto made = Segment::create(folder_, number);
    if (!made && made.error().code() == ErrorCode::kExists && number != UINT32_MAX) {
      ++number;
      continue;
    }
    if (!made) return std::move(made).error();
    auto own = std::make_unique<Segment>(std::move(*made));
    CAIRN_ASSIGN(AppendFile file, AppendFile::open(own->path()));
    if (auto begun = file.append(Segment::head()); !begun) {
      CAIRN_TRY(own->remove());
      return std::move(begun).error();
    }
    writer_.emplace(std::move(file));
    writing_ = own.get();
    segments_.push_back(std::move(own));
    folder_changed_ = true;
    return {};
  }
}

FactsCache::Stats FactsCache::stats() const {
  const std::shared_lock lock(mutex_);
  Stats out;
  out.records = static_cast<std::uint64_t>(
      std::count_if(table_.entries().begin(), table_.entries().end(),
                    [](const Entry& entry) { return entry.segment != 0; }));
  out.hits = hits_.load(std::memory_order_relaxed);
  out.misses = misses_.load(std::memory_order_relaxed);
  out.damaged = damaged_.load(std::memory_order_relaxed);
  out.skipped_segments = skipped_segments_;
  return out;
}

Result<FactsCache::VerifyReport> FactsCache::verify() {
  const std::unique_lock lock(mutex_);
  if (writer_) CAIRN_TRY(flush());
  VerifyReport report;
  for (const auto& held : segments_) verify_segment(*held, report);
  if (skipped_segments_ > 0)
    report.problems.push_back(printable(folder_) + ": " + std::to_string(skipped_segments_) +
                              " segment files are unreadable or of another version");
  return report;
}

void FactsCache::verify_segment(const Segment& held, VerifyReport& report) const {
  const auto problem = [&](std::uint64_t offset, std::string_view what) {
    report.problems.push_back(printable(held.path()) + " at " + std::to_string(offset) + ": " +
                              std::string(what));
  };
  ++report.segments;
  // After a damaged head the known offsets tell where the next record is.
  std::vector<std::uint64_t> known;
  for (const Entry& entry : table_.entries()) {
    if (entry.segment == held.number()) known.push_back(entry.offset);
  }
  std::sort(known.begin(), known.end());
  std::string bytes;
  for (std::uint64_t at = kSegmentHead; at < held.end();) {
    auto head = held.read(at, 0, 0, bytes);
    const bool readable = head && *head && (*head)->record_size() <= held.end() - at;
    if (!readable) {
      problem(at, head ? "damaged record head" : head.error().message());
      const auto next = std::upper_bound(known.begin(), known.end(), at);
      if (next == known.end()) return;
      at = *next;
      continue;
    }
    const RecordHead& record = **head;
    ++report.records;
    report.bytes += record.record_size();
    const std::size_t size = std::size_t{record.face_size} + record.body_size;
    const auto again = held.read(at, 0, size, bytes);
    if (!again || !*again || !intact(record, FactsPart::kBoth, bytes))
      problem(at, "the checksum of the record of " + record.key.content.hex() + " differs");
    at += record.record_size();
  }
}

Result<void> FactsCache::collect_segment(Segment& held,
                                         const std::function<bool(const FactsKey&)>& live,
                                         CollectReport& report) {
  CAIRN_TRY(held.scan(table_));
  std::vector<Entry> own;
  for (const Entry& entry : table_.entries()) {
    if (entry.segment == held.number()) own.push_back(entry);
  }
  std::sort(own.begin(), own.end(),
            [](const Entry& a, const Entry& b) { return a.offset < b.offset; });
  std::string bytes;
  for (const Entry& entry : own) {
    if (!live(entry.key) || !read(entry, FactsPart::kBoth, bytes)) {
      ++report.dropped_records;
      continue;
    }
    RecordHead head;
    head.key = entry.key;
    head.face_size = entry.face_size;
    head.body_size = entry.body_size;
    const std::string_view face = std::string_view(bytes).substr(0, head.face_size);
    const std::string_view body = std::string_view(bytes).substr(head.face_size);
    head.face_hash = hash64(face);
    head.body_hash = hash64(body);
    CAIRN_TRY(append(head, face, body));
    report.freed_bytes -= head.record_size();
    ++report.kept_records;
  }
  return {};
}

Result<void> FactsCache::retire(Segment& held, CollectReport& report) {
  // Removed while locked: nobody can begin to append to a file that is about to vanish.
  CAIRN_ASSIGN(const std::uint64_t size, held.file_size());
  CAIRN_TRY(held.remove());
  report.freed_bytes += size;
  ++report.removed_segments;
  const std::uint32_t number = held.number();
  table_.erase_if([&](const Entry& entry) { return entry.segment == number; });
  return {};
}

Result<FactsCache::CollectReport> FactsCache::collect(
    const std::function<bool(const FactsKey&)>& live, bool dry_run) {
  const std::unique_lock lock(mutex_);
  CollectReport report;
  CAIRN_TRY(sync_writer());
  CAIRN_TRY(release_writer());
  std::vector<Segment*> doomed;
  for (const auto& held : segments_) {
    std::uint64_t alive = 0;
    std::uint64_t live_records = 0;
    std::uint64_t dead_records = 0;
    for (const Entry& entry : table_.entries()) {
      if (entry.segment != held->number()) continue;
      const bool lives = live(entry.key);
      ++(lives ? live_records : dead_records);
      if (lives) alive += entry.record_size();
    }
    if (alive * 2 >= held->end() - kSegmentHead) continue;
    if (dry_run) {
      ++report.removed_segments;
      report.kept_records += live_records;
      report.dropped_records += dead_records;
      report.freed_bytes += held->end() - alive;
      continue;
    }
    CAIRN_ASSIGN(const bool locked, held->try_lock());
    locked ? doomed.push_back(held.get()) : void(++report.busy_segments);
  }
  for (const Segment* held : doomed) retired_.push_back(held->number());
  Result<void> done;
  for (Segment* held : doomed) {
    if (done) done = collect_segment(*held, live, report);
  }
  // Nothing is removed before its live records are on the disk elsewhere.
  if (done) done = sync_writer();
  for (Segment* held : doomed) {
    if (done) done = retire(*held, report);
    held->unlock();
  }
  std::erase_if(segments_, [&](const auto& held) { return held->removed(); });
  retired_.clear();
  if (!done) return std::move(done).error();
  if (!doomed.empty()) CAIRN_TRY(sync_dir(folder_));
  return report;
}

}  // namespace cairn::indexer
