#pragma once
// What coverage reports say about files, whatever format they came in, and how reports are put
// together. Value types; pure functions.
//
// Putting together is a join of lattices, so that the order and the number of times reports are
// merged does not matter: counts take the larger, a branch arm is taken when any report saw it
// taken, a line is measured when any report measured it. Only repeats inside one report whose
// format says so (lcov, gcov, Go in count mode) add their counts.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::analysis {

enum class LineState : std::uint8_t { kMiss, kPartial, kHit };
std::string_view name_of(LineState state);

/// How far the instructions of a line ran. Formats without instruction counts know none or all.
enum class Ran : std::uint8_t { kNone, kSome, kAll };

/// A measured line. Lines that are no code are not there.
struct CoveredLine {
  std::uint32_t line = 0;  // from 1
  Ran ran = Ran::kNone;
  /// At least this often; 1 where the format only says that it ran.
  std::uint64_t hits = 0;
  /// Branches of formats that count them but do not tell them apart (Cobertura: "1/2").
  std::uint32_t some_branches_covered = 0;
  std::uint32_t some_branches = 0;
  friend bool operator==(const CoveredLine&, const CoveredLine&) = default;
};

/// One way out of a branch. `arm` is unique within its line for one kind of report: the upper byte
/// is the ArmSpace, because numbers of one format mean nothing in another.
struct BranchArm {
  std::uint32_t line = 0;
  bool taken = false;
  std::uint64_t arm = 0;
  friend bool operator==(const BranchArm&, const BranchArm&) = default;
};
enum class ArmSpace : std::uint8_t { kLcov, kLlvm, kGcov, kPython, kIstanbul, kClover, kCoveralls };
std::uint64_t arm_id(ArmSpace space, std::string_view text);
std::uint64_t arm_id(ArmSpace space, std::uint64_t a, std::uint64_t b = 0);

struct CoveredFunction {
  std::string name;              // as the report writes it
  std::uint32_t start_line = 0;  // 0 = not said
  std::uint32_t end_line = 0;
  std::uint64_t hits = 0;
  friend bool operator==(const CoveredFunction&, const CoveredFunction&) = default;
};

/// A line that a test (or another named context) ran.
struct ContextLine {
  std::uint32_t context = 0;  // row of CoverageReport::contexts
  std::uint32_t line = 0;
  friend auto operator<=>(const ContextLine&, const ContextLine&) = default;
};

struct BranchCount {
  std::uint32_t covered = 0;
  std::uint32_t total = 0;
  friend bool operator==(const BranchCount&, const BranchCount&) = default;
};

/// How counts of a line that occurs twice are put together.
enum class Combine : std::uint8_t { kMax, kSum };

struct FileCoverage {
  std::vector<CoveredLine> lines;          // by line, each once
  std::vector<BranchArm> arms;             // by (line, arm), each once
  std::vector<CoveredFunction> functions;  // by (start line, name), each once
  std::vector<ContextLine> contexts;       // sorted, each once
  /// What the report counts in sum where it tells nothing about lines (JaCoCo without mi and ci).
  std::uint64_t only_counted_covered = 0;
  std::uint64_t only_counted_missed = 0;

  /// Brings rows added in any order into the order above; repeats are put together.
  void normalise(Combine combine);
  /// Joins another normalised file into this one. O(rows of both).
  void merge(const FileCoverage& other, Combine combine = Combine::kMax);
  const CoveredLine* find(std::uint32_t line) const;  // O(log lines)
  /// Of the formats that tell arms apart and those that only count, the most informed.
  BranchCount branches(const CoveredLine& line) const;
  LineState state(const CoveredLine& line) const;
  friend bool operator==(const FileCoverage&, const FileCoverage&) = default;
};

struct CoverageTotals {
  std::uint64_t hits = 0;
  std::uint64_t partials = 0;
  std::uint64_t misses = 0;
  std::uint64_t branches_covered = 0;
  std::uint64_t branches = 0;

  void add(const FileCoverage& file);
  void add(const FileCoverage& file, const CoveredLine& line);
  std::uint64_t lines() const { return hits + partials + misses; }
  /// Lines that ran, partly or not, of the lines measured.
  std::optional<double> line_ratio() const;
  /// Lines that ran fully of the lines measured, as Codecov counts.
  std::optional<double> codecov_ratio() const;
  /// Lines that ran and branches taken of lines and branches measured, as SonarQube counts.
  std::optional<double> sonar_ratio() const;
  // Nothing measurable has no ratio: neither 0 nor 1.
  friend bool operator==(const CoverageTotals&, const CoverageTotals&) = default;
};

/// One upload, or several merged.
struct CoverageReport {
  std::map<std::string, FileCoverage, std::less<>> files;  // by path
  std::vector<std::string> contexts;                       // sorted, each once
  std::vector<std::string> sessions;                       // sorted, each once
  /// Folders the report says its paths stand in (Cobertura: <source>).
  std::vector<std::string> roots;
  /// What was left out or taken otherwise than written, one sentence each with the first place.
  std::vector<std::string> warnings;

  CoverageTotals totals() const;
  /// Joins by path.
  void merge(const CoverageReport& other);
  friend bool operator==(const CoverageReport&, const CoverageReport&) = default;
};

}  // namespace cairn::analysis
