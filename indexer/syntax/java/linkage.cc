// Java: packages are scopes that files share; names come through single imports, the package,
// imports on demand and java.lang; members through the class graph. Methods, values and types have
// names of their own.
#include <algorithm>
#include <array>
#include <string>

#include "indexer/link/jvm_names.h"
#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::Origin;
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

Found external_found(std::string external, Origin origin) {
  return JvmNames::external_found(std::move(external), origin);
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
    unit.package_scope = names_.package(package);
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
    return names_.scope_member(r, package, name);
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
    if (Found demanded = names_.on_demand(r, u, name); demanded.ok()) return demanded;
    return r.use() == Use::kCall ? Found() : names_.package_start(r, u, name);
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
  Values module_of(Resolver& r, const graph::Import& import, const std::string& module,
                   const std::string& name) const {
    const bool wildcard = import.kind == graph::ImportKind::kWildcard;
    if (!wildcard && !import.is_static && !r.lookups().defs(names_.package(module), name).empty())
      return {names_.value(module)};
    if (const SymbolId type = names_.type_at(r, module); type.exists()) {
      Value v;
      v.kind = Value::Kind::kType;
      v.symbol = type;
      return {v};
    }
    if (wildcard && !import.is_static) {
      Value v = names_.value(module);
      v.how = Origin::kWildcardImport;
      return {v};
    }
    // The package is here and does not have it: generated, or never compiled with this.
    if (!import.is_static && !r.lookups().members(names_.package(module)).empty()) return {};
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = JvmNames::external(module);
    return {external};
  }

  /// A name that only a supertype outside the repository, or Object, can have given.
  static Found inherited_from_outside(Resolver& r, UnitId u, graph::ScopeIdx scope,
                                      std::string_view name) {
    if (r.use() == Use::kType || (r.use() != Use::kCall && JvmNames::is_upper(name))) return {};
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
      if (!outside.empty() && r.use() == Use::kValue && !JvmNames::is_package_root(name))
        return external_found(external_member(outside.front(), name), Origin::kExternalReceiver);
    }
    if (in_type && r.use() == Use::kCall && contains(kObjectMethods, name))
      return external_found("java.lang#Object." + std::string(name), Origin::kBuiltin);
    return {};
  }

  JvmNames names_{"java"};
};

}  // namespace

const LinkPolicy& java_policy() {
  static const JavaPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
