#include "indexer/worker/confine.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/fs.h"
#include "base/text.h"

#ifdef CAIRN_HAVE_SECCOMP
#include <seccomp.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CAIRN_SHADOW_MEMORY true
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAIRN_SHADOW_MEMORY true
#endif
#ifndef CAIRN_SHADOW_MEMORY
#define CAIRN_SHADOW_MEMORY false
#endif

namespace cairn::indexer {
namespace {

Error refused(const std::string& what) { return errno_error(errno, "worker: " + what); }

/// Never raises what the process was given. `margin`: from the soft limit to the hard one.
Result<void> limit(__rlimit_resource resource, std::uint64_t value, const char* what,
                   std::uint64_t margin = 0) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return refused(what);
  const rlimit wanted{std::min<rlim_t>(value, now.rlim_max),
                      std::min<rlim_t>(value + margin, now.rlim_max)};
  return ::setrlimit(resource, &wanted) == 0 ? Result<void>() : refused(what);
}

/// Private memory that is reserved but hardly touched: stacks of threads, arenas of the allocator.
std::uint64_t reserve_for_threads(unsigned threads) {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  const std::uint64_t count =
      threads != 0 ? threads : static_cast<std::uint64_t>(std::max(1L, online));
  return (std::uint64_t{256} << 20) + count * (std::uint64_t{64} << 20);
}

Result<void> drop_capabilities() {
  // Files of other users stay readable and writable to a server that runs as root, as they are to
  // the server itself; Landlock says which.
  constexpr std::uint32_t kKept = (1u << CAP_DAC_OVERRIDE) | (1u << CAP_DAC_READ_SEARCH);
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &head, data.data()) != 0) return refused("reading capabilities");
  for (__user_cap_data_struct& half : data) {
    const std::uint32_t kept = &half == data.data() ? kKept : 0;
    half.permitted &= kept;
    half.effective = half.permitted;
    half.inheritable = 0;
  }
  return ::syscall(SYS_capset, &head, data.data()) == 0 ? Result<void>()
                                                        : refused("dropping capabilities");
}

// Landlock: the header of an older kernel lacks the newer rights, which are numbers all the same.
// --

constexpr std::uint64_t kTruncate = 1ull << 14;  // ABI 3
constexpr std::uint64_t kIoctlDev = 1ull << 15;  // ABI 5
constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriting = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                   LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                   LANDLOCK_ACCESS_FS_MAKE_REG;
/// All file rights of ABI 1.
constexpr std::uint64_t kFirstRights = (1ull << 13) - 1;

struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;  // ABI 4: binding and connecting TCP ports
  std::uint64_t scopes;   // ABI 6: abstract unix sockets and signals to other processes
};

int landlock_abi() {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

std::uint64_t rights_of_abi(int abi) {
  std::uint64_t rights = kFirstRights;
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDev;
  return rights;
}

Result<void> allow(int ruleset, const std::string& path, std::uint64_t rights) {
  const Fd at(::open(path.c_str(), O_PATH | O_CLOEXEC));
  // What is not there cannot be read; a stat cache of a first run is an example.
  if (!at.is_open() && errno == ENOENT) return {};
  if (!at.is_open()) return refused("opening '" + printable(path) + "'");
  struct stat info{};
  if (::fstat(at.get(), &info) != 0) return refused("examining '" + printable(path) + "'");
  if (!S_ISDIR(info.st_mode))
    rights &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = at.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    return refused("allowing '" + printable(path) + "'");
  return {};
}

Result<void> enter_landlock(const WorkerRequest& request) {
  const int abi = landlock_abi();
  Ruleset rules{rights_of_abi(abi), 3, 3};
  const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  const Fd set(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0)));
  if (!set.is_open()) return refused("making a Landlock rule set");
  for (const std::string& path : request.readable) CAIRN_TRY(allow(set.get(), path, kReading));
  const std::uint64_t all = (kReading | kWriting | kTruncate) & rules.files;
  for (const std::string& path : request.writable) CAIRN_TRY(allow(set.get(), path, all));
  if (::syscall(SYS_landlock_restrict_self, set.get(), 0) != 0)
    return refused("entering the Landlock rule set");
  return {};
}

#ifdef CAIRN_HAVE_SECCOMP

/// Never needed by a run, each a way out or into the kernel. Names the kernel or libseccomp do not
/// know are skipped: there is nothing to deny then.
constexpr std::array kDenied = {
    // Network and other processes.
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "fork", "vfork",
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
    "process_mrelease", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "tkill",
    // Other views of the system.
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "unshare", "setns", "open_by_handle_at",
    "name_to_handle_at", "personality",
    // Parts of the kernel with a history.
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "keyctl", "add_key", "request_key", "vmsplice", "modify_ldt",
    "lookup_dcookie", "remap_file_pages", "quotactl", "quotactl_fd", "fanotify_init",
    "migrate_pages", "move_pages", "mbind", "set_mempolicy", "uselib", "ustat", "sysfs", "_sysctl",
    // The machine.
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
    "swapon", "swapoff", "sethostname", "setdomainname", "acct", "iopl", "ioperm", "settimeofday",
    "clock_settime", "clock_adjtime", "adjtimex", "stime", "syslog", "vhangup", "setrlimit"};

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW)) {}
  ~Filter() {
    if (context_ != nullptr) ::seccomp_release(context_);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void deny(const char* name) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR || context_ == nullptr) return;
    // -EDOM, -EINVAL: this machine has no such call.
    const int done = ::seccomp_rule_add(context_, SCMP_ACT_ERRNO(EPERM), call, 0);
    if (done != 0 && done != -EDOM && done != -EINVAL) failed_ = -done;
  }
  void deny_if(int call, int result, scmp_arg_cmp argument) {
    if (context_ == nullptr) return;
    const int done = ::seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(result), call, 1, &argument);
    if (done != 0) failed_ = -done;
  }
  void answer(int call, int result) {
    if (context_ == nullptr) return;
    const int done = ::seccomp_rule_add(context_, SCMP_ACT_ERRNO(result), call, 0);
    if (done != 0) failed_ = -done;
  }
  Result<void> load() {
    if (context_ == nullptr) failed_ = ENOMEM;
    if (failed_ == 0) failed_ = -::seccomp_load(context_);
    if (failed_ == 0) return {};
    return errno_error(failed_, "worker: entering the seccomp filter");
  }

 private:
  scmp_filter_ctx context_;
  int failed_ = 0;
};

Result<void> enter_seccomp() {
  Filter filter;
  for (const char* name : kDenied) filter.deny(name);
  // Threads are made, processes are not. The C library asks clone3 first, whose flags no filter can
  // see, and takes this answer for an older kernel.
  constexpr std::uint64_t kThread = 0x00010000;  // CLONE_THREAD
  filter.answer(SCMP_SYS(clone3), ENOSYS);
  filter.deny_if(SCMP_SYS(clone), EPERM, SCMP_A0_64(SCMP_CMP_MASKED_EQ, kThread, 0));
  // Signals to itself only: abort() is one.
  const auto self = static_cast<std::uint64_t>(::getpid());
  filter.deny_if(SCMP_SYS(kill), EPERM, SCMP_A0_64(SCMP_CMP_NE, self));
  filter.deny_if(SCMP_SYS(tgkill), EPERM, SCMP_A0_64(SCMP_CMP_NE, self));
  // Limits may be read.
  filter.deny_if(SCMP_SYS(prlimit64), EPERM, SCMP_A2_64(SCMP_CMP_NE, 0));
  filter.deny_if(SCMP_SYS(ioctl), EPERM, SCMP_A1_64(SCMP_CMP_EQ, TIOCSTI));
  return filter.load();
}

#else

Result<void> enter_seccomp() {
  return Error(ErrorCode::kUnsupported, "this program was built without libseccomp");
}

#endif

}  // namespace

Result<void> confine_resources(const WorkerRequest& request) {
  if (request.parent != 0) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refused("asking for a signal");
    // It may have died before it was asked for.
    if (::getppid() != request.parent)
      return Error(ErrorCode::kCancelled, "worker: the process that started it is gone");
  }
  // The kernel, when memory runs out, takes this process before the one that serves.
  if (const Fd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score.is_open())
      [[maybe_unused]]
    const ssize_t unsure = ::write(score.get(), "1000", 4);
  // A write over the limit fails with an error instead of ending the process.
  ::signal(SIGXFSZ, SIG_IGN);
  CAIRN_TRY(limit(RLIMIT_CORE, 0, "turning core files off"));
  CAIRN_TRY(limit(RLIMIT_STACK, std::uint64_t{64} << 20, "limiting the stack"));
  CAIRN_TRY(limit(RLIMIT_NOFILE, 4096, "limiting open files"));
  if (request.limits.file_bytes != 0)
    CAIRN_TRY(limit(RLIMIT_FSIZE, request.limits.file_bytes, "limiting the size of files"));
  if (request.limits.cpu_seconds != 0)
    CAIRN_TRY(limit(RLIMIT_CPU, request.limits.cpu_seconds, "limiting CPU time", 5));
  // What sanitizers keep counts as private memory, terabytes of it.
  if (request.limits.memory_bytes != 0 && !CAIRN_SHADOW_MEMORY)
    CAIRN_TRY(limit(RLIMIT_DATA,
                    request.limits.memory_bytes + reserve_for_threads(request.options.threads),
                    "limiting memory"));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("giving up new privileges");
  return drop_capabilities();
}

Result<void> confine_access(const WorkerRequest& request) {
  if (const std::string missing = missing_filters(); !missing.empty())
    return Error(ErrorCode::kUnsupported, "worker: " + missing);
  CAIRN_TRY(enter_landlock(request));
  return enter_seccomp();
}

std::string missing_filters() {
#ifndef CAIRN_HAVE_SECCOMP
  return "this program was built without libseccomp";
#else
  if (landlock_abi() == 0) return "the kernel has no Landlock, or it is not turned on";
  if (::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) return "the kernel has no seccomp";
  return {};
#endif
}

}  // namespace cairn::indexer
