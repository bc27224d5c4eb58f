#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/fs.h"
#include "store/store.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

using cairn::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

RepoSpec spec_of(const std::string& location, const std::string& slug = "") {
  RepoSpec spec;
  spec.source = location;
  spec.location = location;
  spec.slug = slug;
  spec.created_at_ms = 1000;
  return spec;
}

SnapshotRow snapshot(const std::string& id, const std::string& overlay = "") {
  SnapshotRow row;
  row.id = id;
  row.commit = "c0ffee";
  row.base_file = "base-" + id;
  row.overlay_file = overlay;
  row.created_at_ms = 42;
  row.files = 3;
  row.symbols = 5'000'000'000;
  row.edges = 7;
  row.extractor_version = 9;
  return row;
}

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_sqlite(dir_ / "state.db").value(); }
  std::vector<std::string> ids(const Store& store, const std::string& repo) {
    std::vector<std::string> out;
    for (const SnapshotRow& row : store.list_snapshots(repo).value()) out.push_back(row.id);
    return out;
  }
  TempDir dir_;
};

TEST_F(SqliteStoreTest, KeepsReposAndSnapshotsAcrossReopening) {
  std::string id;
  {
    const auto store = open();
    RepoSpec spec = spec_of("/src/odd \xff name", "odd");
    spec.source = "../odd \xff name";
    spec.kind = RepoKind::kGit;
    id = store->upsert_repo(spec).value().id;
    ASSERT_TRUE(store->publish_snapshot(id, snapshot("s1", "over")));
  }
  const auto store = open();
  const Repo repo = store->repo_by_slug("odd").value();
  EXPECT_EQ(repo.id, id);
  EXPECT_EQ(repo.source, "../odd \xff name");
  EXPECT_EQ(repo.location, "/src/odd \xff name");
  EXPECT_EQ(repo.kind, RepoKind::kGit);
  EXPECT_EQ(repo.created_at_ms, 1000);
  EXPECT_EQ(repo.current_snapshot, "s1");
  EXPECT_EQ(store->repo_by_source("/src/odd \xff name").value().slug, "odd");
  EXPECT_EQ(store->current_snapshot(id).value(), snapshot("s1", "over"));
  EXPECT_TRUE(store->integrity_check());
}

TEST_F(SqliteStoreTest, OneRepoPerLocationAndOneLocationPerSlug) {
  const auto store = open();
  const Repo first = store->upsert_repo(spec_of("/a/thing")).value();
  const Repo again = store->upsert_repo(spec_of("/a/thing")).value();
  EXPECT_EQ(first.slug, "thing");
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(store->upsert_repo(spec_of("/b/thing")).value().slug, "thing-2");
  EXPECT_EQ(store->upsert_repo(spec_of("/c/Thing.git")).value().slug, "thing-3");
  const auto taken = store->upsert_repo(spec_of("/d", "thing"));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code(), ErrorCode::kExists);
  EXPECT_THAT(taken.error().message(), HasSubstr("/a/thing"));
  EXPECT_EQ(store->upsert_repo(spec_of("/a/thing", "renamed")).value().id, first.id);
  std::vector<std::string> slugs;
  for (const Repo& repo : store->list_repos().value()) slugs.push_back(repo.slug);
  EXPECT_THAT(slugs, ElementsAre("renamed", "thing-2", "thing-3"));
}

TEST_F(SqliteStoreTest, RefusesMalformedSlugsAndEmptyLocations) {
  const auto store = open();
  for (const char* slug : {"-x", ".x", "A", "a b", "a/b", "\xff"})
    EXPECT_EQ(store->upsert_repo(spec_of("/x", slug)).error().code(), ErrorCode::kInvalidArgument)
        << slug;
  EXPECT_EQ(store->upsert_repo(spec_of("/x", std::string(65, 'a'))).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(store->upsert_repo(spec_of("")).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(store->list_repos().value().empty());
}

TEST_F(SqliteStoreTest, UnknownReposAreNotFoundWithSuggestions) {
  const auto store = open();
  ASSERT_TRUE(store->upsert_repo(spec_of("/src/redis")));
  const auto missing = store->repo_by_slug("rediss");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("did you mean redis"));
  EXPECT_EQ(store->repo_by_source("/none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->current_snapshot("none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->list_snapshots("none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->publish_snapshot("none", snapshot("s")).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->delete_repo("none").error().code(), ErrorCode::kNotFound);
}

TEST_F(SqliteStoreTest, PublishingFlipsTheCurrentSnapshot) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  const std::string other = store->upsert_repo(spec_of("/other")).value().id;
  EXPECT_EQ(store->current_snapshot(repo).value(), std::nullopt);
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("b")));
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("a")));
  ASSERT_TRUE(store->publish_snapshot(other, snapshot("b")));
  EXPECT_EQ(store->current_snapshot(repo).value()->id, "a");
  EXPECT_THAT(ids(*store, repo), ElementsAre("a", "b"));
  SnapshotRow changed = snapshot("b");
  changed.files = 99;
  ASSERT_TRUE(store->publish_snapshot(repo, changed));
  EXPECT_EQ(store->current_snapshot(repo).value(), changed);
  EXPECT_THAT(ids(*store, repo), ElementsAre("b", "a"));
  EXPECT_EQ(store->current_snapshot(other).value(), snapshot("b"));
}

TEST_F(SqliteStoreTest, RefusesToPublishWhatIsNotReady) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  SnapshotRow row = snapshot("s");
  row.state = SnapshotState::kQuarantined;
  EXPECT_EQ(store->publish_snapshot(repo, row).error().code(), ErrorCode::kInvalidArgument);
  row = snapshot("");
  EXPECT_EQ(store->publish_snapshot(repo, row).error().code(), ErrorCode::kInvalidArgument);
  row = snapshot("s");
  row.base_file.clear();
  EXPECT_EQ(store->publish_snapshot(repo, row).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(ids(*store, repo).empty());
}

TEST_F(SqliteStoreTest, QuarantineFallsBackToTheNewestReadySnapshot) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  for (const char* id : {"s1", "s2", "s3"})
    ASSERT_TRUE(store->publish_snapshot(repo, snapshot(id)));
  EXPECT_EQ(store->quarantine_snapshot(repo, "s2").value()->id, "s3");
  EXPECT_EQ(store->quarantine_snapshot(repo, "s3").value()->id, "s1");
  EXPECT_EQ(store->quarantine_snapshot(repo, "s1").value(), std::nullopt);
  EXPECT_EQ(store->current_snapshot(repo).value(), std::nullopt);
  EXPECT_EQ(store->quarantine_snapshot(repo, "none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->list_snapshots(repo).value()[0].state, SnapshotState::kQuarantined);
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s2")));
  EXPECT_EQ(store->current_snapshot(repo).value()->state, SnapshotState::kReady);
}

TEST_F(SqliteStoreTest, DeletesOldSnapshotsButNeverTheCurrentOne) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s1")));
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s2")));
  EXPECT_EQ(store->delete_snapshot(repo, "s2").error().code(), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(store->delete_snapshot(repo, "s1"));
  EXPECT_EQ(store->delete_snapshot(repo, "s1").error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(ids(*store, repo), ElementsAre("s2"));
}

TEST_F(SqliteStoreTest, ReferencedFilesAreThoseOfAllSnapshotsOnce) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  SnapshotRow overlay = snapshot("s2", "over-s2");
  overlay.base_file = "base-s1";
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s1")));
  ASSERT_TRUE(store->publish_snapshot(repo, overlay));
  ASSERT_TRUE(store->quarantine_snapshot(repo, "s2"));
  EXPECT_THAT(store->referenced_files().value(), ElementsAre("base-s1", "over-s2"));
  ASSERT_TRUE(store->delete_snapshot(repo, "s2"));
  EXPECT_THAT(store->referenced_files().value(), ElementsAre("base-s1"));
  ASSERT_TRUE(store->delete_repo(repo));
  EXPECT_TRUE(store->referenced_files().value().empty());
  EXPECT_TRUE(store->list_repos().value().empty());
  EXPECT_TRUE(store->integrity_check());
}

TEST_F(SqliteStoreTest, BackupIsACompleteDatabaseAndReplacesNothing) {
  const auto store = open();
  const std::string repo = store->upsert_repo(spec_of("/r")).value().id;
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s1")));
  const std::string copy = dir_ / "copy \xff.db";
  ASSERT_TRUE(store->backup(copy));
  ASSERT_TRUE(store->publish_snapshot(repo, snapshot("s2")));
  EXPECT_EQ(open_sqlite(copy).value()->current_snapshot(repo).value(), snapshot("s1"));
  EXPECT_EQ(store->backup(copy).error().code(), ErrorCode::kExists);
  EXPECT_EQ(store->backup(dir_ / "none/copy.db").error().code(), ErrorCode::kNotFound);
  for (const DirEntry& entry : list_dir(dir_.path()).value())
    EXPECT_FALSE(entry.name.starts_with(kTempPrefix)) << entry.name;
}

TEST_F(SqliteStoreTest, ThreadsAndHandlesTakeTurns) {
  const auto first = open();
  const auto second = open();
  const std::string repo = first->upsert_repo(spec_of("/r")).value().id;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        Store& store = t % 2 == 0 ? *first : *second;
        for (int i = 0; i < 10; ++i) {
          const std::string id = std::to_string(t) + "-" + std::to_string(i);
          const auto published = store.publish_snapshot(repo, snapshot(id));
          if (!published) ADD_FAILURE() << published.error().to_string();
        }
      });
    }
  }
  EXPECT_EQ(ids(*first, repo).size(), 40u);
  EXPECT_EQ(first->current_snapshot(repo).value(), second->current_snapshot(repo).value());
}

TEST_F(SqliteStoreTest, ManyOpenAtOnceAndMigrateOnce) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const auto store = open_sqlite(dir_ / "state.db");
      if (!store) {
        ADD_FAILURE() << store.error().to_string();
        return;
      }
      const auto added = (*store)->upsert_repo(spec_of("/r" + std::to_string(t)));
      if (!added) ADD_FAILURE() << added.error().to_string();
    });
  }
  threads.clear();
  EXPECT_EQ(open()->list_repos().value().size(), 8u);
}

}  // namespace
}  // namespace cairn::store
