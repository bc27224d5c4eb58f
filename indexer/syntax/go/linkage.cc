// Go: a package is the files of a folder; import paths lead to folders through go.mod; methods
// belong to types by name, embedded types promote theirs, and a type satisfies an interface when it
// has its methods.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;

constexpr std::string_view kBuiltins[] = {
    "any",     "append",     "bool",      "byte",   "cap",    "clear", "close", "comparable",
    "complex", "complex128", "complex64", "copy",   "delete", "error", "false", "float32",
    "float64", "imag",       "int",       "int16",  "int32",  "int64", "int8",  "iota",
    "len",     "make",       "max",       "min",    "new",    "nil",   "panic", "print",
    "println", "real",       "recover",   "rune",   "string", "true",  "uint",  "uint16",
    "uint32",  "uint64",     "uint8",     "uintptr"};

/// Methods of interfaces of the standard library that are often embedded: (interface, method,
/// number of parameters).
struct KnownMethod {
  std::string_view type;
  std::string_view method;
  std::uint8_t parameters;
};
constexpr KnownMethod kKnown[] = {
    {"builtin#error", "Error", 0},
    {"context#Context", "Deadline", 0},
    {"context#Context", "Done", 0},
    {"context#Context", "Err", 0},
    {"context#Context", "Value", 1},
    {"fmt#Stringer", "String", 0},
    {"io#Closer", "Close", 0},
    {"io#ReadCloser", "Close", 0},
    {"io#ReadCloser", "Read", 1},
    {"io#ReadWriteCloser", "Close", 0},
    {"io#ReadWriteCloser", "Read", 1},
    {"io#ReadWriteCloser", "Write", 1},
    {"io#ReadWriter", "Read", 1},
    {"io#ReadWriter", "Write", 1},
    {"io#Reader", "Read", 1},
    {"io#Seeker", "Seek", 2},
    {"io#StringWriter", "WriteString", 1},
    {"io#WriteCloser", "Close", 0},
    {"io#WriteCloser", "Write", 1},
    {"io#Writer", "Write", 1},
    {"net/http#CloseNotifier", "CloseNotify", 0},
    {"net/http#Flusher", "Flush", 0},
    {"net/http#Handler", "ServeHTTP", 2},
    {"net/http#Hijacker", "Hijack", 0},
    {"net/http#Pusher", "Push", 2},
    {"net/http#ResponseWriter", "Header", 0},
    {"net/http#ResponseWriter", "Write", 1},
    {"net/http#ResponseWriter", "WriteHeader", 1},
    {"net/http#RoundTripper", "RoundTrip", 1},
    {"sort#Interface", "Len", 0},
    {"sort#Interface", "Less", 2},
    {"sort#Interface", "Swap", 2},
};

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string join(std::string_view folder, std::string_view rest) {
  if (folder.empty()) return std::string(rest);
  if (rest.empty()) return std::string(folder);
  return std::string(folder) + "/" + std::string(rest);
}

bool is_exported(std::string_view name) {
  return !name.empty() && !(name[0] >= 'a' && name[0] <= 'z') && name[0] != '_';
}

Found external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

/// The last part of an import path that is no version: what a package there is probably called.
std::string_view last_name(std::string_view path) {
  std::string_view last = path.substr(path.rfind('/') + 1);
  if (last.size() > 1 && last[0] == 'v' && last.find_first_not_of("0123456789", 1) == last.npos) {
    path = folder_of(path);
    last = path.substr(path.rfind('/') + 1);
  }
  return last;
}

class GoPolicy final : public LinkPolicy {
 public:
  bool structural_interfaces() const override { return true; }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override { return {}; }
  std::string_view prelude_package(std::string_view name) const override {
    return std::binary_search(std::begin(kBuiltins), std::end(kBuiltins), name)
               ? std::string_view("builtin")
               : std::string_view();
  }

  void place(Unit& unit, const ProjectModel& project) const override {
    const std::string_view folder = folder_of(unit.path);
    const std::string_view package = unit.face ? unit.str(unit.face->package) : std::string_view();
    // Tests of a package from outside are a package of their own in the same folder.
    const bool outside = package.ends_with("_test") && unit.path.ends_with("_test.go");
    unit.file_scope = root_scope("go-file", unit.path);
    unit.package_scope = outside ? root_scope("go-test", folder) : root_scope("go", folder);
    unit.manager = "go";
    unit.module_path = unit.path;
    unit.package_path = std::string(folder);
    unit.qualified_prefix = folder.empty() ? std::string(package) : std::string(folder);
    if (const PackageRoot* root = ProjectModel::innermost(project.go_modules, unit.path)) {
      unit.package = root->name;
      const std::string_view rest =
          root->folder.empty() ? folder
                               : folder.substr(std::min(folder.size(), root->folder.size() + 1));
      unit.qualified_prefix = join(root->name, rest);
    }
    if (outside) {
      unit.package_path += "_test";
      unit.qualified_prefix += "_test";
    }
  }

  bool is_visible(Resolver& r, UnitId viewer, SymbolId candidate) const override {
    const Unit& home = r.lookups().unit_of(candidate);
    const Unit& here = r.unit(viewer);
    if (home.path.ends_with("_test.go") && !here.path.ends_with("_test.go")) return false;
    return home.package_scope == here.package_scope || is_exported(r.lookups().name(candidate));
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view path = r.text(u, import.module);
    const PackageRoot* owner = nullptr;
    for (const PackageRoot& root : r.lookups().project(graph::Family::kGo).go_modules) {
      const bool inside =
          path == root.name || (path.starts_with(root.name) && path.size() > root.name.size() &&
                                path[root.name.size()] == '/');
      if (inside && (owner == nullptr || root.name.size() > owner->name.size())) owner = &root;
    }
    Value v;
    if (owner == nullptr) {
      v.kind = Value::Kind::kExternal;
      v.external = std::string(path) + "#";
      return {v};
    }
    const std::string_view rest = path.size() == owner->name.size()
                                      ? std::string_view()
                                      : path.substr(owner->name.size() + 1);
    v.kind = Value::Kind::kScope;
    v.external = join(owner->folder, rest);
    v.scope = root_scope("go", v.external);
    if (r.lookups().members(v.scope).empty()) return {};
    return {v};
  }

  /// A name that no import declares in writing: that of the imported package itself, or one a dot
  /// import brings.
  Found fallback_name(Resolver& r, UnitId u, graph::ScopeIdx,
                      std::string_view name) const override {
    const Unit& unit = r.unit(u);
    (void)r.lookups().wildcards(u);  // covers all imports of a Go file
    std::string outside;
    std::size_t dots = 0;
    for (graph::ImportIdx i = 0; i < unit.face->imports.size(); ++i) {
      const graph::Import& import = unit.face->imports[i];
      const bool dot = import.kind == graph::ImportKind::kWildcard;
      if (!dot && import.kind != graph::ImportKind::kModule) continue;
      if (dot != is_exported(name)) continue;
      for (const Value& v : import_module(r, u, import)) {
        if (v.kind == Value::Kind::kExternal) {
          if (dot) ++dots;
          const bool named =
              last_name(unit.str(import.module)).find(name) != std::string_view::npos;
          if (dot || (named && name.size() > 2)) outside = v.external;
        } else if (!dot && package_name(r, v) == name) {
          Found found;
          found.modules = {v};
          found.tier = Tier::kResolved;
          found.origin = Origin::kImport;
          found.reason = Reason::kNone;
          return found;
        }
      }
    }
    if (outside.empty() || dots > 1) return {};
    return dots == 1 ? external_found(external_member(outside, name), Origin::kWildcardImport)
                     : external_found(outside, Origin::kExternalImport);
  }

  /// `type X Y`: the fields of Y are those of X.
  Found value_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    if (v.kind != Value::Kind::kInstance && v.kind != Value::Kind::kType) return {};
    const graph::Symbol& row = r.lookups().symbol(v.symbol);
    if (row.kind != SymbolKind::kStruct || row.type == kNone) return {};
    const UnitId home = r.lookups().world().unit_of(v.symbol);
    Found found =
        r.find_member(r.instances(home, row.type, Origin::kAnnotatedReceiver), name, args);
    if (found.tier == Tier::kExternal) return found;
    std::erase_if(found.targets,
                  [&](SymbolId s) { return r.lookups().symbol(s).kind != SymbolKind::kField; });
    return found.targets.empty() ? Found() : found;
  }

  void structural_supertypes(Resolver& r, UnitId u, const AddSuper& add) const override {
    const Unit& unit = r.unit(u);
    for (graph::SymbolIdx i = 1; i < unit.symbol_count(); ++i) {
      const graph::Symbol& s = unit.symbol(i);
      if (s.kind != SymbolKind::kStruct || (s.flags & symbol_flag::kAnonymous) != 0) continue;
      for (const SymbolId found : satisfied_by(r, unit.id_of(i)))
        add(unit.id_of(i), found, graph::SuperKind::kImplements);
    }
  }

 private:
  struct Method {
    std::uint8_t min_args = 0;
    std::uint8_t max_args = 0;
    bool has_result = false;
    bool known_result = true;
    bool exported = true;
  };
  using Methods = std::unordered_map<std::string_view, Method>;

  static std::string_view package_name(Resolver& r, const Value& package) {
    for (const SymbolId s : r.lookups().members(package.scope)) {
      const Unit& home = r.lookups().unit_of(s);
      if (home.path.ends_with("_test.go")) continue;
      (void)r.lookups().wildcards(r.lookups().world().unit_of(s));  // covers the package's name
      return home.str(home.face->package);
    }
    return {};
  }

  /// The type's method set by name, promoted ones included. False when something outside that is
  /// not known belongs to it.
  static bool methods_of(Resolver& r, SymbolId type, Methods& out) {
    bool complete = true;
    for (const SymbolId t : r.linearise(type)) {
      const std::uint64_t scope = r.lookups().keys(t).opens_key;
      std::unordered_set<std::string_view> names;
      for (const SymbolId m : r.lookups().members(scope))
        if (r.lookups().symbol(m).kind == SymbolKind::kMethod) names.insert(r.lookups().name(m));
      for (const std::string_view name : names)
        for (const SymbolId m : r.lookups().defs(scope, name)) {
          const graph::Symbol& row = r.lookups().symbol(m);
          if (row.kind == SymbolKind::kMethod)
            out.try_emplace(name, Method{row.min_args, row.max_args, row.type != kNone, true,
                                         is_exported(name)});
        }
      std::vector<std::string> outside;
      (void)r.supertypes(t, &outside);
      for (const std::string& external : outside) {
        bool known = false;
        for (const KnownMethod& m : kKnown) {
          if (m.type != external) continue;
          known = true;
          out.try_emplace(m.method, Method{m.parameters, m.parameters, true, false, true});
        }
        complete = complete && known;
      }
    }
    return complete;
  }

  static std::vector<SymbolId> satisfied_by(Resolver& r, SymbolId type) {
    // A method of more interfaces than this says too little to look at each.
    constexpr std::size_t kMany = 256;
    std::vector<SymbolId> out;
    Methods own;
    (void)methods_of(r, type, own);
    std::vector<SymbolId> candidates;
    std::vector<std::string_view> names;
    for (const auto& [name, method] : own) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const std::string_view name : names) {
      const std::vector<SymbolId> all = r.lookups().named(graph::Family::kGo, name, kMany);
      if (all.size() > kMany) continue;
      for (const SymbolId m : all) {
        const graph::Symbol& row = r.lookups().symbol(m);
        if (row.kind != SymbolKind::kMethod || (row.flags & symbol_flag::kAbstract) == 0) continue;
        const Unit& home = r.lookups().unit_of(m);
        if (home.symbol(row.parent).kind != SymbolKind::kInterface ||
            (home.symbol(row.parent).flags & symbol_flag::kAnonymous) != 0)
          continue;
        const SymbolId interface = home.id_of(row.parent);
        if (std::find(candidates.begin(), candidates.end(), interface) == candidates.end())
          candidates.push_back(interface);
      }
    }
    for (const SymbolId interface : candidates)
      if (satisfies(r, own, type, interface)) out.push_back(interface);
    return out;
  }

  static bool satisfies(Resolver& r, const Methods& own, SymbolId type, SymbolId interface) {
    Methods wanted;
    if (!methods_of(r, interface, wanted) || wanted.empty()) return false;
    const bool near =
        r.lookups().unit_of(type).package_scope == r.lookups().unit_of(interface).package_scope;
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
      const auto has = own.find(one.first);
      if (has == own.end() || (!one.second.exported && !near)) return false;
      const Method& a = has->second;
      const Method& b = one.second;
      return a.min_args == b.min_args && a.max_args == b.max_args &&
             (a.has_result == b.has_result || !a.known_result || !b.known_result);
    });
  }
};

}  // namespace

const LinkPolicy& go_policy() {
  static const GoPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
