#include "indexer/workspaces.h"

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <thread>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "indexer/folder.h"
#include "indexer/git_repo.h"
#include "indexer/remote_url.h"
#include "indexer/source.h"

namespace cairn::indexer {
namespace {

/// Ends the location of a repo that is a revision, not a working tree (DataFolder::repo_of).
constexpr std::string_view kCommitSuffix = "@commit";
constexpr std::string_view kBranchMark = "@branch:";
constexpr auto kPatience = std::chrono::seconds(5);
constexpr std::uint64_t kMaxFile = std::uint64_t{1} << 30;

Error not_there(const store::Repo& repo, std::string_view path) {
  return Error(ErrorCode::kNotFound, repo.slug + ": " + printable(path) +
                                         " has changed since it was indexed; index again");
}

std::string mirror_path(const std::string& data_dir, const store::Repo& repo) {
  return join_path(data_dir, "mirrors/" + slug_of(repo.source) + ".git");
}

Result<std::string> real_folder(const std::string& path) {
  if (!path.starts_with('/'))
    return Error(ErrorCode::kInvalidArgument,
                 "'" + printable(path) +
                     "' is neither an absolute path of the server's machine nor an address");
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) return errno_error(errno, "source " + printable(path));
  CAIRN_ASSIGN(const FileStat info, stat_path(real.get(), true));
  if (info.kind != FileKind::kDirectory)
    return Error(ErrorCode::kInvalidArgument, printable(path) + " is no folder");
  return std::string(real.get());
}

/// Where a source is, and what kind it is, without indexing it.
Result<store::RepoSpec> spec_of(const PinRequest& request) {
  if (request.source.empty() || request.source.find('\0') != std::string::npos)
    return Error(ErrorCode::kInvalidArgument, "a repo needs a source: a path or an address");
  store::RepoSpec spec;
  spec.slug = request.slug;
  bool revision = !request.branch.empty();
  if (request.source.front() == '-' || looks_remote(request.source)) {
    CAIRN_ASSIGN(const RemoteUrl url, parse_remote_url(request.source));
    spec.kind = store::RepoKind::kRemote;
    spec.source = url.text;
    revision = true;
  } else {
    CAIRN_ASSIGN(spec.source, real_folder(request.source));
    const auto repo = GitRepo::open(spec.source);
    if (!repo && repo.error().code() != ErrorCode::kNotARepository) return repo.error().clone();
    if (!repo && revision)
      return Error(ErrorCode::kNotARepository, printable(spec.source) +
                                                   " is no git repository, so it has no branch '" +
                                                   printable(request.branch) + "'");
    spec.kind = repo ? store::RepoKind::kGit : store::RepoKind::kDirectory;
    revision = revision || (repo && repo->is_bare());
  }
  spec.location = spec.source;
  if (!request.branch.empty())
    spec.location += std::string(kBranchMark) + request.branch;
  else if (revision)
    spec.location += kCommitSuffix;
  return spec;
}

bool is_working_tree(const store::Repo& repo) { return repo.location == repo.source; }

}  // namespace

template <class Call>
void Workspaces::tell(const Call& call) const {
  const std::shared_lock lock(listeners_mutex_);
  for (const auto& [number, listener] : listeners_) call(listener);
}

Workspaces::Workspaces(std::string data_dir, FileLock lock, std::shared_ptr<store::State> state)
    : data_dir_(std::move(data_dir)), lock_(std::move(lock)), state_(std::move(state)) {}

Result<std::unique_ptr<Workspaces>> Workspaces::open(const std::string& data_dir,
                                                     std::shared_ptr<const Clock> clock) {
  CAIRN_TRY(create_dirs(data_dir));
  Result<FileLock> lock = FileLock::try_acquire(join_path(data_dir, "server.lock"));
  if (!lock && lock.error().code() == ErrorCode::kBusy)
    return Error(ErrorCode::kBusy, "another server uses the data folder '" + printable(data_dir) +
                                       "': " + lock.error().message() +
                                       ", or give this one another folder (--data)");
  if (!lock) return std::move(lock).error();
  CAIRN_ASSIGN(std::shared_ptr<store::State> state,
               store::open_state(join_path(data_dir, "cairn.db"), std::move(clock)));
  std::unique_ptr<Workspaces> out(new Workspaces(data_dir, std::move(*lock), std::move(state)));
  CAIRN_ASSIGN(const std::vector<store::Repo> repos, out->state_->repos().list_repos());
  for (const store::Repo& repo : repos)
    if (repo.current_snapshot) out->known_snapshots_[repo.id] = *repo.current_snapshot;
  return out;
}

std::size_t Workspaces::add_listener(Listener listener) {
  const std::unique_lock lock(listeners_mutex_);
  listeners_.emplace(next_listener_, std::move(listener));
  return next_listener_++;
}

void Workspaces::remove_listener(std::size_t number) {
  const std::unique_lock lock(listeners_mutex_);
  listeners_.erase(number);
}

Result<store::Enqueued> Workspaces::enqueue(const store::JobSpec& spec) {
  CAIRN_ASSIGN(store::Enqueued queued, state_->jobs().enqueue(spec));
  tell([&](const Listener& listener) {
    if (listener.job_queued) listener.job_queued(queued.job);
  });
  return queued;
}

Result<Pinned> Workspaces::pin(const PinRequest& request) {
  CAIRN_ASSIGN(store::RepoSpec spec, spec_of(request));
  spec.created_at_ms = state_->clock().unix_milliseconds();
  const Result<store::Repo> known = state_->repos().repo_by_source(spec.location);
  if (!known && known.error().code() != ErrorCode::kNotFound) return known.error().clone();
  if (known) {
    CAIRN_ASSIGN(const store::RepoSettings settings, state_->settings().get(known->id));
    if (settings.pinned)
      return Error(ErrorCode::kExists,
                   "'" + printable(spec.source) + "' is pinned already, as '" + known->slug + "'");
  }
  CAIRN_ASSIGN(const store::Repo repo, state_->repos().upsert_repo(spec));
  store::RepoSettingsChange change;
  change.pinned = request.pinned;
  change.branch = request.branch;
  change.watch = request.watch;
  change.poll_seconds = request.poll_seconds;
  Pinned out;
  CAIRN_ASSIGN(out.repo, state_->settings().change(repo.id, change));
  store::JobSpec job;
  job.repo = repo.id;
  job.reason = store::JobReason::kPin;
  CAIRN_ASSIGN(store::Enqueued queued, enqueue(job));
  out.job = std::move(queued.job);
  tell([&](const Listener& listener) {
    if (listener.repo_changed) listener.repo_changed(repo.id);
  });
  return out;
}

Result<std::vector<store::RepoWithSettings>> Workspaces::list() const {
  return state_->settings().list();
}

Result<store::RepoWithSettings> Workspaces::find(std::string_view slug) const {
  store::RepoWithSettings out;
  CAIRN_ASSIGN(out.repo, state_->repos().repo_by_slug(slug));
  CAIRN_ASSIGN(out.settings, state_->settings().get(out.repo.id));
  return out;
}

Result<store::RepoWithSettings> Workspaces::change(std::string_view slug,
                                                   const store::RepoSettingsChange& change) {
  CAIRN_ASSIGN(const store::RepoWithSettings before, find(slug));
  if (change.branch && !change.branch->empty() && before.repo.kind == store::RepoKind::kDirectory)
    return Error(ErrorCode::kNotARepository, before.repo.slug +
                                                 " is no git repository, so it has "
                                                 "no branch");
  CAIRN_ASSIGN(const store::RepoWithSettings after,
               state_->settings().change(before.repo.id, change));
  CAIRN_TRY(refresh());
  if (after.settings.branch != before.settings.branch) {
    store::JobSpec job;
    job.repo = after.repo.id;
    CAIRN_ASSIGN(const store::Enqueued queued, enqueue(job));
    (void)queued;
  }
  tell([&](const Listener& listener) {
    if (listener.repo_changed) listener.repo_changed(after.repo.id);
  });
  return after;
}

Result<store::Job> Workspaces::cancel(std::int64_t job) {
  CAIRN_ASSIGN(store::Job after, state_->jobs().cancel(job));
  if (after.state == store::JobState::kRunning)
    tell([&](const Listener& listener) {
      if (listener.cancel_requested) listener.cancel_requested(job);
    });
  return after;
}

Result<void> Workspaces::stop_jobs(const store::Repo& repo) {
  for (const store::JobState state : {store::JobState::kQueued, store::JobState::kRunning}) {
    store::JobFilter filter;
    filter.repo = repo.id;
    filter.state = state;
    filter.limit = 1000;
    CAIRN_ASSIGN(const std::vector<store::Job> jobs, state_->jobs().list(filter));
    for (const store::Job& job : jobs) CAIRN_TRY(cancel(job.id));
  }
  return {};
}

Result<void> Workspaces::unpin(std::string_view slug) {
  CAIRN_ASSIGN(const store::Repo repo, state_->repos().repo_by_slug(slug));
  CAIRN_TRY(stop_jobs(repo));
  const std::string folder = join_path(join_path(data_dir_, "repos"), repo.id);
  CAIRN_TRY(create_dirs(folder));
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  Result<FileLock> lock = FileLock::try_acquire(join_path(folder, "lock"));
  while (!lock && lock.error().code() == ErrorCode::kBusy &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    lock = FileLock::try_acquire(join_path(folder, "lock"));
  }
  if (!lock) return std::move(lock).error().in("removing '" + repo.slug + "'");
  // The rows first: what is left of the files after a crash is swept by the next collection.
  CAIRN_TRY(state_->repos().delete_repo(repo.id));
  {
    const std::unique_lock guard(mutex_);
    std::erase_if(views_, [&](const auto& item) { return item.second->repo.id == repo.id; });
    known_snapshots_.erase(repo.id);
  }
  {
    const std::lock_guard guard(side_mutex_);
    warnings_.erase(repo.id);
  }
  tell([&](const Listener& listener) {
    if (listener.repo_changed) listener.repo_changed(repo.id);
  });
  return remove_files(repo);
}

Result<void> Workspaces::remove_files(const store::Repo& repo) {
  CAIRN_TRY(remove_tree(join_path(join_path(data_dir_, "repos"), repo.id)));
  // Mirror and stat cache belong to the source, which another repo (a branch) may share.
  CAIRN_ASSIGN(const std::vector<store::Repo> others, state_->repos().list_repos());
  const bool shared = std::any_of(others.begin(), others.end(), [&](const store::Repo& other) {
    return other.source == repo.source;
  });
  if (shared) return {};
  CAIRN_TRY(remove_tree(join_path(join_path(data_dir_, "repos"), slug_of(repo.source))));
  if (repo.kind != store::RepoKind::kRemote) return {};
  return remove_tree(mirror_path(data_dir_, repo));
}

RepoViewPtr Workspaces::cached(std::string_view slug) const {
  const std::shared_lock lock(mutex_);
  const auto at = views_.find(slug);
  return at == views_.end() ? nullptr : at->second;
}

Result<RepoViewPtr> Workspaces::current(std::string_view slug) {
  if (RepoViewPtr view = cached(slug)) return view;
  CAIRN_ASSIGN(const store::RepoWithSettings repo, find(slug));
  return load(repo);
}

/// The newest snapshot that opens. Damaged ones are set aside; `damage` says why.
Result<RepoViewPtr> Workspaces::open_newest(const store::RepoWithSettings& repo,
                                            std::string& damage) {
  const std::string& id = repo.repo.id;
  CAIRN_ASSIGN(std::optional<store::SnapshotRow> row, state_->repos().current_snapshot(id));
  while (row) {
    const std::string overlay =
        row->overlay_file.empty() ? std::string() : join_path(data_dir_, row->overlay_file);
    Result<std::shared_ptr<const graph::Snapshot>> snapshot =
        graph::Snapshot::open(join_path(data_dir_, row->base_file), overlay);
    if (snapshot) {
      auto view = std::make_shared<RepoView>();
      view->repo = repo.repo;
      view->repo.current_snapshot = row->id;
      view->settings = repo.settings;
      view->row = std::move(*row);
      view->snapshot = std::move(*snapshot);
      return RepoViewPtr(std::move(view));
    }
    const ErrorCode code = snapshot.error().code();
    if (code != ErrorCode::kCorrupt && code != ErrorCode::kVersion && code != ErrorCode::kNotFound)
      return std::move(snapshot).error();
    // Another process may have published, and swept this one's files, since the row was read.
    CAIRN_ASSIGN(std::optional<store::SnapshotRow> now, state_->repos().current_snapshot(id));
    if (now && now->id == row->id) {
      damage = "snapshot " + row->id + ": " + snapshot.error().message();
      log_warning("snapshot.damaged", {{"repo", repo.repo.slug}, {"error", snapshot.error()}});
      CAIRN_ASSIGN(now, state_->repos().quarantine_snapshot(id, row->id));
    }
    row = std::move(now);
  }
  return RepoViewPtr();
}

/// Opens what is to be served, and serves it. Null: there is nothing.
Result<RepoViewPtr> Workspaces::load(const store::RepoWithSettings& repo) {
  std::string damage;
  CAIRN_ASSIGN(RepoViewPtr view, serve_newest(repo, damage));
  if (damage.empty()) return view;
  store::JobSpec job;
  job.repo = repo.repo.id;
  job.reason = store::JobReason::kCorrupt;
  CAIRN_ASSIGN(const store::Enqueued queued, enqueue(job));
  (void)queued;
  return view;
}

Result<RepoViewPtr> Workspaces::serve_newest(const store::RepoWithSettings& repo,
                                             std::string& damage) {
  const std::lock_guard one_at_a_time(load_mutex_);
  CAIRN_ASSIGN(RepoViewPtr view, open_newest(repo, damage));
  CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows,
               state_->repos().list_snapshots(repo.repo.id));
  // A damaged snapshot newer than the served one makes it stale, until the next is published.
  const bool stale = !rows.empty() && rows.front().state == store::SnapshotState::kQuarantined;
  if (view && stale) {
    auto marked = std::make_shared<RepoView>(*view);
    marked->stale = true;
    marked->stale_reason = damage.empty() ? "snapshot " + rows.front().id + " is damaged" : damage;
    view = std::move(marked);
  }
  const std::unique_lock lock(mutex_);
  std::erase_if(views_, [&](const auto& item) { return item.second->repo.id == repo.repo.id; });
  if (view) {
    views_[view->repo.slug] = view;
    known_snapshots_[repo.repo.id] = view->row.id;
  }
  return view;
}

Result<void> Workspaces::refresh() {
  CAIRN_ASSIGN(const std::vector<store::RepoWithSettings> repos, list());
  std::vector<store::RepoWithSettings> changed;
  {
    const std::unique_lock lock(mutex_);
    std::map<std::string_view, RepoViewPtr> by_id;
    for (const auto& [slug, view] : views_) by_id.emplace(view->repo.id, view);
    for (const store::RepoWithSettings& repo : repos) {
      const auto view = by_id.find(repo.repo.id);
      const auto known = known_snapshots_.find(repo.repo.id);
      const bool other_snapshot =
          repo.repo.current_snapshot &&
          (known == known_snapshots_.end() || known->second != *repo.repo.current_snapshot);
      const bool other_settings =
          view != by_id.end() &&
          (view->second->repo.slug != repo.repo.slug || !(view->second->settings == repo.settings));
      if (other_snapshot || other_settings) changed.push_back(repo);
      if (view != by_id.end()) by_id.erase(view);
    }
    // Those left over are of repos that another process removed.
    for (const auto& [id, view] : by_id) {
      known_snapshots_.erase(std::string(id));
      views_.erase(view->repo.slug);
    }
  }
  for (const store::RepoWithSettings& repo : changed) {
    CAIRN_ASSIGN(const RepoViewPtr view, load(repo));
    if (!view) continue;
    tell([&](const Listener& listener) {
      if (listener.snapshot_changed) listener.snapshot_changed(*view);
    });
  }
  return {};
}

Result<RepoStatus> Workspaces::status(std::string_view slug) {
  RepoStatus out;
  CAIRN_ASSIGN(out.repo, find(slug));
  CAIRN_ASSIGN(out.view, current(slug));
  const std::string& id = out.repo.repo.id;
  if (out.view) {
    const auto text = state_->repos().snapshot_report(id, out.view->row.id);
    // The row may have been replaced between the two look-ups; the report is then the next's.
    if (!text && text.error().code() != ErrorCode::kNotFound) return text.error().clone();
    if (text && !text->empty()) {
      CAIRN_ASSIGN(out.report, report_from_json(*text));
    }
    if (out.view->stale) out.warnings.push_back("stale: " + out.view->stale_reason);
  }
  for (const store::JobState state : {store::JobState::kRunning, store::JobState::kQueued}) {
    store::JobFilter filter;
    filter.repo = id;
    filter.state = state;
    CAIRN_ASSIGN(std::vector<store::Job> jobs, state_->jobs().list(filter));
    std::move(jobs.begin(), jobs.end(), std::back_inserter(out.active_jobs));
  }
  CAIRN_ASSIGN(out.last_job, state_->jobs().last_ended(id, store::JobKind::kIndex));
  for (std::string& warning : warnings(id)) out.warnings.push_back(std::move(warning));
  return out;
}

Result<std::string> Workspaces::read_file(const RepoView& view, graph::FileId file) const {
  const graph::FileInfo info = view.snapshot->file(file);
  const store::Repo& repo = view.repo;
  const bool in_folder = repo.kind != store::RepoKind::kRemote && is_working_tree(repo);
  if (in_folder) {
    CAIRN_ASSIGN(const Folder folder, Folder::open(repo.source));
    Result<std::string> bytes = folder.read(std::string(info.path), kMaxFile);
    if (bytes && content_id_of(*bytes) == info.content) return bytes;
    if (repo.kind == store::RepoKind::kDirectory) return not_there(repo, info.path);
  }
  // Of a working tree too: what was indexed may be a committed state.
  CAIRN_ASSIGN(const GitRepo git,
               GitRepo::open(repo.kind == store::RepoKind::kRemote ? mirror_path(data_dir_, repo)
                                                                   : repo.source));
  Result<std::string> bytes = git.read_blob(info.content, kMaxFile);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return not_there(repo, info.path);
  return bytes;
}

Result<store::Enqueued> Workspaces::request_index(std::string_view slug, const std::string& ref,
                                                  store::JobReason reason) {
  CAIRN_ASSIGN(const store::Repo repo, state_->repos().repo_by_slug(slug));
  if (ref.starts_with('-') || ref.find('\0') != std::string::npos)
    return Error(ErrorCode::kInvalidArgument, "'" + printable(ref) + "' is no revision");
  if (!ref.empty() && repo.kind == store::RepoKind::kDirectory)
    return Error(ErrorCode::kNotARepository,
                 repo.slug + " is no git repository, so it has no revision");
  store::JobSpec job;
  job.repo = repo.id;
  job.ref = ref;
  job.reason = reason;
  return enqueue(job);
}

Result<store::Enqueued> Workspaces::request_collect(store::JobReason reason) {
  store::JobSpec job;
  job.kind = store::JobKind::kCollect;
  job.reason = reason;
  job.max_attempts = 20;  // Each waits for index runs of other processes to end.
  return enqueue(job);
}

Result<void> Workspaces::report_damage(const RepoView& view, const Error& error) {
  if (error.code() != ErrorCode::kCorrupt)
    return Error(ErrorCode::kInvalidArgument, "only damaged data is set aside");
  const auto now = state_->repos().quarantine_snapshot(view.repo.id, view.row.id);
  // Gone already: another one is served by now.
  if (!now && now.error().code() == ErrorCode::kNotFound) return {};
  if (!now) return now.error().clone();
  log_warning("snapshot.damaged", {{"repo", view.repo.slug}, {"error", error}});
  store::JobSpec job;
  job.repo = view.repo.id;
  job.reason = store::JobReason::kCorrupt;
  CAIRN_ASSIGN(const store::Enqueued queued, enqueue(job));
  (void)queued;
  store::RepoWithSettings repo;
  CAIRN_ASSIGN(repo.repo, state_->repos().repo_by_id(view.repo.id));
  CAIRN_ASSIGN(repo.settings, state_->settings().get(view.repo.id));
  CAIRN_ASSIGN(const RepoViewPtr next, load(repo));
  if (next)
    tell([&](const Listener& listener) {
      if (listener.snapshot_changed) listener.snapshot_changed(*next);
    });
  return {};
}

Result<IndexOptions> Workspaces::index_options(const store::Job& job) const {
  CAIRN_ASSIGN(const store::Repo repo, state_->repos().repo_by_id(job.repo));
  CAIRN_ASSIGN(const store::RepoSettings settings, state_->settings().get(job.repo));
  IndexOptions options;
  options.source = repo.source;
  options.data_dir = data_dir_;
  options.repo = repo.id;
  options.fence = job.fenced();
  if (!job.ref.empty())
    options.revision = job.ref;
  else if (!settings.branch.empty())
    options.revision = settings.branch;
  else if (repo.kind == store::RepoKind::kGit && !is_working_tree(repo))
    options.revision = "HEAD";
  // What a damaged snapshot was made of is not built upon.
  CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows, state_->repos().list_snapshots(repo.id));
  options.clean = std::any_of(rows.begin(), rows.end(), [](const store::SnapshotRow& row) {
    return row.state == store::SnapshotState::kQuarantined;
  });
  return options;
}

void Workspaces::set_warning(const std::string& repo, const std::string& topic,
                             const std::string& text) {
  const std::lock_guard lock(side_mutex_);
  if (!text.empty()) {
    warnings_[repo][topic] = text;
    return;
  }
  const auto at = warnings_.find(repo);
  if (at == warnings_.end()) return;
  at->second.erase(topic);
  if (at->second.empty()) warnings_.erase(at);
}

std::vector<std::string> Workspaces::warnings(const std::string& repo) const {
  const std::lock_guard lock(side_mutex_);
  std::vector<std::string> out;
  const auto at = warnings_.find(repo);
  if (at == warnings_.end()) return out;
  for (const auto& [topic, text] : at->second) out.push_back(text);
  return out;
}

}  // namespace cairn::indexer
