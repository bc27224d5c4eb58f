// Functions, variables, parameters and lambdas.
#include <array>

#include "indexer/syntax/cfamily/names.h"

namespace cairn::indexer::syntax::cfamily {
namespace {

constexpr std::array<std::string_view, 5> kBlockTestMacros = {
    "TEST_CASE", "SCENARIO", "TEST_METHOD", "TEMPLATE_TEST_CASE", "SUBCASE"};

constexpr std::array<std::string_view, 12> kTestMacros = {"TEST",
                                                          "TEST_F",
                                                          "TEST_P",
                                                          "TYPED_TEST",
                                                          "TYPED_TEST_P",
                                                          "GTEST_TEST",
                                                          "START_TEST",
                                                          "BENCHMARK_F",
                                                          "FUZZ_TEST",
                                                          "TEST_GROUP",
                                                          "TEST_CASE_FIXTURE",
                                                          "BOOST_AUTO_TEST_CASE"};

bool uses_fixture(std::string_view macro) {
  return macro == "TEST_F" || macro == "TEST_P" || macro.starts_with("TYPED_TEST") ||
         macro == "BENCHMARK_F";
}

std::string operator_name_text(std::string_view text) {
  // "operator ()" and "operator()" are one name; "operator bool" keeps its space.
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      out += c;
      continue;
    }
    const auto word = [](char k) {
      return k == '_' || (k >= '0' && k <= '9') || (k >= 'a' && k <= 'z') || (k >= 'A' && k <= 'Z');
    };
    if (!out.empty() && i + 1 < text.size() && word(out.back()) && word(text[i + 1])) out += ' ';
  }
  return out;
}

}  // namespace

ScopeIdx Extractor::home_scope() const {
  return w_.in_function() ? w_.current_scope() : w_.function_scope();
}

bool Extractor::in_type_scope() const {
  return w_.scope(w_.function_scope()).kind == ScopeKind::kType;
}

Visibility Extractor::place_visibility(bool is_static) const {
  if (in_type_scope()) return access_.empty() ? Visibility::kPublic : access_.back();
  return is_static || anonymous_namespaces_ > 0 ? Visibility::kFile : Visibility::kPublic;
}

std::uint32_t Extractor::place_flags() const {
  return conditional_ > 0 ? symbol_flag::kConditional : 0;
}

void Extractor::set_parent(NewSymbol& s) const {
  // Functions and extern variables declared inside functions belong to the scope around these.
  ScopeIdx scope = w_.current_scope();
  while (w_.scope(scope).kind == ScopeKind::kFunction || w_.scope(scope).kind == ScopeKind::kBlock)
    scope = w_.scope(scope).parent;
  s.declared_in = scope;
  s.parent = w_.scope(scope).kind == ScopeKind::kFile ? 0 : w_.scope(scope).owner;
}

void Extractor::function_kind(const Declarator& d, graph::Symbol& symbol) const {
  const N kind = type_of(t_, d.name);
  const bool outside = d.whole_name != d.name && at(d.whole_name, id(N::qualified_identifier_));
  if (!outside && !graph::is_type(w_.facts.face.symbols[symbol.parent].kind)) {
    symbol.kind = SymbolKind::kFunction;
    return;
  }
  symbol.kind = SymbolKind::kMethod;
  if (kind == N::destructor_name_) {
    symbol.kind = SymbolKind::kDestructor;
    return;
  }
  const std::string_view name = t_.text(d.name);
  std::string_view type = w_.str(w_.facts.face.symbols[symbol.parent].name);
  const std::string qualifier = outside ? qualifier_text(d.whole_name) : std::string();
  if (outside) {
    const std::size_t last = qualifier.rfind("::");
    type = std::string_view(qualifier).substr(last == std::string::npos ? 0 : last + 2);
  }
  if (name == type) symbol.kind = SymbolKind::kConstructor;
}

void Extractor::function_flags(NodeIdx declaration, const Declarator& d,
                               graph::Symbol& symbol) const {
  for (NodeIdx c = t_.first_child(d.function); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::virtual_specifier_) continue;
    symbol.flags |= t_.text(c) == "final" ? symbol_flag::kFinal | symbol_flag::kVirtual
                                          : symbol_flag::kOverride | symbol_flag::kVirtual;
  }
  for (NodeIdx c = t_.first_child(declaration); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    const bool zero = t_[c].field == Field::default_value_ && t_.text(c) == "0";
    if (kind == N::pure_virtual_clause_ || zero)
      symbol.flags |= symbol_flag::kAbstract | symbol_flag::kVirtual;
  }
}

SymbolIdx Extractor::define_function(NodeIdx declaration, const Declarator& d, const Specifiers& s,
                                     bool has_body, bool alone) {
  NewSymbol n;
  n.name = d.name;
  n.definition = declaration;
  const NodeIdx around = t_.parent(declaration);
  if (at(around, id(N::template_declaration_))) n.definition = around;
  n.body = t_.child(declaration, Field::body_);
  const NodeIdx initializers = t_.child_of_type(declaration, id(N::field_initializer_list_));
  const std::uint32_t end = initializers != kNoNode ? t_[initializers].begin
                            : n.body != kNoNode     ? t_[n.body].begin
                                                    : t_[declaration].end;
  std::string signature = w_.normalised(t_[declaration].begin, end);
  while (signature.ends_with(';') || signature.ends_with(' ')) signature.pop_back();
  n.signature = signature;
  const bool is_friend = at(around, id(N::friend_declaration_));
  n.visibility = place_visibility(s.is_static);
  set_parent(n);
  while (is_friend && graph::is_type(w_.symbol(n.parent).kind)) {
    n.declared_in = w_.scope(n.declared_in).parent;
    n.parent = w_.symbol(n.parent).parent;
    n.visibility = Visibility::kPublic;
  }
  n.flags = place_flags();
  if (!has_body) n.flags |= symbol_flag::kDeclaration;
  if (s.is_static) n.flags |= symbol_flag::kStatic;
  if (s.is_virtual) n.flags |= symbol_flag::kVirtual;
  if (s.is_deprecated) n.flags |= symbol_flag::kDeprecated;
  std::string text;
  const N name_kind = type_of(t_, d.name);
  if (name_kind == N::operator_name_ || name_kind == N::operator_cast_) {
    std::string_view written = t_.text(d.name);
    if (name_kind == N::operator_cast_ && d.function != kNoNode)
      written = written.substr(0, t_[d.function].begin - t_[d.name].begin);
    text = operator_name_text(written);
    n.name = kNoNode;
    n.name_text = text;
  }
  const SymbolIdx symbol = w_.define(n);
  graph::Symbol& f = w_.symbol(symbol);
  if (n.name == kNoNode) {
    f.name_range = {t_.begin_of(d.name),
                    t_.position_of(t_[d.name].begin + static_cast<std::uint32_t>(text.size()))};
    if (f.name_range.end.line != f.name_range.begin.line) f.name_range = t_.range(d.name);
  }
  function_kind(d, f);
  function_flags(declaration, d, f);
  if (d.whole_name != d.name) {
    const std::string qualifier = qualifier_text(d.whole_name);
    if (!qualifier.empty()) f.qualifier = w_.intern(qualifier);
  }
  // Functions of C linkage are not overloaded: their C declaration and C++ definition are one.
  const bool c_linkage = f.kind == SymbolKind::kFunction &&
                         t_.ancestor(declaration, id(N::linkage_specification_)) != kNoNode;
  if (cpp_ && !c_linkage) f.disambiguator = parameters_hash(d.function);
  if (f.kind == SymbolKind::kFunction && n.parent == 0 && f.qualifier == 0) {
    if (t_.text(d.name) == "main") f.flags |= symbol_flag::kEntryPoint;
    if (!cpp_ && w_.facts.face.is_test && t_.text(d.name).starts_with("test"))
      f.flags |= symbol_flag::kTest;
  }
  declared_[d.name] = symbol | kDeclaredSymbol;
  for (const auto local : template_locals_) w_.local(local).owner = symbol;
  template_locals_.clear();
  count_arguments(symbol, d.function);
  skip_name(d);
  if (name_kind == N::operator_cast_) w_.role(t_.child(d.name, Field::type_), RefRole::kType);
  if (!alone) {
    pending_functions_[d.function] = symbol;
    return symbol;
  }
  const ScopeIdx outside = w_.current_scope();
  w_.open(symbol, ScopeKind::kFunction, declaration);
  if (const NodeIdx type = t_.child(declaration, Field::type_); type != kNoNode) {
    w_.reopen_scope(outside, type);
    w_.role(type, RefRole::kType, 255, ref_flag::kReturnType);
  }
  declare_parameters(d.function, w_.symbol(symbol).scope);
  return symbol;
}

bool Extractor::enter_test_macro(NodeIdx n, const Declarator& d) {
  if (t_.child(n, Field::type_) != kNoNode || d.name == kNoNode || d.function == kNoNode)
    return false;
  const std::string_view macro = t_.text(d.name);
  bool known = false;
  for (const std::string_view m : kTestMacros) known = known || m == macro;
  if (!known) return false;
  const NodeIdx parameters = t_.child(d.function, Field::parameters_);
  std::string name;
  NodeIdx first = kNoNode;
  NodeIdx last = kNoNode;
  unsigned count = 0;
  for (NodeIdx c = parameters == kNoNode ? kNoNode : t_.first_child(parameters); c != kNoNode;
       c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const NodeIdx word = t_.first_child(c) == kNoNode ? c : t_.first_child(c);
    if (first == kNoNode) first = word;
    last = word;
    name += (name.empty() ? "" : ".") + std::string(t_.text(word));
    w_.skip(word);
    ++count;
  }
  if (last == kNoNode) return false;
  NewSymbol s;
  s.kind = SymbolKind::kTest;
  s.name_text = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kFile;
  s.flags = symbol_flag::kTest | place_flags();
  set_parent(s);
  const SymbolIdx test = w_.define(s);
  w_.symbol(test).name_range = t_.range(last);
  w_.symbol(test).max_args = 0;
  w_.facts.face.is_test = true;
  w_.role(d.name, RefRole::kCall, static_cast<std::uint8_t>(count));
  if (uses_fixture(macro) && first != last) {
    // The body runs as a member of the fixture.
    w_.role(first, RefRole::kType);
    w_.symbol(test).qualifier = w_.intern_node(first);
  }
  w_.open(test, ScopeKind::kFunction, n);
  return true;
}

void Extractor::note_call(NodeIdx call) {
  if (w_.in_function()) return;
  const NodeIdx function = t_.child(call, Field::function_);
  if (!at(function, id(N::identifier_))) return;
  for (const std::string_view macro : kBlockTestMacros)
    if (t_.text(function) == macro) last_call_ = call;
}

void Extractor::enter_free_block(NodeIdx n) {
  // `TEST_CASE("name") { ... }` is a call and a block to the grammar.
  const NodeIdx call = last_call_;
  const NodeIdx statement = call == kNoNode ? kNoNode : t_.parent(call);
  if (!at(statement, id(N::expression_statement_)) || t_[statement].next != n) {
    w_.open_scope(ScopeKind::kFunction, n);
    return;
  }
  const NodeIdx arguments = t_.child(call, Field::arguments_);
  const NodeIdx title = arguments == kNoNode ? kNoNode : t_.named_child(arguments, 0);
  std::string name = title == kNoNode ? std::string() : std::string(t_.text(title));
  if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
  NewSymbol s;
  s.kind = SymbolKind::kTest;
  s.name_text = name;
  s.definition = n;
  const std::string signature = w_.normalised(t_[call].begin, t_[call].end);
  s.signature = signature;
  s.visibility = Visibility::kFile;
  s.flags = symbol_flag::kTest | place_flags();
  set_parent(s);
  const SymbolIdx test = w_.define(s);
  graph::Symbol& symbol = w_.symbol(test);
  symbol.range.begin = t_.begin_of(statement);
  symbol.name_range = title == kNoNode ? t_.range(call) : t_.range(title);
  symbol.max_args = 0;
  w_.facts.face.is_test = true;
  w_.open(test, ScopeKind::kFunction, n);
}

void Extractor::enter_function_definition(NodeIdx n) {
  const Declarator d = read_declarator(t_.child(n, Field::declarator_));
  if (d.name == kNoNode || d.function == kNoNode) {
    // A body the grammar could not give a function: its variables are still local to it.
    if (!w_.in_function()) w_.open_scope(ScopeKind::kFunction, n);
    return;
  }
  if (enter_test_macro(n, d)) return;
  bool has_body = t_.child(n, Field::body_) != kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode && !has_body; c = t_.next_sibling(c))
    has_body = type_of(t_, c) == N::none && t_.is_named(c);  // = default, = delete
  define_function(n, d, read_specifiers(n), has_body, true);
}

void Extractor::enter_declaration(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  const Specifiers s = read_specifiers(n);
  unsigned declarators = 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    declarators += t_[c].field == Field::declarator_ ? 1 : 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::declarator_) continue;
    Declarator d = read_declarator(c);
    if (d.binding != kNoNode) {
      define_binding(d.binding, c);
      continue;
    }
    if (d.name == kNoNode) continue;
    if (d.annotation != kNoNode) {
      w_.role(d.annotation, RefRole::kCall);
      read_arguments(t_.parent(d.annotation));
    }
    if (at(parent, id(N::function_definition_))) {
      // K&R: types of parameters already named.
      w_.skip(d.name);
      if (const auto local = w_.find_local(w_.current_scope(), t_.text(d.name)); local != kNone)
        declared_[d.name] = local;
      continue;
    }
    if (d.function != kNoNode && cpp_ && w_.in_function() && looks_like_construction(d.function)) {
      read_arguments(d.function);
      if (declarators == 1)
        w_.role(t_.child(n, Field::type_), RefRole::kNew,
                argument_count(t_.child(d.function, Field::parameters_)));
      d.function = kNoNode;
    }
    if (d.function != kNoNode) {
      define_function(n, d, s, false, declarators == 1);
    } else {
      if (d.value == kNoNode) d.value = t_.child(n, Field::value_);
      if (d.value == kNoNode) d.value = t_.child(n, Field::default_value_);
      define_variable(n, c, d, s, declarators == 1);
    }
  }
}

void Extractor::read_arguments(NodeIdx function) {
  // What the grammar took for parameter types are values.
  const NodeIdx parameters = t_.child(function, Field::parameters_);
  for (NodeIdx c = parameters == kNoNode ? kNoNode : t_.first_child(parameters); c != kNoNode;
       c = t_.next_sibling(c))
    if (const NodeIdx type = t_.child(c, Field::type_); type != kNoNode)
      w_.role(type, RefRole::kRead);
}

void Extractor::define_binding(NodeIdx binding, NodeIdx declarator) {
  for (NodeIdx c = t_.first_child(binding); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::identifier_) continue;
    w_.skip(c);
    if (!w_.in_function()) continue;
    w_.define_local(SymbolKind::kLocal, c, w_.current_scope(), t_[declarator].begin);
  }
}

void Extractor::define_variable(NodeIdx declaration, NodeIdx declarator, const Declarator& d,
                                const Specifiers& s, bool alone) {
  skip_name(d);
  const bool is_lambda = at(d.value, id(N::lambda_expression_)) && !d.pointer;
  if (is_lambda) {
    lambda_names_[d.value] = d.name;
    return;
  }
  const NodeIdx type = t_.child(declaration, Field::type_);
  const bool braces = at(d.value, id(N::initializer_list_)) && d.value != kNoNode &&
                      t_.text(declarator).find('=') == std::string_view::npos;
  if (cpp_ && alone && !d.pointer && d.arrays == 0 && type != kNoNode &&
      (at(d.value, id(N::argument_list_)) || braces)) {
    w_.role(type, RefRole::kNew, argument_count(d.value));
  }
  if (w_.in_function() && !s.is_extern) {
    const auto local =
        w_.define_local(SymbolKind::kLocal, d.name, w_.current_scope(), t_[declarator].begin);
    declared_[d.name] = local;
    return;
  }
  NewSymbol n;
  const bool constant = s.is_constexpr || (s.is_const && !d.pointer);
  const bool outside = d.whole_name != d.name;
  const bool field = in_type_scope() || (outside && !qualifier_text(d.whole_name).empty());
  n.kind = field ? SymbolKind::kField : constant ? SymbolKind::kConstant : SymbolKind::kVariable;
  n.name = d.name;
  n.definition = alone ? declaration : declarator;
  if (alone && at(t_.parent(declaration), id(N::template_declaration_)))
    n.definition = t_.parent(declaration);
  n.visibility = place_visibility(s.is_static);
  n.flags = place_flags() | (constant ? symbol_flag::kConst : 0u) |
            (s.is_static ? symbol_flag::kStatic : 0u) |
            (s.is_deprecated ? symbol_flag::kDeprecated : 0u);
  const bool extern_c = at(t_.parent(declaration), id(N::linkage_specification_));
  const bool static_member = in_type_scope() && s.is_static && !s.is_inline && !s.is_constexpr;
  if (d.value == kNoNode && (s.is_extern || extern_c || static_member))
    n.flags |= symbol_flag::kDeclaration;
  set_parent(n);
  std::string signature;
  if (!alone && type != kNoNode)
    signature = w_.normalised(t_[declaration].begin, t_[type].end) + ' ';
  const std::uint32_t begin = alone ? t_[declaration].begin : t_[declarator].begin;
  const std::uint32_t end = d.value != kNoNode ? t_[d.value].begin : t_[n.definition].end;
  signature += w_.normalised(begin, end);
  while (signature.ends_with(';') || signature.ends_with(' ') || signature.ends_with('='))
    signature.pop_back();
  n.signature = signature;
  const SymbolIdx symbol = w_.define(n);
  if (!alone) w_.symbol(symbol).doc_line = w_.doc_line_above(declaration);
  if (outside) {
    if (const std::string q = qualifier_text(d.whole_name); !q.empty())
      w_.symbol(symbol).qualifier = w_.intern(q);
  }
  declared_[d.name] = symbol | kDeclaredSymbol;
}

void Extractor::enter_type_definition(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::type_);
  const bool record = type != kNoNode && (type_of(t_, type) == N::struct_specifier_ ||
                                          type_of(t_, type) == N::union_specifier_ ||
                                          type_of(t_, type) == N::enum_specifier_);
  const NodeIdx tag = record ? t_.child(type, Field::name_) : kNoNode;
  const bool has_body = record && t_.child(type, Field::body_) != kNoNode;
  const NodeIdx renamed = has_body && tag == kNoNode ? typedef_name(type) : kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::declarator_) continue;
    const Declarator d = read_declarator(c);
    if (d.name == kNoNode) continue;
    w_.skip(d.name);
    if (d.name == renamed) continue;  // names the struct itself
    const bool same = tag != kNoNode && t_.text(tag) == t_.text(d.name) && !d.pointer;
    if (same && has_body) continue;
    NewSymbol s;
    // `typedef struct x x;` declares the struct.
    s.kind = !same                                       ? SymbolKind::kTypeAlias
             : type_of(t_, type) == N::struct_specifier_ ? SymbolKind::kStruct
             : type_of(t_, type) == N::union_specifier_  ? SymbolKind::kUnion
                                                         : SymbolKind::kEnum;
    s.name = d.name;
    s.definition = n;
    if (has_body) s.body = t_.child(type, Field::body_);
    std::string signature = w_.normalised(t_[n].begin, has_body ? t_[s.body].begin : t_[n].end);
    if (signature.ends_with(';')) signature.pop_back();
    s.signature = signature;
    s.visibility = place_visibility(false);
    s.flags = place_flags() | (same ? symbol_flag::kDeclaration : 0u);
    s.declared_in = home_scope();
    const SymbolIdx symbol = w_.define(s);
    if (!same) declared_[d.name] = symbol | kDeclaredSymbol;
  }
}

void Extractor::enter_parameter(NodeIdx n) {
  // Parameters of functions being defined are declared with these; others name nothing.
  const NodeIdx list = t_.parent(n);
  const NodeIdx owner = list == kNoNode ? kNoNode : t_.parent(list);
  const NodeIdx name = read_declarator(t_.child(n, Field::declarator_)).name;
  if (name == kNoNode || declared_.contains(name)) return;
  w_.skip(name);
  if (at(list, id(N::template_parameter_list_)) || at(owner, id(N::catch_clause_)) ||
      at(owner, id(N::requires_expression_))) {
    const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
    declared_[name] = local;
    if (at(list, id(N::template_parameter_list_)))
      template_locals_.push_back(local);
    else
      w_.local(local).kind = SymbolKind::kLocal;
  }
}

void Extractor::enter_template_parameter(NodeIdx n) {
  NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) name = t_.child_of_type(n, id(N::type_identifier_));
  if (name == kNoNode) return;
  w_.skip(name);
  if (at(t_.parent(t_.parent(n)), id(N::template_template_parameter_declaration_))) return;
  template_locals_.push_back(w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope()));
}

void Extractor::enter_for_range(NodeIdx n) {
  w_.open_scope(ScopeKind::kBlock, n);
  const NodeIdx declarator = t_.child(n, Field::declarator_);
  const Declarator d = read_declarator(declarator);
  const NodeIdx body = t_.child(n, Field::body_);
  // The range is evaluated before the variable exists.
  const std::uint32_t from = body == kNoNode ? 0 : t_[body].begin;
  if (d.binding != kNoNode) {
    define_binding(d.binding, body == kNoNode ? declarator : body);
  } else if (d.name != kNoNode) {
    w_.skip(d.name);
    if (w_.in_function())
      declared_[d.name] = w_.define_local(SymbolKind::kLocal, d.name, w_.current_scope(), from);
  }
}

void Extractor::enter_lambda(NodeIdx n) {
  const auto bound = lambda_names_.find(n);
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  std::string name;
  if (bound != lambda_names_.end()) {
    s.name = bound->second;
    s.visibility = w_.in_function() ? Visibility::kPrivate : place_visibility(false);
    s.declared_in = home_scope();
  } else {
    name = w_.next_lambda_name();
    s.name_text = name;
    s.flags = symbol_flag::kAnonymous;
    s.visibility = Visibility::kPrivate;
  }
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  const NodeIdx declarator = t_.child(n, Field::declarator_);
  w_.symbol(symbol).max_args = 0;
  if (declarator != kNoNode) count_arguments(symbol, declarator);
  w_.open(symbol, ScopeKind::kFunction, n, true);
  if (declarator != kNoNode) declare_parameters(declarator, w_.symbol(symbol).scope);
}

void Extractor::set_types(NodeIdx name, ExprIdx type, ExprIdx init) {
  const auto found = declared_.find(name);
  if (found == declared_.end()) return;
  if (found->second & kDeclaredSymbol) {
    graph::Symbol& s = w_.symbol(found->second & ~kDeclaredSymbol);
    if (type != kNone && s.type == kNone) s.type = type;
    if (init != kNone) s.init = init;
  } else {
    graph::Local& l = w_.local(found->second);
    if (type != kNone && l.type == kNone) l.type = type;
    if (init != kNone) l.init = init;
  }
}

void Extractor::leave_declaration(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  NodeIdx value = t_.child(n, Field::value_);
  if (value == kNoNode) value = t_.child(n, Field::default_value_);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::declarator_) continue;
    const Declarator d = read_declarator(c);
    if (d.name == kNoNode) continue;
    if (at(d.name, id(N::operator_cast_))) {
      set_types(d.name, w_.expr(t_.child(d.name, Field::type_)), kNone);
      continue;
    }
    const bool function = d.function != kNoNode;
    ExprIdx init = kNone;
    if (!function) init = w_.expr(d.value != kNoNode ? d.value : value);
    set_types(d.name, declared_type(type, d), init);
  }
}

void Extractor::leave_init_declarator(NodeIdx n) {
  const Declarator d = read_declarator(n);
  if (d.name == kNoNode || d.value == kNoNode || lambda_names_.contains(d.value)) return;
  if (const ExprIdx value = w_.expr(d.value); value != kNone)
    w_.add_assign(w_.add_name(t_.text(d.name)), value);
}

}  // namespace cairn::indexer::syntax::cfamily
