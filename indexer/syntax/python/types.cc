// Annotations: subscripts, unions and quoted types.
#include <algorithm>
#include <string>

#include "indexer/syntax/python/extractor.h"
#include "indexer/syntax/python/nodes.h"

namespace cairn::indexer::syntax::python {
namespace {

/// Quoted types nest no deeper than this; what is deeper is left unknown.
constexpr int kMaxQuotedDepth = 8;

bool starts_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

bool is_last_part(std::string_view dotted, std::string_view name) {
  if (!dotted.ends_with(name)) return false;
  return dotted.size() == name.size() || dotted[dotted.size() - name.size() - 1] == '.';
}

}  // namespace

void Extractor::leave_subscript(NodeIdx n) {
  const NodeIdx value =
      t_.child(n, Field::value_) != kNoNode ? t_.child(n, Field::value_) : t_.named_child(n, 0);
  const ExprIdx base = w_.expr(value);
  if (base == kNone) return;
  const bool generic = in_type() || w_.role_of(n) == RefRole::kInherit;
  if (!generic) {
    w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, base));
    return;
  }
  std::vector<ExprIdx> arguments;
  for (NodeIdx c = t_.next_sibling(value); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c)) continue;
    if (type_of(t_, c) == N::type_parameter_) {
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
        if (t_.is_named(k)) arguments.push_back(w_.expr(k));
    } else {
      arguments.push_back(w_.expr(c));
    }
  }
  w_.set_expr(n, generic_type(t_.text(value), base, std::move(arguments)));
}

/// `name[arguments]` as a type; wrappers that say nothing of the type fall away.
ExprIdx Extractor::generic_type(std::string_view name, ExprIdx base,
                                std::vector<ExprIdx> arguments) {
  if (is_last_part(name, "Literal")) return kNone;  // a string, a number: its values say which
  const bool optional = name == "Optional" || name.ends_with(".Optional");
  if ((optional || name == "Annotated" || name == "ClassVar" || name == "Final" ||
       name == "Required" || name == "NotRequired") &&
      !arguments.empty()) {
    return arguments[0];
  }
  if (name == "Union" || name.ends_with(".Union")) {
    return w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(arguments));
  }
  if ((name == "type" || name == "Type" || name.ends_with(".Type")) && arguments.size() == 1) {
    return w_.add_expr(ExprKind::kTypeOf, {}, arguments[0]);
  }
  if ((name == "tuple" || name == "Tuple" || name.ends_with(".Tuple")) && arguments.size() > 1) {
    // Items of one type only in `tuple[T, ...]`.
    if (arguments.size() != 2 || arguments[1] != kNone) return base;
    arguments.resize(1);
  }
  if (name.ends_with("Generator")) arguments.resize(std::min<std::size_t>(1, arguments.size()));
  const ExprIdx list = w_.add_list(arguments);
  return list == kNone ? base : w_.add_expr(ExprKind::kGeneric, {}, base, list);
}

void Extractor::leave_union(NodeIdx n, ExprIdx left, ExprIdx right) {
  if (!in_type()) return;  // arithmetic: its type is not known from syntax
  if (left == kNone || is_none(left)) return w_.set_expr(n, right);
  if (right == kNone || is_none(right)) return w_.set_expr(n, left);
  w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({left, right})));
}

/// Whether a string in an annotation is a type: not a Literal's value, nor what stands beside the
/// type in Annotated, nor an argument of a call.
bool Extractor::is_quoted_type(NodeIdx n) const {
  NodeIdx child = n;
  for (NodeIdx p = t_.parent(n); p != kNoNode; child = p, p = t_.parent(p)) {
    const N kind = type_of(t_, p);
    if (kind == N::type_parameter_ || kind == N::subscript_) {
      const NodeIdx whole = kind == N::subscript_ ? p : t_.parent(p);
      const NodeIdx base = whole == kNoNode ? kNoNode : t_.named_child(whole, 0);
      if (base == kNoNode) return false;
      const std::string_view name = t_.text(base);
      if (is_last_part(name, "Literal")) return false;
      const NodeIdx first = t_.named_child(p, kind == N::subscript_ ? 1 : 0);
      if (is_last_part(name, "Annotated") && first != child) return false;
    } else if (kind == N::argument_list_) {
      return false;
    } else if (kind != N::type_ && kind != N::generic_type_ && kind != N::binary_operator_ &&
               kind != N::union_type_ && kind != N::list_) {
      return kind != N::keyword_argument_;
    }
  }
  return true;
}

void Extractor::leave_string(NodeIdx n) {
  if (!in_type()) return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "str"));
  const NodeIdx content = t_.child_of_type(n, static_cast<std::uint16_t>(N::string_content_));
  if (content == kNoNode || !is_quoted_type(n)) return;
  if (t_.text(content).find('\n') != std::string_view::npos) return;
  std::size_t at = 0;
  w_.set_expr(n, quoted_type(content, at, 0));
}

/// One union of types in the text, from `at` to what cannot continue it.
ExprIdx Extractor::quoted_type(NodeIdx content, std::size_t& at, int depth) {
  const std::string_view text = t_.text(content);
  const auto skip_spaces = [&] {
    while (at < text.size() && text[at] == ' ') ++at;
  };
  std::vector<ExprIdx> items;
  for (;;) {
    skip_spaces();
    if (at < text.size() && starts_name(text[at])) {
      const ExprIdx one = quoted_name(content, at, depth);
      if (one != kNone && !is_none(one)) items.push_back(one);
    } else if (at < text.size() && text[at] == '[') {
      (void)quoted_arguments(content, at, depth);  // parameters of a Callable
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != ']' && text[at] != '|') ++at;
    }
    skip_spaces();
    if (at >= text.size() || text[at] != '|') break;
    ++at;
  }
  if (items.empty()) return kNone;
  if (items.size() == 1) return items.front();
  return w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(items));
}

/// A dotted name with its references, and its arguments.
ExprIdx Extractor::quoted_name(NodeIdx content, std::size_t& at, int depth) {
  const std::string_view text = t_.text(content);
  const std::size_t begin = at;
  ExprIdx e = kNone;
  for (bool first = true;; first = false) {
    const std::size_t from = at;
    while (at < text.size() && continues_name(text[at])) ++at;
    const std::string_view name = text.substr(from, at - from);
    if (first && name == "None") return w_.add_expr(ExprKind::kBuiltin, "None");
    graph::Ref& ref = w_.add_ref(content, RefRole::kType, e, 255,
                                 static_cast<std::uint8_t>(first ? 0 : ref_flag::kHasReceiver));
    ref.begin.column += static_cast<std::uint32_t>(from);
    ref.length = static_cast<std::uint32_t>(name.size());
    ref.name = w_.intern(name);
    ref.flags |= w_.hint(content).flags;
    e = first ? w_.add_name(name, true) : w_.add_expr(ExprKind::kMember, name, e);
    if (at + 1 >= text.size() || text[at] != '.' || !starts_name(text[at + 1])) break;
    ++at;
  }
  const std::string_view whole = text.substr(begin, at - begin);
  if (is_last_part(whole, "Any")) return kNone;
  if (at >= text.size() || text[at] != '[') return e;
  if (is_last_part(whole, "Literal")) {
    at = text.size();
    return kNone;
  }
  return generic_type(whole, e, quoted_arguments(content, at, depth));
}

/// What stands in brackets, which `at` is moved behind.
std::vector<ExprIdx> Extractor::quoted_arguments(NodeIdx content, std::size_t& at, int depth) {
  const std::string_view text = t_.text(content);
  std::vector<ExprIdx> arguments;
  if (depth >= kMaxQuotedDepth) {
    at = text.size();
    return arguments;
  }
  ++at;
  while (at < text.size() && text[at] != ']') {
    arguments.push_back(quoted_type(content, at, depth + 1));
    while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
    if (at < text.size() && text[at] == '|') break;
  }
  if (at < text.size()) ++at;
  return arguments;
}

}  // namespace cairn::indexer::syntax::python
