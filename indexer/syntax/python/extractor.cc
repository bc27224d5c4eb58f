#include "indexer/syntax/python/extractor.h"

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"
#include "indexer/syntax/python/nodes.h"

extern "C" const TSLanguage* tree_sitter_python(void);

namespace cairn::indexer::syntax::python {

void Extractor::enter(NodeIdx n) {
  if (t_[n].field == Field::value_) {
    // Default values are evaluated around the function.
    const N parent = type_of(t_, t_.parent(n));
    // Code that does not parse may have parameters without a function.
    if ((parent == N::default_parameter_ || parent == N::typed_default_parameter_) &&
        w_.in_function())
      w_.reopen_scope(w_.scope(w_.function_scope()).parent, n);
  }
  switch (type_of(t_, n)) {
    case N::function_definition_:
      return enter_function(n);
    case N::class_definition_:
      return enter_class(n);
    case N::lambda_:
      return enter_lambda(n);
    case N::parameters_:
    case N::lambda_parameters_:
      return enter_parameters(n);
    case N::call_:
      return enter_call(n);
    case N::decorator_:
      return enter_decorator(n);
    case N::type_:
      ++type_depth_;
      return enter_type(n);
    case N::type_alias_statement_:
      return define_alias(n);
    case N::import_statement_:
    case N::future_import_statement_:
      return enter_import(n);
    case N::import_from_statement_:
      return enter_import_from(n);
    case N::global_statement_:
    case N::nonlocal_statement_:
      return enter_scope_statement(n);
    default:
      return enter_expression(n);
  }
}

/// Hints of expressions, patterns and simple statements.
void Extractor::enter_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::assignment_:
    case N::for_statement_:
    case N::for_in_clause_:
      return w_.role(t_.child(n, Field::left_), RefRole::kWrite);
    case N::augmented_assignment_:
      return w_.role(t_.child(n, Field::left_), RefRole::kWrite);
    case N::named_expression_:
      return w_.role(t_.child(n, Field::name_), RefRole::kWrite);
    case N::as_pattern_target_:
      return w_.role(t_.first_child(n), RefRole::kWrite);
    case N::pattern_list_:
    case N::tuple_pattern_:
    case N::list_pattern_:
    case N::list_splat_pattern_:
    case N::parenthesized_expression_:
    case N::tuple_:
    case N::list_:
      if (w_.hint(n).action == Hint::Action::kRole) pass_to_children(n);
      return;
    case N::list_comprehension_:
    case N::set_comprehension_:
    case N::dictionary_comprehension_:
    case N::generator_expression_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::keyword_argument_:
      return w_.skip(t_.child(n, Field::name_));
    case N::attribute_:
      return w_.skip(t_.child(n, Field::attribute_));
    case N::raise_statement_:
    case N::except_clause_: {
      NodeIdx what = t_.named_child(n, 0);
      if (what != kNoNode && type_of(t_, what) == N::as_pattern_) what = t_.named_child(what, 0);
      if (what == kNoNode) return;
      const bool several = type_of(t_, what) == N::tuple_;
      for (NodeIdx c = several ? t_.first_child(what) : what; c != kNoNode;
           c = several ? t_.next_sibling(c) : kNoNode)
        if (type_of(t_, c) == N::identifier_ || type_of(t_, c) == N::attribute_)
          w_.role(c, RefRole::kType, 255, ref_flag::kThrown);
      return;
    }
    case N::subscript_:
      if (w_.hint(n).action == Hint::Action::kRole && w_.hint(n).role != RefRole::kWrite &&
          w_.hint(n).role != RefRole::kCall)
        w_.pass_hint(n, t_.child(n, Field::value_));
      return;
    case N::case_pattern_: {
      // A bare name captures; a dotted or called one is a reference.
      const NodeIdx only = t_.named_child(n, 0);
      if (only == kNoNode || type_of(t_, only) != N::dotted_name_) return;
      const NodeIdx name = t_.named_child(only, 0);
      if (t_.named_child_count(only) == 1 && t_.text(name) != "_") w_.role(name, RefRole::kWrite);
      return;
    }
    default:
      return;
  }
}

void Extractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::attribute_:
      return leave_attribute(n);
    case N::call_:
      return leave_call(n);
    case N::assignment_:
      return leave_assignment(n);
    case N::named_expression_:
      set_value_type(t_.child(n, Field::name_), kNone, w_.expr(t_.child(n, Field::value_)));
      w_.set_expr(n, w_.expr(t_.child(n, Field::value_)));
      return;
    case N::argument_list_:
      return leave_class_arguments(n);
    case N::subscript_:
    case N::generic_type_:
      return leave_subscript(n);
    case N::type_:
      --type_depth_;
      w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
      if (const NodeIdx f = t_.parent(n); f != kNoNode &&
                                          type_of(t_, f) == N::function_definition_ &&
                                          t_[n].field == Field::return_type_)
        w_.symbol(w_.current_symbol()).type = w_.expr(n);
      return;
    case N::binary_operator_:
    case N::union_type_:
      return leave_union(n, w_.expr(t_.named_child(n, 0)), w_.expr(t_.named_child(n, 1)));
    case N::string_:
    case N::concatenated_string_:
      return leave_string(n);
    case N::typed_parameter_:
    case N::typed_default_parameter_:
    case N::default_parameter_:
      return leave_parameter(n);
    case N::with_item_:
    case N::as_pattern_:
      return leave_as(n);
    case N::for_statement_:
    case N::for_in_clause_:
      return set_loop_values(t_.child(n, Field::left_), t_.child(n, Field::right_));
    case N::type_alias_statement_:
      if (const auto alias = defined_symbols_.find(n); alias != defined_symbols_.end())
        w_.symbol(alias->second).type = w_.expr(t_.child(n, Field::right_));
      return;
    case N::boolean_operator_:
      return leave_boolean(n);
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_:
      if (const SymbolIdx f = w_.current_callable(); f != kNone)
        w_.symbol(f).flags |= symbol_flag::kGenerator;
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::lambda_:
      return w_.add_return(w_.expr(t_.child(n, Field::body_)));
    default:
      return leave_expression(n);
  }
}

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::elif_clause_:
      return MetricClass::kElseIf;
    case N::else_clause_: {
      const NodeIdx parent = tree.parent(n);
      const bool of_if = parent != kNoNode && type_of(tree, parent) == N::if_statement_;
      return of_if ? MetricClass::kElse : MetricClass::kNone;
    }
    case N::for_statement_:
    case N::while_statement_:
      return MetricClass::kLoop;
    case N::except_clause_:
      return MetricClass::kCatch;
    case N::conditional_expression_:
      return MetricClass::kTernary;
    case N::boolean_operator_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::for_in_clause_:
    case N::if_clause_:
      return MetricClass::kComprehensionClause;
    case N::match_statement_:
      return MetricClass::kSwitch;
    case N::case_clause_: {
      const NodeIdx pattern = tree.named_child(n, 0);
      return pattern != kNoNode && tree.text(pattern) == "_" ? MetricClass::kNone
                                                             : MetricClass::kCase;
    }
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  return type_of(tree, op) == N::kw_and ? BooleanOp::kAnd : BooleanOp::kOr;
}

}  // namespace

}  // namespace cairn::indexer::syntax::python

namespace cairn::indexer::syntax {
namespace {

void extract_python(FileWalk& walk) {
  python::Extractor extractor(walk);
  walk_tree(walk, extractor);
  extractor.finish();
}

}  // namespace

const LanguageDef& python_def() {
  static const LanguageDef def{graph::Language::kPython,
                               tree_sitter_python,
                               kNodeNames,
                               {python::metric_class, python::boolean_op},
                               extract_python};
  return def;
}

}  // namespace cairn::indexer::syntax
