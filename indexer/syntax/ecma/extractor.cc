// Dispatch, node tables and metrics of the ECMAScript languages.
#include "indexer/syntax/ecma/extractor.h"

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

extern "C" const TSLanguage* tree_sitter_javascript(void);
extern "C" const TSLanguage* tree_sitter_typescript(void);
extern "C" const TSLanguage* tree_sitter_tsx(void);

namespace cairn::indexer::syntax::ecma {

bool has_word(std::string_view text, std::string_view word) {
  const auto of_word = [](char c) {
    return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !of_word(text[at - 1])) && (end == text.size() || !of_word(text[end])))
      return true;
  }
  return false;
}

bool is_function_expression(N type) {
  return type == N::arrow_function_ || type == N::function_expression_ ||
         type == N::generator_function_;
}

void EcmaExtractor::enter(NodeIdx n) {
  if (!reopen_.empty()) {
    if (const auto found = reopen_.find(n); found != reopen_.end()) {
      w_.reopen_scope(found->second, n);
      reopen_.erase(found);
    }
  }
  switch (type_of(t_, n)) {
    case N::function_declaration_:
    case N::generator_function_declaration_:
    case N::function_signature_:
      return enter_function(n);
    case N::arrow_function_:
    case N::function_expression_:
    case N::generator_function_:
      return enter_function_expression(n);
    case N::method_definition_:
    case N::method_signature_:
    case N::abstract_method_signature_:
      return enter_method(n);
    case N::class_declaration_:
    case N::abstract_class_declaration_:
    case N::class_:
      return enter_class(n);
    case N::interface_declaration_:
      return enter_interface(n);
    case N::type_alias_declaration_:
      return enter_alias(n);
    case N::enum_declaration_:
      return enter_enum(n);
    case N::enum_assignment_:
      return enter_enum_member(n, t_.child(n, Field::name_));
    case N::internal_module_:
    case N::module_:
      return enter_namespace(n);
    case N::field_definition_:
    case N::public_field_definition_:
    case N::property_signature_:
      return enter_field(n);
    case N::object_:
      return enter_object(n);
    case N::formal_parameters_:
      return enter_parameters(n);
    case N::type_parameter_:
      return enter_type_parameter(n);
    case N::variable_declarator_:
      return enter_declarator(n);
    case N::import_statement_:
      return enter_import(n);
    case N::export_statement_:
      return enter_export(n);
    case N::import_alias_:
      return enter_import_alias(n);
    case N::ambient_declaration_:
      ++ambient_;
      return;
    default:
      enter_scope(n);
      enter_expression(n);
      enter_type(n);
  }
}

void EcmaExtractor::enter_scope(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::statement_block_: {
      const N parent = type_of(t_, t_.parent(n));
      if (parent == N::ambient_declaration_) return enter_global(n);
      // The body of a function or namespace is in the scope that was opened for the whole.
      const bool own = t_[n].field != Field::body_ || parent == N::for_statement_ ||
                       parent == N::for_in_statement_ || parent == N::while_statement_ ||
                       parent == N::do_statement_ || parent == N::catch_clause_ ||
                       parent == N::class_static_block_ || parent == N::none;
      if (own) w_.open_scope(ScopeKind::kBlock, n);
      return;
    }
    case N::switch_body_:
    case N::for_statement_:
    case N::conditional_type_:
      conditional_scopes_.push_back(w_.open_scope(ScopeKind::kBlock, n));
      return;
    case N::index_signature_:
    case N::function_type_:
    case N::constructor_type_:
    case N::call_signature_:
    case N::construct_signature_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::for_in_statement_:
      return enter_for_in(n);
    case N::catch_clause_:
      return enter_catch(n);
    case N::class_static_block_:
      this_.push_back({n, ExprKind::kSelf, kNone, {}, true});
      return;
    default:
      return;
  }
}

void EcmaExtractor::pass_to_children(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
}

void EcmaExtractor::enter_expression(NodeIdx n) {
  const bool hinted = w_.hint(n).action == Hint::Action::kRole;
  switch (type_of(t_, n)) {
    case N::call_expression_:
      return enter_call(n);
    case N::new_expression_:
      return w_.role(t_.child(n, Field::constructor_), RefRole::kNew,
                     count_arguments(t_.child(n, Field::arguments_)));
    case N::decorator_:
      if (first_decorator_ == kNoNode && (type_of(t_, t_.parent(n)) == N::class_body_ ||
                                          type_of(t_, t_.parent(n)) == N::export_statement_)) {
        first_decorator_ = n;
        first_decorator_ref_ = w_.facts.body.refs.size();
      }
      field_decorator_ref_ = w_.facts.body.refs.size();
      return w_.role(t_.named_child(n, 0), RefRole::kDecorate, 1);
    case N::parenthesized_expression_:
    case N::non_null_expression_:
    case N::instantiation_expression_:
      if (hinted) w_.pass_hint(n, t_.named_child(n, 0));
      return;
    case N::await_expression_:
      // The grammar reads `await f<T>(x)` as a call of `await f`.
      if (hinted && w_.hint(n).role == RefRole::kCall) w_.pass_hint(n, t_.named_child(n, 0));
      return;
    case N::assignment_expression_:
      return enter_assignment(n);
    case N::augmented_assignment_expression_:
      return write_targets(t_.child(n, Field::left_));
    case N::update_expression_:
      return write_targets(t_.child(n, Field::argument_));
    case N::class_heritage_:
      // JavaScript: the expression stands here; TypeScript: clauses do.
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kInherit);
      return;
    case N::jsx_opening_element_:
    case N::jsx_self_closing_element_:
    case N::jsx_closing_element_: {
      const NodeIdx name = t_.child(n, Field::name_);
      if (name == kNoNode) return;
      const std::string_view text = t_.text(name);
      const bool element =
          type_of(t_, name) == N::identifier_ && !text.empty() && text[0] >= 'a' && text[0] <= 'z';
      if (element) return w_.skip(name);
      if (type_of(t_, n) != N::jsx_closing_element_) w_.role(name, RefRole::kCall, 1);
      return;
    }
    case N::jsx_namespace_name_:
      return skip_names(n);
    default:
      return;
  }
}

void EcmaExtractor::enter_type(NodeIdx n) {
  const Hint& hint = w_.hint(n);
  switch (type_of(t_, n)) {
    case N::extends_clause_:
      return w_.role(t_.child(n, Field::value_), RefRole::kInherit);
    case N::implements_clause_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kInherit, 255, ref_flag::kImplementsClause);
      return;
    case N::extends_type_clause_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kInherit);
      return;
    case N::type_arguments_: {
      const auto flags =
          static_cast<std::uint8_t>(ref_flag::kTypeArgument | (hint.flags & ref_flag::kReturnType));
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, flags);
      return;
    }
    case N::generic_type_:
      if (hint.action != Hint::Action::kRole) return;
      w_.pass_hint(n, t_.child(n, Field::name_));
      return w_.pass_hint(n, t_.child(n, Field::type_arguments_));
    case N::type_annotation_:
    case N::type_predicate_annotation_:
      if (t_[n].field == Field::return_type_)
        w_.role(n, RefRole::kType, 255, ref_flag::kReturnType);
      return pass_to_children(n);
    case N::array_type_:
    case N::union_type_:
    case N::intersection_type_:
    case N::parenthesized_type_:
    case N::readonly_type_:
    case N::optional_type_:
    case N::rest_type_:
    case N::tuple_type_:
      if (hint.action == Hint::Action::kRole) pass_to_children(n);
      return;
    case N::nested_type_identifier_:
      return w_.skip(t_.child(n, Field::name_));
    case N::mapped_type_clause_: {
      const NodeIdx name = t_.child(n, Field::name_);
      if (name == kNoNode) return;
      w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
      return w_.skip(name);
    }
    case N::index_signature_:
      return w_.skip(t_.child(n, Field::name_));
    case N::infer_type_: {
      const NodeIdx name = t_.named_child(n, 0);
      if (type_of(t_, name) != N::type_identifier_) return;
      // Seen in the whole conditional type, however deep it is inferred.
      w_.define_local(
          SymbolKind::kTypeParameter, name,
          conditional_scopes_.empty() ? w_.current_scope() : conditional_scopes_.back());
      return w_.skip(name);
    }
    case N::type_predicate_:
    case N::asserts_: {
      const NodeIdx name =
          type_of(t_, n) == N::asserts_ ? t_.named_child(n, 0) : t_.child(n, Field::name_);
      if (type_of(t_, name) == N::identifier_ &&
          w_.find_local(w_.current_scope(), t_.text(name)) == kNone)
        w_.skip(name);
      return;
    }
    case N::enum_body_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (t_[c].field == Field::name_) enter_enum_member(c, c);
      return;
    default:
      return;
  }
}

void EcmaExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::ambient_declaration_:
      --ambient_;
      break;
    case N::conditional_type_:
      conditional_scopes_.pop_back();
      break;
    case N::variable_declarator_:
      leave_declarator(n);
      break;
    case N::for_in_statement_:
      leave_for_in(n);
      break;
    case N::export_statement_:
      leave_export(n);
      break;
    case N::extends_clause_:
    case N::implements_clause_:
    case N::extends_type_clause_:
    case N::class_heritage_:
      leave_heritage(n);
      break;
    case N::required_parameter_:
    case N::optional_parameter_:
    case N::assignment_pattern_:
    case N::field_definition_:
    case N::public_field_definition_:
    case N::property_signature_:
    case N::enum_assignment_:
    case N::pair_:
    case N::type_alias_declaration_:
    case N::import_alias_:
      leave_definition(n);
      break;
    case N::function_declaration_:
    case N::generator_function_declaration_:
    case N::function_signature_:
    case N::arrow_function_:
    case N::function_expression_:
    case N::generator_function_:
    case N::method_definition_:
    case N::method_signature_:
    case N::abstract_method_signature_: {
      // A signature in a type written in place has no symbol.
      if (w_.symbol(w_.current_symbol()).scope != w_.current_scope()) break;
      const NodeIdx result = t_.child(n, Field::return_type_);
      if (w_.expr(result) != kNone) w_.symbol(w_.current_symbol()).type = w_.expr(result);
      const NodeIdx body = t_.child(n, Field::body_);
      if (body != kNoNode && type_of(t_, body) != N::statement_block_) w_.add_return(w_.expr(body));
      break;
    }
    case N::decorator_: {
      // A field opens nothing, so its decorators would count for the class.
      NodeIdx name = t_.child(t_.parent(n), Field::name_);
      if (name == kNoNode) name = t_.child(t_.parent(n), Field::property_);
      const auto field = name == kNoNode ? defined_.end() : defined_.find(name);
      if (field == defined_.end() || !field->second.is_symbol) break;
      if (w_.symbol(field->second.index).kind != SymbolKind::kField) break;
      for (std::size_t i = field_decorator_ref_; i < w_.facts.body.refs.size(); ++i)
        w_.facts.body.refs[i].owner = field->second.index;
      break;
    }
    default:
      leave_expression(n);
      leave_type(n);
  }
  if (!this_.empty() && this_.back().node == n) this_.pop_back();
}

void EcmaExtractor::leave_definition(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const NodeIdx value_node = t_.child(n, Field::value_);
  const ExprIdx value = w_.expr(value_node);
  switch (type_of(t_, n)) {
    case N::required_parameter_:
    case N::optional_parameter_: {
      const NodeIdx name = t_.child(n, Field::pattern_);
      assign_pattern(name != kNoNode ? name : t_.child(n, Field::name_), type, value);
      if (const auto f = parameter_fields_.find(n); f != parameter_fields_.end()) {
        w_.symbol(f->second).type = type;
        w_.symbol(f->second).init = value;
      }
      return;
    }
    case N::assignment_pattern_:
      // A JavaScript parameter with a default value.
      if (type_of(t_, t_.parent(n)) == N::formal_parameters_)
        assign_pattern(t_.child(n, Field::left_), kNone, w_.expr(t_.child(n, Field::right_)));
      return;
    case N::type_alias_declaration_:
      w_.symbol(w_.current_symbol()).type = w_.expr(value_node);
      return;
    case N::import_alias_:
      return set_value(t_.named_child(n, 0), w_.expr(t_.named_child(n, 1)), kNone);
    case N::pair_:
      return set_value(t_.child(n, Field::key_), kNone, value);
    default: {
      NodeIdx name = t_.child(n, Field::name_);
      if (name == kNoNode) name = t_.child(n, Field::property_);
      return set_value(name, type, value);
    }
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
    case N::for_in_statement_:
    case N::while_statement_:
    case N::do_statement_:
      return MetricClass::kLoop;
    case N::switch_statement_:
      return MetricClass::kSwitch;
    case N::switch_case_:
      return MetricClass::kCase;
    case N::catch_clause_:
      return MetricClass::kCatch;
    case N::ternary_expression_:
      return MetricClass::kTernary;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::break_statement_:
    case N::continue_statement_:
      return tree.child(n, Field::label_) != kNoNode ? MetricClass::kJump : MetricClass::kNone;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, tree.child(n, Field::operator_))) {
    case N::op_and:
      return BooleanOp::kAnd;
    case N::op_or:
      return BooleanOp::kOr;
    case N::op_coalesce:
      return BooleanOp::kCoalesce;
    default:
      return BooleanOp::kNone;
  }
}

void extract_ecma(FileWalk& walk) {
  EcmaExtractor extractor(walk);
  walk_tree(walk, extractor);
  extractor.finish();
}

#define CAIRN_NODE(name) {#name, true},
#define CAIRN_TOKEN(enumerator, text) {text, false},
#define CAIRN_ABSENT(name) {{}, true},

constexpr NodeName kJavaScriptNodes[] = {
#define CAIRN_JS_NODE CAIRN_NODE
#define CAIRN_JSX_NODE CAIRN_NODE
#define CAIRN_TS_NODE CAIRN_ABSENT
#define CAIRN_TYPESCRIPT_NODE CAIRN_ABSENT
#include "indexer/syntax/ecma/nodes.def"
#undef CAIRN_JS_NODE
#undef CAIRN_JSX_NODE
#undef CAIRN_TS_NODE
#undef CAIRN_TYPESCRIPT_NODE
};

constexpr NodeName kTypeScriptNodes[] = {
#define CAIRN_JS_NODE CAIRN_ABSENT
#define CAIRN_JSX_NODE CAIRN_ABSENT
#define CAIRN_TS_NODE CAIRN_NODE
#define CAIRN_TYPESCRIPT_NODE CAIRN_NODE
#include "indexer/syntax/ecma/nodes.def"
#undef CAIRN_JS_NODE
#undef CAIRN_JSX_NODE
#undef CAIRN_TS_NODE
#undef CAIRN_TYPESCRIPT_NODE
};

constexpr NodeName kTsxNodes[] = {
#define CAIRN_JS_NODE CAIRN_ABSENT
#define CAIRN_JSX_NODE CAIRN_NODE
#define CAIRN_TS_NODE CAIRN_NODE
#define CAIRN_TYPESCRIPT_NODE CAIRN_ABSENT
#include "indexer/syntax/ecma/nodes.def"
#undef CAIRN_JS_NODE
#undef CAIRN_JSX_NODE
#undef CAIRN_TS_NODE
#undef CAIRN_TYPESCRIPT_NODE
};

#undef CAIRN_NODE
#undef CAIRN_TOKEN
#undef CAIRN_ABSENT

}  // namespace
}  // namespace cairn::indexer::syntax::ecma

namespace cairn::indexer::syntax {

const LanguageDef& javascript_def() {
  static const LanguageDef def{graph::Language::kJavaScript,
                               tree_sitter_javascript,
                               ecma::kJavaScriptNodes,
                               {ecma::metric_class, ecma::boolean_op},
                               ecma::extract_ecma};
  return def;
}

const LanguageDef& typescript_def() {
  static const LanguageDef def{graph::Language::kTypeScript,
                               tree_sitter_typescript,
                               ecma::kTypeScriptNodes,
                               {ecma::metric_class, ecma::boolean_op},
                               ecma::extract_ecma};
  return def;
}

const LanguageDef& tsx_def() {
  static const LanguageDef def{graph::Language::kTsx,
                               tree_sitter_tsx,
                               ecma::kTsxNodes,
                               {ecma::metric_class, ecma::boolean_op},
                               ecma::extract_ecma};
  return def;
}

}  // namespace cairn::indexer::syntax
