#pragma once
// A real git repository in a temporary folder, made with the git program and independent of the
// machine's git settings. Times are fixed, so object ids are the same in every run. A failing git
// command is a failed check: tests cannot go on without it.
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_dir.h"

namespace cairn::testing {

class TestRepo {
 public:
  /// `init_arguments` are added to `git init`: {"--bare"}, {"--object-format=sha256"}.
  explicit TestRepo(const std::vector<std::string>& init_arguments = {});

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return join_path(path_, name); }

  /// Writes a file of the working tree and its missing folders.
  void write(std::string_view name, std::string_view content) const;
  void remove(std::string_view name) const;
  void rename(std::string_view from, std::string_view to) const;
  void symlink(const std::string& target, std::string_view name) const;
  /// Commits everything in the working tree; returns the commit's id in hex.
  std::string commit(const std::string& message = "change") const;
  /// Makes a branch here and stays on the present one.
  void branch(const std::string& name) const;
  void checkout(const std::string& name) const;
  /// Runs git in the repository; returns stdout without the newline at its end.
  std::string git(const std::vector<std::string>& arguments, std::string_view input = {}) const;
  /// Stores an object; returns its id in hex. Nothing is checked, so it may be malformed.
  std::string store(const std::string& type, std::string_view content) const;

 private:
  TempDir folder_;
  std::string path_;
};

/// Writes a file and its missing folders.
void write_file(const std::string& path, std::string_view content);

}  // namespace cairn::testing
