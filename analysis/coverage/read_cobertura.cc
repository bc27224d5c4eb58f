// Cobertura XML. Source of the format: coverage-04.dtd of Cobertura, and what coverage.py, gcovr,
// coverlet and ReportGenerator write.
//
// A line stands in <methods> and again in the class; one file may be in many classes. So everything
// of a file is put together by the larger. Branches are only counted: condition-coverage="50%
// (1/2)". Paths are relative to one of several <source> folders.
#include <algorithm>

#include "analysis/coverage/readers.h"
#include "analysis/coverage/xml_events.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

class CoberturaReader final : public XmlHandler {
 public:
  explicit CoberturaReader(ReadJob& job) : job_(job), file_(job, Combine::kMax) {}

  Result<void> start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "line") return read_line(attributes);
    if (element == "class") return begin_class(attributes);
    if (element == "method") {
      method_ = CoveredFunction{std::string(attributes["name"]), 0, 0, 0};
      method_->name += attributes["signature"];
    } else if (element == "source") {
      source_.emplace();
    } else if (element == "coverage") {
      is_coverage_ = true;
    } else if (!is_coverage_) {
      return wrong(element);
    }
    return {};
  }

  Result<void> end(std::string_view element) override {
    if (element == "class") {
      const bool open = file_.is_open();
      return open ? file_.end() : Result<void>();
    }
    if (element == "method" && method_) {
      if (file_.is_open() && method_->start_line > 0) file_.function(std::move(*method_));
      method_.reset();
    } else if (element == "source" && source_) {
      if (!source_->empty()) job_.sink.root(*source_);
      source_.reset();
    }
    return {};
  }

  Result<void> text(std::string_view text) override {
    if (source_ && source_->size() + text.size() <= kMaxSource) *source_ += text;
    return {};
  }

 private:
  static constexpr std::size_t kMaxSource = 4096;

  Error wrong(std::string_view element) const {
    return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": <" +
                                        printable(element.substr(0, 60)) +
                                        "> is no Cobertura report, which begins with <coverage>");
  }

  Result<void> begin_class(const XmlAttributes& attributes) {
    const auto path = attributes.find("filename");
    if (!path)
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) +
                                          ": <class> has no filename; a Cobertura report has");
    return file_.begin(std::string(*path));
  }

  Result<void> read_line(const XmlAttributes& attributes) {
    if (!file_.is_open()) return {};
    const auto number = line_of(attributes["number"], job_.limits);
    if (!number) {
      job_.notes.add(kBadLine, "line", line());
      return {};
    }
    bool negative = false;
    const auto hits = count_of(attributes["hits"], negative);
    if (!hits)
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": hits=\"" +
                                          printable(attributes["hits"].substr(0, 40)) +
                                          "\" is no count; the report is damaged");
    if (negative) job_.notes.add(kNegativeCount, "line", line());
    CoveredLine row{*number, *hits > 0 ? Ran::kAll : Ran::kNone, *hits, 0, 0};
    if (const auto conditions = attributes.find("condition-coverage"))
      read_conditions(*conditions, row);
    file_.line(row);
    if (method_) {
      // The first line is where it is entered.
      if (method_->start_line == 0) method_->hits = *hits;
      if (method_->start_line == 0 || *number < method_->start_line) method_->start_line = *number;
      method_->end_line = std::max(method_->end_line, *number);
    }
    return {};
  }

  /// "50% (1/2)"
  void read_conditions(std::string_view text, CoveredLine& row) {
    const std::size_t open = text.find('(');
    const std::size_t slash = text.find('/', open == std::string_view::npos ? 0 : open);
    const std::size_t close = text.find(')', slash == std::string_view::npos ? 0 : slash);
    const auto number = [&](std::size_t from, std::size_t to) -> std::optional<std::uint32_t> {
      std::uint32_t value = 0;
      const auto [stop, error] = std::from_chars(text.data() + from, text.data() + to, value);
      if (error != std::errc() || stop != text.data() + to) return std::nullopt;
      return value;
    };
    if (open != std::string_view::npos && close != std::string_view::npos) {
      const auto covered = number(open + 1, slash);
      const auto total = number(slash + 1, close);
      if (covered && total && *covered <= *total) {
        row.some_branches_covered = *covered;
        row.some_branches = *total;
        return;
      }
    }
    job_.notes.add("condition-coverage values that are not like \"50% (1/2)\", left out", "line",
                   line());
  }

  ReadJob& job_;
  FileBuilder file_;
  bool is_coverage_ = false;
  std::optional<CoveredFunction> method_;
  std::optional<std::string> source_;
};

}  // namespace

Result<void> read_cobertura(ReadJob& job) {
  CoberturaReader reader(job);
  return read_xml(job.input, reader, job.stop);
}

}  // namespace cairn::analysis
