#include "indexer/link/linker.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "indexer/link/policy.h"
#include "indexer/link/resolver.h"

namespace cairn::indexer {

using graph::BindKind;
using graph::DirectEdge;
using graph::EdgeKind;
using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::Ref;
using graph::RefRole;
using graph::Symbol;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

/// Flags a snapshot keeps: what edges and exports need of the written form.
constexpr std::uint8_t kKeptFlags =
    ref_flag::kReturnType | ref_flag::kThrown | ref_flag::kImplicit | ref_flag::kImplementsClause;

/// A call on a receiver nothing is known of is worth a guess only when few symbols fit.
constexpr std::size_t kMaxGuesses = 6;

class FileLinker {
 public:
  FileLinker(const World& world, UnitId self, const graph::Body& body)
      : self_(self),
        unit_(world.unit(self)),
        body_(body),
        resolver_(world, self, &body),
        rules_(policy_for(unit_.language)) {
    out_.strings = graph::StringTable();
  }

  graph::FileLinks run(const Heritage& heritage) {
    link_locals();
    out_.sites.reserve(body_.refs.size());
    for (const Ref& ref : body_.refs) link_ref(ref);
    if (rules_ != nullptr) {
      add_import_edges();
      add_overrides();
    }
    out_.edges.insert(out_.edges.end(), heritage.edges.begin(), heritage.edges.end());
    const std::vector<std::uint32_t> own = resolver_.lookups().take_keys();
    std::set_union(own.begin(), own.end(), heritage.lookups.begin(), heritage.lookups.end(),
                   std::back_inserter(out_.lookups));
    return std::move(out_);
  }

 private:
  graph::StrId intern(std::string_view s) {
    if (s.empty()) return 0;
    const auto [at, fresh] = interned_.try_emplace(std::string(s), out_.strings.size());
    if (fresh) out_.strings.add(s);
    return at->second;
  }
  graph::StrId intern_id(graph::StrId id) {
    const auto [at, fresh] = by_id_.try_emplace(id, 0u);
    if (fresh) at->second = intern(resolver_.text(self_, id));
    return at->second;
  }

  void link_locals() {
    out_.locals.reserve(body_.locals.size());
    for (const graph::Local& l : body_.locals) {
      graph::LinkedLocal linked;
      linked.name = intern_id(l.name);
      linked.owner = l.owner;
      linked.kind = l.kind;
      linked.position = l.position;
      linked.begin = l.range.begin;
      out_.locals.push_back(linked);
    }
  }

  void link_ref(const Ref& ref) {
    graph::Site site;
    site.begin = ref.begin;
    site.length = ref.length;
    site.owner = ref.owner;
    site.name = intern_id(ref.name);
    site.role = ref.role;
    site.flags = ref.flags & kKeptFlags;
    if (rules_ == nullptr) {
      link_outline(ref, site);
      return;
    }
    Found found = ref.bind == BindKind::kLocal && !hidden_by_member(ref) ? bound_to_local(ref, site)
                                                                         : find(ref);
    refine(ref, found, site);
    finish(found, site);
  }

  void link_outline(const Ref& ref, graph::Site& site) {
    if (ref.bind == BindKind::kLocal) {
      site.local = ref.bound;
      site.tier = Tier::kExact;
      site.origin = Origin::kLexical;
    } else if (ref.bind == BindKind::kSymbol) {
      site.tier = Tier::kExact;
      site.origin = Origin::kLexical;
      site.first_target = static_cast<std::uint32_t>(out_.targets.size());
      site.target_count = 1;
      out_.targets.push_back(unit_.id_of(ref.bound));
    } else {
      site.reason = Reason::kOutline;
    }
    out_.sites.push_back(site);
  }

  /// A name bound outside a type body that encloses the site: a member of the type comes first.
  bool hidden_by_member(const Ref& ref) {
    if ((ref.flags & ref_flag::kCrossesType) == 0 || !rules_->unqualified_members()) return false;
    const SymbolId type = resolver_.enclosing_type(self_, ref.scope);
    if (!type.exists()) return false;
    const Found member =
        resolver_.find_type_member(type, resolver_.text(self_, ref.name), ref.args);
    return member.ok() && member.tier != Tier::kExternal;
  }

  Found bound_to_local(const Ref& ref, graph::Site& site) {
    Found found;
    site.local = ref.bound;
    if (ref.role != RefRole::kCall && ref.role != RefRole::kNew && ref.role != RefRole::kDecorate) {
      found.tier = Tier::kExact;
      found.origin = Origin::kLexical;
      found.reason = Reason::kNone;
      return found;
    }
    // The name is known, what it calls only when the variable's one value is.
    const Values held = resolver_.value_of_local(ref.bound);
    add_called(held, ref.args, found.targets);
    for (const Value& v : held) {
      if (v.kind == Value::Kind::kExternal && found.external.empty()) {
        found.external = v.external;
      }
    }
    found.origin = Origin::kLexical;
    if (!found.targets.empty()) {
      found.tier = found.targets.size() == 1 ? Tier::kResolved : Tier::kDispatch;
      found.external.clear();
      found.reason = Reason::kNone;
    } else if (!found.external.empty()) {
      found.tier = Tier::kExternal;
      found.reason = Reason::kNone;
    } else {
      found.reason = Reason::kDynamic;
    }
    return found;
  }

  /// What calling the values runs: functions, types, and methods of callable objects.
  void add_called(const Values& values, unsigned args, std::vector<SymbolId>& out) {
    const auto add = [&](SymbolId s) {
      if (std::find(out.begin(), out.end(), s) == out.end()) out.push_back(s);
    };
    const std::string_view method = rules_->call_method();
    for (const Value& v : values) {
      if (v.kind == Value::Kind::kCallable || v.kind == Value::Kind::kType) add(v.symbol);
      if (v.kind != Value::Kind::kInstance || method.empty()) continue;
      for (const SymbolId s : resolver_.find_type_member(v.symbol, method, args).targets) add(s);
    }
  }

  /// A call of a variable or field: what it holds follows it in the targets.
  void add_held(const Ref& ref, Found& found, graph::Site& site) {
    std::vector<SymbolId> called;
    for (const SymbolId s : found.targets) add_called(resolver_.value_of(s), ref.args, called);
    if (called.empty()) return;
    bool types = true;
    for (const SymbolId s : called)
      types = types && graph::is_type(resolver_.lookups().symbol(s).kind);
    if (called.size() > 1) found.tier = std::max(found.tier, Tier::kDispatch);
    if (found.tier == Tier::kExact) found.tier = Tier::kResolved;
    found.targets.insert(found.targets.end(), called.begin(), called.end());
    if (!types) return;
    site.role = RefRole::kNew;
    add_constructors(ref, found);
  }

  Found find(const Ref& ref) {
    const std::string_view name = resolver_.text(self_, ref.name);
    if (ref.bind == BindKind::kImport) return resolver_.import_target(self_, ref.bound);
    if (ref.bind == BindKind::kSymbol) {
      Found found;
      found.targets.push_back(resolver_.representative(unit_.id_of(ref.bound), self_));
      found.tier = Tier::kExact;
      found.origin = Origin::kLexical;
      found.reason = Reason::kNone;
      return found;
    }
    (void)resolver_.set_use(use_of(ref.role));
    const unsigned args = ref.role == RefRole::kCall || ref.role == RefRole::kNew ? ref.args : 255u;
    if (is_constructor_call(ref)) return constructors_of(ref, args);
    if ((ref.flags & ref_flag::kHasReceiver) == 0) {
      if (ref.receiver != kNone) {
        // An unwritten receiver that the name may be looked for in: an enum's constant in a label.
        Found found = resolver_.find_member(resolver_.eval(self_, ref.receiver), name, args);
        if (found.tier == Tier::kResolved) return found;
      }
      Found found = resolver_.find_name(self_, ref.scope, name, args);
      if (found.origin == Origin::kImport && found.tier == Tier::kDispatch &&
          !rules_->last_definition_wins()) {
        resolver_.select_by_arity(found.targets, args);
        if (found.targets.size() == 1) found.tier = Tier::kResolved;
      }
      if (rules_->has_extensions() && ref.role != RefRole::kImport)
        resolver_.check_implicit(self_, ref.scope, found);
      if (ref.role != RefRole::kImport && ref.role != RefRole::kDecorate)
        resolver_.keep_kind(found, ref.role == RefRole::kType || ref.role == RefRole::kInherit ||
                                       ref.role == RefRole::kNew);
      return found.ok() ? found : guess(ref, name, std::move(found));
    }
    if (ref.receiver == kNone) {
      Found none;
      none.reason = Reason::kUnknownReceiver;
      return guess(ref, name, std::move(none));
    }
    const Values receivers = resolver_.eval(self_, ref.receiver);
    Found found = resolver_.find_member(receivers, name, args);
    if ((!found.ok() || found.tier == Tier::kExternal) && rules_->has_extensions()) {
      Found extension = rules_->find_extension(resolver_, self_, ref.scope, receivers, name, args);
      if (extension.ok() && (!found.ok() || extension.tier != Tier::kHeuristic)) return extension;
    }
    return found.ok() ? found : guess(ref, name, std::move(found));
  }

  static Use use_of(RefRole role) {
    switch (role) {
      case RefRole::kCall:
      case RefRole::kValue:
        return Use::kCall;
      case RefRole::kRead:
      case RefRole::kWrite:
        return Use::kValue;
      case RefRole::kType:
      case RefRole::kInherit:
      case RefRole::kNew:
      case RefRole::kDecorate:
        return Use::kType;
      default:
        return Use::kAny;
    }
  }

  /// `this(...)` and `super(...)` written as calls, `new static` and its kin.
  bool is_constructor_call(const Ref& ref) const {
    const bool made = ref.role == RefRole::kNew;
    if ((ref.role != RefRole::kCall && !made) || ref.receiver == kNone) return false;
    const graph::ExprKind kind = resolver_.expr(self_, ref.receiver).kind;
    if (kind != graph::ExprKind::kSelf && kind != graph::ExprKind::kSuper) return false;
    const std::string_view name = resolver_.text(self_, ref.name);
    if (made) return name == "self" || name == "static" || name == "parent";
    return name == "this" || name == "super" || name == "base";
  }

  Found constructors_of(const Ref& ref, unsigned args) {
    Found found;
    found.reason = Reason::kUnknownReceiver;
    const SymbolId own = resolver_.enclosing_type(self_, ref.scope);
    if (!own.exists()) return found;
    const bool super = resolver_.expr(self_, ref.receiver).kind == graph::ExprKind::kSuper;
    std::vector<std::string> outside;
    std::vector<SymbolId> types{own};
    if (super) types = resolver_.supertypes(own, &outside);
    for (const SymbolId type : types) {
      if (super && resolver_.lookups().symbol(type).kind == SymbolKind::kInterface) continue;
      // What is made with `new` stands for the type; refine() adds the constructors.
      Found one = ref.role == RefRole::kNew ? Found() : constructor(type, args);
      if (one.targets.empty()) one = just(type, Origin::kSuperMember);
      one.origin = super ? Origin::kSuperMember : Origin::kSelfMember;
      return one;
    }
    if (!outside.empty()) {
      found.tier = Tier::kExternal;
      found.origin = Origin::kExternalReceiver;
      found.reason = Reason::kNone;
      found.external = outside.front();
    }
    return found;
  }

  static Found just(SymbolId s, Origin origin) {
    Found found;
    found.targets = {s};
    found.tier = Tier::kResolved;
    found.origin = origin;
    found.reason = Reason::kNone;
    return found;
  }

  Found constructor(SymbolId type, unsigned args) {
    const Unit& home = resolver_.lookups().unit_of(type);
    const LinkPolicy* rules = policy_for(home.language);
    if (rules == nullptr) return {};
    const std::string name = rules->constructor_name(home, resolver_.lookups().symbol(type));
    if (name.empty()) return {};
    const Use use = resolver_.set_use(Use::kConstruct);
    Found found = resolver_.find_type_member(type, name, args);
    (void)resolver_.set_use(use);
    std::erase_if(found.targets, [&](SymbolId s) {
      const Symbol& row = resolver_.lookups().symbol(s);
      if (row.kind != SymbolKind::kConstructor) return true;
      return !rules->constructors_inherit() &&
             resolver_.lookups().keys(s).scope_key != resolver_.lookups().keys(type).opens_key;
    });
    return found;
  }

  /// Candidates by bare name for calls that nothing better explains: tier heuristic.
  Found guess(const Ref& ref, std::string_view name, Found&& failed) {
    const bool call = ref.role == RefRole::kCall || ref.role == RefRole::kNew;
    if (ref.role == RefRole::kType && rules_->guesses_types() &&
        (ref.flags & ref_flag::kHasReceiver) == 0)
      return guess_type(name, std::move(failed));
    if (!call || failed.reason == Reason::kBudget || name.size() < 3) return std::move(failed);
    const bool member = (ref.flags & ref_flag::kHasReceiver) != 0;
    if (member && failed.reason == Reason::kNoSuchMember && rules_->members_are_known())
      return std::move(failed);
    if (member && failed.reason == Reason::kUnknownReceiver)
      if (Found any = rules_->any_member(resolver_, self_, name); any.ok()) return any;
    if (member && rules_->is_common_member(name)) return std::move(failed);
    Found found = resolver_.find_anywhere(self_, name, ref.args, member);
    if (!found.ok()) {
      if (found.reason == Reason::kTooManyCandidates) failed.reason = found.reason;
      return std::move(failed);
    }
    if (found.targets.size() > kMaxGuesses) {
      failed.reason = Reason::kTooManyCandidates;
      return std::move(failed);
    }
    return found;
  }

  Found guess_type(std::string_view name, Found&& failed) {
    Found found = resolver_.find_anywhere(self_, name, 255, false);
    std::erase_if(found.targets, [&](SymbolId s) {
      const SymbolKind kind = resolver_.lookups().symbol(s).kind;
      return !graph::is_type(kind) && kind != SymbolKind::kTypeAlias;
    });
    return found.targets.size() == 1 ? std::move(found) : std::move(failed);
  }

  /// Role and targets as the kind of the target makes them.
  void refine(const Ref& ref, Found& found, graph::Site& site) {
    for (const Value& v : found.modules) add_module_target(v, found);
    if (found.targets.empty()) return;
    rules_->choose(resolver_, ref, found);
    if (found.targets.empty()) return;
    const SymbolKind kind = resolver_.lookups().symbol(found.targets.front()).kind;
    if (kind == SymbolKind::kMacro &&
        (site.role == RefRole::kCall || site.role == RefRole::kRead)) {
      site.role = RefRole::kMacro;
      return;
    }
    const bool type_like = graph::is_type(kind) || kind == SymbolKind::kTypeAlias;
    if (site.role == RefRole::kCall && rules_->calls_read_values() && !type_like &&
        !graph::is_callable(kind) && kind != SymbolKind::kConcept) {
      site.role = RefRole::kRead;
      return;
    }
    if (site.role == RefRole::kRead && (type_like || graph::is_callable(kind))) {
      const bool property =
          (resolver_.lookups().symbol(found.targets.front()).flags & symbol_flag::kProperty) != 0;
      if (!property) site.role = RefRole::kValue;
      return;
    }
    const bool holds = kind == SymbolKind::kVariable || kind == SymbolKind::kConstant ||
                       kind == SymbolKind::kField;
    if (holds && rules_->calls_through_variables() &&
        (site.role == RefRole::kCall || site.role == RefRole::kDecorate))
      return add_held(ref, found, site);
    if ((site.role == RefRole::kCall && type_like) || site.role == RefRole::kNew) {
      site.role = RefRole::kNew;
      add_constructors(ref, found);
    }
  }

  void add_constructors(const Ref& ref, Found& found) {
    const std::vector<SymbolId> types = found.targets;
    for (const SymbolId t : types) {
      SymbolId type = t;
      if (!graph::is_type(resolver_.lookups().symbol(type).kind)) {
        // An alias makes what it stands for.
        for (const Value& v : resolver_.value_of(type))
          if (v.kind == Value::Kind::kType) type = v.symbol;
        if (!graph::is_type(resolver_.lookups().symbol(type).kind)) continue;
      }
      const Found made = constructor(type, ref.args);
      for (const SymbolId c : made.targets)
        if (std::find(found.targets.begin(), found.targets.end(), c) == found.targets.end())
          found.targets.push_back(c);
      if (made.targets.size() > 1) found.tier = std::max(found.tier, Tier::kDispatch);
    }
    if (found.tier == Tier::kExact && found.targets.size() > 1) found.tier = Tier::kResolved;
  }

  void add_module_target(const Value& v, Found& found) {
    SymbolId target;
    if (v.kind == Value::Kind::kModule) {
      target = resolver_.unit(v.unit).first_symbol;
    } else if (v.kind == Value::Kind::kScope) {
      target = v.symbol;
      if (!target.exists()) {
        // A package without a symbol of its own: the module of its first file stands for it.
        const std::vector<SymbolId> members = resolver_.lookups().members(v.scope);
        if (!members.empty()) target = resolver_.lookups().unit_of(members.front()).first_symbol;
      }
    }
    if (target.exists() &&
        std::find(found.targets.begin(), found.targets.end(), target) == found.targets.end())
      found.targets.push_back(target);
  }

  void finish(Found& found, graph::Site& site) {
    site.tier = found.tier;
    site.origin = found.origin;
    site.reason = found.reason;
    const bool bound = !found.targets.empty();
    if (found.tier == Tier::kExternal) {
      site.external = intern(found.external);
      if (site.external == 0) site.tier = Tier::kUnresolved;
    } else if (!bound && site.local == kNone && found.tier != Tier::kUnresolved) {
      site.tier = Tier::kUnresolved;
      if (site.reason == Reason::kNone) site.reason = Reason::kNoSuchName;
    }
    if (site.tier == Tier::kUnresolved) {
      if (site.reason == Reason::kNone) site.reason = Reason::kNoSuchName;
      site.origin = Origin::kNone;
    }
    if (bound && site.tier != Tier::kUnresolved && site.tier != Tier::kExternal) {
      site.first_target = static_cast<std::uint32_t>(out_.targets.size());
      site.target_count = static_cast<std::uint32_t>(found.targets.size());
      out_.targets.insert(out_.targets.end(), found.targets.begin(), found.targets.end());
    }
    out_.sites.push_back(site);
  }

  void add_edge(SymbolId src, SymbolId dst, EdgeKind kind, Tier tier, Origin origin) {
    if (src == dst) return;
    out_.edges.push_back({src, dst, kind, tier, origin});
  }

  /// File-level import edges, so that file graphs need no sites.
  void add_import_edges() {
    (void)resolver_.set_use(Use::kAny);
    for (graph::ImportIdx i = 0; i < unit_.face->imports.size(); ++i) {
      const graph::Import& import = unit_.face->imports[i];
      for (const Value& v : rules_->import_module(resolver_, self_, import)) {
        SymbolId target;
        if (v.kind == Value::Kind::kModule) target = resolver_.unit(v.unit).first_symbol;
        if (v.kind == Value::Kind::kType)
          target = resolver_.lookups().unit_of(v.symbol).first_symbol;
        if (v.kind == Value::Kind::kScope && (import.kind == graph::ImportKind::kModule ||
                                              import.kind == graph::ImportKind::kSideEffect)) {
          // A package as a whole: its first file stands for it.
          for (const SymbolId s : resolver_.lookups().members(v.scope))
            if (!target.exists() && rules_->is_visible(resolver_, self_, s))
              target = resolver_.lookups().unit_of(s).first_symbol;
        }
        if (v.kind == Value::Kind::kScope && import.kind == graph::ImportKind::kName) {
          // A name taken from a package: the file that defines it is what is imported.
          const Found named = resolver_.import_target(self_, i);
          if (!named.targets.empty())
            target = resolver_.lookups().unit_of(named.targets.front()).first_symbol;
        }
        if (target.exists())
          add_edge(unit_.first_symbol, target, EdgeKind::kImports, Tier::kResolved,
                   Origin::kImport);
      }
    }
  }

  void add_overrides() {
    if (!rules_->has_overriding()) return;
    for (graph::SymbolIdx i = 1; i < unit_.symbol_count(); ++i) {
      const Symbol& s = unit_.symbol(i);
      if (s.kind != SymbolKind::kMethod || (s.flags & symbol_flag::kStatic) != 0) continue;
      const SymbolId type = resolver_.enclosing_type(self_, s.declared_in);
      SymbolId home = type;
      if (s.qualifier != 0 || !home.exists()) home = owner_type(i);
      if (!home.exists()) continue;
      const std::string_view name = unit_.str(s.name);
      std::vector<SymbolId> order = resolver_.linearise(home);
      const bool structural = rules_->structural_interfaces();
      if (structural) {
        // Only interfaces have methods to implement: embedding overrides nothing.
        order = resolver_.lookups().known_supertypes(home);
        std::erase_if(order, [&](SymbolId t) {
          return resolver_.lookups().symbol(t).kind != SymbolKind::kInterface;
        });
        order.insert(order.begin(), home);
      }
      for (std::size_t k = 1; k < order.size(); ++k) {
        bool any = false;
        for (const SymbolId base : resolver_.representatives(
                 resolver_.lookups().defs(resolver_.lookups().keys(order[k]).opens_key, name),
                 self_)) {
          const Symbol& b = resolver_.lookups().symbol(base);
          if (!graph::is_callable(b.kind)) continue;
          if (s.disambiguator != 0 && b.disambiguator != 0 && s.disambiguator != b.disambiguator &&
              (s.min_args != b.min_args || s.max_args != b.max_args))
            continue;
          add_edge(unit_.id_of(i), base, EdgeKind::kOverrides, Tier::kResolved,
                   Origin::kInheritedMember);
          any = true;
        }
        if (any && !structural) break;
      }
    }
  }

  SymbolId owner_type(graph::SymbolIdx row) {
    const Symbol& s = unit_.symbol(row);
    return s.scope == kNone ? SymbolId::none() : resolver_.enclosing_type(self_, s.scope);
  }

  UnitId self_;
  const Unit& unit_;
  const graph::Body& body_;
  Resolver resolver_;
  const LinkPolicy* rules_;
  graph::FileLinks out_;
  std::unordered_map<std::string, graph::StrId> interned_;
  std::unordered_map<graph::StrId, graph::StrId> by_id_;
};

}  // namespace

Heritage heritage(const World& world, UnitId self) {
  Heritage out;
  const Unit& unit = world.unit(self);
  const LinkPolicy* rules = policy_for(unit.language);
  if (rules == nullptr || !unit.face) return out;
  Resolver resolver(world, self, nullptr);
  const auto add = [&](SymbolId sub, SymbolId super, graph::SuperKind kind) {
    if (sub == super || !sub.exists() || !super.exists()) return;
    const Inheritance pair{sub, super};
    if (std::find(out.pairs.begin(), out.pairs.end(), pair) != out.pairs.end()) return;
    out.pairs.push_back(pair);
    const bool interface = kind == graph::SuperKind::kImplements;
    out.edges.push_back({sub, super, interface ? EdgeKind::kImplements : EdgeKind::kInherits,
                         Tier::kResolved, Origin::kImport});
  };
  for (const graph::Super& super : unit.face->supers) {
    if (super.type == kNone) continue;
    std::vector<SymbolId> subjects;
    if (super.symbol != kNone) {
      subjects.push_back(resolver.representative(unit.id_of(super.symbol), self));
    } else {
      for (const Value& v : resolver.eval(self, super.subject))
        if (v.kind == Value::Kind::kType)
          subjects.push_back(resolver.representative(v.symbol, self));
    }
    for (const Value& v : resolver.eval(self, super.type)) {
      if (v.kind != Value::Kind::kType) continue;
      const SymbolId base = resolver.representative(v.symbol, self);
      const bool to_interface = resolver.lookups().symbol(base).kind == SymbolKind::kInterface ||
                                resolver.lookups().symbol(base).kind == SymbolKind::kTrait;
      for (const SymbolId s : subjects)
        add(s, base,
            to_interface && super.kind == graph::SuperKind::kExtends &&
                    resolver.lookups().symbol(s).kind != SymbolKind::kInterface
                ? graph::SuperKind::kImplements
                : super.kind);
    }
  }
  if (rules->structural_interfaces()) rules->structural_supertypes(resolver, self, add);
  out.lookups = resolver.lookups().take_keys();
  return out;
}

graph::FileLinks link(const World& world, UnitId unit, const graph::Body& body,
                      const Heritage& heritage) {
  return FileLinker(world, unit, body).run(heritage);
}

}  // namespace cairn::indexer
