#include "indexer/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "indexer/path_rules.h"

namespace cairn::indexer {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// O_NONBLOCK: opening a pipe must not wait for a writer.
constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

int retry_open(int folder, const char* name, int flags) {
  int fd = -1;
  do fd = ::openat(folder, name, flags);
  while (fd < 0 && errno == EINTR);
  return fd;
}

/// Part by part, for kernels without openat2.
int open_by_parts(int root, const std::string& path, int flags) {
  Fd at;
  int folder = root;
  std::size_t begin = 0;
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
    Fd next(retry_open(folder, path.substr(begin, slash - begin).c_str(),
                       O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.is_open()) return -1;
    at = std::move(next);
    folder = at.get();
    begin = slash + 1;
  }
  return retry_open(folder, path.c_str() + begin, flags);
}

/// -1 with errno. ELOOP or ENOTDIR when a symlink is in the way.
int open_beneath(int root, const std::string& path, int flags) {
  static const bool kHasOpenat2 = [] {
    open_how probe{};
    probe.flags = O_PATH | O_CLOEXEC;
    const long fd = ::syscall(SYS_openat2, AT_FDCWD, "/", &probe, sizeof probe);
    if (fd >= 0) ::close(static_cast<int>(fd));
    return fd >= 0;
  }();
  if (path.empty()) return retry_open(root, ".", flags);
  if (!kHasOpenat2) return open_by_parts(root, path, flags);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long fd = -1;
  do fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(fd);
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& info) {
  return {static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim),
          nanoseconds(info.st_ctim), info.st_ino};
}

bool has_file(int folder, const char* name) {
  return ::faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool is_version_control(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {".git", ".hg", ".svn", ".jj", ".bzr"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

Error too_many(const ListLimits& limits) {
  return Error(ErrorCode::kLimitExceeded, "the folder holds more than " +
                                              std::to_string(limits.max_entries) +
                                              " files and folders; index a part of it");
}

/// One walk. Holds one descriptor at a time besides the root's, whatever the depth.
class Walk {
 public:
  Walk(int root, const ListLimits& limits, const StopToken& stop)
      : root_(root), limits_(limits), stop_(stop) {}

  Result<FolderListing> run() {
    pending_.push_back({"", 1});
    while (!pending_.empty()) {
      const Pending folder = std::move(pending_.back());
      pending_.pop_back();
      CAIRN_TRY(stop_.check("listing a folder"));
      CAIRN_TRY(visit(folder));
    }
    std::sort(out_.entries.begin(), out_.entries.end(),
              [](const SourceEntry& a, const SourceEntry& b) { return a.path < b.path; });
    std::sort(out_.skipped.begin(), out_.skipped.end());
    return std::move(out_);
  }

 private:
  struct Pending {
    std::string path;
    std::size_t depth;
  };

  void skip(std::string path, SkipReason reason) {
    out_.skipped.push_back({std::move(path), reason});
  }

  Result<void> visit(const Pending& folder) {
    Fd fd(open_beneath(root_, folder.path, kFolderFlags));
    if (!fd.is_open()) {
      if (folder.path.empty()) return errno_error(errno, "opening the folder");
      skip(folder.path, SkipReason::kUnreadable);
      return {};
    }
    if (!folder.path.empty() &&
        (has_file(fd.get(), "CACHEDIR.TAG") || has_file(fd.get(), "pyvenv.cfg"))) {
      skip(folder.path, SkipReason::kDependencyCache);
      return {};
    }
    const int raw = fd.get();
    const std::unique_ptr<DIR, CloseDir> dir(::fdopendir(raw));
    if (!dir) return errno_error(errno, "listing " + printable(folder.path));
    fd.release();
    errno = 0;
    while (const dirent* item = ::readdir(dir.get())) {
      const std::string_view name = item->d_name;
      if (name != "." && name != "..") CAIRN_TRY(take(folder, raw, name));
      errno = 0;
    }
    if (errno != 0) skip(folder.path, SkipReason::kUnreadable);
    return {};
  }

  Result<void> take(const Pending& folder, int fd, std::string_view name) {
    if (++count_ > limits_.max_entries) return too_many(limits_);
    std::string path = folder.path.empty() ? std::string(name) : folder.path + '/';
    if (!folder.path.empty()) path += name;
    if (is_version_control(name)) return {};
    if (path.size() > limits_.max_path) {
      skip(std::move(path), SkipReason::kPathTooLong);
      return {};
    }
    struct stat info{};
    if (::fstatat(fd, std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      // Gone since it was listed: then it is not part of the source.
      if (errno != ENOENT) skip(std::move(path), SkipReason::kUnreadable);
      return {};
    }
    if (S_ISREG(info.st_mode))
      out_.entries.push_back({std::move(path), EntryKind::kFile, std::nullopt, stamp_of(info)});
    else if (S_ISLNK(info.st_mode))
      out_.entries.push_back({std::move(path), EntryKind::kSymlink, std::nullopt, stamp_of(info)});
    else if (!S_ISDIR(info.st_mode))
      skip(std::move(path), SkipReason::kSpecialFile);
    else if (is_dependency_cache_name(name) || is_build_output(fd, name))
      skip(std::move(path), SkipReason::kDependencyCache);
    else if (folder.depth >= limits_.max_depth)
      skip(std::move(path), SkipReason::kTooDeep);
    else
      pending_.push_back({std::move(path), folder.depth + 1});
    return {};
  }

  // "target" is also an honest name for a package: it is output only beside a build file.
  static bool is_build_output(int fd, std::string_view name) {
    return name == "target" &&
           (has_file(fd, "Cargo.toml") || has_file(fd, "pom.xml") || has_file(fd, "build.sbt"));
  }

  int root_;
  const ListLimits& limits_;
  const StopToken& stop_;
  std::size_t count_ = 0;
  std::vector<Pending> pending_;
  FolderListing out_;
};

/// The outermost folder of a path that holds installed packages, or "".
std::string_view cache_folder(std::string_view path) {
  std::string_view found;
  any_folder(path, [&](std::string_view folder) {
    if (!is_dependency_cache_name(folder)) return false;
    found = path.substr(0, static_cast<std::size_t>(folder.data() + folder.size() - path.data()));
    return true;
  });
  return found;
}

}  // namespace

Result<Folder> Folder::open(const std::string& path) {
  // The path the user named may be a symlink; only what is below is not followed.
  Fd fd(retry_open(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) return Folder(std::move(fd));
  if (errno == ENOTDIR)
    return Error(ErrorCode::kInvalidArgument, printable(path) + " is not a folder");
  return errno_error(errno, "opening " + printable(path));
}

Result<FolderListing> Folder::walk(const ListLimits& limits, const StopToken& stop) const {
  return Walk(root_.get(), limits, stop).run();
}

Result<FolderListing> Folder::stat_all(std::vector<WorkTreePath> paths, const ListLimits& limits,
                                       const StopToken& stop) const {
  if (paths.size() > limits.max_entries) return too_many(limits);
  std::sort(paths.begin(), paths.end(),
            [](const WorkTreePath& a, const WorkTreePath& b) { return a.path < b.path; });
  FolderListing out;
  out.entries.reserve(paths.size());
  Fd folder;
  std::string folder_path;
  bool first = true;
  for (WorkTreePath& item : paths) {
    if (!out.entries.empty() && out.entries.back().path == item.path) continue;
    const auto skip = [&](SkipReason reason) { out.skipped.push_back({item.path, reason}); };
    if (!is_plain_relative(item.path)) {
      skip(SkipReason::kInvalidPath);
      continue;
    }
    if (item.path.size() > limits.max_path) {
      skip(SkipReason::kPathTooLong);
      continue;
    }
    if (const std::string_view cache = cache_folder(item.path); !item.tracked && !cache.empty()) {
      if (out.skipped.empty() || out.skipped.back().path != cache)
        out.skipped.push_back({std::string(cache), SkipReason::kDependencyCache});
      continue;
    }
    if (const std::string_view parent = folder_of(item.path); first || parent != folder_path) {
      CAIRN_TRY(stop.check("listing a working tree"));
      folder_path = parent;
      folder =
          Fd(open_beneath(root_.get(), folder_path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      first = false;
    }
    struct stat info{};
    // A missing folder, or a symlink in its place, means its files were deleted.
    if (!folder.is_open() || ::fstatat(folder.get(), std::string(base_name(item.path)).c_str(),
                                       &info, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (S_ISDIR(info.st_mode))
      out.entries.push_back(
          {std::move(item.path), EntryKind::kSubmodule, std::nullopt, FileStamp()});
    else if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode))
      out.entries.push_back({std::move(item.path),
                             S_ISLNK(info.st_mode) ? EntryKind::kSymlink : EntryKind::kFile,
                             std::nullopt, stamp_of(info)});
    else
      skip(SkipReason::kSpecialFile);
  }
  return out;
}

Result<std::string> Folder::read(const std::string& path, std::uint64_t max_bytes) const {
  const std::string what = "reading " + printable(path);
  if (!is_plain_relative(path)) return Error(ErrorCode::kInvalidArgument, what + ": a bad path");
  const Fd fd(open_beneath(root_.get(), path, kFileFlags));
  if (!fd.is_open() && (errno == ELOOP || errno == EXDEV || errno == ENXIO))
    return Error(ErrorCode::kInvalidArgument, what + ": not a regular file");
  if (!fd.is_open()) return errno_error(errno, what);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return errno_error(errno, what);
  if (!S_ISREG(info.st_mode))
    return Error(ErrorCode::kInvalidArgument, what + ": not a regular file");
  std::string out;
  // One byte more than the file claims shows its end without another call in most cases.
  std::uint64_t room = std::min(static_cast<std::uint64_t>(info.st_size), max_bytes) + 1;
  std::size_t used = 0;
  while (true) {
    out.resize(used + static_cast<std::size_t>(room));
    const ssize_t got = ::read(fd.get(), out.data() + used, out.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, what);
    used += static_cast<std::size_t>(got);
    if (used > max_bytes)
      return Error(ErrorCode::kLimitExceeded,
                   what + ": larger than the limit of " + human_bytes(max_bytes));
    if (got == 0) break;
    room = std::max<std::uint64_t>(out.size() - used, 1);
  }
  out.resize(used);
  return out;
}

}  // namespace cairn::indexer
