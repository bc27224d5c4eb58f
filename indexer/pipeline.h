#pragma once
// The three parts of an index run. prepare() and publish() need git and the database and belong to
// the process that owns the data folder; build() reads everything hostile, needs neither, and may
// run in another process (indexer/worker/). index_source() is the three in a row.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "indexer/data_folder.h"
#include "indexer/index.h"
#include "indexer/source.h"

namespace cairn::indexer {

/// A source found, its repository locked, and what is current for it.
struct Prepared {
  PreparedSource source;  // for build() to take
  std::string name;       // of the source
  std::string commit;     // hex, "" without one
  store::Repo repo;
  std::string folder;  // of the repository's layers
  FileLock lock;
  std::optional<DataFolder::Current> current;
  std::vector<Poison> poison;  // contents to skip
  std::vector<std::string> warnings;

  /// What a run may build on: the current snapshot, unless a clean run is asked for.
  std::shared_ptr<const graph::Snapshot> before(const IndexOptions& options) const;
};
Result<Prepared> prepare(const IndexOptions& options, DataFolder& data);

/// Where build() writes. Nothing else is written but facts.
struct BuildTarget {
  std::string folder;
  std::string layer_name;
  std::string stat_cache;  // file; "" = in its own place
};
/// A name that no other layer of the repository has.
std::string new_layer_name();

enum class BuiltKind : std::uint8_t { kUnchanged, kBase, kOverlay };

/// What build() made. Of a worker it is a claim that publish() checks.
struct Built {
  BuiltKind kind = BuiltKind::kUnchanged;
  std::uint64_t files_parsed = 0;
  std::uint64_t files_linked = 0;
  std::uint64_t other_files = 0;
  std::vector<SkippedFile> skipped;  // by the listing
  std::vector<std::string> warnings;
};
/// Stages list to freeze, durable with the facts they need. `before`: what may be built on, or
/// null.
Result<Built> build(const IndexOptions& options, PreparedSource source,
                    const std::shared_ptr<const graph::Snapshot>& before, FactsCache& facts,
                    const BuildTarget& target);

/// What a run has cost so far, for its report.
struct RunCost {
  std::int64_t began_ns = 0;  // wall_ns() then
  std::int64_t cpu_ns = 0;
  std::uint64_t peak_rss_bytes = 0;
};
/// Opens what was built, which checks every column of it, and makes it current. kCorrupt for a
/// layer that is not of this source and commit; kFenced.
Result<Index> publish(const Prepared& prepared, Built built, const std::string& layer_name,
                      DataFolder& data, const IndexOptions& options, const RunCost& cost);

}  // namespace cairn::indexer
