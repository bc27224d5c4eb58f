#pragma once
// Ruby: definitions, references and what they are typed by. Used by the files of this folder only.
// extractor.cc enters nodes (definitions, scopes, hints); values.cc leaves them (names, calls,
// expressions, flows); macros.cc reads calls that define things (attr_accessor, include, describe).
//
// Modules are traits: they are mixed in. Classes, modules, instance variables and constants reopen,
// so they merge. A name that is no local variable is a call without arguments. `@x` is a field
// named
// "@x", attr_accessor :x a property "x". `super` is a call of the method's own name on the parent.
// Single-threaded.
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::ruby {

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  // extractor.cc
  void enter_type(NodeIdx n, graph::SymbolKind kind);
  void enter_method(NodeIdx n, bool singleton);
  void enter_parameters(NodeIdx list, graph::SymbolIdx function);
  void enter_block(NodeIdx n);
  void enter_lambda(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_alias(NodeIdx n);
  bool enter_value(NodeIdx n);
  void define_parameter(NodeIdx name, std::uint8_t position);
  void pass_to_children(NodeIdx n);
  graph::Visibility method_visibility(NodeIdx n, bool singleton) const;
  graph::SymbolIdx home_type() const;

  // macros.cc
  bool enter_macro(NodeIdx n, std::string_view name);
  void define_attributes(NodeIdx arguments);
  bool is_record(NodeIdx call) const;
  bool define_class_value(NodeIdx assignment);
  void enter_mixin(NodeIdx n, std::string_view name);
  void enter_require(NodeIdx n, std::string_view name);
  void set_visibility(NodeIdx n, std::string_view name);
  bool enter_test(NodeIdx n, std::string_view name);
  bool enter_route(NodeIdx n, std::string_view name);
  void enter_define_method(NodeIdx n);
  void enter_alias_method(NodeIdx n);
  graph::SymbolIdx define_symbolic(NodeIdx symbol_node, graph::SymbolKind kind, NodeIdx whole);
  std::string_view literal_text(NodeIdx n) const;
  NodeIdx block_of(NodeIdx call) const { return t_.child(call, Field::block_); }
  void open_over_block(NodeIdx call, graph::SymbolIdx symbol);

  // values.cc
  void leave_identifier(NodeIdx n);
  void leave_variable(NodeIdx n);
  void leave_constant(NodeIdx n);
  void leave_scope_resolution(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_super(NodeIdx n, NodeIdx call);
  void leave_assignment(NodeIdx n);
  void leave_value(NodeIdx n);
  void leave_method(NodeIdx n);
  void write_identifier(NodeIdx n);
  void write_constant(NodeIdx n);
  void write_variable(NodeIdx n);
  void set_value_type(NodeIdx target, graph::ExprIdx type, graph::ExprIdx init);
  bool is_local(std::string_view name) const;
  bool sees_value(std::string_view name);
  bool binds_in_pattern(NodeIdx n) const;
  bool on_class_side() const;
  graph::ExprIdx self_expr();
  graph::ExprIdx last_value(NodeIdx body) const;

  FileWalk& w_;
  const SyntaxTree& t_;
  std::unordered_map<NodeIdx, graph::LocalIdx> defined_locals_;
  std::unordered_map<NodeIdx, graph::SymbolIdx> defined_symbols_;
  std::unordered_map<std::uint64_t, graph::SymbolIdx> values_;  // (parent, name): variables, fields
  std::unordered_map<std::uint64_t, graph::SymbolIdx> methods_;       // (parent, name)
  std::unordered_map<graph::SymbolIdx, graph::Visibility> sections_;  // `private` without arguments
  std::unordered_map<NodeIdx, graph::SuperKind> mixins_;      // calls of include, extend, prepend
  std::unordered_map<NodeIdx, graph::SymbolIdx> over_block_;  // blocks that are a symbol's body
  struct SingletonClass {
    NodeIdx node;
    graph::Visibility section;  // of the type around, to go on with behind it
  };
  std::vector<SingletonClass> singleton_classes_;
  bool module_functions_ = false;
};

}  // namespace cairn::indexer::syntax::ruby
