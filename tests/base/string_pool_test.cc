#include "base/string_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <thread>

namespace cairn {
namespace {

std::string word(int i) { return "name_" + std::to_string(i); }

TEST(StringPool, GivesOneNumberPerString) {
  StringPool pool;
  const auto a = pool.intern("a");
  const auto empty = pool.intern("");
  const auto nul = pool.intern(std::string_view("\0", 1));
  EXPECT_EQ(pool.intern("a"), a);
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(pool.view(a), "a");
  EXPECT_EQ(pool.view(empty), "");
  EXPECT_EQ(pool.view(nul).size(), 1u);
  EXPECT_EQ(pool.find("a"), a);
  EXPECT_EQ(pool.find("b"), std::nullopt);
}

TEST(StringPool, NumbersAreDenseAndViewsStayWhereTheyAre) {
  StringPool pool;
  const std::string_view first = pool.view(pool.intern("first"));
  const std::string big(200'000, 'b');
  EXPECT_EQ(pool.view(pool.intern(big)), big);
  for (int i = 0; i < 100'000; ++i)
    ASSERT_EQ(pool.intern(word(i)), static_cast<std::uint32_t>(i) + 2);
  for (int i = 0; i < 100'000; ++i)
    ASSERT_EQ(pool.view(static_cast<std::uint32_t>(i) + 2), word(i));
  EXPECT_EQ(first.data(), pool.view(0).data());
  EXPECT_GT(pool.memory_bytes(), 1'000'000u);
}

TEST(StringPool, ThreadsAgree) {
  StringPool pool;
  constexpr int kWords = 20'000;
  std::vector<std::vector<std::uint32_t>> numbers(4, std::vector<std::uint32_t>(kWords));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kWords; ++i) {
          const int at = t % 2 == 0 ? i : kWords - 1 - i;
          const auto number = pool.intern(word(at));
          numbers[static_cast<std::size_t>(t)][static_cast<std::size_t>(at)] = number;
          if (pool.view(number) != word(at)) ADD_FAILURE() << at;
        }
      });
    }
  }
  for (int t = 1; t < 4; ++t) EXPECT_EQ(numbers[static_cast<std::size_t>(t)], numbers[0]);
  EXPECT_EQ(pool.size(), static_cast<std::uint32_t>(kWords));
  EXPECT_EQ(std::set<std::uint32_t>(numbers[0].begin(), numbers[0].end()).size(), kWords + 0u);
}

TEST(StringPool, SortedOrderDependsOnTheSetAlone) {
  StringPool forward;
  StringPool backward;
  for (int i = 0; i < 1000; ++i) forward.intern(word(i));
  for (int i = 999; i >= 0; --i) backward.intern(word(i));
  const auto a = forward.sorted();
  const auto b = backward.sorted();
  ASSERT_EQ(a.size(), 1000u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(forward.view(a[i]), backward.view(b[i]));
    if (i == 0) continue;
    ASSERT_LT(forward.view(a[i - 1]), forward.view(a[i]));
  }
}

TEST(StringPool, SortsByUnsignedBytesAndLength) {
  StringPool pool;
  const std::string_view ordered[] = {"",
                                      std::string_view("\0", 1),
                                      std::string_view("\0\0", 2),
                                      "a",
                                      std::string_view("a\0", 2),
                                      "aaaaaaaa",
                                      "aaaaaaaab",
                                      "aaaaaaab",
                                      "b",
                                      "\xff"};
  for (std::size_t i = std::size(ordered); i-- > 0;) pool.intern(ordered[i]);
  std::vector<std::string_view> sorted;
  for (const std::uint32_t number : pool.sorted()) sorted.push_back(pool.view(number));
  EXPECT_TRUE(std::equal(sorted.begin(), sorted.end(), std::begin(ordered), std::end(ordered)));
}

}  // namespace
}  // namespace cairn
