// Go cover profiles. Source of the format: cmd/cover and golang.org/x/tools/cover.
//
//   mode: set|count|atomic
//   FILE:STARTLINE.STARTCOL,ENDLINE.ENDCOL STATEMENTS COUNT
//
// With -coverpkg a block comes once per tested package: counts add up, in mode set the largest
// holds. A block that ends in the first two columns ends with the brace of the line, which is no
// code. A line shared by blocks of which some ran is partial. FILE is an import path.
#include <unordered_map>
#include <vector>

#include "analysis/coverage/readers.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

struct Block {
  std::uint32_t start = 0;
  std::uint32_t start_column = 0;
  std::uint32_t end = 0;
  std::uint32_t end_column = 0;
  friend bool operator==(const Block&, const Block&) = default;
};
struct BlockHash {
  std::size_t operator()(const Block& b) const {
    return (std::uint64_t{b.start} << 32 | b.start_column) * 0x9e3779b97f4a7c15ull ^
           (std::uint64_t{b.end} << 32 | b.end_column);
  }
};
using Blocks = std::unordered_map<Block, std::uint64_t, BlockHash>;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "12.5"
bool position(std::string_view text, std::uint32_t& line, std::uint32_t& column) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const auto l = number(text.substr(0, dot));
  const auto c = number(text.substr(dot + 1));
  if (!l || !c) return false;
  line = *l;
  column = *c;
  return true;
}

class GoReader {
 public:
  explicit GoReader(ReadJob& job) : job_(job), lines_(job.input) {}

  Result<void> run() {
    for (;;) {
      CAIRN_ASSIGN(const std::optional<std::string_view> line, lines_.next());
      if (!line) break;
      if (lines_.number() % 4096 == 0) CAIRN_TRY(job_.stop.check("reading the report"));
      if (line->empty()) continue;
      if (line->starts_with("mode: ")) {
        CAIRN_TRY(read_mode(line->substr(6)));
      } else {
        CAIRN_TRY(read_block(*line));
      }
    }
    if (!mode_seen_)
      return Error(ErrorCode::kParse,
                   "the Go profile has no mode line; it must begin with \"mode: \"");
    for (const auto& [path, blocks] : files_) CAIRN_TRY(emit(path, blocks));
    return {};
  }

 private:
  Error malformed(std::string_view line) const {
    return Error(ErrorCode::kParse,
                 "line " + std::to_string(lines_.number()) + ": '" + printable(line.substr(0, 80)) +
                     "' is not FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT; the profile is "
                     "damaged or cut off");
  }

  Result<void> read_mode(std::string_view mode) {
    if (mode != "set" && mode != "count" && mode != "atomic")
      return Error(ErrorCode::kParse, "line " + std::to_string(lines_.number()) + ": mode '" +
                                          printable(mode.substr(0, 40)) +
                                          "' is none of set, count, atomic");
    mode_seen_ = true;
    sum_ = mode != "set";
    return {};
  }

  Result<void> read_block(std::string_view line) {
    if (!mode_seen_) return malformed(line);
    // From the end: the path may hold spaces and colons.
    const std::size_t count_at = line.rfind(' ');
    const std::size_t statements_at = count_at == std::string_view::npos || count_at == 0
                                          ? std::string_view::npos
                                          : line.rfind(' ', count_at - 1);
    const std::size_t colon = statements_at == std::string_view::npos
                                  ? std::string_view::npos
                                  : line.rfind(':', statements_at);
    if (colon == std::string_view::npos) return malformed(line);
    const std::string_view range = line.substr(colon + 1, statements_at - colon - 1);
    const std::size_t comma = range.find(',');
    Block block;
    if (comma == std::string_view::npos ||
        !position(range.substr(0, comma), block.start, block.start_column) ||
        !position(range.substr(comma + 1), block.end, block.end_column))
      return malformed(line);
    bool negative = false;
    const auto count = count_of(line.substr(count_at + 1), negative);
    const auto statements = number(line.substr(statements_at + 1, count_at - statements_at - 1));
    if (!count || !statements) return malformed(line);
    if (negative) job_.notes.add(kNegativeCount, "line", lines_.number());
    if (block.start == 0 || block.end < block.start || block.end > job_.limits.max_line) {
      job_.notes.add("blocks whose lines are none, left out", "line", lines_.number());
      return {};
    }
    return add(line.substr(0, colon), block, *statements, *count);
  }

  Result<void> add(std::string_view path, const Block& block, std::uint32_t statements,
                   std::uint64_t count) {
    if (last_ == nullptr || *last_path_ != path) {
      const auto [at, added] = files_.try_emplace(std::string(path));
      last_path_ = &at->first;
      last_ = &at->second;
      if (files_.size() > job_.limits.max_files)
        return Error(ErrorCode::kLimitExceeded, "the profile names more than " +
                                                    human_count(job_.limits.max_files) + " files");
    }
    if (statements == 0) return {};
    const auto [at, added] = last_->try_emplace(block, 0);
    if (added && ++blocks_ > job_.limits.max_rows)
      return Error(ErrorCode::kLimitExceeded,
                   "the profile has more than " + human_count(job_.limits.max_rows) + " blocks");
    at->second =
        sum_ && at->second <= UINT64_MAX - count ? at->second + count : std::max(at->second, count);
    return {};
  }

  /// A block begins or ends before this line.
  struct Edge {
    std::uint32_t line = 0;
    bool begins = false;
    std::uint64_t count = 0;
  };

  Result<void> emit(const std::string& path, const Blocks& blocks) {
    std::vector<Edge> edges;
    edges.reserve(2 * blocks.size());
    for (const auto& [block, count] : blocks) {
      const std::uint32_t last =
          block.end_column <= 2 && block.end > block.start ? block.end - 1 : block.end;
      edges.push_back({block.start, true, count});
      edges.push_back({last + 1, false, count});
    }
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return a.line < b.line; });
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(path));
    std::map<std::uint64_t, std::int64_t> counts;  // of the blocks that hold the line
    for (std::size_t i = 0; i < edges.size();) {
      const std::uint32_t line = edges[i].line;
      for (; i < edges.size() && edges[i].line == line; ++i) {
        std::int64_t& blocks_here = counts[edges[i].count];
        blocks_here += edges[i].begins ? 1 : -1;
        if (blocks_here == 0) counts.erase(edges[i].count);
      }
      if (!counts.empty()) CAIRN_TRY(add_lines(line, edges[i].line, counts, file));
    }
    return file.end();
  }

  /// The lines from `first` until `end`, which the same blocks hold.
  Result<void> add_lines(std::uint32_t first, std::uint32_t end,
                         const std::map<std::uint64_t, std::int64_t>& counts, FileBuilder& file) {
    expanded_ += end - first;
    if (expanded_ > job_.limits.max_rows)
      return Error(ErrorCode::kLimitExceeded, "the blocks of the profile span more than " +
                                                  human_count(job_.limits.max_rows) +
                                                  " lines; it is no real profile");
    const std::uint64_t hits = counts.rbegin()->first;
    const bool some_not = counts.begin()->first == 0;
    const Ran ran = hits == 0 ? Ran::kNone : (some_not ? Ran::kSome : Ran::kAll);
    for (std::uint32_t line = first; line < end; ++line) file.line({line, ran, hits, 0, 0});
    return {};
  }

  ReadJob& job_;
  LineReader lines_;
  bool mode_seen_ = false;
  bool sum_ = false;
  std::map<std::string, Blocks, std::less<>> files_;
  const std::string* last_path_ = nullptr;
  Blocks* last_ = nullptr;
  std::uint64_t blocks_ = 0;
  std::uint64_t expanded_ = 0;
};

}  // namespace

Result<void> read_go_cover(ReadJob& job) { return GoReader(job).run(); }

}  // namespace cairn::analysis
