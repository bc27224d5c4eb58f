#include "indexer/syntax/java/extractor.h"

#include <algorithm>

#include "base/hash.h"
#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

#define CAIRN_NODE_TABLE "indexer/syntax/java/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_java(void);

namespace cairn::indexer::syntax {
namespace java {

using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

SymbolKind type_kind(N n) {
  switch (n) {
    case N::interface_declaration_:
    case N::annotation_type_declaration_:
      return SymbolKind::kInterface;
    case N::enum_declaration_:
      return SymbolKind::kEnum;
    case N::record_declaration_:
      return SymbolKind::kStruct;
    default:
      return SymbolKind::kClass;
  }
}

bool is_test_package(std::string_view module) {
  return module.starts_with("org.junit") || module.starts_with("junit.framework") ||
         module.starts_with("org.testng");
}

}  // namespace

void Extractor::enter(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::package_declaration_:
      return enter_package(n);
    case N::import_declaration_:
      return enter_import(n);
    case N::class_declaration_:
    case N::interface_declaration_:
    case N::enum_declaration_:
    case N::record_declaration_:
    case N::annotation_type_declaration_:
      return enter_type_declaration(n);
    case N::class_body_:
      return enter_class_body(n);
    case N::enum_constant_:
      return enter_enum_constant(n);
    case N::method_declaration_:
    case N::constructor_declaration_:
    case N::compact_constructor_declaration_:
    case N::annotation_type_element_declaration_:
      return enter_callable(n);
    case N::static_initializer_:
      return enter_initializer(n, true);
    case N::block_: {
      const NodeIdx parent = t_.parent(n);
      const N around = parent == kNoNode ? N::none : type_of(t_, parent);
      if (around == N::class_body_ || around == N::enum_body_declarations_)
        return enter_initializer(n, false);
      if (around != N::method_declaration_ && around != N::static_initializer_)
        w_.open_scope(ScopeKind::kBlock, n);
      return;
    }
    case N::field_declaration_:
    case N::constant_declaration_:
      return enter_fields(n);
    case N::local_variable_declaration_:
      return enter_locals(n);
    case N::lambda_expression_:
      return enter_lambda(n);
    case N::for_statement_:
    case N::try_with_resources_statement_:
    case N::switch_block_:
    case N::switch_rule_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    default:
      if (!enter_pattern(n) && !enter_expression(n)) enter_hinted(n);
  }
}

bool Extractor::enter_pattern(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::enhanced_for_statement_:
      w_.open_scope(ScopeKind::kBlock, n);
      skip_var(t_.child(n, Field::type_));
      define_variable(t_.child(n, Field::name_), n, SymbolKind::kLocal);
      return true;
    case N::catch_clause_:
      w_.open_scope(ScopeKind::kBlock, n);
      return true;
    case N::catch_formal_parameter_:
      define_variable(t_.child(n, Field::name_), n, SymbolKind::kLocal);
      return true;
    case N::resource_:
      skip_var(t_.child(n, Field::type_));
      define_variable(t_.child(n, Field::name_), n, SymbolKind::kLocal);
      return true;
    case N::instanceof_expression_:
      define_variable(t_.child(n, Field::name_), n, SymbolKind::kLocal);
      return true;
    case N::type_pattern_:
    case N::record_pattern_component_:
      skip_var(t_.named_child(n, 0));
      define_variable(t_.named_child(n, 1), n, SymbolKind::kLocal);
      return true;
    case N::record_pattern_:
      if (const NodeIdx type = t_.named_child(n, 0); type != kNoNode) w_.role(type, RefRole::kType);
      return true;
    default:
      return false;
  }
}

bool Extractor::enter_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::method_invocation_:
      enter_call(n);
      return true;
    case N::object_creation_expression_:
      enter_creation(n);
      return true;
    case N::method_reference_:
      enter_method_reference(n);
      return true;
    case N::field_access_:
      w_.skip(t_.child(n, Field::field_));
      return true;
    case N::assignment_expression_:
      w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::update_expression_:
      w_.role(t_.named_child(n, 0), RefRole::kWrite);
      return true;
    case N::parenthesized_expression_:
      if (w_.hint(n).action == Hint::Action::kRole && t_.named_child(n, 0) != kNoNode)
        w_.pass_hint(n, t_.named_child(n, 0));
      return true;
    case N::class_literal_:
      w_.role(t_.named_child(n, 0), RefRole::kRead);
      return true;
    default:
      return false;
  }
}

void Extractor::enter_hinted(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::type_parameters_:
    case N::superclass_:
    case N::super_interfaces_:
    case N::extends_interfaces_:
    case N::permits_:
    case N::modifiers_: {
      // Evaluated around the body: members of the type, and parameters, are not in scope there.
      const NodeIdx parent = t_.parent(n);
      if (parent == kNoNode || t_[parent].type == 0) return;
      const SymbolIdx symbol = w_.current_symbol();
      const graph::ScopeIdx scope = w_.current_scope();
      if (symbol != 0 && w_.symbol(symbol).scope == scope && w_.scope(scope).parent != kNone &&
          (w_.scope(scope).kind == ScopeKind::kType || type_of(t_, n) == N::modifiers_))
        w_.reopen_scope(w_.scope(scope).parent, n);
      if (type_of(t_, n) == N::superclass_ && t_.named_child(n, 0) != kNoNode)
        w_.role(t_.named_child(n, 0), RefRole::kInherit);
      return;
    }
    case N::type_list_: {
      const N parent = type_of(t_, t_.parent(n));
      if (parent != N::super_interfaces_ && parent != N::extends_interfaces_) return;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kInherit, 255, ref_flag::kImplementsClause);
      return;
    }
    case N::generic_type_:
    case N::array_type_:
    case N::annotated_type_:
    case N::scoped_type_identifier_:
    case N::wildcard_:
    case N::catch_type_:
      return pass_type_hint(n);
    case N::type_arguments_: {
      const std::uint8_t flags = static_cast<std::uint8_t>(
          ref_flag::kTypeArgument | (w_.hint(n).flags & ref_flag::kReturnType));
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, flags);
      return;
    }
    case N::throws_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, ref_flag::kThrown);
      return;
    case N::throw_statement_:
      if (const NodeIdx what = t_.named_child(n, 0);
          what != kNoNode && type_of(t_, what) == N::object_creation_expression_)
        w_.role(what, RefRole::kNew, 255, ref_flag::kThrown);
      return;
    default:
      return enter_names(n);
  }
}

void Extractor::enter_names(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::labeled_statement_:
    case N::break_statement_:
    case N::continue_statement_:
      if (const NodeIdx label = t_.named_child(n, 0);
          label != kNoNode && type_of(t_, label) == N::identifier_)
        w_.skip(label);
      return;
    case N::marker_annotation_:
    case N::annotation_:
      return w_.role(t_.child(n, Field::name_), RefRole::kDecorate,
                     argument_count(t_.child(n, Field::arguments_)));
    case N::element_value_pair_:
      return w_.skip(t_.child(n, Field::key_));
    case N::scoped_identifier_:
      w_.skip(t_.child(n, Field::name_));
      return;
    case N::receiver_parameter_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type_of(t_, c) == N::identifier_) w_.skip(c);
      return;
    case N::module_declaration_:
      return skip_tree(t_.child(n, Field::name_));
    case N::requires_module_directive_:
    case N::exports_module_directive_:
    case N::opens_module_directive_:
      return skip_tree(n);
    case N::uses_module_directive_:
    case N::provides_module_directive_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType);
      return;
    default:
      return;
  }
}

void Extractor::pass_type_hint(NodeIdx n) {
  if (w_.hint(n).action != Hint::Action::kRole) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind == N::marker_annotation_ || kind == N::annotation_ || kind == N::dimensions_) continue;
    w_.pass_hint(n, c);
  }
  if (type_of(t_, n) != N::scoped_type_identifier_) return;
  // Only the last part has the role; the parts before it are types it is found in.
  const NodeIdx qualifier = t_.named_child(n, 0);
  if (qualifier != kNoNode && t_.named_child_count(n) > 1)
    w_.role(qualifier, RefRole::kType, 255,
            static_cast<std::uint8_t>(w_.hint(n).flags & ref_flag::kTypeArgument));
}

void Extractor::skip_tree(NodeIdx n) {
  if (n == kNoNode) return;
  for (NodeIdx i = n; i < t_[n].next; ++i) w_.skip(i);
}

void Extractor::skip_var(NodeIdx type) {
  if (type != kNoNode && type_of(t_, type) == N::type_identifier_ && t_.text(type) == "var")
    w_.skip(type);
}

void Extractor::enter_package(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind != N::identifier_ && kind != N::scoped_identifier_) continue;
    w_.facts.face.package = w_.intern(w_.normalised(t_[c].begin, t_[c].end));
    skip_tree(c);
  }
}

void Extractor::enter_import(NodeIdx n) {
  NodeIdx name = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind == N::identifier_ || kind == N::scoped_identifier_) name = c;
  }
  if (name == kNoNode) return;
  skip_tree(name);
  graph::Import import;
  import.is_static = t_.child_of_type(n, raw(N::kw_static)) != kNoNode;
  import.range = t_.range(name);
  NodeIdx qualifier = name;
  if (t_.child_of_type(n, raw(N::asterisk_)) != kNoNode) {
    import.kind = graph::ImportKind::kWildcard;
  } else {
    import.kind = graph::ImportKind::kName;
    const bool dotted = type_of(t_, name) == N::scoped_identifier_;
    const NodeIdx last = dotted ? t_.child(name, Field::name_) : name;
    qualifier = dotted ? t_.child(name, Field::scope_) : kNoNode;
    if (last == kNoNode) return;
    import.name = w_.intern_node(last);
    import.alias = import.name;
    import.range = t_.range(last);
    name = last;
  }
  if (qualifier != kNoNode)
    import.module = w_.intern(w_.normalised(t_[qualifier].begin, t_[qualifier].end));
  if (is_test_package(w_.str(import.module))) w_.facts.face.is_test = true;
  const auto index = w_.add_import(import);
  if (import.kind == graph::ImportKind::kName) {
    graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  }
  if (qualifier != kNoNode) refer_to_import_types(qualifier, import.is_static);
}

void Extractor::refer_to_import_types(NodeIdx qualifier, bool is_static) {
  // Parts that name types: the last one of a static import, and by convention capitalised ones.
  graph::ExprIdx path = kNone;
  for (NodeIdx i = qualifier; i < t_[qualifier].next; ++i) {
    if (type_of(t_, i) != N::identifier_) continue;
    const std::string_view text = t_.text(i);
    const bool last = t_[i].end == t_[qualifier].end;
    if (path != kNone && ((last && is_static) || (text[0] >= 'A' && text[0] <= 'Z')))
      w_.add_ref(i, RefRole::kImport, path, 255, ref_flag::kHasReceiver | ref_flag::kTypeSide);
    path = path == kNone ? w_.add_name(text, true) : w_.add_expr(ExprKind::kMember, text, path);
  }
}

std::string Extractor::anonymous_name() {
  return "<anonymous" + std::to_string(++anonymous_counts_[w_.current_symbol()]) + ">";
}

std::string Extractor::signature_of(const Modifiers& m, NodeIdx n, NodeIdx body) const {
  std::string out = w_.normalised(m.signature_begin, body != kNoNode ? t_[body].begin : t_[n].end);
  while (!out.empty() && (out.back() == ';' || out.back() == ' ')) out.pop_back();
  return out;
}

bool Extractor::in_interface() const {
  const SymbolIdx type = w_.current_symbol();
  return w_.facts.face.symbols[type].kind == SymbolKind::kInterface;
}

void Extractor::open_type(SymbolIdx symbol, NodeIdx n, NodeIdx type_parameters) {
  if (type_parameters != kNoNode) {
    w_.open_scope(ScopeKind::kBlock, n);
    enter_type_parameters(type_parameters, symbol);
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_type_parameters(NodeIdx list, SymbolIdx owner) {
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::type_parameter_) continue;
    const NodeIdx name = t_.child_of_type(c, raw(N::type_identifier_));
    if (name == kNoNode) continue;
    const auto local = w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
    w_.local(local).owner = owner;
    locals_[c] = local;
    w_.skip(name);
  }
}

void Extractor::enter_type_declaration(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const N node_kind = type_of(t_, n);
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = type_kind(node_kind);
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  const bool member = w_.scope(w_.current_scope()).kind == ScopeKind::kType;
  s.visibility = w_.in_function()           ? Visibility::kPrivate
                 : member && in_interface() ? Visibility::kPublic
                                            : m.visibility;
  s.flags = m.flags;
  if (s.kind == SymbolKind::kStruct || s.kind == SymbolKind::kEnum) s.flags |= symbol_flag::kFinal;
  if (s.kind == SymbolKind::kInterface) s.flags |= symbol_flag::kAbstract;
  if (member && (s.kind != SymbolKind::kClass || in_interface())) s.flags |= symbol_flag::kStatic;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  note_route_prefix(m.node, symbol);
  const NodeIdx type_parameters = t_.child_of_type(n, raw(N::type_parameters_));
  open_type(symbol, n, type_parameters);
  if (s.kind == SymbolKind::kStruct) define_components(t_.child(n, Field::parameters_));
}

void Extractor::define_components(NodeIdx parameters) {
  if (parameters == kNoNode) return;
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    NodeIdx name = t_.child(c, Field::name_);
    if (type_of(t_, c) == N::spread_parameter_) {
      const NodeIdx declarator = t_.child_of_type(c, raw(N::variable_declarator_));
      name = declarator == kNoNode ? kNoNode : t_.child(declarator, Field::name_);
    }
    if (name == kNoNode) continue;
    NewSymbol s;
    s.kind = SymbolKind::kField;
    s.name = name;
    s.definition = c;
    // Its accessor is public and has the same name.
    s.visibility = Visibility::kPublic;
    s.flags = symbol_flag::kFinal;
    fields_[c] = w_.define(s);
    w_.skip(name);
  }
}

void Extractor::enter_class_body(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode) return;
  const N around = type_of(t_, parent);
  if (around != N::object_creation_expression_ && around != N::enum_constant_) return;
  NewSymbol s;
  s.kind = SymbolKind::kClass;
  const std::string name = anonymous_name();
  s.name_text = name;
  s.definition = n;
  s.body = n;
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous | symbol_flag::kFinal;
  graph::ExprIdx super = kNone;
  std::string signature = "enum constant body";
  if (around == N::object_creation_expression_) {
    const NodeIdx type = t_.child(parent, Field::type_);
    super = w_.expr(type);
    if (type != kNoNode) signature = "new " + w_.normalised(t_[type].begin, t_[type].end);
  } else if (const SymbolIdx type = w_.current_type(); type != kNone) {
    super = w_.add_expr(ExprKind::kSymbol, {}, type);
    w_.facts.face.exprs[super].is_type = true;
  }
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  if (super != kNone) w_.add_super(symbol, super, graph::SuperKind::kExtends);
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_enum_constant(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kStatic | symbol_flag::kFinal | symbol_flag::kConst |
            annotation_flags(t_.child_of_type(n, raw(N::modifiers_)));
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (const SymbolIdx type = w_.current_type(); type != kNone) {
    const graph::ExprIdx e = w_.add_expr(ExprKind::kSymbol, {}, type);
    w_.facts.face.exprs[e].is_type = true;
    w_.symbol(symbol).type = e;
  }
}

std::uint32_t Extractor::overload_of(NodeIdx parameters) const {
  if (parameters == kNoNode) return 0;
  std::string key = "(";
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind != N::formal_parameter_ && kind != N::spread_parameter_) continue;
    NodeIdx type = t_.child(c, Field::type_);
    if (type == kNoNode)
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
        if (type == kNoNode && t_.is_named(k) && type_of(t_, k) != N::modifiers_) type = k;
    if (type == kNoNode) continue;
    // Overloads differ after erasure: type arguments are left out.
    if (type_of(t_, type) == N::generic_type_ && t_.named_child(type, 0) != kNoNode)
      type = t_.named_child(type, 0);
    for (const char ch : t_.text(type))
      if (ch != ' ' && ch != '\t' && ch != '\n' && ch != '\r') key += ch;
    if (kind == N::spread_parameter_) key += "...";
    const NodeIdx dimensions = t_.child(c, Field::dimensions_);
    if (dimensions != kNoNode) key += t_.text(dimensions);
    key += ',';
  }
  return static_cast<std::uint32_t>(hash64(key));
}

void Extractor::enter_callable(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const N node_kind = type_of(t_, n);
  const Modifiers m = read_modifiers(n);
  const bool constructor =
      node_kind == N::constructor_declaration_ || node_kind == N::compact_constructor_declaration_;
  const bool member = w_.scope(w_.current_scope()).kind == ScopeKind::kType;
  const bool interface = member && in_interface();
  NewSymbol s;
  s.kind = constructor ? SymbolKind::kConstructor
           : member    ? SymbolKind::kMethod
                       : SymbolKind::kFunction;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  s.visibility =
      interface && m.visibility == Visibility::kPackage ? Visibility::kPublic : m.visibility;
  if (constructor && w_.symbol(w_.current_symbol()).kind == SymbolKind::kEnum)
    s.visibility = Visibility::kPrivate;
  s.flags = m.flags;
  if (interface && s.body == kNoNode) s.flags |= symbol_flag::kAbstract;
  if (!constructor && member && (s.flags & (symbol_flag::kStatic | symbol_flag::kFinal)) == 0 &&
      s.visibility != Visibility::kPrivate)
    s.flags |= symbol_flag::kVirtual;
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  const SymbolIdx around = w_.current_symbol();
  const std::string_view text = t_.text(name);
  if (text == "main" && (s.flags & symbol_flag::kStatic) != 0 &&
      s.visibility == Visibility::kPublic && parameters != kNoNode &&
      t_.named_child_count(parameters) <= 1)
    s.flags |= symbol_flag::kEntryPoint;
  if (text.starts_with("test") && !constructor && s.visibility == Visibility::kPublic &&
      w_.str(w_.symbol(around).signature).find("extends TestCase") != std::string_view::npos)
    s.flags |= symbol_flag::kTest;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  w_.symbol(symbol).disambiguator =
      overload_of(node_kind == N::compact_constructor_declaration_ ? kNoNode : parameters);
  define_routes(m.node, name);
  w_.open(symbol, ScopeKind::kFunction, n);
  if (const NodeIdx list = t_.child(n, Field::type_parameters_); list != kNoNode)
    enter_type_parameters(list, symbol);
  if (!constructor) w_.role(t_.child(n, Field::type_), RefRole::kType, 255, ref_flag::kReturnType);
  if (node_kind == N::compact_constructor_declaration_) {
    const NodeIdx record = t_.ancestor(n, raw(N::record_declaration_));
    const NodeIdx list = record == kNoNode ? kNoNode : t_.child(record, Field::parameters_);
    const std::uint8_t count =
        list == kNoNode ? 0 : static_cast<std::uint8_t>(std::min(254u, t_.named_child_count(list)));
    w_.symbol(symbol).min_args = w_.symbol(symbol).max_args = count;
    w_.symbol(symbol).metrics.parameters = count;
    return;
  }
  define_parameters(parameters, symbol);
}

void Extractor::define_parameters(NodeIdx list, SymbolIdx function) {
  std::uint8_t position = 0;
  bool variadic = false;
  if (list != kNoNode && type_of(t_, list) == N::identifier_) {
    const auto local = w_.define_local(SymbolKind::kParameter, list, w_.current_scope());
    w_.local(local).position = position++;
    w_.skip(list);
  } else if (list != kNoNode) {
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
      const N kind = type_of(t_, c);
      NodeIdx name = kNoNode;
      if (kind == N::identifier_) {
        name = c;
      } else if (kind == N::formal_parameter_) {
        skip_var(t_.child(c, Field::type_));
        name = t_.child(c, Field::name_);
      } else if (kind == N::spread_parameter_) {
        const NodeIdx declarator = t_.child_of_type(c, raw(N::variable_declarator_));
        name = declarator == kNoNode ? kNoNode : t_.child(declarator, Field::name_);
        variadic = true;
      }
      if (name == kNoNode || type_of(t_, name) == N::underscore_pattern_) {
        if (kind == N::formal_parameter_ || kind == N::spread_parameter_) ++position;
        continue;
      }
      const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
      w_.local(local).position = position;
      locals_[c] = local;
      w_.skip(name);
      if (position < 254) ++position;
    }
  }
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = position;
  f.min_args = static_cast<std::uint8_t>(variadic && position > 0 ? position - 1 : position);
  f.max_args = variadic ? 255 : position;
}

void Extractor::enter_initializer(NodeIdx n, bool is_static) {
  NewSymbol s;
  s.kind = SymbolKind::kMethod;
  s.name_text = is_static ? "<static>" : "<init>";
  s.definition = n;
  s.signature = is_static ? "static initialiser" : "instance initialiser";
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous | (is_static ? symbol_flag::kStatic : 0u);
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).max_args = 0;
  w_.open(symbol, ScopeKind::kFunction, n);
}

void Extractor::enter_lambda(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, true);
  define_parameters(t_.child(n, Field::parameters_), symbol);
}

void Extractor::enter_fields(NodeIdx n) {
  Modifiers m = read_modifiers(n);
  if (in_interface()) {
    m.visibility = Visibility::kPublic;
    m.flags |= symbol_flag::kStatic | symbol_flag::kFinal;
  }
  if ((m.flags & symbol_flag::kStatic) != 0 && (m.flags & symbol_flag::kFinal) != 0)
    m.flags |= symbol_flag::kConst;
  bool first = true;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::variable_declarator_) continue;
    const SymbolIdx field = define_field(n, c, m, first);
    if (field != kNone) fields_[c] = field;
    first = false;
  }
}

SymbolIdx Extractor::define_field(NodeIdx declaration, NodeIdx declarator, const Modifiers& m,
                                  bool first) {
  const NodeIdx name = t_.child(declarator, Field::name_);
  if (name == kNoNode) return kNone;
  const NodeIdx type = t_.child(declaration, Field::type_);
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  s.definition = first ? declaration : declarator;
  std::string signature =
      type == kNoNode ? std::string() : w_.normalised(m.signature_begin, t_[type].end) + " ";
  signature += t_.text(name);
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  w_.skip(name);
  return w_.define(s);
}

void Extractor::enter_locals(NodeIdx n) {
  skip_var(t_.child(n, Field::type_));
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::variable_declarator_)
      define_variable(t_.child(c, Field::name_), c, SymbolKind::kLocal);
}

void Extractor::define_variable(NodeIdx name, NodeIdx whole, SymbolKind kind) {
  if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
  locals_[whole] = w_.define_local(kind, name, w_.current_scope(), t_[name].begin);
  w_.skip(name);
}

std::uint8_t Extractor::argument_count(NodeIdx arguments) const {
  if (arguments == kNoNode) return 0;
  return static_cast<std::uint8_t>(std::min(254u, t_.named_child_count(arguments)));
}

void Extractor::enter_call(NodeIdx n) { w_.skip(t_.child(n, Field::name_)); }

void Extractor::enter_creation(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::type_);
  const bool thrown = w_.hint(n).action == Hint::Action::kRole && w_.hint(n).flags != 0;
  w_.role(type, RefRole::kNew, argument_count(t_.child(n, Field::arguments_)),
          thrown ? w_.hint(n).flags : 0);
}

void Extractor::enter_method_reference(NodeIdx n) {
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) last = c;
  if (last == kNoNode) return;
  const NodeIdx first = t_.first_child(n);
  if (type_of(t_, last) == N::identifier_ && last != first) w_.skip(last);
  if (type_of(t_, last) == N::kw_new) w_.role(first, RefRole::kNew, 255, ref_flag::kImplicit);
}

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::for_statement_:
    case N::enhanced_for_statement_:
    case N::while_statement_:
    case N::do_statement_:
      return MetricClass::kLoop;
    case N::switch_expression_:
      return MetricClass::kSwitch;
    case N::switch_label_: {
      const NodeIdx first = tree.first_child(n);
      return first != kNoNode && type_of(tree, first) == N::kw_case ? MetricClass::kCase
                                                                    : MetricClass::kNone;
    }
    case N::catch_clause_:
      return MetricClass::kCatch;
    case N::ternary_expression_:
      return MetricClass::kTernary;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::break_statement_:
    case N::continue_statement_:
      return tree.named_child(n, 0) != kNoNode ? MetricClass::kJump : MetricClass::kNone;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  if (type_of(tree, op) == N::and_and) return BooleanOp::kAnd;
  return type_of(tree, op) == N::or_or ? BooleanOp::kOr : BooleanOp::kNone;
}

void extract_java(FileWalk& walk) {
  walk.set_name_spaces(NameSpaces::kApart);
  Extractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace
}  // namespace java

const LanguageDef& java_def() {
  static const LanguageDef def{graph::Language::kJava,
                               tree_sitter_java,
                               kNodeNames,
                               {java::metric_class, java::boolean_op},
                               java::extract_java};
  return def;
}

}  // namespace cairn::indexer::syntax
