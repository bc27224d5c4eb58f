#pragma once
// A folder of its own for a test, removed with all its content at the end.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/fs.h"

namespace cairn::testing {

class TempDir {
 public:
  TempDir() {
    const char* root = std::getenv("TMPDIR");
    path_ = join_path(root != nullptr ? root : "/tmp", "cairn-test-XXXXXX");
    CAIRN_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  ~TempDir() {
    if (const auto removed = remove_tree(path_); !removed)
      std::fprintf(stderr, "left behind: %s\n", removed.error().message().c_str());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return join_path(path_, name); }

 private:
  std::string path_;
};

}  // namespace cairn::testing
