#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "base/fs.h"
#include "base/metrics.h"
#include "base/text.h"

namespace cairn {
namespace {

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "creating a pipe");
  Pipe out{Fd(ends[0]), Fd(ends[1])};
  // A descriptor below 3 would be overwritten while the child's own are put in place.
  for (Fd* end : {&out.read, &out.write}) {
    if (end->get() > 2) continue;
    const int moved = ::fcntl(end->get(), F_DUPFD_CLOEXEC, 3);
    if (moved < 0) return errno_error(errno, "moving a pipe");
    *end = Fd(moved);
  }
  return out;
}

void set_nonblocking(const Fd& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const std::string& text : strings) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Writing to a child that closed its stdin raises SIGPIPE in this thread; blocks it and takes back
// one that was raised meanwhile, so the process-wide disposition does not matter.
class PipeSignalGuard {
 public:
  PipeSignalGuard() {
    sigset_t pending;
    ::sigemptyset(&pending);
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~PipeSignalGuard() {
    const timespec zero{};
    if (!was_pending_)
      while (::sigtimedwait(&pipe_, nullptr, &zero) < 0 && errno == EINTR) continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  PipeSignalGuard(const PipeSignalGuard&) = delete;
  PipeSignalGuard& operator=(const PipeSignalGuard&) = delete;

 private:
  bool was_pending_ = false;
  sigset_t pipe_;
  sigset_t before_;
};

/// posix_spawn's attributes and file actions, released at scope end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

Result<pid_t> spawn(const ProcessSpec& spec, const Fd& in, const Fd& out, const Fd& err) {
  SpawnPlan plan;
  if (!spec.folder.empty())
    ::posix_spawn_file_actions_addchdir_np(&plan.actions, spec.folder.c_str());
  ::posix_spawn_file_actions_adddup2(&plan.actions, in.get(), 0);
  ::posix_spawn_file_actions_adddup2(&plan.actions, out.get(), 1);
  ::posix_spawn_file_actions_adddup2(&plan.actions, err.get(), 2);
  // Their numbers here may be those of others there: copies above all of them are out of the way.
  const int above = 3 + static_cast<int>(spec.descriptors.size());
  std::vector<Fd> copies;
  for (const int fd : spec.descriptors) {
    copies.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, above));
    if (!copies.back().is_open()) return errno_error(errno, "passing a descriptor to a child");
    ::posix_spawn_file_actions_adddup2(&plan.actions, copies.back().get(),
                                       3 + static_cast<int>(copies.size()) - 1);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, above);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&plan.attributes, &none);
  ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
  ::posix_spawnattr_setpgroup(&plan.attributes, 0);
  ::posix_spawnattr_setflags(
      &plan.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments = pointers(spec.arguments);
  std::vector<char*> environment = pointers(spec.environment);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments[0], &plan.actions, &plan.attributes,
                                   arguments.data(), environment.data());
  if (error == 0) return pid;
  std::string what = "starting '" + printable(spec.arguments[0]) + "'";
  if (!spec.folder.empty()) what += " in '" + printable(spec.folder) + "'";
  return errno_error(error, what);
}

/// One running child: pumps its pipes, watches its limits, and reaps it.
class Child {
 public:
  Child(const ProcessSpec& spec, pid_t pid, Fd in, Fd out, Fd err)
      : spec_(spec), pid_(pid), in_(std::move(in)), out_(std::move(out)), err_(std::move(err)) {
    for (const Fd* fd : {&in_, &out_, &err_}) set_nonblocking(*fd);
    if (spec_.input.empty()) in_.reset();
  }
  ~Child() {
    if (pid_ > 0) {
      end_group();
      reap();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  Result<void> pump() {
    while (out_.is_open() || err_.is_open()) {
      CAIRN_TRY(check("running"));
      // Once the child has ended, descendants may still hold the pipes: take what is there and go.
      const bool ended = has_ended();
      std::array<pollfd, 3> waits{pollfd{in_.get(), POLLOUT, 0}, pollfd{out_.get(), POLLIN, 0},
                                  pollfd{err_.get(), POLLIN, 0}};
      const int ready = ::poll(waits.data(), waits.size(), ended ? 0 : kTickMs);
      if (ready < 0 && errno != EINTR) return errno_error(errno, "waiting for a child process");
      if (ready == 0 && ended) break;
      if (ready <= 0) continue;
      if (waits[0].revents != 0) feed();
      if (waits[1].revents != 0) CAIRN_TRY(take_output());
      if (waits[2].revents != 0) CAIRN_TRY(take_errors());
    }
    return {};
  }

  /// Waits for the exit (the pipes have ended, so it is near) and fills in how it went.
  Result<ProcessResult> finish() {
    for (long pause_us = 100; !has_ended(); pause_us = std::min(pause_us * 2, 20'000L)) {
      CAIRN_TRY(check("waiting for"));
      const timespec pause{0, pause_us * 1000};
      ::nanosleep(&pause, nullptr);
    }
    ::kill(-pid_, SIGKILL);  // Descendants left behind; the leader is dead but not yet reaped.
    reap();
    return std::move(result_);
  }

 private:
  static constexpr int kTickMs = 20;

  Result<void> check(const char* doing) {
    CAIRN_TRY(spec_.stop.check(std::string(doing) + " '" + printable(spec_.arguments[0]) + "'"));
    return spec_.on_tick ? spec_.on_tick(pid_) : Result<void>();
  }

  bool has_ended() const {
    siginfo_t info{};
    const int status = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    // ECHILD: someone else reaped it (SIGCHLD is ignored); its status is lost but it has ended.
    return status == 0 ? info.si_pid == pid_ : errno == ECHILD;
  }

  void end_group() {
    ::kill(-pid_, SIGTERM);
    const auto deadline = StopToken::Clock::now() + spec_.grace;
    while (!has_ended() && StopToken::Clock::now() < deadline) {
      const timespec pause{0, 2'000'000};
      ::nanosleep(&pause, nullptr);
    }
    ::kill(-pid_, SIGKILL);
  }

  void reap() {
    int status = 0;
    rusage usage{};
    pid_t got = -1;
    do got = ::wait4(pid_, &status, 0, &usage);
    while (got < 0 && errno == EINTR);
    pid_ = -1;
    if (got < 0) return;  // exit_code stays -1: unknown counts as failed.
    if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    const auto ns = [](const timeval& t) { return t.tv_sec * 1'000'000'000 + t.tv_usec * 1000; };
    result_.cpu_ns = ns(usage.ru_utime) + ns(usage.ru_stime);
    result_.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  }

  void feed() {
    const std::string_view rest = spec_.input.substr(fed_);
    const PipeSignalGuard guard;
    const ssize_t n = ::write(in_.get(), rest.data(), rest.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // EPIPE: the child wants no more input, which is its right; its exit status tells the rest.
    if (n > 0) fed_ += static_cast<std::size_t>(n);
    if (n < 0 || fed_ == spec_.input.size()) in_.reset();
  }

  /// The next bytes of a pipe, empty if none now; closes it at its end.
  std::string_view take(Fd& fd) {
    const ssize_t n = ::read(fd.get(), buffer_.data(), buffer_.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (n <= 0) fd.reset();
    return {buffer_.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }

  Result<void> take_output() {
    const std::string_view bytes = take(out_);
    total_out_ += bytes.size();
    if (total_out_ > spec_.max_output)
      return Error(ErrorCode::kLimitExceeded,
                   "'" + printable(spec_.arguments[0]) + "' wrote more than " +
                       human_bytes(spec_.max_output) + " to its standard output");
    if (bytes.empty()) return {};
    if (spec_.on_output) return spec_.on_output(bytes);
    result_.out.append(bytes);
    return {};
  }

  Result<void> take_errors() {
    const std::string_view bytes = take(err_);
    const std::size_t room = spec_.max_errors - std::min(spec_.max_errors, result_.err.size());
    result_.err.append(bytes.substr(0, room));
    if (bytes.size() > room) result_.err_truncated = true;
    if (spec_.on_errors && !bytes.empty()) return spec_.on_errors(bytes);
    return {};
  }

  const ProcessSpec& spec_;
  pid_t pid_;
  Fd in_;
  Fd out_;
  Fd err_;
  std::size_t fed_ = 0;
  std::uint64_t total_out_ = 0;
  ProcessResult result_;
  std::array<char, 64 * 1024> buffer_;
};

bool holds_nul(const std::vector<std::string>& strings) {
  return std::any_of(strings.begin(), strings.end(),
                     [](const std::string& text) { return text.find('\0') != text.npos; });
}

}  // namespace

Result<ProcessResult> run_process(const ProcessSpec& spec) {
  if (spec.arguments.empty() || spec.arguments[0].empty())
    return Error(ErrorCode::kInvalidArgument, "a child process needs a program");
  if (holds_nul(spec.arguments) || holds_nul(spec.environment))
    return Error(ErrorCode::kInvalidArgument,
                 "an argument of '" + printable(spec.arguments[0]) + "' holds a NUL byte");
  const std::int64_t start = wall_ns();
  CAIRN_ASSIGN(Pipe in, make_pipe());
  CAIRN_ASSIGN(Pipe out, make_pipe());
  CAIRN_ASSIGN(Pipe err, make_pipe());
  CAIRN_ASSIGN(const pid_t pid, spawn(spec, in.read, out.write, err.write));
  in.read.reset();
  out.write.reset();
  err.write.reset();
  Child child(spec, pid, std::move(in.write), std::move(out.read), std::move(err.read));
  CAIRN_TRY(child.pump());
  CAIRN_ASSIGN(ProcessResult result, child.finish());
  result.wall_ns = wall_ns() - start;
  return result;
}

std::vector<std::string> inherited_environment(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names)
    if (const char* value = std::getenv(name.c_str())) out.push_back(name + "=" + value);
  return out;
}

}  // namespace cairn
