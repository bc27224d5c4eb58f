// Python: definitions, references and what they are typed by. Names assigned anywhere in a function
// are that function's locals unless declared global or nonlocal; module and class assignments define
// symbols; `self.x = ...` in a method defines a field of the class.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"
#include "indexer/syntax/walk.h"

#define CAIRN_NODE_TABLE "indexer/syntax/python/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_python(void);

namespace cairn::indexer::syntax {
namespace {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

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

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

class PythonExtractor {
 public:
  explicit PythonExtractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  void enter_function(NodeIdx n);
  void enter_class(NodeIdx n);
  void enter_lambda(NodeIdx n);
  void enter_parameters(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_decorator(NodeIdx n);
  void enter_type(NodeIdx n);
  void enter_import(NodeIdx n);
  void enter_import_from(NodeIdx n);
  void enter_scope_statement(NodeIdx n);
  void pass_to_children(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_attribute(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_assignment(NodeIdx n);
  void leave_class_arguments(NodeIdx n);
  void leave_subscript(NodeIdx n);
  void leave_union(NodeIdx n, ExprIdx left, ExprIdx right);
  void leave_string(NodeIdx n);
  void leave_parameter(NodeIdx n);
  void leave_expression(NodeIdx n);
  void write_name(NodeIdx n);
  void define_field(NodeIdx attribute, NodeIdx name, SymbolIdx type);
  void finish_decorators(NodeIdx function, SymbolIdx symbol);
  void define_route(NodeIdx decorator, NodeIdx function);
  void read_all(NodeIdx assignment);
  void set_value_type(NodeIdx target, ExprIdx type, ExprIdx init);
  SymbolIdx self_type(NodeIdx name) const;
  bool in_type() const { return type_depth_ > 0; }
  ScopeIdx write_scope(NodeIdx n) const;

  FileWalk& w_;
  const SyntaxTree& t_;
  int type_depth_ = 0;
  std::unordered_map<NodeIdx, graph::LocalIdx> defined_locals_;
  std::unordered_map<NodeIdx, SymbolIdx> defined_symbols_;
  std::unordered_map<std::uint64_t, SymbolIdx> values_;  // (parent, name) -> variable or field
  std::unordered_map<ScopeIdx, std::unordered_set<std::string_view>> outer_names_;
};

void PythonExtractor::enter(NodeIdx n) {
  if (t_[n].field == Field::value_) {
    // Default values are evaluated around the function.
    const N parent = type_of(t_, t_.parent(n));
    if (parent == N::default_parameter_ || parent == N::typed_default_parameter_)
      w_.reopen_scope(w_.scope(w_.function_scope()).parent, n);
  }
  switch (type_of(t_, n)) {
    case N::function_definition_:
      return enter_function(n);
    case N::class_definition_:
      return enter_class(n);
    case N::lambda_:
      return enter_lambda(n);
    case N::parameters_:
    case N::lambda_parameters_:
      return enter_parameters(n);
    case N::call_:
      return enter_call(n);
    case N::decorator_:
      return enter_decorator(n);
    case N::type_:
      ++type_depth_;
      return enter_type(n);
    case N::import_statement_:
    case N::future_import_statement_:
      return enter_import(n);
    case N::import_from_statement_:
      return enter_import_from(n);
    case N::global_statement_:
    case N::nonlocal_statement_:
      return enter_scope_statement(n);
    case N::assignment_:
    case N::for_statement_:
    case N::for_in_clause_:
      return w_.role(t_.child(n, Field::left_), RefRole::kWrite);
    case N::augmented_assignment_:
      return w_.role(t_.child(n, Field::left_), RefRole::kWrite);
    case N::named_expression_:
      return w_.role(t_.child(n, Field::name_), RefRole::kWrite);
    case N::as_pattern_target_:
      return w_.role(t_.first_child(n), RefRole::kWrite);
    case N::pattern_list_:
    case N::tuple_pattern_:
    case N::list_pattern_:
    case N::list_splat_pattern_:
    case N::parenthesized_expression_:
    case N::tuple_:
    case N::list_:
      if (w_.hint(n).action == Hint::Action::kRole) pass_to_children(n);
      return;
    case N::list_comprehension_:
    case N::set_comprehension_:
    case N::dictionary_comprehension_:
    case N::generator_expression_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::keyword_argument_:
      return w_.skip(t_.child(n, Field::name_));
    case N::attribute_:
      return w_.skip(t_.child(n, Field::attribute_));
    case N::raise_statement_:
    case N::except_clause_: {
      const NodeIdx what = t_.named_child(n, 0);
      if (what == kNoNode) return;
      if (type_of(t_, what) == N::identifier_ || type_of(t_, what) == N::attribute_)
        w_.role(what, RefRole::kType, 255, ref_flag::kThrown);
      return;
    }
    case N::subscript_:
      if (w_.hint(n).action == Hint::Action::kRole &&
          w_.hint(n).role != RefRole::kWrite && w_.hint(n).role != RefRole::kCall)
        w_.pass_hint(n, t_.child(n, Field::value_));
      return;
    case N::case_pattern_: {
      // A bare name captures; a dotted or called one is a reference.
      const NodeIdx only = t_.named_child(n, 0);
      if (only == kNoNode || type_of(t_, only) != N::dotted_name_) return;
      const NodeIdx name = t_.named_child(only, 0);
      if (t_.named_child_count(only) == 1 && t_.text(name) != "_") w_.role(name, RefRole::kWrite);
      return;
    }
    default:
      return;
  }
}

void PythonExtractor::pass_to_children(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
}

void PythonExtractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx body = t_.child(n, Field::body_);
  if (name == kNoNode) return;
  const std::string_view text = t_.text(name);
  const bool decorated =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::decorated_definition_;
  NewSymbol s;
  const bool in_class = w_.scope(w_.current_scope()).kind == ScopeKind::kType;
  s.kind = !in_class ? SymbolKind::kFunction
                     : text == "__init__" ? SymbolKind::kConstructor : SymbolKind::kMethod;
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
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (decorated) finish_decorators(n, symbol);
  w_.open(symbol, ScopeKind::kFunction, n);
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

void PythonExtractor::enter_class(NodeIdx n) {
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
  const NodeIdx supers = t_.child(n, Field::superclasses_);
  if (supers == kNoNode) return;
  for (NodeIdx c = t_.first_child(supers); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) != N::keyword_argument_) w_.role(c, RefRole::kInherit);
  w_.reopen_scope(around, supers);
}

void PythonExtractor::enter_lambda(NodeIdx n) {
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

void PythonExtractor::enter_parameters(NodeIdx n) {
  const SymbolIdx function = w_.current_symbol();
  std::uint8_t position = 0;
  std::uint8_t required = 0;
  bool variadic = false;
  const auto parameter = [&](NodeIdx name, NodeIdx whole) {
    if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
    const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
    w_.local(local).position = position;
    defined_locals_[whole] = local;
    w_.skip(name);
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
    variadic = variadic || star;
    if (!optional && !star) ++required;
    if (position < 254) ++position;
  }
  graph::Symbol& f = w_.symbol(function);
  const bool bound = f.kind == SymbolKind::kMethod || f.kind == SymbolKind::kConstructor;
  f.metrics.parameters = position;
  f.min_args = static_cast<std::uint8_t>(bound && required > 0 ? required - 1 : required);
  f.max_args = variadic ? 255 : static_cast<std::uint8_t>(bound && position > 0 ? position - 1 : position);
}

void PythonExtractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  unsigned count = 0;
  bool open_ended = false;
  if (arguments != kNoNode) {
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (!t_.is_named(c) || t_.is_comment(c)) continue;
      const N kind = type_of(t_, c);
      open_ended = open_ended || kind == N::list_splat_ || kind == N::dictionary_splat_;
      ++count;
    }
    if (type_of(t_, arguments) == N::generator_expression_) count = 1;
  }
  const bool decorates =
      w_.hint(n).action == Hint::Action::kRole && w_.hint(n).role == RefRole::kDecorate;
  w_.role(function, decorates ? RefRole::kDecorate : RefRole::kCall,
          open_ended || count > 254 ? 255 : static_cast<std::uint8_t>(count));
}

void PythonExtractor::enter_decorator(NodeIdx n) {
  const NodeIdx what = t_.named_child(n, 0);
  w_.role(what, RefRole::kDecorate, 1);
}

void PythonExtractor::enter_type(NodeIdx n) {
  // Annotations of parameters and results are evaluated around the function.
  const NodeIdx parent = t_.parent(n);
  const N kind = parent == kNoNode ? N::none : type_of(t_, parent);
  const bool of_function = kind == N::function_definition_ || kind == N::typed_parameter_ ||
                           kind == N::typed_default_parameter_;
  if (of_function && w_.scope(w_.current_scope()).kind == ScopeKind::kFunction)
    w_.reopen_scope(w_.scope(w_.current_scope()).parent, n);
  if (w_.hint(n).action == Hint::Action::kRole) {
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
  }
}

void PythonExtractor::enter_import(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    NodeIdx name = c;
    NodeIdx alias = kNoNode;
    if (type_of(t_, c) == N::aliased_import_) {
      name = t_.child(c, Field::name_);
      alias = t_.child(c, Field::alias_);
    }
    if (name == kNoNode || type_of(t_, name) != N::dotted_name_) continue;
    for (NodeIdx part = t_.first_child(name); part != kNoNode; part = t_.next_sibling(part))
      w_.skip(part);
    w_.skip(alias);
    graph::Import import;
    import.module = w_.intern_node(name);
    const NodeIdx first = t_.named_child(name, 0);
    // `import a.b` binds `a`; `import a.b as c` binds the module a.b itself.
    import.alias = alias != kNoNode ? w_.intern_node(alias)
                   : first != kNoNode ? w_.intern_node(first) : 0;
    import.name = alias != kNoNode ? w_.intern("=") : 0;
    import.kind = graph::ImportKind::kModule;
    import.scope = w_.function_scope();
    import.conditional = t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::block_ &&
                         !w_.in_function();
    import.range = t_.range(name);
    if (type_of(t_, n) != N::future_import_statement_) w_.add_import(import);
  }
}

void PythonExtractor::enter_import_from(NodeIdx n) {
  const NodeIdx module = t_.child(n, Field::module_name_);
  if (module == kNoNode) return;
  graph::Import base;
  NodeIdx dotted = module;
  if (type_of(t_, module) == N::relative_import_) {
    const NodeIdx prefix = t_.child_of_type(module, static_cast<std::uint16_t>(N::import_prefix_));
    if (prefix != kNoNode)
      base.level = static_cast<std::uint8_t>(
          std::min<std::size_t>(255, static_cast<std::size_t>(std::count(
                                         t_.text(prefix).begin(), t_.text(prefix).end(), '.'))));
    dotted = t_.child_of_type(module, static_cast<std::uint16_t>(N::dotted_name_));
  }
  base.module = dotted == kNoNode ? 0 : w_.intern_node(dotted);
  base.scope = w_.function_scope();
  base.conditional =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::block_ && !w_.in_function();
  if (dotted != kNoNode)
    for (NodeIdx p = t_.first_child(dotted); p != kNoNode; p = t_.next_sibling(p)) w_.skip(p);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (c == module) continue;
    graph::Import import = base;
    if (type_of(t_, c) == N::wildcard_import_) {
      import.kind = graph::ImportKind::kWildcard;
      import.range = t_.range(module);
      w_.add_import(import);
      continue;
    }
    NodeIdx name = c;
    NodeIdx alias = kNoNode;
    if (type_of(t_, c) == N::aliased_import_) {
      name = t_.child(c, Field::name_);
      alias = t_.child(c, Field::alias_);
    }
    if (name == kNoNode || type_of(t_, name) != N::dotted_name_) continue;
    const NodeIdx identifier = t_.named_child(name, 0);
    if (identifier == kNoNode) continue;
    import.kind = graph::ImportKind::kName;
    import.name = w_.intern_node(identifier);
    import.alias = alias != kNoNode ? w_.intern_node(alias) : import.name;
    import.range = t_.range(identifier);
    w_.skip(identifier);
    w_.skip(alias);
    const auto index = w_.add_import(import);
    graph::Ref& ref = w_.add_ref(identifier, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  }
}

void PythonExtractor::enter_scope_statement(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::identifier_) continue;
    outer_names_[w_.function_scope()].insert(t_.text(c));
    w_.skip(c);
  }
}

ScopeIdx PythonExtractor::write_scope(NodeIdx n) const {
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

void PythonExtractor::write_name(NodeIdx n) {
  const std::string_view name = t_.text(n);
  const ScopeIdx scope = write_scope(n);
  const ScopeKind kind = w_.scope(scope).kind;
  if (kind == ScopeKind::kFunction || kind == ScopeKind::kBlock) {
    const auto outer = outer_names_.find(scope);
    const bool declared_outer = outer != outer_names_.end() && outer->second.contains(name);
    if (declared_outer || w_.find_local(scope, name) != kNone) {
      w_.add_ref(n, RefRole::kWrite);
      return;
    }
    defined_locals_[n] = w_.define_local(SymbolKind::kLocal, n, scope);
    return;
  }
  const std::uint64_t key = (std::uint64_t{w_.current_symbol()} << 32) | w_.intern(name);
  if (values_.contains(key)) {
    w_.add_ref(n, RefRole::kWrite);
    return;
  }
  NewSymbol s;
  s.kind = kind == ScopeKind::kType ? SymbolKind::kField
           : is_constant_name(name) ? SymbolKind::kConstant : SymbolKind::kVariable;
  s.name = n;
  // The statement is the definition; for loops and with statements it is the name alone.
  NodeIdx statement = t_.parent(n);
  if (statement == kNoNode || type_of(t_, statement) != N::assignment_) statement = n;
  s.definition = statement;
  s.visibility = visibility_of(name);
  const SymbolIdx symbol = w_.define(s);
  values_.emplace(key, symbol);
  defined_symbols_[n] = symbol;
}

SymbolIdx PythonExtractor::self_type(NodeIdx name) const {
  // The type whose instance `name` stands for: the first parameter of a method around us.
  const SymbolIdx function = w_.current_callable();
  if (function == kNone) return kNone;
  const graph::Symbol& f = w_.facts.face.symbols[function];
  if (f.kind != SymbolKind::kMethod && f.kind != SymbolKind::kConstructor) return kNone;
  if (f.scope == kNone) return kNone;
  const auto local = w_.find_local(f.scope, t_.text(name));
  if (local == kNone) return kNone;
  const graph::Local& l = w_.facts.body.locals[local];
  return l.kind == SymbolKind::kParameter && l.position == 0 && (f.flags & symbol_flag::kStatic) == 0
             ? f.parent
             : kNone;
}

void PythonExtractor::define_field(NodeIdx attribute, NodeIdx name, SymbolIdx type) {
  const std::uint64_t key = (std::uint64_t{type} << 32) | w_.intern_node(name);
  if (values_.contains(key)) {
    w_.add_ref(name, RefRole::kWrite, w_.expr(t_.child(attribute, Field::object_)));
    return;
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
}

void PythonExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      return leave_identifier(n);
    case N::attribute_:
      return leave_attribute(n);
    case N::call_:
      return leave_call(n);
    case N::assignment_:
      return leave_assignment(n);
    case N::named_expression_:
      set_value_type(t_.child(n, Field::name_), kNone, w_.expr(t_.child(n, Field::value_)));
      w_.set_expr(n, w_.expr(t_.child(n, Field::value_)));
      return;
    case N::argument_list_:
      return leave_class_arguments(n);
    case N::subscript_:
    case N::generic_type_:
      return leave_subscript(n);
    case N::type_:
      --type_depth_;
      w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
      if (const NodeIdx f = t_.parent(n);
          f != kNoNode && type_of(t_, f) == N::function_definition_ &&
          t_[n].field == Field::return_type_)
        w_.symbol(w_.current_symbol()).type = w_.expr(n);
      return;
    case N::binary_operator_:
    case N::union_type_:
      return leave_union(n, w_.expr(t_.named_child(n, 0)), w_.expr(t_.named_child(n, 1)));
    case N::string_:
    case N::concatenated_string_:
      return leave_string(n);
    case N::typed_parameter_:
    case N::typed_default_parameter_:
    case N::default_parameter_:
      return leave_parameter(n);
    case N::with_item_:
    case N::as_pattern_: {
      const NodeIdx value = t_.named_child(n, 0);
      const NodeIdx alias = t_.child(n, Field::alias_);
      w_.set_expr(n, w_.expr(value));
      if (alias == kNoNode) return;
      const NodeIdx parent = t_.parent(n);
      const bool is_except = parent != kNoNode && type_of(t_, parent) == N::except_clause_;
      set_value_type(t_.first_child(alias), is_except ? w_.expr(value) : kNone,
                     is_except ? kNone : w_.expr(value));
      return;
    }
    case N::for_statement_:
    case N::for_in_clause_: {
      const ExprIdx items = w_.expr(t_.child(n, Field::right_));
      if (items != kNone)
        set_value_type(t_.child(n, Field::left_), kNone, w_.add_expr(ExprKind::kElement, {}, items));
      return;
    }
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_:
      if (const SymbolIdx f = w_.current_callable(); f != kNone)
        w_.symbol(f).flags |= symbol_flag::kGenerator;
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::lambda_:
      return w_.add_return(w_.expr(t_.child(n, Field::body_)));
    default:
      return leave_expression(n);
  }
}

void PythonExtractor::leave_expression(NodeIdx n) {
  const auto literal = [&](std::string_view name) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, name));
  };
  switch (type_of(t_, n)) {
    case N::await_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kAwait, {}, e));
      return;
    case N::parenthesized_expression_:
    case N::expression_statement_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::conditional_expression_: {
      const ExprIdx yes = w_.expr(t_.named_child(n, 0));
      const ExprIdx no = w_.expr(t_.named_child(n, 2));
      if (yes == kNone || no == kNone) return;
      return w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({yes, no})));
    }
    case N::integer_:
      return literal("int");
    case N::float_:
      return literal("float");
    case N::true_:
    case N::false_:
      return literal("bool");
    case N::none_:
      return literal("None");
    case N::list_:
    case N::list_comprehension_:
      return literal("list");
    case N::dictionary_:
    case N::dictionary_comprehension_:
      return literal("dict");
    case N::set_:
    case N::set_comprehension_:
      return literal("set");
    case N::tuple_:
      return literal("tuple");
    case N::function_definition_:
    case N::class_definition_:
      return;
    default:
      return;
  }
}

void PythonExtractor::leave_identifier(NodeIdx n) {
  const bool skipped = w_.skipped(n);
  const std::string_view name = t_.text(n);
  if (t_[n].flags & node_flag::kMissing) return;
  if (!skipped || defined_locals_.contains(n)) {
    const SymbolIdx self = skipped ? kNone : self_type(n);
    if (self != kNone) {
      const ExprIdx e = w_.add_expr(ExprKind::kSelf, name);
      const SymbolIdx f = w_.current_callable();
      w_.facts.face.exprs[e].is_type = (w_.symbol(f).flags & symbol_flag::kClassMethod) != 0;
      w_.set_expr(n, e);
    } else {
      w_.set_expr(n, w_.add_name(name, in_type()));
    }
  }
  if (skipped) return;
  const RefRole role = w_.role_of(n, in_type() ? RefRole::kType : RefRole::kRead);
  if (role == RefRole::kWrite) {
    const NodeIdx parent = t_.parent(n);
    if (parent != kNoNode && type_of(t_, parent) == N::augmented_assignment_) {
      w_.add_ref(n, RefRole::kWrite);
      return;
    }
    return write_name(n);
  }
  w_.add_ref(n, role, kNone, w_.hint(n).args, w_.hint(n).flags);
}

void PythonExtractor::leave_attribute(NodeIdx n) {
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx name = t_.child(n, Field::attribute_);
  if (name == kNoNode || (t_[name].flags & node_flag::kMissing)) return;
  const ExprIdx base = w_.expr(object);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  const RefRole role = w_.role_of(n, in_type() ? RefRole::kType : RefRole::kRead);
  if (role == RefRole::kWrite && object != kNoNode && type_of(t_, object) == N::identifier_) {
    const NodeIdx parent = t_.parent(n);
    const bool augmented = parent != kNoNode && type_of(t_, parent) == N::augmented_assignment_;
    if (const SymbolIdx type = self_type(object); type != kNone && !augmented)
      return define_field(n, name, type);
  }
  w_.add_ref(name, role, base, w_.hint(n).args,
             static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver));
}

void PythonExtractor::leave_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  if (type_of(t_, function) == N::identifier_ && t_.text(function) == "super") {
    w_.set_expr(n, w_.add_expr(ExprKind::kSuper));
    return;
  }
  if (const ExprIdx f = w_.expr(function); f != kNone)
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, f));
  // The call's own reference was added when its function was left.
  const NodeIdx name = type_of(t_, function) == N::attribute_ ? t_.child(function, Field::attribute_)
                       : type_of(t_, function) == N::identifier_ ? function : kNoNode;
  if (arguments == kNoNode || name == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) == N::keyword_argument_) break;  // positions end at the first keyword
    values.push_back(w_.expr(c));
  }
  w_.add_arguments(name, values);
}

void PythonExtractor::set_value_type(NodeIdx target, ExprIdx type, ExprIdx init) {
  if (target == kNoNode) return;
  if (const auto local = defined_locals_.find(target); local != defined_locals_.end()) {
    graph::Local& l = w_.local(local->second);
    if (type != kNone) l.type = type;
    if (init != kNone) l.init = init;
  } else if (const auto symbol = defined_symbols_.find(target); symbol != defined_symbols_.end()) {
    graph::Symbol& s = w_.symbol(symbol->second);
    if (type != kNone) s.type = type;
    if (init != kNone) s.init = init;
  }
}

void PythonExtractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const ExprIdx value = w_.expr(right);
  set_value_type(left, type, value);
  w_.add_assign(w_.expr(left), value);
  w_.set_expr(n, value);
  if (left != kNoNode && type_of(t_, left) == N::identifier_ && t_.text(left) == "__all__" &&
      w_.current_scope() == 0 && right != kNoNode)
    read_all(right);
}

void PythonExtractor::read_all(NodeIdx list) {
  for (NodeIdx c = list; c < t_[list].next; ++c) {
    if (type_of(t_, c) != N::string_content_) continue;
    graph::Export e;
    e.name = w_.intern_node(c);
    e.local = e.name;
    w_.add_export(e);
  }
}

void PythonExtractor::leave_class_arguments(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode || type_of(t_, parent) != N::class_definition_) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::keyword_argument_ || w_.expr(c) == kNone) continue;
    w_.add_super(w_.current_symbol(), w_.expr(c), graph::SuperKind::kExtends);
  }
}

void PythonExtractor::leave_subscript(NodeIdx n) {
  const NodeIdx value = t_.child(n, Field::value_) != kNoNode ? t_.child(n, Field::value_)
                                                              : t_.named_child(n, 0);
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
  const std::string_view name = t_.text(value);
  const bool optional = name == "Optional" || name.ends_with(".Optional");
  if ((optional || name == "Annotated" || name == "ClassVar" || name == "Final" ||
       name == "Required" || name == "NotRequired") &&
      !arguments.empty()) {
    w_.set_expr(n, arguments[0]);
    return;
  }
  if (name == "Union" || name.ends_with(".Union")) {
    w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(arguments)));
    return;
  }
  const ExprIdx list = w_.add_list(arguments);
  w_.set_expr(n, list == kNone ? base : w_.add_expr(ExprKind::kGeneric, {}, base, list));
}

void PythonExtractor::leave_union(NodeIdx n, ExprIdx left, ExprIdx right) {
  if (!in_type()) return;  // arithmetic: its type is not known from syntax
  const auto is_null = [&](ExprIdx e) {
    return e != kNone && w_.facts.face.exprs[e].kind == ExprKind::kBuiltin &&
           w_.str(w_.facts.face.exprs[e].name) == "None";
  };
  if (left == kNone || is_null(left)) return w_.set_expr(n, right);
  if (right == kNone || is_null(right)) return w_.set_expr(n, left);
  w_.set_expr(n, w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list({left, right})));
}

void PythonExtractor::leave_string(NodeIdx n) {
  if (!in_type()) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "str"));
    return;
  }
  // A quoted annotation: a plain name is a reference, anything longer is left alone.
  const NodeIdx content = t_.child_of_type(n, static_cast<std::uint16_t>(N::string_content_));
  if (content == kNoNode || !is_identifier(t_.text(content))) return;
  w_.set_expr(n, w_.add_name(t_.text(content), true));
  w_.add_ref(content, RefRole::kType, kNone, 255, w_.hint(n).flags);
}

void PythonExtractor::leave_parameter(NodeIdx n) {
  const auto local = defined_locals_.find(n);
  if (local == defined_locals_.end()) return;
  const NodeIdx first = t_.first_child(n);
  if (type_of(t_, n) == N::typed_parameter_ && first != kNoNode &&
      type_of(t_, first) != N::identifier_)
    return;  // *args: T types the items, not the tuple
  w_.local(local->second).type = w_.expr(t_.child(n, Field::type_));
  w_.local(local->second).init = w_.expr(t_.child(n, Field::value_));
}

void PythonExtractor::finish_decorators(NodeIdx function, SymbolIdx symbol) {
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

void PythonExtractor::define_route(NodeIdx decorator, NodeIdx function) {
  static constexpr std::array<std::string_view, 10> kVerbs = {
      "get", "post", "put", "delete", "patch", "head", "options", "websocket", "route", "api_route"};
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

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::elif_clause_:
      return MetricClass::kElseIf;
    case N::else_clause_: {
      const NodeIdx parent = tree.parent(n);
      const bool of_if = parent != kNoNode && type_of(tree, parent) == N::if_statement_;
      return of_if ? MetricClass::kElse : MetricClass::kNone;
    }
    case N::for_statement_:
    case N::while_statement_:
      return MetricClass::kLoop;
    case N::except_clause_:
    case N::except_group_clause_:
      return MetricClass::kCatch;
    case N::conditional_expression_:
      return MetricClass::kTernary;
    case N::boolean_operator_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::for_in_clause_:
    case N::if_clause_:
      return MetricClass::kComprehensionClause;
    case N::match_statement_:
      return MetricClass::kSwitch;
    case N::case_clause_: {
      const NodeIdx pattern = tree.named_child(n, 0);
      return pattern != kNoNode && tree.text(pattern) == "_" ? MetricClass::kNone
                                                             : MetricClass::kCase;
    }
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  return type_of(tree, op) == N::kw_and ? BooleanOp::kAnd : BooleanOp::kOr;
}

void extract_python(FileWalk& walk) {
  PythonExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& python_def() {
  static const LanguageDef def{graph::Language::kPython, tree_sitter_python, kNodeNames,
                               {metric_class, boolean_op}, extract_python};
  return def;
}

}  // namespace cairn::indexer::syntax
