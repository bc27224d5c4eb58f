#include "indexer/git_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "indexer/git_repo.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using cairn::testing::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

RemoteUrl remote(const TestRepo& repo) { return local_remote(repo.path()).value(); }

/// A stand-in for git that answers as told and keeps what it was given.
class FakeGit {
 public:
  explicit FakeGit(const std::string& body) {
    write_file(path(), "#!/bin/sh\nenv > '" + folder_ / "env" + "'\nprintf '%s\\n' \"$@\" >> '" +
                           folder_ / "args" + "'\n" + body);
    CAIRN_CHECK(::chmod(path().c_str(), 0755) == 0);
  }
  std::string path() const { return folder_ / "git"; }
  std::string environment() const { return cairn::read_file(folder_ / "env", 1 << 20).value(); }
  std::string arguments() const { return cairn::read_file(folder_ / "args", 1 << 20).value(); }

 private:
  TempDir folder_;
};

class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~ScopedVariable() { ::unsetenv(name_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
};

TEST(GitProgramTest, MirrorHasBranchesTagsAndHeadAndFollowsTheRemote) {
  const TestRepo origin;
  origin.write("a.c", "1");
  const std::string first = origin.commit();
  origin.branch("side");
  origin.git({"tag", "v1"});
  origin.git({"checkout", "--quiet", "-b", "trunk"});
  const TempDir data;
  const std::string mirror = data / "mirrors/x.git";
  std::vector<std::string> stages;
  FetchOptions options;
  options.on_progress = [&](const TransferProgress& progress) { stages.push_back(progress.stage); };
  const auto made = GitProgram().update_mirror(remote(origin), mirror, options);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_FALSE(stages.empty());
  {
    const auto repo = GitRepo::open(mirror);
    ASSERT_TRUE(repo);
    EXPECT_TRUE(repo->is_bare());
    EXPECT_EQ(repo->head_branch(), "trunk");
    EXPECT_EQ(repo->resolve("v1").value().hex(), first);
    EXPECT_EQ(repo->refs()->size(), 4u);
  }
  origin.git({"branch", "-D", "side"});
  origin.write("a.c", "2");
  const std::string second = origin.commit();
  ASSERT_TRUE(GitProgram().update_mirror(remote(origin), mirror, {}));
  const auto repo = GitRepo::open(mirror);
  EXPECT_EQ(repo->resolve("HEAD").value().hex(), second);
  EXPECT_FALSE(repo->resolve("side"));
  EXPECT_FALSE(path_exists(mirror + "/a.c"));
}

TEST(GitProgramTest, RefNamedLikeAnOptionIsOnlyARef) {
  const TestRepo origin;
  origin.write("a.c", "1");
  origin.commit();
  const TempDir marks;
  const std::string name = "--upload-pack=touch${IFS}" + marks / "ran";
  origin.git({"update-ref", "refs/heads/" + name, "HEAD"});
  origin.git({"symbolic-ref", "HEAD", "refs/heads/" + name});
  const TempDir data;
  const auto made = GitProgram().update_mirror(remote(origin), data / "m", {});
  ASSERT_TRUE(made) << made.error().to_string();
  const auto repo = GitRepo::open(data / "m");
  EXPECT_EQ(repo->head_branch(), name);
  EXPECT_TRUE(repo->resolve("HEAD"));
  EXPECT_FALSE(path_exists(marks / "ran"));
}

TEST(GitProgramTest, EmptyRemoteMakesAnEmptyMirror) {
  const TestRepo origin;
  const TempDir data;
  ASSERT_TRUE(GitProgram().update_mirror(remote(origin), data / "m", {}));
  EXPECT_FALSE(GitRepo::open(data / "m")->head().value().has_value());
}

TEST(GitProgramTest, UnreachableRemoteLeavesNoMirror) {
  const TempDir data;
  const auto missing = local_remote(data / "none").value();
  const auto result = GitProgram().update_mirror(missing, data / "m", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kUnreachable);
  EXPECT_TRUE(result.error().retryable());
  EXPECT_FALSE(path_exists(data / "m"));
  const auto left = list_dir(data.path());
  EXPECT_EQ(left->size(), 1u) << "only the lock stays";
}

TEST(GitProgramTest, RemoteAboveTheSizeLimitIsRefused) {
  const TestRepo origin;
  std::string noise;
  for (unsigned i = 0, x = 1; i < 400'000; ++i)
    noise += static_cast<char>((x = x * 1664525 + 7) >> 24);
  origin.write("a.bin", noise);
  origin.commit();
  const TempDir data;
  FetchOptions options;
  options.max_bytes = 100'000;
  const auto result = GitProgram().update_mirror(remote(origin), data / "m", options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_FALSE(path_exists(data / "m"));
}

TEST(GitProgramTest, MirrorInUseIsBusy) {
  const TestRepo origin;
  const TempDir data;
  const auto lock = FileLock::try_acquire(data / "m.lock");
  ASSERT_TRUE(lock);
  const auto result = GitProgram().update_mirror(remote(origin), data / "m", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kBusy);
}

TEST(GitProgramTest, RubbishOfAKilledRunIsSwept) {
  const TestRepo origin;
  const TempDir data;
  write_file(data / std::string(kTempPrefix) + "m/objects/junk", "x");
  EXPECT_TRUE(GitProgram().update_mirror(remote(origin), data / "m", {}));
}

TEST(GitProgramTest, MissingProgramSaysWhatToInstall) {
  const TempDir data;
  const auto result =
      GitProgram("/nonexistent/git").update_mirror(local_remote("/x").value(), data / "m", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(result.error().message(), HasSubstr("install git"));
}

TEST(GitProgramTest, SlowRemoteMeetsTheDeadline) {
  const FakeGit fake("case \"$*\" in *ls-remote*) sleep 60;; esac\n");
  const TempDir data;
  FetchOptions options;
  options.timeout = std::chrono::seconds(0);
  const auto result =
      GitProgram(fake.path()).update_mirror(local_remote("/x").value(), data / "m", options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kTimeout);
}

TEST(GitProgramTest, TokenReachesGitOnlyThroughItsEnvironmentAndNoMessage) {
  const ScopedVariable token("CAIRN_GIT_TOKEN", "s3cr3t-token");
  const ScopedVariable other("CAIRN_TEST_CANARY", "leaked");
  const FakeGit fake(
      "echo 'fatal: denied for s3cr3t-token' >&2; case \"$*\" in *ls-remote*) exit 128;; esac\n");
  const TempDir data;
  const auto url = parse_remote_url("https://example.org/a.git").value();
  const auto result = GitProgram(fake.path()).update_mirror(url, data / "m", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kUnreachable);
  EXPECT_THAT(result.error().message(), Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(fake.arguments(), Not(HasSubstr("s3cr3t")));
  const std::string seen = fake.environment();
  // base64("x-access-token:s3cr3t-token")
  EXPECT_THAT(seen, HasSubstr("Basic eC1hY2Nlc3MtdG9rZW46czNjcjN0LXRva2Vu"));
  EXPECT_THAT(seen, HasSubstr("http.https://example.org/.extraHeader"));
  EXPECT_THAT(seen, HasSubstr("GIT_ALLOW_PROTOCOL=https:ssh"));
  EXPECT_THAT(seen, HasSubstr("GIT_TERMINAL_PROMPT=0"));
  EXPECT_THAT(seen, HasSubstr("GIT_CONFIG_GLOBAL=/dev/null"));
  EXPECT_THAT(seen, Not(HasSubstr("leaked")));
  EXPECT_THAT(seen, Not(HasSubstr("CAIRN_GIT_TOKEN=")));
}

TEST(GitProgramTest, TokenGoesToItsHostOnly) {
  const ScopedVariable token("CAIRN_GIT_TOKEN", "s3cr3t");
  const ScopedVariable host("CAIRN_GIT_TOKEN_HOST", "example.org");
  const FakeGit fake("exit 128\n");
  const TempDir data;
  const auto url = parse_remote_url("https://elsewhere.org/a.git").value();
  EXPECT_FALSE(GitProgram(fake.path()).update_mirror(url, data / "m", {}));
  EXPECT_THAT(fake.environment(), Not(HasSubstr("extraHeader")));
}

TEST(GitProgramTest, WorkTreeListingFollowsGitignore) {
  const TestRepo repo;
  repo.write(".gitignore", "*.log\nbuild/\n");
  repo.write("tracked.c", "1");
  repo.write("forced.log", "1");
  repo.git({"add", "-f", "forced.log"});
  repo.commit();
  repo.write("new.c", "1");
  repo.write("x.log", "1");
  repo.write("build/out.c", "1");
  const auto opened = GitRepo::open(repo.path());
  const auto listed = GitProgram().list_work_tree(repo.path(), opened->git_dir(), {});
  ASSERT_TRUE(listed) << listed.error().to_string();
  std::vector<std::string> seen;
  for (const WorkTreePath& item : *listed) seen.push_back((item.tracked ? "+" : "?") + item.path);
  std::sort(seen.begin(), seen.end());
  EXPECT_THAT(seen, ElementsAre("+.gitignore", "+forced.log", "+tracked.c", "?new.c"));
}

TEST(GitProgramTest, NothingTheRepositoryConfiguresRuns) {
  const TestRepo repo;
  const TempDir marks;
  const std::string script = marks / "run.sh";
  write_file(script, "#!/bin/sh\ntouch '" + marks / "ran" + "'\n");
  ASSERT_EQ(::chmod(script.c_str(), 0755), 0);
  repo.write("a.c", "1");
  repo.write(".gitattributes", "*.c filter=evil diff=evil\n");
  repo.commit();
  for (const char* key :
       {"core.fsmonitor", "core.sshCommand", "credential.helper", "core.pager", "core.editor",
        "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
        "diff.external", "core.askPass", "core.alternateRefsCommand", "uploadpack.packObjectsHook",
        "remote.origin.uploadpack"})
    repo.git({"config", key, script});
  repo.git({"config", "core.hooksPath", marks.path()});
  repo.git({"config", "core.worktree", "/etc"});
  for (const char* hook : {"post-index-change", "reference-transaction", "post-checkout"}) {
    write_file(marks / hook, "#!/bin/sh\ntouch '" + marks / "ran" + "'\n");
    ASSERT_EQ(::chmod((marks / hook).c_str(), 0755), 0);
  }
  repo.write("a.c", "22");
  const auto opened = GitRepo::open(repo.path());
  ASSERT_TRUE(opened) << opened.error().to_string();
  const auto listed = GitProgram().list_work_tree(repo.path(), opened->git_dir(), {});
  ASSERT_TRUE(listed) << listed.error().to_string();
  EXPECT_EQ(listed->size(), 2u);
  ASSERT_TRUE(opened->list(opened->resolve("HEAD").value()));
  const TempDir data;
  ASSERT_TRUE(GitProgram().update_mirror(remote(repo), data / "m", {}));
  EXPECT_FALSE(path_exists(marks / "ran"));
}

TEST(GitProgramTest, ProgressLinesAreRead) {
  TransferProgress progress;
  EXPECT_TRUE(parse_progress("Receiving objects:  45% (9/20), 1.00 KiB | 1.00 MiB/s", progress));
  EXPECT_EQ(progress.stage, "Receiving objects");
  EXPECT_EQ(progress.done, 9u);
  EXPECT_EQ(progress.total, 20u);
  EXPECT_TRUE(parse_progress("remote: Counting objects: 100% (3/3), done.", progress));
  EXPECT_EQ(progress.stage, "Counting objects");
  for (const char* line : {"", "From /x", "remote: hello (a/b)", "x: (", "a: (1", "a: (1/"})
    EXPECT_FALSE(parse_progress(line, progress)) << line;
}

}  // namespace
}  // namespace cairn::indexer
