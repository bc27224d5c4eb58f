#include "tests/bench/corpus.h"

#include <algorithm>

#include "indexer/classify.h"
#include "indexer/source.h"
#include "indexer/syntax/parse.h"

namespace cairn::bench {

Result<Corpus> load_corpus(const std::string& name) {
  CAIRN_ASSIGN(const indexer::Source source, indexer::Source::open(name, {}));
  CAIRN_ASSIGN(const indexer::RepoConfig config, source.config());
  CAIRN_ASSIGN(const indexer::Classifier classifier, indexer::Classifier::create(config));
  Corpus out;
  for (const indexer::SourceEntry& entry : source.entries()) {
    if (entry.kind != indexer::EntryKind::kFile) continue;
    indexer::FileClass what = classifier.of_path(entry.path, entry.stamp.size);
    const bool code = what.language != graph::Language::kUnknown || what.needs_content;
    if (!code || what.skip != indexer::SkipReason::kNone) continue;
    CAIRN_ASSIGN(std::string bytes, source.read(entry, classifier.max_file_bytes()));
    what = classifier.of_content(what, bytes);
    if (what.skip != indexer::SkipReason::kNone ||
        indexer::syntax::language_def(what.language) == nullptr)
      continue;
    out.bytes += bytes.size();
    out.lines += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    out.files.push_back({entry.path, what.language, std::move(bytes)});
  }
  return out;
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(rank, values.size() - 1)];
}

}  // namespace cairn::bench
