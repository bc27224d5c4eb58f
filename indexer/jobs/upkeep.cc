#include "indexer/jobs/upkeep.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "graph/facts.h"

namespace cairn::indexer {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kWatchTopic = "watch";

bool is_watched(const store::RepoWithSettings& repo) {
  return repo.settings.pinned && repo.settings.watch && repo.repo.kind != store::RepoKind::kRemote;
}

}  // namespace

Result<DiskSpace> disk_space_of(const std::string& path) {
  struct statvfs info{};
  if (::statvfs(path.c_str(), &info) != 0)
    return errno_error(errno, "free space of " + printable(path));
  return DiskSpace{std::uint64_t{info.f_bavail} * info.f_frsize,
                   std::uint64_t{info.f_blocks} * info.f_frsize};
}

std::string low_disk_reason(const DiskSpace& space, const DiskLimits& limits) {
  const auto share =
      static_cast<std::uint64_t>(limits.min_free_share * static_cast<double>(space.total_bytes));
  const std::uint64_t needed = std::min(limits.min_free_bytes, share);
  if (space.free_bytes >= needed) return {};
  return "the disk of the data folder has " + human_bytes(space.free_bytes) +
         " left, indexing waits until " + human_bytes(needed) + " are free";
}

Result<void> Upkeep::queue(const std::string& repo, store::JobReason reason) {
  CAIRN_ASSIGN(const store::Repo known, workspaces_.state().repos().repo_by_id(repo));
  CAIRN_ASSIGN(const store::Enqueued queued, workspaces_.request_index(known.slug, "", reason));
  (void)queued;
  return {};
}

Result<void> Upkeep::start() {
  CAIRN_TRY(look_at_disk());
  CAIRN_ASSIGN(const std::uint64_t cleared,
               workspaces_.state().poison().clear_other_versions(graph::kExtractorVersion));
  if (cleared > 0) log_info("poison.cleared", {{"rows", cleared}});
  if (options_.watch) {
    FolderWatch::Events events;
    events.changed = [this](const std::string& repo) {
      const auto queued = queue(repo, store::JobReason::kChange);
      // A repo removed at this moment is no trouble.
      if (!queued && queued.error().code() != ErrorCode::kNotFound)
        log_warning("watch.not_queued", {{"error", queued.error()}});
    };
    // The first index run may have listed files before they were watched.
    events.begun = events.changed;
    events.degraded = [this](const std::string& repo, const std::string& reason) {
      workspaces_.set_warning(
          repo, kWatchTopic,
          reason.empty() ? "" : "looked through from time to time instead of watched: " + reason);
    };
    auto started = FolderWatch::start(options_.watching, std::move(events));
    const std::lock_guard lock(mutex_);
    if (started) {
      watch_ = std::move(*started);
    } else {
      log_warning("watch.unavailable", {{"error", started.error()}});
    }
  }
  CAIRN_ASSIGN(const std::vector<store::RepoWithSettings> repos, workspaces_.list());
  for (const store::RepoWithSettings& repo : repos) {
    if (!repo.settings.pinned) continue;
    CAIRN_TRY(queue(repo.repo.id, store::JobReason::kSchedule));
    CAIRN_TRY(watch(repo));
  }
  return {};
}

void Upkeep::stop() {
  std::unique_ptr<FolderWatch> watch;
  {
    const std::lock_guard lock(mutex_);
    watch = std::move(watch_);
  }
}

Result<void> Upkeep::watch(const store::RepoWithSettings& repo) {
  const std::lock_guard lock(mutex_);
  if (!watch_) {
    if (is_watched(repo) && options_.watch)
      workspaces_.set_warning(repo.repo.id, kWatchTopic,
                              "changes are not noticed: the system offers no inotify");
    return {};
  }
  if (is_watched(repo)) {
    watch_->add(repo.repo.id, repo.repo.source);
  } else {
    watch_->remove(repo.repo.id);
    workspaces_.set_warning(repo.repo.id, kWatchTopic, "");
  }
  return {};
}

void Upkeep::repo_changed(const std::string& repo) {
  const auto known = workspaces_.state().repos().repo_by_id(repo);
  if (!known) {
    const std::lock_guard lock(mutex_);
    if (watch_) watch_->remove(repo);
    return;
  }
  const auto found = workspaces_.find(known->slug);
  if (!found) return;  // Removed at this moment: told by another call.
  if (const auto watched = watch(*found); !watched)
    log_warning("watch.failed", {{"error", watched.error()}});
}

Result<void> Upkeep::tick() {
  CAIRN_TRY(look_at_disk());
  CAIRN_TRY(look_at_remotes());
  CAIRN_TRY(collect_sometimes());
  const std::int64_t now = workspaces_.state().clock().unix_milliseconds();
  if (now - pruned_at_ms_ < kHourMs) return {};
  pruned_at_ms_ = now;
  CAIRN_ASSIGN(const std::uint64_t pruned, workspaces_.state().jobs().prune(options_.keep_jobs));
  CAIRN_ASSIGN(const std::uint64_t over, workspaces_.state().tokens().drop_expired_sessions());
  if (pruned + over > 0) log_info("upkeep.pruned", {{"jobs", pruned}, {"sessions", over}});
  return {};
}

Result<void> Upkeep::look_at_disk() {
  CAIRN_ASSIGN(const DiskSpace space, options_.disk_space
                                          ? options_.disk_space(workspaces_.data_dir())
                                          : disk_space_of(workspaces_.data_dir()));
  const std::string reason = low_disk_reason(space, options_.disk);
  bool began = false;
  {
    const std::lock_guard lock(mutex_);
    if (paused_.empty() != reason.empty())
      log_warning(reason.empty() ? "disk.enough" : "disk.low",
                  {{"free", space.free_bytes}, {"total", space.total_bytes}});
    paused_ = reason;
    const std::int64_t now = workspaces_.state().clock().unix_milliseconds();
    if (!reason.empty() && now - freed_at_ms_ >= kHourMs) {
      freed_at_ms_ = now;
      began = true;
    }
  }
  if (!began) return {};
  CAIRN_ASSIGN(const store::Enqueued queued,
               workspaces_.request_collect(store::JobReason::kSchedule));
  (void)queued;
  return {};
}

/// Remotes are asked when poll_seconds have passed since they were, or since they were indexed.
Result<void> Upkeep::look_at_remotes() {
  const std::int64_t now = workspaces_.state().clock().unix_milliseconds();
  CAIRN_ASSIGN(const std::vector<store::RepoWithSettings> repos, workspaces_.list());
  for (const auto& [repo, settings] : repos) {
    if (repo.kind != store::RepoKind::kRemote || !settings.pinned || settings.poll_seconds == 0)
      continue;
    std::int64_t& looked = looked_at_ms_[repo.id];
    if (looked == 0) {
      CAIRN_ASSIGN(const std::optional<store::Job> last,
                   workspaces_.state().jobs().last_ended(repo.id, store::JobKind::kIndex));
      looked = last ? last->finished_at_ms : now;
    }
    if (now - looked < settings.poll_seconds * 1000) continue;
    looked = now;
    CAIRN_TRY(queue(repo.id, store::JobReason::kSchedule));
  }
  return {};
}

Result<void> Upkeep::collect_sometimes() {
  if (options_.collect_every_hours == 0) return {};
  CAIRN_ASSIGN(const std::optional<store::Job> last,
               workspaces_.state().jobs().last_ended("", store::JobKind::kCollect));
  const std::int64_t now = workspaces_.state().clock().unix_milliseconds();
  if (last && now - last->finished_at_ms < options_.collect_every_hours * kHourMs) return {};
  CAIRN_ASSIGN(const store::JobCounts counts, workspaces_.state().jobs().counts());
  // Not beside work that people wait for; it is looked at again in a moment.
  if (counts.queued + counts.running > 0) return {};
  CAIRN_ASSIGN(const store::Enqueued queued,
               workspaces_.request_collect(store::JobReason::kSchedule));
  (void)queued;
  return {};
}

std::string Upkeep::paused_reason() const {
  const std::lock_guard lock(mutex_);
  return paused_;
}

}  // namespace cairn::indexer
