#include "indexer/worker/watchdog.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include "base/text.h"
#include "indexer/worker/exit_codes.h"

namespace cairn::indexer {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::string text_of(Watchdog::Clock::duration time) {
  return human_duration(duration_cast<nanoseconds>(time).count());
}

/// Signals that come from outside, not from what a process does.
bool is_from_outside(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP ||
         signal == SIGQUIT;
}

}  // namespace

std::optional<Failure> Watchdog::look(Clock::time_point now, std::uint64_t memory) {
  const std::uint64_t beat = board_.beat();
  if (!looked_ || beat != beat_) beat_at_ = now;
  // Time in which the process did not run (stopped, starved) counts for nothing but silence.
  const Duration passed = looked_ && beat != beat_
                              ? std::min<Duration>(now - *looked_, milliseconds(500))
                              : Duration::zero();
  looked_ = now;
  beat_ = beat;
  if (now - beat_at_ > setup_.silence)
    return Failure{"it showed no sign of life for " + text_of(setup_.silence), {}, {}};
  std::optional<Failure> failure = look_at_files(passed, memory);
  if (!failure && setup_.memory_bytes != 0 && memory > setup_.memory_bytes)
    failure = memory_failure("it used more than " + human_bytes(setup_.memory_bytes));
  if (memory != 0) memory_ = memory;
  if (failure) return failure;
  const std::uint64_t steps = board_.steps();
  stuck_ = steps == steps_ ? stuck_ + passed : Duration::zero();
  steps_ = steps;
  if (stuck_ > setup_.no_progress)
    return Failure{"it came no further for " + text_of(setup_.no_progress), {}, {}};
  return std::nullopt;
}

std::optional<Failure> Watchdog::look_at_files(Duration passed, std::uint64_t memory) {
  const std::vector<std::uint32_t> marks = board_.marks();
  for (std::size_t i = 0; i < marks.size(); ++i) {
    Slot& slot = slots_[i];
    if (marks[i] != slot.mark) slot = {marks[i], Duration::zero(), std::min(memory_, memory)};
    if (marks[i] % 2 == 0) continue;
    slot.lived += passed;
    if (slot.lived <= setup_.file_budget) continue;
    Failure out{"a file took longer than " + text_of(setup_.file_budget), PoisonReason::kHang, {}};
    if (std::optional<Suspect> suspect = board_.suspect(i)) out.suspects.push_back(*suspect);
    return out;
  }
  return std::nullopt;
}

Failure Watchdog::memory_failure(std::string how) const {
  // A file is to blame for what came on top while it was worked on. Where that is little, the
  // repository as a whole needs more memory, and no file is at fault.
  Failure out{std::move(how), PoisonReason::kMemory, {}};
  const std::vector<std::uint32_t> marks = board_.marks();
  const bool sudden = memory_ < setup_.memory_bytes / 2;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const bool seen = marks[i] == slots_[i].mark;
    const std::uint64_t before = seen ? slots_[i].memory_before : memory_;
    const bool grew =
        setup_.memory_bytes - std::min(before, setup_.memory_bytes) >= setup_.memory_bytes / 4;
    if (!sudden && !grew) continue;
    if (std::optional<Suspect> suspect = board_.suspect(i))
      out.suspects.push_back(std::move(*suspect));
  }
  if (out.suspects.empty()) out.reason.reset();
  return out;
}

Failure Watchdog::ended(int exit_code, int signal) const {
  if (exit_code == kExitMemory) return memory_failure("it could get no more memory");
  if (exit_code == kExitSilent) return {"its answer could not be written", {}, {}};
  if (signal == SIGXCPU) return {"it used more CPU time than it may", {}, {}};
  if (is_from_outside(signal))
    return {"signal " + std::to_string(signal) + " from outside ended it", {}, {}};
  Failure out{signal != 0 ? "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")"
                          : "it ended with status " + std::to_string(exit_code),
              PoisonReason::kCrash, board_.suspects()};
  if (out.suspects.empty()) out.reason.reset();
  return out;
}

}  // namespace cairn::indexer
