// Kotlin: packages hold functions and properties beside types; extensions are found where they are
// declared, by name and the type they extend; members of a companion are reached through its class.
#include <algorithm>
#include <string>

#include "indexer/link/jvm_names.h"
#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;

/// What the default imports bring (kotlin.*, kotlin.collections.*, kotlin.io.*, java.lang.* ...).
constexpr std::string_view kDefault[] = {"Any",
                                         "Appendable",
                                         "ArithmeticException",
                                         "Array",
                                         "ArrayDeque",
                                         "ArrayList",
                                         "AssertionError",
                                         "AutoCloseable",
                                         "Boolean",
                                         "BooleanArray",
                                         "BuilderInference",
                                         "Byte",
                                         "ByteArray",
                                         "Char",
                                         "CharArray",
                                         "CharSequence",
                                         "CharRange",
                                         "CharProgression",
                                         "Class",
                                         "ClassCastException",
                                         "ClassLoader",
                                         "Cloneable",
                                         "Collection",
                                         "Comparable",
                                         "Comparator",
                                         "ConcurrentModificationException",
                                         "Deprecated",
                                         "DeprecationLevel",
                                         "Double",
                                         "DoubleArray",
                                         "DslMarker",
                                         "Enum",
                                         "Error",
                                         "Exception",
                                         "ExperimentalMultiplatform",
                                         "ExperimentalStdlibApi",
                                         "ExperimentalUnsignedTypes",
                                         "Float",
                                         "FloatArray",
                                         "Function",
                                         "Grouping",
                                         "HashMap",
                                         "HashSet",
                                         "IllegalArgumentException",
                                         "IllegalStateException",
                                         "IndexOutOfBoundsException",
                                         "IndexedValue",
                                         "Int",
                                         "IntArray",
                                         "IntProgression",
                                         "IntRange",
                                         "Integer",
                                         "InterruptedException",
                                         "Iterable",
                                         "Iterator",
                                         "JvmDefault",
                                         "JvmField",
                                         "JvmInline",
                                         "JvmMultifileClass",
                                         "JvmName",
                                         "JvmOverloads",
                                         "JvmStatic",
                                         "JvmSuppressWildcards",
                                         "JvmSynthetic",
                                         "JvmWildcard",
                                         "KotlinVersion",
                                         "Lazy",
                                         "LazyThreadSafetyMode",
                                         "LinkedHashMap",
                                         "LinkedHashSet",
                                         "List",
                                         "ListIterator",
                                         "Long",
                                         "LongArray",
                                         "LongProgression",
                                         "LongRange",
                                         "Map",
                                         "Math",
                                         "MatchGroup",
                                         "MatchResult",
                                         "Metadata",
                                         "MustBeDocumented",
                                         "MutableCollection",
                                         "MutableIterable",
                                         "MutableIterator",
                                         "MutableList",
                                         "MutableListIterator",
                                         "MutableMap",
                                         "MutableSet",
                                         "NoSuchElementException",
                                         "NotImplementedError",
                                         "Nothing",
                                         "NullPointerException",
                                         "Number",
                                         "NumberFormatException",
                                         "Object",
                                         "OptIn",
                                         "OptionalExpectation",
                                         "OutOfMemoryError",
                                         "OverloadResolutionByLambdaReturnType",
                                         "Override",
                                         "Pair",
                                         "ParameterName",
                                         "PublishedApi",
                                         "RandomAccess",
                                         "Regex",
                                         "RegexOption",
                                         "Repeatable",
                                         "ReplaceWith",
                                         "RequiresOptIn",
                                         "Result",
                                         "Retention",
                                         "Runnable",
                                         "Runtime",
                                         "RuntimeException",
                                         "SecurityException",
                                         "Sequence",
                                         "Set",
                                         "Short",
                                         "ShortArray",
                                         "SinceKotlin",
                                         "StackOverflowError",
                                         "Strictfp",
                                         "String",
                                         "StringBuffer",
                                         "StringBuilder",
                                         "Suppress",
                                         "SuppressWarnings",
                                         "Synchronized",
                                         "System",
                                         "Target",
                                         "Thread",
                                         "ThreadLocal",
                                         "Throwable",
                                         "Throws",
                                         "Transient",
                                         "Triple",
                                         "Typography",
                                         "UByte",
                                         "UByteArray",
                                         "UInt",
                                         "UIntArray",
                                         "UIntRange",
                                         "ULong",
                                         "ULongArray",
                                         "ULongRange",
                                         "UShort",
                                         "UShortArray",
                                         "Unit",
                                         "UnsafeVariance",
                                         "UnsupportedOperationException",
                                         "Void",
                                         "Volatile",
                                         "TODO",
                                         "arrayListOf",
                                         "arrayOf",
                                         "arrayOfNulls",
                                         "assert",
                                         "booleanArrayOf",
                                         "buildList",
                                         "buildMap",
                                         "buildSet",
                                         "buildString",
                                         "byteArrayOf",
                                         "charArrayOf",
                                         "check",
                                         "checkNotNull",
                                         "compareBy",
                                         "compareByDescending",
                                         "compareValues",
                                         "compareValuesBy",
                                         "doubleArrayOf",
                                         "emptyArray",
                                         "emptyList",
                                         "emptyMap",
                                         "emptySequence",
                                         "emptySet",
                                         "enumValueOf",
                                         "enumValues",
                                         "error",
                                         "floatArrayOf",
                                         "generateSequence",
                                         "hashMapOf",
                                         "hashSetOf",
                                         "intArrayOf",
                                         "iterator",
                                         "lazy",
                                         "lazyOf",
                                         "linkedMapOf",
                                         "linkedSetOf",
                                         "listOf",
                                         "listOfNotNull",
                                         "longArrayOf",
                                         "mapOf",
                                         "maxOf",
                                         "minOf",
                                         "mutableListOf",
                                         "mutableMapOf",
                                         "mutableSetOf",
                                         "naturalOrder",
                                         "nullsFirst",
                                         "nullsLast",
                                         "print",
                                         "println",
                                         "readLine",
                                         "readln",
                                         "readlnOrNull",
                                         "repeat",
                                         "require",
                                         "requireNotNull",
                                         "reverseOrder",
                                         "runCatching",
                                         "sequence",
                                         "sequenceOf",
                                         "setOf",
                                         "setOfNotNull",
                                         "shortArrayOf",
                                         "sortedMapOf",
                                         "sortedSetOf",
                                         "suspend",
                                         "synchronized",
                                         "ubyteArrayOf",
                                         "uintArrayOf",
                                         "ulongArrayOf",
                                         "with",
                                         "run"};
constexpr std::string_view kAnyMembers[] = {"equals", "hashCode", "javaClass", "toString"};
constexpr std::string_view kScopeFunctions[] = {"also",   "apply",      "let", "run",
                                                "takeIf", "takeUnless", "to",  "use"};
constexpr std::string_view kEnumMembers[] = {
    "compareTo", "declaringJavaClass", "entries", "name", "ordinal", "valueOf", "values"};
/// Members of outside containers that give an item, or a container of the same items.
constexpr std::string_view kItems[] = {"elementAt",   "find",
                                       "findLast",    "first",
                                       "firstOrNull", "get",
                                       "getAndSet",   "getOrDefault",
                                       "getOrElse",   "getOrNull",
                                       "getOrPut",    "getOrThrow",
                                       "getValue",    "invoke",
                                       "last",        "lastOrNull",
                                       "max",         "maxBy",
                                       "maxByOrNull", "min",
                                       "minBy",       "minByOrNull",
                                       "next",        "peek",
                                       "poll",        "pop",
                                       "previous",    "random",
                                       "remove",      "removeAt",
                                       "removeFirst", "removeFirstOrNull",
                                       "removeLast",  "removeLastOrNull",
                                       "single",      "singleOrNull",
                                       "value"};
constexpr std::string_view kSame[] = {
    "asIterable", "asReversed",    "asSequence",   "distinct",  "drop",
    "dropLast",   "entries",       "filter",       "filterNot", "filterNotNull",
    "iterator",   "listIterator",  "minus",        "onEach",    "plus",
    "reversed",   "shuffled",      "sorted",       "sortedBy",  "sortedByDescending",
    "sortedWith", "subList",       "take",         "takeLast",  "takeWhile",
    "toList",     "toMutableList", "toMutableSet", "toSet",     "values"};

template <typename Table>
bool contains(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

class KotlinPolicy final : public LinkPolicy {
 public:
  bool unqualified_members() const override { return true; }
  bool has_extensions() const override { return true; }
  bool call_constructs() const override { return true; }
  bool init_is_result() const override { return true; }
  bool constructors_inherit() const override { return false; }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override {
    return "constructor";
  }
  std::string_view prelude_package(std::string_view name) const override {
    return contains(kDefault, name) ? std::string_view("kotlin") : std::string_view();
  }
  bool can_be_overridden(Resolver& r, SymbolId method) const override {
    return (r.lookups().symbol(method).flags &
            (symbol_flag::kVirtual | symbol_flag::kAbstract | symbol_flag::kOverride)) != 0;
  }

  void place(Unit& unit, const ProjectModel&) const override {
    const std::string_view package = unit.str(unit.face ? unit.face->package : 0);
    unit.file_scope = root_scope("kotlin-file", unit.path);
    unit.package_scope = names_.package(package);
    unit.manager = "maven";
    unit.module_path = unit.path;
    unit.package_path = std::string(package);
    std::replace(unit.package_path.begin(), unit.package_path.end(), '.', '/');
    unit.qualified_prefix = std::string(package);
  }

  bool fits(const Unit&, const graph::Symbol& s, Use use) const override {
    const bool extension = (s.flags & symbol_flag::kExtension) != 0;
    switch (use) {
      case Use::kConstruct:
        return s.kind == SymbolKind::kConstructor;
      case Use::kExtension:
        return extension;
      case Use::kType:
        return graph::is_type(s.kind) || s.kind == SymbolKind::kTypeAlias;
      default:
        return s.kind != SymbolKind::kConstructor;
    }
  }

  ItemStep item_step(std::string_view name) const override {
    if (contains(kItems, name)) return ItemStep::kItem;
    return contains(kSame, name) ? ItemStep::kSame : ItemStep::kNone;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view module = r.text(u, import.module);
    const bool wildcard = import.kind == graph::ImportKind::kWildcard;
    if (!wildcard && !r.lookups().defs(names_.package(module), r.text(u, import.name)).empty())
      return {names_.value(module)};
    if (const SymbolId type = names_.type_at(r, module); type.exists()) {
      Value v;
      v.kind = Value::Kind::kType;
      v.symbol = type;
      return {v};
    }
    if (wildcard) {
      Value v = names_.value(module);
      v.how = Origin::kWildcardImport;
      return {v};
    }
    if (!r.lookups().members(names_.package(module)).empty()) return {};
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = JvmNames::external(module);
    return {external};
  }

  Found scope_member(Resolver& r, const Value& package, std::string_view name,
                     unsigned) const override {
    return names_.scope_member(r, package, name);
  }

  Found value_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    if (v.kind != Value::Kind::kInstance && v.kind != Value::Kind::kType) return {};
    if (r.use() == Use::kExtension) return {};
    const graph::Symbol& row = r.lookups().symbol(v.symbol);
    if (v.kind == Value::Kind::kType)
      if (Found found = companion_member(r, v.symbol, name, args); found.ok()) return found;
    if (r.use() == Use::kType) return {};
    if (contains(kAnyMembers, name))
      return external_found("kotlin#Any." + std::string(name), Origin::kExternalReceiver);
    if (row.kind == SymbolKind::kEnum && contains(kEnumMembers, name))
      return external_found("kotlin#Enum." + std::string(name), Origin::kExternalReceiver);
    if (contains(kScopeFunctions, name))
      return external_found("kotlin#" + std::string(name), Origin::kExternalReceiver);
    return {};
  }

  Found fallback_name(Resolver& r, UnitId u, graph::ScopeIdx scope,
                      std::string_view name) const override {
    if (r.use() == Use::kExtension) return {};
    if (Found found = from_enclosing_types(r, u, scope, name); found.ok()) return found;
    if (Found found = names_.on_demand(r, u, name); found.ok()) return found;
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
        // A type of that name is made; beside it a function may stand for a constructor.
        if ((ref.flags & graph::ref_flag::kHasReceiver) != 0 || ref.args != 255)
          r.select_by_arity(found.targets, ref.args);
        keep([&](SymbolId s) { return graph::is_callable(kind(s)) || graph::is_type(kind(s)); });
        break;
      case graph::RefRole::kRead:
      case graph::RefRole::kWrite:
        keep([&](SymbolId s) { return !graph::is_callable(kind(s)); });
        break;
      default:
        return;
    }
    if (found.targets.size() == 1 && found.tier == Tier::kDispatch) found.tier = Tier::kResolved;
  }

 private:
  static Found external_found(std::string external, Origin origin) {
    return JvmNames::external_found(std::move(external), origin);
  }

  static Found companion_member(Resolver& r, SymbolId type, std::string_view name, unsigned args) {
    for (const SymbolId t : r.linearise(type)) {
      for (const SymbolId s :
           r.lookups().defs(r.lookups().keys(t).opens_key, std::string_view("Companion"))) {
        if (!graph::is_type(r.lookups().symbol(s).kind)) continue;
        Found found = r.find_type_member(s, name, args);
        if (!found.ok() || found.tier == Tier::kExternal) continue;
        if (found.tier == Tier::kResolved) found.origin = Origin::kStaticMember;
        return found;
      }
    }
    return {};
  }

  /// Members of companions around the code, and those that only a supertype outside can give.
  static Found from_enclosing_types(Resolver& r, UnitId u, graph::ScopeIdx scope,
                                    std::string_view name) {
    const Unit& unit = r.unit(u);
    Found outside_member;
    bool in_type = false;
    for (graph::SymbolIdx s = unit.face->scopes[scope].owner; s != graph::kNone;
         s = unit.symbol(s).parent) {
      if (!graph::is_type(unit.symbol(s).kind)) continue;
      in_type = true;
      const SymbolId type = r.representative(unit.id_of(s), u);
      if (Found found = companion_member(r, type, name, 255); found.ok()) return found;
      std::vector<std::string> outside;
      for (const SymbolId t : r.linearise(type)) {
        r.supertypes(t, &outside);
        if (!outside.empty()) break;
      }
      if (!outside.empty() && !outside_member.ok() && r.use() != Use::kType &&
          !JvmNames::is_upper(name) && !contains(kAnyMembers, name))
        outside_member =
            external_found(external_member(outside.front(), name), Origin::kExternalReceiver);
    }
    if (outside_member.ok() && (r.use() == Use::kCall || r.use() == Use::kValue))
      return outside_member;
    if (in_type && r.use() == Use::kCall && contains(kAnyMembers, name))
      return external_found("kotlin#Any." + std::string(name), Origin::kBuiltin);
    return {};
  }

  JvmNames names_{"kotlin"};
};

}  // namespace

const LinkPolicy& kotlin_policy() {
  static const KotlinPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
