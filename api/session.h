#pragma once
// One run of the program: what was asked, where answers go, and what the composition root provides.
// Used by one thread.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/command.h"
#include "api/console.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"
#include "indexer/index.h"

namespace cairn::api {

/// What commands need from outside; main.cc gives the real ones.
struct Services {
  std::function<Result<indexer::Index>(const indexer::IndexOptions&)> index;
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::shared_ptr<const Clock> clock;
};

class Session {
 public:
  Session(const Services& services, Console& console, const Invocation& invocation,
          const StopToken& stop)
      : services_(services), console_(console), invocation_(invocation), stop_(stop) {}

  const Arguments& arguments() const { return invocation_.arguments; }
  const Services& services() const { return services_; }
  Console& console() { return console_; }
  const StopToken& stop() const { return stop_; }
  bool json() const { return arguments().has("--json"); }
  bool quiet() const { return arguments().has("--quiet"); }
  /// Collected, and written in large pieces.
  Result<void> print(std::string_view text);
  Result<void> flush();
  /// A line on standard error, unless quiet.
  void note(std::string_view text);

  /// --data, else $XDG_DATA_HOME/cairn, else ~/.local/share/cairn. kInvalidArgument when none of
  /// them says a place.
  Result<std::string> data_dir() const;
  enum class NeedsData : std::uint8_t { kNo, kYes };
  /// Indexes the argument SOURCE. A data folder that cannot be written is an error if it is needed;
  /// otherwise a private temporary folder takes its place, with a note.
  Result<indexer::Index> index(NeedsData needs = NeedsData::kNo);
  /// The one symbol that the text names. kSymbolNotFound and kAmbiguous, with the choices on
  /// standard error.
  Result<graph::SymbolId> symbol(const graph::Snapshot& snapshot, const std::string& text);
  /// Bits of graph::tier_bit() from --tier.
  Result<std::uint8_t> tiers() const;

 private:
  Result<indexer::IndexOptions> index_options() const;
  Result<indexer::Index> index_with(indexer::IndexOptions options);

  const Services& services_;
  Console& console_;
  const Invocation& invocation_;
  const StopToken stop_;
  std::string printed_;
};

/// Runs one command line and returns the exit code. Errors become one line on standard error.
int run_cli(const std::vector<std::string>& words, const Services& services, Console& console,
            const StopToken& stop = {});
/// "cairn: what, where, what to do [E_CODE]" and a line end.
std::string error_line(const Error& error);

}  // namespace cairn::api
