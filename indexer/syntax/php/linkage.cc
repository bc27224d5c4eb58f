// PHP: namespaces are shared by files, whatever folder they lie in; names come through `use`, the
// namespace around, and for functions and constants the global namespace. A class that no file of
// the repository defines belongs to a package outside.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"
#include "indexer/syntax/php/builtins.h"

namespace cairn::indexer {
namespace {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

constexpr std::string_view kSeparator = "\\";

template <typename Table>
bool contains(const Table& sorted, std::string_view word) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

std::uint64_t global_scope() { return root_scope("php", ""); }

std::uint64_t scope_of_namespace(std::string_view path) {
  return scope_of_path(global_scope(), path, kSeparator);
}

std::string joined(std::string_view path, std::string_view name) {
  std::string out(path);
  if (!out.empty()) out += kSeparator;
  return out += name;
}

/// `external` of a namespace's value is its path.
Value namespace_value(std::string path) {
  Value v;
  v.kind = Value::Kind::kScope;
  v.scope = scope_of_namespace(path);
  v.external = std::move(path);
  return v;
}

/// "A\B\C" -> "A#B.C": the outermost namespace stands for the package.
std::string external_name(std::string_view path) {
  const std::size_t at = path.find('\\');
  std::string out(path.substr(0, at));
  out += '#';
  if (at == std::string_view::npos) return out += path;
  std::string rest(path.substr(at + 1));
  std::replace(rest.begin(), rest.end(), '\\', '.');
  return out += rest;
}

Found external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

Found namespace_found(std::string path) {
  Found found;
  found.modules.push_back(namespace_value(std::move(path)));
  found.tier = Tier::kResolved;
  found.origin = Origin::kPackageScope;
  found.reason = Reason::kNone;
  return found;
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

/// `rest` below `folder` without "." and ".."; nothing when it leaves the repository.
std::optional<std::string> inside_folder(std::string_view folder, std::string_view rest) {
  std::vector<std::string_view> parts;
  for (std::string_view text : {folder, rest}) {
    while (!text.empty()) {
      const std::size_t slash = std::min(text.find('/'), text.size());
      const std::string_view part = text.substr(0, slash);
      text.remove_prefix(std::min(slash + 1, text.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return std::nullopt;
      } else {
        parts.pop_back();
      }
    }
  }
  std::string out;
  for (const std::string_view part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out;
}

bool is_function_or_constant(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kConstant;
}

class PhpPolicy final : public LinkPolicy {
 public:
  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kImports, FileLevel::kPackage,
                                          FileLevel::kPrelude};
    return kOrder;
  }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override {
    return "__construct";
  }
  bool is_common_member(std::string_view name) const override {
    return contains(php::kCommonMembers, name);
  }
  std::string_view prelude_package(std::string_view name) const override {
    const bool constant =
        std::any_of(std::begin(php::kConstantPrefixes), std::end(php::kConstantPrefixes),
                    [&](std::string_view prefix) { return name.starts_with(prefix); });
    return constant || contains(php::kFunctions, name) || contains(php::kClasses, name) ||
                   contains(php::kConstants, name)
               ? std::string_view("php")
               : std::string_view();
  }
  /// Variables of files have names of their own, with a "$"; namespaces are paths, not names.
  bool is_visible(Resolver& r, UnitId, SymbolId candidate) const override {
    const SymbolKind kind = r.lookups().symbol(candidate).kind;
    return kind != SymbolKind::kVariable && kind != SymbolKind::kNamespace;
  }

  void place(Unit& unit, const ProjectModel&) const override {
    const std::string_view package = unit.face ? unit.str(unit.face->package) : std::string_view();
    unit.file_scope = root_scope("php-file", unit.path);
    unit.package_scope = scope_of_namespace(package);
    unit.manager = "composer";
    unit.module_path = unit.path;
    unit.package_path = package;
    std::replace(unit.package_path.begin(), unit.package_path.end(), '\\', '/');
    for (const char c : package) {
      if (c == '\\')
        unit.qualified_prefix += "::";
      else
        unit.qualified_prefix += c;
    }
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view spec = r.text(u, import.module);
    if (import.kind != graph::ImportKind::kInclude) return {namespace_value(std::string(spec))};
    // A path is relative to the including file, or to the repository's root.
    for (const std::string& folder : {folder_of(r.unit(u).path), std::string()}) {
      const auto path = inside_folder(folder, spec);
      const UnitId found = path ? r.lookups().unit_at(*path) : UnitId::none();
      if (!found.exists() || !r.unit(found).face) continue;
      Value v;
      v.kind = Value::Kind::kModule;
      v.unit = found;
      return {v};
    }
    return {};
  }

  Found import_binding(Resolver& r, UnitId u, const graph::Import& import) const override {
    if (import.kind == graph::ImportKind::kInclude) return {};
    const std::string_view module = r.text(u, import.module);
    const std::string_view name = r.text(u, import.name);
    const Value around = namespace_value(std::string(module));
    Found found = r.find_in_scope(u, around.scope, name, 255, Origin::kImport);
    std::erase_if(found.targets, [&](SymbolId s) {
      return is_function_or_constant(r.lookups().symbol(s).kind) != import.is_static;
    });
    if (!found.targets.empty()) {
      if (found.targets.size() == 1) found.tier = Tier::kResolved;
      return found;
    }
    const std::string path = joined(module, name);
    if (!import.is_static && is_inside(r, path)) {
      found = namespace_found(path);
      found.origin = Origin::kImport;
      return found;
    }
    if (module.empty() && !prelude_package(name).empty())
      return external_found("php#" + std::string(name), Origin::kBuiltin);
    return external_found(external_name(path), Origin::kExternalImport);
  }

  /// "\" begins a full name, "namespace" one in the namespace around.
  Found keyword(Resolver& r, UnitId u, ScopeIdx scope, std::string_view name) const override {
    if (name == kSeparator) return namespace_found("");
    if (name == "namespace") return namespace_found(namespace_of(r, u, scope));
    return {};
  }

  /// Functions and constants that the namespace does not have are those of the global one.
  Found global_name(Resolver& r, UnitId u, std::string_view name) const override {
    Found found = r.find_in_scope(u, global_scope(), name, 255, Origin::kPackageScope);
    std::erase_if(found.targets,
                  [&](SymbolId s) { return !is_function_or_constant(r.lookups().symbol(s).kind); });
    return found.targets.empty() ? Found() : found;
  }

  /// The first part of `A\b`: a namespace in the one around.
  Found fallback_name(Resolver& r, UnitId u, ScopeIdx scope, std::string_view name) const override {
    std::string path = joined(namespace_of(r, u, scope), name);
    return is_inside(r, path) ? namespace_found(std::move(path)) : Found();
  }

  Found scope_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    std::string path = joined(v.external, name);
    if (is_inside(r, path)) return namespace_found(std::move(path));
    if (v.external.empty() && !prelude_package(name).empty())
      return external_found("php#" + std::string(name), Origin::kBuiltin);
    if (v.external.empty()) path += kSeparator;  // alone, it is the package
    return external_found(external_name(path), Origin::kExternalReceiver);
  }

  Found value_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    const SymbolKind kind = r.lookups().symbol(v.symbol).kind;
    if (v.kind == Value::Kind::kCallable &&
        (name == "bindTo" || name == "call" || name == "__invoke"))
      return external_found("php#Closure." + std::string(name), Origin::kBuiltin);
    if (kind == SymbolKind::kEnum && v.kind == Value::Kind::kType &&
        (name == "cases" || name == "from" || name == "tryFrom"))
      return external_found("php#BackedEnum." + std::string(name), Origin::kBuiltin);
    if (kind == SymbolKind::kEnum && (name == "name" || name == "value"))
      return external_found("php#BackedEnum." + std::string(name), Origin::kBuiltin);
    return {};
  }

  void choose(Resolver& r, const graph::Ref& ref, Found& found) const override {
    if (!found.modules.empty() && ref.role != RefRole::kImport) {
      // A namespace has no value: the name stands for something that is not there.
      found.targets.clear();
      found.tier = Tier::kUnresolved;
      found.reason = Reason::kNoSuchName;
      return;
    }
    if (found.tier == Tier::kHeuristic) return;
    const std::size_t before = found.targets.size();
    const auto keep = [&](auto&& wanted) {
      const auto fits = [&](SymbolId s) { return wanted(r.lookups().symbol(s).kind); };
      if (std::any_of(found.targets.begin(), found.targets.end(), fits))
        std::erase_if(found.targets, [&](SymbolId s) { return !fits(s); });
    };
    switch (ref.role) {
      case RefRole::kCall:
        keep([](SymbolKind k) { return graph::is_callable(k); });
        break;
      case RefRole::kNew:
      case RefRole::kType:
      case RefRole::kInherit:
      case RefRole::kDecorate:
        keep([](SymbolKind k) { return graph::is_type(k); });
        break;
      case RefRole::kRead:
      case RefRole::kWrite:
        keep([](SymbolKind k) { return !graph::is_callable(k); });
        break;
      default:
        break;
    }
    if (found.targets.size() == 1 && before > 1 && found.tier == Tier::kDispatch)
      found.tier = Tier::kResolved;
  }

  /// The class, its traits, its parent in the same way, then interfaces.
  std::vector<SymbolId> linearise(Resolver& r, SymbolId type) const override {
    std::vector<SymbolId> order;
    std::vector<SymbolId> interfaces;
    for (SymbolId at = type; at.exists();) {
      if (std::find(order.begin(), order.end(), at) != order.end()) break;
      SymbolId parent;
      std::vector<SymbolId> open{at};
      // Traits use traits: what stands nearer comes first.
      for (std::size_t i = 0; i < open.size() && open.size() < kMaxSupertypes; ++i) {
        if (std::find(order.begin(), order.end(), open[i]) == order.end()) order.push_back(open[i]);
        for (const SymbolId super : r.supertypes(open[i], nullptr)) {
          const SymbolKind kind = r.lookups().symbol(super).kind;
          if (kind == SymbolKind::kTrait)
            open.push_back(super);
          else if (kind == SymbolKind::kInterface)
            interfaces.push_back(super);
          else if (!parent.exists())
            parent = super;
        }
      }
      at = parent;
    }
    for (std::size_t i = 0; i < interfaces.size() && interfaces.size() < kMaxSupertypes; ++i) {
      if (std::find(order.begin(), order.end(), interfaces[i]) != order.end()) continue;
      order.push_back(interfaces[i]);
      for (const SymbolId super : r.supertypes(interfaces[i], nullptr)) interfaces.push_back(super);
    }
    return order;
  }

 private:
  /// A namespace of the repository: something is defined in it, or sources are rooted below it.
  static bool is_inside(Resolver& r, std::string_view path) {
    if (path.empty() || !r.lookups().members(scope_of_namespace(path)).empty()) return true;
    for (const NamespaceRoot& root : r.lookups().project(graph::Family::kPhp).psr4) {
      if (!root.prefix.starts_with(path)) continue;
      const std::string_view rest = std::string_view(root.prefix).substr(path.size());
      if (rest.empty() || rest.front() == '\\') return true;
    }
    return false;
  }

  static std::string namespace_of(Resolver& r, UnitId u, ScopeIdx scope) {
    const Unit& unit = r.unit(u);
    for (ScopeIdx s = scope; s != kNone; s = unit.face->scopes[s].parent) {
      if (unit.face->scopes[s].kind != ScopeKind::kNamespace) continue;
      const std::string_view name = unit.str(unit.symbol(unit.face->scopes[s].owner).name);
      return name == kSeparator ? std::string() : std::string(name);
    }
    return std::string(unit.str(unit.face->package));
  }
};

}  // namespace

const LinkPolicy& php_policy() {
  static const PhpPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
