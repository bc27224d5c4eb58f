#pragma once
// A private folder for a run without a data folder; removed with everything in it.
#include <string>

#include "base/result.h"

namespace cairn::indexer {

class TempFolder {
 public:
  /// An empty holder when not `needed`. Errors: kReadOnly, kDiskFull, kIo.
  static Result<TempFolder> make_if(bool needed);
  TempFolder(TempFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();

  const std::string& path() const { return path_; }

 private:
  TempFolder() = default;
  std::string path_;
};

}  // namespace cairn::indexer
