#pragma once
// The audit log: who did what to what. Append-only; each row holds the hash of the one before it,
// so that a changed, removed or reordered row is found. Thread-safe. Time is that of the Clock of
// open_state(). Never put secrets into it. Errors: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

struct AuditEvent {
  /// Token id, "system" or "cli".
  std::string actor;
  /// "token.create", "repo.delete", ...
  std::string action;
  /// Repo slug, token id, job id.
  std::string target;
  /// A JSON object, or empty.
  std::string detail;
};

struct AuditRow {
  /// 1, 2, 3 ... without gaps.
  std::int64_t seq = 0;
  std::int64_t time_ms = 0;
  AuditEvent event;
  /// Hash of the row before; 64 zeros for the first.
  std::string previous;
  /// Hex SHA-256 over seq, time, previous and the event's members, each with its length.
  std::string hash;
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;

  /// Durable when it returns. kInvalidArgument: no actor or action, or detail is no JSON object.
  virtual Result<AuditRow> append(const AuditEvent& event) = 0;
  /// Newest first; only rows before `before` if given. kInvalidArgument: limit 0 or above 1000.
  virtual Result<std::vector<AuditRow>> list(std::optional<std::int64_t> before,
                                             std::size_t limit) const = 0;
  /// Walks the whole chain; returns how many rows there are. kCorrupt names the first bad row.
  virtual Result<std::uint64_t> verify() const = 0;
};

}  // namespace cairn::store
