// IndexReport as JSON and back: stored beside the snapshot it tells of.
#include "base/json.h"
#include "indexer/index.h"

namespace cairn::indexer {
namespace {

// Reports of trees with millions of skipped files are still read.
constexpr JsonLimits kLimits{std::size_t{1} << 30, 8};

void read(JsonValue from, std::uint64_t& to) {
  if (const auto number = from.as_int(); number && *number >= 0)
    to = static_cast<std::uint64_t>(*number);
}
void read(JsonValue from, double& to) { to = from.as_double().value_or(to); }
void read(JsonValue from, bool& to) { to = from.as_bool().value_or(to); }
void read(JsonValue from, std::string& to) {
  if (const auto text = from.as_string()) to = *text;
}

/// Calls visit(name, member) for every plain member, so that writing and reading name the same.
template <class Report, class Visit>
void visit_members(Report& report, const Visit& visit) {
  visit("source", report.source);
  visit("slug", report.slug);
  visit("commit", report.commit);
  visit("files", report.files);
  visit("files_parsed", report.files_parsed);
  visit("files_linked", report.files_linked);
  visit("files_with_errors", report.files_with_errors);
  visit("other_files", report.other_files);
  visit("incremental", report.incremental);
  visit("unchanged", report.unchanged);
  visit("seconds", report.wall_seconds);
  visit("cpu_seconds", report.cpu_seconds);
  visit("peak_memory_bytes", report.peak_rss_bytes);
  visit("snapshot_bytes", report.snapshot_bytes);
}

}  // namespace

std::string report_json(const IndexReport& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  visit_members(report,
                [&](std::string_view name, const auto& member) { json.field(name, member); });
  json.key("skipped").begin_array();
  for (const SkippedFile& file : report.skipped)
    json.begin_object().field("path", file.path).field("reason", file.reason).end_object();
  json.end_array().key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.value(warning);
  json.end_array().end_object();
  return text;
}

Result<IndexReport> report_from_json(std::string_view text) {
  CAIRN_ASSIGN(const JsonDocument document, JsonDocument::parse(text, kLimits));
  const JsonValue root = document.root();
  if (!root.is_object()) return Error(ErrorCode::kParse, "a report is a JSON object");
  IndexReport report;
  visit_members(report,
                [&](std::string_view name, auto& member) { read(root.find(name), member); });
  for (const JsonValue item : root.find("skipped").items()) {
    SkippedFile& file = report.skipped.emplace_back();
    read(item.find("path"), file.path);
    read(item.find("reason"), file.reason);
  }
  for (const JsonValue item : root.find("warnings").items())
    read(item, report.warnings.emplace_back());
  return report;
}

}  // namespace cairn::indexer
