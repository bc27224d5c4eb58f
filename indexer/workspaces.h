#pragma once
// The repositories of a server: which there are, the snapshot each one serves, and how it stands.
// Thread-safe. Snapshots are opened when first asked for and swapped when another one is published,
// by this process or by a command beside it; readers keep what they hold for as long as they like.
//
// One server to a data folder: open() takes an exclusive lock, DATA/server.lock. Commands need no
// lock and go on working beside a server.
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "graph/snapshot.h"
#include "indexer/index.h"
#include "store/state.h"

namespace cairn::indexer {

/// A repo with the snapshot it serves. Immutable; valid as long as it is held.
struct RepoView {
  store::Repo repo;
  store::RepoSettings settings;
  store::SnapshotRow row;
  std::shared_ptr<const graph::Snapshot> snapshot;
  /// True when a newer snapshot was damaged, so that this older one is served instead.
  bool stale = false;
  std::string stale_reason;
};
using RepoViewPtr = std::shared_ptr<const RepoView>;

struct PinRequest {
  /// A directory or git repository on this machine (absolute path), or the URL of a remote one.
  std::string source;
  /// Empty: made from the source.
  std::string slug;
  /// Empty: the working tree, or HEAD where there is none.
  std::string branch;
  bool pinned = true;
  std::optional<bool> watch;
  std::optional<std::int64_t> poll_seconds;
};

struct Pinned {
  store::RepoWithSettings repo;
  /// The first index job.
  store::Job job;
};

/// How a repo stands: what was stored when its snapshot was made, and what holds now.
struct RepoStatus {
  store::RepoWithSettings repo;
  /// Null when nothing was indexed yet.
  RepoViewPtr view;
  /// Of the run that made the snapshot; absent for snapshots of older versions.
  std::optional<IndexReport> report;
  /// Queued and running jobs.
  std::vector<store::Job> active_jobs;
  /// The index job that ended last.
  std::optional<store::Job> last_job;
  /// What holds at the moment: that the folder is scanned instead of watched, for one.
  std::vector<std::string> warnings;
};

class Workspaces {
 public:
  /// Told from any thread, while no lock is held that calls of this class take.
  struct Listener {
    std::function<void(const RepoView&)> snapshot_changed;
    std::function<void(const store::Job&)> job_queued;
    /// A running job is to stop.
    std::function<void(std::int64_t job)> cancel_requested;
    /// Settings changed, or the repo was added or removed.
    std::function<void(const std::string& repo)> repo_changed;
  };

  /// kBusy: another server holds the folder. Otherwise the errors of open_state().
  static Result<std::unique_ptr<Workspaces>> open(const std::string& data_dir,
                                                  std::shared_ptr<const Clock> clock);
  Workspaces(const Workspaces&) = delete;
  Workspaces& operator=(const Workspaces&) = delete;

  const std::string& data_dir() const { return data_dir_; }
  store::State& state() { return *state_; }
  /// Shared with index runs, so that they publish through the same connection.
  const std::shared_ptr<store::State>& shared_state() const { return state_; }
  /// Returns what remove_listener() takes; a listener that is being told when it is removed is
  /// waited for. A listener must not add or remove one.
  std::size_t add_listener(Listener listener);
  void remove_listener(std::size_t number);

  /// Adds a repo and queues its first index job. kExists: the location is known and pinned, or the
  /// slug is taken. Errors of a source that cannot be there (kNotFound, kInvalidArgument) come
  /// here; those of a remote that does not answer are the job's.
  Result<Pinned> pin(const PinRequest& request);
  /// Ordered by slug.
  Result<std::vector<store::RepoWithSettings>> list() const;
  /// kNotFound names the nearest slugs.
  Result<store::RepoWithSettings> find(std::string_view slug) const;
  /// A new branch queues an index job.
  Result<store::RepoWithSettings> change(std::string_view slug,
                                         const store::RepoSettingsChange& change);
  /// Cancels its jobs, forgets the repo, and removes its snapshots, mirror and caches; facts go
  /// with the next collection. Readers keep what they hold. kBusy: it is being indexed at this
  /// moment and did not stop in time; try again.
  Result<void> unpin(std::string_view slug);

  /// What is served now; null: nothing was indexed yet. kNotFound: no such repo. Quick: memory only
  /// once the snapshot is open.
  Result<RepoViewPtr> current(std::string_view slug);
  Result<RepoStatus> status(std::string_view slug);
  /// Bytes of a file as indexed. kNotFound when a working tree has changed since.
  Result<std::string> read_file(const RepoView& view, graph::FileId file) const;
  /// Queues an index job, or joins the active one. An empty ref stands for the repo's branch.
  Result<store::Enqueued> request_index(std::string_view slug, const std::string& ref,
                                        store::JobReason reason);
  /// Ends a queued job; asks a running one to stop. kNotFound.
  Result<store::Job> cancel(std::int64_t job);
  /// Queues a collection of the data folder.
  Result<store::Enqueued> request_collect(store::JobReason reason);

  /// Says that a query met a damaged block (kCorrupt). Sets the snapshot aside, serves the one
  /// before as stale and queues an index job.
  Result<void> report_damage(const RepoView& view, const Error& error);
  /// Looks for snapshots and repos that changed in the database. The runner calls it after each job
  /// and every other second.
  Result<void> refresh();
  /// What index_source() needs for a job of this repo; the caller adds progress, stop and fence.
  Result<IndexOptions> index_options(const store::Job& job) const;

  /// A condition of a repo that status() tells, replaced by the next of the same topic; empty text
  /// removes it.
  void set_warning(const std::string& repo, const std::string& topic, const std::string& text);
  std::vector<std::string> warnings(const std::string& repo) const;

 private:
  Workspaces(std::string data_dir, FileLock lock, std::shared_ptr<store::State> state);

  Result<RepoViewPtr> load(const store::RepoWithSettings& repo);
  Result<RepoViewPtr> serve_newest(const store::RepoWithSettings& repo, std::string& damage);
  Result<RepoViewPtr> open_newest(const store::RepoWithSettings& repo, std::string& damage);
  RepoViewPtr cached(std::string_view slug) const;
  Result<store::Enqueued> enqueue(const store::JobSpec& spec);
  Result<void> stop_jobs(const store::Repo& repo);
  Result<void> remove_files(const store::Repo& repo);
  template <class Call>
  void tell(const Call& call) const;

  const std::string data_dir_;
  const FileLock lock_;
  const std::shared_ptr<store::State> state_;
  std::mutex load_mutex_;  // snapshots are opened one at a time; taken before mutex_
  mutable std::shared_mutex mutex_;
  std::map<std::string, RepoViewPtr, std::less<>> views_;            // by slug
  std::map<std::string, std::string, std::less<>> known_snapshots_;  // repo id, as last told
  mutable std::shared_mutex listeners_mutex_;  // held while telling: only remove waits for it
  std::map<std::size_t, Listener> listeners_;
  std::size_t next_listener_ = 1;
  mutable std::mutex side_mutex_;                                       // guards those below
  std::map<std::string, std::map<std::string, std::string>> warnings_;  // repo id, topic
};

}  // namespace cairn::indexer
