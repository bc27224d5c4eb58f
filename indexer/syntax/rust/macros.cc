// Macro arguments are token trees: the parser knows no expressions in them. For macros whose
// arguments are expressions the tokens are read as such: names, paths, members and calls.
#include <algorithm>
#include <array>

#include "indexer/syntax/rust/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/rust/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::rust {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
namespace ref_flag = graph::ref_flag;

namespace {

bool takes_expressions(std::string_view name) {
  constexpr std::array<std::string_view, 37> kNames = {"anyhow",
                                                       "assert",
                                                       "assert_eq",
                                                       "assert_matches",
                                                       "assert_ne",
                                                       "bail",
                                                       "concat",
                                                       "dbg",
                                                       "debug",
                                                       "debug_assert",
                                                       "debug_assert_eq",
                                                       "debug_assert_ne",
                                                       "ensure",
                                                       "eprint",
                                                       "eprintln",
                                                       "error",
                                                       "format",
                                                       "format_args",
                                                       "info",
                                                       "join",
                                                       "matches",
                                                       "panic",
                                                       "print",
                                                       "println",
                                                       "ready",
                                                       "smallvec",
                                                       "todo",
                                                       "trace",
                                                       "try",
                                                       "try_join",
                                                       "unimplemented",
                                                       "unreachable",
                                                       "vec",
                                                       "warn",
                                                       "write",
                                                       "writeln",
                                                       "yield_"};
  return std::binary_search(kNames.begin(), kNames.end(), name);
}

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

void Extractor::enter_macro(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::macro_);
  const NodeIdx tree = t_.child_of_type(n, static_cast<std::uint16_t>(N::token_tree_));
  if (name == kNoNode) return;
  w_.role(name, RefRole::kMacro);
  std::string_view text = t_.text(name);
  if (const std::size_t last = text.rfind("::"); last != std::string_view::npos)
    text.remove_prefix(last + 2);
  if (tree == kNoNode || !takes_expressions(text)) return;
  macro_end_ = t_[tree].end;
  macro_params_.clear();
}

/// Source text without the white space around it.
std::string_view Extractor::between(std::uint32_t begin, std::uint32_t end) const {
  std::string_view text = t_.source.substr(begin, end - begin);
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::uint8_t Extractor::token_arguments(NodeIdx tree) const {
  unsigned commas = 0;
  std::uint32_t at = t_[tree].begin + 1;
  bool any = false;
  bool trailing = false;
  const auto scan = [&](std::uint32_t end) {
    for (; at < end; ++at) {
      const char c = t_.source[at];
      if (c == '|' || c == '<') return false;
      if (c == ',') {
        ++commas;
        trailing = true;
      } else if (kSpace.find(c) == std::string_view::npos) {
        any = true;
        trailing = false;
      }
    }
    return true;
  };
  for (NodeIdx c = t_.first_child(tree); c != kNoNode; c = t_.next_sibling(c)) {
    if (!scan(t_[c].begin)) return 255;
    any = true;
    trailing = false;
    at = t_[c].end;
  }
  if (t_[tree].end > at && !scan(t_[tree].end - 1)) return 255;
  if (!any) return 0;
  return static_cast<std::uint8_t>(std::min(commas + (trailing ? 0u : 1u), 254u));
}

void Extractor::enter_token_tree(NodeIdx n) {
  if (t_[n].begin >= macro_end_) return;
  NodeIdx previous = kNoNode;
  ExprIdx chain = kNone;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c)) continue;
    chain = token(c, previous, chain);
    previous = c;
  }
}

/// The expression that ends with token `c`; `chain` is the one that ended with the token before.
ExprIdx Extractor::token(NodeIdx c, NodeIdx previous, ExprIdx chain) {
  const NodeIdx parent = t_.parent(c);
  const std::uint32_t from = previous == kNoNode ? t_[parent].begin + 1 : t_[previous].end;
  const std::string_view before = between(from, t_[c].begin);
  const N kind = type_of(t_, c);
  if (kind == N::token_tree_) {
    if (!before.empty() || chain == kNone) return kNone;
    if (t_.source[t_[c].begin] == '(') {
      const graph::Expr callee = w_.facts.face.exprs[chain];
      if (callee.kind == ExprKind::kMember && callee.a != kNone) {
        if (keeps_value(w_.str(callee.name))) return callee.a;
        if (unwraps(w_.str(callee.name))) return w_.add_expr(ExprKind::kElement, {}, callee.a);
      }
      return w_.add_expr(ExprKind::kCall, {}, chain);
    }
    return t_.source[t_[c].begin] == '[' ? w_.add_expr(ExprKind::kElement, {}, chain) : kNone;
  }
  const bool path = before.ends_with("::");
  const bool member = before.ends_with('.') && !before.ends_with("..");
  if (kind == N::self_ || kind == N::super_ || kind == N::crate_) {
    const NodeIdx after = t_.next_sibling(c);
    const std::uint32_t end = after == kNoNode ? t_[parent].end : t_[after].begin;
    if (kind == N::self_ && !between(t_[c].end, end).starts_with("::"))
      return w_.add_expr(ExprKind::kSelf, "self");
    return w_.add_name(t_.text(c));
  }
  if (kind == N::string_literal_ || kind == N::raw_string_literal_)
    return w_.add_expr(ExprKind::kBuiltin, "str");
  if (kind == N::primitive_type_) return w_.add_expr(ExprKind::kBuiltin, t_.text(c));
  if (kind != N::identifier_) return kNone;

  const std::string_view name = t_.text(c);
  const NodeIdx next = t_.next_sibling(c);
  const std::uint32_t limit = next == kNoNode ? t_[parent].end - 1 : t_[next].begin;
  const std::string_view after = limit > t_[c].end ? between(t_[c].end, limit) : std::string_view();
  if (before.ends_with('\'')) return kNone;  // a lifetime or label
  if (!path && !member) {
    // `name = value` of format macros, `field: value` of literals.
    const bool assigned =
        after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>");
    if (after.starts_with(':') && !after.starts_with("::") && !before.ends_with('|')) return kNone;
    if (assigned) return kNone;
    const bool after_bar = before.ends_with('|') && !before.ends_with("||");
    if (after_bar && (after.starts_with('|') || after.starts_with(',') || after.starts_with(':')))
      macro_params_.insert(name);
    if (macro_params_.contains(name)) return kNone;
  }
  const bool called = next != kNoNode && type_of(t_, next) == N::token_tree_ && after.empty() &&
                      t_.source[t_[next].begin] == '(';
  const bool macro = after.starts_with('!') && !after.starts_with("!=");
  RefRole role = called ? RefRole::kCall : macro ? RefRole::kMacro : RefRole::kRead;
  const std::uint8_t args = called ? token_arguments(next) : std::uint8_t{255};
  if (name == "Self") {
    if (called) w_.add_ref(c, RefRole::kNew, kNone, args);
    return self_type();
  }
  const bool type_side = after.starts_with("::") && name[0] >= 'A' && name[0] <= 'Z';
  if (type_side) role = RefRole::kType;
  if (!path && !member) {
    w_.add_ref(c, role, kNone, args);
    return macro ? kNone : w_.add_name(name);
  }
  // A receiver only when it ended right before the separator.
  ExprIdx receiver = before == "::" || before == "." ? chain : kNone;
  if (before == "?." && chain != kNone) receiver = w_.add_expr(ExprKind::kElement, {}, chain);
  w_.add_ref(c, role, receiver, args,
             static_cast<std::uint8_t>(ref_flag::kHasReceiver | (path ? ref_flag::kTypeSide : 0)));
  return w_.add_expr(ExprKind::kMember, name, receiver);
}

}  // namespace cairn::indexer::syntax::rust
