#include "base/metrics.h"

#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <utility>

namespace cairn {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec now;
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

std::uint64_t max_rss(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux reports KiB.
}

}  // namespace

std::int64_t wall_ns() { return read_clock(CLOCK_MONOTONIC); }
std::int64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
std::int64_t process_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }
std::uint64_t peak_rss_bytes() { return max_rss(RUSAGE_SELF); }
std::uint64_t peak_child_rss_bytes() { return max_rss(RUSAGE_CHILDREN); }

void return_freed_memory() { ::malloc_trim(0); }

void StageCosts::add(std::string_view name, std::int64_t wall, std::int64_t cpu) {
  std::lock_guard lock(mutex_);
  auto row = std::find_if(rows_.begin(), rows_.end(),
                          [&](const StageCost& cost) { return cost.name == name; });
  if (row == rows_.end()) row = rows_.insert(rows_.end(), StageCost{std::string(name), 0, 0, 0});
  row->wall_ns += wall;
  row->cpu_ns += cpu;
  ++row->runs;
}

std::vector<StageCost> StageCosts::rows() const {
  std::lock_guard lock(mutex_);
  return rows_;
}

StageTimer::StageTimer(StageCosts& costs, std::string_view name)
    : costs_(&costs), name_(name), wall_start_(cairn::wall_ns()), cpu_start_(process_cpu_ns()) {}

void StageTimer::finish() {
  if (StageCosts* costs = std::exchange(costs_, nullptr))
    costs->add(name_, wall_ns() - wall_start_, process_cpu_ns() - cpu_start_);
}

}  // namespace cairn
