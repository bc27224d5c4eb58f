// cairn coverage import and show.
#include "analysis/coverage/codec.h"
#include "api/cli_commands.h"
#include "api/cli_output.h"
#include "api/coverage.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "indexer/source.h"
#include "store/state.h"

namespace cairn::api {
namespace {

Result<indexer::Source> open_source(const Session& session, const std::string& data_dir) {
  indexer::SourceOptions options;
  options.revision = session.arguments().value("--at");
  options.data_dir = data_dir;
  options.update_mirror = false;
  options.stop = session.stop();
  return indexer::Source::open(session.arguments().at("SOURCE"), options);
}

/// Rules of --path before those of the source's .cairn.toml.
Result<std::vector<analysis::PathRule>> path_rules(const Session& session,
                                                   const std::string& data_dir) {
  CAIRN_ASSIGN(const indexer::Source source, open_source(session, data_dir));
  CAIRN_ASSIGN(const indexer::RepoConfig config, source.config());
  std::vector<analysis::PathRule> rules;
  for (const auto& list : {session.arguments().values("--path"), config.coverage_paths}) {
    for (const std::string& text : list) {
      CAIRN_ASSIGN(analysis::PathRule rule, analysis::parse_path_rule(text));
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

struct OpenCoverage {
  indexer::Index index;
  std::string folder;
  std::unique_ptr<store::State> state;
  std::string repo;
};

Result<OpenCoverage> open_coverage(Session& session) {
  OpenCoverage out;
  CAIRN_ASSIGN(out.index, session.index(Session::NeedsData::kYes));
  CAIRN_ASSIGN(out.folder, session.data_dir());
  CAIRN_ASSIGN(out.state,
               store::open_state(join_path(out.folder, "cairn.db"), session.services().clock));
  CAIRN_ASSIGN(const store::Repo repo,
               out.state->repos().repo_by_source(out.index.snapshot->repo()));
  out.repo = repo.id;
  return out;
}

std::string summary_text(const std::string& file, const ReadCoverage& read) {
  const analysis::CoverageTotals totals = read.coverage.report.totals();
  std::string text = printable(file) + ": " + read.upload.format + ", " +
                     counted(read.coverage.report.files.size(), "file", "files") + ", " +
                     human_count(totals.hits) + " lines hit, " + human_count(totals.partials) +
                     " partial, " + human_count(totals.misses) + " missed";
  if (!read.coverage.unmatched.empty())
    text += ", " + human_count(read.coverage.unmatched.size()) + " unmatched";
  if (!read.coverage.ambiguous.empty())
    text += ", " + human_count(read.coverage.ambiguous.size()) + " ambiguous";
  return text + "\n";
}

void summary_json(JsonWriter& json, const std::string& file, const ReadCoverage& read) {
  const analysis::CoverageTotals totals = read.coverage.report.totals();
  json.begin_object().field("report", file).field("format", read.upload.format);
  json.field("session", read.upload.key.session).field("files", read.upload.files);
  json.field("hits", totals.hits).field("partials", totals.partials);
  json.field("misses", totals.misses).key("unmatched").begin_array();
  for (const auto& row : read.coverage.unmatched) json.value(row.path);
  json.end_array().key("ambiguous").begin_array();
  for (const auto& row : read.coverage.ambiguous) json.value(row.path);
  json.end_array().key("warnings").begin_array();
  for (const std::string& warning : read.coverage.report.warnings) json.value(warning);
  json.end_array().end_object();
}

/// What the reports say that is not in the table, on standard error.
void note_losses(Session& session, const std::string& file, const ReadCoverage& read) {
  for (const std::string& warning : read.coverage.report.warnings)
    session.note("warning: " + printable(file) + ": " + printable(warning));
  constexpr std::size_t kMost = 20;
  const auto& unmatched = read.coverage.unmatched;
  for (std::size_t i = 0; i < std::min(unmatched.size(), kMost); ++i)
    session.note("unmatched '" + printable(unmatched[i].path) +
                 "': " + printable(unmatched[i].reason));
  const auto& ambiguous = read.coverage.ambiguous;
  for (std::size_t i = 0; i < std::min(ambiguous.size(), kMost); ++i)
    session.note("ambiguous '" + printable(ambiguous[i].path) + "': could be " +
                 printable(ambiguous[i].candidates.front()) + " and others");
  if (unmatched.size() > kMost || ambiguous.size() > kMost)
    session.note("more are listed by cairn coverage show");
}

Result<int> import_reports(Session& session) {
  const std::vector<std::string>& files = session.arguments().rest;
  if (files.empty())
    return Error(
        ErrorCode::kUsage,
        "coverage: FILE is missing, name the reports to import, see cairn coverage --help");
  analysis::ReadOptions options;
  options.stop = session.stop();
  if (const auto format = session.arguments().value("--format")) {
    CAIRN_ASSIGN(options.format, analysis::coverage_format_named(*format));
  }
  CAIRN_ASSIGN(OpenCoverage open, open_coverage(session));
  CAIRN_ASSIGN(std::vector<analysis::PathRule> rules, path_rules(session, open.folder));
  const auto mapper = analysis::PathMapper::of(*open.index.snapshot, std::move(rules));

  // All are read before one is stored: a bad report leaves everything as it was.
  std::vector<std::pair<store::CoverageUpload, std::string>> tables;
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_array();
  bool nothing_matched = false;
  for (const std::string& file : files) {
    CAIRN_ASSIGN(const auto input, analysis::report_from_file(file, options.limits.max_bytes));
    Result<ReadCoverage> read = read_coverage(*input, mapper, options);
    if (!read) return std::move(read).error().in("'" + printable(file) + "'");
    note_losses(session, file, *read);
    if (read->coverage.report.files.empty()) {
      nothing_matched = true;
      session.note("'" + printable(file) +
                   "': none of its files is in the repository, add rules with --path FROM::TO or "
                   "to [coverage] paths of .cairn.toml");
    }
    if (session.json()) {
      summary_json(json, file, *read);
    } else {
      text += summary_text(file, *read);
    }
    read->upload.key.repo = open.repo;
    read->upload.key.commit = std::string(open.index.snapshot->commit());
    read->upload.key.flag = session.arguments().value("--flag").value_or("");
    tables.emplace_back(read->upload, analysis::encode_coverage(read->coverage));
  }
  if (session.json()) json.end_array().newline();
  for (const auto& [upload, table] : tables) CAIRN_TRY(open.state->coverage().put(upload, table));
  CAIRN_TRY(session.print(text));
  return nothing_matched ? 1 : 0;
}

Result<int> show_coverage(Session& session) {
  if (!session.arguments().rest.empty())
    return Error(ErrorCode::kUsage, "coverage show: it takes no FILE, see cairn coverage --help");
  CAIRN_ASSIGN(OpenCoverage open, open_coverage(session));
  const std::string commit(open.index.snapshot->commit());
  const std::vector<std::string> flags = session.arguments().values("--flag");
  const store::CoverageStore& store = open.state->coverage();
  Result<analysis::CoverageView> view = load_coverage(store, open.repo, commit, flags);
  if (!view && view.error().code() == ErrorCode::kNotFound && !commit.empty()) {
    CAIRN_ASSIGN(const indexer::Source source, open_source(session, open.folder));
    if (source.repo() != nullptr) {
      CAIRN_ASSIGN(auto carried,
                   carry_coverage(store, *source.repo(), open.repo, commit, flags, session.stop()));
      if (carried) view = std::move(*carried);
    }
  }
  if (!view) return std::move(view).error();
  CAIRN_TRY(session.print(session.json() ? coverage_json(*view) : coverage_text(*view)));
  return 0;
}

}  // namespace

Result<int> run_coverage(Session& session) {
  const std::string& action = session.arguments().at("ACTION");
  if (action == "import") return import_reports(session);
  if (action == "show") return show_coverage(session);
  return Error(ErrorCode::kUsage, "coverage: no action '" + printable(action) +
                                      "', it is import or show, see cairn coverage --help");
}

}  // namespace cairn::api
