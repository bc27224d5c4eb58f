// Go nodes on the way down: calls, with or without type arguments, and composite literals.
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
using graph::SymbolKind;
namespace ref_flag = graph::ref_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

bool is_exported(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

}  // namespace

bool Extractor::is_local(NodeIdx identifier) const {
  for (graph::ScopeIdx s = w_.current_scope(); s != kNone; s = w_.scope(s).parent) {
    const auto local = w_.find_local(s, t_.text(identifier));
    if (local != kNone) return w_.facts.body.locals[local].kind != SymbolKind::kTypeParameter;
  }
  return false;
}

bool Extractor::is_instantiation(NodeIdx operand, NodeIdx argument) const {
  // f[T](x) or functions[i](x): decided by what the index looks like and whether a variable is
  // indexed.
  static constexpr std::array<std::string_view, 22> kTypes = {
      "any",   "bool",   "byte",   "complex64", "complex128", "error",     "float32", "float64",
      "int",   "int8",   "int16",  "int32",     "int64",      "rune",      "string",  "uint",
      "uint8", "uint16", "uint32", "uint64",    "uintptr",    "comparable"};
  if (operand == kNoNode || argument == kNoNode) return false;
  if (type_of(t_, argument) == N::selector_expression_)
    argument = t_.child(argument, Field::field_);
  else if (type_of(t_, argument) == N::qualified_type_)
    argument = t_.child(argument, Field::name_);
  if (argument == kNoNode) return false;
  const N kind = type_of(t_, argument);
  if (kind != N::identifier_ && kind != N::field_identifier_ && kind != N::type_identifier_)
    return true;
  const std::string_view name = t_.text(argument);
  if ((type_of(t_, operand) == N::identifier_ || type_of(t_, operand) == N::type_identifier_) &&
      is_local(operand))
    return false;
  if (is_exported(name) || std::find(kTypes.begin(), kTypes.end(), name) != kTypes.end())
    return true;
  return false;
}

void Extractor::mark_indexed_call(NodeIdx call, NodeIdx function, NodeIdx list) {
  // The grammar takes functions[i](x) for f[T](x).
  if (list == kNoNode || t_.named_child_count(list) != 1) return;
  const NodeIdx only = t_.named_child(list, 0);
  const NodeIdx index = t_.named_child(only, 0);
  if (index == kNoNode || t_.named_child_count(only) != 1 || is_instantiation(function, index))
    return;
  indexed_calls_.insert(call);
  for (const NodeIdx read : {function, list, only, index}) w_.role(read, RefRole::kRead);
}

void Extractor::enter_call(NodeIdx n) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  unsigned count = 0;
  bool open_ended = false;
  if (arguments != kNoNode) {
    count = t_.named_child_count(arguments);
    open_ended = t_.child_of_type(arguments, raw(N::variadic_argument_)) != kNoNode;
  }
  const NodeIdx function = t_.child(n, Field::function_);
  const auto args =
      open_ended || count > 254 ? std::uint8_t{255} : static_cast<std::uint8_t>(count);
  w_.role(function, RefRole::kCall, args);
  if (function == kNoNode) return;
  if (const NodeIdx list = t_.child(n, Field::type_arguments_); list != kNoNode) {
    mark_indexed_call(n, function, list);
    return;
  }
  if (type_of(t_, function) != N::index_expression_ ||
      !is_instantiation(t_.child(function, Field::operand_), t_.child(function, Field::index_)))
    return;
  instantiations_.insert(function);
  w_.role(t_.child(function, Field::operand_), RefRole::kCall, args);
  w_.role(t_.child(function, Field::index_), RefRole::kType, 255, ref_flag::kTypeArgument);
}

NodeIdx Extractor::element_type(NodeIdx type) const {
  if (type == kNoNode) return kNoNode;
  NodeIdx element = kNoNode;
  switch (type_of(t_, type)) {
    case N::slice_type_:
    case N::array_type_:
    case N::implicit_length_array_type_:
      element = t_.child(type, Field::element_);
      break;
    case N::map_type_:
      element = t_.child(type, Field::value_);
      break;
    default:
      return kNoNode;
  }
  while (element != kNoNode && (type_of(t_, element) == N::pointer_type_ ||
                                type_of(t_, element) == N::parenthesized_type_))
    element = t_.named_child(element, 0);
  return element;
}

void Extractor::enter_literal(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode) return;
  Literal literal;
  if (type_of(t_, parent) == N::composite_literal_) {
    literal.type = t_.child(parent, Field::type_);
    if (const ExprIdx e = w_.expr(literal.type); e != kNone)
      literal.value = w_.add_expr(ExprKind::kNew, {}, e);
  } else {
    // The type is left out inside a literal of several: it is the outer one's element.
    NodeIdx outer = t_.parent(parent);
    const bool key = outer != kNoNode && t_[parent].field == Field::key_;
    if (outer != kNoNode && type_of(t_, outer) == N::keyed_element_) outer = t_.parent(outer);
    const auto found = literals_.find(outer);
    if (found == literals_.end()) return;
    const Literal around = found->second;
    if (key && around.type != kNoNode && type_of(t_, around.type) == N::map_type_)
      literal.type = t_.child(around.type, Field::key_);
    else
      literal.type = element_type(around.type);
    if (const ExprIdx e = w_.expr(literal.type); e != kNone)
      literal.value = w_.add_expr(ExprKind::kNew, {}, e);
    else if (around.value != kNone)
      literal.value = w_.add_expr(ExprKind::kElement, {}, around.value);
  }
  literal.keys_are_fields = literal.type == kNoNode || element_type(literal.type) == kNoNode;
  literals_[n] = literal;
}

void Extractor::enter_keyed(NodeIdx n) {
  const auto literal = literals_.find(t_.parent(n));
  if (literal == literals_.end() || !literal->second.keys_are_fields) return;
  const NodeIdx key = t_.child(n, Field::key_);
  const NodeIdx name = key == kNoNode ? kNoNode : t_.named_child(key, 0);
  if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
  w_.skip(name);
  w_.add_ref(name, RefRole::kWrite, literal->second.value, 255, ref_flag::kHasReceiver);
}

}  // namespace cairn::indexer::syntax::go
