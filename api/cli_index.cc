// cairn index, cairn export.
#include <algorithm>
#include <map>
#include <optional>

#include "analysis/export.h"
#include "api/cli_commands.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"

namespace cairn::api {
namespace {

using graph::Tier;

constexpr std::size_t kShownPerReason = 3;

std::string tiers_text(const graph::TierCounts& counts) {
  std::string text;
  for (std::size_t t = 0; t < graph::kTierCount; ++t) {
    if (counts[t] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(name_of(static_cast<Tier>(t))) + " " +
            human_count(counts[t]);
  }
  return text.empty() ? "none" : text;
}

void tiers_json(JsonWriter& json, const graph::TierCounts& counts) {
  json.begin_object();
  for (std::size_t t = 0; t < graph::kTierCount; ++t)
    json.field(name_of(static_cast<Tier>(t)), counts[t]);
  json.end_object();
}

/// "vendored: 12 files (a, b, c, ...)" a line, most files first.
std::string skipped_text(const std::vector<indexer::SkippedFile>& skipped, bool verbose) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const indexer::SkippedFile& file : skipped) by_reason[file.reason].push_back(file.path);
  std::vector<std::pair<std::string, std::vector<std::string>>> groups(by_reason.begin(),
                                                                       by_reason.end());
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string text;
  for (const auto& [reason, paths] : groups) {
    text += "  " + printable(reason) + ": " + human_count(paths.size()) +
            (paths.size() == 1 ? " file" : " files");
    const std::size_t shown = verbose ? paths.size() : std::min(paths.size(), kShownPerReason);
    for (std::size_t i = 0; i < shown; ++i)
      text += (verbose ? "\n    " : i == 0 ? " (" : ", ") + printable(paths[i]);
    if (!verbose) text += shown < paths.size() ? ", ...)" : ")";
    text += "\n";
  }
  return text;
}

std::string how_text(const indexer::IndexReport& report) {
  if (report.unchanged) return "nothing changed since the last run";
  std::string text = human_count(report.files_parsed) + " files parsed, " +
                     human_count(report.files_linked) + " linked";
  return text + (report.incremental ? ", as a change to the last snapshot" : "");
}

std::string index_text(const indexer::Index& index, bool verbose) {
  const indexer::IndexReport& report = index.report;
  const graph::Totals& totals = index.snapshot->totals();
  std::string text = "source   " + printable(report.source);
  if (!report.commit.empty()) text += " at " + report.commit.substr(0, 12);
  text += "\nfiles    " + human_count(totals.files) + ", " + human_count(totals.lines) + " lines";
  if (report.files_with_errors != 0)
    text += ", " + human_count(report.files_with_errors) + " with syntax errors";
  text += "\n";
  for (const graph::LanguageTotals& row : totals.languages) {
    if (row.language == graph::Language::kUnknown) continue;
    text += "  " + std::string(name_of(row.language)) + ": " + human_count(row.files) + " files, " +
            human_count(row.lines) + " lines, " + human_count(row.symbols) + " symbols\n";
  }
  text += "symbols  " + human_count(totals.symbols) + "\n";
  text += "edges    " + human_count(totals.edges) + " (" + tiers_text(totals.edges_by_tier) + ")\n";
  std::uint64_t sites = 0;
  for (const std::uint64_t n : totals.sites) sites += n;
  text += "sites    " + human_count(sites) + " (" + tiers_text(totals.sites) + ")\n";
  text += "work     " + how_text(report) + "\n";
  text += "time     " + human_duration(static_cast<std::int64_t>(report.wall_seconds * 1e9)) +
          ", " + human_duration(static_cast<std::int64_t>(report.cpu_seconds * 1e9)) + " of CPU\n";
  text += "memory   " + human_bytes(report.peak_rss_bytes) + " at most; snapshot " +
          human_bytes(report.snapshot_bytes) + "\n";
  text += "skipped  " + human_count(report.skipped.size()) + "\n";
  return text + skipped_text(report.skipped, verbose);
}

std::string index_json(const indexer::Index& index) {
  const indexer::IndexReport& report = index.report;
  const graph::Totals& totals = index.snapshot->totals();
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("source", report.source).field("slug", report.slug).key("commit");
  if (report.commit.empty()) {
    json.null();
  } else {
    json.value(report.commit);
  }
  json.field("files", totals.files).field("lines", totals.lines).field("bytes", totals.bytes);
  json.field("symbols", totals.symbols).field("edges", totals.edges).key("edges_by_tier");
  tiers_json(json, totals.edges_by_tier);
  json.key("sites_by_tier");
  tiers_json(json, totals.sites);
  json.key("languages").begin_array();
  for (const graph::LanguageTotals& row : totals.languages) {
    json.begin_object().field("language", name_of(row.language)).field("files", row.files);
    json.field("lines", row.lines).field("symbols", row.symbols).key("sites_by_tier");
    tiers_json(json, row.sites);
    json.end_object();
  }
  json.end_array();
  json.field("files_parsed", report.files_parsed).field("files_linked", report.files_linked);
  json.field("files_with_errors", report.files_with_errors);
  json.field("incremental", report.incremental).field("unchanged", report.unchanged);
  json.field("seconds", report.wall_seconds).field("cpu_seconds", report.cpu_seconds);
  json.field("peak_memory_bytes", report.peak_rss_bytes);
  json.field("snapshot_bytes", report.snapshot_bytes);
  json.key("skipped").begin_array();
  for (const indexer::SkippedFile& file : report.skipped)
    json.begin_object().field("path", file.path).field("reason", file.reason).end_object();
  json.end_array().key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.value(warning);
  json.end_array().end_object().newline();
  return text;
}

Result<analysis::ExportFormat> chosen_format(const Arguments& arguments) {
  const auto name = arguments.value("--format");
  if (!name)
    return Error(ErrorCode::kUsage, "export: --format is missing, give one of " +
                                        std::string(analysis::kExportFormats));
  const auto format = analysis::export_format_named(*name);
  if (format) return *format;
  // A known name of something this program cannot write is no typing error.
  const bool known = *name == "scip";
  return Error(known ? ErrorCode::kUnsupported : ErrorCode::kUsage,
               "export: format '" + printable(*name) +
                   (known ? "' is not available in this version, give one of "
                          : "' is unknown, give one of ") +
                   std::string(analysis::kExportFormats));
}

/// A regular file appears complete or not at all; a device or pipe is written to as it is.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path) {
    OutputFile out;
    const auto stat = stat_path(path, true);
    if (stat && stat->kind != FileKind::kRegular) {
      CAIRN_ASSIGN(AppendFile opened, AppendFile::open(path));
      out.stream_.emplace(std::move(opened));
    } else {
      CAIRN_ASSIGN(AtomicFile made, AtomicFile::create(path));
      out.file_.emplace(std::move(made));
    }
    return out;
  }
  Result<void> write(std::string_view text) {
    return file_ ? file_->write(text) : stream_->append(text);
  }
  Result<void> commit() { return file_ ? file_->commit() : Result<void>(); }

 private:
  std::optional<AtomicFile> file_;
  std::optional<AppendFile> stream_;
};

/// What would make writing fail, found before the work is done.
Result<void> check_output(const std::string& path) {
  const auto folder = stat_path(parent_path(path), true);
  if (!folder || folder->kind != FileKind::kDirectory)
    return Error(ErrorCode::kNotFound, "export: the folder of '" + printable(path) +
                                           "' does not exist, make it or give another -o FILE");
  const auto target = stat_path(path, true);
  if (target && target->kind == FileKind::kDirectory)
    return Error(ErrorCode::kInvalidArgument,
                 "export: '" + printable(path) + "' is a folder, give -o FILE");
  return {};
}

}  // namespace

Result<int> run_index(Session& session) {
  CAIRN_ASSIGN(const indexer::Index index, session.index(Session::NeedsData::kYes));
  CAIRN_TRY(session.print(session.json()
                              ? index_json(index)
                              : index_text(index, session.arguments().has("--verbose"))));
  return 0;
}

Result<int> run_export(Session& session) {
  CAIRN_ASSIGN(const analysis::ExportFormat format, chosen_format(session.arguments()));
  const auto path = session.arguments().value("--output");
  const bool to_file = path && *path != "-";
  if (to_file) CAIRN_TRY(check_output(*path));
  CAIRN_ASSIGN(const indexer::Index index, session.index());
  // Made only now: it may lie in the folder that was indexed.
  std::optional<OutputFile> file;
  if (to_file) {
    CAIRN_ASSIGN(OutputFile made, OutputFile::create(*path));
    file.emplace(std::move(made));
  }
  analysis::ExportOptions options;
  options.source = index.report.source;
  options.stop = session.stop();
  for (const indexer::SkippedFile& skipped : index.report.skipped)
    options.skipped.emplace_back(skipped.path, skipped.reason);
  const analysis::TextSink sink = [&](std::string_view text) {
    return file ? file->write(text) : session.print(text);
  };
  CAIRN_TRY(analysis::write_export(*index.snapshot, format, options, sink));
  if (file) CAIRN_TRY(file->commit());
  return 0;
}

}  // namespace cairn::api
