#include "indexer/git_repo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ObjectId id(const std::string& hex) { return ObjectId::from_hex(hex).value(); }

std::vector<std::string> paths(const TreeListing& listing) {
  std::vector<std::string> out;
  for (const TreeEntry& entry : listing.entries) out.push_back(entry.path);
  return out;
}

ErrorCode failure(const Result<ObjectId>& result) {
  return result ? ErrorCode::kInternal : result.error().code();
}

/// A tree object's bytes, from (mode, name, hex id).
std::string tree_bytes(const std::vector<std::tuple<std::string, std::string, std::string>>& rows) {
  std::string out;
  for (const auto& [mode, name, hex] : rows) {
    out += mode + ' ' + name + '\0';
    const ObjectId object = id(hex);
    out.append(reinterpret_cast<const char*>(object.bytes.data()), object.bytes.size());
  }
  return out;
}

std::string commit_of_tree(const TestRepo& repo, const std::string& tree) {
  return repo.git({"commit-tree", tree, "-m", "made"});
}

TEST(GitRepoTest, PlainFolderIsNotARepository) {
  const TempDir folder;
  const auto repo = GitRepo::open(folder.path());
  ASSERT_FALSE(repo);
  EXPECT_EQ(repo.error().code(), ErrorCode::kNotARepository);
}

TEST(GitRepoTest, ParentFoldersAreNotSearched) {
  const TestRepo made;
  made.write("sub/a.c", "int a;");
  EXPECT_FALSE(GitRepo::open(made / "sub"));
}

TEST(GitRepoTest, Sha256RepositoryIsUnsupported) {
  const TestRepo made({"--object-format=sha256"});
  const auto repo = GitRepo::open(made.path());
  ASSERT_FALSE(repo);
  EXPECT_EQ(repo.error().code(), ErrorCode::kUnsupported) << repo.error().to_string();
}

TEST(GitRepoTest, ListsFilesSortedWithKinds) {
  const TestRepo made;
  made.write("b.c", "int b;");
  made.write("a/z.c", "int z;");
  made.write("a.c", "");
  made.symlink("b.c", "link.c");
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  ASSERT_TRUE(repo);
  const auto listing = repo->list(id(commit));
  ASSERT_TRUE(listing) << listing.error().to_string();
  EXPECT_THAT(paths(*listing), ElementsAre("a.c", "a/z.c", "b.c", "link.c"));
  EXPECT_EQ(listing->entries[3].kind, EntryKind::kSymlink);
  EXPECT_EQ(listing->entries[2].id, content_id_of("int b;"));
  EXPECT_EQ(repo->read_blob(listing->entries[2].id, 100).value(), "int b;");
  EXPECT_EQ(repo->read_blob(listing->entries[0].id, 100).value(), "");
}

TEST(GitRepoTest, OddFileNamesKeepTheirBytes) {
  const TestRepo made;
  const std::vector<std::string> names = {"a b.c", "line\nbreak.c", "\xff\xfe.c", "\xc3\xa4.c"};
  for (const std::string& name : names) made.write(name, name);
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  const auto listing = repo->list(id(commit));
  EXPECT_THAT(paths(*listing), ::testing::UnorderedElementsAreArray(names));
}

TEST(GitRepoTest, BlobAboveTheLimitIsNotRead) {
  const TestRepo made;
  made.write("big.c", std::string(100'000, 'x'));
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  const auto entry = repo->find(id(commit), "big.c");
  ASSERT_TRUE(entry && *entry);
  EXPECT_EQ(repo->blob_size((*entry)->id).value(), 100'000u);
  const auto read = repo->read_blob((*entry)->id, 99'999);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kLimitExceeded);
}

TEST(GitRepoTest, RevisionsResolveToCommits) {
  const TestRepo made;
  made.write("a.c", "1");
  const std::string first = made.commit();
  made.git({"tag", "-a", "v1", "-m", "one"});
  made.branch("old");
  made.write("a.c", "2");
  const std::string second = made.commit();
  const auto repo = GitRepo::open(made.path());
  for (const std::string name :
       {"v1", "old", "HEAD~1", "@~1", "main^", "v1^{commit}", "heads/old", "refs/heads/old"})
    EXPECT_EQ(repo->resolve(name).value().hex(), first) << name;
  EXPECT_EQ(repo->resolve(first).value().hex(), first);
  EXPECT_EQ(repo->resolve(second.substr(0, 10)).value().hex(), second);
  EXPECT_EQ(repo->resolve(first.substr(0, 10) + "^0").value().hex(), first);
  EXPECT_EQ(repo->resolve("v1-1-g" + second.substr(0, 10)).value().hex(), second);
  EXPECT_EQ(repo->head().value().value().hex(), second);
  EXPECT_EQ(repo->head_branch(), "main");
}

TEST(GitRepoTest, MissingRevisionSuggestsNearNames) {
  const TestRepo made;
  made.write("a.c", "1");
  made.commit();
  made.branch("feature");
  const auto repo = GitRepo::open(made.path());
  const auto found = repo->resolve("featrue");
  EXPECT_EQ(failure(found), ErrorCode::kRevisionNotFound);
  EXPECT_THAT(found.error().message(), HasSubstr("feature"));
}

TEST(GitRepoTest, OptionLikeAndMalformedRevisionsAreNotFound) {
  const TestRepo made;
  made.write("a.c", "1");
  made.commit();
  made.git({"update-ref", "refs/heads/--upload-pack=touch", "HEAD"});
  const auto repo = GitRepo::open(made.path());
  for (const std::string& name :
       {std::string("--upload-pack=touch"), std::string("-"), std::string(), std::string("a\0b", 3),
        std::string(5000, 'a'), std::string(":/chan"), std::string("HEAD^{/c.*}"),
        std::string("HEAD:a.c"), std::string("HEAD~99"), std::string("HEAD@{1}"),
        std::string("@{-1}"), std::string("none~1"), std::string("~1"), std::string("-g"),
        std::string("a-1-gffffff"), std::string(40, '0')})
    EXPECT_EQ(failure(repo->resolve(name)), ErrorCode::kRevisionNotFound) << name;
  // The ref itself does no harm and can be named in full.
  EXPECT_TRUE(repo->resolve("refs/heads/--upload-pack=touch"));
  EXPECT_EQ(repo->refs()->size(), 2u);
}

TEST(GitRepoTest, BranchNamedLikeAnObjectLosesToTheObject) {
  const TestRepo made;
  made.write("a.c", "1");
  const std::string first = made.commit();
  made.write("a.c", "2");
  const std::string second = made.commit();
  made.git({"update-ref", "refs/heads/" + first, second});
  const std::string absent(40, 'a');
  made.git({"update-ref", "refs/heads/" + absent, second});
  const auto repo = GitRepo::open(made.path());
  EXPECT_EQ(repo->resolve(first).value().hex(), first);
  // Nor may such a branch stand in for a commit that is not there.
  EXPECT_EQ(failure(repo->resolve(absent)), ErrorCode::kRevisionNotFound);
  EXPECT_EQ(repo->resolve("refs/heads/" + absent).value().hex(), second);
}

TEST(GitRepoTest, EmptyRepositoryHasNoHead) {
  const TestRepo made;
  const auto repo = GitRepo::open(made.path());
  ASSERT_TRUE(repo);
  EXPECT_FALSE(repo->head().value().has_value());
  EXPECT_EQ(repo->head_branch(), "main");
  const auto found = repo->resolve("HEAD");
  EXPECT_EQ(failure(found), ErrorCode::kRevisionNotFound);
  EXPECT_THAT(found.error().message(), HasSubstr("no commit yet"));
}

TEST(GitRepoTest, CommitOfAnEmptyTreeListsNothing) {
  const TestRepo made;
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  EXPECT_TRUE(repo->list(id(commit))->entries.empty());
}

TEST(GitRepoTest, DiffNamesChangedPathsOnly) {
  const TestRepo made;
  made.write("same/a.c", "a");
  made.write("edit/b.c", "b");
  made.write("gone/c.c", "c");
  made.write("swap", "file");
  made.write("move/d.c", "d");
  const std::string before = made.commit();
  made.write("edit/b.c", "b2");
  made.remove("gone");
  made.remove("swap");
  made.write("swap/now_folder.c", "x");
  made.rename("move/d.c", "moved/d.c");
  const std::string after = made.commit();
  const auto repo = GitRepo::open(made.path());
  const auto changes = repo->diff(id(before), id(after));
  ASSERT_TRUE(changes) << changes.error().to_string();
  std::vector<std::string> seen;
  for (const TreeChange& change : *changes)
    seen.push_back(std::string(change.before ? "-" : "") + (change.after ? "+" : "") + change.path);
  EXPECT_THAT(seen, ElementsAre("-+edit/b.c", "-gone/c.c", "-move/d.c", "+moved/d.c", "-swap",
                                "+swap/now_folder.c"));
  EXPECT_TRUE(repo->diff(id(after), id(after))->empty());
}

TEST(GitRepoTest, MergeBaseAndCommitInfo) {
  const TestRepo made;
  made.write("a.c", "1");
  const std::string base = made.commit("first line\n\nbody");
  made.branch("side");
  made.write("a.c", "2");
  const std::string ours = made.commit();
  made.checkout("side");
  made.write("b.c", "3");
  const std::string theirs = made.commit();
  const std::string orphan = commit_of_tree(made, made.store("tree", ""));
  const auto repo = GitRepo::open(made.path());
  EXPECT_EQ(repo->merge_base(id(ours), id(theirs)).value().value().hex(), base);
  EXPECT_FALSE(repo->merge_base(id(ours), id(orphan)).value().has_value());
  const auto info = repo->commit(id(ours));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->parents, std::vector<ObjectId>{id(base)});
  EXPECT_EQ(info->author_email, "a@example.org");
  EXPECT_EQ(info->author_time, 1'700'000'000);
  EXPECT_THAT(repo->commit(id(base))->message, HasSubstr("body"));
}

// Ten levels of ten equal folders: 10^10 paths from a handful of objects.
TEST(GitRepoTest, TreeBombIsRefusedAtOnce) {
  const TestRepo made;
  std::string object = made.store("blob", "int x;");
  std::string mode = "100644";
  for (int level = 0; level < 10; ++level) {
    std::vector<std::tuple<std::string, std::string, std::string>> rows;
    for (char name = 'a'; name <= 'j'; ++name)
      rows.emplace_back(mode, std::string(1, name), object);
    object = made.store("tree", tree_bytes(rows));
    mode = "40000";
  }
  const std::string bomb = commit_of_tree(made, object);
  const auto repo = GitRepo::open(made.path());
  const auto start = std::chrono::steady_clock::now();
  const auto listing = repo->list(id(bomb));
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));

  ListLimits small;
  small.max_entries = 10'000;
  const std::string empty = commit_of_tree(made, made.store("tree", ""));
  const auto changes = repo->diff(id(empty), id(bomb), small);
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code(), ErrorCode::kLimitExceeded);
}

TEST(GitRepoTest, HostileEntryNamesAreSkippedAndReported) {
  const TestRepo made;
  const std::string blob = made.store("blob", "x");
  const std::string tree = made.store("tree", tree_bytes({{"100644", "..", blob},
                                                          {"100644", ".git", blob},
                                                          {"100644", "a/../b", blob},
                                                          {"100644", "ok.c", blob},
                                                          {"100644", "ok.c", blob}}));
  const std::string commit = commit_of_tree(made, tree);
  const auto repo = GitRepo::open(made.path());
  const auto listing = repo->list(id(commit));
  // libgit2 may refuse the whole tree as malformed, which is as good.
  if (!listing) {
    EXPECT_EQ(listing.error().code(), ErrorCode::kCorrupt);
    return;
  }
  EXPECT_THAT(paths(*listing), ElementsAre("ok.c"));
  ASSERT_EQ(listing->skipped.size(), 3u);
  EXPECT_EQ(listing->skipped[0].reason, SkipReason::kInvalidPath);
}

TEST(GitRepoTest, DeepAndLongPathsAreSkippedAndReported) {
  const TestRepo made;
  std::string tree = made.store("tree", tree_bytes({{"100644", "f.c", made.store("blob", "x")}}));
  for (int level = 0; level < 30; ++level)
    tree = made.store("tree", tree_bytes({{"40000", std::string(20, 'd'), tree}}));
  const auto repo = GitRepo::open(made.path());
  ListLimits limits;
  limits.max_depth = 10;
  const ObjectId commit = id(commit_of_tree(made, tree));
  auto listing = repo->list(commit, limits);
  ASSERT_TRUE(listing);
  EXPECT_TRUE(listing->entries.empty());
  ASSERT_EQ(listing->skipped.size(), 1u);
  EXPECT_EQ(listing->skipped[0].reason, SkipReason::kTooDeep);
  limits = {};
  limits.max_path = 100;
  listing = repo->list(commit, limits);
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->skipped.size(), 1u);
  EXPECT_EQ(listing->skipped[0].reason, SkipReason::kPathTooLong);
}

TEST(GitRepoTest, ShallowCloneSaysSo) {
  const TestRepo made;
  made.write("a.c", "1");
  made.commit();
  made.write("a.c", "2");
  made.commit();
  const TempDir folder;
  made.git({"clone", "--quiet", "--depth=1", "file://" + made.path(), folder / "shallow"});
  const auto repo = GitRepo::open(folder / "shallow");
  ASSERT_TRUE(repo);
  EXPECT_TRUE(repo->is_shallow());
  EXPECT_TRUE(repo->list(repo->resolve("HEAD").value()));
  const auto missing = repo->resolve("HEAD~1");
  EXPECT_EQ(failure(missing), ErrorCode::kRevisionNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("shallow"));
}

TEST(GitRepoTest, ForgedBlobIsCorrupt) {
  const TestRepo made;
  const std::string honest = made.store("blob", "honest content");
  const std::string forged = made.store("blob", "forged content");
  const auto loose = [&](const std::string& hex) {
    return made / (".git/objects/" + hex.substr(0, 2) + "/" + hex.substr(2));
  };
  const std::string bytes = cairn::read_file(loose(forged), 1000).value();
  ASSERT_TRUE(cairn::remove_file(loose(honest)));
  cairn::testing::write_file(loose(honest), bytes);
  const auto repo = GitRepo::open(made.path());
  const auto read = repo->read_blob(id(honest), 1000);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kCorrupt);
}

TEST(GitRepoTest, ManyThreadsReadOneRepository) {
  const TestRepo made;
  for (int i = 0; i < 50; ++i)
    made.write("f" + std::to_string(i), std::string(1000, static_cast<char>('a' + i % 26)));
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  const auto listing = repo->list(id(commit));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (const TreeEntry& entry : listing->entries)
        if (repo->read_blob(entry.id, 2000).has_value()) ++good;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(GitRepoTest, StoppedListingIsCancelled) {
  const TestRepo made;
  const std::string commit = made.commit();
  const auto repo = GitRepo::open(made.path());
  StopSource source;
  source.stop();
  const auto listing = repo->list(id(commit), {}, source.token());
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code(), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace cairn::indexer
