// The audit log over SQLite.
#include <mutex>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr std::size_t kMostRows = 1000;
constexpr const char* kSelect =
    "SELECT seq, time, actor, action, target, detail, previous, hash FROM audit ";

AuditRow read_row(const Statement& row) {
  AuditRow out;
  out.seq = row.integer(0);
  out.time_ms = row.integer(1);
  out.event = {row.text(2), row.text(3), row.text(4), row.text(5)};
  out.previous = row.text(6);
  out.hash = row.text(7);
  return out;
}

/// Each member with its length before it, so that no two events have the same text.
std::string hash_of(const AuditRow& row) {
  std::string text;
  const auto add = [&](std::string_view member) {
    text += std::to_string(member.size()) + ":";
    text += member;
  };
  add(std::to_string(row.seq));
  add(std::to_string(row.time_ms));
  add(row.previous);
  for (const std::string* member :
       {&row.event.actor, &row.event.action, &row.event.target, &row.event.detail})
    add(*member);
  return sha256_hex(text);
}

class SqliteAudit final : public AuditLog {
 public:
  SqliteAudit(std::shared_ptr<Connection> connection, std::shared_ptr<const Clock> clock)
      : connection_(std::move(connection)), db_(*connection_->db), clock_(std::move(clock)) {}

  Result<AuditRow> append(const AuditEvent& event) override {
    if (event.actor.empty() || event.action.empty())
      return Error(ErrorCode::kInvalidArgument, "an audit event needs an actor and an action");
    if (!event.detail.empty()) {
      const auto parsed = JsonDocument::parse(event.detail);
      if (!parsed || !parsed->root().is_object())
        return Error(ErrorCode::kInvalidArgument, "an audit event's detail is a JSON object");
    }
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
    AuditRow row;
    CAIRN_ASSIGN(row.seq, next_number(db_, "audit"));
    row.previous = std::string(64, '0');
    {
      CAIRN_ASSIGN(Statement last, db_.prepare("SELECT hash FROM audit WHERE seq = ?"));
      CAIRN_ASSIGN(const bool found, last.bind(1, row.seq - 1).step());
      if (found) row.previous = last.text(0);
    }
    row.time_ms = clock_->unix_milliseconds();
    row.event = event;
    row.hash = hash_of(row);
    CAIRN_ASSIGN(Statement add, db_.prepare("INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
    add.bind(1, row.seq).bind(2, row.time_ms).bind_text(3, event.actor);
    add.bind_text(4, event.action).bind_text(5, event.target).bind_text(6, event.detail);
    CAIRN_TRY(add.bind_text(7, row.previous).bind_text(8, row.hash).run());
    CAIRN_TRY(transaction.commit());
    return row;
  }

  Result<std::vector<AuditRow>> list(std::optional<std::int64_t> before,
                                     std::size_t limit) const override {
    if (limit == 0 || limit > kMostRows)
      return Error(ErrorCode::kInvalidArgument, "audit: the limit is 1 to 1000");
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(
        Statement query,
        db_.prepare(std::string(kSelect) + "WHERE ?1 = 0 OR seq < ?1 ORDER BY seq DESC LIMIT ?2"));
    query.bind(1, before.value_or(0)).bind(2, static_cast<std::int64_t>(limit));
    std::vector<AuditRow> out;
    for (;;) {
      CAIRN_ASSIGN(const bool more, query.step());
      if (!more) return out;
      out.push_back(read_row(query));
    }
  }

  Result<std::uint64_t> verify() const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query, db_.prepare(std::string(kSelect) + "ORDER BY seq"));
    std::uint64_t count = 0;
    std::string previous(64, '0');
    for (;;) {
      CAIRN_ASSIGN(const bool more, query.step());
      if (!more) break;
      const AuditRow row = read_row(query);
      ++count;
      if (row.seq != static_cast<std::int64_t>(count)) return broken(count, "is missing");
      if (row.previous != previous) return broken(count, "does not follow the row before it");
      if (row.hash != hash_of(row)) return broken(count, "was changed");
      previous = row.hash;
    }
    // Rows cut off at the end leave a chain that is whole; the counter remembers them.
    CAIRN_ASSIGN(const std::int64_t written,
                 db_.query_integer("SELECT value FROM counter WHERE name = 'audit'"));
    if (written != static_cast<std::int64_t>(count)) return broken(count + 1, "is missing");
    return count;
  }

 private:
  static Error broken(std::uint64_t seq, std::string_view what) {
    return Error(ErrorCode::kCorrupt, "row " + std::to_string(seq) + " " + std::string(what));
  }

  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  const std::shared_ptr<const Clock> clock_;
};

}  // namespace

std::unique_ptr<AuditLog> make_audit_log(std::shared_ptr<Connection> connection,
                                         std::shared_ptr<const Clock> clock) {
  return std::make_unique<SqliteAudit>(std::move(connection), std::move(clock));
}

}  // namespace cairn::store
