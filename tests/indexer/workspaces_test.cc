#include "indexer/workspaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "indexer/jobs/runner.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using cairn::testing::write_file;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorkspacesTest : public ::testing::Test {
 protected:
  WorkspacesTest() {
    write_file(source_ / "a.py", "def f():\n    return 1\n");
    open();
  }
  void open() {
    workspaces_.reset();
    workspaces_ = Workspaces::open(data_.path(), clock_).value();
  }
  Pinned pin(const std::string& source, const std::string& slug = "", std::string branch = "") {
    PinRequest request;
    request.source = source;
    request.slug = slug;
    request.branch = std::move(branch);
    return workspaces_->pin(request).value();
  }
  ErrorCode pin_error(const std::string& source, const std::string& branch = "") {
    PinRequest request;
    request.source = source;
    request.branch = branch;
    return workspaces_->pin(request).error().code();
  }
  /// Runs what is queued; returns how many jobs.
  int drain() {
    JobRunner runner(*workspaces_, index_source, {});
    int count = 0;
    for (;;) {
      const Result<bool> worked = runner.run_one();
      EXPECT_TRUE(worked) << worked.error().to_string();
      if (!worked || !*worked) return count;
      ++count;
    }
  }
  RepoViewPtr current(const std::string& slug) { return workspaces_->current(slug).value(); }
  /// Overwrites the middle of the file a view's newest layer is in.
  void damage(const RepoView& view) {
    const std::string& name =
        view.row.overlay_file.empty() ? view.row.base_file : view.row.overlay_file;
    // A copy, so that mappings of the good file stay whole.
    const std::string path = data_ / name;
    std::string bytes = read_file(path, 1u << 30).value();
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
    ASSERT_TRUE(remove_file(path));
    write_file(path, bytes);
  }

  TempDir data_;
  TempDir source_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<Workspaces> workspaces_;
};

TEST_F(WorkspacesTest, OnlyOneServerUsesADataFolderAndCommandsGoOn) {
  const auto second = Workspaces::open(data_.path(), clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kBusy);
  EXPECT_THAT(second.error().message(), HasSubstr("another server"));
  IndexOptions options;
  options.source = source_.path();
  options.data_dir = data_.path();
  EXPECT_TRUE(index_source(options));
}

TEST_F(WorkspacesTest, APinnedFolderIsIndexedAndServed) {
  const Pinned pinned = pin(source_.path(), "mine");
  EXPECT_EQ(pinned.repo.repo.slug, "mine");
  EXPECT_TRUE(pinned.repo.settings.pinned);
  EXPECT_EQ(pinned.job.reason, store::JobReason::kPin);
  EXPECT_EQ(current("mine"), nullptr);
  EXPECT_EQ(workspaces_->status("mine").value().active_jobs.size(), 1u);
  EXPECT_EQ(drain(), 1);
  const RepoViewPtr view = current("mine");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->snapshot->named("f").size(), 1u);
  EXPECT_FALSE(view->stale);
  EXPECT_EQ(current("mine"), view) << "opened twice";
  EXPECT_EQ(workspaces_->read_file(*view, view->snapshot->file_by_path("a.py")).value(),
            "def f():\n    return 1\n");
  EXPECT_EQ(workspaces_->current("other").error().code(), ErrorCode::kNotFound);
}

TEST_F(WorkspacesTest, TheStatusSurvivesARestart) {
  write_file(source_ / "b.py", std::string("x = '\0'\n", 8));
  pin(source_.path(), "mine");
  drain();
  open();
  const RepoStatus status = workspaces_->status("mine").value();
  ASSERT_TRUE(status.report);
  EXPECT_EQ(status.report->files, current("mine")->snapshot->file_count());
  ASSERT_EQ(status.report->skipped.size(), 1u);
  EXPECT_EQ(status.report->skipped[0].path, "b.py");
  EXPECT_FALSE(status.report->skipped[0].reason.empty());
  ASSERT_TRUE(status.last_job);
  EXPECT_EQ(status.last_job->state, store::JobState::kDone);
  EXPECT_THAT(status.last_job->result, HasSubstr("\"snapshot\":\"" + status.view->row.id));
}

TEST_F(WorkspacesTest, SourcesThatCannotBeAreRefusedAtOnce) {
  EXPECT_EQ(pin_error(""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(pin_error("relative/path"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(pin_error("/nonexistent/folder"), ErrorCode::kNotFound);
  EXPECT_EQ(pin_error(source_ / "a.py"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(pin_error("ext::sh -c x"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(pin_error("--upload-pack=x"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(pin_error(source_.path(), "main"), ErrorCode::kNotARepository);
  EXPECT_THAT(workspaces_->list().value(), IsEmpty());
  pin(source_.path());
  EXPECT_EQ(pin_error(source_.path()), ErrorCode::kExists);
}

TEST_F(WorkspacesTest, WorkingTreesBranchesAndBareRepositoriesAreReposOfTheirOwn) {
  const TestRepo repo;
  repo.write("a.py", "def on_main(): pass\n");
  repo.commit();
  repo.branch("side");
  repo.checkout("side");
  repo.write("a.py", "def on_side(): pass\n");
  repo.commit();
  repo.write("a.py", "def in_tree(): pass\n");
  pin(repo.path(), "tree");
  pin(repo.path(), "side", "side");
  drain();
  const RepoViewPtr tree = current("tree");
  const RepoViewPtr side = current("side");
  EXPECT_EQ(tree->snapshot->named("in_tree").size(), 1u);
  EXPECT_EQ(side->snapshot->named("on_side").size(), 1u);
  EXPECT_EQ(workspaces_->read_file(*side, side->snapshot->file_by_path("a.py")).value(),
            "def on_side(): pass\n");
  EXPECT_EQ(workspaces_->read_file(*tree, tree->snapshot->file_by_path("a.py")).value(),
            "def in_tree(): pass\n");
  repo.write("a.py", "def later(): pass\n");
  EXPECT_EQ(workspaces_->read_file(*tree, tree->snapshot->file_by_path("a.py")).error().code(),
            ErrorCode::kNotFound);
  store::RepoSettingsChange change;
  change.branch = "main";
  change.slug = "renamed";
  const std::string main = repo.git({"branch", "--list", "main", "--format=%(refname:short)"});
  if (main.empty()) change.branch = "master";
  ASSERT_TRUE(workspaces_->change("side", change));
  EXPECT_EQ(workspaces_->current("side").error().code(), ErrorCode::kNotFound);
  drain();
  EXPECT_EQ(current("renamed")->snapshot->named("on_main").size(), 1u);
  EXPECT_EQ(workspaces_->request_index("renamed", "side", store::JobReason::kRequest).value().added,
            true);
  drain();
  EXPECT_EQ(current("renamed")->snapshot->named("on_side").size(), 1u);
}

TEST_F(WorkspacesTest, WhatACommandPublishesBesideItIsServed) {
  pin(source_.path(), "mine");
  drain();
  const RepoViewPtr before = current("mine");
  std::vector<std::string> told;
  Workspaces::Listener listener;
  listener.snapshot_changed = [&](const RepoView& view) { told.push_back(view.row.id); };
  workspaces_->add_listener(std::move(listener));
  write_file(source_ / "a.py", "def g():\n    return 1\n");
  IndexOptions options;
  options.source = source_.path();
  options.data_dir = data_.path();
  ASSERT_TRUE(index_source(options));
  EXPECT_EQ(current("mine"), before);
  ASSERT_TRUE(workspaces_->refresh());
  const RepoViewPtr after = current("mine");
  EXPECT_EQ(after->snapshot->named("g").size(), 1u);
  EXPECT_EQ(before->snapshot->named("f").size(), 1u) << "what a reader holds changed";
  EXPECT_THAT(told, ::testing::ElementsAre(after->row.id));
  ASSERT_TRUE(workspaces_->refresh());
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(WorkspacesTest, AnUnpinnedRepoLeavesNothingAndReadersKeepTheirs) {
  pin(source_.path(), "mine");
  drain();
  const RepoViewPtr view = current("mine");
  ASSERT_TRUE(workspaces_->request_index("mine", "", store::JobReason::kRequest));
  ASSERT_TRUE(workspaces_->unpin("mine"));
  EXPECT_EQ(workspaces_->current("mine").error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(list_dir(data_ / "repos").value(), IsEmpty());
  EXPECT_EQ(view->snapshot->named("f").size(), 1u);
  EXPECT_EQ(drain(), 0) << "its job was left";
  EXPECT_TRUE(workspaces_->state().repos().integrity_check());
  pin(source_.path(), "mine");
  EXPECT_EQ(drain(), 1);
  EXPECT_TRUE(current("mine"));
}

TEST_F(WorkspacesTest, ARepoBeingIndexedIsNotRemoved) {
  const Pinned pinned = pin(source_.path(), "mine");
  drain();
  const FileLock lock =
      FileLock::try_acquire(data_ / ("repos/" + pinned.repo.repo.id + "/lock")).value();
  EXPECT_EQ(workspaces_->unpin("mine").error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(current("mine"));
}

TEST_F(WorkspacesTest, ADamagedSnapshotIsSetAsideAndTheOneBeforeServed) {
  pin(source_.path(), "mine");
  drain();
  write_file(source_ / "a.py", "def g():\n    return 1\n");
  ASSERT_TRUE(workspaces_->request_index("mine", "", store::JobReason::kRequest));
  drain();
  damage(*current("mine"));
  open();
  const RepoViewPtr stale = current("mine");
  ASSERT_TRUE(stale);
  EXPECT_TRUE(stale->stale);
  EXPECT_EQ(stale->snapshot->named("f").size(), 1u);
  const RepoStatus status = workspaces_->status("mine").value();
  EXPECT_THAT(status.warnings, Contains(HasSubstr("stale")));
  ASSERT_EQ(status.active_jobs.size(), 1u);
  EXPECT_EQ(status.active_jobs[0].reason, store::JobReason::kCorrupt);
  EXPECT_EQ(drain(), 1);
  const RepoViewPtr mended = current("mine");
  EXPECT_FALSE(mended->stale);
  EXPECT_EQ(mended->snapshot->named("g").size(), 1u);
}

TEST_F(WorkspacesTest, DamageMetByAQueryWhileServing) {
  pin(source_.path(), "mine");
  drain();
  write_file(source_ / "a.py", "def g():\n    return 1\n");
  ASSERT_TRUE(workspaces_->request_index("mine", "", store::JobReason::kRequest));
  drain();
  const RepoViewPtr bad = current("mine");
  EXPECT_EQ(workspaces_->report_damage(*bad, Error(ErrorCode::kIo, "x")).error().code(),
            ErrorCode::kInvalidArgument);
  ASSERT_TRUE(workspaces_->report_damage(*bad, Error(ErrorCode::kCorrupt, "a bad block")));
  ASSERT_TRUE(workspaces_->report_damage(*bad, Error(ErrorCode::kCorrupt, "a bad block")));
  EXPECT_TRUE(current("mine")->stale);
  EXPECT_EQ(current("mine")->snapshot->named("f").size(), 1u);
  EXPECT_EQ(drain(), 1);
  EXPECT_FALSE(current("mine")->stale);
  EXPECT_EQ(current("mine")->snapshot->named("g").size(), 1u);
}

TEST_F(WorkspacesTest, WhenNothingIsWholeItIsIndexedAnew) {
  pin(source_.path(), "mine");
  drain();
  damage(*current("mine"));
  open();
  EXPECT_EQ(current("mine"), nullptr);
  EXPECT_EQ(drain(), 1);
  EXPECT_EQ(current("mine")->snapshot->named("f").size(), 1u);
  EXPECT_FALSE(current("mine")->stale);
}

}  // namespace
}  // namespace cairn::indexer
