#include "indexer/stat_cache.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kOld = kNow - 10'000'000'000;

SourceEntry entry(const std::string& path, std::int64_t mtime) {
  return {path, EntryKind::kFile, content_id_of(path), {path.size(), mtime, mtime, 7}};
}

TEST(StatCacheTest, RoundTripFindsUnchangedFilesOnly) {
  const TempDir folder;
  const std::string file = folder / "deep/stat";
  const SourceEntry a = entry("a.c", kOld);
  const SourceEntry odd = entry(std::string("o\n\xff d.c"), kOld);
  ASSERT_TRUE(StatCache::save(file, {a, odd}, kNow));
  const StatCache cache = StatCache::load(file);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.find(a.path, a.stamp), a.content);
  EXPECT_EQ(cache.find(odd.path, odd.stamp), odd.content);
  EXPECT_FALSE(cache.find("b.c", a.stamp));
  for (int field = 0; field < 4; ++field) {
    FileStamp changed = a.stamp;
    (field == 0 ? changed.size : changed.inode) += field == 0 || field == 1 ? 1u : 0u;
    if (field == 2) ++changed.mtime_ns;
    if (field == 3) ++changed.ctime_ns;
    EXPECT_FALSE(cache.find(a.path, changed)) << field;
  }
}

TEST(StatCacheTest, RacyEntriesAreNotKept) {
  const TempDir folder;
  SourceEntry late_change = entry("c.c", kOld);
  late_change.stamp.ctime_ns = kNow;
  const std::int64_t fine = kNow - StatCache::kRacyMarginNs - 1;
  const std::int64_t coarse = kNow - StatCache::kCoarseRacyMarginNs;
  ASSERT_TRUE(StatCache::save(
      folder / "stat",
      {entry("a.c", kNow), entry("b.c", fine + 1), late_change, entry("d.c", coarse),
       entry("fine.c", fine), entry("coarse.c", coarse - 1'000'000'000)},
      kNow));
  const StatCache cache = StatCache::load(folder / "stat");
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_TRUE(cache.find("fine.c", entry("fine.c", fine).stamp));
}

TEST(StatCacheTest, EntriesWithoutContentAreNotKept) {
  const TempDir folder;
  SourceEntry unread = entry("a.c", kOld);
  unread.content.reset();
  SourceEntry link = entry("b.c", kOld);
  link.kind = EntryKind::kSymlink;
  ASSERT_TRUE(StatCache::save(folder / "stat", {unread, link}, kNow));
  EXPECT_EQ(StatCache::load(folder / "stat").size(), 0u);
}

TEST(StatCacheTest, MissingOrDamagedFileIsAnEmptyCache) {
  const TempDir folder;
  EXPECT_EQ(StatCache::load(folder / "none").size(), 0u);
  const std::string file = folder / "stat";
  ASSERT_TRUE(StatCache::save(file, {entry("a.c", kOld), entry("b.c", kOld)}, kNow));
  const std::string good = read_file(file, 10'000).value();
  ASSERT_EQ(StatCache::load(file).size(), 2u);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    cairn::testing::write_file(file, bad);
    EXPECT_EQ(StatCache::load(file).size(), 0u) << "flipped byte " << i;
    cairn::testing::write_file(file, good.substr(0, i));
    EXPECT_EQ(StatCache::load(file).size(), 0u) << "cut at " << i;
  }
}

}  // namespace
}  // namespace cairn::indexer
