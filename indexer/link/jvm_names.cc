#include "indexer/link/jvm_names.h"

#include <algorithm>

#include "indexer/link/policy.h"

namespace cairn::indexer {

using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::Tier;

namespace {

constexpr std::string_view kRoots[] = {"android", "androidx", "ch",    "co",    "com", "cz",
                                       "de",      "dev",      "edu",   "fr",    "gov", "groovy",
                                       "io",      "jakarta",  "java",  "javax", "jdk", "junit",
                                       "kotlin",  "kotlinx",  "me",    "net",   "nl",  "org",
                                       "reactor", "ru",       "scala", "sun",   "uk",  "us"};

}  // namespace

bool JvmNames::is_upper(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

bool JvmNames::is_package_root(std::string_view name) {
  return std::find(std::begin(kRoots), std::end(kRoots), name) != std::end(kRoots);
}

std::string JvmNames::external(std::string_view dotted) {
  std::size_t end = 0;
  while (end < dotted.size()) {
    if (is_upper(dotted.substr(end))) break;
    const std::size_t dot = dotted.find('.', end);
    end = dot == std::string_view::npos ? dotted.size() : dot + 1;
  }
  const std::string_view package = dotted.substr(0, end > 0 && end < dotted.size() ? end - 1 : end);
  return std::string(package) + "#" + std::string(dotted.substr(std::min(end, dotted.size())));
}

Found JvmNames::external_found(std::string external, Origin origin) {
  Found found;
  found.tier = Tier::kExternal;
  found.origin = origin;
  found.reason = Reason::kNone;
  found.external = std::move(external);
  return found;
}

std::uint64_t JvmNames::package(std::string_view name) const {
  return scope_of_path(root_scope(root_, ""), name, ".");
}

Value JvmNames::value(std::string_view name) const {
  Value v;
  v.kind = Value::Kind::kScope;
  v.scope = package(name);
  v.external = std::string(name);
  return v;
}

SymbolId JvmNames::type_at(Resolver& r, std::string_view path) const {
  for (std::size_t dot = path.rfind('.');; dot = path.rfind('.', dot - 1)) {
    const std::string_view package =
        dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    std::string_view rest = dot == std::string_view::npos ? path : path.substr(dot + 1);
    if (!is_upper(rest)) return SymbolId::none();
    SymbolId at;
    std::uint64_t scope = this->package(package);
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

Found JvmNames::scope_member(Resolver& r, const Value& package, std::string_view name) const {
  // An import on demand says nothing of what its package does not define.
  if (package.how == Origin::kWildcardImport) return {};
  Found found;
  found.reason = Reason::kNoSuchMember;
  const std::string path = package.external + "." + std::string(name);
  const bool own = !r.lookups().members(package.scope).empty();
  if (is_upper(name) || r.use() == Use::kCall) {
    if (own) return found;
    return external_found(JvmNames::external(package.external) + std::string(name),
                          Origin::kExternalReceiver);
  }
  return package_found(r, path);
}

Found JvmNames::package_start(Resolver& r, UnitId u, std::string_view name) const {
  if (is_upper(name)) return {};
  const std::string_view own = r.unit(u).str(r.unit(u).face->package);
  if (is_package_root(name) || name == own.substr(0, own.find('.')))
    return package_found(r, std::string(name));
  return {};
}

Found JvmNames::package_found(Resolver& r, const std::string& path) const {
  Found found;
  found.reason = Reason::kNone;
  found.modules = {value(path)};
  const bool own = !r.lookups().members(package(path)).empty();
  const std::string_view here = r.unit(r.self()).str(r.unit(r.self()).face->package);
  const bool around =
      here.starts_with(path) && (here.size() == path.size() || here[path.size()] == '.');
  found.tier = own || around ? Tier::kResolved : Tier::kExternal;
  found.origin = own || around ? Origin::kPackageScope : Origin::kExternalReceiver;
  if (found.tier == Tier::kExternal) found.external = path + "#";
  return found;
}

Found JvmNames::on_demand(Resolver& r, UnitId u, std::string_view name) const {
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
        (!import.is_static && !r.lookups().members(package(module)).empty()))
      continue;
    ++count;
    only = external(module);
  }
  if (count != 1) return {};
  return external_found(external_member(only, name), Origin::kWildcardImport);
}
}  // namespace cairn::indexer
