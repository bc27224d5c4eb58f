// Java nodes on the way up: types, expressions, references and flows.
#include "indexer/syntax/java/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/java/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::java {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::SymbolIdx;
using graph::SymbolKind;
namespace ref_flag = graph::ref_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

bool looks_like_type(std::string_view name) {
  return !name.empty() && ((name[0] >= 'A' && name[0] <= 'Z') || name[0] == '_' ||
                           static_cast<unsigned char>(name[0]) >= 0x80);
}

}  // namespace

void Extractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::type_identifier_:
    case N::generic_type_:
    case N::array_type_:
    case N::annotated_type_:
    case N::wildcard_:
    case N::catch_type_:
    case N::integral_type_:
    case N::floating_point_type_:
    case N::boolean_type_:
    case N::void_type_:
      return leave_type(n);
    case N::scoped_type_identifier_:
    case N::scoped_identifier_:
      return leave_scoped(n);
    case N::method_invocation_:
      return leave_call(n);
    case N::field_access_:
      return leave_field_access(n);
    case N::object_creation_expression_:
      return leave_creation(n);
    case N::explicit_constructor_invocation_:
      return leave_constructor_call(n);
    case N::method_reference_:
      return leave_method_reference(n);
    case N::variable_declarator_:
      return leave_declarator(n);
    case N::formal_parameter_:
    case N::spread_parameter_:
    case N::catch_formal_parameter_:
    case N::resource_:
    case N::enhanced_for_statement_:
    case N::instanceof_expression_:
    case N::type_pattern_:
    case N::record_pattern_component_:
    case N::type_parameter_:
      return leave_variable(n);
    default:
      if (!leave_expression(n)) leave_definition(n);
  }
}

void Extractor::leave_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::superclass_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.add_super(w_.current_symbol(), e, graph::SuperKind::kExtends);
      return;
    case N::super_interfaces_:
      return add_supers(t_.child_of_type(n, raw(N::type_list_)), graph::SuperKind::kImplements);
    case N::extends_interfaces_:
      return add_supers(t_.child_of_type(n, raw(N::type_list_)), graph::SuperKind::kExtends);
    case N::method_declaration_:
    case N::annotation_type_element_declaration_:
      if (t_.child(n, Field::name_) != kNoNode)
        w_.symbol(w_.current_symbol()).type =
            with_dimensions(w_.expr(t_.child(n, Field::type_)), n);
      return;
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::lambda_expression_:
      return w_.add_return(w_.expr(t_.child(n, Field::body_)));
    case N::type_bound_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    default:
      return;
  }
}

void Extractor::add_supers(NodeIdx list, graph::SuperKind kind) {
  if (list == kNoNode) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c))
    if (w_.expr(c) != kNone) w_.add_super(w_.current_symbol(), w_.expr(c), kind);
}

void Extractor::leave_type(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::type_identifier_: {
      if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing) != 0) return;
      w_.set_expr(n, w_.add_name(t_.text(n), true));
      const NodeIdx parent = t_.parent(n);
      if (parent != kNoNode && type_of(t_, parent) == N::scoped_type_identifier_) {
        const bool last = t_[n].next == t_[parent].next;
        // The last part's reference needs its receiver; a package's name is no symbol.
        if (last || !looks_like_type(t_.text(n))) return;
      }
      w_.add_ref(n, w_.role_of(n, RefRole::kType), kNone, w_.hint(n).args, w_.hint(n).flags);
      return;
    }
    case N::generic_type_:
      return leave_generic(n);
    case N::array_type_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::element_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return;
    case N::annotated_type_:
    case N::wildcard_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (w_.expr(c) != kNone && type_of(t_, c) != N::marker_annotation_ &&
            type_of(t_, c) != N::annotation_ && type_of(t_, c) != N::super_)
          w_.set_expr(n, w_.expr(c));
      return;
    case N::catch_type_: {
      std::vector<ExprIdx> types;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (w_.expr(c) != kNone) types.push_back(w_.expr(c));
      if (types.size() == 1) w_.set_expr(n, types[0]);
      if (types.size() > 1)
        w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(types)));
      return;
    }
    default:
      return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, t_.text(n)));
  }
}

ExprIdx Extractor::list_item_or_unknown(NodeIdx n) {
  // An argument that says nothing keeps its place in the list.
  return w_.expr(n) != kNone ? w_.expr(n) : w_.add_expr(ExprKind::kUnknown);
}

void Extractor::leave_generic(NodeIdx n) {
  const ExprIdx base = w_.expr(t_.named_child(n, 0));
  const NodeIdx list = t_.child_of_type(n, raw(N::type_arguments_));
  if (base == kNone) return;
  std::vector<ExprIdx> arguments;
  if (list != kNoNode)
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c))
      if (t_.is_named(c) && !t_.is_comment(c)) arguments.push_back(list_item_or_unknown(c));
  if (arguments.empty()) return w_.set_expr(n, base);
  w_.set_expr(n, w_.add_expr(ExprKind::kGeneric, {}, base, w_.add_list(arguments)));
}

void Extractor::leave_scoped(NodeIdx n) {
  if (w_.skipped(n)) {
    const NodeIdx name = t_.child(n, Field::name_);
    if (name == kNoNode || w_.skipped(t_.first_child(n))) return;
  }
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::identifier_ || type_of(t_, c) == N::type_identifier_) last = c;
  const NodeIdx qualifier = t_.first_child(n);
  if (last == kNoNode || last == qualifier) return;
  const ExprIdx base = w_.expr(qualifier);
  const ExprIdx e = w_.add_expr(ExprKind::kMember, t_.text(last), base);
  w_.facts.face.exprs[e].is_type = true;
  w_.set_expr(n, e);
  const NodeIdx parent = t_.parent(n);
  const bool inner = parent != kNoNode && t_[parent].type == t_[n].type;
  if (inner && !looks_like_type(t_.text(last))) return;
  w_.add_ref(
      last, w_.role_of(n, RefRole::kType), base, w_.hint(n).args,
      static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver | ref_flag::kTypeSide));
}

void Extractor::leave_identifier(NodeIdx n) {
  if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing) != 0) return;
  const RefRole role = w_.role_of(n);
  const bool type = role == RefRole::kDecorate || role == RefRole::kType || role == RefRole::kNew;
  w_.set_expr(n, w_.add_name(t_.text(n), type));
  const NodeIdx parent = t_.parent(n);
  const N around = parent == kNoNode ? N::none : type_of(t_, parent);
  if (around == N::scoped_identifier_ && !looks_like_type(t_.text(n))) return;
  graph::Ref& ref = w_.add_ref(n, role, kNone, w_.hint(n).args, w_.hint(n).flags);
  if (around != N::switch_label_) return;
  // An enum's constant stands in a label without its type: the value switched on says which.
  const NodeIdx of = t_.ancestor(n, raw(N::switch_expression_));
  const ExprIdx value = of == kNoNode ? kNone : w_.expr(t_.child(of, Field::condition_));
  ref.receiver = value;
  if (value != kNone) ref.flags |= ref_flag::kImplicit;
}

void Extractor::leave_field_access(NodeIdx n) {
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx field = t_.child(n, Field::field_);
  if (field == kNoNode || (t_[field].flags & node_flag::kMissing) != 0) return;
  ExprIdx base = w_.expr(object);
  if (type_of(t_, field) == N::this_) {
    // Outer.this
    if (base == kNone) return;
    w_.facts.face.exprs[base].is_type = true;
    w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, base));
    return;
  }
  for (NodeIdx c = t_.next_sibling(object); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::super_) base = w_.add_expr(ExprKind::kSuper);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(field), base));
  w_.add_ref(field, w_.role_of(n), base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

void Extractor::add_argument_flows(NodeIdx name, NodeIdx arguments) {
  if (name == kNoNode || arguments == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) values.push_back(w_.expr(c));
  w_.add_arguments(name, values);
}

void Extractor::leave_call(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing) != 0) return;
  ExprIdx base = w_.expr(object);
  if (object != kNoNode)
    for (NodeIdx c = t_.next_sibling(object); c != kNoNode && c < name; c = t_.next_sibling(c))
      if (type_of(t_, c) == N::super_) base = w_.add_expr(ExprKind::kSuper);
  const ExprIdx callee = object == kNoNode ? w_.add_name(t_.text(name))
                                           : w_.add_expr(ExprKind::kMember, t_.text(name), base);
  w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, callee));
  w_.add_ref(name, RefRole::kCall, base, argument_count(arguments),
             object == kNoNode ? 0 : ref_flag::kHasReceiver);
  add_argument_flows(name, arguments);
}

void Extractor::leave_creation(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::type_);
  if (type == kNoNode) return;
  if (const ExprIdx e = w_.expr(type); e != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, e));
  NodeIdx name = type_of(t_, type) == N::generic_type_ ? t_.named_child(type, 0) : type;
  if (name != kNoNode && type_of(t_, name) == N::scoped_type_identifier_) {
    NodeIdx last = kNoNode;
    for (NodeIdx c = t_.first_child(name); c != kNoNode; c = t_.next_sibling(c)) last = c;
    name = last;
  }
  if (name == kNoNode) return;
  const NodeIdx outer = t_.first_child(n);
  if (graph::Ref* ref = w_.ref_at(name);
      ref != nullptr && outer != kNoNode && type_of(t_, outer) != N::kw_new && outer != type) {
    // outer.new Inner()
    ref->receiver = w_.expr(outer);
    ref->flags |= ref_flag::kHasReceiver;
  }
  add_argument_flows(name, t_.child(n, Field::arguments_));
}

void Extractor::leave_constructor_call(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::constructor_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (name == kNoNode) return;
  const bool self = type_of(t_, name) == N::this_;
  w_.add_ref(name, RefRole::kCall, w_.add_expr(self ? ExprKind::kSelf : ExprKind::kSuper),
             argument_count(arguments));
  add_argument_flows(name, arguments);
}

void Extractor::leave_method_reference(NodeIdx n) {
  const NodeIdx object = t_.first_child(n);
  NodeIdx name = kNoNode;
  for (NodeIdx c = object; c != kNoNode; c = t_.next_sibling(c)) name = c;
  if (object == kNoNode || name == object) return;
  const ExprIdx base = w_.expr(object);
  if (type_of(t_, name) != N::identifier_) {
    if (base != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kMember, "new", base));
    return;
  }
  const N kind = type_of(t_, object);
  const bool type_side = kind == N::type_identifier_ || kind == N::generic_type_ ||
                         kind == N::array_type_ || kind == N::scoped_type_identifier_ ||
                         (kind == N::identifier_ && looks_like_type(t_.text(object))) ||
                         (kind == N::field_access_ && t_.child(object, Field::field_) != kNoNode &&
                          looks_like_type(t_.text(t_.child(object, Field::field_))));
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  w_.add_ref(
      name, RefRole::kValue, base, 255,
      static_cast<std::uint8_t>(ref_flag::kHasReceiver | (type_side ? ref_flag::kTypeSide : 0)));
}

ExprIdx Extractor::with_dimensions(ExprIdx type, NodeIdx declarator) {
  const NodeIdx dimensions = t_.child(declarator, Field::dimensions_);
  if (type == kNone || dimensions == kNoNode) return type;
  return w_.add_expr(ExprKind::kArray, {}, type);
}

void Extractor::set_type(NodeIdx whole, ExprIdx type, ExprIdx init) {
  if (const auto local = locals_.find(whole); local != locals_.end()) {
    w_.local(local->second).type = type;
    w_.local(local->second).init = init;
  } else if (const auto field = fields_.find(whole); field != fields_.end()) {
    w_.symbol(field->second).type = type;
    w_.symbol(field->second).init = init;
  }
}

void Extractor::leave_declarator(NodeIdx n) {
  const NodeIdx declaration = t_.parent(n);
  const NodeIdx name = t_.child(n, Field::name_);
  if (declaration == kNoNode || type_of(t_, declaration) == N::spread_parameter_) return;
  const ExprIdx type = with_dimensions(w_.expr(t_.child(declaration, Field::type_)), n);
  const ExprIdx init = w_.expr(t_.child(n, Field::value_));
  set_type(n, type, init);
  if (name != kNoNode && init != kNone) w_.add_assign(w_.add_name(t_.text(name)), init);
}

void Extractor::leave_variable(NodeIdx n) {
  ExprIdx type = w_.expr(t_.child(n, Field::type_));
  ExprIdx init = kNone;
  switch (type_of(t_, n)) {
    case N::spread_parameter_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type == kNone && type_of(t_, c) != N::variable_declarator_) type = w_.expr(c);
      if (type != kNone) type = w_.add_expr(ExprKind::kArray, {}, type);
      break;
    case N::catch_formal_parameter_:
      type = w_.expr(t_.child_of_type(n, raw(N::catch_type_)));
      break;
    case N::instanceof_expression_:
      type = w_.expr(t_.child(n, Field::right_));
      w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "boolean"));
      break;
    case N::type_pattern_:
    case N::record_pattern_component_:
      type = w_.expr(t_.named_child(n, 0));
      break;
    case N::enhanced_for_statement_:
      if (const ExprIdx items = w_.expr(t_.child(n, Field::value_)); items != kNone) {
        init = w_.add_expr(ExprKind::kElement, {}, items);
        if (const NodeIdx name = t_.child(n, Field::name_); name != kNoNode) {
          const ExprIdx target = w_.add_name(t_.text(name));
          const auto local = locals_.find(n);
          if (local != locals_.end()) {
            w_.facts.face.exprs[target].bind = graph::BindKind::kLocal;
            w_.facts.face.exprs[target].a = local->second;
          }
          w_.add_assign(target, init);
        }
      }
      break;
    case N::resource_:
      init = w_.expr(t_.child(n, Field::value_));
      break;
    case N::type_parameter_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type_of(t_, c) == N::type_bound_) type = w_.expr(c);
      break;
    default:
      break;
  }
  set_type(n, with_dimensions(type, n), init);
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
      return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "boolean"));
    case N::plus:
      for (const Field side : {Field::left_, Field::right_}) {
        const ExprIdx e = w_.expr(t_.child(n, side));
        if (e == kNone || w_.facts.face.exprs[e].kind != ExprKind::kBuiltin ||
            w_.str(w_.facts.face.exprs[e].name) != "String")
          continue;
        return w_.set_expr(n, e);
      }
      return;
    default:
      return;
  }
}

void Extractor::leave_literal(NodeIdx n) {
  const std::string_view text = t_.text(n);
  const char last = text.empty() ? '\0' : text.back();
  std::string_view type;
  switch (type_of(t_, n)) {
    case N::string_literal_:
      type = "String";
      break;
    case N::character_literal_:
      type = "char";
      break;
    case N::true_:
    case N::false_:
      type = "boolean";
      break;
    case N::null_literal_:
      type = "null";
      break;
    case N::decimal_floating_point_literal_:
    case N::hex_floating_point_literal_:
      type = last == 'f' || last == 'F' ? "float" : "double";
      break;
    default:
      type = last == 'l' || last == 'L' ? "long" : "int";
      break;
  }
  w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, type));
}

bool Extractor::leave_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::this_:
      w_.set_expr(n, w_.add_expr(ExprKind::kSelf));
      return true;
    case N::super_:
      w_.set_expr(n, w_.add_expr(ExprKind::kSuper));
      return true;
    case N::string_literal_:
    case N::character_literal_:
    case N::true_:
    case N::false_:
    case N::null_literal_:
    case N::decimal_integer_literal_:
    case N::hex_integer_literal_:
    case N::octal_integer_literal_:
    case N::binary_integer_literal_:
    case N::decimal_floating_point_literal_:
    case N::hex_floating_point_literal_:
      leave_literal(n);
      return true;
    case N::class_literal_:
      w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "Class"));
      return true;
    case N::parenthesized_expression_:
    case N::expression_statement_:
      w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
      return true;
    case N::binary_expression_:
      leave_binary(n);
      return true;
    case N::ternary_expression_: {
      const ExprIdx yes = w_.expr(t_.child(n, Field::consequence_));
      const ExprIdx no = w_.expr(t_.child(n, Field::alternative_));
      if (yes != kNone && no != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
      return true;
    }
    case N::cast_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::type_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
      return true;
    case N::array_access_:
      if (const ExprIdx array = w_.expr(t_.child(n, Field::array_)); array != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, array));
      return true;
    case N::array_creation_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::type_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, type));
      return true;
    case N::assignment_expression_: {
      const ExprIdx value = w_.expr(t_.child(n, Field::right_));
      const NodeIdx op = t_.child(n, Field::operator_);
      const ExprIdx target = w_.expr(t_.child(n, Field::left_));
      if (op != kNoNode && type_of(t_, op) == N::equals) w_.add_assign(target, value);
      w_.set_expr(n, value != kNone ? value : target);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace cairn::indexer::syntax::java
