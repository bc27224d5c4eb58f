// Kotlin nodes on the way down: constructors, functions, their parameters, and properties.
#include <algorithm>

#include "base/hash.h"
#include "indexer/syntax/kotlin/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/kotlin/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::kotlin {

using graph::kNone;
using graph::RefRole;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

}  // namespace

void Extractor::enter_primary_constructor(NodeIdx n) {
  const SymbolIdx type = w_.current_symbol();
  const NodeIdx list = t_.child_of_type(n, raw(N::class_parameters_));
  if (!graph::is_type(w_.symbol(type).kind) || list == kNoNode) return;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kConstructor;
  s.name = t_.child_of_type(n, raw(N::kw_constructor));
  s.name_text = "constructor";
  s.definition = n;
  const std::string signature =
      std::string(w_.str(w_.symbol(type).name)) + w_.normalised(t_[list].begin, t_[list].end);
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).disambiguator = overload_of(list, kNoNode);
  // Fields first: they are members of the type, not of the constructor.
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::class_parameter_) continue;
    const bool is_val = t_.child_of_type(c, raw(N::kw_val)) != kNoNode;
    const NodeIdx name = t_.child_of_type(c, raw(N::identifier_));
    if (name == kNoNode || (!is_val && t_.child_of_type(c, raw(N::kw_var)) == kNoNode)) continue;
    const Modifiers field = read_modifiers(c);
    NewSymbol f;
    f.kind = SymbolKind::kField;
    f.name = name;
    f.definition = c;
    const std::string text = signature_of(field, c, default_of(c));
    f.signature = text;
    f.visibility = field.visibility;
    f.flags = field.flags | (is_val ? symbol_flag::kFinal : 0u);
    symbols_[c] = w_.define(f);
  }
  w_.open(symbol, ScopeKind::kFunction, n);
  constructor_scopes_[type] = w_.current_scope();
  unsigned position = 0;
  unsigned required = 0;
  bool variadic = false;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::class_parameter_) continue;
    const NodeIdx modifiers = t_.child_of_type(c, raw(N::modifiers_));
    const bool is_vararg =
        modifiers != kNoNode && t_.text(modifiers).find("vararg") != std::string_view::npos;
    variadic = variadic || is_vararg;
    if (is_vararg) varargs_.insert(c);
    if (default_of(c) == kNoNode && !is_vararg) ++required;
    define_class_parameter(c, position++);
  }
  graph::Symbol& f = w_.symbol(symbol);
  f.metrics.parameters = static_cast<std::uint16_t>(position);
  f.min_args = static_cast<std::uint8_t>(std::min(required, 254u));
  f.max_args = variadic ? 255 : static_cast<std::uint8_t>(std::min(position, 254u));
}

void Extractor::define_class_parameter(NodeIdx n, unsigned position) {
  const NodeIdx name = t_.child_of_type(n, raw(N::identifier_));
  if (name == kNoNode) return;
  w_.skip(name);
  graph::LocalIdx local;
  if (symbols_.contains(n)) {
    // Initialisers that name it mean the property, which has the same value: no binding.
    graph::Local l;
    l.name = w_.intern_node(name);
    l.owner = w_.current_symbol();
    l.scope = w_.current_scope();
    l.kind = SymbolKind::kParameter;
    l.range = t_.range(name);
    local = static_cast<graph::LocalIdx>(w_.facts.body.locals.size());
    w_.facts.body.locals.push_back(l);
  } else {
    local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
  }
  w_.local(local).position = static_cast<std::uint8_t>(std::min(position, 254u));
  locals_[n] = local;
}

void Extractor::enter_secondary_constructor(NodeIdx n) {
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kConstructor;
  s.name = t_.child_of_type(n, raw(N::kw_constructor));
  s.name_text = "constructor";
  s.definition = n;
  s.body = t_.child_of_type(n, raw(N::block_));
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  const SymbolIdx symbol = w_.define(s);
  const NodeIdx list = t_.child_of_type(n, raw(N::function_value_parameters_));
  w_.symbol(symbol).disambiguator = overload_of(list, kNoNode);
  w_.open(symbol, ScopeKind::kFunction, n);
  define_parameters(list, symbol);
}

void Extractor::enter_initializer(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kMethod;
  s.name_text = "<init>";
  s.definition = n;
  s.signature = "init";
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous;
  const SymbolIdx type = w_.current_symbol();
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).max_args = 0;
  if (const auto scope = constructor_scopes_.find(type); scope != constructor_scopes_.end())
    w_.reopen_scope(scope->second, n);
  w_.open(symbol, ScopeKind::kFunction, n);
}

std::uint32_t Extractor::overload_of(NodeIdx parameters, NodeIdx receiver) const {
  std::string key = "(";
  const auto add = [&](NodeIdx type) {
    if (type == kNoNode) return;
    for (const char ch : t_.text(type))
      if (ch != ' ' && ch != '\t' && ch != '\n' && ch != '\r') key += ch;
  };
  add(receiver);
  key += '.';
  if (parameters != kNoNode)
    for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
      const N kind = type_of(t_, c);
      if (kind != N::parameter_ && kind != N::class_parameter_) continue;
      add(type_child(c));
      key += ',';
    }
  return static_cast<std::uint32_t>(hash64(key));
}

void Extractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Modifiers m = read_modifiers(n);
  const bool member = in_type_scope();
  const SymbolIdx around = w_.current_symbol();
  const bool interface = member && w_.symbol(around).kind == SymbolKind::kInterface;
  const NodeIdx receiver = receiver_of(n, name);
  NewSymbol s;
  s.kind = member ? SymbolKind::kMethod : SymbolKind::kFunction;
  s.name = name;
  s.definition = n;
  s.body = t_.child_of_type(n, raw(N::function_body_));
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  s.visibility = w_.in_function() ? Visibility::kPrivate : m.visibility;
  s.flags = m.flags;
  if (interface && s.body == kNoNode) s.flags |= symbol_flag::kAbstract;
  if (member && (m.is_open || interface) && s.visibility != Visibility::kPrivate)
    s.flags |= symbol_flag::kVirtual;
  if (receiver != kNoNode) s.flags |= symbol_flag::kExtension;
  const NodeIdx list = t_.child_of_type(n, raw(N::function_value_parameters_));
  if (around == 0 && t_.text(name) == "main" && receiver == kNoNode &&
      (list == kNoNode || t_.named_child_count(list) <= 1))
    s.flags |= symbol_flag::kEntryPoint;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  symbols_[n] = symbol;
  w_.symbol(symbol).disambiguator = overload_of(list, receiver);
  if (receiver != kNoNode) w_.symbol(symbol).qualifier = type_name(receiver);
  define_spring_routes(m.node, name);
  w_.open(symbol, ScopeKind::kFunction, n);
  define_type_parameters(n, symbol);
  define_parameters(list, symbol);
  if (const NodeIdx result = type_after(list); result != kNoNode)
    w_.role(result, RefRole::kType, 255, ref_flag::kReturnType);
}

NodeIdx Extractor::default_of(NodeIdx parameter) const {
  if (type_of(t_, parameter) == N::class_parameter_) {
    const NodeIdx equals = t_.child_of_type(parameter, raw(N::equals));
    return equals == kNoNode ? kNoNode : t_.next_sibling(equals);
  }
  for (NodeIdx c = t_.next_sibling(parameter); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind == N::parameter_ || kind == N::parameter_modifiers_) return kNoNode;
    if (t_.is_named(c) && !t_.is_comment(c)) return c;
  }
  return kNoNode;
}

void Extractor::define_parameters(NodeIdx list, SymbolIdx function) {
  unsigned position = 0;
  unsigned required = 0;
  bool variadic = false;
  bool next_variadic = false;
  if (list != kNoNode)
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) == N::parameter_modifiers_)
        next_variadic = t_.text(c).find("vararg") != std::string_view::npos;
      if (type_of(t_, c) != N::parameter_) continue;
      if (default_of(c) == kNoNode && !next_variadic) ++required;
      variadic = variadic || next_variadic;
      if (next_variadic) varargs_.insert(c);
      next_variadic = false;
      if (const NodeIdx name = t_.child_of_type(c, raw(N::identifier_)); name != kNoNode) {
        const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
        w_.local(local).position = static_cast<std::uint8_t>(std::min(position, 254u));
        locals_[c] = local;
        w_.skip(name);
      }
      ++position;
    }
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = static_cast<std::uint16_t>(position);
  f.min_args = static_cast<std::uint8_t>(std::min(required, 254u));
  f.max_args = variadic ? 255 : static_cast<std::uint8_t>(std::min(position, 254u));
}

NodeIdx Extractor::initializer_of(NodeIdx property) const {
  bool seen = false;
  for (NodeIdx c = t_.first_child(property); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind == N::variable_declaration_ || kind == N::multi_variable_declaration_) {
      seen = true;
    } else if (seen && t_.is_named(c) && !t_.is_comment(c)) {
      if (kind == N::type_constraints_) continue;
      return kind == N::property_delegate_ || kind == N::getter_ || kind == N::setter_ ? kNoNode
                                                                                       : c;
    }
  }
  return kNoNode;
}

void Extractor::enter_property(NodeIdx n) {
  NodeIdx declaration = t_.child_of_type(n, raw(N::variable_declaration_));
  const NodeIdx several = t_.child_of_type(n, raw(N::multi_variable_declaration_));
  const NodeIdx value = initializer_of(n);
  if (several != kNoNode) return define_variables(several, t_[n].end, SymbolKind::kLocal);
  if (declaration == kNoNode) return;
  const NodeIdx name = t_.child_of_type(declaration, raw(N::identifier_));
  if (name == kNoNode) return;
  const bool function = value != kNoNode && (type_of(t_, value) == N::lambda_literal_ ||
                                             type_of(t_, value) == N::anonymous_function_);
  const bool symbol_scope = in_type_scope() || w_.current_scope() == 0;
  if (symbol_scope) {
    const SymbolIdx type = w_.current_symbol();
    if (const auto scope = constructor_scopes_.find(type); scope != constructor_scopes_.end()) {
      const NodeIdx delegate = t_.child_of_type(n, raw(N::property_delegate_));
      if (value != kNoNode) reopened_[value] = scope->second;
      if (delegate != kNoNode) reopened_[delegate] = scope->second;
    }
  }
  if (function) {
    named_lambdas_[value] = name;
    return w_.skip(name);
  }
  if (!symbol_scope) return define_variable(declaration, t_[n].end, SymbolKind::kLocal);
  symbols_[n] = define_value(n, name, read_modifiers(n), receiver_of(n, declaration));
  symbols_[declaration] = symbols_[n];
  w_.skip(name);
}

SymbolIdx Extractor::define_value(NodeIdx property, NodeIdx name, const Modifiers& m,
                                  NodeIdx receiver) {
  const bool member = in_type_scope();
  const NodeIdx declaration = t_.parent(name);
  const bool interface = member && w_.symbol(w_.current_symbol()).kind == SymbolKind::kInterface;
  NewSymbol s;
  s.kind = member                                 ? SymbolKind::kField
           : (m.flags & symbol_flag::kConst) != 0 ? SymbolKind::kConstant
                                                  : SymbolKind::kVariable;
  s.name = name;
  s.definition = property;
  const std::string signature = w_.normalised(m.signature_begin, t_[declaration].end);
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  const bool getter = t_.child_of_type(property, raw(N::getter_)) != kNoNode;
  if (getter || t_.child_of_type(property, raw(N::setter_)) != kNoNode ||
      t_.child_of_type(property, raw(N::property_delegate_)) != kNoNode)
    s.flags |= symbol_flag::kProperty;
  if (t_.child_of_type(property, raw(N::kw_val)) != kNoNode) s.flags |= symbol_flag::kFinal;
  if (interface && !getter) s.flags |= symbol_flag::kAbstract;
  if (member && (m.is_open || interface)) s.flags |= symbol_flag::kVirtual;
  if (receiver != kNoNode) s.flags |= symbol_flag::kExtension;
  const SymbolIdx symbol = w_.define(s);
  if (receiver != kNoNode) w_.symbol(symbol).qualifier = type_name(receiver);
  return symbol;
}

void Extractor::enter_accessor(NodeIdx n) {
  const NodeIdx property = t_.parent(n);
  const auto symbol = property == kNoNode ? symbols_.end() : symbols_.find(property);
  if (symbol != symbols_.end())
    w_.open(symbol->second, ScopeKind::kFunction, n);
  else
    w_.open_scope(ScopeKind::kBlock, n);
  const NodeIdx parameter = t_.child_of_type(n, raw(N::identifier_));
  if (type_of(t_, n) != N::setter_ || parameter == kNoNode) return;
  const auto local = w_.define_local(SymbolKind::kParameter, parameter, w_.current_scope());
  w_.local(local).position = 0;
  w_.skip(parameter);
}

}  // namespace cairn::indexer::syntax::kotlin
