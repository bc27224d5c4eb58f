#include "indexer/link/unit.h"

#include <algorithm>

#include "base/hash.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {

using graph::kNone;
using graph::Symbol;
using graph::SymbolIdx;
using graph::SymbolKind;
namespace symbol_flag = graph::symbol_flag;

namespace {

/// The part of a symbol's id that tells kinds apart: a type and a function may share a name.
std::uint64_t descriptor_class(SymbolKind kind) {
  if (graph::is_type(kind) || kind == SymbolKind::kTypeAlias) return 1;
  if (graph::is_callable(kind)) return 2;
  if (kind == SymbolKind::kMacro) return 3;
  if (kind == SymbolKind::kNamespace) return 4;
  if (kind == SymbolKind::kModule) return 5;
  if (kind == SymbolKind::kTest || kind == SymbolKind::kRoute) return 6;
  return 0;
}

/// scope_of_path of "A::B", where the first parts may name types only this file has.
std::uint64_t home_of_qualifier(std::uint64_t scope, std::string_view path,
                                const std::unordered_map<std::uint64_t, std::uint64_t>& own_types) {
  if (own_types.empty()) return scope_of_path(scope, path, "::");
  while (!path.empty()) {
    const std::size_t at = path.find("::");
    if (at != 0) scope = nested_scope(scope, path.substr(0, at));
    if (const auto own = own_types.find(scope); own != own_types.end()) scope = own->second;
    if (at == std::string_view::npos) break;
    path.remove_prefix(at + 2);
  }
  return scope;
}

void assign_keys(Unit& unit) {
  const graph::Face& face = *unit.face;
  unit.keys.resize(face.symbols.size());
  std::unordered_map<std::uint64_t, std::uint32_t> repeats;
  const LinkPolicy* rules = policy_for(unit.language);
  std::unordered_map<std::uint64_t, std::uint64_t> own_types;  // of kFile visibility: opens_key
  for (SymbolIdx i = 0; i < face.symbols.size(); ++i) {
    const Symbol& s = face.symbols[i];
    graph::SymbolKeys& k = unit.keys[i];
    if (i == 0) {
      k.scope_key = unit.file_scope;
      k.opens_key = unit.file_scope;
      k.stable_id = hash_mix(unit.file_scope, 5);
      continue;
    }
    const bool top = s.parent == 0;
    // Every program has its own entry point, whatever else the repository holds.
    const bool shared = unit.shares_file_names && s.visibility == graph::Visibility::kFile;
    const bool file_only = (s.visibility == graph::Visibility::kFile && !shared) ||
                           s.kind == SymbolKind::kTest || s.kind == SymbolKind::kRoute ||
                           (s.flags & symbol_flag::kEntryPoint) != 0;
    k.scope_key = !top        ? unit.keys[s.parent].opens_key
                  : file_only ? unit.file_scope
                              : unit.package_scope;
    // The members of a plain enumeration are names of the scope around it.
    if (s.kind == SymbolKind::kEnumMember && s.declared_in != face.symbols[s.parent].scope) {
      const SymbolIdx around = face.scopes[s.declared_in].owner;
      k.scope_key = around == 0 ? unit.package_scope : unit.keys[around].opens_key;
    }
    // An extension is found where it is declared, by name: it is no member of what it extends.
    if (s.qualifier != 0 && (s.flags & symbol_flag::kExtension) == 0) {
      const std::uint64_t home = rules == nullptr ? 0 : rules->qualified_scope(unit, i);
      k.scope_key =
          home != 0 ? home : home_of_qualifier(k.scope_key, unit.str(s.qualifier), own_types);
    }
    const std::string_view name = unit.str(s.name);
    k.opens_key = nested_scope(k.scope_key, name);
    // A PHP namespace is written with its whole path.
    if (s.kind == SymbolKind::kNamespace && name.find('\\') != std::string_view::npos)
      k.opens_key = scope_of_path(k.scope_key, name, "\\");
    if (shared) {
      const std::uint64_t common = k.opens_key;
      k.opens_key = hash_mix(common, unit.file_scope);
      if (graph::is_type(s.kind)) own_types.emplace(common, k.opens_key);
    }
    // What a callable opens is its own: overloads do not share their locals.
    if (graph::is_callable(s.kind))
      k.opens_key = hash_mix(k.opens_key, 0x100000000ull | s.disambiguator);
    std::uint64_t base = hash_mix(hash_mix(k.scope_key, hash64(name)),
                                  descriptor_class(s.kind) << 32 | s.disambiguator);
    if (shared && s.qualifier == 0) base = hash_mix(base, unit.file_scope);
    k.stable_id = base;
    if (s.flags & (symbol_flag::kDeclaration | symbol_flag::kMergeable)) continue;
    k.ordinal = repeats[base]++;
    if (k.ordinal > 0) {
      k.stable_id = hash_mix(base, k.ordinal);
      // Anonymous objects side by side have nothing in common but their lack of a name.
      if (graph::is_callable(s.kind) || (s.flags & symbol_flag::kAnonymous) != 0)
        k.opens_key = hash_mix(k.opens_key, k.ordinal);
    }
  }
}

std::uint32_t fold(std::uint64_t h) { return static_cast<std::uint32_t>(h ^ (h >> 32)); }

/// Hash of an expression as another file's link would evaluate it: structure, names and where the
/// names are looked up.
class ExprHasher {
 public:
  explicit ExprHasher(const Unit& unit) : unit_(unit), done_(unit.face->exprs.size(), 0) {
    // Operands precede their users, so one pass in order suffices.
    for (std::size_t i = 0; i < done_.size(); ++i) done_[i] = hash_one(unit.face->exprs[i]);
  }
  std::uint64_t operator()(graph::ExprIdx e) const { return e == kNone ? 1 : done_[e]; }

 private:
  std::uint64_t hash_one(const graph::Expr& e) const {
    std::uint64_t h = hash_mix(static_cast<std::uint64_t>(e.kind) << 8 |
                                   static_cast<std::uint64_t>(e.bind) << 1 | (e.is_type ? 1 : 0),
                               hash64(unit_.str(e.name)));
    const auto operand = [&](std::uint32_t i) { return i < done_.size() ? done_[i] : 7; };
    switch (e.kind) {
      case graph::ExprKind::kName:
      case graph::ExprKind::kSymbol:
        // Locals, symbols and imports of the same file: their index moves when the file is edited,
        // and then the file is linked anew; for others the symbol's id is what matters.
        if ((e.kind == graph::ExprKind::kSymbol || e.bind == graph::BindKind::kSymbol) &&
            e.a < unit_.keys.size())
          h = hash_mix(h, unit_.keys[e.a].stable_id);
        break;
      default:
        if (e.a != kNone) h = hash_mix(h, operand(e.a));
        if (e.b != kNone) h = hash_mix(h, operand(e.b) + 3);
    }
    const graph::SymbolIdx owner = unit_.face->scopes[e.scope].owner;
    return hash_mix(h, unit_.keys[owner].stable_id);
  }

  const Unit& unit_;
  std::vector<std::uint64_t> done_;
};

std::uint64_t symbol_value(const Unit& unit, SymbolIdx i, const ExprHasher& expr) {
  const Symbol& s = unit.symbol(i);
  std::uint64_t h = hash_mix(unit.keys[i].stable_id, s.flags);
  h = hash_mix(h, static_cast<std::uint64_t>(s.kind) << 24 |
                      static_cast<std::uint64_t>(s.visibility) << 16 |
                      static_cast<std::uint64_t>(s.min_args) << 8 | s.max_args);
  h = hash_mix(hash_mix(h, s.metrics.parameters), hash64(unit.path));
  h = hash_mix(h, expr(s.type));
  h = hash_mix(h, expr(s.init));
  const auto [begin, end] = unit.supers_of.equal_range(i);
  std::uint64_t supers = 0;  // order of the multimap is not ours: combine without order
  for (auto at = begin; at != end; ++at) {
    const graph::Super& super = unit.face->supers[at->second];
    supers += hash_mix(hash_mix(expr(super.type), expr(super.subject)),
                       static_cast<std::uint64_t>(super.kind) << 32 | at->second);
  }
  return hash_mix(h, supers);
}

std::uint64_t import_value(const Unit& unit, const graph::Import& i) {
  std::uint64_t h = hash_mix(hash64(unit.str(i.module)), hash64(unit.str(i.name)));
  h = hash_mix(h, hash64(unit.str(i.alias)));
  return hash_mix(h, static_cast<std::uint64_t>(i.kind) << 32 |
                         static_cast<std::uint64_t>(i.level) << 8 | (i.type_only ? 1 : 0) |
                         (i.system ? 2 : 0) | (i.is_static ? 4 : 0) | (i.reexport ? 8 : 0) |
                         (i.conditional ? 16 : 0) | (i.dynamic ? 32 : 0));
}

}  // namespace

std::uint64_t nested_scope(std::uint64_t scope, std::string_view name) {
  return hash_mix(scope, hash64(name) | 1);
}

std::uint64_t root_scope(std::string_view kind, std::string_view name) {
  return hash_mix(hash64(kind), hash64(name, 1));
}

std::uint64_t scope_of_path(std::uint64_t scope, std::string_view path,
                            std::string_view separator) {
  while (!path.empty()) {
    const std::size_t at = path.find(separator);
    const std::string_view part = path.substr(0, at);
    if (!part.empty()) scope = nested_scope(scope, part);
    if (at == std::string_view::npos) break;
    path.remove_prefix(at + separator.size());
  }
  return scope;
}

void index_unit(Unit& unit) {
  if (!unit.face) return;
  const graph::Face& face = *unit.face;
  assign_keys(unit);
  for (graph::ImportIdx i = 0; i < face.imports.size(); ++i) {
    const graph::Import& import = face.imports[i];
    if (import.kind == graph::ImportKind::kWildcard || import.kind == graph::ImportKind::kInclude ||
        unit.shares_file_names)
      unit.wildcards.push_back(i);
    const graph::ScopeKind in = face.scopes[import.scope].kind;
    if (import.alias != 0 && in != graph::ScopeKind::kFunction && in != graph::ScopeKind::kBlock)
      unit.imports_by_alias.emplace(unit.str(import.alias), i);
  }
  for (std::uint32_t i = 0; i < face.exports.size(); ++i)
    unit.exports_by_name.emplace(unit.str(face.exports[i].name), i);
  for (std::uint32_t i = 0; i < face.supers.size(); ++i)
    if (face.supers[i].symbol != kNone) unit.supers_of.emplace(face.supers[i].symbol, i);
}

namespace memo {
namespace {
std::uint32_t key(std::uint64_t kind, std::uint64_t h) { return fold(hash_mix(h, kind)); }
}  // namespace
std::uint32_t def(std::uint64_t scope, std::string_view name) {
  return key(1, hash_mix(scope, hash64(name)));
}
std::uint32_t members(std::uint64_t scope) { return key(2, scope); }
std::uint32_t import_of(std::string_view path, std::string_view alias) {
  return key(3, hash_mix(hash64(path), hash64(alias)));
}
std::uint32_t wildcards(std::string_view path) { return key(4, hash64(path)); }
std::uint32_t export_of(std::string_view path, std::string_view name) {
  return key(5, hash_mix(hash64(path), hash64(name)));
}
std::uint32_t file(std::string_view path) { return key(6, hash64(path)); }
std::uint32_t basename(std::string_view name) { return key(7, hash64(name)); }
std::uint32_t named(graph::Family family, std::string_view name) {
  return key(8, hash_mix(static_cast<std::uint64_t>(family), hash64(name)));
}
std::uint32_t subtypes(std::uint64_t stable_id) { return key(9, stable_id); }
std::uint32_t project(graph::Family family) { return key(10, static_cast<std::uint64_t>(family)); }
}  // namespace memo

std::vector<MemoEntry> memo_entries(const Unit& unit) {
  std::vector<MemoEntry> out;
  const std::size_t slash = unit.path.rfind('/');
  const std::string_view base = slash == std::string::npos
                                    ? std::string_view(unit.path)
                                    : std::string_view(unit.path).substr(slash + 1);
  out.push_back({memo::file(unit.path), static_cast<std::uint64_t>(unit.language)});
  out.push_back({memo::basename(base), hash64(unit.path)});
  if (!unit.face) return out;
  const ExprHasher expr(unit);
  const graph::Family family = graph::family_of(unit.language);
  for (SymbolIdx i = 0; i < unit.symbol_count(); ++i) {
    const Symbol& s = unit.symbol(i);
    const std::string_view name = unit.str(s.name);
    const std::uint64_t scope = unit.keys[i].scope_key;
    const std::uint64_t value = symbol_value(unit, i, expr);
    if (i > 0) out.push_back({memo::def(scope, name), value});
    // With the path: which file's member comes first decides what stands for a package.
    if (i > 0) out.push_back({memo::members(scope), hash_mix(hash64(name), hash64(unit.path))});
    out.push_back({memo::named(family, name), value});
  }
  std::uint64_t wildcards = hash_mix(unit.package_scope, unit.face->exports.empty() ? 1 : 0);
  for (const graph::ImportIdx i : unit.wildcards)
    wildcards = hash_mix(hash_mix(wildcards, import_value(unit, unit.face->imports[i])),
                         unit.keys[unit.face->scopes[unit.face->imports[i].scope].owner].stable_id);
  if (unit.language == graph::Language::kGo) {
    // The name an import binds is the imported package's own: any import may be the one.
    wildcards = hash_mix(wildcards, hash64(unit.str(unit.face->package)));
    for (const graph::Import& i : unit.face->imports)
      wildcards = hash_mix(wildcards, import_value(unit, i));
  }
  out.push_back({memo::wildcards(unit.path), wildcards});
  for (const auto& [alias, i] : unit.imports_by_alias)
    out.push_back({memo::import_of(unit.path, alias), import_value(unit, unit.face->imports[i])});
  for (const auto& [name, i] : unit.exports_by_name) {
    const graph::Export& e = unit.face->exports[i];
    std::uint64_t h = hash_mix(hash64(unit.str(e.local)), expr(e.value));
    if (e.symbol != kNone) h = hash_mix(h, unit.keys[e.symbol].stable_id);
    if (e.import != kNone) h = hash_mix(h, import_value(unit, unit.face->imports[e.import]));
    out.push_back({memo::export_of(unit.path, name), h});
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cairn::indexer
