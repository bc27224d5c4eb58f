#pragma once
// Garbage collection of a data folder: snapshots that are not kept, layer files, mirrors and
// folders that no repo refers to, unfinished files, and facts that no kept snapshot holds a file
// of. Runs alone: it takes DATA/collect.lock, which index runs of all processes share
// (docs/threads.md). Readers' mappings survive. Blocking.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "indexer/facts_cache.h"
#include "store/state.h"

namespace cairn::indexer {

struct CollectOptions {
  /// Only tell what would be removed.
  bool dry_run = false;
  StopToken stop;
};

struct CollectSummary {
  /// Rows of snapshots beyond those kept, and damaged ones.
  std::uint64_t snapshots = 0;
  /// Relative to the data folder, sorted: layer files, folders of removed repos, mirrors.
  std::vector<std::string> removed;
  FactsCache::CollectReport facts;
  /// Contents that kept snapshots refer to.
  std::uint64_t live_contents = 0;
  std::uint64_t freed_bytes = 0;
};

/// kBusy (retryable): something is being indexed. Others: those of the store, the file system and
/// the snapshots that are kept; when one of those cannot be read, no facts are removed.
Result<CollectSummary> collect_data(const std::string& data_dir, store::State& state,
                                    const CollectOptions& options);
/// As a JSON object.
std::string summary_json(const CollectSummary& summary);

}  // namespace cairn::indexer
