#include "tests/support/test_repo.h"

#include <unistd.h>

#include <cstdio>

#include "base/process.h"

#ifdef __SANITIZE_ADDRESS__
// libgit2 1.5 loses the match data of a regular expression when it opens a repository of format
// version 1.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpcre2-8\n"; }
#endif

namespace cairn::testing {

void write_file(const std::string& path, std::string_view content) {
  CAIRN_CHECK(create_dirs(parent_path(path)).has_value());
  std::FILE* file = std::fopen(path.c_str(), "wb");
  CAIRN_CHECK(file != nullptr);
  CAIRN_CHECK(std::fwrite(content.data(), 1, content.size(), file) == content.size());
  CAIRN_CHECK(std::fclose(file) == 0);
}

TestRepo::TestRepo(const std::vector<std::string>& init_arguments) : path_(folder_ / "repo") {
  CAIRN_CHECK(create_dirs(path_).has_value());
  std::vector<std::string> arguments = {"init", "--quiet", "--initial-branch=main"};
  arguments.insert(arguments.end(), init_arguments.begin(), init_arguments.end());
  git(arguments);
}

std::string TestRepo::git(const std::vector<std::string>& arguments, std::string_view input) const {
  ProcessSpec spec;
  spec.arguments = {"git",
                    "-c",
                    "core.hooksPath=/dev/null",
                    "-c",
                    "core.fsmonitor=false",
                    "-c",
                    "protocol.file.allow=always"};
  spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
  spec.environment = inherited_environment({"PATH"});
  for (const char* fixed :
       {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=/nonexistent",
        "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=C",
        "GIT_COMMITTER_EMAIL=c@example.org", "GIT_AUTHOR_DATE=1700000000 +0000",
        "GIT_COMMITTER_DATE=1700000000 +0000"})
    spec.environment.emplace_back(fixed);
  spec.folder = path_;
  spec.input = input;
  const auto result = run_process(spec);
  CAIRN_CHECK(result.has_value());
  if (!result->ok()) std::fprintf(stderr, "%s\n", result->err.c_str());
  CAIRN_CHECK(result->ok());
  std::string out = result->out;
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string TestRepo::store(const std::string& type, std::string_view content) const {
  return git({"hash-object", "-w", "--literally", "-t", type, "--stdin"}, content);
}

void TestRepo::write(std::string_view name, std::string_view content) const {
  write_file(join_path(path_, name), content);
}

void TestRepo::remove(std::string_view name) const {
  CAIRN_CHECK(remove_tree(join_path(path_, name)).has_value());
}

void TestRepo::rename(std::string_view from, std::string_view to) const {
  const std::string target = join_path(path_, to);
  CAIRN_CHECK(create_dirs(parent_path(target)).has_value());
  CAIRN_CHECK(std::rename(join_path(path_, from).c_str(), target.c_str()) == 0);
}

void TestRepo::symlink(const std::string& target, std::string_view name) const {
  CAIRN_CHECK(::symlink(target.c_str(), join_path(path_, name).c_str()) == 0);
}

std::string TestRepo::commit(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "-m", message});
  return git({"rev-parse", "HEAD"});
}

void TestRepo::branch(const std::string& name) const { git({"branch", name}); }
void TestRepo::checkout(const std::string& name) const { git({"checkout", "--quiet", name}); }

}  // namespace cairn::testing
