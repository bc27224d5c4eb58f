#pragma once
// What work costs: wall time, CPU time, peak memory, named stages and counters.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// Monotonic nanoseconds.
std::int64_t wall_ns();
/// CPU nanoseconds (user + system) used by the calling thread.
std::int64_t thread_cpu_ns();
/// CPU nanoseconds used by all threads of this process.
std::int64_t process_cpu_ns();
/// Largest resident set this process ever had, in bytes.
std::uint64_t peak_rss_bytes();
/// The same over waited-for child processes: the largest single one.
std::uint64_t peak_child_rss_bytes();

/// Gives memory that was freed back to the system. Threads free into arenas of their own, which the
/// allocations of others cannot use: without this the resident set is the sum of what stages or
/// requests ever needed instead of the largest. Some milliseconds.
void return_freed_memory();

struct StageCost {
  std::string name;
  std::int64_t wall_ns = 0;
  /// Of the whole process while the stage ran, so parallel stages show cpu > wall.
  std::int64_t cpu_ns = 0;
  std::uint64_t runs = 0;
};

/// Costs per stage in the order first seen. Thread-safe.
class StageCosts {
 public:
  void add(std::string_view name, std::int64_t wall, std::int64_t cpu);
  std::vector<StageCost> rows() const;

 private:
  mutable std::mutex mutex_;
  std::vector<StageCost> rows_;
};

/// Adds the time from construction to destruction (or finish()) to a stage.
class StageTimer {
 public:
  StageTimer(StageCosts& costs, std::string_view name);
  ~StageTimer() { finish(); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;
  void finish();

 private:
  StageCosts* costs_;
  std::string name_;
  std::int64_t wall_start_;
  std::int64_t cpu_start_;
};

/// A counter on a cache line of its own. Thread-safe.
class alignas(64) Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace cairn
