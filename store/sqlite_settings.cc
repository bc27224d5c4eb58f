// Settings of repos over SQLite.
#include <map>
#include <mutex>

#include "base/text.h"
#include "store/slug.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr std::int64_t kShortestPoll = 10;
constexpr std::int64_t kLongestPoll = 7 * 24 * 3600;
constexpr std::int64_t kMostKept = 1000;
constexpr std::size_t kLongestBranch = 1024;
constexpr const char* kSelect =
    "SELECT repo, pinned, branch, watch, poll_seconds, keep_snapshots FROM repo_setting";

RepoSettings read_settings(const Statement& row) {
  RepoSettings out;
  out.pinned = row.integer(1) != 0;
  out.branch = row.text(2);
  out.watch = row.integer(3) != 0;
  out.poll_seconds = row.integer(4);
  out.keep_snapshots = row.integer(5);
  return out;
}

Result<void> check(const RepoSettingsChange& change) {
  const auto refuse = [](const char* why) {
    return Error(ErrorCode::kInvalidArgument, std::string("repo settings: ") + why);
  };
  if (change.slug) CAIRN_TRY(check_slug(*change.slug));
  if (change.branch && change.branch->size() > kLongestBranch)
    return refuse("the branch is longer than 1024 bytes");
  if (change.branch &&
      (change.branch->starts_with('-') || change.branch->find('\0') != std::string::npos))
    return refuse("the branch looks like an option, or holds a NUL byte");
  if (change.poll_seconds && *change.poll_seconds != 0 &&
      (*change.poll_seconds < kShortestPoll || *change.poll_seconds > kLongestPoll))
    return refuse("poll_seconds is 0 (never) or 10 to 604800");
  if (change.keep_snapshots && (*change.keep_snapshots < 0 || *change.keep_snapshots > kMostKept))
    return refuse("keep_snapshots is 0 to 1000");
  return {};
}

class SqliteSettings final : public RepoSettingsStore {
 public:
  SqliteSettings(std::shared_ptr<Connection> connection, Store& repos)
      : connection_(std::move(connection)), db_(*connection_->db), repos_(repos) {}

  Result<RepoSettings> get(std::string_view repo) const override {
    CAIRN_ASSIGN(const Repo known, repos_.repo_by_id(repo));
    std::lock_guard lock(connection_->mutex);
    return find(known.id);
  }

  Result<RepoWithSettings> change(std::string_view repo,
                                  const RepoSettingsChange& change) override {
    CAIRN_TRY(check(change));
    CAIRN_ASSIGN(RepoWithSettings out, changed(repo, change));
    CAIRN_ASSIGN(out.repo, repos_.repo_by_id(repo));
    return out;
  }

  Result<std::vector<RepoWithSettings>> list() const override {
    CAIRN_ASSIGN(std::vector<Repo> repos, repos_.list_repos());
    std::map<std::string, RepoSettings, std::less<>> known;
    {
      std::lock_guard lock(connection_->mutex);
      CAIRN_ASSIGN(Statement query, db_.prepare(kSelect));
      for (;;) {
        CAIRN_ASSIGN(const bool more, query.step());
        if (!more) break;
        known.emplace(query.text(0), read_settings(query));
      }
    }
    std::vector<RepoWithSettings> out;
    for (Repo& repo : repos) {
      const auto at = known.find(repo.id);
      RepoSettings settings = at == known.end() ? RepoSettings() : std::move(at->second);
      out.push_back({std::move(repo), std::move(settings)});
    }
    return out;
  }

 private:
  // Both expect the mutex to be held.
  Result<RepoSettings> find(std::string_view repo) const {
    CAIRN_ASSIGN(Statement query, db_.prepare(std::string(kSelect) + " WHERE repo = ?"));
    CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).step());
    return found ? read_settings(query) : RepoSettings();
  }

  Result<void> rename(std::string_view repo, const std::string& slug) {
    CAIRN_ASSIGN(Statement taken,
                 db_.prepare("SELECT location FROM repo WHERE slug = ? AND id <> ?"));
    CAIRN_ASSIGN(const bool found, taken.bind_text(1, slug).bind_text(2, repo).step());
    if (found)
      return Error(ErrorCode::kExists, "the name '" + slug + "' belongs to '" +
                                           printable(taken.text(0)) + "'; choose another");
    CAIRN_ASSIGN(Statement change, db_.prepare("UPDATE repo SET slug = ? WHERE id = ?"));
    return change.bind_text(1, slug).bind_text(2, repo).run();
  }

  Result<RepoWithSettings> changed(std::string_view repo, const RepoSettingsChange& change) {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
    CAIRN_ASSIGN(Statement known, db_.prepare("SELECT 1 FROM repo WHERE id = ?"));
    CAIRN_ASSIGN(const bool found, known.bind_text(1, repo).step());
    if (!found)
      return Error(ErrorCode::kNotFound, "there is no repo with id '" + printable(repo) + "'");
    if (change.slug) CAIRN_TRY(rename(repo, *change.slug));
    RepoWithSettings out;
    RepoSettings& settings = out.settings;
    CAIRN_ASSIGN(settings, find(repo));
    settings.pinned = change.pinned.value_or(settings.pinned);
    settings.branch = change.branch.value_or(settings.branch);
    settings.watch = change.watch.value_or(settings.watch);
    settings.poll_seconds = change.poll_seconds.value_or(settings.poll_seconds);
    settings.keep_snapshots = change.keep_snapshots.value_or(settings.keep_snapshots);
    CAIRN_ASSIGN(Statement keep,
                 db_.prepare("INSERT OR REPLACE INTO repo_setting VALUES(?, ?, ?, ?, ?, ?)"));
    keep.bind_text(1, repo).bind(2, settings.pinned ? 1 : 0).bind_text(3, settings.branch);
    keep.bind(4, settings.watch ? 1 : 0).bind(5, settings.poll_seconds);
    CAIRN_TRY(keep.bind(6, settings.keep_snapshots).run());
    CAIRN_TRY(transaction.commit());
    return out;
  }

  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  Store& repos_;
};

}  // namespace

std::unique_ptr<RepoSettingsStore> make_settings_store(std::shared_ptr<Connection> connection,
                                                       Store& repos) {
  return std::make_unique<SqliteSettings>(std::move(connection), repos);
}

}  // namespace cairn::store
