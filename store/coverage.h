#pragma once
// Imported coverage: one row per upload, with its table as bytes that analysis/coverage/codec.h
// makes and reads. A row is keyed by repo, commit, flag and session, so that an upload that comes
// again replaces itself. Thread-safe. Errors: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

struct CoverageKey {
  std::string repo;    // Repo::id
  std::string commit;  // 40 hex digits; "" for a source without commits
  std::string flag;    // named part of the tests ("unit"), or ""
  std::string session;
  friend auto operator<=>(const CoverageKey&, const CoverageKey&) = default;
};

struct CoverageUpload {
  CoverageKey key;
  std::string format;
  /// Set by put(): grows with every upload of the repo.
  std::int64_t sequence = 0;
  std::int64_t created_at_ms = 0;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // of the table
  friend bool operator==(const CoverageUpload&, const CoverageUpload&) = default;
};

class CoverageStore {
 public:
  virtual ~CoverageStore() = default;

  /// Adds or replaces. kNotFound: no such repo; kInvalidArgument: no session;
  /// kLimitExceeded: a table of more than 256 MiB.
  virtual Result<void> put(const CoverageUpload& upload, std::string_view table) = 0;
  /// Uploads of a commit, by flag and session.
  virtual Result<std::vector<CoverageUpload>> list(std::string_view repo,
                                                   std::string_view commit) const = 0;
  /// Commits that have uploads, the one with the newest first.
  virtual Result<std::vector<std::string>> commits(std::string_view repo) const = 0;
  /// kNotFound when there is none.
  virtual Result<std::string> table(const CoverageKey& key) const = 0;
  /// Removes the uploads of a commit; returns how many.
  virtual Result<std::uint64_t> remove(std::string_view repo, std::string_view commit) = 0;
};

}  // namespace cairn::store
