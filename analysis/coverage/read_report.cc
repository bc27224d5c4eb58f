#include "analysis/coverage/read_report.h"

#include <algorithm>
#include <unordered_map>

#include "analysis/coverage/readers.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

/// Keeps the beginning for detection and gives it again.
class Looked final : public ReportInput {
 public:
  explicit Looked(ReportInput& rest) : rest_(rest) {}

  Result<std::string_view> look() {
    while (first_.size() < kDetectBytes) {
      CAIRN_ASSIGN(const std::string_view piece, rest_.next());
      if (piece.empty()) break;
      first_ += piece;
    }
    return std::string_view(first_);
  }
  Result<std::string_view> next() override {
    if (!given_) {
      given_ = true;
      if (!first_.empty()) return std::string_view(first_);
    }
    first_ = {};
    return rest_.next();
  }

 private:
  ReportInput& rest_;
  std::string first_;
  bool given_ = false;
};

Result<void> read_as(CoverageFormat format, ReadJob& job) {
  switch (format) {
    case CoverageFormat::kLcov:
      return read_lcov(job);
    case CoverageFormat::kCobertura:
      return read_cobertura(job);
    case CoverageFormat::kJacoco:
      return read_jacoco(job);
    case CoverageFormat::kGoCover:
      return read_go_cover(job);
    case CoverageFormat::kLlvmCov:
      return read_llvm_cov(job);
    case CoverageFormat::kGcov:
      return read_gcov(job);
    case CoverageFormat::kCoveragePy:
      return read_coverage_py(job);
    case CoverageFormat::kIstanbul:
      return read_istanbul(job);
    case CoverageFormat::kClover:
      return read_clover(job);
    case CoverageFormat::kCoveralls:
      return read_coveralls(job);
    case CoverageFormat::kSonarQube:
      return read_sonarqube(job);
  }
  return Error(ErrorCode::kInternal, "no reader for this coverage format");
}

std::uint64_t rows_of(const FileCoverage& file) {
  return file.lines.size() + file.arms.size() + file.functions.size() + file.contexts.size();
}

/// Puts what comes under the same path together.
class Collector final : public CoverageSink {
 public:
  explicit Collector(const CoverageLimits& limits) : limits_(limits) {}

  Result<void> file(std::string_view path, FileCoverage&& file, Combine combine) override {
    const auto found = report_.files.find(path);
    if (found == report_.files.end()) {
      rows_ += rows_of(file);
      report_.files.emplace(std::string(path), std::move(file));
    } else {
      rows_ -= rows_of(found->second);
      found->second.merge(file, combine);
      rows_ += rows_of(found->second);
    }
    if (rows_ > limits_.max_rows)
      return Error(ErrorCode::kLimitExceeded, "the report has more than " +
                                                  human_count(limits_.max_rows) +
                                                  " lines and branches; split it");
    if (report_.files.size() > limits_.max_files)
      return Error(
          ErrorCode::kLimitExceeded,
          "the report names more than " + human_count(limits_.max_files) + " files; split it");
    return {};
  }

  Result<std::uint32_t> context(std::string_view name) override {
    const auto [at, added] =
        numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(numbers_.size()));
    if (added && numbers_.size() > limits_.max_files)
      return Error(ErrorCode::kLimitExceeded,
                   "the report names more than " + human_count(limits_.max_files) + " tests");
    return at->second;
  }

  void session(std::string_view name) override { add(report_.sessions, name); }
  void root(std::string_view folder) override { add(report_.roots, folder); }
  void warn(std::string text) override { report_.warnings.push_back(std::move(text)); }

  CoverageReport take() {
    sort_contexts();
    if (report_.totals().lines() == 0)
      report_.warnings.emplace_back(report_.files.empty()
                                        ? "the report names no file"
                                        : "the report measures no line of the files it names");
    for (auto* list : {&report_.sessions, &report_.roots, &report_.warnings}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return std::move(report_);
  }

 private:
  static constexpr std::size_t kMostNames = 10'000;
  void add(std::vector<std::string>& list, std::string_view name) {
    if (list.size() < kMostNames) list.emplace_back(name);
    if (list.size() == kMostNames)
      report_.warnings.push_back("the report names more than " + human_count(kMostNames - 1) +
                                 " sessions or source folders; the rest is left out");
  }

  /// Numbers in order of appearance become rows of the sorted list.
  void sort_contexts() {
    std::vector<std::pair<std::string, std::uint32_t>> names(numbers_.begin(), numbers_.end());
    std::sort(names.begin(), names.end());
    std::vector<std::uint32_t> row_of(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      row_of[names[i].second] = static_cast<std::uint32_t>(i);
      report_.contexts.push_back(std::move(names[i].first));
    }
    for (auto& [path, file] : report_.files) {
      for (ContextLine& row : file.contexts) row.context = row_of[row.context];
      std::sort(file.contexts.begin(), file.contexts.end());
    }
  }

  const CoverageLimits& limits_;
  CoverageReport report_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::uint64_t rows_ = 0;
};

}  // namespace

Result<CoverageFormat> read_report(ReportInput& input, CoverageSink& sink,
                                   const ReadOptions& options) {
  Looked looked(input);
  CAIRN_ASSIGN(const std::string_view beginning, looked.look());
  if (beginning.empty())
    return Error(ErrorCode::kParse, "the report is empty, upload what the tool wrote");
  CoverageFormat format = CoverageFormat::kLcov;
  if (options.format) {
    format = *options.format;
  } else {
    CAIRN_ASSIGN(format, detect_format(beginning));
  }
  ReadJob job{looked, sink, options.limits, options.stop, {}};
  if (Result<void> read = read_as(format, job); !read)
    return std::move(read).error().in(std::string(name_of(format)) + " report");
  job.notes.report(sink);
  return format;
}

Result<ParsedReport> parse_report(ReportInput& input, const ReadOptions& options) {
  Collector collector(options.limits);
  CAIRN_ASSIGN(const CoverageFormat format, read_report(input, collector, options));
  return ParsedReport{format, collector.take()};
}

}  // namespace cairn::analysis
