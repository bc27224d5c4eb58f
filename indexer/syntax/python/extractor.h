#pragma once
// Python: definitions, references and what they are typed by. Used by the files of this folder
// only. Names assigned anywhere in a function are that function's locals unless declared global or
// nonlocal; module and class assignments define symbols; `self.x = ...` in a method defines a field
// of the class. extractor.cc enters and leaves nodes, definitions.cc has what defines names,
// imports.cc what brings them in and expressions.cc what uses them. Single-threaded.
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

 private:
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
  graph::SymbolIdx self_type(NodeIdx name) const;
  void define_field(NodeIdx attribute, NodeIdx name, graph::SymbolIdx type);
  void leave_class_arguments(NodeIdx n);
  void set_value_type(NodeIdx target, graph::ExprIdx type, graph::ExprIdx init);

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
  void leave_subscript(NodeIdx n);
  void leave_union(NodeIdx n, graph::ExprIdx left, graph::ExprIdx right);
  void leave_string(NodeIdx n);
  void leave_expression(NodeIdx n);
  void pass_to_children(NodeIdx n);

  bool in_type() const { return type_depth_ > 0; }

  FileWalk& w_;
  const SyntaxTree& t_;
  int type_depth_ = 0;
  std::unordered_map<NodeIdx, graph::LocalIdx> defined_locals_;
  std::unordered_map<NodeIdx, graph::SymbolIdx> defined_symbols_;
  std::unordered_map<std::uint64_t, graph::SymbolIdx> values_;  // (parent, name)
  std::unordered_map<graph::ScopeIdx, std::unordered_set<std::string_view>> outer_names_;
};

}  // namespace cairn::indexer::syntax::python
