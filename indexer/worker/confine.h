#pragma once
// Locks the calling process in, for good: what a worker does to itself before it reads a hostile
// byte. Call it while the process has one thread; threads made later inherit it.
#include <string>
#include <vector>

#include "base/result.h"
#include "indexer/worker/protocol.h"
#include "indexer/worker/sandbox.h"

namespace cairn::indexer {

/// Level kLimits: core files off, limits on memory, CPU time, file size and descriptors, no new
/// privileges, no capabilities but those that read and write files of others, killed when the
/// parent dies. kInternal when the kernel refuses one.
Result<void> confine_resources(const WorkerRequest& request);

/// Level kFilters and above: Landlock and seccomp. kUnsupported when kernel or build lacks one.
Result<void> confine_access(const WorkerRequest& request);

/// Why confine_access() cannot work here; "" when it can.
std::string missing_filters();

}  // namespace cairn::indexer
