#include "indexer/collect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "indexer/data_folder.h"
#include "indexer/index.h"
#include "tests/support/generated_source.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::write_file;
using ::testing::IsEmpty;

class CollectTest : public ::testing::Test {
 protected:
  CollectTest() { state_ = store::open_state(data_ / "cairn.db", clock_).value(); }
  Index index(const std::string& source, bool clean = false) {
    IndexOptions options;
    options.source = source;
    options.data_dir = data_.path();
    options.threads = 2;
    options.clean = clean;
    return index_source(options).value();
  }
  CollectSummary collect(bool dry_run = false) {
    CollectOptions options;
    options.dry_run = dry_run;
    return collect_data(data_.path(), *state_, options).value();
  }
  static std::string clean_dump(const std::string& source) {
    IndexOptions options;
    options.source = source;
    return test::dump(*index_source(options).value().snapshot);
  }

  TempDir data_;
  TempDir source_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<store::State> state_;
};

std::set<ContentId> contents(const graph::Snapshot& snapshot) {
  std::set<ContentId> out;
  for (const graph::FileId file : snapshot.files()) out.insert(snapshot.file(file).content);
  return out;
}

// After a collection nothing that a kept snapshot needs is gone: the next update equals a clean
// index, and parses only contents the snapshot before did not hold.
TEST_F(CollectTest, NothingASnapshotNeedsIsRemoved) {
  test::GeneratedSource source(source_ / "s", 30, 99);
  std::set<ContentId> before = contents(*index(source.root()).snapshot);
  std::uint64_t dropped = 0;
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    for (int i = 0; i < 1 + round % 3; ++i) source.change();
    if (round % 2 == 0) dropped += collect().facts.dropped_records;
    const Index now = index(source.root(), round % 7 == 0);
    const std::set<ContentId> after = contents(*now.snapshot);
    std::uint64_t added = 0;
    for (const graph::FileId file : now.snapshot->files())
      added += before.contains(now.snapshot->file(file).content) ? 0 : 1;
    EXPECT_LE(now.report.files_parsed, added);
    if (round % 4 == 0) {
      ASSERT_EQ(test::dump(*now.snapshot), clean_dump(source.root()));
    }
    before = after;
  }
  collect();
  EXPECT_EQ(index(source.root(), true).report.files_parsed, 0u);
  EXPECT_GT(dropped, 0u) << "nothing was ever collected";
}

TEST_F(CollectTest, WhatNoRepoRefersToGoes) {
  write_file(source_ / "a.py", "def f(): pass\n");
  const Index kept = index(source_.path());
  const store::Repo repo = state_->repos().list_repos().value().at(0);
  write_file(data_ / "repos/feed/1.cairn", "x");
  write_file(data_ / ("repos/" + repo.id + "/leftover.cairn"), "xyz");
  write_file(data_ / "mirrors/gone-1234.git/HEAD", "x");
  const CollectSummary plan = collect(true);
  EXPECT_THAT(plan.removed,
              ::testing::UnorderedElementsAre(
                  "mirrors/gone-1234.git", "repos/" + repo.id + "/leftover.cairn", "repos/feed"));
  EXPECT_TRUE(path_exists(data_ / "repos/feed")) << "a dry run removed something";
  const CollectSummary done = collect();
  EXPECT_EQ(done.removed, plan.removed);
  EXPECT_EQ(done.freed_bytes, plan.freed_bytes);
  EXPECT_FALSE(path_exists(data_ / "repos/feed"));
  EXPECT_FALSE(path_exists(data_ / "mirrors/gone-1234.git"));
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_TRUE(index(source_.path()).report.unchanged);
}

TEST_F(CollectTest, KeepsAsManySnapshotsAsTheSettingsSay) {
  const auto versions = [&](int n) {
    for (int i = 0; i < n; ++i) {
      write_file(source_ / "a.py", "x = " + std::to_string(i) + "\n");
      index(source_.path());
    }
  };
  versions(1);
  const store::Repo repo = state_->repos().list_repos().value().at(0);
  store::RepoSettingsChange change;
  change.keep_snapshots = 3;
  ASSERT_TRUE(state_->settings().change(repo.id, change));
  versions(6);
  EXPECT_EQ(state_->repos().list_snapshots(repo.id).value().size(), 4u);
  change.keep_snapshots = 0;
  ASSERT_TRUE(state_->settings().change(repo.id, change));
  const auto reader = index(source_.path()).snapshot;
  EXPECT_EQ(collect(true).snapshots, 3u);
  EXPECT_EQ(collect().snapshots, 3u);
  EXPECT_EQ(state_->repos().list_snapshots(repo.id).value().size(), 1u);
  EXPECT_EQ(reader->file_count(), 1u);
}

TEST_F(CollectTest, FactsOfARemovedRepoGo) {
  const TempDir other;
  for (int i = 0; i < 20; ++i)
    write_file(other / ("f" + std::to_string(i) + ".py"),
               "def f" + std::to_string(i) + "():\n    return " + std::to_string(i) + "\n");
  write_file(source_ / "a.py", "def f(): pass\n");
  index(source_.path());
  index(other.path());
  const std::uint64_t before = FactsCache::open(data_ / "facts").value()->stats().records;
  for (const store::Repo& repo : state_->repos().list_repos().value())
    if (repo.location == other.path()) {
      ASSERT_TRUE(state_->repos().delete_repo(repo.id));
    }
  const CollectSummary plan = collect(true);
  EXPECT_GT(plan.facts.dropped_records, 0u);
  EXPECT_EQ(FactsCache::open(data_ / "facts").value()->stats().records, before);
  EXPECT_EQ(collect().facts.dropped_records, plan.facts.dropped_records);
  EXPECT_EQ(index(source_.path(), true).report.files_parsed, 0u);
  EXPECT_EQ(index(other.path()).report.files_parsed, 20u);
}

TEST_F(CollectTest, RunsAlone) {
  write_file(source_ / "a.py", "def f(): pass\n");
  DataFolder data = DataFolder::open(data_.path()).value();
  ASSERT_TRUE(data.hold_off_collections({}));
  const auto refused = collect_data(data_.path(), *state_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(refused.error().retryable());
  index(source_.path());  // Others go on indexing.
  const FileLock collecting = [&] {
    {
      const DataFolder gone = std::move(data);
    }
    return FileLock::try_acquire(collect_lock_path(data_.path())).value();
  }();
  StopSource stop;
  stop.stop();
  IndexOptions options;
  options.source = source_.path();
  options.data_dir = data_.path();
  options.stop = stop.token();
  EXPECT_EQ(index_source(options).error().code(), ErrorCode::kBusy);
}

}  // namespace
}  // namespace cairn::indexer
