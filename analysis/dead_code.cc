#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "analysis/reach.h"
#include "analysis/structure.h"
#include "analysis/symbol_order.h"
#include "graph/links.h"

namespace cairn::analysis {

using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

namespace {

namespace flag = graph::symbol_flag;

constexpr std::uint32_t kUsedFromOutside = flag::kEntryPoint | flag::kTest | flag::kOverride |
                                           flag::kDecorated | flag::kGenerated | flag::kAnonymous;

class DeadCodeSearch {
 public:
  DeadCodeSearch(const graph::Snapshot& snapshot, bool with_exported, const StopToken& stop)
      : snapshot_(snapshot), with_exported_(with_exported), stop_(stop), order_(snapshot) {}

  Result<DeadCodeAnswer> run() {
    for (const SymbolId s : order_.symbols()) {
      const SymbolKind kind = snapshot_.kind(s);
      if (kind == SymbolKind::kMacro)
        macro_families_.insert(graph::family_of(snapshot_.file(snapshot_.file_of(s)).language));
      if (!graph::is_callable(kind) && !graph::is_type(kind)) continue;
      ++answer_.examined;
      if (is_used_from_outside(s)) {
        ++answer_.entry_points;
        continue;
      }
      const bool exported = is_exported(s);
      if (exported && !with_exported_) {
        ++answer_.exported;
      } else if (!is_named_surely(s)) {
        answer_.candidates.push_back({s, Confidence::kPossible, exported, 0, {}});
        names_.insert(snapshot_.name(s));
      }
    }
    CAIRN_TRY(count_names());
    for (DeadCode& row : answer_.candidates) explain(row);
    return std::move(answer_);
  }

 private:
  bool is_used_from_outside(SymbolId s) const {
    if (snapshot_.has_flag(s, kUsedFromOutside) || is_test_code(snapshot_, s)) return true;
    const SymbolKind kind = snapshot_.kind(s);
    // The language calls these.
    if (kind == SymbolKind::kConstructor || kind == SymbolKind::kDestructor) return true;
    const std::string_view name = snapshot_.name(s);
    if (name.starts_with("__") && name.ends_with("__")) return true;
    if (name == "main") return true;
    for (const graph::Edge e : snapshot_.out_edges(s))
      if (e.kind == graph::EdgeKind::kOverrides) return true;
    return false;
  }

  /// Visible to users of the package: exported, or a member that users of an exported type see.
  bool is_exported(SymbolId s) const {
    const graph::Language language = snapshot_.file(snapshot_.file_of(s)).language;
    if (snapshot_.has_flag(s, flag::kExported | flag::kDefaultExport)) return true;
    for (const SymbolId place : order_.other_places(s))
      if (snapshot_.has_flag(place, flag::kExported)) return true;
    const SymbolId parent = snapshot_.parent(s);
    if (!parent.exists() || !graph::is_type(snapshot_.kind(parent))) return false;
    const graph::Visibility visibility = snapshot_.visibility(s);
    const bool hidden = visibility == graph::Visibility::kPrivate ||
                        visibility == graph::Visibility::kFile ||
                        (visibility == graph::Visibility::kPackage &&
                         graph::family_of(language) != graph::Family::kGo);
    return !hidden && is_exported(parent);
  }

  /// An edge of a tier that is sure, from something that is not the symbol or inside it.
  bool is_named_surely(SymbolId s) const {
    const std::uint8_t sure = tiers_up_to(Tier::kDispatch);
    const auto named = [&](SymbolId place) {
      for (const graph::Edge e : snapshot_.in_edges(place)) {
        if ((sure & graph::tier_bit(e.tier)) == 0 || e.kind == graph::EdgeKind::kContains) continue;
        if (!is_inside(e.other, s)) return true;
      }
      return false;
    };
    if (named(s)) return true;
    for (const SymbolId place : order_.other_places(s))
      if (named(place)) return true;
    return false;
  }

  bool is_inside(SymbolId inner, SymbolId outer) const {
    for (SymbolId at = inner; at.exists(); at = snapshot_.parent(at))
      if (order_.canonical(at) == outer) return true;
    return false;
  }

  /// Sites of candidates' names that could mean them, in one pass over the sites.
  Result<void> count_names() {
    if (names_.empty()) return {};
    for (const graph::FileId f : snapshot_.files()) {
      CAIRN_TRY(stop_.check("looking for dead code"));
      const auto family = graph::family_of(snapshot_.file(f).language);
      CAIRN_ASSIGN(const graph::SiteList list, snapshot_.sites_of_file(f));
      for (const graph::SiteView& site : list.sites) {
        if (site.tier != Tier::kUnresolved && site.tier != Tier::kHeuristic) continue;
        if (names_.contains(site.name)) ++sites_[key(site.name, family)];
      }
    }
    return {};
  }

  static std::string key(std::string_view name, graph::Family family) {
    return std::to_string(static_cast<unsigned>(family)) + ":" + std::string(name);
  }

  void explain(DeadCode& row) {
    const graph::FileInfo file = snapshot_.file(snapshot_.file_of(row.symbol));
    const auto family = graph::family_of(file.language);
    const auto found = sites_.find(key(snapshot_.name(row.symbol), family));
    if (found != sites_.end()) {
      row.same_name_sites = found->second;
      row.reason = "no certain reference, but " + std::to_string(found->second) +
                   (found->second == 1 ? " unresolved or heuristic site shares its name"
                                       : " unresolved or heuristic sites share its name");
    } else if (row.exported) {
      row.reason = "nothing in the repository refers to it, but it is exported";
    } else if (file.parse == graph::ParseStatus::kOutline) {
      row.reason = "nothing refers to it, but this language is read as an outline";
    } else if (macro_families_.contains(family)) {
      row.reason = "nothing refers to it, but what macros expand to is not seen";
    } else {
      row.confidence = Confidence::kLikely;
      row.reason =
          "nothing refers to it; it is neither exported nor an entry point, test, override or "
          "decorated";
    }
  }

  const graph::Snapshot& snapshot_;
  const bool with_exported_;
  const StopToken& stop_;
  SymbolOrder order_;
  DeadCodeAnswer answer_;
  std::unordered_set<std::string_view> names_;
  std::unordered_map<std::string, std::uint64_t> sites_;
  std::set<graph::Family> macro_families_;  // languages whose macros the repository defines
};

}  // namespace

Result<DeadCodeAnswer> dead_code(const graph::Snapshot& snapshot, bool with_exported,
                                 const StopToken& stop) {
  return DeadCodeSearch(snapshot, with_exported, stop).run();
}

}  // namespace cairn::analysis
