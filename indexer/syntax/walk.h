#pragma once
// FileWalk: what a language's extractor works with. It owns the facts being built, the stacks of
// open symbols and scopes, the per-node hints that parents leave for their children, and the memo
// of expressions. The driver (walk_tree) calls enter() in pre-order and leave() in post-order.
//
// How an extractor is written (see python/extractor.cc):
// - enter(node): open scopes, define symbols and locals, and give hints: skip(child) for a name
// that
//   is a definition or handled elsewhere, role(child, RefRole, args) for one that is called,
//   typed...
// - leave(node): build the node's expression from its children's (expr(child)), add the reference.
// Parents are entered before their children and left after them, so hints flow down and expressions
// flow up, and nothing recurses.
//
// finish() binds names lexically inside functions, drops expressions nothing uses, sorts references
// by position and renumbers strings and expressions into face and body. Single-threaded.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/facts.h"
#include "indexer/syntax/metrics.h"
#include "indexer/syntax/tree.h"

namespace cairn::indexer::syntax {

/// What a parent node decided about a child before it is visited.
struct Hint {
  enum class Action : std::uint8_t { kDefault, kSkip, kRole };
  Action action = Action::kDefault;
  graph::RefRole role = graph::RefRole::kRead;
  std::uint8_t args = 255;
  std::uint8_t flags = 0;  // ref_flag bits to add
};

/// Whether the language looks names of values, callables and types up together.
enum class NameSpaces : std::uint8_t {
  kOne,
  kApart,  // Java: a call never means a variable, a type name only a type or type parameter
};

struct NewSymbol {
  graph::SymbolKind kind = graph::SymbolKind::kFunction;
  NodeIdx name = kNoNode;  // node of the name; or use name_text
  std::string_view name_text = {};
  NodeIdx definition = kNoNode;  // the whole definition, decorators included
  NodeIdx body = kNoNode;        // signature = text from definition to body (or `signature`)
  std::string_view signature = {};
  graph::Visibility visibility = graph::Visibility::kUnknown;
  std::uint32_t flags = 0;
  graph::SymbolIdx parent = graph::kNone;      // kNone: the innermost open symbol
  graph::ScopeIdx declared_in = graph::kNone;  // kNone: the current scope
};

class FileWalk {
 public:
  FileWalk(const SyntaxTree& tree, graph::Language language, const MetricRules& metrics);

  const SyntaxTree& tree;
  graph::FileFacts facts;  // StrIds and ExprIdxs are provisional until finish()

  // Strings.
  graph::StrId intern(std::string_view text);
  graph::StrId intern_node(NodeIdx node) { return intern(tree.text(node)); }
  std::string_view str(graph::StrId id) const;

  // Hints.
  void skip(NodeIdx node);
  void role(NodeIdx node, graph::RefRole role, std::uint8_t args = 255, std::uint8_t flags = 0);
  const Hint& hint(NodeIdx node) const { return hints_[node]; }
  bool skipped(NodeIdx node) const { return hints_[node].action == Hint::Action::kSkip; }
  /// The role hinted for the node, or `otherwise`.
  graph::RefRole role_of(NodeIdx node, graph::RefRole otherwise = graph::RefRole::kRead) const;
  /// Copies the parent's hint to a child, if there is one, for wrappers such as parentheses.
  void pass_hint(NodeIdx from, NodeIdx to) {
    if (to != kNoNode) hints_[to] = hints_[from];
  }

  // Symbols. The symbol becomes a child of the innermost open one; define() does not open it.
  graph::SymbolIdx define(const NewSymbol& symbol);
  graph::Symbol& symbol(graph::SymbolIdx i) { return facts.face.symbols[i]; }
  graph::SymbolIdx current_symbol() const { return open_symbols_.back().symbol; }
  /// Innermost open symbol that is a type, or kNone.
  graph::SymbolIdx current_type() const;
  /// Innermost open symbol that is callable, or kNone.
  graph::SymbolIdx current_callable() const;
  /// Opens a symbol and a scope until the driver leaves `node`. Callables also get metrics.
  graph::ScopeIdx open(graph::SymbolIdx symbol, graph::ScopeKind kind, NodeIdx node,
                       bool is_lambda = false);
  /// Opens a scope only, until the driver leaves `node`.
  graph::ScopeIdx open_scope(graph::ScopeKind kind, NodeIdx node);
  /// Looks names up in an already open outer scope until the driver leaves `node`: default values,
  /// supertypes and annotations that stand inside a definition but are evaluated around it.
  void reopen_scope(graph::ScopeIdx scope, NodeIdx node) { open_scopes_.push_back({scope, node}); }
  graph::ScopeIdx current_scope() const { return open_scopes_.back().scope; }
  /// Innermost scope around the current one (inclusive) that is not a block.
  graph::ScopeIdx function_scope() const;
  const graph::Scope& scope(graph::ScopeIdx i) const { return facts.face.scopes[i]; }
  bool in_function() const;  // the current scope is a function's, or a block inside one
  /// Name for the n-th anonymous function of the current symbol: "<lambda1>".
  std::string next_lambda_name();

  // Locals. `visible_from` is a byte offset, 0 for names visible in the whole scope.
  graph::LocalIdx define_local(graph::SymbolKind kind, NodeIdx name, graph::ScopeIdx scope,
                               std::uint32_t visible_from = 0);
  graph::Local& local(graph::LocalIdx i) { return facts.body.locals[i]; }
  /// The local bound to the name in exactly this scope, or kNone.
  graph::LocalIdx find_local(graph::ScopeIdx scope, std::string_view name) const;
  /// Binds a name of a function-level scope to a symbol or import (nested function, local import).
  void bind(graph::ScopeIdx scope, graph::StrId name, graph::BindKind kind, std::uint32_t index,
            std::uint32_t visible_from = 0);

  void set_name_spaces(NameSpaces name_spaces) { name_spaces_ = name_spaces; }

  // Expressions.
  graph::ExprIdx add_expr(graph::ExprKind kind, std::string_view name = {},
                          std::uint32_t a = graph::kNone, std::uint32_t b = graph::kNone);
  graph::ExprIdx add_name(std::string_view name, bool is_type = false);
  graph::ExprIdx add_list(const std::vector<graph::ExprIdx>& items);  // kArg cells; kNone if empty
  void set_expr(NodeIdx node, graph::ExprIdx e) { exprs_[node] = e; }
  graph::ExprIdx expr(NodeIdx node) const { return node == kNoNode ? graph::kNone : exprs_[node]; }

  // References, imports and the rest. add_ref uses the current symbol and scope.
  graph::Ref& add_ref(NodeIdx name, graph::RefRole role, graph::ExprIdx receiver = graph::kNone,
                      std::uint8_t args = 255, std::uint8_t flags = 0);
  /// The reference last added at this name node, or nullptr.
  graph::Ref* ref_at(NodeIdx name);
  graph::ImportIdx add_import(const graph::Import& import);
  void add_super(graph::SymbolIdx symbol, graph::ExprIdx type, graph::SuperKind kind);
  void add_export(const graph::Export& e) { facts.face.exports.push_back(e); }
  void add_assign(graph::ExprIdx target, graph::ExprIdx source);
  void add_return(graph::ExprIdx source, bool is_yield = false);
  /// One flow per argument expression of the call whose reference stands at `name`.
  void add_arguments(NodeIdx name, const std::vector<graph::ExprIdx>& arguments);
  void diagnose(NodeIdx node, std::string_view text);

  // Text helpers.
  /// Text between two bytes with comments dropped and white space runs made one space.
  std::string normalised(std::uint32_t begin, std::uint32_t end) const;
  /// Line (1-based) where the comment block that ends right above `node` begins, or 0.
  std::uint32_t doc_line_above(NodeIdx node) const;
  std::uint64_t body_hash(NodeIdx node) const;

  void finish();

 private:
  template <class Extractor>
  friend void walk_tree(FileWalk& walk, Extractor& extractor);

  struct OpenSymbol {
    graph::SymbolIdx symbol;
    NodeIdx node;
    bool has_metrics;
  };
  struct OpenScope {
    graph::ScopeIdx scope;
    NodeIdx node;
  };
  struct Binding {
    graph::BindKind kind;
    std::uint32_t index;
    std::uint32_t visible_from;
    std::uint32_t next;  // older binding of the same name in the same scope, or kNone
  };
  void close(NodeIdx node);
  enum class NameUse : std::uint8_t { kAny, kCall, kType };
  void bind_names();
  bool may_bind(const Binding& binding, NameUse use) const;
  bool bind_from(graph::ScopeIdx scope, graph::StrId name, std::uint32_t at, NameUse use,
                 graph::BindKind& kind, std::uint32_t& index, bool& crosses_type) const;
  void mark_reassigned();
  void split_face_and_body();
  void sort_refs();
  void number_strings();

  MetricsCounter metrics_;
  std::vector<Hint> hints_;
  std::vector<graph::ExprIdx> exprs_;
  std::vector<NodeIdx> ref_nodes_;      // per reference, until finish()
  std::vector<std::uint32_t> refs_at_;  // per node: its latest reference, or kNone
  mutable std::string hash_buffer_;
  std::vector<std::uint32_t> expr_at_;  // per expression: byte where its names are looked up
  std::vector<OpenSymbol> open_symbols_;
  std::vector<OpenScope> open_scopes_;
  std::vector<std::uint32_t> lambda_counts_;  // per symbol
  std::unordered_map<std::string_view, graph::StrId> interned_;
  std::vector<std::string_view> strings_;
  std::vector<std::unique_ptr<std::string>> owned_strings_;
  std::unordered_map<std::uint64_t, std::uint32_t> binding_heads_;
  std::vector<Binding> bindings_;
  NameSpaces name_spaces_ = NameSpaces::kOne;
  NodeIdx at_ = 0;  // node being entered or left
};

/// Walks the whole tree. Extractor has enter(NodeIdx) and leave(NodeIdx). A node whose subtree the
/// extractor wants left alone is still visited; use skip() hints for names.
template <class Extractor>
void walk_tree(FileWalk& walk, Extractor& extractor) {
  const SyntaxTree& tree = walk.tree;
  std::vector<NodeIdx> open;
  const auto leave_until = [&](NodeIdx end) {
    while (!open.empty() && tree[open.back()].next <= end) {
      const NodeIdx node = open.back();
      open.pop_back();
      walk.at_ = node;
      extractor.leave(node);
      walk.metrics_.leave(node);
      walk.close(node);
    }
  };
  for (NodeIdx node = 0; node < tree.size(); ++node) {
    leave_until(node);
    walk.at_ = node;
    extractor.enter(node);
    // After enter(): a function's own node does not count for the function around it.
    walk.metrics_.enter(node);
    open.push_back(node);
  }
  leave_until(tree.size());
}

}  // namespace cairn::indexer::syntax
