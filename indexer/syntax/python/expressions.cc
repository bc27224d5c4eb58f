// What uses names: references, and the expressions that say what values are typed by.
#include <algorithm>
#include <string>

#include "indexer/syntax/python/extractor.h"
#include "indexer/syntax/python/nodes.h"

namespace cairn::indexer::syntax::python {

void Extractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  unsigned count = 0;
  bool open_ended = false;
  if (arguments != kNoNode) {
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (!t_.is_named(c) || t_.is_comment(c)) continue;
      const N kind = type_of(t_, c);
      open_ended = open_ended || kind == N::list_splat_ || kind == N::dictionary_splat_;
      ++count;
    }
    if (type_of(t_, arguments) == N::generator_expression_) count = 1;
  }
  const bool decorates =
      w_.hint(n).action == Hint::Action::kRole && w_.hint(n).role == RefRole::kDecorate;
  w_.role(function, decorates ? RefRole::kDecorate : RefRole::kCall,
          open_ended || count > 254 ? 255 : static_cast<std::uint8_t>(count));
}

void Extractor::enter_decorator(NodeIdx n) {
  const NodeIdx what = t_.named_child(n, 0);
  w_.role(what, RefRole::kDecorate, 1);
}

void Extractor::enter_type(NodeIdx n) {
  // Annotations of parameters and results are evaluated around the function.
  const NodeIdx parent = t_.parent(n);
  const N kind = parent == kNoNode ? N::none : type_of(t_, parent);
  const bool of_function = kind == N::function_definition_ || kind == N::typed_parameter_ ||
                           kind == N::typed_default_parameter_;
  if (of_function && w_.scope(w_.current_scope()).kind == ScopeKind::kFunction)
    w_.reopen_scope(w_.scope(w_.current_scope()).parent, n);
  if (w_.hint(n).action == Hint::Action::kRole) {
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
  }
}

void Extractor::leave_identifier(NodeIdx n) {
  const bool skipped = w_.skipped(n);
  const std::string_view name = t_.text(n);
  if (in_type() && !skipped && name == "Self") {
    // Looked up around the method: the class it stands in.
    const ExprIdx own = w_.add_expr(ExprKind::kSelf, name);
    w_.facts.face.exprs[own].is_type = true;
    w_.set_expr(n, own);
    w_.add_ref(n, RefRole::kType, kNone, w_.hint(n).args, w_.hint(n).flags);
    return;
  }
  if (t_[n].flags & node_flag::kMissing) return;
  if (!skipped || defined_locals_.contains(n)) {
    const SymbolIdx self = skipped ? kNone : self_type(n);
    if (self != kNone) {
      const ExprIdx e = w_.add_expr(ExprKind::kSelf, name);
      const SymbolIdx f = w_.current_callable();
      w_.facts.face.exprs[e].is_type = (w_.symbol(f).flags & symbol_flag::kClassMethod) != 0;
      w_.set_expr(n, e);
    } else if (!in_type() || name != "Any") {  // what may be anything is not known
      w_.set_expr(n, w_.add_name(name, in_type()));
    }
  }
  if (skipped) return;
  const RefRole role = w_.role_of(n, in_type() ? RefRole::kType : RefRole::kRead);
  if (role == RefRole::kWrite) {
    const NodeIdx parent = t_.parent(n);
    if (parent != kNoNode && type_of(t_, parent) == N::augmented_assignment_) {
      w_.add_ref(n, RefRole::kWrite);
      return;
    }
    return write_name(n);
  }
  w_.add_ref(n, role, kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Extractor::leave_attribute(NodeIdx n) {
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx name = t_.child(n, Field::attribute_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing)) return;
  const ExprIdx base = w_.expr(object);
  if (!in_type() || t_.text(name) != "Any")
    w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  const RefRole role = w_.role_of(n, in_type() ? RefRole::kType : RefRole::kRead);
  if (role == RefRole::kWrite && object != kNoNode && type_of(t_, object) == N::identifier_) {
    const NodeIdx parent = t_.parent(n);
    const bool augmented = parent != kNoNode && type_of(t_, parent) == N::augmented_assignment_;
    if (const SymbolIdx type = self_type(object); type != kNone && !augmented)
      return define_field(n, name, type);
  }
  w_.add_ref(name, role, base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

void Extractor::leave_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  if (type_of(t_, function) == N::identifier_ && t_.text(function) == "super") {
    w_.set_expr(n, w_.add_expr(ExprKind::kSuper));
    return;
  }
  if (leave_own_type(n, function, arguments)) return;
  if (const ExprIdx f = w_.expr(function); f != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, f));
  // The call's own reference was added when its function was left.
  const NodeIdx name = type_of(t_, function) == N::attribute_
                           ? t_.child(function, Field::attribute_)
                       : type_of(t_, function) == N::identifier_ ? function
                                                                 : kNoNode;
  if (arguments == kNoNode || name == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) == N::keyword_argument_) break;  // positions end at the first keyword
    values.push_back(w_.expr(c));
  }
  w_.add_arguments(name, values);
}

/// `type(self)` is the class; what `TypeVar(...)` makes stands for its bound, or for anything.
bool Extractor::leave_own_type(NodeIdx n, NodeIdx function, NodeIdx arguments) {
  if (arguments == kNoNode || type_of(t_, function) == N::call_) return false;
  const std::string_view name = t_.text(function);
  if (name == "type" && t_.named_child_count(arguments) == 1) {
    const ExprIdx of = w_.expr(t_.named_child(arguments, 0));
    if (of == kNone || w_.facts.face.exprs[of].kind != ExprKind::kSelf) return false;
    const ExprIdx own = w_.add_expr(ExprKind::kSelf, "type");
    w_.facts.face.exprs[own].is_type = true;
    w_.set_expr(n, own);
    return true;
  }
  if (name != "TypeVar" && !name.ends_with(".TypeVar")) return false;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::keyword_argument_ && t_.text(t_.child(c, Field::name_)) == "bound") {
      const NodeIdx bound = t_.child(c, Field::value_);
      if (bound != kNoNode && type_of(t_, bound) != N::string_) w_.set_expr(n, w_.expr(bound));
    }
  return true;
}

/// `a or b` is one of the two; `a and b` is b whenever it can be used as an object.
void Extractor::leave_boolean(NodeIdx n) {
  const ExprIdx left = w_.expr(t_.child(n, Field::left_));
  const ExprIdx right = w_.expr(t_.child(n, Field::right_));
  if (type_of(t_, t_.child(n, Field::operator_)) == N::kw_and) return w_.set_expr(n, right);
  if (left == kNone || right == kNone) return;
  if (is_none(left) || is_none(right)) return w_.set_expr(n, is_none(left) ? right : left);
  w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({left, right})));
}

void Extractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const ExprIdx value = w_.expr(right);
  if (type != kNone || left == kNoNode)
    set_value_type(left, type, value);
  else
    set_values(left, right);
  w_.add_assign(w_.expr(left), value);
  w_.set_expr(n, value);
  if (left != kNoNode && type_of(t_, left) == N::identifier_ && t_.text(left) == "__all__" &&
      w_.current_scope() == 0 && right != kNoNode)
    read_all(right);
}

void Extractor::leave_expression(NodeIdx n) {
  const auto literal = [&](std::string_view name) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, name));
  };
  switch (type_of(t_, n)) {
    case N::await_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kAwait, {}, e));
      return;
    case N::parenthesized_expression_:
    case N::expression_statement_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::conditional_expression_: {
      const ExprIdx yes = w_.expr(t_.named_child(n, 0));
      const ExprIdx no = w_.expr(t_.named_child(n, 2));
      if (yes == kNone || no == kNone) return;
      return w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
    }
    case N::integer_:
      return literal("int");
    case N::float_:
      return literal("float");
    case N::true_:
    case N::false_:
      return literal("bool");
    case N::none_:
      return literal("None");
    case N::list_:
    case N::list_comprehension_:
      return literal("list");
    case N::dictionary_:
    case N::dictionary_comprehension_:
      return literal("dict");
    case N::set_:
    case N::set_comprehension_:
      return literal("set");
    case N::tuple_:
      return literal("tuple");
    case N::function_definition_:
    case N::class_definition_:
      return;
    default:
      return;
  }
}

void Extractor::pass_to_children(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
}

}  // namespace cairn::indexer::syntax::python
