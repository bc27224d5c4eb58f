#pragma once
// A change to an indexed source as an overlay: which files changed, which others looked up
// something whose answer changed, and the units of both, linked anew against the snapshot before.
// Units of the overlay before that the change does not reach are carried over as they stand.
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/snapshot.h"
#include "graph/writer.h"
#include "indexer/file_table.h"

namespace cairn::indexer {

/// How the rows of a table differ from a snapshot's files.
struct Difference {
  std::vector<std::uint32_t> changed;  // rows added, or with other content, language or flags
  std::vector<graph::FileId> gone;     // files of the snapshot without a row, or changed
  bool empty() const { return changed.empty() && gone.empty(); }
};
Difference compare(const FileTable& table, const graph::Snapshot& snapshot);

struct OverlayPlan {
  std::vector<graph::EncodedUnit> units;  // in path order
  std::vector<graph::FileId> removed;     // files of the base, ascending
  std::size_t linked = 0;                 // of the units; the others are as they were
};

/// Links what a difference reaches. Nothing when an overlay is not worth it or cannot be made: too
/// much changed, or facts of the old state are gone; the caller then links everything.
Result<std::optional<OverlayPlan>> plan_overlay(
    FileTable& table, const Difference& difference,
    const std::shared_ptr<const graph::Snapshot>& before, const IndexOptions& options);

}  // namespace cairn::indexer
