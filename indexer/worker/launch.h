#pragma once
// How a worker process is started at a sandbox level: its command line, and where its process is.
#include <string>
#include <vector>

#include "base/result.h"
#include "indexer/worker/protocol.h"

namespace cairn::indexer {

/// Descriptors a worker is given besides 0, 1 and 2.
inline constexpr int kBoardDescriptor = 3;
inline constexpr int kInfoDescriptor = 4;  // bubblewrap writes there which process it made

/// `command` as it is, or inside namespaces that hold the request's folders, the program and the
/// system's libraries, and nothing else.
std::vector<std::string> launch_command(SandboxLevel level, const std::vector<std::string>& command,
                                        const WorkerRequest& request);

/// The process that runs the worker, by what bubblewrap wrote: a child of the one named there. 0
/// while it cannot be told.
int process_inside(int info_fd);

/// Anonymous and shared memory of a process that is in use, in bytes; 0 when it cannot be read.
std::uint64_t private_memory_of(int pid);

}  // namespace cairn::indexer
