// Members, supertypes, overriders and the choice among several definitions of one name.
#include <algorithm>

#include "indexer/link/policy.h"
#include "indexer/link/resolver.h"

namespace cairn::indexer {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::Symbol;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;

SymbolId Resolver::representative(SymbolId s, UnitId viewer) {
  const Symbol& row = lookups_.symbol(s);
  if ((row.flags & (symbol_flag::kDeclaration | symbol_flag::kMergeable)) == 0) return s;
  const std::uint64_t id = lookups_.keys(s).stable_id;
  std::vector<SymbolId> same = lookups_.defs(lookups_.keys(s).scope_key, lookups_.name(s));
  std::erase_if(same, [&](SymbolId c) { return lookups_.keys(c).stable_id != id; });
  const std::vector<SymbolId> one = representatives(std::move(same), viewer);
  return one.empty() ? s : one.front();
}

std::uint64_t Resolver::member_scope(SymbolId s) {
  const graph::SymbolKeys& keys = lookups_.keys(s);
  return graph::is_callable(lookups_.symbol(s).kind)
             ? nested_scope(keys.scope_key, lookups_.name(s))
             : keys.opens_key;
}

std::vector<SymbolId> Resolver::representatives(std::vector<SymbolId> candidates, UnitId viewer) {
  // Candidates come in path and position order; the first of each id decides the order.
  struct Group {
    std::uint64_t id;
    SymbolId best;
    int rank;
  };
  std::vector<Group> groups;
  for (const SymbolId c : candidates) {
    const Symbol& row = lookups_.symbol(c);
    const bool declaration = (row.flags & symbol_flag::kDeclaration) != 0;
    const bool near =
        lookups_.world().unit_of(c) == viewer && (row.flags & symbol_flag::kMergeable) == 0;
    const int rank = (declaration ? 0 : 2) + (near ? 1 : 0);
    const std::uint64_t id = lookups_.keys(c).stable_id;
    const auto known =
        std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.id == id; });
    if (known == groups.end()) {
      groups.push_back({id, c, rank});
    } else if (rank > known->rank) {
      known->best = c;
      known->rank = rank;
    }
  }
  std::vector<SymbolId> out;
  for (const Group& g : groups) out.push_back(g.best);
  return out;
}

void Resolver::select_by_arity(std::vector<SymbolId>& candidates, unsigned args) {
  if (args == 255 || candidates.size() < 2) return;
  const auto fits = [&](SymbolId c) {
    const Symbol& row = lookups_.symbol(c);
    if (!graph::is_callable(row.kind)) return true;
    return args >= row.min_args && (row.max_args == 255 || args <= row.max_args);
  };
  if (std::any_of(candidates.begin(), candidates.end(), fits))
    std::erase_if(candidates, [&](SymbolId c) { return !fits(c); });
}

Found Resolver::make_found(std::vector<SymbolId> candidates, UnitId viewer, unsigned args,
                           Tier tier, Origin origin) {
  Found found;
  if (candidates.empty()) return found;
  const bool conditional = std::any_of(candidates.begin(), candidates.end(), [&](SymbolId c) {
    return (lookups_.symbol(c).flags & symbol_flag::kConditional) != 0;
  });
  const LinkPolicy& rules = policy(viewer);
  const bool merges = !candidates.empty() &&
                      (lookups_.symbol(candidates.back()).flags & symbol_flag::kMergeable) != 0;
  if (rules.last_definition_wins() && !conditional && !merges && candidates.size() > 1) {
    // Its own file's definitions are surely there; another file's may not have been loaded.
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](SymbolId c) { return lookups_.world().unit_of(c) == viewer; }))
      std::erase_if(candidates, [&](SymbolId c) { return lookups_.world().unit_of(c) != viewer; });
    // Getter and setter share a name, so do a value and the function assigned to it: the last one
    // of the last file is what the name means once the module has run.
    candidates.erase(candidates.begin(), candidates.end() - 1);
  }
  select_by_arity(candidates, args);
  found.targets = representatives(std::move(candidates), viewer);
  found.origin = origin;
  found.reason = Reason::kNone;
  found.tier = tier;
  if (found.targets.size() > kMaxTargets) {
    found.targets.clear();
    found.tier = Tier::kUnresolved;
    found.reason = Reason::kTooManyCandidates;
    return found;
  }
  if (found.targets.size() > 1) {
    found.tier = Tier::kDispatch;
    found.origin = Origin::kOverloads;
  } else if (tier == Tier::kResolved && origin == Origin::kFileScope && !conditional) {
    // A single definition at the top level of the same file, with nothing between.
    found.tier = Tier::kExact;
  }
  return found;
}

void Resolver::keep_fit(std::vector<SymbolId>& candidates) {
  std::erase_if(candidates, [&](SymbolId c) {
    const Unit& home = lookups_.unit_of(c);
    return !policy(self_).fits(home, lookups_.symbol(c), use_);
  });
}

std::vector<SymbolId> Resolver::own_members(SymbolId type, std::string_view name) {
  std::vector<SymbolId> out = lookups_.defs(member_scope(type), name);
  // Titles of tests and routes are no names.
  std::erase_if(out, [&](SymbolId c) {
    const SymbolKind kind = lookups_.symbol(c).kind;
    return kind == SymbolKind::kTest || kind == SymbolKind::kRoute;
  });
  const UnitId u = lookups_.world().unit_of(type);
  const std::uint64_t more =
      policy(u).more_members(unit(u), type.value() - unit(u).first_symbol.value());
  if (more == 0) return out;
  for (const SymbolId s : lookups_.defs(more, name)) out.push_back(s);
  return out;
}

std::vector<SymbolId> Resolver::supertypes(SymbolId type, std::vector<std::string>* external) {
  std::vector<SymbolId> out;
  const std::uint64_t busy = 0x5000000000000000ull | type.value();
  if (depth_ > kMaxDepth || !busy_.insert(busy).second) return out;
  ++depth_;
  // A mergeable type (partial class, reopened module) collects the supertypes of all its places.
  std::vector<SymbolId> places{type};
  if (lookups_.symbol(type).flags & symbol_flag::kMergeable) {
    places.clear();
    const graph::SymbolKeys& keys = lookups_.keys(type);
    for (const SymbolId c : lookups_.defs(keys.scope_key, lookups_.name(type)))
      if (lookups_.keys(c).stable_id == keys.stable_id) places.push_back(c);
  }
  for (const SymbolId place : places) {
    const UnitId u = lookups_.world().unit_of(place);
    const Unit& file = unit(u);
    const graph::SymbolIdx row = place.value() - file.first_symbol.value();
    std::vector<std::uint32_t> rows;
    const auto [begin, end] = file.supers_of.equal_range(row);
    for (auto at = begin; at != end; ++at) rows.push_back(at->second);
    std::sort(rows.begin(), rows.end());
    for (const std::uint32_t r : rows) {
      const graph::Super& super = file.face->supers[r];
      if (super.type == kNone) continue;
      for (const Value& v : eval(u, super.type)) {
        if (v.kind == Value::Kind::kType && v.symbol != type) {
          const SymbolId base = representative(v.symbol, u);
          if (std::find(out.begin(), out.end(), base) == out.end()) out.push_back(base);
        } else if (v.kind == Value::Kind::kExternal && external != nullptr) {
          external->push_back(v.external);
        }
      }
    }
  }
  --depth_;
  busy_.erase(busy);
  return out;
}

std::vector<SymbolId> Resolver::linearise(SymbolId type) {
  if (const auto known = linear_memo_.find(type.value()); known != linear_memo_.end())
    return known->second;
  std::vector<SymbolId> order = policy(lookups_.world().unit_of(type)).linearise(*this, type);
  if (depth_ == 0 || order.size() > 1) linear_memo_.emplace(type.value(), order);
  return order;
}

void Resolver::select_side(std::vector<SymbolId>& candidates, Side side) {
  if (side == Side::kAny || candidates.size() < 2) return;
  const auto fits = [&](SymbolId s) {
    const bool of_type = (lookups_.symbol(s).flags & symbol_flag::kClassMethod) != 0;
    return of_type == (side == Side::kType);
  };
  if (std::any_of(candidates.begin(), candidates.end(), fits))
    std::erase_if(candidates, [&](SymbolId s) { return !fits(s); });
}

Found Resolver::find_type_member(SymbolId type, std::string_view name, unsigned args, bool skip_own,
                                 Side side) {
  Found found;
  found.reason = Reason::kNoSuchMember;
  ++steps_;
  const UnitId viewer = self_;
  const std::vector<SymbolId> order = linearise(type);
  std::size_t first = 0;
  // What is prepended comes before the type itself.
  if (skip_own)
    first =
        static_cast<std::size_t>(std::find(order.begin(), order.end(), type) - order.begin()) + 1;
  const bool sides = policy(lookups_.world().unit_of(type)).separates_sides();
  for (std::size_t i = first; i < order.size(); ++i) {
    std::vector<SymbolId> candidates = own_members(order[i], name);
    if (candidates.empty() && lookups_.symbol(order[i]).kind == SymbolKind::kEnum) {
      // Members of a plain enumeration are bound around it and can be named through it too.
      candidates = lookups_.defs(lookups_.keys(order[i]).scope_key, name);
      const Unit& home = lookups_.unit_of(order[i]);
      std::erase_if(candidates, [&](SymbolId c) {
        return lookups_.symbol(c).kind != SymbolKind::kEnumMember ||
               &lookups_.unit_of(c) != &home || home.id_of(lookups_.symbol(c).parent) != order[i];
      });
    }
    keep_fit(candidates);
    if (candidates.empty()) continue;
    if (sides) select_side(candidates, side);
    policy(viewer).prefer_visible(*this, viewer, candidates);
    found = make_found(std::move(candidates), viewer, args, Tier::kResolved,
                       order[i] == type ? Origin::kSelfMember : Origin::kInheritedMember);
    return found;
  }
  if (order.size() >= kMaxSupertypes) found.reason = Reason::kBudget;
  // Nothing in the repository: a supertype outside may have it.
  std::vector<std::string> outside;
  for (const SymbolId t : order) {
    supertypes(t, &outside);
    if (!outside.empty()) break;
  }
  if (!outside.empty()) {
    found.tier = Tier::kExternal;
    found.origin = Origin::kExternalReceiver;
    found.reason = Reason::kNone;
    found.external = external_member(outside.front(), name);
  }
  return found;
}

void Resolver::add_overriders(Found& found, SymbolId type, std::string_view name, Origin origin) {
  if (found.targets.empty() || found.targets.size() > 1) return;
  const SymbolId declared_target = found.targets.front();
  const Symbol& declared = lookups_.symbol(declared_target);
  if (declared.kind != SymbolKind::kMethod && declared.kind != SymbolKind::kField) return;
  if (declared.kind == SymbolKind::kField && (declared.flags & symbol_flag::kProperty) == 0) return;
  if (declared.flags & (symbol_flag::kStatic | symbol_flag::kFinal)) return;
  if (declared.visibility == graph::Visibility::kPrivate) return;
  const LinkPolicy& rules = policy(lookups_.world().unit_of(declared_target));
  if (!rules.has_overriding() || !rules.can_be_overridden(*this, declared_target)) return;
  // Embedding a type overrides nothing of it.
  if (rules.structural_interfaces() && lookups_.symbol(type).kind != SymbolKind::kInterface) return;
  std::vector<SymbolId> open = lookups_.subtypes(type);
  std::vector<SymbolId> seen = open;
  while (!open.empty()) {
    const SymbolId sub = open.back();
    open.pop_back();
    std::vector<SymbolId> candidates = own_members(sub, name);
    if ((declared.flags & symbol_flag::kAbstract) != 0 &&
        lookups_.symbol(sub).kind != SymbolKind::kInterface) {
      // What a class inherits from elsewhere implements the method too.
      const std::vector<SymbolId> order = linearise(sub);
      for (std::size_t i = 1; i < order.size() && candidates.empty(); ++i)
        candidates = own_members(order[i], name);
    }
    keep_fit(candidates);
    std::erase_if(candidates, [&](SymbolId c) {
      const Symbol& row = lookups_.symbol(c);
      if (row.flags & symbol_flag::kStatic) return true;
      // With overloads only the same parameters override.
      return declared.disambiguator != 0 && row.disambiguator != 0 &&
             row.disambiguator != declared.disambiguator &&
             (row.min_args != declared.min_args || row.max_args != declared.max_args);
    });
    // The same parameters, where they are written the same; else those that a type argument
    // changed.
    const auto same = [&](SymbolId c) {
      return lookups_.symbol(c).disambiguator == declared.disambiguator;
    };
    if (std::any_of(candidates.begin(), candidates.end(), same))
      std::erase_if(candidates, [&](SymbolId c) { return !same(c); });
    for (const SymbolId c : representatives(std::move(candidates), self_))
      if (std::find(found.targets.begin(), found.targets.end(), c) == found.targets.end())
        found.targets.push_back(c);
    for (const SymbolId next : lookups_.subtypes(sub)) {
      if (std::find(seen.begin(), seen.end(), next) != seen.end()) continue;
      seen.push_back(next);
      open.push_back(next);
    }
    if (found.targets.size() > kMaxTargets || ++steps_ > kMaxSteps) {
      // Too wide to be an answer: the declared target alone, marked as a set that was not listed.
      found.targets.resize(1);
      found.tier = Tier::kDispatch;
      found.origin = origin;
      found.reason = Reason::kTooManyCandidates;
      return;
    }
  }
  // By place: ids of files that were linked again are behind all others.
  std::sort(found.targets.begin() + 1, found.targets.end(), [this](SymbolId a, SymbolId b) {
    const Unit& ua = unit(lookups_.world().unit_of(a));
    const Unit& ub = unit(lookups_.world().unit_of(b));
    return &ua != &ub ? ua.path < ub.path : a < b;
  });
  if (found.targets.size() > 1) {
    found.tier = Tier::kDispatch;
    found.origin = origin;
  }
}

SymbolId Resolver::enclosing_type(UnitId u, graph::ScopeIdx scope) {
  const Unit& file = unit(u);
  for (graph::SymbolIdx s = file.face->scopes[scope].owner; s != kNone; s = file.symbol(s).parent) {
    const Symbol& row = file.symbol(s);
    if (graph::is_type(row.kind)) return representative(file.id_of(s), u);
    if (row.qualifier != 0) {
      // An out-of-line member: the type its scope key names.
      std::string_view path = text(u, row.qualifier);
      const std::size_t last = path.rfind("::");
      const std::string_view name = last == std::string_view::npos ? path : path.substr(last + 2);
      const std::uint64_t around =
          row.parent == 0 ? file.package_scope : file.keys[row.parent].opens_key;
      const std::uint64_t home = last == std::string_view::npos
                                     ? around
                                     : scope_of_path(around, path.substr(0, last), "::");
      for (const SymbolId c : representatives(lookups_.defs(home, name), u))
        if (graph::is_type(lookups_.symbol(c).kind)) return c;
      // Not defined next to it: through imports and enclosing scopes.
      for (const SymbolId c : find_name(u, row.declared_in, name, 255).targets)
        if (graph::is_type(lookups_.symbol(c).kind)) return c;
    }
  }
  return SymbolId::none();
}

}  // namespace cairn::indexer
