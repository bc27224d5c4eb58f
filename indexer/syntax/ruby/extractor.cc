#include "indexer/syntax/ruby/extractor.h"

#include <algorithm>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

#define CAIRN_NODE_TABLE "indexer/syntax/ruby/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_ruby(void);

namespace cairn::indexer::syntax {
namespace ruby {

using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

void Extractor::enter(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::module_:
      return enter_type(n, SymbolKind::kTrait);
    case N::class_:
      return enter_type(n, SymbolKind::kClass);
    case N::singleton_class_:
      // `private` inside counts for what stands inside.
      singleton_classes_.push_back({n, method_visibility(n, false)});
      sections_.erase(w_.current_symbol());
      return;
    case N::method_:
      return enter_method(n, false);
    case N::singleton_method_:
      return enter_method(n, true);
    case N::block_:
    case N::do_block_:
      return enter_block(n);
    case N::lambda_:
      return enter_lambda(n);
    case N::call_:
      return enter_call(n);
    case N::alias_:
      return enter_alias(n);
    default:
      if (!enter_value(n)) pass_to_children(n);
  }
}

bool Extractor::enter_value(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::assignment_:
      if (!define_class_value(n)) w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::operator_assignment_:
      w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::for_:
      w_.role(t_.child(n, Field::pattern_), RefRole::kWrite);
      return true;
    case N::exception_variable_:
      w_.role(t_.first_child(n), RefRole::kWrite);
      return true;
    case N::exceptions_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type_of(t_, c) == N::constant_ || type_of(t_, c) == N::scope_resolution_)
          w_.role(c, RefRole::kType, 255, ref_flag::kThrown);
      return true;
    case N::scope_resolution_:
      w_.skip(t_.child(n, Field::name_));
      return true;
    case N::undef_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
      return true;
    case N::element_reference_:
    case N::argument_list_:
      return true;  // what stands inside is read, whatever is done with the whole
    default:
      return false;
  }
}

/// Targets of multiple assignment hand their role down.
void Extractor::pass_to_children(NodeIdx n) {
  if (w_.hint(n).action != Hint::Action::kRole) return;
  switch (type_of(t_, n)) {
    case N::left_assignment_list_:
    case N::destructured_left_assignment_:
    case N::rest_assignment_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
      return;
    default:
      return;
  }
}

void Extractor::enter_type(NodeIdx n, SymbolKind kind) {
  NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = kind;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kMergeable;
  std::string qualifier;
  if (type_of(t_, name) == N::scope_resolution_) {
    const NodeIdx scope = t_.child(name, Field::scope_);
    if (scope != kNoNode) qualifier = t_.text(scope);
    w_.skip(name);
    name = t_.child(name, Field::name_);
    if (name == kNoNode) return;
  }
  s.name = name;
  const NodeIdx superclass = t_.child(n, Field::superclass_);
  const std::string signature =
      w_.normalised(t_[n].begin, superclass != kNoNode ? t_[superclass].end : t_[name].end);
  s.signature = signature;
  w_.skip(name);
  const SymbolIdx symbol = w_.define(s);
  if (!qualifier.empty()) w_.symbol(symbol).qualifier = w_.intern(qualifier);
  defined_symbols_[n] = symbol;
  const ScopeIdx around = w_.current_scope();
  w_.open(symbol, ScopeKind::kType, n);
  if (superclass == kNoNode) return;
  const NodeIdx made = t_.named_child(superclass, 0);
  if (is_record(made)) define_attributes(t_.child(made, Field::arguments_));
  w_.reopen_scope(around, superclass);
  w_.role(made, RefRole::kInherit);
  const std::string_view base = t_.text(superclass);
  if (base.find("Test") != std::string_view::npos || base.find("Spec") != std::string_view::npos)
    w_.facts.face.is_test = true;
}

/// The type that a `def` here adds a method to, or kNone outside types.
SymbolIdx Extractor::home_type() const {
  SymbolIdx s = w_.current_symbol();
  const auto& symbols = w_.facts.face.symbols;
  // A method inside a method belongs to the type around; test and route blocks keep their own.
  while (s != kNone && s != 0 &&
         (symbols[s].kind == SymbolKind::kMethod || symbols[s].kind == SymbolKind::kConstructor))
    s = symbols[s].parent;
  return s != kNone && graph::is_type(symbols[s].kind) ? s : kNone;
}

Visibility Extractor::method_visibility(NodeIdx n, bool singleton) const {
  // `private def x`
  const NodeIdx list = t_.parent(n);
  if (list != kNoNode && type_of(t_, list) == N::argument_list_) {
    const NodeIdx method = t_.child(t_.parent(list), Field::method_);
    const std::string_view word = method == kNoNode ? std::string_view() : t_.text(method);
    if (word == "private" || word == "private_class_method") return Visibility::kPrivate;
    if (word == "protected") return Visibility::kProtected;
    if (word == "public") return Visibility::kPublic;
  }
  if (singleton) return Visibility::kPublic;
  const auto section = sections_.find(w_.current_symbol());
  return section == sections_.end() ? Visibility::kPublic : section->second;
}

void Extractor::enter_method(NodeIdx n, bool singleton) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const std::string_view text = t_.text(name);
  const SymbolIdx type = home_type();
  const bool on_class = singleton || !singleton_classes_.empty();
  NewSymbol s;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.kind = type == kNone                       ? SymbolKind::kFunction
           : text == "initialize" && !on_class ? SymbolKind::kConstructor
                                               : SymbolKind::kMethod;
  if (type != kNone) {
    s.parent = type;
    s.declared_in = w_.symbol(type).scope;
    if (on_class || module_functions_) s.flags |= symbol_flag::kStatic | symbol_flag::kClassMethod;
    if (text.starts_with("test_")) s.flags |= symbol_flag::kTest;
  }
  s.visibility = method_visibility(n, singleton);
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  const std::string signature =
      w_.normalised(t_[n].begin, parameters != kNoNode ? t_[parameters].end : t_[name].end);
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  for (NodeIdx c = t_.first_child(name); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
  if (type != kNone) methods_[(std::uint64_t{type} << 32) | w_.symbol(symbol).name] = symbol;
  defined_symbols_[n] = symbol;
  // `def object.name` reads what stands around.
  const NodeIdx object = singleton ? t_.child(n, Field::object_) : kNoNode;
  if (object != kNoNode && type_of(t_, object) == N::identifier_ && is_local(t_.text(object))) {
    w_.skip(object);
    w_.add_ref(object, RefRole::kRead);
  }
  w_.open(symbol, ScopeKind::kFunction, n);
  if (parameters != kNoNode)
    enter_parameters(parameters, symbol);
  else
    w_.symbol(symbol).max_args = 0;
}

void Extractor::define_parameter(NodeIdx name, std::uint8_t position) {
  if (name == kNoNode) return;
  const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
  w_.local(local).position = position;
  defined_locals_[name] = local;
  w_.skip(name);
}

void Extractor::enter_parameters(NodeIdx list, SymbolIdx function) {
  unsigned position = 0;
  unsigned required = 0;
  bool open_ended = false;
  const auto slot = [&] { return static_cast<std::uint8_t>(std::min(position, 254u)); };
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c) || t_[c].field == Field::locals_) continue;
    switch (type_of(t_, c)) {
      case N::identifier_:
        define_parameter(c, slot());
        ++required;
        break;
      case N::optional_parameter_:
        define_parameter(t_.child(c, Field::name_), slot());
        break;
      case N::keyword_parameter_:
        define_parameter(t_.child(c, Field::name_), slot());
        if (t_.child(c, Field::value_) == kNoNode) ++required;
        break;
      case N::block_parameter_:
        define_parameter(t_.child(c, Field::name_), slot());
        continue;  // not among the arguments
      case N::destructured_parameter_:
        for (NodeIdx d = c; d < t_[c].next; ++d)
          if (type_of(t_, d) == N::identifier_) define_parameter(d, slot());
        ++required;
        break;
      default:  // *rest, **options, ...
        define_parameter(t_.child(c, Field::name_), slot());
        open_ended = true;
        continue;
    }
    ++position;
  }
  if (function == kNone) return;
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = static_cast<std::uint16_t>(position + (open_ended ? 1 : 0));
  f.min_args = static_cast<std::uint8_t>(std::min(required, 254u));
  f.max_args = open_ended ? 255 : static_cast<std::uint8_t>(std::min(position, 254u));
}

void Extractor::enter_block(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent != kNoNode && type_of(t_, parent) == N::lambda_) return;  // the lambda's own body
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  SymbolIdx function = kNone;
  if (const auto body = over_block_.find(n); body != over_block_.end()) {
    const SymbolIdx symbol = body->second;
    const bool is_type = graph::is_type(w_.symbol(symbol).kind);
    w_.open(symbol, is_type ? ScopeKind::kType : ScopeKind::kFunction, n);
    if (graph::is_callable(w_.symbol(symbol).kind)) function = symbol;
    if (is_type) return;
  } else {
    w_.open_scope(ScopeKind::kBlock, n);
  }
  if (parameters == kNoNode) return;
  enter_parameters(parameters, function);
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::locals_ || type_of(t_, c) != N::identifier_) continue;
    defined_locals_[c] = w_.define_local(SymbolKind::kLocal, c, w_.current_scope());
    w_.skip(c);
  }
}

void Extractor::enter_lambda(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.flags = symbol_flag::kAnonymous;
  s.visibility = Visibility::kPrivate;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(graph::ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, true);
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  if (parameters != kNoNode)
    enter_parameters(parameters, symbol);
  else
    w_.symbol(symbol).max_args = 0;
}

void Extractor::enter_call(NodeIdx n) {
  const NodeIdx method = t_.child(n, Field::method_);
  if (method == kNoNode) return;
  w_.skip(method);
  if (w_.hint(n).action == Hint::Action::kRole) return;  // `a.b = 1`: no macro
  enter_macro(n, t_.text(method));
}

void Extractor::enter_alias(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx old = t_.child(n, Field::alias_);
  w_.skip(name);
  w_.skip(old);
  if (name == kNoNode || old == kNoNode) return;
  const SymbolIdx type = home_type();
  if (type == kNone || type_of(t_, name) == N::global_variable_) return;
  if (type_of(t_, name) == N::identifier_) {
    NewSymbol s;
    s.kind = SymbolKind::kMethod;
    s.name = name;
    s.definition = n;
    s.visibility = Visibility::kPublic;
    s.parent = type;
    s.declared_in = w_.symbol(type).scope;
    w_.define(s);
  } else {
    define_symbolic(name, SymbolKind::kMethod, n);
  }
  if (type_of(t_, old) == N::identifier_) w_.add_ref(old, RefRole::kRead);
}

void Extractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::constant_:
      return leave_constant(n);
    case N::scope_resolution_:
      return leave_scope_resolution(n);
    case N::instance_variable_:
    case N::class_variable_:
    case N::global_variable_:
      return leave_variable(n);
    case N::call_:
      return leave_call(n);
    case N::super_:
      if (!w_.skipped(n)) leave_super(n, kNoNode);
      return;
    case N::assignment_:
    case N::operator_assignment_:
      return leave_assignment(n);
    case N::method_:
    case N::singleton_method_:
      return leave_method(n);
    case N::superclass_:
      if (const auto e = w_.expr(t_.named_child(n, 0)); e != kNone && w_.current_type() != kNone)
        w_.add_super(w_.current_type(), e, graph::SuperKind::kExtends);
      return;
    case N::singleton_class_:
      if (!singleton_classes_.empty() && singleton_classes_.back().node == n) {
        sections_[w_.current_symbol()] = singleton_classes_.back().section;
        singleton_classes_.pop_back();
      }
      return;
    case N::class_:
    case N::module_:
      module_functions_ = false;
      return;
    default:
      return leave_value(n);
  }
}

}  // namespace ruby

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_:
    case N::unless_:
    case N::if_modifier_:
    case N::unless_modifier_:
      return MetricClass::kIf;
    case N::elsif_:
      return MetricClass::kElseIf;
    case N::else_: {
      const NodeIdx parent = tree.parent(n);
      const N kind = parent == kNoNode ? N::none : type_of(tree, parent);
      return kind == N::if_ || kind == N::elsif_ || kind == N::unless_ ? MetricClass::kElse
                                                                       : MetricClass::kNone;
    }
    case N::while_:
    case N::until_:
    case N::for_:
    case N::while_modifier_:
    case N::until_modifier_:
      return MetricClass::kLoop;
    case N::case_:
    case N::case_match_:
      return MetricClass::kSwitch;
    case N::when_:
    case N::in_clause_:
      return MetricClass::kCase;
    case N::rescue_:
    case N::rescue_modifier_:
      return MetricClass::kCatch;
    case N::conditional_:
      return MetricClass::kTernary;
    case N::binary_:
      return MetricClass::kBoolean;
    case N::parenthesized_statements_:
      return MetricClass::kParenthesis;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  switch (type_of(tree, op)) {
    case N::op_and:
    case N::kw_and:
      return BooleanOp::kAnd;
    case N::op_or:
    case N::kw_or:
      return BooleanOp::kOr;
    default:
      return BooleanOp::kNone;
  }
}

void extract_ruby(FileWalk& walk) {
  ruby::Extractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& ruby_def() {
  static const LanguageDef def{graph::Language::kRuby,
                               tree_sitter_ruby,
                               kNodeNames,
                               {metric_class, boolean_op},
                               extract_ruby};
  return def;
}

}  // namespace cairn::indexer::syntax
