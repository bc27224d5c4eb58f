// lcov tracefiles. Source of the format: geninfo(1), "FILES", of lcov 1.16 and 2.x.
//
// One record per file and test: TN names the test, SF the file, end_of_record ends it. A file comes
// again for every test, and counts add up. BRDA's '-' means that the branch's block never ran; it
// counts as not taken. Block ids may carry a letter (e: exception), the branch may be an
// expression, and function names may hold commas.
#include <algorithm>
#include <unordered_map>

#include "analysis/coverage/readers.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

class LcovReader {
 public:
  explicit LcovReader(ReadJob& job) : job_(job), lines_(job.input), file_(job, Combine::kSum) {}

  Result<void> run() {
    for (;;) {
      CAIRN_ASSIGN(const std::optional<std::string_view> line, lines_.next());
      if (!line) break;
      CAIRN_TRY(read(*line));
    }
    if (file_.is_open()) {
      job_.notes.add(kNoEnd, "line", lines_.number());
      CAIRN_TRY(end_file());
    }
    if (files_ == 0)
      return Error(ErrorCode::kParse, "the lcov report has no SF record after " +
                                          human_count(lines_.number()) +
                                          " lines; it was cut off, or no file was measured");
    return {};
  }

 private:
  static constexpr std::string_view kNoEnd =
      "records without end_of_record, read as far as they go (the report may be cut off)";

  Error malformed(std::string_view line, std::string_view form) const {
    return Error(ErrorCode::kParse, "line " + std::to_string(lines_.number()) + ": '" +
                                        printable(line.substr(0, 80)) + "' is not " +
                                        std::string(form) + "; the report is damaged or cut off");
  }
  std::optional<std::uint64_t> count(std::string_view text) {
    bool negative = false;
    const auto value = count_of(text, negative);
    if (negative) job_.notes.add(kNegativeCount, "line", lines_.number());
    return value;
  }
  /// nullopt for line 0 and the like, which some tools write; noted.
  std::optional<std::uint32_t> number(std::string_view text) {
    const auto line = line_of(text, job_.limits);
    if (!line) job_.notes.add(kBadLine, "line", lines_.number());
    return line;
  }
  static bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  Result<void> read(std::string_view line) {
    if (line.starts_with("DA:")) return read_line(line);
    if (line.starts_with("BRDA:")) return read_branch(line);
    if (line.starts_with("SF:")) return begin_file(line.substr(3));
    if (line.starts_with("TN:")) return begin_test(line.substr(3));
    if (line.starts_with("FN:")) return read_function(line);
    if (line.starts_with("FNDA:")) return read_function_count(line);
    if (line.starts_with("FNL:")) return read_function_lines(line);
    if (line.starts_with("FNA:")) return read_function_alias(line);
    if (line == "end_of_record") {
      if (!file_.is_open()) return malformed(line, "within a record that began with SF");
      return end_file();
    }
    return read_other(line);
  }

  Result<void> read_other(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return {};
    const std::size_t colon = line.find(':');
    const std::string_view tag = line.substr(0, colon);
    const bool is_tag = colon != std::string_view::npos && !tag.empty() && tag.size() <= 8 &&
                        std::all_of(tag.begin(), tag.end(), [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                        });
    if (!is_tag) return malformed(line, "an lcov record");
    static constexpr std::string_view kSums[] = {"FNF", "FNH", "BRF",  "BRH", "LF",
                                                 "LH",  "VER", "MCDC", "MCF", "MCH"};
    if (std::find(std::begin(kSums), std::end(kSums), tag) == std::end(kSums))
      job_.notes.add("records of kinds this reader does not know, left out", "line",
                     lines_.number());
    return {};
  }

  Result<void> begin_test(std::string_view name) {
    test_.assign(name);
    context_.reset();
    return {};
  }

  Result<void> begin_file(std::string_view path) {
    if (file_.is_open()) {
      job_.notes.add(kNoEnd, "line", lines_.number());
      CAIRN_TRY(end_file());
    }
    ++files_;
    if (!test_.empty() && !context_) {
      CAIRN_ASSIGN(context_, job_.sink.context(test_));
    }
    return file_.begin(std::string(path));
  }

  Result<void> end_file() {
    for (auto& [name, row] : functions_) file_.function(std::move(row));
    functions_.clear();
    aliases_.clear();
    return file_.end();
  }

  Result<void> within(std::string_view line) const {
    if (file_.is_open()) return {};
    return malformed(line, "within a record that began with SF");
  }

  Result<void> read_line(std::string_view line) {
    constexpr std::string_view kForm = "DA:LINE,COUNT";
    CAIRN_TRY(within(line));
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) return malformed(line, kForm);
    const std::string_view number_text = line.substr(3, comma - 3);
    std::string_view count_text = line.substr(comma + 1);
    count_text = count_text.substr(0, count_text.find(','));
    const auto hits = count(count_text);
    if (!hits || !is_number(number_text)) return malformed(line, kForm);
    const auto at = number(number_text);
    if (!at) return {};
    file_.line(*at, *hits);
    if (context_ && *hits > 0) file_.context(*context_, *at);
    return {};
  }

  Result<void> read_branch(std::string_view line) {
    constexpr std::string_view kForm = "BRDA:LINE,BLOCK,BRANCH,TAKEN";
    CAIRN_TRY(within(line));
    const std::string_view rest = line.substr(5);
    const std::size_t first = rest.find(',');
    const std::size_t last = rest.rfind(',');
    if (first == std::string_view::npos || first == last) return malformed(line, kForm);
    const std::string_view arm = rest.substr(first + 1, last - first - 1);
    const std::string_view taken = rest.substr(last + 1);
    const auto hits = taken == "-" ? std::optional<std::uint64_t>(0) : count(taken);
    if (!hits || arm.find(',') == std::string_view::npos) return malformed(line, kForm);
    const auto at = number(rest.substr(0, first));
    // 'U' marks a branch that cannot be reached.
    if (at && !arm.starts_with('U')) file_.arm(*at, arm_id(ArmSpace::kLcov, arm), *hits > 0);
    return {};
  }

  /// FN:START,NAME or FN:START,END,NAME
  Result<void> read_function(std::string_view line) {
    constexpr std::string_view kForm = "FN:LINE,NAME";
    CAIRN_TRY(within(line));
    std::string_view rest = line.substr(3);
    std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) return malformed(line, kForm);
    const auto start = number(rest.substr(0, comma));
    rest.remove_prefix(comma + 1);
    comma = rest.find(',');
    std::uint32_t end = 0;
    if (comma != std::string_view::npos && is_number(rest.substr(0, comma))) {
      end = line_of(rest.substr(0, comma), job_.limits).value_or(0);
      rest.remove_prefix(comma + 1);
    }
    CoveredFunction& row = function(rest);
    row.start_line = start.value_or(0);
    row.end_line = end;
    return {};
  }

  Result<void> read_function_count(std::string_view line) {
    CAIRN_TRY(within(line));
    const std::string_view rest = line.substr(5);
    const std::size_t comma = rest.find(',');
    const auto hits = comma == std::string_view::npos ? std::nullopt : count(rest.substr(0, comma));
    if (!hits) return malformed(line, "FNDA:COUNT,NAME");
    function(rest.substr(comma + 1)).hits += *hits;
    return {};
  }

  /// FNL:INDEX,START[,END]: the lines that the names of FNA share.
  Result<void> read_function_lines(std::string_view line) {
    CAIRN_TRY(within(line));
    const std::string_view rest = line.substr(4);
    const std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) return malformed(line, "FNL:INDEX,START");
    std::string_view start = rest.substr(comma + 1);
    std::string_view end;
    if (const std::size_t second = start.find(','); second != std::string_view::npos) {
      end = start.substr(second + 1);
      start = start.substr(0, second);
    }
    aliases_[std::string(rest.substr(0, comma))] = {number(start).value_or(0),
                                                    line_of(end, job_.limits).value_or(0)};
    return {};
  }

  Result<void> read_function_alias(std::string_view line) {
    constexpr std::string_view kForm = "FNA:INDEX,COUNT,NAME";
    CAIRN_TRY(within(line));
    const std::string_view rest = line.substr(4);
    const std::size_t first = rest.find(',');
    const std::size_t second = first == std::string_view::npos ? first : rest.find(',', first + 1);
    if (second == std::string_view::npos) return malformed(line, kForm);
    const auto hits = count(rest.substr(first + 1, second - first - 1));
    if (!hits) return malformed(line, kForm);
    CoveredFunction& row = function(rest.substr(second + 1));
    if (const auto at = aliases_.find(std::string(rest.substr(0, first))); at != aliases_.end()) {
      row.start_line = at->second.first;
      row.end_line = at->second.second;
    }
    row.hits += *hits;
    return {};
  }

  CoveredFunction& function(std::string_view name) {
    const auto [at, added] = functions_.try_emplace(std::string(name));
    if (added) at->second.name = at->first;
    return at->second;
  }

  ReadJob& job_;
  LineReader lines_;
  FileBuilder file_;
  std::uint64_t files_ = 0;
  std::string test_;
  std::optional<std::uint32_t> context_;
  std::unordered_map<std::string, CoveredFunction> functions_;
  std::unordered_map<std::string, std::pair<std::uint32_t, std::uint32_t>> aliases_;
};

}  // namespace

Result<void> read_lcov(ReadJob& job) { return LcovReader(job).run(); }

}  // namespace cairn::analysis
