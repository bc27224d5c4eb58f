#include "indexer/source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using cairn::testing::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> paths(const Source& source) {
  std::vector<std::string> out;
  for (const SourceEntry& entry : source.entries()) out.push_back(entry.path);
  return out;
}

Result<Source> open_at(const std::string& path, const std::string& revision) {
  SourceOptions options;
  options.revision = revision;
  return Source::open(path, options);
}

ErrorCode failure(const Result<Source>& source) {
  return source ? ErrorCode::kInternal : source.error().code();
}

void make_old(const std::string& path) {
  const timespec times[2] = {{1'600'000'000, 0}, {1'600'000'000, 0}};
  CAIRN_CHECK(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

TEST(SourceTest, PlainDirectory) {
  const TempDir folder;
  write_file(folder / "a.c", "int a;");
  write_file(folder / "empty.c", "");
  const auto source = Source::open(folder.path(), {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->kind(), SourceKind::kDirectory);
  EXPECT_FALSE(source->commit());
  EXPECT_THAT(paths(*source), ElementsAre("a.c", "empty.c"));
  EXPECT_EQ(source->read(source->entries()[0], 100).value(), "int a;");
  EXPECT_EQ(source->read(source->entries()[1], 100).value(), "");
}

TEST(SourceTest, EmptyDirectoryAndEmptyRepositoryListNothing) {
  const TempDir folder;
  EXPECT_THAT(paths(*Source::open(folder.path(), {})), IsEmpty());
  const TestRepo repo;
  const auto source = Source::open(repo.path(), {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->kind(), SourceKind::kWorkTree);
  EXPECT_FALSE(source->commit());
  EXPECT_THAT(paths(*source), IsEmpty());
  EXPECT_EQ(failure(open_at(repo.path(), "HEAD")), ErrorCode::kRevisionNotFound);
}

TEST(SourceTest, BadSourcesHaveClearErrors) {
  const TempDir folder;
  write_file(folder / "file.c", "x");
  EXPECT_EQ(failure(Source::open(folder / "none", {})), ErrorCode::kNotFound);
  EXPECT_EQ(failure(Source::open(folder / "file.c", {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(Source::open("", {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(Source::open(std::string("a\0b", 3), {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(Source::open("--upload-pack=touch x", {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(Source::open("file://" + folder.path(), {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(Source::open("ext::sh -c id", {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure(open_at(folder.path(), "HEAD")), ErrorCode::kNotARepository);
  // Without a place for a mirror a remote cannot be read.
  EXPECT_EQ(failure(Source::open("https://example.org/a", {})), ErrorCode::kInvalidArgument);
}

TEST(SourceTest, UnreachableRemoteIsSaidSo) {
  const TempDir data;
  SourceOptions options;
  options.data_dir = data.path();
  // Port 1 of this machine: refused at once, nothing leaves the machine.
  const auto source = Source::open("https://127.0.0.1:1/a.git", options);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code(), ErrorCode::kUnreachable) << source.error().to_string();
  EXPECT_THAT(source.error().message(), HasSubstr("127.0.0.1"));
}

TEST(SourceTest, WorkingTreeIsTrackedPlusNewMinusIgnoredAndDeleted) {
  const TestRepo repo;
  repo.write(".gitignore", "*.o\n");
  repo.write("kept.c", "old");
  repo.write("gone.c", "x");
  repo.write("spaced name\n\xff.c", "x");
  const std::string commit = repo.commit();
  repo.write("kept.c", "new");
  repo.write("fresh.c", "x");
  repo.write("fresh.o", "x");
  repo.write("node_modules/dep/i.js", "x");
  repo.remove("gone.c");
  const auto source = Source::open(repo.path(), {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->commit()->hex(), commit);
  EXPECT_THAT(paths(*source),
              ElementsAre(".gitignore", "fresh.c", "kept.c", "spaced name\n\xff.c"));
  EXPECT_THAT(source->skipped(),
              ElementsAre(SkippedPath{"node_modules", SkipReason::kDependencyCache}));
  EXPECT_EQ(source->read(source->entries()[2], 100).value(), "new");

  const auto committed = open_at(repo.path(), "HEAD");
  ASSERT_TRUE(committed);
  EXPECT_EQ(committed->kind(), SourceKind::kCommit);
  EXPECT_THAT(paths(*committed),
              ElementsAre(".gitignore", "gone.c", "kept.c", "spaced name\n\xff.c"));
  EXPECT_EQ(committed->read(committed->entries()[2], 100).value(), "old");
  EXPECT_EQ(committed->entries()[2].stamp.size, 3u);
}

TEST(SourceTest, SubmodulesAndLinksAreListedNeverEntered) {
  const TestRepo inner;
  inner.write("inner.c", "x");
  inner.commit();
  const TestRepo repo;
  repo.write("a.c", "x");
  repo.symlink("loop", "loop");
  repo.git({"submodule", "--quiet", "add", inner.path(), "mod"});
  repo.commit();
  for (const auto& source : {Source::open(repo.path(), {}), open_at(repo.path(), "HEAD")}) {
    ASSERT_TRUE(source) << source.error().to_string();
    EXPECT_THAT(paths(*source), ElementsAre(".gitmodules", "a.c", "loop", "mod"));
    EXPECT_EQ(source->entries()[2].kind, EntryKind::kSymlink);
    EXPECT_EQ(source->entries()[3].kind, EntryKind::kSubmodule);
    EXPECT_FALSE(source->read(source->entries()[2], 100));
    EXPECT_FALSE(source->read(source->entries()[3], 100));
  }
}

TEST(SourceTest, BareRepositoryIsItsHead) {
  const TestRepo repo;
  repo.write("a.c", "x");
  const std::string commit = repo.commit();
  const TempDir folder;
  repo.git({"clone", "--quiet", "--bare", repo.path(), folder / "b.git"});
  const auto source = Source::open(folder / "b.git", {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->kind(), SourceKind::kCommit);
  EXPECT_EQ(source->commit()->hex(), commit);
}

TEST(SourceTest, LinkedWorktreeIsAWorkingTree) {
  const TestRepo repo;
  repo.write("a.c", "x");
  repo.commit();
  const TempDir folder;
  repo.git({"worktree", "add", "--quiet", folder / "linked", "-b", "other"});
  write_file(folder / "linked/b.c", "x");
  const auto source = Source::open(folder / "linked", {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->kind(), SourceKind::kWorkTree);
  EXPECT_THAT(paths(*source), ElementsAre("a.c", "b.c"));
}

TEST(SourceTest, StrayDotGitIsAPlainDirectory) {
  const TempDir folder;
  write_file(folder / ".git/nothing", "x");
  write_file(folder / "a.c", "x");
  const auto source = Source::open(folder.path(), {});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(source->kind(), SourceKind::kDirectory);
  EXPECT_EQ(failure(open_at(folder.path(), "HEAD")), ErrorCode::kNotARepository);
}

TEST(SourceTest, LargeFileIsListedByItsSizeAndNotRead) {
  const TempDir folder;
  write_file(folder / "big.c", "");
  ASSERT_EQ(::truncate((folder / "big.c").c_str(), 100 << 20), 0);
  const auto source = Source::open(folder.path(), {});
  const SourceEntry& entry = source->entries()[0];
  EXPECT_EQ(entry.stamp.size, 100u << 20);
  EXPECT_EQ(Classifier::create({})->of_path(entry.path, entry.stamp.size).skip,
            SkipReason::kTooLarge);
  EXPECT_EQ(source->read(entry, 2 << 20).error().code(), ErrorCode::kLimitExceeded);
}

/// Indexes as the pipeline does; returns the files whose content was known without reading.
std::vector<std::string> known_after_index(const std::string& root, const std::string& data) {
  SourceOptions options;
  options.data_dir = data;
  const auto source = Source::open(root, options);
  CAIRN_CHECK(source.has_value());
  std::vector<std::string> known;
  std::vector<SourceEntry> entries = source->entries();
  for (SourceEntry& entry : entries) {
    const ContentId real = content_id_of(source->read(entry, 1000).value());
    if (entry.content) {
      known.push_back(entry.path);
      EXPECT_EQ(*entry.content, real) << entry.path;
    }
    entry.content = real;
  }
  CAIRN_CHECK(source->save_stat_cache(entries).has_value());
  return known;
}

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

TEST(SourceTest, StatCacheSparesUnchangedFilesAndSeesChanges) {
  const TempDir folder;
  const TestRepo repo;
  for (const std::string& root : {folder.path(), repo.path()}) {
    const TempDir data;
    for (const char* name : {"/a.c", "/b.c", "/c.c"}) write_file(root + name, "first");
    settle();
    EXPECT_THAT(known_after_index(root, data.path()), IsEmpty());
    EXPECT_THAT(known_after_index(root, data.path()), ElementsAre("a.c", "b.c", "c.c"));
    // Same size, and one with its modification time set back: the change time still tells.
    write_file(root + "/b.c", "other");
    write_file(root + "/c.c", "third");
    make_old(root + "/c.c");
    EXPECT_THAT(known_after_index(root, data.path()), ElementsAre("a.c"));
    // Changed only a moment before they were listed, they may have to be hashed once more.
    settle();
    known_after_index(root, data.path());
    EXPECT_THAT(known_after_index(root, data.path()), ElementsAre("a.c", "b.c", "c.c"));
  }
}

TEST(SourceTest, ConfigurationComesFromTheSourceItself) {
  const TestRepo repo;
  repo.write(".cairn.toml", "[index]\nexclude = ['old/']\n");
  repo.commit();
  repo.write(".cairn.toml", "[index]\nexclude = ['new/']\n");
  SourceOptions options;
  options.excludes = {"mine/"};
  EXPECT_THAT(Source::open(repo.path(), options)->config()->exclude, ElementsAre("new/", "mine/"));
  options.revision = "HEAD";
  EXPECT_THAT(Source::open(repo.path(), options)->config()->exclude, ElementsAre("old/", "mine/"));
  repo.write(".cairn.toml", "[index");
  EXPECT_EQ(Source::open(repo.path(), {})->config().error().code(), ErrorCode::kParse);
  repo.remove(".cairn.toml");
  EXPECT_THAT(Source::open(repo.path(), {})->config()->exclude, IsEmpty());
}

TEST(SourceTest, ManyThreadsRead) {
  const TestRepo repo;
  for (int i = 0; i < 40; ++i) repo.write("f" + std::to_string(i) + ".c", std::to_string(i));
  repo.commit();
  for (const auto& source : {Source::open(repo.path(), {}), open_at(repo.path(), "HEAD")}) {
    ASSERT_TRUE(source);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (const SourceEntry& entry : source->entries())
          if (source->read(entry, 100).has_value()) ++good;
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(good, 160);
  }
}

TEST(SourceTest, SlugsAreReadableAndDistinct) {
  EXPECT_THAT(slug_of("https://example.org/a/redis.git"), ::testing::StartsWith("redis-"));
  EXPECT_NE(slug_of("/x/redis"), slug_of("/y/redis"));
  EXPECT_EQ(slug_of("/x/redis"), slug_of("/x/redis"));
  EXPECT_THAT(slug_of("/a/..\xff b\n"), ::testing::MatchesRegex("[a-zA-Z0-9._-]+"));
}

}  // namespace
}  // namespace cairn::indexer
