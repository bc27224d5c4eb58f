// Poisoned contents over SQLite.
#include <mutex>

#include "base/hash.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr const char* kSelect =
    "SELECT content, language, extractor_version, reason, at FROM poison ";

PoisonRow read_row(const Statement& row) {
  return {row.text(0), row.text(1), static_cast<std::uint32_t>(row.integer(2)), row.text(3),
          row.integer(4)};
}

class SqlitePoison final : public PoisonStore {
 public:
  SqlitePoison(std::shared_ptr<Connection> connection, std::shared_ptr<const Clock> clock)
      : connection_(std::move(connection)), db_(*connection_->db), clock_(std::move(clock)) {}

  Result<void> add(const PoisonRow& row) override {
    if (row.reason.empty())
      return Error(ErrorCode::kInvalidArgument, "a poisoned content needs a reason");
    const Result<ContentId> content = ContentId::from_hex(row.content);
    if (!content)
      return Error(ErrorCode::kInvalidArgument, "a content id is 40 lower-case hex digits");
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement change,
                 db_.prepare("INSERT OR REPLACE INTO poison VALUES(?, ?, ?, ?, ?)"));
    change.bind_text(1, content->hex()).bind_text(2, row.language).bind(3, row.extractor_version);
    return change.bind_text(4, row.reason).bind(5, clock_->unix_milliseconds()).run();
  }

  Result<std::optional<PoisonRow>> find(std::string_view content, std::string_view language,
                                        std::uint32_t extractor_version) const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query,
                 db_.prepare(std::string(kSelect) +
                             "WHERE content = ? AND language = ? AND extractor_version = ?"));
    query.bind_text(1, content).bind_text(2, language).bind(3, extractor_version);
    CAIRN_ASSIGN(const bool found, query.step());
    return found ? std::optional<PoisonRow>(read_row(query)) : std::nullopt;
  }

  Result<std::vector<PoisonRow>> list(std::uint32_t extractor_version) const override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement query,
                 db_.prepare(std::string(kSelect) +
                             "WHERE extractor_version = ? ORDER BY content, language"));
    query.bind(1, extractor_version);
    std::vector<PoisonRow> out;
    for (;;) {
      CAIRN_ASSIGN(const bool more, query.step());
      if (!more) return out;
      out.push_back(read_row(query));
    }
  }

  Result<void> remove(std::string_view content) override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement change, db_.prepare("DELETE FROM poison WHERE content = ?"));
    return change.bind_text(1, content).run();
  }

  Result<std::uint64_t> clear_other_versions(std::uint32_t extractor_version) override {
    std::lock_guard lock(connection_->mutex);
    CAIRN_ASSIGN(Statement change, db_.prepare("DELETE FROM poison WHERE extractor_version <> ?"));
    CAIRN_TRY(change.bind(1, extractor_version).run());
    return static_cast<std::uint64_t>(db_.changes());
  }

 private:
  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  const std::shared_ptr<const Clock> clock_;
};

}  // namespace

std::unique_ptr<PoisonStore> make_poison_store(std::shared_ptr<Connection> connection,
                                               std::shared_ptr<const Clock> clock) {
  return std::make_unique<SqlitePoison>(std::move(connection), std::move(clock));
}

}  // namespace cairn::store
