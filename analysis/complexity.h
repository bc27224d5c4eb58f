#pragma once
// The complexity table: one row per function that has a body, profile `std`. Pure; thread-safe.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

struct ComplexityRow {
  graph::SymbolId symbol;
  std::string_view path;
  std::string_view name;
  std::string qualified;
  std::uint32_t start_line = 0;
  std::uint32_t end_line = 0;
  graph::Metrics metrics;
};
/// By path and position.
std::vector<ComplexityRow> complexity_table(const graph::Snapshot& snapshot);

enum class Metric : std::uint8_t { kCyclomatic, kCognitive, kNesting, kParameters, kNloc };
inline constexpr Metric kMetrics[] = {Metric::kCyclomatic, Metric::kCognitive, Metric::kNesting,
                                      Metric::kParameters, Metric::kNloc};
std::string_view name_of(Metric metric);
std::uint64_t value_of(const graph::Metrics& metrics, Metric metric);

/// "cognitive=15": functions above the limit fail.
struct MetricLimit {
  Metric metric = Metric::kCyclomatic;
  std::uint64_t limit = 0;
};
/// kInvalidArgument names the metrics.
Result<MetricLimit> parse_metric_limit(std::string_view text);

}  // namespace cairn::analysis
