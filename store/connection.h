#pragma once
// One open database, shared by the parts of the state (store/state.h). Private to the folder.
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "store/sqlite_db.h"

namespace cairn::store {

/// One connection behind one mutex: calls are microseconds, and the only slow part, the sync at
/// commit, must be taken in turn anyway.
struct Connection {
  explicit Connection(std::unique_ptr<Database> database) : db(std::move(database)) {}
  std::mutex mutex;
  const std::unique_ptr<Database> db;
};

/// Opens, checks and migrates the database: see open_sqlite().
Result<std::shared_ptr<Connection>> open_connection(const std::string& path);

/// kCorrupt unless the pragma (quick_check or integrity_check) says "ok".
Result<void> check_pages(const Database& db, std::string_view pragma);

}  // namespace cairn::store
