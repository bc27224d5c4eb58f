#include "indexer/parallel.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for_each.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace cairn::indexer {
namespace {

/// Deep trees make some parser and linker calls deep too; the default of 8 MiB is not always set.
constexpr std::size_t kThreadStack = std::size_t{32} << 20;

}  // namespace

Result<void> parallel_each(const std::vector<std::uint32_t>& order, const StopToken& stop,
                           const std::function<Result<void>(std::uint32_t)>& f) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::size_t failed_at = order.size();
  std::optional<Error> error;
  const auto work = [&] {
    for (;;) {
      const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= order.size() || failed.load(std::memory_order_relaxed)) return;
      Result<void> done = stop.check("indexing");
      if (done) done = f(order[i]);
      if (done) continue;
      const std::lock_guard lock(mutex);
      failed = true;
      if (i < failed_at) {
        failed_at = i;
        error = std::move(done).error();
      }
    }
  };
  const int threads = tbb::this_task_arena::max_concurrency();
  std::vector<int> workers(static_cast<std::size_t>(threads));
  tbb::parallel_for_each(workers.begin(), workers.end(), [&](int) { work(); });
  if (error) return std::move(*error);
  return {};
}

void with_threads(unsigned threads, const std::function<void()>& f) {
  const unsigned count = threads != 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  tbb::global_control parallelism(tbb::global_control::max_allowed_parallelism, count);
  tbb::global_control stack(tbb::global_control::thread_stack_size, kThreadStack);
  tbb::task_arena arena(static_cast<int>(count));
  arena.execute(f);
}

}  // namespace cairn::indexer
