// Real reports of the same runs in several formats: their line tables must be equal. They are read
// from the folder CAIRN_COVERAGE_SAMPLES, or ../shared/coverage-samples beside the source tree; the
// tests are skipped where there is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/fs.h"
#include "tests/analysis/coverage_text.h"

namespace cairn::analysis {
namespace {

std::string samples() {
  const char* given = std::getenv("CAIRN_COVERAGE_SAMPLES");
  return given != nullptr ? std::string(given)
                          : join_path(CAIRN_SOURCE_DIR, "../shared/coverage-samples");
}

struct Sample {
  std::string name;
  CoverageFormat format = CoverageFormat::kLcov;
  CoverageReport report;
};

/// "cobertura.a.xml" and "coverage.a.json" are one run; what tells runs apart is what remains.
std::string run_of(std::string name) {
  for (const char* part : {"cobertura", "coverage", "coveralls", "clover", "sonarqube", "jacoco",
                           ".json", ".xml", ".lcov"}) {
    const std::size_t at = name.find(part);
    if (at != std::string::npos) name.erase(at, std::string_view(part).size());
  }
  return name;
}

/// By folder and run.
std::map<std::string, std::vector<Sample>> all_samples() {
  std::map<std::string, std::vector<Sample>> out;
  for (const DirEntry& folder : list_dir(samples()).value()) {
    if (folder.kind != FileKind::kDirectory) continue;
    const std::string path = join_path(samples(), folder.name);
    for (const DirEntry& file : list_dir(path).value()) {
      const auto input = report_from_file(join_path(path, file.name), 1u << 20).value();
      auto parsed = parse_report(*input);
      if (!parsed) {
        ADD_FAILURE() << folder.name << "/" << file.name << ": " << parsed.error().to_string();
        continue;
      }
      out[folder.name + run_of(file.name)].push_back(
          {folder.name + "/" + file.name, parsed->format, std::move(parsed->report)});
    }
  }
  return out;
}

bool counts_lines(CoverageFormat format) { return format != CoverageFormat::kJacoco; }
bool counts_branches(CoverageFormat format) {
  return counts_lines(format) && format != CoverageFormat::kClover;
}

/// Files as their last names: formats write the folder differently. A report of one file whose
/// name its writer lost is that file.
std::string table_of(const Sample& sample, const std::string& only_file, bool branches) {
  std::map<std::string, std::string> rows;
  for (const auto& [path, file] : sample.report.files) {
    std::string text;
    for (const CoveredLine& row : file.lines) {
      const BranchCount count = file.branches(row);
      text += std::to_string(row.line) + (row.ran == Ran::kNone ? "-" : "+");
      if (branches && count.total > 0)
        text += "(" + std::to_string(count.covered) + "/" + std::to_string(count.total) + ")";
      text += " ";
    }
    const std::string name = path.substr(path.rfind('/') + 1);
    rows[name.empty() ? only_file : name] += text;
  }
  std::string out;
  for (const auto& [name, text] : rows) out += name + ": " + text + "\n";
  return out;
}

TEST(CoverageSamplesTest, LineTablesAreEqualAcrossFormats) {
  if (!path_exists(samples())) GTEST_SKIP() << "no samples in " << samples();
  std::size_t compared = 0;
  for (const auto& [run, reports] : all_samples()) {
    const Sample* first = nullptr;
    std::string only_file;
    for (const Sample& sample : reports) {
      if (!counts_lines(sample.format)) continue;
      if (first == nullptr) {
        first = &sample;
        only_file = sample.report.files.begin()->first;
        only_file = only_file.substr(only_file.rfind('/') + 1);
        continue;
      }
      ++compared;
      EXPECT_EQ(table_of(sample, only_file, false), table_of(*first, only_file, false))
          << sample.name << " and " << first->name;
    }
  }
  EXPECT_GT(compared, 25u);
}

TEST(CoverageSamplesTest, BranchTablesAreEqualAcrossFormats) {
  if (!path_exists(samples())) GTEST_SKIP() << "no samples in " << samples();
  std::size_t compared = 0;
  for (const auto& [run, reports] : all_samples()) {
    const Sample* first = nullptr;
    std::string only_file;
    for (const Sample& sample : reports) {
      if (!counts_branches(sample.format)) continue;
      if (first == nullptr) {
        first = &sample;
        only_file = sample.report.files.begin()->first;
        only_file = only_file.substr(only_file.rfind('/') + 1);
        continue;
      }
      ++compared;
      EXPECT_EQ(table_of(sample, only_file, true), table_of(*first, only_file, true))
          << sample.name << " and " << first->name;
    }
  }
  EXPECT_GT(compared, 20u);
}

TEST(CoverageSamplesTest, CountersOfReportsWithoutInstructionsAgree) {
  if (!path_exists(samples())) GTEST_SKIP() << "no samples in " << samples();
  std::size_t compared = 0;
  for (const auto& [run, reports] : all_samples()) {
    const auto of_format = [&](CoverageFormat format) {
      return std::find_if(reports.begin(), reports.end(),
                          [&](const Sample& s) { return s.format == format; });
    };
    const auto counted = of_format(CoverageFormat::kJacoco);
    const auto lines = of_format(CoverageFormat::kSonarQube);
    if (counted == reports.end() || lines == reports.end()) continue;
    std::uint64_t covered = 0;
    std::uint64_t missed = 0;
    for (const auto& [path, file] : counted->report.files) {
      EXPECT_TRUE(file.lines.empty()) << counted->name;
      covered += file.only_counted_covered;
      missed += file.only_counted_missed;
    }
    const CoverageTotals totals = lines->report.totals();
    EXPECT_EQ(covered, totals.hits + totals.partials) << counted->name;
    EXPECT_EQ(missed, totals.misses) << counted->name;
    ++compared;
  }
  EXPECT_GE(compared, 5u);
}

}  // namespace
}  // namespace cairn::analysis
