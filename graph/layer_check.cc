#include "graph/layer_check.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <atomic>

#include "graph/detail_codec.h"
#include "graph/layer.h"
#include "graph/layer_file.h"
#include "graph/varint.h"

namespace cairn::graph {
namespace {

using Rows = std::span<const std::uint32_t>;

constexpr unsigned kLanguages = 0
#define CAIRN_LANGUAGE(name, text, family, separator) +1
#include "graph/schema.def"
    ;
constexpr unsigned kSymbolKinds = 0
#define CAIRN_SYMBOL_KIND(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kEdgeKinds = 0
#define CAIRN_EDGE_KIND(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kOrigins = 0
#define CAIRN_ORIGIN(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kTiers = 6;

bool all_below(Rows rows, std::uint64_t limit) {
  std::uint32_t largest = 0;
  for (const std::uint32_t r : rows) largest = std::max(largest, r);
  return rows.empty() || largest < limit;
}

/// n + 1 ascending offsets that end at `end`.
bool are_offsets(Rows offsets, std::size_t rows, std::size_t end) {
  if (offsets.size() != rows + 1 || offsets.back() != end) return false;
  bool ascending = true;
  for (std::size_t i = 1; i < offsets.size(); ++i) ascending &= offsets[i - 1] <= offsets[i];
  return ascending;
}

bool strictly_ascend(Rows rows) {
  bool ascending = true;
  for (std::size_t i = 1; i < rows.size(); ++i) ascending &= rows[i - 1] < rows[i];
  return ascending;
}

bool packed_fit(std::span<const std::uint8_t> packed) {
  bool fit = true;
  for (const std::uint8_t p : packed) fit &= (p >> 3) < kEdgeKinds && (p & 7) < kTiers;
  return fit;
}

class LayerChecker {
 public:
  explicit LayerChecker(const Layer& layer)
      : l_(layer),
        symbols_(layer.symbol_name.size()),
        id_limit_(std::uint64_t{layer.id_base()} + symbols_) {}

  Result<void> run() {
    CAIRN_TRY(need(strings(), "strings"));
    CAIRN_TRY(need(id_limit_ < kNoRow, "symbol ids"));
    CAIRN_TRY(need(files(), "files"));
    CAIRN_TRY(need(symbols(), "symbols"));
    // What these read is in bounds from here on, and none reads what another checks.
    bool details_fit = false, edges_fit = false, rest_fits = false;
    tbb::parallel_invoke([&] { details_fit = details(); },
                         [&] { edges_fit = out_edges() && in_edges() && contributions(); },
                         [&] { rest_fits = indexes() && unbound() && memo() && removal(); });
    CAIRN_TRY(need(details_fit, "symbol details"));
    CAIRN_TRY(need(edges_fit, "edges"));
    return need(rest_fits, "indexes");
  }

 private:
  Result<void> need(bool fine, std::string_view what) const {
    if (fine) return {};
    return Error(ErrorCode::kCorrupt, l_.path() + ": the columns of " + std::string(what) +
                                          " contradict each other; index again");
  }

  bool strings() const {
    return !l_.string_ends.empty() && l_.string_ends[0] == 0 &&
           are_offsets(l_.string_ends, l_.string_ends.size() - 1, l_.string_bytes.size());
  }
  bool text_ok(std::uint32_t row) const { return row < l_.string_ends.size(); }

  bool files() const {
    if (l_.files.empty()) return false;
    const MetaRow& m = l_.meta();
    if (!text_ok(m.repo) || !text_ok(m.commit) || !text_ok(m.config_hash)) return false;
    if (!l_.is_overlay() && m.file_base != 0) return false;
    FileRow last;
    for (std::size_t i = 0; i < l_.files.size(); ++i) {
      const FileRow& f = l_.files[i];
      if (f.first_symbol < last.first_symbol || f.first_string < last.first_string ||
          f.first_target < last.first_target || f.first_local_byte < last.first_local_byte ||
          f.first_memo_byte < last.first_memo_byte)
        return false;
      for (const std::uint32_t text : {f.path, f.skip_reason, f.manager, f.package, f.module_path,
                                       f.package_path, f.qualified_prefix}) {
        if (!text_ok(text)) return false;
      }
      if (f.language >= kLanguages || f.parse > 3) return false;
      const bool is_end = i + 1 == l_.files.size();
      if (i != 0 && !is_end && l_.text(last.path) >= l_.text(f.path)) return false;
      last = f;
    }
    return l_.files[0].first_symbol == 0 && last.first_symbol == symbols_ &&
           last.first_string == l_.file_strings.size() &&
           last.first_target == l_.file_targets.size() &&
           last.first_local_byte == l_.section_bytes(Section::kLocalBytes) &&
           last.first_memo_byte == l_.file_memo_bytes.size() &&
           std::uint64_t{l_.file_base()} + l_.files.size() < kNoRow &&
           all_below(l_.file_strings, l_.string_ends.size()) &&
           all_below(l_.file_targets, id_limit_);
  }

  bool symbols() const {
    if (l_.symbol_parent.size() != symbols_ || l_.symbol_attributes.size() != symbols_ ||
        l_.symbol_scope.size() != symbols_ || l_.symbol_stable.size() != symbols_ ||
        l_.symbol_signature.size() != symbols_)
      return false;
    if (!all_below(l_.symbol_name, l_.string_ends.size()) ||
        !all_below(l_.symbol_signature, l_.string_ends.size()) ||
        !are_offsets(l_.symbol_detail, symbols_, l_.detail_bytes.size()) ||
        !are_offsets(l_.symbol_sites, symbols_, l_.section_bytes(Section::kSiteBytes)))
      return false;
    for (std::size_t f = 0; f + 1 < l_.files.size(); ++f) {
      const std::uint32_t first = l_.files[f].first_symbol;
      for (std::uint32_t s = first; s < l_.files[f + 1].first_symbol; ++s) {
        const std::uint32_t parent = l_.symbol_parent[s];
        const bool parent_ok = parent == kNoRow || (parent >= first && parent < s);
        if (!parent_ok || (l_.symbol_attributes[s] & 0xff) >= kSymbolKinds ||
            (l_.symbol_scope[s] & scope_bit::kVisibilityMask) > 5)
          return false;
      }
    }
    for (std::size_t i = 0; i < l_.qualifiers.size(); ++i) {
      const QualifierRow& q = l_.qualifiers[i];
      if (q.symbol >= symbols_ || !text_ok(q.text)) return false;
      if (i != 0 && l_.qualifiers[i - 1].symbol >= q.symbol) return false;
    }
    return true;
  }

  bool details() const {
    std::atomic<bool> fit{true};
    tbb::parallel_for(
        tbb::blocked_range<std::uint32_t>(0, static_cast<std::uint32_t>(symbols_), 4096),
        [&](const tbb::blocked_range<std::uint32_t>& range) {
          SymbolDetails decoded;
          for (std::uint32_t s = range.begin(); s < range.end(); ++s)
            if (!decode_detail(l_.detail(s), l_.name(s).size(), decoded)) fit = false;
        });
    return fit;
  }

  bool out_edges() const {
    const std::size_t edges = l_.out_target.size();
    if (l_.out_packed.size() != edges || l_.out_count.size() != edges ||
        l_.out_origin.size() != edges || edges >= kNoRow)
      return false;
    for (const std::uint8_t o : l_.out_origin) {
      if (o >= kOrigins) return false;
    }
    return are_offsets(l_.out_offsets, symbols_ + l_.out_foreign.size(), edges) &&
           strictly_ascend(l_.out_foreign) && all_below(l_.out_foreign, l_.id_base()) &&
           all_below(l_.out_target, id_limit_) && packed_fit(l_.out_packed);
  }

  bool in_edges() const {
    const std::size_t edges = l_.out_target.size();
    return l_.in_source.size() == edges && l_.in_packed.size() == edges &&
           are_offsets(l_.in_offsets, symbols_ + l_.in_foreign.size(), edges) &&
           strictly_ascend(l_.in_foreign) && all_below(l_.in_foreign, l_.id_base()) &&
           all_below(l_.in_source, id_limit_) && packed_fit(l_.in_packed);
  }

  bool contributions() const {
    const std::uint64_t file_limit = std::uint64_t{l_.file_base()} + l_.files.size() - 1;
    for (const ContributionRow& c : l_.contributions) {
      if (c.src >= id_limit_ || c.dst >= id_limit_ || c.owner < l_.file_base() ||
          c.owner >= file_limit || c.kind >= kEdgeKinds || c.tier >= kTiers || c.origin >= kOrigins)
        return false;
    }
    return true;
  }

  bool indexes() const {
    return l_.def_keys.size() == l_.def_symbols.size() && all_below(l_.def_symbols, symbols_) &&
           l_.open_keys.size() == l_.open_symbols.size() && all_below(l_.open_symbols, symbols_) &&
           l_.name_index.size() == symbols_ && all_below(l_.name_index, symbols_) &&
           l_.stable_index.size() == symbols_ && all_below(l_.stable_index, symbols_);
  }

  bool unbound() const {
    const auto& rows = l_.unbound_names;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!text_ok(rows[i].name) || rows[i].file >= l_.file_count()) return false;
      if (i != 0 &&
          std::pair(rows[i - 1].name, rows[i - 1].file) >= std::pair(rows[i].name, rows[i].file))
        return false;
    }
    return true;
  }

  /// Ascending delta varints below `limit`. Most are one byte: there are as many as look-ups.
  static bool are_deltas(std::string_view bytes, std::uint64_t limit) {
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    std::uint64_t sum = 0;
    while (at != end) {
      const auto b = static_cast<std::uint8_t>(*at);
      if (b < 0x80) {
        sum += b;
        ++at;
      } else {
        ByteReader in(std::string_view(at, static_cast<std::size_t>(end - at)));
        sum += in.varint32();
        if (in.failed()) return false;
        at = end - in.left();
      }
      if (sum >= limit) return false;
    }
    return true;
  }

  bool memo() const {
    if (!are_offsets(l_.memo_file_offsets, l_.memo_keys.size(), l_.memo_file_bytes.size()) ||
        !strictly_ascend(l_.memo_keys))
      return false;
    for (std::size_t i = 0; i < l_.memo_keys.size(); ++i) {
      const std::uint32_t begin = l_.memo_file_offsets[i];
      const std::uint32_t length = l_.memo_file_offsets[i + 1] - begin;
      if (!are_deltas(l_.memo_file_bytes.substr(begin, length), l_.file_count())) return false;
    }
    for (std::uint32_t f = 0; f < l_.file_count(); ++f) {
      if (!are_deltas(l_.file_memo(f), l_.memo_keys.size())) return false;
    }
    return true;
  }

  bool removal() const {
    if (!strictly_ascend(l_.removed_files) || !all_below(l_.removed_files, l_.file_base()))
      return false;
    for (const std::uint32_t id : l_.remap) {
      if (id != kNoRow && (id < l_.id_base() || id >= id_limit_)) return false;
    }
    return true;
  }

  const Layer& l_;
  const std::size_t symbols_;
  const std::uint64_t id_limit_;
};

}  // namespace

Result<void> check_layer(const Layer& layer) { return LayerChecker(layer).run(); }

}  // namespace cairn::graph
