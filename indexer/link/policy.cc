#include "indexer/link/policy.h"

#include <algorithm>
#include <array>

#include "indexer/link/policies.h"

namespace cairn::indexer {

using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::Tier;

std::span<const FileLevel> LinkPolicy::file_levels() const {
  static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kImports, FileLevel::kPackage,
                                        FileLevel::kWildcards, FileLevel::kPrelude};
  return kOrder;
}

std::string LinkPolicy::constructor_name(const Unit& unit, const graph::Symbol& type) const {
  return std::string(unit.str(type.name));
}

bool LinkPolicy::is_visible(Resolver&, UnitId, SymbolId) const { return true; }

Found LinkPolicy::find_extension(Resolver& r, UnitId unit, graph::ScopeIdx scope,
                                 const Values& receivers, std::string_view name,
                                 unsigned args) const {
  return r.find_extension(unit, scope, receivers, name, args);
}

void LinkPolicy::keep_visible(Resolver& r, UnitId unit, std::vector<SymbolId>& candidates) const {
  std::erase_if(candidates, [&](SymbolId c) { return !is_visible(r, unit, c); });
}

std::string LinkPolicy::prelude(Resolver&, UnitId, std::string_view name) const {
  const std::string_view package = prelude_package(name);
  return package.empty() ? std::string() : std::string(package) + "#" + std::string(name);
}

bool LinkPolicy::wildcard_offers(Resolver&, const Value&, std::string_view) const { return true; }

Found LinkPolicy::import_binding(Resolver& r, UnitId u, const graph::Import& import) const {
  Found found;
  found.reason = Reason::kUnresolvedImport;
  Values modules = import_module(r, u, import);
  if (modules.empty()) return found;
  if (import.kind != graph::ImportKind::kName) {
    const bool external = std::all_of(modules.begin(), modules.end(), [](const Value& v) {
      return v.kind == Value::Kind::kExternal;
    });
    found.tier = external ? Tier::kExternal : Tier::kResolved;
    found.origin = external ? Origin::kExternalImport : Origin::kImport;
    found.reason = Reason::kNone;
    if (external) {
      found.external = modules.front().external;
      return found;
    }
    for (Value& v : modules) {
      if (v.kind == Value::Kind::kType || v.kind == Value::Kind::kCallable)
        found.targets.push_back(v.symbol);
      else
        Resolver::add_value(found.modules, std::move(v));
    }
    return found;
  }
  const std::string_view name = r.text(u, import.name);
  for (const Value& module : modules) {
    if (module.kind == Value::Kind::kExternal) {
      if (found.ok()) continue;
      found.tier = Tier::kExternal;
      found.origin = Origin::kExternalImport;
      found.reason = Reason::kNone;
      found.external = external_member(module.external, name);
      continue;
    }
    Found one = r.find_member({module}, name, 255);
    if (!one.ok()) continue;
    if (one.origin != Origin::kExternalImport) one.origin = Origin::kImport;
    if (one.tier == Tier::kExact) one.tier = Tier::kResolved;
    r.merge(found, std::move(one));
  }
  return found;
}

Found LinkPolicy::module_member(Resolver& r, UnitId module, std::string_view name,
                                unsigned args) const {
  Found found = r.find_in_file(module, name, args, Origin::kModuleMember);
  if (!found.ok()) found = r.find_imports(module, 0, name);
  if (!found.ok()) found = r.find_in_wildcards(module, 0, name, args);
  if (!found.ok()) found.reason = Reason::kNoSuchMember;
  return found;
}

Values LinkPolicy::items_of(Resolver& r, const Values& containers, std::string_view) const {
  return r.element_of(containers);
}

std::vector<SymbolId> LinkPolicy::linearise(Resolver& r, SymbolId type) const {
  std::vector<SymbolId> order{type};
  for (std::size_t i = 0; i < order.size() && order.size() < kMaxSupertypes; ++i) {
    std::vector<SymbolId> next = r.supertypes(order[i], nullptr);
    if (foreign_supertypes())
      for (const SymbolId s : r.lookups().known_supertypes(order[i])) next.push_back(s);
    for (const SymbolId s : next)
      if (std::find(order.begin(), order.end(), s) == order.end()) order.push_back(s);
  }
  return order;
}

void place_unit(Unit& unit, const ProjectModel& project) {
  if (const LinkPolicy* policy = policy_for(unit.language); policy != nullptr) {
    policy->place(unit, project);
    return;
  }
  // Outlines: each file is a scope of its own.
  unit.file_scope = root_scope("file", unit.path);
  unit.package_scope = unit.file_scope;
  unit.module_path = unit.path;
  unit.package_path = unit.path;
  unit.qualified_prefix = unit.path;
}

}  // namespace cairn::indexer
