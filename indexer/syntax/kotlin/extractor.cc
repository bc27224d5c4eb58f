#include "indexer/syntax/kotlin/extractor.h"

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

#define CAIRN_NODE_TABLE "indexer/syntax/kotlin/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_kotlin(void);

namespace cairn::indexer::syntax {
namespace kotlin {

using graph::ExprIdx;
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

bool is_type_node(N kind) {
  return kind == N::user_type_ || kind == N::nullable_type_ || kind == N::function_type_ ||
         kind == N::parenthesized_type_ || kind == N::non_nullable_type_;
}

bool is_test_package(std::string_view module) {
  return module.starts_with("org.junit") || module.starts_with("kotlin.test") ||
         module.starts_with("io.kotest") || module.starts_with("org.testng");
}

}  // namespace

void Extractor::enter(NodeIdx n) {
  if (!reopened_.empty())
    if (const auto scope = reopened_.find(n); scope != reopened_.end())
      w_.reopen_scope(scope->second, n);
  if (!enter_definition(n) && !enter_expression(n)) enter_other(n);
}

bool Extractor::enter_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::package_header_:
      if (const NodeIdx name = t_.child_of_type(n, raw(N::qualified_identifier_));
          name != kNoNode) {
        w_.facts.face.package = w_.intern(w_.normalised(t_[name].begin, t_[name].end));
        for (NodeIdx i = name; i < t_[name].next; ++i) w_.skip(i);
      }
      return true;
    case N::import_:
      enter_import(n);
      return true;
    case N::class_declaration_:
      enter_class(n);
      return true;
    case N::object_declaration_:
    case N::companion_object_:
    case N::object_literal_:
      enter_object(n);
      return true;
    case N::enum_entry_:
      enter_enum_entry(n);
      return true;
    case N::class_body_:
      enter_class_body(n);
      return true;
    case N::primary_constructor_:
      enter_primary_constructor(n);
      return true;
    case N::secondary_constructor_:
      enter_secondary_constructor(n);
      return true;
    case N::anonymous_initializer_:
      enter_initializer(n);
      return true;
    case N::function_declaration_:
      enter_function(n);
      return true;
    case N::property_declaration_:
      enter_property(n);
      return true;
    case N::getter_:
    case N::setter_:
      enter_accessor(n);
      return true;
    case N::type_alias_:
      enter_type_alias(n);
      return true;
    default:
      return false;
  }
}

void Extractor::enter_other(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::block_: {
      const N parent = t_.parent(n) == kNoNode ? N::none : type_of(t_, t_.parent(n));
      if (parent != N::function_body_ && parent != N::anonymous_initializer_)
        w_.open_scope(ScopeKind::kBlock, n);
      return;
    }
    case N::for_statement_: {
      w_.open_scope(ScopeKind::kBlock, n);
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        define_variables(c, t_[c].begin, SymbolKind::kLocal);
      return;
    }
    case N::when_expression_:
    case N::when_entry_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::when_subject_:
      if (const NodeIdx v = t_.child_of_type(n, raw(N::variable_declaration_)); v != kNoNode)
        define_variable(v, t_[n].end, SymbolKind::kLocal);
      return;
    case N::catch_block_: {
      w_.open_scope(ScopeKind::kBlock, n);
      const NodeIdx name = t_.child_of_type(n, raw(N::identifier_));
      if (name == kNoNode) return;
      locals_[n] = w_.define_local(SymbolKind::kLocal, name, w_.current_scope());
      w_.skip(name);
      return;
    }
    case N::value_arguments_: {
      // Arguments of a superclass's constructor see the primary constructor's parameters.
      const NodeIdx parent = t_.parent(n);
      if (parent == kNoNode || type_of(t_, parent) != N::constructor_invocation_) return;
      const NodeIdx specifier = t_.parent(parent);
      if (specifier == kNoNode || type_of(t_, specifier) != N::delegation_specifier_) return;
      if (const auto scope = constructor_scopes_.find(w_.current_symbol());
          scope != constructor_scopes_.end())
        w_.reopen_scope(scope->second, n);
      return;
    }
    case N::value_argument_:
      if (t_.named_child_count(n) > 1) w_.skip(t_.named_child(n, 0));
      return;
    default:
      return enter_types(n);
  }
}

void Extractor::enter_types(NodeIdx n) {
  const bool hinted = w_.hint(n).action == Hint::Action::kRole;
  switch (type_of(t_, n)) {
    case N::delegation_specifiers_: {
      // Members of the type are not in scope where its supertypes are named.
      const SymbolIdx symbol = w_.current_symbol();
      const graph::ScopeIdx scope = w_.symbol(symbol).scope;
      if (symbol != 0 && scope == w_.current_scope() && w_.scope(scope).parent != kNone)
        w_.reopen_scope(w_.scope(scope).parent, n);
      return;
    }
    case N::delegation_specifier_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
        const N kind = type_of(t_, c);
        if (kind == N::annotation_) continue;
        w_.role(c, RefRole::kInherit, 255,
                kind == N::constructor_invocation_ ? 0 : ref_flag::kImplementsClause);
      }
      return;
    case N::explicit_delegation_: {
      const NodeIdx type = type_child(n);
      if (type == kNoNode) return;
      if (hinted) w_.pass_hint(n, type);
      const NodeIdx value = t_.next_sibling(type);
      const auto scope = constructor_scopes_.find(w_.current_symbol());
      if (value != kNoNode && scope != constructor_scopes_.end()) reopened_[value] = scope->second;
      return;
    }
    case N::constructor_invocation_: {
      const NodeIdx type = type_child(n);
      if (hinted && type != kNoNode) w_.pass_hint(n, type);
      return;
    }
    case N::nullable_type_:
    case N::parenthesized_type_:
    case N::non_nullable_type_:
    case N::type_projection_:
      if (!hinted) return;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (is_type_node(type_of(t_, c))) w_.pass_hint(n, c);
      return;
    case N::type_arguments_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        w_.role(c, RefRole::kType, 255, ref_flag::kTypeArgument);
      return;
    case N::parameter_:
      // Of a function type; parameters of functions are defined with their function.
      if (const NodeIdx name = t_.child_of_type(n, raw(N::identifier_)); name != kNoNode)
        w_.skip(name);
      return;
    case N::type_constraint_:
      w_.role(t_.child_of_type(n, raw(N::identifier_)), RefRole::kType);
      return;
    default:
      return;
  }
}

void Extractor::enter_import(NodeIdx n) {
  const NodeIdx path = t_.child_of_type(n, raw(N::qualified_identifier_));
  if (path == kNoNode) return;
  for (NodeIdx i = n; i < t_[n].next; ++i) w_.skip(i);
  graph::Import import;
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(path); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::identifier_) last = c;
  if (last == kNoNode) return;
  if (t_.child_of_type(n, raw(N::star)) != kNoNode) {
    import.kind = graph::ImportKind::kWildcard;
    import.module = w_.intern(w_.normalised(t_[path].begin, t_[path].end));
    import.range = t_.range(path);
  } else {
    import.kind = graph::ImportKind::kName;
    std::string module = w_.normalised(t_[path].begin, t_[last].begin);
    if (module.ends_with('.')) module.pop_back();
    import.module = w_.intern(module);
    import.name = w_.intern_node(last);
    const NodeIdx alias = t_.child_of_type(n, raw(N::identifier_));
    import.alias = alias != kNoNode ? w_.intern_node(alias) : import.name;
    import.range = t_.range(last);
  }
  if (is_test_package(w_.str(import.module))) w_.facts.face.is_test = true;
  const auto index = w_.add_import(import);
  if (import.kind == graph::ImportKind::kName) {
    graph::Ref& ref = w_.add_ref(last, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  }
  // By convention capitalised parts in front of the last are types.
  ExprIdx qualifier = kNone;
  for (NodeIdx c = t_.first_child(path); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::identifier_) continue;
    const std::string_view text = t_.text(c);
    const bool bound = c == last && import.kind == graph::ImportKind::kName;
    if (!bound && qualifier != kNone && text[0] >= 'A' && text[0] <= 'Z')
      w_.add_ref(c, RefRole::kImport, qualifier, 255, ref_flag::kHasReceiver | ref_flag::kTypeSide);
    qualifier = qualifier == kNone ? w_.add_name(text, true)
                                   : w_.add_expr(ExprKind::kMember, text, qualifier);
  }
}

void Extractor::read_modifier(NodeIdx modifier, Modifiers& m) const {
  const std::string_view text = t_.text(modifier);
  switch (type_of(t_, modifier)) {
    case N::visibility_modifier_:
      m.visibility = text == "private"     ? Visibility::kPrivate
                     : text == "protected" ? Visibility::kProtected
                     : text == "internal"  ? Visibility::kPackage
                                           : Visibility::kPublic;
      return;
    case N::inheritance_modifier_:
      if (text == "abstract") m.flags |= symbol_flag::kAbstract;
      if (text == "final") m.flags |= symbol_flag::kFinal;
      m.is_open = m.is_open || text != "final";
      return;
    case N::member_modifier_:
      if (text == "override") m.flags |= symbol_flag::kOverride;
      m.is_open = m.is_open || text == "override";
      return;
    case N::function_modifier_:
      if (text == "suspend") m.flags |= symbol_flag::kAsync;
      return;
    case N::property_modifier_:
      m.flags |= symbol_flag::kConst;
      return;
    case N::class_modifier_:
      m.is_enum = m.is_enum || text == "enum";
      if (text == "sealed") m.flags |= symbol_flag::kAbstract;
      return;
    case N::platform_modifier_:
      if (text == "expect") m.flags |= symbol_flag::kDeclaration;
      return;
    default:
      return;
  }
}

Extractor::Modifiers Extractor::read_modifiers(NodeIdx n) const {
  Modifiers m;
  m.signature_begin = t_[n].begin;
  m.node = t_.child_of_type(n, raw(N::modifiers_));
  if (m.node != kNoNode) {
    m.flags = annotation_flags(m.node);
    bool keyword_seen = false;
    for (NodeIdx c = t_.first_child(m.node); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) == N::annotation_ || t_.is_comment(c)) continue;
      if (!keyword_seen) m.signature_begin = t_[c].begin;
      keyword_seen = true;
      read_modifier(c, m);
    }
    if (!keyword_seen) m.signature_begin = t_[m.node].end;
  }
  const bool top_level = w_.current_symbol() == 0;
  if (m.visibility == Visibility::kPrivate && top_level) m.visibility = Visibility::kFile;
  return m;
}

bool Extractor::in_type_scope() const {
  return w_.scope(w_.current_scope()).kind == ScopeKind::kType;
}

std::string Extractor::anonymous_name() {
  return "<anonymous" + std::to_string(++anonymous_counts_[w_.current_symbol()]) + ">";
}

std::string Extractor::signature_of(const Modifiers& m, NodeIdx n, NodeIdx body) const {
  std::string out = w_.normalised(m.signature_begin, body != kNoNode ? t_[body].begin : t_[n].end);
  while (out.ends_with(' ') || out.ends_with('=')) out.pop_back();
  return out;
}

NodeIdx Extractor::type_child(NodeIdx n) const {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (is_type_node(type_of(t_, c))) return c;
  return kNoNode;
}

NodeIdx Extractor::type_after(NodeIdx n) const {
  if (n == kNoNode) return kNoNode;
  for (NodeIdx c = t_.next_sibling(n); c != kNoNode; c = t_.next_sibling(c))
    if (is_type_node(type_of(t_, c))) return c;
  return kNoNode;
}

NodeIdx Extractor::receiver_of(NodeIdx function, NodeIdx name) const {
  const NodeIdx type = type_child(function);
  return type != kNoNode && type < name ? type : kNoNode;
}

graph::StrId Extractor::type_name(NodeIdx type) {
  while (type != kNoNode && type_of(t_, type) != N::user_type_) type = type_child(type);
  if (type == kNoNode) return 0;
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(type); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::identifier_) last = c;
  return last == kNoNode ? 0 : w_.intern_node(last);
}

void Extractor::define_type_parameters(NodeIdx owner_node, SymbolIdx owner) {
  const NodeIdx list = t_.child_of_type(owner_node, raw(N::type_parameters_));
  if (list == kNoNode) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx name = t_.child_of_type(c, raw(N::identifier_));
    if (type_of(t_, c) != N::type_parameter_ || name == kNoNode) continue;
    const auto local = w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
    w_.local(local).owner = owner;
    locals_[c] = local;
    w_.skip(name);
  }
}

void Extractor::open_type(SymbolIdx symbol, NodeIdx n) {
  if (t_.child_of_type(n, raw(N::type_parameters_)) != kNoNode) {
    w_.open_scope(ScopeKind::kBlock, n);
    define_type_parameters(n, symbol);
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_class(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  const bool interface = t_.child_of_type(n, raw(N::kw_interface)) != kNoNode;
  s.kind = m.is_enum ? SymbolKind::kEnum : interface ? SymbolKind::kInterface : SymbolKind::kClass;
  s.name = name;
  s.definition = n;
  s.body = t_.child_of_type(n, raw(m.is_enum ? N::enum_class_body_ : N::class_body_));
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  s.visibility = w_.in_function() ? Visibility::kPrivate : m.visibility;
  s.flags = m.flags;
  if (interface) s.flags |= symbol_flag::kAbstract;
  if (!interface && !m.is_open && (m.flags & symbol_flag::kAbstract) == 0)
    s.flags |= symbol_flag::kFinal;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  note_route_prefix(m.node, symbol);
  open_type(symbol, n);
}

void Extractor::enter_object(NodeIdx n) {
  const N kind = type_of(t_, n);
  const bool literal = kind == N::object_literal_;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kClass;
  s.name = literal ? kNoNode : t_.child(n, Field::name_);
  if (s.name == kNoNode && !literal) s.name = t_.child_of_type(n, raw(N::identifier_));
  const std::string anonymous = literal ? anonymous_name() : std::string("Companion");
  s.name_text = anonymous;
  s.definition = n;
  s.body = t_.child_of_type(n, raw(N::class_body_));
  const std::string signature = signature_of(m, n, s.body);
  s.signature = signature;
  s.visibility = literal || w_.in_function() ? Visibility::kPrivate : m.visibility;
  s.flags =
      m.flags | symbol_flag::kFinal | (literal ? symbol_flag::kAnonymous : symbol_flag::kStatic);
  const SymbolIdx symbol = w_.define(s);
  w_.skip(s.name);
  if (literal) {
    const ExprIdx type = w_.add_expr(ExprKind::kSymbol, {}, symbol);
    w_.facts.face.exprs[type].is_type = true;
    w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, type));
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_enum_entry(NodeIdx n) {
  const NodeIdx name = t_.child_of_type(n, raw(N::identifier_));
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  s.definition = n;
  s.body = t_.child_of_type(n, raw(N::class_body_));
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kStatic | symbol_flag::kFinal | symbol_flag::kConst |
            annotation_flags(t_.child_of_type(n, raw(N::modifiers_)));
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  const SymbolIdx type = w_.current_type();
  if (type == kNone) return;
  const ExprIdx e = w_.add_expr(ExprKind::kSymbol, {}, type);
  w_.facts.face.exprs[e].is_type = true;
  w_.symbol(symbol).type = e;
}

void Extractor::enter_class_body(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode || type_of(t_, parent) != N::enum_entry_) return;
  NewSymbol s;
  s.kind = SymbolKind::kClass;
  const std::string name = anonymous_name();
  s.name_text = name;
  s.definition = n;
  s.body = n;
  s.signature = "enum entry body";
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous | symbol_flag::kFinal;
  const SymbolIdx type = w_.current_type();
  const SymbolIdx symbol = w_.define(s);
  if (type != kNone) {
    const ExprIdx e = w_.add_expr(ExprKind::kSymbol, {}, type);
    w_.facts.face.exprs[e].is_type = true;
    w_.add_super(symbol, e, graph::SuperKind::kExtends);
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_type_alias(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::type_);
  if (name == kNoNode) return;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  s.definition = n;
  const std::string signature = signature_of(m, n, kNoNode);
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  symbols_[n] = symbol;
  w_.open_scope(ScopeKind::kBlock, n);
  define_type_parameters(n, symbol);
}

void Extractor::define_variable(NodeIdx declaration, std::uint32_t visible_from, SymbolKind kind,
                                unsigned position) {
  if (type_of(t_, declaration) != N::variable_declaration_) return;
  const NodeIdx name = t_.child_of_type(declaration, raw(N::identifier_));
  if (name == kNoNode) return;
  w_.skip(name);
  if (t_.text(name) == "_") return;
  const auto local = w_.define_local(kind, name, w_.current_scope(), visible_from);
  if (position < 255) w_.local(local).position = static_cast<std::uint8_t>(position);
  locals_[declaration] = local;
}

void Extractor::define_variables(NodeIdx declaration, std::uint32_t visible_from, SymbolKind kind,
                                 unsigned position) {
  define_variable(declaration, visible_from, kind, position);
  if (type_of(t_, declaration) != N::multi_variable_declaration_) return;
  for (NodeIdx c = t_.first_child(declaration); c != kNoNode; c = t_.next_sibling(c))
    define_variable(c, visible_from, kind);
}

namespace {

bool is_else_branch(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx parent = tree.parent(n);
  if (parent == kNoNode || type_of(tree, parent) != N::if_expression_) return false;
  bool otherwise = false;
  for (NodeIdx c = tree.first_child(parent); c != kNoNode; c = tree.next_sibling(c)) {
    if (c == n) return otherwise;
    otherwise = otherwise || type_of(tree, c) == N::kw_else;
  }
  return false;
}

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_expression_:
      return is_else_branch(tree, n) ? MetricClass::kElseIf : MetricClass::kIf;
    case N::kw_else: {
      const NodeIdx parent = tree.parent(n);
      if (parent == kNoNode || type_of(tree, parent) != N::if_expression_)
        return MetricClass::kNone;
      const NodeIdx next = tree.next_sibling(n);
      return next != kNoNode && type_of(tree, next) == N::if_expression_ ? MetricClass::kNone
                                                                         : MetricClass::kElse;
    }
    case N::for_statement_:
    case N::while_statement_:
    case N::do_while_statement_:
      return MetricClass::kLoop;
    case N::when_expression_:
      return MetricClass::kSwitch;
    case N::when_entry_: {
      const NodeIdx first = tree.first_child(n);
      return first != kNoNode && type_of(tree, first) == N::kw_else ? MetricClass::kNone
                                                                    : MetricClass::kCase;
    }
    case N::catch_block_:
      return MetricClass::kCatch;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::labeled_expression_: {
      const std::string_view label = tree.text(n);
      return label.starts_with("break@") || label.starts_with("continue@") ? MetricClass::kJump
                                                                           : MetricClass::kNone;
    }
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  switch (type_of(tree, op)) {
    case N::and_and:
      return BooleanOp::kAnd;
    case N::or_or:
      return BooleanOp::kOr;
    case N::elvis:
      return BooleanOp::kCoalesce;
    default:
      return BooleanOp::kNone;
  }
}

void extract_kotlin(FileWalk& walk) {
  Extractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace
}  // namespace kotlin

const LanguageDef& kotlin_def() {
  static const LanguageDef def{graph::Language::kKotlin,
                               tree_sitter_kotlin,
                               kNodeNames,
                               {kotlin::metric_class, kotlin::boolean_op},
                               kotlin::extract_kotlin};
  return def;
}

}  // namespace cairn::indexer::syntax
