#include "base/fs.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/fail_point.h"
#include "base/text.h"

namespace cairn {
namespace {

template <class Call>
auto retry(Call call) {
  auto value = call();
  while (value == -1 && errno == EINTR) value = call();
  return value;
}

Error failed(std::string_view doing, const std::string& path, int errno_value) {
  return errno_error(errno_value, std::string(doing) + " '" + printable(path) + "'");
}

Result<Fd> open_fd(const std::string& path, int flags, std::string_view doing) {
  if (path.find('\0') != path.npos)
    return Error(ErrorCode::kInvalidArgument, "path '" + printable(path) + "' holds a NUL byte");
  if (const int fault = injected_fault(FaultCall::kOpen)) return failed(doing, path, fault);
  const int fd = retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0644); });
  if (fd < 0) return failed(doing, path, errno);
  return Fd(fd);
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    if (const int fault = injected_fault(FaultCall::kWrite)) return failed("writing", path, fault);
    const ssize_t n = retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (n < 0) return failed("writing", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> sync_fd(int fd, bool data_only, const std::string& path) {
  if (const int fault = injected_fault(FaultCall::kSync)) return failed("syncing", path, fault);
  const int status = retry([&] { return data_only ? ::fdatasync(fd) : ::fsync(fd); });
  if (status != 0) return failed("syncing", path, errno);
  return {};
}

Result<void> rename_synced(const std::string& temp, const std::string& path) {
  fail_point("file.before_rename");
  if (const int fault = injected_fault(FaultCall::kRename))
    return failed("renaming to", path, fault);
  if (::rename(temp.c_str(), path.c_str()) != 0) return failed("renaming to", path, errno);
  return {};
}

/// Locks a new temporary file for as long as its descriptor lives, which tells it from a dead
/// process's. False: remove_stale_temps() was faster and took the file away. Where the file system
/// has no locks, nothing is swept either.
bool claim_temp(int fd) {
  if (retry([&] { return ::flock(fd, LOCK_EX); }) != 0) return true;
  struct stat info;
  return ::fstat(fd, &info) != 0 || info.st_nlink > 0;
}

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::kRegular;
  if (S_ISDIR(mode)) return FileKind::kDirectory;
  if (S_ISLNK(mode)) return FileKind::kSymlink;
  return FileKind::kOther;
}

struct OpenedFile {
  Fd fd;
  std::uint64_t size;
};

// O_NONBLOCK keeps open() of a pipe without a writer from waiting; regular files ignore it.
Result<OpenedFile> open_regular(const std::string& path, std::uint64_t max_bytes,
                                Symlinks symlinks) {
  const int nofollow = symlinks == Symlinks::kRefuse ? O_NOFOLLOW : 0;
  auto fd = open_fd(path, O_RDONLY | O_NONBLOCK | nofollow, "opening");
  if (!fd) {
    if (symlinks == Symlinks::kRefuse) {
      const auto info = stat_path(path);
      if (info && info->kind == FileKind::kSymlink)
        return Error(ErrorCode::kInvalidArgument, "'" + printable(path) + "' is a symbolic link");
    }
    return std::move(fd).error();
  }
  struct stat info;
  if (::fstat(fd->get(), &info) != 0) return failed("examining", path, errno);
  if (!S_ISREG(info.st_mode))
    return Error(ErrorCode::kInvalidArgument, "'" + printable(path) + "' is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > max_bytes)
    return Error(ErrorCode::kLimitExceeded, "'" + printable(path) + "' has " + human_count(size) +
                                                " bytes; the limit is " + human_count(max_bytes));
  return OpenedFile{std::move(*fd), size};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Fd::reset() {
  // On Linux the descriptor is gone even when close() reports EINTR; durability is sync's business.
  if (fd_ >= 0) ::close(release());
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes, Symlinks symlinks) {
  CAIRN_ASSIGN(OpenedFile file, open_regular(path, max_bytes, symlinks));
  std::string bytes(file.size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        retry([&] { return ::read(file.fd.get(), bytes.data() + done, bytes.size() - done); });
    if (n < 0) return failed("reading", path, errno);
    if (n == 0) break;  // It shrank since fstat: what is there now is its content.
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

Result<MappedFile> MappedFile::open(const std::string& path, std::uint64_t max_bytes) {
  CAIRN_ASSIGN(OpenedFile file, open_regular(path, max_bytes, Symlinks::kFollow));
  if (file.size == 0) return MappedFile();
  void* address = ::mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.fd.get(), 0);
  if (address == MAP_FAILED) return failed("mapping", path, errno);
  return MappedFile({static_cast<const std::byte*>(address), file.size});
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

void MappedFile::unmap() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  bytes_ = {};
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  static std::atomic<std::uint64_t> counter{0};
  const std::string folder = parent_path(path);
  for (int attempt = 0;; ++attempt) {
    std::string temp = join_path(folder, std::string(kTempPrefix) + std::to_string(getpid()) + "-" +
                                             std::to_string(counter.fetch_add(1)));
    auto fd = open_fd(temp, O_WRONLY | O_CREAT | O_EXCL, "creating");
    // A dead process with our pid may have left such a name; a new counter value finds a free one.
    const bool taken = !fd && fd.error().code() == ErrorCode::kExists;
    if (!fd && (!taken || attempt == 1000))
      return std::move(fd).error().in("writing '" + printable(path) + "'");
    if (fd && claim_temp(fd->get())) return AtomicFile(std::move(*fd), std::move(temp), path);
  }
}

Result<void> remove_stale_temps(const std::string& folder) {
  auto entries = list_dir(folder);
  if (!entries && entries.error().code() == ErrorCode::kNotFound) return {};
  if (!entries) return std::move(entries).error();
  for (const DirEntry& entry : *entries) {
    if (!entry.name.starts_with(kTempPrefix) || entry.kind != FileKind::kRegular) continue;
    const std::string path = join_path(folder, entry.name);
    const Fd fd(retry(
        [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); }));
    // Gone since it was listed, or its writer lives: the lock goes with the process that holds it.
    if (!fd.is_open() || retry([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) continue;
    CAIRN_TRY(remove_file(path));
  }
  return {};
}

AtomicFile::~AtomicFile() {
  if (fd_.is_open()) ::unlink(temp_.c_str());
}

Result<void> AtomicFile::write(std::string_view bytes) {
  return write_all(fd_.get(), bytes, path_);
}

Result<void> AtomicFile::commit() {
  CAIRN_TRY(sync_fd(fd_.get(), false, path_));
  CAIRN_TRY(rename_synced(temp_, path_));
  fd_.reset();  // Nothing is left to remove.
  fail_point("file.after_rename");
  return sync_dir(parent_path(path_));
}

Result<void> publish_file(const std::string& temp, const std::string& path) {
  CAIRN_ASSIGN(const Fd fd, open_fd(temp, O_RDONLY, "opening"));
  CAIRN_TRY(sync_fd(fd.get(), false, temp));
  CAIRN_TRY(rename_synced(temp, path));
  fail_point("file.after_rename");
  return sync_dir(parent_path(path));
}

Result<void> write_file_atomic(const std::string& path, std::string_view bytes) {
  CAIRN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  CAIRN_TRY(file.write(bytes));
  return file.commit();
}

Result<AppendFile> AppendFile::open(const std::string& path) {
  CAIRN_ASSIGN(Fd fd, open_fd(path, O_WRONLY | O_CREAT | O_APPEND, "opening"));
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return failed("examining", path, errno);
  return AppendFile(std::move(fd), path, static_cast<std::uint64_t>(info.st_size));
}

Result<void> AppendFile::append(std::string_view bytes) {
  CAIRN_TRY(write_all(fd_.get(), bytes, path_));
  size_ += bytes.size();
  return {};
}

Result<void> AppendFile::sync() { return sync_fd(fd_.get(), true, path_); }

Result<void> AppendFile::truncate_to(std::uint64_t size) {
  if (retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); }) != 0)
    return failed("truncating", path_, errno);
  size_ = size;
  return {};
}

Result<FileStat> stat_path(const std::string& path, bool follow) {
  struct stat info;
  const int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(AT_FDCWD, path.c_str(), &info, flags) != 0) return failed("examining", path, errno);
  const auto nanoseconds = [](const timespec& t) { return t.tv_sec * 1'000'000'000 + t.tv_nsec; };
  FileStat out;
  out.kind = kind_of(info.st_mode);
  out.mode = info.st_mode;
  out.size = static_cast<std::uint64_t>(info.st_size);
  out.inode = info.st_ino;
  out.device = info.st_dev;
  out.mtime_ns = nanoseconds(info.st_mtim);
  out.ctime_ns = nanoseconds(info.st_ctim);
  return out;
}

bool path_exists(const std::string& path) { return stat_path(path).has_value(); }

Result<void> create_dirs(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) return sync_dir(parent_path(path));
  const int first_errno = errno;
  const std::string parent = parent_path(path);
  if (first_errno == ENOENT && parent != path && parent != ".") {
    CAIRN_TRY(create_dirs(parent));
    return create_dirs(path);
  }
  if (first_errno == EEXIST) {
    CAIRN_ASSIGN(const FileStat info, stat_path(path, true));
    if (info.kind == FileKind::kDirectory) return {};
    return Error(ErrorCode::kExists, "'" + printable(path) + "' exists and is not a folder");
  }
  return failed("creating folder", path, first_errno);
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path, errno);
  return {};
}

Result<void> sync_dir(const std::string& path) {
  CAIRN_ASSIGN(Fd fd, open_fd(path, O_RDONLY | O_DIRECTORY, "opening folder"));
  return sync_fd(fd.get(), false, path);
}

Result<std::uint64_t> free_bytes(const std::string& path) {
  struct statvfs info;
  if (retry([&] { return ::statvfs(path.c_str(), &info); }) != 0)
    return failed("examining the file system of", path, errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || name.starts_with('/')) return std::string(name);
  std::string out(folder);
  if (out.back() != '/') out += '/';
  return out.append(name);
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  path = path.substr(0, slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.empty() ? "/" : std::string(path);
}

namespace {

Result<Fd> open_locked(const std::string& path, int operation) {
  CAIRN_ASSIGN(Fd fd, open_fd(path, O_RDWR | O_CREAT, "opening lock file"));
  if (retry([&] { return ::flock(fd.get(), operation | LOCK_NB); }) == 0) return fd;
  if (errno != EWOULDBLOCK) return failed("locking", path, errno);
  char owner[32] = {};
  const ssize_t n = ::pread(fd.get(), owner, sizeof owner - 1, 0);
  const std::string who = n > 0 ? "process " + printable({owner, static_cast<std::size_t>(n)})
                                : std::string("another process");
  return Error(ErrorCode::kBusy,
               "'" + printable(path) + "' is locked by " + who + "; wait until it has finished",
               true);
}

}  // namespace

Result<FileLock> FileLock::try_acquire_shared(const std::string& path) {
  CAIRN_ASSIGN(Fd fd, open_locked(path, LOCK_SH));
  return FileLock(std::move(fd));
}

Result<FileLock> FileLock::try_acquire(const std::string& path) {
  CAIRN_ASSIGN(Fd fd, open_locked(path, LOCK_EX));
  const std::string pid = std::to_string(getpid());
  if (::ftruncate(fd.get(), 0) != 0) return failed("writing lock file", path, errno);
  CAIRN_TRY(write_all(fd.get(), pid, path));
  return FileLock(std::move(fd));
}

}  // namespace cairn
