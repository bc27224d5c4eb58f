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

// Jobs have no reference to their repo: those of the whole data folder have none. Their ids come
// from a counter, so that one is never given twice, and are unique by themselves, since they are
// public. A job is active while queued or running, and only one of a (repo, kind, ref) is. A report
// may be megabytes, so it has a table of its own.
constexpr const char* kServer = R"sql(
CREATE TABLE snapshot_report(
  repo TEXT NOT NULL,
  id TEXT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY(repo, id),
  FOREIGN KEY(repo, id) REFERENCES snapshot(repo, id) ON DELETE CASCADE
) STRICT;
CREATE TABLE repo_setting(
  repo TEXT NOT NULL PRIMARY KEY REFERENCES repo(id) ON DELETE CASCADE,
  pinned INTEGER NOT NULL CHECK(pinned IN (0, 1)),
  branch TEXT NOT NULL,
  watch INTEGER NOT NULL CHECK(watch IN (0, 1)),
  poll_seconds INTEGER NOT NULL,
  keep_snapshots INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE counter(
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter(name, value) VALUES('job', 0), ('fence', 0), ('turn', 0), ('audit', 0);
CREATE TABLE job(
  repo TEXT NOT NULL,
  id INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind IN ('index', 'collect')),
  ref TEXT NOT NULL,
  reason TEXT NOT NULL
    CHECK(reason IN ('pin', 'push', 'request', 'change', 'corrupt', 'schedule')),
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  attempt INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  again INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  waiting_since INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  owner TEXT NOT NULL,
  fence INTEGER NOT NULL,
  stage TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY(repo, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_active ON job(repo, kind, ref) WHERE state IN ('queued', 'running');
CREATE INDEX job_queued ON job(id) WHERE state = 'queued';
CREATE INDEX job_running ON job(repo) WHERE state = 'running';
CREATE TABLE job_turn(
  repo TEXT NOT NULL PRIMARY KEY,
  served INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE token(
  id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Without a reference to the repo: a token for a deleted repo must not become one for all.
CREATE TABLE token_repo(
  token TEXT NOT NULL REFERENCES token(id) ON DELETE CASCADE,
  repo TEXT NOT NULL,
  PRIMARY KEY(token, repo)
) STRICT, WITHOUT ROWID;
CREATE TABLE session(
  hash TEXT NOT NULL PRIMARY KEY,
  token TEXT NOT NULL REFERENCES token(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_token ON session(token);
CREATE TABLE audit(
  seq INTEGER NOT NULL PRIMARY KEY,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TABLE poison(
  content TEXT NOT NULL,
  language TEXT NOT NULL,
  extractor_version INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(content, language, extractor_version)
) STRICT, WITHOUT ROWID;
)sql";

// The tables of uploads lie in their rows: whole or absent, gone with the repo, in every backup.
constexpr const char* kCoverage = R"sql(
CREATE TABLE coverage(
  repo TEXT NOT NULL REFERENCES repo(id) ON DELETE CASCADE,
  commit_id TEXT NOT NULL,
  flag TEXT NOT NULL,
  session TEXT NOT NULL CHECK(session <> ''),
  sequence INTEGER NOT NULL,
  format TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  files INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(repo, commit_id, flag, session)
) STRICT;
)sql";

constexpr const char* kScripts[] = {kInitial, kServer, kCoverage};

}  // namespace

std::span<const char* const> migrations() { return kScripts; }

}  // namespace cairn::store
