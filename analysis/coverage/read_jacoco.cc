// JaCoCo XML. Source of the format: report.dtd of JaCoCo 0.8 and its counters page.
//
// A file is a package and a name; the module's folder is not said, so the path is the end of the
// real one. A line has instructions and branches, missed (mi, mb) and covered (ci, cb), and no
// counts: it ran when ci > 0, and only partly when mi > 0 too. Lines without mi and ci say nothing;
// then only the counters of the file are kept. With a single <sessioninfo> its lines belong to that
// session, so it becomes a context; with several nobody knows which ran what.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "analysis/coverage/readers.h"
#include "analysis/coverage/xml_events.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

class JacocoReader final : public XmlHandler {
 public:
  explicit JacocoReader(ReadJob& job) : job_(job), file_(job, Combine::kMax) {}

  Result<void> start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "line") return read_line(attributes);
    if (element == "counter") return read_counter(attributes);
    if (element == "method") return begin_method(attributes);
    if (element == "class") {
      class_file_.assign(attributes["sourcefilename"]);
    } else if (element == "sourcefile") {
      return begin_file(attributes);
    } else if (element == "package") {
      package_.assign(attributes["name"]);
      functions_.clear();
    } else if (element == "sessioninfo") {
      sessions_.emplace_back(attributes["id"].substr(0, 200));
      job_.sink.session(sessions_.back());
    } else if (element == "report") {
      is_report_ = true;
    } else if (!is_report_) {
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": <" +
                                          printable(element.substr(0, 60)) +
                                          "> is no JaCoCo report, which begins with <report>");
    }
    return {};
  }

  Result<void> end(std::string_view element) override {
    if (element == "method" && method_) {
      functions_[class_file_].push_back(std::move(*method_));
      method_.reset();
    } else if (element == "class") {
      class_file_.clear();
    } else if (element == "sourcefile") {
      return end_file();
    }
    return {};
  }

 private:
  Result<void> begin_file(const XmlAttributes& attributes) {
    const std::string_view name = attributes["name"];
    if (name.empty())
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) +
                                          ": <sourcefile> has no name; a JaCoCo report has");
    only_counters_ = false;
    covered_ = missed_ = 0;
    if (sessions_.size() == 1 && !context_) {
      CAIRN_ASSIGN(context_, job_.sink.context(sessions_.front()));
    }
    CAIRN_TRY(
        file_.begin(package_.empty() ? std::string(name) : package_ + "/" + std::string(name)));
    if (const auto found = functions_.find(std::string(name)); found != functions_.end()) {
      for (CoveredFunction& row : found->second) file_.function(std::move(row));
      functions_.erase(found);
    }
    return {};
  }

  Result<void> end_file() {
    if (only_counters_) file_.only_counted(covered_, missed_);
    return file_.end();
  }

  Result<void> begin_method(const XmlAttributes& attributes) {
    method_ = CoveredFunction{std::string(attributes["name"]) + std::string(attributes["desc"]),
                              line_of(attributes["line"], job_.limits).value_or(0), 0, 0};
    return {};
  }

  /// nullopt when absent; an error when it is no number.
  Result<std::optional<std::uint64_t>> number(const XmlAttributes& attributes,
                                              std::string_view name) {
    const auto text = attributes.find(name);
    if (!text) return std::optional<std::uint64_t>();
    bool negative = false;
    const auto value = count_of(*text, negative);
    if (!value)
      return Error(ErrorCode::kParse, "XML at line " + std::to_string(line()) + ": " +
                                          std::string(name) + "=\"" +
                                          printable(text->substr(0, 40)) + "\" is no count");
    if (negative) job_.notes.add(kNegativeCount, "line", line());
    return value;
  }

  Result<void> read_line(const XmlAttributes& attributes) {
    if (!file_.is_open()) return {};
    const auto at = line_of(attributes["nr"], job_.limits);
    if (!at) {
      job_.notes.add(kBadLine, "line", line());
      return {};
    }
    CAIRN_ASSIGN(const auto missed, number(attributes, "mi"));
    CAIRN_ASSIGN(const auto covered, number(attributes, "ci"));
    if (!missed && !covered) {
      only_counters_ = true;
      job_.notes.add("lines without mi and ci, which do not say whether they ran, left out", "line",
                     line());
      return {};
    }
    CAIRN_ASSIGN(const auto missed_branches, number(attributes, "mb"));
    CAIRN_ASSIGN(const auto covered_branches, number(attributes, "cb"));
    const bool ran = covered.value_or(0) > 0;
    const bool all = missed.value_or(0) == 0;
    file_.line({*at, !ran ? Ran::kNone : (all ? Ran::kAll : Ran::kSome), ran ? 1u : 0u, 0, 0});
    const std::uint64_t taken =
        std::min<std::uint64_t>(covered_branches.value_or(0), kMostBranches);
    const std::uint64_t left = std::min<std::uint64_t>(missed_branches.value_or(0), kMostBranches);
    if (taken + left > 0) file_.branches(*at, taken, taken + left);
    if (ran && context_) file_.context(*context_, *at);
    return {};
  }

  Result<void> read_counter(const XmlAttributes& attributes) {
    const std::string_view type = attributes["type"];
    const bool of_method = method_ && type == "METHOD";
    const bool of_file = !method_ && class_file_.empty() && file_.is_open() && type == "LINE";
    if (!of_method && !of_file) return {};
    CAIRN_ASSIGN(const auto covered, number(attributes, "covered"));
    CAIRN_ASSIGN(const auto missed, number(attributes, "missed"));
    if (of_method) {
      method_->hits = covered.value_or(0) > 0 ? 1 : 0;
    } else {
      covered_ = covered.value_or(0);
      missed_ = missed.value_or(0);
    }
    return {};
  }

  static constexpr std::uint64_t kMostBranches = 1'000'000;

  ReadJob& job_;
  FileBuilder file_;
  bool is_report_ = false;
  bool only_counters_ = false;
  std::uint64_t covered_ = 0;
  std::uint64_t missed_ = 0;
  std::string package_;
  std::string class_file_;
  std::optional<CoveredFunction> method_;
  std::unordered_map<std::string, std::vector<CoveredFunction>> functions_;  // by source file name
  std::vector<std::string> sessions_;
  std::optional<std::uint32_t> context_;
};

}  // namespace

Result<void> read_jacoco(ReadJob& job) {
  JacocoReader reader(job);
  return read_xml(job.input, reader, job.stop);
}

}  // namespace cairn::analysis
