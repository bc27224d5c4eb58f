#pragma once
// Resolver: names, members and the types of expressions, for the link of one file. Follows
// docs/adr/0001: every outside read is a recorded look-up, and the result depends on the answers
// alone. Results are memoised for the one link only. Evaluation is bounded by depth, by the size of
// value sets and by steps; where a bound ends it, the reason is Reason::kBudget or
// kTooManyCandidates, never silence. Single-threaded.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "graph/facts.h"
#include "indexer/link/lookups.h"

namespace cairn::indexer {

class LinkPolicy;

/// What a policy remembers during the link of one file.
struct LinkMemory {
  virtual ~LinkMemory() = default;
};

/// One thing an expression may stand for.
struct Value {
  enum class Kind : std::uint8_t {
    kInstance,  // a value of type `symbol`
    kType,      // the type `symbol` itself
    kCallable,  // a function, method or macro `symbol`
    kData,      // a variable, field or constant `symbol` whose type is not known
    kModule,    // a file
    kScope,     // a package or namespace
    kExternal,  // something outside the repository: `external` is "package#path"
  };
  Kind kind = Kind::kData;
  bool constructed = false;  // kInstance: made right here, so its type is exactly `symbol`
  graph::Origin how = graph::Origin::kNone;
  graph::SymbolId symbol;
  UnitId unit;                            // kModule; with `element`, the unit of that expression
  graph::ExprIdx element = graph::kNone;  // container: expression of the item's type
  bool yields_element = false;            // kExternal: calling it gives the container's item
  bool more = false;                      // more values than kMaxValues: the others are not listed
  std::uint64_t scope = 0;                // kScope
  std::string external;                   // kExternal
};
using Values = std::vector<Value>;
/// "pkg#" + a -> "pkg#a"; "pkg#a" + b -> "pkg#a.b".
std::string external_member(std::string_view package, std::string_view name);
/// What a name is wanted for, in languages whose methods, values and types have names of their own
/// (LinkPolicy::fits).
enum class Use : std::uint8_t { kAny, kCall, kValue, kType, kConstruct, kExtension };
inline constexpr std::size_t kMaxValues = 8;
inline constexpr std::size_t kMaxTargets = 64;
/// Supertypes looked at for one type; with more, what is not found may still exist (kBudget).
inline constexpr std::size_t kMaxSupertypes = 256;

/// What a name or member was found to be.
struct Found {
  std::vector<graph::SymbolId> targets;  // representatives, the declared one first
  graph::Tier tier = graph::Tier::kUnresolved;
  graph::Origin origin = graph::Origin::kNone;
  graph::Reason reason = graph::Reason::kNoSuchName;
  std::string external;  // tier kExternal: "package#path"
  Values modules;        // modules and scopes, which are not symbols' definitions
  bool ok() const { return tier != graph::Tier::kUnresolved; }
};

class Resolver {
 public:
  /// `body` may be null when only the heritage phase runs.
  Resolver(const World& world, UnitId self, const graph::Body* body);

  Lookups& lookups() { return lookups_; }
  const Unit& unit(UnitId u) const { return lookups_.unit(u); }
  const LinkPolicy& policy(UnitId u) const;
  UnitId self() const { return self_; }
  Use use() const { return use_; }
  /// Sets what names are wanted for; gives back what it was.
  Use set_use(Use use) { return std::exchange(use_, use); }
  std::unique_ptr<LinkMemory>& memory() { return memory_; }

  // Names (resolve_names.cc).
  Found find_name(UnitId u, graph::ScopeIdx scope, std::string_view name, unsigned args);
  /// A member of any of the values; the union of what they say.
  Found find_member(const Values& receivers, std::string_view name, unsigned args);
  Found find_in_scope(UnitId viewer, std::uint64_t scope, std::string_view name, unsigned args,
                      graph::Origin origin);
  /// Definitions in a module file's own scope, as the file itself sees them at top level.
  Found find_in_file(UnitId u, std::string_view name, unsigned args, graph::Origin origin);
  /// Extensions visible where the name stands that extend one of the receivers. Those of receivers
  /// that nothing is known of are no more than a guess.
  Found find_extension(UnitId u, graph::ScopeIdx scope, const Values& receivers,
                       std::string_view name, unsigned args);
  /// An extension called without a receiver needs one that is around: without, it is a guess.
  void check_implicit(UnitId u, graph::ScopeIdx scope, Found& found);
  Found find_in_wildcards(UnitId u, graph::ScopeIdx scope, std::string_view name, unsigned args);
  /// What one import of the unit binds.
  Found import_target(UnitId u, graph::ImportIdx import);
  /// Candidates by bare name, visible or not: tier heuristic.
  Found find_anywhere(UnitId u, std::string_view name, unsigned args, bool members_only);

  // Members and the class graph (resolve_members.cc).
  enum class Side : std::uint8_t { kAny, kType, kInstance };
  /// `skip_own`: looks only behind the type itself in its linearisation.
  Found find_type_member(graph::SymbolId type, std::string_view name, unsigned args,
                         bool skip_own = false, Side side = Side::kAny);
  /// Direct supertypes in written order; `external` gets the names of those outside.
  std::vector<graph::SymbolId> supertypes(graph::SymbolId type, std::vector<std::string>* external);
  std::vector<graph::SymbolId> linearise(graph::SymbolId type);
  /// Adds the overriders of the method in subtypes of `type`; turns the result into a dispatch set.
  void add_overriders(Found& found, graph::SymbolId type, std::string_view name,
                      graph::Origin origin);
  /// One representative per symbol: in the viewer's file, else the first that is not a declaration.
  std::vector<graph::SymbolId> representatives(std::vector<graph::SymbolId> candidates,
                                               UnitId viewer);
  /// Keeps the overloads that fit the number of arguments, if any does.
  void select_by_arity(std::vector<graph::SymbolId>& candidates, unsigned args);
  Found make_found(std::vector<graph::SymbolId> candidates, UnitId viewer, unsigned args,
                   graph::Tier tier, graph::Origin origin);
  graph::SymbolId representative(graph::SymbolId s, UnitId viewer);
  /// Scope of what is reached through the symbol: a callable's own locals are not its members.
  std::uint64_t member_scope(graph::SymbolId s);
  /// Definitions of a name among a type's own members.
  std::vector<graph::SymbolId> own_members(graph::SymbolId type, std::string_view name);
  /// The type a symbol row is written in, through qualifier or parent; none when there is none.
  graph::SymbolId enclosing_type(UnitId u, graph::ScopeIdx scope);

  // Values (resolve_values.cc).
  Values eval(UnitId u, graph::ExprIdx e);
  /// A type expression's instances.
  Values instances(UnitId u, graph::ExprIdx type, graph::Origin how);
  Values value_of(graph::SymbolId s);
  Values call(const Values& callees);
  /// What `new` of the callees, written in the unit, makes.
  Values construct(UnitId u, const Values& callees);
  Values element_of(const Values& containers);
  Values values_of(const Found& found);
  const graph::Expr& expr(UnitId u, graph::ExprIdx e) const;
  std::string_view text(UnitId u, graph::StrId id) const;
  Values value_of_local(graph::LocalIdx local);
  bool out_of_budget() const { return steps_ > kMaxSteps; }
  static void add_value(Values& out, Value v);
  Found find_imports(UnitId u, graph::ScopeIdx scope, std::string_view name);
  Found member_of_value(const Value& v, std::string_view name, unsigned args);
  /// Joins what two receivers or imports gave: different answers make a set.
  void merge(Found& into, Found&& more);
  /// Of a type and something else of one name, keeps the types or the others.
  void keep_kind(Found& found, bool types);

 private:
  static constexpr unsigned kMaxDepth = 40;
  static constexpr std::uint64_t kMaxSteps = 400'000;

  Values eval_uncached(UnitId u, const graph::Expr& e);
  Values eval_generic(UnitId u, const graph::Expr& e);
  Values eval_name(UnitId u, const graph::Expr& e);
  Values eval_member(UnitId u, const graph::Expr& e);
  /// What a call calls: its operand, wanted for a call.
  Values eval_callee(UnitId u, graph::ExprIdx e);
  /// With extensions about: a member that does not take the arguments lets outer names through.
  bool takes_none(const Found& found, unsigned args);
  bool extends(graph::SymbolId extension, const Value& receiver);
  void keep_fit(std::vector<graph::SymbolId>& candidates);
  Found find_at_file_level(UnitId u, std::string_view name, unsigned args);
  Found find_in_type_scope(UnitId u, graph::SymbolIdx type_row, std::string_view name,
                           unsigned args, Side side);
  /// With namesakes on both sides, those on the other one are dropped.
  void select_side(std::vector<graph::SymbolId>& candidates, Side side);
  /// A type's name inside the type is the type, not its constructors.
  void name_type_itself(Found& found, graph::SymbolId type, std::string_view name);
  Found find_in_qualifier(UnitId u, graph::SymbolIdx row, std::string_view name, unsigned args);

  Lookups lookups_;
  UnitId self_;
  const graph::Body* body_;
  Use use_ = Use::kAny;
  std::unique_ptr<LinkMemory> memory_;
  unsigned depth_ = 0;
  std::uint64_t steps_ = 0;
  std::unordered_map<std::uint64_t, Values> eval_memo_;
  std::unordered_map<std::uint32_t, Values> symbol_memo_;
  std::unordered_map<std::uint32_t, std::vector<graph::SymbolId>> linear_memo_;
  std::unordered_map<std::uint64_t, Found> name_memo_;
  std::unordered_map<std::uint64_t, Found> import_memo_;
  std::unordered_set<std::uint64_t> busy_;
};

}  // namespace cairn::indexer
