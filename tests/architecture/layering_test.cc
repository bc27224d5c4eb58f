// The source tree against the layers and limits of docs/architecture.md. Each rule is also run on a
// sample that breaks it: a checker that finds nothing there would prove nothing here.
#include <gtest/gtest.h>

#include <string>

#include "tests/architecture/include_rules.h"
#include "tests/architecture/size_rules.h"
#include "tests/architecture/source_tree.h"

namespace cairn::architecture {
namespace {

using Tree = std::vector<SourceFile>;

const Tree& tree() {
  static const Tree kTree = read_tree(CAIRN_SOURCE_DIR);
  return kTree;
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "  f();\n";
  return text;
}

TEST(LayeringTest, TreeIsRead) {
  int sources = 0;
  for (const SourceFile& file : tree()) sources += is_cpp(file) ? 1 : 0;
  EXPECT_GT(sources, 10);
}

TEST(LayeringTest, FoldersIncludeOnlyLowerLayers) {
  const Findings findings = check_layers(tree());
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(LayeringTest, ThirdPartyHeadersStayInTheirFiles) {
  const Findings findings = check_third_party(tree());
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(LayeringTest, FoldersFormNoCycle) {
  const Findings findings = check_folder_cycles(tree());
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(LayeringTest, FilesKeepTheirSize) {
  const Findings findings = check_file_sizes(tree());
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(LayeringTest, FunctionsKeepTheirSize) {
  const Findings findings = check_function_sizes(tree());
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(LayerRuleTest, RefusesIncludesUpwardsAndSideways) {
  const Tree bad = {{"base/a.h", "#include \"graph/b.h\"\n"},
                    {"graph/b.h", "#include \"base/a.h\"\n#include \"store/c.h\"\n"},
                    {"store/c.h", "#include \"base/a.h\"\n"}};
  const Findings findings = check_layers(bad);
  ASSERT_EQ(findings.size(), 2u) << listed(findings);
  EXPECT_EQ(findings[0], "base/a.h:1: base may not include graph");
  EXPECT_EQ(findings[1], "graph/b.h:2: graph may not include store");
}

TEST(LayerRuleTest, RefusesIncludesThatAreNotFromTheRoot) {
  const Tree bad = {{"base/a.h", ""}, {"base/b.cc", "#include \"a.h\"\n"}};
  EXPECT_EQ(check_layers(bad).size(), 1u);
}

TEST(LayerRuleTest, RefusesFoldersWithoutALayer) {
  EXPECT_EQ(check_layers({{"misc/a.cc", ""}}).size(), 1u);
}

TEST(LayerRuleTest, IgnoresIncludesInCommentsAndStrings) {
  const Tree good = {{"base/a.cc",
                      "// #include \"api/x.h\"\n/*\n#include \"api/y.h\"\n*/\n"
                      "const char* k = R\"(\n#include \"api/z.h\"\n)\";\n"}};
  EXPECT_TRUE(check_layers(good).empty());
}

TEST(ThirdPartyRuleTest, RefusesHeadersOutsideTheirFiles) {
  const Tree bad = {{"graph/a.h", "#include <tbb/task_arena.h>\n"},
                    {"indexer/pipeline.cc", "#include <git2.h>\n#include <tree_sitter/api.h>\n"},
                    {"store/a.h", "#include <sqlite3.h>\n"}};
  EXPECT_EQ(check_third_party(bad).size(), 4u);
}

TEST(ThirdPartyRuleTest, RefusesHeadersNoRuleNames) {
  EXPECT_EQ(check_third_party({{"base/a.cc", "#include <ncurses/curses.h>\n"}}).size(), 1u);
}

TEST(ThirdPartyRuleTest, RefusesASecondUserOfAHeaderMeantForOne) {
  const Tree bad = {{"base/a.cc", "#include <xxhash.h>\n"}, {"base/b.cc", "#include <xxhash.h>\n"}};
  EXPECT_EQ(check_third_party(bad).size(), 1u);
}

TEST(ThirdPartyRuleTest, WantsBoostGraphOnTheAdaptor) {
  const Tree files = {
      {"analysis/a.cc", "#include <boost/graph/strong_components.hpp>\n"},
      {"analysis/b.cc",
       "#include <boost/graph/strong_components.hpp>\n#include \"graph/bgl_view.h\"\n"}};
  const Findings findings = check_third_party(files);
  ASSERT_EQ(findings.size(), 1u) << listed(findings);
  EXPECT_TRUE(findings[0].starts_with("analysis/a.cc:1")) << findings[0];
}

TEST(FolderCycleRuleTest, FindsACycleThroughAThirdFolder) {
  const Tree bad = {{"base/a.h", "#include \"graph/b.h\"\n"},
                    {"graph/b.h", "#include \"store/c.h\"\n"},
                    {"store/c.h", "#include \"base/a.h\"\n"}};
  EXPECT_EQ(check_folder_cycles(bad).size(), 3u);
}

TEST(SizeRuleTest, RefusesLongFiles) {
  const Tree files = {{"base/a.h", std::string(kMaxHeaderLines + 1, '\n')},
                      {"base/b.h", std::string(kMaxHeaderLines, '\n')},
                      {"base/c.cc", std::string(kMaxSourceLines + 1, '\n')},
                      {"api/main.cc", std::string(kMaxMainLines + 1, '\n')}};
  EXPECT_EQ(check_file_sizes(files).size(), 3u);
}

TEST(SizeRuleTest, RefusesLongFunctionsWhereverTheyStand) {
  const std::string body = lines(kMaxFunctionLines - 1) + "}\n";
  const std::string text =
      "namespace a {\nvoid f() {\n" + body + "class B {\n public:\n  B() : b_{1} {\n" + body +
      "  int b_;\n};\ntemplate <class T = int>\nauto g(T t = {}) -> T {\n" + body + "}\n";
  EXPECT_EQ(check_function_sizes({{"base/a.cc", text}}).size(), 3u);
}

TEST(SizeRuleTest, TakesFunctionsAtTheLimitAndLongTables) {
  const std::string text = "void f() {\n" + lines(kMaxFunctionLines - 2) + "}\nint table[] = {\n" +
                           lines(2 * kMaxFunctionLines) + "};\n";
  const Findings findings = check_function_sizes({{"base/a.cc", text}});
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(SizeRuleTest, MeasuresFromHeadToClosingBrace) {
  const auto spans =
      functions_of("\nint f(\n    int a) {\n  if (a) { return '}'; }\n}\nint g();\n");
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].first_line, 2);
  EXPECT_EQ(spans[0].last_line, 5);
}

}  // namespace
}  // namespace cairn::architecture
