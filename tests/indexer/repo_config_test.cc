#include "indexer/repo_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::indexer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RepoConfigTest, ReadsPatterns) {
  const auto config = parse_repo_config(
      "[index]\ninclude = ['src/**']\nexclude = ['*.gen.c', '!keep.gen.c']\ngenerated = ['pb/']\n"
      "vendored = ['lib/']\ntest = ['*_check.c']\n\n[gate]\nanything = 1\n");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_THAT(config->include, ElementsAre("src/**"));
  EXPECT_THAT(config->exclude, ElementsAre("*.gen.c", "!keep.gen.c"));
  EXPECT_THAT(config->generated, ElementsAre("pb/"));
  EXPECT_THAT(config->vendored, ElementsAre("lib/"));
  EXPECT_THAT(config->test, ElementsAre("*_check.c"));
  EXPECT_THAT(config->warnings, IsEmpty());
}

TEST(RepoConfigTest, EmptyTextIsFine) { EXPECT_TRUE(parse_repo_config("")); }

TEST(RepoConfigTest, UnknownKeysAreWarnedAboutWithTheirLine) {
  const auto config = parse_repo_config("[index]\nexlude = ['a']\n[indx]\nexclude = ['b']\n");
  ASSERT_TRUE(config);
  EXPECT_THAT(config->warnings, ElementsAre(".cairn.toml:2: unknown key index.exlude",
                                            ".cairn.toml:3: unknown key indx"));
}

class RepoConfigErrorTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RepoConfigErrorTest, IsAParseErrorWithItsLine) {
  const auto config = parse_repo_config(GetParam().first);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), ErrorCode::kParse);
  EXPECT_THAT(config.error().message(), HasSubstr(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(
    All, RepoConfigErrorTest,
    ::testing::Values(std::pair("[index]\nexclude = [", ".cairn.toml:2"),
                      std::pair("[index]\n\nexclude = 'a'", ".cairn.toml:3"),
                      std::pair("[index]\nexclude = ['a',\n 3]", ".cairn.toml:3"),
                      std::pair("[index]\nexclude = ['[a']", ".cairn.toml:2"),
                      std::pair("index = 3", ".cairn.toml:1"),
                      std::pair("a = '\xff'", ".cairn.toml:1"), std::pair("[[[[", ".cairn.toml")));

TEST(RepoConfigTest, HugeTextIsRefused) {
  const auto config = parse_repo_config(std::string(2u << 20, '#'));
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace cairn::indexer
