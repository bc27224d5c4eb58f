#pragma once
// PhpExtractor: definitions and references of PHP. extractor.cc has the dispatch, definitions and
// metrics; expressions.cc what is left behind. Variables are written without their `$`, and bound
// here: they share no namespace with functions, classes and constants, so lexical lookup by bare
// name would mix them up. The first mention of a variable in a function defines it.
// Single-threaded.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "indexer/syntax/walk.h"

#ifndef CAIRN_NODE_TABLE
#define CAIRN_NODE_TABLE "indexer/syntax/php/nodes.def"
#endif
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::php {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

/// self, static and parent, which name the class around.
bool is_class_keyword(std::string_view name);

class PhpExtractor {
 public:
  explicit PhpExtractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  struct Variable {
    graph::BindKind kind = graph::BindKind::kUnbound;
    std::uint32_t index = kNone;
  };

  // extractor.cc
  void enter_expression(NodeIdx n);
  void enter_namespace(NodeIdx n);
  void enter_use(NodeIdx n);
  void enter_use_clause(NodeIdx clause, std::string_view prefix, bool is_static);
  void enter_class(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_closure(NodeIdx n);
  void enter_hook(NodeIdx n);
  void enter_parameters(NodeIdx n);
  void enter_captures(NodeIdx n);
  void enter_constants(NodeIdx n);
  void enter_property(NodeIdx n);
  void enter_case(NodeIdx n);
  void enter_trait_use(NodeIdx n);
  void enter_trait_rule(NodeIdx n);
  void enter_foreach(NodeIdx n);
  void enter_test(NodeIdx call, NodeIdx arguments);
  void define_constant(NodeIdx call, NodeIdx arguments);
  void define_attribute_routes(NodeIdx n, NodeIdx name);
  void promote(NodeIdx parameter, NodeIdx name);
  void pass_names(NodeIdx n, RefRole role, std::uint8_t flags);
  std::uint32_t modifiers(NodeIdx n, Visibility& visibility) const;
  NodeIdx first_variable_name(NodeIdx n) const;

  // expressions.cc
  void write_targets(NodeIdx target);
  Variable declare(NodeIdx name, SymbolKind kind);
  Variable find(std::string_view name) const;
  void leave_variable(NodeIdx n);
  void leave_name(NodeIdx n);
  void leave_qualified(NodeIdx n);
  void leave_member(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_new(NodeIdx n);
  void leave_scoped(NodeIdx n);
  void leave_assignment(NodeIdx n);
  void leave_foreach(NodeIdx n);
  void leave_parameter(NodeIdx n);
  void leave_definition(NodeIdx n);
  void leave_include(NodeIdx n);
  void leave_route(NodeIdx call, NodeIdx arguments);
  void leave_type(NodeIdx n);
  void leave_heritage(NodeIdx n);
  void leave_literal(NodeIdx n);
  void assign(NodeIdx target, ExprIdx type, ExprIdx value);
  void set_value(NodeIdx name, ExprIdx type, ExprIdx value);
  void add_call_arguments(NodeIdx name, NodeIdx arguments);
  std::uint8_t count_arguments(NodeIdx arguments) const;
  ExprIdx class_keyword(std::string_view name);
  ExprIdx union_of(const std::vector<ExprIdx>& items);
  ExprIdx builtin(std::string_view name) { return w_.add_expr(ExprKind::kBuiltin, name); }
  std::string_view string_text(NodeIdx string) const;
  bool include_path(NodeIdx value, std::string& out) const;
  NodeIdx argument(NodeIdx arguments, unsigned n) const;  // the value, or kNoNode

  FileWalk& w_;
  const SyntaxTree& t_;
  std::unordered_map<std::uint64_t, Variable> variables_;  // (scope, name) -> what it is
  std::unordered_map<NodeIdx, Variable> defined_;          // name node -> what it defines
  std::unordered_map<NodeIdx, std::string> tests_;         // closure -> the test it is
  std::unordered_map<NodeIdx, NodeIdx> test_calls_;        // closure -> the call around it
  std::unordered_map<ScopeIdx, NodeIdx> scope_nodes_;      // function scope -> its node
  ScopeIdx namespace_ = 0;
  unsigned namespaces_ = 0;
};

}  // namespace cairn::indexer::syntax::php
