// Clover XML. Source of the format: Atlassian's clover.xsd, and what PHPUnit, Istanbul and gcovr
// write.
//
// <line type> is stmt, cond (with truecount and falsecount) or method. The path is file@path, or
// file@name where there is none. <testproject> measures the tests themselves and is left out.
#include <algorithm>

#include "analysis/coverage/readers.h"
#include "analysis/coverage/xml_events.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

class CloverReader final : public XmlHandler {
 public:
  explicit CloverReader(ReadJob& job) : job_(job), file_(job, Combine::kMax) {}

  Result<void> start(std::string_view element, const XmlAttributes& attributes) override {
    if (tests_ > 0 || element == "testproject") {
      ++tests_;
      return {};
    }
    if (element == "line") return read_line(attributes);
    if (element == "file") return begin_file(attributes);
    if (element == "coverage") is_coverage_ = true;
    if (is_coverage_) return {};
    return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": <" +
                                        printable(element.substr(0, 60)) +
                                        "> is no Clover report, which begins with <coverage>");
  }

  Result<void> end(std::string_view element) override {
    if (tests_ > 0) {
      --tests_;
      return {};
    }
    return element == "file" ? file_.end() : Result<void>();
  }

 private:
  Result<void> begin_file(const XmlAttributes& attributes) {
    std::string_view path = attributes["path"];
    if (path.empty()) path = attributes["name"];
    if (path.empty())
      return Error(ErrorCode::kParse,
                   "XML at line " + std::to_string(line()) + ": <file> has neither path nor name");
    return file_.begin(std::string(path));
  }

  Result<std::uint64_t> number(const XmlAttributes& attributes, std::string_view name) {
    const auto text = attributes.find(name);
    if (!text) return std::uint64_t{0};
    bool negative = false;
    const auto value = count_of(*text, negative);
    if (!value)
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": " +
                                          std::string(name) + "=\"" +
                                          printable(text->substr(0, 40)) + "\" is no count");
    if (negative) job_.notes.add(kNegativeCount, "line", line());
    return *value;
  }

  Result<void> read_line(const XmlAttributes& attributes) {
    if (!file_.is_open()) return {};
    const auto at = line_of(attributes["num"], job_.limits);
    if (!at) {
      job_.notes.add(kBadLine, "line", line());
      return {};
    }
    CAIRN_ASSIGN(std::uint64_t hits, number(attributes, "count"));
    if (attributes["type"] == "cond") {
      CAIRN_ASSIGN(const std::uint64_t yes, number(attributes, "truecount"));
      CAIRN_ASSIGN(const std::uint64_t no, number(attributes, "falsecount"));
      if (attributes.find("truecount") && attributes.find("falsecount")) {
        // Several conditions of a line follow each other.
        condition_ = *at == condition_line_ ? condition_ + 1 : 0;
        condition_line_ = *at;
        file_.arm(*at, arm_id(ArmSpace::kClover, condition_, 1), yes > 0);
        file_.arm(*at, arm_id(ArmSpace::kClover, condition_, 0), no > 0);
      }
      hits = std::max({hits, yes, no});
    }
    file_.line(*at, hits);
    if (attributes["type"] == "method" && attributes.find("name"))
      file_.function({std::string(attributes["name"]), *at, 0, hits});
    return {};
  }

  ReadJob& job_;
  FileBuilder file_;
  bool is_coverage_ = false;
  std::uint64_t tests_ = 0;  // depth within <testproject>
  std::uint32_t condition_line_ = 0;
  std::uint32_t condition_ = 0;
};

}  // namespace

Result<void> read_clover(ReadJob& job) {
  CloverReader reader(job);
  return read_xml(job.input, reader, job.stop);
}

}  // namespace cairn::analysis
