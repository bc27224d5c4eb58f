#pragma once
// What the server does with a repo beyond knowing it. Thread-safe. Errors: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace cairn::store {

struct RepoSettings {
  /// Kept up to date by the server.
  bool pinned = false;
  /// Branch or revision to index; empty: the working tree, or HEAD where there is none.
  std::string branch;
  /// Follow changes of files on this machine.
  bool watch = true;
  /// Seconds between looks at a remote; 0: never.
  std::int64_t poll_seconds = 300;
  /// Snapshots kept besides the current one.
  std::int64_t keep_snapshots = 1;
  friend bool operator==(const RepoSettings&, const RepoSettings&) = default;
};

/// Absent members stay as they are.
struct RepoSettingsChange {
  std::optional<std::string> slug;
  std::optional<bool> pinned;
  std::optional<std::string> branch;
  std::optional<bool> watch;
  std::optional<std::int64_t> poll_seconds;
  std::optional<std::int64_t> keep_snapshots;
};

struct RepoWithSettings {
  Repo repo;
  RepoSettings settings;
};

class RepoSettingsStore {
 public:
  virtual ~RepoSettingsStore() = default;

  /// The defaults if nothing was set. kNotFound: no such repo.
  virtual Result<RepoSettings> get(std::string_view repo) const = 0;
  /// In one transaction. kNotFound, kExists (slug taken), kInvalidArgument (malformed slug,
  /// poll_seconds other than 0 or 10..604800, keep_snapshots above 1000, branch over 1024 bytes or
  /// like an option).
  virtual Result<RepoWithSettings> change(std::string_view repo,
                                          const RepoSettingsChange& change) = 0;
  /// All repos with their settings, ordered by slug.
  virtual Result<std::vector<RepoWithSettings>> list() const = 0;
};

}  // namespace cairn::store
