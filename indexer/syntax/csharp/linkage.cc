// C#: namespaces are scopes that files share; names come through the types and namespaces around
// them, using directives and global usings; members through the class graph; extension methods
// through the namespaces in view.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"
#include "indexer/syntax/csharp/library_types.h"

namespace cairn::indexer {
namespace {

using graph::ImportKind;
using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;

constexpr std::string_view kObjectMethods[] = {"Equals",  "Finalize",        "GetHashCode",
                                               "GetType", "MemberwiseClone", "ReferenceEquals",
                                               "ToString"};
constexpr std::string_view kEnumMethods[] = {"CompareTo", "HasFlag", "GetTypeCode"};
constexpr std::string_view kDelegateMembers[] = {
    "BeginInvoke",       "Combine", "DynamicInvoke", "EndInvoke",
    "GetInvocationList", "Invoke",  "Method",        "Target"};
/// Members of outside containers that give an item, or a container of the same items.
constexpr std::string_view kItems[] = {"Aggregate",
                                       "Current",
                                       "Dequeue",
                                       "ElementAt",
                                       "ElementAtOrDefault",
                                       "Find",
                                       "First",
                                       "FirstOrDefault",
                                       "GetOrAdd",
                                       "GetResult",
                                       "Last",
                                       "LastOrDefault",
                                       "Max",
                                       "MaxBy",
                                       "Min",
                                       "MinBy",
                                       "Peek",
                                       "Pop",
                                       "Result",
                                       "Single",
                                       "SingleOrDefault",
                                       "Value"};
constexpr std::string_view kSame[] = {
    "AsEnumerable",     "AsParallel",     "AsQueryable",    "AsReadOnly",
    "Concat",           "ConfigureAwait", "DefaultIfEmpty", "Distinct",
    "DistinctBy",       "Except",         "FindAll",        "GetAwaiter",
    "GetEnumerator",    "Intersect",      "OrderBy",        "OrderByDescending",
    "Prepend",          "Append",         "Reverse",        "Skip",
    "SkipWhile",        "Take",           "TakeWhile",      "ThenBy",
    "ThenByDescending", "ToArray",        "ToHashSet",      "ToImmutableArray",
    "ToList",           "Union",          "Values",         "Where"};

template <typename Table>
bool contains(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

bool is_upper(std::string_view name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

std::uint64_t global_scope() { return root_scope("csharp", ""); }

/// "System.Linq" -> "System#Linq": one package per first part.
std::string external_path(std::string_view dotted) {
  std::string out(dotted);
  const std::size_t dot = out.find('.');
  if (dot == std::string::npos) return out + "#";
  out[dot] = '#';
  return out;
}

Found external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

Value external_value(std::string external) {
  Value v;
  v.kind = Value::Kind::kExternal;
  v.external = std::move(external);
  return v;
}

std::string_view last_part(std::string_view name) {
  while (name.ends_with("()") || name.ends_with("[]")) name.remove_suffix(2);
  const std::size_t cut = name.find_last_of(".#");
  return cut == std::string_view::npos ? name : name.substr(cut + 1);
}

/// The type of an extension's first parameter, as written: "this IDictionary<K, V> map" ->
/// "IDictionary".
std::string_view extended_type(std::string_view signature) {
  const std::size_t open = signature.find("(this ");
  if (open == std::string_view::npos) return {};
  std::string_view type = signature.substr(open + 6);
  while (type.starts_with("ref ") || type.starts_with("in ") || type.starts_with("scoped "))
    type.remove_prefix(type.find(' ') + 1);
  const std::size_t end = type.find_first_of("<? ,)[");
  const bool array = end != std::string_view::npos && type[end] == '[';
  return array ? std::string_view("Array") : last_part(type.substr(0, end));
}

std::string_view keyword_type(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords = {
      {{"string", "String"},
       {"int", "Int32"},
       {"long", "Int64"},
       {"bool", "Boolean"},
       {"object", "Object"},
       {"double", "Double"},
       {"char", "Char"},
       {"decimal", "Decimal"}}};
  for (const auto& [word, type] : kWords)
    if (word == name) return type;
  return name;
}

enum class Match : std::uint8_t { kNo, kMaybe, kYes };

class CSharpPolicy final : public LinkPolicy {
 public:
  bool unqualified_members() const override { return true; }
  bool has_extensions() const override { return true; }
  bool calls_read_values() const override { return true; }
  bool types_apart() const override { return true; }
  std::string_view prelude_package(std::string_view) const override { return {}; }
  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kImports,
                                          FileLevel::kPackage, FileLevel::kWildcards,
                                          FileLevel::kPrelude};
    return kOrder;
  }

  void place(Unit& unit, const ProjectModel&) const override {
    unit.file_scope = root_scope("csharp-file", unit.path);
    unit.package_scope = global_scope();
    unit.manager = "nuget";
    unit.module_path = unit.path;
  }

  bool fits(const Unit&, const graph::Symbol& s, Use use) const override {
    if (use == Use::kConstruct) return s.kind == SymbolKind::kConstructor;
    if (s.kind == SymbolKind::kConstructor) return false;
    const bool type = graph::is_type(s.kind) || s.kind == SymbolKind::kTypeAlias;
    if (use == Use::kType) return type || s.kind == SymbolKind::kNamespace;
    return use != Use::kCall || (!type && s.kind != SymbolKind::kNamespace);
  }

  bool is_visible(Resolver& r, UnitId u, SymbolId s) const override {
    return r.lookups().symbol(s).visibility != graph::Visibility::kFile ||
           r.lookups().world().unit_of(s) == u;
  }

  bool can_be_overridden(Resolver& r, SymbolId method) const override {
    const graph::Symbol& row = r.lookups().symbol(method);
    if (row.flags & (symbol_flag::kVirtual | symbol_flag::kAbstract | symbol_flag::kOverride))
      return true;
    const Unit& home = r.lookups().unit_of(method);
    return row.parent != graph::kNone && home.symbol(row.parent).kind == SymbolKind::kInterface;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view path = r.text(u, import.module);
    const Unit& file = r.unit(u);
    for (graph::ScopeIdx s = import.scope; s != graph::kNone; s = file.face->scopes[s].parent) {
      const graph::Scope& at = file.face->scopes[s];
      if (at.kind != graph::ScopeKind::kNamespace && at.kind != graph::ScopeKind::kFile) continue;
      const std::uint64_t scope = at.owner == 0 ? global_scope() : file.keys[at.owner].opens_key;
      if (Values found = walk(r, scope, path); !found.empty()) {
        if (import.kind == ImportKind::kWildcard)
          for (Value& v : found) v.how = Origin::kWildcardImport;
        return found;
      }
    }
    return {external_value(external_path(path))};
  }

  /// A using directive offers a namespace's types, not the namespaces in it.
  bool wildcard_offers(Resolver& r, const Value& module, std::string_view name) const override {
    if (module.kind != Value::Kind::kScope) return true;
    const std::vector<SymbolId> found = r.lookups().defs(module.scope, name);
    return std::any_of(found.begin(), found.end(), [&](SymbolId s) {
      return r.lookups().symbol(s).kind != SymbolKind::kNamespace;
    });
  }

  /// What a file of global usings near the project's root offers.
  Found scope_extra(Resolver& r, UnitId u, std::uint64_t scope, std::string_view name,
                    unsigned args) const override {
    Found found;
    if (scope != global_scope()) return found;
    for (const UnitId other : global_usings(r, u)) {
      if (other == u) continue;
      const Unit& file = r.unit(other);
      for (const graph::ImportIdx i : r.lookups().wildcards(other)) {
        const graph::Import& import = file.face->imports[i];
        if (import.kind != ImportKind::kWildcard || !import.reexport) continue;
        for (const Value& v : import_module(r, other, import)) {
          if (v.kind == Value::Kind::kExternal || !wildcard_offers(r, v, name)) continue;
          Found one = r.find_member({v}, name, args);
          if (one.ok()) one.origin = Origin::kWildcardImport;
          r.merge(found, std::move(one));
        }
      }
    }
    return found;
  }

  /// A repository that adds to System or Microsoft has not defined all of it.
  Found scope_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    if (v.how == Origin::kWildcardImport || !v.symbol.exists()) return found;
    const std::string path = path_of(r, v.symbol);
    if (path != "System" && path != "Microsoft" && !path.starts_with("System.") &&
        !path.starts_with("Microsoft."))
      return found;
    return external_found(external_path(path + "." + std::string(name)), Origin::kExternalImport);
  }

  Found value_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    if (v.kind != Value::Kind::kInstance && v.kind != Value::Kind::kType) return {};
    const SymbolKind kind = r.lookups().symbol(v.symbol).kind;
    if (kind == SymbolKind::kTypeAlias && contains(kDelegateMembers, name))
      return external_found("System#Delegate." + std::string(name), Origin::kExternalReceiver);
    if (kind == SymbolKind::kEnum && contains(kEnumMethods, name))
      return external_found("System#Enum." + std::string(name), Origin::kExternalReceiver);
    if (contains(kObjectMethods, name))
      return external_found("System#Object." + std::string(name), Origin::kExternalReceiver);
    return {};
  }

  std::string prelude(Resolver& r, UnitId, std::string_view name) const override {
    if (name == "nameof") return "csharp#nameof";
    if (r.use() == Use::kCall) return {};
    if (name == "System" || name == "Microsoft") return std::string(name) + "#";
    const std::string_view space = syntax::csharp::library_namespace(name);
    if (space.empty()) return {};
    return external_path(std::string(space) + "." + std::string(name));
  }

  Found fallback_name(Resolver& r, UnitId u, graph::ScopeIdx scope,
                      std::string_view name) const override {
    if (r.use() == Use::kType && !name.ends_with("Attribute")) {
      Found attribute = r.find_name(u, scope, std::string(name) + "Attribute", 255);
      if (attribute.ok() && attribute.tier != Tier::kExternal) return attribute;
    }
    if (Found inherited = inherited_from_outside(r, u, scope, name); inherited.ok())
      return inherited;
    if (r.use() == Use::kCall || !is_upper(name)) return {};
    return from_outside_using(r, u, name);
  }

  Found find_extension(Resolver& r, UnitId u, graph::ScopeIdx scope, const Values& receivers,
                       std::string_view name, unsigned args) const override {
    constexpr std::size_t kMany = 256;
    std::vector<SymbolId> all = r.lookups().named(graph::Family::kCSharp, name, kMany);
    Found found;
    if (all.size() > kMany) return found;
    std::erase_if(all, [&](SymbolId s) {
      const graph::Symbol& row = r.lookups().symbol(s);
      return (row.flags & symbol_flag::kExtension) == 0 || args < row.min_args ||
             (args != 255 && row.max_args != 255 && args > row.max_args);
    });
    if (all.empty()) return found;
    const std::unordered_set<std::uint64_t> seen = namespaces_in_view(r, u, scope);
    std::erase_if(all, [&](SymbolId s) { return !seen.contains(namespace_of(r, s)); });
    std::vector<SymbolId> sure;
    std::vector<SymbolId> maybe;
    for (const SymbolId s : all) {
      const Match match = accepts(r, s, receivers);
      if (match == Match::kYes) sure.push_back(s);
      if (match == Match::kMaybe) maybe.push_back(s);
    }
    const bool certain = !sure.empty();
    found.targets = r.representatives(certain ? std::move(sure) : std::move(maybe), u);
    if (found.targets.empty()) return found;
    found.origin = Origin::kExtension;
    found.reason = Reason::kNone;
    found.tier = !certain                   ? Tier::kHeuristic
                 : found.targets.size() > 1 ? Tier::kDispatch
                                            : Tier::kResolved;
    return found;
  }

  ItemStep item_step(std::string_view name) const override {
    if (contains(kItems, name)) return ItemStep::kItem;
    return contains(kSame, name) ? ItemStep::kSame : ItemStep::kNone;
  }

  Values awaited(Resolver& r, Values values) const override {
    Values out;
    for (Value& v : values) {
      const bool task = v.kind == Value::Kind::kExternal && v.element != graph::kNone &&
                        v.external.find("Task") != std::string::npos;
      if (!task) {
        Resolver::add_value(out, std::move(v));
        continue;
      }
      for (Value& inner : r.instances(v.unit, v.element, Origin::kReturnedReceiver))
        Resolver::add_value(out, std::move(inner));
    }
    return out;
  }

 private:
  /// The namespace or type at a dotted path below a scope.
  static Values walk(Resolver& r, std::uint64_t scope, std::string_view path) {
    Value at;
    while (!path.empty()) {
      const std::string_view part = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(part.size() + 1, path.size()));
      SymbolId found;
      for (const SymbolId s : r.lookups().defs(scope, part)) {
        const SymbolKind kind = r.lookups().symbol(s).kind;
        if (kind != SymbolKind::kNamespace && !graph::is_type(kind)) continue;
        if (!found.exists() || kind == SymbolKind::kNamespace) found = s;
        if (kind == SymbolKind::kNamespace) break;
      }
      if (!found.exists()) return {};
      scope = r.lookups().keys(found).opens_key;
      at.symbol = found;
      at.kind = r.lookups().symbol(found).kind == SymbolKind::kNamespace ? Value::Kind::kScope
                                                                         : Value::Kind::kType;
      at.scope = at.kind == Value::Kind::kScope ? scope : 0;
    }
    return {at};
  }

  static std::string path_of(Resolver& r, SymbolId space) {
    const Unit& home = r.lookups().unit_of(space);
    std::string out;
    for (graph::SymbolIdx s = space.value() - home.first_symbol.value();
         s != 0 && s != graph::kNone; s = home.symbol(s).parent) {
      std::string part(home.str(home.symbol(s).name));
      if (!out.empty()) part += "." + out;
      out = std::move(part);
    }
    return out;
  }

  static std::uint64_t namespace_of(Resolver& r, SymbolId s) {
    const Unit& home = r.lookups().unit_of(s);
    for (graph::SymbolIdx i = r.lookups().symbol(s).parent; i != 0 && i != graph::kNone;
         i = home.symbol(i).parent)
      if (home.symbol(i).kind == SymbolKind::kNamespace) return home.keys[i].opens_key;
    return global_scope();
  }

  static std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
  }

  /// Files with the customary names for global usings, in the folders around the unit.
  static std::vector<UnitId> global_usings(Resolver& r, UnitId u) {
    std::vector<UnitId> out;
    const std::string& path = r.unit(u).path;
    for (const std::string_view name : {"GlobalUsings.cs", "Usings.cs", "GlobalUsing.cs"})
      for (const UnitId other : r.lookups().units_with_basename(name)) {
        const std::string_view folder = folder_of(r.unit(other).path);
        std::string_view own = folder;
        if (own.ends_with("Properties/")) own.remove_suffix(11);
        if (r.unit(other).face && path.starts_with(own)) out.push_back(other);
      }
    return out;
  }

  std::unordered_set<std::uint64_t> namespaces_in_view(Resolver& r, UnitId u,
                                                       graph::ScopeIdx scope) const {
    std::unordered_set<std::uint64_t> seen{global_scope()};
    const Unit& file = r.unit(u);
    for (graph::ScopeIdx s = scope; s != graph::kNone; s = file.face->scopes[s].parent)
      if (file.face->scopes[s].kind == graph::ScopeKind::kNamespace)
        seen.insert(file.keys[file.face->scopes[s].owner].opens_key);
    const auto add = [&](UnitId from, bool only_global) {
      const Unit& unit = r.unit(from);
      for (const graph::ImportIdx i : r.lookups().wildcards(from)) {
        const graph::Import& import = unit.face->imports[i];
        if (import.kind != ImportKind::kWildcard || (only_global && !import.reexport)) continue;
        for (const Value& v : import_module(r, from, import)) {
          if (v.kind == Value::Kind::kScope) seen.insert(v.scope);
          if (v.kind == Value::Kind::kType) seen.insert(namespace_of(r, v.symbol));
        }
      }
    };
    add(u, false);
    for (const UnitId other : global_usings(r, u)) add(other, true);
    return seen;
  }

  /// Whether an extension's first parameter takes one of the receivers.
  static Match accepts(Resolver& r, SymbolId extension, const Values& receivers) {
    const Unit& home = r.lookups().unit_of(extension);
    const std::string_view signature = home.str(r.lookups().symbol(extension).signature);
    const std::string_view wanted = keyword_type(extended_type(signature));
    if (wanted.empty() || receivers.empty()) return Match::kMaybe;
    const std::size_t generics = signature.find('<');
    const bool parameter = generics != std::string_view::npos &&
                           generics < signature.find("(this ") &&
                           (wanted.size() == 1 || (wanted[0] == 'T' && is_upper(wanted.substr(1))));
    if (parameter || wanted == "Object") return Match::kYes;
    Match best = Match::kNo;
    for (const Value& v : receivers) best = std::max(best, takes(r, v, wanted));
    return best;
  }

  static Match takes(Resolver& r, const Value& v, std::string_view wanted) {
    const bool interface = wanted.size() > 1 && wanted[0] == 'I' && is_upper(wanted.substr(1));
    if (v.kind == Value::Kind::kExternal) {
      // The result of something outside is of no known type.
      if (v.external.ends_with("()")) return Match::kMaybe;
      const std::string_view name = keyword_type(last_part(v.external));
      if (name == wanted || (name == "array" && wanted == "Array")) return Match::kYes;
      return interface || name == "array" ? Match::kMaybe : Match::kNo;
    }
    if (v.kind != Value::Kind::kInstance) return Match::kNo;
    std::vector<std::string> outside;
    for (const SymbolId type : r.linearise(v.symbol)) {
      if (r.lookups().name(type) == wanted) return Match::kYes;
      r.supertypes(type, &outside);
    }
    for (const std::string& name : outside)
      if (last_part(name) == wanted) return Match::kYes;
    return outside.empty() ? Match::kNo : Match::kMaybe;
  }

  /// A name that only a supertype outside the repository, or Object, can have given.
  static Found inherited_from_outside(Resolver& r, UnitId u, graph::ScopeIdx scope,
                                      std::string_view name) {
    if (r.use() != Use::kCall && r.use() != Use::kValue) return {};
    const Unit& unit = r.unit(u);
    bool in_type = false;
    for (graph::SymbolIdx s = unit.face->scopes[scope].owner; s != graph::kNone;
         s = unit.symbol(s).parent) {
      if (!graph::is_type(unit.symbol(s).kind)) continue;
      in_type = true;
      std::vector<std::string> outside;
      for (const SymbolId t : r.linearise(r.representative(unit.id_of(s), u))) {
        r.supertypes(t, &outside);
        if (!outside.empty()) break;
      }
      // An interface outside gives no names to those that implement it.
      std::erase_if(outside, [](const std::string& base) {
        const std::string_view last = last_part(base);
        return last.size() > 1 && last[0] == 'I' && is_upper(last.substr(1));
      });
      if (!outside.empty() && !contains(kObjectMethods, name))
        return external_found(external_member(outside.front(), name), Origin::kExternalReceiver);
    }
    if (in_type && r.use() == Use::kCall && contains(kObjectMethods, name))
      return external_found("System#Object." + std::string(name), Origin::kBuiltin);
    return {};
  }

  /// A type nothing here defines, when all usings from outside are of one package.
  Found from_outside_using(Resolver& r, UnitId u, std::string_view name) const {
    std::string package;
    std::string only;
    std::size_t count = 0;
    const auto read = [&](UnitId from, bool only_global) {
      const Unit& unit = r.unit(from);
      for (const graph::ImportIdx i : r.lookups().wildcards(from)) {
        const graph::Import& import = unit.face->imports[i];
        if (import.kind != ImportKind::kWildcard || (only_global && !import.reexport)) continue;
        const Values values = import_module(r, from, import);
        if (values.size() != 1 || values.front().kind != Value::Kind::kExternal) continue;
        // The table knows the common types of System: another name is likelier another package's.
        const std::string_view path = unit.str(import.module);
        if (path == "System" || path.starts_with("System.")) continue;
        const std::string first(path.substr(0, path.find('.')));
        only = values.front().external;
        if (count++ > 0 && first != package) {
          package.clear();
          return;
        }
        package = first;
      }
    };
    read(u, false);
    for (const UnitId other : global_usings(r, u)) read(other, true);
    if (package.empty()) return {};
    return external_found(external_member(count == 1 ? only : package + "#", name),
                          Origin::kWildcardImport);
  }
};

}  // namespace

const LinkPolicy& csharp_policy() {
  static const CSharpPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
