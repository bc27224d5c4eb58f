// What stands inside items: types, patterns, expressions, their references and flows.
#include <algorithm>
#include <array>

#include "indexer/syntax/rust/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/rust/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::rust {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

template <std::size_t Size>
bool is_any(std::string_view name, const std::array<std::string_view, Size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_primitive(std::string_view name) {
  constexpr std::array<std::string_view, 17> kNames = {
      "u8",  "u16",  "u32",   "u64", "u128", "usize", "i8",   "i16", "i32",
      "i64", "i128", "isize", "f32", "f64",  "bool",  "char", "str"};
  return is_any(name, kNames);
}

/// Types that stand for what they hold: their members are the content's.
bool is_pointer_type(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {
      "Box", "Rc", "Arc", "RefCell", "Cell", "Pin", "Cow", "RwLockReadGuard", "MutexGuard"};
  if (const std::size_t last = name.rfind("::"); last != std::string_view::npos)
    name.remove_prefix(last + 2);
  return is_any(name, kNames);
}

/// Methods that give one item of their receiver, as an optional or a result.
bool gives_item(std::string_view name) {
  constexpr std::array<std::string_view, 17> kNames = {
      "get",  "get_mut",   "first",    "first_mut", "last",      "last_mut",
      "pop",  "pop_front", "pop_back", "next",      "next_back", "peek",
      "lock", "read",      "write",    "remove",    "nth"};
  return is_any(name, kNames);
}

bool is_capitalised(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

std::uint8_t count_arguments(const SyntaxTree& t, NodeIdx arguments) {
  unsigned count = 0;
  if (arguments == kNoNode) return 255;
  for (NodeIdx c = t.first_child(arguments); c != kNoNode; c = t.next_sibling(c))
    if (t.is_named(c) && !t.is_comment(c) && type_of(t, c) != N::attribute_item_) ++count;
  return static_cast<std::uint8_t>(std::min(count, 254u));
}

}  // namespace

bool keeps_value(std::string_view name) {
  constexpr std::array<std::string_view, 17> kNames = {
      "clone",    "as_ref",    "as_mut", "as_deref",   "as_deref_mut", "iter",
      "iter_mut", "into_iter", "borrow", "borrow_mut", "to_owned",     "by_ref",
      "cloned",   "copied",    "values", "values_mut", "into_values"};
  return is_any(name, kNames);
}

bool unwraps(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {
      "unwrap", "expect", "unwrap_or_default", "unwrap_or", "unwrap_or_else", "unwrap_unchecked"};
  return is_any(name, kNames);
}

void Extractor::skip_children(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
}

void Extractor::pass_to_children(NodeIdx n) {
  if (w_.hint(n).action != Hint::Action::kRole) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
}

bool Extractor::enter_type_node(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::reference_type_:
    case N::pointer_type_:
    case N::array_type_:
    case N::tuple_type_:
    case N::dynamic_type_:
    case N::abstract_type_:
    case N::bounded_type_:
    case N::bracketed_type_:
    case N::higher_ranked_trait_bound_:
    case N::removed_trait_bound_:
      pass_to_children(n);
      return true;
    case N::function_type_:
      if (w_.hint(n).action == Hint::Action::kRole) w_.pass_hint(n, t_.child(n, Field::trait_));
      return true;
    case N::generic_type_:
    case N::generic_type_with_turbofish_:
      if (w_.hint(n).action == Hint::Action::kRole) w_.pass_hint(n, t_.child(n, Field::type_));
      return true;
    case N::type_arguments_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, ref_flag::kTypeArgument);
      return true;
    case N::type_binding_:
      w_.skip(t_.child(n, Field::name_));
      w_.role(t_.child(n, Field::type_), RefRole::kType, 255, ref_flag::kTypeArgument);
      return true;
    case N::scoped_type_identifier_:
    case N::scoped_identifier_:
      w_.skip(t_.child(n, Field::name_));
      return true;
    case N::lifetime_:
    case N::label_:
      skip_children(n);
      return true;
    default:
      return false;
  }
}

void Extractor::enter_expression(NodeIdx n) {
  if (enter_type_node(n)) return;
  switch (type_of(t_, n)) {
    case N::block_:
    case N::async_block_: {
      const NodeIdx parent = t_.parent(n);
      if (parent == kNoNode || type_of(t_, parent) != N::function_item_)
        w_.open_scope(ScopeKind::kBlock, n);
      return;
    }
    case N::if_expression_:
    case N::while_expression_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::match_arm_: {
      w_.open_scope(ScopeKind::kBlock, n);
      const NodeIdx pattern = t_.child(n, Field::pattern_);
      if (pattern != kNoNode)
        if (const NodeIdx what = t_.named_child(pattern, 0); what != kNoNode)
          define_pattern(what, w_.current_scope(), SymbolKind::kLocal, 0);
      return;
    }
    case N::for_expression_: {
      w_.open_scope(ScopeKind::kBlock, n);
      const NodeIdx value = t_.child(n, Field::value_);
      const NodeIdx pattern = t_.child(n, Field::pattern_);
      if (pattern != kNoNode)
        define_pattern(pattern, w_.current_scope(), SymbolKind::kLocal,
                       value != kNoNode ? t_[value].end : 0);
      return;
    }
    case N::let_declaration_:
    case N::let_condition_:
      if (const NodeIdx pattern = t_.child(n, Field::pattern_); pattern != kNoNode)
        define_pattern(pattern, w_.current_scope(), SymbolKind::kLocal, t_[n].end);
      return;
    case N::closure_expression_:
      return enter_closure(n);
    case N::call_expression_:
      return enter_call(n);
    case N::generic_function_:
      if (w_.hint(n).action == Hint::Action::kRole) w_.pass_hint(n, t_.child(n, Field::function_));
      return;
    case N::parenthesized_expression_:
      return pass_to_children(n);
    case N::field_expression_:
      w_.skip(t_.child(n, Field::field_));
      return;
    case N::assignment_expression_:
    case N::compound_assignment_expr_: {
      NodeIdx left = t_.child(n, Field::left_);
      if (left != kNoNode &&
          (type_of(t_, left) == N::identifier_ || type_of(t_, left) == N::field_expression_ ||
           type_of(t_, left) == N::scoped_identifier_))
        w_.role(left, RefRole::kWrite);
      return;
    }
    case N::struct_expression_:
      w_.role(t_.child(n, Field::name_), RefRole::kNew,
              count_arguments(t_, t_.child(n, Field::body_)));
      return;
    case N::field_initializer_:
      w_.skip(t_.child(n, Field::field_));
      return;
    case N::field_pattern_:
      w_.skip(t_.child(n, Field::name_));
      return;
    case N::macro_invocation_:
      return enter_macro(n);
    case N::token_tree_:
      return enter_token_tree(n);
    default:
      return;
  }
}

void Extractor::enter_call(NodeIdx n) {
  w_.role(t_.child(n, Field::function_), RefRole::kCall,
          count_arguments(t_, t_.child(n, Field::arguments_)));
}

void Extractor::enter_closure(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.flags = symbol_flag::kAnonymous;
  s.visibility = graph::Visibility::kPrivate;
  const SymbolIdx symbol = w_.define(s);
  items_.emplace(n, symbol);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, true);
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  if (parameters == kNoNode) return;
  std::uint8_t count = 0;
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const NodeIdx pattern = type_of(t_, c) == N::parameter_ ? t_.child(c, Field::pattern_) : c;
    if (pattern != kNoNode)
      define_pattern(pattern, w_.current_scope(), SymbolKind::kParameter, 0, count);
    if (count < 254) ++count;
  }
  graph::Symbol& f = w_.symbol(symbol);
  f.metrics.parameters = count;
  f.min_args = count;
  f.max_args = count;
}

/// Does this identifier of a pattern introduce a variable? Constants, unit structs and variants are
/// capitalised; the last parts of paths and the names of structures are no variables either.
bool Extractor::binds(NodeIdx id) const {
  const NodeIdx parent = t_.parent(id);
  if (type_of(t_, id) == N::shorthand_field_identifier_) return true;
  if (type_of(t_, id) != N::identifier_) return false;
  switch (type_of(t_, parent)) {
    case N::scoped_identifier_:
    case N::scoped_type_identifier_:
    case N::generic_pattern_:
    case N::generic_type_:
    case N::range_pattern_:
    case N::macro_invocation_:
    case N::token_tree_:
    case N::const_block_:
    case N::label_:
    case N::lifetime_:
      return false;
    case N::tuple_struct_pattern_:
      if (t_[id].field == Field::type_) return false;
      break;
    case N::captured_pattern_:
      if (t_.first_child(parent) == id) return true;
      break;
    default:
      break;
  }
  return !is_capitalised(t_.text(id));
}

void Extractor::define_pattern(NodeIdx pattern, ScopeIdx scope, SymbolKind kind,
                               std::uint32_t visible_from, std::uint8_t position) {
  std::vector<std::string_view> names;  // alternatives of an or-pattern bind the same names
  for (NodeIdx c = pattern; c < t_[pattern].next; ++c) {
    if (type_of(t_, c) == N::const_block_ || type_of(t_, c) == N::macro_invocation_) {
      c = t_[c].next - 1;
      continue;
    }
    if (!binds(c)) continue;
    const std::string_view name = t_.text(c);
    w_.skip(c);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    const auto local = w_.define_local(kind, c, scope, visible_from);
    w_.local(local).position = position;
    defined_[c] = local;
  }
}

NodeIdx Extractor::single_binding(NodeIdx p, unsigned& unwrapped) const {
  for (unsigned depth = 0; p != kNoNode && depth < 16; ++depth) {
    switch (type_of(t_, p)) {
      case N::identifier_:
        return p;
      case N::match_pattern_:
      case N::captured_pattern_:
        p = t_.named_child(p, 0);
        continue;
      case N::mut_pattern_:
      case N::ref_pattern_:
      case N::reference_pattern_: {
        NodeIdx last = kNoNode;
        for (NodeIdx c = t_.first_child(p); c != kNoNode; c = t_.next_sibling(c))
          if (t_.is_named(c) && type_of(t_, c) != N::mutable_specifier_) last = c;
        p = last;
        continue;
      }
      case N::tuple_struct_pattern_: {
        const NodeIdx type = t_.child(p, Field::type_);
        if (type == kNoNode || t_.named_child_count(p) != 2) return kNoNode;
        const std::string_view name = t_.text(type);
        if (name != "Some" && name != "Ok") return kNoNode;
        ++unwrapped;
        p = t_.named_child(p, 1);
        continue;
      }
      default:
        return kNoNode;
    }
  }
  return kNoNode;
}

void Extractor::set_pattern_type(NodeIdx pattern, ExprIdx declared, NodeIdx value) {
  unsigned unwrapped = 0;
  const NodeIdx name = single_binding(pattern, unwrapped);
  const auto at = name == kNoNode ? defined_.end() : defined_.find(name);
  if (at == defined_.end()) return;
  ExprIdx init = w_.expr(value);
  for (unsigned i = 0; i < unwrapped; ++i)
    init = i == 0          ? element(value)
           : init == kNone ? kNone
                           : w_.add_expr(ExprKind::kElement, {}, init);
  graph::Local& l = w_.local(at->second);
  if (declared != kNone && unwrapped == 0) l.type = declared;
  if (init != kNone) l.init = init;
  if (init != kNone) w_.add_assign(w_.add_name(t_.text(name)), init);
}

/// The item of an optional, a result or a container that the node's value is.
ExprIdx Extractor::element(NodeIdx value) {
  if (value == kNoNode) return kNone;
  ExprIdx e = w_.expr(value);
  if (type_of(t_, value) == N::call_expression_) {
    const NodeIdx function = t_.child(value, Field::function_);
    if (function != kNoNode && type_of(t_, function) == N::field_expression_) {
      const NodeIdx field = t_.child(function, Field::field_);
      if (field != kNoNode && gives_item(t_.text(field))) {
        const ExprIdx receiver = w_.expr(t_.child(function, Field::value_));
        // Which of the two it is depends on types: a user's own `get` has a result type.
        if (receiver != kNone && e != kNone) {
          const ExprIdx both[] = {w_.add_expr(ExprKind::kElement, {}, receiver),
                                  w_.add_expr(ExprKind::kElement, {}, e)};
          return w_.add_expr(ExprKind::kUnion, "first", kNone, w_.add_list({both[0], both[1]}));
        }
      }
    }
  }
  return e == kNone ? kNone : w_.add_expr(ExprKind::kElement, {}, e);
}

ExprIdx Extractor::self_type() {
  // In a method the linker knows the type around; elsewhere in an impl it is the impl's type.
  if (w_.current_callable() == kNone && !impls_.empty())
    if (const ExprIdx e = w_.expr(impls_.back().type); e != kNone) return e;
  const ExprIdx e = w_.add_expr(ExprKind::kSelf, "Self");
  w_.facts.face.exprs[e].is_type = true;
  return e;
}

ExprIdx Extractor::block_value(NodeIdx block) const {
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(block); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) last = c;
  return last == kNoNode ? kNone : w_.expr(last);
}

bool Extractor::leave_type_node(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::type_identifier_:
      leave_identifier(n, true);
      return true;
    case N::primitive_type_:
      w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, t_.text(n)));
      return true;
    case N::scoped_type_identifier_:
      leave_path(n, true);
      return true;
    case N::generic_type_:
    case N::generic_type_with_turbofish_:
      leave_generic(n);
      return true;
    case N::reference_type_:
    case N::pointer_type_:
    case N::higher_ranked_trait_bound_:
    case N::qualified_type_:
      w_.set_expr(n, w_.expr(t_.child(n, Field::type_)));
      return true;
    case N::bracketed_type_:
    case N::bounded_type_:
      w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
      return true;
    case N::dynamic_type_:
    case N::abstract_type_:
      w_.set_expr(n, w_.expr(t_.child(n, Field::trait_)));
      return true;
    case N::array_type_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::element_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return true;
    default:
      return false;
  }
}

void Extractor::leave_generic(NodeIdx n) {
  const NodeIdx base = t_.child(n, Field::type_);
  const NodeIdx list = t_.child(n, Field::type_arguments_);
  if (base == kNoNode) return;
  std::vector<ExprIdx> arguments;
  if (list != kNoNode)
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c))
      if (t_.is_named(c) && type_of(t_, c) != N::lifetime_ && type_of(t_, c) != N::type_binding_)
        arguments.push_back(w_.expr(c));
  const std::string_view name = t_.text(base);
  if (is_pointer_type(name) && !arguments.empty()) return w_.set_expr(n, arguments[0]);
  // Of a result only the value is of interest to `?` and unwrap().
  if ((name == "Result" || name.ends_with("::Result")) && arguments.size() > 1) arguments.resize(1);
  const ExprIdx e = w_.expr(base);
  if (e == kNone) return;
  const ExprIdx cells = w_.add_list(arguments);
  w_.set_expr(n, cells == kNone ? e : w_.add_expr(ExprKind::kGeneric, {}, e, cells));
}

void Extractor::leave_identifier(NodeIdx n, bool is_type) {
  if (t_[n].flags & node_flag::kMissing) return;
  switch (type_of(t_, t_.parent(n))) {
    case N::token_tree_:
    case N::token_repetition_:
    case N::token_tree_pattern_:
    case N::token_repetition_pattern_:
    case N::token_binding_pattern_:
    case N::macro_rule_:
      return;  // macro arguments are read as tokens
    default:
      break;
  }
  const std::string_view name = t_.text(n);
  if (name == "Self") {
    w_.set_expr(n, self_type());
    const RefRole role = w_.role_of(n);
    if (role == RefRole::kNew || role == RefRole::kCall)
      w_.add_ref(n, RefRole::kNew, kNone, w_.hint(n).args, w_.hint(n).flags);
    return;
  }
  if (!is_type && is_primitive(name) && t_[n].field == Field::path_) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, name));
    return;
  }
  if (name == "_") return;  // whatever the compiler infers
  w_.set_expr(n, w_.add_name(name, is_type));
  if (w_.skipped(n)) return;
  const bool type_side = is_type || (t_[n].field == Field::path_ && is_capitalised(name));
  w_.add_ref(n, w_.role_of(n, type_side ? RefRole::kType : RefRole::kRead), kNone, w_.hint(n).args,
             w_.hint(n).flags);
}

void Extractor::leave_path(NodeIdx n, bool is_type) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || w_.skipped(n)) return;
  const ExprIdx path = w_.expr(t_.child(n, Field::path_));
  const ExprIdx e = w_.add_expr(ExprKind::kMember, t_.text(name), path);
  w_.facts.face.exprs[e].is_type = is_type;
  w_.set_expr(n, e);
  if (type_of(t_, name) == N::super_ || (t_[name].flags & node_flag::kMissing)) return;
  const bool type_side = is_type || (t_[n].field == Field::path_ && is_capitalised(t_.text(name)));
  w_.add_ref(
      name, w_.role_of(n, type_side ? RefRole::kType : RefRole::kRead), path, w_.hint(n).args,
      static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver | ref_flag::kTypeSide));
}

void Extractor::leave_field(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::field_);
  const ExprIdx base = w_.expr(t_.child(n, Field::value_));
  if (name == kNoNode || type_of(t_, name) != N::field_identifier_) return;
  if (t_[name].flags & node_flag::kMissing) return;
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  w_.add_ref(name, w_.role_of(n), base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

void Extractor::leave_call(NodeIdx n) {
  NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const ExprIdx f = w_.expr(function);
  if (f != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, f));
  if (type_of(t_, function) == N::generic_function_)
    function = t_.child(function, Field::function_);
  if (function == kNoNode) return;
  NodeIdx name = kNoNode;
  switch (type_of(t_, function)) {
    case N::identifier_:
      name = function;
      break;
    case N::scoped_identifier_:
      name = t_.child(function, Field::name_);
      break;
    case N::field_expression_: {
      name = t_.child(function, Field::field_);
      const NodeIdx receiver = t_.child(function, Field::value_);
      if (name == kNoNode || w_.expr(receiver) == kNone) break;
      if (keeps_value(t_.text(name))) w_.set_expr(n, w_.expr(receiver));
      if (unwraps(t_.text(name))) w_.set_expr(n, element(receiver));
      break;
    }
    default:
      break;
  }
  if (name == kNoNode || arguments == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c) && type_of(t_, c) != N::attribute_item_)
      values.push_back(w_.expr(c));
  w_.add_arguments(name, values);
}

void Extractor::leave_initializer(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::field_);
  const NodeIdx list = t_.parent(n);
  const NodeIdx literal = list == kNoNode ? kNoNode : t_.parent(list);
  if (name == kNoNode || literal == kNoNode || type_of(t_, name) != N::field_identifier_) return;
  if (w_.expr(list) == kNone)
    if (const ExprIdx type = w_.expr(t_.child(literal, Field::name_)); type != kNone)
      w_.set_expr(list, w_.add_expr(ExprKind::kNew, {}, type));
  w_.add_ref(name, RefRole::kWrite, w_.expr(list), 255, ref_flag::kHasReceiver);
  const ExprIdx value = w_.expr(t_.child(n, Field::value_));
  if (value != kNone && w_.expr(list) != kNone)
    w_.add_assign(w_.add_expr(ExprKind::kMember, t_.text(name), w_.expr(list)), value);
}

void Extractor::leave_pattern_field(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx pattern = t_.parent(n);
  if (name == kNoNode || pattern == kNoNode) return;
  ExprIdx receiver = kNone;
  if (type_of(t_, pattern) == N::struct_pattern_)
    if (const ExprIdx type = w_.expr(t_.child(pattern, Field::type_)); type != kNone)
      receiver = w_.add_expr(ExprKind::kCast, {}, type);
  w_.add_ref(name, RefRole::kRead, receiver, 255, ref_flag::kHasReceiver);
  // The variable has the field's type.
  NodeIdx target = name;
  if (const NodeIdx inner = t_.child(n, Field::pattern_); inner != kNoNode) {
    unsigned unwrapped = 0;
    target = single_binding(inner, unwrapped);
    if (unwrapped != 0) return;
  }
  const auto at = target == kNoNode ? defined_.end() : defined_.find(target);
  if (at != defined_.end() && receiver != kNone)
    w_.local(at->second).init = w_.add_expr(ExprKind::kMember, t_.text(name), receiver);
}

void Extractor::leave_expression(NodeIdx n) {
  if (leave_type_node(n)) return;
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n, false);
    case N::scoped_identifier_:
      return leave_path(n, false);
    case N::field_expression_:
      return leave_field(n);
    case N::call_expression_:
      return leave_call(n);
    case N::field_initializer_:
      return leave_initializer(n);
    case N::field_pattern_:
      return leave_pattern_field(n);
    case N::parameter_: {
      const NodeIdx pattern = t_.child(n, Field::pattern_);
      if (pattern != kNoNode)
        set_pattern_type(pattern, w_.expr(t_.child(n, Field::type_)), kNoNode);
      return;
    }
    case N::let_declaration_:
    case N::let_condition_: {
      const NodeIdx pattern = t_.child(n, Field::pattern_);
      if (pattern != kNoNode)
        set_pattern_type(pattern, w_.expr(t_.child(n, Field::type_)), t_.child(n, Field::value_));
      return;
    }
    case N::match_pattern_: {
      // The value matched was left before the arms.
      const NodeIdx arm = t_.parent(n);
      const NodeIdx block = arm == kNoNode ? kNoNode : t_.parent(arm);
      const NodeIdx match = block == kNoNode ? kNoNode : t_.parent(block);
      if (match != kNoNode && type_of(t_, match) == N::match_expression_)
        set_pattern_type(n, kNone, t_.child(match, Field::value_));
      return;
    }
    case N::for_expression_: {
      // Bound to the items, so only a plain variable has a type here.
      unsigned unwrapped = 0;
      const NodeIdx pattern = t_.child(n, Field::pattern_);
      const NodeIdx name = pattern == kNoNode ? kNoNode : single_binding(pattern, unwrapped);
      const auto at = name == kNoNode ? defined_.end() : defined_.find(name);
      const ExprIdx items = w_.expr(t_.child(n, Field::value_));
      if (at == defined_.end() || items == kNone || unwrapped != 0) return;
      w_.local(at->second).init = w_.add_expr(ExprKind::kElement, {}, items);
      return;
    }
    case N::assignment_expression_:
      return w_.add_assign(w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_)));
    case N::return_expression_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_expression_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::closure_expression_:
      if (const auto item = items_.find(n); item != items_.end()) {
        const NodeIdx body = t_.child(n, Field::body_);
        w_.symbol(item->second).type = w_.expr(t_.child(n, Field::return_type_));
        w_.add_return(w_.expr(body));
      }
      return;
    default:
      return leave_value(n);
  }
}

void Extractor::leave_value(NodeIdx n) {
  const auto literal = [&](std::string_view name) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, name));
  };
  switch (type_of(t_, n)) {
    case N::self_:
      // In a path `self` is the module, elsewhere the value.
      if (t_[n].field == Field::path_ || type_of(t_, t_.parent(n)) == N::visibility_modifier_)
        return w_.set_expr(n, w_.add_name("self"));
      return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "self"));
    case N::super_:
    case N::crate_:
      return w_.set_expr(n, w_.add_name(t_.text(n)));
    case N::generic_function_:
      return w_.set_expr(n, w_.expr(t_.child(n, Field::function_)));
    case N::struct_expression_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::name_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, e));
      return;
    case N::try_expression_:
      return w_.set_expr(n, element(t_.named_child(n, 0)));
    case N::await_expression_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kAwait, {}, e));
      return;
    case N::index_expression_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, e));
      return;
    case N::type_cast_expression_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::type_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, e));
      return;
    case N::reference_expression_:
      return w_.set_expr(n, w_.expr(t_.child(n, Field::value_)));
    case N::unary_expression_:
      if (t_.text(n).starts_with('*')) w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
      return;
    case N::parenthesized_expression_:
    case N::unsafe_block_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::block_:
      return w_.set_expr(n, block_value(n));
    case N::if_expression_:
      return w_.set_expr(n, w_.expr(t_.child(n, Field::consequence_)));
    case N::array_expression_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return;
    case N::macro_invocation_: {
      const NodeIdx name = t_.child(n, Field::macro_);
      if (name == kNoNode) return;
      if (t_.text(name) == "format") literal("String");
      if (t_.text(name) == "vec") literal("Vec");
      return;
    }
    case N::string_literal_:
    case N::raw_string_literal_:
      return literal("str");
    case N::char_literal_:
      return literal("char");
    case N::integer_literal_:
      return literal("i32");
    case N::float_literal_:
      return literal("f64");
    case N::boolean_literal_:
      return literal("bool");
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::rust
