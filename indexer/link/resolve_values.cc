// Values: what an expression stands for, as far as annotations, constructors and declared results
// say. No value flow: a variable is what its annotation or its only initialiser says it is.
#include <algorithm>

#include "base/hash.h"
#include "indexer/link/policy.h"
#include "indexer/link/resolver.h"

namespace cairn::indexer {

using graph::BindKind;
using graph::Expr;
using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::Symbol;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;
namespace symbol_flag = graph::symbol_flag;

namespace {

bool same_value(const Value& a, const Value& b) {
  return a.kind == b.kind && a.symbol == b.symbol && a.unit == b.unit && a.scope == b.scope &&
         a.external == b.external && a.element == b.element;
}

bool has_more(const Values& values) {
  return std::any_of(values.begin(), values.end(), [](const Value& v) { return v.more; });
}

/// What was made from values not all of which are listed is not all listed either.
Values with_more_of(const Values& from, Values made) {
  if (!made.empty() && has_more(from)) made.back().more = true;
  return made;
}

}  // namespace

std::string external_member(std::string_view package, std::string_view name) {
  std::string out(package);
  if (!out.ends_with('#')) out += '.';
  // A chain of unknown members must not grow without bound.
  constexpr std::size_t kMaxExternal = 200;
  return out.size() > kMaxExternal ? out : out + std::string(name);
}

void Resolver::add_value(Values& out, Value v) {
  for (Value& known : out) {
    if (!same_value(known, v)) continue;
    known.more = known.more || v.more;
    return;
  }
  if (out.size() >= kMaxValues) {
    out.back().more = true;
    return;
  }
  out.push_back(std::move(v));
}

Values Resolver::values_of(const Found& found) {
  Values out = found.modules;
  for (const SymbolId t : found.targets)
    for (Value& v : value_of(t)) add_value(out, std::move(v));
  // Packages on the way to something outside stand for themselves.
  if (found.tier == Tier::kExternal && !found.external.empty() && found.modules.empty()) {
    Value v;
    v.kind = Value::Kind::kExternal;
    v.external = found.external;
    add_value(out, std::move(v));
  }
  return out;
}

Values Resolver::value_of(SymbolId s) {
  if (const auto known = symbol_memo_.find(s.value()); known != symbol_memo_.end())
    return known->second;
  Values out;
  const std::uint64_t busy = 0x6000000000000000ull | s.value();
  if (depth_ > kMaxDepth || !busy_.insert(busy).second) return out;
  ++depth_;
  const UnitId u = lookups_.world().unit_of(s);
  const Symbol& row = lookups_.symbol(s);
  const auto simple = [&](Value::Kind kind) {
    Value v;
    v.kind = kind;
    v.symbol = s;
    out.push_back(v);
  };
  if (row.kind == SymbolKind::kModule) {
    Value v;
    v.kind = Value::Kind::kModule;
    v.unit = u;
    out.push_back(v);
  } else if (row.kind == SymbolKind::kNamespace) {
    Value v;
    v.kind = Value::Kind::kScope;
    v.symbol = s;
    v.scope = lookups_.keys(s).opens_key;
    out.push_back(v);
  } else if (graph::is_type(row.kind)) {
    simple(Value::Kind::kType);
  } else if (row.kind == SymbolKind::kTypeAlias) {
    out = eval(u, row.type);
    // An intersection has members of its own beside those of its parts.
    if (out.empty() ||
        (row.scope != kNone && !lookups_.members(lookups_.keys(s).opens_key).empty()))
      simple(Value::Kind::kType);
  } else if (graph::is_callable(row.kind) && (row.flags & symbol_flag::kProperty) == 0) {
    simple(Value::Kind::kCallable);
  } else if (row.kind == SymbolKind::kMacro) {
    simple(Value::Kind::kCallable);
  } else {
    if (row.type != kNone) out = instances(u, row.type, Origin::kAnnotatedReceiver);
    if (out.empty() && row.init != kNone) out = eval(u, row.init);
    // An enumeration's member is an instance of it.
    if (out.empty() && row.kind == SymbolKind::kEnumMember) {
      const Unit& file = unit(u);
      Value v;
      v.kind = Value::Kind::kInstance;
      v.symbol = file.id_of(row.parent);
      v.how = Origin::kAnnotatedReceiver;
      out.push_back(v);
    }
    if (out.empty()) simple(Value::Kind::kData);
  }
  --depth_;
  busy_.erase(busy);
  if (depth_ == 0 || !out.empty()) symbol_memo_.emplace(s.value(), out);
  return out;
}

Values Resolver::instances(UnitId u, ExprIdx type, Origin how) {
  Values out;
  // `typeof C` is the type of C itself, not of what C makes.
  if (type != kNone && expr(u, type).kind == ExprKind::kTypeOf) return eval(u, type);
  for (Value v : eval(u, type)) {
    if (v.kind == Value::Kind::kType) {
      v.kind = Value::Kind::kInstance;
      v.how = how;
      v.constructed = false;
      add_value(out, std::move(v));
    } else if (v.kind == Value::Kind::kExternal || v.kind == Value::Kind::kInstance) {
      add_value(out, std::move(v));
    }
  }
  return out;
}

Values Resolver::call(const Values& callees) {
  Values out;
  for (const Value& f : callees) {
    switch (f.kind) {
      case Value::Kind::kType: {
        // A module that is mixed in has no instances: its `new` is a method like any other.
        if (lookups_.symbol(f.symbol).kind == SymbolKind::kTrait &&
            policy(lookups_.world().unit_of(f.symbol)).separates_sides())
          break;
        Value v;
        v.kind = Value::Kind::kInstance;
        v.symbol = f.symbol;
        v.constructed = true;
        v.how = Origin::kConstructedReceiver;
        add_value(out, std::move(v));
        break;
      }
      case Value::Kind::kCallable: {
        const UnitId u = lookups_.world().unit_of(f.symbol);
        const Symbol& row = lookups_.symbol(f.symbol);
        if (row.kind == SymbolKind::kConstructor) {
          const Unit& file = unit(u);
          Value v;
          v.kind = Value::Kind::kInstance;
          v.symbol = file.id_of(row.parent);
          v.constructed = true;
          v.how = Origin::kConstructedReceiver;
          if (graph::is_type(file.symbol(row.parent).kind)) add_value(out, std::move(v));
        } else if (row.type != kNone) {
          for (Value& v : instances(u, row.type, Origin::kReturnedReceiver))
            add_value(out, std::move(v));
        } else if (row.init != kNone && policy(u).init_is_result()) {
          for (Value v : eval(u, row.init)) add_value(out, std::move(v));
        }
        break;
      }
      case Value::Kind::kExternal: {
        if (f.yields_element) {
          for (Value& v : instances(f.unit, f.element, Origin::kReturnedReceiver))
            add_value(out, std::move(v));
          if (!out.empty()) break;
        }
        Value v = f;
        v.external += "()";
        v.yields_element = false;
        add_value(out, std::move(v));
        break;
      }
      case Value::Kind::kInstance: {
        const UnitId u = lookups_.world().unit_of(f.symbol);
        if (policy(u).variants_construct() && lookups_.symbol(f.symbol).kind == SymbolKind::kEnum)
          add_value(out, f);
        break;
      }
      default:
        break;
    }
  }
  return with_more_of(callees, std::move(out));
}

Values Resolver::construct(UnitId u, const Values& callees) {
  Values out = call(callees);
  if (!policy(u).functions_construct()) return out;
  for (const Value& f : callees) {
    if (f.kind != Value::Kind::kCallable || lookups_.symbol(f.symbol).kind != SymbolKind::kFunction)
      continue;
    Value v;
    v.kind = Value::Kind::kInstance;
    v.symbol = f.symbol;
    v.constructed = true;
    v.how = Origin::kConstructedReceiver;
    add_value(out, std::move(v));
  }
  return with_more_of(callees, std::move(out));
}

Values Resolver::element_of(const Values& containers) {
  Values out;
  for (const Value& c : containers) {
    if (c.element != kNone) {
      for (Value& v : instances(c.unit, c.element, Origin::kAnnotatedReceiver))
        add_value(out, std::move(v));
    } else if (c.kind == Value::Kind::kInstance && lookups_.symbol(c.symbol).type != kNone &&
               graph::is_type(lookups_.symbol(c.symbol).kind)) {
      // `type X []Y`: items of what it is made of.
      for (Value& v :
           element_of(instances(lookups_.world().unit_of(c.symbol), lookups_.symbol(c.symbol).type,
                                Origin::kAnnotatedReceiver)))
        add_value(out, std::move(v));
    } else if (c.kind == Value::Kind::kExternal) {
      Value v = c;
      v.external += "[]";
      add_value(out, std::move(v));
    } else if (c.kind == Value::Kind::kInstance && policy(self_).has_pointers()) {
      const Found index = find_type_member(c.symbol, "operator[]", 1);
      if (index.targets.empty())
        add_value(out, c);
      else
        for (Value& v : call(values_of(index))) add_value(out, std::move(v));
    }
  }
  return with_more_of(containers, std::move(out));
}

Values Resolver::value_of_local(graph::LocalIdx index) {
  const graph::Local& l = body_->locals[index];
  Values out;
  if (l.type != kNone) out = instances(self_, l.type, Origin::kAnnotatedReceiver);
  if (!out.empty() || l.init == kNone) return out;
  const LinkPolicy& rules = policy(self_);
  const bool lasts = !l.reassigned || rules.types_are_fixed();
  if (rules.initialisers_join() || (lasts && l.kind == SymbolKind::kLocal))
    out = eval(self_, l.init);
  return out;
}

Values Resolver::eval(UnitId u, ExprIdx e) {
  if (e == kNone) return {};
  const std::uint64_t key = std::uint64_t{u.value()} << 32 | e;
  if (const auto known = eval_memo_.find(key); known != eval_memo_.end()) return known->second;
  const std::uint64_t busy = hash_mix(key, 0x3c);
  if (depth_ > kMaxDepth || out_of_budget() || !busy_.insert(busy).second) return {};
  ++depth_;
  ++steps_;
  const Use use = set_use(Use::kAny);
  Values out = eval_uncached(u, expr(u, e));
  set_use(use);
  --depth_;
  busy_.erase(busy);
  if (depth_ == 0 || !out.empty()) eval_memo_.emplace(key, out);
  return out;
}

Values Resolver::eval_name(UnitId u, const Expr& e) {
  switch (e.bind) {
    case BindKind::kLocal:
      // Locals of another file's functions cannot be seen from its face.
      return u == self_ && body_ != nullptr ? value_of_local(e.a) : Values{};
    case BindKind::kSymbol:
      return value_of(representative(unit(u).id_of(e.a), u));
    case BindKind::kImport:
      return values_of(import_target(u, e.a));
    case BindKind::kUnbound:
      break;
  }
  const Use use = e.is_type && policy(u).types_apart() ? set_use(Use::kType) : use_;
  Found found = find_name(u, e.scope, text(u, e.name), 255);
  set_use(use);
  if (e.is_type) keep_kind(found, true);
  return values_of(found);
}

Values Resolver::eval_member(UnitId u, const Expr& e) {
  const Values receivers = eval(u, e.a);
  const std::string_view name = text(u, e.name);
  const Found member = find_member(receivers, name, 255);
  if ((!member.ok() || member.tier == Tier::kExternal) && policy(u).has_extensions())
    if (const Found found = policy(u).find_extension(*this, u, e.scope, receivers, name, 255);
        found.ok() && found.tier != Tier::kHeuristic)
      return values_of(found);
  Values out = values_of(member);
  if (receivers.size() != 1 || out.size() != 1 || receivers.front().element == kNone ||
      receivers.front().kind != Value::Kind::kExternal)
    return out;
  const LinkPolicy::ItemStep step = policy(u).item_step(name);
  if (step == LinkPolicy::ItemStep::kNone) return out;
  out.front().unit = receivers.front().unit;
  out.front().element = receivers.front().element;
  out.front().yields_element = step == LinkPolicy::ItemStep::kItem;
  return out;
}

Values Resolver::eval_callee(UnitId u, ExprIdx e) {
  if (e == kNone) return {};
  const Expr& callee = expr(u, e);
  if (callee.kind != ExprKind::kName && callee.kind != ExprKind::kMember) return eval(u, e);
  const Use use = set_use(Use::kCall);
  Values out = callee.kind == ExprKind::kName ? eval_name(u, callee) : eval_member(u, callee);
  set_use(use);
  return out;
}

Values Resolver::eval_generic(UnitId u, const Expr& e) {
  Values out = eval(u, e.a);
  if (e.b != kNone && out.size() == 1 && policy(u).is_transparent_generic(out.front()))
    return eval(u, expr(u, e.b).a);
  // Of several arguments the last is what containers hold (Map<K, V> yields V).
  ExprIdx last = kNone;
  for (ExprIdx a = e.b; a != kNone; a = expr(u, a).b) last = expr(u, a).a;
  for (Value& v : out) {
    if (v.kind == Value::Kind::kExternal) {
      unsigned index = policy(self_).element_argument(v.external);
      for (ExprIdx a = e.b; index != 255 && a != kNone; a = expr(u, a).b)
        if (index-- == 0) {
          last = expr(u, a).a;
          break;
        }
    } else if (policy(self_).has_pointers()) {
      continue;
    }
    if (u == self_ || last < unit(u).face->exprs.size()) {
      v.unit = u;
      v.element = last;
    }
  }
  return out;
}

Values Resolver::eval_uncached(UnitId u, const Expr& e) {
  switch (e.kind) {
    case ExprKind::kName:
      return eval_name(u, e);
    case ExprKind::kMember:
      return eval_member(u, e);
    case ExprKind::kCall:
      return call(eval_callee(u, e.a));
    case ExprKind::kNew:
      return construct(u, eval(u, e.a));
    case ExprKind::kSelf:
    case ExprKind::kSuper: {
      const SymbolId type = enclosing_type(u, e.scope);
      if (!type.exists()) return {};
      Value v;
      v.kind = e.is_type ? Value::Kind::kType : Value::Kind::kInstance;
      v.how = e.kind == ExprKind::kSelf ? Origin::kSelfMember : Origin::kSuperMember;
      v.symbol = type;
      return {v};
    }
    case ExprKind::kBuiltin: {
      Value v;
      v.kind = Value::Kind::kExternal;
      const std::string_view package = policy(u).prelude_package(text(u, e.name));
      v.external =
          std::string(package.empty() ? "builtin" : package) + "#" + std::string(text(u, e.name));
      return {v};
    }
    case ExprKind::kElement:
      return policy(u).items_of(*this, eval(u, e.a), text(u, e.name));
    case ExprKind::kAwait:
      return policy(u).awaited(*this, eval(u, e.a));
    case ExprKind::kTypeOf:
      return eval(u, e.a);
    case ExprKind::kGeneric:
      return eval_generic(u, e);
    case ExprKind::kArray: {
      Value v;
      v.kind = Value::Kind::kExternal;
      v.external = "builtin#array";
      v.unit = u;
      v.element = e.a;
      return {v};
    }
    case ExprKind::kCast:
      return instances(u, e.a, Origin::kAnnotatedReceiver);
    case ExprKind::kUnion: {
      Values out;
      for (ExprIdx a = e.b; a != kNone; a = expr(u, a).b) {
        Values one = eval(u, expr(u, a).a);
        // Alternatives of one meaning: the first that leads into the repository is the one.
        if (e.name != 0 && std::any_of(one.begin(), one.end(), [](const Value& v) {
              return v.kind != Value::Kind::kExternal;
            }))
          return one;
        for (Value& v : one) add_value(out, std::move(v));
      }
      return out;
    }
    case ExprKind::kSymbol:
      return value_of(unit(u).id_of(e.a));
    case ExprKind::kUnknown:
    case ExprKind::kArg:
      return {};
  }
  return {};
}

Found Resolver::find_member(const Values& receivers, std::string_view name, unsigned args) {
  Found found;
  found.reason = receivers.empty() ? Reason::kUnknownReceiver : Reason::kNoSuchMember;
  for (const Value& v : receivers) {
    Found one = member_of_value(v, name, args);
    if (v.kind == Value::Kind::kExternal)
      if (Found added = policy(self_).added_member(*this, v, name, args); added.ok())
        one = std::move(added);
    // A supertype outside may have anything, which is no reason not to look.
    if ((!one.ok() || one.tier == Tier::kExternal) && v.symbol.exists())
      if (Found more =
              policy(lookups_.world().unit_of(v.symbol)).value_member(*this, v, name, args);
          more.ok())
        one = std::move(more);
    if (!one.ok() && !found.ok() && one.reason != Reason::kNone) found.reason = one.reason;
    merge(found, std::move(one));
  }
  if (has_more(receivers) && found.ok() && found.tier <= Tier::kDispatch) {
    // Receivers that are not listed may mean other members.
    found.tier = Tier::kDispatch;
    found.reason = Reason::kTooManyCandidates;
  }
  return found;
}

Found Resolver::member_of_value(const Value& v, std::string_view name, unsigned args) {
  Found found;
  found.reason = Reason::kUnknownReceiver;
  switch (v.kind) {
    case Value::Kind::kModule:
      return policy(v.unit).module_member(*this, v.unit, name, args);
    case Value::Kind::kScope: {
      found = find_in_scope(self_, v.scope, name, args, Origin::kModuleMember);
      if (!found.ok()) found = policy(self_).scope_member(*this, v, name, args);
      return found;
    }
    case Value::Kind::kType:
    case Value::Kind::kInstance: {
      found = find_type_member(v.symbol, name, args, v.how == Origin::kSuperMember,
                               v.kind == Value::Kind::kType ? Side::kType : Side::kInstance);
      if (!found.ok() && v.kind == Value::Kind::kInstance && policy(self_).has_pointers()) {
        const Found arrow = find_type_member(v.symbol, "operator->", 0);
        const std::uint64_t busy = hash_mix(0x7000000000000000ull | v.symbol.value(), hash64(name));
        if (!arrow.targets.empty() && busy_.insert(busy).second) {
          found = find_member(call(values_of(arrow)), name, args);
          busy_.erase(busy);
          return found;
        }
      }
      if (found.tier == Tier::kUnresolved || found.tier == Tier::kExternal) return found;
      const bool inherited = found.origin == Origin::kInheritedMember;
      if (v.kind == Value::Kind::kType) {
        if (!inherited) found.origin = Origin::kStaticMember;
        return found;
      }
      if (found.tier == Tier::kResolved) {
        found.origin = v.how == Origin::kNone ? Origin::kAnnotatedReceiver : v.how;
        if (v.how != Origin::kSuperMember && !v.constructed) {
          const bool interface = lookups_.symbol(v.symbol).kind == SymbolKind::kInterface ||
                                 lookups_.symbol(v.symbol).kind == SymbolKind::kTrait;
          add_overriders(found, v.symbol, name,
                         interface ? Origin::kInterfaceDispatch : Origin::kOverrideDispatch);
        }
      }
      return found;
    }
    case Value::Kind::kExternal:
      if (v.element != kNone && policy(self_).sees_through(v.external, name)) {
        const std::uint64_t busy = hash_mix(std::uint64_t{v.unit.value()} << 32 | v.element,
                                            hash64(name) ^ hash64(v.external));
        if (!busy_.insert(busy).second) return found;
        found = find_member(instances(v.unit, v.element, Origin::kAnnotatedReceiver), name, args);
        busy_.erase(busy);
        return found;
      }
      found.tier = Tier::kExternal;
      found.origin = Origin::kExternalReceiver;
      found.reason = Reason::kNone;
      found.external = external_member(v.external, name);
      return found;
    case Value::Kind::kCallable:
    case Value::Kind::kData: {
      // Members of a value that is itself a symbol: an object literal's functions, a function's
      // properties.
      std::vector<SymbolId> candidates = lookups_.defs(member_scope(v.symbol), name);
      if (!candidates.empty())
        return make_found(std::move(candidates), self_, args, Tier::kResolved,
                          Origin::kStaticMember);
      return found;
    }
  }
  return found;
}

}  // namespace cairn::indexer
