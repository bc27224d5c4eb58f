#include <gtest/gtest.h>

#include "store/state.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

class CoverageStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    state_ = open_state(dir_ / "cairn.db", std::make_shared<FakeClock>()).value();
    RepoSpec spec;
    spec.source = spec.location = "/srv/a";
    repo_ = state_->repos().upsert_repo(spec).value().id;
  }
  CoverageUpload upload(const std::string& commit, const std::string& flag,
                        const std::string& session) const {
    CoverageUpload row;
    row.key = {repo_, commit, flag, session};
    row.format = "lcov";
    row.files = 2;
    row.lines = 30;
    return row;
  }

  const cairn::testing::TempDir dir_;
  std::unique_ptr<State> state_;
  std::string repo_;
};

TEST_F(CoverageStoreTest, UploadsAreKeptPerCommitFlagAndSession) {
  CoverageStore& store = state_->coverage();
  const std::string table("t\0able", 6);
  ASSERT_TRUE(store.put(upload("c1", "unit", "s1"), table));
  ASSERT_TRUE(store.put(upload("c1", "", "s1"), "2"));
  ASSERT_TRUE(store.put(upload("c2", "", "s1"), "3"));
  const auto rows = store.list(repo_, "c1").value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].key.flag, "");
  EXPECT_EQ(rows[1].key.flag, "unit");
  EXPECT_EQ(rows[1].bytes, 6u);
  EXPECT_EQ(rows[1].lines, 30u);
  EXPECT_EQ(store.table({repo_, "c1", "unit", "s1"}).value(), table);
  EXPECT_EQ(store.commits(repo_).value(), (std::vector<std::string>{"c2", "c1"}));
}

TEST_F(CoverageStoreTest, TheSameUploadAgainReplacesItself) {
  CoverageStore& store = state_->coverage();
  ASSERT_TRUE(store.put(upload("c1", "", "s1"), "old"));
  ASSERT_TRUE(store.put(upload("c1", "", "s1"), "new"));
  EXPECT_EQ(store.list(repo_, "c1").value().size(), 1u);
  EXPECT_EQ(store.table({repo_, "c1", "", "s1"}).value(), "new");
}

TEST_F(CoverageStoreTest, UnknownReposAndUploadsAreErrors) {
  CoverageStore& store = state_->coverage();
  CoverageUpload row = upload("c1", "", "s1");
  row.key.repo = "ffff";
  EXPECT_EQ(store.put(row, "x").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store.put(upload("c1", "", ""), "x").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(store.table({repo_, "c1", "", "s1"}).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(store.list(repo_, "c1").value().empty());
}

TEST_F(CoverageStoreTest, UploadsLeaveWithTheirCommitOrTheirRepo) {
  CoverageStore& store = state_->coverage();
  ASSERT_TRUE(store.put(upload("c1", "", "s1"), "1"));
  ASSERT_TRUE(store.put(upload("c2", "", "s1"), "2"));
  EXPECT_EQ(store.remove(repo_, "c1").value(), 1u);
  ASSERT_TRUE(state_->repos().delete_repo(repo_));
  EXPECT_TRUE(store.commits(repo_).value().empty());
  EXPECT_TRUE(state_->repos().integrity_check());
}

TEST_F(CoverageStoreTest, UploadsOutliveTheProcess) {
  ASSERT_TRUE(state_->coverage().put(upload("c1", "", "s1"), "kept"));
  state_.reset();
  state_ = open_state(dir_ / "cairn.db", std::make_shared<FakeClock>()).value();
  EXPECT_EQ(state_->coverage().table({repo_, "c1", "", "s1"}).value(), "kept");
}

}  // namespace
}  // namespace cairn::store
