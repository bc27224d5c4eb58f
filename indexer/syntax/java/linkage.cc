// Java: packages are scopes that files share; names come through single imports, the package,
// imports on demand and java.lang; members through the class graph. Methods, values and types have
// names of their own.
#include <algorithm>
#include <array>
#include <string>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

constexpr std::string_view kLang[] = {"AbstractMethodError",
                                      "Appendable",
                                      "ArithmeticException",
                                      "ArrayIndexOutOfBoundsException",
                                      "ArrayStoreException",
                                      "AssertionError",
                                      "AutoCloseable",
                                      "Boolean",
                                      "BootstrapMethodError",
                                      "Byte",
                                      "CharSequence",
                                      "Character",
                                      "Class",
                                      "ClassCastException",
                                      "ClassCircularityError",
                                      "ClassFormatError",
                                      "ClassLoader",
                                      "ClassNotFoundException",
                                      "ClassValue",
                                      "CloneNotSupportedException",
                                      "Cloneable",
                                      "Comparable",
                                      "Deprecated",
                                      "Double",
                                      "Enum",
                                      "Error",
                                      "Exception",
                                      "ExceptionInInitializerError",
                                      "Float",
                                      "FunctionalInterface",
                                      "IllegalAccessError",
                                      "IllegalAccessException",
                                      "IllegalArgumentException",
                                      "IllegalCallerException",
                                      "IllegalMonitorStateException",
                                      "IllegalStateException",
                                      "IllegalThreadStateException",
                                      "IncompatibleClassChangeError",
                                      "IndexOutOfBoundsException",
                                      "InheritableThreadLocal",
                                      "InstantiationError",
                                      "InstantiationException",
                                      "Integer",
                                      "InternalError",
                                      "InterruptedException",
                                      "Iterable",
                                      "LayerInstantiationException",
                                      "LinkageError",
                                      "Long",
                                      "MatchException",
                                      "Math",
                                      "Module",
                                      "ModuleLayer",
                                      "NegativeArraySizeException",
                                      "NoClassDefFoundError",
                                      "NoSuchFieldError",
                                      "NoSuchFieldException",
                                      "NoSuchMethodError",
                                      "NoSuchMethodException",
                                      "NullPointerException",
                                      "Number",
                                      "NumberFormatException",
                                      "Object",
                                      "OutOfMemoryError",
                                      "Override",
                                      "Package",
                                      "Process",
                                      "ProcessBuilder",
                                      "ProcessHandle",
                                      "Readable",
                                      "Record",
                                      "ReflectiveOperationException",
                                      "Runnable",
                                      "Runtime",
                                      "RuntimeException",
                                      "RuntimePermission",
                                      "SafeVarargs",
                                      "ScopedValue",
                                      "SecurityException",
                                      "SecurityManager",
                                      "Short",
                                      "StackOverflowError",
                                      "StackTraceElement",
                                      "StackWalker",
                                      "StrictMath",
                                      "String",
                                      "StringBuffer",
                                      "StringBuilder",
                                      "StringIndexOutOfBoundsException",
                                      "StringTemplate",
                                      "SuppressWarnings",
                                      "System",
                                      "Thread",
                                      "ThreadDeath",
                                      "ThreadGroup",
                                      "ThreadLocal",
                                      "Throwable",
                                      "TypeNotPresentException",
                                      "UnknownError",
                                      "UnsatisfiedLinkError",
                                      "UnsupportedClassVersionError",
                                      "UnsupportedOperationException",
                                      "VerifyError",
                                      "VirtualMachineError",
                                      "Void",
                                      "WrongThreadException"};
constexpr std::string_view kObjectMethods[] = {"clone",     "equals",   "finalize",
                                               "getClass",  "hashCode", "notify",
                                               "notifyAll", "toString", "wait"};
constexpr std::string_view kEnumMethods[] = {
    "compareTo", "describeConstable", "getDeclaringClass", "name", "ordinal", "valueOf", "values"};
/// First parts of package names in use: an unknown name that is one of these starts a package.
constexpr std::string_view kRoots[] = {"android", "androidx", "ch",    "co",    "com", "cz",
                                       "de",      "dev",      "edu",   "fr",    "gov", "groovy",
                                       "io",      "jakarta",  "java",  "javax", "jdk", "junit",
                                       "kotlin",  "kotlinx",  "me",    "net",   "nl",  "org",
                                       "reactor", "ru",       "scala", "sun",   "uk",  "us"};
/// Members of outside containers that give an item, or a container of the same items.
constexpr std::string_view kItems[] = {"apply",
                                       "computeIfAbsent",
                                       "element",
                                       "first",
                                       "firstElement",
                                       "get",
                                       "getAndSet",
                                       "getFirst",
                                       "getIfAvailable",
                                       "getLast",
                                       "getNow",
                                       "getObject",
                                       "getOrDefault",
                                       "getPlain",
                                       "getValue",
                                       "join",
                                       "last",
                                       "lastElement",
                                       "next",
                                       "nextElement",
                                       "orElse",
                                       "orElseGet",
                                       "orElseThrow",
                                       "peek",
                                       "peekFirst",
                                       "peekLast",
                                       "poll",
                                       "pollFirst",
                                       "pollLast",
                                       "pop",
                                       "previous",
                                       "put",
                                       "putIfAbsent",
                                       "remove",
                                       "removeFirst",
                                       "removeLast",
                                       "set",
                                       "take"};
constexpr std::string_view kSame[] = {"descendingIterator",
                                      "distinct",
                                      "elements",
                                      "entrySet",
                                      "findAny",
                                      "findFirst",
                                      "filter",
                                      "iterator",
                                      "limit",
                                      "listIterator",
                                      "max",
                                      "min",
                                      "or",
                                      "parallelStream",
                                      "reversed",
                                      "skip",
                                      "sorted",
                                      "stream",
                                      "subList",
                                      "values"};

template <typename Table>
bool contains(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

bool is_upper(std::string_view name) {
  return !name.empty() && ((name[0] >= 'A' && name[0] <= 'Z'));
}

std::uint64_t package_scope(std::string_view package) {
  return scope_of_path(root_scope("java", ""), package, ".");
}

/// "java.util.Map" -> "java.util#Map": by convention packages are in lower case.
std::string external_path(std::string_view dotted) {
  std::size_t end = 0;
  while (end < dotted.size()) {
    if (is_upper(dotted.substr(end))) break;
    const std::size_t dot = dotted.find('.', end);
    end = dot == std::string_view::npos ? dotted.size() : dot + 1;
  }
  const std::string_view package = dotted.substr(0, end > 0 && end < dotted.size() ? end - 1 : end);
  return std::string(package) + "#" + std::string(dotted.substr(std::min(end, dotted.size())));
}

Found external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

Value scope_value(std::string_view package) {
  Value v;
  v.kind = Value::Kind::kScope;
  v.scope = package_scope(package);
  v.external = std::string(package);
  return v;
}

class JavaPolicy final : public LinkPolicy {
 public:
  bool unqualified_members() const override { return true; }
  std::string_view prelude_package(std::string_view name) const override {
    return std::binary_search(std::begin(kLang), std::end(kLang), name)
               ? std::string_view("java.lang")
               : std::string_view();
  }

  void place(Unit& unit, const ProjectModel&) const override {
    const std::string_view package = unit.str(unit.face ? unit.face->package : 0);
    unit.file_scope = root_scope("java-file", unit.path);
    unit.package_scope = indexer::package_scope(package);
    unit.manager = "maven";
    unit.module_path = unit.path;
    unit.package_path = std::string(package);
    std::replace(unit.package_path.begin(), unit.package_path.end(), '.', '/');
    unit.qualified_prefix = std::string(package);
  }

  bool fits(const Unit& home, const graph::Symbol& s, Use use) const override {
    if (use == Use::kConstruct) return s.kind == SymbolKind::kConstructor;
    if (s.kind == SymbolKind::kConstructor) return false;
    switch (use) {
      case Use::kCall:
        // A record's component is read through a method of its name.
        return graph::is_callable(s.kind) ||
               (s.kind == SymbolKind::kField && s.parent != graph::kNone &&
                home.symbol(s.parent).kind == SymbolKind::kStruct &&
                (s.flags & graph::symbol_flag::kStatic) == 0);
      case Use::kValue:
        return !graph::is_callable(s.kind);
      case Use::kType:
        return graph::is_type(s.kind);
      default:
        return true;
    }
  }

  ItemStep item_step(std::string_view name) const override {
    if (contains(kItems, name)) return ItemStep::kItem;
    return contains(kSame, name) ? ItemStep::kSame : ItemStep::kNone;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    return module_of(r, import, std::string(r.text(u, import.module)),
                     std::string(r.text(u, import.name)));
  }

  Found scope_member(Resolver& r, const Value& package, std::string_view name,
                     unsigned) const override {
    // An import on demand says nothing of what its package does not define.
    if (package.how == Origin::kWildcardImport) return {};
    Found found;
    found.reason = Reason::kNoSuchMember;
    const std::string path = package.external + "." + std::string(name);
    const bool own = !r.lookups().members(package.scope).empty();
    if (is_upper(name) || r.use() == Use::kCall) {
      if (own) return found;
      return external_found(external_path(package.external) + std::string(name),
                            Origin::kExternalReceiver);
    }
    return package_found(r, path);
  }

  Found value_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    if (v.kind != Value::Kind::kInstance && v.kind != Value::Kind::kType) return {};
    if (r.use() == Use::kValue || r.use() == Use::kType) return {};
    if (contains(kObjectMethods, name))
      return external_found("java.lang#Object." + std::string(name), Origin::kExternalReceiver);
    if (r.lookups().symbol(v.symbol).kind == SymbolKind::kEnum && contains(kEnumMethods, name))
      return external_found("java.lang#Enum." + std::string(name), Origin::kExternalReceiver);
    return {};
  }

  Found fallback_name(Resolver& r, UnitId u, graph::ScopeIdx scope,
                      std::string_view name) const override {
    if (Found inherited = inherited_from_outside(r, u, scope, name); inherited.ok())
      return inherited;
    if (Found demanded = on_demand_from_outside(r, u, name); demanded.ok()) return demanded;
    if (r.use() == Use::kCall || is_upper(name)) return {};
    const std::string_view own = r.unit(u).str(r.unit(u).face->package);
    if (contains(kRoots, name) || name == own.substr(0, own.find('.')))
      return package_found(r, std::string(name));
    return {};
  }

  void choose(Resolver& r, const graph::Ref& ref, Found& found) const override {
    const auto keep = [&](const auto& wanted) {
      if (std::any_of(found.targets.begin(), found.targets.end(), wanted))
        std::erase_if(found.targets, [&](SymbolId s) { return !wanted(s); });
    };
    const auto kind = [&](SymbolId s) { return r.lookups().symbol(s).kind; };
    switch (ref.role) {
      case graph::RefRole::kCall:
        keep([&](SymbolId s) { return graph::is_callable(kind(s)); });
        // What an import brings has not been compared with the call yet.
        r.select_by_arity(found.targets, ref.args);
        break;
      case graph::RefRole::kRead:
      case graph::RefRole::kWrite:
        keep([&](SymbolId s) { return !graph::is_callable(kind(s)) && !graph::is_type(kind(s)); });
        break;
      default:
        return;
    }
    if (found.targets.size() == 1 && found.tier == Tier::kDispatch) {
      found.tier = Tier::kResolved;
      if (found.origin == Origin::kOverloads) found.origin = Origin::kSelfMember;
    }
  }

 private:
  static Values module_of(Resolver& r, const graph::Import& import, const std::string& module,
                          const std::string& name) {
    const bool wildcard = import.kind == graph::ImportKind::kWildcard;
    if (!wildcard && !import.is_static && !r.lookups().defs(package_scope(module), name).empty())
      return {scope_value(module)};
    if (const SymbolId type = type_at(r, module); type.exists()) {
      Value v;
      v.kind = Value::Kind::kType;
      v.symbol = type;
      return {v};
    }
    if (wildcard && !import.is_static) {
      Value v = scope_value(module);
      v.how = Origin::kWildcardImport;
      return {v};
    }
    // The package is here and does not have it: generated, or never compiled with this.
    if (!import.is_static && !r.lookups().members(package_scope(module)).empty()) return {};
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = external_path(module);
    return {external};
  }

  /// The type "a.b.Outer.Inner" names: the longest package that defines the part after it.
  static SymbolId type_at(Resolver& r, std::string_view path) {
    for (std::size_t dot = path.rfind('.');; dot = path.rfind('.', dot - 1)) {
      const std::string_view package =
          dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
      std::string_view rest = dot == std::string_view::npos ? path : path.substr(dot + 1);
      if (!is_upper(rest)) return SymbolId::none();
      SymbolId at;
      std::uint64_t scope = package_scope(package);
      while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        at = SymbolId::none();
        for (const SymbolId s : r.lookups().defs(scope, part))
          if (!at.exists() && graph::is_type(r.lookups().symbol(s).kind)) at = s;
        if (!at.exists()) break;
        scope = r.lookups().keys(at).opens_key;
      }
      if (at.exists()) return at;
      if (dot == std::string_view::npos || dot == 0) return SymbolId::none();
    }
  }

  /// A package, by its full name. Its parts that no file declares have nothing to point at.
  static Found package_found(Resolver& r, const std::string& path) {
    Found found;
    found.reason = Reason::kNone;
    found.modules = {scope_value(path)};
    const bool own = !r.lookups().members(package_scope(path)).empty();
    const std::string_view here = r.unit(r.self()).str(r.unit(r.self()).face->package);
    const bool around =
        here.starts_with(path) && (here.size() == path.size() || here[path.size()] == '.');
    found.tier = own || around ? Tier::kResolved : Tier::kExternal;
    found.origin = own || around ? Origin::kPackageScope : Origin::kExternalReceiver;
    if (found.tier == Tier::kExternal) found.external = path + "#";
    return found;
  }

  /// A name that only a supertype outside the repository, or Object, can have given.
  static Found inherited_from_outside(Resolver& r, UnitId u, graph::ScopeIdx scope,
                                      std::string_view name) {
    if (r.use() == Use::kType || (r.use() != Use::kCall && is_upper(name))) return {};
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
      if (!outside.empty() && r.use() == Use::kCall && !contains(kObjectMethods, name))
        return external_found(external_member(outside.front(), name), Origin::kExternalReceiver);
      if (!outside.empty() && r.use() == Use::kValue && !contains(kRoots, name))
        return external_found(external_member(outside.front(), name), Origin::kExternalReceiver);
    }
    if (in_type && r.use() == Use::kCall && contains(kObjectMethods, name))
      return external_found("java.lang#Object." + std::string(name), Origin::kBuiltin);
    return {};
  }

  /// With a single import on demand from outside, what nothing here defines comes from there.
  static Found on_demand_from_outside(Resolver& r, UnitId u, std::string_view name) {
    const bool type = r.use() == Use::kType || (r.use() != Use::kCall && is_upper(name));
    const bool member = r.use() == Use::kCall || (r.use() == Use::kValue && is_upper(name));
    std::string only;
    std::size_t count = 0;
    const Unit& unit = r.unit(u);
    for (const graph::ImportIdx i : r.lookups().wildcards(u)) {
      const graph::Import& import = unit.face->imports[i];
      const std::string_view module = unit.str(import.module);
      if (import.is_static ? !member : !type) continue;
      if (type_at(r, module).exists() ||
          (!import.is_static && !r.lookups().members(package_scope(module)).empty()))
        continue;
      ++count;
      only = external_path(module);
    }
    if (count != 1) return {};
    return external_found(external_member(only, name), Origin::kWildcardImport);
  }
};

}  // namespace

const LinkPolicy& java_policy() {
  static const JavaPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
