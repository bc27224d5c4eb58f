// PHP: dispatch, definitions and metrics.
#include "indexer/syntax/php/extractor.h"

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

extern "C" const TSLanguage* tree_sitter_php(void);

namespace cairn::indexer::syntax::php {

namespace {

std::uint16_t id(N type) { return static_cast<std::uint16_t>(type); }

}  // namespace

bool is_class_keyword(std::string_view name) {
  return name == "self" || name == "static" || name == "parent";
}

void PhpExtractor::enter(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::namespace_definition_:
      return enter_namespace(n);
    case N::namespace_use_declaration_:
      return enter_use(n);
    case N::class_declaration_:
    case N::interface_declaration_:
    case N::trait_declaration_:
    case N::enum_declaration_:
    case N::anonymous_class_:
      return enter_class(n);
    case N::function_definition_:
    case N::method_declaration_:
      return enter_function(n);
    case N::anonymous_function_:
    case N::arrow_function_:
      return enter_closure(n);
    case N::property_hook_:
      return enter_hook(n);
    case N::formal_parameters_:
      return enter_parameters(n);
    case N::anonymous_function_use_clause_:
      return enter_captures(n);
    case N::const_declaration_:
      return enter_constants(n);
    case N::property_declaration_:
      return enter_property(n);
    case N::enum_case_:
      return enter_case(n);
    case N::use_declaration_:
      return enter_trait_use(n);
    case N::use_as_clause_:
    case N::use_instead_of_clause_:
      return enter_trait_rule(n);
    case N::base_clause_:
      return pass_names(n, RefRole::kInherit, 0);
    case N::class_interface_clause_:
      return pass_names(n, RefRole::kInherit, ref_flag::kImplementsClause);
    case N::attribute_:
      return w_.role(t_.named_child(n, 0), RefRole::kDecorate,
                     count_arguments(t_.child(n, Field::parameters_)));
    case N::type_list_:
      return pass_names(n, RefRole::kType, ref_flag::kThrown);
    case N::named_type_:
    case N::optional_type_:
    case N::union_type_:
    case N::intersection_type_:
    case N::disjunctive_normal_form_type_: {
      const std::uint8_t flags =
          t_[n].field == Field::return_type_ ? ref_flag::kReturnType : w_.hint(n).flags;
      return pass_names(n, RefRole::kType, flags);
    }
    case N::named_label_statement_:
    case N::goto_statement_:
      return w_.skip(t_.named_child(n, 0));
    case N::arguments_:
      // What `new class(...)` is given is evaluated around the class.
      if (type_of(t_, t_.parent(n)) == N::anonymous_class_ &&
          w_.scope(w_.current_scope()).parent != graph::kNone)
        w_.reopen_scope(w_.scope(w_.current_scope()).parent, n);
      return;
    case N::argument_:
      return w_.skip(t_.child(n, Field::name_));
    default:
      return enter_expression(n);
  }
}

void PhpExtractor::enter_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::function_call_expression_: {
      const NodeIdx arguments = t_.child(n, Field::arguments_);
      const bool callable = arguments != kNoNode &&
                            t_.child_of_type(arguments, id(N::variadic_placeholder_)) != kNoNode;
      const NodeIdx function = t_.child(n, Field::function_);
      w_.role(function, callable ? RefRole::kRead : RefRole::kCall,
              callable ? std::uint8_t{255} : count_arguments(arguments));
      enter_test(n, arguments);
      return define_constant(n, arguments);
    }
    case N::member_call_expression_:
    case N::nullsafe_member_call_expression_:
    case N::member_access_expression_:
    case N::nullsafe_member_access_expression_:
    case N::scoped_call_expression_:
    case N::scoped_property_access_expression_:
      if (type_of(t_, t_.child(n, Field::name_)) == N::name_ ||
          type_of(t_, n) == N::scoped_property_access_expression_)
        w_.skip(t_.child(n, Field::name_));
      return;
    case N::class_constant_access_expression_:
      return w_.skip(t_.named_child(n, 1));
    case N::object_creation_expression_:
      return w_.role(t_.named_child(n, 0), RefRole::kNew,
                     count_arguments(t_.child_of_type(n, id(N::arguments_))));
    case N::binary_expression_:
      if (type_of(t_, t_.child(n, Field::operator_)) == N::kw_instanceof)
        w_.role(t_.child(n, Field::right_), RefRole::kType);
      return;
    case N::assignment_expression_:
    case N::reference_assignment_expression_:
    case N::augmented_assignment_expression_:
      return write_targets(t_.child(n, Field::left_));
    case N::update_expression_:
      return write_targets(t_.child(n, Field::argument_));
    case N::foreach_statement_:
      return enter_foreach(n);
    case N::catch_clause_:
    case N::static_variable_declaration_:
      return w_.role(t_.child(n, Field::name_), RefRole::kWrite);
    case N::global_declaration_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
        const NodeIdx name = t_.named_child(c, 0);
        if (type_of(t_, c) != N::variable_name_ || name == kNoNode || !w_.in_function()) continue;
        const auto global = variables_.find(w_.intern_node(name));
        if (global == variables_.end()) continue;
        variables_[(std::uint64_t{w_.function_scope()} << 32) | w_.intern_node(name)] =
            global->second;
      }
      return;
    default:
      return;
  }
}

/// Hints the names directly below n, and the types that hold them.
void PhpExtractor::pass_names(NodeIdx n, RefRole role, std::uint8_t flags) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c)) w_.role(c, role, 255, flags);
}

void PhpExtractor::enter_namespace(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx body = t_.child(n, Field::body_);
  if (namespaces_ == 0)
    for (NodeIdx c = t_.first_child(t_.parent(n)); c != kNoNode; c = t_.next_sibling(c))
      namespaces_ += type_of(t_, c) == N::namespace_definition_ ? 1 : 0;
  if (namespaces_ < 2) {
    if (name != kNoNode) w_.facts.face.package = w_.intern_node(name);
    return;
  }
  // Several in one file: each is a symbol. One without braces lasts until the next.
  NewSymbol s;
  s.kind = SymbolKind::kNamespace;
  s.name_text = name != kNoNode ? t_.text(name) : "\\";
  s.definition = n;
  s.body = body;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kMergeable;
  s.parent = 0;
  s.declared_in = 0;
  const SymbolIdx symbol = w_.define(s);
  if (name != kNoNode) w_.symbol(symbol).name_range = t_.range(name);
  namespace_ = w_.open(symbol, ScopeKind::kNamespace, body != kNoNode ? n : 0);
  w_.facts.face.scopes[namespace_].parent = 0;
}

void PhpExtractor::enter_use(NodeIdx n) {
  const std::string_view text = t_.text(n);
  const std::size_t at = text.find_first_not_of(" \t\r\n", 3);
  const std::string_view rest = at == std::string_view::npos ? std::string_view{} : text.substr(at);
  const bool is_static = rest.starts_with("function ") || rest.starts_with("const ");
  const NodeIdx group = t_.child(n, Field::body_);
  std::string_view prefix;
  if (const NodeIdx p = t_.child_of_type(n, id(N::namespace_name_)); p != kNoNode)
    prefix = t_.text(p);
  for (NodeIdx c = t_.first_child(group != kNoNode ? group : n); c != kNoNode;
       c = t_.next_sibling(c))
    if (type_of(t_, c) == N::namespace_use_clause_) enter_use_clause(c, prefix, is_static);
}

void PhpExtractor::enter_use_clause(NodeIdx clause, std::string_view prefix, bool is_static) {
  const std::string_view head = t_.text(clause);
  is_static = is_static || head.starts_with("function ") || head.starts_with("const ");
  NodeIdx whole = kNoNode;
  for (NodeIdx c = t_.first_child(clause); c != kNoNode && whole == kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::name_ || type_of(t_, c) == N::qualified_name_) whole = c;
  if (whole == kNoNode) return;
  NodeIdx name = whole;
  std::string module(prefix);
  if (type_of(t_, whole) == N::qualified_name_) {
    w_.skip(whole);
    const NodeIdx namespaces = t_.child_of_type(whole, id(N::namespace_name_));
    name = t_.child_of_type(whole, id(N::name_));
    if (name == kNoNode) return;
    if (namespaces != kNoNode) {
      if (!module.empty()) module += '\\';
      module += t_.text(namespaces);
    }
  }
  const NodeIdx alias = t_.child(clause, Field::alias_);
  graph::Import i;
  i.kind = graph::ImportKind::kName;
  i.module = w_.intern(module);
  i.name = w_.intern_node(name);
  i.alias = alias != kNoNode ? w_.intern_node(alias) : i.name;
  i.scope = namespace_;
  i.is_static = is_static;
  i.range = t_.range(name);
  w_.skip(name);
  w_.skip(alias);
  const auto index = w_.add_import(i);
  graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
  if (module.starts_with("PHPUnit\\") || module.starts_with("Pest\\")) w_.facts.face.is_test = true;
}

std::uint32_t PhpExtractor::modifiers(NodeIdx n, Visibility& visibility) const {
  std::uint32_t flags = 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    switch (type_of(t_, c)) {
      case N::static_modifier_:
        flags |= symbol_flag::kStatic;
        break;
      case N::abstract_modifier_:
        flags |= symbol_flag::kAbstract;
        break;
      case N::final_modifier_:
        flags |= symbol_flag::kFinal;
        break;
      case N::readonly_modifier_:
        flags |= symbol_flag::kConst;
        break;
      case N::attribute_list_:
        flags |= symbol_flag::kDecorated;
        break;
      case N::visibility_modifier_:
        if (t_.text(c).starts_with("private")) visibility = Visibility::kPrivate;
        if (t_.text(c).starts_with("protected")) visibility = Visibility::kProtected;
        break;
      default:
        break;
    }
  }
  return flags;
}

void PhpExtractor::enter_class(NodeIdx n) {
  const N type = type_of(t_, n);
  const NodeIdx name = t_.child(n, Field::name_);
  const bool anonymous = type == N::anonymous_class_;
  if (name == kNoNode && !anonymous) return;
  NewSymbol s;
  s.kind = type == N::interface_declaration_ ? SymbolKind::kInterface
           : type == N::trait_declaration_   ? SymbolKind::kTrait
           : type == N::enum_declaration_    ? SymbolKind::kEnum
                                             : SymbolKind::kClass;
  s.name = name;
  s.name_text = anonymous ? "<class>" : std::string_view{};
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = anonymous ? Visibility::kPrivate : Visibility::kPublic;
  s.flags = modifiers(n, s.visibility) | (anonymous ? symbol_flag::kAnonymous : 0u);
  std::uint32_t begin = t_[n].begin;
  if (const NodeIdx a = t_.child(n, Field::attributes_); a != kNoNode) begin = t_[a].end;
  const std::string signature =
      w_.normalised(begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  s.signature = signature;
  // A class declared inside a function is global all the same.
  if (!anonymous) s.declared_in = namespace_;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (anonymous) {
    w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
    w_.facts.face.exprs[w_.expr(n)].is_type = true;
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void PhpExtractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const bool method = type_of(t_, n) == N::method_declaration_;
  const std::string_view text = t_.text(name);
  NewSymbol s;
  s.kind = !method                 ? SymbolKind::kFunction
           : text == "__construct" ? SymbolKind::kConstructor
           : text == "__destruct"  ? SymbolKind::kDestructor
                                   : SymbolKind::kMethod;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPublic;
  s.flags = modifiers(n, s.visibility);
  const SymbolIdx type = w_.current_symbol();
  if (method && w_.symbol(type).kind == SymbolKind::kInterface) s.flags |= symbol_flag::kAbstract;
  std::uint32_t begin = t_[n].begin;
  const NodeIdx attributes = t_.child(n, Field::attributes_);
  if (attributes != kNoNode) begin = t_[attributes].end;
  const std::string_view class_name = w_.str(w_.symbol(type).name);
  const bool test_class =
      w_.facts.face.is_test || class_name.ends_with("Test") || class_name.ends_with("TestCase");
  if (method && test_class &&
      (text.starts_with("test") ||
       (attributes != kNoNode && t_.text(attributes).find("Test") != std::string_view::npos)))
    s.flags |= symbol_flag::kTest;
  const std::string signature =
      w_.normalised(begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  s.signature = signature;
  if (!method) s.declared_in = namespace_;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  w_.open(symbol, ScopeKind::kFunction, n);
  if (attributes != kNoNode) define_attribute_routes(attributes, name);
}

void PhpExtractor::enter_closure(NodeIdx n) {
  const auto test = tests_.find(n);
  const std::string name = test != tests_.end() ? test->second : w_.next_lambda_name();
  NewSymbol s;
  s.kind = test != tests_.end() ? SymbolKind::kTest : SymbolKind::kFunction;
  s.name_text = name;
  s.definition = test != tests_.end() ? test_calls_[n] : n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPrivate;
  s.flags = test != tests_.end() ? symbol_flag::kTest : symbol_flag::kAnonymous;
  if (t_.child(n, Field::static_modifier_) != kNoNode) s.flags |= symbol_flag::kStatic;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  scope_nodes_[w_.open(symbol, ScopeKind::kFunction, n, test == tests_.end())] = n;
}

/// `get` or `set` of a property: a function of its own.
void PhpExtractor::enter_hook(NodeIdx n) {
  const NodeIdx name = t_.child_of_type(n, id(N::name_));
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kMethod;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kProperty;
  w_.skip(name);
  w_.open(w_.define(s), ScopeKind::kFunction, n);
}

NodeIdx PhpExtractor::first_variable_name(NodeIdx n) const {
  if (type_of(t_, n) == N::by_ref_) n = t_.named_child(n, 0);
  return type_of(t_, n) == N::variable_name_ ? t_.named_child(n, 0) : kNoNode;
}

void PhpExtractor::enter_parameters(NodeIdx n) {
  std::uint8_t position = 0;
  std::uint8_t required = 0;
  bool variadic = false;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (type != N::simple_parameter_ && type != N::variadic_parameter_ &&
        type != N::property_promotion_parameter_)
      continue;
    const NodeIdx variable = t_.child(c, Field::name_);
    if (variable == kNoNode) continue;
    const NodeIdx name = first_variable_name(variable);
    if (name == kNoNode) continue;
    const Variable v = declare(name, SymbolKind::kParameter);
    if (v.kind == graph::BindKind::kLocal) w_.local(v.index).position = position;
    defined_[c] = v;
    w_.skip(type_of(t_, variable) == N::by_ref_ ? t_.named_child(variable, 0) : variable);
    if (type == N::property_promotion_parameter_) promote(c, name);
    const bool optional = t_.child(c, Field::default_value_) != kNoNode;
    variadic = variadic || type == N::variadic_parameter_;
    if (!optional && type != N::variadic_parameter_)
      required = static_cast<std::uint8_t>(position + 1);
    if (position < 254) ++position;
  }
  graph::Symbol& f = w_.symbol(w_.current_symbol());
  if (!graph::is_callable(f.kind)) return;
  f.metrics.parameters = position;
  f.min_args = required;
  f.max_args = variadic ? 255 : position;
}

/// A constructor's parameter with a modifier is a field as well.
void PhpExtractor::promote(NodeIdx parameter, NodeIdx name) {
  const SymbolIdx type = w_.symbol(w_.current_symbol()).parent;
  if (type == kNone) return;
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  s.definition = parameter;
  s.visibility = Visibility::kPublic;
  s.flags = modifiers(parameter, s.visibility);
  s.parent = type;
  s.declared_in = w_.symbol(type).scope != kNone ? w_.symbol(type).scope : 0;
  defined_[name] = {graph::BindKind::kSymbol, w_.define(s)};
}

/// `use ($a, &$b)`: each is read outside and a local inside.
void PhpExtractor::enter_captures(NodeIdx n) {
  const ScopeIdx inside = w_.current_scope();
  if (w_.scope(inside).kind != ScopeKind::kFunction) return;  // a fragment without its function
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx name = first_variable_name(c);
    if (name == kNoNode) continue;
    w_.skip(t_.parent(name));
    const ScopeIdx outside = w_.scope(inside).parent;
    w_.reopen_scope(outside, n);
    const Variable outer = find(t_.text(name));
    if (outer.kind != graph::BindKind::kUnbound) {
      graph::Ref& ref = w_.add_ref(name, RefRole::kRead);
      ref.bind = outer.kind;
      ref.bound = outer.index;
    }
    w_.reopen_scope(inside, n);
    const Variable v = declare(name, SymbolKind::kLocal);
    if (outer.kind == graph::BindKind::kUnbound || v.kind != graph::BindKind::kLocal) continue;
    const ExprIdx value = w_.add_name(t_.text(name));
    w_.facts.face.exprs[value].bind = outer.kind;
    w_.facts.face.exprs[value].a = outer.index;
    w_.local(v.index).init = value;
  }
}

void PhpExtractor::enter_constants(NodeIdx n) {
  Visibility visibility = Visibility::kPublic;
  const std::uint32_t flags = modifiers(n, visibility);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx name = t_.named_child(c, 0);
    if (type_of(t_, c) != N::const_element_ || type_of(t_, name) != N::name_) continue;
    NewSymbol s;
    s.kind = SymbolKind::kConstant;
    s.name = name;
    s.definition = t_.next_sibling(c) == kNoNode && t_.named_child(n, 0) == c ? n : c;
    s.visibility = visibility;
    s.flags = flags | symbol_flag::kConst;
    defined_[name] = {graph::BindKind::kSymbol, w_.define(s)};
    w_.skip(name);
  }
}

void PhpExtractor::enter_property(NodeIdx n) {
  Visibility visibility = Visibility::kPublic;
  const std::uint32_t flags = modifiers(n, visibility);
  unsigned elements = 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    elements += type_of(t_, c) == N::property_element_ ? 1 : 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx variable = t_.child(c, Field::name_);
    if (type_of(t_, c) != N::property_element_ || variable == kNoNode) continue;
    const NodeIdx name = t_.named_child(variable, 0);
    if (name == kNoNode) continue;
    NewSymbol s;
    s.kind = SymbolKind::kField;
    s.name = name;
    s.definition = elements == 1 ? n : c;
    s.visibility = visibility;
    s.flags = flags;
    defined_[name] = {graph::BindKind::kSymbol, w_.define(s)};
    w_.skip(variable);
  }
}

void PhpExtractor::enter_case(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  s.definition = n;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kConst | symbol_flag::kStatic;
  defined_[name] = {graph::BindKind::kSymbol, w_.define(s)};
  w_.skip(name);
}

void PhpExtractor::enter_trait_use(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) != N::use_list_) w_.role(c, RefRole::kInherit);
}

/// `T::a insteadof U` and `a as b`: `a` is a method of a trait, `b` a new name for it.
void PhpExtractor::enter_trait_rule(NodeIdx n) {
  const bool as = type_of(t_, n) == N::use_as_clause_;
  bool first = true;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c)) continue;
    if (as && type_of(t_, c) == N::name_) {
      w_.skip(c);
      if (first) w_.add_ref(c, RefRole::kRead, w_.add_expr(ExprKind::kSelf, "self"));
    } else if (!as && !first) {
      w_.role(c, RefRole::kType);
    }
    first = false;
  }
}

void PhpExtractor::enter_foreach(NodeIdx n) {
  const NodeIdx target = t_.named_child(n, 1);
  if (type_of(t_, target) != N::pair_) return write_targets(target);
  write_targets(t_.named_child(target, 0));
  write_targets(t_.named_child(target, 1));
}

/// Pest and its kin: it('does x', function () { ... })
void PhpExtractor::enter_test(NodeIdx call, NodeIdx arguments) {
  const NodeIdx function = t_.child(call, Field::function_);
  if (arguments == kNoNode || type_of(t_, function) != N::name_) return;
  const std::string_view name = t_.text(function);
  if (name != "it" && name != "test" && name != "describe") return;
  const std::string_view text = string_text(argument(arguments, 0));
  const NodeIdx body = argument(arguments, 1);
  const N type = type_of(t_, body);
  if (text.empty() || (type != N::anonymous_function_ && type != N::arrow_function_)) return;
  tests_[body] = std::string(text);
  test_calls_[body] = call;
  w_.facts.face.is_test = true;
}

void PhpExtractor::define_constant(NodeIdx call, NodeIdx arguments) {
  const NodeIdx function = t_.child(call, Field::function_);
  if (arguments == kNoNode || type_of(t_, function) != N::name_ || t_.text(function) != "define")
    return;
  const NodeIdx string = argument(arguments, 0);
  const std::string_view text = string_text(string);
  if (text.empty()) return;
  NewSymbol s;
  s.kind = SymbolKind::kConstant;
  s.name_text = text;
  s.definition = call;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kConst;
  s.parent = 0;
  s.declared_in = 0;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(string);
  defined_[call] = {graph::BindKind::kSymbol, symbol};
}

/// #[Route("/path", methods: ["POST"])] on a function or method.
void PhpExtractor::define_attribute_routes(NodeIdx attributes, NodeIdx name) {
  for (NodeIdx n = attributes; n < t_[attributes].next; ++n) {
    if (type_of(t_, n) != N::attribute_) continue;
    const std::string_view attribute = t_.text(t_.named_child(n, 0));
    const NodeIdx arguments = t_.child(n, Field::parameters_);
    if ((attribute != "Route" && !attribute.ends_with("\\Route")) || arguments == kNoNode) continue;
    std::string_view path;
    std::string text = "ANY ";
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) != N::argument_) continue;
      const NodeIdx label = t_.child(c, Field::name_);
      const NodeIdx value = t_.named_child(c, label == kNoNode ? 0 : 1);
      if ((label == kNoNode || t_.text(label) == "path") && path.empty()) path = string_text(value);
      if (label == kNoNode || t_.text(label) != "methods" || value == kNoNode) continue;
      for (NodeIdx m = value; m < t_[value].next; ++m) {
        if (type_of(t_, m) != N::string_content_) continue;
        text = std::string(t_.text(m)) + " ";
        break;
      }
    }
    if (!path.starts_with('/')) continue;
    text += path;
    NewSymbol s;
    s.kind = SymbolKind::kRoute;
    s.name_text = text;
    s.definition = n;
    s.visibility = Visibility::kPublic;
    s.parent = w_.symbol(w_.current_symbol()).parent;
    s.declared_in = w_.scope(w_.current_scope()).parent;
    const SymbolIdx handler = w_.current_symbol();
    const SymbolIdx route = w_.define(s);
    graph::Ref& ref = w_.add_ref(name, RefRole::kValue);
    ref.owner = route;
    ref.flags |= ref_flag::kImplicit;
    ref.bind = graph::BindKind::kSymbol;
    ref.bound = handler;
  }
}

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::else_if_clause_:
      return MetricClass::kElseIf;
    case N::else_clause_:
      return MetricClass::kElse;
    case N::for_statement_:
    case N::foreach_statement_:
    case N::while_statement_:
    case N::do_statement_:
      return MetricClass::kLoop;
    case N::switch_statement_:
    case N::match_expression_:
      return MetricClass::kSwitch;
    case N::case_statement_:
    case N::match_conditional_expression_:
      return MetricClass::kCase;
    case N::catch_clause_:
      return MetricClass::kCatch;
    case N::conditional_expression_:
      return MetricClass::kTernary;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::goto_statement_:
      return MetricClass::kJump;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  switch (type_of(tree, op)) {
    case N::op_and:
    case N::kw_and:
      return BooleanOp::kAnd;
    case N::op_or:
    case N::kw_or:
      return BooleanOp::kOr;
    case N::op_coalesce:
      return BooleanOp::kCoalesce;
    default:
      return BooleanOp::kNone;
  }
}

void extract_php(FileWalk& walk) {
  PhpExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace
}  // namespace cairn::indexer::syntax::php

namespace cairn::indexer::syntax {

const LanguageDef& php_def() {
  static const LanguageDef def{graph::Language::kPhp,
                               tree_sitter_php,
                               kNodeNames,
                               {php::metric_class, php::boolean_op},
                               php::extract_php};
  return def;
}

}  // namespace cairn::indexer::syntax
