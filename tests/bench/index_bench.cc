// Extraction per language over the files of the folder that CAIRN_BENCH_CORPUS names, and questions
// to an index of it. Without the variable there is nothing to measure.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>

#include "analysis/reach.h"
#include "analysis/references.h"
#include "indexer/index.h"
#include "indexer/syntax/parse.h"
#include "tests/bench/corpus.h"

namespace cairn::bench {
namespace {

struct Bench {
  std::map<graph::Language, std::vector<CorpusFile>> files;
  std::shared_ptr<const graph::Snapshot> snapshot;
  std::vector<graph::SymbolId> symbols;
};

void extract_files(benchmark::State& state, const std::vector<CorpusFile>& files, bool parse_only) {
  std::int64_t bytes = 0;
  std::int64_t lines = 0;
  for (const CorpusFile& file : files) bytes += static_cast<std::int64_t>(file.bytes.size());
  for (auto _ : state) {
    for (const CorpusFile& file : files) {
      if (parse_only) {
        benchmark::DoNotOptimize(
            indexer::syntax::parse_only(file.bytes, *indexer::syntax::language_def(file.language)));
      } else {
        const auto out = indexer::syntax::extract(file.bytes, file.language);
        lines += out.facts.face.lines;
      }
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
  if (!parse_only) state.SetItemsProcessed(lines);
}

void callers(benchmark::State& state, const Bench& bench, std::uint32_t depth) {
  analysis::ReachQuery query;
  query.max_depth = depth;
  std::size_t i = 0;
  for (auto _ : state) {
    const auto found =
        analysis::reach(*bench.snapshot, {bench.symbols[i++ % bench.symbols.size()]}, query);
    if (!found) return state.SkipWithError(found.error().to_string().c_str());
  }
}

void references(benchmark::State& state, const Bench& bench) {
  const std::uint8_t tiers = analysis::tiers_up_to(graph::Tier::kDispatch);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto found =
        analysis::references_to(*bench.snapshot, bench.symbols[i++ % bench.symbols.size()], tiers);
    if (!found) return state.SkipWithError(found.error().to_string().c_str());
  }
}

Result<Bench> load(const std::string& source) {
  CAIRN_ASSIGN(Corpus corpus, load_corpus(source));
  Bench out;
  for (CorpusFile& file : corpus.files) out.files[file.language].push_back(std::move(file));
  indexer::IndexOptions options;
  options.source = source;
  CAIRN_ASSIGN(const indexer::Index index, indexer::index_source(options));
  out.snapshot = index.snapshot;
  for (std::uint32_t i = 0; i < out.snapshot->id_limit(); i += 7) {
    const graph::SymbolId s(i);
    if (out.snapshot->is_live(s)) out.symbols.push_back(out.snapshot->canonical(s));
  }
  return out;
}

const bool registered = [] {
  const char* source = std::getenv("CAIRN_BENCH_CORPUS");
  if (source == nullptr) return false;
  static Result<Bench> bench = load(source);
  if (!bench) {
    std::fprintf(stderr, "%s: %s\n", source, bench.error().to_string().c_str());
    std::exit(3);
  }
  for (const auto& [language, files] : bench->files) {
    const std::string name(graph::name_of(language));
    const auto* list = &files;
    benchmark::RegisterBenchmark(("parse/" + name).c_str(), [list](benchmark::State& state) {
      extract_files(state, *list, true);
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("extract/" + name).c_str(), [list](benchmark::State& state) {
      extract_files(state, *list, false);
    })->Unit(benchmark::kMillisecond);
  }
  for (const std::uint32_t depth : {1u, 5u})
    benchmark::RegisterBenchmark(
        ("callers/depth:" + std::to_string(depth)).c_str(),
        [depth](benchmark::State& state) { callers(state, *bench, depth); });
  benchmark::RegisterBenchmark("references",
                               [](benchmark::State& state) { references(state, *bench); });
  return true;
}();

}  // namespace
}  // namespace cairn::bench
