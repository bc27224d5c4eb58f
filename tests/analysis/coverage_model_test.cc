#include <gtest/gtest.h>

#include <random>

#include "analysis/coverage/carry.h"
#include "analysis/coverage/codec.h"
#include "analysis/coverage/model.h"
#include "analysis/coverage/text_line_map.h"
#include "tests/analysis/coverage_text.h"

namespace cairn::analysis {
namespace {

/// Small numbers, so that reports meet on many lines.
class RandomReport {
 public:
  explicit RandomReport(std::uint32_t seed) : random_(seed) {}

  CoverageReport make() {
    CoverageReport report;
    for (const char* name : {"login", "logout", "pay"})
      if (below(2) == 0) report.contexts.emplace_back(name);
    for (std::uint32_t n = below(4); n > 0; --n)
      report.files["f" + std::to_string(below(4))].merge(file(report.contexts.size()));
    if (below(2) == 0) report.sessions = {"s" + std::to_string(below(3))};
    if (below(3) == 0) report.warnings = {"w" + std::to_string(below(3))};
    return report;
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  FileCoverage file(std::size_t contexts) {
    FileCoverage out;
    for (std::uint32_t n = below(8); n > 0; --n) {
      const auto ran = static_cast<Ran>(below(3));
      const std::uint32_t total = below(4);
      out.lines.push_back({1 + below(9), ran, ran == Ran::kNone ? 0 : 1 + below(5),
                           total == 0 ? 0 : below(total + 1), total});
    }
    for (std::uint32_t n = below(8); n > 0; --n)
      out.arms.push_back({1 + below(9), below(2) == 0,
                          arm_id(below(2) == 0 ? ArmSpace::kLcov : ArmSpace::kGcov, below(3))});
    for (std::uint32_t n = below(3); n > 0; --n)
      out.functions.push_back({"f" + std::to_string(below(3)), 1 + below(3), below(9), below(4)});
    for (std::uint32_t n = contexts == 0 ? 0 : below(6); n > 0; --n)
      out.contexts.push_back({below(static_cast<std::uint32_t>(contexts)), 1 + below(9)});
    out.only_counted_covered = below(3);
    out.normalise(Combine::kMax);
    return out;
  }

  std::mt19937 random_;
};

CoverageReport merged(CoverageReport a, const CoverageReport& b) {
  a.merge(b);
  return a;
}

TEST(CoverageModelTest, MergingIsCommutativeAssociativeAndIdempotent) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    RandomReport random(seed);
    const CoverageReport a = random.make();
    const CoverageReport b = random.make();
    const CoverageReport c = random.make();
    ASSERT_EQ(merged(a, b), merged(b, a)) << seed;
    ASSERT_EQ(merged(merged(a, b), c), merged(a, merged(b, c))) << seed;
    ASSERT_EQ(merged(a, a), a) << seed;
    ASSERT_EQ(merged(merged(a, b), b), merged(a, b)) << seed;
    ASSERT_EQ(merged(CoverageReport(), a), a) << seed;
  }
}

TEST(CoverageModelTest, MergingNeverLosesALineThatRan) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    RandomReport random(seed);
    const CoverageReport a = random.make();
    const CoverageReport all = merged(a, random.make());
    for (const auto& [path, file] : a.files)
      for (const CoveredLine& row : file.lines) {
        const CoveredLine* now = all.files.find(path)->second.find(row.line);
        ASSERT_NE(now, nullptr) << seed;
        ASSERT_GE(now->hits, row.hits) << seed;
        ASSERT_GE(now->ran, row.ran) << seed;
      }
  }
}

TEST(CoverageModelTest, StoredTablesReadBackTheSame) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    RandomReport random(seed);
    MappedCoverage coverage;
    coverage.report = random.make();
    if (seed % 2 == 0) coverage.unmatched = {{"x.c", "no file of the repository has this name"}};
    if (seed % 3 == 0) coverage.ambiguous = {{"y.c", {"a/y.c", "b/y.c"}, 2}};
    const std::string bytes = encode_coverage(coverage);
    const auto back = decode_coverage(bytes);
    ASSERT_TRUE(back) << back.error().to_string();
    ASSERT_EQ(*back, coverage) << seed;
    std::string damaged = bytes;
    damaged[random.make().files.size() % damaged.size()] ^= 1;
    ASSERT_FALSE(decode_coverage(damaged)) << seed;
    ASSERT_FALSE(decode_coverage(std::string_view(bytes).substr(0, bytes.size() - 1))) << seed;
  }
}

TEST(CoverageModelTest, RatiosAreThoseOfTheThreeSchools) {
  CoverageTotals totals;
  totals.hits = 5;
  totals.partials = 2;
  totals.misses = 3;
  totals.branches_covered = 3;
  totals.branches = 10;
  EXPECT_DOUBLE_EQ(totals.line_ratio().value(), 0.7);
  EXPECT_DOUBLE_EQ(totals.codecov_ratio().value(), 0.5);
  EXPECT_DOUBLE_EQ(totals.sonar_ratio().value(), 0.5);
}

TEST(CoverageModelTest, NothingMeasurableHasNoRatio) {
  const CoverageTotals totals;
  EXPECT_FALSE(totals.line_ratio());
  EXPECT_FALSE(totals.codecov_ratio());
  EXPECT_FALSE(totals.sonar_ratio());
}

TEST(CoverageModelTest, ArmsOfUnlikeFormatsAreNotAddedUp) {
  FileCoverage a;
  a.lines = {{3, Ran::kAll, 1, 0, 0}};
  a.arms = {{3, true, arm_id(ArmSpace::kLcov, 0)}, {3, false, arm_id(ArmSpace::kLcov, 1)}};
  a.normalise(Combine::kMax);
  FileCoverage b = a;
  b.arms = {{3, true, arm_id(ArmSpace::kGcov, 0)}, {3, false, arm_id(ArmSpace::kGcov, 1)}};
  a.merge(b);
  EXPECT_EQ(a.branches(a.lines.front()), (BranchCount{1, 2}));
}

TEST(CoverageModelTest, BranchesTakenByDifferentReportsAddUpToAll) {
  FileCoverage a;
  a.lines = {{3, Ran::kAll, 1, 0, 0}};
  a.arms = {{3, true, arm_id(ArmSpace::kLcov, 0)}, {3, false, arm_id(ArmSpace::kLcov, 1)}};
  FileCoverage b = a;
  b.arms[0].taken = false;
  b.arms[1].taken = true;
  EXPECT_EQ(a.state(a.lines.front()), LineState::kPartial);
  a.merge(b);
  EXPECT_EQ(a.state(a.lines.front()), LineState::kHit);
}

/// Two lines inserted before line 3; line 5 changed; the file renamed.
class Shifted final : public LineMap {
 public:
  std::optional<std::string> file(std::string_view path) const override {
    if (path == "gone.c") return std::nullopt;
    return "new.c";
  }
  std::optional<std::uint32_t> line(std::string_view, std::uint32_t line) const override {
    if (line == 5) return std::nullopt;
    return line < 3 ? line : line + 2;
  }
};

TEST(CoverageCarryTest, LinesMoveWithTheTextAndChangedOnesAreGone) {
  const CoverageReport report = report_of(
      "TN:t\nSF:old.c\nFN:4,f\nFNDA:1,f\nBRDA:4,0,0,1\nBRDA:4,0,1,0\nDA:1,1\nDA:4,1\nDA:5,0\n"
      "end_of_record\nSF:gone.c\nDA:1,1\nDA:2,0\nend_of_record\n");
  const CarriedCoverage carried = carry_forward(report, Shifted());
  EXPECT_EQ(report_text(carried.report), "new.c: 1=hit 6=partial(1/2)");
  EXPECT_EQ(carried.lines_kept, 2u);
  EXPECT_EQ(carried.lines_gone, 3u);
  EXPECT_EQ(carried.files_gone, 1u);
  const FileCoverage& file = carried.report.files.at("new.c");
  ASSERT_EQ(file.functions.size(), 1u);
  EXPECT_EQ(file.functions[0].start_line, 6u);
  EXPECT_EQ(file.contexts, (std::vector<ContextLine>{{0, 1}, {0, 6}}));
}

TEST(CoverageCarryTest, LinesOfTwoTextsAreMapped) {
  using Lines = std::vector<std::uint32_t>;
  EXPECT_EQ(map_lines("a\nb\nc\n", "a\nb\nc\n"), (Lines{1, 2, 3}));
  EXPECT_EQ(map_lines("a\nb\nc\n", "x\na\nc\n"), (Lines{2, 0, 3}));
  EXPECT_EQ(map_lines("a\nb\nc\nd\n", "b\nx\nd\ny\n"), (Lines{0, 1, 0, 3}));
  EXPECT_EQ(map_lines("a\n", ""), (Lines{0}));
  EXPECT_EQ(map_lines("", "a\n"), Lines());
}

TEST(CoverageCarryTest, MappedLinesAreEqualAndInOrder) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string texts[2];
    std::vector<char> lines[2];
    for (int side = 0; side < 2; ++side)
      for (std::size_t n = random() % 20; n > 0; --n) {
        lines[side].push_back(static_cast<char>('a' + random() % 4));
        texts[side] += std::string(1, lines[side].back()) + "\n";
      }
    const auto map = map_lines(texts[0], texts[1]);
    ASSERT_EQ(map.size(), lines[0].size());
    std::uint32_t before = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < map.size(); ++i) {
      if (map[i] == 0) continue;
      ASSERT_GT(map[i], before) << texts[0] << "--\n" << texts[1];
      ASSERT_LE(map[i], lines[1].size());
      ASSERT_EQ(lines[0][i], lines[1][map[i] - 1]);
      before = map[i];
      ++kept;
    }
    // As many as the longest common subsequence has.
    std::vector<std::vector<std::size_t>> best(lines[0].size() + 1,
                                               std::vector<std::size_t>(lines[1].size() + 1));
    for (std::size_t i = 0; i < lines[0].size(); ++i)
      for (std::size_t k = 0; k < lines[1].size(); ++k)
        best[i + 1][k + 1] =
            lines[0][i] == lines[1][k] ? best[i][k] + 1 : std::max(best[i][k + 1], best[i + 1][k]);
    ASSERT_EQ(kept, best[lines[0].size()][lines[1].size()]);
  }
}

TEST(CoverageCarryTest, TotalsOfARangeCountItsLinesOnly) {
  const CoverageReport report =
      report_of("SF:a.c\nDA:1,1\nDA:2,0\nDA:3,4\nDA:9,0\nend_of_record\n");
  const CoverageTotals totals = totals_of_lines(report.files.at("a.c"), 2, 8);
  EXPECT_EQ(totals.hits, 1u);
  EXPECT_EQ(totals.misses, 1u);
}

}  // namespace
}  // namespace cairn::analysis
