#pragma once
// JvmNames: packages and dotted names as Java and Kotlin share them. A package is a scope below the
// language's root; by convention its parts are in lower case and types are capitalised.
// Thread-safe: no state but the language's word.
#include <string>
#include <string_view>

#include "indexer/link/resolver.h"

namespace cairn::indexer {

class JvmNames {
 public:
  /// `root` keeps the packages of one language apart from the other's.
  explicit JvmNames(std::string_view root) : root_(root) {}

  static bool is_upper(std::string_view name);
  /// First parts of package names in use: an unknown name that is one of these starts a package.
  static bool is_package_root(std::string_view name);
  /// "java.util.Map" -> "java.util#Map".
  static std::string external(std::string_view dotted);
  static Found external_found(std::string external, graph::Origin origin);

  std::uint64_t package(std::string_view name) const;
  /// A package as a value; `external` is its full name.
  Value value(std::string_view name) const;
  /// The type "a.b.Outer.Inner" names, or none.
  graph::SymbolId type_at(Resolver& r, std::string_view path) const;
  /// A name below a package that defines no such name: a package, or something outside.
  Found scope_member(Resolver& r, const Value& package, std::string_view name) const;
  /// A name that starts a package's full name, as far as is known.
  Found package_start(Resolver& r, UnitId u, std::string_view name) const;
  /// With a single import on demand from outside, what nothing here defines comes from there.
  Found on_demand(Resolver& r, UnitId u, std::string_view name) const;

 private:
  /// A package, by its full name. Its parts that no file declares have nothing to point at.
  Found package_found(Resolver& r, const std::string& path) const;

  std::string_view root_;
};

}  // namespace cairn::indexer
