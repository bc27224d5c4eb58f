// Declarators: what the pointers, arrays and parameter lists wrapped around a name declare.
#include "base/hash.h"
#include "indexer/syntax/cfamily/names.h"

namespace cairn::indexer::syntax::cfamily {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_upper_name(std::string_view name) {
  for (const char c : name)
    if (c >= 'a' && c <= 'z') return false;
  return name.size() > 1;
}

/// First named child that is part of the declared name's structure.
NodeIdx inner_declarator(const SyntaxTree& t, NodeIdx n) {
  for (NodeIdx c = t.first_child(n); c != kNoNode; c = t.next_sibling(c)) {
    if (!t.is_named(c) || t.is_comment(c)) continue;
    switch (type_of(t, c)) {
      case N::type_qualifier_:
      case N::attribute_specifier_:
      case N::attribute_declaration_:
      case N::none:
        continue;
      default:
        return c;
    }
  }
  return kNoNode;
}

/// The last identifier of an ERROR child of `n`, or kNoNode.
NodeIdx stray_name(const SyntaxTree& t, NodeIdx n) {
  for (NodeIdx c = t.first_child(n); c != kNoNode; c = t.next_sibling(c)) {
    if ((t[c].flags & node_flag::kError) == 0) continue;
    NodeIdx found = kNoNode;
    for (NodeIdx k = t.first_child(c); k != kNoNode; k = t.next_sibling(k)) {
      const N kind = type_of(t, k);
      if (kind == N::identifier_ || kind == N::field_identifier_) found = k;
    }
    return found;
  }
  return kNoNode;
}

}  // namespace

Declarator Extractor::read_declarator(NodeIdx d) const {
  Declarator out;
  NodeIdx function = kNoNode;  // innermost parameter list with nothing but parentheses inside
  NodeIdx stray = d == kNoNode ? kNoNode : stray_name(t_, t_.parent(d));
  for (NodeIdx n = d; n != kNoNode;) {
    switch (type_of(t_, n)) {
      case N::init_declarator_:
        out.value = t_.child(n, Field::value_);
        n = t_.child(n, Field::declarator_);
        continue;
      case N::pointer_declarator_:
      case N::pointer_type_declarator_:
        if (stray == kNoNode) stray = stray_name(t_, n);
        out.pointer = true;
        out.function_type = out.function_type || function != kNoNode;
        function = kNoNode;
        n = t_.child(n, Field::declarator_);
        continue;
      case N::array_declarator_:
        ++out.arrays;
        out.function_type = out.function_type || function != kNoNode;
        function = kNoNode;
        n = t_.child(n, Field::declarator_);
        continue;
      case N::reference_declarator_:
        out.pointer = true;
        n = inner_declarator(t_, n);
        continue;
      case N::variadic_declarator_:
      case N::parenthesized_declarator_:
      case N::attributed_declarator_:
      case N::dependent_name_:
        n = inner_declarator(t_, n);
        continue;
      case N::function_declarator_:
        function = n;
        n = t_.child(n, Field::declarator_);
        continue;
      case N::qualified_identifier_:
      case N::template_function_:
      case N::template_method_:
      case N::template_type_:
        if (out.whole_name == kNoNode) out.whole_name = n;
        n = t_.child(n, Field::name_);
        continue;
      case N::operator_cast_:
        out.name = n;
        function = t_.child(n, Field::declarator_);
        break;
      case N::structured_binding_declarator_:
        out.binding = n;
        break;
      case N::identifier_:
      case N::field_identifier_:
      case N::type_identifier_:
      case N::operator_name_:
      case N::destructor_name_:
      case N::primitive_type_:
        out.name = n;
        break;
      default:
        break;
    }
    break;
  }
  if (out.name != kNoNode && (t_[out.name].flags & node_flag::kMissing) != 0) out.name = kNoNode;
  if (out.whole_name == kNoNode) out.whole_name = out.name;
  if (function != kNoNode && stray != kNoNode && out.name != kNoNode &&
      is_upper_name(t_.text(out.name))) {
    // `T* x MACRO(y);`: the grammar takes the macro for the name.
    out.annotation = out.name;
    out.name = out.whole_name = stray;
    function = kNoNode;
  }
  out.function = function;
  return out;
}

Specifiers Extractor::read_specifiers(NodeIdx declaration) const {
  Specifiers out;
  for (NodeIdx c = t_.first_child(declaration); c != kNoNode; c = t_.next_sibling(c)) {
    switch (type_of(t_, c)) {
      case N::storage_class_specifier_: {
        const std::string_view text = t_.text(c);
        out.is_static = out.is_static || text == "static";
        out.is_extern = out.is_extern || text == "extern";
        out.is_inline = out.is_inline || text == "inline";
        break;
      }
      case N::type_qualifier_: {
        const std::string_view text = t_.text(c);
        out.is_const = out.is_const || text == "const";
        out.is_constexpr = out.is_constexpr || text == "constexpr";
        break;
      }
      case N::kw_virtual:
        out.is_virtual = true;
        break;
      case N::attribute_specifier_:
      case N::attribute_declaration_:
        out.is_deprecated =
            out.is_deprecated || t_.text(c).find("deprecated") != std::string_view::npos;
        break;
      default:
        break;
    }
    if (t_[c].field == Field::declarator_ || t_[c].field == Field::body_) break;
  }
  return out;
}

bool Extractor::looks_like_construction(NodeIdx function) const {
  // `Foo x(a, b);` in a function: bare names only, so arguments rather than parameter types.
  const NodeIdx parameters = t_.child(function, Field::parameters_);
  if (parameters == kNoNode) return false;
  bool any = false;
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) != N::parameter_declaration_ || t_.named_child_count(c) != 1) return false;
    const NodeIdx type = t_.named_child(c, 0);
    const N kind = type_of(t_, type);
    if (kind != N::type_identifier_ && kind != N::qualified_identifier_) return false;
    any = true;
  }
  return any;
}

std::string Extractor::qualifier_text(NodeIdx whole_name) const {
  std::string out;
  for (NodeIdx n = whole_name; at(n, id(N::qualified_identifier_)); n = t_.child(n, Field::name_)) {
    NodeIdx scope = t_.child(n, Field::scope_);
    if (at(scope, id(N::template_type_))) scope = t_.child(scope, Field::name_);
    if (scope == kNoNode) continue;
    if (!out.empty()) out += "::";
    out += t_.text(scope);
  }
  return out;
}

std::uint32_t Extractor::parameters_hash(NodeIdx function) const {
  // Types as written, without names, defaults, white space and comments; then const and & of the
  // function itself. `(void)` is `()`.
  std::string text;
  const auto append = [&](std::uint32_t begin, std::uint32_t end) {
    bool gap = false;
    for (std::uint32_t i = begin; i < end; ++i) {
      const char c = t_.source[i];
      if (is_space(c)) {
        gap = true;
        continue;
      }
      if (gap && !text.empty() && is_word(text.back()) && is_word(c)) text += ' ';
      gap = false;
      text += c;
    }
  };
  const NodeIdx parameters = t_.child(function, Field::parameters_);
  if (parameters == kNoNode) return 0;
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const Declarator d = read_declarator(t_.child(c, Field::declarator_));
    const NodeIdx value = t_.child(c, Field::default_value_);
    const std::uint32_t end = value == kNoNode ? t_[c].end : t_[value].begin;
    if (d.name == kNoNode) {
      append(t_[c].begin, end);
    } else {
      append(t_[c].begin, t_[d.name].begin);
      append(t_[d.name].end, end);
    }
    if (value != kNoNode && text.ends_with('=')) text.pop_back();
    text += ',';
  }
  if (text == "void,") text.clear();
  for (NodeIdx c = t_.next_sibling(parameters); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::type_qualifier_) text += t_.text(c);
  return static_cast<std::uint32_t>(hash64(text));
}

void Extractor::skip_name(const Declarator& d) {
  w_.skip(d.name);
  // The qualifiers of an out-of-line member are references to its type.
  for (NodeIdx n = d.whole_name; at(n, id(N::qualified_identifier_));
       n = t_.child(n, Field::name_)) {
    const NodeIdx scope = t_.child(n, Field::scope_);
    if (scope != kNoNode) w_.role(scope, RefRole::kType);
  }
}

void Extractor::count_arguments(SymbolIdx function, NodeIdx declarator) {
  const NodeIdx parameters = t_.child(declarator, Field::parameters_);
  if (parameters == kNoNode) return;
  unsigned required = 0;
  unsigned all = 0;
  const std::string_view text = t_.text(parameters);
  bool variadic = text.ends_with("...)");
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    switch (type_of(t_, c)) {
      case N::parameter_declaration_:
        if (t_.text(c) == "void") continue;
        ++required;
        break;
      case N::identifier_:
        ++required;
        break;
      case N::optional_parameter_declaration_:
        break;
      case N::variadic_parameter_declaration_:
        variadic = true;
        break;
      default:
        continue;
    }
    ++all;
  }
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = static_cast<std::uint16_t>(all);
  f.min_args = static_cast<std::uint8_t>(required > 254 ? 254 : required);
  // C: an empty list says nothing about the arguments of a prototype.
  const bool unknown = !cpp_ && text == "()" && (f.flags & symbol_flag::kDeclaration) != 0;
  f.max_args = variadic || unknown ? 255 : static_cast<std::uint8_t>(all > 254 ? 254 : all);
}

void Extractor::declare_parameters(NodeIdx declarator, ScopeIdx scope) {
  const NodeIdx parameters = t_.child(declarator, Field::parameters_);
  if (parameters == kNoNode) return;
  unsigned position = 0;
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const N kind = type_of(t_, c);
    NodeIdx name = kNoNode;
    if (kind == N::identifier_) {
      name = c;
    } else if (kind == N::parameter_declaration_ || kind == N::optional_parameter_declaration_ ||
               kind == N::variadic_parameter_declaration_) {
      name = read_declarator(t_.child(c, Field::declarator_)).name;
    } else {
      continue;
    }
    if (name != kNoNode) {
      // `list *list`: the type stands before the name hides it.
      const auto local = w_.define_local(SymbolKind::kParameter, name, scope, t_[name].begin);
      w_.local(local).position = static_cast<std::uint8_t>(position > 254 ? 255 : position);
      declared_[name] = local;
      w_.skip(name);
    }
    ++position;
  }
}

ExprIdx Extractor::declared_type(ExprIdx type, const Declarator& d) {
  if (d.function_type) return kNone;
  for (std::uint8_t i = 0; i < d.arrays && type != kNone; ++i)
    type = w_.add_expr(ExprKind::kArray, {}, type);
  return type;
}

}  // namespace cairn::indexer::syntax::cfamily
