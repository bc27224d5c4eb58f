// SonarQube's generic test coverage format, version 1. Source of the format: "Generic test data" of
// the SonarQube documentation. It says whether a line ran, not how often.
#include "analysis/coverage/readers.h"
#include "analysis/coverage/xml_events.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

class SonarReader final : public XmlHandler {
 public:
  explicit SonarReader(ReadJob& job) : job_(job), file_(job, Combine::kMax) {}

  Result<void> start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "lineToCover") return read_line(attributes);
    if (element == "file") {
      const auto path = attributes.find("path");
      if (!path) return bad("<file> has no path");
      return file_.begin(std::string(*path));
    }
    if (element == "coverage") {
      const std::string_view version = attributes["version"];
      if (version != "1")
        return Error(ErrorCode::kUnsupported, "generic coverage of version '" +
                                                  printable(version.substr(0, 40)) +
                                                  "', only version 1 is read");
      is_coverage_ = true;
    }
    if (!is_coverage_) return bad("generic coverage begins with <coverage version=\"1\">");
    return {};
  }

  Result<void> end(std::string_view element) override {
    return element == "file" ? file_.end() : Result<void>();
  }

 private:
  Error bad(std::string_view what) const {
    return Error(ErrorCode::kParse,
                 "XML at line " + std::to_string(line()) + ": " + std::string(what));
  }

  Result<void> read_line(const XmlAttributes& attributes) {
    if (!file_.is_open()) return {};
    const auto at = line_of(attributes["lineNumber"], job_.limits);
    if (!at) {
      job_.notes.add(kBadLine, "line", line());
      return {};
    }
    const std::string_view covered = attributes["covered"];
    if (covered != "true" && covered != "false")
      return bad("covered=\"" + printable(covered.substr(0, 40)) + "\" is neither true nor false");
    file_.line(*at, covered == "true" ? 1 : 0);
    const auto total = attributes.find("branchesToCover");
    if (!total) return {};
    bool negative = false;
    const auto all = count_of(*total, negative);
    const auto taken = count_of(attributes.find("coveredBranches").value_or("0"), negative);
    if (!all || !taken || *taken > *all) return bad("the counts of branches are wrong");
    if (negative) job_.notes.add(kNegativeCount, "line", line());
    file_.branches(*at, *taken, *all);
    return {};
  }

  ReadJob& job_;
  FileBuilder file_;
  bool is_coverage_ = false;
};

}  // namespace

Result<void> read_sonarqube(ReadJob& job) {
  SonarReader reader(job);
  return read_xml(job.input, reader, job.stop);
}

}  // namespace cairn::analysis
