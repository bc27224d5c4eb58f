// How long a one-line change takes until it can be queried: index_source() in this process, from
// nothing known to the new snapshot returned. Edits the SOURCE given, so give a copy. Edits are
// random one-line ones of random source files: a line copied, removed, or a call of a function
// defined elsewhere added. Prints one line of JSON; milliseconds.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "base/fs.h"
#include "indexer/index.h"
#include "tests/bench/corpus.h"

namespace {

using cairn::Result;
using cairn::indexer::Index;

/// CPU of this process and of the git programs it ran.
double cpu_ms() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& t : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  }
  return sum;
}

class Editor {
 public:
  Editor(std::string root, const cairn::graph::Snapshot& snapshot, std::uint64_t seed)
      : root_(std::move(root)), random_(seed) {
    for (const cairn::graph::FileId f : snapshot.files())
      if (snapshot.file(f).lines > 10 && snapshot.file(f).skip_reason.empty())
        files_.emplace_back(snapshot.path(f));
    for (const auto f : snapshot.files()) {
      const auto first = snapshot.file(f).first_symbol;
      if (first.exists())
        names_.emplace_back(snapshot.name(
            cairn::graph::SymbolId(first.value() + snapshot.file(f).symbol_count - 1)));
    }
  }

  Result<void> edit() {
    const std::string path = cairn::join_path(root_, files_[random_() % files_.size()]);
    CAIRN_ASSIGN(const std::string text, cairn::read_file(path, 64u << 20));
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      lines.push_back(text.substr(at, end - at));
      at = end;
    }
    const auto at = lines.begin() + static_cast<std::ptrdiff_t>(random_() % lines.size());
    switch (random_() % 3) {
      case 0:
        lines.insert(at, *at);
        break;
      case 1:
        lines.erase(at);
        break;
      default:
        lines.insert(at,
                     names_[random_() % names_.size()] + "(" + std::to_string(random_()) + ");\n");
    }
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    for (const std::string& line : lines) out << line;
    out.close();
    if (!out) return cairn::Error(cairn::ErrorCode::kIo, "writing " + path);
    return {};
  }

 private:
  std::string root_;
  std::mt19937_64 random_;
  std::vector<std::string> files_;
  std::vector<std::string> names_;
};

Result<void> run(const std::string& source, const std::string& data, int edits) {
  cairn::indexer::IndexOptions options;
  options.source = source;
  options.data_dir = data;
  CAIRN_ASSIGN(Index index, cairn::indexer::index_source(options));
  const auto lines = index.snapshot->totals().lines;
  Editor editor(source, *index.snapshot, 1);
  std::vector<double> all, cpu;
  double worst_linked = 0;
  int overlays = 0;
  for (int i = 0; i < edits; ++i) {
    CAIRN_TRY(editor.edit());
    const double cpu_before = cpu_ms();
    const auto begin = std::chrono::steady_clock::now();
    CAIRN_ASSIGN(index, cairn::indexer::index_source(options));
    all.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
    cpu.push_back(cpu_ms() - cpu_before);
    overlays += index.report.incremental ? 1 : 0;
    worst_linked = std::max(worst_linked, static_cast<double>(index.report.files_linked));
  }
  const double p50 = cairn::bench::percentile(all, 0.50);
  const double p99 = cairn::bench::percentile(all, 0.99);
  std::printf(
      "{\"lines\": %llu, \"edits\": %d, \"overlays\": %d, \"p50\": %.3f, \"p99\": %.3f, "
      "\"max\": %.3f, \"most_files_linked\": %.0f, \"cpu_p50\": %.3f, \"cpu_p99\": %.3f}\n",
      static_cast<unsigned long long>(lines), edits, overlays, p50, p99, all.back(), worst_linked,
      cairn::bench::percentile(cpu, 0.50), cairn::bench::percentile(cpu, 0.99));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: cairn_edit_latency COPY-OF-SOURCE DATA EDITS\n");
    return 2;
  }
  const auto done = run(argv[1], argv[2], std::atoi(argv[3]));
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  return 3;
}
