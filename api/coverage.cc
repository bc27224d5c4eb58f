#include "api/coverage.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "analysis/coverage/carry.h"
#include "analysis/coverage/codec.h"
#include "analysis/coverage/text_line_map.h"
#include "base/hash.h"
#include "base/text.h"

namespace cairn::api {
namespace {

/// Hashes what passes through, in blocks, so that the sizes of the pieces do not matter.
class HashedInput final : public analysis::ReportInput {
 public:
  explicit HashedInput(analysis::ReportInput& input) : input_(input) {}

  Result<std::string_view> next() override {
    CAIRN_ASSIGN(const std::string_view piece, input_.next());
    for (std::string_view rest = piece; !rest.empty();) {
      const std::string_view part = rest.substr(0, kBlock - block_.size());
      block_ += part;
      rest.remove_prefix(part.size());
      if (block_.size() == kBlock) close_block();
    }
    return piece;
  }
  std::string hex() {
    close_block();
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
    return text;
  }

 private:
  static constexpr std::size_t kBlock = std::size_t{64} << 10;
  void close_block() {
    hash_ = hash_mix(hash_, hash64(std::string_view(block_)));
    block_.clear();
  }
  analysis::ReportInput& input_;
  std::string block_;
  std::uint64_t hash_ = 0;
};

std::string commit_text(const std::string& commit) {
  return commit.empty() ? std::string("this folder") : "commit " + commit;
}

}  // namespace

Result<ReadCoverage> read_coverage(analysis::ReportInput& input, const analysis::PathMapper& mapper,
                                   const analysis::ReadOptions& options) {
  HashedInput hashed(input);
  CAIRN_ASSIGN(analysis::ParsedReport parsed, analysis::parse_report(hashed, options));
  ReadCoverage out;
  out.upload.format = name_of(parsed.format);
  out.upload.key.session = hashed.hex();
  out.coverage = analysis::map_report(std::move(parsed.report), mapper);
  out.upload.files = out.coverage.report.files.size();
  out.upload.lines = out.coverage.report.totals().lines();
  return out;
}

Result<analysis::CoverageView> load_coverage(const store::CoverageStore& store,
                                             const std::string& repo, const std::string& commit,
                                             const std::vector<std::string>& flags) {
  CAIRN_ASSIGN(std::vector<store::CoverageUpload> uploads, store.list(repo, commit));
  if (!flags.empty())
    std::erase_if(uploads, [&](const store::CoverageUpload& row) {
      return std::find(flags.begin(), flags.end(), row.key.flag) == flags.end();
    });
  if (uploads.empty()) {
    CAIRN_ASSIGN(const std::vector<std::string> commits, store.commits(repo));
    std::string advice = ", import a report with cairn coverage import";
    if (!commits.empty() && commits.front() != commit && !commits.front().empty())
      advice = "; the newest is of commit " + commits.front() + ", give --at for that";
    return Error(ErrorCode::kNotFound, "no coverage of " + commit_text(commit) +
                                           (flags.empty() ? "" : " with this flag") + advice);
  }
  analysis::CoverageView view;
  view.commit = commit;
  for (const store::CoverageUpload& row : uploads) {
    CAIRN_ASSIGN(const std::string table, store.table(row.key));
    CAIRN_ASSIGN(const analysis::MappedCoverage part, analysis::decode_coverage(table));
    view.coverage.merge(part);
    view.uploads.push_back({row.key.flag, row.key.session, row.format, row.created_at_ms});
  }
  return view;
}

namespace {

/// What happened between two commits to the files that are measured.
Result<analysis::TextLineMap> line_map(const indexer::GitRepo& git, const indexer::ObjectId& before,
                                       const indexer::ObjectId& after,
                                       const analysis::CoverageReport& report,
                                       const StopToken& stop) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
  CAIRN_ASSIGN(const auto changes, git.diff(before, after, {}, stop));
  std::map<indexer::ObjectId, std::string> added;
  for (const indexer::TreeChange& change : changes)
    if (!change.before && change.after) added.emplace(change.after->id, change.path);
  analysis::TextLineMap out;
  for (const indexer::TreeChange& change : changes) {
    if (!change.before || !report.files.contains(change.path)) continue;
    CAIRN_TRY(stop.check("comparing commits"));
    if (!change.after) {
      const auto moved = added.find(change.before->id);
      if (moved != added.end()) {
        out.add_renamed(change.path, moved->second);
      } else {
        out.add_removed(change.path);
      }
      continue;
    }
    if (change.before->id == change.after->id) continue;
    CAIRN_ASSIGN(const std::string old_text, git.read_blob(change.before->id, kMostBytes));
    CAIRN_ASSIGN(const std::string new_text, git.read_blob(change.after->id, kMostBytes));
    out.add_changed(change.path, old_text, new_text);
  }
  return out;
}

}  // namespace

Result<std::optional<analysis::CoverageView>> carry_coverage(
    const store::CoverageStore& store, const indexer::GitRepo& git, const std::string& repo,
    const std::string& commit, const std::vector<std::string>& flags, const StopToken& stop) {
  CAIRN_ASSIGN(const std::vector<std::string> commits, store.commits(repo));
  CAIRN_ASSIGN(const indexer::ObjectId now, git.resolve(commit));
  for (const std::string& older : commits) {
    if (older.empty() || older == commit) continue;
    const auto then = git.resolve(older);
    if (!then) continue;  // Gone from the repository since, by a rewritten history.
    Result<analysis::CoverageView> view = load_coverage(store, repo, older, flags);
    if (!view && view.error().code() == ErrorCode::kNotFound) continue;
    if (!view) return std::move(view).error();
    CAIRN_ASSIGN(const analysis::TextLineMap map,
                 line_map(git, *then, now, view->coverage.report, stop));
    analysis::CarriedCoverage carried = carry_forward(view->coverage.report, map);
    if (carried.lines_gone > 0)
      carried.report.warnings.push_back(human_count(carried.lines_gone) +
                                        " measured lines were changed or removed since commit " +
                                        older + "; nothing is known of them");
    view->coverage.report = std::move(carried.report);
    view->commit = commit;
    view->carried_from = older;
    return std::optional(std::move(*view));
  }
  return std::optional<analysis::CoverageView>();
}

}  // namespace cairn::api
