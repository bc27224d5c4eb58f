// Lists are a count and their rows; line numbers are differences from the row before. A context's
// lines are runs, because tests execute neighbouring lines.
#include "analysis/coverage/codec.h"

#include <algorithm>

#include "base/hash.h"
#include "graph/varint.h"

namespace cairn::analysis {
namespace {

using graph::ByteReader;
using graph::put_varint;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSumBytes = 8;

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

void put_texts(std::string& out, const std::vector<std::string>& texts) {
  put_varint(out, texts.size());
  for (const std::string& text : texts) put_text(out, text);
}

void put_lines(std::string& out, const std::vector<CoveredLine>& rows) {
  put_varint(out, rows.size());
  std::uint32_t before = 0;
  for (const CoveredLine& row : rows) {
    const bool branches = row.some_branches > 0;
    put_varint(out, std::uint64_t{row.line - before} << 3 |
                        static_cast<std::uint64_t>(row.ran) << 1 | (branches ? 1 : 0));
    put_varint(out, row.hits);
    if (branches) {
      put_varint(out, row.some_branches_covered);
      put_varint(out, row.some_branches);
    }
    before = row.line;
  }
}

void put_arms(std::string& out, const std::vector<BranchArm>& rows) {
  put_varint(out, rows.size());
  std::uint32_t before = 0;
  for (const BranchArm& row : rows) {
    put_varint(out, std::uint64_t{row.line - before} << 1 | (row.taken ? 1 : 0));
    graph::put_fixed<std::uint64_t>(out, row.arm);
    before = row.line;
  }
}

void put_functions(std::string& out, const std::vector<CoveredFunction>& rows) {
  put_varint(out, rows.size());
  for (const CoveredFunction& row : rows) {
    put_text(out, row.name);
    put_varint(out, row.start_line);
    put_varint(out, row.end_line);
    put_varint(out, row.hits);
  }
}

struct Run {
  std::uint32_t context = 0;
  std::uint32_t first = 0;
  std::uint32_t more = 0;  // lines after the first
};

void put_contexts(std::string& out, const std::vector<ContextLine>& rows) {
  std::vector<Run> runs;
  for (const ContextLine& row : rows) {
    if (!runs.empty() && runs.back().context == row.context &&
        runs.back().first + runs.back().more + 1 == row.line) {
      ++runs.back().more;
    } else {
      runs.push_back({row.context, row.line, 0});
    }
  }
  put_varint(out, runs.size());
  for (const Run& run : runs) {
    put_varint(out, run.context);
    put_varint(out, run.first);
    put_varint(out, run.more);
  }
}

/// Reads what the functions above wrote; counts are bounded by the bytes that are left.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : all_(bytes), in_(bytes) {}

  std::size_t count() {
    const std::uint64_t n = in_.varint();
    if (n > in_.left()) bad_ = true;
    return bad_ ? 0 : static_cast<std::size_t>(n);
  }
  std::string text() {
    const std::size_t size = count();
    const std::string out(all_.substr(all_.size() - in_.left(), size));
    for (std::size_t i = 0; i < size; ++i) in_.byte();
    return out;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out(count());
    for (std::string& item : out) item = text();
    return out;
  }
  std::uint64_t number() { return in_.varint(); }
  std::uint32_t small() { return in_.varint32(); }
  std::uint64_t fixed() { return in_.fixed<std::uint64_t>(); }
  bool good() const { return !bad_ && !in_.failed(); }
  bool done() const { return in_.done(); }
  void fail() { bad_ = true; }

 private:
  std::string_view all_;
  ByteReader in_;
  bool bad_ = false;
};

void read_lines(Reader& in, FileCoverage& file) {
  file.lines.resize(in.count());
  std::uint32_t line = 0;
  for (CoveredLine& row : file.lines) {
    const std::uint64_t head = in.number();
    line += static_cast<std::uint32_t>(head >> 3);
    row.line = line;
    row.ran = static_cast<Ran>(std::min<std::uint64_t>(head >> 1 & 3, 2));
    row.hits = in.number();
    if ((head & 1) == 0) continue;
    row.some_branches_covered = in.small();
    row.some_branches = in.small();
  }
}

void read_arms(Reader& in, FileCoverage& file) {
  file.arms.resize(in.count());
  std::uint32_t line = 0;
  for (BranchArm& row : file.arms) {
    const std::uint64_t head = in.number();
    line += static_cast<std::uint32_t>(head >> 1);
    row = {line, (head & 1) != 0, in.fixed()};
  }
}

void read_contexts(Reader& in, std::size_t names, FileCoverage& file) {
  // A run is a few bytes for many lines: what damaged bytes could ask for is bounded.
  constexpr std::uint64_t kMostRows = 50'000'000;
  for (std::size_t runs = in.count(); runs > 0 && in.good(); --runs) {
    const Run run{in.small(), in.small(), in.small()};
    if (run.context >= names || file.contexts.size() + run.more > kMostRows) return in.fail();
    for (std::uint64_t i = 0; i <= run.more; ++i)
      file.contexts.push_back({run.context, static_cast<std::uint32_t>(run.first + i)});
  }
}

FileCoverage read_file(Reader& in, std::size_t names) {
  FileCoverage file;
  read_lines(in, file);
  read_arms(in, file);
  file.functions.resize(in.count());
  for (CoveredFunction& row : file.functions) {
    row.name = in.text();
    row.start_line = in.small();
    row.end_line = in.small();
    row.hits = in.number();
  }
  read_contexts(in, names, file);
  file.only_counted_covered = in.number();
  file.only_counted_missed = in.number();
  if (in.good()) file.normalise(Combine::kMax);
  return file;
}

}  // namespace

std::string encode_coverage(const MappedCoverage& coverage) {
  std::string out;
  graph::put_byte(out, kVersion);
  const CoverageReport& report = coverage.report;
  put_texts(out, report.contexts);
  put_texts(out, report.sessions);
  put_texts(out, report.roots);
  put_texts(out, report.warnings);
  put_varint(out, report.files.size());
  for (const auto& [path, file] : report.files) {
    put_text(out, path);
    put_lines(out, file.lines);
    put_arms(out, file.arms);
    put_functions(out, file.functions);
    put_contexts(out, file.contexts);
    put_varint(out, file.only_counted_covered);
    put_varint(out, file.only_counted_missed);
  }
  put_varint(out, coverage.ambiguous.size());
  for (const AmbiguousPath& row : coverage.ambiguous) {
    put_text(out, row.path);
    put_texts(out, row.candidates);
    put_varint(out, row.candidate_count);
  }
  put_varint(out, coverage.unmatched.size());
  for (const UnmatchedPath& row : coverage.unmatched) {
    put_text(out, row.path);
    put_text(out, row.reason);
  }
  graph::put_fixed<std::uint64_t>(out, hash64(std::string_view(out)));
  return out;
}

Result<MappedCoverage> decode_coverage(std::string_view bytes) {
  const auto damaged = [] {
    return Error(ErrorCode::kCorrupt, "stored coverage is damaged, import the report again");
  };
  if (bytes.size() < 1 + kSumBytes) return damaged();
  const std::string_view body = bytes.substr(0, bytes.size() - kSumBytes);
  if (ByteReader(bytes.substr(body.size())).fixed<std::uint64_t>() != hash64(body))
    return damaged();
  if (static_cast<std::uint8_t>(body.front()) != kVersion)
    return Error(ErrorCode::kVersion,
                 "stored coverage is of another format version, import the report again");
  Reader in(body.substr(1));
  MappedCoverage out;
  out.report.contexts = in.texts();
  out.report.sessions = in.texts();
  out.report.roots = in.texts();
  out.report.warnings = in.texts();
  for (std::size_t n = in.count(); n > 0 && in.good(); --n) {
    std::string path = in.text();
    out.report.files.insert_or_assign(std::move(path), read_file(in, out.report.contexts.size()));
  }
  out.ambiguous.resize(in.count());
  for (AmbiguousPath& row : out.ambiguous) {
    row.path = in.text();
    row.candidates = in.texts();
    row.candidate_count = in.number();
  }
  out.unmatched.resize(in.count());
  for (UnmatchedPath& row : out.unmatched) {
    row.path = in.text();
    row.reason = in.text();
  }
  if (!in.good() || !in.done()) return damaged();
  return out;
}

}  // namespace cairn::analysis
