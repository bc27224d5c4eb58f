#pragma once
// FileTable: the source's files with their content ids, classes and faces: stages list, read + hash
// and extract of the pipeline. Bodies go to the facts cache and are fetched when a file is linked.
// Building is parallel; afterwards the table is read-only and shared by threads.
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/facts.h"
#include "indexer/classify.h"
#include "indexer/facts_cache.h"
#include "indexer/index.h"
#include "indexer/link/project.h"
#include "indexer/source.h"

namespace cairn::indexer {

struct FileRow {
  const SourceEntry* entry = nullptr;
  FileClass by_path;
  ContentId content;
  graph::Language language = graph::Language::kUnknown;
  std::uint8_t flags = 0;                   // unit_flag bits
  std::string skip_reason;                  // "" = indexed
  std::shared_ptr<const graph::Face> face;  // null when skipped
  std::uint64_t bytes = 0;
  bool parsed = false;  // not from the cache
};

class FileTable {
 public:
  /// `rows` holds source code and what would be source code but is skipped, in path order; files in
  /// no known language are only counted.
  std::vector<FileRow> rows;
  std::uint64_t other_files = 0;
  std::shared_ptr<const ProjectModel> project;
  std::vector<SourceEntry> hashed;  // all entries with the content ids now known

  FileTable(const Source& source, FactsCache& cache, const IndexOptions& options);

  /// Stage list: classify by path. Errors: a bad .cairn.toml.
  Result<void> list();
  /// Stages read + hash and extract, for the rows `wanted` holds for; others need a content id
  /// only. Suspects go first, one at a time.
  Result<void> extract(const std::function<bool(const FileRow&)>& wanted);
  /// Fills in content ids of rows that have none, by reading them.
  Result<void> hash();
  /// Takes language, flags and skip reason of rows whose content a snapshot of the same settings
  /// already knows, and of those whose class is in the cache. After hash().
  void adopt(const graph::Snapshot& snapshot);
  /// Takes out the rows that turned out not to be source code. Rows move.
  void drop_other_files();

  /// Body of an extracted row: from the cache, else extracted anew.
  Result<graph::Body> body(const FileRow& row) const;
  /// Face of a file with this content, which need not be a row: from the cache, else from the row
  /// with that path and content. Null when neither has it.
  std::shared_ptr<const graph::Face> face_of(std::string_view path, const ContentId& content,
                                             graph::Language language) const;

 private:
  Result<void> load_row(FileRow& row);
  Result<void> extract_row(FileRow& row, const std::string& bytes);
  bool skip_poisoned(FileRow& row) const;
  bool from_cache(FileRow& row);
  void take_class(FileRow& row, const FileClass& by_content);
  std::optional<FileClass> cached_class(const FileRow& row) const;
  Result<void> keep_class(const FileRow& row, std::string_view content);

  const Source& source_;
  FactsCache& cache_;
  const IndexOptions& options_;
  std::vector<Poison> poison_;  // of this extractor version, ascending
  std::optional<Classifier> classifier_;
};

FactsKey facts_key(const ContentId& content, graph::Language language);

}  // namespace cairn::indexer
