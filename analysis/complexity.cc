#include "analysis/complexity.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace cairn::analysis {

std::vector<ComplexityRow> complexity_table(const graph::Snapshot& snapshot) {
  std::vector<ComplexityRow> rows;
  for (const graph::FileId f : snapshot.files()) {
    const graph::FileInfo info = snapshot.file(f);
    const std::size_t first = rows.size();
    for (std::uint32_t i = 1; i < info.symbol_count; ++i) {
      const graph::SymbolId s(info.first_symbol.value() + i);
      if (!graph::is_callable(snapshot.kind(s))) continue;
      if (snapshot.has_flag(s, graph::symbol_flag::kDeclaration)) continue;
      const graph::SymbolDetails details = snapshot.details(s);
      if (!details.metrics) continue;
      rows.push_back({s, info.path, snapshot.name(s), snapshot.qualified(s),
                      details.range.begin.line, details.range.end.line, *details.metrics});
    }
    std::stable_sort(
        rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
        [](const ComplexityRow& a, const ComplexityRow& b) { return a.start_line < b.start_line; });
  }
  return rows;
}

std::string_view name_of(Metric metric) {
  switch (metric) {
    case Metric::kCyclomatic:
      return "cyclomatic";
    case Metric::kCognitive:
      return "cognitive";
    case Metric::kNesting:
      return "nesting";
    case Metric::kParameters:
      return "parameters";
    case Metric::kNloc:
      return "nloc";
  }
  return "";
}

std::uint64_t value_of(const graph::Metrics& metrics, Metric metric) {
  switch (metric) {
    case Metric::kCyclomatic:
      return metrics.cyclomatic;
    case Metric::kCognitive:
      return metrics.cognitive;
    case Metric::kNesting:
      return metrics.nesting;
    case Metric::kParameters:
      return metrics.parameters;
    case Metric::kNloc:
      return metrics.nloc;
  }
  return 0;
}

Result<MetricLimit> parse_metric_limit(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  std::string names;
  for (const Metric metric : kMetrics) {
    names += (names.empty() ? "" : ", ") + std::string(name_of(metric));
    if (name_of(metric) != name || equals == std::string_view::npos) continue;
    MetricLimit limit{metric, 0};
    const std::string_view number = text.substr(equals + 1);
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, limit.limit);
    if (error == std::errc() && stop == end && !number.empty()) return limit;
  }
  return Error(ErrorCode::kInvalidArgument,
               "'" + printable(text) + "' is no limit, write METRIC=NUMBER with one of " + names);
}

}  // namespace cairn::analysis
