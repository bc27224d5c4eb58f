#pragma once
// Tells when files of folders change, by inotify. A folder is watched with all below it, but for
// version control data (of .git only HEAD, the index and the refs count) and installed packages.
// Changes are told once they have been quiet for a moment, or after two seconds of going on.
//
// A folder with more folders than there are watches for, or that the system refuses to watch, is
// looked through from time to time instead; `degraded` says so. When the system lost events, every
// folder is looked at anew and told as changed. One thread; calls are thread-safe; callbacks come
// from that thread and must return quickly.
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace cairn::indexer {

class FolderWatch {
 public:
  struct Options {
    std::size_t max_watches = 100'000;  // of all folders together
    std::chrono::milliseconds quiet{200};
    std::chrono::milliseconds longest{2000};
    std::chrono::milliseconds scan_every{60'000};
  };
  struct Events {
    std::function<void(const std::string& key)> changed;
    /// add() took effect: what changed before may not have been seen. May be empty.
    std::function<void(const std::string& key)> begun;
    /// Watched by scanning from now on, and why; an empty reason: watched properly again.
    std::function<void(const std::string& key, const std::string& reason)> degraded;
  };

  /// kUnsupported when the system has no inotify left to give; nothing is watched then.
  static Result<std::unique_ptr<FolderWatch>> start(Options options, Events events);
  /// Stops and joins the thread.
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Watches a folder under a key, in place of what the key stood for. Returns at once.
  void add(const std::string& key, const std::string& folder);
  void remove(const std::string& key);
  /// Waits until all add() and remove() so far took effect. For tests.
  void settle();

 private:
  class Impl;
  explicit FolderWatch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::indexer
