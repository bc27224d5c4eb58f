#include "store/slug.h"

#include <gtest/gtest.h>

namespace cairn::store {
namespace {

TEST(Slug, ComesFromTheLastPartOfTheLocation) {
  EXPECT_EQ(slug_of("/src/My Repo.git"), "my-repo");
  EXPECT_EQ(slug_of("https://example.org/team/tool.git/"), "tool");
  EXPECT_EQ(slug_of("git@example.org:tool.git"), "tool");
  EXPECT_EQ(slug_of("/src/.hidden"), "hidden");
  EXPECT_EQ(slug_of("/src/--x--"), "x");
  EXPECT_EQ(slug_of("/"), "repo");
  EXPECT_EQ(slug_of("/src/\xff\xfe"), "repo");
  EXPECT_EQ(slug_of("/src/a\nb"), "a-b");
}

TEST(Slug, WhatIsMadeIsAlwaysValid) {
  for (int a = 1; a < 256; ++a) {
    for (int b = 1; b < 256; ++b) {
      const std::string location = {'/', static_cast<char>(a), static_cast<char>(b), '.'};
      ASSERT_TRUE(check_slug(slug_of(location))) << a << " " << b;
    }
  }
  EXPECT_TRUE(check_slug(slug_of(std::string(500, 'x')) + "-1234567890"));
}

}  // namespace
}  // namespace cairn::store
