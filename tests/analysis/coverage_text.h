#pragma once
// Coverage reports as text, for the tests of this folder.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "analysis/coverage/read_report.h"

namespace cairn::analysis {

inline Result<ParsedReport> read_text(std::string_view text, const ReadOptions& options = {}) {
  CAIRN_ASSIGN(const auto input, report_from_memory(text, options.limits.max_bytes));
  return parse_report(*input, options);
}

/// The report, which must be one; otherwise the test fails and it is empty.
inline CoverageReport report_of(std::string_view text, const ReadOptions& options = {}) {
  auto read = read_text(text, options);
  if (read) return std::move(read->report);
  ADD_FAILURE() << read.error().to_string();
  return {};
}

/// "12=hit 13=miss 14=partial(1/2)"
inline std::string lines_text(const FileCoverage& file) {
  std::string out;
  for (const CoveredLine& row : file.lines) {
    if (!out.empty()) out += ' ';
    out += std::to_string(row.line) + "=" + std::string(name_of(file.state(row)));
    const BranchCount count = file.branches(row);
    if (count.total > 0)
      out += "(" + std::to_string(count.covered) + "/" + std::to_string(count.total) + ")";
  }
  return out;
}

/// "a.c: 1=hit; b.c: 2=miss"
inline std::string report_text(const CoverageReport& report) {
  std::string out;
  for (const auto& [path, file] : report.files)
    out += (out.empty() ? "" : "; ") + path + ": " + lines_text(file);
  return out;
}

}  // namespace cairn::analysis
