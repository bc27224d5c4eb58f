#pragma once
// A thin owner of one SQLite connection, its statements and transactions. SQLite's own header stays
// in sqlite_db.cc. Objects belong to one thread at a time; the store guards them with a mutex.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cairn::store {

class Database;

/// A prepared statement. Binding trouble is reported by the next step().
class Statement {
 public:
  Statement& bind(int index, std::int64_t value);
  Statement& bind_text(int index, std::string_view value);
  Statement& bind_bytes(int index, std::string_view value);
  Statement& bind_null(int index);

  /// True if there is a row, false at the end.
  Result<bool> step();
  /// Steps to the end, for statements without rows of interest.
  Result<void> run();

  std::int64_t integer(int column) const;
  /// Text or bytes, empty for NULL.
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const Database& db, sqlite3_stmt* statement) : db_(&db), statement_(statement) {}
  void note(int status) {
    if (status_ == 0) status_ = status;
  }
  const Database* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int status_ = 0;
};

class Database {
 public:
  /// Opens or creates the file, with other connections' locks waited for up to busy_ms.
  static Result<std::unique_ptr<Database>> open(const std::string& path, int busy_ms);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(std::string_view sql) const;
  /// Runs a script of any number of statements.
  Result<void> execute(const char* sql) const;
  /// First column of the first row.
  Result<std::int64_t> query_integer(std::string_view sql) const;
  Result<std::string> query_text(std::string_view sql) const;
  bool in_transaction() const;
  /// Rows changed by the last statement.
  std::int64_t changes() const;
  const std::string& path() const { return path_; }

  /// The Error for a result code of SQLite on this connection.
  Error error(int code, std::string_view doing) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// BEGIN IMMEDIATE; rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(const Database& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(const Database& db) : db_(&db) {}
  const Database* db_;
};

}  // namespace cairn::store
