// Go nodes on the way up: types, expressions, references, flows and routes.
#include <algorithm>
#include <array>

#include "indexer/syntax/go/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/go/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::go {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::SymbolIdx;
using graph::SymbolKind;
namespace ref_flag = graph::ref_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

}  // namespace

void Extractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::package_identifier_:
      if (!w_.skipped(n)) {
        w_.set_expr(n, w_.add_name(t_.text(n)));
        w_.add_ref(n, RefRole::kRead);
      }
      return;
    case N::type_identifier_:
      return leave_type_name(n);
    case N::qualified_type_:
      return leave_qualified(n);
    case N::selector_expression_:
      return leave_selector(n);
    case N::call_expression_:
      return leave_call(n);
    case N::composite_literal_:
      return leave_composite(n);
    case N::keyed_element_:
      return leave_keyed(n);
    case N::const_spec_:
    case N::var_spec_:
      return leave_value_spec(n);
    case N::short_var_declaration_:
    case N::assignment_statement_:
    case N::receive_statement_:
      return leave_assignment(n);
    case N::range_clause_:
      return leave_range(n);
    case N::type_case_:
      return leave_type_switch_arm(n);
    case N::field_declaration_:
      return leave_field(n);
    case N::parameter_declaration_:
    case N::variadic_parameter_declaration_:
    case N::type_parameter_declaration_:
      return leave_parameter(n);
    case N::binary_expression_:
      return leave_binary(n);
    default:
      if (!leave_type(n) && !leave_expression(n)) leave_definition(n);
  }
}

void Extractor::leave_identifier(NodeIdx n) {
  if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing) != 0) return;
  const std::string_view name = t_.text(n);
  if (name == "_") return;
  w_.set_expr(n, w_.add_name(name));
  w_.add_ref(n, w_.role_of(n), kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Extractor::leave_type_name(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if ((t_[n].flags & node_flag::kMissing) != 0) return;
  if (w_.skipped(n)) {
    // A type parameter in a receiver names its own local.
    if (parent != kNoNode && type_of(t_, parent) == N::type_elem_)
      w_.set_expr(n, w_.add_name(t_.text(n), true));
    return;
  }
  if (t_.text(n) == "_") return;
  if (t_.text(n) == "nil") return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "nil"));
  w_.set_expr(n, w_.add_name(t_.text(n), w_.role_of(n, RefRole::kType) != RefRole::kCall &&
                                             w_.role_of(n, RefRole::kType) != RefRole::kRead));
  w_.add_ref(n, w_.role_of(n, RefRole::kType), kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Extractor::leave_qualified(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing) != 0) return;
  const ExprIdx package = w_.expr(t_.child(n, Field::package_));
  const ExprIdx e = w_.add_expr(ExprKind::kMember, t_.text(name), package);
  w_.facts.face.exprs[e].is_type = w_.role_of(n, RefRole::kType) != RefRole::kCall;
  w_.set_expr(n, e);
  w_.add_ref(name, w_.role_of(n, RefRole::kType), package, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

bool Extractor::leave_type(NodeIdx n) {
  const auto first_expr = [&] {
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
      if (w_.expr(c) != kNone) return w_.expr(c);
    return kNone;
  };
  const auto array_of = [&](Field field) {
    if (const ExprIdx e = w_.expr(t_.child(n, field)); e != kNone)
      w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
  };
  switch (type_of(t_, n)) {
    case N::pointer_type_:
    case N::parenthesized_type_:
    case N::negated_type_:
      w_.set_expr(n, first_expr());
      return true;
    case N::array_type_:
    case N::implicit_length_array_type_:
    case N::slice_type_:
      array_of(Field::element_);
      return true;
    case N::map_type_:
    case N::channel_type_:
      array_of(Field::value_);
      return true;
    case N::function_type_:
      w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "func"));
      return true;
    case N::interface_type_:
      if (w_.expr(n) == kNone && t_.named_child_count(n) == 0)
        w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "any"));
      return true;
    case N::type_elem_:
    case N::type_constraint_: {
      std::vector<ExprIdx> types;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (w_.expr(c) != kNone) types.push_back(w_.expr(c));
      if (types.size() == 1) w_.set_expr(n, types[0]);
      if (types.size() > 1)
        w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(types)));
      const NodeIdx parent = t_.parent(n);
      if (types.size() == 1 && parent != kNoNode && type_of(t_, parent) == N::interface_type_ &&
          w_.symbol(w_.current_symbol()).kind == SymbolKind::kInterface)
        w_.add_super(w_.current_symbol(), types[0], graph::SuperKind::kEmbeds);
      return true;
    }
    case N::generic_type_: {
      const ExprIdx base = w_.expr(t_.child(n, Field::type_));
      const NodeIdx list = t_.child(n, Field::type_arguments_);
      if (base == kNone || list == kNoNode) return true;
      std::vector<ExprIdx> arguments;
      for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c))
        if (t_.is_named(c) && !t_.is_comment(c))
          arguments.push_back(w_.expr(c) != kNone ? w_.expr(c) : w_.add_expr(ExprKind::kUnknown));
      w_.set_expr(n, w_.add_expr(ExprKind::kGeneric, {}, base, w_.add_list(arguments)));
      return true;
    }
    default:
      return false;
  }
}

void Extractor::leave_selector(NodeIdx n) {
  const NodeIdx operand = t_.child(n, Field::operand_);
  const NodeIdx name = t_.child(n, Field::field_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing) != 0) return;
  const ExprIdx base = w_.expr(operand);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  w_.add_ref(name, w_.role_of(n), base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

void Extractor::leave_call(NodeIdx n) {
  NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const ExprIdx callee = w_.expr(function);
  const N kind = type_of(t_, function);
  const std::string_view text = kind == N::identifier_ ? t_.text(function) : std::string_view();
  const NodeIdx first = arguments == kNoNode ? kNoNode : t_.named_child(arguments, 0);
  if ((text == "new" || text == "make") && first != kNoNode && w_.expr(first) != kNone)
    w_.set_expr(n,
                w_.add_expr(text == "new" ? ExprKind::kNew : ExprKind::kCast, {}, w_.expr(first)));
  else if (text == "append" && first != kNoNode)
    w_.set_expr(n, w_.expr(first));
  else if (callee != kNone && indexed_calls_.contains(n))
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, w_.add_expr(ExprKind::kElement, {}, callee)));
  else if (callee != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, callee));
  while (function != kNoNode && type_of(t_, function) == N::parenthesized_expression_)
    function = t_.named_child(function, 0);
  if (function == kNoNode || arguments == kNoNode) return;
  const NodeIdx name = type_of(t_, function) == N::selector_expression_
                           ? t_.child(function, Field::field_)
                       : type_of(t_, function) == N::identifier_ ? function
                                                                 : kNoNode;
  if (name == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) values.push_back(w_.expr(c));
  w_.add_arguments(name, values);
  if (type_of(t_, function) == N::selector_expression_) define_route(n, function, arguments);
}

void Extractor::leave_composite(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::type_);
  const ExprIdx e = w_.expr(type);
  if (e == kNone) return;
  const ExprKind kind = w_.facts.face.exprs[e].kind;
  w_.set_expr(n, kind == ExprKind::kArray ? e : w_.add_expr(ExprKind::kNew, {}, e));
}

void Extractor::leave_keyed(NodeIdx n) {
  const auto literal = literals_.find(t_.parent(n));
  if (literal == literals_.end() || literal->second.value == kNone) return;
  const NodeIdx key = t_.child(n, Field::key_);
  const NodeIdx value = t_.child(n, Field::value_);
  const NodeIdx name = key == kNoNode ? kNoNode : t_.named_child(key, 0);
  const ExprIdx source = value == kNoNode ? kNone : w_.expr(value);
  if (name == kNoNode || source == kNone) return;
  if (literal->second.keys_are_fields && type_of(t_, name) == N::identifier_)
    w_.add_assign(w_.add_expr(ExprKind::kMember, t_.text(name), literal->second.value), source);
}

void Extractor::set_value(NodeIdx name, ExprIdx type, ExprIdx init) {
  if (const auto local = locals_.find(name); local != locals_.end()) {
    w_.local(local->second).type = type;
    w_.local(local->second).init = init;
  } else if (const auto symbol = symbols_.find(name); symbol != symbols_.end()) {
    graph::Symbol& s = w_.symbol(symbol->second);
    if (graph::is_callable(s.kind)) return;
    s.type = type;
    s.init = init;
  }
}

ExprIdx Extractor::target_of(NodeIdx name) {
  if (w_.expr(name) != kNone) return w_.expr(name);
  if (type_of(t_, name) != N::identifier_ || t_.text(name) == "_") return kNone;
  const ExprIdx e = w_.add_name(t_.text(name));
  if (const auto local = locals_.find(name); local != locals_.end()) {
    // Not yet visible where its declaration begins.
    w_.facts.face.exprs[e].bind = graph::BindKind::kLocal;
    w_.facts.face.exprs[e].a = local->second;
  }
  return e;
}

void Extractor::leave_value_spec(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const NodeIdx values = t_.child(n, Field::value_);
  NodeIdx value = values == kNoNode ? kNoNode : t_.named_child(values, 0);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::name_ || type_of(t_, c) != N::identifier_) continue;
    const ExprIdx init = w_.expr(value);
    set_value(c, type, init);
    if (init != kNone) w_.add_assign(target_of(c), init);
    do value = value == kNoNode ? kNoNode : t_.next_sibling(value);
    while (value != kNoNode && (!t_.is_named(value) || t_.is_comment(value)));
  }
}

void Extractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  if (left == kNoNode || right == kNoNode) return;
  const NodeIdx op = t_.child(n, Field::operator_);
  if (op != kNoNode && type_of(t_, op) != N::assign) return;
  const bool list = type_of(t_, right) == N::expression_list_;
  NodeIdx value = list ? t_.named_child(right, 0) : right;
  for (NodeIdx c = t_.first_child(left); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    // Of several results of one call only the first has the call's type.
    const ExprIdx init = w_.expr(value);
    if (init != kNone) {
      set_value(c, kNone, init);
      w_.add_assign(target_of(c), init);
    }
    do value = !list || value == kNoNode ? kNoNode : t_.next_sibling(value);
    while (value != kNoNode && (!t_.is_named(value) || t_.is_comment(value)));
  }
}

void Extractor::leave_range(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const ExprIdx items = w_.expr(t_.child(n, Field::right_));
  const NodeIdx second = left == kNoNode ? kNoNode : t_.named_child(left, 1);
  if (second == kNoNode || items == kNone) return;
  const ExprIdx item = w_.add_expr(ExprKind::kElement, {}, items);
  set_value(second, kNone, item);
  w_.add_assign(target_of(second), item);
}

void Extractor::leave_type_switch_arm(NodeIdx n) {
  const auto local = arm_locals_.find(n);
  if (local == arm_locals_.end()) return;
  NodeIdx type = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::type_ || !t_.is_named(c)) continue;
    if (type != kNoNode) return;  // several types: the variable keeps the switched one
    type = c;
  }
  w_.local(local->second).type = w_.expr(type);
}

void Extractor::leave_field(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::type_);
  const ExprIdx e = w_.expr(type);
  const NodeIdx name = t_.child(n, Field::name_);
  if (name != kNoNode) {
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
      if (t_[c].field == Field::name_) set_value(c, e, kNone);
    return;
  }
  if (e == kNone) return;
  if (graph::is_type(w_.symbol(w_.current_symbol()).kind))
    w_.add_super(w_.current_symbol(), e, graph::SuperKind::kEmbeds);
  NodeIdx last = type;
  if (type_of(t_, last) == N::generic_type_) last = t_.child(last, Field::type_);
  if (last != kNoNode && type_of(t_, last) == N::qualified_type_)
    last = t_.child(last, Field::name_);
  if (last != kNoNode) set_value(last, e, kNone);
}

void Extractor::leave_parameter(NodeIdx n) {
  ExprIdx type = w_.expr(t_.child(n, Field::type_));
  if (type_of(t_, n) == N::variadic_parameter_declaration_ && type != kNone)
    type = w_.add_expr(ExprKind::kArray, {}, type);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (t_[c].field == Field::name_) set_value(c, type, kNone);
  w_.set_expr(n, type);
}

ExprIdx Extractor::result_type(NodeIdx function) {
  const NodeIdx result = t_.child(function, Field::result_);
  if (result == kNoNode) return kNone;
  if (type_of(t_, result) != N::parameter_list_) return w_.expr(result);
  return w_.expr(t_.named_child(result, 0));
}

void Extractor::leave_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::function_declaration_:
    case N::method_declaration_:
    case N::method_elem_:
    case N::func_literal_:
      if (const auto symbol = functions_.find(n); symbol != functions_.end())
        w_.symbol(symbol->second).type = result_type(n);
      return;
    case N::type_spec_:
    case N::type_alias_: {
      const NodeIdx type = t_.child(n, Field::type_);
      const auto symbol = functions_.find(n);
      if (symbol == functions_.end() || type == kNoNode) return;
      const N shape = type_of(t_, type);
      if (shape != N::struct_type_ && shape != N::interface_type_)
        w_.symbol(symbol->second).type = w_.expr(type);
      return;
    }
    case N::return_statement_: {
      const NodeIdx values = t_.named_child(n, 0);
      if (values != kNoNode) w_.add_return(w_.expr(t_.named_child(values, 0)));
      return;
    }
    default:
      return;
  }
}

void Extractor::leave_binary(NodeIdx n) {
  const NodeIdx op = t_.child(n, Field::operator_);
  if (op == kNoNode) return;
  switch (type_of(t_, op)) {
    case N::and_and:
    case N::or_or:
    case N::less:
    case N::greater:
    case N::less_equal:
    case N::greater_equal:
    case N::equal_equal:
    case N::not_equal:
      return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "bool"));
    default:
      break;
  }
  // Both operands have one type, so the one that is not a literal says which.
  const ExprIdx left = w_.expr(t_.child(n, Field::left_));
  const ExprIdx right = w_.expr(t_.child(n, Field::right_));
  const bool literal = left == kNone || w_.facts.face.exprs[left].kind == ExprKind::kBuiltin;
  w_.set_expr(n, literal && right != kNone ? right : left);
}

bool Extractor::leave_expression(NodeIdx n) {
  const auto literal = [&](std::string_view type) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, type));
    return true;
  };
  const auto pass = [&](NodeIdx from) {
    w_.set_expr(n, w_.expr(from));
    return true;
  };
  switch (type_of(t_, n)) {
    case N::interpreted_string_literal_:
    case N::raw_string_literal_:
      return literal("string");
    case N::int_literal_:
    case N::iota_:
      return literal("int");
    case N::float_literal_:
      return literal("float64");
    case N::imaginary_literal_:
      return literal("complex128");
    case N::rune_literal_:
      return literal("rune");
    case N::true_:
    case N::false_:
      return literal("bool");
    case N::nil_:
      return literal("nil");
    case N::parenthesized_expression_:
    case N::expression_statement_:
    case N::variadic_argument_:
    case N::literal_element_:
      return pass(t_.named_child(n, 0));
    case N::slice_expression_:
      return pass(t_.child(n, Field::operand_));
    case N::literal_value_:
      if (const auto found = literals_.find(n); found != literals_.end())
        w_.set_expr(n, found->second.value);
      return true;
    case N::unary_expression_: {
      const NodeIdx op = t_.child(n, Field::operator_);
      const ExprIdx operand = w_.expr(t_.child(n, Field::operand_));
      if (op == kNoNode || operand == kNone) return true;
      if (type_of(t_, op) == N::bang) return literal("bool");
      w_.set_expr(
          n, type_of(t_, op) == N::arrow ? w_.add_expr(ExprKind::kElement, {}, operand) : operand);
      return true;
    }
    case N::index_expression_:
      if (instantiations_.contains(n)) return pass(t_.child(n, Field::operand_));
      if (const ExprIdx base = w_.expr(t_.child(n, Field::operand_)); base != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, base));
      return true;
    case N::type_conversion_expression_:
      if (const NodeIdx type = t_.child(n, Field::type_);
          type != kNoNode && type_of(t_, type) == N::generic_type_) {
        ExprIdx callee = w_.expr(t_.child(type, Field::type_));
        if (callee != kNone && indexed_calls_.contains(n))
          callee = w_.add_expr(ExprKind::kElement, {}, callee);
        if (callee != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, callee));
        return true;
      }
      [[fallthrough]];
    case N::type_assertion_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::type_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
      return true;
    case N::type_instantiation_expression_:
      return pass(t_.child(n, Field::type_));
    default:
      return false;
  }
}

void Extractor::define_route(NodeIdx call, NodeIdx callee, NodeIdx arguments) {
  static constexpr std::array<std::string_view, 9> kVerbs = {
      "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"};
  static constexpr std::array<std::string_view, 5> kAny = {"Any", "Handle", "HandleFunc", "ANY",
                                                           "All"};
  const unsigned count = t_.named_child_count(arguments);
  if (count < 2) return;
  const std::string_view method = t_.text(t_.child(callee, Field::field_));
  std::string verb(method);
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const bool any = std::find(kAny.begin(), kAny.end(), method) != kAny.end();
  if (!any && std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) return;
  if (!any && method != verb && !(method[0] >= 'A' && method[0] <= 'Z')) return;
  const auto text_of = [&](unsigned i) {
    const NodeIdx literal = t_.named_child(arguments, i);
    if (literal == kNoNode || type_of(t_, literal) != N::interpreted_string_literal_)
      return std::string_view();
    const NodeIdx content = t_.child_of_type(literal, raw(N::interpreted_string_literal_content_));
    return content == kNoNode ? std::string_view() : t_.text(content);
  };
  std::string_view path = text_of(0);
  if (any) {
    verb = "ANY";
    const std::size_t space = path.find(' ');
    const std::string_view head = path.substr(0, space);
    if (std::find(kVerbs.begin(), kVerbs.end(), head) != kVerbs.end()) {
      // "GET /x", or the verb as an argument of its own.
      verb = head;
      path = space == std::string_view::npos ? text_of(1) : path.substr(space + 1);
    }
  }
  const NodeIdx handler = t_.named_child(arguments, count - 1);
  if (!path.starts_with('/') || handler == kNoNode) return;
  const N kind = type_of(t_, handler);
  if (kind != N::identifier_ && kind != N::selector_expression_ && kind != N::func_literal_) return;
  const std::string name = verb + " " + std::string(path);
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = name;
  s.definition = call;
  const std::string signature =
      w_.normalised(t_[callee].begin, t_[callee].end) + "(\"" + std::string(path) + "\")";
  s.signature = signature;
  s.visibility = graph::Visibility::kPublic;
  refer_to_handler(handler, w_.define(s));
}

void Extractor::refer_to_handler(NodeIdx handler, SymbolIdx route) {
  const N kind = type_of(t_, handler);
  const NodeIdx name = kind == N::selector_expression_ ? t_.child(handler, Field::field_) : handler;
  if (name == kNoNode) return;
  const ExprIdx receiver =
      kind == N::selector_expression_ ? w_.expr(t_.child(handler, Field::operand_)) : kNone;
  graph::Ref& ref = w_.add_ref(name, RefRole::kValue, receiver);
  ref.owner = route;
  ref.flags |= ref_flag::kImplicit;
  const auto literal = functions_.find(name);
  if (kind != N::func_literal_ || literal == functions_.end()) return;
  // A function literal has no name: its keyword stands for it.
  ref.length = 4;
  ref.name = w_.symbol(literal->second).name;
  ref.bind = graph::BindKind::kSymbol;
  ref.bound = literal->second;
}

}  // namespace cairn::indexer::syntax::go
