#include "store/sqlite_db.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "base/fs.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::store {
namespace {

struct Verdict {
  ErrorCode code;
  const char* advice;
};

constexpr Verdict kDamaged{ErrorCode::kCorrupt,
                           "; the database is damaged: restore a backup (cairn restore), or move "
                           "the file away and index again"};
constexpr Verdict kFull{ErrorCode::kDiskFull, "; free some space and try again"};
constexpr Verdict kNotWritable{ErrorCode::kReadOnly,
                               "; make the data folder writable or choose another with --data"};
constexpr Verdict kHeld{ErrorCode::kBusy, "; another process is using it, try again"};

Verdict verdict_of_errno(int system_errno) {
  switch (system_errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return kFull;
    case EACCES:
    case EPERM:
    case EROFS:
      return kNotWritable;
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, "; its folder does not exist"};
    default:
      return {ErrorCode::kIo, ""};
  }
}

Verdict verdict_of(int code, int system_errno, const std::string& path) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return kDamaged;
    case SQLITE_FULL:
      return kFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return kNotWritable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return kHeld;
    case SQLITE_IOERR:
      // A file shorter than its header says.
      if (code == SQLITE_IOERR_SHORT_READ) return kDamaged;
      return verdict_of_errno(system_errno);
    case SQLITE_CANTOPEN:
      // When a file cannot be created SQLite tries to open it for reading, which leaves ENOENT.
      if (system_errno == ENOENT && path_exists(parent_path(path))) return kNotWritable;
      return verdict_of_errno(system_errno);
    case SQLITE_NOMEM:
      return {ErrorCode::kLimitExceeded, "; there is not enough memory"};
    default:
      return {ErrorCode::kInternal, ""};
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);  // Repeats the error of the last step, which was reported there.
}

Statement& Statement::bind(int index, std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), index, value));
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  note(sqlite3_bind_text64(statement_.get(), index, data, value.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_bytes(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  note(sqlite3_bind_blob64(statement_.get(), index, data, value.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_null(int index) {
  note(sqlite3_bind_null(statement_.get(), index));
  return *this;
}

Result<bool> Statement::step() {
  if (status_ != SQLITE_OK) return db_->error(status_, "binding values");
  errno = 0;
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return db_->error(status, "running a statement");
}

Result<void> Statement::run() {
  for (;;) {
    CAIRN_ASSIGN(const bool more, step());
    if (!more) return {};
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr || size <= 0) return {};
  return std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<std::unique_ptr<Database>> Database::open(const std::string& path, int busy_ms) {
  if (path.empty() || path.find('\0') != path.npos)
    return Error(ErrorCode::kInvalidArgument,
                 "'" + printable(path) + "' cannot be the name of a database");
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  // A leading "./" keeps a name such as ":memory:" a file name.
  const std::string file = path.front() == '/' ? path : "./" + path;
  errno = 0;
  const int status = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> db(new Database(path, handle));
  if (handle == nullptr) return Error(ErrorCode::kLimitExceeded, "not enough memory for SQLite");
  if (status != SQLITE_OK) return db->error(status, "opening");
  sqlite3_busy_timeout(handle, busy_ms);
  // The file may be damaged or planted: its schema must not run functions, nor SQL rewrite pages.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return db;
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  const int status = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
  if (status != SQLITE_OK) return error(status, "preparing a statement");
  return Statement(*this, statement);
}

Result<void> Database::execute(const char* sql) const {
  errno = 0;
  const int status = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return error(status, "running a script");
  return {};
}

Result<std::int64_t> Database::query_integer(std::string_view sql) const {
  CAIRN_ASSIGN(Statement statement, prepare(sql));
  CAIRN_ASSIGN(const bool found, statement.step());
  return found ? statement.integer(0) : 0;
}

Result<std::string> Database::query_text(std::string_view sql) const {
  CAIRN_ASSIGN(Statement statement, prepare(sql));
  CAIRN_ASSIGN(const bool found, statement.step());
  return found ? statement.text(0) : std::string();
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Error Database::error(int code, std::string_view doing) const {
  // SQLite forgets the errno of a failure inside COMMIT; every call here starts with errno = 0, so
  // what stands there now is from this call.
  const int left_errno = errno;
  const int system_errno = sqlite3_system_errno(handle_.get());
  const Verdict verdict = verdict_of(code, system_errno != 0 ? system_errno : left_errno, path_);
  std::string message = "database '" + printable(path_) + "': " + std::string(doing) + ": " +
                        sqlite3_errmsg(handle_.get()) + verdict.advice;
  return Error(verdict.code, std::move(message), verdict.code == ErrorCode::kBusy);
}

Result<Transaction> Transaction::begin(const Database& db) {
  CAIRN_TRY(db.execute("BEGIN IMMEDIATE"));
  return Transaction(db);
}

Transaction::~Transaction() {
  if (db_ == nullptr) return;
  if (!db_->in_transaction()) return;  // SQLite rolled back by itself (disk full, I/O error).
  if (const auto undone = db_->execute("ROLLBACK"); !undone)
    log_warning("store.rollback_failed", {{"error", undone.error()}});
}

Result<void> Transaction::commit() {
  CAIRN_TRY(db_->execute("COMMIT"));
  db_ = nullptr;
  return {};
}

}  // namespace cairn::store
