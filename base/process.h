#pragma once
// Child processes: an argument array, never a shell. The child leads its own process group, which
// is killed whole on timeout, cancellation or error; it inherits no descriptor but 0, 1, 2 and
// those listed, and no environment but the one given. run_process may be called from any thread.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"

namespace cairn {

struct ProcessSpec {
  /// Program and arguments; a program without '/' is searched in this process's PATH.
  std::vector<std::string> arguments;
  /// The whole environment of the child, each "NAME=value".
  std::vector<std::string> environment;
  /// Working folder; empty keeps ours.
  std::string folder;
  /// Of this process; the child has them as 3, 4, ... They stay open here.
  std::vector<int> descriptors;
  /// Written to the child's stdin, which then ends.
  std::string_view input;
  /// If set, receives stdout as it arrives and `out` stays empty; an error ends the child and is
  /// returned. Must not block for long.
  std::function<Result<void>(std::string_view)> on_output;
  /// Above this stdout ends the child with kLimitExceeded (also counted with on_output).
  std::uint64_t max_output = 256u << 20;
  /// If set, also receives stderr as it arrives (progress reports); an error ends the child and is
  /// returned. Must not block for long.
  std::function<Result<void>(std::string_view)> on_errors;
  /// Of stderr only this much is kept; the rest is read and dropped, and err_truncated is set.
  std::size_t max_errors = 64u << 10;
  /// If set, called at least every 50 ms while the child lives, with its process id; an error ends
  /// the child and is returned. Must not block for long.
  std::function<Result<void>(int pid)> on_tick;
  StopToken stop;
  /// Between SIGTERM and SIGKILL.
  std::chrono::milliseconds grace{500};
};

struct ProcessResult {
  /// Exit status, or -1 if a signal ended it.
  int exit_code = -1;
  int signal = 0;
  std::string out;
  std::string err;
  bool err_truncated = false;
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;
  std::uint64_t peak_rss_bytes = 0;

  bool ok() const { return exit_code == 0; }
};

/// Runs a child to its end. A non-zero exit is a value, not an Error. Errors: kNotFound if the
/// program or folder is missing, kTimeout and kCancelled from `stop`, kLimitExceeded, the error of
/// a callback, kIo. When this returns the child and its group are gone.
Result<ProcessResult> run_process(const ProcessSpec& spec);

/// "NAME=value" of this process for those of the names that are set, to build an environment.
std::vector<std::string> inherited_environment(const std::vector<std::string>& names);

}  // namespace cairn
