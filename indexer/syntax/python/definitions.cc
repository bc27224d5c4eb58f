// What defines names: functions, classes, parameters, assigned names and attributes of self.
#include <algorithm>
#include <array>
#include <string>

#include "indexer/syntax/python/extractor.h"
#include "indexer/syntax/python/nodes.h"

namespace cairn::indexer::syntax::python {

namespace {

bool is_dunder(std::string_view name) {
  return name.size() > 4 && name.starts_with("__") && name.ends_with("__");
}

Visibility visibility_of(std::string_view name) {
  if (is_dunder(name) || !name.starts_with('_')) return Visibility::kPublic;
  return name.starts_with("__") ? Visibility::kPrivate : Visibility::kProtected;
}

bool is_constant_name(std::string_view name) {
  bool letter = false;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') return false;
    letter = letter || (c >= 'A' && c <= 'Z');
  }
  return letter;
}

}  // namespace

void Extractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx body = t_.child(n, Field::body_);
  if (name == kNoNode) return;
  const std::string_view text = t_.text(name);
  const bool decorated =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::decorated_definition_;
  NewSymbol s;
  const bool in_class = w_.scope(w_.current_scope()).kind == ScopeKind::kType;
  s.kind = !in_class            ? SymbolKind::kFunction
           : text == "__init__" ? SymbolKind::kConstructor
                                : SymbolKind::kMethod;
  s.name = name;
  s.definition = decorated ? t_.parent(n) : n;
  s.body = body;
  const NodeIdx from = n;  // the signature leaves decorators out
  const std::string signature =
      w_.normalised(t_[from].begin, body != kNoNode ? t_[body].begin : t_[n].end);
  s.signature = signature;
  s.visibility = visibility_of(text);
  if (t_.child_of_type(n, static_cast<std::uint16_t>(N::kw_async)) != kNoNode)
    s.flags |= symbol_flag::kAsync;
  if (text.starts_with("test_") || (in_class && text.starts_with("test")))
    s.flags |= symbol_flag::kTest;
  if (decorated) s.flags |= symbol_flag::kDecorated;
  if (in_class && (text == "__new__" || text == "__init_subclass__" || text == "__class_getitem__"))
    s.flags |= symbol_flag::kClassMethod;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (decorated) finish_decorators(n, symbol);
  w_.open(symbol, ScopeKind::kFunction, n);
  define_type_parameters(n);
  // The first statement may be the documentation.
  if (body != kNoNode) {
    const NodeIdx first = t_.named_child(body, 0);
    if (first != kNoNode && type_of(t_, first) == N::expression_statement_ &&
        t_.named_child(first, 0) != kNoNode && type_of(t_, t_.named_child(first, 0)) == N::string_)
      w_.symbol(symbol).doc_line = t_[first].row + 1;
  }
  if (const NodeIdx result = t_.child(n, Field::return_type_); result != kNoNode)
    w_.role(result, RefRole::kType, 255, ref_flag::kReturnType);
}

void Extractor::enter_class(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const bool decorated =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::decorated_definition_;
  NewSymbol s;
  s.kind = SymbolKind::kClass;
  s.name = name;
  s.definition = decorated ? t_.parent(n) : n;
  s.body = t_.child(n, Field::body_);
  const std::string signature =
      w_.normalised(t_[n].begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  s.signature = signature;
  s.visibility = visibility_of(t_.text(name));
  if (decorated) s.flags |= symbol_flag::kDecorated;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (decorated) finish_decorators(n, symbol);
  const ScopeIdx around = w_.current_scope();
  w_.open(symbol, ScopeKind::kType, n);
  define_type_parameters(n);
  const NodeIdx supers = t_.child(n, Field::superclasses_);
  if (supers == kNoNode) return;
  for (NodeIdx c = t_.first_child(supers); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) != N::keyword_argument_) w_.role(c, RefRole::kInherit);
  w_.reopen_scope(around, supers);
}

void Extractor::enter_lambda(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.flags = symbol_flag::kAnonymous;
  s.visibility = Visibility::kPrivate;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, true);
}

void Extractor::enter_parameters(NodeIdx n) {
  const SymbolIdx function = w_.current_symbol();
  std::uint8_t position = 0;
  std::uint8_t required = 0;
  bool variadic = false;
  const SymbolKind function_kind = w_.symbol(function).kind;
  const bool is_method =
      function_kind == SymbolKind::kMethod || function_kind == SymbolKind::kConstructor;
  const auto parameter = [&](NodeIdx name, NodeIdx whole) {
    if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
    const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
    w_.local(local).position = position;
    defined_locals_[whole] = local;
    w_.skip(name);
    if (position > 0 || !is_method || (w_.symbol(function).flags & symbol_flag::kStatic) != 0)
      return;
    // Functions inside a method see its `self` as a variable around them.
    const ExprIdx self = w_.add_expr(ExprKind::kSelf, t_.text(name));
    w_.facts.face.exprs[self].is_type =
        (w_.symbol(function).flags & symbol_flag::kClassMethod) != 0;
    w_.local(local).init = self;
  };
  const auto collect = [&](NodeIdx whole) {
    const NodeIdx pattern =
        type_of(t_, whole) == N::typed_parameter_ ? t_.first_child(whole) : whole;
    const bool keywords = type_of(t_, pattern) == N::dictionary_splat_pattern_;
    const auto local = defined_locals_.find(whole);
    if (local != defined_locals_.end())
      w_.local(local->second).init = w_.add_expr(ExprKind::kBuiltin, keywords ? "dict" : "tuple");
  };
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    NodeIdx name = c;
    bool optional = false;
    bool star = false;
    switch (type_of(t_, c)) {
      case N::identifier_:
        break;
      case N::default_parameter_:
      case N::typed_default_parameter_:
        name = t_.child(c, Field::name_);
        optional = true;
        break;
      case N::typed_parameter_:
        name = t_.first_child(c);
        if (name != kNoNode && type_of(t_, name) != N::identifier_) {
          star = true;
          name = t_.named_child(name, 0);
        }
        break;
      case N::list_splat_pattern_:
      case N::dictionary_splat_pattern_:
        star = true;
        name = t_.named_child(c, 0);
        break;
      default:
        continue;  // separators
    }
    parameter(name, c);
    if (star) collect(c);
    variadic = variadic || star;
    if (!optional && !star) ++required;
    if (position < 254) ++position;
  }
  graph::Symbol& f = w_.symbol(function);
  const bool bound = f.kind == SymbolKind::kMethod || f.kind == SymbolKind::kConstructor;
  f.metrics.parameters = position;
  f.min_args = static_cast<std::uint8_t>(bound && required > 0 ? required - 1 : required);
  f.max_args =
      variadic ? 255 : static_cast<std::uint8_t>(bound && position > 0 ? position - 1 : position);
}

void Extractor::leave_parameter(NodeIdx n) {
  const auto local = defined_locals_.find(n);
  if (local == defined_locals_.end()) return;
  const NodeIdx first = t_.first_child(n);
  if (type_of(t_, n) == N::typed_parameter_ && first != kNoNode &&
      type_of(t_, first) != N::identifier_) {
    // *args: T types the items, not the tuple.
    const ExprIdx item = w_.expr(t_.child(n, Field::type_));
    const ExprIdx items = w_.local(local->second).init;
    if (item != kNone && items != kNone)
      w_.local(local->second).init =
          w_.add_expr(ExprKind::kGeneric, {}, items, w_.add_list({item}));
    return;
  }
  w_.local(local->second).type = w_.expr(t_.child(n, Field::type_));
  const ExprIdx init = w_.expr(t_.child(n, Field::value_));
  if (init == kNone || w_.local(local->second).type != kNone) return;
  w_.local(local->second).init = init;
  count_write(n);
  assigned_[local->second].values.push_back(init);
}

void Extractor::finish_decorators(NodeIdx function, SymbolIdx symbol) {
  const NodeIdx whole = t_.parent(function);
  graph::Symbol& s = w_.symbol(symbol);
  for (NodeIdx c = t_.first_child(whole); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::decorator_) continue;
    const NodeIdx what = t_.named_child(c, 0);
    if (what == kNoNode) continue;
    const std::string_view text = t_.text(what);
    if (text == "staticmethod") s.flags |= symbol_flag::kStatic;
    if (text == "classmethod") s.flags |= symbol_flag::kClassMethod;
    if (text == "property" || text.ends_with(".setter") || text.ends_with("cached_property"))
      s.flags |= symbol_flag::kProperty;
    if (text == "abstractmethod" || text == "abc.abstractmethod") s.flags |= symbol_flag::kAbstract;
    if (text == "overload" || text == "typing.overload") s.flags |= symbol_flag::kDeclaration;
    if (text.starts_with("pytest.fixture")) w_.facts.face.is_test = true;
    if (text.starts_with("deprecated") || text.starts_with("warnings.deprecated"))
      s.flags |= symbol_flag::kDeprecated;
    // References of the decorators stand inside the definition.
    for (graph::Ref& ref : w_.facts.body.refs)
      if (ref.begin >= t_.begin_of(c) && ref.begin < t_.position_of(t_[c].end)) ref.owner = symbol;
    define_route(c, function);
  }
}

void Extractor::define_route(NodeIdx decorator, NodeIdx function) {
  static constexpr std::array<std::string_view, 10> kVerbs = {
      "get",  "post",    "put",       "delete", "patch",
      "head", "options", "websocket", "route",  "api_route"};
  const NodeIdx call = t_.named_child(decorator, 0);
  if (type_of(t_, call) != N::call_) return;
  const NodeIdx callee = t_.child(call, Field::function_);
  const NodeIdx arguments = t_.child(call, Field::arguments_);
  if (callee == kNoNode || type_of(t_, callee) != N::attribute_ || arguments == kNoNode) return;
  const std::string_view verb = t_.text(t_.child(callee, Field::attribute_));
  if (std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) return;
  const NodeIdx path = t_.named_child(arguments, 0);
  if (path == kNoNode || type_of(t_, path) != N::string_) return;
  const NodeIdx content = t_.child_of_type(path, static_cast<std::uint16_t>(N::string_content_));
  if (content == kNoNode || !t_.text(content).starts_with('/')) return;
  std::string name(verb == "route" || verb == "api_route" ? "ANY" : verb);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  name += ' ';
  name += t_.text(content);
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = name;
  s.definition = decorator;
  s.visibility = Visibility::kPublic;
  const SymbolIdx route = w_.define(s);
  graph::Ref& ref = w_.add_ref(t_.child(function, Field::name_), RefRole::kValue);
  ref.owner = route;
  ref.flags |= ref_flag::kImplicit;
}

ScopeIdx Extractor::write_scope(NodeIdx n) const {
  // The target of a comprehension's `for` belongs to the comprehension, a walrus to the function.
  for (NodeIdx p = t_.parent(n); p != kNoNode; p = t_.parent(p)) {
    const N kind = type_of(t_, p);
    if (kind == N::for_in_clause_) return w_.current_scope();
    if (kind != N::pattern_list_ && kind != N::tuple_pattern_ && kind != N::list_pattern_ &&
        kind != N::list_splat_pattern_ && kind != N::tuple_)
      break;
  }
  return w_.function_scope();
}

void Extractor::write_name(NodeIdx n) {
  const std::string_view name = t_.text(n);
  const ScopeIdx scope = write_scope(n);
  const ScopeKind kind = w_.scope(scope).kind;
  if (kind == ScopeKind::kFunction || kind == ScopeKind::kBlock) {
    const auto outer = outer_names_.find(scope);
    const bool declared_outer = outer != outer_names_.end() && outer->second.contains(name);
    if (declared_outer) {
      w_.add_ref(n, RefRole::kWrite);
      const auto global = values_.find(w_.intern(name));  // of the module, which is symbol 0
      if (global == values_.end()) return;
      defined_symbols_[n] = global->second;
    } else if (const auto known = w_.find_local(scope, name); known != kNone) {
      w_.add_ref(n, RefRole::kWrite);
      defined_locals_[n] = known;
    } else {
      defined_locals_[n] = w_.define_local(SymbolKind::kLocal, n, scope);
    }
    return count_write(n);
  }
  const std::uint64_t key = (std::uint64_t{w_.current_symbol()} << 32) | w_.intern(name);
  if (const auto known = values_.find(key); known != values_.end()) {
    w_.add_ref(n, RefRole::kWrite);
    defined_symbols_[n] = known->second;
    return count_write(n);
  }
  NewSymbol s;
  s.kind = kind == ScopeKind::kType ? SymbolKind::kField
           : is_constant_name(name) ? SymbolKind::kConstant
                                    : SymbolKind::kVariable;
  s.name = n;
  // The statement is the definition; for loops and with statements it is the name alone.
  NodeIdx statement = t_.parent(n);
  if (statement == kNoNode || type_of(t_, statement) != N::assignment_) statement = n;
  s.definition = statement;
  s.visibility = visibility_of(name);
  const SymbolIdx symbol = w_.define(s);
  values_.emplace(key, symbol);
  defined_symbols_[n] = symbol;
  count_write(n);
}

SymbolIdx Extractor::self_type(NodeIdx name) const {
  // The type whose instance `name` stands for: the first parameter of a method around us.
  const SymbolIdx function = w_.current_callable();
  if (function == kNone) return kNone;
  const graph::Symbol& f = w_.facts.face.symbols[function];
  if (f.kind != SymbolKind::kMethod && f.kind != SymbolKind::kConstructor) return kNone;
  if (f.scope == kNone) return kNone;
  const auto local = w_.find_local(f.scope, t_.text(name));
  if (local == kNone) return kNone;
  const graph::Local& l = w_.facts.body.locals[local];
  return l.kind == SymbolKind::kParameter && l.position == 0 &&
                 (f.flags & symbol_flag::kStatic) == 0
             ? f.parent
             : kNone;
}

void Extractor::define_field(NodeIdx attribute, NodeIdx name, SymbolIdx type) {
  const std::uint64_t key = (std::uint64_t{type} << 32) | w_.intern_node(name);
  if (const auto known = values_.find(key); known != values_.end()) {
    w_.add_ref(name, RefRole::kWrite, w_.expr(t_.child(attribute, Field::object_)));
    defined_symbols_[attribute] = known->second;
    return count_write(attribute);
  }
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  NodeIdx statement = t_.parent(attribute);
  if (statement == kNoNode || type_of(t_, statement) != N::assignment_) statement = attribute;
  s.definition = statement;
  s.visibility = visibility_of(t_.text(name));
  s.parent = type;
  s.declared_in = w_.symbol(type).scope;
  const SymbolIdx symbol = w_.define(s);
  values_.emplace(key, symbol);
  defined_symbols_[attribute] = symbol;
  count_write(attribute);
}

void Extractor::leave_class_arguments(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode || type_of(t_, parent) != N::class_definition_) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::keyword_argument_ || w_.expr(c) == kNone) continue;
    w_.add_super(w_.current_symbol(), w_.expr(c), graph::SuperKind::kExtends);
  }
}

void Extractor::define_type_parameters(NodeIdx n) {
  const NodeIdx list = t_.child(n, Field::type_parameters_);
  if (list == kNoNode) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    // `T`, `T: Bound`, `*Ts`: the first identifier is the name.
    NodeIdx name = c;
    while (name != kNoNode && type_of(t_, name) != N::identifier_) name = t_.first_child(name);
    if (!t_.is_named(c) || name == kNoNode) continue;
    w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
    w_.skip(name);
  }
}

/// `type Name = Value` at the level of a module or class.
void Extractor::define_alias(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx name = left == kNoNode ? kNoNode : t_.named_child(left, 0);
  if (name == kNoNode || type_of(t_, name) != N::identifier_ || w_.in_function()) return;
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  s.definition = n;
  s.visibility = visibility_of(t_.text(name));
  defined_symbols_[n] = w_.define(s);
  w_.skip(name);
}

}  // namespace cairn::indexer::syntax::python
