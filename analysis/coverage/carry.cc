#include "analysis/coverage/carry.h"

#include <algorithm>
#include <set>

namespace cairn::analysis {
namespace {

FileCoverage carry_file(const FileCoverage& file, std::string_view path, const LineMap& map,
                        CarriedCoverage& counts) {
  FileCoverage out;
  for (const CoveredLine& row : file.lines) {
    const auto now = map.line(path, row.line);
    ++(now ? counts.lines_kept : counts.lines_gone);
    if (!now) continue;
    out.lines.push_back(row);
    out.lines.back().line = *now;
  }
  for (const BranchArm& row : file.arms)
    if (const auto now = map.line(path, row.line)) out.arms.push_back({*now, row.taken, row.arm});
  for (const CoveredFunction& row : file.functions) {
    const auto now = map.line(path, row.start_line);
    if (!now) continue;
    const auto end = row.end_line == 0 ? std::nullopt : map.line(path, row.end_line);
    out.functions.push_back({row.name, *now, end.value_or(0), row.hits});
  }
  for (const ContextLine& row : file.contexts)
    if (const auto now = map.line(path, row.line)) out.contexts.push_back({row.context, *now});
  out.normalise(Combine::kMax);
  return out;
}

}  // namespace

CarriedCoverage carry_forward(const CoverageReport& report, const LineMap& map) {
  CarriedCoverage out;
  out.report.contexts = report.contexts;
  out.report.sessions = report.sessions;
  out.report.warnings = report.warnings;
  for (const auto& [path, file] : report.files) {
    const auto now = map.file(path);
    if (!now) {
      ++out.files_gone;
      out.lines_gone += file.lines.size();
      continue;
    }
    FileCoverage carried = carry_file(file, path, map, out);
    const auto [at, added] = out.report.files.try_emplace(*now, std::move(carried));
    if (!added) at->second.merge(carried);
  }
  return out;
}

CoverageTotals totals_of_lines(const FileCoverage& file, std::uint32_t first, std::uint32_t last) {
  CoverageTotals out;
  const auto before = [](const CoveredLine& row, std::uint32_t line) { return row.line < line; };
  auto at = std::lower_bound(file.lines.begin(), file.lines.end(), first, before);
  for (; at != file.lines.end() && at->line <= last; ++at) out.add(file, *at);
  return out;
}

std::optional<SymbolCoverage> coverage_of_symbol(const graph::Snapshot& snapshot,
                                                 const CoverageReport& report,
                                                 graph::SymbolId symbol) {
  const auto found = report.files.find(snapshot.path(snapshot.file_of(symbol)));
  if (found == report.files.end()) return std::nullopt;
  const graph::Range range = snapshot.details(symbol).range;
  SymbolCoverage out;
  out.totals = totals_of_lines(found->second, range.begin.line, range.end.line);
  std::set<std::uint32_t> contexts;
  for (const ContextLine& row : found->second.contexts)
    if (row.line >= range.begin.line && row.line <= range.end.line) contexts.insert(row.context);
  for (const std::uint32_t row : contexts) out.contexts.emplace_back(report.contexts[row]);
  return out;
}

}  // namespace cairn::analysis
