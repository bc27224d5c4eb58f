// What the readers share.
#include "analysis/coverage/readers.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/text.h"

namespace cairn::analysis {
namespace {

constexpr std::size_t kMaxTextLine = std::size_t{1} << 20;

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::uint64_t count_of(double value, bool& negative) {
  if (value < 0) negative = true;
  if (!(value > 0)) return 0;
  // 2^64 is exact as a double.
  if (value >= 18446744073709551616.0) return std::numeric_limits<std::uint64_t>::max();
  // Averages below one still mean that it ran.
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(value));
}

}  // namespace

void Notes::add(std::string_view what, std::string_view unit, std::uint64_t at) {
  auto found = rows_.find(what);
  if (found == rows_.end()) {
    found = rows_.emplace(std::string(what), Row()).first;
    found->second.first = std::string(unit) + " " + std::to_string(at);
  }
  ++found->second.count;
}

void Notes::report(CoverageSink& sink) const {
  for (const auto& [what, row] : rows_)
    sink.warn(human_count(row.count) + " " + what + "; the first at " + row.first);
}

std::optional<std::uint64_t> count_of(std::string_view text, bool& negative) {
  std::uint64_t whole = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, whole);
  if (stop == end && !text.empty()) {
    if (error == std::errc()) return whole;
    if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  }
  double real = 0;
  const auto [real_stop, real_error] = std::from_chars(text.data(), end, real);
  if (text.empty() || real_stop != end || real_error == std::errc::invalid_argument ||
      std::isnan(real))
    return std::nullopt;
  if (real_error == std::errc::result_out_of_range)
    real = text.starts_with('-') ? -1.0 : std::numeric_limits<double>::infinity();
  return count_of(real, negative);
}

std::uint64_t count_of(const JsonToken& token, ReadJob& job, std::uint64_t at) {
  if (!token.is(JsonTokenKind::kNumber)) {
    if (!token.is(JsonTokenKind::kNull))
      job.notes.add("counts that are no numbers, taken as 0", "byte", at);
    return 0;
  }
  bool negative = false;
  const std::uint64_t count = count_of(token.real, negative);
  if (negative) job.notes.add(kNegativeCount, "byte", at);
  return token.is_integer && token.integer > 0 ? static_cast<std::uint64_t>(token.integer) : count;
}

std::optional<std::uint32_t> line_of(std::string_view text, const CoverageLimits& limits) {
  std::uint32_t line = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, line);
  if (error != std::errc() || stop != end || line == 0 || line > limits.max_line)
    return std::nullopt;
  return line;
}

std::optional<std::uint32_t> line_of(const JsonToken& token, const CoverageLimits& limits) {
  if (!token.is(JsonTokenKind::kNumber) || !token.is_integer || token.integer < 1 ||
      token.integer > std::int64_t{limits.max_line})
    return std::nullopt;
  return static_cast<std::uint32_t>(token.integer);
}

Result<std::optional<std::string_view>> LineReader::next() {
  if (std::exchange(clear_, false)) joined_.clear();
  for (;;) {
    if (piece_.empty()) {
      if (!ended_) {
        CAIRN_ASSIGN(piece_, input_.next());
        ended_ = piece_.empty();
      }
      if (ended_) {
        if (joined_.empty()) return std::optional<std::string_view>();
        clear_ = true;
        ++number_;
        return std::optional(without_end(joined_));
      }
    }
    const void* found = std::memchr(piece_.data(), '\n', piece_.size());
    const std::size_t size =
        found == nullptr
            ? piece_.size()
            : static_cast<std::size_t>(static_cast<const char*>(found) - piece_.data());
    std::string_view line = piece_.substr(0, size);
    piece_.remove_prefix(found == nullptr ? size : size + 1);
    if (found == nullptr || !joined_.empty()) {
      if (joined_.size() + size > kMaxTextLine)
        return Error(ErrorCode::kParse, "line " + std::to_string(number_ + 1) + " is longer than " +
                                            human_bytes(kMaxTextLine) +
                                            "; this is no report of this format");
      joined_ += line;
      if (found == nullptr) continue;
      line = joined_;
      clear_ = true;
    }
    if (++number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    return std::optional(without_end(line));
  }
}

Result<void> FileBuilder::begin(std::string path) {
  CAIRN_TRY(end());
  open_ = true;
  path_ = std::move(path);
  return {};
}

void FileBuilder::line(std::uint32_t number, std::uint64_t hits) {
  file_.lines.push_back({number, hits > 0 ? Ran::kAll : Ran::kNone, hits, 0, 0});
  grew();
}

void FileBuilder::line(const CoveredLine& row) {
  file_.lines.push_back(row);
  grew();
}

void FileBuilder::arm(std::uint32_t number, std::uint64_t id, bool taken) {
  file_.arms.push_back({number, taken, id});
  grew();
}

void FileBuilder::branches(std::uint32_t number, std::uint64_t covered, std::uint64_t total) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t all = std::min(total, kMost);
  line({number, Ran::kNone, 0, static_cast<std::uint32_t>(std::min(covered, all)),
        static_cast<std::uint32_t>(all)});
}

void FileBuilder::only_counted(std::uint64_t covered, std::uint64_t missed) {
  file_.only_counted_covered += covered;
  file_.only_counted_missed += missed;
}

void FileBuilder::pack() {
  file_.normalise(combine_);
  rows_ = file_.lines.size() + file_.arms.size() + file_.functions.size() + file_.contexts.size();
  if (rows_ > job_.limits.max_rows) {
    too_many_ = true;
    file_ = {};
    rows_ = 0;
  }
  pack_at_ = std::max(kFirstPack, 2 * rows_);
}

Result<void> FileBuilder::end() {
  if (!open_) return {};
  open_ = false;
  if (too_many_)
    return Error(ErrorCode::kLimitExceeded, "'" + printable(path_) + "' has more than " +
                                                human_count(job_.limits.max_rows) +
                                                " lines and branches; split the report");
  file_.normalise(combine_);
  rows_ = 0;
  pack_at_ = kFirstPack;
  // A branch of a line that no record measures would show nowhere; its arms say whether it ran.
  CAIRN_TRY(job_.stop.check("reading the report"));
  return job_.sink.file(path_, std::exchange(file_, {}), combine_);
}

JsonReader json_reader(ReportInput& input, bool many_documents) {
  JsonReaderLimits limits;
  limits.many_documents = many_documents;
  return JsonReader(
      [&input, first = true]() mutable -> Result<std::string_view> {
        CAIRN_ASSIGN(std::string_view piece, input.next());
        if (std::exchange(first, false) && piece.starts_with("\xEF\xBB\xBF") && piece.size() > 3)
          piece.remove_prefix(3);
        return piece;
      },
      limits);
}

Error wrong_json(const JsonReader& reader, std::string_view what) {
  return Error(ErrorCode::kParse,
               "JSON before byte " + std::to_string(reader.offset()) + ": " + std::string(what));
}

}  // namespace cairn::analysis
