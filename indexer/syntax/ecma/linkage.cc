// JavaScript, TypeScript and TSX: modules are files; specifiers are paths, aliases of the nearest
// tsconfig or packages of the workspace; names come through exports, to the end of re-exports;
// CommonJS modules are their whole value ("=") and what is assigned beside it.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"
#include "indexer/syntax/ecma/globals.h"

namespace cairn::indexer {
namespace {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::RefRole;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
using graph::Visibility;
namespace symbol_flag = graph::symbol_flag;

constexpr std::string_view kEndings[] = {".d.ts", ".d.mts", ".d.cts", ".ts",  ".tsx", ".mts",
                                         ".cts",  ".js",    ".jsx",   ".mjs", ".cjs"};
/// In the order in which a specifier without an ending is completed.
constexpr std::string_view kProbes[] = {".ts",  ".tsx", ".d.ts", ".js",    ".jsx",  ".mjs",
                                        ".cjs", ".mts", ".cts",  ".d.mts", ".d.cts"};
/// Types that stand for their first argument, or for most of its members.
constexpr std::string_view kTransparent[] = {"Awaited",     "InstanceType", "NoInfer",
                                             "NonNullable", "Omit",         "Partial",
                                             "Pick",        "Readonly",     "Required"};
constexpr std::string_view kObjectMembers[] = {
    "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "toString",      "valueOf"};
constexpr std::string_view kFunctionMembers[] = {"apply",  "bind", "call",
                                                 "length", "name", "prototype"};

template <typename Table>
bool contains(const Table& sorted, std::string_view word) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string without_ending(std::string_view path) {
  for (const std::string_view ending : kEndings)
    if (path.ends_with(ending)) return std::string(path.substr(0, path.size() - ending.size()));
  return std::string(path);
}

/// `rest` below `folder` without "." and ".."; nothing when it leaves the repository.
std::optional<std::string> inside(std::string_view folder, std::string_view rest) {
  std::vector<std::string_view> parts;
  for (std::string_view text : {folder, rest}) {
    while (!text.empty()) {
      const std::size_t slash = std::min(text.find('/'), text.size());
      const std::string_view part = text.substr(0, slash);
      text.remove_prefix(std::min(slash + 1, text.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
        continue;
      }
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

bool in_folder(std::string_view folder, std::string_view path) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

Value module_value(UnitId unit) {
  Value v;
  v.kind = Value::Kind::kModule;
  v.unit = unit;
  return v;
}

Found external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

bool is_typescript(const Unit& unit) { return unit.language != graph::Language::kJavaScript; }

/// A type without a value: an interface or an alias.
bool is_pure_type(SymbolKind kind) {
  return kind == SymbolKind::kInterface || kind == SymbolKind::kTypeAlias;
}

class EcmaPolicy final : public LinkPolicy {
 public:
  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kImports,
                                          FileLevel::kPrelude};
    return kOrder;
  }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override {
    return "constructor";
  }
  bool functions_construct() const override { return true; }
  bool is_common_member(std::string_view name) const override {
    return contains(kCommonMembers, name);
  }
  std::string_view prelude_package(std::string_view name) const override {
    return contains(kGlobals, name) ? std::string_view("global") : std::string_view();
  }

  void place(Unit& unit, const ProjectModel& project) const override {
    unit.file_scope = root_scope("js", unit.path);
    unit.package_scope = unit.file_scope;
    unit.manager = "npm";
    if (const PackageRoot* root = ProjectModel::innermost(project.npm_packages, unit.path))
      unit.package = root->name;
    unit.module_path = unit.path;
    unit.package_path = unit.path;
    unit.qualified_prefix = without_ending(unit.path);
    std::replace(unit.qualified_prefix.begin(), unit.qualified_prefix.end(), '/', '.');
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view spec = r.text(u, import.module);
    if (spec.empty()) return {};
    if (spec.starts_with('.')) {
      const auto path = inside(folder_of(r.unit(u).path), spec);
      return path ? at(r, *path, spec.ends_with('/') || spec.ends_with("..") || spec == ".")
                  : Values{};
    }
    if (Values found = aliased(r, u, spec); !found.empty()) return found;
    if (spec.starts_with('/') || spec.starts_with('#')) return {};
    if (spec.starts_with("@/") || spec.starts_with("~/")) return from_source_folder(r, u, spec);
    if (Values found = in_workspace(r, spec); !found.empty()) return found;
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = external_package(spec);
    return {external};
  }

  Found import_binding(Resolver& r, UnitId u, const graph::Import& import) const override {
    if (import.kind != graph::ImportKind::kModule || r.text(u, import.name) != "=")
      return LinkPolicy::import_binding(r, u, import);
    // require(): the module's whole value, or the object of what it exports.
    Found found;
    found.reason = Reason::kUnresolvedImport;
    for (Value& module : import_module(r, u, import)) {
      Found one;
      if (module.kind == Value::Kind::kExternal) {
        one = external_found(module.external, Origin::kExternalImport);
      } else {
        if (module.kind == Value::Kind::kModule) one = exported(r, module.unit, "=", 255);
        if (!one.ok()) {
          one.modules.push_back(std::move(module));
          one.tier = Tier::kResolved;
          one.reason = Reason::kNone;
        }
        if (one.tier != Tier::kExternal) one.origin = Origin::kImport;
      }
      r.merge(found, std::move(one));
    }
    return found;
  }

  Found module_member(Resolver& r, UnitId module, std::string_view name,
                      unsigned args) const override {
    Found found = exported(r, module, name, args);
    if (found.ok()) return found;
    const bool whole = name == "=";
    if (!whole && !r.lookups().exports_of(module, "=").empty()) {
      const Found value = exported(r, module, "=", 255);
      if (name == "default") return value;
      found = r.find_member(r.values_of(value), name, args);
    }
    if (!found.ok() && !whole && name != "default") found = starred(r, module, name, args);
    // Also records whether the module exports anything.
    (void)r.lookups().wildcards(module);
    const Unit& unit = r.unit(module);
    if (!found.ok() && unit.face->exports.empty())
      found = r.find_in_file(module, name, args, Origin::kModuleMember);
    if (!found.ok() && name == "default" && !is_typescript(unit)) {
      // What `exports.a = ...` fills is the default import of a module that names no other.
      found.modules.push_back(module_value(module));
      found.tier = Tier::kResolved;
      found.origin = Origin::kImport;
      found.reason = Reason::kNone;
    }
    if (!found.ok() && found.reason == Reason::kNoSuchName) found.reason = Reason::kNoSuchMember;
    return found;
  }

  bool wildcard_offers(Resolver&, const Value&, std::string_view name) const override {
    return name != "default" && name != "=";
  }

  Found value_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    const graph::Symbol& row = r.lookups().symbol(v.symbol);
    if (row.flags & symbol_flag::kDefaultExport) {
      // `module.exports = f; module.exports.g = ...`: g is reached through f.
      const UnitId home = r.lookups().world().unit_of(v.symbol);
      const Unit& unit = r.unit(home);
      for (const std::uint32_t i : r.lookups().exports_of(home, "=")) {
        const graph::SymbolIdx whole = unit.face->exports[i].symbol;
        if (whole == kNone || unit.id_of(whole) != v.symbol) continue;
        if (Found found = exported(r, home, name, args); found.ok()) return found;
      }
    }
    if (v.kind != Value::Kind::kInstance &&
        (graph::is_callable(row.kind) || v.kind == Value::Kind::kType) &&
        contains(kFunctionMembers, name))
      return external_found("global#Function." + std::string(name), Origin::kBuiltin);
    if (contains(kObjectMembers, name))
      return external_found("global#Object." + std::string(name), Origin::kBuiltin);
    return {};
  }

  Found global_name(Resolver& r, UnitId u, std::string_view name) const override {
    constexpr std::size_t kMany = 16;
    std::vector<SymbolId> all = r.lookups().named(graph::Family::kJs, name, kMany);
    if (all.size() > kMany) return {};
    // What adds members to a name of the language does not define it.
    const bool known = !prelude_package(name).empty();
    std::erase_if(all, [&](SymbolId s) {
      return !is_ambient(r, s) ||
             (known && (r.lookups().symbol(s).flags & symbol_flag::kMergeable) != 0);
    });
    return r.make_found(std::move(all), u, 255, Tier::kResolved, Origin::kPackageScope);
  }

  Values awaited(Resolver& r, Values values) const override {
    Values out;
    for (Value& v : values) {
      const bool promise = v.kind == Value::Kind::kExternal && v.element != kNone &&
                           (v.external == "global#Promise" || v.external == "global#PromiseLike");
      if (!promise) {
        Resolver::add_value(out, std::move(v));
        continue;
      }
      for (Value& item : r.instances(v.unit, v.element, Origin::kReturnedReceiver))
        Resolver::add_value(out, std::move(item));
    }
    return out;
  }

  bool is_transparent_generic(const Value& v) const override {
    constexpr std::string_view kPrefix = "global#";
    return v.kind == Value::Kind::kExternal && v.external.starts_with(kPrefix) &&
           contains(kTransparent, std::string_view(v.external).substr(kPrefix.size()));
  }

  void choose(Resolver& r, const graph::Ref& ref, Found& found) const override {
    const auto keep = [&](auto&& wanted) {
      if (std::any_of(found.targets.begin(), found.targets.end(), wanted))
        std::erase_if(found.targets, [&](SymbolId s) { return !wanted(s); });
    };
    const auto kind = [&](SymbolId s) { return r.lookups().symbol(s).kind; };
    if (found.tier == Tier::kHeuristic) return;
    const std::size_t before = found.targets.size();
    keep([&](SymbolId s) { return kind(s) != SymbolKind::kNamespace; });
    if (ref.role == RefRole::kType || ref.role == RefRole::kInherit)
      keep([&](SymbolId s) { return graph::is_type(kind(s)) || is_pure_type(kind(s)); });
    else if (ref.role != RefRole::kImport)
      keep([&](SymbolId s) { return !is_pure_type(kind(s)); });
    // A getter and a setter share their name.
    const bool write = ref.role == RefRole::kWrite;
    keep([&](SymbolId s) {
      const graph::Symbol& row = r.lookups().symbol(s);
      return (row.flags & symbol_flag::kProperty) == 0 || (row.metrics.parameters > 0) == write;
    });
    if (ref.role == RefRole::kCall && found.targets.size() == 1) add_called_value(r, found);
    if (found.targets.size() == 1 && found.targets.size() < before && found.tier == Tier::kDispatch)
      found.tier = Tier::kResolved;
    // A type and a value under one name are imported together.
    if (ref.role == RefRole::kImport && found.tier == Tier::kDispatch &&
        found.origin == Origin::kImport)
      found.tier = Tier::kResolved;
  }

 private:
  /// A call through a variable or property whose value is a function calls that function.
  static void add_called_value(Resolver& r, Found& found) {
    const SymbolId named = found.targets.front();
    const SymbolKind kind = r.lookups().symbol(named).kind;
    if (kind != SymbolKind::kVariable && kind != SymbolKind::kConstant &&
        kind != SymbolKind::kField)
      return;
    for (const Value& v : r.value_of(named))
      if (v.kind == Value::Kind::kCallable && v.symbol != named) found.targets.push_back(v.symbol);
    if (found.targets.size() > 2) found.tier = Tier::kDispatch;
    if (found.targets.size() == 2 && found.tier == Tier::kExact) found.tier = Tier::kResolved;
  }

  /// What an export row of the module says the name is.
  static Found exported(Resolver& r, UnitId module, std::string_view name, unsigned args) {
    Found found;
    found.reason = Reason::kNoSuchMember;
    const Unit& unit = r.unit(module);
    for (const std::uint32_t i : r.lookups().exports_of(module, name)) {
      const graph::Export& e = unit.face->exports[i];
      Found one;
      if (e.import != kNone) {
        one = r.import_target(module, e.import);
        if (!one.ok()) found.reason = Reason::kUnresolvedImport;
      } else {
        if (e.symbol != kNone) one = exported_symbol(r, unit, e.symbol, args);
        if (!one.ok() && e.local != 0)
          one = r.find_in_file(module, unit.str(e.local), args, Origin::kModuleMember);
        if (!one.ok() && e.local != 0) one = r.find_imports(module, 0, unit.str(e.local));
        if (!one.ok() && e.value != kNone) one = exported_value(r, module, e.value);
      }
      r.merge(found, std::move(one));
    }
    return found;
  }

  static Found exported_symbol(Resolver& r, const Unit& unit, graph::SymbolIdx symbol,
                               unsigned args) {
    const SymbolId id = unit.id_of(symbol);
    // All of the name in its scope: overloads, and a type merged with a value.
    std::vector<SymbolId> same =
        r.lookups().defs(unit.keys[symbol].scope_key, unit.str(unit.symbol(symbol).name));
    std::erase_if(same, [&](SymbolId s) {
      return s != id && (r.lookups().symbol(s).flags & symbol_flag::kAnonymous) != 0;
    });
    Found found =
        r.make_found(std::move(same), r.self(), args, Tier::kResolved, Origin::kModuleMember);
    if (found.tier == Tier::kExact) found.tier = Tier::kResolved;
    return found;
  }

  /// An exported expression: what it names, or the module itself where it names nothing.
  static Found exported_value(Resolver& r, UnitId module, graph::ExprIdx value) {
    Found found;
    found.tier = Tier::kResolved;
    found.origin = Origin::kModuleMember;
    found.reason = Reason::kNone;
    for (Value& v : r.eval(module, value)) {
      if (v.kind == Value::Kind::kType || v.kind == Value::Kind::kCallable ||
          v.kind == Value::Kind::kData)
        found.targets.push_back(v.symbol);
      else
        Resolver::add_value(found.modules, std::move(v));
    }
    const graph::ExprKind kind = r.expr(module, value).kind;
    if (found.targets.empty() && found.modules.size() == 1 &&
        found.modules[0].kind == Value::Kind::kExternal &&
        (kind == graph::ExprKind::kName || kind == graph::ExprKind::kMember))
      return external_found(found.modules[0].external, Origin::kExternalImport);
    const bool named = std::any_of(found.modules.begin(), found.modules.end(), [](const Value& v) {
      return v.kind == Value::Kind::kModule || v.kind == Value::Kind::kScope;
    });
    if (found.targets.empty() && !named) found.targets.push_back(r.unit(module).first_symbol);
    return found;
  }

  /// Through `export * from`. What no module of the repository has can only come from a single
  /// package outside.
  static Found starred(Resolver& r, UnitId module, std::string_view name, unsigned args) {
    Found found = r.find_in_wildcards(module, 0, name, args);
    if (found.ok()) return found;
    std::string outside;
    const Unit& unit = r.unit(module);
    for (const graph::ImportIdx i : r.lookups().wildcards(module)) {
      for (const Value& v : r.policy(module).import_module(r, module, unit.face->imports[i])) {
        if (v.kind != Value::Kind::kExternal) continue;
        if (!outside.empty() && outside != v.external) return found;
        outside = v.external;
      }
    }
    return outside.empty()
               ? found
               : external_found(external_member(outside, name), Origin::kExternalImport);
  }

  /// Declared for every file: in a script of declarations, or in `declare global`.
  static bool is_ambient(Resolver& r, SymbolId s) {
    const Unit& home = r.lookups().unit_of(s);
    const graph::Symbol& row = r.lookups().symbol(s);
    if (row.parent == 0)
      return row.visibility == Visibility::kPublic && row.qualifier == 0 &&
             (row.flags & symbol_flag::kExported) == 0 && row.kind != SymbolKind::kModule &&
             ((row.flags & symbol_flag::kDeclaration) != 0 || home.path.ends_with(".d.ts"));
    if (row.parent == kNone) return false;
    const graph::Symbol& around = home.symbol(row.parent);
    return around.kind == SymbolKind::kNamespace && around.parent == 0 &&
           home.str(around.name) == "global" && (around.flags & symbol_flag::kDeclaration) != 0;
  }

  static Values module_at(Resolver& r, const std::string& path) {
    const UnitId found = r.lookups().unit_at(path);
    if (!found.exists() || !r.unit(found).face ||
        graph::family_of(r.unit(found).language) != graph::Family::kJs)
      return {};
    return {module_value(found)};
  }

  /// The module a path without or with an ending means, as Node and TypeScript look for it.
  static Values at(Resolver& r, const std::string& path, bool folder_only = false) {
    if (!folder_only && !path.empty()) {
      if (Values found = with_ending(r, path); !found.empty()) return found;
      for (const std::string_view ending : kProbes)
        if (Values found = module_at(r, path + std::string(ending)); !found.empty()) return found;
    }
    for (const PackageRoot& root : r.lookups().project(graph::Family::kJs).npm_packages)
      if (root.folder == path && !root.entry.empty())
        if (Values found = entry_of(r, root); !found.empty()) return found;
    return index_of(r, path);
  }

  static Values index_of(Resolver& r, const std::string& folder) {
    const std::string stem = folder.empty() ? "index" : folder + "/index";
    for (const std::string_view ending : kProbes)
      if (Values found = module_at(r, stem + std::string(ending)); !found.empty()) return found;
    return {};
  }

  /// A path with an ending: the file itself, or the source an emitted ending stands for.
  static Values with_ending(Resolver& r, const std::string& path) {
    if (Values found = module_at(r, path); !found.empty()) return found;
    struct Emitted {
      std::string_view from;
      std::array<std::string_view, 3> to;
    };
    static constexpr Emitted kEmitted[] = {{".js", {".ts", ".tsx", ".d.ts"}},
                                           {".jsx", {".tsx", ".d.ts", ".ts"}},
                                           {".mjs", {".mts", ".d.mts", ".ts"}},
                                           {".cjs", {".cts", ".d.cts", ".ts"}}};
    for (const Emitted& e : kEmitted) {
      if (!path.ends_with(e.from)) continue;
      const std::string stem = path.substr(0, path.size() - e.from.size());
      for (const std::string_view to : e.to)
        if (Values found = module_at(r, stem + std::string(to)); !found.empty()) return found;
    }
    return {};
  }

  /// The entry a manifest names is often built: its source is looked for where sources are kept.
  static Values entry_of(Resolver& r, const PackageRoot& root) {
    const std::string base = root.folder.empty() ? "" : root.folder + "/";
    const auto path = inside(root.folder, root.entry);
    if (path && !root.entry.empty()) {
      if (Values found = with_ending(r, *path); !found.empty()) return found;
      for (const std::string_view ending : kProbes)
        if (Values found = module_at(r, *path + std::string(ending)); !found.empty()) return found;
    }
    for (const std::string_view folder : {"src", "", "lib"})
      if (Values found = index_of(r, folder.empty() ? root.folder : base + std::string(folder));
          !found.empty())
        return found;
    return {};
  }

  static Values in_workspace(Resolver& r, std::string_view spec) {
    for (const PackageRoot& root : r.lookups().project(graph::Family::kJs).npm_packages) {
      if (root.name.empty() || !spec.starts_with(root.name)) continue;
      if (spec.size() == root.name.size()) return entry_of(r, root);
      if (spec[root.name.size()] != '/') continue;
      const std::string_view rest = spec.substr(root.name.size() + 1);
      const std::string base = root.folder.empty() ? "" : root.folder + "/";
      for (const std::string_view folder : {"", "src/", "lib/"})
        if (auto path = inside(base + std::string(folder), rest))
          if (Values found = at(r, *path); !found.empty()) return found;
      return {};
    }
    return {};
  }

  /// tsconfig paths and baseUrl of the configurations around the file, innermost first; in one the
  /// longest prefix wins.
  static Values aliased(Resolver& r, UnitId u, std::string_view spec) {
    const std::string& path = r.unit(u).path;
    std::vector<const PathAlias*> fitting;
    for (const PathAlias& alias : r.lookups().project(graph::Family::kJs).ts_aliases)
      if (in_folder(alias.folder, path) && matched(alias.pattern, spec)) fitting.push_back(&alias);
    std::stable_sort(fitting.begin(), fitting.end(), [](const PathAlias* a, const PathAlias* b) {
      if (a->folder.size() != b->folder.size()) return a->folder.size() > b->folder.size();
      return a->pattern.size() > b->pattern.size();
    });
    for (const PathAlias* alias : fitting) {
      const std::string middle = *matched(alias->pattern, spec);
      for (const std::string& target : alias->targets) {
        std::string to = target;
        if (const std::size_t star = to.find('*'); star != std::string::npos)
          to.replace(star, 1, middle);
        if (const auto clean = inside("", to))
          if (Values found = at(r, *clean); !found.empty()) return found;
      }
    }
    return {};
  }

  /// What `*` stands for when the pattern fits; "" for a pattern without one.
  static std::optional<std::string> matched(std::string_view pattern, std::string_view spec) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos)
      return pattern == spec ? std::optional<std::string>("") : std::nullopt;
    const std::string_view before = pattern.substr(0, star);
    const std::string_view after = pattern.substr(star + 1);
    if (spec.size() < before.size() + after.size() || !spec.starts_with(before) ||
        !spec.ends_with(after))
      return std::nullopt;
    return std::string(spec.substr(before.size(), spec.size() - before.size() - after.size()));
  }

  /// "@/x" and "~/x" mean the package's source folder where bundlers are set up the usual way.
  static Values from_source_folder(Resolver& r, UnitId u, std::string_view spec) {
    const PackageRoot* root = ProjectModel::innermost(
        r.lookups().project(graph::Family::kJs).npm_packages, r.unit(u).path);
    if (root == nullptr) return {};
    const std::string base = root->folder.empty() ? "" : root->folder + "/";
    for (const std::string_view folder : {"src/", "app/", ""})
      if (const auto path = inside(base + std::string(folder), spec.substr(2)))
        if (Values found = at(r, *path); !found.empty()) return found;
    return {};
  }

  /// "a/b/c" -> "a#b/c", "@s/a/b" -> "@s/a#b", "node:fs" -> "fs#".
  static std::string external_package(std::string_view spec) {
    if (spec.starts_with("node:")) spec.remove_prefix(5);
    std::size_t slash = spec.find('/');
    if (spec.starts_with('@') && slash != std::string_view::npos) slash = spec.find('/', slash + 1);
    std::string out(spec.substr(0, slash));
    out += '#';
    if (slash != std::string_view::npos) out += spec.substr(slash + 1);
    return out;
  }
};

}  // namespace

const LinkPolicy& ecma_policy() {
  static const EcmaPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
