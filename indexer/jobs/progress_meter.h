#pragma once
// From the progress of an index run to what people are shown: stage, rate and estimate. The rate is
// that of the last five seconds of the stage; the estimate is what is left of the stage at that
// rate, and is absent until a second of the stage was measured. Thread-safe.
#include <chrono>
#include <deque>
#include <mutex>

#include "indexer/index.h"
#include "indexer/jobs/observer.h"

namespace cairn::indexer {

class ProgressMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  ProgressMeter(const store::Job& job, Time now);

  /// Takes a report. True when others should be told: a new stage, or the last telling is 100 ms
  /// ago.
  bool update(const Progress& progress, Time now);
  JobProgress view(Time now) const;

 private:
  struct Sample {
    Time at;
    std::uint64_t done = 0;
  };

  mutable std::mutex mutex_;
  JobProgress state_;
  const Time begin_;
  Time told_;
  std::deque<Sample> samples_;  // of this stage, at most a few per second
};

}  // namespace cairn::indexer
