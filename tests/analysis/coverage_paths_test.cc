#include <gtest/gtest.h>

#include "analysis/coverage/carry.h"
#include "analysis/coverage/path_map.h"
#include "tests/analysis/coverage_text.h"
#include "tests/support/snapshot_builder.h"

namespace cairn::analysis {
namespace {

PathMapper mapper(std::vector<std::string> files, std::vector<PathRule> rules = {}) {
  return PathMapper(std::move(files), {}, std::move(rules));
}

/// "a -> b" for what matched, "a -> ?" for what nothing, "a -> b|c" for what several fit.
std::string mapped(const PathMapper& paths, const std::vector<std::string>& reported,
                   const std::vector<std::string>& roots = {}) {
  const PathMapping mapping = paths.map(reported, roots);
  std::string out;
  for (const auto& [from, to] : mapping.matched) out += from + " -> " + to + "\n";
  for (const AmbiguousPath& row : mapping.ambiguous) {
    out += row.path + " -> ";
    for (const std::string& c : row.candidates) out += (out.back() == ' ' ? "" : "|") + c;
    out += row.candidates.size() == 1 ? " disputed\n" : "\n";
  }
  for (const UnmatchedPath& row : mapping.unmatched) {
    EXPECT_FALSE(row.reason.empty());
    out += row.path + " -> ?\n";
  }
  return out;
}

TEST(PathMapTest, EqualPathsMatchWhateverTheirSpelling) {
  const auto paths = mapper({"src/a.c", "b.c"});
  EXPECT_EQ(mapped(paths, {"src/a.c", "./b.c", "src//x/../a.c"}),
            "./b.c -> b.c\nsrc//x/../a.c -> src/a.c\nsrc/a.c -> src/a.c\n");
}

TEST(PathMapTest, AbsolutePathsMatchByTheirLongestEnd) {
  const auto paths = mapper({"src/a.c", "lib/src/a.c", "main.c"});
  EXPECT_EQ(mapped(paths, {"/ci/job/lib/src/a.c", "/ci/job/main.c", "/usr/include/main.c"}),
            "/ci/job/lib/src/a.c -> lib/src/a.c\n/ci/job/main.c -> main.c\n"
            "/usr/include/main.c -> ?\n");
}

TEST(PathMapTest, ASingleNameNeedsARootThatSomethingShows) {
  const auto paths = mapper({"main.c", "util.h", "setup.py"});
  EXPECT_EQ(mapped(paths, {"/build/main.c", "/build/util.h"}),
            "/build/main.c -> main.c\n/build/util.h -> util.h\n");
  EXPECT_EQ(mapped(paths, {"/build/main.c", "/usr/include/util.h"}),
            "/build/main.c -> ?\n/usr/include/util.h -> ?\n");
  EXPECT_EQ(mapped(paths, {"/build/main.c", "/usr/include/util.h"}, {"/build"}),
            "/build/main.c -> main.c\n/usr/include/util.h -> ?\n");
}

TEST(PathMapTest, ShorterPathsMatchWhenOneFileEndsSo) {
  const auto paths =
      mapper({"app/src/main/java/com/x/A.java", "m1/src/com/x/B.java", "m2/src/com/x/B.java"});
  EXPECT_EQ(mapped(paths, {"com/x/A.java", "com/x/B.java", "com/y/A.java"}),
            "com/x/A.java -> app/src/main/java/com/x/A.java\n"
            "com/x/B.java -> m1/src/com/x/B.java|m2/src/com/x/B.java\n"
            "com/y/A.java -> ?\n");
}

TEST(PathMapTest, RootsOfTheReportSettleIt) {
  const auto paths = mapper({"m1/src/com/x/B.java", "m2/src/com/x/B.java"});
  EXPECT_EQ(mapped(paths, {"com/x/B.java"}, {"m2/src"}), "com/x/B.java -> m2/src/com/x/B.java\n");
}

TEST(PathMapTest, RulesComeFirst) {
  const auto paths = mapper({"src/gen/a.c", "a.c"}, {{"/out/gen/", "src/gen/"}, {"", "src/gen/"}});
  EXPECT_EQ(mapped(paths, {"/out/gen/a.c", "a.c"}),
            "/out/gen/a.c -> src/gen/a.c\na.c -> src/gen/a.c\n");
}

TEST(PathMapTest, WindowsPathsMatchWithoutRegardToCase) {
  const auto paths = mapper({"src/Main.cpp", "src/util.cpp"});
  EXPECT_EQ(mapped(paths, {"C:\\ci\\Src\\main.cpp", "src\\util.cpp"}),
            "C:\\ci\\Src\\main.cpp -> src/Main.cpp\nsrc\\util.cpp -> src/util.cpp\n");
  EXPECT_EQ(mapped(paths, {"/ci/Src/main.cpp"}), "/ci/Src/main.cpp -> ?\n");
}

TEST(PathMapTest, NamesThatDifferInCaseOnlyAreNotGuessed) {
  const auto paths = mapper({"src/Main.cpp", "src/main.cpp"});
  EXPECT_EQ(mapped(paths, {"C:\\ci\\SRC\\MAIN.CPP"}),
            "C:\\ci\\SRC\\MAIN.CPP -> src/Main.cpp|src/main.cpp\n");
}

TEST(PathMapTest, TwoPathsToOneFileGoToTheRootMoreFilesShare) {
  const auto paths = mapper({"src/a.c", "src/b.c"});
  EXPECT_EQ(mapped(paths, {"/ci/src/a.c", "/ci/src/b.c", "/other/src/a.c"}),
            "/ci/src/a.c -> src/a.c\n/ci/src/b.c -> src/b.c\n/other/src/a.c -> src/a.c disputed\n");
  EXPECT_EQ(mapped(paths, {"/one/src/a.c", "/two/src/a.c"}),
            "/one/src/a.c -> src/a.c disputed\n/two/src/a.c -> src/a.c disputed\n");
}

TEST(PathMapTest, EmptyAndEscapingPathsMatchNothing) {
  const auto paths = mapper({"a.c", "x/b.c"});
  EXPECT_EQ(mapped(paths, {"", "../../b.c"}), " -> ?\n../../b.c -> ?\n");
}

TEST(PathMapTest, ImportPathsOfGoFilesAreKnown) {
  const PathMapper paths({"server/pkg/a.go"}, {{"example.com/srv/pkg/a.go", "server/pkg/a.go"}},
                         {});
  EXPECT_EQ(mapped(paths, {"example.com/srv/pkg/a.go"}),
            "example.com/srv/pkg/a.go -> server/pkg/a.go\n");
}

TEST(PathMapTest, RulesAreWrittenWithTwoColons) {
  const auto rule = parse_path_rule("C:/ci/::src/");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->from, "C:/ci/");
  EXPECT_EQ(rule->to, "src/");
  EXPECT_EQ(parse_path_rule("src").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(parse_path_rule("::src").error().code(), ErrorCode::kInvalidArgument);
}

TEST(PathMapTest, AMappedReportKeepsWhatWasNotMatched) {
  CoverageReport report = report_of(
      "SF:/ci/src/a.c\nDA:1,1\nend_of_record\nSF:/ci/src/./a.c\nDA:2,0\nend_of_record\n"
      "SF:/ci/src/zz.c\nDA:1,1\nend_of_record\n");
  const MappedCoverage mapped = map_report(std::move(report), mapper({"src/a.c"}));
  EXPECT_EQ(report_text(mapped.report), "src/a.c: 1=hit 2=miss");
  ASSERT_EQ(mapped.unmatched.size(), 1u);
  EXPECT_EQ(mapped.unmatched[0].path, "/ci/src/zz.c");
}

TEST(SymbolCoverageTest, AFunctionHasTheLinesOfItsRangeAndTheTestsThatRanThem) {
  test::RepoModel model;
  test::SymbolModel function;
  function.name = "f";
  function.line = 3;
  model["a.py"].symbols = {function};
  const auto snapshot = test::build_snapshot(model);
  ASSERT_NE(snapshot, nullptr);
  const graph::SymbolId symbol = test::symbol_at(*snapshot, {"a.py", "f"});
  const graph::Range range = snapshot->details(symbol).range;
  const std::string at = std::to_string(range.begin.line);
  const std::string after = std::to_string(range.end.line + 1);
  const CoverageReport report =
      report_of("TN:t1\nSF:a.py\nDA:" + at + ",1\nDA:" + after +
                ",0\nend_of_record\nTN:t2\nSF:a.py\nDA:" + after + ",1\nend_of_record\n");
  const auto covered = coverage_of_symbol(*snapshot, report, symbol);
  ASSERT_TRUE(covered);
  EXPECT_EQ(covered->totals.lines(), 1u);
  EXPECT_EQ(covered->totals.hits, 1u);
  EXPECT_EQ(covered->contexts, std::vector<std::string_view>{"t1"});
  EXPECT_FALSE(
      coverage_of_symbol(*snapshot, report_of("SF:b.py\nDA:1,1\nend_of_record\n"), symbol));
}

}  // namespace
}  // namespace cairn::analysis
