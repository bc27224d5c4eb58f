// C#: the dispatch over node types, the complexity rules and the language definition.
#include "indexer/syntax/csharp/conditions.h"
#include "indexer/syntax/csharp/names.h"
#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

extern "C" const TSLanguage* tree_sitter_c_sharp(void);

namespace cairn::indexer::syntax {
namespace csharp {

void Extractor::enter(NodeIdx n) {
  const Field field = t_[n].field;
  if (field == Field::type_ || field == Field::returns_) enter_type_position(n);
  if (field == Field::condition_) {
    const N parent = type_of(t_, t_.parent(n));
    if (parent == N::preproc_if_ || parent == N::preproc_elif_) ++muted_;
  }
  if (enter_expression(n)) return;
  switch (type_of(t_, n)) {
    case N::using_directive_:
      return enter_using(n);
    case N::namespace_declaration_:
    case N::file_scoped_namespace_declaration_:
      return enter_namespace(n);
    case N::class_declaration_:
    case N::struct_declaration_:
    case N::record_declaration_:
    case N::interface_declaration_:
    case N::enum_declaration_:
      return enter_type(n);
    case N::base_list_:
      // Inside an ERROR no type may be open around it.
      if (w_.scope(w_.current_scope()).kind != ScopeKind::kType) return;
      w_.reopen_scope(w_.scope(w_.current_scope()).parent, n);
      return;
    case N::attribute_list_:
      // Looked up around what they are written on.
      if (w_.scope(w_.current_scope()).parent != graph::kNone && w_.current_symbol() != 0 &&
          !at(t_.parent(n), id(N::parameter_)))
        w_.reopen_scope(w_.scope(w_.current_scope()).parent, n);
      return;
    case N::attribute_:
      w_.role(t_.child(n, Field::name_), RefRole::kDecorate,
              argument_count(t_.child_of_type(n, id(N::attribute_argument_list_))));
      return;
    case N::delegate_declaration_:
      return enter_delegate(n);
    case N::enum_member_declaration_:
      return enter_enum_member(n);
    case N::method_declaration_:
    case N::constructor_declaration_:
    case N::destructor_declaration_:
    case N::operator_declaration_:
    case N::conversion_operator_declaration_:
    case N::local_function_statement_:
      return enter_function(n);
    case N::property_declaration_:
    case N::indexer_declaration_:
    case N::event_declaration_:
      return enter_property(n);
    case N::variable_declaration_:
      return enter_variables(n);
    case N::parameter_:
      if (const NodeIdx name = t_.child(n, Field::name_); name != kNoNode) w_.skip(name);
      return;
    case N::lambda_expression_:
    case N::anonymous_method_expression_:
      return enter_lambda(n);
    case N::global_statement_:
      // Top-level statements are one function without a name.
      if (top_level_open_) return;
      top_level_open_ = true;
      w_.open_scope(ScopeKind::kFunction, 0);
      return;
    case N::preproc_if_:
      ++conditional_;
      return;
    case N::preproc_pragma_:
      ++muted_;
      return;
    default:
      return enter_block(n);
  }
}

void Extractor::enter_block(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::accessor_declaration_:
      w_.open_scope(ScopeKind::kBlock, n);
      if (is_setter(n)) {
        ++setters_;
        // The type is known by now, and `value` has it.
        const NodeIdx property = t_.parent(t_.parent(n));
        const SymbolIdx symbol = w_.current_symbol();
        if (property != kNoNode && w_.symbol(symbol).kind == SymbolKind::kField)
          w_.symbol(symbol).type = w_.expr(t_.child(property, Field::type_));
      }
      return;
    case N::block_:
    case N::for_statement_:
    case N::using_statement_:
    case N::fixed_statement_:
    case N::catch_clause_:
    case N::switch_section_:
    case N::switch_expression_arm_:
    case N::query_expression_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::foreach_statement_:
      return enter_foreach(n);
    case N::from_clause_:
    case N::join_clause_:
    case N::join_into_clause_:
    case N::let_clause_:
      return enter_query_name(n);
    case N::declaration_expression_:
    case N::declaration_pattern_:
    case N::recursive_pattern_:
    case N::var_pattern_:
    case N::list_pattern_:
    case N::catch_declaration_:
    case N::parenthesized_variable_designation_:
      return enter_pattern_name(n);
    default:
      return;
  }
}

bool Extractor::is_setter(NodeIdx accessor) const {
  std::uint32_t end = t_[accessor].end;
  if (const NodeIdx body = t_.child(accessor, Field::body_); body != kNoNode) end = t_[body].begin;
  const std::string_view head = t_.source.substr(t_[accessor].begin, end - t_[accessor].begin);
  for (const std::string_view word :
       std::initializer_list<std::string_view>{"set", "init", "add", "remove"})
    if (const std::size_t found = head.rfind(word);
        found != std::string_view::npos &&
        head.find_first_not_of(" \t\r\n;", found + word.size()) == std::string_view::npos)
      return true;
  return false;
}

void Extractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::none:
      break;
    case N::identifier_:
      leave_name(n);
      break;
    case N::generic_name_:
      leave_generic(n);
      break;
    case N::invocation_expression_:
      leave_invocation(n);
      break;
    case N::initializer_expression_:
      if (!created_.empty()) created_.pop_back();
      break;
    case N::variable_declaration_:
      leave_variables(n);
      break;
    case N::accessor_declaration_:
      setters_ -= is_setter(n) ? 1 : 0;
      break;
    case N::preproc_if_:
      --conditional_;
      break;
    case N::preproc_pragma_:
      --muted_;
      break;
    case N::method_declaration_:
    case N::local_function_statement_:
    case N::operator_declaration_:
    case N::conversion_operator_declaration_:
    case N::property_declaration_:
    case N::indexer_declaration_:
    case N::event_declaration_:
    case N::base_list_:
    case N::parameter_list_:
    case N::foreach_statement_:
    case N::from_clause_:
    case N::join_clause_:
    case N::let_clause_:
    case N::parameter_:
    case N::declaration_expression_:
    case N::declaration_pattern_:
    case N::recursive_pattern_:
    case N::catch_declaration_:
      leave_definition(n);
      break;
    default:
      leave_expression(n);
      break;
  }
  if (t_[n].field == Field::condition_) {
    const N parent = type_of(t_, t_.parent(n));
    if (parent == N::preproc_if_ || parent == N::preproc_elif_) --muted_;
  }
}

void Extractor::finish() {
  // An abstract or partial declaration has no code to measure.
  for (const SymbolIdx i : without_body_) {
    graph::Symbol& s = w_.symbol(i);
    const std::uint16_t parameters = s.metrics.parameters;
    s.metrics = {};
    s.metrics.parameters = parameters;
  }
}

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::for_statement_:
    case N::foreach_statement_:
    case N::while_statement_:
    case N::do_statement_:
      return MetricClass::kLoop;
    case N::switch_statement_:
    case N::switch_expression_:
      return MetricClass::kSwitch;
    case N::switch_section_:
      return tree.text(n).starts_with("case") ? MetricClass::kCase : MetricClass::kNone;
    case N::switch_expression_arm_: {
      const NodeIdx pattern = tree.named_child(n, 0);
      return pattern != kNoNode && type_of(tree, pattern) == N::discard_ ? MetricClass::kNone
                                                                         : MetricClass::kCase;
    }
    case N::catch_clause_:
      return MetricClass::kCatch;
    case N::conditional_expression_:
      return MetricClass::kTernary;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::goto_statement_:
      return MetricClass::kJump;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const std::string_view op =
      operator_text(tree, tree.child(n, Field::left_), tree.child(n, Field::right_));
  if (op.starts_with("&&")) return BooleanOp::kAnd;
  if (op.starts_with("||")) return BooleanOp::kOr;
  return op.starts_with("??") ? BooleanOp::kCoalesce : BooleanOp::kNone;
}

void run(FileWalk& walk) {
  Extractor extractor(walk);
  walk_tree(walk, extractor);
  extractor.finish();
}

}  // namespace
}  // namespace csharp

const LanguageDef& csharp_def() {
  static const LanguageDef def{graph::Language::kCSharp,
                               tree_sitter_c_sharp,
                               kNodeNames,
                               {csharp::metric_class, csharp::boolean_op},
                               csharp::run,
                               csharp::hide_conditions};
  return def;
}

}  // namespace cairn::indexer::syntax
