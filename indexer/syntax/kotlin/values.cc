// Kotlin nodes on the way up: types, expressions, references and flows.
#include "indexer/syntax/kotlin/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/kotlin/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::kotlin {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::SymbolIdx;
using graph::SymbolKind;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

bool is_capitalised(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

bool is_name_start(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void Extractor::leave(NodeIdx n) {
  if (!leave_definition(n) && !leave_type(n)) leave_expression(n);
}

bool Extractor::leave_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::property_declaration_:
      leave_property(n);
      return true;
    case N::function_declaration_:
    case N::anonymous_function_:
      leave_function(n);
      return true;
    case N::function_body_:
      if (const NodeIdx value = t_.named_child(n, 0);
          value != kNoNode && type_of(t_, value) != N::block_) {
        w_.set_expr(n, w_.expr(value));
        w_.add_return(w_.expr(value));
      }
      return true;
    case N::lambda_literal_:
      w_.add_return(last_value(n));
      return true;
    case N::type_alias_:
      if (const auto symbol = symbols_.find(n); symbol != symbols_.end())
        w_.symbol(symbol->second).type = w_.expr(type_child(n));
      return true;
    case N::parameter_:
    case N::class_parameter_: {
      const NodeIdx value = default_of(n);
      ExprIdx type = w_.expr(type_child(n));
      if (type != kNone && varargs_.contains(n)) type = w_.add_expr(ExprKind::kArray, {}, type);
      if (const auto local = locals_.find(n); local != locals_.end())
        w_.local(local->second).type = type;
      if (const auto field = symbols_.find(n); field != symbols_.end())
        w_.symbol(field->second).type = type;
      // A parameter's own default stands after it in the list, not inside it.
      if (value != kNoNode && type_of(t_, n) == N::class_parameter_)
        if (const auto local = locals_.find(n); local != locals_.end())
          w_.local(local->second).init = w_.expr(value);
      return true;
    }
    case N::type_parameter_:
      if (const auto local = locals_.find(n); local != locals_.end())
        w_.local(local->second).type = w_.expr(type_child(n));
      return true;
    case N::catch_block_:
      if (const auto local = locals_.find(n); local != locals_.end())
        w_.local(local->second).type = w_.expr(type_child(n));
      return true;
    case N::variable_declaration_: {
      const ExprIdx type = w_.expr(type_child(n));
      if (const auto local = locals_.find(n); local != locals_.end() && type != kNone)
        w_.local(local->second).type = type;
      return true;
    }
    case N::for_statement_:
    case N::when_subject_: {
      const NodeIdx variable = t_.child_of_type(n, raw(N::variable_declaration_));
      if (variable == kNoNode) return true;
      NodeIdx value = t_.next_sibling(variable);
      while (value != kNoNode && (!t_.is_named(value) || t_.is_comment(value)))
        value = t_.next_sibling(value);
      ExprIdx init = w_.expr(value);
      if (init != kNone && type_of(t_, n) == N::for_statement_)
        init = w_.add_expr(ExprKind::kElement, {}, init);
      set_value(variable, kNone, init);
      return true;
    }
    case N::delegation_specifier_:
      leave_delegation(n);
      return true;
    case N::constructor_delegation_call_:
      leave_constructor_call(n);
      return true;
    default:
      return false;
  }
}

void Extractor::set_value(NodeIdx declaration, ExprIdx type, ExprIdx init) {
  if (const auto local = locals_.find(declaration); local != locals_.end()) {
    graph::Local& l = w_.local(local->second);
    if (type != kNone) l.type = type;
    l.init = init;
    if (init == kNone) return;
    const ExprIdx target = w_.add_expr(ExprKind::kName, w_.str(l.name), local->second);
    w_.facts.face.exprs[target].bind = graph::BindKind::kLocal;
    w_.add_assign(target, init);
  } else if (const auto symbol = symbols_.find(declaration); symbol != symbols_.end()) {
    graph::Symbol& s = w_.symbol(symbol->second);
    if (type != kNone) s.type = type;
    s.init = init;
    if (init != kNone) w_.add_assign(w_.add_name(w_.str(s.name)), init);
  }
}

void Extractor::leave_property(NodeIdx n) {
  const NodeIdx declaration = t_.child_of_type(n, raw(N::variable_declaration_));
  if (declaration == kNoNode) return;
  const ExprIdx type = w_.expr(type_child(declaration));
  const NodeIdx value = initializer_of(n);
  ExprIdx init = w_.expr(value);
  if (value == kNoNode && type == kNone) {
    // val x get() = value
    const NodeIdx getter = t_.child_of_type(n, raw(N::getter_));
    const NodeIdx body =
        getter == kNoNode ? kNoNode : t_.child_of_type(getter, raw(N::function_body_));
    const auto symbol = symbols_.find(n);
    if (body != kNoNode && symbol != symbols_.end()) w_.symbol(symbol->second).init = w_.expr(body);
    return;
  }
  set_value(declaration, type, init);
}

void Extractor::leave_function(NodeIdx n) {
  const auto symbol = symbols_.find(n);
  if (symbol == symbols_.end()) return;
  const NodeIdx list = t_.child_of_type(n, raw(N::function_value_parameters_));
  graph::Symbol& f = w_.symbol(symbol->second);
  f.type = w_.expr(type_after(list));
  const NodeIdx body = t_.child_of_type(n, raw(N::function_body_));
  if (f.type == kNone && body != kNoNode) f.init = w_.expr(body);
}

void Extractor::leave_delegation(NodeIdx n) {
  const SymbolIdx type = w_.current_symbol();
  if (!graph::is_type(w_.symbol(type).kind)) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const ExprIdx e = w_.expr(c);
    if (e == kNone || type_of(t_, c) == N::annotation_) continue;
    const bool extends = type_of(t_, c) == N::constructor_invocation_ ||
                         w_.symbol(type).kind == SymbolKind::kInterface;
    w_.add_super(type, e, extends ? graph::SuperKind::kExtends : graph::SuperKind::kImplements);
  }
}

void Extractor::leave_constructor_call(NodeIdx n) {
  NodeIdx name = t_.child_of_type(n, raw(N::kw_this));
  const bool self = name != kNoNode;
  if (!self) name = t_.child_of_type(n, raw(N::kw_super));
  const NodeIdx arguments = t_.child_of_type(n, raw(N::value_arguments_));
  if (name == kNoNode || arguments == kNoNode) return;
  w_.add_ref(name, RefRole::kCall, w_.add_expr(self ? ExprKind::kSelf : ExprKind::kSuper),
             static_cast<std::uint8_t>(t_.named_child_count(arguments) & 0xff));
  add_argument_flows(name, arguments, kNoNode);
}

bool Extractor::leave_type(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::user_type_:
      leave_user_type(n);
      return true;
    case N::nullable_type_:
    case N::parenthesized_type_:
    case N::non_nullable_type_:
    case N::type_projection_:
    case N::constructor_invocation_:
    case N::explicit_delegation_:
      w_.set_expr(n, w_.expr(type_child(n)));
      return true;
    case N::function_type_:
      w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "Function"));
      return true;
    default:
      return false;
  }
}

void Extractor::leave_user_type(NodeIdx n) {
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::identifier_) last = c;
  ExprIdx e = kNone;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::identifier_ && (t_[c].flags & node_flag::kMissing) == 0) {
      const ExprIdx receiver = e;
      const std::string_view text = t_.text(c);
      e = receiver == kNone ? w_.add_name(text, true)
                            : w_.add_expr(ExprKind::kMember, text, receiver);
      w_.facts.face.exprs[e].is_type = true;
      if (c != last && !is_capitalised(text)) continue;  // a package's name is no symbol
      const Hint& hint = w_.hint(n);
      const std::uint8_t flags = static_cast<std::uint8_t>(
          (c == last ? hint.flags : 0) |
          (receiver != kNone ? ref_flag::kHasReceiver | ref_flag::kTypeSide : 0));
      w_.add_ref(c, c == last ? w_.role_of(n, RefRole::kType) : RefRole::kType, receiver,
                 c == last ? hint.args : 255, flags);
    } else if (type_of(t_, c) == N::type_arguments_ && e != kNone) {
      std::vector<ExprIdx> arguments;
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
        if (type_of(t_, k) == N::type_projection_)
          arguments.push_back(w_.expr(k) != kNone ? w_.expr(k) : w_.add_expr(ExprKind::kUnknown));
      e = w_.add_expr(ExprKind::kGeneric, {}, e, w_.add_list(arguments));
    }
  }
  w_.set_expr(n, e);
}

void Extractor::leave_identifier(NodeIdx n) {
  if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing) != 0) return;
  const NodeIdx parent = t_.parent(n);
  if (parent != kNoNode && type_of(t_, parent) == N::user_type_) return;
  const std::string_view text = t_.text(n);
  if (text == "true" || text == "false")
    return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "Boolean"));
  if (text == "null") return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "null"));
  if (text == "break" || text == "continue" || text == "_") return;
  if (text == "field" && (w_.symbol(w_.current_symbol()).flags & symbol_flag::kProperty) != 0)
    return;  // the property's own storage
  w_.set_expr(n, w_.add_name(text, w_.role_of(n) == RefRole::kType));
  w_.add_ref(n, w_.role_of(n), kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Extractor::leave_navigation(NodeIdx n) {
  const NodeIdx object = without_prefix(t_.named_child(n, 0));
  NodeIdx name = kNoNode;
  bool reference = type_of(t_, n) == N::callable_reference_;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::identifier_) name = c;
    reference = reference || type_of(t_, c) == N::double_colon;
  }
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing) != 0) return;
  const std::string_view text = t_.text(name);
  if (reference && text == "class")
    return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "KClass"));
  if (object == name || object == kNoNode) {
    // ::name
    w_.set_expr(n, w_.add_name(text));
    w_.add_ref(name, RefRole::kRead);
    return;
  }
  const ExprIdx base = w_.expr(object);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, text, base));
  const bool type_side =
      reference && (type_of(t_, object) == N::user_type_ || is_capitalised(t_.text(object)));
  w_.add_ref(name, w_.role_of(n), base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver |
                                       (type_side ? ref_flag::kTypeSide : 0)));
}

void Extractor::leave_infix(NodeIdx n) {
  const NodeIdx left = t_.named_child(n, 0);
  const NodeIdx name = t_.named_child(n, 1);
  const NodeIdx right = t_.named_child(n, 2);
  if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
  const ExprIdx base = w_.expr(left);
  const ExprIdx callee = w_.add_expr(ExprKind::kMember, t_.text(name), base);
  w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, callee));
  w_.add_ref(name, RefRole::kCall, base, 1, ref_flag::kHasReceiver);
  if (right != kNoNode) w_.add_arguments(name, {w_.expr(right)});
}

ExprIdx Extractor::last_value(NodeIdx block) const {
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(block); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c) && type_of(t_, c) != N::lambda_parameters_) last = c;
  if (last == kNoNode || type_of(t_, last) == N::property_declaration_ ||
      type_of(t_, last) == N::assignment_)
    return kNone;
  return w_.expr(last);
}

void Extractor::add_argument_flows(NodeIdx name, NodeIdx arguments, NodeIdx lambda) {
  std::vector<ExprIdx> values;
  bool named = false;
  if (arguments != kNoNode)
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) != N::value_argument_) continue;
      named = named || t_.named_child_count(c) > 1;
      if (named) break;  // positions end at the first name
      values.push_back(w_.expr(t_.named_child(c, 0)));
    }
  if (!named && lambda != kNoNode)
    values.push_back(w_.expr(t_.child_of_type(lambda, raw(N::lambda_literal_))));
  w_.add_arguments(name, values);
}

void Extractor::leave_call(NodeIdx n) {
  NodeIdx callee = callee_of(n);
  if (callee == kNoNode) return;
  const NodeIdx annotated = t_.child_of_type(n, raw(N::annotated_lambda_));
  NodeIdx arguments = t_.child_of_type(n, raw(N::value_arguments_));
  const bool outer = trailing_.contains(callee);
  if (outer) {
    arguments = t_.child_of_type(callee, raw(N::value_arguments_));
    w_.set_expr(n, w_.expr(callee));
    callee = callee_of(callee);
  } else if (const ExprIdx e = w_.expr(callee); e != kNone) {
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, e));
  }
  if (trailing_.contains(n) || callee == kNoNode) return;  // the call around it goes on
  const bool member = type_of(t_, callee) == N::navigation_expression_;
  const NodeIdx name = member                                  ? t_.named_child(callee, 1)
                       : type_of(t_, callee) == N::identifier_ ? callee
                                                               : kNoNode;
  if (name == kNoNode) return;
  add_argument_flows(name, arguments, annotated);
  const NodeIdx lambda =
      annotated == kNoNode ? kNoNode : t_.child_of_type(annotated, raw(N::lambda_literal_));
  if (lambda == kNoNode) return;
  const std::string_view text = t_.text(name);
  if (member && (text == "apply" || text == "also"))
    return w_.set_expr(n, w_.expr(without_prefix(t_.named_child(callee, 0))));
  if ((member && (text == "let" || text == "run")) || (!member && text == "with"))
    return w_.set_expr(n, last_value(lambda));
  define_ktor_route(n, callee, lambda);
}

void Extractor::leave_this(NodeIdx n) {
  if (const NodeIdx label = t_.child_of_type(n, raw(N::identifier_)); label != kNoNode) {
    const ExprIdx type = w_.add_name(t_.text(label), true);
    return w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
  }
  // In a lambda with a receiver, `this` is that receiver.
  for (SymbolIdx s = w_.current_symbol(); s != kNone && s != 0; s = w_.symbol(s).parent) {
    if (const auto found = lambda_receivers_.find(s); found != lambda_receivers_.end())
      return w_.set_expr(n, found->second);
    if ((w_.symbol(s).flags & symbol_flag::kAnonymous) == 0 ||
        !graph::is_callable(w_.symbol(s).kind))
      break;
  }
  w_.set_expr(n, w_.add_expr(ExprKind::kSelf));
}

void Extractor::leave_binary(NodeIdx n) {
  const NodeIdx op = t_.child(n, Field::operator_);
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  if (op == kNoNode) return;
  if (generic_calls_.contains(n)) {
    const NodeIdx callee = t_.child(left, Field::left_);
    if (const ExprIdx e = w_.expr(callee); e != kNone)
      w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, e));
    const NodeIdx name =
        type_of(t_, callee) == N::navigation_expression_ ? t_.named_child(callee, 1) : callee;
    if (name != kNoNode) w_.add_arguments(name, {w_.expr(right)});
    return;
  }
  switch (type_of(t_, op)) {
    case N::and_and:
    case N::or_or:
    case N::less:
    case N::greater:
    case N::less_equal:
    case N::greater_equal:
    case N::equal_equal:
    case N::not_equal:
    case N::same:
    case N::not_same:
      return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "Boolean"));
    case N::elvis: {
      const ExprIdx value = w_.expr(left);
      const ExprIdx otherwise = w_.expr(right);
      if (value == kNone || otherwise == kNone)
        return w_.set_expr(n, value != kNone ? value : otherwise);
      return w_.set_expr(n,
                         w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({value, otherwise})));
    }
    case N::plus:
      if (const ExprIdx e = w_.expr(left);
          e != kNone && w_.facts.face.exprs[e].kind == ExprKind::kBuiltin)
        w_.set_expr(n, e);
      return;
    default:
      return;
  }
}

void Extractor::leave_string_content(NodeIdx n) {
  // "$name": the grammar gives a dollar and then text that begins with the name.
  const std::string_view text = t_.text(n);
  if (n == 0 || text.empty() || !is_name_start(text[0])) return;
  const NodeIdx dollar = n - 1;
  if (type_of(t_, dollar) != N::string_content_ || t_.text(dollar) != "$" ||
      t_[dollar].end != t_[n].begin)
    return;
  std::size_t end = 1;
  while (end < text.size() && (is_name_start(text[end]) || (text[end] >= '0' && text[end] <= '9')))
    ++end;
  const std::string_view name = text.substr(0, end);
  if (name == "this") return;
  graph::Ref& ref = w_.add_ref(n, RefRole::kRead);
  ref.name = w_.intern(name);
  ref.length = static_cast<std::uint32_t>(end);
}

void Extractor::leave_expression(NodeIdx n) {
  const auto literal = [&](std::string_view type) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, type));
  };
  const std::string_view text = t_[n].end > t_[n].begin ? t_.text(n) : std::string_view("\n");
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::navigation_expression_:
    case N::callable_reference_:
      return leave_navigation(n);
    case N::call_expression_:
      return leave_call(n);
    case N::infix_expression_:
      return leave_infix(n);
    case N::binary_expression_:
      return leave_binary(n);
    case N::this_expression_:
      return leave_this(n);
    case N::super_expression_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSuper));
    case N::string_content_:
      return leave_string_content(n);
    case N::string_literal_:
    case N::multiline_string_literal_:
      return literal("String");
    case N::number_literal_:
      return literal(text.back() == 'L' ? "Long" : "Int");
    case N::float_literal_:
      return literal(text.back() == 'f' || text.back() == 'F' ? "Float" : "Double");
    case N::character_literal_:
      return literal("Char");
    case N::is_expression_:
    case N::in_expression_:
      return literal("Boolean");
    case N::as_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::right_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
      return;
    case N::index_expression_:
      if (const ExprIdx base = w_.expr(without_prefix(t_.named_child(n, 0))); base != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, base));
      return;
    case N::unary_expression_: {
      const NodeIdx op = t_.child(n, Field::operator_);
      if (op != kNoNode && type_of(t_, op) == N::bang) return literal("Boolean");
      return w_.set_expr(n, w_.expr(t_.child(n, Field::argument_)));
    }
    case N::parenthesized_expression_:
    case N::annotated_expression_:
    case N::spread_expression_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, t_.named_child_count(n) - 1)));
    case N::value_argument_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, t_.named_child_count(n) - 1)));
    case N::labeled_expression_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 1)));
    default:
      return leave_statement(n);
  }
}

void Extractor::leave_statement(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::if_expression_: {
      // if (c) a else b as a value, where both are plain expressions.
      if (t_.named_child_count(n) != 3) return;
      const ExprIdx yes = w_.expr(t_.named_child(n, 1));
      const ExprIdx no = w_.expr(t_.named_child(n, 2));
      if (yes != kNone && no != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
      return;
    }
    case N::assignment_: {
      const NodeIdx op = t_.child(n, Field::operator_);
      if (op != kNoNode && type_of(t_, op) == N::equals)
        w_.add_assign(w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_)));
      return;
    }
    case N::return_expression_: {
      const NodeIdx label = t_.child(n, Field::label_);
      const ExprIdx value = w_.expr(t_.named_child(n, label == kNoNode ? 0 : 1));
      if (value == kNone) return;
      // Without a label it leaves the function around the lambdas.
      SymbolIdx from = w_.current_symbol();
      while (label == kNoNode && from != 0 &&
             (w_.symbol(from).flags & symbol_flag::kAnonymous) != 0 &&
             w_.symbol(from).kind == SymbolKind::kFunction)
        from = w_.symbol(from).parent;
      w_.facts.body.flows.push_back({graph::FlowKind::kReturn, 255, kNone, from, value});
      return;
    }
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::kotlin
