#include "analysis/coverage/render.h"

#include <cstdio>

#include "base/json.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

void ratio_json(JsonWriter& json, std::string_view name, const std::optional<double>& ratio) {
  json.key(name);
  if (ratio) {
    json.value(*ratio);
  } else {
    json.null();
  }
}

void totals_json(JsonWriter& json, const CoverageTotals& totals) {
  json.begin_object();
  ratio_json(json, "line", totals.line_ratio());
  ratio_json(json, "codecov", totals.codecov_ratio());
  ratio_json(json, "sonar", totals.sonar_ratio());
  json.field("hits", totals.hits).field("partials", totals.partials);
  json.field("misses", totals.misses).field("branches_covered", totals.branches_covered);
  json.field("branches", totals.branches).end_object();
}

void file_json(JsonWriter& json, const std::string& path, const FileCoverage& file) {
  json.begin_object().field("path", path).key("lines").begin_object();
  for (const CoveredLine& row : file.lines)
    json.field(std::to_string(row.line), name_of(file.state(row)));
  json.end_object().key("branches").begin_object();
  for (const CoveredLine& row : file.lines) {
    const BranchCount count = file.branches(row);
    if (count.total == 0) continue;
    json.key(std::to_string(row.line)).begin_array();
    json.value(count.covered).value(count.total).end_array();
  }
  json.end_object().key("functions").begin_array();
  for (const CoveredFunction& row : file.functions) {
    json.begin_object().field("name", row.name).field("line", row.start_line);
    if (row.end_line != 0) json.field("end_line", row.end_line);
    json.field("hits", row.hits).end_object();
  }
  json.end_array();
  if (file.only_counted_covered + file.only_counted_missed > 0) {
    json.key("only_counted").begin_object().field("covered", file.only_counted_covered);
    json.field("missed", file.only_counted_missed).end_object();
  }
  CoverageTotals totals;
  totals.add(file);
  json.key("totals");
  totals_json(json, totals);
  json.end_object();
}

void paths_json(JsonWriter& json, const MappedCoverage& coverage) {
  json.key("unmatched").begin_array();
  for (const UnmatchedPath& row : coverage.unmatched)
    json.begin_object().field("path", row.path).field("reason", row.reason).end_object();
  json.end_array().key("ambiguous").begin_array();
  for (const AmbiguousPath& row : coverage.ambiguous) {
    json.begin_object().field("path", row.path).key("candidates").begin_array();
    for (const std::string& candidate : row.candidates) json.value(candidate);
    json.end_array().field("candidate_count", row.candidate_count).end_object();
  }
  json.end_array();
}

/// Never rounds to 0 % or 100 %.
std::string percent(const std::optional<double>& ratio) {
  if (!ratio) return "     -";
  double value = *ratio * 100;
  if (*ratio < 1 && value > 99.9) value = 99.9;
  if (*ratio > 0 && value < 0.1) value = 0.1;
  char text[16];
  std::snprintf(text, sizeof text, "%5.1f%%", value);
  return text;
}

std::string file_line(const std::string& path, const FileCoverage& file) {
  CoverageTotals totals;
  totals.add(file);
  std::string out = percent(totals.line_ratio()) + "  " + printable(path);
  out += "  " + human_count(totals.hits) + " hit, " + human_count(totals.partials) + " partial, " +
         human_count(totals.misses) + " missed";
  if (totals.branches > 0)
    out +=
        ", branches " + human_count(totals.branches_covered) + "/" + human_count(totals.branches);
  if (totals.lines() == 0 && file.only_counted_covered + file.only_counted_missed > 0)
    out += " (only counted: " + human_count(file.only_counted_covered) + " of " +
           human_count(file.only_counted_covered + file.only_counted_missed) + " lines)";
  return out + "\n";
}

}  // namespace

std::string coverage_json(const CoverageView& view) {
  std::string out;
  JsonWriter json(out);
  const CoverageReport& report = view.coverage.report;
  json.begin_object().key("commit");
  if (view.commit.empty()) {
    json.null();
  } else {
    json.value(view.commit);
  }
  json.key("carried_from");
  if (view.carried_from) {
    json.value(*view.carried_from);
  } else {
    json.null();
  }
  json.key("files").begin_array();
  for (const auto& [path, file] : report.files) file_json(json, path, file);
  json.end_array();
  paths_json(json, view.coverage);
  json.key("totals");
  totals_json(json, report.totals());
  json.key("uploads").begin_array();
  for (const CoverageUploadLine& row : view.uploads) {
    json.begin_object().field("flag", row.flag).field("session", row.session);
    json.field("format", row.format).field("imported_at", format_utc(row.created_at_ms));
    json.end_object();
  }
  json.end_array().field("contexts", report.contexts.size()).key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.value(warning);
  json.end_array().end_object().newline();
  return out;
}

std::string coverage_text(const CoverageView& view) {
  std::string out;
  const CoverageReport& report = view.coverage.report;
  for (const auto& [path, file] : report.files) out += file_line(path, file);
  for (const UnmatchedPath& row : view.coverage.unmatched)
    out += "unmatched  " + printable(row.path) + ": " + printable(row.reason) + "\n";
  for (const AmbiguousPath& row : view.coverage.ambiguous) {
    out += "ambiguous  " + printable(row.path) + ": ";
    for (std::size_t i = 0; i < row.candidates.size(); ++i)
      out += (i == 0 ? "" : ", ") + printable(row.candidates[i]);
    if (row.candidate_count > row.candidates.size())
      out += " and " + human_count(row.candidate_count - row.candidates.size()) + " more";
    out += "\n";
  }
  for (const std::string& warning : report.warnings)
    out += "warning    " + printable(warning) + "\n";
  const CoverageTotals totals = report.totals();
  out += "line " + percent(totals.line_ratio()) + "  codecov " + percent(totals.codecov_ratio()) +
         "  sonar " + percent(totals.sonar_ratio()) + "  of " + human_count(totals.lines()) +
         " lines and " + human_count(totals.branches) + " branches in " +
         human_count(report.files.size()) + " files";
  if (view.carried_from) out += ", carried from " + *view.carried_from;
  return out + "\n";
}

}  // namespace cairn::analysis
