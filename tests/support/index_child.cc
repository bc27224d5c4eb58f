#include "tests/support/index_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "base/check.h"

extern char** environ;

namespace cairn::test {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// Everything the child prints until it ends or the moment comes; kills it then.
std::string read_until(int fd, pid_t pid, std::chrono::microseconds kill_after) {
  std::string text;
  bool killed = kill_after.count() < 0;
  const auto moment = Clock::now() + kill_after;
  for (char buffer[4096];;) {
    timespec wait{};
    if (!killed) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(moment - Clock::now());
      if (left.count() <= 0) {
        ::kill(pid, SIGKILL);
        killed = true;
        continue;
      }
      wait.tv_sec = left.count() / 1'000'000'000;
      wait.tv_nsec = left.count() % 1'000'000'000;
    }
    pollfd waiting{fd, POLLIN, 0};
    if (::ppoll(&waiting, 1, killed ? nullptr : &wait, nullptr) <= 0) continue;
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string line_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word + " ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + word.size() + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

ChildRun run_child(const std::string& program, const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment,
                   std::chrono::microseconds kill_after) {
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** at = environ; *at != nullptr; ++at) variables.emplace_back(*at);
  int ends[2];
  CAIRN_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  CAIRN_CHECK(::posix_spawn_file_actions_init(&actions) == 0);
  CAIRN_CHECK(::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0);
  pid_t pid = 0;
  const auto start = Clock::now();
  CAIRN_CHECK(::posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers(words).data(),
                            pointers(variables).data()) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const std::string text = read_until(ends[0], pid, kill_after);
  ::close(ends[0]);
  int status = 0;
  CAIRN_CHECK(::waitpid(pid, &status, 0) == pid);
  ChildRun out;
  out.wall = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  out.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  out.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  out.ready = line_after(text, "ready");
  out.error = line_after(text, "error");
  out.text = text;
  return out;
}

}  // namespace cairn::test
