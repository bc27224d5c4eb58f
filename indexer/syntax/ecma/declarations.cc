// Functions, types and members of the ECMAScript languages.
#include <algorithm>

#include "indexer/syntax/ecma/extractor.h"

namespace cairn::indexer::syntax::ecma {

namespace {

bool has_own_this(N type) { return type != N::arrow_function_; }

bool is_signature(N type) {
  return type == N::function_signature_ || type == N::method_signature_ ||
         type == N::abstract_method_signature_;
}

/// A node whose parameters belong to a symbol of its own.
bool is_function(N type) {
  switch (type) {
    case N::function_declaration_:
    case N::generator_function_declaration_:
    case N::method_definition_:
      return true;
    default:
      return is_function_expression(type) || is_signature(type);
  }
}

}  // namespace

std::string_view EcmaExtractor::member_name(NodeIdx name) const {
  std::string_view text = t_.text(name);
  if (type_of(t_, name) == N::string_ && text.size() >= 2) return text.substr(1, text.size() - 2);
  return text;
}

/// The source between a definition's beginning and its name, decorators left out.
std::string_view EcmaExtractor::head(NodeIdx n, NodeIdx name) const {
  std::uint32_t begin = t_[n].begin;
  after_decorators(n, begin);
  const std::uint32_t end = name == kNoNode ? t_[n].end : t_[name].begin;
  return begin < end ? t_.source.substr(begin, end - begin) : std::string_view{};
}

/// Moves `begin` past the decorators of n; gives the first one or kNoNode.
NodeIdx EcmaExtractor::after_decorators(NodeIdx n, std::uint32_t& begin) const {
  NodeIdx first = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::decorator_) {
      if (t_.is_comment(c)) continue;
      break;
    }
    if (first == kNoNode) first = c;
    begin = t_[c].end;
  }
  return first;
}

std::uint32_t EcmaExtractor::modifier_flags(NodeIdx n, NodeIdx name, Visibility& visibility) const {
  const std::string_view text = head(n, name);
  std::uint32_t flags = 0;
  if (!text.empty()) {
    if (has_word(text, "static")) flags |= symbol_flag::kStatic;
    if (has_word(text, "async")) flags |= symbol_flag::kAsync;
    if (has_word(text, "abstract")) flags |= symbol_flag::kAbstract;
    if (has_word(text, "override")) flags |= symbol_flag::kOverride;
    if (has_word(text, "readonly")) flags |= symbol_flag::kConst;
    if (has_word(text, "get") || has_word(text, "set") || has_word(text, "accessor"))
      flags |= symbol_flag::kProperty;
    if (text.find('*') != std::string_view::npos && text.find("/*") == std::string_view::npos)
      flags |= symbol_flag::kGenerator;
    if (has_word(text, "private")) visibility = Visibility::kPrivate;
    if (has_word(text, "protected")) visibility = Visibility::kProtected;
  }
  if (name != kNoNode && type_of(t_, name) == N::private_property_identifier_)
    visibility = Visibility::kPrivate;
  return flags;
}

EcmaExtractor::Outer EcmaExtractor::outer_of(NodeIdx n) const {
  Outer o;
  o.definition = n;
  NodeIdx p = t_.parent(n);
  for (; p != kNoNode; p = t_.parent(p)) {
    const N type = type_of(t_, p);
    if (type == N::lexical_declaration_ || type == N::variable_declaration_ ||
        type == N::using_declaration_) {
      if (t_.named_child_count(p) == 1) o.definition = p;
    } else if (type == N::ambient_declaration_ || type == N::expression_statement_) {
      if (o.definition == t_.first_child(p) || t_.parent(o.definition) == p) o.definition = p;
    } else if (type == N::export_statement_) {
      if (t_.parent(o.definition) == p) o.definition = p;
      o.flags |= symbol_flag::kExported;
      if (t_.child_of_type(p, static_cast<std::uint16_t>(N::kw_default)) != kNoNode)
        o.flags |= symbol_flag::kDefaultExport;
    } else {
      break;
    }
  }
  if (ambient_ > 0) o.flags |= symbol_flag::kDeclaration;
  const ScopeKind in = w_.scope(w_.current_scope()).kind;
  o.visibility = (o.flags & symbol_flag::kExported) != 0                 ? Visibility::kPublic
                 : in == ScopeKind::kFile || in == ScopeKind::kNamespace ? Visibility::kFile
                                                                         : Visibility::kPrivate;
  // What an ambient module or namespace declares is exported without a word.
  if (ambient_ > 0 && in == ScopeKind::kNamespace) {
    o.flags |= symbol_flag::kExported;
    o.visibility = Visibility::kPublic;
  }
  return o;
}

SymbolIdx EcmaExtractor::define(const NewSymbol& symbol, std::string_view export_name) {
  const SymbolIdx s = w_.define(symbol);
  if (symbol.name != kNoNode) {
    w_.skip(symbol.name);
    defined_[symbol.name] = {true, s};
  }
  const graph::Symbol& made = w_.symbol(s);
  const std::string_view name = w_.str(made.name);
  if (made.declared_in == 0 && symbol.kind != SymbolKind::kTest) {
    const auto [at, inserted] = file_symbols_.try_emplace(name, s);
    const bool better = (w_.symbol(at->second).flags & symbol_flag::kDeclaration) != 0 &&
                        (made.flags & symbol_flag::kDeclaration) == 0;
    if (!inserted && better) at->second = s;
  }
  if (!export_name.empty()) {
    add_export(export_name, {}, s);
  } else if ((symbol.flags & symbol_flag::kExported) != 0 && w_.current_scope() == 0) {
    add_export((symbol.flags & symbol_flag::kDefaultExport) != 0 ? "default" : name, name, s);
  }
  return s;
}

void EcmaExtractor::open_function(NodeIdx n, SymbolIdx symbol, bool is_lambda) {
  w_.open(symbol, ScopeKind::kFunction, n, is_lambda);
  const NodeIdx single = t_.child(n, Field::parameter_);
  graph::Symbol& s = w_.symbol(symbol);
  if (single == kNoNode) {
    s.max_args = 0;  // until the parameters are entered
    return;
  }
  Declaration d;
  d.local_kind = SymbolKind::kParameter;
  d.scope = w_.current_scope();
  d.position = 0;
  s.metrics.parameters = 1;
  s.min_args = w_.facts.face.language == graph::Language::kJavaScript ? 0 : 1;
  s.max_args = 1;
  declare_pattern(single, d);
}

void EcmaExtractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  s.name = name;
  s.name_text = name == kNoNode ? "default" : std::string_view{};
  s.definition = outer.definition;
  s.body = t_.child(n, Field::body_);
  s.visibility = outer.visibility;
  Visibility unused = Visibility::kUnknown;
  s.flags = outer.flags | modifier_flags(n, name, unused);
  if (type_of(t_, n) == N::function_signature_) s.flags |= symbol_flag::kDeclaration;
  if (type_of(t_, n) == N::generator_function_declaration_) s.flags |= symbol_flag::kGenerator;
  const SymbolIdx symbol = define(s);
  open_function(n, symbol, false);
  // A capitalised function that is not a class may be called with new: `this` is what it makes.
  const std::string_view text = w_.str(w_.symbol(symbol).name);
  const bool makes = !text.empty() && text[0] >= 'A' && text[0] <= 'Z';
  this_.push_back({n, makes ? ExprKind::kNew : ExprKind::kUnknown, symbol, text, false});
}

SymbolIdx EcmaExtractor::define_pending(const Pending& p, NodeIdx n, NodeIdx body, NodeIdx own) {
  NewSymbol s;
  s.kind = p.kind;
  s.name = p.name;
  s.name_text = p.name_text;
  if (p.name == kNoNode && p.name_text.empty()) s.name = own;
  const std::string_view text = p.name != kNoNode && type_of(t_, p.name) == N::string_
                                    ? member_name(p.name)
                                    : std::string_view{};
  if (!text.empty()) {
    s.name = kNoNode;
    s.name_text = text;
  }
  s.definition = p.definition != kNoNode ? p.definition : n;
  s.body = body;
  s.flags = p.flags;
  s.visibility = p.visibility;
  s.declared_in = p.declared_in;
  s.parent = p.parent;
  const SymbolIdx symbol = define(s, p.export_name);
  if (!text.empty()) {
    w_.symbol(symbol).name_range = t_.range(p.name);
    defined_[p.name] = {true, symbol};
  }
  if (!p.qualifier.empty()) {
    w_.symbol(symbol).qualifier = w_.intern(p.qualifier);
    file_symbols_.erase(w_.str(w_.symbol(symbol).name));
  }
  if (p.export_equals) {
    w_.symbol(symbol).flags |= symbol_flag::kExported | symbol_flag::kDefaultExport;
    w_.symbol(symbol).visibility = Visibility::kPublic;
    add_export("=", {}, symbol);
  }
  return symbol;
}

void EcmaExtractor::enter_function_expression(NodeIdx n) {
  const NodeIdx own = t_.child(n, Field::name_);
  const NodeIdx body = t_.child(n, Field::body_);
  Visibility unused = Visibility::kUnknown;
  std::uint32_t flags = 0;
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  flags = modifier_flags(n, own != kNoNode ? own : parameters, unused) &
          (symbol_flag::kAsync | symbol_flag::kGenerator);
  const auto found = pending_.find(n);
  This own_this{n, ExprKind::kUnknown, kNone, {}, false};
  SymbolIdx symbol = kNone;
  bool lambda = false;
  if (found != pending_.end()) {
    Pending p = std::move(found->second);
    pending_.erase(found);
    p.flags |= flags;
    symbol = define_pending(p, n, body, own);
    if (p.kind == SymbolKind::kMethod && p.qualifier.empty() && p.this_symbol == kNone) {
      own_this.kind = ExprKind::kSelf;
      own_this.is_type = (p.flags & symbol_flag::kStatic) != 0;
    } else if (!p.this_name.empty()) {
      own_this.kind = ExprKind::kNew;
      own_this.name = p.this_name;
    } else if (p.this_symbol != kNone) {
      own_this.kind = ExprKind::kSymbol;
      own_this.symbol = p.this_symbol;
    }
  } else if (own != kNoNode) {
    w_.open_scope(ScopeKind::kBlock, n);  // the name is visible inside only
    NewSymbol s;
    s.name = own;
    s.definition = n;
    s.body = body;
    s.flags = flags;
    s.visibility = Visibility::kPrivate;
    symbol = define(s);
  } else {
    const std::string name = w_.next_lambda_name();
    NewSymbol s;
    s.name_text = name;
    s.definition = n;
    s.body = body;
    s.flags = flags | symbol_flag::kAnonymous;
    s.visibility = Visibility::kPrivate;
    symbol = define(s);
    lambda = true;
  }
  if (own_this.symbol == kNone) own_this.symbol = symbol;
  const std::string_view text = w_.str(w_.symbol(symbol).name);
  if (own_this.kind == ExprKind::kUnknown && w_.symbol(symbol).kind == SymbolKind::kFunction &&
      text[0] >= 'A' && text[0] <= 'Z') {
    own_this.kind = ExprKind::kNew;
    own_this.name = text;
  }
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  open_function(n, symbol, lambda);
  if (own != kNoNode) {
    w_.skip(own);
    w_.bind(w_.current_scope(), w_.intern_node(own), graph::BindKind::kSymbol, symbol);
  }
  if (has_own_this(type_of(t_, n))) this_.push_back(own_this);
}

/// Members of interfaces and aliases define; a type written in place has no symbol to hold them.
bool EcmaExtractor::is_type_member(NodeIdx n) const {
  const NodeIdx body = t_.parent(n);
  const N around = type_of(t_, t_.parent(body));
  if (type_of(t_, body) == N::object_type_ && around != N::type_alias_declaration_ &&
      around != N::intersection_type_)
    return false;
  return w_.scope(w_.current_scope()).kind == ScopeKind::kType;
}

void EcmaExtractor::enter_method(NodeIdx n) {
  if (is_signature(type_of(t_, n)) && !is_type_member(n)) {
    w_.open_scope(ScopeKind::kBlock, n);
    return;
  }
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx parent = t_.parent(n);
  const auto object = objects_.find(parent);
  const auto prototype = prototypes_.find(parent);
  NewSymbol s;
  s.visibility = Visibility::kPublic;
  s.kind = SymbolKind::kMethod;
  s.flags = modifier_flags(n, name, s.visibility);
  const std::string_view text = name == kNoNode ? "<computed>" : member_name(name);
  const bool in_class = type_of(t_, parent) == N::class_body_;
  if (in_class && text == "constructor") s.kind = SymbolKind::kConstructor;
  s.name_text = text;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  const N type = type_of(t_, n);
  // A signature in a class is an overload or ambient; one of an interface is the member itself.
  if (type == N::method_signature_)
    s.flags |= in_class ? symbol_flag::kDeclaration : symbol_flag::kAbstract;
  if (type == N::abstract_method_signature_) s.flags |= symbol_flag::kAbstract;
  std::uint32_t begin = t_[n].begin;
  after_decorators(n, begin);
  const std::string signature =
      w_.normalised(begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  s.signature = signature;
  if (prototype != prototypes_.end()) s.declared_in = 0;
  if (object != objects_.end()) s.parent = object->second;
  const SymbolIdx symbol = w_.define(s);
  if (prototype != prototypes_.end()) w_.symbol(symbol).qualifier = w_.intern(prototype->second);
  if (name != kNoNode) {
    w_.symbol(symbol).name_range = t_.range(name);
    w_.skip(name);
  }
  take_decorators(symbol);
  if (object != objects_.end() && exported_objects_.contains(object->second))
    add_export(text, {}, symbol);
  open_function(n, symbol, false);
  This own{n, ExprKind::kSelf, kNone, {}, (s.flags & symbol_flag::kStatic) != 0};
  if (prototype != prototypes_.end()) {
    own.kind = ExprKind::kNew;
    own.name = prototype->second;
  } else if (object != objects_.end()) {
    own.kind = ExprKind::kSymbol;
    own.symbol = object->second;
  } else if (type_of(t_, parent) == N::object_) {
    own.kind = ExprKind::kUnknown;
  }
  this_.push_back(own);
}

/// The decorators before a member belong to it, and so do their references.
void EcmaExtractor::take_decorators(SymbolIdx symbol) {
  if (first_decorator_ == kNoNode) return;
  graph::Symbol& s = w_.symbol(symbol);
  s.flags |= symbol_flag::kDecorated;
  s.range.begin = t_.begin_of(first_decorator_);
  s.doc_line = w_.doc_line_above(first_decorator_);
  for (std::size_t i = first_decorator_ref_; i < w_.facts.body.refs.size(); ++i)
    w_.facts.body.refs[i].owner = symbol;
  first_decorator_ = kNoNode;
}

void EcmaExtractor::open_type_parameters(NodeIdx n, SymbolIdx symbol) {
  const NodeIdx parameters = t_.child(n, Field::type_parameters_);
  if (parameters == kNoNode) return;
  const ScopeIdx scope = w_.open_scope(ScopeKind::kBlock, n);
  for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx name = t_.child(c, Field::name_);
    if (type_of(t_, c) != N::type_parameter_ || name == kNoNode) continue;
    const graph::LocalIdx l = w_.define_local(SymbolKind::kTypeParameter, name, scope);
    w_.local(l).owner = symbol;
    w_.skip(name);
  }
}

void EcmaExtractor::enter_type_parameter(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || w_.skipped(name)) return;
  w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
  w_.skip(name);
}

void EcmaExtractor::enter_class(NodeIdx n) {
  const NodeIdx own = t_.child(n, Field::name_);
  const NodeIdx body = t_.child(n, Field::body_);
  const auto found = pending_.find(n);
  SymbolIdx symbol = kNone;
  std::uint32_t begin = t_[n].begin;
  const bool decorated = after_decorators(n, begin) != kNoNode;
  const std::uint32_t extra =
      (decorated ? symbol_flag::kDecorated : 0u) |
      (type_of(t_, n) == N::abstract_class_declaration_ ? symbol_flag::kAbstract : 0u);
  const std::string signature = w_.normalised(begin, body != kNoNode ? t_[body].begin : t_[n].end);
  if (found != pending_.end()) {
    Pending p = std::move(found->second);
    pending_.erase(found);
    p.kind = SymbolKind::kClass;
    p.flags |= extra;
    symbol = define_pending(p, n, body, own);
    if (own != kNoNode) {
      w_.skip(own);
      w_.open_scope(ScopeKind::kBlock, n);
      w_.bind(w_.current_scope(), w_.intern_node(own), graph::BindKind::kSymbol, symbol);
    }
  } else {
    const bool expression = type_of(t_, n) == N::class_;
    const Outer outer = outer_of(n);
    if (expression && own != kNoNode) w_.open_scope(ScopeKind::kBlock, n);
    NewSymbol s;
    s.kind = SymbolKind::kClass;
    s.name = own;
    s.name_text = own != kNoNode ? std::string_view{} : expression ? "<class>" : "default";
    s.definition = expression ? n : outer.definition;
    s.body = body;
    s.signature = signature;
    s.visibility = expression ? Visibility::kPrivate : outer.visibility;
    s.flags = extra | (expression ? 0u : outer.flags);
    if (expression && own == kNoNode) s.flags |= symbol_flag::kAnonymous;
    symbol = define(s);
  }
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  take_decorators(symbol);  // those before `export`
  enter_class_body(n, symbol);
}

void EcmaExtractor::enter_class_body(NodeIdx n, SymbolIdx symbol) {
  open_type_parameters(n, symbol);
  const ScopeIdx around = w_.current_scope();
  w_.open(symbol, ScopeKind::kType, n);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (type == N::class_heritage_ || type == N::decorator_ || type == N::type_parameters_ ||
        type == N::extends_type_clause_)
      reopen_[c] = around;
  }
  const NodeIdx body = t_.child(n, Field::body_);
  if (body == kNoNode) return;
  // Members first: an assignment to this.x in the constructor must know them.
  for (NodeIdx c = t_.first_child(body); c != kNoNode; c = t_.next_sibling(c)) {
    NodeIdx name = t_.child(c, Field::name_);
    if (name == kNoNode) name = t_.child(c, Field::property_);
    if (name == kNoNode || type_of(t_, c) == N::decorator_) continue;
    members_.emplace((std::uint64_t{symbol} << 32) | w_.intern(member_name(name)), symbol);
  }
}

void EcmaExtractor::enter_interface(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kInterface;
  s.name = name;
  s.definition = outer.definition;
  s.body = t_.child(n, Field::body_);
  s.visibility = outer.visibility;
  s.flags = (outer.flags & ~symbol_flag::kDeclaration) | symbol_flag::kMergeable;
  const SymbolIdx symbol = define(s);
  enter_class_body(n, symbol);
}

void EcmaExtractor::enter_alias(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  s.definition = outer.definition;
  s.visibility = outer.visibility;
  s.flags = outer.flags & ~symbol_flag::kDeclaration;
  const SymbolIdx symbol = define(s);
  open_type_parameters(n, symbol);
  w_.open(symbol, ScopeKind::kType, n);
}

void EcmaExtractor::enter_enum(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kEnum;
  s.name = name;
  s.definition = outer.definition;
  s.body = t_.child(n, Field::body_);
  s.visibility = outer.visibility;
  s.flags = (outer.flags & ~symbol_flag::kDeclaration) | symbol_flag::kMergeable;
  w_.open(define(s), ScopeKind::kType, n);
}

void EcmaExtractor::enter_enum_member(NodeIdx n, NodeIdx name) {
  if (name == kNoNode || w_.symbol(w_.current_symbol()).kind != SymbolKind::kEnum) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name_text = member_name(name);
  s.definition = n;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kConst;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(name);
  w_.skip(name);
  defined_[name] = {true, symbol};
  members_.emplace((std::uint64_t{w_.current_symbol()} << 32) | w_.symbol(symbol).name, symbol);
}

void EcmaExtractor::enter_namespace(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kNamespace;
  s.definition = outer.definition;
  s.body = t_.child(n, Field::body_);
  s.visibility = outer.visibility;
  s.flags = (outer.flags & ~symbol_flag::kDeclaration) | symbol_flag::kMergeable;
  if (type_of(t_, name) == N::string_) {
    s.name_text = member_name(name);
    const SymbolIdx symbol = w_.define(s);
    w_.symbol(symbol).name_range = t_.range(name);
    w_.open(symbol, ScopeKind::kNamespace, n);
    return;
  }
  if (type_of(t_, name) != N::nested_identifier_) {
    s.name = name;
    w_.open(define(s), ScopeKind::kNamespace, n);
    return;
  }
  // `namespace A.B.C`: one inside the other.
  for (NodeIdx c = name; c < t_[name].next; ++c) {
    w_.skip(c);
    const N type = type_of(t_, c);
    if (type != N::identifier_ && type != N::property_identifier_) continue;
    s.name = c;
    w_.open(define(s), ScopeKind::kNamespace, n);
    s.flags |= symbol_flag::kExported;
    s.visibility = Visibility::kPublic;
  }
}

/// `declare global { ... }`
void EcmaExtractor::enter_global(NodeIdx block) {
  NewSymbol s;
  s.kind = SymbolKind::kNamespace;
  s.name_text = "global";
  s.definition = t_.parent(block);
  s.body = block;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kMergeable | symbol_flag::kDeclaration;
  w_.open(w_.define(s), ScopeKind::kNamespace, block);
}

void EcmaExtractor::enter_field(NodeIdx n) {
  NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) name = t_.child(n, Field::property_);
  if (name == kNoNode || type_of(t_, name) == N::computed_property_name_) {
    first_decorator_ = kNoNode;
    return;
  }
  if (type_of(t_, n) == N::property_signature_ && !is_type_member(n)) return;
  Visibility visibility = Visibility::kPublic;
  const std::uint32_t flags = modifier_flags(n, name, visibility);
  const NodeIdx value = unwrap(t_.child(n, Field::value_));
  This own{n, ExprKind::kSelf, kNone, {}, (flags & symbol_flag::kStatic) != 0};
  this_.push_back(own);
  if (value != kNoNode && is_function_expression(type_of(t_, value))) {
    Pending p;
    p.name = name;
    p.kind = SymbolKind::kMethod;
    p.definition = n;
    p.flags = flags & ~symbol_flag::kConst;
    p.visibility = visibility;
    pending_[value] = p;
    return;
  }
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name_text = member_name(name);
  s.definition = n;
  std::uint32_t begin = t_[n].begin;
  const bool decorated = after_decorators(n, begin) != kNoNode;
  if (value != kNoNode && (type_of(t_, value) == N::object_ || type_of(t_, value) == N::class_))
    s.body = value;
  s.visibility = visibility;
  s.flags = (flags & ~symbol_flag::kProperty) | (decorated ? symbol_flag::kDecorated : 0u);
  const std::string signature =
      w_.normalised(begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(name);
  w_.skip(name);
  defined_[name] = {true, symbol};
  take_decorators(symbol);
}

void EcmaExtractor::enter_object(NodeIdx n) {
  SymbolIdx symbol = kNone;
  if (const auto found = pending_.find(n); found != pending_.end()) {
    const Pending p = std::move(found->second);
    pending_.erase(found);
    symbol = define_pending(p, n, n, kNoNode);
    if (p.export_equals) exported_objects_.insert(symbol);
  } else if (!prototypes_.contains(n)) {
    // An object with functions is worth a symbol even where nothing names it.
    bool functions = false;
    for (NodeIdx c = t_.first_child(n); c != kNoNode && !functions; c = t_.next_sibling(c))
      functions = type_of(t_, c) == N::method_definition_ ||
                  (type_of(t_, c) == N::pair_ &&
                   is_function_expression(type_of(t_, unwrap(t_.child(c, Field::value_)))));
    if (!functions) return;
    NewSymbol s;
    s.kind = SymbolKind::kVariable;
    s.name_text = "<object>";
    s.definition = n;
    s.body = t_.first_child(n);
    s.signature = "{ }";
    s.visibility = Visibility::kPrivate;
    s.flags = symbol_flag::kAnonymous;
    symbol = w_.define(s);
  }
  if (symbol != kNone) {
    objects_[n] = symbol;
    w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
    // The scope only: code in the object belongs to the function or module around it.
    const ScopeIdx scope = w_.open_scope(ScopeKind::kType, n);
    w_.facts.face.scopes[scope].owner = symbol;
    w_.symbol(symbol).scope = scope;
  }
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (type == N::pair_ || type == N::shorthand_property_identifier_) enter_property(c, symbol);
  }
}

/// A pair or shorthand of an object literal; `object` is kNone for a prototype's literal.
void EcmaExtractor::enter_property(NodeIdx n, SymbolIdx object) {
  const bool shorthand = type_of(t_, n) == N::shorthand_property_identifier_;
  const NodeIdx name = shorthand ? n : t_.child(n, Field::key_);
  if (name == kNoNode || type_of(t_, name) == N::computed_property_name_) return;
  const std::string_view text = member_name(name);
  const bool exported = object != kNone && exported_objects_.contains(object);
  const NodeIdx value = shorthand ? n : unwrap(t_.child(n, Field::value_));
  const N type = type_of(t_, value);
  Pending p;
  p.name = name;
  p.definition = n;
  p.visibility = Visibility::kPublic;
  if (exported) p.export_name = text;
  if (const auto prototype = prototypes_.find(t_.parent(n)); prototype != prototypes_.end()) {
    if (!is_function_expression(type)) return;
    p.kind = SymbolKind::kMethod;
    p.qualifier = prototype->second;
    p.this_name = prototype->second;
    p.declared_in = 0;
    pending_[value] = p;
    return;
  }
  if (object == kNone) return;
  p.this_symbol = object;
  p.parent = object;
  if (is_function_expression(type)) {
    p.kind = SymbolKind::kMethod;
    pending_[value] = p;
    return;
  }
  if (type == N::class_ || type == N::object_) {
    p.kind = SymbolKind::kField;
    pending_[value] = p;
    return;
  }
  if (exported && (shorthand || type == N::identifier_))
    return add_export(text, t_.text(value), kNone);
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name_text = text;
  s.definition = n;
  s.visibility = Visibility::kPublic;
  s.parent = object;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(name);
  defined_[name] = {true, symbol};
  if (exported) add_export(text, {}, symbol);
}

void EcmaExtractor::enter_parameters(NodeIdx n) {
  const NodeIdx function = t_.parent(n);
  const bool own = is_function(type_of(t_, function)) &&
                   w_.symbol(w_.current_symbol()).scope == w_.current_scope();
  std::uint8_t position = 0;
  std::uint8_t required = 0;
  bool rest = false;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const N type = type_of(t_, c);
    NodeIdx pattern = c;
    bool optional = false;
    if (type == N::required_parameter_ || type == N::optional_parameter_) {
      pattern = t_.child(c, Field::pattern_);
      if (pattern == kNoNode) pattern = t_.child(c, Field::name_);
      optional = type == N::optional_parameter_ || t_.child(c, Field::value_) != kNoNode;
    } else if (type == N::assignment_pattern_) {
      pattern = t_.child(c, Field::left_);
      optional = true;
    }
    if (pattern == kNoNode || type_of(t_, pattern) == N::this_) continue;
    if (!own) {
      skip_names(pattern);
      continue;
    }
    const bool is_rest = type_of(t_, pattern) == N::rest_pattern_;
    rest = rest || is_rest;
    Declaration d;
    d.local_kind = SymbolKind::kParameter;
    d.scope = w_.current_scope();
    d.position = position;
    declare_pattern(pattern, d);
    if (type == N::required_parameter_ || type == N::optional_parameter_)
      declare_parameter_field(c, pattern);
    if (!optional && !is_rest && required == position) ++required;
    if (position < 254) ++position;
  }
  if (!own) return;
  graph::Symbol& f = w_.symbol(w_.current_symbol());
  f.metrics.parameters = position;
  // JavaScript calls may leave out any argument.
  f.min_args = w_.facts.face.language == graph::Language::kJavaScript ? 0 : required;
  f.max_args = rest ? 255 : position;
}

/// TypeScript: a constructor's parameter with a modifier is a field as well.
void EcmaExtractor::declare_parameter_field(NodeIdx parameter, NodeIdx name) {
  const SymbolIdx constructor = w_.current_symbol();
  if (w_.symbol(constructor).kind != SymbolKind::kConstructor) return;
  const std::string_view text = head(parameter, name);
  if (type_of(t_, name) != N::identifier_) return;
  if (!has_word(text, "public") && !has_word(text, "private") && !has_word(text, "protected") &&
      !has_word(text, "readonly") && !has_word(text, "override"))
    return;
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name_text = t_.text(name);
  s.definition = parameter;
  s.visibility = Visibility::kPublic;
  s.flags = modifier_flags(parameter, name, s.visibility);
  s.parent = w_.symbol(constructor).parent;
  s.declared_in = w_.symbol(s.parent).scope;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(name);
  parameter_fields_[parameter] = symbol;
  members_.emplace((std::uint64_t{s.parent} << 32) | w_.symbol(symbol).name, symbol);
}

}  // namespace cairn::indexer::syntax::ecma
