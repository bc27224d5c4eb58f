#pragma once
// From the paths of a report to the files of a repository. Reports name files as the machine that
// measured them saw them: absolute, of another folder, with another system's separators, by import
// path or by package. A file is only matched when one answer is right; the others are listed.
// Pure; the mapper is read-only once made and may be used by many threads.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/coverage/model.h"
#include "base/result.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// "build/gen::src/": paths that begin with `from` begin with `to` in the repository. Tried before
/// anything else, in order.
struct PathRule {
  std::string from;
  std::string to;
};
/// kInvalidArgument unless it is FROM::TO.
Result<PathRule> parse_path_rule(std::string_view text);

struct AmbiguousPath {
  std::string path;                     // as the report writes it
  std::vector<std::string> candidates;  // the first few, by path
  std::uint64_t candidate_count = 0;
  friend bool operator==(const AmbiguousPath&, const AmbiguousPath&) = default;
};
struct UnmatchedPath {
  std::string path;
  std::string reason;
  friend bool operator==(const UnmatchedPath&, const UnmatchedPath&) = default;
};

struct PathMapping {
  std::vector<std::pair<std::string, std::string>> matched;  // report path, repository path
  std::vector<AmbiguousPath> ambiguous;                      // all by report path
  std::vector<UnmatchedPath> unmatched;
};

class PathMapper {
 public:
  /// `files` are the paths of the repository, '/'-separated; import paths ("host/module/pkg/a.go")
  /// may be given for some of them.
  PathMapper(std::vector<std::string> files,
             std::vector<std::pair<std::string, std::string>> import_paths,
             std::vector<PathRule> rules);
  static PathMapper of(const graph::Snapshot& snapshot, std::vector<PathRule> rules);
  PathMapper(PathMapper&&) noexcept;
  ~PathMapper();

  /// `roots` are the folders the report says its paths stand in.
  PathMapping map(const std::vector<std::string>& paths,
                  const std::vector<std::string>& roots) const;

 private:
  struct Body;
  std::unique_ptr<const Body> body_;
};

/// A report in terms of the repository's files.
struct MappedCoverage {
  CoverageReport report;  // by repository path, without roots
  std::vector<AmbiguousPath> ambiguous;
  std::vector<UnmatchedPath> unmatched;

  /// Joins reports and lists.
  void merge(const MappedCoverage& other);
  friend bool operator==(const MappedCoverage&, const MappedCoverage&) = default;
};
MappedCoverage map_report(CoverageReport report, const PathMapper& mapper);

}  // namespace cairn::analysis
