#pragma once
// C and C++ in one extractor: the C++ grammar is the C grammar and more, so a C tree only lacks the
// nodes of C++. The macro CAIRN_NODE_TABLE of a source that includes this names cfamily/nodes.def.
// Single-threaded; one object per file.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/cfamily/annotations.h"
#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::cfamily {

/// What the nested declarators of one declared name say.
struct Declarator {
  NodeIdx name = kNoNode;        // the last part of the name
  NodeIdx whole_name = kNoNode;  // with its qualifiers and template arguments
  NodeIdx function = kNoNode;    // the declarator with the parameters, when a function is declared
  NodeIdx value = kNoNode;       // initialiser
  NodeIdx binding = kNoNode;     // structured_binding_declarator
  NodeIdx annotation = kNoNode;  // name of a macro written behind the name: `int x GUARDED_BY(mu);`
  std::uint8_t arrays = 0;
  bool pointer = false;
  bool function_type = false;  // a pointer to a function, or an array of them
};

/// Words in front of a declaration.
struct Specifiers {
  bool is_static = false;
  bool is_extern = false;
  bool is_const = false;
  bool is_constexpr = false;
  bool is_inline = false;
  bool is_virtual = false;
  bool is_deprecated = false;
};

class Extractor {
 public:
  Extractor(FileWalk& walk, bool cpp)
      : w_(walk), t_(walk.tree), cpp_(cpp), annotations_(find_annotations(walk.tree.source)) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);
  void finish();

 private:
  void enter_definition(NodeIdx n);
  void enter_cpp(NodeIdx n);

  // declarators.cc
  Declarator read_declarator(NodeIdx d) const;
  Specifiers read_specifiers(NodeIdx declaration) const;
  bool looks_like_construction(NodeIdx function) const;
  std::string qualifier_text(NodeIdx whole_name) const;
  std::uint32_t parameters_hash(NodeIdx function) const;
  void skip_name(const Declarator& d);
  void count_arguments(graph::SymbolIdx function, NodeIdx declarator);
  void declare_parameters(NodeIdx declarator, graph::ScopeIdx scope);
  graph::ExprIdx declared_type(graph::ExprIdx type, const Declarator& d);

  // declarations.cc
  void enter_declaration(NodeIdx n);
  void enter_function_definition(NodeIdx n);
  void enter_free_block(NodeIdx n);
  void note_call(NodeIdx call);
  void enter_type_definition(NodeIdx n);
  void enter_parameter(NodeIdx n);
  void enter_template_parameter(NodeIdx n);
  void enter_for_range(NodeIdx n);
  void enter_lambda(NodeIdx n);
  bool enter_test_macro(NodeIdx n, const Declarator& d);
  void define_variable(NodeIdx declaration, NodeIdx declarator, const Declarator& d,
                       const Specifiers& s, bool alone);
  void read_arguments(NodeIdx function);
  void define_binding(NodeIdx binding, NodeIdx declarator);
  graph::SymbolIdx define_function(NodeIdx declaration, const Declarator& d, const Specifiers& s,
                                   bool has_body, bool alone);
  void function_kind(const Declarator& d, graph::Symbol& symbol) const;
  void function_flags(NodeIdx declaration, const Declarator& d, graph::Symbol& symbol) const;
  void set_parent(NewSymbol& s) const;
  void leave_declaration(NodeIdx n);
  void leave_init_declarator(NodeIdx n);
  void leave_type_definition(NodeIdx n);
  void set_types(NodeIdx name, graph::ExprIdx type, graph::ExprIdx init);

  // types.cc
  void enter_record(NodeIdx n);
  void enter_enum(NodeIdx n);
  void enter_enumerator(NodeIdx n);
  void enter_bases(NodeIdx n);
  void leave_bases(NodeIdx n);
  void enter_namespace(NodeIdx n);
  void enter_namespace_alias(NodeIdx n);
  void enter_using(NodeIdx n);
  void enter_alias(NodeIdx n);
  void enter_concept(NodeIdx n);
  void enter_access(NodeIdx n);
  void forward_record(NodeIdx n);
  void leave_record(NodeIdx n);
  NodeIdx typedef_name(NodeIdx record) const;
  std::string anonymous_name(NodeIdx record, std::string_view keyword) const;

  // preprocessor.cc
  void enter_include(NodeIdx n);
  void enter_macro(NodeIdx n);
  void enter_condition(NodeIdx n, bool entering);
  bool is_include_guard(NodeIdx n) const;
  void add_ref_at(NodeIdx near, std::uint32_t begin, std::string_view name, graph::RefRole role,
                  graph::SymbolIdx owner, std::uint8_t flags);

  void read_annotations(std::uint32_t end, NodeIdx near);
  void lex_names(std::uint32_t begin, std::uint32_t end, NodeIdx near, graph::SymbolIdx owner,
                 const std::unordered_set<std::string_view>& parameters);

  // expressions.cc
  bool enter_expression(NodeIdx n);
  bool enter_unnamed(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_initializer_list(NodeIdx n);
  void enter_field_initializer(NodeIdx n);
  void leave_expression(NodeIdx n);
  void leave_name(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_template(NodeIdx n);
  void leave_literal(NodeIdx n);
  void leave_type(NodeIdx n);
  void leave_offsetof(NodeIdx n);
  NodeIdx callee_name(NodeIdx function) const;
  std::uint8_t argument_count(NodeIdx arguments) const;

  // Shared.
  bool at(NodeIdx n, std::uint16_t type) const { return n != kNoNode && t_[n].type == type; }
  /// Where a definition at this place binds its name: template headers are looked through.
  graph::ScopeIdx home_scope() const;
  bool in_type_scope() const;
  graph::Visibility place_visibility(bool is_static) const;
  std::uint32_t place_flags() const;

  struct ListType {
    graph::ExprIdx type;
    int arrays;
  };

  FileWalk& w_;
  const SyntaxTree& t_;
  const bool cpp_;
  std::vector<Annotation> annotations_;
  std::size_t next_annotation_ = 0;
  NodeIdx last_call_ = kNoNode;  // call of a macro that makes the block behind it a test
  int muted_ = 0;                // inside attributes, whose words are not names
  int conditional_ = 0;          // #if nesting, include guards left out
  int anonymous_namespaces_ = 0;
  std::vector<graph::Visibility> access_;
  std::vector<ListType> lists_;
  /// Name node -> local (top bit clear) or symbol (top bit set) it defined.
  std::unordered_map<NodeIdx, std::uint32_t> declared_;
  std::unordered_map<NodeIdx, graph::SymbolIdx> pending_functions_;
  std::unordered_map<NodeIdx, NodeIdx> lambda_names_;      // lambda -> name it is bound to
  std::unordered_map<NodeIdx, graph::SymbolIdx> records_;  // specifier with a body -> its symbol
  std::unordered_set<std::string_view> base_names_;
  std::vector<graph::LocalIdx> template_locals_;  // parameters whose template is not defined yet
};

inline constexpr std::uint32_t kDeclaredSymbol = 0x80000000u;

}  // namespace cairn::indexer::syntax::cfamily
