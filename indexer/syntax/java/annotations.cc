// What modifiers and annotations say about a Java declaration: visibility, flags, tests, routes.
#include <algorithm>
#include <array>

#include "indexer/syntax/java/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/java/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::java {

using graph::kNone;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace symbol_flag = graph::symbol_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

bool is_annotation(N kind) { return kind == N::marker_annotation_ || kind == N::annotation_; }

/// The last part of an annotation's name.
std::string_view annotation_name(const SyntaxTree& t, NodeIdx annotation) {
  const NodeIdx name = t.child(annotation, Field::name_);
  if (name == kNoNode) return {};
  const std::string_view text = t.text(name);
  const std::size_t dot = text.rfind('.');
  return dot == std::string_view::npos ? text : text.substr(dot + 1);
}

bool is_test_annotation(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "Test",   "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate",
      "Theory", "Property"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

struct Mapping {
  std::string_view annotation;
  std::string_view verb;
};
constexpr std::array<Mapping, 6> kMappings = {{{"GetMapping", "GET"},
                                               {"PostMapping", "POST"},
                                               {"PutMapping", "PUT"},
                                               {"DeleteMapping", "DELETE"},
                                               {"PatchMapping", "PATCH"},
                                               {"RequestMapping", ""}}};

}  // namespace

Extractor::Modifiers Extractor::read_modifiers(NodeIdx declaration) const {
  Modifiers m;
  m.signature_begin = t_[declaration].begin;
  m.node = t_.child_of_type(declaration, raw(N::modifiers_));
  if (m.node == kNoNode) return m;
  m.flags = annotation_flags(m.node);
  bool keyword_seen = false;
  for (NodeIdx c = t_.first_child(m.node); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (is_annotation(kind) || t_.is_comment(c)) continue;
    if (!keyword_seen) m.signature_begin = t_[c].begin;
    keyword_seen = true;
    switch (kind) {
      case N::kw_public:
        m.visibility = Visibility::kPublic;
        break;
      case N::kw_protected:
        m.visibility = Visibility::kProtected;
        break;
      case N::kw_private:
        m.visibility = Visibility::kPrivate;
        break;
      case N::kw_abstract:
        m.flags |= symbol_flag::kAbstract;
        break;
      case N::kw_static:
        m.flags |= symbol_flag::kStatic;
        break;
      case N::kw_final:
        m.flags |= symbol_flag::kFinal;
        break;
      case N::kw_default:
        m.is_default = true;
        break;
      default:
        break;
    }
  }
  if (!keyword_seen) m.signature_begin = t_[m.node].end;
  return m;
}

std::uint32_t Extractor::annotation_flags(NodeIdx modifiers) const {
  std::uint32_t flags = 0;
  if (modifiers == kNoNode) return flags;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is_annotation(type_of(t_, c))) continue;
    flags |= symbol_flag::kDecorated;
    const std::string_view name = annotation_name(t_, c);
    if (name == "Override") flags |= symbol_flag::kOverride;
    if (name == "Deprecated") flags |= symbol_flag::kDeprecated;
    if (name == "Generated") flags |= symbol_flag::kGenerated;
    const NodeIdx declaration = t_.parent(modifiers);
    if (is_test_annotation(name) && type_of(t_, declaration) == N::method_declaration_)
      flags |= symbol_flag::kTest;
  }
  return flags;
}

std::vector<std::string_view> Extractor::annotation_paths(NodeIdx annotation) const {
  std::vector<std::string_view> out;
  const NodeIdx arguments = t_.child(annotation, Field::arguments_);
  if (arguments == kNoNode) return {std::string_view()};
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    NodeIdx value = c;
    if (type_of(t_, c) == N::element_value_pair_) {
      const NodeIdx key = t_.child(c, Field::key_);
      if (key == kNoNode || (t_.text(key) != "value" && t_.text(key) != "path")) continue;
      value = t_.child(c, Field::value_);
    }
    if (value == kNoNode) continue;
    const auto add = [&](NodeIdx literal) {
      if (type_of(t_, literal) != N::string_literal_) return;
      const NodeIdx text = t_.child_of_type(literal, raw(N::string_fragment_));
      out.push_back(text == kNoNode ? std::string_view() : t_.text(text));
    };
    add(value);
    if (type_of(t_, value) == N::element_value_array_initializer_)
      for (NodeIdx k = t_.first_child(value); k != kNoNode; k = t_.next_sibling(k)) add(k);
  }
  if (out.empty()) out.push_back({});
  return out;
}

std::string_view Extractor::annotation_verb(NodeIdx annotation) const {
  // method = RequestMethod.POST, or a list of them, of which the first names the route.
  const NodeIdx arguments = t_.child(annotation, Field::arguments_);
  if (arguments == kNoNode) return "ANY";
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::element_value_pair_) continue;
    const NodeIdx key = t_.child(c, Field::key_);
    const NodeIdx value = t_.child(c, Field::value_);
    if (key == kNoNode || value == kNoNode || t_.text(key) != "method") continue;
    NodeIdx last = value;
    if (type_of(t_, value) == N::element_value_array_initializer_) last = t_.named_child(value, 0);
    if (last == kNoNode) continue;
    const std::string_view text = t_.text(last);
    const std::size_t dot = text.rfind('.');
    return dot == std::string_view::npos ? text : text.substr(dot + 1);
  }
  return "ANY";
}

void Extractor::note_route_prefix(NodeIdx modifiers, SymbolIdx type) {
  if (modifiers == kNoNode) return;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::annotation_) continue;
    const std::string_view name = annotation_name(t_, c);
    if (name != "RequestMapping" && name != "Path") continue;
    route_prefixes_[type] = std::string(annotation_paths(c).front());
  }
}

void Extractor::define_routes(NodeIdx modifiers, NodeIdx name) {
  if (modifiers == kNoNode) return;
  std::string_view jax_verb;
  std::string_view jax_path;
  NodeIdx jax = kNoNode;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is_annotation(type_of(t_, c))) continue;
    const std::string_view annotation = annotation_name(t_, c);
    for (const Mapping& mapping : kMappings) {
      if (mapping.annotation != annotation) continue;
      const std::string_view verb = mapping.verb.empty() ? annotation_verb(c) : mapping.verb;
      for (const std::string_view path : annotation_paths(c)) define_route(c, verb, path, name);
    }
    static constexpr std::array<std::string_view, 6> kVerbs = {"GET",    "POST",  "PUT",
                                                               "DELETE", "PATCH", "HEAD"};
    if (std::find(kVerbs.begin(), kVerbs.end(), annotation) != kVerbs.end()) {
      jax_verb = annotation;
      jax = c;
    }
    if (annotation == "Path") jax_path = annotation_paths(c).front();
  }
  if (jax != kNoNode) define_route(jax, jax_verb, jax_path, name);
}

void Extractor::define_route(NodeIdx annotation, std::string_view verb, std::string_view path,
                             NodeIdx name) {
  std::string text(verb);
  text += ' ';
  std::string whole;
  const auto append = [&](std::string_view part) {
    while (part.ends_with('/')) part.remove_suffix(1);
    if (part.empty()) return;
    if (!part.starts_with('/')) whole += '/';
    whole += part;
  };
  if (const auto prefix = route_prefixes_.find(w_.current_symbol());
      prefix != route_prefixes_.end())
    append(prefix->second);
  append(path);
  text += whole.empty() ? "/" : whole;
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = text;
  s.definition = annotation;
  s.visibility = Visibility::kPublic;
  const SymbolIdx route = w_.define(s);
  graph::Ref& ref = w_.add_ref(name, graph::RefRole::kValue);
  ref.owner = route;
  ref.flags |= graph::ref_flag::kImplicit;
}

}  // namespace cairn::indexer::syntax::java
