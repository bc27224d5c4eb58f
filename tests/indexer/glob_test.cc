#include "indexer/glob.h"

#include <gtest/gtest.h>

#include <chrono>

namespace cairn::indexer {
namespace {

struct Case {
  std::string pattern;
  std::string path;
  bool matches;
};

class GlobCaseTest : public ::testing::TestWithParam<Case> {};

TEST_P(GlobCaseTest, MatchesAsGitignoreDoes) {
  const auto glob = Glob::compile(GetParam().pattern);
  ASSERT_TRUE(glob) << glob.error().to_string();
  EXPECT_EQ(glob->matches(GetParam().path), GetParam().matches)
      << GetParam().pattern << " on " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    All, GlobCaseTest,
    ::testing::Values(
        Case{"*.c", "a.c", true}, Case{"*.c", "x/y/a.c", true}, Case{"*.c", "a.cc", false},
        Case{"a.c", "x/a.c", true}, Case{"a.c", "xa.c", false}, Case{"/a.c", "x/a.c", false},
        Case{"/a.c", "a.c", true}, Case{"x/*.c", "x/a.c", true}, Case{"x/*.c", "x/y/a.c", false},
        Case{"x/*.c", "z/x/a.c", false}, Case{"x/**/a.c", "x/a.c", true},
        Case{"x/**/a.c", "x/y/z/a.c", true}, Case{"x/**/a.c", "xy/a.c", false},
        Case{"**/gen/*.c", "gen/a.c", true}, Case{"**/gen/*.c", "p/q/gen/a.c", true},
        Case{"**/gen/*.c", "p/agen/a.c", false}, Case{"gen/**", "gen/a/b.c", true},
        Case{"gen/**", "gen", false}, Case{"gen/", "gen/a.c", true},
        Case{"gen/", "x/gen/a.c", true}, Case{"gen/", "gen", false},
        Case{"gen", "gen/deep/a.c", true}, Case{"/gen", "x/gen/a", false}, Case{"a?c", "abc", true},
        Case{"a?c", "a/c", false}, Case{"[a-c].c", "b.c", true}, Case{"[!a-c].c", "b.c", false},
        Case{"[!a-c].c", "d.c", true}, Case{"[]x].c", "].c", true},
        Case{"x[!a]y/z", "x/y/z", false}, Case{"\\*.c", "*.c", true}, Case{"\\*.c", "a.c", false},
        Case{"a**b", "axxb", true}, Case{"a**b", "ax/xb", false}, Case{"*", "any/thing", true},
        Case{"\xff*", "\xff\xfe.c", true}, Case{"a b", "a b", true}));

TEST(GlobTest, BadPatternsAreParseErrors) {
  for (const std::string& pattern : {std::string(), std::string("!"), std::string("/"),
                                     std::string("[a"), std::string(5000, 'a')}) {
    const auto glob = Glob::compile(pattern);
    ASSERT_FALSE(glob) << pattern;
    EXPECT_EQ(glob.error().code(), ErrorCode::kParse);
  }
}

TEST(GlobTest, HostilePatternStaysLinear) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  const auto glob = Glob::compile(pattern + "b");
  ASSERT_TRUE(glob);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob->matches(std::string(4000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(GlobSetTest, LastMatchWinsAndCanTakeBack) {
  const auto set = GlobSet::compile({"*.c", "!keep.c", "/keep.c"});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->match("a.c"), true);
  EXPECT_EQ(set->match("x/keep.c"), false);
  EXPECT_EQ(set->match("keep.c"), true);
  EXPECT_EQ(set->match("a.h"), std::nullopt);
}

}  // namespace
}  // namespace cairn::indexer
