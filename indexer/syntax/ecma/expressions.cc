// References and expressions of the ECMAScript languages, made when a node is left.
#include <algorithm>

#include "indexer/syntax/ecma/extractor.h"

namespace cairn::indexer::syntax::ecma {

std::uint8_t EcmaExtractor::count_arguments(NodeIdx arguments) const {
  if (arguments == kNoNode) return 0;
  if (type_of(t_, arguments) == N::template_string_) {
    unsigned count = 1;  // the strings, then one per substitution
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
      count += type_of(t_, c) == N::template_substitution_ ? 1 : 0;
    return count > 254 ? 255 : static_cast<std::uint8_t>(count);
  }
  unsigned count = 0;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) == N::spread_element_) return 255;
    ++count;
  }
  return count > 254 ? 255 : static_cast<std::uint8_t>(count);
}

/// The identifier at which a callee's reference stands.
NodeIdx EcmaExtractor::callee_name(NodeIdx callee) const {
  callee = unwrap(callee);
  while (type_of(t_, callee) == N::instantiation_expression_ ||
         type_of(t_, callee) == N::await_expression_)
    callee = unwrap(t_.named_child(callee, 0));
  switch (type_of(t_, callee)) {
    case N::identifier_:
    case N::super_:
      return callee;
    case N::member_expression_:
      return t_.child(callee, Field::property_);
    default:
      return kNoNode;
  }
}

void EcmaExtractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const bool decorates =
      w_.hint(n).action == Hint::Action::kRole && w_.hint(n).role == RefRole::kDecorate;
  w_.role(function, decorates ? RefRole::kDecorate : RefRole::kCall, count_arguments(arguments));
  if (arguments != kNoNode && type_of(t_, arguments) == N::arguments_)
    enter_test(n, function, arguments);
}

void EcmaExtractor::leave_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
    case N::shorthand_property_identifier_:
    case N::shorthand_property_identifier_pattern_:
      return leave_identifier(n);
    case N::member_expression_:
      return leave_member(n);
    case N::call_expression_:
      return leave_call(n);
    case N::new_expression_:
      return leave_new(n);
    case N::this_:
    case N::super_:
      return leave_this(n);
    case N::binary_expression_:
      return leave_binary(n);
    case N::parenthesized_expression_:
    case N::non_null_expression_:
    case N::satisfies_expression_:
    case N::instantiation_expression_:
    case N::jsx_expression_:
    case N::computed_property_name_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::sequence_expression_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (t_.is_named(c) && !t_.is_comment(c)) w_.set_expr(n, w_.expr(c));
      return;
    case N::as_expression_: {
      const NodeIdx type = t_.named_child(n, 1);
      if (type == kNoNode) return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));  // as const
      if (w_.expr(type) != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, w_.expr(type)));
      return;
    }
    case N::type_assertion_: {
      const NodeIdx type = t_.named_child(t_.named_child(n, 0), 0);
      if (w_.expr(type) != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, w_.expr(type)));
      return;
    }
    case N::assignment_expression_:
      return leave_assignment(n);
    case N::augmented_assignment_expression_:
      return w_.add_assign(w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_)));
    case N::await_expression_: {
      const ExprIdx e = w_.expr(t_.named_child(n, 0));
      if (e == kNone) return;
      const graph::Expr& inner = w_.facts.face.exprs[e];
      const bool module = inner.kind == ExprKind::kName && inner.bind == graph::BindKind::kImport;
      return w_.set_expr(n, module ? e : w_.add_expr(ExprKind::kAwait, {}, e));
    }
    case N::ternary_expression_:
      return w_.set_expr(n, union_of({w_.expr(t_.child(n, Field::consequence_)),
                                      w_.expr(t_.child(n, Field::alternative_))}));
    case N::subscript_expression_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::object_)); e != kNone) {
        const NodeIdx index = t_.child(n, Field::index_);
        const std::string_view name = string_text(index);
        w_.set_expr(n, name.empty() ? w_.add_expr(ExprKind::kElement, {}, e)
                                    : w_.add_expr(ExprKind::kMember, name, e));
      }
      return;
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_expression_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::throw_statement_:
      return leave_throw(n);
    default:
      return leave_literal(n);
  }
}

void EcmaExtractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  const ExprIdx value = w_.expr(right);
  w_.set_expr(n, value);
  if (left == kNoNode) return;
  const N type = type_of(t_, left);
  if (type == N::object_pattern_ || type == N::array_pattern_)
    return assign_pattern(left, kNone, value);
  w_.add_assign(w_.expr(left), value);
  if (type != N::member_expression_) return;
  set_value(t_.child(left, Field::property_), kNone, value);
  std::string_view name;
  if (is_export_target(left, name) && name == "=" && value != kNone &&
      type_of(t_, assigned_value(right)) != N::identifier_)
    add_export("=", {}, kNone, value);
}

void EcmaExtractor::leave_throw(NodeIdx n) {
  const NodeIdx what = unwrap(t_.named_child(n, 0));
  if (type_of(t_, what) != N::new_expression_) return;
  const NodeIdx name = callee_name(t_.child(what, Field::constructor_));
  if (name == kNoNode) return;
  if (graph::Ref* ref = w_.ref_at(name)) ref->flags |= ref_flag::kThrown;
}

void EcmaExtractor::leave_literal(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::string_:
    case N::template_string_:
      return w_.set_expr(n, builtin("string"));
    case N::number_:
      return w_.set_expr(n, builtin("number"));
    case N::true_:
    case N::false_:
      return w_.set_expr(n, builtin("boolean"));
    case N::null_:
      return w_.set_expr(n, builtin("null"));
    case N::undefined_:
      return w_.set_expr(n, builtin("undefined"));
    case N::regex_:
      return w_.set_expr(n, builtin("RegExp"));
    case N::array_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, w_.expr(t_.named_child(n, 0))));
    case N::object_:
      if (w_.expr(n) == kNone) w_.set_expr(n, builtin("object"));
      return;
    case N::jsx_element_:
    case N::jsx_self_closing_element_:
      return w_.set_expr(n, builtin("JSX.Element"));
    case N::unary_expression_: {
      const std::string_view text = t_.text(n);
      if (text.starts_with("!") || text.starts_with("delete"))
        w_.set_expr(n, builtin("boolean"));
      else if (text.starts_with("typeof"))
        w_.set_expr(n, builtin("string"));
      else if (!text.starts_with("void"))
        w_.set_expr(n, builtin("number"));
      return;
    }
    default:
      return;
  }
}

bool EcmaExtractor::is_null(ExprIdx e) const {
  if (e == kNone) return true;
  const graph::Expr& x = w_.facts.face.exprs[e];
  if (x.kind != ExprKind::kBuiltin) return false;
  const std::string_view name = w_.str(x.name);
  return name == "null" || name == "undefined" || name == "never";
}

ExprIdx EcmaExtractor::union_of(const std::vector<ExprIdx>& items) {
  std::vector<ExprIdx> kept;
  for (const ExprIdx e : items)
    if (!is_null(e)) kept.push_back(e);
  if (kept.empty()) return kNone;
  if (kept.size() == 1) return kept[0];
  return w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(kept));
}

void EcmaExtractor::leave_binary(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  if (left == kNoNode || right == kNoNode) return;
  if (type_of(t_, left) == N::private_property_identifier_)  // #x in value
    w_.add_ref(left, RefRole::kRead, w_.expr(right), 255, ref_flag::kHasReceiver);
  switch (type_of(t_, t_.child(n, Field::operator_))) {
    case N::op_and:
      return w_.set_expr(n, w_.expr(right));
    case N::op_or:
    case N::op_coalesce:
      return w_.set_expr(n, union_of({w_.expr(left), w_.expr(right)}));
    default:
      break;
  }
  const std::string_view op = t_.source.substr(t_[left].end, t_[right].begin - t_[left].end);
  const bool shift =
      op.find("<<") != std::string_view::npos || op.find(">>") != std::string_view::npos;
  if (!shift && (op.find_first_of("=<>") != std::string_view::npos || has_word(op, "in") ||
                 has_word(op, "instanceof")))
    w_.set_expr(n, builtin("boolean"));
}

void EcmaExtractor::leave_identifier(NodeIdx n) {
  if (t_[n].flags & node_flag::kMissing) return;
  const std::string_view name = t_.text(n);
  const N type = type_of(t_, n);
  if (w_.skipped(n)) {
    if (defined_.contains(n) || pending_.contains(n)) w_.set_expr(n, w_.add_name(name));
    return;
  }
  if (name.empty()) return;
  if (name == "arguments" && w_.in_function()) {
    // Takes what it is given, whatever it declares.
    if (const SymbolIdx f = w_.current_callable(); f != kNone) w_.symbol(f).max_args = 255;
    return;
  }
  const ExprIdx e = w_.add_name(name);
  w_.set_expr(n, e);
  if (type == N::shorthand_property_identifier_) set_value(n, kNone, e);
  const Hint& hint = w_.hint(n);
  const RefRole fallback =
      type == N::shorthand_property_identifier_pattern_ ? RefRole::kWrite : RefRole::kRead;
  graph::Ref& ref = w_.add_ref(n, w_.role_of(n, fallback), kNone, hint.args, hint.flags);
  if (w_.symbol(ref.owner).kind == SymbolKind::kEnum) {
    // Members of an enum see each other by their bare names.
    const auto member = members_.find((std::uint64_t{ref.owner} << 32) | ref.name);
    if (member == members_.end()) return;
    ref.bind = graph::BindKind::kSymbol;
    ref.bound = member->second;
  }
}

void EcmaExtractor::leave_member(NodeIdx n) {
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx name = t_.child(n, Field::property_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing)) return;
  const ExprIdx base = w_.expr(object);
  if (base != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  if (w_.skipped(name) || w_.skipped(n)) return;
  const Hint& hint = w_.hint(n);
  w_.add_ref(name, w_.role_of(n), base, hint.args,
             static_cast<std::uint8_t>(hint.flags | ref_flag::kHasReceiver));
}

void EcmaExtractor::leave_this(NodeIdx n) {
  const bool is_super = type_of(t_, n) == N::super_;
  const This* self = this_.empty() ? nullptr : &this_.back();
  if (is_super) {
    const ExprIdx e = w_.add_expr(ExprKind::kSuper);
    w_.facts.face.exprs[e].is_type = self != nullptr && self->is_type;
    w_.set_expr(n, e);
    if (w_.role_of(n) == RefRole::kCall)
      w_.add_ref(n, RefRole::kCall, e, w_.hint(n).args, ref_flag::kHasReceiver);
    return;
  }
  if (self == nullptr) return;
  switch (self->kind) {
    case ExprKind::kSelf: {
      const ExprIdx e = w_.add_expr(ExprKind::kSelf, "this");
      w_.facts.face.exprs[e].is_type = self->is_type;
      return w_.set_expr(n, e);
    }
    case ExprKind::kSymbol:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, self->symbol));
    case ExprKind::kNew:
      return w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, w_.add_name(self->name)));
    default:
      return;
  }
}

void EcmaExtractor::add_call_arguments(NodeIdx callee, NodeIdx arguments) {
  if (callee == kNoNode || arguments == kNoNode || type_of(t_, arguments) != N::arguments_) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) == N::spread_element_) break;
    values.push_back(w_.expr(c));
  }
  w_.add_arguments(callee, values);
}

void EcmaExtractor::leave_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const bool awaited = type_of(t_, function) == N::await_expression_;
  const ExprIdx f = w_.expr(awaited ? t_.named_child(function, 0) : function);
  if (f != kNone) {
    const ExprIdx call = w_.add_expr(ExprKind::kCall, {}, f);
    w_.set_expr(n, awaited ? w_.add_expr(ExprKind::kAwait, {}, call) : call);
  }
  import_call(n, arguments);
  add_call_arguments(callee_name(function), arguments);
  if (arguments != kNoNode && type_of(t_, arguments) == N::arguments_)
    leave_route(n, function, arguments);
}

ExprIdx EcmaExtractor::with_type_arguments(ExprIdx base, NodeIdx type_arguments) {
  if (base == kNone || type_arguments == kNoNode) return base;
  std::vector<ExprIdx> items;
  for (NodeIdx c = t_.first_child(type_arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    // Positions matter: a type without an expression keeps its place.
    items.push_back(w_.expr(c) != kNone ? w_.expr(c) : w_.add_expr(ExprKind::kUnknown));
  }
  const ExprIdx list = w_.add_list(items);
  return list == kNone ? base : w_.add_expr(ExprKind::kGeneric, {}, base, list);
}

void EcmaExtractor::leave_new(NodeIdx n) {
  const NodeIdx what = t_.child(n, Field::constructor_);
  const ExprIdx base = with_type_arguments(w_.expr(what), t_.child(n, Field::type_arguments_));
  if (base != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, base));
  add_call_arguments(callee_name(what), t_.child(n, Field::arguments_));
}

void EcmaExtractor::leave_heritage(NodeIdx n) {
  const N type = type_of(t_, n);
  const SymbolIdx symbol = w_.current_symbol();
  if (type == N::extends_clause_) {
    const ExprIdx e = with_type_arguments(w_.expr(t_.child(n, Field::value_)),
                                          t_.child(n, Field::type_arguments_));
    if (e != kNone) w_.add_super(symbol, e, graph::SuperKind::kExtends);
    return;
  }
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N child = type_of(t_, c);
    if (child == N::extends_clause_ || child == N::implements_clause_ || w_.expr(c) == kNone)
      continue;
    w_.add_super(
        symbol, w_.expr(c),
        type == N::implements_clause_ ? graph::SuperKind::kImplements : graph::SuperKind::kExtends);
  }
}

void EcmaExtractor::leave_type_identifier(NodeIdx n) {
  if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing)) return;
  w_.set_expr(n, w_.add_name(t_.text(n), true));
  w_.add_ref(n, w_.role_of(n, RefRole::kType), kNone, 255, w_.hint(n).flags);
}

void EcmaExtractor::leave_nested_type(NodeIdx n) {
  const bool value = type_of(t_, n) == N::nested_identifier_;
  const NodeIdx object = t_.child(n, value ? Field::object_ : Field::module_);
  const NodeIdx name = t_.child(n, value ? Field::property_ : Field::name_);
  if (name == kNoNode || object == kNoNode) return;
  const ExprIdx base = w_.expr(object);
  const ExprIdx e = w_.add_expr(ExprKind::kMember, t_.text(name), base);
  w_.facts.face.exprs[e].is_type = !value;
  w_.set_expr(n, e);
  if (w_.skipped(n)) return;
  const auto flags =
      static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver | ref_flag::kTypeSide);
  w_.add_ref(name, w_.role_of(n, value ? RefRole::kRead : RefRole::kType), base, 255, flags);
}

/// A union or intersection, taken whole at its outermost node.
void EcmaExtractor::leave_type_list(NodeIdx n) {
  const N own = type_of(t_, n);
  if (type_of(t_, t_.parent(n)) == own) return;
  std::vector<ExprIdx> items;
  std::vector<NodeIdx> work{n};
  while (!work.empty()) {
    const NodeIdx at = work.back();
    work.pop_back();
    if (type_of(t_, at) != own) {
      items.push_back(w_.expr(at));
      continue;
    }
    const auto from = static_cast<std::ptrdiff_t>(work.size());
    for (NodeIdx c = t_.first_child(at); c != kNoNode; c = t_.next_sibling(c))
      if (t_.is_named(c) && !t_.is_comment(c)) work.push_back(c);
    std::reverse(work.begin() + from, work.end());
  }
  w_.set_expr(n, union_of(items));
}

void EcmaExtractor::leave_type(NodeIdx n) {
  const auto first = [&] { return w_.expr(t_.named_child(n, 0)); };
  switch (type_of(t_, n)) {
    case N::type_identifier_:
      return leave_type_identifier(n);
    case N::predefined_type_:
      return w_.set_expr(n, builtin(t_.text(n)));
    case N::nested_type_identifier_:
    case N::nested_identifier_:
      return leave_nested_type(n);
    case N::type_annotation_:
    case N::type_predicate_annotation_:
    case N::parenthesized_type_:
    case N::readonly_type_:
    case N::optional_type_:
    case N::literal_type_:
      return w_.set_expr(n, first());
    case N::template_literal_type_:
      return w_.set_expr(n, builtin("string"));
    case N::generic_type_:
      return w_.set_expr(n, with_type_arguments(w_.expr(t_.child(n, Field::name_)),
                                                t_.child(n, Field::type_arguments_)));
    case N::array_type_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, first()));
    case N::tuple_type_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kArray));
    case N::union_type_:
    case N::intersection_type_:
      return leave_type_list(n);
    case N::type_query_:
      if (first() != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kTypeOf, {}, first()));
      return;
    case N::this_type_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "this"));
    case N::type_predicate_:
      return w_.set_expr(n, builtin("boolean"));
    case N::function_type_:
    case N::constructor_type_:
      return w_.set_expr(n, builtin("Function"));
    case N::lookup_type_: {
      // T["name"] is the type of a member.
      const std::string_view name = string_text(t_.named_child(t_.named_child(n, 1), 0));
      if (!name.empty() && first() != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kMember, name, first()));
      return;
    }
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::ecma
