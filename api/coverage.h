#pragma once
// Importing and reading back coverage, for the command line and the server alike. Thread-safe as
// the store is.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/coverage/read_report.h"
#include "analysis/coverage/render.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"
#include "indexer/git_repo.h"
#include "store/coverage.h"

namespace cairn::api {

/// A report that was read and mapped, not stored yet.
struct ReadCoverage {
  store::CoverageUpload upload;  // but for the repo, the commit and the flag
  analysis::MappedCoverage coverage;
};
/// The session is made from the report's content: the same report again replaces itself. Errors:
/// those of analysis::read_report().
Result<ReadCoverage> read_coverage(analysis::ReportInput& input, const analysis::PathMapper& mapper,
                                   const analysis::ReadOptions& options);

/// All uploads of a commit put together, or those of some flags. kNotFound when there are none
/// (the message names the newest commit that has some), kCorrupt.
Result<analysis::CoverageView> load_coverage(const store::CoverageStore& store,
                                             const std::string& repo, const std::string& commit,
                                             const std::vector<std::string>& flags);

/// Coverage of the newest other commit of the repository that has some, with its lines moved
/// through the diff to `commit`. nullopt when there is none.
Result<std::optional<analysis::CoverageView>> carry_coverage(
    const store::CoverageStore& store, const indexer::GitRepo& git, const std::string& repo,
    const std::string& commit, const std::vector<std::string>& flags, const StopToken& stop = {});

}  // namespace cairn::api
