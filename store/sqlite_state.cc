// The state over SQLite: the parts, and what they share.
#include "base/text.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

class SqliteState final : public State {
 public:
  SqliteState(const std::shared_ptr<Connection>& connection, std::shared_ptr<const Clock> clock)
      : clock_(std::move(clock)),
        repos_(make_repo_store(connection)),
        settings_(make_settings_store(connection, *repos_)),
        jobs_(make_job_store(connection, clock_)),
        tokens_(make_token_store(connection, clock_)),
        audit_(make_audit_log(connection, clock_)),
        poison_(make_poison_store(connection, clock_)),
        coverage_(make_coverage_store(connection, clock_)) {}

  Store& repos() override { return *repos_; }
  RepoSettingsStore& settings() override { return *settings_; }
  JobStore& jobs() override { return *jobs_; }
  TokenStore& tokens() override { return *tokens_; }
  AuditLog& audit() override { return *audit_; }
  PoisonStore& poison() override { return *poison_; }
  CoverageStore& coverage() override { return *coverage_; }
  const Clock& clock() const override { return *clock_; }

 private:
  const std::shared_ptr<const Clock> clock_;
  const std::unique_ptr<Store> repos_;
  const std::unique_ptr<RepoSettingsStore> settings_;
  const std::unique_ptr<JobStore> jobs_;
  const std::unique_ptr<TokenStore> tokens_;
  const std::unique_ptr<AuditLog> audit_;
  const std::unique_ptr<PoisonStore> poison_;
  const std::unique_ptr<CoverageStore> coverage_;
};

}  // namespace

Result<void> check_fence(const Database& db, const JobFence& fence) {
  CAIRN_ASSIGN(Statement query,
               db.prepare("SELECT 1 FROM job WHERE id = ? AND fence = ? AND state = 'running'"));
  CAIRN_ASSIGN(const bool holds, query.bind(1, fence.job).bind(2, fence.fence).step());
  if (holds) return {};
  return Error(ErrorCode::kFenced,
               "job " + std::to_string(fence.job) +
                   " is no longer this runner's: its lease ran out, or it was ended");
}

Result<std::int64_t> next_number(const Database& db, std::string_view counter) {
  CAIRN_ASSIGN(Statement query,
               db.prepare("UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value"));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, counter).step());
  if (!found)
    return Error(ErrorCode::kCorrupt, "database '" + printable(db.path()) + "' has lost counter '" +
                                          std::string(counter) + "'");
  const std::int64_t value = query.integer(0);
  CAIRN_TRY(query.run());  // The change is complete only after the last step.
  return value;
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path) {
  CAIRN_ASSIGN(std::shared_ptr<Connection> connection, open_connection(path));
  return make_repo_store(std::move(connection));
}

Result<std::unique_ptr<State>> open_state(const std::string& path,
                                          std::shared_ptr<const Clock> clock) {
  CAIRN_ASSIGN(const std::shared_ptr<Connection> connection, open_connection(path));
  return std::unique_ptr<State>(std::make_unique<SqliteState>(connection, std::move(clock)));
}

}  // namespace cairn::store
