#pragma once
// Rust: definitions, references and what they are typed by. Used by the files of this folder only.
// extractor.cc enters items (definitions, scopes, imports); expressions.cc enters and leaves what
// stands inside them; macros.cc recovers references from macro arguments.
//
// Members of an impl block are symbols of the module with the type's path as qualifier. An impl
// opens a block scope for its type parameters and a type scope inside it. Pointers that dereference
// by themselves (Box, Rc, Arc, RefCell ...) stand for what they point to; Result<T, E> holds a T.
// `crate`, `self`, `super` and `Self` in paths are names that the linkage explains.
// Single-threaded.
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::rust {

/// Methods whose result is, for its type's sake, their receiver.
bool keeps_value(std::string_view method);
/// Methods that take the item out of an optional or a result.
bool unwraps(std::string_view method);

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  /// Documentation and attributes seen above an item.
  struct Above {
    NodeIdx parent = kNoNode;
    NodeIdx first = kNoNode;      // first attribute
    std::uint32_t doc_row = 0;    // 1-based; 0 = none
    std::uint32_t first_ref = 0;  // references of the attributes
    std::uint32_t flags = 0;      // symbol flags the attributes give
  };
  struct Impl {
    NodeIdx node = kNoNode;
    NodeIdx type = kNoNode;
    std::string qualifier;
    bool of_trait = false;
  };

  // extractor.cc
  bool enter_item(NodeIdx n);
  void enter_mod(NodeIdx n);
  void enter_type(NodeIdx n, graph::SymbolKind kind);
  void enter_field(NodeIdx n);
  void enter_variant(NodeIdx n);
  void enter_impl(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_parameters(NodeIdx list, graph::SymbolIdx function);
  void enter_value_item(NodeIdx n, graph::SymbolKind kind);
  void enter_macro_definition(NodeIdx n);
  void enter_type_parameters(NodeIdx n);
  void enter_use(NodeIdx n);
  std::string use_path(NodeIdx path, std::string prefix, graph::ExprIdx& e, bool leaf_too);
  void use_leaf(NodeIdx path, NodeIdx alias, const std::string& prefix, graph::ExprIdx prefix_expr,
                graph::Import import);
  void enter_attribute(NodeIdx n);
  void see_comment(NodeIdx n);
  graph::SymbolIdx define_item(NodeIdx n, NewSymbol s);
  graph::Visibility visibility(NodeIdx n) const;
  NodeIdx container(NodeIdx n) const;
  const Impl* enclosing_impl(NodeIdx n) const;
  void leave_item(NodeIdx n);
  void add_bounds(NodeIdx bounds, graph::SymbolIdx symbol);
  void type_parameter_bounds(NodeIdx name, NodeIdx bounds);

  // expressions.cc
  void enter_expression(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_closure(NodeIdx n);
  bool enter_type_node(NodeIdx n);
  void define_pattern(NodeIdx pattern, graph::ScopeIdx scope, graph::SymbolKind kind,
                      std::uint32_t visible_from, std::uint8_t position = 255);
  bool binds(NodeIdx identifier) const;
  NodeIdx single_binding(NodeIdx pattern, unsigned& unwrapped) const;
  void set_pattern_type(NodeIdx pattern, graph::ExprIdx type, NodeIdx value);
  void skip_children(NodeIdx n);
  void pass_to_children(NodeIdx n);
  void leave_expression(NodeIdx n);
  void leave_value(NodeIdx n);
  bool leave_type_node(NodeIdx n);
  void leave_identifier(NodeIdx n, bool is_type);
  void leave_path(NodeIdx n, bool is_type);
  void leave_field(NodeIdx n);
  void leave_generic(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_initializer(NodeIdx n);
  void leave_pattern_field(NodeIdx n);
  graph::ExprIdx element(NodeIdx value);
  graph::ExprIdx self_type();
  graph::ExprIdx block_value(NodeIdx block) const;

  // macros.cc
  void enter_macro(NodeIdx n);
  void enter_token_tree(NodeIdx n);
  graph::ExprIdx token(NodeIdx c, NodeIdx previous, graph::ExprIdx chain);
  std::string_view between(std::uint32_t begin, std::uint32_t end) const;
  std::uint8_t token_arguments(NodeIdx tree) const;

  FileWalk& w_;
  const SyntaxTree& t_;
  Above above_;
  std::vector<Impl> impls_;
  std::unordered_map<NodeIdx, graph::LocalIdx> defined_;  // identifiers that are local definitions
  std::unordered_map<NodeIdx, graph::SymbolIdx> items_;   // items whose types are set when left
  std::uint32_t macro_end_ = 0;  // end of the macro arguments references are recovered from
  std::unordered_set<std::string_view> macro_params_;  // closure parameters inside them
};

}  // namespace cairn::indexer::syntax::rust
