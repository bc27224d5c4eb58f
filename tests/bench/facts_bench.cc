// Encoding, decoding and caching of facts. "raw" is the size of the rows in memory, the rate of
// bytes_per_second; lines_per_second compares with parsing (about 6 MB/s, 180,000 lines/s).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "graph/facts_codec.h"
#include "indexer/facts_cache.h"
#include "tests/support/random_facts.h"
#include "tests/support/temp_dir.h"

namespace cairn {
namespace {

template <class Rows>
std::size_t bytes_of(const Rows& rows) {
  return rows.size() * sizeof(rows[0]);
}

std::size_t raw_size(const graph::FileFacts& facts) {
  const graph::Face& face = facts.face;
  const graph::Body& body = facts.body;
  return face.strings.bytes().size() + bytes_of(face.strings.ends()) + bytes_of(face.symbols) +
         bytes_of(face.scopes) + bytes_of(face.exprs) + bytes_of(face.supers) +
         bytes_of(face.imports) + bytes_of(face.exports) + body.strings.bytes().size() +
         bytes_of(body.strings.ends()) + bytes_of(body.exprs) + bytes_of(body.locals) +
         bytes_of(body.refs) + bytes_of(body.flows);
}

void report(benchmark::State& state, const graph::FileFacts& facts, std::size_t encoded) {
  const auto lines = static_cast<double>(facts.face.lines);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(raw_size(facts)));
  state.counters["encoded_bytes_per_line"] = static_cast<double>(encoded) / lines;
  state.counters["lines_per_second"] =
      benchmark::Counter(lines, benchmark::Counter::kIsIterationInvariantRate);
}

void encode_facts(benchmark::State& state) {
  const auto facts = test::RandomFacts(1).make(static_cast<std::uint32_t>(state.range(0)));
  std::size_t size = 0;
  for (auto _ : state) {
    const auto encoded = graph::encode(facts);
    if (!encoded) return state.SkipWithError(encoded.error().to_string().c_str());
    size = encoded->bytes.size();
  }
  report(state, facts, size);
}
BENCHMARK(encode_facts)->Arg(50)->Arg(300)->Arg(3000);

void decode_facts(benchmark::State& state) {
  const auto facts = test::RandomFacts(1).make(static_cast<std::uint32_t>(state.range(0)));
  const auto encoded = graph::encode(facts);
  if (!encoded) return state.SkipWithError(encoded.error().to_string().c_str());
  for (auto _ : state) {
    const auto decoded = graph::decode(encoded->bytes);
    if (!decoded) return state.SkipWithError(decoded.error().to_string().c_str());
  }
  report(state, facts, encoded->bytes.size());
}
BENCHMARK(decode_facts)->Arg(50)->Arg(300)->Arg(3000);

void open_cache(benchmark::State& state) {
  const testing::TempDir dir;
  {
    auto cache = indexer::FactsCache::open(dir.path());
    if (!cache) return state.SkipWithError(cache.error().to_string().c_str());
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const indexer::FactsKey key{content_id_of(std::to_string(i)), graph::Language::kC, 1};
      const auto put = (*cache)->put(key, std::string(2000, 'f'), std::string(5000, 'b'));
      if (!put) return state.SkipWithError(put.error().to_string().c_str());
    }
  }
  for (auto _ : state) {
    const auto cache = indexer::FactsCache::open(dir.path());
    if (!cache) return state.SkipWithError(cache.error().to_string().c_str());
  }
}
BENCHMARK(open_cache)->Arg(20000)->Unit(benchmark::kMillisecond);

void get_cached_part(benchmark::State& state) {
  const testing::TempDir dir;
  auto cache = indexer::FactsCache::open(dir.path());
  if (!cache) return state.SkipWithError(cache.error().to_string().c_str());
  std::vector<indexer::FactsKey> keys;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    keys.push_back({content_id_of(std::to_string(i)), graph::Language::kC, 1});
    const auto put = (*cache)->put(keys.back(), std::string(2000, 'f'), std::string(5000, 'b'));
    if (!put) return state.SkipWithError(put.error().to_string().c_str());
  }
  const auto part = static_cast<indexer::FactsPart>(state.range(0));
  std::string out;
  std::size_t row = 0;
  for (auto _ : state) {
    row = (row + 2503) % keys.size();
    if (!(*cache)->get(keys[row], part, out)) return state.SkipWithError("a miss");
  }
}
BENCHMARK(get_cached_part)->Arg(0)->Arg(1);  // face, body

}  // namespace
}  // namespace cairn
