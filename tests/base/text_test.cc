#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace cairn {
namespace {

TEST(HumanText, Counts) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(1234567), "1,234,567");
  EXPECT_EQ(human_count(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(HumanText, Bytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.0 KiB");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(5u << 20), "5.0 MiB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "15.9 EiB");
}

TEST(HumanText, Durations) {
  EXPECT_EQ(human_duration(850), "850 ns");
  EXPECT_EQ(human_duration(12'340'000), "12.3 ms");
  EXPECT_EQ(human_duration(4'200'000'000), "4.20 s");
  EXPECT_EQ(human_duration(185'000'000'000), "3 min 05 s");
  EXPECT_EQ(human_duration(7'500'000'000'000), "2 h 05 min");
  EXPECT_EQ(human_duration(-1'500), "-1.5 us");
}

TEST(HumanText, UtcTimes) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_utc(1'769'903'999'123), "2026-01-31T23:59:59.123Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Printable, LeavesNoByteThatMovesACursor) {
  EXPECT_EQ(printable("a/b \xC3\xA9"), "a/b \xC3\xA9");
  EXPECT_EQ(printable("a\nb\t\x1b[2J\x7f\xff\\"), "a\\nb\\t\\x1b[2J\\x7f\\xff\\\\");
}

TEST(EditDistance, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("", "", 3), 0u);
  EXPECT_EQ(edit_distance("abc", "abc", 0), 0u);
  EXPECT_EQ(edit_distance("abc", "acb", 2), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 3), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 2), 3u);
  EXPECT_EQ(edit_distance("", "abcd", 2), 3u);
  EXPECT_EQ(edit_distance("abcdef", "xyz", 10), 6u);
}

// The band must not change any answer within the limit: compared with the full table.
TEST(EditDistance, EqualsTheUnboundedTableOnManyWords) {
  std::vector<std::string> words{""};
  for (std::size_t i = 0; words.size() < 121; ++i)
    for (const char c : {'a', 'b', 'c'}) words.push_back(words[i] + c);
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      const std::size_t full = edit_distance(a, b, 20);
      for (std::size_t limit = 0; limit < 4; ++limit)
        ASSERT_EQ(edit_distance(a, b, limit), std::min(full, limit + 1)) << a << " " << b;
    }
  }
}

TEST(Suggest, OrdersByNearnessAndDropsTheFarOnes) {
  const std::string_view names[] = {"read_file", "ReadFile", "readFile", "write_file", "zebra"};
  EXPECT_THAT(suggest("readfile", names),
              ::testing::ElementsAre("readFile", "ReadFile", "read_file"));
  EXPECT_THAT(suggest("readfile", names, 1), ::testing::ElementsAre("readFile"));
  EXPECT_TRUE(suggest("qqqqqq", names).empty());
}

TEST(Utf8, AcceptsExactlyWhatTheStandardAllows) {
  EXPECT_TRUE(is_utf8("plain \xC2\x80 \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF"));
  for (const char* bad :
       {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xC2", "\xE2\x82", "\xF0\x9F\x98"})
    EXPECT_FALSE(is_utf8(bad)) << printable(bad);
}

}  // namespace
}  // namespace cairn
