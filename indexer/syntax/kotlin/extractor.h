#pragma once
// Kotlin: definitions, references and what they are typed by. Used by the files of this folder
// only. extractor.cc enters nodes (definitions, scopes), calls.cc enters calls, lambdas and
// annotations, values.cc leaves nodes (expressions, references, flows). Conventions: a constructor
// is named "constructor" and an initialiser block "<init>"; a companion object is a static class
// named "Companion" unless it has a name; an extension's `qualifier` is the simple name of its
// receiver's type, and its parent is where it is written; code of an accessor is owned by its
// property; an expression-bodied function without a result type has its body as `init`. The scope
// of a primary constructor's parameters lies inside the type's scope, and initialisers of the class
// look names up there. The grammar reads break, continue, null, true, false and the class of
// ::class as identifiers, and f<T>(x) with one type and one argument as two comparisons.
// Single-threaded.
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::kotlin {

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  struct Modifiers {
    graph::Visibility visibility = graph::Visibility::kPublic;
    std::uint32_t flags = 0;
    bool is_open = false;
    bool is_enum = false;
    NodeIdx node = kNoNode;
    std::uint32_t signature_begin = 0;
  };
  /// What a lambda passed to a known function of the standard library gets.
  struct LambdaUse {
    graph::ExprIdx item = graph::kNone;      // the value of its only parameter
    graph::ExprIdx receiver = graph::kNone;  // the value of `this`
    bool no_parameter = false;
  };

  // extractor.cc
  bool enter_definition(NodeIdx n);
  void enter_import(NodeIdx n);
  void enter_class(NodeIdx n);
  void enter_object(NodeIdx n);
  void enter_enum_entry(NodeIdx n);
  void enter_class_body(NodeIdx n);
  void enter_primary_constructor(NodeIdx n);
  void enter_secondary_constructor(NodeIdx n);
  void enter_initializer(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_property(NodeIdx n);
  void enter_accessor(NodeIdx n);
  void enter_type_alias(NodeIdx n);
  void enter_other(NodeIdx n);
  void enter_types(NodeIdx n);
  void define_class_parameter(NodeIdx n, unsigned position);
  void define_parameters(NodeIdx list, graph::SymbolIdx function);
  void define_type_parameters(NodeIdx owner_node, graph::SymbolIdx owner);
  void define_variable(NodeIdx declaration, std::uint32_t visible_from, graph::SymbolKind kind,
                       unsigned position = 255);
  void define_variables(NodeIdx declaration, std::uint32_t visible_from, graph::SymbolKind kind,
                        unsigned position = 255);
  graph::SymbolIdx define_value(NodeIdx property, NodeIdx name, const Modifiers& m,
                                NodeIdx receiver);
  void open_type(graph::SymbolIdx symbol, NodeIdx n);
  Modifiers read_modifiers(NodeIdx n) const;
  void read_modifier(NodeIdx modifier, Modifiers& m) const;
  std::string anonymous_name();
  std::string signature_of(const Modifiers& m, NodeIdx n, NodeIdx body) const;
  std::uint32_t overload_of(NodeIdx parameters, NodeIdx receiver) const;
  graph::StrId type_name(NodeIdx type);
  bool in_type_scope() const;
  NodeIdx initializer_of(NodeIdx property) const;
  NodeIdx type_after(NodeIdx n) const;
  NodeIdx type_child(NodeIdx n) const;
  NodeIdx default_of(NodeIdx parameter) const;
  NodeIdx receiver_of(NodeIdx function, NodeIdx name) const;

  // calls.cc
  bool enter_expression(NodeIdx n);
  void enter_call(NodeIdx n);
  /// !f(x) and -a.b are read as (!f)(x) and (-a).b: the operand of such an operator.
  NodeIdx without_prefix(NodeIdx n) const;
  NodeIdx callee_of(NodeIdx call) const;
  void enter_lambda(NodeIdx n);
  void enter_anonymous_function(NodeIdx n);
  void enter_binary(NodeIdx n);
  void enter_annotation(NodeIdx n);
  graph::SymbolIdx define_lambda(NodeIdx n, NodeIdx body);
  LambdaUse lambda_use(NodeIdx lambda);
  bool is_generic_call(NodeIdx binary) const;
  std::uint32_t annotation_flags(NodeIdx modifiers) const;
  NodeIdx annotation_type(NodeIdx annotation) const;
  std::string_view annotation_name(NodeIdx annotation) const;
  std::string_view string_argument(NodeIdx arguments) const;
  void define_spring_routes(NodeIdx modifiers, NodeIdx name);
  void define_ktor_route(NodeIdx call, NodeIdx callee, NodeIdx lambda);
  graph::SymbolIdx define_route(NodeIdx definition, std::string_view verb, std::string_view path);
  void note_route_prefix(NodeIdx modifiers, graph::SymbolIdx type);

  // values.cc
  bool leave_definition(NodeIdx n);
  bool leave_type(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_user_type(NodeIdx n);
  void leave_navigation(NodeIdx n);
  void leave_infix(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_this(NodeIdx n);
  void leave_binary(NodeIdx n);
  void leave_property(NodeIdx n);
  void leave_function(NodeIdx n);
  void leave_delegation(NodeIdx n);
  void leave_constructor_call(NodeIdx n);
  void leave_string_content(NodeIdx n);
  void leave_expression(NodeIdx n);
  void leave_statement(NodeIdx n);
  void add_argument_flows(NodeIdx name, NodeIdx arguments, NodeIdx lambda);
  void set_value(NodeIdx declaration, graph::ExprIdx type, graph::ExprIdx init);
  graph::ExprIdx last_value(NodeIdx block) const;

  FileWalk& w_;
  const SyntaxTree& t_;
  std::unordered_map<NodeIdx, graph::LocalIdx> locals_;    // by variable, parameter, catch...
  std::unordered_map<NodeIdx, graph::SymbolIdx> symbols_;  // by definition node
  std::unordered_map<NodeIdx, NodeIdx> named_lambdas_;     // lambda -> name node it is bound to
  std::unordered_map<NodeIdx, graph::ScopeIdx> reopened_;  // initialisers of a class
  std::unordered_map<graph::SymbolIdx, graph::ScopeIdx> constructor_scopes_;  // by type
  std::unordered_map<graph::SymbolIdx, graph::ExprIdx> lambda_receivers_;
  std::unordered_set<NodeIdx> trailing_;  // calls whose trailing lambda is outside
  std::unordered_set<NodeIdx> varargs_;
  std::unordered_set<NodeIdx> generic_calls_;  // f<T>(x) read as comparisons
  std::unordered_map<graph::SymbolIdx, unsigned> anonymous_counts_;
  std::unordered_map<graph::SymbolIdx, std::string> route_prefixes_;
};

}  // namespace cairn::indexer::syntax::kotlin
