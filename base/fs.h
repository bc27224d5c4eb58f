#pragma once
// Files and folders. Paths are byte strings; any bytes but NUL are allowed, UTF-8 or not. Every
// function retries EINTR and finishes short writes; errors name the path and keep their class
// (kNotFound, kReadOnly, kDiskFull, ...). All descriptors are close-on-exec. Free functions are
// thread-safe; objects belong to one thread at a time.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn {

/// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

enum class Symlinks : std::uint8_t { kFollow, kRefuse };

/// The bytes of a regular file. kLimitExceeded above max_bytes; kInvalidArgument if it is no
/// regular file (a pipe would block), or is a symlink and those are refused.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes,
                              Symlinks symlinks = Symlinks::kFollow);

/// A whole file mapped read-only. Bytes stay valid until destruction, across moves. Map only files
/// that are replaced by rename and never truncated: touching a truncated page is fatal.
class MappedFile {
 public:
  MappedFile() = default;
  static Result<MappedFile> open(const std::string& path, std::uint64_t max_bytes = UINT64_MAX);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile() { unmap(); }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  void unmap();
  std::span<const std::byte> bytes_;
};

/// Names of unfinished files begin with this; remove_stale_temps() deletes those of dead processes.
inline constexpr std::string_view kTempPrefix = ".cairn-tmp-";
/// Removes what AtomicFiles of processes that died left in the folder; files being written stay,
/// whichever process writes them. Absent folder: fine.
Result<void> remove_stale_temps(const std::string& folder);

/// A file that appears under its name complete or not at all: written next to it under a temporary
/// name, made durable and renamed by commit(). Without commit() the temporary file is removed.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::string& path);
  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();
  Result<void> write(std::string_view bytes);
  /// Syncs, renames over `path` and syncs the folder. Fail points: file.before_rename,
  /// file.after_rename. Once renamed, the file stays even if syncing the folder fails.
  Result<void> commit();

 private:
  AtomicFile(Fd fd, std::string temp, std::string path)
      : fd_(std::move(fd)), temp_(std::move(temp)), path_(std::move(path)) {}
  Fd fd_;
  std::string temp_;
  std::string path_;
};

Result<void> write_file_atomic(const std::string& path, std::string_view bytes);
/// Syncs the file `temp`, renames it to `path` in the same folder and syncs the folder: what
/// commit() does, for files that a library wrote. Fail points as there.
Result<void> publish_file(const std::string& temp, const std::string& path);

/// An append-only file, created if absent. After a failed append() the file may end in part of the
/// bytes; truncate_to() the last good size before going on.
class AppendFile {
 public:
  static Result<AppendFile> open(const std::string& path);
  Result<void> append(std::string_view bytes);
  /// Returns after the data reached the disk (fdatasync).
  Result<void> sync();
  Result<void> truncate_to(std::uint64_t size);
  /// Bytes in the file, counting only complete appends through this object.
  std::uint64_t size() const { return size_; }

 private:
  AppendFile(Fd fd, std::string path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}
  Fd fd_;
  std::string path_;
  std::uint64_t size_;
};

enum class FileKind : std::uint8_t { kRegular, kDirectory, kSymlink, kOther };

struct FileStat {
  FileKind kind = FileKind::kOther;
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
};

struct DirEntry {
  std::string name;
  FileKind kind = FileKind::kOther;
};

/// Of the path itself; a symlink is not followed unless asked for.
Result<FileStat> stat_path(const std::string& path, bool follow = false);
/// True if something (a dangling symlink too) has this name; errors count as absent.
bool path_exists(const std::string& path);
/// The absolute path without symlinks of something that exists.
Result<std::string> real_path(const std::string& path);
/// Entries but "." and "..", sorted by name bytes. kLimitExceeded above max_entries.
Result<std::vector<DirEntry>> list_dir(const std::string& path,
                                       std::size_t max_entries = 10'000'000);
/// Creates the folder and its missing parents; new entries are made durable. Present is fine.
Result<void> create_dirs(const std::string& path);
/// Removes a file or symlink. Absent is fine.
Result<void> remove_file(const std::string& path);
/// Removes a file or a whole folder without following symlinks. Absent is fine.
Result<void> remove_tree(const std::string& path);
/// Makes renames, creations and removals in a folder durable.
Result<void> sync_dir(const std::string& path);
/// Bytes an ordinary user may still write on the file system of this path.
Result<std::uint64_t> free_bytes(const std::string& path);

/// Joins with one '/'; an absolute `name` stands alone, an empty folder adds nothing.
std::string join_path(std::string_view folder, std::string_view name);
/// The folder part, "." if there is none, "/" for the root.
std::string parent_path(std::string_view path);

/// An exclusive lock between processes (flock on a file that stays behind, holding the owner's
/// pid).
class FileLock {
 public:
  /// Never waits: kBusy (retryable) when another process or object holds it.
  static Result<FileLock> try_acquire(const std::string& path);
  /// Any number of shared holders, or one exclusive one.
  static Result<FileLock> try_acquire_shared(const std::string& path);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace cairn
