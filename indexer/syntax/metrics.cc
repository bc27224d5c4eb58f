#include "indexer/syntax/metrics.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace cairn::indexer::syntax {
namespace {

std::uint16_t saturate16(std::uint32_t value) {
  return static_cast<std::uint16_t>(
      std::min<std::uint32_t>(value, std::numeric_limits<std::uint16_t>::max()));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

/// Marks the lines that hold a byte which is neither white space nor part of a comment.
std::vector<std::uint8_t> lines_with_code(const SyntaxTree& tree) {
  std::vector<std::uint8_t> has_code(tree.line_starts.size(), 0);
  const auto mark = [&](std::uint32_t begin, std::uint32_t end, std::size_t& line) {
    for (std::uint32_t at = begin; at < end;) {
      while (line + 1 < tree.line_starts.size() && tree.line_starts[line + 1] <= at) ++line;
      const std::uint32_t line_end =
          line + 1 < tree.line_starts.size() ? tree.line_starts[line + 1] : end;
      const std::uint32_t stop = std::min(end, line_end);
      while (at < stop && (is_blank(tree.source[at]) || tree.source[at] == '\n')) ++at;
      if (at < stop) has_code[line] = 1;
      at = stop;
    }
  };
  std::size_t line = 0;
  std::uint32_t at = 0;
  for (const Node& node : tree.nodes) {
    if ((node.flags & node_flag::kComment) == 0 || node.begin < at) continue;
    mark(at, node.begin, line);
    at = node.end;
  }
  mark(at, static_cast<std::uint32_t>(tree.source.size()), line);
  return has_code;
}

}  // namespace

std::string_view operator_text(const SyntaxTree& tree, NodeIdx left, NodeIdx right) {
  if (left == kNoNode || right == kNoNode) return {};
  std::string_view text = tree.source.substr(tree[left].end, tree[right].begin - tree[left].end);
  for (;;) {
    const std::size_t at = text.find_first_not_of(" \t\r\n\f\v\\");
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at);
    std::size_t end = 0;
    if (text.starts_with("//")) {
      end = text.find('\n');
    } else if (text.starts_with("/*")) {
      end = text.find("*/", 2);
      if (end != std::string_view::npos) end += 2;
    } else {
      return text;
    }
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end);
  }
}

MetricsCounter::MetricsCounter(const SyntaxTree& tree, const MetricRules& rules)
    : tree_(tree), rules_(rules) {
  const std::vector<std::uint8_t> has_code = lines_with_code(tree);
  code_lines_before_.resize(has_code.size() + 1, 0);
  for (std::size_t i = 0; i < has_code.size(); ++i)
    code_lines_before_[i + 1] = code_lines_before_[i] + has_code[i];
}

void MetricsCounter::open_function(graph::SymbolIdx symbol, bool is_lambda) {
  Frame frame;
  frame.symbol = symbol;
  frame.is_lambda = is_lambda;
  frames_.push_back(frame);
}

void MetricsCounter::close_function(std::vector<graph::Symbol>& symbols, NodeIdx node) {
  CAIRN_CHECK(!frames_.empty());
  const Frame& frame = frames_.back();
  const std::uint32_t first = tree_[node].row;
  const std::uint32_t last =
      tree_.position_of(tree_[node].end).line;  // 1-based = exclusive 0-based
  graph::Metrics& out = symbols[frame.symbol].metrics;
  out.cyclomatic = saturate16(frame.cyclomatic);
  out.cognitive = saturate16(frame.cognitive);
  out.nesting = saturate16(frame.max_nesting);
  out.nloc = code_lines_before_[last] - code_lines_before_[first];
  frames_.pop_back();
}

bool MetricsCounter::nests(MetricClass c) {
  switch (c) {
    case MetricClass::kIf:
    case MetricClass::kElseIf:
    case MetricClass::kElse:
    case MetricClass::kLoop:
    case MetricClass::kSwitch:
    case MetricClass::kCatch:
    case MetricClass::kTernary:
      return true;
    default:
      return false;
  }
}

bool MetricsCounter::is_else_if(NodeIdx node) const {
  const NodeIdx parent = tree_.parent(node);
  if (parent == kNoNode) return false;
  if (rules_.class_of(tree_, parent) == MetricClass::kElse) return true;
  return rules_.class_of(tree_, parent) == MetricClass::kIf &&
         tree_[node].field == Field::alternative_;
}

bool MetricsCounter::has_bare_else(NodeIdx node) const {
  const NodeIdx otherwise = tree_.child(node, Field::alternative_);
  if (otherwise == kNoNode) return false;
  const MetricClass c = rules_.class_of(tree_, otherwise);
  return c != MetricClass::kIf && c != MetricClass::kElse && c != MetricClass::kElseIf;
}

void MetricsCounter::add_cognitive(bool with_nesting) {
  // A lambda's score counts in the functions around it too, each with its own depth.
  std::uint32_t nesting = 0;
  for (std::size_t i = frames_.size(); i-- > 0;) {
    Frame& frame = frames_[i];
    nesting += frame.nesting;
    frame.cognitive += 1 + (with_nesting ? nesting : 0);
    if (!frame.is_lambda) break;
    ++nesting;
  }
}

void MetricsCounter::count_boolean_runs(NodeIdx root) {
  struct Item {
    std::uint32_t at;
    BooleanOp op;
  };
  std::vector<Item> run;
  std::vector<NodeIdx> open{root};
  while (!open.empty()) {
    const NodeIdx node = open.back();
    open.pop_back();
    const MetricClass c = rules_.class_of(tree_, node);
    if (c == MetricClass::kBoolean) {
      const BooleanOp op = rules_.boolean(tree_, node);
      if (op != BooleanOp::kAnd && op != BooleanOp::kOr) continue;
      // The operator stands after the left operand: its end orders the operators of the tree.
      const NodeIdx left = tree_.named_child(node, 0);
      run.push_back({left == kNoNode ? tree_[node].begin : tree_[left].end, op});
    } else if (c != MetricClass::kParenthesis) {
      continue;
    }
    for (NodeIdx k = tree_.first_child(node); k != kNoNode; k = tree_.next_sibling(k))
      open.push_back(k);
  }
  std::sort(run.begin(), run.end(), [](const Item& a, const Item& b) { return a.at < b.at; });
  BooleanOp last = BooleanOp::kNone;
  for (const Item& item : run) {
    if (item.op != last) add_cognitive(false);
    last = item.op;
  }
}

void MetricsCounter::enter(NodeIdx node) {
  if (frames_.empty()) return;
  const MetricClass c = rules_.class_of(tree_, node);
  if (c == MetricClass::kNone || c == MetricClass::kParenthesis) return;
  Frame& frame = frames_.back();
  switch (c) {
    case MetricClass::kIf:
      ++frame.cyclomatic;
      if (has_bare_else(node)) add_cognitive(false);
      if (is_else_if(node)) {
        add_cognitive(false);
        return;  // the else that holds it nests already
      }
      add_cognitive(true);
      break;
    case MetricClass::kElseIf:
      ++frame.cyclomatic;
      add_cognitive(false);
      return;
    case MetricClass::kElse: {
      // `else if` is scored by its if.
      const NodeIdx first = tree_.named_child(node, 0);
      if (first == kNoNode || rules_.class_of(tree_, first) != MetricClass::kIf)
        add_cognitive(false);
      return;
    }
    case MetricClass::kLoop:
    case MetricClass::kCatch:
    case MetricClass::kTernary:
      ++frame.cyclomatic;
      add_cognitive(true);
      break;
    case MetricClass::kSwitch:
      add_cognitive(true);
      break;
    case MetricClass::kCase:
    case MetricClass::kComprehensionClause:
      ++frame.cyclomatic;
      return;
    case MetricClass::kJump:
      add_cognitive(false);
      return;
    case MetricClass::kBoolean: {
      const BooleanOp op = rules_.boolean(tree_, node);
      if (op == BooleanOp::kNone) return;
      ++frame.cyclomatic;
      if (op == BooleanOp::kCoalesce) return;
      NodeIdx up = tree_.parent(node);
      while (up != kNoNode && rules_.class_of(tree_, up) == MetricClass::kParenthesis)
        up = tree_.parent(up);
      const bool inner = up != kNoNode && rules_.class_of(tree_, up) == MetricClass::kBoolean &&
                         rules_.boolean(tree_, up) != BooleanOp::kNone &&
                         rules_.boolean(tree_, up) != BooleanOp::kCoalesce;
      if (!inner) count_boolean_runs(node);
      return;
    }
    default:
      return;
  }
  Frame& current = frames_.back();
  ++current.nesting;
  if (c != MetricClass::kTernary)
    current.max_nesting = std::max(current.max_nesting, current.nesting);
}

void MetricsCounter::leave(NodeIdx node) {
  if (frames_.empty()) return;
  const MetricClass c = rules_.class_of(tree_, node);
  if (!nests(c) || c == MetricClass::kElse || c == MetricClass::kElseIf) return;
  if (c == MetricClass::kIf && is_else_if(node)) return;
  if (frames_.back().nesting > 0) --frames_.back().nesting;
}

}  // namespace cairn::indexer::syntax
