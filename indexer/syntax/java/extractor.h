#pragma once
// Java: definitions, references and what they are typed by. Used by the files of this folder only.
// extractor.cc enters nodes (definitions, scopes, hints); values.cc leaves them (expressions,
// references, flows); annotations.cc reads what annotations say (tests, routes, flags).
// Type parameters of a type are locals of a block scope around the type's own scope; those of a
// method are locals of its scope. Single-threaded.
#include <string>
#include <unordered_map>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::java {

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  struct Modifiers {
    graph::Visibility visibility = graph::Visibility::kPackage;
    std::uint32_t flags = 0;
    bool is_default = false;
    NodeIdx node = kNoNode;
    std::uint32_t signature_begin = 0;  // annotations left out
  };

  // extractor.cc
  void enter_package(NodeIdx n);
  void enter_import(NodeIdx n);
  void refer_to_import_types(NodeIdx qualifier, bool is_static);
  void enter_type_declaration(NodeIdx n);
  void define_components(NodeIdx parameters);
  void enter_type_parameters(NodeIdx list, graph::SymbolIdx owner);
  void enter_class_body(NodeIdx n);
  void enter_enum_constant(NodeIdx n);
  void enter_callable(NodeIdx n);
  void enter_initializer(NodeIdx n, bool is_static);
  void enter_lambda(NodeIdx n);
  void enter_fields(NodeIdx n);
  void enter_locals(NodeIdx n);
  bool enter_pattern(NodeIdx n);
  bool enter_expression(NodeIdx n);
  void enter_hinted(NodeIdx n);
  void enter_names(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_creation(NodeIdx n);
  void enter_method_reference(NodeIdx n);
  void pass_type_hint(NodeIdx n);
  void skip_tree(NodeIdx n);
  void skip_var(NodeIdx type);
  void define_parameters(NodeIdx list, graph::SymbolIdx function);
  void define_variable(NodeIdx name, NodeIdx whole, graph::SymbolKind kind);
  graph::SymbolIdx define_field(NodeIdx declaration, NodeIdx declarator, const Modifiers& m,
                                bool first);
  void open_type(graph::SymbolIdx symbol, NodeIdx n, NodeIdx type_parameters);
  std::string anonymous_name();
  std::string signature_of(const Modifiers& m, NodeIdx n, NodeIdx body) const;
  bool in_interface() const;
  std::uint32_t overload_of(NodeIdx parameters) const;
  std::uint8_t argument_count(NodeIdx arguments) const;

  // annotations.cc
  Modifiers read_modifiers(NodeIdx declaration) const;
  std::uint32_t annotation_flags(NodeIdx modifiers) const;
  void note_route_prefix(NodeIdx modifiers, graph::SymbolIdx type);
  void define_routes(NodeIdx modifiers, NodeIdx name);
  void define_route(NodeIdx annotation, std::string_view verb, std::string_view path, NodeIdx name);
  std::vector<std::string_view> annotation_paths(NodeIdx annotation) const;
  std::string_view annotation_verb(NodeIdx annotation) const;

  // values.cc
  void leave_type(NodeIdx n);
  void leave_scoped(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_definition(NodeIdx n);
  void leave_field_access(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_creation(NodeIdx n);
  void leave_constructor_call(NodeIdx n);
  void leave_method_reference(NodeIdx n);
  void leave_declarator(NodeIdx n);
  void leave_variable(NodeIdx n);
  void leave_binary(NodeIdx n);
  void leave_literal(NodeIdx n);
  bool leave_expression(NodeIdx n);
  void leave_generic(NodeIdx n);
  void add_supers(NodeIdx list, graph::SuperKind kind);
  void add_argument_flows(NodeIdx name, NodeIdx arguments);
  graph::ExprIdx with_dimensions(graph::ExprIdx type, NodeIdx declarator);
  graph::ExprIdx list_item_or_unknown(NodeIdx n);
  void set_type(NodeIdx whole, graph::ExprIdx type, graph::ExprIdx init);

  FileWalk& w_;
  const SyntaxTree& t_;
  std::unordered_map<NodeIdx, graph::LocalIdx> locals_;   // by declarator, parameter...
  std::unordered_map<NodeIdx, graph::SymbolIdx> fields_;  // by declarator
  std::unordered_map<graph::SymbolIdx, unsigned> anonymous_counts_;
  std::unordered_map<graph::SymbolIdx, std::string> route_prefixes_;
};

}  // namespace cairn::indexer::syntax::java
