#pragma once
// index_source(): from a source to a published snapshot. The one entry for CLI and server. The
// stages are in pipeline.cc and docs/pipeline.md.
//
// Errors: those of Source::open(), of the data folder (kReadOnly, kDiskFull, kBusy), kCancelled.
// Per-file trouble is data: IndexReport::skipped. Blocking; progress arrives on the calling
// thread's schedule from any worker thread.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"
#include "indexer/poison.h"
#include "indexer/stage.h"
#include "store/jobs.h"

namespace cairn::indexer {

class WorkWatch;

struct IndexOptions {
  std::string source;
  std::optional<std::string> revision;
  std::string data_dir;  // "" = a private temporary folder, removed afterwards
  unsigned threads = 0;  // 0 = all cores
  bool clean = false;    // ignore the current snapshot; facts are still reused
  bool update_mirror = true;
  std::uint64_t max_file_bytes = 2u << 20;
  /// Contents to skip, with their reason. Rows of other extractor versions mean nothing.
  std::vector<Poison> poison;
  /// Contents to extract one at a time before all others, so that it is plain which of them ends
  /// the process if one does.
  std::vector<ContentId> suspects;
  WorkWatch* watch = nullptr;  // told which file each thread is at
  ProgressSink progress;
  StopToken stop;
  /// Id of the repo in the data folder to publish to; empty: that of the source's location.
  std::string repo;
  /// The job this runs for: nothing is published once its claim was lost (kFenced).
  std::optional<store::JobFence> fence;
};

struct SkippedFile {
  std::string path;
  std::string reason;
};

struct IndexReport {
  std::string source;
  std::string slug;
  std::string commit;
  std::uint64_t files = 0;
  std::uint64_t files_parsed = 0;  // not in the facts cache
  std::uint64_t files_linked = 0;  // linked in this run
  std::uint64_t files_with_errors = 0;
  std::uint64_t other_files = 0;  // not source code in a language cairn knows
  bool incremental = false;       // published as an overlay
  bool unchanged = false;         // the current snapshot was already that
  double wall_seconds = 0;
  double cpu_seconds = 0;
  std::uint64_t peak_rss_bytes = 0;
  std::uint64_t snapshot_bytes = 0;
  std::vector<SkippedFile> skipped;  // by path
  std::vector<std::string> warnings;
};

/// The report as a JSON object, as it is stored beside the snapshot.
std::string report_json(const IndexReport& report);
/// kParse when the text is no such object; members it lacks keep their defaults.
Result<IndexReport> report_from_json(std::string_view text);

struct Index {
  std::shared_ptr<const graph::Snapshot> snapshot;
  IndexReport report;
};

Result<Index> index_source(const IndexOptions& options);

/// Bytes of a file as indexed: checks the content id, so that quoted lines are the indexed ones.
/// kNotFound when the file is gone or has changed since.
Result<std::string> read_indexed_file(const IndexOptions& options, const graph::Snapshot& snapshot,
                                      graph::FileId file);

}  // namespace cairn::indexer
