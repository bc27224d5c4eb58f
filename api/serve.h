#pragma once
// Server: everything `cairn serve` is made of, put together and taken apart in the right order:
// repositories and their jobs, the service, the HTTP server behind the front, the front, events.
// start() returns when requests are answered. One object to a data folder; owned by one thread.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/config.h"
#include "base/clock.h"
#include "base/result.h"
#include "indexer/jobs/runner.h"
#include "indexer/workspaces.h"

namespace cairn::api {

/// Makes what does index jobs for these workspaces; tests give one that needs no worker process.
using ExecutorFactory = std::function<indexer::IndexExecutor(indexer::Workspaces& workspaces,
                                                             const ServerConfig& config)>;
/// Index jobs in sandboxed worker processes.
indexer::IndexExecutor worker_executor(indexer::Workspaces& workspaces, const ServerConfig& config);

class Server {
 public:
  /// kBusy: the port is taken, or another server has the data folder. kInvalidArgument: settings
  /// that do not go together.
  static Result<std::unique_ptr<Server>> start(const ServerConfig& config,
                                               std::shared_ptr<const Clock> clock,
                                               const ExecutorFactory& executor = worker_executor);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "http://127.0.0.1:7420"
  const std::string& url() const;
  /// The admin token made by the first start of this data folder; shown once.
  const std::optional<std::string>& first_token() const;
  /// Work that waits for nobody: search indexes of new snapshots. To be called now and then.
  void idle();
  /// Lets requests under way finish, puts running jobs back into the queue, closes everything.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::api
