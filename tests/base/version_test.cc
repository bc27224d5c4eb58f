#include "base/version.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace cairn {
namespace {

TEST(VersionTest, IsThreeNumbers) {
  const std::string text(version());
  EXPECT_EQ(std::count(text.begin(), text.end(), '.'), 2);
  EXPECT_EQ(text.find_first_not_of("0123456789."), std::string::npos) << text;
}

}  // namespace
}  // namespace cairn
