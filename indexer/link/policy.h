#pragma once
// LinkPolicy: what differs between languages when names are bound. One stateless instance per
// language family, defined in indexer/syntax/<language>/linkage.cc and listed in link/policies.cc.
// Thread-safe.
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/link/resolver.h"
#include "indexer/link/unit.h"

namespace cairn::indexer {

/// Where an unqualified name is looked for at the level of the file, in order.
enum class FileLevel : std::uint8_t { kFile, kImports, kPackage, kWildcards, kPrelude };

class LinkPolicy {
 public:
  virtual ~LinkPolicy() = default;

  /// Unqualified names inside a type see its members, own and inherited (Java, C#, C++, Ruby ...).
  virtual bool unqualified_members() const { return false; }
  /// Code directly in a type's body sees its members, functions inside do not (Python).
  virtual bool type_body_names() const { return false; }
  virtual std::span<const FileLevel> file_levels() const;
  /// The later of two definitions of a name in one scope replaces the earlier (Python, JS, Ruby).
  virtual bool last_definition_wins() const { return false; }
  /// Methods can be overridden, so that a call on a declared type is a set.
  virtual bool has_overriding() const { return true; }
  /// Supertypes are found by comparing method sets (Go).
  virtual bool structural_interfaces() const { return false; }
  using AddSuper =
      std::function<void(graph::SymbolId sub, graph::SymbolId super, graph::SuperKind kind)>;
  /// With structural_interfaces(): the interfaces the unit's own types satisfy.
  virtual void structural_supertypes(Resolver&, UnitId, const AddSuper&) const {}
  /// Types get supertypes from declarations elsewhere (Rust impl Trait for Type).
  virtual bool foreign_supertypes() const { return false; }
  /// Functions declared elsewhere can be called as members (C#, Kotlin, Swift).
  virtual bool has_extensions() const { return false; }
  /// Extension functions of that name that are in view and take one of the receivers. By default
  /// those that the name finds.
  virtual Found find_extension(Resolver& r, UnitId unit, graph::ScopeIdx scope,
                               const Values& receivers, std::string_view name, unsigned args) const;
  /// T(...) makes an instance when T is a type (Python, Kotlin, Swift, C++, Scala).
  virtual bool call_constructs() const { return false; }
  /// A function without a declared result gives what its `init` says (Kotlin's `= body`).
  virtual bool init_is_result() const { return false; }
  /// A type without constructors of its own is made by those of its supertype.
  virtual bool constructors_inherit() const { return true; }
  /// Name under which a type's constructors are bound in the type's scope.
  virtual std::string constructor_name(const Unit& unit, const graph::Symbol& type) const;

  /// Sets the unit's scopes and names from its path, package and project. Reads nothing else.
  virtual void place(Unit& unit, const ProjectModel& project) const = 0;

  /// What the module of an import stands for: files, package scopes, types or something external.
  /// Empty = not found.
  virtual Values import_module(Resolver& r, UnitId unit, const graph::Import& import) const = 0;
  /// What an import binds: by default the module, or the name taken from it.
  virtual Found import_binding(Resolver& r, UnitId unit, const graph::Import& import) const;
  /// A name as seen from outside through a module file. By default its top-level definitions, then
  /// what it imports.
  virtual Found module_member(Resolver& r, UnitId module, std::string_view name,
                              unsigned args) const;
  /// A member of a package or namespace that is not a definition in its scope (a submodule).
  virtual Found scope_member(Resolver&, const Value&, std::string_view, unsigned) const {
    return {};
  }
  /// Whether a wildcard import of `module` offers the name.
  virtual bool wildcard_offers(Resolver& r, const Value& module, std::string_view name) const;

  /// Words that stand for a place instead of a name (Rust: crate, self, super, Self). Asked before
  /// any scope; the default knows none.
  virtual Found keyword(Resolver&, UnitId, graph::ScopeIdx, std::string_view) const { return {}; }
  /// A name that no scope, import or prelude has (Rust: crates and crate-wide macros).
  virtual Found fallback_name(Resolver&, UnitId, graph::ScopeIdx, std::string_view) const {
    return {};
  }
  /// Scope of the type that a symbol's qualifier names, from the unit alone; 0 = the qualifier's
  /// parts below the parent's scope.
  virtual std::uint64_t qualified_scope(const Unit&, graph::SymbolIdx) const { return 0; }
  /// A second scope that holds members of a type, or 0.
  virtual std::uint64_t more_members(const Unit&, graph::SymbolIdx) const { return 0; }
  /// Calling a member of an enumeration makes an instance of it (Rust).
  virtual bool variants_construct() const { return false; }

  /// A type's own members and those of its instances share names (Ruby): the side is told apart.
  virtual bool separates_sides() const { return false; }

  /// Splits candidates of a scope shared by files into those the unit can see. Default: all.
  virtual bool is_visible(Resolver& r, UnitId unit, graph::SymbolId candidate) const;
  /// The same for all candidates of one name at once.
  virtual void keep_visible(Resolver& r, UnitId unit,
                            std::vector<graph::SymbolId>& candidates) const;
  /// The same for members of a type, where a member the unit cannot see is better than none.
  virtual void prefer_visible(Resolver&, UnitId, std::vector<graph::SymbolId>&) const {}
  /// A last word on a name found in a scope: how it was found and how surely.
  virtual void judge(Resolver&, UnitId, Found&) const {}
  /// A name that a scope does not define itself but takes in (C++ inline namespaces and using).
  virtual Found scope_extra(Resolver&, UnitId, std::uint64_t, std::string_view, unsigned) const {
    return {};
  }
  /// Whether subtypes can override the method (C++: where it is virtual).
  virtual bool can_be_overridden(Resolver&, graph::SymbolId) const { return true; }
  /// Calling a field or variable reads it; what runs is not known (C, C++).
  virtual bool calls_read_values() const { return false; }
  /// Types that are not visible are guessed by name too (files that others include, in C).
  virtual bool guesses_types() const { return false; }
  /// Pointers and values are one type, and indexing or dereferencing leads to the element (C, C++).
  virtual bool has_pointers() const { return false; }
  /// Whether members of something outside the repository are those of its type argument
  /// (std::unique_ptr).
  virtual bool sees_through(std::string_view, std::string_view) const { return false; }
  /// Which type argument of an outside type is its element; by default the last.
  virtual unsigned element_argument(std::string_view) const { return 255; }

  /// A member of a value whose own scope has none of that name: what every object has, or what
  /// stands beside a module's value.
  virtual Found value_member(Resolver&, const Value&, std::string_view, unsigned) const {
    return {};
  }
  /// A name that a declaration in another file gives to every file (ambient declarations).
  virtual Found global_name(Resolver&, UnitId, std::string_view) const { return {}; }
  /// Takes out the namesakes a reference cannot mean, as its role says (types and values that share
  /// a name, getters and setters), and adds what a call through a value reaches. Where no target
  /// stays, the reference is unresolved.
  virtual void choose(Resolver&, const graph::Ref&, Found&) const {}
  /// What awaiting the values gives.
  virtual Values awaited(Resolver&, Values values) const { return values; }
  /// With this, `base<args>` stands for its first argument (TypeScript's Partial<T>).
  virtual bool is_transparent_generic(const Value&) const { return false; }
  /// `new f()` makes an instance of the function f (JavaScript).
  virtual bool functions_construct() const { return false; }
  /// Whether a guess by bare name may mean the symbol.
  virtual bool may_guess(const graph::Symbol&, bool /*member*/) const { return true; }
  /// A member missing from what its receiver is known to be is not guessed elsewhere (Rust).
  virtual bool members_are_known() const { return false; }
  /// A member of a value that nothing is known of: what every object has.
  virtual Found any_member(Resolver&, UnitId, std::string_view) const { return {}; }
  /// A member that the repository gives to the type outside it that the value is or has.
  virtual Found added_member(Resolver&, const Value&, std::string_view, unsigned) const {
    return {};
  }
  /// A member so common outside that its bare name is no reason to guess.
  virtual bool is_common_member(std::string_view) const { return false; }

  /// Whether a name used so can mean the definition (Java: methods, values and types have names of
  /// their own).
  virtual bool fits(const Unit&, const graph::Symbol&, Use) const { return true; }
  /// A name in a type is looked for as a type, past values of the same name (C#).
  virtual bool types_apart() const { return false; }
  /// What a member of an outside container has to do with its items.
  enum class ItemStep : std::uint8_t { kNone, kItem, kSame };
  virtual ItemStep item_step(std::string_view) const { return ItemStep::kNone; }
  /// A variable's initialiser is the join of all it is given, so later writes say nothing more, and
  /// a parameter's default stands for what callers pass (Python).
  virtual bool initialisers_join() const { return false; }
  /// A variable keeps the type of its initialiser, whatever is assigned to it later (Rust).
  virtual bool types_are_fixed() const { return false; }
  /// Calling a variable that holds a function, type or callable object calls those too.
  virtual bool calls_through_variables() const { return false; }
  /// Method that runs when an instance of a type is called, or "".
  virtual std::string_view call_method() const { return {}; }
  /// One item of the containers. `how` is the extractor's word for how it is taken: "" by index.
  virtual Values items_of(Resolver& r, const Values& containers, std::string_view how) const;

  /// "builtin#name"-style package of a prelude name, or empty.
  virtual std::string_view prelude_package(std::string_view name) const = 0;
  /// What a prelude name stands for, "package#name", or empty. By default through
  /// prelude_package().
  virtual std::string prelude(Resolver& r, UnitId unit, std::string_view name) const;

  /// Linearised supertypes of a type, itself first. Default: breadth first, superclass chain first.
  virtual std::vector<graph::SymbolId> linearise(Resolver& r, graph::SymbolId type) const;
};

/// The policy for a language, or nullptr for one that is indexed as an outline.
const LinkPolicy* policy_for(graph::Language language);
/// Places any unit: through its policy, or by path for outline languages.
void place_unit(Unit& unit, const ProjectModel& project);

}  // namespace cairn::indexer
