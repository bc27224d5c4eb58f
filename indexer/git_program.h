#pragma once
// The `git` program, for what libgit2 is not used for: network transport and the listing of working
// trees. The only place that starts it. Every run has an argument array (no shell), names after
// --end-of-options, an environment made from nothing, no configuration of machine or user, no
// hooks, monitors, helpers or submodules, only the transports its job needs, a deadline and output
// caps.
//
// A token for https comes from CAIRN_GIT_TOKEN. It is handed to git in the child's environment as a
// header for the one host of the address: never in arguments, files, addresses or messages. If
// CAIRN_GIT_TOKEN_HOST is set, only that host gets it.
// Thread-safe. Errors: kNotFound (git is not installed), kUnreachable, kLimitExceeded, kTimeout,
// kCancelled, kDiskFull, kBusy (another process updates the mirror), kCorrupt (refused objects).
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "indexer/folder.h"
#include "indexer/remote_url.h"

namespace cairn::indexer {

struct TransferProgress {
  std::string stage;  // git's words: "Receiving objects"
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

struct FetchOptions {
  std::uint64_t max_bytes = 8ull << 30;  // of objects in the mirror
  std::chrono::seconds timeout{1800};
  std::function<void(const TransferProgress&)> on_progress;  // called on the fetching thread
  StopToken stop;
};

/// Reads one line of git's progress reports, "Receiving objects:  45% (9/20), 1 KiB | 1 MiB/s".
bool parse_progress(std::string_view line, TransferProgress& out);

class GitProgram {
 public:
  explicit GitProgram(std::string program = "git") : program_(std::move(program)) {}

  /// Makes or updates a bare mirror of branches and tags at `path`; its HEAD follows the remote's.
  /// A mirror appears complete or not at all; an update that fails leaves the old state usable.
  Result<void> update_mirror(const RemoteUrl& url, const std::string& path,
                             const FetchOptions& options) const;

  /// Tracked files, and untracked ones that .gitignore does not name, of a working tree.
  Result<std::vector<WorkTreePath>> list_work_tree(const std::string& root,
                                                   const std::string& git_dir,
                                                   const StopToken& stop) const;

 private:
  struct Run;
  Result<std::string> run(const Run& run) const;
  Result<void> init_bare(const std::string& path, const StopToken& stop) const;
  Result<void> fetch(const RemoteUrl& url, const std::string& path,
                     const FetchOptions& options) const;
  Result<std::string> remote_head(const RemoteUrl& url, const std::string& path,
                                  const StopToken& stop) const;

  std::string program_;
};

}  // namespace cairn::indexer
