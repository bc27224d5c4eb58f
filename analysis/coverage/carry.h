#pragma once
// Coverage of an older commit at a newer one: lines move as the text did. And coverage of symbols.
// Pure functions.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/coverage/model.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// Where the files and lines of the older commit are at the newer one; from a diff.
class LineMap {
 public:
  virtual ~LineMap() = default;
  /// The file's path now; nullopt when it is gone.
  virtual std::optional<std::string> file(std::string_view old_path) const = 0;
  /// The line now; nullopt when it was changed or removed.
  virtual std::optional<std::uint32_t> line(std::string_view old_path,
                                            std::uint32_t old_line) const = 0;
};

struct CarriedCoverage {
  CoverageReport report;
  std::uint64_t lines_kept = 0;
  std::uint64_t lines_gone = 0;  // changed or removed since, so nothing is known of them
  std::uint64_t files_gone = 0;
};
/// A function goes with its first line.
CarriedCoverage carry_forward(const CoverageReport& report, const LineMap& map);

/// Coverage of the lines from `first` to `last`, both included.
CoverageTotals totals_of_lines(const FileCoverage& file, std::uint32_t first, std::uint32_t last);

struct SymbolCoverage {
  CoverageTotals totals;
  std::vector<std::string_view> contexts;  // tests that ran a line of it, sorted
};
/// Of a symbol's whole range; nullopt when the report does not measure its file.
std::optional<SymbolCoverage> coverage_of_symbol(const graph::Snapshot& snapshot,
                                                 const CoverageReport& report,
                                                 graph::SymbolId symbol);

}  // namespace cairn::analysis
