#pragma once
// The whole operational state behind one handle: one SQLite database, one connection, one writer at
// a time. The parts are thread-safe and live as long as the State.
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/audit.h"
#include "store/coverage.h"
#include "store/jobs.h"
#include "store/poison.h"
#include "store/repo_settings.h"
#include "store/store.h"
#include "store/tokens.h"

namespace cairn::store {

class State {
 public:
  virtual ~State() = default;
  virtual Store& repos() = 0;
  virtual RepoSettingsStore& settings() = 0;
  virtual JobStore& jobs() = 0;
  virtual TokenStore& tokens() = 0;
  virtual AuditLog& audit() = 0;
  virtual PoisonStore& poison() = 0;
  virtual CoverageStore& coverage() = 0;
  virtual const Clock& clock() const = 0;
};

/// Opens or creates the database file, as open_sqlite() does, with the same errors. Leases, retries
/// and expiries are counted by this clock.
Result<std::unique_ptr<State>> open_state(const std::string& path,
                                          std::shared_ptr<const Clock> clock);

}  // namespace cairn::store
