#pragma once
// Cancellation and deadlines. A StopSource owns the flag; StopTokens are cheap copies that long
// loops poll. A default StopToken never stops. Thread-safe: stop() may race with any stopped().
#include <time.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

class StopToken {
 public:
  using Clock = std::chrono::steady_clock;

  StopToken() = default;

  /// This token with a deadline, or the earlier of both.
  StopToken with_deadline(Clock::time_point deadline) const {
    StopToken out = *this;
    if (deadline < out.deadline_) out.deadline_ = deadline;
    return out;
  }
  StopToken with_timeout(Clock::duration timeout) const {
    return with_deadline(Clock::now() + timeout);
  }

  bool cancelled() const { return flag_ && flag_->load(std::memory_order_relaxed); }
  bool expired() const { return has_deadline() && coarse_now() >= deadline_; }
  /// True once work should end. A few nanoseconds; the deadline is seen some milliseconds late.
  bool stopped() const { return cancelled() || expired(); }

  bool has_deadline() const { return deadline_ != Clock::time_point::max(); }
  Clock::time_point deadline() const { return deadline_; }

  /// kCancelled or kTimeout once stopped; `what` says what was being done.
  Result<void> check(std::string_view what) const {
    if (cancelled()) return Error(ErrorCode::kCancelled, std::string(what) + ": cancelled");
    if (expired())
      return Error(ErrorCode::kTimeout, std::string(what) + ": the deadline passed", true);
    return {};
  }

 private:
  friend class StopSource;
  // steady_clock is CLOCK_MONOTONIC; its coarse form reads no hardware.
  static Clock::time_point coarse_now() {
    timespec now;
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return Clock::time_point(std::chrono::seconds(now.tv_sec) +
                             std::chrono::nanoseconds(now.tv_nsec));
  }

  std::shared_ptr<const std::atomic<bool>> flag_;
  Clock::time_point deadline_ = Clock::time_point::max();
};

class StopSource {
 public:
  StopSource() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  /// Only a store to an atomic: may be called from a signal handler.
  void stop() noexcept { flag_->store(true, std::memory_order_relaxed); }
  StopToken token() const {
    StopToken out;
    out.flag_ = flag_;
    return out;
  }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace cairn
