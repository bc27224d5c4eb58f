#pragma once
// Go: definitions, references and what they are typed by. Used by the files of this folder only.
// extractor.cc enters nodes (definitions, scopes, hints); values.cc leaves them (expressions,
// references, flows).
// A defined type that is neither a struct nor an interface (`type HandlerFunc func()`) is a struct
// symbol whose `type` is the underlying type, because it can have methods; `type A = B` is an
// alias. Maps, channels, slices and arrays are arrays of their element. Struct types without a name
// are symbols named <anonymousN>. Single-threaded.
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::go {

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  /// What a brace list makes: its type node where that is written, and an expression for the value.
  struct Literal {
    NodeIdx type = kNoNode;
    graph::ExprIdx value = graph::kNone;
    bool keys_are_fields = false;
  };

  // extractor.cc
  bool enter_statement(NodeIdx n);
  void enter_type_node(NodeIdx n);
  void enter_import(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_func_literal(NodeIdx n);
  void enter_type_spec(NodeIdx n);
  void enter_anonymous_type(NodeIdx n);
  void enter_field(NodeIdx n);
  void enter_method_elem(NodeIdx n);
  void enter_value_spec(NodeIdx n);
  void enter_short_var(NodeIdx n);
  void enter_targets(NodeIdx list, bool define, std::uint32_t visible_from);
  void enter_type_switch_arm(NodeIdx n);
  void enter_call(NodeIdx n);
  void mark_indexed_call(NodeIdx call, NodeIdx function, NodeIdx list);
  bool is_local(NodeIdx identifier) const;
  bool is_instantiation(NodeIdx operand, NodeIdx argument) const;
  void enter_literal(NodeIdx n);
  void enter_keyed(NodeIdx n);
  void define_receiver(NodeIdx list, graph::SymbolIdx method);
  void define_parameters(NodeIdx list, graph::SymbolIdx function);
  void define_results(NodeIdx list);
  void define_type_parameters(NodeIdx list, graph::SymbolIdx owner);
  void define_local(NodeIdx name, graph::SymbolKind kind, std::uint32_t from);
  NodeIdx only_function_literal(NodeIdx values) const;
  NodeIdx receiver_type(NodeIdx list) const;
  NodeIdx declaration_of(NodeIdx spec) const;
  NodeIdx element_type(NodeIdx type) const;
  bool is_test_name(std::string_view name) const;
  void pass_to_children(NodeIdx n);
  std::string signature_of(NodeIdx n, NodeIdx body) const;

  // values.cc
  bool leave_type(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_type_name(NodeIdx n);
  void leave_qualified(NodeIdx n);
  void leave_selector(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_composite(NodeIdx n);
  void leave_keyed(NodeIdx n);
  void leave_value_spec(NodeIdx n);
  void leave_assignment(NodeIdx n);
  void leave_range(NodeIdx n);
  void leave_type_switch_arm(NodeIdx n);
  void leave_field(NodeIdx n);
  void leave_parameter(NodeIdx n);
  void leave_binary(NodeIdx n);
  void leave_definition(NodeIdx n);
  bool leave_expression(NodeIdx n);
  void define_route(NodeIdx call, NodeIdx callee, NodeIdx arguments);
  void refer_to_handler(NodeIdx handler, graph::SymbolIdx route);
  void set_value(NodeIdx name, graph::ExprIdx type, graph::ExprIdx init);
  graph::ExprIdx target_of(NodeIdx name);
  graph::ExprIdx result_type(NodeIdx function);

  FileWalk& w_;
  const SyntaxTree& t_;
  bool imports_testing_ = false;
  bool imports_suite_ = false;
  std::unordered_map<NodeIdx, graph::LocalIdx> locals_;      // by name node
  std::unordered_map<NodeIdx, graph::SymbolIdx> symbols_;    // by name node
  std::unordered_map<NodeIdx, NodeIdx> named_literals_;      // function literal -> its name
  std::unordered_map<NodeIdx, graph::LocalIdx> arm_locals_;  // by arm of a type switch
  std::unordered_map<NodeIdx, graph::SymbolIdx> functions_;  // by function or type node
  std::unordered_map<NodeIdx, Literal> literals_;            // by literal_value
  std::unordered_set<NodeIdx> instantiations_;               // f[T] in f[T](x)
  std::unordered_set<NodeIdx> indexed_calls_;                // functions[i](x)
  std::unordered_map<graph::SymbolIdx, unsigned> anonymous_counts_;
};

}  // namespace cairn::indexer::syntax::go
