#pragma once
// The watchdog: decides, from what the board shows and the system tells, that a worker process must
// be ended, and which files to blame. One per attempt; one thread.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/poison.h"
#include "indexer/worker/board.h"
#include "indexer/worker/worker.h"

namespace cairn::indexer {

/// How an attempt ended without an answer.
struct Failure {
  std::string how;                     // for people
  std::optional<PoisonReason> reason;  // none: nobody's fault that is known
  std::vector<Suspect> suspects;       // files that may be at fault; one: it is
};

class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  Watchdog(const Board& board, const WorkerSetup& setup) : board_(board), setup_(setup) {}

  /// Looks once. `memory`: what the process has in use now, 0 when unknown. A failure means: end
  /// it.
  std::optional<Failure> look(Clock::time_point now, std::uint64_t memory);

  /// What to make of an end that look() did not ask for: an exit code, or -1 and a signal.
  Failure ended(int exit_code, int signal) const;

 private:
  using Duration = Clock::duration;
  struct Slot {
    std::uint32_t mark = 0;
    Duration lived{};                 // of the process, while at this file
    std::uint64_t memory_before = 0;  // in use when it began, as far as was looked at
  };

  std::optional<Failure> look_at_files(Duration lived, std::uint64_t memory);
  Failure memory_failure(std::string how) const;

  const Board& board_;
  const WorkerSetup& setup_;
  std::optional<Clock::time_point> looked_;
  Clock::time_point beat_at_{};
  std::uint64_t beat_ = 0;
  std::uint64_t steps_ = 0;
  Duration stuck_{};
  std::uint64_t memory_ = 0;
  std::vector<Slot> slots_ = std::vector<Slot>(kBoardSlots);
};

}  // namespace cairn::indexer
