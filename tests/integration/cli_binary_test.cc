// The program itself: what main() adds to run_cli(): streams, exit codes, the environment, signals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/process.h"
#include "base/version.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::testing {
namespace {

using ::testing::HasSubstr;

class CliBinaryTest : public ::testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> words, const StopToken& stop = {}) {
    ProcessSpec spec;
    spec.arguments = {CAIRN_BINARY};
    spec.arguments.insert(spec.arguments.end(), words.begin(), words.end());
    spec.environment = inherited_environment({"PATH"});
    spec.environment.push_back("HOME=" + (folder_ / "home"));
    spec.stop = stop;
    auto result = run_process(spec);
    EXPECT_TRUE(result) << result.error().message();
    return result ? std::move(*result) : ProcessResult{};
  }
  TempDir folder_;
};

TEST_F(CliBinaryTest, AnswersGoToStandardOutput) {
  const ProcessResult result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "cairn " + std::string(version()) + "\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(CliBinaryTest, ErrorsGoToStandardErrorWithTheirExitCode) {
  const ProcessResult usage = run({"indx"});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_EQ(usage.out, "");
  EXPECT_EQ(usage.err,
            "cairn: unknown command 'indx', did you mean index, see cairn --help [E_USAGE]\n");
  EXPECT_EQ(run({"index", folder_ / "nothing"}).exit_code, 3);
}

TEST_F(CliBinaryTest, IndexesIntoTheHomeFolderAndAnswersFromThere) {
  write_file(folder_ / "src/a.py", "def f():\n    pass\n\n\ndef g():\n    f()\n");
  const ProcessResult index = run({"index", folder_ / "src"});
  ASSERT_EQ(index.exit_code, 0) << index.err;
  EXPECT_TRUE(path_exists(folder_ / "home/.local/share/cairn/cairn.db"));
  const ProcessResult callers = run({"callers", folder_ / "src", "f"});
  EXPECT_EQ(callers.exit_code, 0);
  EXPECT_EQ(callers.out, "a.py:6:5  a.g  exact  (file_scope)\n# 1 caller of a.f\n");
  EXPECT_EQ(run({"callers", folder_ / "src", "nobody"}).exit_code, 1);
}

TEST_F(CliBinaryTest, ReadsARevisionOfARepository) {
  const TestRepo repo;
  repo.write("a.py", "def first():\n    pass\n");
  const std::string first = repo.commit();
  repo.write("a.py", "def second():\n    pass\n");
  repo.commit();
  const ProcessResult old = run({"complexity", repo.path(), "--at", first, "--format", "csv"});
  ASSERT_EQ(old.exit_code, 0) << old.err;
  EXPECT_THAT(old.out, HasSubstr("a.py,first,a.first,1,2,"));
  EXPECT_THAT(run({"complexity", repo.path(), "--format", "csv"}).out, HasSubstr("a.second"));
}

}  // namespace
}  // namespace cairn::testing
