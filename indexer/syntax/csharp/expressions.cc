// References, and what expressions and types evaluate to.
#include <algorithm>
#include <array>

#include "indexer/syntax/csharp/names.h"

namespace cairn::indexer::syntax::csharp {
namespace {

bool is_kind(const SyntaxTree& t, NodeIdx n, N kind) {
  return n != kNoNode && type_of(t, n) == kind;
}

/// The node that stands for a name in its surroundings: `Go<int>` for its Go.
NodeIdx outermost_name(const SyntaxTree& t, NodeIdx n) {
  const NodeIdx p = t.parent(n);
  return is_kind(t, p, N::generic_name_) && t.first_child(p) == n ? p : n;
}

}  // namespace

std::uint8_t Extractor::argument_count(NodeIdx arguments) const {
  if (arguments == kNoNode) return 0;
  const unsigned count = t_.named_child_count(arguments);
  return static_cast<std::uint8_t>(count > 254 ? 255 : count);
}

void Extractor::enter_type_position(NodeIdx n) {
  if (w_.hint(n).action == Hint::Action::kDefault) w_.role(n, RefRole::kType);
}

void Extractor::enter_map_route(NodeIdx n, NodeIdx function, NodeIdx arguments) {
  static constexpr std::array<std::string_view, 5> kVerbs = {"MapGet", "MapPost", "MapPut",
                                                             "MapDelete", "MapPatch"};
  if (!is_kind(t_, function, N::member_access_expression_) || arguments == kNoNode) return;
  const NodeIdx name = t_.child(function, Field::name_);
  if (name == kNoNode || std::find(kVerbs.begin(), kVerbs.end(), t_.text(name)) == kVerbs.end())
    return;
  const NodeIdx path = t_.named_child(arguments, 0);
  const NodeIdx second = t_.named_child(arguments, 1);
  if (path == kNoNode || second == kNoNode) return;
  const NodeIdx literal = t_.named_child(path, 0);
  if (!is_kind(t_, literal, N::string_literal_)) return;
  const NodeIdx content = t_.child_of_type(literal, id(N::string_literal_content_));
  if (content == kNoNode || !t_.text(content).starts_with('/')) return;
  NodeIdx handler = t_.named_child(second, 0);
  if (is_kind(t_, handler, N::member_access_expression_)) handler = t_.child(handler, Field::name_);
  if (!is_kind(t_, handler, N::identifier_)) handler = kNoNode;
  std::string verb(t_.text(name).substr(3));
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  define_route(verb + " " + std::string(t_.text(content)), n, handler);
}

void Extractor::enter_invocation(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const std::uint8_t count = argument_count(arguments);
  if (is_kind(t_, function, N::identifier_) && t_.text(function) == "nameof" && count == 1)
    return w_.skip(function);
  w_.role(function, RefRole::kCall, count);
  enter_map_route(n, function, arguments);
}

ExprIdx Extractor::target_type(NodeIdx creation) const {
  // new(...) takes the type of the variable, field or property it initialises.
  const NodeIdx parent = t_.parent(creation);
  if (is_kind(t_, parent, N::variable_declarator_))
    return w_.expr(t_.child(t_.parent(parent), Field::type_));
  if (is_kind(t_, parent, N::property_declaration_)) return w_.expr(t_.child(parent, Field::type_));
  return kNone;
}

void Extractor::enter_initializer(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  ExprIdx object = kNone;
  if (is_kind(t_, parent, N::object_creation_expression_)) {
    const ExprIdx type = w_.expr(t_.child(parent, Field::type_));
    if (type != kNone) object = w_.add_expr(ExprKind::kNew, {}, type);
  } else if (is_kind(t_, parent, N::implicit_object_creation_expression_)) {
    const ExprIdx type = target_type(parent);
    if (type != kNone) object = w_.add_expr(ExprKind::kNew, {}, type);
  } else if (is_kind(t_, parent, N::assignment_expression_)) {
    object = w_.expr(t_.child(parent, Field::left_));
  }
  created_.push_back(object);
}

void Extractor::enter_constructor_initializer(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind != N::kw_this && kind != N::kw_base) continue;
    const ExprIdx self =
        w_.add_expr(kind == N::kw_this ? ExprKind::kSelf : ExprKind::kSuper, t_.text(c));
    w_.add_ref(c, RefRole::kCall, self, argument_count(t_.child_of_type(n, id(N::argument_list_))));
  }
}

bool Extractor::enter_expression(NodeIdx n) {
  const bool hinted = w_.hint(n).action == Hint::Action::kRole;
  const auto pass = [&](NodeIdx to) {
    if (hinted && to != kNoNode) w_.pass_hint(n, to);
  };
  switch (type_of(t_, n)) {
    case N::invocation_expression_:
      enter_invocation(n);
      return true;
    case N::generic_name_:
      pass(t_.first_child(n));
      return true;
    case N::qualified_name_:
    case N::member_access_expression_:
    case N::member_binding_expression_:
    case N::alias_qualified_name_:
      pass(t_.child(n, Field::name_));
      if (type_of(t_, n) == N::alias_qualified_name_) w_.skip(t_.child(n, Field::alias_));
      return true;
    case N::conditional_access_expression_:
      pass(t_.named_child(n, 1));
      return true;
    case N::nullable_type_:
    case N::array_type_:
    case N::pointer_type_:
    case N::ref_type_:
    case N::scoped_type_:
    case N::type_pattern_:
      pass(t_.child(n, Field::type_));
      return true;
    case N::parenthesized_expression_:
    case N::checked_expression_:
    case N::ref_expression_:
      pass(t_.named_child(n, 0));
      return true;
    case N::type_argument_list_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, ref_flag::kTypeArgument);
      return true;
    case N::assignment_expression_:
      w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::tuple_expression_:
    case N::argument_:
      if (const NodeIdx name = t_.child(n, Field::name_); name != kNoNode) w_.skip(name);
      if (hinted && w_.hint(n).role == RefRole::kWrite)
        for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
          if (!w_.skipped(c)) w_.pass_hint(n, c);
      return true;
    case N::prefix_unary_expression_:
    case N::postfix_unary_expression_: {
      const std::string_view text = t_.text(n);
      const bool writes = text.starts_with("++") || text.starts_with("--") ||
                          text.ends_with("++") || text.ends_with("--");
      if (writes)
        w_.role(t_.named_child(n, 0), RefRole::kWrite);
      else
        pass(t_.named_child(n, 0));
      return true;
    }
    default:
      return enter_creation(n);
  }
}

bool Extractor::enter_creation(NodeIdx n) {
  const bool hinted = w_.hint(n).action == Hint::Action::kRole;
  switch (type_of(t_, n)) {
    case N::as_expression_:
    case N::is_expression_:
      if (const NodeIdx type = t_.child(n, Field::right_); type != kNoNode)
        w_.role(type, RefRole::kType);
      return true;
    case N::object_creation_expression_:
      w_.role(t_.child(n, Field::type_), RefRole::kNew,
              argument_count(t_.child(n, Field::arguments_)), hinted ? w_.hint(n).flags : 0);
      return true;
    case N::throw_expression_:
    case N::throw_statement_:
      if (const NodeIdx what = t_.named_child(n, 0);
          is_kind(t_, what, N::object_creation_expression_))
        w_.role(what, RefRole::kRead, 255, ref_flag::kThrown);
      return true;
    case N::initializer_expression_:
      enter_initializer(n);
      return true;
    case N::constructor_initializer_:
      enter_constructor_initializer(n);
      return true;
    default:
      return false;
  }
}

bool Extractor::is_unnamed(NodeIdx n) const {
  // Identifiers that are not references: labels, names of anonymous members and of arguments.
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode) return false;
  switch (type_of(t_, parent)) {
    case N::labeled_statement_:
      return t_.first_child(parent) == n;
    case N::goto_statement_:
    case N::attribute_target_specifier_:
    case N::extern_alias_directive_:
      return true;
    case N::attribute_argument_:
    case N::tuple_element_:
    case N::argument_:
      return t_[n].field == Field::name_;
    case N::anonymous_object_creation_expression_: {
      const std::size_t next = t_.source.find_first_not_of(" \t\r\n", t_[n].end);
      return next != std::string_view::npos && t_.source[next] == '=' &&
             t_.source.substr(next, 2) != "==";
    }
    default:
      return false;
  }
}

bool Extractor::find_receiver(NodeIdx n, ExprIdx& receiver, std::uint8_t& flags) {
  const NodeIdx outer = outermost_name(t_, n);
  const NodeIdx parent = t_.parent(outer);
  if (parent == kNoNode) return false;
  const bool named = t_[outer].field == Field::name_;
  switch (type_of(t_, parent)) {
    case N::member_access_expression_: {
      if (!named) return false;
      const NodeIdx object = t_.child(parent, Field::expression_);
      receiver = w_.expr(object);
      if (is_kind(t_, object, N::predefined_type_)) flags = ref_flag::kTypeSide;
      return true;
    }
    case N::qualified_name_:
      if (!named) return false;
      receiver = w_.expr(t_.child(parent, Field::qualifier_));
      flags = ref_flag::kTypeSide;
      return true;
    case N::member_binding_expression_: {
      const NodeIdx access = t_.parent(parent);
      if (access != kNoNode) receiver = w_.expr(t_.child(access, Field::condition_));
      return true;
    }
    case N::assignment_expression_:
      if (t_[outer].field != Field::left_ ||
          !is_kind(t_, t_.parent(parent), N::initializer_expression_) || created_.empty())
        return false;
      receiver = created_.back();
      return true;
    case N::with_initializer_: {
      if (t_.first_child(parent) != outer) return false;
      receiver = w_.expr(t_.named_child(t_.parent(parent), 0));
      return true;
    }
    case N::subpattern_: {
      if (t_.first_child(parent) != outer || t_.named_child_count(parent) < 2) return false;
      const NodeIdx clause = t_.parent(parent);
      const NodeIdx pattern = clause == kNoNode ? kNoNode : t_.parent(clause);
      const ExprIdx type = is_kind(t_, pattern, N::recursive_pattern_)
                               ? w_.expr(t_.child(pattern, Field::type_))
                               : kNone;
      if (type != kNone) receiver = w_.add_expr(ExprKind::kCast, {}, type);
      return is_kind(t_, clause, N::property_pattern_clause_);
    }
    default:
      return false;
  }
}

void Extractor::leave_name(NodeIdx n) {
  if ((t_[n].flags & node_flag::kMissing) != 0 || muted_ > 0 || w_.skipped(n)) return;
  if (is_unnamed(n)) return;
  const std::string_view text = t_.text(n);
  ExprIdx receiver = kNone;
  std::uint8_t flags = 0;
  const bool member = find_receiver(n, receiver, flags);
  const Hint hint = w_.hint(n);
  if (!member) {
    if (text == "_" && hint.role == RefRole::kWrite) return;  // a discard
    if (setters_ > 0 && text == "value") {
      const SymbolIdx property = w_.current_symbol();
      const ExprIdx type = w_.symbol(property).type;
      if (type != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
      return;
    }
  }
  RefRole role = w_.role_of(n);
  const NodeIdx parent = t_.parent(n);
  if (is_kind(t_, parent, N::with_initializer_) && member) role = RefRole::kWrite;
  if (is_kind(t_, parent, N::type_parameter_constraints_clause_)) role = RefRole::kType;
  const bool is_type = role == RefRole::kType || role == RefRole::kInherit ||
                       role == RefRole::kNew || role == RefRole::kDecorate;
  ExprIdx e = kNone;
  if (member) {
    e = w_.add_expr(ExprKind::kMember, text, receiver);
    w_.facts.face.exprs[e].is_type = is_type;
    flags |= ref_flag::kHasReceiver;
  } else {
    e = w_.add_name(text, is_type);
  }
  w_.set_expr(n, e);
  graph::Ref& ref =
      w_.add_ref(n, role, receiver, hint.args, static_cast<std::uint8_t>(flags | hint.flags));
  if (const auto route = handlers_.find(n); route != handlers_.end()) {
    ref.owner = route->second;
    ref.role = RefRole::kValue;
  }
}

void Extractor::leave_generic(NodeIdx n) {
  const ExprIdx base = w_.expr(t_.first_child(n));
  const NodeIdx arguments = t_.child_of_type(n, id(N::type_argument_list_));
  if (base == kNone) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = arguments == kNoNode ? kNoNode : t_.first_child(arguments); c != kNoNode;
       c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) values.push_back(w_.expr(c));
  const ExprIdx list = w_.add_list(values);
  w_.set_expr(n, list == kNone ? base : w_.add_expr(ExprKind::kGeneric, {}, base, list));
}

NodeIdx Extractor::callee_name(NodeIdx n) const {
  while (n != kNoNode) {
    switch (type_of(t_, n)) {
      case N::member_access_expression_:
      case N::member_binding_expression_:
        n = t_.child(n, Field::name_);
        continue;
      case N::conditional_access_expression_:
        n = t_.named_child(n, 1);
        continue;
      case N::generic_name_:
        n = t_.first_child(n);
        continue;
      case N::identifier_:
        return n;
      default:
        return kNoNode;
    }
  }
  return kNoNode;
}

void Extractor::leave_invocation(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  if (w_.skipped(function)) return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "string"));
  if (const ExprIdx f = w_.expr(function); f != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, f));
  const NodeIdx name = callee_name(function);
  if (arguments == kNoNode || name == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::argument_) continue;
    if (t_.child(c, Field::name_) != kNoNode) break;  // positions end at the first named one
    values.push_back(w_.expr(c));
  }
  w_.add_arguments(name, values);
}

void Extractor::leave_type(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::predefined_type_: {
      const ExprIdx e = w_.add_expr(ExprKind::kBuiltin, t_.text(n));
      w_.facts.face.exprs[e].is_type = true;
      return w_.set_expr(n, e);
    }
    case N::nullable_type_:
    case N::pointer_type_:
    case N::ref_type_:
    case N::scoped_type_:
    case N::type_pattern_:
      return w_.set_expr(n, w_.expr(t_.child(n, Field::type_)));
    case N::array_type_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::type_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return;
    case N::qualified_name_:
    case N::alias_qualified_name_:
    case N::member_access_expression_:
    case N::member_binding_expression_:
      return w_.set_expr(n, w_.expr(t_.child(n, Field::name_)));
    default:
      return;
  }
}

void Extractor::leave_literal(NodeIdx n) {
  const auto literal = [&](std::string_view word) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, word));
  };
  switch (type_of(t_, n)) {
    case N::string_literal_:
    case N::verbatim_string_literal_:
    case N::raw_string_literal_:
    case N::interpolated_string_expression_:
      return literal("string");
    case N::integer_literal_:
      return literal("int");
    case N::real_literal_:
      return literal("double");
    case N::boolean_literal_:
    case N::is_expression_:
    case N::is_pattern_expression_:
      return literal("bool");
    case N::character_literal_:
      return literal("char");
    case N::typeof_expression_:
      return literal("Type");
    default:
      return leave_type(n);
  }
}

void Extractor::leave_expression(NodeIdx n) {
  const auto take = [&](NodeIdx from) { w_.set_expr(n, w_.expr(from)); };
  const auto of_type = [&](ExprKind kind, ExprIdx type) {
    if (type != kNone) w_.set_expr(n, w_.add_expr(kind, {}, type));
  };
  switch (type_of(t_, n)) {
    case N::kw_this:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "this"));
    case N::kw_base:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSuper, "base"));
    case N::parenthesized_expression_:
    case N::checked_expression_:
    case N::ref_expression_:
    case N::prefix_unary_expression_:
    case N::postfix_unary_expression_:
    case N::with_expression_:
      return take(t_.named_child(n, 0));
    case N::argument_:
      return take(t_.child(n, Field::name_) == kNoNode ? t_.first_child(n) : t_.named_child(n, 1));
    case N::conditional_access_expression_:
      return take(t_.named_child(n, 1));
    case N::element_access_expression_:
      return of_type(ExprKind::kElement, w_.expr(t_.child(n, Field::expression_)));
    case N::await_expression_:
      return of_type(ExprKind::kAwait, w_.expr(t_.named_child(n, 0)));
    case N::cast_expression_:
    case N::default_expression_:
      return of_type(ExprKind::kCast, w_.expr(t_.child(n, Field::type_)));
    case N::as_expression_:
      return of_type(ExprKind::kCast, w_.expr(t_.child(n, Field::right_)));
    case N::object_creation_expression_:
      return of_type(ExprKind::kNew, w_.expr(t_.child(n, Field::type_)));
    case N::implicit_object_creation_expression_:
      return of_type(ExprKind::kNew, target_type(n));
    case N::array_creation_expression_:
      return take(t_.child(n, Field::type_));
    case N::assignment_expression_:
      w_.add_assign(w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_)));
      return take(t_.child(n, Field::left_));
    case N::binary_expression_: {
      const NodeIdx left = t_.child(n, Field::left_);
      const NodeIdx right = t_.child(n, Field::right_);
      if (left == kNoNode || right == kNoNode) return;
      const std::string_view between =
          t_.source.substr(t_[left].end, t_[right].begin - t_[left].end);
      if (between.find("??") != std::string_view::npos) take(w_.expr(left) != kNone ? left : right);
      return;
    }
    case N::conditional_expression_: {
      const ExprIdx yes = w_.expr(t_.child(n, Field::consequence_));
      const ExprIdx no = w_.expr(t_.child(n, Field::alternative_));
      if (yes == kNone || no == kNone) return w_.set_expr(n, yes == kNone ? no : yes);
      return w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
    }
    case N::variable_declarator_: {
      const NodeIdx name = t_.child(n, Field::name_);
      const ExprIdx value = w_.expr(t_.named_child(n, 1));
      if (name != kNoNode && value != kNone && !lambda_names_.contains(t_.named_child(n, 1)))
        w_.add_assign(w_.add_name(t_.text(name)), value);
      return;
    }
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::arrow_expression_clause_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_statement_:
      if (const SymbolIdx f = w_.current_callable(); f != kNone)
        w_.symbol(f).flags |= symbol_flag::kGenerator;
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::lambda_expression_:
      if (const NodeIdx body = t_.child(n, Field::body_); body != kNoNode)
        w_.add_return(w_.expr(body));
      return;
    default:
      return leave_literal(n);
  }
}

}  // namespace cairn::indexer::syntax::csharp
