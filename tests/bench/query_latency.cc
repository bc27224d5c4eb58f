// Queries of random symbols of an index, weighted like the graph is (every edge's target and every
// symbol alike), each timed; then opening the layers anew with a first question, files in the page
// cache. Indexes SOURCE first, or finds it unchanged. Prints one line of JSON; milliseconds.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "analysis/reach.h"
#include "analysis/references.h"
#include "graph/format.h"
#include "graph/layer.h"
#include "indexer/index.h"
#include "tests/bench/corpus.h"

namespace {

using cairn::Result;
using cairn::graph::Snapshot;
using cairn::graph::SymbolId;

/// Both clocks: CPU of this thread is what an idle machine would show, these queries wait for
/// nothing.
struct Times {
  std::vector<double> wall, cpu;
};

double thread_cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

void measure(Times& times, const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = thread_cpu_ms();
  work();
  times.cpu.push_back(thread_cpu_ms() - cpu);
  times.wall.push_back(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
}

template <class T>
void must(const Result<T>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
  std::exit(3);
}

std::vector<SymbolId> picked(const Snapshot& snapshot, int count) {
  std::vector<SymbolId> live;
  for (std::uint32_t i = 0; i < snapshot.id_limit(); ++i)
    if (const SymbolId s(i); snapshot.is_live(s)) live.push_back(s);
  std::mt19937_64 random(2);
  std::vector<SymbolId> out;
  while (!live.empty() && out.size() < static_cast<std::size_t>(count)) {
    SymbolId s = live[random() % live.size()];
    if (out.size() % 2 == 1) {
      // The target of a random edge: symbols that are used much come often.
      const auto edges = snapshot.out_edges(s);
      if (edges.empty()) continue;
      s = edges[random() % edges.size()].other;
    }
    out.push_back(snapshot.canonical(s));
  }
  return out;
}

void print_times(const char* name, Times times) {
  for (auto* values : {&times.wall, &times.cpu}) {
    const char* clock = values == &times.wall ? "" : "_cpu";
    const double p50 = cairn::bench::percentile(*values, 0.50);
    const double p99 = cairn::bench::percentile(*values, 0.99);
    std::printf("\"%s%s_p50\": %.4f, \"%s%s_p99\": %.4f, ", name, clock, p50, name, clock, p99);
  }
}

double edge_bytes(const cairn::graph::Layer& layer) {
  using cairn::graph::Section;
  double sum = 0;
  for (auto i = static_cast<unsigned>(Section::kOutOffsets);
       i <= static_cast<unsigned>(Section::kContributions); ++i)
    sum += static_cast<double>(layer.section_bytes(static_cast<Section>(i)));
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: cairn_query_latency SOURCE DATA QUERIES\n");
    return 2;
  }
  cairn::indexer::IndexOptions options;
  options.source = argv[1];
  options.data_dir = argv[2];
  auto index = cairn::indexer::index_source(options);
  must(index);
  const Snapshot& snapshot = *index->snapshot;
  Times callers, references, reaching, opened;
  for (const SymbolId s : picked(snapshot, std::atoi(argv[3]))) {
    cairn::analysis::ReachQuery query;
    measure(callers, [&] { must(cairn::analysis::reach(snapshot, {s}, query)); });
    measure(references, [&] {
      must(cairn::analysis::references_to(
          snapshot, s, cairn::analysis::tiers_up_to(cairn::graph::Tier::kDispatch)));
    });
    query.max_depth = 5;
    measure(reaching, [&] { must(cairn::analysis::reach(snapshot, {s}, query)); });
  }
  const std::string base = snapshot.base().path();
  const std::string overlay = snapshot.overlay() ? snapshot.overlay()->path() : std::string();
  for (int i = 0; i < 11; ++i) {
    measure(opened, [&] {
      const auto again = Snapshot::open(base, overlay);
      must(again);
      const auto found = (*again)->named("main", 10);
      if (!found.empty())
        must(cairn::analysis::reach(**again, {(*again)->canonical(found[0])}, {}));
    });
  }
  std::printf("{");
  print_times("callers", callers);
  print_times("references", references);
  print_times("reach5", reaching);
  print_times("open", opened);
  std::printf("\"edges\": %llu, \"bytes_per_edge\": %.2f, \"sections\": {",
              static_cast<unsigned long long>(snapshot.base().edge_count()),
              edge_bytes(snapshot.base()) / static_cast<double>(snapshot.base().edge_count()));
  for (unsigned i = 0; i < cairn::graph::kSectionCount; ++i)
    std::printf("%s\"%u\": %llu", i == 0 ? "" : ", ", i,
                static_cast<unsigned long long>(
                    snapshot.base().section_bytes(static_cast<cairn::graph::Section>(i))));
  std::printf("}}\n");
  return 0;
}
