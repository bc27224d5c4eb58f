#pragma once
// The coverage table as JSON and as text. Pure functions.
#include <optional>
#include <string>
#include <vector>

#include "analysis/coverage/path_map.h"

namespace cairn::analysis {

struct CoverageUploadLine {
  std::string flag;
  std::string session;
  std::string format;
  std::int64_t created_at_ms = 0;
};
struct CoverageView {
  std::string commit;                       // "" for a source without commits
  std::optional<std::string> carried_from;  // the commit that was measured, when another
  MappedCoverage coverage;
  std::vector<CoverageUploadLine> uploads;
};

/// {"commit":…,"files":[…],"unmatched":[…],"ambiguous":[…],"totals":{…},…} and a line end.
std::string coverage_json(const CoverageView& view);
/// A line per file, then what could not be matched, then the sums.
std::string coverage_text(const CoverageView& view);

}  // namespace cairn::analysis
