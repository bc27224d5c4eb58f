#pragma once
// Time as a dependency, so that tests can set it. Implementations are thread-safe.
#include <atomic>
#include <chrono>
#include <cstdint>

namespace cairn {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since 1970-01-01 UTC; may jump. For records shown to people.
  virtual std::int64_t unix_milliseconds() const = 0;
  /// Never goes back. For measuring.
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t unix_milliseconds() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
};

/// Stands still until advanced.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::int64_t unix_milliseconds = 1'700'000'000'000)
      : start_(unix_milliseconds) {}
  void advance(std::chrono::milliseconds by) { passed_ += by.count(); }
  std::int64_t unix_milliseconds() const override { return start_ + passed_; }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(passed_.load()));
  }

 private:
  std::int64_t start_;
  std::atomic<std::int64_t> passed_{0};
};

}  // namespace cairn
