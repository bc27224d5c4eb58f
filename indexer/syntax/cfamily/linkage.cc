// C and C++: names live in namespaces that all files share; a file sees what it includes. Includes
// are found next to the including file, else by the end of their path in the repository.
#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "indexer/link/policies.h"
#include "indexer/link/policy.h"
#include "indexer/syntax/cfamily/library_names.h"

namespace cairn::indexer {
namespace {

using graph::ImportKind;
using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;
namespace names = syntax::cfamily;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// Joins and removes "." and ".." parts; empty when it leaves the repository.
std::string normalised_path(std::string_view folder, std::string_view spec) {
  std::vector<std::string_view> parts;
  for (std::string_view rest : {folder, spec}) {
    while (!rest.empty()) {
      const std::size_t slash = rest.find('/');
      const std::string_view part = rest.substr(0, slash);
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return {};
      } else {
        parts.pop_back();
      }
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(
      std::mismatch(a.begin(),
                    a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
}

std::string_view stem_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  return dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)
             ? path
             : path.substr(0, dot);
}

Value external_value(std::string external) {
  Value v;
  v.kind = Value::Kind::kExternal;
  v.external = std::move(external);
  return v;
}

/// What a file sees through its includes.
struct Closure {
  struct Join {
    UnitId unit;
    graph::ImportIdx import;
  };
  std::unordered_set<std::uint32_t> units;
  std::vector<UnitId> order;
  bool standard = false;                     // includes headers of the C or C++ library
  std::unordered_set<std::string> packages;  // first parts of headers outside the repository
  /// Scope -> using directives, declarations and aliases written in it.
  std::unordered_map<std::uint64_t, std::vector<Join>> joins;
};

struct CMemory final : LinkMemory {
  std::unordered_map<std::uint32_t, std::unique_ptr<Closure>> closures;
  std::unordered_map<std::uint64_t, UnitId> includes;
  std::unordered_set<std::uint64_t> busy;
};

CMemory& memory(Resolver& r) {
  if (!r.memory()) r.memory() = std::make_unique<CMemory>();
  return static_cast<CMemory&>(*r.memory());
}

/// The file an include names; none when it is not in the repository.
UnitId find_include(Resolver& r, UnitId from, const graph::Import& import) {
  const std::string_view spec = r.text(from, import.module);
  const std::string& path = r.unit(from).path;
  const auto usable = [&](UnitId u) {
    return u.exists() && r.unit(u).face &&
           graph::family_of(r.unit(u).language) == graph::Family::kC;
  };
  if (!import.system) {
    const std::string near = normalised_path(folder_of(path), spec);
    if (!near.empty())
      if (const UnitId u = r.lookups().unit_at(near); usable(u)) return u;
  }
  if (names::is_standard_header(spec)) return UnitId::none();
  std::string_view tail = spec;
  while (tail.starts_with("../") || tail.starts_with("./")) tail.remove_prefix(tail.find('/') + 1);
  const std::string end = normalised_path("", tail);
  if (end.empty()) return UnitId::none();
  const std::size_t slash = end.rfind('/');
  UnitId best;
  for (const UnitId u :
       r.lookups().units_with_basename(slash == std::string::npos ? end : end.substr(slash + 1))) {
    const std::string_view at = r.unit(u).path;
    if (!usable(u) || !at.ends_with(end)) continue;
    if (at.size() > end.size() && at[at.size() - end.size() - 1] != '/') continue;
    if (!best.exists()) {
      best = u;
      continue;
    }
    // Nearest to the includer, then the shortest; candidates come in path order.
    const std::string_view known = r.unit(best).path;
    const std::size_t here = common_prefix(at, path);
    const std::size_t there = common_prefix(known, path);
    if (here > there || (here == there && at.size() < known.size())) best = u;
  }
  return best;
}

UnitId include_target(Resolver& r, UnitId from, graph::ImportIdx index) {
  const std::uint64_t key = std::uint64_t{from.value()} << 32 | index;
  const auto [at, fresh] = memory(r).includes.try_emplace(key);
  if (fresh) {
    const UnitId found = find_include(r, from, r.unit(from).face->imports[index]);
    memory(r).includes[key] = found;
    return found;
  }
  return at->second;
}

void add_outside(std::string_view spec, Closure& closure) {
  if (names::is_standard_header(spec)) closure.standard = true;
  closure.packages.emplace(spec.substr(0, spec.find_first_of("/.")));
}

const Closure& closure_of(Resolver& r, UnitId root) {
  std::unique_ptr<Closure>& slot = memory(r).closures[root.value()];
  if (slot) return *slot;
  slot = std::make_unique<Closure>();
  Closure& closure = *slot;
  closure.order.push_back(root);
  closure.units.insert(root.value());
  for (std::size_t i = 0; i < closure.order.size(); ++i) {
    const UnitId u = closure.order[i];
    const Unit& file = r.unit(u);
    for (const graph::ImportIdx k : r.lookups().wildcards(u)) {
      const graph::Import& import = file.face->imports[k];
      if (import.kind != ImportKind::kInclude) {
        const graph::Scope& scope = file.face->scopes[import.scope];
        if (scope.kind != graph::ScopeKind::kFile && scope.kind != graph::ScopeKind::kNamespace)
          continue;
        const std::uint64_t key =
            scope.owner == 0 ? file.package_scope : file.keys[scope.owner].opens_key;
        closure.joins[key].push_back({u, k});
        continue;
      }
      const UnitId target = include_target(r, u, k);
      if (!target.exists())
        add_outside(r.text(u, import.module), closure);
      else if (closure.units.insert(target.value()).second)
        closure.order.push_back(target);
    }
  }
  return closure;
}

/// An included file is compiled inside its includer, so it sees what that sees.
const Closure& view_of(Resolver& r, UnitId u) {
  const Closure& own = closure_of(r, r.self());
  return own.units.contains(u.value()) ? own : closure_of(r, u);
}

struct Group {
  bool seen = false;         // any place is visible
  bool seen_whole = false;   // and one that is not a declaration
  std::size_t nearness = 0;  // of the best definition to a visible declaration
  std::string_view declared;
};

class CPolicy final : public LinkPolicy {
 public:
  bool unqualified_members() const override { return true; }
  bool call_constructs() const override { return true; }
  bool calls_read_values() const override { return true; }
  bool has_pointers() const override { return true; }
  bool guesses_types() const override { return true; }
  std::string_view prelude_package(std::string_view) const override { return {}; }

  bool can_be_overridden(Resolver& r, SymbolId method) const override {
    const Unit& home = r.lookups().unit_of(method);
    const graph::Symbol& row = home.symbol(method.value() - home.first_symbol.value());
    const SymbolId type = r.enclosing_type(r.lookups().world().unit_of(method),
                                           row.scope != graph::kNone ? row.scope : row.declared_in);
    if (!type.exists()) return false;
    // Said by the declaration in the class, or by that of a base class.
    for (const SymbolId base : r.linearise(type))
      for (const SymbolId place :
           r.lookups().defs(r.lookups().keys(base).opens_key, r.lookups().name(method))) {
        const graph::Symbol& other = r.lookups().symbol(place);
        if (other.flags & symbol_flag::kFinal) continue;
        if (other.flags & (symbol_flag::kVirtual | symbol_flag::kAbstract | symbol_flag::kOverride))
          return true;
      }
    return false;
  }

  void place(Unit& unit, const ProjectModel&) const override {
    unit.file_scope = root_scope("c-file", unit.path);
    unit.package_scope = root_scope("c", "");
    unit.shares_file_names = true;
    unit.manager = "cxx";
    unit.module_path = unit.path;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view spec = r.text(u, import.module);
    if (import.kind == ImportKind::kInclude) {
      const UnitId found = find_include(r, u, import);
      if (!found.exists()) {
        const std::string_view package = !names::is_standard_header(spec)
                                             ? spec.substr(0, spec.find_first_of("/."))
                                         : spec.ends_with(".h") ? "libc"
                                                                : "std";
        return {external_value(std::string(package) + "#" + std::string(spec))};
      }
      Value v;
      v.kind = Value::Kind::kModule;
      v.unit = found;
      return {v};
    }
    return path_values(r, u, import.scope, spec);
  }

  void keep_visible(Resolver& r, UnitId u, std::vector<SymbolId>& candidates) const override {
    if (candidates.empty()) return;
    const Closure& seen = view_of(r, u);
    const auto visible = [&](SymbolId s) {
      return seen.units.contains(r.lookups().world().unit_of(s).value());
    };
    std::unordered_map<std::uint64_t, Group> groups;
    for (const SymbolId s : candidates) {
      Group& g = groups[r.lookups().keys(s).stable_id];
      if (!visible(s)) continue;
      g.seen = true;
      if (r.lookups().symbol(s).flags & symbol_flag::kDeclaration)
        g.declared = r.lookups().unit_of(s).path;
      else
        g.seen_whole = true;
    }
    const auto nearness = [&](const Group& g, SymbolId s) {
      return 1 + common_prefix(stem_of(g.declared), stem_of(r.lookups().unit_of(s).path));
    };
    for (const SymbolId s : candidates) {
      Group& g = groups[r.lookups().keys(s).stable_id];
      if (g.seen && !g.seen_whole && !visible(s)) g.nearness = std::max(g.nearness, nearness(g, s));
    }
    // Declared here, defined elsewhere: of several programs' definitions the nearest one.
    std::erase_if(candidates, [&](SymbolId s) {
      const Group& g = groups[r.lookups().keys(s).stable_id];
      if (!g.seen) return true;
      if (visible(s)) return false;
      return g.seen_whole || nearness(g, s) < g.nearness;
    });
    drop_redeclarations(r, u, candidates);
  }

  void prefer_visible(Resolver& r, UnitId u, std::vector<SymbolId>& candidates) const override {
    if (candidates.size() < 2) return;
    std::vector<SymbolId> visible = candidates;
    keep_visible(r, u, visible);
    if (!visible.empty()) candidates = std::move(visible);
  }

  void judge(Resolver& r, UnitId u, Found& found) const override {
    prefer_macro(r, found);
    if (found.tier != Tier::kResolved || found.targets.size() != 1) return;
    if (found.origin != Origin::kPackageScope && found.origin != Origin::kFileScope) return;
    const SymbolId target = found.targets.front();
    const graph::Symbol& row = r.lookups().symbol(target);
    if (row.kind == SymbolKind::kNamespace) return;
    if (r.lookups().world().unit_of(target) != u) {
      found.origin = Origin::kInclude;
      return;
    }
    found.origin = Origin::kFileScope;
    const bool overloadable = r.unit(u).language == graph::Language::kCpp &&
                              graph::is_callable(row.kind) &&
                              row.visibility != graph::Visibility::kFile;
    if (!overloadable && (row.flags & symbol_flag::kConditional) == 0) found.tier = Tier::kExact;
  }

  Found scope_extra(Resolver& r, UnitId u, std::uint64_t scope, std::string_view name,
                    unsigned args) const override {
    Found found;
    const Closure& seen = view_of(r, u);
    const auto joins = seen.joins.find(scope);
    if (joins == seen.joins.end()) return found;
    const std::uint64_t busy = hash_mix(scope, hash64(name));
    if (!memory(r).busy.insert(busy).second) return found;
    for (const Closure::Join& join : joins->second) {
      const graph::Import& import = r.unit(join.unit).face->imports[join.import];
      if (import.kind != ImportKind::kWildcard) {
        if (r.text(join.unit, import.alias) == name)
          r.merge(found, r.import_target(join.unit, join.import));
        continue;
      }
      for (const Value& v : import_module(r, join.unit, import)) {
        if (v.kind != Value::Kind::kScope) continue;
        Found one = r.find_in_scope(u, v.scope, name, args, Origin::kWildcardImport);
        if (one.tier == Tier::kExact) one.tier = Tier::kResolved;
        r.merge(found, std::move(one));
      }
    }
    memory(r).busy.erase(busy);
    return found;
  }

  /// A repository that adds to namespace std has not defined all of it.
  Found scope_member(Resolver&, const Value& v, std::string_view name, unsigned) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    if (v.scope != nested_scope(root_scope("c", ""), "std")) return found;
    found.tier = Tier::kExternal;
    found.origin = Origin::kExternalImport;
    found.reason = Reason::kNone;
    found.external = "std#" + std::string(name);
    return found;
  }

  std::string prelude(Resolver& r, UnitId u, std::string_view name) const override {
    if (names::is_compiler_name(name)) return "compiler#" + std::string(name);
    const Closure& seen = view_of(r, u);
    const bool googletest = seen.packages.contains("gtest") || seen.packages.contains("gmock");
    if (name == "std") return "std#";
    if (googletest && name == "testing") return "gtest#";
    if (googletest && names::is_googletest_macro(name)) return "gtest#" + std::string(name);
    if (seen.packages.contains(std::string(name)) && !names::is_standard_header(name))
      return std::string(name) + "#";
    // A file made to be included leaves its includes to the includer.
    const bool standard = seen.standard || !is_source_file(r.unit(u).path);
    if (standard && names::is_library_name(name)) return "libc#" + std::string(name);
    return {};
  }

  bool sees_through(std::string_view external, std::string_view name) const override {
    if (external == "builtin#array") return true;
    const bool got = external.ends_with(".get()") || external.ends_with(".value()") ||
                     external.ends_with(".lock()") || external.ends_with(".release()");
    for (const std::string_view pointer :
         {"std#unique_ptr", "std#shared_ptr", "std#weak_ptr", "std#optional",
          "std#reference_wrapper", "std#make_unique", "std#make_shared", "std#make_optional"})
      if (external.starts_with(pointer)) return got || !names::is_pointer_member(name);
    return false;
  }

  unsigned element_argument(std::string_view external) const override {
    return external.ends_with("map") ? 1 : 0;
  }

 private:
  /// A namespace or type written as "a::b", seen from a scope of the unit.
  static Values path_values(Resolver& r, UnitId u, graph::ScopeIdx scope, std::string_view path) {
    if (path.starts_with("::")) path.remove_prefix(2);
    const std::size_t first = path.find("::");
    Values at = r.values_of(r.find_name(u, scope, path.substr(0, first), 255));
    while (path.find("::") != std::string_view::npos && !at.empty()) {
      path.remove_prefix(path.find("::") + 2);
      at = r.values_of(r.find_member(at, path.substr(0, path.find("::")), 255));
    }
    return at;
  }

  static bool is_source_file(std::string_view path) {
    return path.ends_with(".c") || path.ends_with(".cc") || path.ends_with(".cpp") ||
           path.ends_with(".cxx");
  }

  /// The preprocessor runs first: a macro that no condition can take away hides what it names.
  static void prefer_macro(Resolver& r, Found& found) {
    if (found.targets.size() < 2) return;
    const auto macro = [&](SymbolId s) { return r.lookups().symbol(s).kind == SymbolKind::kMacro; };
    const bool certain = std::any_of(found.targets.begin(), found.targets.end(), [&](SymbolId s) {
      return macro(s) && (r.lookups().symbol(s).flags & symbol_flag::kConditional) == 0;
    });
    if (!certain) return;
    std::erase_if(found.targets, [&](SymbolId s) { return !macro(s); });
    if (found.targets.size() > 1) return;
    found.tier = Tier::kResolved;
    found.origin = Origin::kPackageScope;
  }

  /// `static int f(void);` and then `int f(void) {...}`: one function, whatever the second says.
  static void drop_redeclarations(Resolver& r, UnitId u, std::vector<SymbolId>& candidates) {
    if (candidates.size() < 2 || r.unit(u).language != graph::Language::kC) return;
    const auto callable = [&](SymbolId s) {
      return graph::is_callable(r.lookups().symbol(s).kind);
    };
    const auto declaration = [&](SymbolId s) {
      return (r.lookups().symbol(s).flags & symbol_flag::kDeclaration) != 0;
    };
    const bool defined = std::any_of(candidates.begin(), candidates.end(), [&](SymbolId s) {
      return callable(s) && !declaration(s) && r.lookups().world().unit_of(s) == u;
    });
    if (defined)
      std::erase_if(candidates, [&](SymbolId s) { return callable(s) && declaration(s); });
  }
};

}  // namespace

const LinkPolicy& c_policy() {
  static const CPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
