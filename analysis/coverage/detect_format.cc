// What format a report is in, from its first kilobytes. File names are not looked at: tools let
// users choose them.
#include <algorithm>
#include <array>
#include <vector>

#include "analysis/coverage/readers.h"
#include "analysis/coverage/xml_events.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

constexpr std::array<std::string_view, kCoverageFormatCount> kNames = {
    "lcov",        "cobertura", "jacoco", "go",        "llvm-cov", "gcov",
    "coverage.py", "istanbul",  "clover", "coveralls", "sonarqube"};

std::string all_names() {
  std::string out;
  for (const std::string_view name : kNames) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

Error unknown(std::string_view text) {
  return Error(ErrorCode::kParse, "this is no coverage report cairn knows; it begins with '" +
                                      printable(text.substr(0, 40)) +
                                      "'. Name the format if it is one of " + all_names());
}

/// Reading stopped before the format showed. Most often only the beginning ends there, which is no
/// error of the report.
Error broken_off(const Error& error, std::string_view text) {
  return text.size() < kDetectBytes ? error.clone() : unknown(text);
}

/// The pieces of a text that is in memory already.
class Beginning final : public ReportInput {
 public:
  explicit Beginning(std::string_view text) : text_(text) {}
  Result<std::string_view> next() override { return std::exchange(text_, {}); }

 private:
  std::string_view text_;
};

/// Looks at the first elements; then it ends with what it found, as an error or without one.
class Elements final : public XmlHandler {
 public:
  std::optional<CoverageFormat> found;

  Result<void> start(std::string_view element, const XmlAttributes& attributes) override {
    if (found) return {};
    if (!inside_) {
      inside_ = true;
      if (element == "report") found = CoverageFormat::kJacoco;
      if (element != "coverage") return {};
      if (attributes.find("clover")) found = CoverageFormat::kClover;
      if (attributes.find("line-rate") || attributes.find("lines-valid"))
        found = CoverageFormat::kCobertura;
      version_one_ = attributes["version"] == "1";
      return {};
    }
    if (element == "project") found = CoverageFormat::kClover;
    if (element == "sources" || element == "packages") found = CoverageFormat::kCobertura;
    if (element == "file") found = CoverageFormat::kSonarQube;
    return {};
  }
  Result<void> end(std::string_view) override {
    if (!found && version_one_) found = CoverageFormat::kSonarQube;
    return {};
  }

 private:
  bool inside_ = false;
  bool version_one_ = false;
};

Result<CoverageFormat> detect_xml(std::string_view text) {
  Elements elements;
  Beginning input(text);
  const Result<void> read = read_xml(input, elements, {});
  if (elements.found) return *elements.found;
  if (!read) return broken_off(read.error(), text);
  return unknown(text);
}

/// What a member of the root object says; nullopt: nothing.
Result<std::optional<CoverageFormat>> json_member(JsonReader& reader, std::string_view key,
                                                  const JsonToken& value) {
  using Found = std::optional<CoverageFormat>;
  const bool list = value.is(JsonTokenKind::kBeginArray);
  const bool object = value.is(JsonTokenKind::kBeginObject);
  if (key == "source_files" && list) return Found(CoverageFormat::kCoveralls);
  if (key.starts_with("gcovr/") || key == "gcc_version" || key == "data_file")
    return Found(CoverageFormat::kGcov);
  if (key == "files" && list) return Found(CoverageFormat::kGcov);
  if (key == "files" && object) return Found(CoverageFormat::kCoveragePy);
  if (key == "data" && list) return Found(CoverageFormat::kLlvmCov);
  if (key == "type" && value.text == "llvm.coverage.json.export")
    return Found(CoverageFormat::kLlvmCov);
  if (!object) {
    CAIRN_TRY(reader.skip(value));
    return Found();
  }
  for (;;) {
    CAIRN_ASSIGN(const JsonToken inner, reader.next());
    if (!inner.is(JsonTokenKind::kKey)) return Found();
    if (inner.text == "statementMap" || inner.text == "fnMap" || inner.text == "branchMap")
      return Found(CoverageFormat::kIstanbul);
    if (key == "meta" && (inner.text == "branch_coverage" || inner.text == "show_contexts"))
      return Found(CoverageFormat::kCoveragePy);
    CAIRN_ASSIGN(const JsonToken item, reader.next());
    CAIRN_TRY(reader.skip(item));
  }
}

Result<CoverageFormat> detect_json(std::string_view text) {
  Beginning input(text);
  JsonReader reader = json_reader(input, true);  // gcov writes several.
  CAIRN_ASSIGN(const JsonToken root, reader.next());
  if (!root.is(JsonTokenKind::kBeginObject)) return unknown(text);
  for (;;) {
    const Result<JsonToken> key = reader.next();
    if (!key) return broken_off(key.error(), text);
    if (!key->is(JsonTokenKind::kKey)) return unknown(text);
    const std::string name(key->text);
    const Result<JsonToken> value = reader.next();
    if (!value) return broken_off(value.error(), text);
    const auto found = json_member(reader, name, *value);
    if (!found) return broken_off(found.error(), text);
    if (*found) return **found;
  }
}

bool is_lcov_record(std::string_view text) {
  static constexpr std::string_view kTags[] = {"TN:", "SF:", "DA:", "FN:", "VER:", "BRDA:", "FNL:"};
  return std::any_of(std::begin(kTags), std::end(kTags),
                     [&](std::string_view tag) { return text.starts_with(tag); });
}

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

}  // namespace

std::string_view name_of(CoverageFormat format) { return kNames[static_cast<std::size_t>(format)]; }

Result<CoverageFormat> coverage_format_named(std::string_view name) {
  const auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at != kNames.end()) return static_cast<CoverageFormat>(at - kNames.begin());
  return Error(ErrorCode::kUnsupported, "no coverage format '" + printable(name.substr(0, 40)) +
                                            "', it is one of " + all_names());
}

Result<CoverageFormat> detect_format(std::string_view beginning) {
  std::string_view text = beginning;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  if (text.empty())
    return Error(ErrorCode::kParse, "the report is empty, upload what the tool wrote");
  if (text.front() == '<') return detect_xml(beginning);
  if (is_utf16(text)) {
    if (text.size() > 3 && (text[2] == '<' || text[3] == '<')) return detect_xml(beginning);
    return Error(ErrorCode::kUnsupported,
                 "the report is UTF-16 text, as shells on Windows write it; convert it to UTF-8");
  }
  if (text.front() == '{' || text.front() == '[') return detect_json(text);
  if (text.starts_with("mode: ")) return CoverageFormat::kGoCover;
  // Comments may come first.
  for (std::string_view rest = text; !rest.empty();) {
    if (is_lcov_record(rest)) return CoverageFormat::kLcov;
    if (!rest.starts_with('#')) break;
    const std::size_t end = rest.find('\n');
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return unknown(text);
}

}  // namespace cairn::analysis
