#include "api/coverage.h"

#include <algorithm>
#include <cstdio>

#include "analysis/coverage/codec.h"
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

Result<ReadCoverage> read_coverage(analysis::ReportInput& input,
                                   const analysis::PathMapper& mapper,
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
    return Error(ErrorCode::kNotFound,
                 "no coverage of " + commit_text(commit) +
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

}  // namespace cairn::api
