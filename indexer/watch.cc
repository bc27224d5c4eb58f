#include "indexer/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/fs.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::indexer {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW |
                                IN_EXCL_UNLINK;
constexpr std::size_t kMostDepth = 512;
/// Folders of which nothing is indexed, whatever the repository says.
constexpr std::array<std::string_view, 6> kNeverIndexed{".hg",          ".svn",        ".jj",
                                                        "node_modules", "__pycache__", ".cairn"};

/// What a folder is to the watcher: code, or a part of .git.
enum class Part : std::uint8_t { kTree, kGit, kRefs };

struct Place {
  std::string key;
  std::string path;
  Part part = Part::kTree;
};

/// Whether a folder inside `part` is watched too, and as what.
std::optional<Part> part_of(Part part, std::string_view name) {
  switch (part) {
    case Part::kTree:
      if (name == ".git") return Part::kGit;
      if (std::find(kNeverIndexed.begin(), kNeverIndexed.end(), name) != kNeverIndexed.end())
        return std::nullopt;
      return Part::kTree;
    case Part::kGit:
      return name == "refs" ? std::optional(Part::kRefs) : std::nullopt;
    case Part::kRefs:
      return Part::kRefs;
  }
  return std::nullopt;
}

/// Whether a change of this name matters. Git writes through NAME.lock and renames.
bool matters(Part part, std::string_view name) {
  if (part == Part::kTree) return name != ".git";
  if (name.ends_with(".lock")) return false;
  if (part == Part::kGit) return name == "HEAD" || name == "index" || name == "packed-refs";
  return true;
}

struct Folder {
  std::string path;
  bool scanned = false;  // instead of watched
  std::uint64_t fingerprint = 0;
  Clock::time_point next_scan;
  // Of a change not told yet.
  std::optional<Clock::time_point> first_change;
  Clock::time_point last_change;
};

}  // namespace

class FolderWatch::Impl {
 public:
  Impl(Options options, Events events, Fd inotify, Fd wake)
      : options_(options),
        events_(std::move(events)),
        inotify_(std::move(inotify)),
        wake_(std::move(wake)),
        thread_([this] { run(); }) {}

  ~Impl() {
    command([this] { stop_ = true; });
    thread_.join();
  }

  /// Has the thread do something.
  void command(std::function<void()> call) {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(std::move(call));
      ++given_;
    }
    const std::uint64_t one = 1;
    // The counter of an eventfd overflows only after 2^64 unread wakes.
    if (::write(wake_.get(), &one, sizeof one) < 0)
      log_warning("watch.wake_failed", {{"errno", errno}});
  }

  void settle() {
    std::unique_lock lock(mutex_);
    const std::uint64_t upto = given_;
    done_changed_.wait(lock, [&] { return done_ >= upto; });
  }

  void add(const std::string& key, const std::string& path) {
    remove(key);
    folders_[key].path = path;
    begin(key);
    if (events_.begun) events_.begun(key);
  }

  void remove(const std::string& key) {
    drop_watches(key);
    folders_.erase(key);
  }

 private:
  void run() {
    while (!stop_) {
      std::array<pollfd, 2> fds{pollfd{inotify_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
      const int ready = ::poll(fds.data(), fds.size(), wait_ms());
      if (ready < 0 && errno != EINTR) {
        log_error("watch.poll_failed", {{"errno", errno}});
        return;
      }
      if (ready > 0 && (fds[1].revents & POLLIN) != 0) run_commands();
      if (ready > 0 && (fds[0].revents & POLLIN) != 0) read_events();
      if (!stop_) tell();
    }
  }

  void run_commands() {
    std::uint64_t count = 0;
    if (::read(wake_.get(), &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
      log_warning("watch.wake_failed", {{"errno", errno}});
    for (;;) {
      std::vector<std::function<void()>> calls;
      {
        const std::lock_guard lock(mutex_);
        calls.swap(commands_);
      }
      if (calls.empty()) return;
      for (const auto& call : calls) call();
      const std::lock_guard lock(mutex_);
      done_ += calls.size();
      done_changed_.notify_all();
    }
  }

  /// Until the next change is to be told or the next folder looked through.
  int wait_ms() const {
    std::optional<Clock::time_point> next;
    const auto at = [&](Clock::time_point time) { next = next ? std::min(*next, time) : time; };
    for (const auto& [key, folder] : folders_) {
      if (folder.first_change) at(due(folder));
      if (folder.scanned) at(folder.next_scan);
    }
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }

  Clock::time_point due(const Folder& folder) const {
    return std::min(folder.last_change + options_.quiet, *folder.first_change + options_.longest);
  }

  /// Watches a folder with all below it, or falls back to scanning.
  void begin(const std::string& key) {
    Folder& folder = folders_[key];
    const bool was_scanned = std::exchange(folder.scanned, false);
    const std::string trouble = watch_below({key, folder.path, Part::kTree});
    if (trouble.empty()) {
      if (was_scanned) events_.degraded(key, "");
      return;
    }
    drop_watches(key);
    folder.scanned = true;
    folder.fingerprint = fingerprint(folder.path);
    folder.next_scan = Clock::now() + options_.scan_every;
    if (!was_scanned) events_.degraded(key, trouble);
  }

  /// Empty, or why not everything could be watched. What vanishes meanwhile is no trouble.
  std::string watch_below(const Place& root) {
    std::vector<Place> todo{root};
    while (!todo.empty()) {
      const Place place = std::move(todo.back());
      todo.pop_back();
      if (watches() >= options_.max_watches)
        return "there are more than " + std::to_string(options_.max_watches) + " folders to watch";
      const int wd = ::inotify_add_watch(inotify_.get(), place.path.c_str(), kMask);
      if (wd < 0) {
        // Vanished, or a folder nobody may read, which indexing cannot read either.
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) {
          if (place.path == root.path && place.part == Part::kTree && is_root(root))
            return "'" + printable(root.path) + "' cannot be watched";
          continue;
        }
        if (errno == ENOSPC)
          return "the system gives no more watches (fs.inotify.max_user_watches)";
        return errno_error(errno, "watching " + printable(place.path)).message();
      }
      remember(wd, place);
      if (static_cast<std::size_t>(std::count(place.path.begin(), place.path.end(), '/')) >
          kMostDepth)
        continue;
      const auto entries = list_dir(place.path);
      if (!entries) continue;
      for (const DirEntry& entry : *entries) {
        if (entry.kind != FileKind::kDirectory) continue;
        if (const auto part = part_of(place.part, entry.name))
          todo.push_back({place.key, join_path(place.path, entry.name), *part});
      }
    }
    return {};
  }

  bool is_root(const Place& place) const {
    const auto at = folders_.find(place.key);
    return at != folders_.end() && at->second.path == place.path;
  }

  std::size_t watches() const { return places_.size(); }

  /// The system gives one watch for a folder, whoever asks: folders may lie in one another.
  void remember(int wd, const Place& place) {
    std::vector<Place>& all = places_[wd];
    const auto same = [&](const Place& other) {
      return other.key == place.key && other.path == place.path;
    };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(place);
  }

  void drop_watches(const std::string& key) {
    for (auto at = places_.begin(); at != places_.end();) {
      std::erase_if(at->second, [&](const Place& place) { return place.key == key; });
      if (!at->second.empty()) {
        ++at;
        continue;
      }
      ::inotify_rm_watch(inotify_.get(), at->first);  // It may be gone with its folder.
      at = places_.erase(at);
    }
  }

  void read_events() {
    alignas(inotify_event) std::array<char, 64 * 1024> buffer;
    const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (got < 0) {
      if (errno != EAGAIN && errno != EINTR) log_error("watch.read_failed", {{"errno", errno}});
      return;
    }
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      take(*event);
    }
  }

  void take(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      start_over();
      return;
    }
    const auto at = places_.find(event.wd);
    if (at == places_.end()) return;
    const std::vector<Place> all = at->second;
    if ((event.mask & IN_IGNORED) != 0) places_.erase(at);
    for (const Place& place : all) take(event, place);
  }

  void take(const inotify_event& event, const Place& place) {
    if ((event.mask & IN_IGNORED) != 0) {
      if (is_root(place)) begin(place.key);  // The folder itself went: scanned until it is back.
      mark(place.key);
      return;
    }
    const std::string_view name = event.len > 0 ? std::string_view(event.name) : "";
    const bool appeared = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    const bool is_folder = (event.mask & IN_ISDIR) != 0;
    if (!is_folder) {
      if (matters(place.part, name)) mark(place.key);
      return;
    }
    const std::optional<Part> part = part_of(place.part, name);
    if (!part) return;
    if (appeared && !watch_below({place.key, join_path(place.path, name), *part}).empty())
      begin(place.key);
    // Files may have come before the watch did.
    mark(place.key);
  }

  /// Events were lost: whatever was known may be wrong.
  void start_over() {
    log_warning("watch.overflow", {{"folders", folders_.size()}});
    std::vector<std::string> keys;
    for (const auto& [key, folder] : folders_) keys.push_back(key);
    for (const std::string& key : keys) {
      drop_watches(key);
      begin(key);
      mark(key);
    }
  }

  void mark(const std::string& key) {
    const auto at = folders_.find(key);
    if (at == folders_.end()) return;
    at->second.last_change = Clock::now();
    if (!at->second.first_change) at->second.first_change = at->second.last_change;
  }

  void tell() {
    const auto now = Clock::now();
    std::vector<std::string> changed;
    std::vector<std::string> to_scan;
    for (auto& [key, folder] : folders_) {
      if (folder.scanned && folder.next_scan <= now) to_scan.push_back(key);
      if (!folder.first_change || due(folder) > now) continue;
      folder.first_change.reset();
      changed.push_back(key);
    }
    for (const std::string& key : changed) events_.changed(key);
    for (const std::string& key : to_scan) scan(key);
  }

  void scan(const std::string& key) {
    Folder& folder = folders_[key];
    const std::uint64_t now = fingerprint(folder.path);
    if (std::exchange(folder.fingerprint, now) != now) mark(key);
    // Perhaps it can be watched by now: it came back, or others need less.
    begin(key);
    if (folder.scanned) folder.next_scan = Clock::now() + options_.scan_every;
  }

  /// Of names, sizes and times of all files that matter. Linear in files.
  static std::uint64_t fingerprint(const std::string& root) {
    std::uint64_t hash = 0;
    std::vector<std::pair<std::string, Part>> todo{{root, Part::kTree}};
    while (!todo.empty()) {
      const auto [path, part] = std::move(todo.back());
      todo.pop_back();
      const auto entries = list_dir(path);
      if (!entries) continue;
      for (const DirEntry& entry : *entries) {
        const std::string below = join_path(path, entry.name);
        if (entry.kind == FileKind::kDirectory) {
          if (const auto inner = part_of(part, entry.name)) todo.emplace_back(below, *inner);
          continue;
        }
        if (!matters(part, entry.name)) continue;
        const auto info = stat_path(below);
        if (!info) continue;
        hash = hash_mix(hash, hash64(below));
        hash = hash_mix(hash, info->size);
        hash = hash_mix(hash, static_cast<std::uint64_t>(info->mtime_ns));
      }
    }
    return hash;
  }

  const Options options_;
  const Events events_;
  const Fd inotify_;
  const Fd wake_;
  // Of the thread alone.
  std::map<std::string, Folder> folders_;
  std::unordered_map<int, std::vector<Place>> places_;  // by watch
  bool stop_ = false;

  std::mutex mutex_;
  std::condition_variable done_changed_;
  std::vector<std::function<void()>> commands_;
  std::uint64_t given_ = 0;
  std::uint64_t done_ = 0;

  std::thread thread_;  // last: it uses all others
};

FolderWatch::FolderWatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FolderWatch::~FolderWatch() = default;

Result<std::unique_ptr<FolderWatch>> FolderWatch::start(Options options, Events events) {
  Fd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify.is_open())
    return Error(ErrorCode::kUnsupported,
                 "folders cannot be watched: " + errno_error(errno, "inotify").message());
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_open()) return errno_error(errno, "making an eventfd");
  return std::unique_ptr<FolderWatch>(new FolderWatch(
      std::make_unique<Impl>(options, std::move(events), std::move(inotify), std::move(wake))));
}

void FolderWatch::add(const std::string& key, const std::string& folder) {
  impl_->command([impl = impl_.get(), key, folder] { impl->add(key, folder); });
}

void FolderWatch::remove(const std::string& key) {
  impl_->command([impl = impl_.get(), key] { impl->remove(key); });
}

void FolderWatch::settle() { impl_->settle(); }

}  // namespace cairn::indexer
