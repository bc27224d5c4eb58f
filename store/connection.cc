// WAL with synchronous=FULL: a commit is on disk when it returns, and readers in other processes
// never wait for a writer.
#include "store/connection.h"

#include <chrono>
#include <thread>

#include "base/fs.h"
#include "base/text.h"
#include "store/migrations.h"

namespace cairn::store {
namespace {

constexpr int kBusyMs = 5000;
constexpr std::uint64_t kSmallestPage = 512;

Error newer_version(const Database& db, std::int64_t version) {
  return Error(ErrorCode::kVersion,
               "database '" + printable(db.path()) + "' has version " + std::to_string(version) +
                   " and this cairn reads up to " + std::to_string(schema_version()) +
                   "; use the newer cairn that wrote it, or another data folder (--data)");
}

// Refuses what is not ours before anything is written to it.
Result<void> check_owner(const Database& db) {
  // Tables first: another process may be creating the database, and writes them together with the
  // marks in one transaction, so tables seen now imply marks seen below.
  CAIRN_ASSIGN(const std::int64_t objects, db.query_integer("SELECT count(*) FROM sqlite_schema"));
  CAIRN_ASSIGN(const std::int64_t application, db.query_integer("PRAGMA application_id"));
  CAIRN_ASSIGN(const std::int64_t version, db.query_integer("PRAGMA user_version"));
  if (application != kApplicationId && objects > 0)
    return Error(ErrorCode::kInvalidArgument,
                 "database '" + printable(db.path()) + "' belongs to another program");
  if (version > schema_version()) return newer_version(db, version);
  return {};
}

Result<void> migrate(const Database& db) {
  CAIRN_ASSIGN(std::int64_t version, db.query_integer("PRAGMA user_version"));
  if (version == schema_version()) return {};
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db));
  // Another process may have migrated while this one waited.
  CAIRN_ASSIGN(version, db.query_integer("PRAGMA user_version"));
  if (version > schema_version()) return newer_version(db, version);
  for (; version < schema_version(); ++version)
    CAIRN_TRY(db.execute(migrations()[static_cast<std::size_t>(version)]));
  const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(version);
  CAIRN_TRY(db.execute(marks.c_str()));
  return transaction.commit();
}

// SQLite takes a file of less than one page for an empty one and would write over it.
Result<void> check_size(const std::string& path) {
  const auto info = stat_path(path, true);
  if (!info || info->size == 0 || info->size >= kSmallestPage) return {};
  return Error(ErrorCode::kCorrupt,
               "'" + printable(path) +
                   "' is too short to be a database; restore a backup (cairn restore), or move "
                   "the file away and index again");
}

Result<std::unique_ptr<Database>> open_checked(const std::string& path) {
  CAIRN_TRY(check_size(path));
  CAIRN_ASSIGN(std::unique_ptr<Database> db, Database::open(path, kBusyMs));
  CAIRN_TRY(check_owner(*db));
  CAIRN_ASSIGN(const std::string mode, db->query_text("PRAGMA journal_mode = WAL"));
  if (mode != "wal")
    return Error(ErrorCode::kUnsupported, "the file system of '" + printable(path) +
                                              "' cannot hold a database with a write-ahead log; "
                                              "choose a local folder with --data");
  CAIRN_TRY(
      db->execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                  "PRAGMA journal_size_limit = 4194304; PRAGMA cell_size_check = ON"));
  CAIRN_TRY(check_pages(*db, "PRAGMA quick_check(1)"));
  CAIRN_TRY(migrate(*db));
  return db;
}

}  // namespace

Result<void> check_pages(const Database& db, std::string_view pragma) {
  CAIRN_ASSIGN(const std::string verdict, db.query_text(pragma));
  if (verdict == "ok") return {};
  return Error(ErrorCode::kCorrupt,
               "database '" + printable(db.path()) + "' is damaged: " + printable(verdict) +
                   "; restore a backup (cairn restore), or move the file away and index again");
}

Result<std::shared_ptr<Connection>> open_connection(const std::string& path) {
  // Two processes that create or recover a database at the same moment can be told "busy" at once,
  // without the wait that ordinary statements get.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMs);
  for (;;) {
    auto db = open_checked(path);
    if (db) return std::make_shared<Connection>(std::move(*db));
    if (db.error().code() != ErrorCode::kBusy || std::chrono::steady_clock::now() > give_up)
      return std::move(db).error();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace cairn::store
