#pragma once
// How far a worker process is locked in. Level 0 works everywhere; each higher one adds to it.
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::indexer {

enum class SandboxLevel : std::uint8_t {
  kLimits,      // resource limits, no new privileges, ends with its parent
  kFilters,     // and Landlock (folders) with seccomp (system calls): no network, no programs
  kNamespaces,  // and bubblewrap: own view of files, processes and network
};
/// "limits", "filters", "namespaces".
std::string_view name_of(SandboxLevel level);

struct SandboxReport {
  SandboxLevel level = SandboxLevel::kLimits;
  /// Why the next level is not reached; empty at the highest.
  std::string missing;
};

/// What this machine and build offer; tried once, with short-lived children, then remembered.
/// Thread-safe.
const SandboxReport& probe_sandbox();

}  // namespace cairn::indexer
