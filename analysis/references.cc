#include "analysis/references.h"

#include <algorithm>
#include <set>

#include "graph/layer.h"

namespace cairn::analysis {

using graph::FileId;
using graph::SymbolId;
using graph::Tier;

namespace {

bool covers(graph::Position begin, std::size_t length, graph::Position at) {
  return begin.line == at.line &&
         (at.column == 0 || (begin.column <= at.column && at.column < begin.column + length));
}

Definition definition_of(const graph::Snapshot& snapshot, SymbolId s, Tier tier,
                         graph::Origin origin) {
  Definition d;
  d.symbol = snapshot.canonical(s);
  d.file = snapshot.file_of(d.symbol);
  d.at = snapshot.details(d.symbol).name_range.begin;
  d.kind = snapshot.kind(d.symbol);
  d.tier = tier;
  d.origin = origin;
  return d;
}

Definition definition_of(FileId file, const graph::LocalView& local) {
  Definition d;
  d.file = file;
  d.at = local.begin;
  d.local = local.name;
  d.kind = local.kind;
  d.origin = graph::Origin::kLexical;
  return d;
}

void sort_definitions(const graph::Snapshot& snapshot, std::vector<Definition>& rows) {
  const auto key = [&](const Definition& d) { return std::pair(snapshot.path(d.file), d.at); };
  std::sort(rows.begin(), rows.end(), [&](const Definition& a, const Definition& b) {
    if (a.tier != b.tier) return a.tier < b.tier;
    return key(a) < key(b);
  });
  const auto same = [](const Definition& a, const Definition& b) {
    return a.file == b.file && a.at == b.at && a.symbol == b.symbol;
  };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
}

/// A definition whose own name stands at the position.
bool find_definition_name(const graph::Snapshot& snapshot, FileId file,
                          const std::vector<graph::LocalView>& locals, graph::Position at,
                          DefinitionAnswer& answer) {
  const graph::FileInfo info = snapshot.file(file);
  for (std::uint32_t i = 1; i < info.symbol_count; ++i) {
    const SymbolId s(info.first_symbol.value() + i);
    const graph::Range name = snapshot.details(s).name_range;
    const bool here =
        at.column == 0 ? name.begin.line == at.line : name.begin <= at && at < name.end;
    if (!here) continue;
    answer.name = snapshot.name(s);
    answer.definitions.push_back(definition_of(snapshot, s, Tier::kExact, graph::Origin::kNone));
    answer.on_definition = true;
    return true;
  }
  for (const graph::LocalView& local : locals) {
    if (!covers(local.begin, local.name.size(), at)) continue;
    answer.name = local.name;
    answer.definitions.push_back(definition_of(file, local));
    answer.on_definition = true;
    return true;
  }
  return false;
}

}  // namespace

std::vector<SymbolId> places_of(const graph::Snapshot& snapshot, SymbolId symbol) {
  using namespace graph::symbol_flag;
  std::vector<SymbolId> places = snapshot.places(symbol);
  SymbolId canonical = places.empty() ? symbol : places.front();
  for (const SymbolId p : places) {
    if (snapshot.has_flag(p, kDeclaration)) continue;
    canonical = p;
    break;
  }
  std::erase_if(places, [&](SymbolId p) {
    return p != symbol && !(canonical == symbol && snapshot.has_flag(p, kDeclaration | kMergeable));
  });
  if (places.empty()) places.push_back(symbol);
  return places;
}

std::uint8_t tiers_up_to(Tier worst) {
  std::uint8_t bits = 0;
  for (unsigned t = 0; t <= static_cast<unsigned>(worst); ++t)
    bits = static_cast<std::uint8_t>(bits | graph::tier_bit(static_cast<Tier>(t)));
  return bits;
}

Result<DefinitionAnswer> definitions_at(const graph::Snapshot& snapshot, FileId file,
                                        graph::Position at) {
  DefinitionAnswer answer;
  CAIRN_ASSIGN(const std::vector<graph::LocalView> locals, snapshot.locals(file));
  CAIRN_ASSIGN(const graph::SiteList list, snapshot.sites_of_file(file));
  for (const graph::SiteView& site : list.sites) {
    if (!covers(site.begin, site.length, at)) continue;
    if (answer.name.empty()) {
      answer.name = site.name;
      answer.external = site.external;
      answer.reason = site.reason;
    }
    for (const SymbolId target : list.targets_of(site))
      answer.definitions.push_back(definition_of(snapshot, target, site.tier, site.origin));
    if (site.local < locals.size())
      answer.definitions.push_back(definition_of(file, locals[site.local]));
    if (!answer.definitions.empty()) {
      answer.name = site.name;
      break;
    }
  }
  // An identifier can be both, as in "for x in xs"; the reference says more.
  if (answer.definitions.empty()) find_definition_name(snapshot, file, locals, at, answer);
  sort_definitions(snapshot, answer.definitions);
  return answer;
}

Result<ReferenceAnswer> references_to(const graph::Snapshot& snapshot, SymbolId symbol,
                                      std::uint8_t tiers, const StopToken& stop) {
  ReferenceAnswer answer;
  std::set<std::tuple<std::string_view, graph::Position, SymbolId>> seen;
  for (const SymbolId place : places_of(snapshot, symbol)) {
    std::set<SymbolId> owners;
    for (const graph::Edge e : snapshot.in_edges(place)) owners.insert(e.other);
    for (const SymbolId owner : owners) {
      CAIRN_TRY(stop.check("looking for references"));
      CAIRN_ASSIGN(const graph::SiteList list, snapshot.sites_between(owner, place));
      const FileId file = snapshot.file_of(owner);
      for (const graph::SiteView& site : list.sites) {
        if (!seen.emplace(snapshot.path(file), site.begin, owner).second) continue;
        if ((tiers & graph::tier_bit(site.tier)) == 0) {
          ++answer.bound.left_out;
          continue;
        }
        answer.references.push_back({file, site.begin, site.length, owner, site.role, site.tier,
                                     site.origin, site.target_count});
      }
    }
  }
  std::sort(answer.references.begin(), answer.references.end(),
            [&](const Reference& a, const Reference& b) {
              const auto left = std::pair(snapshot.path(a.file), a.at);
              return left < std::pair(snapshot.path(b.file), b.at);
            });
  const graph::Family family = graph::family_of(snapshot.file(snapshot.file_of(symbol)).language);
  answer.bound.unresolved = snapshot.unbound_sites(snapshot.name(symbol), family);
  return answer;
}

Result<std::uint64_t> unresolved_calls_in(const graph::Snapshot& snapshot, SymbolId symbol) {
  std::uint64_t count = 0;
  for (const SymbolId place : places_of(snapshot, symbol)) {
    CAIRN_ASSIGN(const graph::SiteList list, snapshot.sites(place));
    for (const graph::SiteView& site : list.sites) {
      const bool calls = site.role == graph::RefRole::kCall || site.role == graph::RefRole::kNew;
      if (calls && site.tier == Tier::kUnresolved) ++count;
    }
  }
  return count;
}

Result<std::optional<Reference>> first_site(const graph::Snapshot& snapshot, SymbolId owner,
                                            SymbolId target, std::uint8_t tiers) {
  std::optional<Reference> best;
  const std::vector<SymbolId> targets = places_of(snapshot, target);
  for (const SymbolId from : places_of(snapshot, owner)) {
    std::set<SymbolId> linked;
    for (const graph::Edge e : snapshot.out_edges(from))
      if (std::find(targets.begin(), targets.end(), e.other) != targets.end())
        linked.insert(e.other);
    const FileId file = snapshot.file_of(from);
    for (const SymbolId to : linked) {
      CAIRN_ASSIGN(const graph::SiteList list, snapshot.sites_between(from, to));
      for (const graph::SiteView& site : list.sites) {
        if ((tiers & graph::tier_bit(site.tier)) == 0) continue;
        if (best && std::pair(snapshot.path(best->file), best->at) <=
                        std::pair(snapshot.path(file), site.begin))
          continue;
        best = Reference{file,      site.begin, site.length, from,
                         site.role, site.tier,  site.origin, site.target_count};
      }
    }
  }
  return best;
}

}  // namespace cairn::analysis
