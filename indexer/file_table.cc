#include "indexer/file_table.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <tuple>

#include "base/fail_point.h"
#include "graph/facts_codec.h"
#include "graph/links.h"
#include "indexer/parallel.h"
#include "indexer/syntax/parse.h"
#include "indexer/work_watch.h"

namespace cairn::indexer {
namespace {

/// Language of the key under which a file's class by content is kept.
constexpr graph::Language kClassKey = graph::Language::kUnknown;
/// Language and reason to skip as a script, the same as a header, generated: a function of the
/// bytes alone, because files of both kinds share the record.
constexpr std::size_t kClassBytes = 5;

std::uint8_t flags_of(const FileClass& c) {
  return static_cast<std::uint8_t>((c.test ? graph::unit_flag::kTest : 0) |
                                   (c.generated ? graph::unit_flag::kGenerated : 0) |
                                   (c.vendored ? graph::unit_flag::kVendored : 0));
}

bool is_poison_reason(std::string_view reason) {
  for (std::uint8_t i = 0; i < kPoisonReasons; ++i)
    if (reason == name_of(static_cast<PoisonReason>(i))) return true;
  return false;
}

std::vector<std::uint32_t> largest_first(const std::vector<FileRow>& rows,
                                         const std::function<bool(const FileRow&)>& wanted) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    if (rows[i].skip_reason.empty() && wanted(rows[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return rows[a].entry->stamp.size > rows[b].entry->stamp.size;
  });
  return order;
}

}  // namespace

FactsKey facts_key(const ContentId& content, graph::Language language) {
  return {content, language, graph::kExtractorVersion};
}

FileTable::FileTable(const Source& source, FactsCache& cache, const IndexOptions& options)
    : source_(source), cache_(cache), options_(options) {
  for (const Poison& p : options.poison)
    if (p.extractor == graph::kExtractorVersion) poison_.push_back(p);
  std::sort(poison_.begin(), poison_.end());
}

bool FileTable::skip_poisoned(FileRow& row) const {
  if (poison_.empty()) return false;
  const auto at =
      std::lower_bound(poison_.begin(), poison_.end(), row, [](const Poison& p, const FileRow& r) {
        return std::tie(p.content, p.language) < std::tie(r.content, r.language);
      });
  if (at == poison_.end() || at->content != row.content || at->language != row.language)
    return false;
  row.skip_reason = name_of(at->reason);
  return true;
}

Result<void> FileTable::list() {
  CAIRN_ASSIGN(const RepoConfig config, source_.config());
  CAIRN_ASSIGN(Classifier classifier, Classifier::create(config, options_.max_file_bytes));
  classifier_ = std::move(classifier);
  hashed = source_.entries();
  std::vector<ManifestFile> manifests;
  for (const SourceEntry& entry : hashed) {
    if (entry.kind == EntryKind::kFile && is_manifest(entry.path)) {
      // A manifest too large or unreadable says nothing, which build_project() treats as absent.
      if (Result<std::string> bytes = source_.read(entry, std::uint64_t{4} << 20))
        manifests.push_back({entry.path, std::move(*bytes)});
    }
    FileRow row;
    row.entry = &entry;
    row.bytes = entry.stamp.size;
    FileClass c = classifier_->of_path(entry.path, entry.stamp.size);
    if (entry.kind == EntryKind::kSymlink) c.skip = SkipReason::kSymlink;
    if (entry.kind == EntryKind::kSubmodule) c.skip = SkipReason::kSubmodule;
    const bool code = c.language != graph::Language::kUnknown || c.needs_content;
    const bool notable = c.skip == SkipReason::kSubmodule || c.skip == SkipReason::kTooLarge;
    if (!code && !notable) {
      ++other_files;
      continue;
    }
    row.language = c.language;
    row.flags = flags_of(c);
    if (c.skip != SkipReason::kNone) row.skip_reason = name_of(c.skip);
    if (entry.content) row.content = *entry.content;
    row.by_path = c;
    rows.push_back(std::move(row));
  }
  project = std::make_shared<const ProjectModel>(build_project(std::move(manifests)));
  return {};
}

Result<void> FileTable::hash() {
  const auto missing = [](const FileRow& row) { return !row.entry->content.has_value(); };
  return parallel_each(
      largest_first(rows, missing), options_.stop, [this](std::uint32_t i) -> Result<void> {
        FileRow& row = rows[i];
        Result<std::string> bytes = source_.read(*row.entry, options_.max_file_bytes);
        if (!bytes) {
          row.skip_reason = name_of(SkipReason::kUnreadable);
          return {};
        }
        row.content = content_id_of(*bytes);
        const auto at = static_cast<std::size_t>(row.entry - hashed.data());
        hashed[at].content = row.content;
        return {};
      });
}

std::optional<FileClass> FileTable::cached_class(const FileRow& row) const {
  std::string bytes;
  if (!cache_.get(facts_key(row.content, kClassKey), FactsPart::kFace, bytes) ||
      bytes.size() != kClassBytes)
    return std::nullopt;
  FileClass c = row.by_path;
  const std::size_t at = c.language == graph::Language::kUnknown ? 0 : 2;
  c.language = static_cast<graph::Language>(bytes[at]);
  c.skip = static_cast<SkipReason>(bytes[at + 1]);
  c.generated = c.generated || bytes[4] != 0;
  c.needs_content = false;
  return c;
}

Result<void> FileTable::keep_class(const FileRow& row, std::string_view content) {
  std::string bytes;
  for (const graph::Language by_path : {graph::Language::kUnknown, graph::Language::kC}) {
    FileClass c;
    c.language = by_path;
    c.needs_content = true;
    c = classifier_->of_content(c, content);
    bytes += static_cast<char>(c.language);
    bytes += static_cast<char>(c.skip);
  }
  bytes += static_cast<char>(is_generated_by_content(content) ? 1 : 0);
  return cache_.put(facts_key(row.content, kClassKey), bytes, {});
}

void FileTable::take_class(FileRow& row, const FileClass& c) {
  row.language = c.language;
  row.flags = flags_of(c);
  if (c.skip != SkipReason::kNone)
    row.skip_reason = name_of(c.skip);
  else if (c.language == graph::Language::kUnknown)
    row.skip_reason = name_of(SkipReason::kUnknownLanguage);
}

bool FileTable::from_cache(FileRow& row) {
  const FileClass& by_path = row.by_path;
  if (by_path.needs_content) {
    const std::optional<FileClass> known = cached_class(row);
    if (!known) return false;
    take_class(row, *known);
    if (!row.skip_reason.empty() || skip_poisoned(row)) return true;
  }
  std::string bytes;
  const FactsKey key = facts_key(row.content, row.language);
  if (!cache_.get(key, FactsPart::kFace, bytes)) return false;
  Result<graph::Face> face = graph::decode_face(bytes);
  if (!face) {
    cache_.forget(key);
    return false;
  }
  if (face->is_generated) row.flags |= graph::unit_flag::kGenerated;
  if (face->is_test) row.flags |= graph::unit_flag::kTest;
  row.face = std::make_shared<const graph::Face>(std::move(*face));
  return true;
}

Result<void> FileTable::load_row(FileRow& row) {
  const bool known = row.content != ContentId{};
  if (known && (skip_poisoned(row) || from_cache(row))) return {};
  Result<std::string> bytes = source_.read(*row.entry, options_.max_file_bytes);
  if (!bytes) {
    row.skip_reason =
        name_of(bytes.error().code() == ErrorCode::kLimitExceeded ? SkipReason::kTooLarge
                                                                  : SkipReason::kUnreadable);
    return {};
  }
  if (!known) {
    row.content = content_id_of(*bytes);
    hashed[static_cast<std::size_t>(row.entry - hashed.data())].content = row.content;
    if (skip_poisoned(row) || from_cache(row)) return {};
  }
  return watched(options_.watch, {Stage::kExtract, row.entry->path, row.content, row.language},
                 [&] { return extract_row(row, *bytes); });
}

Result<void> FileTable::extract_row(FileRow& row, const std::string& bytes) {
  const FileClass& by_path = row.by_path;
  const FileClass c = classifier_->of_content(by_path, bytes);
  if (by_path.needs_content) CAIRN_TRY(keep_class(row, bytes));
  take_class(row, c);
  if (!row.skip_reason.empty() || skip_poisoned(row)) return {};
  fail_in_content(bytes);
  syntax::Extracted out = syntax::extract(bytes, row.language);
  row.parsed = true;
  out.facts.face.is_generated = is_generated_by_content(bytes);
  if (out.facts.face.is_generated) row.flags |= graph::unit_flag::kGenerated;
  if (out.facts.face.is_test) row.flags |= graph::unit_flag::kTest;
  switch (out.outcome) {
    case syntax::ExtractOutcome::kTimeout:
      row.skip_reason = "parse_timeout";
      return {};
    case syntax::ExtractOutcome::kUnsupported:
      row.skip_reason = name_of(SkipReason::kUnknownLanguage);
      return {};
    case syntax::ExtractOutcome::kOk:
      break;
  }
  CAIRN_ASSIGN(const graph::EncodedFacts encoded, graph::encode(out.facts));
  CAIRN_TRY(cache_.put(facts_key(row.content, row.language), encoded.face(), encoded.body()));
  row.face = std::make_shared<const graph::Face>(std::move(out.facts.face));
  return {};
}

Result<void> FileTable::extract(const std::function<bool(const FileRow&)>& wanted) {
  std::vector<std::uint32_t> order = largest_first(rows, wanted);
  const std::size_t total = order.size();
  std::atomic<std::uint64_t> done{0};
  const auto load = [&](std::uint32_t i) -> Result<void> {
    CAIRN_TRY(load_row(rows[i]));
    const std::uint64_t n = done.fetch_add(1, std::memory_order_relaxed) + 1;
    if (options_.progress) options_.progress({Stage::kExtract, n, total});
    return {};
  };
  const auto others = std::stable_partition(order.begin(), order.end(), [&](std::uint32_t i) {
    return std::find(options_.suspects.begin(), options_.suspects.end(), rows[i].content) !=
           options_.suspects.end();
  });
  for (auto suspect = order.begin(); suspect != others; ++suspect) CAIRN_TRY(load(*suspect));
  return parallel_each({others, order.end()}, options_.stop, load);
}

void FileTable::drop_other_files() {
  // What only the bytes could tell is not source code after all.
  std::erase_if(rows, [this](const FileRow& row) {
    const bool other = row.skip_reason == name_of(SkipReason::kUnknownLanguage);
    other_files += other ? 1 : 0;
    return other;
  });
}

void FileTable::adopt(const graph::Snapshot& snapshot) {
  for (FileRow& row : rows) {
    if (!row.skip_reason.empty() || row.content == ContentId{}) continue;
    const graph::FileId f = snapshot.file_by_path(row.entry->path);
    if (f.exists()) {
      const graph::FileInfo info = snapshot.file(f);
      // A file skipped for what it did to a worker is tried again once nothing speaks against it.
      if (info.content == row.content && !is_poison_reason(info.skip_reason)) {
        row.language = info.language;
        row.flags = info.flags;
        row.skip_reason = info.skip_reason;
        if (row.skip_reason.empty()) skip_poisoned(row);
        continue;
      }
    }
    if (!row.by_path.needs_content) continue;
    if (const std::optional<FileClass> known = cached_class(row)) take_class(row, *known);
  }
}

Result<graph::Body> FileTable::body(const FileRow& row) const {
  std::string bytes;
  const FactsKey key = facts_key(row.content, row.language);
  if (cache_.get(key, FactsPart::kBody, bytes)) {
    Result<graph::Body> body = graph::decode_body(bytes, *row.face);
    if (body) return body;
    cache_.forget(key);
  }
  // Damaged or collected since: extract again. The content must still be what it was.
  CAIRN_ASSIGN(const std::string source, source_.read(*row.entry, options_.max_file_bytes));
  if (content_id_of(source) != row.content)
    return Error(ErrorCode::kNotFound, row.entry->path + ": changed while it was being indexed",
                 true);
  syntax::Extracted out = syntax::extract(source, row.language);
  if (out.outcome != syntax::ExtractOutcome::kOk)
    return Error(ErrorCode::kTimeout, row.entry->path + ": parsing took too long", true);
  return std::move(out.facts.body);
}

std::shared_ptr<const graph::Face> FileTable::face_of(std::string_view path,
                                                      const ContentId& content,
                                                      graph::Language language) const {
  std::string bytes;
  const FactsKey key = facts_key(content, language);
  if (cache_.get(key, FactsPart::kFace, bytes)) {
    Result<graph::Face> face = graph::decode_face(bytes);
    if (face) return std::make_shared<const graph::Face>(std::move(*face));
    cache_.forget(key);
  }
  const auto row =
      std::lower_bound(rows.begin(), rows.end(), path,
                       [](const FileRow& r, std::string_view p) { return r.entry->path < p; });
  if (row == rows.end() || row->entry->path != path || row->content != content) return nullptr;
  if (row->face) return row->face;
  Result<std::string> source = source_.read(*row->entry, options_.max_file_bytes);
  if (!source || content_id_of(*source) != content) return nullptr;
  syntax::Extracted out = syntax::extract(*source, language);
  if (out.outcome != syntax::ExtractOutcome::kOk) return nullptr;
  return std::make_shared<const graph::Face>(std::move(out.facts.face));
}

}  // namespace cairn::indexer
