#pragma once
// Reading coverage reports. Streaming: memory is that of the tables read, not of the report's text.
// Pure but for the input; used by one thread.
//
// Errors say what is wrong, where (line or byte) and what to do: kParse (not the format, cut off,
// hostile), kLimitExceeded (a limit below), kUnsupported (an unknown format or encoding), and those
// of the input. Whatever is left out of a report that was read is in its warnings.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analysis/coverage/input.h"
#include "analysis/coverage/model.h"
#include "base/result.h"
#include "base/stop_token.h"

namespace cairn::analysis {

enum class CoverageFormat : std::uint8_t {
  kLcov,
  kCobertura,
  kJacoco,
  kGoCover,
  kLlvmCov,
  kGcov,  // gcov's own JSON and gcovr's
  kCoveragePy,
  kIstanbul,
  kClover,
  kCoveralls,
  kSonarQube,
};
inline constexpr std::size_t kCoverageFormatCount = 11;
/// "lcov", "cobertura", "jacoco", "go", "llvm-cov", "gcov", "coverage.py", "istanbul", "clover",
/// "coveralls", "sonarqube".
std::string_view name_of(CoverageFormat format);
/// kUnsupported lists the names.
Result<CoverageFormat> coverage_format_named(std::string_view name);

struct CoverageLimits {
  /// Of text, unpacked.
  std::uint64_t max_bytes = std::uint64_t{4} << 30;
  std::uint32_t max_line = 5'000'000;
  std::uint64_t max_files = 1'000'000;
  /// Rows held at once: lines, branch arms, functions and context lines.
  std::uint64_t max_rows = 50'000'000;
};

/// Takes what a reader finds. The same path may come several times.
class CoverageSink {
 public:
  virtual ~CoverageSink() = default;
  /// `file` is normalised. Context numbers are those of context().
  virtual Result<void> file(std::string_view path, FileCoverage&& file, Combine combine) = 0;
  /// The number of a context, given to each name once.
  virtual Result<std::uint32_t> context(std::string_view name) = 0;
  virtual void session(std::string_view name) = 0;
  virtual void root(std::string_view folder) = 0;
  virtual void warn(std::string text) = 0;
};

struct ReadOptions {
  std::optional<CoverageFormat> format;  // found out from the content unless given
  CoverageLimits limits;
  StopToken stop;
};

/// Returns the format read. After an error the sink has part of the report.
Result<CoverageFormat> read_report(ReportInput& input, CoverageSink& sink,
                                   const ReadOptions& options);

struct ParsedReport {
  CoverageFormat format = CoverageFormat::kLcov;
  CoverageReport report;
};
/// Into a report of its own. A report that measures no line has a warning saying so.
Result<ParsedReport> parse_report(ReportInput& input, const ReadOptions& options = {});

}  // namespace cairn::analysis
