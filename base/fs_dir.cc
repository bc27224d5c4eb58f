// Reading and removing folders (base/fs.h). Walks keep an explicit stack of names, so depth is
// bounded by memory, and go through descriptors, so a symlink swapped in is never followed.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "base/fs.h"
#include "base/text.h"

namespace cairn {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using DirHandle = std::unique_ptr<DIR, CloseDir>;

Error failed(std::string_view doing, const std::string& path, int errno_value) {
  return errno_error(errno_value, std::string(doing) + " '" + printable(path) + "'");
}

FileKind kind_of_entry(int dir_fd, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return FileKind::kRegular;
    case DT_DIR:
      return FileKind::kDirectory;
    case DT_LNK:
      return FileKind::kSymlink;
    case DT_UNKNOWN:
      break;
    default:
      return FileKind::kOther;
  }
  struct stat info;  // File systems that do not tell types; vanished entries count as "other".
  if (::fstatat(dir_fd, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) return FileKind::kOther;
  if (S_ISREG(info.st_mode)) return FileKind::kRegular;
  if (S_ISDIR(info.st_mode)) return FileKind::kDirectory;
  return S_ISLNK(info.st_mode) ? FileKind::kSymlink : FileKind::kOther;
}

Result<std::vector<DirEntry>> read_entries(const std::string& path, int extra_flags,
                                           std::size_t max_entries) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | extra_flags);
  if (fd < 0) return failed("opening folder", path, errno);
  DirHandle dir(::fdopendir(fd));
  if (!dir) {
    const int error = errno;
    ::close(fd);
    return failed("opening folder", path, error);
  }
  std::vector<DirEntry> out;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) {
      if (errno != 0) return failed("reading folder", path, errno);
      return out;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (out.size() == max_entries)
      return Error(ErrorCode::kLimitExceeded, "folder '" + printable(path) + "' has more than " +
                                                  human_count(max_entries) + " entries");
    out.push_back({std::string(name), kind_of_entry(fd, *entry)});
  }
}

}  // namespace

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) return errno_error(errno, "'" + printable(path) + "'");
  return std::string(real.get());
}

Result<std::vector<DirEntry>> list_dir(const std::string& path, std::size_t max_entries) {
  CAIRN_ASSIGN(std::vector<DirEntry> entries, read_entries(path, 0, max_entries));
  std::sort(entries.begin(), entries.end(),
            [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

Result<void> remove_tree(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return failed("removing", path, errno);
  }
  if (!S_ISDIR(info.st_mode)) return remove_file(path);
  struct Step {
    std::string path;
    bool emptied;
  };
  std::vector<Step> stack{{path, false}};
  while (!stack.empty()) {
    const Step step = stack.back();
    if (step.emptied) {
      stack.pop_back();
      if (::rmdir(step.path.c_str()) != 0 && errno != ENOENT)
        return failed("removing folder", step.path, errno);
      continue;
    }
    stack.back().emptied = true;
    CAIRN_ASSIGN(const std::vector<DirEntry> entries,
                 read_entries(step.path, O_NOFOLLOW, static_cast<std::size_t>(-1)));
    for (const DirEntry& entry : entries) {
      std::string child = join_path(step.path, entry.name);
      if (entry.kind == FileKind::kDirectory)
        stack.push_back({std::move(child), false});
      else
        CAIRN_TRY(remove_file(child));
    }
  }
  return {};
}

}  // namespace cairn
