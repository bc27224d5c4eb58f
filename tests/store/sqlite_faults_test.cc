// What the store does when the file, the disk or the process fails.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "base/fs.h"
#include "store/migrations.h"
#include "store/store.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

using cairn::testing::TempDir;
using ::testing::HasSubstr;

constexpr std::uint64_t kAny = 64u << 20;

RepoSpec repo_at(const std::string& location) {
  RepoSpec spec;
  spec.location = location;
  spec.source = location;
  return spec;
}

SnapshotRow numbered(int n, std::size_t padding = 0) {
  SnapshotRow row;
  row.id = std::to_string(n);
  row.base_file = "base-" + row.id;
  row.commit = std::string(padding, 'c');
  row.files = static_cast<std::uint64_t>(n);
  return row;
}

void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

/// Fills a database and closes it, so that all its pages are in the main file.
std::string filled_database(const TempDir& dir) {
  const std::string path = dir / "state.db";
  const auto store = open_sqlite(path).value();
  const std::string repo = store->upsert_repo(repo_at("/r")).value().id;
  for (int i = 1; i <= 50; ++i) EXPECT_TRUE(store->publish_snapshot(repo, numbered(i, 500)));
  return path;
}

/// Runs `body` in a forked child; its result is the exit status.
template <class Body>
int in_child(Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(SqliteVersions, AnEmptyFileIsMigratedToTheNewestVersion) {
  TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir / "state.db", ""));
  ASSERT_TRUE(open_sqlite(dir / "state.db"));
  const std::string bytes = read_file(dir / "state.db", kAny).value();
  EXPECT_TRUE(bytes.starts_with("SQLite format 3"));
  // Big-endian header fields: user_version at 60, application_id at 68.
  EXPECT_EQ(bytes[63], static_cast<char>(schema_version()));
  EXPECT_EQ(bytes.substr(68, 4), "carn");
}

TEST(SqliteVersions, ANewerVersionIsRefusedAndLeftAsItWas) {
  TempDir dir;
  const std::string path = filled_database(dir);
  run_sql(path, "PRAGMA user_version = " + std::to_string(schema_version() + 1));
  const std::string before = read_file(path, kAny).value();
  const auto opened = open_sqlite(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kVersion);
  EXPECT_THAT(opened.error().message(), HasSubstr("use the newer cairn"));
  EXPECT_EQ(read_file(path, kAny).value(), before);
}

TEST(SqliteVersions, AnotherProgramsDatabaseIsRefusedAndLeftAsItWas) {
  TempDir dir;
  run_sql(dir / "state.db", "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
  const std::string before = read_file(dir / "state.db", kAny).value();
  const auto opened = open_sqlite(dir / "state.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(read_file(dir / "state.db", kAny).value(), before);
}

TEST(SqliteDamage, RandomBytesAreCorruptNotACrash) {
  TempDir dir;
  std::mt19937 random(7);
  for (const std::size_t size : {1u, 100u, 4096u, 50'000u}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    ASSERT_TRUE(write_file_atomic(dir / "state.db", bytes));
    const auto opened = open_sqlite(dir / "state.db");
    ASSERT_FALSE(opened) << size;
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt) << opened.error().to_string();
    EXPECT_THAT(opened.error().message(), HasSubstr("restore a backup"));
  }
}

// Whatever a damaged file gives, it is an answer or an Error; the process goes on. A damaged page
// structure must be found when the database is opened.
TEST(SqliteDamage, DamagedPagesGiveErrorsNotCrashes) {
  TempDir dir;
  const std::string good = read_file(filled_database(dir), kAny).value();
  ASSERT_GT(good.size(), 20'000u);
  std::mt19937 random(11);
  int noticed = 0;
  for (int trial = 0; trial < 60; ++trial) {
    std::string bytes = good;
    std::size_t at = 0;
    // Most of the file is the unused room of small tables, where damage means nothing.
    do at = 100 + random() % (bytes.size() - 700);
    while (good.substr(at, 600).find_first_not_of('\0') == std::string::npos);
    for (std::size_t i = 0; i < 600; ++i) bytes[at + i] = static_cast<char>(random());
    const std::string path = dir / ("damaged-" + std::to_string(trial));
    ASSERT_TRUE(write_file_atomic(path, bytes));
    const auto store = open_sqlite(path);
    if (!store) {
      EXPECT_NE(store.error().code(), ErrorCode::kInternal) << store.error().to_string();
      ++noticed;
      continue;
    }
    if (const auto repos = (*store)->list_repos())
      for (const Repo& repo : *repos) static_cast<void>((*store)->list_snapshots(repo.id));
    noticed += (*store)->integrity_check() ? 0 : 1;
  }
  // The rest changed a text into another.
  EXPECT_GT(noticed, 50);
}

TEST(SqliteDamage, ATruncatedFileIsCorrupt) {
  TempDir dir;
  const std::string path = filled_database(dir);
  const std::string good = read_file(path, kAny).value();
  ASSERT_TRUE(write_file_atomic(path, good.substr(0, good.size() / 2)));
  const auto opened = open_sqlite(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt) << opened.error().to_string();
}

TEST(SqliteDamage, AMissingRowIsFoundByTheIntegrityCheck) {
  TempDir dir;
  const std::string path = filled_database(dir);
  run_sql(path, "PRAGMA foreign_keys = OFF; DELETE FROM snapshot WHERE id = '50'");
  const auto checked = open_sqlite(path).value()->integrity_check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), ErrorCode::kCorrupt);
}

TEST(SqliteAccess, AMissingFolderAndAFolderAsFileAreNamed) {
  TempDir dir;
  const auto missing = open_sqlite(dir / "none/state.db");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound) << missing.error().to_string();
  EXPECT_FALSE(open_sqlite(dir.path()));
  EXPECT_EQ(open_sqlite("").error().code(), ErrorCode::kInvalidArgument);
}

// Root may write anywhere, so the child becomes an ordinary user first where it is root.
TEST(SqliteAccess, AReadOnlyFolderSaysSo) {
  TempDir dir;
  ASSERT_TRUE(create_dirs(dir / "fresh"));
  const std::string used = dir / "used.db";
  ASSERT_TRUE(open_sqlite(used));
  ASSERT_EQ(::chmod((dir / "fresh").c_str(), 0555), 0);
  ASSERT_EQ(::chmod(used.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0555), 0);
  const auto is_refused = [&](const std::string& path) {
    return in_child([&] {
      if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 90;
      const auto opened = open_sqlite(path);
      if (opened) return 91;
      const bool advises = opened.error().message().find("--data") != std::string::npos;
      return opened.error().code() == ErrorCode::kReadOnly && advises ? 0 : 92;
    });
  };
  EXPECT_EQ(is_refused(dir / "fresh/state.db"), 0);
  EXPECT_EQ(is_refused(used), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
}

// The size limit of the child stands in for a full disk: writes beyond it fail with EFBIG.
TEST(SqliteDiskFull, IsReportedAndNothingAcknowledgedIsLost) {
  TempDir dir;
  const std::string path = dir / "state.db";
  const std::string repo = open_sqlite(path).value()->upsert_repo(repo_at("/r")).value().id;
  const std::string acknowledged = dir / "acknowledged";
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto store = open_sqlite(path);
    if (!store) return 90;
    const rlimit limit{400'000, 400'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 91;
    for (int i = 1; i < 10'000; ++i) {
      const auto published = (*store)->publish_snapshot(repo, numbered(i, 5'000));
      if (published) continue;
      if (published.error().code() != ErrorCode::kDiskFull) return 92;
      const auto current = (*store)->current_snapshot(repo);
      if (!current || !*current || (*current)->id != std::to_string(i - 1)) return 93;
      return write_file_atomic(acknowledged, std::to_string(i - 1)) ? 0 : 94;
    }
    return 95;
  });
  ASSERT_EQ(status, 0);
  const auto store = open_sqlite(path).value();
  EXPECT_TRUE(store->integrity_check());
  const auto rows = store->list_snapshots(repo).value();
  EXPECT_EQ(std::to_string(rows.size()), read_file(acknowledged, 100).value());
  EXPECT_TRUE(store->publish_snapshot(repo, numbered(20'000)));
}

// The child publishes 1, 2, 3, ... and tells each success through a pipe; it is killed at a random
// moment. What it told must be there; at most the one in flight may be there as well.
TEST(SqliteKill, NothingAcknowledgedIsLost) {
  TempDir dir;
  const std::string path = dir / "state.db";
  const std::string repo = open_sqlite(path).value()->upsert_repo(repo_at("/r")).value().id;
  std::mt19937 random(3);
  int last = 0;
  int progressed = 0;
  for (int trial = 0; trial < 40; ++trial) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto store = open_sqlite(path);
      if (!store) ::_exit(90);
      for (int i = last + 1;; ++i) {
        if (!(*store)->publish_snapshot(repo, numbered(i, 200))) ::_exit(91);
        if (::write(ends[1], &i, sizeof i) != sizeof i) ::_exit(92);
      }
    }
    ::close(ends[1]);
    ::usleep(static_cast<useconds_t>(5'000 + random() % 40'000));
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);
    int told = last;
    for (int i = 0; ::read(ends[0], &i, sizeof i) == sizeof i;) told = i;
    ::close(ends[0]);

    const auto store = open_sqlite(path).value();
    ASSERT_TRUE(store->integrity_check());
    const auto rows = store->list_snapshots(repo).value();
    const int found = rows.empty() ? 0 : std::stoi(rows[0].id);
    EXPECT_EQ(rows.size(), static_cast<std::size_t>(found));
    EXPECT_GE(found, told);
    EXPECT_LE(found, told + 1);
    const auto current = store->current_snapshot(repo).value();
    EXPECT_EQ(current ? current->id : "0", std::to_string(found));
    progressed += found > last;
    last = found;
  }
  EXPECT_GT(progressed, 10);
}

TEST(SqliteProcesses, AnotherProcessSeesAndExtendsWhatThisOneWrote) {
  TempDir dir;
  const std::string path = dir / "state.db";
  std::string repo;
  {
    const auto store = open_sqlite(path).value();
    repo = store->upsert_repo(repo_at("/r")).value().id;
    ASSERT_TRUE(store->publish_snapshot(repo, numbered(1)));
  }
  constexpr int kEach = 25;
  const auto publish_range = [&](int from) {
    const auto store = open_sqlite(path);
    if (!store) return 90;
    if (!(*store)->current_snapshot(repo).value()) return 91;
    for (int i = from; i < from + kEach; ++i)
      if (!(*store)->publish_snapshot(repo, numbered(i))) return 92;
    return 0;
  };
  const pid_t other = ::fork();
  if (other == 0) ::_exit(publish_range(1000));
  EXPECT_EQ(publish_range(2000), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(open_sqlite(path).value()->list_snapshots(repo).value().size(), 1u + 2 * kEach);
}

}  // namespace
}  // namespace cairn::store
