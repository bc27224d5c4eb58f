// Rust: a file is a module. Its scope key is made of its crate's folder and its path below it, so
// that the types of impl blocks in other files have known keys. `mod x;` is an import that binds
// the file of x (module = "x", name = "mod"); use declarations name modules by path. Paths begin at
// crate, self, super, a name in scope, a crate of the workspace or one outside.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolId;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Tier;

constexpr std::array<std::string_view, 93> kPrelude = {"AsMut",
                                                       "AsRef",
                                                       "Box",
                                                       "Clone",
                                                       "Copy",
                                                       "Debug",
                                                       "Default",
                                                       "DoubleEndedIterator",
                                                       "Drop",
                                                       "Eq",
                                                       "Err",
                                                       "ExactSizeIterator",
                                                       "Extend",
                                                       "Fn",
                                                       "FnMut",
                                                       "FnOnce",
                                                       "From",
                                                       "FromIterator",
                                                       "Hash",
                                                       "Into",
                                                       "IntoIterator",
                                                       "Iterator",
                                                       "None",
                                                       "Ok",
                                                       "Option",
                                                       "Ord",
                                                       "PartialEq",
                                                       "PartialOrd",
                                                       "Result",
                                                       "Send",
                                                       "Sized",
                                                       "Some",
                                                       "String",
                                                       "Sync",
                                                       "ToOwned",
                                                       "ToString",
                                                       "TryFrom",
                                                       "TryInto",
                                                       "Unpin",
                                                       "Vec",
                                                       "alloc",
                                                       "assert",
                                                       "assert_eq",
                                                       "assert_ne",
                                                       "bench",
                                                       "bool",
                                                       "cfg",
                                                       "char",
                                                       "column",
                                                       "compile_error",
                                                       "concat",
                                                       "core",
                                                       "dbg",
                                                       "debug_assert",
                                                       "debug_assert_eq",
                                                       "debug_assert_ne",
                                                       "drop",
                                                       "env",
                                                       "eprint",
                                                       "eprintln",
                                                       "f32",
                                                       "f64",
                                                       "file",
                                                       "format",
                                                       "format_args",
                                                       "i8",
                                                       "include",
                                                       "include_bytes",
                                                       "include_str",
                                                       "isize",
                                                       "line",
                                                       "matches",
                                                       "module_path",
                                                       "option_env",
                                                       "panic",
                                                       "print",
                                                       "println",
                                                       "proc_macro",
                                                       "std",
                                                       "str",
                                                       "stringify",
                                                       "test",
                                                       "thread_local",
                                                       "todo",
                                                       "try",
                                                       "u32",
                                                       "u64",
                                                       "u8",
                                                       "unimplemented",
                                                       "unreachable",
                                                       "usize",
                                                       "vec",
                                                       "write"};

/// Methods of so many things outside that a bare name says nothing.
constexpr std::string_view kCommon[] = {
    "all",       "and_then",   "any",       "append",    "as_bytes",
    "as_mut",    "as_ref",     "as_slice",  "as_str",    "borrow",
    "bytes",     "call",       "chain",     "chars",     "clear",
    "clone",     "cloned",     "cmp",       "collect",   "contains",
    "copied",    "count",      "default",   "deref",     "drain",
    "end",       "ends_with",  "entry",     "enumerate", "eq",
    "err",       "expect",     "extend",    "filter",    "find",
    "first",     "flush",      "fmt",       "fold",      "from",
    "get",       "get_mut",    "hash",      "insert",    "into",
    "into_iter", "is_empty",   "is_err",    "is_none",   "is_ok",
    "is_some",   "iter",       "iter_mut",  "join",      "keys",
    "last",      "len",        "lock",      "map",       "map_err",
    "max",       "min",        "next",      "ok",        "or",
    "or_else",   "parse",      "peek",      "poll",      "pop",
    "position",  "push",       "push_str",  "read",      "recv",
    "remove",    "replace",    "rev",       "send",      "size_hint",
    "skip",      "sort",       "split",     "start",     "starts_with",
    "sum",       "swap",       "take",      "then",      "to_owned",
    "to_string", "to_vec",     "trim",      "try_from",  "try_into",
    "unwrap",    "unwrap_err", "unwrap_or", "values",    "with_capacity",
    "write",     "write_all",  "zip"};

/// What the standard library gives to types that say so in a derive, or to all of them.
std::string_view standard_trait(std::string_view method) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kMethods = {
      {{"borrow", "RefCell"},
       {"borrow_mut", "RefCell"},
       {"clone", "Clone"},
       {"clone_from", "Clone"},
       {"cmp", "Ord"},
       {"default", "Default"},
       {"eq", "PartialEq"},
       {"hash", "Hash"},
       {"into", "Into"},
       {"ne", "PartialEq"},
       {"partial_cmp", "PartialOrd"},
       {"to_owned", "ToOwned"},
       {"to_string", "ToString"},
       {"try_into", "TryInto"}}};
  for (const auto& [name, trait] : kMethods)
    if (name == method) return trait;
  return {};
}

std::string_view last_part(std::string_view path, std::string_view separator) {
  const std::size_t at = path.rfind(separator);
  return at == std::string_view::npos ? path : path.substr(at + separator.size());
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string join(std::string_view folder, std::string_view rest) {
  if (folder.empty()) return std::string(rest);
  if (rest.empty()) return std::string(folder);
  return std::string(folder) + "/" + std::string(rest);
}

/// Is the path below the folder ("" holds everything)?
bool below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Where a file stands in its crate, as far as paths and manifests say.
struct Place {
  const PackageRoot* package = nullptr;
  std::string folder;  // of the crate's root file
  std::string entry;   // the root file that the manifest names or implies
  std::string module;  // "a/b"; "" for the root
  bool root = false;
};

Place place_of(std::string_view path, const ProjectModel& project) {
  Place at;
  at.package = ProjectModel::innermost(project.crates, path);
  const std::string base = at.package == nullptr ? std::string() : at.package->folder;
  const std::string said = at.package == nullptr ? std::string() : at.package->entry;
  at.entry = join(base, said.empty() ? "src/lib.rs" : said);
  const std::string own = folder_of(path);
  const std::string source = join(base, "src");
  if (below(path, folder_of(at.entry)))
    at.folder = folder_of(at.entry);
  else
    at.folder = below(path, source) ? source : own;
  if (below(path, join(source, "bin"))) at.folder = join(source, "bin");
  if (at.package == nullptr)
    if (const std::size_t src = path.rfind("/src/"); src != std::string_view::npos)
      at.folder = std::string(path.substr(0, src + 4));
  at.module = path.substr(at.folder.empty() ? 0 : at.folder.size() + 1);
  if (at.module.ends_with(".rs")) at.module.resize(at.module.size() - 3);
  // Each file right in tests, examples, benches or src/bin is a crate of its own.
  const bool targets = at.folder == own && at.folder != folder_of(at.entry) &&
                       (at.folder != source || at.module == "main");
  at.root = path == at.entry || targets || at.module == "lib" || at.module == "main";
  if (path == at.entry || at.module == "lib") at.module.clear();
  if (at.module.ends_with("/mod")) at.module.resize(at.module.size() - 4);
  return at;
}

Value scope_value(SymbolId symbol, std::uint64_t scope) {
  Value v;
  v.kind = Value::Kind::kScope;
  v.symbol = symbol;
  v.scope = scope;
  return v;
}

Value module_value(UnitId unit) {
  Value v;
  v.kind = Value::Kind::kModule;
  v.unit = unit;
  return v;
}

Found found_modules(Values values) {
  Found found;
  if (values.empty()) return found;
  found.modules = std::move(values);
  found.tier = Tier::kResolved;
  found.origin = Origin::kModuleMember;
  found.reason = Reason::kNone;
  return found;
}

Found found_external(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

class RustPolicy final : public LinkPolicy {
 public:
  bool foreign_supertypes() const override { return true; }
  bool variants_construct() const override { return true; }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override { return {}; }

  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kImports,
                                          FileLevel::kWildcards, FileLevel::kPrelude};
    return kOrder;
  }

  std::string_view prelude_package(std::string_view name) const override {
    static_assert(std::is_sorted(kPrelude.begin(), kPrelude.end()));
    return std::binary_search(kPrelude.begin(), kPrelude.end(), name) || name == "writeln"
               ? std::string_view("std")
               : std::string_view();
  }

  /// `std` by itself is the crate, not something in it.
  std::string prelude(Resolver& r, UnitId u, std::string_view name) const override {
    if (name == "std" || name == "core" || name == "alloc" || name == "proc_macro")
      return std::string(name) + "#";
    return LinkPolicy::prelude(r, u, name);
  }

  bool types_are_fixed() const override { return true; }
  bool members_are_known() const override { return true; }
  bool may_guess(const graph::Symbol& s, bool member) const override {
    const bool method = s.kind == SymbolKind::kMethod;
    return member ? method : !method && s.kind != SymbolKind::kField;
  }
  bool is_common_member(std::string_view name) const override {
    static_assert(std::is_sorted(std::begin(kCommon), std::end(kCommon)));
    return std::binary_search(std::begin(kCommon), std::end(kCommon), name);
  }

  /// What is called is a method, even next to a field of its name.
  void prefer_visible(Resolver& r, UnitId, std::vector<SymbolId>& candidates) const override {
    const auto callable = [&](SymbolId s) {
      return graph::is_callable(r.lookups().symbol(s).kind);
    };
    if (r.use() == Use::kCall && std::any_of(candidates.begin(), candidates.end(), callable))
      std::erase_if(candidates, [&](SymbolId s) { return !callable(s); });
  }

  /// Through Deref to what the type stands for; what is derived, and what every type has.
  Found value_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    constexpr int kMostSteps = 4;
    SymbolId at = v.symbol;
    for (int step = 0; v.kind == Value::Kind::kInstance && at.exists() && step < kMostSteps;
         ++step) {
      const Values held = associated(r, at, "Target", "deref");
      at = SymbolId::none();
      for (const Value& target : held) {
        Found found = r.member_of_value(target, name, args);
        if (found.ok()) return found;
        if (!at.exists() && target.symbol.exists()) at = target.symbol;
      }
    }
    Found found;
    found.reason = Reason::kNoSuchMember;
    const SymbolKind kind = r.lookups().symbol(v.symbol).kind;
    const std::string_view trait = standard_trait(name);
    if (trait.empty() || !graph::is_type(kind) || kind == SymbolKind::kTrait) return found;
    found.tier = Tier::kExternal;
    found.origin = Origin::kExternalReceiver;
    found.reason = Reason::kNone;
    found.external = external_member("std#" + std::string(trait), name);
    if (name == "default") {
      // What it makes is known all the same.
      Value made = v;
      made.kind = Value::Kind::kType;
      found.modules = {made};
    }
    return found;
  }

  /// A future of the repository gives what it says.
  Values awaited(Resolver& r, Values values) const override {
    Values out;
    for (Value& v : values) {
      Values given;
      // A structure without fields is written like its type.
      if (v.kind == Value::Kind::kInstance || v.kind == Value::Kind::kType) {
        given = associated(r, v.symbol, "Output", "into_future");
        if (given.empty()) given = associated(r, v.symbol, "Output", "poll");
      }
      if (given.empty()) given.push_back(std::move(v));
      for (Value& g : given) Resolver::add_value(out, std::move(g));
    }
    return out;
  }

  /// `impl OwnTrait for io::Error`: what it defines is called on values of the outside type.
  Found added_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    constexpr std::size_t kMany = 48;
    if (v.external.find_first_of("([") != std::string::npos) return {};
    const std::string_view type = last_part(last_part(v.external, "#"), ".");
    if (type.empty()) return {};
    std::vector<SymbolId> all = r.lookups().named(graph::Family::kRust, name, kMany);
    if (all.size() > kMany) return {};
    // Without a trait of the repository's own that declares it, the outside type's comes first.
    const auto declared = [&](SymbolId s) {
      const Unit& home = r.lookups().unit_of(s);
      const graph::Symbol& row = r.lookups().symbol(s);
      return row.kind == SymbolKind::kMethod && row.qualifier == 0 && row.parent != kNone &&
             home.symbol(row.parent).kind == SymbolKind::kTrait;
    };
    if (std::none_of(all.begin(), all.end(), declared)) return {};
    std::erase_if(all, [&](SymbolId s) {
      const graph::Symbol& row = r.lookups().symbol(s);
      const Unit& home = r.lookups().unit_of(s);
      const std::string_view path = home.str(row.qualifier);
      if (row.kind != SymbolKind::kMethod || last_part(path, "::") != type) return true;
      return outside_path(r, r.lookups().world().unit_of(s), row.declared_in, path) != v.external;
    });
    if (all.empty()) return {};
    return r.make_found(std::move(all), r.self(), args, Tier::kResolved, Origin::kExtension);
  }

  void place(Unit& unit, const ProjectModel& project) const override {
    const Place at = place_of(unit.path, project);
    unit.root_scope = root_scope("rust", at.folder);
    unit.file_scope = scope_of_path(unit.root_scope, at.module, "/");
    unit.package_scope = unit.file_scope;
    unit.manager = "cargo";
    if (at.package != nullptr) unit.package = at.package->name;
    // With its folder: two targets of a package may hold a module of one name.
    unit.module_path = join(at.folder, at.module);
    unit.package_path = unit.module_path;
    std::string qualified = at.package != nullptr ? at.package->name : std::string("crate");
    std::string_view rest = at.module;
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      qualified += "::";
      qualified += rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
    }
    unit.qualified_prefix = qualified;
  }

  /// The scope of an impl's type: named right here, or through a use declaration of this file.
  std::uint64_t qualified_scope(const Unit& unit, SymbolIdx row) const override {
    const graph::Symbol& s = unit.symbol(row);
    const std::string_view path = unit.str(s.qualifier);
    const std::string_view first = path.substr(0, path.find("::"));
    const SymbolIdx parent = namespace_around(unit, s.parent);
    const std::uint64_t here = scope_of_row(unit, parent);
    if (first == "crate" || first == "self" || first == "super")
      return absolute(unit, parent, path);
    if (defines(unit, parent, first))
      return parent == s.parent ? 0 : scope_of_path(here, path, "::");
    for (const graph::Import& import : unit.face->imports) {
      if (import.kind == graph::ImportKind::kWildcard &&
          import.scope == scope_index(unit, parent) && parent != 0 &&
          unit.str(import.module) == "super") {
        const SymbolIdx up = namespace_around(unit, unit.symbol(parent).parent);
        if (defines(unit, up, first)) return scope_of_path(scope_of_row(unit, up), path, "::");
      }
      if (import.kind != graph::ImportKind::kName || unit.str(import.alias) != first) continue;
      if (import.scope != scope_index(unit, parent)) continue;
      std::string target(unit.str(import.module));
      if (!target.empty()) target += "::";
      target += unit.str(import.name);
      target += path.substr(first.size());
      return absolute(unit, parent, target);
    }
    return 0;
  }

  /// Other files of a program call a type of its main.rs crate::Type.
  std::uint64_t more_members(const Unit& unit, SymbolIdx row) const override {
    if (!unit.path.ends_with("main.rs") || unit.symbol(row).parent != 0) return 0;
    const std::uint64_t root = nested_scope(unit.root_scope, unit.str(unit.symbol(row).name));
    return root == unit.keys[row].opens_key ? 0 : root;
  }

  Found keyword(Resolver& r, UnitId u, ScopeIdx scope, std::string_view name) const override {
    if (name == "crate") return found_modules(unit_values(root_of(r, u)));
    if (name == "self") return found_modules({module_around(r, u, scope)});
    if (name == "super") return found_modules(parent_of(r, module_around(r, u, scope)));
    if (name != "Self") return {};
    Found found;
    const SymbolId type = r.enclosing_type(u, scope);
    if (!type.exists()) return found;
    found.targets = {type};
    found.tier = Tier::kResolved;
    found.origin = Origin::kSelfMember;
    found.reason = Reason::kNone;
    return found;
  }

  Found fallback_name(Resolver& r, UnitId u, ScopeIdx, std::string_view name) const override {
    if (const Values crate = workspace_crate(r, name); !crate.empty()) return found_modules(crate);
    const ProjectModel& project = r.lookups().project(graph::Family::kRust);
    const Place at = place_of(r.unit(u).path, project);
    if (at.package != nullptr &&
        std::binary_search(at.package->dependencies.begin(), at.package->dependencies.end(), name))
      return found_external(std::string(name) + "#", Origin::kExternalImport);
    // macro_rules! are in scope textually and across files: those of the crate, by name.
    constexpr std::size_t kMany = 16;
    std::vector<SymbolId> macros = r.lookups().named(graph::Family::kRust, name, kMany);
    if (macros.size() > kMany) return {};  // the answer was cut
    std::erase_if(macros,
                  [&](SymbolId s) { return r.lookups().symbol(s).kind != SymbolKind::kMacro; });
    std::vector<SymbolId> own = macros;
    std::erase_if(
        own, [&](SymbolId s) { return r.lookups().unit_of(s).root_scope != r.unit(u).root_scope; });
    if (!own.empty()) macros = std::move(own);
    if (macros.empty()) return {};
    Found found = r.make_found(std::move(macros), u, 255, Tier::kResolved, Origin::kPackageScope);
    return found;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    if (import.kind == graph::ImportKind::kModule) return module_file(r, u, import);
    const std::string_view path = r.text(u, import.module);
    if (path.empty()) return {};
    return path_values(r, u, import.scope, path);
  }

  /// A field and the method that reads it share a name, so do a module, a function and a macro.
  void choose(Resolver& r, const graph::Ref& ref, Found& found) const override {
    if (found.targets.size() < 2 || found.tier == Tier::kHeuristic) return;
    const auto keep = [&](auto&& wanted) {
      if (std::any_of(found.targets.begin(), found.targets.end(), wanted))
        std::erase_if(found.targets, [&](SymbolId s) { return !wanted(s); });
    };
    const auto kind = [&](SymbolId s) { return r.lookups().symbol(s).kind; };
    switch (ref.role) {
      case graph::RefRole::kMacro:
        keep([&](SymbolId s) { return kind(s) == SymbolKind::kMacro; });
        break;
      case graph::RefRole::kCall:
        keep([&](SymbolId s) { return graph::is_callable(kind(s)); });
        break;
      case graph::RefRole::kType:
      case graph::RefRole::kNew:
      case graph::RefRole::kInherit:
        keep([&](SymbolId s) {
          return graph::is_type(kind(s)) || kind(s) == SymbolKind::kTypeAlias;
        });
        break;
      case graph::RefRole::kImport:
        return;  // imports all of them
      default:
        keep([&](SymbolId s) { return kind(s) != SymbolKind::kMacro; });
        if ((ref.flags & graph::ref_flag::kHasReceiver) != 0 &&
            (ref.flags & graph::ref_flag::kTypeSide) == 0)
          keep([&](SymbolId s) { return kind(s) == SymbolKind::kField; });
    }
    if (found.targets.size() > 1 || found.tier != Tier::kDispatch) return;
    found.tier = Tier::kResolved;
    if (found.origin == Origin::kOverloads) found.origin = Origin::kAnnotatedReceiver;
  }

  Found import_binding(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view module = r.text(u, import.module);
    const std::string_view name = r.text(u, import.name);
    if (import.kind == graph::ImportKind::kName && (module.empty() || module == "::")) {
      // `use name;`, `extern crate name;`: a crate, or a module next to this one.
      Found found = module.empty() ? from_here(r, u, import.scope, name) : Found{};
      if (!found.ok()) found = found_modules(workspace_crate(r, name));
      if (!found.ok()) found = found_external(std::string(name) + "#", Origin::kExternalImport);
      return found;
    }
    Found found = LinkPolicy::import_binding(r, u, import);
    if (!found.ok() && import.kind == graph::ImportKind::kName) {
      // Macros are reached by path from the crate's root, wherever they are written.
      Found macro = fallback_name(r, u, import.scope, name);
      const bool is_macro = !macro.targets.empty() &&
                            r.lookups().symbol(macro.targets.front()).kind == SymbolKind::kMacro;
      if (is_macro) return macro;
    }
    return found;
  }

  Found module_member(Resolver& r, UnitId module, std::string_view name,
                      unsigned args) const override {
    if (name == "self") return found_modules({module_value(module)});
    if (name == "super") return found_modules(parent_of(r, module_value(module)));
    return LinkPolicy::module_member(r, module, name, args);
  }

  Found scope_member(Resolver& r, const Value& scope, std::string_view name,
                     unsigned args) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    if (!scope.symbol.exists()) return found;
    if (name == "self") return found_modules({scope});
    if (name == "super") return found_modules(parent_of(r, scope));
    const UnitId u = r.lookups().world().unit_of(scope.symbol);
    const ScopeIdx inside = r.lookups().symbol(scope.symbol).scope;
    if (inside == kNone) return found;
    Found more = r.find_imports(u, inside, name);
    if (!more.ok()) more = r.find_in_wildcards(u, inside, name, args);
    return more.ok() ? more : found;
  }

 private:
  // From the unit alone.
  static SymbolIdx namespace_around(const Unit& unit, SymbolIdx row) {
    while (row != kNone && row != 0 && unit.symbol(row).kind != SymbolKind::kNamespace)
      row = unit.symbol(row).parent;
    return row == kNone ? 0 : row;
  }
  static std::uint64_t scope_of_row(const Unit& unit, SymbolIdx row) {
    return row == 0 ? unit.file_scope : unit.keys[row].opens_key;
  }
  static ScopeIdx scope_index(const Unit& unit, SymbolIdx row) {
    return row == 0 ? 0 : unit.symbol(row).scope;
  }
  static bool defines(const Unit& unit, SymbolIdx parent, std::string_view name) {
    const auto& symbols = unit.face->symbols;
    return std::any_of(symbols.begin(), symbols.end(), [&](const graph::Symbol& s) {
      return s.parent == parent &&
             (graph::is_type(s.kind) || s.kind == SymbolKind::kTypeAlias ||
              s.kind == SymbolKind::kNamespace) &&
             unit.str(s.name) == name;
    });
  }
  /// Key of a path that begins at crate, self or super; 0 for any other.
  static std::uint64_t absolute(const Unit& unit, SymbolIdx parent, std::string_view path) {
    const auto rest_after = [](std::string_view p, std::size_t word) {
      return p.size() > word + 2 ? p.substr(word + 2) : std::string_view();
    };
    if (path.starts_with("crate::"))
      return scope_of_path(unit.root_scope, rest_after(path, 5), "::");
    if (path.starts_with("self::"))
      return scope_of_path(scope_of_row(unit, parent), rest_after(path, 4), "::");
    if (!path.starts_with("super::")) return 0;
    SymbolIdx at = parent;
    std::string module = unit.module_path;
    bool file_level = false;
    while (path.starts_with("super::")) {
      if (at != 0) {
        at = namespace_around(unit, unit.symbol(at).parent);
      } else {
        file_level = true;
        module = folder_of(module);
      }
      path = rest_after(path, 5);
    }
    if (!file_level) return scope_of_path(scope_of_row(unit, at), path, "::");
    // Parts of the module path below the crate's folder: try each prefix until the keys agree.
    for (std::string root = unit.module_path;; root = folder_of(root)) {
      const std::uint64_t key = root_scope("rust", root);
      if (key == unit.root_scope) {
        if (!below(module, root) && module != root) return 0;
        const std::string_view inner =
            module == root ? std::string_view()
                           : std::string_view(module).substr(root.empty() ? 0 : root.size() + 1);
        return scope_of_path(scope_of_path(key, inner, "/"), path, "::");
      }
      if (root.empty()) return 0;
    }
  }

  // Through look-ups.
  /// What a type of an impl's own (`type Target = T`) is, where the impl has the method too.
  static Values associated(Resolver& r, SymbolId type, std::string_view name,
                           std::string_view method) {
    std::vector<SymbolId> aliases = r.own_members(type, name);
    std::erase_if(aliases,
                  [&](SymbolId s) { return r.lookups().symbol(s).kind != SymbolKind::kTypeAlias; });
    if (aliases.size() != 1 || r.own_members(type, method).empty()) return {};
    const UnitId u = r.lookups().world().unit_of(aliases.front());
    return r.instances(u, r.lookups().symbol(aliases.front()).type, Origin::kAnnotatedReceiver);
  }

  /// The outside type that a path in the unit names, or "".
  static std::string outside_path(Resolver& r, UnitId u, ScopeIdx scope, std::string_view path) {
    const std::size_t end = std::min(path.find("::"), path.size());
    const Values first = r.values_of(r.find_name(u, scope, path.substr(0, end), 255));
    if (first.size() != 1 || first.front().kind != Value::Kind::kExternal) return {};
    std::string out = first.front().external;
    path.remove_prefix(std::min(end + 2, path.size()));
    while (!path.empty()) {
      const std::size_t next = std::min(path.find("::"), path.size());
      out = external_member(out, path.substr(0, next));
      path.remove_prefix(std::min(next + 2, path.size()));
    }
    return out;
  }

  static Values unit_values(UnitId u) { return u.exists() ? Values{module_value(u)} : Values{}; }

  static UnitId file(Resolver& r, const std::string& path) {
    const UnitId u = r.lookups().unit_at(path);
    return u.exists() && r.unit(u).face ? u : UnitId::none();
  }

  static UnitId root_of(Resolver& r, UnitId u) {
    const Place at = place_of(r.unit(u).path, r.lookups().project(graph::Family::kRust));
    if (at.root) return u;
    const std::string_view top = std::string_view(at.module).substr(0, at.module.find('/'));
    UnitId first;
    for (const std::string& path :
         {at.entry, join(at.folder, "lib.rs"), join(at.folder, "main.rs")}) {
      if (folder_of(path) != at.folder) continue;
      const UnitId root = file(r, path);
      if (!root.exists()) continue;
      if (!r.lookups().imports_of(root, top).empty()) return root;
      if (!first.exists()) first = root;
    }
    return first.exists() ? first : u;
  }

  /// The module whose code stands in the scope: an inline one or the file.
  static Value module_around(Resolver& r, UnitId u, ScopeIdx scope) {
    const Unit& unit = r.unit(u);
    for (ScopeIdx s = scope; s != kNone; s = unit.face->scopes[s].parent) {
      const graph::Scope& at = unit.face->scopes[s];
      if (at.kind == ScopeKind::kNamespace)
        return scope_value(unit.id_of(at.owner), unit.keys[at.owner].opens_key);
    }
    return module_value(u);
  }

  static Values parent_of(Resolver& r, const Value& module) {
    if (module.kind == Value::Kind::kScope) {
      if (!module.symbol.exists()) return {};
      const UnitId u = r.lookups().world().unit_of(module.symbol);
      const Unit& unit = r.unit(u);
      const SymbolIdx up = namespace_around(unit, r.lookups().symbol(module.symbol).parent);
      if (up == 0) return {module_value(u)};
      return {scope_value(unit.id_of(up), unit.keys[up].opens_key)};
    }
    const UnitId u = module.unit;
    const Place at = place_of(r.unit(u).path, r.lookups().project(graph::Family::kRust));
    if (at.root) return {};
    const std::string up = folder_of(at.module);
    if (up.empty()) return unit_values(root_of(r, u));
    UnitId parent = file(r, join(at.folder, up) + ".rs");
    if (!parent.exists()) parent = file(r, join(at.folder, up) + "/mod.rs");
    return unit_values(parent);
  }

  static Values module_file(Resolver& r, UnitId u, const graph::Import& import) {
    const Unit& unit = r.unit(u);
    const Place at = place_of(unit.path, r.lookups().project(graph::Family::kRust));
    const std::string_view name = r.text(u, import.module);
    std::string inline_path;
    for (ScopeIdx s = import.scope; s != kNone; s = unit.face->scopes[s].parent)
      if (unit.face->scopes[s].kind == ScopeKind::kNamespace)
        inline_path = join(unit.str(unit.symbol(unit.face->scopes[s].owner).name), inline_path);
    const std::string own = folder_of(unit.path);
    const bool is_mod = unit.path.ends_with("/mod.rs") || unit.path == "mod.rs";
    const std::string stem = unit.path.substr(0, unit.path.size() - 3);
    const std::string first = at.root || is_mod ? own : stem;
    for (const std::string& folder : {first, own}) {
      const std::string target = join(join(folder, inline_path), name);
      for (const std::string_view ending : {".rs", "/mod.rs"}) {
        const UnitId found = file(r, target + std::string(ending));
        if (found.exists() && found != u) return {module_value(found)};
      }
    }
    return {};
  }

  static Values workspace_crate(Resolver& r, std::string_view name) {
    for (const PackageRoot& row : r.lookups().project(graph::Family::kRust).crates) {
      if (row.name != name) continue;
      const UnitId u = file(r, join(row.folder, row.entry.empty() ? "src/lib.rs" : row.entry));
      if (u.exists()) return {module_value(u)};
    }
    return {};
  }

  /// A name in the module around the scope, found as its own code would find it.
  static Found from_here(Resolver& r, UnitId u, ScopeIdx scope, std::string_view name) {
    const Value here = module_around(r, u, scope);
    return r.find_member({here}, name, 255);
  }

  Values path_values(Resolver& r, UnitId u, ScopeIdx scope, std::string_view path) const {
    Values at;
    bool first = true;
    while (!path.empty() || first) {
      const std::size_t end = std::min(path.find("::"), path.size());
      const std::string_view part = path.substr(0, end);
      path.remove_prefix(std::min(end + 2, path.size()));
      if (!first) {
        at = r.values_of(r.find_member(at, part, 255));
      } else if (!part.empty()) {
        at = first_part(r, u, scope, part);
      } else if (!path.empty()) {
        continue;  // `::name`: the next part is a crate
      }
      first = false;
      if (at.empty()) return {};
    }
    return at;
  }

  Values first_part(Resolver& r, UnitId u, ScopeIdx scope, std::string_view part) const {
    if (const Found word = keyword(r, u, scope, part); word.ok()) return r.values_of(word);
    Values at = r.values_of(from_here(r, u, scope, part));
    if (at.empty()) at = workspace_crate(r, part);
    if (!at.empty()) return at;
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = std::string(part) + "#";
    return {external};
  }
};

}  // namespace

const LinkPolicy& rust_policy() {
  static const RustPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
