#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/api/cli_harness.h"

namespace cairn::testing {
namespace {

class CliCoverageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    repo_.write("src/a.py", "def f(x):\n    if x:\n        return 1\n    return 2\n");
    repo_.write("src/b.py", "y = 1\n");
    commit_ = repo_.commit();
    write_file(cli_ / "one.info",
               "TN:\nSF:/ci/src/a.py\nDA:1,1\nDA:2,1\nDA:3,0\nBRDA:2,0,0,1\nBRDA:2,0,1,0\n"
               "end_of_record\nSF:/ci/src/zz.py\nDA:1,1\nend_of_record\n");
    write_file(cli_ / "two.xml",
               "<coverage line-rate='1'><sources><source>/ci</source></sources><packages>"
               "<package><classes><class filename='src/a.py'><lines>"
               "<line number='3' hits='1'/></lines></class></classes></package></packages>"
               "</coverage>");
  }
  CliResult import(const std::vector<std::string>& more) {
    std::vector<std::string> words{"coverage", "import", repo_.path()};
    words.insert(words.end(), more.begin(), more.end());
    return cli_.run(words);
  }
  CliResult show(const std::vector<std::string>& more = {"--json"}) {
    std::vector<std::string> words{"coverage", "show", repo_.path()};
    words.insert(words.end(), more.begin(), more.end());
    return cli_.run(words);
  }

  Cli cli_;
  TestRepo repo_;
  std::string commit_;
};

TEST_F(CliCoverageTest, WhatWasImportedIsShown) {
  const CliResult imported = import({cli_ / "one.info"});
  EXPECT_EQ(imported.code, 0) << imported.err;
  EXPECT_NE(imported.out.find("1 unmatched"), std::string::npos) << imported.out;
  EXPECT_NE(imported.err.find("/ci/src/zz.py"), std::string::npos) << imported.err;
  const CliResult shown = show();
  ASSERT_EQ(shown.code, 0) << shown.err;
  const auto document = JsonDocument::parse(shown.out);
  ASSERT_TRUE(document) << shown.out;
  const JsonValue root = document->root();
  EXPECT_EQ(root.find("commit").as_string(), commit_);
  ASSERT_EQ(root.find("files").size(), 1u);
  const JsonValue file = root.find("files").at(0);
  EXPECT_EQ(file.find("path").as_string(), "src/a.py");
  EXPECT_EQ(file.find("lines").find("1").as_string(), "hit");
  EXPECT_EQ(file.find("lines").find("2").as_string(), "partial");
  EXPECT_EQ(file.find("lines").find("3").as_string(), "miss");
  EXPECT_EQ(file.find("branches").find("2").at(0).as_int(), 1);
  EXPECT_EQ(file.find("branches").find("2").at(1).as_int(), 2);
  ASSERT_EQ(root.find("unmatched").size(), 1u);
  EXPECT_EQ(root.find("unmatched").at(0).find("path").as_string(), "/ci/src/zz.py");
  EXPECT_EQ(root.find("totals").find("line").as_double(), 2.0 / 3);
  EXPECT_EQ(root.find("totals").find("codecov").as_double(), 1.0 / 3);
  EXPECT_EQ(root.find("totals").find("sonar").as_double(), 3.0 / 5);
}

TEST_F(CliCoverageTest, ReportsOfFlagsAreJoinedAndToldApart) {
  EXPECT_EQ(import({cli_ / "one.info", "--flag", "unit"}).code, 0);
  EXPECT_EQ(import({cli_ / "two.xml", "--flag", "e2e"}).code, 0);
  EXPECT_NE(show().out.find("\"3\":\"hit\""), std::string::npos);
  EXPECT_NE(show({"--json", "--flag", "unit"}).out.find("\"3\":\"miss\""), std::string::npos);
  EXPECT_EQ(show({"--json", "--flag", "none"}).code, 3);
}

TEST_F(CliCoverageTest, TheSameReportTwiceChangesNothing) {
  EXPECT_EQ(import({cli_ / "one.info", cli_ / "two.xml"}).code, 0);
  EXPECT_EQ(import({cli_ / "two.xml"}).code, 0);
  const auto document = JsonDocument::parse(show().out);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("uploads").size(), 2u);
}

TEST_F(CliCoverageTest, ABadReportLeavesNothingBehind) {
  write_file(cli_ / "bad.info", "SF:/ci/src/a.py\nDA:oops\n");
  const CliResult bad = import({cli_ / "one.info", cli_ / "bad.info"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_NE(bad.err.find("bad.info"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("line 2"), std::string::npos) << bad.err;
  EXPECT_EQ(show().code, 3);
}

TEST_F(CliCoverageTest, AReportOfWhichNothingMatchesIsAFinding) {
  write_file(cli_ / "other.info", "SF:/elsewhere/q.c\nDA:1,1\nend_of_record\n");
  const CliResult imported = import({cli_ / "other.info"});
  EXPECT_EQ(imported.code, 1);
  const auto document = JsonDocument::parse(show().out);
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().find("totals").find("line").is_null());
  EXPECT_EQ(document->root().find("unmatched").size(), 1u);
}

TEST_F(CliCoverageTest, RulesOfTheRepositoryAndOfTheCommandLineAreUsed) {
  repo_.write(".cairn.toml", "[coverage]\npaths = [\"/elsewhere/q::src/b\"]\n");
  repo_.commit();
  write_file(cli_ / "other.info", "SF:/elsewhere/q.py\nDA:1,1\nend_of_record\n");
  EXPECT_EQ(import({cli_ / "other.info"}).code, 0);
  EXPECT_NE(show().out.find("src/b.py"), std::string::npos);
  EXPECT_EQ(import({cli_ / "other.info", "--path", "nonsense"}).code, 2);
}

TEST_F(CliCoverageTest, ALaterCommitShowsWhatIsStillTrue) {
  EXPECT_EQ(import({cli_ / "one.info"}).code, 0);
  repo_.write("src/a.py", "# new\n# lines\ndef f(x):\n    if x:\n        return 3\n    return 2\n");
  const std::string later = repo_.commit();
  const CliResult now = show();
  ASSERT_EQ(now.code, 0) << now.err;
  const auto document = JsonDocument::parse(now.out);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("commit").as_string(), later);
  EXPECT_EQ(document->root().find("carried_from").as_string(), commit_);
  const JsonValue lines = document->root().find("files").at(0).find("lines");
  EXPECT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines.find("3").as_string(), "hit");
  EXPECT_EQ(lines.find("4").as_string(), "partial");
  const auto then = JsonDocument::parse(show({"--json", "--at", commit_}).out);
  ASSERT_TRUE(then);
  EXPECT_TRUE(then->root().find("carried_from").is_null());
}

TEST_F(CliCoverageTest, FilesMoveWithTheirCoverage) {
  EXPECT_EQ(import({cli_ / "one.info"}).code, 0);
  repo_.rename("src/a.py", "lib/a.py");
  repo_.commit();
  EXPECT_NE(show().out.find("\"lib/a.py\""), std::string::npos);
}

TEST_F(CliCoverageTest, WithoutAnyCoverageItSaysWhatToDo) {
  const CliResult shown = show();
  EXPECT_EQ(shown.code, 3);
  EXPECT_NE(shown.err.find("cairn coverage import"), std::string::npos) << shown.err;
}

TEST_F(CliCoverageTest, WrongUseSaysWhatToDo) {
  EXPECT_EQ(import({}).code, 2);
  EXPECT_EQ(cli_.run({"coverage", "drop", repo_.path()}).code, 2);
  EXPECT_EQ(import({cli_ / "none.info"}).code, 3);
  EXPECT_EQ(import({cli_ / "one.info", "--format", "emma"}).code, 2);
  EXPECT_EQ(import({cli_ / "one.info", "--format", "cobertura"}).code, 3);
}

TEST_F(CliCoverageTest, TheTableSaysWhatIsMissing) {
  EXPECT_EQ(import({cli_ / "one.info"}).code, 0);
  const CliResult shown = show({});
  EXPECT_EQ(shown.code, 0);
  EXPECT_NE(shown.out.find("66.7%  src/a.py"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("unmatched  /ci/src/zz.py"), std::string::npos) << shown.out;
}

}  // namespace
}  // namespace cairn::testing
