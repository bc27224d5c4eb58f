#include "indexer/temp_folder.h"

#include <stdlib.h>

#include <cerrno>

#include "base/fs.h"
#include "base/log.h"

namespace cairn::indexer {

Result<TempFolder> TempFolder::make_if(bool needed) {
  TempFolder out;
  if (!needed) return out;
  const char* base = ::getenv("TMPDIR");
  std::string pattern = join_path(base != nullptr && *base != '\0' ? base : "/tmp", "cairn-XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr)
    return errno_error(errno, "making a temporary folder " + pattern + " (set TMPDIR or --data)");
  out.path_ = pattern;
  return out;
}

TempFolder::~TempFolder() {
  if (path_.empty()) return;
  if (const Result<void> removed = remove_tree(path_); !removed)
    log_warning("temp_folder.not_removed", {{"path", path_}, {"error", removed.error().message()}});
}

}  // namespace cairn::indexer
