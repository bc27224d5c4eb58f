// C and C++: the dispatch over node types, the complexity rules and the two language definitions.
#include "indexer/syntax/cfamily/names.h"
#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

extern "C" const TSLanguage* tree_sitter_c(void);
extern "C" const TSLanguage* tree_sitter_cpp(void);

namespace cairn::indexer::syntax {
namespace cfamily {

void Extractor::enter(NodeIdx n) {
  if (!enter_expression(n)) enter_definition(n);
  if (next_annotation_ < annotations_.size()) read_annotations(t_[n].begin, n);
}

void Extractor::enter_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::function_definition_:
      return enter_function_definition(n);
    case N::declaration_:
    case N::field_declaration_:
      return enter_declaration(n);
    case N::function_declarator_:
    case N::abstract_function_declarator_:
      if (const auto f = pending_functions_.find(n); f != pending_functions_.end()) {
        w_.open(f->second, ScopeKind::kFunction, n);
        declare_parameters(n, w_.symbol(f->second).scope);
      }
      return;
    case N::parameter_declaration_:
    case N::optional_parameter_declaration_:
    case N::variadic_parameter_declaration_:
      return enter_parameter(n);
    case N::type_definition_:
      return enter_type_definition(n);
    case N::struct_specifier_:
    case N::union_specifier_:
    case N::class_specifier_:
      return enter_record(n);
    case N::enum_specifier_:
      return enter_enum(n);
    case N::enumerator_:
      return enter_enumerator(n);
    case N::compound_statement_: {
      // A function's body shares the scope of its parameters.
      const NodeIdx parent = t_.parent(n);
      const N kind = parent == kNoNode ? N::none : type_of(t_, parent);
      if (kind == N::function_definition_ || kind == N::lambda_expression_) return;
      if (!w_.in_function()) return enter_free_block(n);
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    }
    case N::for_statement_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::if_statement_:
    case N::while_statement_:
    case N::switch_statement_:
    case N::catch_clause_:
    case N::requires_expression_:
      if (cpp_) w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::attribute_specifier_:
    case N::attribute_declaration_:
    case N::ms_declspec_modifier_:
      ++muted_;
      return;
    case N::preproc_include_:
      return enter_include(n);
    case N::preproc_def_:
    case N::preproc_function_def_:
      return enter_macro(n);
    case N::preproc_if_:
    case N::preproc_ifdef_:
      return enter_condition(n, true);
    default:
      return enter_cpp(n);
  }
}

void Extractor::enter_cpp(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::base_class_clause_:
      return enter_bases(n);
    case N::access_specifier_:
      return enter_access(n);
    case N::namespace_definition_:
      return enter_namespace(n);
    case N::namespace_alias_definition_:
      return enter_namespace_alias(n);
    case N::using_declaration_:
      return enter_using(n);
    case N::alias_declaration_:
      return enter_alias(n);
    case N::concept_definition_:
      return enter_concept(n);
    case N::template_declaration_:
      template_locals_.clear();
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::type_parameter_declaration_:
    case N::optional_type_parameter_declaration_:
    case N::variadic_type_parameter_declaration_:
      return enter_template_parameter(n);
    case N::for_range_loop_:
      return enter_for_range(n);
    case N::lambda_expression_:
      return enter_lambda(n);
    default:
      return;
  }
}

void Extractor::leave(NodeIdx n) {
  if (next_annotation_ < annotations_.size()) read_annotations(t_[n].end, n);
  switch (type_of(t_, n)) {
    case N::none:
      return;
    case N::identifier_:
    case N::field_identifier_:
    case N::type_identifier_:
    case N::namespace_identifier_:
    case N::destructor_name_:
    case N::operator_name_:
      return leave_name(n);
    case N::call_expression_:
      return leave_call(n);
    case N::template_function_:
    case N::template_method_:
    case N::template_type_:
      return leave_template(n);
    case N::number_literal_:
    case N::string_literal_:
    case N::raw_string_literal_:
    case N::concatenated_string_:
    case N::char_literal_:
    case N::true_:
    case N::false_:
      return leave_literal(n);
    case N::declaration_:
    case N::field_declaration_:
    case N::function_definition_:
    case N::parameter_declaration_:
    case N::optional_parameter_declaration_:
    case N::variadic_parameter_declaration_:
      return leave_declaration(n);
    case N::type_definition_:
      return leave_type_definition(n);
    case N::init_declarator_:
      return leave_init_declarator(n);
    case N::for_range_loop_: {
      const ExprIdx range = w_.expr(t_.child(n, Field::right_));
      const NodeIdx name = read_declarator(t_.child(n, Field::declarator_)).name;
      const ExprIdx item = range == kNone ? kNone : w_.add_expr(ExprKind::kElement, {}, range);
      return set_types(name, w_.expr(t_.child(n, Field::type_)), item);
    }
    case N::struct_specifier_:
    case N::union_specifier_:
    case N::class_specifier_:
    case N::enum_specifier_:
      return leave_record(n);
    case N::base_class_clause_:
      return leave_bases(n);
    case N::alias_declaration_:
      return set_types(t_.child(n, Field::name_), w_.expr(t_.child(n, Field::type_)), kNone);
    case N::namespace_definition_:
      if (t_.child(n, Field::name_) == kNoNode) --anonymous_namespaces_;
      return;
    case N::attribute_specifier_:
    case N::attribute_declaration_:
    case N::ms_declspec_modifier_:
      --muted_;
      return;
    case N::preproc_if_:
    case N::preproc_ifdef_:
      return enter_condition(n, false);
    case N::initializer_list_:
      if (!lists_.empty()) lists_.pop_back();
      return;
    case N::offsetof_expression_:
      return leave_offsetof(n);
    default:
      return leave_expression(n);
  }
}

void Extractor::leave_type_definition(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::declarator_) continue;
    const Declarator d = read_declarator(c);
    if (d.name != kNoNode && d.function == kNoNode)
      set_types(d.name, declared_type(type, d), kNone);
  }
}

void Extractor::finish() {
  // A prototype has no code to measure.
  for (graph::Symbol& s : w_.facts.face.symbols) {
    if ((s.flags & symbol_flag::kDeclaration) == 0 || !graph::is_callable(s.kind)) continue;
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
    case N::else_clause_:
      return MetricClass::kElse;
    case N::for_statement_:
    case N::for_range_loop_:
    case N::while_statement_:
    case N::do_statement_:
      return MetricClass::kLoop;
    case N::switch_statement_:
      return MetricClass::kSwitch;
    case N::case_statement_:
      return tree.child(n, Field::value_) == kNoNode ? MetricClass::kNone : MetricClass::kCase;
    case N::catch_clause_:
    case N::seh_except_clause_:
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
  if (op.starts_with("&&") || op.starts_with("and")) return BooleanOp::kAnd;
  if (op.starts_with("||") || op.starts_with("or")) return BooleanOp::kOr;
  return BooleanOp::kNone;
}

void run(FileWalk& walk, bool cpp) {
  Extractor extractor(walk, cpp);
  walk_tree(walk, extractor);
  extractor.finish();
}

constexpr std::size_t kCRows = static_cast<std::size_t>(N::seh_except_clause_);

}  // namespace
}  // namespace cfamily

const LanguageDef& c_def() {
  static const LanguageDef def{graph::Language::kC,
                               tree_sitter_c,
                               std::span<const NodeName>(kNodeNames).first(cfamily::kCRows),
                               {cfamily::metric_class, cfamily::boolean_op},
                               [](FileWalk& walk) { cfamily::run(walk, false); },
                               cfamily::hide_annotations};
  return def;
}

const LanguageDef& cpp_def() {
  static const LanguageDef def{graph::Language::kCpp,
                               tree_sitter_cpp,
                               kNodeNames,
                               {cfamily::metric_class, cfamily::boolean_op},
                               [](FileWalk& walk) { cfamily::run(walk, true); },
                               cfamily::hide_annotations};
  return def;
}

}  // namespace cairn::indexer::syntax
