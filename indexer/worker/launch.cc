#include "indexer/worker/launch.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/fs.h"
#include "base/json.h"

namespace cairn::indexer {
namespace {

/// The number behind a label, 0 without one.
std::uint64_t number_after(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == text.npos) return 0;
  const std::size_t begin = text.find_first_not_of(" \t", at + label.size());
  std::uint64_t value = 0;
  if (begin != text.npos) std::from_chars(text.data() + begin, text.data() + text.size(), value);
  return value;
}

/// Files below /proc say a size of 0, so that read_file() would read nothing.
std::string read_proc(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  const ssize_t got = fd.is_open() ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

}  // namespace

std::vector<std::string> launch_command(SandboxLevel level, const std::vector<std::string>& command,
                                        const WorkerRequest& request) {
  if (level < SandboxLevel::kNamespaces) return command;
  std::vector<std::string> out = {
      "bwrap",         "--die-with-parent", "--unshare-ipc",       "--unshare-pid",
      "--unshare-net", "--unshare-uts",     "--unshare-cgroup-try"};
  const auto add = [&](std::initializer_list<std::string> words) { out.insert(out.end(), words); };
  if (::geteuid() == 0)
    // In a user namespace root would be shut out of files of other users.
    add({"--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE", "--cap-add", "CAP_DAC_READ_SEARCH"});
  else
    add({"--unshare-user"});
  for (const char* folder : {"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache"})
    add({"--ro-bind-try", folder, folder});
  add({"--proc", "/proc", "--dev", "/dev", "--chdir", "/"});
  add({"--info-fd", std::to_string(kInfoDescriptor)});
  add({"--ro-bind", command.front(), command.front()});
  for (const std::string& path : request.readable) add({"--ro-bind-try", path, path});
  for (const std::string& path : request.writable) add({"--bind", path, path});
  add({"--"});
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

int process_inside(int info_fd) {
  std::array<char, 512> buffer;
  const ssize_t got = ::pread(info_fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) return 0;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
  const std::string first = std::to_string(number_after(text, "\"child-pid\":"));
  if (first == "0") return 0;
  const std::string children = read_proc("/proc/" + first + "/task/" + first + "/children");
  return static_cast<int>(number_after(" " + children, " "));
}

std::uint64_t private_memory_of(int pid) {
  const std::string status = read_proc("/proc/" + std::to_string(pid) + "/status");
  return (number_after(status, "RssAnon:") + number_after(status, "RssShmem:")) * 1024;
}

}  // namespace cairn::indexer
