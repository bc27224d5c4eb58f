#include "api/service/symbol_index.h"

#include <algorithm>
#include <numeric>

#include "analysis/find_symbol.h"
#include "analysis/symbol_order.h"
#include "base/text.h"
#include "graph/links.h"

namespace cairn::api {

using graph::SymbolId;
using graph::SymbolKind;

namespace {

constexpr std::size_t kShortestFuzzy = 3;
constexpr std::size_t kShortestTypo = 4;
constexpr std::size_t kMaxQuality = 0xfff;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

/// A set of the bytes of a lower-case text, folded into 64 bits.
std::uint64_t letters_of(std::string_view text) {
  std::uint64_t bits = 0;
  for (const char c : text) bits |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63u);
  return bits;
}

/// The i-th byte begins a word: after a separator, a capital after a small letter or before one, a
/// digit after a letter.
bool begins_word(std::string_view name, std::size_t i) {
  const char c = name[i];
  if (!is_upper(c) && !is_lower(c) && !is_digit(c)) return false;
  if (i == 0) return true;
  const char before = name[i - 1];
  if (!is_upper(before) && !is_lower(before) && !is_digit(before)) return true;
  if (is_upper(c)) return !is_upper(before) || (i + 1 < name.size() && is_lower(name[i + 1]));
  return is_digit(c) && !is_digit(before);
}

/// The query is made of beginnings of words, in order: "gcs" and "getcur" fit getCurrentState.
/// Greedy: a letter continues the present word where it can, else begins a later one; names where
/// only another split would fit are left to the fuzzy rule.
bool fits_words(std::string_view query, std::string_view name, std::string_view low,
                std::uint32_t& skipped) {
  std::size_t at = 0;
  bool inside = false;
  skipped = 0;
  for (const char c : query) {
    if (inside && at < low.size() && low[at] == c) {
      ++at;
      continue;
    }
    while (at < low.size() && !(low[at] == c && begins_word(name, at))) {
      skipped += begins_word(name, at) ? 1u : 0u;
      ++at;
    }
    if (at == low.size()) return false;
    ++at;
    inside = true;
  }
  return true;
}

/// Letters in order; `gaps` counts the breaks between runs.
bool fits_letters(std::string_view query, std::string_view low, std::uint32_t& gaps) {
  std::size_t at = 0;
  gaps = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const std::size_t found = low.find(query[i], at);
    if (found == std::string_view::npos) return false;
    if (i > 0 && found != at) ++gaps;
    at = found + 1;
  }
  return true;
}

/// What people look for comes first.
std::uint8_t kind_weight(SymbolKind kind) {
  if (graph::is_type(kind)) return 0;
  if (graph::is_callable(kind) || kind == SymbolKind::kMacro) return 1;
  if (kind == SymbolKind::kField || kind == SymbolKind::kEnumMember) return 3;
  if (kind == SymbolKind::kModule) return 4;
  return 2;
}

/// Weight of the kind, plus 8 for tests and generated code.
std::uint8_t penalty_of(const graph::Snapshot& snapshot, SymbolId s, std::uint8_t file_flags) {
  const bool aside = (file_flags & (graph::unit_flag::kTest | graph::unit_flag::kGenerated)) != 0 ||
                     snapshot.has_flag(s, graph::symbol_flag::kGenerated);
  return static_cast<std::uint8_t>(kind_weight(snapshot.kind(s)) + (aside ? 8 : 0));
}

}  // namespace

std::string_view name_of(NameMatch match) {
  static constexpr std::string_view kNames[] = {"exact", "prefix", "camel", "substring",
                                                "fuzzy", "all",    "none"};
  return kNames[static_cast<std::size_t>(match)];
}

NameFit fit_of(std::string_view query, std::string_view name, std::string_view low) {
  const auto extra = static_cast<std::uint32_t>(name.size() - std::min(name.size(), query.size()));
  if (low == query) return {NameMatch::kExact, 0};
  if (low.starts_with(query)) return {NameMatch::kPrefix, extra};
  std::uint32_t cost = 0;
  if (query.size() > 1 && fits_words(query, name, low, cost)) return {NameMatch::kCamel, cost};
  if (const std::size_t at = low.find(query); at != std::string_view::npos)
    return {NameMatch::kSubstring, static_cast<std::uint32_t>(at)};
  if (query.size() >= kShortestFuzzy && fits_letters(query, low, cost) && cost <= query.size() / 2)
    return {NameMatch::kFuzzy, cost};
  return {};
}

SymbolIndex::SymbolIndex(std::shared_ptr<const graph::Snapshot> snapshot)
    : snapshot_(std::move(snapshot)) {
  const analysis::SymbolOrder order(*snapshot_);
  symbols_.assign(order.symbols().begin(), order.symbols().end());
  const auto files = snapshot_->files();
  std::vector<std::string_view> names(symbols_.size());
  std::size_t rank = 0;
  for (std::size_t f = 0; f < files.size(); ++f) {
    file_begin_.push_back(static_cast<std::uint32_t>(rank));
    const std::uint8_t flags = snapshot_->file(files[f]).flags;
    for (const SymbolId s : order.symbols_of_file(f)) {
      kinds_.push_back(static_cast<std::uint8_t>(snapshot_->kind(s)));
      penalties_.push_back(penalty_of(*snapshot_, s, flags));
      names[rank] = snapshot_->name(s);
      if (names[rank].empty())
        names[rank] = made_names_.emplace_back(analysis::shown_name(*snapshot_, s));
      ++rank;
    }
  }
  file_begin_.push_back(static_cast<std::uint32_t>(rank));
  ranks_.resize(symbols_.size());
  std::iota(ranks_.begin(), ranks_.end(), 0u);
  std::sort(ranks_.begin(), ranks_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(names[a], a) < std::pair(names[b], b);
  });
  for (std::uint32_t i = 0; i < ranks_.size(); ++i) {
    const std::string_view name = names[ranks_[i]];
    if (names_.empty() || names_.back().name != name) {
      const std::string low = lowered(name);
      names_.push_back({name, static_cast<std::uint32_t>(lower_.size()), i, 0, letters_of(low)});
      lower_ += low;
    }
    ++names_.back().count;
  }
}

/// One search: collects (score, rank) of all that fits.
class SymbolIndex::Search {
 public:
  Search(const SymbolIndex& index, const Query& query) : index_(index), kinds_(query.kinds) {
    end_ = static_cast<std::uint32_t>(index.symbols_.size());
    if (!query.path.empty()) narrow(query.path);
  }

  void add_all() {
    for (std::uint32_t rank = begin_; rank < end_; ++rank)
      if (kind_fits(rank)) scored_.emplace_back(0, rank);
    match_all_ = true;
  }

  /// `text` as written; `outer` are lower-case parts that the qualified name must hold before it.
  Result<void> add_named(std::string_view text, const std::vector<std::string>& outer,
                         const StopToken& stop) {
    const std::string query = lowered(text);
    const std::uint64_t letters = letters_of(query);
    std::uint32_t seen = 0;
    for (const NameRow& row : index_.names_) {
      if ((++seen & 0xfff) == 0) CAIRN_TRY(stop.check("searching symbols"));
      if ((row.letters & letters) != letters) continue;
      const NameFit fit = fit_of(query, row.name, index_.lower_of(row));
      if (fit.match == NameMatch::kNo) continue;
      add_row(row, fit, fit.match == NameMatch::kExact && row.name != text, outer);
    }
    if (!scored_.empty() || query.size() < kShortestTypo) return {};
    const std::size_t most = query.size() < 8 ? 1 : 2;
    for (const NameRow& row : index_.names_) {
      if ((++seen & 0xff) == 0) CAIRN_TRY(stop.check("searching symbols"));
      const std::string_view low = index_.lower_of(row);
      if (low.size() > query.size() + most || low.size() + most < query.size()) continue;
      const std::size_t edits = edit_distance(query, low, most);
      if (edits <= most)
        add_row(row, {NameMatch::kFuzzy, static_cast<std::uint32_t>(kMaxQuality / 2 + edits)},
                false, outer);
    }
    return {};
  }

  Found take(std::uint64_t offset, std::uint64_t limit) {
    Found found;
    found.total = scored_.size();
    const std::size_t begin = std::min<std::uint64_t>(offset, scored_.size());
    const std::size_t end = begin + std::min<std::uint64_t>(limit, scored_.size() - begin);
    std::partial_sort(scored_.begin(), scored_.begin() + static_cast<std::ptrdiff_t>(end),
                      scored_.end());
    for (std::size_t i = begin; i < end; ++i)
      found.hits.push_back(
          {index_.symbols_[scored_[i].second],
           match_all_ ? NameMatch::kAll : static_cast<NameMatch>(scored_[i].first >> 40)});
    return found;
  }

 private:
  bool kind_fits(std::uint32_t rank) const {
    return kinds_ == 0 || (kinds_ >> index_.kinds_[rank] & 1) != 0;
  }

  /// Files are in path order, so a file or folder is one range of ranks.
  void narrow(std::string_view path) {
    const graph::Snapshot& snapshot = *index_.snapshot_;
    const auto files = snapshot.files();
    const auto rank_of = [&](const graph::FileId* file) {
      return index_.file_begin_[static_cast<std::size_t>(file - files.data())];
    };
    begin_ = end_ = 0;
    if (const graph::FileId file = snapshot.file_by_path(path); file.exists()) {
      const auto at = std::find(files.begin(), files.end(), file);
      begin_ = rank_of(&*at);
      end_ = index_.file_begin_[static_cast<std::size_t>(at - files.begin()) + 1];
      return;
    }
    std::string folder(path);
    if (!folder.ends_with('/')) folder += '/';
    const auto inside = snapshot.files_under(folder);
    if (inside.empty()) return;
    begin_ = rank_of(inside.data());
    end_ = rank_of(inside.data() + inside.size());
  }

  bool outer_fits(std::uint32_t rank, const std::vector<std::string>& outer) const {
    if (outer.empty()) return true;
    const std::string text =
        lowered(analysis::shown_qualified(*index_.snapshot_, index_.symbols_[rank]));
    std::size_t at = 0;
    for (const std::string& part : outer) {
      at = text.find(part, at);
      if (at == std::string::npos) return false;
      at += part.size();
    }
    return true;
  }

  void add_row(const NameRow& row, const NameFit& fit, bool other_case,
               const std::vector<std::string>& outer) {
    const std::uint64_t quality = std::min<std::uint64_t>(fit.quality, kMaxQuality);
    // match | other case | quality (12 bits) | penalty | length, so that smaller is better.
    const std::uint64_t base = static_cast<std::uint64_t>(fit.match) << 40 |
                               static_cast<std::uint64_t>(other_case) << 32 | quality << 20;
    const std::uint64_t length = std::min<std::uint64_t>(row.name.size(), 0xfff);
    for (std::uint32_t i = row.first; i < row.first + row.count; ++i) {
      const std::uint32_t rank = index_.ranks_[i];
      if (rank < begin_ || rank >= end_ || !kind_fits(rank) || !outer_fits(rank, outer)) continue;
      scored_.emplace_back(base | std::uint64_t{index_.penalties_[rank]} << 12 | length, rank);
    }
  }

  const SymbolIndex& index_;
  const std::uint64_t kinds_;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  bool match_all_ = false;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> scored_;
};

Result<SymbolIndex::Found> SymbolIndex::search(const Query& query, std::uint64_t offset,
                                               std::uint64_t limit, const StopToken& stop) const {
  Search search(*this, query);
  std::string_view text = query.text;
  if (text.empty()) {
    search.add_all();
    return search.take(offset, limit);
  }
  if (const SymbolId s = snapshot_->by_id(text); s.exists())
    return Found{
        offset == 0 && limit > 0 ? std::vector<Hit>{{s, NameMatch::kExact}} : std::vector<Hit>{},
        1};
  constexpr std::string_view kSeparators = ".:#/\\";
  while (text.size() > 1 && kSeparators.find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  std::vector<std::string> outer;
  for (std::size_t cut = text.find_first_of(kSeparators); cut != std::string_view::npos;
       cut = text.find_first_of(kSeparators)) {
    if (cut + 1 == text.size()) break;  // nothing but a separator
    if (cut > 0) outer.push_back(lowered(text.substr(0, cut)));
    text.remove_prefix(cut + 1);
  }
  CAIRN_TRY(search.add_named(text, outer, stop));
  return search.take(offset, limit);
}

}  // namespace cairn::api
