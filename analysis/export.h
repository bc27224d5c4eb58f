#pragma once
// Exports of a whole snapshot as text (docs/exports.md holds the shapes). Pure functions of the
// snapshot and the options: sorted by path, position and id, so that the number of threads, the
// split into base and overlay and the machine leave no trace. Output is streamed in pieces; errors
// are those of the sink, kCorrupt from the snapshot and kCancelled.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

enum class ExportFormat : std::uint8_t { kJsonl, kPycg, kGraphml, kDot, kJson };

/// "jsonl|pycg|graphml|dot|json"
inline constexpr std::string_view kExportFormats = "jsonl|pycg|graphml|dot|json";
std::optional<ExportFormat> export_format_named(std::string_view name);

using TextSink = std::function<Result<void>(std::string_view)>;

struct ExportOptions {
  std::string source;  // what the user asked for, for the head of the export
  /// Files that are no part of the snapshot, with the reason: (path, reason), added to those the
  /// snapshot lists.
  std::vector<std::pair<std::string, std::string>> skipped;
  StopToken stop;
};

Result<void> write_export(const graph::Snapshot& snapshot, ExportFormat format,
                          const ExportOptions& options, const TextSink& sink);

}  // namespace cairn::analysis
