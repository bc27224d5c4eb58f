// llvm-cov export -format=text: JSON of type llvm.coverage.json.export, versions 2 and 3. Source of
// the format: llvm/tools/llvm-cov/CoverageExporterJson.cpp; of the rule that makes lines from
// segments: LineCoverageStats in llvm/lib/ProfileData/Coverage/CoverageMapping.cpp.
//
// A segment [line, column, count, has count, is region entry, is gap region] holds until the next
// one. A line counts the larger of what was in force at its start and of the regions that begin on
// it; gap regions never begin a line. Instances of a template repeat functions and branches.
#include <algorithm>
#include <span>

#include "analysis/coverage/readers.h"
#include "base/hash.h"

namespace cairn::analysis {
namespace {

struct Segment {
  std::uint32_t line = 0;
  std::uint64_t count = 0;
  bool has_count = false;
  bool is_entry = false;
  bool is_gap = false;
  bool starts_region() const { return !is_gap && has_count && is_entry; }
};

class LlvmReader {
 public:
  explicit LlvmReader(ReadJob& job) : job_(job), reader_(json_reader(job.input)) {}

  Result<void> run() {
    CAIRN_ASSIGN(const JsonToken root, reader_.next());
    bool found = false;
    CAIRN_TRY(each_member(reader_, root, [&](std::string_view key, const JsonToken& value) {
      if (key == "type" && value.is(JsonTokenKind::kString) &&
          value.text != "llvm.coverage.json.export")
        return Result<void>(wrong_json(reader_, "this is no llvm.coverage.json.export"));
      if (key != "data") return reader_.skip(value);
      found = value.is(JsonTokenKind::kBeginArray);
      return each_element(reader_, value, [&](const JsonToken& item) { return read_data(item); });
    }));
    CAIRN_TRY(reader_.next());  // The document's end must be well formed too.
    if (!found) return wrong_json(reader_, "an llvm-cov export has a list data");
    return {};
  }

 private:
  Result<void> read_data(const JsonToken& first) {
    return each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "files")
        return each_element(reader_, value, [&](const JsonToken& row) { return read_file(row); });
      if (key == "functions")
        return each_element(reader_, value,
                            [&](const JsonToken& row) { return read_function(row); });
      return reader_.skip(value);
    });
  }

  /// A list of numbers and truth values, as numbers. Other entries are 0.
  Result<void> read_row(const JsonToken& first, std::vector<std::uint64_t>& out) {
    out.clear();
    return each_element(reader_, first, [&](const JsonToken& value) {
      if (value.is(JsonTokenKind::kBool)) {
        out.push_back(value.boolean ? 1 : 0);
      } else {
        out.push_back(value.is(JsonTokenKind::kNumber) ? count_of(value, job_, reader_.offset())
                                                       : 0);
      }
      return reader_.skip(value);
    });
  }

  std::optional<std::uint32_t> line(std::uint64_t number) {
    if (number >= 1 && number <= job_.limits.max_line) return static_cast<std::uint32_t>(number);
    job_.notes.add(kBadLine, "byte", reader_.offset());
    return std::nullopt;
  }

  Result<void> read_file(const JsonToken& first) {
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(""));
    std::optional<std::string> name;
    std::vector<Segment> segments;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "filename" && value.is(JsonTokenKind::kString)) name = std::string(value.text);
      if (key == "segments")
        return each_element(reader_, value,
                            [&](const JsonToken& row) { return read_segment(row, segments); });
      if (key == "branches")
        return each_element(reader_, value,
                            [&](const JsonToken& row) { return read_branch(row, file); });
      return reader_.skip(value);
    }));
    if (!name) return wrong_json(reader_, "a file has no filename");
    CAIRN_TRY(add_lines(segments, file));
    file.rename(std::move(*name));
    return file.end();
  }

  Result<void> read_segment(const JsonToken& first, std::vector<Segment>& out) {
    CAIRN_TRY(read_row(first, row_));
    if (row_.size() < 5) return wrong_json(reader_, "a segment has at least 5 items");
    if (out.size() > job_.limits.max_rows)
      return Error(ErrorCode::kLimitExceeded, "a file has too many segments; split the report");
    if (const auto at = line(row_[0]))
      out.push_back({*at, row_[2], row_[3] != 0, row_[4] != 0, row_.size() > 5 && row_[5] != 0});
    return {};
  }

  /// Line after line, as LineCoverageStats does.
  Result<void> add_lines(const std::vector<Segment>& segments, FileBuilder& file) {
    const Segment* wrapped = nullptr;
    std::size_t next = 0;
    std::uint32_t at = segments.empty() ? 0 : segments.front().line;
    while (next < segments.size()) {
      std::size_t end = next;
      while (end < segments.size() && segments[end].line == at) ++end;
      if (++expanded_ > job_.limits.max_rows)
        return Error(ErrorCode::kLimitExceeded,
                     "the segments span too many lines; it is no real report");
      add_line(at, std::span(segments).subspan(next, end - next), wrapped, file);
      if (end > next) wrapped = &segments[end - 1];
      next = end;
      // Segments come in order; a damaged list may go back, and is then taken up from there.
      if (next < segments.size()) at = segments[next].line < at ? segments[next].line : at + 1;
    }
    return {};
  }

  static void add_line(std::uint32_t at, std::span<const Segment> here, const Segment* wrapped,
                       FileBuilder& file) {
    std::uint64_t hits = wrapped == nullptr ? 0 : wrapped->count;
    bool mapped = wrapped != nullptr && wrapped->has_count;
    bool starts = false;
    bool counted_entry = false;
    for (const Segment& segment : here) {
      counted_entry = counted_entry || (segment.is_entry && segment.has_count);
      if (!segment.starts_region()) continue;
      starts = true;
      hits = std::max(hits, segment.count);
    }
    const bool skipped = !here.empty() && !here.front().has_count && here.front().is_entry;
    mapped = (!skipped && (mapped || starts)) || counted_entry;
    if (mapped) file.line(at, hits);
  }

  /// [line, column, end line, end column, true count, false count, ...]
  Result<void> read_branch(const JsonToken& first, FileBuilder& file) {
    CAIRN_TRY(read_row(first, row_));
    if (row_.size() < 6) return wrong_json(reader_, "a branch has at least 6 items");
    const auto at = line(row_[0]);
    if (!at) return {};
    const std::uint64_t id = hash_mix(row_[1], hash_mix(row_[2], row_[3]));
    file.arm(*at, arm_id(ArmSpace::kLlvm, id, 1), row_[4] > 0);
    file.arm(*at, arm_id(ArmSpace::kLlvm, id, 0), row_[5] > 0);
    return {};
  }

  Result<void> read_function(const JsonToken& first) {
    CoveredFunction out;
    std::optional<std::string> file_name;
    bool first_region = true;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "name" && value.is(JsonTokenKind::kString)) out.name = std::string(value.text);
      if (key == "count") out.hits = count_of(value, job_, reader_.offset());
      if (key == "filenames")
        return each_element(reader_, value, [&](const JsonToken& name) {
          if (!file_name && name.is(JsonTokenKind::kString)) file_name = std::string(name.text);
          return reader_.skip(name);
        });
      if (key == "regions")
        return each_element(reader_, value, [&](const JsonToken& region) -> Result<void> {
          Result<void> read = read_row(region, row_);
          // The first region is the body.
          if (read && std::exchange(first_region, false) && row_.size() >= 4) {
            out.start_line = line(row_[0]).value_or(0);
            out.end_line = line(row_[2]).value_or(0);
          }
          return read;
        });
      return reader_.skip(value);
    }));
    if (!file_name || out.name.empty()) return {};
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(std::move(*file_name)));
    file.function(std::move(out));
    return file.end();
  }

  ReadJob& job_;
  JsonReader reader_;
  std::vector<std::uint64_t> row_;
  std::uint64_t expanded_ = 0;
};

}  // namespace

Result<void> read_llvm_cov(ReadJob& job) { return LlvmReader(job).run(); }

}  // namespace cairn::analysis
