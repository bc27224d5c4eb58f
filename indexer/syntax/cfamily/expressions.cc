// References, and what expressions and types evaluate to.
#include <algorithm>

#include "indexer/syntax/cfamily/names.h"

namespace cairn::indexer::syntax::cfamily {
namespace {

bool is_kind(const SyntaxTree& t, NodeIdx n, N kind) {
  return n != kNoNode && type_of(t, n) == kind;
}

/// The node that stands for a name in its surroundings: template arguments and `template` keywords
/// around it are looked through.
NodeIdx outermost_name(const SyntaxTree& t, NodeIdx n) {
  for (NodeIdx p = t.parent(n); p != kNoNode; p = t.parent(n)) {
    const N kind = type_of(t, p);
    const bool templated = (kind == N::template_function_ || kind == N::template_method_ ||
                            kind == N::template_type_) &&
                           t[n].field == Field::name_;
    if (!templated && kind != N::dependent_name_) break;
    n = p;
  }
  return n;
}

bool is_cast_keyword(std::string_view text) {
  return text == "static_cast" || text == "dynamic_cast" || text == "const_cast" ||
         text == "reinterpret_cast";
}

bool looks_like_type(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && name.back() != '_' &&
         std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::uint8_t Extractor::argument_count(NodeIdx arguments) const {
  if (arguments == kNoNode) return 0;
  unsigned count = 0;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    count += t_.is_named(c) && !t_.is_comment(c) ? 1 : 0;
  return static_cast<std::uint8_t>(count > 254 ? 255 : count);
}

void Extractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  if (function == kNoNode) return;
  const std::uint8_t flags = w_.hint(n).action == Hint::Action::kRole ? w_.hint(n).flags : 0;
  if (is_kind(t_, function, N::template_function_)) {
    const NodeIdx name = t_.child(function, Field::name_);
    if (name != kNoNode && is_cast_keyword(t_.text(name))) return w_.skip(name);
  }
  w_.role(function, RefRole::kCall, argument_count(t_.child(n, Field::arguments_)), flags);
}

void Extractor::enter_initializer_list(NodeIdx n) {
  // The type the list initialises: designators in it name fields of that.
  const NodeIdx parent = t_.parent(n);
  ListType own{kNone, 0};
  if (is_kind(t_, parent, N::init_declarator_)) {
    const NodeIdx declaration = t_.parent(parent);
    const NodeIdx type = declaration == kNoNode ? kNoNode : t_.child(declaration, Field::type_);
    own = {w_.expr(type), read_declarator(parent).arrays};
  } else if (is_kind(t_, parent, N::compound_literal_expression_)) {
    const NodeIdx type = t_.child(parent, Field::type_);
    const NodeIdx shape = type == kNoNode ? kNoNode : t_.child(type, Field::declarator_);
    own = {w_.expr(type), is_kind(t_, shape, N::abstract_array_declarator_) ? 1 : 0};
  } else if (is_kind(t_, parent, N::initializer_list_) && !lists_.empty()) {
    if (lists_.back().arrays > 0) own = {lists_.back().type, lists_.back().arrays - 1};
  } else if (is_kind(t_, parent, N::initializer_pair_) && !lists_.empty()) {
    const NodeIdx designator = t_.child(parent, Field::designator_);
    if (is_kind(t_, designator, N::field_designator_)) {
      if (lists_.back().type != kNone && t_.first_child(designator) != kNoNode) {
        const ExprIdx value = w_.add_expr(ExprKind::kCast, {}, lists_.back().type);
        own = {w_.add_expr(ExprKind::kMember, t_.text(t_.first_child(designator)), value), 0};
      }
    } else {
      own = {lists_.back().type, std::max(0, lists_.back().arrays - 1)};
    }
  }
  lists_.push_back(own);
}

void Extractor::enter_field_initializer(NodeIdx n) {
  const NodeIdx name = t_.named_child(n, 0);
  if (name == kNoNode) return;
  const NodeIdx arguments = t_.named_child(n, 1);
  const N kind = type_of(t_, name);
  const std::string_view text = t_.text(name);
  // A field is written; a base class or another constructor of the class is called. Out of line
  // only the spelling tells them apart.
  const bool call =
      kind != N::field_identifier_ || base_names_.contains(text) || looks_like_type(text);
  if (call)
    w_.role(name, RefRole::kCall, argument_count(arguments));
  else
    w_.role(name, RefRole::kWrite);
}

bool Extractor::enter_unnamed(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::lambda_capture_initializer_:
      if (const NodeIdx name = t_.child(n, Field::left_); name != kNoNode) {
        w_.skip(name);
        declared_[name] = w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[n].end);
      }
      return true;
    case N::destructor_name_:
      w_.skip(t_.named_child(n, 0));
      return true;
    case N::offsetof_expression_:
      w_.skip(t_.child(n, Field::member_));
      return true;
    case N::preproc_params_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
      return true;
    default:
      return false;
  }
}

bool Extractor::enter_expression(NodeIdx n) {
  const bool hinted = w_.hint(n).action == Hint::Action::kRole;
  switch (type_of(t_, n)) {
    case N::call_expression_:
      enter_call(n);
      note_call(n);
      return true;
    case N::parenthesized_expression_:
    case N::dependent_name_:
    case N::dependent_type_:
      if (hinted) w_.pass_hint(n, t_.named_child(n, 0));
      return true;
    case N::pointer_expression_:
      if (hinted && w_.hint(n).role == RefRole::kCall)
        w_.pass_hint(n, t_.child(n, Field::argument_));
      return true;
    case N::qualified_identifier_:
    case N::template_function_:
    case N::template_method_:
    case N::template_type_:
      if (const NodeIdx name = t_.child(n, Field::name_); hinted && name != kNoNode)
        w_.pass_hint(n, name);
      return true;
    case N::field_expression_:
      if (const NodeIdx name = t_.child(n, Field::field_); hinted && name != kNoNode)
        w_.pass_hint(n, name);
      return true;
    case N::type_descriptor_:
      if (const NodeIdx type = t_.child(n, Field::type_); hinted && type != kNoNode)
        w_.pass_hint(n, type);
      return true;
    case N::assignment_expression_:
      w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::update_expression_:
      w_.role(t_.child(n, Field::argument_), RefRole::kWrite);
      return true;
    case N::template_argument_list_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type_of(t_, c) == N::type_descriptor_)
          w_.role(c, RefRole::kType, 255, ref_flag::kTypeArgument);
      return true;
    case N::new_expression_:
      w_.role(t_.child(n, Field::type_), RefRole::kNew,
              argument_count(t_.child(n, Field::arguments_)));
      return true;
    case N::compound_literal_expression_:
      w_.role(t_.child(n, Field::type_), RefRole::kNew, argument_count(t_.child(n, Field::value_)),
              hinted ? w_.hint(n).flags : 0);
      return true;
    case N::initializer_list_:
      enter_initializer_list(n);
      return true;
    case N::initializer_pair_:
      if (const NodeIdx d = t_.child(n, Field::designator_); is_kind(t_, d, N::field_identifier_))
        w_.role(d, RefRole::kWrite);
      return true;
    case N::field_initializer_:
      enter_field_initializer(n);
      return true;
    case N::throw_statement_:
      if (const NodeIdx what = t_.named_child(n, 0); what != kNoNode)
        w_.role(what, RefRole::kRead, 255, ref_flag::kThrown);
      return true;
    default:
      return enter_unnamed(n);
  }
}

void Extractor::leave_name(NodeIdx n) {
  if ((t_[n].flags & node_flag::kMissing) != 0 || muted_ > 0 || w_.skipped(n)) return;
  const N kind = type_of(t_, n);
  const bool is_type = kind == N::type_identifier_;
  const NodeIdx outer = outermost_name(t_, n);
  const NodeIdx parent = t_.parent(outer);
  ExprIdx receiver = kNone;
  bool member = false;
  std::uint8_t flags = 0;
  if (is_kind(t_, parent, N::field_expression_) && t_[outer].field == Field::field_) {
    receiver = w_.expr(t_.child(parent, Field::argument_));
    member = true;
  } else if (is_kind(t_, parent, N::field_designator_)) {
    const ExprIdx type = lists_.empty() ? kNone : lists_.back().type;
    if (type != kNone) receiver = w_.add_expr(ExprKind::kCast, {}, type);
    for (NodeIdx c = t_.first_child(t_.parent(parent)); c != parent && receiver != kNone;
         c = t_.next_sibling(c))  // `.a.b = x`
      if (is_kind(t_, c, N::field_designator_) && t_.first_child(c) != kNoNode)
        receiver = w_.add_expr(ExprKind::kMember, t_.text(t_.first_child(c)), receiver);
    w_.add_ref(n, RefRole::kWrite, receiver, 255, ref_flag::kHasReceiver);
    return;
  } else if (is_kind(t_, parent, N::qualified_identifier_)) {
    NodeIdx scope = kNoNode;
    const NodeIdx around = t_.parent(parent);
    if (t_[outer].field == Field::name_)
      scope = t_.child(parent, Field::scope_);
    else if (t_[parent].field == Field::name_ && is_kind(t_, around, N::qualified_identifier_))
      scope = t_.child(around, Field::scope_);
    if (scope != kNoNode) {  // a leading :: has no scope node
      receiver = w_.expr(scope);
      member = true;
      flags = ref_flag::kTypeSide;
    }
  }
  const std::string_view text = t_.text(n);
  const Hint& hint = w_.hint(n);
  const RefRole role = w_.role_of(n, is_type ? RefRole::kType : RefRole::kRead);
  const bool type_role = role == RefRole::kType || role == RefRole::kInherit;
  if (member) {
    const ExprIdx e = w_.add_expr(ExprKind::kMember, text, receiver);
    w_.facts.face.exprs[e].is_type = is_type || type_role;
    w_.set_expr(n, e);
    flags |= ref_flag::kHasReceiver;
  } else {
    w_.set_expr(n, w_.add_name(text, is_type || type_role));
  }
  w_.add_ref(n, role, receiver, hint.args, static_cast<std::uint8_t>(flags | hint.flags));
}

NodeIdx Extractor::callee_name(NodeIdx n) const {
  while (n != kNoNode) {
    switch (type_of(t_, n)) {
      case N::field_expression_:
        n = t_.child(n, Field::field_);
        continue;
      case N::qualified_identifier_:
      case N::template_function_:
      case N::template_method_:
        n = t_.child(n, Field::name_);
        continue;
      case N::dependent_name_:
        n = t_.named_child(n, 0);
        continue;
      case N::identifier_:
      case N::field_identifier_:
        return n;
      default:
        return kNoNode;
    }
  }
  return kNoNode;
}

void Extractor::leave_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  if (is_kind(t_, function, N::primitive_type_))
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, t_.text(function)));
  else if (const ExprIdx f = w_.expr(function); f != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, f));
  const NodeIdx name = callee_name(function);
  if (arguments == kNoNode || name == kNoNode) return;
  if (w_.skipped(name)) {
    // A cast written with a keyword: its one template argument is the type.
    const NodeIdx types = t_.child(function, Field::arguments_);
    const ExprIdx type = types == kNoNode ? kNone : w_.expr(t_.named_child(types, 0));
    if (type != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
    return;
  }
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) values.push_back(w_.expr(c));
  w_.add_arguments(name, values);
}

void Extractor::leave_template(NodeIdx n) {
  const ExprIdx base = w_.expr(t_.child(n, Field::name_));
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (base == kNone) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = arguments == kNoNode ? kNoNode : t_.first_child(arguments); c != kNoNode;
       c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) values.push_back(w_.expr(c));
  const ExprIdx list = w_.add_list(values);
  w_.set_expr(n, list == kNone ? base : w_.add_expr(ExprKind::kGeneric, {}, base, list));
}

void Extractor::leave_literal(NodeIdx n) {
  std::string_view word;
  switch (type_of(t_, n)) {
    case N::number_literal_: {
      const std::string_view text = t_.text(n);
      const bool hex = text.starts_with("0x") || text.starts_with("0X");
      word = !hex && text.find_first_of(".eE") != std::string_view::npos ? "double" : "int";
      break;
    }
    case N::char_literal_:
      word = "char";
      break;
    case N::true_:
    case N::false_:
      word = "bool";
      break;
    default:
      word = "char*";
      break;
  }
  w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, word));
}

void Extractor::leave_offsetof(NodeIdx n) {
  const NodeIdx member = t_.child(n, Field::member_);
  if (member == kNoNode || !is_kind(t_, member, N::field_identifier_)) return;
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const ExprIdx receiver = type == kNone ? kNone : w_.add_expr(ExprKind::kCast, {}, type);
  w_.add_ref(member, RefRole::kRead, receiver, 255, ref_flag::kHasReceiver);
}

void Extractor::leave_type(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::primitive_type_:
    case N::sized_type_specifier_: {
      const ExprIdx e = w_.add_expr(ExprKind::kBuiltin, t_.text(n));
      w_.facts.face.exprs[e].is_type = true;
      return w_.set_expr(n, e);
    }
    case N::type_descriptor_: {
      ExprIdx type = w_.expr(t_.child(n, Field::type_));
      const NodeIdx shape = t_.child(n, Field::declarator_);
      if (type != kNone && is_kind(t_, shape, N::abstract_array_declarator_))
        type = w_.add_expr(ExprKind::kArray, {}, type);
      if (is_kind(t_, shape, N::abstract_function_declarator_)) type = kNone;
      return w_.set_expr(n, type);
    }
    case N::decltype_: {
      const ExprIdx value = w_.expr(t_.named_child(n, 0));
      if (value != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kTypeOf, {}, value));
      return;
    }
    case N::trailing_return_type_: {
      // A function's or lambda's result; the declarator stands directly in it.
      const ExprIdx type = w_.expr(t_.named_child(n, 0));
      const SymbolIdx f = w_.current_symbol();
      if (type != kNone && graph::is_callable(w_.symbol(f).kind)) w_.symbol(f).type = type;
      return;
    }
    default:
      return;
  }
}

void Extractor::leave_expression(NodeIdx n) {
  const auto take = [&](NodeIdx from) { w_.set_expr(n, w_.expr(from)); };
  switch (type_of(t_, n)) {
    case N::qualified_identifier_:
      return take(t_.child(n, Field::name_));
    case N::field_expression_:
      return take(t_.child(n, Field::field_));
    case N::parenthesized_expression_:
    case N::dependent_name_:
    case N::dependent_type_:
    case N::condition_clause_:
      return take(t_.named_child(n, 0));
    case N::pointer_expression_:
      return take(t_.child(n, Field::argument_));
    case N::comma_expression_:
      return take(t_.child(n, Field::right_));
    case N::assignment_expression_:
      w_.add_assign(w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_)));
      return take(t_.child(n, Field::left_));
    case N::subscript_expression_:
      if (const ExprIdx a = w_.expr(t_.child(n, Field::argument_)); a != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, a));
      return;
    case N::cast_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::type_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kCast, {}, type));
      return;
    case N::new_expression_:
    case N::compound_literal_expression_:
      if (const ExprIdx type = w_.expr(t_.child(n, Field::type_)); type != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, type));
      return;
    case N::conditional_expression_: {
      const ExprIdx yes = w_.expr(t_.child(n, Field::consequence_));
      const ExprIdx no = w_.expr(t_.child(n, Field::alternative_));
      if (yes == kNone || no == kNone) return w_.set_expr(n, yes == kNone ? no : yes);
      return w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
    }
    case N::this_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "this"));
    case N::co_await_expression_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::argument_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kAwait, {}, e));
      return;
    case N::lambda_capture_initializer_:
      return set_types(t_.child(n, Field::left_), kNone, w_.expr(t_.child(n, Field::right_)));
    case N::return_statement_:
    case N::co_return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::co_yield_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    default:
      return leave_type(n);
  }
}

}  // namespace cairn::indexer::syntax::cfamily
