#include "analysis/export.h"

#include <algorithm>

#include "analysis/export_writer.h"
#include "base/version.h"

namespace cairn::analysis {

std::optional<ExportFormat> export_format_named(std::string_view name) {
  if (name == "jsonl") return ExportFormat::kJsonl;
  if (name == "pycg") return ExportFormat::kPycg;
  if (name == "graphml") return ExportFormat::kGraphml;
  if (name == "dot") return ExportFormat::kDot;
  if (name == "json") return ExportFormat::kJson;
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> all_skipped(const graph::Snapshot& snapshot,
                                                             const ExportOptions& options) {
  std::vector<std::pair<std::string, std::string>> rows = options.skipped;
  for (const graph::FileId f : snapshot.files()) {
    const graph::FileInfo info = snapshot.file(f);
    if (!info.skip_reason.empty()) rows.emplace_back(info.path, info.skip_reason);
  }
  std::sort(rows.begin(), rows.end());
  const auto same_path = [](const auto& a, const auto& b) { return a.first == b.first; };
  rows.erase(std::unique(rows.begin(), rows.end(), same_path), rows.end());
  return rows;
}

void write_meta(JsonWriter& json, const graph::Snapshot& snapshot, const ExportOptions& options) {
  json.field("cairn", version()).field("source", options.source).key("commit");
  write_text_or_null(json, snapshot.commit());
  json.key("languages").begin_object();
  for (const graph::LanguageTotals& row : snapshot.totals().languages)
    json.field(name_of(row.language), row.files);
  json.end_object().field("files", snapshot.file_count()).key("skipped").begin_array();
  for (const auto& [path, reason] : all_skipped(snapshot, options))
    json.begin_object().field("path", path).field("reason", reason).end_object();
  json.end_array();
}

void write_range(JsonWriter& json, const graph::Range& range) {
  json.begin_array().value(range.begin.line).value(range.begin.column);
  json.value(range.end.line).value(range.end.column).end_array();
}

void write_flags(JsonWriter& json, std::uint32_t flags) {
  json.begin_array();
  for (unsigned bit = 0; bit < 32; ++bit)
    if ((flags >> bit & 1u) != 0) json.value(graph::flag_name(bit));
  json.end_array();
}

void write_metrics(JsonWriter& json, const std::optional<graph::Metrics>& metrics) {
  json.begin_object();
  if (metrics) {
    json.field("cyclomatic", metrics->cyclomatic).field("cognitive", metrics->cognitive);
    json.field("nesting", metrics->nesting).field("parameters", metrics->parameters);
    json.field("nloc", metrics->nloc);
  }
  json.end_object();
}

void write_text_or_null(JsonWriter& json, std::string_view text) {
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

Result<void> write_export(const graph::Snapshot& snapshot, ExportFormat format,
                          const ExportOptions& options, const TextSink& sink) {
  BufferedSink out(sink);
  Result<void> done;
  switch (format) {
    case ExportFormat::kJsonl:
      done = export_jsonl(snapshot, options, out);
      break;
    case ExportFormat::kPycg:
      done = export_pycg(snapshot, options, out);
      break;
    case ExportFormat::kGraphml:
      done = export_graphml(snapshot, options, out);
      break;
    case ExportFormat::kDot:
      done = export_dot(snapshot, options, out);
      break;
    case ExportFormat::kJson:
      done = export_json(snapshot, options, out);
      break;
  }
  CAIRN_TRY(std::move(done));
  return out.flush();
}

}  // namespace cairn::analysis
