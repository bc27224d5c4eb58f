#include "api/service/reading.h"

#include <algorithm>

#include "analysis/find_symbol.h"
#include "base/hash.h"
#include "base/text.h"

namespace cairn::api {

using graph::SymbolId;

namespace {
constexpr std::size_t kMostChoices = 10;

/// What leads to this symbol alone: its id, or its place where another one has the same id, as
/// the variants of a declaration for several platforms do.
std::string choice_of(const graph::Snapshot& snapshot, SymbolId s) {
  std::string id = snapshot.id_string(s);
  if (snapshot.canonical(snapshot.by_id(id)) == s) return id;
  const graph::Position at = snapshot.details(s).name_range.begin;
  return std::string(snapshot.path(snapshot.file_of(s))) + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column);
}
}  // namespace

Reading::Reading(indexer::RepoViewPtr view, std::uint8_t tiers, StopToken stop)
    : view_(std::move(view)),
      tiers_(tiers),
      stop_(std::move(stop)),
      began_(std::chrono::steady_clock::now()) {
  meta_.repo = view_->repo.slug;
  if (const std::string_view commit = snapshot().commit(); !commit.empty()) meta_.commit = commit;
  meta_.snapshot = view_->row.id;
  meta_.tiers = tier_names(tiers);
  meta_.stale = view_->stale;
}

void Reading::bound(const analysis::LowerBound& bound) {
  meta_.unresolved += bound.unresolved;
  meta_.left_out += bound.left_out;
  meta_.lower_bound = meta_.lower_bound || bound.unresolved != 0 || bound.left_out != 0;
}

void Reading::truncate(std::string_view by, std::uint64_t shown,
                       std::optional<std::uint64_t> total) {
  meta_.truncated = true;
  meta_.truncation = Truncation{by, shown, total};
}

Meta Reading::finish() {
  const auto took = std::chrono::steady_clock::now() - began_;
  meta_.took_ms =
      static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()) /
      1000.0;
  return std::move(meta_);
}

Result<SymbolId> Reading::symbol(std::string_view text) const {
  const analysis::SymbolMatches matches = analysis::find_symbols(snapshot(), text);
  if (matches.symbols.size() == 1) return matches.symbols.front();
  std::string choices;
  if (matches.symbols.empty()) {
    for (const std::string& name : matches.suggestions)
      choices += (choices.empty() ? "did you mean " : ", ") + printable(name);
    if (choices.empty()) choices = "nothing has a similar name, GET .../symbols?q= searches";
    return Error(ErrorCode::kSymbolNotFound,
                 "no symbol '" + printable(text) + "' in this snapshot, " + choices);
  }
  for (std::size_t i = 0; i < matches.symbols.size() && i < kMostChoices; ++i)
    choices += (i == 0 ? "" : ", ") + printable(choice_of(snapshot(), matches.symbols[i]));
  if (matches.symbols.size() > kMostChoices) choices += ", ...";
  return Error(ErrorCode::kAmbiguous, "'" + printable(text) + "' names " +
                                          human_count(matches.symbols.size()) +
                                          " symbols, give one of these ids: " + choices);
}

SymbolDto Reading::brief(SymbolId s) const {
  const graph::Position at = snapshot().details(s).name_range.begin;
  return {snapshot().id_string(s),
          analysis::shown_name(snapshot(), s),
          analysis::shown_qualified(snapshot(), s),
          name_of(snapshot().kind(s)),
          std::string(snapshot().path(snapshot().file_of(s))),
          at.line,
          at.column};
}

PlaceDto Reading::place(graph::FileId file, graph::Position at) const {
  return {std::string(snapshot().path(file)), at.line, at.column};
}

Result<Reading::Slice> Reading::slice(const PageRequest& page, std::uint64_t question,
                                      std::uint64_t total) {
  CAIRN_ASSIGN(const std::uint64_t offset, cursor_offset(page.cursor, view_->row.id, question));
  Slice slice;
  slice.begin = std::min(offset, total);
  slice.end = slice.begin + std::min(page.limit, total - slice.begin);
  if (slice.end < total) {
    slice.next = make_cursor(view_->row.id, question, slice.end);
    truncate("limit", slice.end - slice.begin, total);
  }
  return slice;
}

RangeDto range_dto(const graph::Range& range) {
  return {range.begin.line, range.begin.column, range.end.line, range.end.column};
}

MetricsDto metrics_dto(const graph::Metrics& m) {
  return {m.cyclomatic, m.cognitive, m.nesting, m.parameters, m.nloc};
}

TierCountsDto tier_counts_dto(const graph::TierCounts& counts) {
  const auto of = [&](graph::Tier tier) { return counts[static_cast<std::size_t>(tier)]; };
  return {of(graph::Tier::kExact),     of(graph::Tier::kResolved), of(graph::Tier::kDispatch),
          of(graph::Tier::kHeuristic), of(graph::Tier::kExternal), of(graph::Tier::kUnresolved)};
}

Names flag_names(std::uint32_t flags) {
  Names names;
  for (unsigned bit = 0; bit < 32; ++bit)
    if ((flags >> bit & 1) != 0) names.push_back(graph::flag_name(bit));
  return names;
}

Names tier_names(std::uint8_t tiers) {
  Names names;
  for (unsigned bit = 0; bit < graph::kTierCount; ++bit)
    if ((tiers >> bit & 1) != 0) names.push_back(name_of(static_cast<graph::Tier>(bit)));
  return names;
}

std::uint64_t question_of(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0;
  for (const std::string_view part : parts) hash = hash_mix(hash, hash64(part));
  return hash;
}

}  // namespace cairn::api
