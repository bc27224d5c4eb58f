// What names and fields hold: the join of everything assigned to them.
#include <algorithm>

#include "indexer/syntax/python/extractor.h"
#include "indexer/syntax/python/nodes.h"

namespace cairn::indexer::syntax::python {
namespace {

constexpr std::uint64_t kSymbolTarget = std::uint64_t{1} << 32;
/// How far an initialiser is rewritten for readers in other files.
constexpr int kMaxPortableDepth = 12;

}  // namespace

std::uint64_t Extractor::target_of(NodeIdx n) const {
  if (const auto local = defined_locals_.find(n); local != defined_locals_.end())
    return local->second;
  const auto symbol = defined_symbols_.find(n);
  return symbol == defined_symbols_.end() ? kNone : kSymbolTarget | symbol->second;
}

void Extractor::count_write(NodeIdx target) {
  const std::uint64_t key = target_of(target);
  const auto [at, fresh] = assigned_.try_emplace(key);
  if (fresh) targets_.push_back(key);
  ++at->second.writes;
}

/// Names of parameters and locals mean nothing to other files: an expression for a field is
/// rewritten to what their annotations and initialisers say.
ExprIdx Extractor::portable(ExprIdx e, int depth) {
  if (e == kNone || depth > kMaxPortableDepth) return e;
  const graph::Expr expr = w_.facts.face.exprs[e];
  switch (expr.kind) {
    case ExprKind::kName: {
      const SymbolIdx function = w_.current_callable();
      if (function == kNone || w_.symbol(function).scope == kNone) return e;
      const auto index = w_.find_local(w_.symbol(function).scope, w_.str(expr.name));
      if (index == kNone) return e;
      const graph::Local l = w_.local(index);
      if (l.type != kNone) return w_.add_expr(ExprKind::kCast, {}, l.type);
      const auto assigned = assigned_.find(index);
      const bool once = assigned != assigned_.end() && assigned->second.writes == 1 &&
                        assigned->second.values.size() == 1;
      if (l.kind == SymbolKind::kLocal && once)
        return portable(assigned->second.values.front(), depth + 1);
      return e;
    }
    case ExprKind::kMember:
    case ExprKind::kCall:
    case ExprKind::kElement:
    case ExprKind::kAwait: {
      const ExprIdx base = portable(expr.a, depth + 1);
      if (base == expr.a) return e;
      return w_.add_expr(expr.kind, w_.str(expr.name), base);
    }
    case ExprKind::kUnion: {
      std::vector<ExprIdx> items;
      bool changed = false;
      for (ExprIdx cell = expr.b; cell != kNone; cell = w_.facts.face.exprs[cell].b) {
        const ExprIdx item = w_.facts.face.exprs[cell].a;
        items.push_back(portable(item, depth + 1));
        changed = changed || items.back() != item;
      }
      return changed ? w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(items)) : e;
    }
    default:
      return e;
  }
}

void Extractor::set_value_type(NodeIdx target, ExprIdx type, ExprIdx init) {
  if (target == kNoNode) return;
  if (const auto local = defined_locals_.find(target); local != defined_locals_.end()) {
    if (type != kNone) w_.local(local->second).type = type;
  } else if (const auto symbol = defined_symbols_.find(target); symbol != defined_symbols_.end()) {
    if (type != kNone) w_.symbol(symbol->second).type = type;
    if (w_.symbol(symbol->second).kind == SymbolKind::kField) init = portable(init, 0);
  } else {
    return;
  }
  if (init != kNone) assigned_[target_of(target)].values.push_back(init);
}

/// `a, b = x, y` pairs what it can; whatever else a pattern takes apart stays unknown.
void Extractor::set_values(NodeIdx left, NodeIdx right) {
  std::vector<std::pair<NodeIdx, NodeIdx>> open{{left, right}};
  while (!open.empty()) {
    const auto [target, value] = open.back();
    open.pop_back();
    if (target == kNoNode || value == kNoNode) continue;
    const N pattern = type_of(t_, target);
    if (pattern == N::identifier_ || pattern == N::attribute_) {
      set_value_type(target, kNone, w_.expr(value));
      continue;
    }
    const N sequence = type_of(t_, value);
    const bool takes_apart =
        pattern == N::pattern_list_ || pattern == N::tuple_pattern_ || pattern == N::list_pattern_;
    const bool lists =
        sequence == N::expression_list_ || sequence == N::tuple_ || sequence == N::list_;
    if (!takes_apart || !lists) continue;
    const std::uint32_t count = t_.named_child_count(target);
    if (count != t_.named_child_count(value)) continue;
    const auto starred = [&](NodeIdx n, N kind) {
      return t_.child_of_type(n, static_cast<std::uint16_t>(kind)) != kNoNode;
    };
    if (starred(target, N::list_splat_pattern_) || starred(value, N::list_splat_)) continue;
    NodeIdx from = t_.first_child(value);
    for (NodeIdx to = t_.first_child(target); to != kNoNode; to = t_.next_sibling(to)) {
      if (!t_.is_named(to)) continue;
      while (from != kNoNode && !t_.is_named(from)) from = t_.next_sibling(from);
      if (from == kNoNode) break;
      open.emplace_back(to, from);
      from = t_.next_sibling(from);
    }
  }
}

/// The targets of `for left in right`.
void Extractor::set_loop_values(NodeIdx left, NodeIdx right) {
  if (left == kNoNode || right == kNoNode) return;
  NodeIdx target = left;
  ExprIdx items = w_.expr(right);
  std::string_view how = "iter";
  if (type_of(t_, right) == N::call_) {
    const NodeIdx function = t_.child(right, Field::function_);
    const NodeIdx arguments = t_.child(right, Field::arguments_);
    if (function == kNoNode || arguments == kNoNode) return;
    const std::string_view name = t_.text(function);
    if (type_of(t_, function) == N::attribute_) {
      const std::string_view member = t_.text(t_.child(function, Field::attribute_));
      const bool values = member == "values" && t_.named_child_count(arguments) == 0;
      const bool pairs = member == "items" && t_.named_child_count(arguments) == 0;
      if (values || pairs) {
        items = w_.expr(t_.child(function, Field::object_));
        how = {};
        if (pairs) target = second_of(left);
      }
    } else if (name == "enumerate") {
      items = w_.expr(t_.named_child(arguments, 0));
      target = second_of(left);
    } else if (name == "list" || name == "sorted" || name == "reversed" || name == "iter" ||
               name == "tuple" || name == "set") {
      items = w_.expr(t_.named_child(arguments, 0));
    }
  }
  if (target == kNoNode || items == kNone) return;
  const N kind = type_of(t_, target);
  if (kind == N::identifier_ || kind == N::attribute_)
    set_value_type(target, kNone, w_.add_expr(ExprKind::kElement, how, items));
}

/// `with value as name`, `except Type as name`, `case value as name`.
void Extractor::leave_as(NodeIdx n) {
  const NodeIdx value = t_.named_child(n, 0);
  const NodeIdx alias = t_.child(n, Field::alias_);
  w_.set_expr(n, w_.expr(value));
  if (alias == kNoNode) return;
  const NodeIdx parent = t_.parent(n);
  const bool is_with = type_of(t_, n) == N::with_item_ ||
                       (parent != kNoNode && type_of(t_, parent) == N::with_item_);
  const bool is_except = parent != kNoNode && type_of(t_, parent) == N::except_clause_;
  ExprIdx held = w_.expr(value);
  if (is_except && type_of(t_, value) == N::tuple_) {
    std::vector<ExprIdx> types;
    for (NodeIdx c = t_.first_child(value); c != kNoNode; c = t_.next_sibling(c))
      if (t_.is_named(c)) types.push_back(w_.expr(c));
    held = w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(types));
  } else if (is_with && held != kNone) {
    held = w_.add_expr(ExprKind::kElement, "with", held);
  }
  return set_value_type(t_.first_child(alias), is_except ? held : kNone, is_except ? kNone : held);
}

NodeIdx Extractor::second_of(NodeIdx pattern) const {
  const N kind = type_of(t_, pattern);
  if (kind != N::pattern_list_ && kind != N::tuple_pattern_) return kNoNode;
  return t_.named_child_count(pattern) == 2 ? t_.named_child(pattern, 1) : kNoNode;
}

bool Extractor::is_none(ExprIdx e) const {
  if (e == kNone) return false;
  const graph::Expr& expr = w_.facts.face.exprs[e];
  return expr.kind == ExprKind::kBuiltin && w_.str(expr.name) == "None";
}

/// Gives every name and field the join of what is assigned to it; one write whose value is not
/// known leaves the whole unknown.
void Extractor::finish() {
  for (const std::uint64_t target : targets_) {
    Assigned& assigned = assigned_[target];
    ExprIdx init = kNone;
    if (assigned.values.size() >= assigned.writes && !assigned.values.empty()) {
      std::vector<ExprIdx>& values = assigned.values;
      // What is only ever None here is given its value by someone else.
      std::erase_if(values, [&](ExprIdx e) { return is_none(e); });
      constexpr std::size_t kMaxJoined = 8;  // a name written more often says nothing
      if (values.size() == 1)
        init = values.front();
      else if (values.size() > 1 && values.size() <= kMaxJoined)
        init = w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(values));
    }
    if (target & kSymbolTarget)
      w_.symbol(static_cast<SymbolIdx>(target)).init = init;
    else
      w_.local(static_cast<graph::LocalIdx>(target)).init = init;
  }
}

}  // namespace cairn::indexer::syntax::python
