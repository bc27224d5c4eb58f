#pragma once
// Complexity counted during the extraction walk, profile `std`: cyclomatic = 1 + decisions (if,
// loop, non-default case, catch, each boolean operator, ternary, coalescing, comprehension for and
// if); cognitive per Sonar's Cognitive Complexity white paper 1.2 (structural + nesting, hybrid
// else, one per run of like boolean operators, labelled jumps, goto); nesting = control-structure
// depth; nloc = lines with a token that is not a comment. A lambda is a function of its own for
// cyclomatic and is also folded into the enclosing function for cognitive. Single-threaded.
#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/facts.h"
#include "indexer/syntax/tree.h"

namespace cairn::indexer::syntax {

/// What a node type means to the metrics. A language gives one per node type of interest.
enum class MetricClass : std::uint8_t {
  kNone,
  kIf,       // +1 cyclomatic; structural
  kElseIf,   // a node that is always an else-if (elif_clause): +1 cyclomatic; hybrid
  kElse,     // an else clause node: hybrid +1; nothing when its statement is an if (that one is the
             // else-if)
  kLoop,     // +1 cyclomatic; structural
  kSwitch,   // structural only
  kCase,     // non-default arm: +1 cyclomatic only (the language leaves defaults out)
  kCatch,    // +1 cyclomatic; structural
  kTernary,  // +1 cyclomatic; structural
  kBoolean,  // a binary node that may be && or ||: decided by `boolean`
  kParenthesis,          // transparent for runs of boolean operators
  kComprehensionClause,  // for or if inside a comprehension: +1 cyclomatic
  kJump,                 // goto, or break/continue with a label: +1 cognitive
};

enum class BooleanOp : std::uint8_t { kNone, kAnd, kOr, kCoalesce };

struct MetricRules {
  MetricClass (*class_of)(const SyntaxTree&, NodeIdx);
  BooleanOp (*boolean)(const SyntaxTree&, NodeIdx);  // for kBoolean nodes
};

/// Text from the operator of a binary node of a C-like grammar on: what stands between the fields
/// `left` and `right` without blanks, comments and line joins. Operators are tokens, which the tree
/// does not keep. "" when an operand is missing.
std::string_view operator_text(const SyntaxTree& tree, NodeIdx left, NodeIdx right);

class MetricsCounter {
 public:
  MetricsCounter(const SyntaxTree& tree, const MetricRules& rules);

  void open_function(graph::SymbolIdx symbol, bool is_lambda);
  void close_function(std::vector<graph::Symbol>& symbols, NodeIdx node);
  void enter(NodeIdx node);
  void leave(NodeIdx node);
  bool in_function() const { return !frames_.empty(); }

 private:
  struct Frame {
    graph::SymbolIdx symbol = 0;
    bool is_lambda = false;
    std::uint32_t cyclomatic = 1;
    std::uint32_t cognitive = 0;
    std::uint32_t nesting = 0;  // control structures open now
    std::uint32_t max_nesting = 0;
  };
  void add_cognitive(bool with_nesting);
  void count_boolean_runs(NodeIdx root);
  bool is_else_if(NodeIdx node) const;
  /// An else without a node of its own: the statement stands in the field `alternative`.
  bool has_bare_else(NodeIdx node) const;
  static bool nests(MetricClass c);

  const SyntaxTree& tree_;
  MetricRules rules_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> code_lines_before_;  // prefix sums per line
};

}  // namespace cairn::indexer::syntax
