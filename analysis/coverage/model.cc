#include "analysis/coverage/model.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/hash.h"

namespace cairn::analysis {
namespace {

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b
             ? std::numeric_limits<std::uint64_t>::max()
             : a + b;
}

std::uint64_t together(std::uint64_t a, std::uint64_t b, Combine combine) {
  return combine == Combine::kSum ? sum(a, b) : std::max(a, b);
}

auto key_of(const CoveredLine& row) { return row.line; }
auto key_of(const BranchArm& row) { return std::pair(row.line, row.arm); }
auto key_of(const CoveredFunction& row) {
  return std::pair<std::uint32_t, std::string_view>(row.start_line, row.name);
}
auto key_of(const ContextLine& row) { return std::pair(row.context, row.line); }

void join(CoveredLine& into, const CoveredLine& from, Combine combine) {
  into.hits = together(into.hits, from.hits, combine);
  into.ran = std::max(into.ran, from.ran);
  into.some_branches = std::max(into.some_branches, from.some_branches);
  into.some_branches_covered = std::max(into.some_branches_covered, from.some_branches_covered);
}
void join(BranchArm& into, const BranchArm& from, Combine) { into.taken |= from.taken; }
void join(CoveredFunction& into, const CoveredFunction& from, Combine combine) {
  into.hits = together(into.hits, from.hits, combine);
  into.end_line = std::max(into.end_line, from.end_line);
}
void join(ContextLine&, const ContextLine&, Combine) {}

template <class Row>
bool less(const Row& a, const Row& b) {
  return key_of(a) < key_of(b);
}

template <class Row>
void sort_rows(std::vector<Row>& rows, Combine combine) {
  if (!std::is_sorted(rows.begin(), rows.end(), less<Row>))
    std::stable_sort(rows.begin(), rows.end(), less<Row>);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && key_of(rows[kept - 1]) == key_of(rows[i])) {
      join(rows[kept - 1], rows[i], combine);
    } else {
      if (kept != i) rows[kept] = std::move(rows[i]);
      ++kept;
    }
  }
  rows.resize(kept);
}

template <class Row>
void merge_rows(std::vector<Row>& into, const std::vector<Row>& from, Combine combine) {
  if (from.empty()) return;
  if (into.empty()) {
    into = from;
    return;
  }
  std::vector<Row> out;
  out.reserve(std::max(into.size(), from.size()));
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < into.size() || b < from.size()) {
    const bool take_a = b == from.size() || (a < into.size() && !less(from[b], into[a]));
    const bool take_b = a == into.size() || (b < from.size() && !less(into[a], from[b]));
    if (take_a) out.push_back(std::move(into[a++]));
    if (take_a && take_b) join(out.back(), from[b], combine);
    if (!take_a && take_b) out.push_back(from[b]);
    if (take_b) ++b;
  }
  into = std::move(out);
}

void sort_unique(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

constexpr unsigned kSpaceShift = 56;
constexpr std::uint64_t kArmBits = (std::uint64_t{1} << kSpaceShift) - 1;

std::uint64_t in_space(ArmSpace space, std::uint64_t id) {
  return (std::uint64_t{static_cast<std::uint8_t>(space)} << kSpaceShift) | (id & kArmBits);
}

}  // namespace

std::string_view name_of(LineState state) {
  constexpr std::string_view kNames[] = {"miss", "partial", "hit"};
  return kNames[static_cast<std::size_t>(state)];
}

std::uint64_t arm_id(ArmSpace space, std::string_view text) {
  return in_space(space, hash64(text));
}

std::uint64_t arm_id(ArmSpace space, std::uint64_t a, std::uint64_t b) {
  // Small pairs, which is nearly all, stay apart for certain.
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 28;
  return in_space(
      space, a < kSmall && b < kSmall / 2 ? a << 27 | b : hash_mix(a, b) | std::uint64_t{1} << 55);
}

void FileCoverage::normalise(Combine combine) {
  sort_rows(lines, combine);
  sort_rows(arms, combine);
  sort_rows(functions, combine);
  sort_rows(contexts, combine);
}

void FileCoverage::merge(const FileCoverage& other, Combine combine) {
  merge_rows(lines, other.lines, combine);
  merge_rows(arms, other.arms, combine);
  merge_rows(functions, other.functions, combine);
  merge_rows(contexts, other.contexts, combine);
  only_counted_covered = std::max(only_counted_covered, other.only_counted_covered);
  only_counted_missed = std::max(only_counted_missed, other.only_counted_missed);
}

const CoveredLine* FileCoverage::find(std::uint32_t line) const {
  const auto at = std::lower_bound(
      lines.begin(), lines.end(), line,
      [](const CoveredLine& row, std::uint32_t number) { return row.line < number; });
  return at != lines.end() && at->line == line ? &*at : nullptr;
}

BranchCount FileCoverage::branches(const CoveredLine& line) const {
  BranchCount best{line.some_branches_covered, line.some_branches};
  auto at = std::lower_bound(
      arms.begin(), arms.end(), line.line,
      [](const BranchArm& row, std::uint32_t number) { return row.line < number; });
  while (at != arms.end() && at->line == line.line) {
    const std::uint64_t space = at->arm >> kSpaceShift;
    BranchCount count;
    for (; at != arms.end() && at->line == line.line && at->arm >> kSpaceShift == space; ++at) {
      ++count.total;
      count.covered += at->taken ? 1 : 0;
    }
    best.total = std::max(best.total, count.total);
    best.covered = std::max(best.covered, count.covered);
  }
  return best;
}

LineState FileCoverage::state(const CoveredLine& line) const {
  if (line.ran == Ran::kNone) return LineState::kMiss;
  if (line.ran == Ran::kSome) return LineState::kPartial;
  const BranchCount count = branches(line);
  return count.covered < count.total ? LineState::kPartial : LineState::kHit;
}

void CoverageTotals::add(const FileCoverage& file) {
  for (const CoveredLine& line : file.lines) add(file, line);
}

void CoverageTotals::add(const FileCoverage& file, const CoveredLine& line) {
  const BranchCount count = file.branches(line);
  branches_covered += count.covered;
  branches += count.total;
  switch (file.state(line)) {
    case LineState::kMiss:
      ++misses;
      break;
    case LineState::kPartial:
      ++partials;
      break;
    case LineState::kHit:
      ++hits;
      break;
  }
}

std::optional<double> CoverageTotals::line_ratio() const { return ratio(hits + partials, lines()); }
std::optional<double> CoverageTotals::codecov_ratio() const { return ratio(hits, lines()); }
std::optional<double> CoverageTotals::sonar_ratio() const {
  return ratio(hits + partials + branches_covered, lines() + branches);
}

CoverageTotals CoverageReport::totals() const {
  CoverageTotals out;
  for (const auto& [path, file] : files) out.add(file);
  return out;
}

void CoverageReport::merge(const CoverageReport& other) {
  // Context rows change when names of the other report come between.
  std::vector<std::string> names = contexts;
  names.insert(names.end(), other.contexts.begin(), other.contexts.end());
  sort_unique(names);
  const auto renumber = [&](FileCoverage& file, const std::vector<std::string>& old) {
    for (ContextLine& row : file.contexts) {
      const auto at = std::lower_bound(names.begin(), names.end(), old[row.context]);
      row.context = static_cast<std::uint32_t>(at - names.begin());
    }
  };
  if (names != contexts)
    for (auto& [path, file] : files) renumber(file, contexts);
  for (const auto& [path, theirs] : other.files) {
    FileCoverage file = theirs;
    renumber(file, other.contexts);
    const auto [at, added] = files.try_emplace(path, std::move(file));
    if (!added) at->second.merge(file);
  }
  contexts = std::move(names);
  const auto take = [](std::vector<std::string>& into, const std::vector<std::string>& from) {
    into.insert(into.end(), from.begin(), from.end());
    sort_unique(into);
  };
  take(sessions, other.sessions);
  take(roots, other.roots);
  take(warnings, other.warnings);
}

}  // namespace cairn::analysis
