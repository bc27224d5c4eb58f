// The data folder is full, read-only, damaged or of another version: the run fails with the right
// code and changes nothing, or goes on with a warning and gives the graph of a clean run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/fail_point.h"
#include "base/fs.h"
#include "indexer/index.h"
#include "store/store.h"
#include "tests/support/generated_source.h"
#include "tests/support/index_child.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kAny = 1u << 30;

class DamageTest : public ::testing::Test {
 protected:
  Result<Index> run(bool clean = false) const { return run_in(data_, clean); }

  Result<Index> run_in(const std::string& data, bool clean = false) const {
    IndexOptions options;
    options.source = source_.root();
    options.data_dir = data;
    options.threads = 2;
    options.clean = clean;
    return index_source(options);
  }

  std::string clean_dump() const {
    const Result<Index> index = run_in({});
    EXPECT_TRUE(index) << index.error().to_string();
    return index ? test::dump(*index->snapshot) : std::string();
  }

  /// The graph a run without faults gives; it must be that of a clean run.
  Index expect_good(bool clean = false) const {
    Result<Index> index = run(clean);
    EXPECT_TRUE(index) << index.error().to_string();
    if (!index) return {};
    EXPECT_TRUE(test::dump(*index->snapshot) == clean_dump());
    return std::move(*index);
  }

  store::SnapshotRow current() const {
    const auto store = store::open_sqlite(join_path(data_, "cairn.db")).value();
    return store->current_snapshot(store->list_repos().value().at(0).id).value().value();
  }
  /// What readers see now, whatever a failed run did.
  std::string current_dump() const {
    const store::SnapshotRow row = current();
    const auto snapshot = graph::Snapshot::open(
        join_path(data_, row.base_file),
        row.overlay_file.empty() ? std::string() : join_path(data_, row.overlay_file));
    EXPECT_TRUE(snapshot) << snapshot.error().to_string();
    return snapshot ? test::dump(**snapshot) : std::string();
  }

  std::vector<std::string> files_ending(std::string_view ending) const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(data_))
      if (entry.is_regular_file() && entry.path().string().ends_with(ending))
        out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  const testing::TempDir temp_;
  const std::string data_ = temp_ / "data";
  test::GeneratedSource source_{temp_ / "source", 16, 5};
};

void overwrite(const std::string& path, const std::string& bytes) {
  // A new file: the old one may be mapped by this process.
  const std::string other = path + ".new";
  std::ofstream(other, std::ios::binary | std::ios::trunc) << bytes;
  fs::rename(other, path);
}

struct Fault {
  const char* name;
  FaultCall call;
  int errno_value;
  ErrorCode code;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FaultTest : public DamageTest, public ::testing::WithParamInterface<Fault> {};

// Every single call of the kind fails once, in turn, until a run needs fewer calls than that.
TEST_P(FaultTest, EachFailingCallIsReportedAndNothingIsLost) {
  const Fault& fault = GetParam();
  expect_good();
  int failures = 0;
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, 2000);
    source_.change();
    const std::string before = current_dump();
    Result<Index> index = Error(ErrorCode::kInternal, "did not run");
    int calls = 0;
    {
      // From this call on everything fails, as on a disk that stays full.
      const InjectedFault injected(fault.call, nth, fault.errno_value, 100'000);
      index = run(nth % 2 == 0);
      calls = injected.calls();
    }
    if (!index) {
      ++failures;
      EXPECT_EQ(index.error().code(), fault.code) << index.error().to_string();
      EXPECT_FALSE(index.error().message().empty());
      const std::string now = current_dump();
      EXPECT_TRUE(now == before || now == clean_dump()) << "call " << nth;
    } else {
      EXPECT_TRUE(test::dump(*index->snapshot) == clean_dump()) << "call " << nth;
    }
    expect_good();
    if (HasFailure() || calls < nth) break;
  }
  EXPECT_GT(failures, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, FaultTest,
    ::testing::Values(Fault{"FullDisk", FaultCall::kWrite, ENOSPC, ErrorCode::kDiskFull},
                      Fault{"FailingDisk", FaultCall::kSync, EIO, ErrorCode::kIo},
                      Fault{"FailingRename", FaultCall::kRename, EACCES, ErrorCode::kReadOnly}),
    [](const auto& fault) { return std::string(fault.param.name); });

// The size limit of the child stands in for a full disk, for SQLite's files too.
TEST_F(DamageTest, AFullDiskIsReportedWhereverItHits) {
  expect_good();
  source_.change();
  const std::string before = current_dump();
  int refused = 0;
  for (const char* limit : {"0", "100", "4096", "20000", "40000"}) {
    const test::ChildRun child = test::run_child(
        CAIRN_INDEX_CHILD, {source_.root(), data_, "--clean", "--file-limit", limit});
    if (child.exit_code == 0) continue;
    ++refused;
    EXPECT_EQ(child.exit_code, 3) << limit;
    EXPECT_THAT(child.error, HasSubstr("E_DISK_FULL")) << limit;
    EXPECT_TRUE(current_dump() == before) << limit;
  }
  EXPECT_GE(refused, 2);
  expect_good();
}

// Root may write anywhere, so the child becomes an ordinary user first where it is root.
TEST_F(DamageTest, AReadOnlyDataFolderSaysSoAndStaysAsItIs) {
  expect_good();
  source_.change();
  const std::string before = current_dump();
  ASSERT_EQ(::chmod(temp_.path().c_str(), 0755), 0);
  for (const auto& entry : fs::recursive_directory_iterator(data_))
    ASSERT_EQ(::chmod(entry.path().c_str(), entry.is_directory() ? 0555 : 0444), 0);
  ASSERT_EQ(::chmod(data_.c_str(), 0555), 0);
  const test::ChildRun child =
      test::run_child(CAIRN_INDEX_CHILD, {source_.root(), data_, "--ordinary-user"});
  for (const auto& entry : fs::recursive_directory_iterator(data_))
    ASSERT_EQ(::chmod(entry.path().c_str(), entry.is_directory() ? 0755 : 0644), 0);
  ASSERT_EQ(::chmod(data_.c_str(), 0755), 0);
  EXPECT_EQ(child.exit_code, 3) << child.ready;
  EXPECT_THAT(child.error, HasSubstr("E_READ_ONLY"));
  EXPECT_TRUE(current_dump() == before);
  expect_good();
}

TEST_F(DamageTest, AFileInPlaceOfTheDataFolderIsAnError) {
  testing::write_file(data_, "x");
  const Result<Index> index = run();
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kExists) << index.error().to_string();
}

TEST_F(DamageTest, ADatabaseOfANewerVersionIsLeftAlone) {
  expect_good();
  const std::string path = join_path(data_, "cairn.db");
  std::string bytes = read_file(path, kAny).value();
  // user_version stands big-endian at byte 60 of an SQLite file.
  bytes[62] = 0x7f;
  overwrite(path, bytes);
  const Result<Index> index = run();
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kVersion);
  EXPECT_THAT(index.error().message(), HasSubstr("newer"));
  EXPECT_EQ(read_file(path, kAny).value(), bytes);
}

TEST_F(DamageTest, ADamagedDatabaseIsAnErrorThatSaysWhatToDo) {
  expect_good();
  const std::string path = join_path(data_, "cairn.db");
  const std::string bytes = read_file(path, kAny).value();
  overwrite(path, bytes.substr(0, bytes.size() / 2));
  Result<Index> index = run();
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kCorrupt) << index.error().to_string();
  EXPECT_THAT(index.error().message(), HasSubstr("restore"));
  overwrite(path, bytes);
  expect_good();
}

/// Cuts, flips or empties; each call another way.
std::string damaged(const std::string& good, int trial, std::mt19937& random) {
  if (trial == 0 || good.empty()) return {};
  if (trial == 1) return good.substr(0, good.size() - 1);
  if (trial % 5 == 2) return good.substr(0, random() % good.size());
  std::string bytes = good;
  const std::size_t at = random() % bytes.size();
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
  return bytes;
}

// A layer that opens although a site block is damaged fails where the block is read; everything
// else is found when it is opened, and the sources give the graph again.
TEST_F(DamageTest, DamagedSnapshotsAreReplacedWithAWarning) {
  std::mt19937 random(3);
  int warned = 0;
  int lazy = 0;
  for (int trial = 0; trial < 24; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    expect_good(true);
    if (trial % 2 == 1) {
      source_.change();
      expect_good();
    }
    const store::SnapshotRow row = current();
    const bool overlay = !row.overlay_file.empty() && trial % 4 == 1;
    const std::string path = join_path(data_, overlay ? row.overlay_file : row.base_file);
    overwrite(path, damaged(read_file(path, kAny).value(), trial, random));
    if (trial % 3 == 0) source_.change();
    const Result<Index> index = run();
    if (!index) {
      // Met while linking the change; says so and leaves the way out.
      EXPECT_EQ(index.error().code(), ErrorCode::kCorrupt) << index.error().to_string();
      ++lazy;
    } else if (const std::string now = test::dump(*index->snapshot); now != clean_dump()) {
      EXPECT_THAT(now, HasSubstr("E_CORRUPT"));
      ++lazy;
    } else if (!index->report.warnings.empty()) {
      EXPECT_THAT(index->report.warnings[0], HasSubstr("is not used"));
      ++warned;
    }
    expect_good(true);
    if (HasFailure()) break;
  }
  EXPECT_GT(warned, 8);
  EXPECT_LT(lazy, 12);
}

TEST_F(DamageTest, TheSnapshotBeforeIsUsedWhenTheCurrentOneIsGone) {
  expect_good();
  source_.change();
  expect_good();
  const store::SnapshotRow row = current();
  ASSERT_FALSE(row.overlay_file.empty());
  ASSERT_TRUE(remove_file(join_path(data_, row.overlay_file)));
  const Index index = expect_good();
  ASSERT_EQ(index.report.warnings.size(), 1u);
  EXPECT_THAT(index.report.warnings[0], HasSubstr(row.id));
  // Updated from the one before, not built anew.
  EXPECT_TRUE(index.report.incremental);
}

TEST_F(DamageTest, DamagedFactsAreMadeAgain) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 12; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    expect_good(true);
    for (const std::string& path : files_ending("")) {
      if (path.find("/facts/") == std::string::npos) continue;
      if (random() % 2 == 0 || trial < 2)
        overwrite(path, damaged(read_file(path, kAny).value(), trial, random));
    }
    if (trial % 2 == 1) source_.change();
    expect_good(trial % 3 == 0);
    if (HasFailure()) break;
  }
}

TEST_F(DamageTest, AMissingFactsFolderAndStatCacheAreMadeAgain) {
  expect_good();
  fs::remove_all(join_path(data_, "facts"));
  source_.change();
  expect_good();
  for (const std::string& path : files_ending("/stat")) overwrite(path, "rubbish");
  source_.change();
  expect_good();
}

}  // namespace
}  // namespace cairn::indexer
