#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "base/check.h"
#include "base/fs.h"
#include "base/metrics.h"
#include "tests/support/temp_dir.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

ProcessSpec command(std::vector<std::string> arguments) {
  ProcessSpec spec;
  spec.arguments = std::move(arguments);
  spec.environment = inherited_environment({"PATH"});
  return spec;
}

TEST(RunProcess, CapturesOutputErrorsAndStatus) {
  const auto result = run_process(command({"sh", "-c", "echo out; echo err >&2; exit 3"})).value();
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_FALSE(result.ok());
  EXPECT_GT(result.wall_ns, 0);
  EXPECT_GT(result.peak_rss_bytes, 0u);
}

TEST(RunProcess, PassesArgumentsAsTheyAre) {
  const auto result = run_process(command({"printf", "%s|", "a b", "$(id)", "", "\n*"})).value();
  EXPECT_EQ(result.out, "a b|$(id)||\n*|");
}

TEST(RunProcess, GivesOnlyTheEnvironmentAndFolderAsked) {
  testing::TempDir dir;
  ProcessSpec spec = command({"/usr/bin/env"});
  spec.environment = {"ONLY=this"};
  EXPECT_EQ(run_process(spec).value().out, "ONLY=this\n");
  spec = command({"pwd", "-P"});
  spec.folder = dir.path();
  EXPECT_THAT(run_process(spec).value().out, HasSubstr("cairn-test-"));
}

TEST(RunProcess, PassesTheDescriptorsListedAsThreeAndOn) {
  testing::TempDir dir;
  const auto open_file = [&](const char* name) {
    CAIRN_CHECK(write_file_atomic(dir / name, name).has_value());
    return Fd(::open((dir / name).c_str(), O_RDONLY | O_CLOEXEC));
  };
  const Fd first = open_file("first");
  const Fd second = open_file("second");
  ProcessSpec spec = command({"sh", "-c", "cat <&3; cat <&4; test ! -e /proc/self/fd/5"});
  // In either order: a number here is another's number there.
  for (const bool swap : {false, true}) {
    spec.descriptors = {swap ? second.get() : first.get(), swap ? first.get() : second.get()};
    const auto result = run_process(spec).value();
    EXPECT_EQ(result.out, swap ? "secondfirst" : "firstsecond");
    EXPECT_EQ(result.exit_code, 0);
    for (const Fd* fd : {&first, &second}) ::lseek(fd->get(), 0, SEEK_SET);
  }
}

TEST(RunProcess, TicksUntilTheChildIsGoneThoughItClosedItsPipes) {
  ProcessSpec spec = command({"sh", "-c", "exec >&- 2>&-; sleep 600"});
  int ticks = 0;
  int pid = 0;
  spec.on_tick = [&](int child) -> Result<void> {
    pid = child;
    if (++ticks < 20) return {};
    return Error(ErrorCode::kLimitExceeded, "enough");
  };
  const auto result = run_process(spec);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "enough");
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(RunProcess, InheritsNoDescriptor) {
  const int leaked = ::open("/dev/null", O_RDONLY);  // Without O_CLOEXEC, on purpose.
  ASSERT_GT(leaked, 2);
  const auto result =
      run_process(command({"sh", "-c", "test -e /proc/self/fd/" + std::to_string(leaked)}));
  ::close(leaked);
  EXPECT_EQ(result.value().exit_code, 1);
}

TEST(RunProcess, MovesMoreThanAPipeHoldsBothWays) {
  std::string input;
  while (input.size() < 3'000'000) input += "some line of text\n";
  ProcessSpec spec = command({"cat"});
  spec.input = input;
  EXPECT_EQ(run_process(spec).value().out, input);
}

TEST(RunProcess, SurvivesAChildThatIgnoresItsInput) {
  const std::string input(1'000'000, 'x');
  ProcessSpec spec = command({"true"});
  spec.input = input;
  EXPECT_TRUE(run_process(spec).value().ok());
}

TEST(RunProcess, StreamsAndEndsTheChildOnTheReceiversError) {
  std::string seen;
  ProcessSpec spec = command({"sh", "-c", "echo a; echo b"});
  spec.on_output = [&](std::string_view bytes) -> Result<void> {
    seen += bytes;
    return {};
  };
  EXPECT_EQ(run_process(spec).value().out, "");
  EXPECT_EQ(seen, "a\nb\n");
  spec = command({"yes"});
  spec.on_output = [](std::string_view) -> Result<void> {
    return Error(ErrorCode::kParse, "enough");
  };
  EXPECT_EQ(run_process(spec).error().message(), "enough");
}

TEST(RunProcess, LimitsOutputAndKeepsTheHeadOfErrors) {
  ProcessSpec spec = command({"yes"});
  spec.max_output = 100'000;
  EXPECT_EQ(run_process(spec).error().code(), ErrorCode::kLimitExceeded);
  spec = command({"sh", "-c", "echo 0123456789 >&2"});
  spec.max_errors = 4;
  const auto result = run_process(spec).value();
  EXPECT_EQ(result.err, "0123");
  EXPECT_TRUE(result.err_truncated);
}

TEST(RunProcess, KillsTheWholeGroupAtTheDeadline) {
  testing::TempDir dir;
  ProcessSpec spec =
      command({"sh", "-c", "trap '' TERM; sleep 60 & echo $! > pid; sleep 60; sleep 60"});
  spec.folder = dir.path();
  spec.grace = 50ms;
  spec.stop = StopToken().with_timeout(300ms);
  const std::int64_t start = wall_ns();
  const auto result = run_process(spec);
  EXPECT_LT(wall_ns() - start, 10'000'000'000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kTimeout);
  const auto pid = std::stoi(read_file(dir / "pid", 100).value());
  // The orphan may be a zombie for a moment until init takes it.
  for (int i = 0; i < 200; ++i) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!stat || stat->find(") Z ") != std::string::npos) return;
    ::usleep(10'000);
  }
  FAIL() << "process " << pid << " lives on";
}

TEST(RunProcess, DoesNotWaitForADescendantThatKeepsThePipes) {
  const std::int64_t start = wall_ns();
  const auto result = run_process(command({"sh", "-c", "sleep 30 & echo done"})).value();
  EXPECT_LT(wall_ns() - start, 10'000'000'000);
  EXPECT_EQ(result.out, "done\n");
  EXPECT_EQ(result.exit_code, 0);
}

TEST(RunProcess, StopsWhenCancelled) {
  StopSource source;
  ProcessSpec spec = command({"sleep", "60"});
  spec.stop = source.token();
  source.stop();
  EXPECT_EQ(run_process(spec).error().code(), ErrorCode::kCancelled);
}

TEST(RunProcess, TellsTheSignal) {
  const auto result = run_process(command({"sh", "-c", "kill -9 $$"})).value();
  EXPECT_EQ(result.exit_code, -1);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST(RunProcess, NamesAMissingProgramOrFolder) {
  const auto missing = run_process(command({"no-such-program-here"}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("no-such-program-here"));
  ProcessSpec spec = command({"true"});
  spec.folder = "/no/such/folder";
  EXPECT_EQ(run_process(spec).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(run_process(command({})).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(run_process(command({"echo", std::string("a\0b", 3)})).error().code(),
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace cairn
