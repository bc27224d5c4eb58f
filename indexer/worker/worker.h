#pragma once
// index_in_worker(): what index_source() does, with everything that reads hostile bytes in a
// sandboxed child process (`cairn worker`). This process brings the source up to date with git,
// watches the child, checks what it wrote as untrusted input and publishes it. A file that crashes,
// hangs or eats the memory of the child is blamed, remembered, and skipped by the next attempt; the
// other files come from the facts cache.
//
// Blocking; the calling thread must live until the call returns. Any number of calls may run at
// once for different repositories; those of one repository wait for each other. Progress arrives on
// the calling thread, at most ten times a second and stage.
//
// Errors: those of index_source(); kCancelled and kTimeout from options.stop, within a second;
// kInternal when the child failed max_failures times without a file to blame; kCorrupt when what it
// wrote is refused. After an error the current snapshot is what it was.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "indexer/index.h"
#include "indexer/poison.h"
#include "indexer/worker/sandbox.h"
#include "store/state.h"

namespace cairn::indexer {

struct WorkerSetup {
  /// Program and first arguments of the child; empty: this program with "worker". An absolute path.
  std::vector<std::string> command;
  /// The highest level to use; a machine that has less uses less.
  SandboxLevel sandbox = SandboxLevel::kNamespaces;
  /// A file that keeps a thread busy for longer is blamed for a hang. Time during which the child
  /// as a whole did not run does not count. Parsing has a shorter limit of its own.
  std::chrono::milliseconds file_budget{30'000};
  /// A child that shows no sign of life for this long (stopped, or the machine swaps) is ended.
  std::chrono::milliseconds silence{30'000};
  /// A child that lives but comes no further for this long is ended.
  std::chrono::milliseconds no_progress{900'000};
  /// Private memory of the child; files it maps do not count. 0: none but the system's.
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;
  /// CPU seconds of one attempt, all threads together.
  std::uint64_t cpu_seconds = 4 * 3600;
  /// Largest file the child may write.
  std::uint64_t file_bytes = std::uint64_t{64} << 30;
  /// Attempts that may fail without a new file to blame.
  unsigned max_failures = 4;
  /// Files blamed in one call; one more is an error. Those already blamed stay remembered.
  unsigned max_blamed = 64;
  /// Told the process that runs the worker, once per attempt, on the calling thread.
  std::function<void(int pid)> started;
};

/// `state`: the data folder's, when it is open already; blamed files are kept there.
Result<Index> index_in_worker(const IndexOptions& options, const WorkerSetup& setup = {},
                              std::shared_ptr<store::State> state = nullptr);

/// Body of `cairn worker`, not for people: reads the request from descriptor 0, writes its outcome
/// to descriptor 1 and ends the process.
[[noreturn]] void worker_main();

}  // namespace cairn::indexer
