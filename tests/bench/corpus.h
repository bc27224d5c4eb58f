#pragma once
// The files `cairn index` would parse, in memory, for benchmarks that compare with it.
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/types.h"

namespace cairn::bench {

struct CorpusFile {
  std::string path;
  graph::Language language = graph::Language::kUnknown;
  std::string bytes;
};
struct Corpus {
  std::vector<CorpusFile> files;  // by path
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
};

/// Lists, classifies and reads as the pipeline does, with its default limits.
Result<Corpus> load_corpus(const std::string& source);

/// The value below which `share` of the values lie (nearest rank); sorts them. 0 for none.
double percentile(std::vector<double>& values, double share);

}  // namespace cairn::bench
