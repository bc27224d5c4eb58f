#include "indexer/folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::write_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> paths(const FolderListing& listing) {
  std::vector<std::string> out;
  for (const SourceEntry& entry : listing.entries) out.push_back(entry.path);
  return out;
}

std::vector<std::string> skips(const FolderListing& listing) {
  std::vector<std::string> out;
  for (const SkippedPath& skipped : listing.skipped)
    out.push_back(skipped.path + " " + std::string(name_of(skipped.reason)));
  return out;
}

FolderListing walk(const TempDir& folder, const ListLimits& limits = {}) {
  const auto opened = Folder::open(folder.path());
  CAIRN_CHECK(opened.has_value());
  auto listing = opened->walk(limits, {});
  CAIRN_CHECK(listing.has_value());
  return std::move(*listing);
}

TEST(FolderTest, WalksSortedAndSkipsVersionControl) {
  const TempDir folder;
  for (const char* name : {"b/a.c", "b.c", "a/x/y.c", ".git/config", ".github/w.yml", "sub/.svn/x"})
    write_file(folder / name, "12345");
  const FolderListing listing = walk(folder);
  EXPECT_THAT(paths(listing), ElementsAre(".github/w.yml", "a/x/y.c", "b.c", "b/a.c"));
  EXPECT_EQ(listing.entries[1].stamp.size, 5u);
  EXPECT_THAT(listing.skipped, IsEmpty());
}

TEST(FolderTest, OddNamesKeepTheirBytes) {
  const TempDir folder;
  for (const char* name : {"a b.c", "line\nbreak.c", "\xff\xfe.c"}) write_file(folder / name, name);
  const auto opened = Folder::open(folder.path());
  const FolderListing listing = walk(folder);
  EXPECT_THAT(paths(listing), ElementsAre("a b.c", "line\nbreak.c", "\xff\xfe.c"));
  for (const SourceEntry& entry : listing.entries)
    EXPECT_EQ(opened->read(entry.path, 100).value(), entry.path);
}

TEST(FolderTest, SymlinksAreListedNeverFollowed) {
  const TempDir outside;
  write_file(outside / "secret.c", "secret");
  const TempDir folder;
  write_file(folder / "real/a.c", "a");
  ASSERT_EQ(::symlink("..", (folder / "real/up").c_str()), 0);
  ASSERT_EQ(::symlink("loop", (folder / "loop").c_str()), 0);
  ASSERT_EQ(::symlink(outside.path().c_str(), (folder / "out").c_str()), 0);
  ASSERT_EQ(::symlink((outside / "secret.c").c_str(), (folder / "s.c").c_str()), 0);
  const FolderListing listing = walk(folder);
  EXPECT_THAT(paths(listing), ElementsAre("loop", "out", "real/a.c", "real/up", "s.c"));
  EXPECT_EQ(listing.entries[0].kind, EntryKind::kSymlink);
  const auto opened = Folder::open(folder.path());
  for (const char* name : {"s.c", "out/secret.c", "real/up/real/a.c", "../x", "/etc/passwd", ""})
    EXPECT_FALSE(opened->read(name, 100)) << name;
}

TEST(FolderTest, DependencyCachesAreSkippedAndReported) {
  const TempDir folder;
  for (const char* name : {"node_modules/x/i.js", "env/pyvenv.cfg", "env/a.py", "out/CACHEDIR.TAG",
                           "rust/Cargo.toml", "rust/target/x.rs", "java/org/target/A.java"})
    write_file(folder / name, "x");
  const FolderListing listing = walk(folder);
  EXPECT_THAT(paths(listing), ElementsAre("java/org/target/A.java", "rust/Cargo.toml"));
  EXPECT_THAT(skips(listing), ElementsAre("env dependency_cache", "node_modules dependency_cache",
                                          "out dependency_cache", "rust/target dependency_cache"));
}

TEST(FolderTest, PipesAreReportedAndReadingOneDoesNotHang) {
  const TempDir folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.c").c_str(), 0600), 0);
  EXPECT_THAT(skips(walk(folder)), ElementsAre("pipe.c special_file"));
  const auto read = Folder::open(folder.path())->read("pipe.c", 100);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
}

TEST(FolderTest, LimitsHold) {
  const TempDir folder;
  for (const char* name : {"a.c", "b.c", "d/e/f/g.c"}) write_file(folder / name, "x");
  ListLimits limits;
  limits.max_entries = 2;
  const auto opened = Folder::open(folder.path());
  const auto listing = opened->walk(limits, {});
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code(), ErrorCode::kLimitExceeded);
  limits = {};
  limits.max_depth = 2;
  EXPECT_THAT(skips(walk(folder, limits)), ElementsAre("d/e too_deep"));
  limits = {};
  limits.max_path = 6;
  EXPECT_THAT(skips(walk(folder, limits)), ElementsAre("d/e/f/g.c path_too_long"));
}

TEST(FolderTest, UnreadableFoldersAreReportedNotFatal) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempDir folder;
  write_file(folder / "a.c", "x");
  write_file(folder / "shut/b.c", "x");
  ASSERT_EQ(::chmod((folder / "shut").c_str(), 0), 0);
  const FolderListing listing = walk(folder);
  ASSERT_EQ(::chmod((folder / "shut").c_str(), 0700), 0);
  EXPECT_THAT(paths(listing), ElementsAre("a.c"));
  EXPECT_THAT(skips(listing), ElementsAre("shut unreadable"));
}

TEST(FolderTest, HugeFileIsRefusedByItsLimit) {
  const TempDir folder;
  write_file(folder / "big.c", "");
  ASSERT_EQ(::truncate((folder / "big.c").c_str(), 100 << 20), 0);
  const auto opened = Folder::open(folder.path());
  const auto read = opened->read("big.c", 1 << 20);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_EQ(walk(folder).entries[0].stamp.size, 100u << 20);
  write_file(folder / "exact.c", std::string(1000, 'x'));
  EXPECT_EQ(opened->read("exact.c", 1000)->size(), 1000u);
  EXPECT_FALSE(opened->read("exact.c", 999));
}

TEST(FolderTest, MissingFolderAndFileInItsPlaceAreErrors) {
  const TempDir folder;
  write_file(folder / "file", "x");
  EXPECT_EQ(Folder::open(folder / "none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Folder::open(folder / "file").error().code(), ErrorCode::kInvalidArgument);
}

TEST(FolderTest, StatAllLeavesOutWhatIsGoneOrBehindASymlink) {
  const TempDir outside;
  write_file(outside / "a.c", "x");
  const TempDir folder;
  write_file(folder / "here/a.c", "x");
  ASSERT_EQ(::symlink(outside.path().c_str(), (folder / "was_folder").c_str()), 0);
  const auto opened = Folder::open(folder.path());
  const auto listing = opened->stat_all({{"here/a.c", EntryKind::kFile, true},
                                         {"here/a.c", EntryKind::kFile, true},
                                         {"here/b.c", EntryKind::kFile, true},
                                         {"none/b.c", EntryKind::kFile, true},
                                         {"was_folder/a.c", EntryKind::kFile, true},
                                         {"../etc", EntryKind::kFile, true},
                                         {"here", EntryKind::kSubmodule, true},
                                         {"x/node_modules/a.js", EntryKind::kFile, false}},
                                        {}, {});
  ASSERT_TRUE(listing);
  EXPECT_THAT(paths(*listing), ElementsAre("here", "here/a.c"));
  EXPECT_EQ(listing->entries[0].kind, EntryKind::kSubmodule);
  EXPECT_THAT(skips(*listing),
              ElementsAre("../etc invalid_path", "x/node_modules dependency_cache"));
}

}  // namespace
}  // namespace cairn::indexer
