#include "indexer/watch.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "base/fs.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using cairn::testing::write_file;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Counts what the watch tells, and waits for it; the long time-outs only end a failing test.
class Listener {
 public:
  std::unique_ptr<FolderWatch> start(FolderWatch::Options options = quick()) {
    FolderWatch::Events events;
    events.changed = [this](const std::string& key) {
      const std::lock_guard lock(mutex_);
      ++changes_[key];
      told_.notify_all();
    };
    events.degraded = [this](const std::string& key, const std::string& reason) {
      const std::lock_guard lock(mutex_);
      reasons_[key] = reason;
      told_.notify_all();
    };
    return FolderWatch::start(options, std::move(events)).value();
  }
  static FolderWatch::Options quick() {
    FolderWatch::Options options;
    options.quiet = milliseconds(10);
    options.longest = milliseconds(200);
    options.scan_every = milliseconds(20);
    return options;
  }
  bool wait_for_change(const std::string& key) {
    std::unique_lock lock(mutex_);
    const bool came = told_.wait_for(lock, seconds(30), [&] { return changes_[key] > seen_[key]; });
    seen_[key] = changes_[key];
    return came;
  }
  bool wait_for_reason(const std::string& key, bool some) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, seconds(30),
                          [&] { return reasons_.contains(key) && reasons_[key].empty() != some; });
  }
  std::string reason(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return reasons_[key];
  }
  int changes(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return changes_[key];
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::map<std::string, int> changes_;
  std::map<std::string, int> seen_;
  std::map<std::string, std::string> reasons_;
};

TEST(FolderWatchTest, TellsOfFilesWrittenRemovedAndInNewFolders) {
  const TempDir dir;
  write_file(dir / "a/b/old.py", "x = 1\n");
  Listener listener;
  const auto watch = listener.start();
  watch->add("k", dir.path());
  watch->settle();
  write_file(dir / "a/b/old.py", "x = 2\n");
  EXPECT_TRUE(listener.wait_for_change("k")) << "a change";
  write_file(dir / "new/deep/er.py", "x = 1\n");
  EXPECT_TRUE(listener.wait_for_change("k")) << "a new folder";
  watch->settle();
  write_file(dir / "new/deep/er.py", "x = 2\n");
  EXPECT_TRUE(listener.wait_for_change("k")) << "a change in a new folder";
  ASSERT_TRUE(remove_file(dir / "a/b/old.py"));
  EXPECT_TRUE(listener.wait_for_change("k")) << "a removal";
  ASSERT_TRUE(remove_tree(dir / "new"));
  EXPECT_TRUE(listener.wait_for_change("k")) << "a folder's removal";
}

TEST(FolderWatchTest, FoldersAreToldApartAndForgotten) {
  const TempDir one;
  const TempDir two;
  Listener listener;
  const auto watch = listener.start();
  watch->add("one", one.path());
  watch->add("two", two.path());
  watch->remove("one");
  watch->settle();
  write_file(one / "f", "1");
  write_file(two / "f", "1");
  EXPECT_TRUE(listener.wait_for_change("two"));
  EXPECT_EQ(listener.changes("one"), 0);
}

TEST(FolderWatchTest, FoldersMayLieInOneAnother) {
  const TempDir dir;
  write_file(dir / "in/f", "1");
  Listener listener;
  const auto watch = listener.start();
  watch->add("outer", dir.path());
  watch->add("inner", dir / "in");
  watch->settle();
  write_file(dir / "in/f", "2");
  EXPECT_TRUE(listener.wait_for_change("outer"));
  EXPECT_TRUE(listener.wait_for_change("inner"));
  watch->remove("inner");
  watch->settle();
  write_file(dir / "in/f", "3");
  EXPECT_TRUE(listener.wait_for_change("outer"));
}

TEST(FolderWatchTest, OfGitOnlyHeadIndexAndRefsCount) {
  const TestRepo repo;
  repo.write("a.py", "x = 1\n");
  repo.commit();
  Listener listener;
  FolderWatch::Options options = Listener::quick();
  const auto watch = listener.start(options);
  watch->add("k", repo.path());
  watch->add("other", repo.path() + "/.git/objects");
  watch->settle();
  // An object is no change; the other key proves that its event was seen before the next check.
  repo.store("blob", "something");
  EXPECT_TRUE(listener.wait_for_change("other"));
  EXPECT_EQ(listener.changes("k"), 0);
  repo.branch("another");
  EXPECT_TRUE(listener.wait_for_change("k")) << "a ref";
  repo.git({"symbolic-ref", "HEAD", "refs/heads/another"});
  EXPECT_TRUE(listener.wait_for_change("k")) << "HEAD";
}

TEST(FolderWatchTest, TooManyFoldersAreLookedThroughInstead) {
  const TempDir dir;
  for (int i = 0; i < 10; ++i) write_file(dir / ("d" + std::to_string(i) + "/f"), "1");
  FolderWatch::Options options = Listener::quick();
  options.max_watches = 5;
  Listener listener;
  const auto watch = listener.start(options);
  watch->add("k", dir.path());
  ASSERT_TRUE(listener.wait_for_reason("k", true));
  EXPECT_NE(listener.reason("k").find("more than 5 folders"), std::string::npos);
  watch->settle();
  write_file(dir / "d7/f", "22");
  EXPECT_TRUE(listener.wait_for_change("k"));
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(remove_tree(dir / ("d" + std::to_string(i))));
  EXPECT_TRUE(listener.wait_for_reason("k", false)) << "it fits by now";
}

TEST(FolderWatchTest, AFolderThatIsGoneIsSaidAndFoundAgain) {
  const TempDir dir;
  const std::string folder = dir / "repo";
  write_file(folder + "/f", "1");
  Listener listener;
  const auto watch = listener.start();
  watch->add("k", folder);
  watch->settle();
  ASSERT_TRUE(remove_tree(folder));
  EXPECT_TRUE(listener.wait_for_reason("k", true));
  write_file(folder + "/f", "2");
  EXPECT_TRUE(listener.wait_for_reason("k", false));
}

}  // namespace
}  // namespace cairn::indexer
