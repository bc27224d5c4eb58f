// The job queue: an enqueue, claim and finish each wait for the disk once (two transactions for a
// claim when something expired), so these are the disk's numbers as much as ours.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "store/state.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

void enqueue_claim_finish(benchmark::State& bench) {
  const testing::TempDir dir;
  const auto state = open_state(dir / "cairn.db", std::make_shared<SystemClock>()).value();
  std::vector<std::string> repos;
  for (int i = 0; i < 50; ++i) {
    RepoSpec spec;
    spec.source = spec.location = "/r" + std::to_string(i);
    repos.push_back(state->repos().upsert_repo(spec).value().id);
  }
  // What waits while jobs come and go.
  std::int64_t n = 0;
  const auto enqueue = [&] {
    JobSpec spec;
    spec.repo = repos[static_cast<std::size_t>(n) % repos.size()];
    spec.ref = std::to_string(n++);
    CAIRN_CHECK(state->jobs().enqueue(spec).has_value());
  };
  for (std::int64_t i = 0; i < bench.range(0); ++i) enqueue();
  ClaimOptions options;
  options.owner = "bench";
  for (auto _ : bench) {
    enqueue();
    const std::optional<Job> job = state->jobs().claim(options).value();
    CAIRN_CHECK(job.has_value());
    CAIRN_CHECK(state->jobs().finish(job->fenced(), {}).has_value());
  }
  bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(enqueue_claim_finish)->Arg(0)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cairn::store
