#include "indexer/syntax/outline.h"

#include <vector>

namespace cairn::indexer::syntax {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;

std::uint8_t Outline::argument_count(NodeIdx list) const {
  if (list == kNoNode) return 0;
  const unsigned count = t_.named_child_count(list);
  return static_cast<std::uint8_t>(count < 255 ? count : 255);
}

void Outline::leave_name(NodeIdx n, graph::RefRole otherwise, bool is_type) {
  if (!is_present(n) || w_.skipped(n)) return;
  w_.set_expr(n, w_.add_name(t_.text(n), is_type));
  w_.add_ref(n, w_.role_of(n, otherwise), kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Outline::leave_member(NodeIdx n, NodeIdx object, NodeIdx name, graph::RefRole otherwise) {
  if (!is_present(name)) return;
  const ExprIdx base = w_.expr(object);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  w_.add_ref(name, w_.role_of(n, otherwise), base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | graph::ref_flag::kHasReceiver));
}

void Outline::leave_call(NodeIdx n, NodeIdx callee) {
  if (const ExprIdx e = w_.expr(callee); e != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, e));
}

void Outline::leave_generic(NodeIdx n, NodeIdx base, NodeIdx arguments) {
  const ExprIdx type = w_.expr(base);
  w_.set_expr(n, type);
  if (type == kNone || arguments == kNoNode) return;
  std::vector<ExprIdx> items;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    items.push_back(w_.expr(c));
  if (const ExprIdx list = w_.add_list(items); list != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kGeneric, {}, type, list));
}

graph::SymbolIdx Outline::define_value(graph::SymbolKind kind, NodeIdx name, NodeIdx definition,
                                       graph::Visibility visibility, std::uint32_t flags) {
  NewSymbol s;
  s.kind = kind;
  s.name = name;
  s.definition = definition;
  s.visibility = visibility;
  s.flags = flags;
  w_.skip(name);
  return w_.define(s);
}

bool has_word(std::string_view text, std::string_view word) {
  const auto is_word = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return true;
  }
  return false;
}

std::string_view unquoted(std::string_view text) {
  while (text.size() >= 2 && text.front() == text.back() &&
         (text.front() == '"' || text.front() == '\''))
    text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace cairn::indexer::syntax
