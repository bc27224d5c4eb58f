#pragma once
// The SQLite implementations of the parts of the state, over one connection. Private to the folder.
#include <array>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "store/connection.h"
#include "store/state.h"

namespace cairn::store {

std::unique_ptr<Store> make_repo_store(std::shared_ptr<Connection> connection);
/// `repos` must outlive it.
std::unique_ptr<RepoSettingsStore> make_settings_store(std::shared_ptr<Connection> connection,
                                                       Store& repos);
std::unique_ptr<JobStore> make_job_store(std::shared_ptr<Connection> connection,
                                         std::shared_ptr<const Clock> clock);
std::unique_ptr<TokenStore> make_token_store(std::shared_ptr<Connection> connection,
                                             std::shared_ptr<const Clock> clock);
std::unique_ptr<AuditLog> make_audit_log(std::shared_ptr<Connection> connection,
                                         std::shared_ptr<const Clock> clock);
std::unique_ptr<PoisonStore> make_poison_store(std::shared_ptr<Connection> connection,
                                               std::shared_ptr<const Clock> clock);

std::unique_ptr<CoverageStore> make_coverage_store(std::shared_ptr<Connection> connection,
                                                   std::shared_ptr<const Clock> clock);

/// kFenced unless this claim still holds. Inside the caller's transaction.
Result<void> check_fence(const Database& db, const JobFence& fence);
/// The next number of a counter (table counter). Inside the caller's transaction.
Result<std::int64_t> next_number(const Database& db, std::string_view counter);

/// The enumerator whose name stands in a column. A CHECK of the table admits only these names, so
/// the search ends before the last index.
template <class Enum, std::size_t N>
Enum enum_named(const std::array<std::string_view, N>& names, std::string_view name) {
  std::size_t i = 0;
  while (i + 1 < N && names[i] != name) ++i;
  return static_cast<Enum>(i);
}

}  // namespace cairn::store
