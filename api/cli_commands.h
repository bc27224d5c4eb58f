#pragma once
// The commands' bodies. Each answers its exit code, or the error that becomes the line on standard
// error.
#include "api/session.h"

namespace cairn::api {

Result<int> run_index(Session& session);
Result<int> run_export(Session& session);
Result<int> run_def(Session& session);
Result<int> run_refs(Session& session);
Result<int> run_callers(Session& session);
Result<int> run_callees(Session& session);
Result<int> run_hierarchy(Session& session);
Result<int> run_path(Session& session);
Result<int> run_tests(Session& session);
Result<int> run_complexity(Session& session);
Result<int> run_cycles(Session& session);
Result<int> run_dead_code(Session& session);
Result<int> run_coverage(Session& session);
Result<int> run_doctor(Session& session);
Result<int> run_verify(Session& session);
Result<int> run_backup(Session& session);
Result<int> run_restore(Session& session);
Result<int> run_pin(Session& session);
Result<int> run_serve(Session& session);
Result<int> run_token(Session& session);
Result<int> run_completions(Session& session);
Result<int> run_man(Session& session);
Result<int> run_worker(Session& session);

}  // namespace cairn::api
