// Worker processes: what they build is what this process would build; what a file, a kernel or a
// hostile worker does to one neither loses nor changes anything. CAIRN_KILLS sets the number of
// kills, CAIRN_SEED the run.
#include "indexer/worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/fs.h"
#include "graph/facts.h"
#include "tests/support/generated_source.h"
#include "tests/support/index_child.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::write_file;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Any value; this one tells the workers of this test from others.
    ASSERT_EQ(::setenv("CAIRN_FAIL_CONTENT", temp_.path().c_str(), 1), 0);
  }
  void TearDown() override { ::unsetenv("CAIRN_FAIL_CONTENT"); }

  static WorkerSetup setup() {
    WorkerSetup out;
    out.command = {CAIRN_INDEX_CHILD, "worker"};
    out.sandbox = SandboxLevel::kFilters;
    return out;
  }
  IndexOptions options(unsigned threads = 2) const {
    IndexOptions out;
    out.source = source_.root();
    out.data_dir = data_;
    out.threads = threads;
    return out;
  }
  Result<Index> run(const WorkerSetup& setup, unsigned threads = 2) const {
    return index_in_worker(options(threads), setup);
  }
  /// The graph that this process makes of the source, without a data folder.
  std::string clean_dump() const {
    IndexOptions here = options();
    here.data_dir.clear();
    const Result<Index> index = index_source(here);
    EXPECT_TRUE(index) << index.error().to_string();
    return index ? test::dump(*index->snapshot) : std::string();
  }
  void expect_clean(const Result<Index>& index) const {
    ASSERT_TRUE(index) << index.error().to_string();
    EXPECT_THAT(index->report.skipped, IsEmpty());
    EXPECT_EQ(test::dump(*index->snapshot), clean_dump());
    expect_nothing_left();
  }
  /// No staging folder, no unfinished file.
  void expect_nothing_left() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
      const std::string name = entry.path().filename().string();
      EXPECT_FALSE(name.starts_with("staging-") || name.starts_with(kTempPrefix)) << entry.path();
    }
  }
  std::string put(const std::string& name, const std::string& content) const {
    write_file(join_path(source_.root(), name), content);
    return name;
  }
  /// Skipped with the reason; every other file as if it were not there.
  static void expect_skipped(const Result<Index>& index, const std::string& path,
                             std::string_view reason) {
    ASSERT_TRUE(index) << index.error().to_string();
    EXPECT_THAT(index->report.skipped,
                Contains(AllOf(Field(&SkippedFile::path, path),
                               Field(&SkippedFile::reason, std::string(reason)))));
  }
  std::vector<Poison> stored_poison() const {
    const auto state = store::open_state(data_ + "/cairn.db", std::make_shared<SystemClock>());
    EXPECT_TRUE(state) << state.error().to_string();
    return known_poison((*state)->poison()).value();
  }

  const testing::TempDir temp_;
  const std::string data_ = temp_ / "data";
  test::GeneratedSource source_{temp_ / "source", 24, 5};
};

TEST_F(WorkerTest, BuildsWhatThisProcessBuilds) {
  const Result<Index> first = run(setup());
  expect_clean(first);
  IndexOptions here = options();
  here.data_dir.clear();
  // Not only what it says: every byte of the layer.
  EXPECT_EQ(first->snapshot->content_hash(), index_source(here)->snapshot->content_hash());
  for (int i = 0; i < 3; ++i) {
    source_.change();
    expect_clean(run(setup(), i == 1 ? 1 : 2));
  }
  const Result<Index> again = run(setup());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->report.unchanged);
  EXPECT_EQ(again->report.files_parsed, 0u);
}

TEST_F(WorkerTest, ReadsWorkTreesAndCommitsOfGit) {
  const testing::TestRepo repo;
  repo.write("a.py", "def f():\n  pass\n");
  repo.write("b\xff.py", "import a\na.f()\n");
  const std::string first = repo.commit();
  repo.write("a.py", "def f():\n  return g()\ndef g():\n  pass\n");
  for (const char* revision : {"", "HEAD"}) {
    IndexOptions there = options();
    there.source = repo.path();
    if (*revision != '\0') there.revision = revision;
    const Result<Index> worker = index_in_worker(there, setup());
    ASSERT_TRUE(worker) << worker.error().to_string();
    there.data_dir.clear();
    const Result<Index> here = index_source(there);
    ASSERT_TRUE(here);
    EXPECT_EQ(test::dump(*worker->snapshot), test::dump(*here->snapshot));
    EXPECT_EQ(worker->report.commit, first);
    EXPECT_EQ(worker->snapshot->file_count(), 2u);
  }
}

TEST_F(WorkerTest, BlamesTheFileThatCrashesAndKeepsTheOthers) {
  const std::string clean = clean_dump();
  const std::string bad = put("bad.py", "# cairn-test-crash\n");
  const Result<Index> index = run(setup(), 1);
  expect_skipped(index, bad, "parser_crash");
  EXPECT_EQ(index->report.skipped.size(), 1u);
  const std::vector<Poison> poison = stored_poison();
  ASSERT_EQ(poison.size(), 1u);
  EXPECT_EQ(poison[0].language, graph::Language::kPython);
  EXPECT_EQ(poison[0].content, content_id_of("# cairn-test-crash\n"));
  // Known from now on: one attempt is enough, and this process keeps away from it too.
  WorkerSetup once = setup();
  int attempts = 0;
  once.started = [&](int) { ++attempts; };
  source_.change();
  expect_skipped(run(once), bad, "parser_crash");
  EXPECT_EQ(attempts, 1);
  expect_skipped(index_source(options()), bad, "parser_crash");
  // Mended, it is a file like any other.
  put("bad.py", "x = 1\n");
  expect_clean(run(setup()));
}

TEST_F(WorkerTest, FindsTheGuiltyAmongFilesWorkedOnTogether) {
  const std::string one = put("bad1.py", "# cairn-test-crash 1\n");
  const std::string two = put("bad2.py", "# cairn-test-crash 2\n");
  const Result<Index> index = run(setup(), 2);
  expect_skipped(index, one, "parser_crash");
  expect_skipped(index, two, "parser_crash");
  EXPECT_EQ(index->report.skipped.size(), 2u) << "an innocent file was blamed";
  EXPECT_EQ(stored_poison().size(), 2u);
}

TEST_F(WorkerTest, EndsAndBlamesAFileThatHangs) {
  const std::string bad = put("bad.js", "// cairn-test-hang\n");
  WorkerSetup quick = setup();
  quick.file_budget = 1500ms;
  const Result<Index> index = run(quick);
  expect_skipped(index, bad, "parser_hang");
  EXPECT_EQ(index->report.skipped.size(), 1u);
}

TEST_F(WorkerTest, EndsAndBlamesAFileThatEatsMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "shadow memory counts as memory";
#endif
  const std::string bad = put("bad.c", "/* cairn-test-eat-memory */\n");
  WorkerSetup small = setup();
  small.memory_bytes = std::uint64_t{256} << 20;
  const Result<Index> index = run(small, 1);
  expect_skipped(index, bad, "parser_memory");
  EXPECT_EQ(index->report.skipped.size(), 1u);
}

TEST_F(WorkerTest, GivesUpWhenNoFileIsToBlame) {
  WorkerSetup none = setup();
  none.command = {"/bin/false"};
  none.max_failures = 2;
  const Result<Index> index = run(none);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kInternal);
  EXPECT_THAT(stored_poison(), IsEmpty());
  expect_nothing_left();
}

TEST_F(WorkerTest, AStoppedWorkerIsReplacedAndNobodyIsBlamed) {
  WorkerSetup stopped = setup();
  stopped.silence = 2s;
  int attempts = 0;
  stopped.started = [&](int pid) {
    if (++attempts == 1) ::kill(pid, SIGSTOP);
  };
  // Something that is still going on when the first look at the process is taken.
  put("bad.js", "// cairn-test-hang\n");
  stopped.file_budget = 1500ms;
  const Result<Index> index = run(stopped);
  expect_skipped(index, "bad.js", "parser_hang");
  EXPECT_GE(attempts, 3);  // stopped, hung, good
  EXPECT_EQ(stored_poison().size(), 1u);
}

TEST_F(WorkerTest, CancellationEndsTheChildSoon) {
  put("bad.js", "// cairn-test-hang\n");
  StopSource stop;
  IndexOptions cancelled = options();
  cancelled.stop = stop.token();
  WorkerSetup watched = setup();
  int child = 0;
  watched.started = [&](int pid) {
    child = pid;
    stop.stop();
  };
  const Result<Index> index = index_in_worker(cancelled, watched);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kCancelled);
  ASSERT_NE(child, 0);
  EXPECT_NE(::kill(child, 0), 0) << "the child lives on";
  expect_nothing_left();
}

/// Kills the worker after a while, on a thread of its own.
class Killer {
 public:
  void start(int pid, std::chrono::microseconds after) {
    join();
    thread_ = std::thread([pid, after] {
      std::this_thread::sleep_for(after);
      // The parent reaps it, and it alone; until then the number is the child's.
      ::kill(pid, SIGKILL);
    });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  ~Killer() { join(); }

 private:
  std::thread thread_;
};

TEST_F(WorkerTest, KilledAtAnyMomentItLosesNothing) {
  const std::uint64_t seed = from_environment("CAIRN_SEED", 3);
  const std::uint64_t trials = from_environment("CAIRN_KILLS", 12);
  std::mt19937_64 random(seed);
  std::uint64_t attempts = 0;
  for (std::uint64_t i = 0; i < trials; ++i) {
    SCOPED_TRACE("trial " + std::to_string(i) + " of seed " + std::to_string(seed));
    if (random() % 3 != 0) source_.change();
    // One slow file, so that there is something to kill.
    put("slow.js", "// cairn-test-hang " + std::to_string(i) + "\n");
    Killer killer;
    int kills = 2;
    WorkerSetup killed = setup();
    killed.file_budget = 1s;
    killed.started = [&](int pid) {
      ++attempts;
      if (kills-- > 0) killer.start(pid, std::chrono::microseconds(random() % 300'000));
    };
    const Result<Index> index = run(killed);
    killer.join();
    expect_skipped(index, "slow.js", "parser_hang");
    EXPECT_EQ(index->report.skipped.size(), 1u);
    std::filesystem::remove(join_path(source_.root(), "slow.js"));
    expect_clean(run(setup()));
    if (HasFailure()) break;
  }
  EXPECT_GT(attempts, trials * 2);
}

/// Processes whose environment names the folder, as that of workers does here; this one's was made
/// before.
std::size_t processes_naming(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream in(entry.path() / "environ");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    count += text.find(folder) != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST_F(WorkerTest, WhenTheServerIsKilledItsWorkersGoAndNothingIsLost) {
  const std::uint64_t seed = from_environment("CAIRN_SEED", 4);
  const std::uint64_t trials = from_environment("CAIRN_KILLS", 12);
  std::mt19937_64 random(seed);
  auto whole = 400'000us;
  for (std::uint64_t i = 0; i < trials; ++i) {
    SCOPED_TRACE("trial " + std::to_string(i) + " of seed " + std::to_string(seed));
    if (random() % 3 != 0) source_.change();
    const std::string level = i % 3 == 0 ? "2" : "1";
    const test::ChildRun ran = test::run_child(
        CAIRN_INDEX_CHILD, {source_.root(), data_, "--worker", level}, {},
        std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole.count())));
    EXPECT_TRUE(ran.error.empty()) << ran.error;
    if (!ran.killed) whole = ran.wall;
    for (int tries = 0; tries < 500 && processes_naming(temp_.path()) != 0; ++tries)
      std::this_thread::sleep_for(10ms);
    EXPECT_EQ(processes_naming(temp_.path()), 0u) << "a worker outlived its server";
    expect_clean(run(setup()));
    if (HasFailure()) break;
  }
}

TEST_F(WorkerTest, NothingOutsideItsFoldersCanBeOpened) {
  if (probe_sandbox().level < SandboxLevel::kFilters) GTEST_SKIP() << probe_sandbox().missing;
  const std::string secret = temp_ / "secret";
  write_file(secret, "secret");
  put("open.py", "# cairn-test-open " + secret + "\n");
  put("passwd.py", "# cairn-test-open /etc/passwd\n");
  put("socket.py", "# cairn-test-socket\n");
  for (const SandboxLevel level : {SandboxLevel::kFilters, SandboxLevel::kNamespaces}) {
    if (probe_sandbox().level < level) break;
    WorkerSetup locked = setup();
    locked.sandbox = level;
    std::filesystem::remove_all(data_);
    expect_clean(run(locked));
  }
  // At the lowest level all three can, which shows that the test would notice.
  WorkerSetup open = setup();
  open.sandbox = SandboxLevel::kLimits;
  std::filesystem::remove_all(data_);
  const Result<Index> index = run(open, 1);
  for (const char* path : {"open.py", "passwd.py", "socket.py"})
    expect_skipped(index, path, "parser_crash");
}

TEST_F(WorkerTest, InNamespacesACrashIsBlamedAllTheSame) {
  if (probe_sandbox().level < SandboxLevel::kNamespaces) GTEST_SKIP() << probe_sandbox().missing;
  WorkerSetup deep = setup();
  deep.sandbox = SandboxLevel::kNamespaces;
  int attempts = 0;
  deep.started = [&](int) { ++attempts; };
  const std::string bad = put("bad.py", "# cairn-test-crash\n");
  expect_skipped(run(deep, 1), bad, "parser_crash");
}

/// A worker that answers as the test says: a shell script.
class HostileWorkerTest : public WorkerTest {
 protected:
  /// The script finds its request in $request and the staging folder in $staging.
  Result<Index> run_script(const std::string& body) const {
    const std::string path = temp_ / "hostile.sh";
    write_file(path,
               "#!/bin/sh\nrequest=$(tr -d '\\000')\n"
               "staging=$(printf %s \"$request\" | "
               "sed -n 's/.*\"folder\":\"\\([^\"]*\\)\".*/\\1/p')\n"
               "layer=$(printf %s \"$request\" | "
               "sed -n 's/.*\"layer\":\"\\([^\"]*\\)\".*/\\1/p')\n" +
                   body);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    WorkerSetup hostile = setup();
    hostile.command = {path};
    hostile.sandbox = SandboxLevel::kLimits;
    return run(hostile);
  }
  static std::string answer(const std::string& kind) {
    return "echo '{\"kind\":\"" + kind +
           "\",\"files_parsed\":1,\"files_linked\":1,\"other_files\":0,\"skipped\":[],"
           "\"warnings\":[]}'\n";
  }
  void expect_refused(const std::string& body) const {
    SCOPED_TRACE(body);
    const Result<Index> index = run_script(body);
    ASSERT_FALSE(index);
    EXPECT_EQ(index.error().code(), ErrorCode::kCorrupt) << index.error().to_string();
    expect_nothing_left();
  }
};

TEST_F(HostileWorkerTest, WhatItWritesIsNotBelieved) {
  ASSERT_TRUE(run(setup()));
  const std::string dump = clean_dump();
  expect_refused("echo '{\"kind\":\"base\"'\n");
  expect_refused("printf '{}'\n");
  expect_refused("exit 0\n");
  expect_refused(answer("../../../etc/passwd"));
  expect_refused(answer("base"));  // but no layer
  expect_refused("head -c 40000000 /dev/zero\n");
  expect_refused("echo nonsense > \"$staging/$layer\"\n" + answer("base"));
  expect_refused("ln -s /etc/passwd \"$staging/$layer\"\n" + answer("base"));
  expect_refused("mkdir \"$staging/$layer\"\n" + answer("overlay"));
  expect_refused("mkfifo \"$staging/$layer\"\n" + answer("base"));
  // The layer of another source is whole, and not what was asked for.
  testing::TempDir other;
  test::GeneratedSource foreign(other / "source", 4, 1);
  IndexOptions there = options();
  there.source = foreign.root();
  there.data_dir = other / "data";
  const Result<Index> index = index_source(there);
  ASSERT_TRUE(index);
  std::string layer;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(other / "data"))
    if (entry.path().extension() == ".cairn") layer = entry.path();
  expect_refused("cp " + layer + " \"$staging/$layer\"\n" + answer("base"));
  expect_refused("cp " + layer + " \"$staging/$layer\"\n" + answer("overlay"));
  // What was current still is.
  const Result<Index> now = run(setup());
  ASSERT_TRUE(now);
  EXPECT_TRUE(now->report.unchanged);
  EXPECT_EQ(test::dump(*now->snapshot), dump);
}

TEST_F(HostileWorkerTest, ItsErrorIsAnError) {
  const Result<Index> index = run_script(
      "echo '{\"error\":{\"code\":\"E_DISK_FULL\",\"message\":\"no\\u000aroom\",\"retryable\":"
      "false}}'\n");
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kDiskFull);
  EXPECT_EQ(index.error().message().find('\n'), std::string::npos);
}

TEST(SandboxTest, SaysWhatIsMissing) {
  const SandboxReport& report = probe_sandbox();
  EXPECT_EQ(report.level == SandboxLevel::kNamespaces, report.missing.empty());
}

}  // namespace
}  // namespace cairn::indexer
