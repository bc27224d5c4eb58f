#pragma once
// The link stages over many units: heritage, then sites, each parallel over files, each unit
// encoded as soon as it is linked so that links are never all in memory.
#include <vector>

#include "base/result.h"
#include "graph/writer.h"
#include "indexer/file_table.h"
#include "indexer/link/linker.h"
#include "indexer/link/world.h"

namespace cairn::indexer {

/// A unit to link and the row it comes from.
struct LinkJob {
  UnitId unit;
  const FileRow* row = nullptr;
};

/// Unit of a row: placed and indexed. `first_symbol` is the caller's.
Unit make_unit(const FileRow& row, const ProjectModel& project);

Result<std::vector<Heritage>> heritage_stage(const World& world, const std::vector<LinkJob>& jobs,
                                             const IndexOptions& options);

/// Encoded units in the order of `jobs`.
Result<std::vector<graph::EncodedUnit>> link_stage(const World& world,
                                                   const std::vector<LinkJob>& jobs,
                                                   const std::vector<Heritage>& heritage,
                                                   const FileTable& table,
                                                   const IndexOptions& options);

}  // namespace cairn::indexer
