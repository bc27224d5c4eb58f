// Imported coverage over SQLite. Tables lie in rows, not in files of their own: an upload is then
// whole or absent, leaves with its repo, and is part of every backup.
#include <mutex>

#include "base/text.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;

class SqliteCoverage final : public CoverageStore {
 public:
  SqliteCoverage(std::shared_ptr<Connection> connection, std::shared_ptr<const Clock> clock)
      : connection_(std::move(connection)), db_(*connection_->db), clock_(std::move(clock)) {}

  Result<void> put(const CoverageUpload& upload, std::string_view table) override {
    const CoverageKey& key = upload.key;
    if (key.session.empty())
      return Error(ErrorCode::kInvalidArgument, "a coverage upload needs a session");
    if (table.size() > kMostBytes)
      return Error(ErrorCode::kLimitExceeded, "the coverage table is larger than " +
                                                  human_bytes(kMostBytes) + ", split the report");
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
    CAIRN_ASSIGN(Statement known, db_.prepare("SELECT 1 FROM repo WHERE id = ?"));
    CAIRN_ASSIGN(const bool found, known.bind_text(1, key.repo).step());
    if (!found) return Error(ErrorCode::kNotFound, "no repo '" + printable(key.repo) + "'");
    CAIRN_ASSIGN(Statement last,
                 db_.prepare("SELECT coalesce(max(sequence), 0) FROM coverage WHERE repo = ?"));
    CAIRN_TRY(last.bind_text(1, key.repo).step());
    CAIRN_ASSIGN(
        Statement change,
        db_.prepare("INSERT OR REPLACE INTO coverage VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    change.bind_text(1, key.repo).bind_text(2, key.commit).bind_text(3, key.flag);
    change.bind_text(4, key.session).bind(5, last.integer(0) + 1).bind_text(6, upload.format);
    change.bind(7, clock_->unix_milliseconds()).bind(8, static_cast<std::int64_t>(upload.files));
    change.bind(9, static_cast<std::int64_t>(upload.lines)).bind_bytes(10, table);
    CAIRN_TRY(change.run());
    return transaction.commit();
  }

  Result<std::vector<CoverageUpload>> list(std::string_view repo,
                                           std::string_view commit) const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query,
                 db_.prepare("SELECT flag, session, sequence, format, created_at, files, lines, "
                             "length(bytes) FROM coverage WHERE repo = ? AND commit_id = ? "
                             "ORDER BY flag, session"));
    query.bind_text(1, repo).bind_text(2, commit);
    std::vector<CoverageUpload> out;
    for (;;) {
      CAIRN_ASSIGN(const bool more, query.step());
      if (!more) return out;
      CoverageUpload& row = out.emplace_back();
      row.key = {std::string(repo), std::string(commit), query.text(0), query.text(1)};
      row.sequence = query.integer(2);
      row.format = query.text(3);
      row.created_at_ms = query.integer(4);
      row.files = static_cast<std::uint64_t>(query.integer(5));
      row.lines = static_cast<std::uint64_t>(query.integer(6));
      row.bytes = static_cast<std::uint64_t>(query.integer(7));
    }
  }

  Result<std::vector<std::string>> commits(std::string_view repo) const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query,
                 db_.prepare("SELECT commit_id FROM coverage WHERE repo = ? GROUP BY commit_id "
                             "ORDER BY max(sequence) DESC"));
    query.bind_text(1, repo);
    std::vector<std::string> out;
    for (;;) {
      CAIRN_ASSIGN(const bool more, query.step());
      if (!more) return out;
      out.push_back(query.text(0));
    }
  }

  Result<std::string> table(const CoverageKey& key) const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query,
                 db_.prepare("SELECT bytes FROM coverage WHERE repo = ? AND commit_id = ? AND "
                             "flag = ? AND session = ?"));
    query.bind_text(1, key.repo).bind_text(2, key.commit);
    query.bind_text(3, key.flag).bind_text(4, key.session);
    CAIRN_ASSIGN(const bool found, query.step());
    if (!found) return Error(ErrorCode::kNotFound, "no such coverage upload");
    return query.text(0);
  }

  Result<std::uint64_t> remove(std::string_view repo, std::string_view commit) override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement change,
                 db_.prepare("DELETE FROM coverage WHERE repo = ? AND commit_id = ?"));
    CAIRN_TRY(change.bind_text(1, repo).bind_text(2, commit).run());
    return static_cast<std::uint64_t>(db_.changes());
  }

 private:
  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  const std::shared_ptr<const Clock> clock_;
};

}  // namespace

std::unique_ptr<CoverageStore> make_coverage_store(std::shared_ptr<Connection> connection,
                                                   std::shared_ptr<const Clock> clock) {
  return std::make_unique<SqliteCoverage>(std::move(connection), std::move(clock));
}

}  // namespace cairn::store
