#pragma once
// The readers of each format and what they share. Private to the folder.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/coverage/read_report.h"
#include "base/json_reader.h"

namespace cairn::analysis {

/// Counts what is wrong but can be gone on with; at the end one sentence per kind.
class Notes {
 public:
  void add(std::string_view what, std::string_view unit, std::uint64_t at);
  void report(CoverageSink& sink) const;

 private:
  struct Row {
    std::uint64_t count = 0;
    std::string first;
  };
  std::map<std::string, Row, std::less<>> rows_;
};

/// One run of a reader.
struct ReadJob {
  ReportInput& input;
  CoverageSink& sink;
  const CoverageLimits& limits;
  const StopToken& stop;
  Notes notes;
};

// Sentences that several readers use.
inline constexpr std::string_view kNegativeCount = "negative counts, taken as 0";
inline constexpr std::string_view kBadLine = "lines whose number is no line number, left out";

/// A count as tools write it: whole, with a fraction, negative (then 0, noted). nullopt when it is
/// no number; what is too large becomes the largest.
std::optional<std::uint64_t> count_of(std::string_view text, bool& negative);
std::uint64_t count_of(const JsonToken& token, ReadJob& job, std::uint64_t at);
/// 1 .. limits.max_line, or nullopt.
std::optional<std::uint32_t> line_of(std::string_view text, const CoverageLimits& limits);
std::optional<std::uint32_t> line_of(const JsonToken& token, const CoverageLimits& limits);

/// Lines of text of any piece size; without their line ends. Lines longer than 1 MiB are kParse.
class LineReader {
 public:
  explicit LineReader(ReportInput& input) : input_(input) {}
  /// nullopt at the end.
  Result<std::optional<std::string_view>> next();
  /// Of the line just given, from 1.
  std::uint64_t number() const { return number_; }

 private:
  ReportInput& input_;
  std::string_view piece_;
  std::string joined_;
  bool clear_ = false;
  bool ended_ = false;
  std::uint64_t number_ = 0;
};

/// Gathers the rows of one file and gives them to the sink. Rows are put together now and then, so
/// that repeats cost no memory.
class FileBuilder {
 public:
  FileBuilder(ReadJob& job, Combine combine) : job_(job), combine_(combine) {}
  /// Ends the file before, if there is one.
  Result<void> begin(std::string path);
  bool is_open() const { return open_; }
  const std::string& path() const { return path_; }
  /// For formats that may name the file last.
  void rename(std::string path) { path_ = std::move(path); }
  /// A line that ran `hits` times.
  void line(std::uint32_t number, std::uint64_t hits);
  void line(const CoveredLine& row);
  void arm(std::uint32_t number, std::uint64_t id, bool taken);
  /// `covered` of `total` branches of a line, not told apart.
  void branches(std::uint32_t number, std::uint64_t covered, std::uint64_t total);
  void function(CoveredFunction row) {
    file_.functions.push_back(std::move(row));
    grew();
  }
  void context(std::uint32_t context, std::uint32_t line) {
    file_.contexts.push_back({context, line});
    grew();
  }
  void only_counted(std::uint64_t covered, std::uint64_t missed);
  /// kLimitExceeded when there were too many rows.
  Result<void> end();

 private:
  void grew() {
    if (++rows_ >= pack_at_) pack();
  }
  void pack();

  ReadJob& job_;
  const Combine combine_;
  bool open_ = false;
  bool too_many_ = false;
  std::string path_;
  FileCoverage file_;
  std::uint64_t rows_ = 0;
  std::uint64_t pack_at_ = kFirstPack;
  static constexpr std::uint64_t kFirstPack = std::uint64_t{1} << 20;
};

JsonReader json_reader(ReportInput& input, bool many_documents = false);
/// kParse: the JSON is well formed but not what this format has.
Error wrong_json(const JsonReader& reader, std::string_view what);

Result<void> read_lcov(ReadJob& job);
Result<void> read_cobertura(ReadJob& job);
Result<void> read_jacoco(ReadJob& job);
Result<void> read_go_cover(ReadJob& job);
Result<void> read_llvm_cov(ReadJob& job);
Result<void> read_gcov(ReadJob& job);
Result<void> read_coverage_py(ReadJob& job);
Result<void> read_istanbul(ReadJob& job);
Result<void> read_clover(ReadJob& job);
Result<void> read_coveralls(ReadJob& job);
Result<void> read_sonarqube(ReadJob& job);

/// How much of a report is looked at to find out its format.
inline constexpr std::size_t kDetectBytes = std::size_t{64} << 10;
/// The format that the beginning of a report shows; kParse when it is none.
Result<CoverageFormat> detect_format(std::string_view beginning);

}  // namespace cairn::analysis
