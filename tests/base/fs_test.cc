#include "base/fs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/fail_point.h"
#include "tests/support/temp_dir.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

constexpr std::uint64_t kAny = 1 << 20;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const DirEntry& entry : list_dir(folder).value()) out.push_back(entry.name);
  return out;
}

TEST(ReadFile, GivesBackWhatWasWrittenUnderAnyBytesOfName) {
  TempDir dir;
  for (const char* name : {"plain", "with space", "new\nline", "\xff\xfe not utf8", "-option"}) {
    const std::string bytes = std::string("a\0b", 3) + name;
    ASSERT_TRUE(write_file_atomic(dir / name, bytes));
    EXPECT_EQ(read_file(dir / name, kAny).value(), bytes);
  }
  EXPECT_EQ(names_in(dir.path()).size(), 5u);
}

TEST(ReadFile, RefusesTooLargeMissingPipesFoldersAndNul) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "f", "12345"));
  EXPECT_EQ(read_file(dir / "f", 5).value(), "12345");
  EXPECT_EQ(read_file(dir / "f", 4).error().code(), ErrorCode::kLimitExceeded);
  EXPECT_EQ(read_file(dir / "absent", 4).error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(read_file(dir / "absent", 4).error().message(), HasSubstr("absent"));
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(dir / "pipe", 4).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(read_file(dir.path(), 4).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(read_file(std::string("a\0b", 3), 4).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ReadFile, FollowsASymlinkOnlyIfAllowed) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "f", "text"));
  ASSERT_EQ(::symlink("f", (dir / "link").c_str()), 0);
  EXPECT_EQ(read_file(dir / "link", kAny).value(), "text");
  const auto refused = read_file(dir / "link", kAny, Symlinks::kRefuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
}

TEST(MappedFile, ShowsTheBytesAcrossMovesAndAfterRemoval) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "f", std::string(100'000, 'x') + "end"));
  MappedFile first = MappedFile::open(dir / "f").value();
  MappedFile second = std::move(first);
  ASSERT_TRUE(remove_file(dir / "f"));
  EXPECT_TRUE(second.text().ends_with("xend"));
  EXPECT_EQ(second.bytes().size(), 100'003u);
  EXPECT_TRUE(first.text().empty());
}

TEST(MappedFile, HandlesEmptyAndTooLarge) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "empty", ""));
  EXPECT_TRUE(MappedFile::open(dir / "empty").value().bytes().empty());
  ASSERT_TRUE(write_file_atomic(dir / "f", "12345"));
  EXPECT_EQ(MappedFile::open(dir / "f", 4).error().code(), ErrorCode::kLimitExceeded);
}

TEST(WriteFileAtomic, KeepsTheOldFileAndNoLeftoverWhenACallFails) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "f", "old"));
  for (const FaultCall call :
       {FaultCall::kOpen, FaultCall::kWrite, FaultCall::kSync, FaultCall::kRename}) {
    const InjectedFault fault(call, 1, ENOSPC);
    const auto written = write_file_atomic(dir / "f", "new");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), ErrorCode::kDiskFull);
    EXPECT_EQ(fault.calls(), 1);
    EXPECT_THAT(names_in(dir.path()), ::testing::ElementsAre("f"));
  }
  EXPECT_EQ(read_file(dir / "f", kAny).value(), "old");
  ASSERT_TRUE(write_file_atomic(dir / "f", "new"));
  EXPECT_EQ(read_file(dir / "f", kAny).value(), "new");
}

TEST(WriteFileAtomic, ReportsAFolderThatWasNotSynced) {
  TempDir dir;
  const InjectedFault fault(FaultCall::kSync, 2, EIO);
  EXPECT_EQ(write_file_atomic(dir / "f", "new").error().code(), ErrorCode::kIo);
}

TEST(AtomicFile, WithoutCommitLeavesNothing) {
  TempDir dir;
  {
    AtomicFile file = AtomicFile::create(dir / "f").value();
    ASSERT_TRUE(file.write("part"));
    const auto names = names_in(dir.path());
    ASSERT_EQ(names.size(), 1u);
    EXPECT_TRUE(names[0].starts_with(kTempPrefix));
  }
  EXPECT_TRUE(names_in(dir.path()).empty());
}

TEST(RemoveStaleTemps, TakesThoseOfDeadProcessesOnly) {
  TempDir dir;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto file = AtomicFile::create(dir / "f");
    ::kill(::getpid(), SIGKILL);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto left = names_in(dir.path());
  ASSERT_EQ(left.size(), 1u);
  ASSERT_TRUE(write_file_atomic(dir / "kept", "x"));
  AtomicFile own = AtomicFile::create(dir / "g").value();
  ASSERT_TRUE(remove_stale_temps(dir.path()));
  const auto names = names_in(dir.path());
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(std::count(names.begin(), names.end(), left[0]), 0);
  ASSERT_TRUE(own.commit());
  EXPECT_TRUE(path_exists(dir / "g"));
  EXPECT_TRUE(remove_stale_temps(dir / "absent"));
}

TEST(AppendFile, GoesOnAfterReopenAndCutsATornTail) {
  TempDir dir;
  {
    AppendFile file = AppendFile::open(dir / "log").value();
    ASSERT_TRUE(file.append("one"));
    ASSERT_TRUE(file.sync());
  }
  AppendFile file = AppendFile::open(dir / "log").value();
  EXPECT_EQ(file.size(), 3u);
  ASSERT_TRUE(file.append("twothree"));
  ASSERT_TRUE(file.truncate_to(6));
  ASSERT_TRUE(file.append("!"));
  EXPECT_EQ(read_file(dir / "log", kAny).value(), "onetwo!");
  const InjectedFault fault(FaultCall::kWrite, 1, ENOSPC);
  EXPECT_EQ(file.append("x").error().code(), ErrorCode::kDiskFull);
  EXPECT_EQ(file.size(), 7u);
}

TEST(ListDir, SortsTellsKindsAndLimits) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "b", ""));
  ASSERT_TRUE(create_dirs(dir / "a"));
  ASSERT_EQ(::symlink("nowhere", (dir / "c").c_str()), 0);
  const auto entries = list_dir(dir.path()).value();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].kind, FileKind::kDirectory);
  EXPECT_EQ(entries[1].kind, FileKind::kRegular);
  EXPECT_EQ(entries[2].kind, FileKind::kSymlink);
  EXPECT_EQ(list_dir(dir.path(), 2).error().code(), ErrorCode::kLimitExceeded);
  EXPECT_EQ(list_dir(dir / "none").error().code(), ErrorCode::kNotFound);
}

TEST(CreateDirs, MakesParentsIsRepeatableAndRefusesAFileInTheWay) {
  TempDir dir;
  ASSERT_TRUE(create_dirs(dir / "x/y/z"));
  ASSERT_TRUE(create_dirs(dir / "x/y/z"));
  EXPECT_EQ(stat_path(dir / "x/y/z").value().kind, FileKind::kDirectory);
  ASSERT_TRUE(write_file_atomic(dir / "file", ""));
  EXPECT_EQ(create_dirs(dir / "file").error().code(), ErrorCode::kExists);
  EXPECT_FALSE(create_dirs(dir / "file/below"));
}

TEST(RemoveTree, RemovesDeepFoldersAndNeverWhatALinkPointsTo) {
  TempDir dir;
  ASSERT_TRUE(create_dirs(dir / "keep"));
  ASSERT_TRUE(write_file_atomic(dir / "keep/file", "precious"));
  std::string deep = dir / "tree";
  for (int i = 0; i < 300; ++i) deep += "/d";
  ASSERT_TRUE(create_dirs(deep));
  ASSERT_EQ(::symlink((dir / "keep").c_str(), (dir / "tree/link").c_str()), 0);
  ASSERT_TRUE(remove_tree(dir / "tree"));
  ASSERT_TRUE(remove_tree(dir / "tree"));
  EXPECT_FALSE(path_exists(dir / "tree"));
  EXPECT_EQ(read_file(dir / "keep/file", kAny).value(), "precious");
}

TEST(FileLock, IsExclusiveNamesTheHolderAndEndsWithIt) {
  TempDir dir;
  {
    const auto held = FileLock::try_acquire(dir / "lock");
    ASSERT_TRUE(held);
    const auto second = FileLock::try_acquire(dir / "lock");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::kBusy);
    EXPECT_TRUE(second.error().retryable());
    EXPECT_THAT(second.error().message(), HasSubstr(std::to_string(::getpid())));
  }
  EXPECT_TRUE(FileLock::try_acquire(dir / "lock"));
}

TEST(FileLock, SharedHoldersKeepAnExclusiveOneAwayAndTheOtherWayRound) {
  TempDir dir;
  {
    const auto one = FileLock::try_acquire_shared(dir / "lock");
    const auto two = FileLock::try_acquire_shared(dir / "lock");
    ASSERT_TRUE(one && two);
    EXPECT_EQ(FileLock::try_acquire(dir / "lock").error().code(), ErrorCode::kBusy);
  }
  const auto alone = FileLock::try_acquire(dir / "lock");
  ASSERT_TRUE(alone);
  EXPECT_EQ(FileLock::try_acquire_shared(dir / "lock").error().code(), ErrorCode::kBusy);
}

TEST(Paths, JoinAndParent) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
  EXPECT_EQ(parent_path("a/b"), "a");
  EXPECT_EQ(parent_path("a/b/"), "a");
  EXPECT_EQ(parent_path("b"), ".");
  EXPECT_EQ(parent_path("/b"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(parent_path("a//b"), "a");
}

TEST(FreeBytes, IsPositiveHereAndNotFoundElsewhere) {
  TempDir dir;
  EXPECT_GT(free_bytes(dir.path()).value(), 0u);
  EXPECT_EQ(free_bytes(dir / "none").error().code(), ErrorCode::kNotFound);
}

// The environment is read at start, so the kill is shown on a new process: this binary again,
// running only the test after it.
TEST(FailPoint, KillsTheProcessAtTheNthVisitAndLeavesTheOldFile) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "f", "old"));
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string target = "CAIRN_TEST_TARGET=" + (dir / "f");
    const char* arguments[] = {"base_tests", "--gtest_filter=FailPointChild.*", nullptr};
    const char* environment[] = {"CAIRN_FAILPOINT=file.before_rename:2", target.c_str(), nullptr};
    ::freopen("/dev/null", "w", stdout);
    ::execve("/proc/self/exe", const_cast<char**>(arguments), const_cast<char**>(environment));
    ::_exit(127);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_EQ(read_file(dir / "f", kAny).value(), "first");
}

TEST(FailPointChild, WithoutAKillBothWritesArrive) {
  TempDir dir;
  const char* given = ::getenv("CAIRN_TEST_TARGET");
  const std::string target = given != nullptr ? given : dir / "f";
  ASSERT_TRUE(write_file_atomic(target, "first"));
  ASSERT_TRUE(write_file_atomic(target, "second"));
  EXPECT_EQ(read_file(target, kAny).value(), "second");
}

}  // namespace
}  // namespace cairn
