#pragma once
// Python: definitions, references and what they are typed by. Used by the files of this folder
// only. Names assigned anywhere in a function are that function's locals unless declared global or
// nonlocal; module and class assignments define symbols; `self.x = ...` in a method defines a field
// of the class. extractor.cc enters and leaves nodes, definitions.cc has what defines names,
// imports.cc what brings them in, expressions.cc what uses them and values.cc what they hold.
// Single-threaded.
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::python {

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);
  /// After the whole tree has been left.
  void finish();

 private:
  /// Everything a name or field is given.
  struct Assigned {
    std::uint32_t writes = 0;
    std::vector<graph::ExprIdx> values;  // of the writes whose value has an expression
  };

  // extractor.cc
  void enter_expression(NodeIdx n);

  // definitions.cc
  void enter_function(NodeIdx n);
  void enter_class(NodeIdx n);
  void enter_lambda(NodeIdx n);
  void enter_parameters(NodeIdx n);
  void leave_parameter(NodeIdx n);
  void finish_decorators(NodeIdx function, graph::SymbolIdx symbol);
  void define_route(NodeIdx decorator, NodeIdx function);
  graph::ScopeIdx write_scope(NodeIdx n) const;
  void write_name(NodeIdx n);
  void define_type_parameters(NodeIdx n);
  void define_alias(NodeIdx n);
  graph::SymbolIdx self_type(NodeIdx name) const;
  void define_field(NodeIdx attribute, NodeIdx name, graph::SymbolIdx type);
  void leave_class_arguments(NodeIdx n);

  // imports.cc
  void enter_import(NodeIdx n);
  void enter_import_from(NodeIdx n);
  void enter_scope_statement(NodeIdx n);
  void read_all(NodeIdx assignment);

  // expressions.cc
  void enter_call(NodeIdx n);
  void enter_decorator(NodeIdx n);
  void enter_type(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_attribute(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_assignment(NodeIdx n);
  void leave_boolean(NodeIdx n);
  bool leave_own_type(NodeIdx n, NodeIdx function, NodeIdx arguments);
  void leave_expression(NodeIdx n);
  void pass_to_children(NodeIdx n);

  // types.cc
  void leave_subscript(NodeIdx n);
  graph::ExprIdx generic_type(std::string_view name, graph::ExprIdx base,
                              std::vector<graph::ExprIdx> arguments);
  void leave_union(NodeIdx n, graph::ExprIdx left, graph::ExprIdx right);
  bool is_quoted_type(NodeIdx n) const;
  void leave_string(NodeIdx n);
  graph::ExprIdx quoted_type(NodeIdx content, std::size_t& at, int depth);
  graph::ExprIdx quoted_name(NodeIdx content, std::size_t& at, int depth);
  std::vector<graph::ExprIdx> quoted_arguments(NodeIdx content, std::size_t& at, int depth);

  // values.cc
  std::uint64_t target_of(NodeIdx n) const;
  void count_write(NodeIdx target);
  graph::ExprIdx portable(graph::ExprIdx e, int depth);
  void set_value_type(NodeIdx target, graph::ExprIdx type, graph::ExprIdx init);
  void set_values(NodeIdx left, NodeIdx right);
  void set_loop_values(NodeIdx left, NodeIdx right);
  void leave_as(NodeIdx n);
  NodeIdx second_of(NodeIdx pattern) const;
  bool is_none(graph::ExprIdx e) const;

  bool in_type() const { return type_depth_ > 0; }

  FileWalk& w_;
  const SyntaxTree& t_;
  int type_depth_ = 0;
  std::unordered_map<NodeIdx, graph::LocalIdx> defined_locals_;
  std::unordered_map<NodeIdx, graph::SymbolIdx> defined_symbols_;
  std::unordered_map<std::uint64_t, graph::SymbolIdx> values_;  // (parent, name)
  std::unordered_map<graph::ScopeIdx, std::unordered_set<std::string_view>> outer_names_;
  std::unordered_map<std::uint64_t, Assigned> assigned_;
  std::vector<std::uint64_t> targets_;  // of assigned_, in order of appearance
};

}  // namespace cairn::indexer::syntax::python
