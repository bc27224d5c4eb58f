#include "store/migrations.h"

namespace cairn::store {
namespace {

// Keys begin with the repo, so that tables can be partitioned by it. Columns that hold bytes of
// paths are BLOBs: paths need not be UTF-8. The reference from repo to its current snapshot is
// checked at commit, because the two tables refer to each other.
constexpr const char* kInitial = R"sql(
CREATE TABLE repo(
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  source BLOB NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('directory', 'git', 'remote')),
  location BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  current_snapshot TEXT,
  FOREIGN KEY(id, current_snapshot) REFERENCES snapshot(repo, id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot(
  repo TEXT NOT NULL REFERENCES repo(id),
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  base_file TEXT NOT NULL CHECK(base_file <> ''),
  overlay_file TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  files INTEGER NOT NULL,
  symbols INTEGER NOT NULL,
  edges INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('ready', 'quarantined')),
  extractor_version INTEGER NOT NULL,
  PRIMARY KEY(repo, id),
  UNIQUE(repo, sequence)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kScripts[] = {kInitial};

}  // namespace

std::span<const char* const> migrations() { return kScripts; }

}  // namespace cairn::store
