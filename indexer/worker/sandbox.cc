#include "indexer/worker/sandbox.h"

#include <array>
#include <chrono>

#include "base/process.h"
#include "base/text.h"
#include "indexer/worker/confine.h"

namespace cairn::indexer {
namespace {

/// Why bubblewrap cannot be used; "" when it can. Its commonest trouble is a machine that gives
/// unprivileged users no namespaces.
std::string missing_namespaces() {
  ProcessSpec spec;
  spec.arguments = {"bwrap",
                    "--die-with-parent",
                    "--unshare-ipc",
                    "--unshare-pid",
                    "--unshare-net",
                    "--unshare-uts",
                    "--ro-bind",
                    "/",
                    "/",
                    "--proc",
                    "/proc",
                    "--dev",
                    "/dev",
                    "--",
                    "true"};
  spec.environment = inherited_environment({"PATH"});
  spec.stop = StopToken().with_timeout(std::chrono::seconds(10));
  const auto run = run_process(spec);
  if (!run && run.error().code() == ErrorCode::kNotFound) return "bwrap is not installed";
  if (!run) return "bwrap does not work: " + run.error().message();
  if (run->ok()) return {};
  return "bwrap does not work: " + printable(run->err.substr(0, run->err.find('\n')));
}

SandboxReport probe() {
  if (std::string missing = missing_filters(); !missing.empty())
    return {SandboxLevel::kLimits, std::move(missing)};
  if (std::string missing = missing_namespaces(); !missing.empty())
    return {SandboxLevel::kFilters, std::move(missing)};
  return {SandboxLevel::kNamespaces, {}};
}

}  // namespace

std::string_view name_of(SandboxLevel level) {
  static constexpr std::array<std::string_view, 3> kNames = {"limits", "filters", "namespaces"};
  return kNames[static_cast<std::size_t>(level)];
}

const SandboxReport& probe_sandbox() {
  static const SandboxReport kReport = probe();
  return kReport;
}

}  // namespace cairn::indexer
