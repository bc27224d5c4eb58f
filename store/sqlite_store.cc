// The SQLite implementation of Store.
#include <array>
#include <mutex>

#include "base/fail_point.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "store/jobs.h"
#include "store/slug.h"
#include "store/sqlite_parts.h"
#include "store/store.h"

namespace cairn::store {
namespace {

constexpr std::string_view kRepoColumns =
    "id, slug, source, kind, location, created_at, current_snapshot";
constexpr std::string_view kSnapshotColumns =
    "id, commit_id, base_file, overlay_file, created_at, files, symbols, edges, state, "
    "extractor_version";
constexpr std::array<std::string_view, 3> kKindNames{"directory", "git", "remote"};
constexpr std::array<std::string_view, 2> kStateNames{"ready", "quarantined"};

std::string repo_id_of(std::string_view location) { return sha256_hex(location).substr(0, 16); }

Repo read_repo(const Statement& row) {
  Repo repo;
  repo.id = row.text(0);
  repo.slug = row.text(1);
  repo.source = row.text(2);
  repo.kind = enum_named<RepoKind>(kKindNames, row.text(3));
  repo.location = row.text(4);
  repo.created_at_ms = row.integer(5);
  if (!row.is_null(6)) repo.current_snapshot = row.text(6);
  return repo;
}

SnapshotRow read_snapshot(const Statement& row) {
  SnapshotRow out;
  out.id = row.text(0);
  out.commit = row.text(1);
  out.base_file = row.text(2);
  out.overlay_file = row.text(3);
  out.created_at_ms = row.integer(4);
  out.files = static_cast<std::uint64_t>(row.integer(5));
  out.symbols = static_cast<std::uint64_t>(row.integer(6));
  out.edges = static_cast<std::uint64_t>(row.integer(7));
  out.state = enum_named<SnapshotState>(kStateNames, row.text(8));
  out.extractor_version = static_cast<std::uint32_t>(row.integer(9));
  return out;
}

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

Error unknown_repo(std::string_view repo) {
  return Error(ErrorCode::kNotFound, "there is no repo with id '" + printable(repo) + "'");
}

Error unknown_snapshot(std::string_view repo, std::string_view id) {
  return Error(ErrorCode::kNotFound,
               "repo " + printable(repo) + " has no snapshot '" + printable(id) + "'");
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)), mutex_(connection_->mutex), db_(connection_->db) {}

  Result<Repo> upsert_repo(const RepoSpec& spec) override;
  Result<Repo> repo_by_slug(std::string_view slug) const override;
  Result<Repo> repo_by_id(std::string_view id) const override;
  Result<Repo> repo_by_source(std::string_view location) const override;
  Result<std::vector<Repo>> list_repos() const override;
  Result<void> delete_repo(std::string_view repo) override;
  Result<void> publish_snapshot(std::string_view repo, const SnapshotRow& row,
                                std::string_view report, const JobFence* fence) override;
  Result<std::string> snapshot_report(std::string_view repo, std::string_view id) const override;
  Result<std::optional<SnapshotRow>> current_snapshot(std::string_view repo) const override;
  Result<std::vector<SnapshotRow>> list_snapshots(std::string_view repo) const override;
  Result<std::optional<SnapshotRow>> quarantine_snapshot(std::string_view repo,
                                                         std::string_view id) override;
  Result<void> delete_snapshot(std::string_view repo, std::string_view id) override;
  Result<std::vector<std::string>> referenced_files() const override;
  Result<void> backup(const std::string& to_path) const override;
  Result<void> integrity_check() const override;

 private:
  // Those below expect mutex_ to be held.
  Result<std::optional<Repo>> find_repo(std::string_view condition, std::string_view value,
                                        bool bytes) const;
  Result<std::vector<Repo>> all_repos() const;
  Result<void> check_repo(std::string_view repo) const;
  Result<std::string> free_slug(std::string_view wanted, std::string_view location) const;
  Result<std::optional<SnapshotRow>> find_current(std::string_view repo) const;
  Result<void> insert_snapshot(std::string_view repo, const SnapshotRow& row);
  Result<void> set_current(std::string_view repo, std::optional<std::string_view> id);

  const std::shared_ptr<Connection> connection_;
  std::mutex& mutex_;
  const std::unique_ptr<Database>& db_;
};

Result<std::optional<Repo>> SqliteStore::find_repo(std::string_view condition,
                                                   std::string_view value, bool bytes) const {
  CAIRN_ASSIGN(Statement query,
               db_->prepare(select(kRepoColumns, "repo WHERE " + std::string(condition))));
  bytes ? query.bind_bytes(1, value) : query.bind_text(1, value);
  CAIRN_ASSIGN(const bool found, query.step());
  return found ? std::optional<Repo>(read_repo(query)) : std::nullopt;
}

Result<std::vector<Repo>> SqliteStore::all_repos() const {
  CAIRN_ASSIGN(Statement query, db_->prepare(select(kRepoColumns, "repo ORDER BY slug")));
  std::vector<Repo> out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(read_repo(query));
  }
}

Result<void> SqliteStore::check_repo(std::string_view repo) const {
  CAIRN_ASSIGN(const std::optional<Repo> found, find_repo("id = ?", repo, false));
  if (found) return {};
  return unknown_repo(repo);
}

// The wanted slug if it is free or the location's own; one made from the location if none is
// wanted.
Result<std::string> SqliteStore::free_slug(std::string_view wanted,
                                           std::string_view location) const {
  const std::string base = wanted.empty() ? slug_of(location) : std::string(wanted);
  for (int n = 1;; ++n) {
    const std::string slug = n == 1 ? base : base + "-" + std::to_string(n);
    CAIRN_ASSIGN(const std::optional<Repo> holder, find_repo("slug = ?", slug, false));
    if (!holder || holder->location == location) return slug;
    if (!wanted.empty())
      return Error(ErrorCode::kExists, "the name '" + slug + "' belongs to '" +
                                           printable(holder->location) + "'; choose another");
  }
}

Result<Repo> SqliteStore::upsert_repo(const RepoSpec& spec) {
  if (spec.location.empty()) return Error(ErrorCode::kInvalidArgument, "a repo needs a location");
  if (!spec.slug.empty()) CAIRN_TRY(check_slug(spec.slug));
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(*db_));
  CAIRN_ASSIGN(const std::optional<Repo> known, find_repo("location = ?", spec.location, true));
  std::string slug = known ? known->slug : "";
  if (!known || !spec.slug.empty()) {
    CAIRN_ASSIGN(slug, free_slug(spec.slug, spec.location));
  }
  CAIRN_ASSIGN(Statement change,
               db_->prepare("INSERT INTO repo(id, slug, source, kind, location, created_at) "
                            "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(location) DO UPDATE SET "
                            "slug = excluded.slug, source = excluded.source, "
                            "kind = excluded.kind"));
  change.bind_text(1, repo_id_of(spec.location)).bind_text(2, slug);
  change.bind_bytes(3, spec.source);
  change.bind_text(4, kKindNames[static_cast<std::size_t>(spec.kind)]);
  change.bind_bytes(5, spec.location).bind(6, spec.created_at_ms);
  CAIRN_TRY(change.run());
  CAIRN_ASSIGN(std::optional<Repo> repo, find_repo("location = ?", spec.location, true));
  CAIRN_TRY(transaction.commit());
  return std::move(*repo);
}

Result<Repo> SqliteStore::repo_by_slug(std::string_view slug) const {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(std::optional<Repo> found, find_repo("slug = ?", slug, false));
  if (found) return std::move(*found);
  CAIRN_ASSIGN(const std::vector<Repo> repos, all_repos());
  std::vector<std::string_view> slugs;
  for (const Repo& repo : repos) slugs.push_back(repo.slug);
  std::string message = "there is no repo named '" + printable(slug) + "'";
  for (const std::string_view near : suggest(slug, slugs))
    message += (message.back() == '\'' ? "; did you mean " : ", ") + std::string(near);
  return Error(ErrorCode::kNotFound, std::move(message));
}

Result<Repo> SqliteStore::repo_by_id(std::string_view id) const {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(std::optional<Repo> found, find_repo("id = ?", id, false));
  if (found) return std::move(*found);
  return unknown_repo(id);
}

Result<Repo> SqliteStore::repo_by_source(std::string_view location) const {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(std::optional<Repo> found, find_repo("location = ?", location, true));
  if (found) return std::move(*found);
  return Error(ErrorCode::kNotFound, "'" + printable(location) + "' has not been indexed");
}

Result<std::vector<Repo>> SqliteStore::list_repos() const {
  std::lock_guard lock(mutex_);
  return all_repos();
}

Result<void> SqliteStore::delete_repo(std::string_view repo) {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(*db_));
  CAIRN_TRY(check_repo(repo));
  CAIRN_TRY(set_current(repo, std::nullopt));
  // Reports and settings go with the rows they belong to.
  for (const char* sql : {"DELETE FROM snapshot WHERE repo = ?", "DELETE FROM job WHERE repo = ?",
                          "DELETE FROM job_turn WHERE repo = ?", "DELETE FROM repo WHERE id = ?"}) {
    CAIRN_ASSIGN(Statement change, db_->prepare(sql));
    CAIRN_TRY(change.bind_text(1, repo).run());
  }
  return transaction.commit();
}

Result<void> SqliteStore::insert_snapshot(std::string_view repo, const SnapshotRow& row) {
  CAIRN_ASSIGN(
      Statement change,
      db_->prepare("INSERT OR REPLACE INTO snapshot(repo, id, sequence, commit_id, base_file, "
                   "overlay_file, created_at, files, symbols, edges, state, extractor_version) "
                   "SELECT ?1, ?2, coalesce(max(sequence), 0) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                   "?10, ?11 FROM snapshot WHERE repo = ?1"));
  change.bind_text(1, repo).bind_text(2, row.id).bind_text(3, row.commit);
  change.bind_text(4, row.base_file).bind_text(5, row.overlay_file).bind(6, row.created_at_ms);
  change.bind(7, static_cast<std::int64_t>(row.files));
  change.bind(8, static_cast<std::int64_t>(row.symbols));
  change.bind(9, static_cast<std::int64_t>(row.edges));
  change.bind_text(10, kStateNames[static_cast<std::size_t>(row.state)]);
  change.bind(11, row.extractor_version);
  return change.run();
}

Result<void> SqliteStore::set_current(std::string_view repo, std::optional<std::string_view> id) {
  CAIRN_ASSIGN(Statement change,
               db_->prepare("UPDATE repo SET current_snapshot = ?2 WHERE id = ?1"));
  change.bind_text(1, repo);
  id ? change.bind_text(2, *id) : change.bind_null(2);
  return change.run();
}

Result<void> SqliteStore::publish_snapshot(std::string_view repo, const SnapshotRow& row,
                                           std::string_view report, const JobFence* fence) {
  if (row.id.empty() || row.base_file.empty() || row.state != SnapshotState::kReady)
    return Error(ErrorCode::kInvalidArgument,
                 "a snapshot to publish needs an id, a base file and the state ready");
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(*db_));
  CAIRN_TRY(check_repo(repo));
  if (fence != nullptr) CAIRN_TRY(check_fence(*db_, *fence));
  CAIRN_TRY(insert_snapshot(repo, row));
  if (!report.empty()) {
    CAIRN_ASSIGN(Statement keep,
                 db_->prepare("INSERT INTO snapshot_report(repo, id, report) VALUES(?, ?, ?)"));
    CAIRN_TRY(keep.bind_text(1, repo).bind_text(2, row.id).bind_text(3, report).run());
  }
  CAIRN_TRY(set_current(repo, row.id));
  fail_point("store.before_commit");
  CAIRN_TRY(transaction.commit());
  fail_point("store.after_commit");
  return {};
}

Result<std::string> SqliteStore::snapshot_report(std::string_view repo, std::string_view id) const {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Statement query,
               db_->prepare("SELECT r.report FROM snapshot s LEFT JOIN snapshot_report r "
                            "ON r.repo = s.repo AND r.id = s.id WHERE s.repo = ? AND s.id = ?"));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).bind_text(2, id).step());
  if (!found) return unknown_snapshot(repo, id);
  return query.text(0);
}

Result<std::optional<SnapshotRow>> SqliteStore::find_current(std::string_view repo) const {
  CAIRN_ASSIGN(Statement query,
               db_->prepare(select(kSnapshotColumns,
                                   "snapshot WHERE repo = ?1 AND id = "
                                   "(SELECT current_snapshot FROM repo WHERE id = ?1)")));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).step());
  return found ? std::optional<SnapshotRow>(read_snapshot(query)) : std::nullopt;
}

Result<std::optional<SnapshotRow>> SqliteStore::current_snapshot(std::string_view repo) const {
  std::lock_guard lock(mutex_);
  CAIRN_TRY(check_repo(repo));
  return find_current(repo);
}

Result<std::vector<SnapshotRow>> SqliteStore::list_snapshots(std::string_view repo) const {
  std::lock_guard lock(mutex_);
  CAIRN_TRY(check_repo(repo));
  CAIRN_ASSIGN(
      Statement query,
      db_->prepare(select(kSnapshotColumns, "snapshot WHERE repo = ? ORDER BY sequence DESC")));
  query.bind_text(1, repo);
  std::vector<SnapshotRow> out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(read_snapshot(query));
  }
}

Result<std::optional<SnapshotRow>> SqliteStore::quarantine_snapshot(std::string_view repo,
                                                                    std::string_view id) {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(*db_));
  CAIRN_ASSIGN(Statement mark, db_->prepare("UPDATE snapshot SET state = 'quarantined' "
                                            "WHERE repo = ? AND id = ?"));
  CAIRN_TRY(mark.bind_text(1, repo).bind_text(2, id).run());
  if (db_->changes() == 0) return unknown_snapshot(repo, id);
  CAIRN_ASSIGN(Statement flip,
               db_->prepare("UPDATE repo SET current_snapshot = (SELECT id FROM snapshot WHERE "
                            "repo = ?1 AND state = 'ready' ORDER BY sequence DESC LIMIT 1) "
                            "WHERE id = ?1 AND current_snapshot = ?2"));
  CAIRN_TRY(flip.bind_text(1, repo).bind_text(2, id).run());
  CAIRN_ASSIGN(std::optional<SnapshotRow> current, find_current(repo));
  CAIRN_TRY(transaction.commit());
  return current;
}

Result<void> SqliteStore::delete_snapshot(std::string_view repo, std::string_view id) {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(*db_));
  CAIRN_ASSIGN(const std::optional<SnapshotRow> current, find_current(repo));
  if (current && current->id == id)
    return Error(ErrorCode::kInvalidArgument,
                 "snapshot '" + printable(id) + "' is current; publish another one first");
  CAIRN_ASSIGN(Statement change, db_->prepare("DELETE FROM snapshot WHERE repo = ? AND id = ?"));
  CAIRN_TRY(change.bind_text(1, repo).bind_text(2, id).run());
  if (db_->changes() == 0) return unknown_snapshot(repo, id);
  return transaction.commit();
}

Result<std::vector<std::string>> SqliteStore::referenced_files() const {
  std::lock_guard lock(mutex_);
  CAIRN_ASSIGN(Statement query,
               db_->prepare("SELECT base_file FROM snapshot UNION SELECT overlay_file FROM "
                            "snapshot WHERE overlay_file <> '' ORDER BY 1"));
  std::vector<std::string> out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(query.text(0));
  }
}

Result<void> SqliteStore::backup(const std::string& to_path) const {
  if (path_exists(to_path))
    return Error(ErrorCode::kExists,
                 "'" + printable(to_path) + "' exists already; a backup replaces nothing");
  const std::string folder = parent_path(to_path);
  if (const auto info = stat_path(folder, true); !info)
    return Error(info.error().code(),
                 "writing a backup: folder '" + printable(folder) + "' cannot be used");
  const std::string temp =
      join_path(folder, std::string(kTempPrefix) + "backup-" + sha256_hex(to_path).substr(0, 8));
  CAIRN_TRY(remove_file(temp));  // Of an earlier attempt that was killed.
  const auto copied = [&]() -> Result<void> {
    std::lock_guard lock(mutex_);
    CAIRN_ASSIGN(Statement copy, db_->prepare("VACUUM INTO ?"));
    return copy.bind_text(1, temp.front() == '/' ? temp : "./" + temp).run();
  }();
  auto published = copied ? publish_file(temp, to_path) : Result<void>(copied.error().clone());
  if (published) return {};
  // The first error is the one to tell; a temporary file left behind goes with the next attempt.
  static_cast<void>(remove_file(temp));
  return std::move(published).error().in("writing backup '" + printable(to_path) + "'");
}

Result<void> SqliteStore::integrity_check() const {
  std::lock_guard lock(mutex_);
  CAIRN_TRY(check_pages(*db_, "PRAGMA integrity_check(1)"));
  CAIRN_ASSIGN(Statement query, db_->prepare("PRAGMA foreign_key_check"));
  CAIRN_ASSIGN(const bool dangling, query.step());
  if (!dangling) return {};
  return Error(ErrorCode::kCorrupt, "database '" + printable(db_->path()) +
                                        "' has a row in table " + query.text(0) +
                                        " that refers to a missing row of " + query.text(2));
}

}  // namespace

std::unique_ptr<Store> make_repo_store(std::shared_ptr<Connection> connection) {
  return std::make_unique<SqliteStore>(std::move(connection));
}

}  // namespace cairn::store
