#pragma once
// What the extractors of outline languages share: their definitions are as exact as anyone's, while
// references are recorded plainly (names, members, calls, types) for counting and lexical binding.
#include <string>
#include <string_view>

#include "indexer/syntax/parse.h"
#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax {

class Outline {
 protected:
  explicit Outline(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  template <class Type>
  NodeIdx child_of(NodeIdx n, Type type) const {
    return t_.child_of_type(n, static_cast<std::uint16_t>(type));
  }
  bool is_present(NodeIdx n) const {
    return n != kNoNode && (t_[n].flags & node_flag::kMissing) == 0 && t_[n].end > t_[n].begin;
  }
  graph::ScopeKind scope_kind() const { return w_.scope(w_.current_scope()).kind; }
  /// The current scope is a function's or a block, so names defined now are locals.
  bool in_local_scope() const {
    return scope_kind() == graph::ScopeKind::kFunction || scope_kind() == graph::ScopeKind::kBlock;
  }
  std::uint8_t argument_count(NodeIdx list) const;
  /// A name that stands for itself: its expression, and its reference unless skipped.
  void leave_name(NodeIdx n, graph::RefRole otherwise, bool is_type);
  /// `object.name` as node n: its expression and the reference at the name.
  void leave_member(NodeIdx n, NodeIdx object, NodeIdx name, graph::RefRole otherwise);
  /// A call as node n of the callee's expression.
  void leave_call(NodeIdx n, NodeIdx callee);
  /// Declared and result types, arguments: names of types with their arguments.
  void leave_generic(NodeIdx n, NodeIdx base, NodeIdx arguments);
  graph::SymbolIdx define_value(graph::SymbolKind kind, NodeIdx name, NodeIdx definition,
                                graph::Visibility visibility, std::uint32_t flags = 0);

  FileWalk& w_;
  const SyntaxTree& t_;
};

/// The word stands in the text with no letter, digit or underscore around it.
bool has_word(std::string_view text, std::string_view word);
/// The text without the quotes around it.
std::string_view unquoted(std::string_view text);

}  // namespace cairn::indexer::syntax
