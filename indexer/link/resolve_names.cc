// Names: scopes outwards, then the file level in the order the language gives, then, only when
// asked, by bare name.
#include <algorithm>

#include "base/hash.h"
#include "indexer/link/policy.h"
#include "indexer/link/resolver.h"

namespace cairn::indexer {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

Resolver::Resolver(const World& world, UnitId self, const graph::Body* body)
    : lookups_(world), self_(self), body_(body) {}

const LinkPolicy& Resolver::policy(UnitId u) const { return *policy_for(unit(u).language); }

const graph::Expr& Resolver::expr(UnitId u, graph::ExprIdx e) const {
  const graph::Face& face = *unit(u).face;
  return e < face.exprs.size() ? face.exprs[e] : body_->exprs[e - face.exprs.size()];
}

std::string_view Resolver::text(UnitId u, graph::StrId id) const {
  const graph::Face& face = *unit(u).face;
  return id < face.strings.size() ? face.strings[id] : body_->strings[id - face.strings.size()];
}

void Resolver::merge(Found& into, Found&& more) {
  if (!more.ok()) return;
  if (!into.ok()) {
    into = std::move(more);
    return;
  }
  const bool same = into.targets == more.targets;
  for (const SymbolId t : more.targets)
    if (std::find(into.targets.begin(), into.targets.end(), t) == into.targets.end())
      into.targets.push_back(t);
  for (Value& v : more.modules) add_value(into.modules, std::move(v));
  if (same) return;
  // Different receivers gave different answers: a set. In-repository targets outrank external ones.
  if (!into.targets.empty()) {
    into.external.clear();
    if (into.targets.size() > 1) {
      into.tier =
          std::max({into.tier == Tier::kExternal ? Tier::kDispatch : into.tier,
                    more.tier == Tier::kExternal ? Tier::kDispatch : more.tier, Tier::kDispatch});
    } else {
      into.tier = Tier::kDispatch;
    }
    if (into.origin == Origin::kExternalReceiver || into.origin == Origin::kExternalImport)
      into.origin = more.origin;
  }
}

void Resolver::keep_kind(Found& found, bool types) {
  if (found.targets.size() < 2) return;
  const auto type_like = [&](SymbolId s) {
    const SymbolKind kind = lookups_.symbol(s).kind;
    return graph::is_type(kind) || kind == SymbolKind::kTypeAlias;
  };
  const auto count = std::count_if(found.targets.begin(), found.targets.end(), type_like);
  const auto kept = types ? count : static_cast<std::ptrdiff_t>(found.targets.size()) - count;
  if (kept == 0 || kept == static_cast<std::ptrdiff_t>(found.targets.size())) return;
  std::erase_if(found.targets, [&](SymbolId s) { return type_like(s) != types; });
  if (found.targets.size() > 1 || found.tier != Tier::kDispatch) return;
  found.tier = Tier::kResolved;
  if (found.origin == Origin::kOverloads) found.origin = Origin::kPackageScope;
}

Found Resolver::find_name(UnitId u, ScopeIdx scope, std::string_view name, unsigned args) {
  ++steps_;
  const std::uint64_t key = hash_mix(hash_mix(std::uint64_t{u.value()} << 32 | scope, hash64(name)),
                                     static_cast<std::uint64_t>(use_) << 32 | args);
  if (const auto known = name_memo_.find(key); known != name_memo_.end()) return known->second;
  Found found;
  found.reason = Reason::kNoSuchName;
  if (depth_ > kMaxDepth || out_of_budget()) {
    found.reason = Reason::kBudget;
    return found;
  }
  if (!busy_.insert(key).second) return found;  // asked while being answered: a cycle says nothing
  ++depth_;
  const Unit& file = unit(u);
  const LinkPolicy& rules = policy(u);
  bool inside_function = false;
  Side side = Side::kType;
  if (Found word = rules.keyword(*this, u, scope, name); word.ok()) found = std::move(word);
  for (ScopeIdx s = scope; s != kNone && !found.ok(); s = file.face->scopes[s].parent) {
    const graph::Scope& at = file.face->scopes[s];
    switch (at.kind) {
      case ScopeKind::kFunction:
        inside_function = true;
        if (const graph::Symbol& f = file.symbol(at.owner);
            f.kind == SymbolKind::kMethod || f.kind == SymbolKind::kConstructor)
          side = (f.flags & graph::symbol_flag::kClassMethod) != 0 ? Side::kType : Side::kInstance;
        if (rules.unqualified_members() && file.symbol(at.owner).qualifier != 0 &&
            file.symbol(at.owner).scope == s)
          found = find_in_qualifier(u, at.owner, name, args);
        if (!found.ok() && !file.wildcards.empty()) found = find_in_wildcards(u, s, name, args);
        break;
      case ScopeKind::kBlock:
        if (!file.wildcards.empty()) found = find_in_wildcards(u, s, name, args);
        break;
      case ScopeKind::kType:
        if (rules.unqualified_members() || (rules.type_body_names() && !inside_function))
          found = find_in_type_scope(u, at.owner, name, args, side);
        if (!found.ok()) found = find_imports(u, s, name);
        break;
      case ScopeKind::kNamespace:
        found = find_in_scope(u, file.keys[at.owner].opens_key, name, args, Origin::kPackageScope);
        if (!found.ok()) found = find_imports(u, s, name);
        if (!found.ok()) found = find_in_wildcards(u, s, name, args);
        break;
      case ScopeKind::kFile:
        found = find_at_file_level(u, name, args);
        break;
    }
  }
  if (!found.ok())
    if (Found last = rules.fallback_name(*this, u, scope, name); last.ok()) found = std::move(last);
  --depth_;
  busy_.erase(key);
  if (depth_ == 0 || found.ok()) name_memo_.emplace(key, found);
  return found;
}

Found Resolver::find_in_type_scope(UnitId u, graph::SymbolIdx type_row, std::string_view name,
                                   unsigned args, Side side) {
  const SymbolId type = unit(u).id_of(type_row);
  Found found = find_type_member(representative(type, u), name, args, false, side);
  if (!found.ok() || found.tier == Tier::kExternal) {
    // An inherited member of something outside the repository is no proof against outer scopes.
    Found none;
    return none;
  }
  if (takes_none(found, args)) return {};
  if (found.origin == Origin::kSelfMember) found.origin = Origin::kEnclosingType;
  name_type_itself(found, representative(type, u), name);
  // The same as a call on `this`.
  if (use_ == Use::kCall && found.tier == Tier::kResolved)
    add_overriders(found, representative(type, u), name, Origin::kOverrideDispatch);
  return found;
}

bool Resolver::takes_none(const Found& found, unsigned args) {
  if (args == 255 || use_ != Use::kCall || found.targets.empty() || !policy(self_).has_extensions())
    return false;
  return std::all_of(found.targets.begin(), found.targets.end(), [&](SymbolId s) {
    const graph::Symbol& row = lookups_.symbol(s);
    return graph::is_callable(row.kind) &&
           (args < row.min_args || (row.max_args != 255 && args > row.max_args));
  });
}

void Resolver::name_type_itself(Found& found, SymbolId type, std::string_view name) {
  for (SymbolId& target : found.targets) {
    if (lookups_.symbol(target).kind != SymbolKind::kConstructor || lookups_.name(target) != name)
      continue;
    // Inherited constructors have the name of the base they make.
    for (const SymbolId base : linearise(type)) {
      if (lookups_.name(base) != name) continue;
      found.targets.assign(1, base);
      found.tier = Tier::kResolved;
      found.origin = Origin::kEnclosingType;
      return;
    }
  }
}

Found Resolver::find_at_file_level(UnitId u, std::string_view name, unsigned args) {
  const Unit& file = unit(u);
  const LinkPolicy& rules = policy(u);
  Found found;
  for (const FileLevel level : rules.file_levels()) {
    switch (level) {
      case FileLevel::kFile:
        found = find_in_scope(u, file.file_scope, name, args, Origin::kFileScope);
        break;
      case FileLevel::kImports:
        found = find_imports(u, 0, name);
        break;
      case FileLevel::kPackage:
        if (file.package_scope == file.file_scope) continue;
        found = find_in_scope(u, file.package_scope, name, args, Origin::kPackageScope);
        break;
      case FileLevel::kWildcards:
        found = find_in_wildcards(u, 0, name, args);
        break;
      case FileLevel::kPrelude:
        found = rules.global_name(*this, u, name);
        if (found.ok()) break;
        if (std::string external = rules.prelude(*this, u, name); !external.empty()) {
          found.tier = Tier::kExternal;
          found.origin = Origin::kBuiltin;
          found.reason = Reason::kNone;
          found.external = std::move(external);
        }
        break;
    }
    if (found.ok()) return found;
  }
  return found;
}

Found Resolver::find_in_scope(UnitId viewer, std::uint64_t scope, std::string_view name,
                              unsigned args, Origin origin) {
  std::vector<SymbolId> candidates = lookups_.defs(scope, name);
  const LinkPolicy& rules = policy(viewer);
  std::erase_if(candidates, [&](SymbolId c) {
    // Titles of tests and routes are no names.
    const SymbolKind kind = lookups_.symbol(c).kind;
    return kind == SymbolKind::kTest || kind == SymbolKind::kRoute;
  });
  keep_fit(candidates);
  rules.keep_visible(*this, viewer, candidates);
  if (candidates.empty()) return rules.scope_extra(*this, viewer, scope, name, args);
  Found found = make_found(std::move(candidates), viewer, args, Tier::kResolved, origin);
  rules.judge(*this, viewer, found);
  return found;
}

Found Resolver::find_in_qualifier(UnitId u, graph::SymbolIdx row, std::string_view name,
                                  unsigned args) {
  const Unit& file = unit(u);
  const graph::Symbol& s = file.symbol(row);
  // The type itself, found as enclosing_type() finds it, then the types and namespaces around it.
  Found found;
  const SymbolId type = enclosing_type(u, s.scope);
  if (type.exists()) found = find_type_member(type, name, args);
  if (takes_none(found, args)) found = Found();
  if (found.ok() && found.tier != Tier::kExternal) {
    if (found.origin == Origin::kSelfMember) found.origin = Origin::kEnclosingType;
    name_type_itself(found, type, name);
    return found;
  }
  if (type.exists()) {
    const Unit& home = unit(lookups_.world().unit_of(type));
    graph::SymbolIdx outer = home.symbol(type.value() - home.first_symbol.value()).parent;
    for (; outer != 0 && outer != kNone; outer = home.symbol(outer).parent) {
      const graph::Symbol& around = home.symbol(outer);
      found = Found();
      if (graph::is_type(around.kind)) {
        const SymbolId holder = representative(home.id_of(outer), u);
        found = find_type_member(holder, name, args);
        name_type_itself(found, holder, name);
      } else if (around.kind == SymbolKind::kNamespace) {
        found = find_in_scope(u, home.keys[outer].opens_key, name, args, Origin::kPackageScope);
      }
      if (found.ok() && found.tier != Tier::kExternal) return found;
    }
    return {};
  }
  const std::uint64_t around = s.parent == 0 ? file.package_scope : file.keys[s.parent].opens_key;
  std::string_view path = text(u, s.qualifier);
  while (!path.empty()) {
    found = find_in_scope(u, scope_of_path(around, path, "::"), name, args, Origin::kPackageScope);
    if (found.ok()) return found;
    const std::size_t cut = path.rfind("::");
    path = path.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return {};
}

Found Resolver::find_in_file(UnitId u, std::string_view name, unsigned args, Origin origin) {
  const Unit& file = unit(u);
  Found found = find_in_scope(u, file.file_scope, name, args, origin);
  if (!found.ok() && file.package_scope != file.file_scope)
    found = find_in_scope(u, file.package_scope, name, args, origin);
  // Found through an import, so never a lexical proof.
  if (found.tier == Tier::kExact) found.tier = Tier::kResolved;
  found.origin = found.ok() ? origin : Origin::kNone;
  return found;
}

Found Resolver::find_imports(UnitId u, ScopeIdx scope, std::string_view name) {
  Found found;
  const Unit& file = unit(u);
  for (const graph::ImportIdx i : lookups_.imports_of(u, name)) {
    if (file.face->imports[i].scope != scope) continue;
    Found one = import_target(u, i);
    if (!one.targets.empty()) {
      keep_fit(one.targets);
      if (one.targets.empty() && one.modules.empty()) continue;
    }
    if (!one.ok() && !found.ok()) found.reason = one.reason;
    merge(found, std::move(one));
  }
  return found;
}

Found Resolver::import_target(UnitId u, graph::ImportIdx import) {
  const std::uint64_t key = std::uint64_t{u.value()} << 32 | import;
  if (const auto known = import_memo_.find(key); known != import_memo_.end()) return known->second;
  Found found;
  found.reason = Reason::kUnresolvedImport;
  const std::uint64_t busy = hash_mix(key, 0x1b);
  if (depth_ > kMaxDepth || !busy_.insert(busy).second) return found;
  ++depth_;
  const graph::Import& what = unit(u).face->imports[import];
  const Use use = set_use(Use::kAny);
  found = policy(u).import_binding(*this, u, what);
  set_use(use);
  if (!found.ok() && found.reason == Reason::kNone) found.reason = Reason::kUnresolvedImport;
  --depth_;
  busy_.erase(busy);
  if (depth_ == 0 || found.ok()) import_memo_.emplace(key, found);
  return found;
}

bool Resolver::extends(SymbolId extension, const Value& receiver) {
  const Unit& home = lookups_.unit_of(extension);
  const std::string_view wanted = home.str(lookups_.symbol(extension).qualifier);
  // A type parameter is called by one letter; everything is an Any.
  if (wanted == "Any" || (wanted.size() == 1 && wanted[0] >= 'A' && wanted[0] <= 'Z')) return true;
  if (receiver.kind == Value::Kind::kInstance || receiver.kind == Value::Kind::kType) {
    std::vector<std::string> outside;
    for (const SymbolId t : linearise(receiver.symbol)) {
      if (lookups_.name(t) == wanted) return true;
      (void)supertypes(t, &outside);
    }
    return std::any_of(outside.begin(), outside.end(), [&](const std::string& name) {
      return std::string_view(name).substr(name.find_last_of("#.") + 1) == wanted;
    });
  }
  if (receiver.kind != Value::Kind::kExternal) return false;
  const std::string_view name = receiver.external;
  return name.substr(name.find_last_of("#.") + 1) == wanted;
}

void Resolver::check_implicit(UnitId u, ScopeIdx scope, Found& found) {
  const auto is_extension = [&](SymbolId s) {
    return (lookups_.symbol(s).flags & graph::symbol_flag::kExtension) != 0;
  };
  if (std::none_of(found.targets.begin(), found.targets.end(), is_extension)) return;
  const Unit& file = unit(u);
  const auto has_receiver = [&](SymbolId s) {
    const Unit& home = lookups_.unit_of(s);
    const std::string_view wanted = home.str(lookups_.symbol(s).qualifier);
    for (graph::SymbolIdx row = file.face->scopes[scope].owner; row != kNone;
         row = file.symbol(row).parent) {
      const graph::Symbol& around = file.symbol(row);
      if (around.qualifier != 0 && file.str(around.qualifier) == wanted) return true;
      if (!graph::is_type(around.kind) && around.qualifier == 0) continue;
      Value v;
      v.kind = Value::Kind::kInstance;
      v.symbol = graph::is_type(around.kind) ? representative(file.id_of(row), u)
                                             : enclosing_type(u, around.scope);
      if (v.symbol.exists() && extends(s, v)) return true;
    }
    return false;
  };
  const auto fits = [&](SymbolId s) { return !is_extension(s) || has_receiver(s); };
  if (std::any_of(found.targets.begin(), found.targets.end(), fits)) {
    std::erase_if(found.targets, [&](SymbolId s) { return !fits(s); });
    if (found.targets.size() == 1 && found.tier == Tier::kDispatch) found.tier = Tier::kResolved;
    return;
  }
  // The receiver is that of a lambda, which nothing here says the type of.
  found.tier = Tier::kHeuristic;
  found.origin = Origin::kExtension;
}

Found Resolver::find_extension(UnitId u, ScopeIdx scope, const Values& receivers,
                               std::string_view name, unsigned args) {
  const Use use = set_use(Use::kExtension);
  Found found = find_name(u, scope, name, args);
  set_use(use);
  std::erase_if(found.targets, [&](SymbolId s) {
    return (lookups_.symbol(s).flags & graph::symbol_flag::kExtension) == 0;
  });
  if (found.targets.empty()) return {};
  std::vector<SymbolId> fitting = found.targets;
  std::erase_if(fitting, [&](SymbolId s) {
    return std::none_of(receivers.begin(), receivers.end(),
                        [&](const Value& v) { return extends(s, v); });
  });
  found.origin = Origin::kExtension;
  found.reason = Reason::kNone;
  if (!fitting.empty()) {
    found.targets = std::move(fitting);
    found.tier = found.targets.size() == 1 ? Tier::kResolved : Tier::kDispatch;
    return found;
  }
  // A result of something outside may be of any type.
  const bool known = std::any_of(receivers.begin(), receivers.end(), [](const Value& v) {
    return v.kind != Value::Kind::kExternal || v.external.find('(') == std::string::npos;
  });
  if (known && !receivers.empty()) return {};
  found.tier = Tier::kHeuristic;
  return found;
}

Found Resolver::find_in_wildcards(UnitId u, ScopeIdx scope, std::string_view name, unsigned args) {
  Found found;
  const Unit& file = unit(u);
  const LinkPolicy& rules = policy(u);
  const std::uint64_t busy = hash_mix(hash_mix(u.value(), hash64(name)), 0x77 + scope);
  if (!busy_.insert(busy).second) return found;
  for (const graph::ImportIdx i : lookups_.wildcards(u)) {
    const graph::Import& import = file.face->imports[i];
    if (import.kind != graph::ImportKind::kWildcard || import.scope != scope) continue;
    for (const Value& module : rules.import_module(*this, u, import)) {
      if (module.kind == Value::Kind::kExternal) continue;  // may offer it: no evidence either way
      if (!rules.wildcard_offers(*this, module, name)) continue;
      Found one = member_of_value(module, name, args);
      if (one.ok() && one.origin != Origin::kExternalImport) one.origin = Origin::kWildcardImport;
      merge(found, std::move(one));
    }
  }
  busy_.erase(busy);
  return found;
}

Found Resolver::find_anywhere(UnitId u, std::string_view name, unsigned args, bool members_only) {
  constexpr std::size_t kMany = 12;
  const LinkPolicy& rules = policy(u);
  Found found;
  std::vector<SymbolId> all = lookups_.named(graph::family_of(unit(u).language), name, kMany * 4);
  if (all.size() > kMany * 4) {
    found.reason = Reason::kTooManyCandidates;
    return found;
  }
  std::erase_if(all, [&](SymbolId s) {
    const graph::Symbol& row = lookups_.symbol(s);
    const bool callable = graph::is_callable(row.kind) || row.kind == SymbolKind::kMacro;
    if (row.flags & graph::symbol_flag::kAnonymous) return true;
    if (row.kind == SymbolKind::kTest || row.kind == SymbolKind::kRoute) return true;
    if (args != 255 && !rules.may_guess(row, members_only)) return true;
    if (row.visibility == graph::Visibility::kFile && lookups_.world().unit_of(s) != u) return true;
    if (args == 255) return row.kind == SymbolKind::kModule;
    if (members_only) return row.kind != SymbolKind::kMethod && row.kind != SymbolKind::kField;
    return !callable && !graph::is_type(row.kind);
  });
  select_by_arity(all, args);
  if (args != 255)
    std::erase_if(all, [&](SymbolId s) {
      const graph::Symbol& row = lookups_.symbol(s);
      return graph::is_callable(row.kind) &&
             (args < row.min_args || (row.max_args != 255 && args > row.max_args));
    });
  std::vector<SymbolId> targets = representatives(std::move(all), u);
  if (targets.empty()) return found;
  if (targets.size() > kMany) {
    found.reason = Reason::kTooManyCandidates;
    return found;
  }
  found.targets = std::move(targets);
  found.tier = Tier::kHeuristic;
  found.origin = Origin::kUniqueName;
  found.reason = Reason::kNone;
  return found;
}

}  // namespace cairn::indexer
