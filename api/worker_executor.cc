// Index jobs in worker processes.
#include "api/serve.h"
#include "indexer/worker/worker.h"

namespace cairn::api {

indexer::IndexExecutor worker_executor(indexer::Workspaces& workspaces,
                                       const ServerConfig& config) {
  indexer::WorkerSetup setup;
  setup.file_budget = std::chrono::seconds(config.file_seconds);
  setup.memory_bytes = static_cast<std::uint64_t>(config.worker_memory_mb) << 20;
  // The setting's choices are these names.
  for (const auto level : {indexer::SandboxLevel::kLimits, indexer::SandboxLevel::kFilters,
                           indexer::SandboxLevel::kNamespaces})
    if (name_of(level) == config.sandbox) setup.sandbox = level;
  const std::shared_ptr<store::State> state = workspaces.shared_state();
  return [setup, state](const indexer::IndexOptions& options) {
    return indexer::index_in_worker(options, setup, state);
  };
}

}  // namespace cairn::api
