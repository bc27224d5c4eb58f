// The baseline of a full index: tree-sitter alone, one thread, over the files `cairn index SOURCE`
// would parse, read into memory before. Prints one line of JSON; seconds of CPU.
#include <cstdio>

#include "base/metrics.h"
#include "indexer/syntax/parse.h"
#include "tests/bench/corpus.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: cairn_parse_only SOURCE\n");
    return 2;
  }
  const auto corpus = cairn::bench::load_corpus(argv[1]);
  if (!corpus) {
    std::fprintf(stderr, "%s\n", corpus.error().to_string().c_str());
    return 3;
  }
  const std::int64_t begin = cairn::process_cpu_ns();
  std::size_t timeouts = 0;
  for (const cairn::bench::CorpusFile& file : corpus->files) {
    const auto* def = cairn::indexer::syntax::language_def(file.language);
    if (!cairn::indexer::syntax::parse_only(file.bytes, *def)) ++timeouts;
  }
  const double seconds = static_cast<double>(cairn::process_cpu_ns() - begin) / 1e9;
  std::printf(
      "{\"files\": %zu, \"bytes\": %llu, \"lines\": %llu, \"timeouts\": %zu, \"cpu\": %.6f}\n",
      corpus->files.size(), static_cast<unsigned long long>(corpus->bytes),
      static_cast<unsigned long long>(corpus->lines), timeouts, seconds);
  return 0;
}
