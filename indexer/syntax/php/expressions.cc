// PHP: references and expressions, made when a node is left.
#include <algorithm>

#include "indexer/syntax/php/extractor.h"

namespace cairn::indexer::syntax::php {

using graph::BindKind;

namespace {

std::uint16_t id(N type) { return static_cast<std::uint16_t>(type); }

bool is_constant_name(std::string_view name) {
  return name != "__DIR__" && name != "__FILE__" && name != "__LINE__" && name != "__CLASS__" &&
         name != "__FUNCTION__" && name != "__METHOD__" && name != "__NAMESPACE__" &&
         name != "__TRAIT__";
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

}  // namespace

std::string_view PhpExtractor::string_text(NodeIdx string) const {
  const N type = type_of(t_, string);
  if (type != N::string_ && type != N::encapsed_string_) return {};
  if (t_.named_child_count(string) != 1) return {};
  return t_.text(t_.child_of_type(string, id(N::string_content_)));
}

NodeIdx PhpExtractor::argument(NodeIdx arguments, unsigned n) const {
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::argument_ || n-- != 0) continue;
    return t_.named_child(c, t_.child(c, Field::name_) == kNoNode ? 0 : 1);
  }
  return kNoNode;
}

std::uint8_t PhpExtractor::count_arguments(NodeIdx arguments) const {
  unsigned count = 0;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (type == N::variadic_placeholder_) return 255;
    if (type != N::argument_) continue;
    if (t_.child_of_type(c, id(N::variadic_unpacking_)) != kNoNode) return 255;
    ++count;
  }
  return count > 254 ? 255 : static_cast<std::uint8_t>(count);
}

ExprIdx PhpExtractor::union_of(const std::vector<ExprIdx>& items) {
  std::vector<ExprIdx> kept;
  for (const ExprIdx e : items) {
    if (e == kNone) continue;
    const graph::Expr& x = w_.facts.face.exprs[e];
    if (x.kind == ExprKind::kBuiltin && upper(w_.str(x.name)) == "NULL") continue;
    kept.push_back(e);
  }
  if (kept.empty()) return kNone;
  if (kept.size() == 1) return kept[0];
  return w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(kept));
}

ExprIdx PhpExtractor::class_keyword(std::string_view name) {
  const ExprIdx e =
      name == "parent" ? w_.add_expr(ExprKind::kSuper) : w_.add_expr(ExprKind::kSelf, name);
  w_.facts.face.exprs[e].is_type = true;
  return e;
}

/// What a variable stands for here: a local of this function, of those an arrow function stands
/// in, or a variable of the file.
PhpExtractor::Variable PhpExtractor::find(std::string_view name) const {
  FileWalk& w = w_;
  const graph::StrId text = w.intern(name);
  for (ScopeIdx s = w.function_scope();; s = w.scope(s).parent) {
    if (s == kNone) return {};
    const ScopeKind kind = w.scope(s).kind;
    const bool file = kind == ScopeKind::kFile || kind == ScopeKind::kNamespace;
    const auto found = variables_.find(file ? text : (std::uint64_t{s} << 32) | text);
    if (found != variables_.end()) return found->second;
    if (kind != ScopeKind::kFunction) return {};
    // Only an arrow function sees the variables around it.
    const NodeIdx node = scope_nodes_.contains(s) ? scope_nodes_.at(s) : kNoNode;
    if (type_of(t_, node) != N::arrow_function_) return {};
  }
}

/// Defines the variable whose name (without `$`) stands at the node; a local inside functions.
PhpExtractor::Variable PhpExtractor::declare(NodeIdx name, SymbolKind kind) {
  const graph::StrId text = w_.intern_node(name);
  const ScopeIdx scope = w_.function_scope();
  Variable v;
  if (w_.scope(scope).kind == ScopeKind::kFunction) {
    graph::Local l;
    l.name = text;
    l.owner = w_.current_symbol();
    l.scope = scope;
    l.kind = kind;
    l.range = t_.range(name);
    v = {BindKind::kLocal, static_cast<std::uint32_t>(w_.facts.body.locals.size())};
    w_.facts.body.locals.push_back(l);
    variables_[(std::uint64_t{scope} << 32) | text] = v;
  } else {
    NewSymbol s;
    s.kind = SymbolKind::kVariable;
    s.name = name;
    NodeIdx statement = t_.parent(t_.parent(name));
    if (type_of(t_, statement) != N::assignment_expression_) statement = t_.parent(name);
    s.definition = statement;
    if (const NodeIdx right = t_.child(statement, Field::right_);
        right != kNoNode && t_[right].end - t_[right].begin > 80)
      s.body = right;
    s.visibility = Visibility::kFile;
    s.parent = 0;
    s.declared_in = 0;
    v = {BindKind::kSymbol, w_.define(s)};
    variables_[text] = v;
  }
  defined_[name] = v;
  return v;
}

void PhpExtractor::write_targets(NodeIdx target) {
  std::vector<NodeIdx> work{target};
  while (!work.empty()) {
    const NodeIdx n = work.back();
    work.pop_back();
    switch (type_of(t_, n)) {
      case N::variable_name_:
      case N::member_access_expression_:
      case N::nullsafe_member_access_expression_:
      case N::scoped_property_access_expression_:
        w_.role(n, RefRole::kWrite);
        break;
      case N::subscript_expression_:
        // Writing an item makes the variable, if it is not there yet.
        if (type_of(t_, t_.named_child(n, 0)) != N::member_access_expression_)
          work.push_back(t_.named_child(n, 0));
        break;
      case N::list_literal_:
      case N::by_ref_:
      case N::array_creation_expression_:
      case N::array_element_initializer_:
        for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) work.push_back(c);
        break;
      default:
        break;
    }
  }
}

void PhpExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::variable_name_:
      return leave_variable(n);
    case N::name_:
      return leave_name(n);
    case N::qualified_name_:
    case N::relative_name_:
      return leave_qualified(n);
    case N::relative_scope_:
      return w_.set_expr(n, class_keyword(t_.text(n)));
    case N::member_access_expression_:
    case N::nullsafe_member_access_expression_:
    case N::member_call_expression_:
    case N::nullsafe_member_call_expression_:
      return leave_member(n);
    case N::scoped_call_expression_:
    case N::scoped_property_access_expression_:
    case N::class_constant_access_expression_:
      return leave_scoped(n);
    case N::function_call_expression_:
      return leave_call(n);
    case N::object_creation_expression_:
      return leave_new(n);
    case N::assignment_expression_:
    case N::reference_assignment_expression_:
    case N::augmented_assignment_expression_:
      return leave_assignment(n);
    case N::foreach_statement_:
      return leave_foreach(n);
    case N::simple_parameter_:
    case N::variadic_parameter_:
    case N::property_promotion_parameter_:
      return leave_parameter(n);
    case N::property_element_:
    case N::const_element_:
    case N::enum_case_:
    case N::static_variable_declaration_:
    case N::catch_clause_:
    case N::function_definition_:
    case N::method_declaration_:
    case N::anonymous_function_:
    case N::arrow_function_:
      return leave_definition(n);
    case N::base_clause_:
    case N::class_interface_clause_:
    case N::use_declaration_:
      return leave_heritage(n);
    case N::include_expression_:
    case N::include_once_expression_:
    case N::require_expression_:
    case N::require_once_expression_:
      return leave_include(n);
    case N::return_statement_:
      return w_.add_return(w_.expr(t_.named_child(n, 0)));
    case N::yield_expression_:
      if (const SymbolIdx f = w_.current_callable(); f != kNone)
        w_.symbol(f).flags |= symbol_flag::kGenerator;
      return w_.add_return(w_.expr(t_.named_child(n, 0)), true);
    case N::throw_expression_: {
      const NodeIdx what = t_.named_child(n, 0);
      if (type_of(t_, what) != N::object_creation_expression_) return;
      NodeIdx name = t_.named_child(what, 0);
      if (type_of(t_, name) == N::qualified_name_) name = t_.child_of_type(name, id(N::name_));
      if (name == kNoNode) return;
      if (graph::Ref* ref = w_.ref_at(name)) ref->flags |= ref_flag::kThrown;
      return;
    }
    default:
      leave_type(n);
      return leave_literal(n);
  }
}

void PhpExtractor::leave_variable(NodeIdx n) {
  const NodeIdx name = t_.named_child(n, 0);
  if (type_of(t_, name) != N::name_) return;
  const std::string_view text = t_.text(name);
  if (text == "this") return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "this"));
  const auto value_of = [&](Variable v) {
    const ExprIdx e = w_.add_name(text);
    w_.facts.face.exprs[e].bind = v.kind;
    w_.facts.face.exprs[e].a = v.index;
    w_.set_expr(n, e);
  };
  if (w_.skipped(n)) return;
  const RefRole role = w_.role_of(n);
  Variable v = find(text);
  const bool in_function = w_.scope(w_.function_scope()).kind == ScopeKind::kFunction;
  if (v.kind == BindKind::kUnbound) {
    // Superglobals, and variables of the file that nothing here sets, name nothing known.
    if (text.starts_with('_') && upper(text) == text) return;
    if (text == "GLOBALS" || text == "argv" || text == "argc") return;
    if (!in_function && role != RefRole::kWrite) return;
    return value_of(declare(name, SymbolKind::kLocal));
  }
  value_of(v);
  graph::Ref& ref = w_.add_ref(name, role, kNone, w_.hint(n).args);
  ref.bind = v.kind;
  ref.bound = v.index;
}

void PhpExtractor::leave_name(NodeIdx n) {
  if (w_.skipped(n) || (t_[n].flags & node_flag::kMissing)) return;
  const N parent = type_of(t_, t_.parent(n));
  if (parent == N::variable_name_ || parent == N::namespace_name_ || parent == N::qualified_name_ ||
      parent == N::relative_name_)
    return;
  const std::string_view text = t_.text(n);
  const Hint& hint = w_.hint(n);
  const RefRole role = w_.role_of(n);
  if (is_class_keyword(text)) {
    const ExprIdx self = class_keyword(text);
    w_.set_expr(n, self);
    if (role == RefRole::kNew)
      w_.add_ref(n, RefRole::kNew, self, hint.args, ref_flag::kHasReceiver);
    return;
  }
  if (!is_constant_name(text)) return w_.set_expr(n, builtin("string"));
  const bool is_type = role == RefRole::kType || role == RefRole::kInherit || role == RefRole::kNew;
  w_.set_expr(n, w_.add_name(text, is_type));
  w_.add_ref(n, role, kNone, hint.args, hint.flags);
}

/// `A\B\c`: a chain of names from the first part; "\" is the root and "namespace" the current one.
void PhpExtractor::leave_qualified(NodeIdx n) {
  if (w_.skipped(n)) return;
  NodeIdx name = kNoNode;
  NodeIdx prefix = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::name_) name = c;
    if (type_of(t_, c) == N::namespace_name_) prefix = c;
  }
  if (name == kNoNode) return;
  const std::string_view text = t_.text(n);
  ExprIdx base = kNone;
  if (text.starts_with('\\')) base = w_.add_name("\\");
  if (type_of(t_, n) == N::relative_name_ && text.starts_with("namespace"))
    base = w_.add_name("namespace");
  for (NodeIdx c = t_.first_child(prefix); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::name_) continue;
    base =
        base == kNone ? w_.add_name(t_.text(c)) : w_.add_expr(ExprKind::kMember, t_.text(c), base);
  }
  const RefRole role = w_.role_of(n);
  const ExprIdx e = w_.add_expr(ExprKind::kMember, t_.text(name), base);
  w_.facts.face.exprs[e].is_type =
      role == RefRole::kType || role == RefRole::kInherit || role == RefRole::kNew;
  w_.set_expr(n, e);
  const Hint& hint = w_.hint(n);
  w_.add_ref(name, role, base, hint.args,
             static_cast<std::uint8_t>(hint.flags | ref_flag::kHasReceiver | ref_flag::kTypeSide));
}

void PhpExtractor::add_call_arguments(NodeIdx name, NodeIdx arguments) {
  if (name == kNoNode || arguments == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::argument_) continue;
    if (t_.child(c, Field::name_) != kNoNode) break;  // positions end at the first label
    values.push_back(w_.expr(t_.named_child(c, 0)));
  }
  w_.add_arguments(name, values);
}

void PhpExtractor::leave_member(NodeIdx n) {
  const NodeIdx object = t_.child(n, Field::object_);
  const NodeIdx name = t_.child(n, Field::name_);
  const N type = type_of(t_, n);
  const bool call =
      type == N::member_call_expression_ || type == N::nullsafe_member_call_expression_;
  if (type_of(t_, name) != N::name_ || (t_[name].flags & node_flag::kMissing)) return;
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  const ExprIdx base = w_.expr(object);
  const bool callable =
      call && t_.child_of_type(arguments, id(N::variadic_placeholder_)) != kNoNode;
  if (base != kNone) {
    const ExprIdx member = w_.add_expr(ExprKind::kMember, t_.text(name), base);
    w_.set_expr(n, call && !callable ? w_.add_expr(ExprKind::kCall, {}, member) : member);
  }
  const RefRole role = call ? (callable ? RefRole::kRead : RefRole::kCall) : w_.role_of(n);
  w_.add_ref(name, role, base, call && !callable ? count_arguments(arguments) : std::uint8_t{255},
             ref_flag::kHasReceiver);
  if (!call) return;
  add_call_arguments(name, arguments);
  leave_route(n, arguments);
}

/// A::b(), A::$b and A::B
void PhpExtractor::leave_scoped(NodeIdx n) {
  const N type = type_of(t_, n);
  const bool constant = type == N::class_constant_access_expression_;
  const bool call = type == N::scoped_call_expression_;
  const NodeIdx scope = constant ? t_.named_child(n, 0) : t_.child(n, Field::scope_);
  NodeIdx name = constant ? t_.named_child(n, 1) : t_.child(n, Field::name_);
  if (type == N::scoped_property_access_expression_) name = t_.named_child(name, 0);
  if (type_of(t_, name) != N::name_ || (t_[name].flags & node_flag::kMissing)) return;
  const std::string_view text = t_.text(name);
  if (constant && text == "class") return w_.set_expr(n, builtin("string"));
  const ExprIdx base = w_.expr(scope);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  const bool callable =
      call && t_.child_of_type(arguments, id(N::variadic_placeholder_)) != kNoNode;
  if (base != kNone) {
    const ExprIdx member = w_.add_expr(ExprKind::kMember, text, base);
    w_.set_expr(n, call && !callable ? w_.add_expr(ExprKind::kCall, {}, member) : member);
  }
  const RefRole role = call ? (callable ? RefRole::kRead : RefRole::kCall) : w_.role_of(n);
  std::uint8_t flags = ref_flag::kHasReceiver;
  // `$object::method()` has a value on its left.
  if (type_of(t_, scope) != N::variable_name_) flags |= ref_flag::kTypeSide;
  w_.add_ref(name, role, base, call && !callable ? count_arguments(arguments) : std::uint8_t{255},
             flags);
  if (!call) return;
  add_call_arguments(name, arguments);
  leave_route(n, arguments);
}

void PhpExtractor::leave_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const ExprIdx f = w_.expr(function);
  const bool callable = t_.child_of_type(arguments, id(N::variadic_placeholder_)) != kNoNode;
  if (f != kNone) w_.set_expr(n, callable ? f : w_.add_expr(ExprKind::kCall, {}, f));
  NodeIdx name = function;
  const N type = type_of(t_, function);
  if (type == N::qualified_name_ || type == N::relative_name_)
    name = t_.child_of_type(function, id(N::name_));
  if (type == N::variable_name_) name = t_.named_child(function, 0);
  if (name != kNoNode) add_call_arguments(name, arguments);
  if (const auto constant = defined_.find(n); constant != defined_.end())
    w_.symbol(constant->second.index).init = w_.expr(argument(arguments, 1));
}

void PhpExtractor::leave_new(NodeIdx n) {
  const NodeIdx what = t_.named_child(n, 0);
  const ExprIdx type = w_.expr(what);
  if (type != kNone) w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, type));
  NodeIdx name = what;
  if (type_of(t_, what) == N::qualified_name_ || type_of(t_, what) == N::relative_name_)
    name = t_.child_of_type(what, id(N::name_));
  if (type_of(t_, name) == N::name_)
    add_call_arguments(name, t_.child_of_type(n, id(N::arguments_)));
}

void PhpExtractor::set_value(NodeIdx name, ExprIdx type, ExprIdx value) {
  const auto found = defined_.find(name);
  if (found == defined_.end()) return;
  if (found->second.kind == BindKind::kLocal) {
    graph::Local& l = w_.local(found->second.index);
    if (type != kNone) l.type = type;
    if (value != kNone) l.init = value;
  } else if (found->second.kind == BindKind::kSymbol) {
    graph::Symbol& s = w_.symbol(found->second.index);
    if (type != kNone) s.type = type;
    if (value != kNone) s.init = value;
  }
}

/// Gives what an assignment, foreach or list defines its value.
void PhpExtractor::assign(NodeIdx target, ExprIdx type, ExprIdx value) {
  struct Item {
    NodeIdx node;
    ExprIdx value;
  };
  std::vector<Item> work{{target, value}};
  while (!work.empty()) {
    const Item i = work.back();
    work.pop_back();
    switch (type_of(t_, i.node)) {
      case N::variable_name_:
        set_value(t_.named_child(i.node, 0), type, i.value);
        break;
      case N::by_ref_:
      case N::array_element_initializer_:
        work.push_back({t_.named_child(i.node, 0), i.value});
        break;
      case N::list_literal_:
      case N::array_creation_expression_: {
        const ExprIdx item =
            i.value == kNone ? kNone : w_.add_expr(ExprKind::kElement, {}, i.value);
        for (NodeIdx c = t_.first_child(i.node); c != kNoNode; c = t_.next_sibling(c))
          work.push_back({c, item});
        break;
      }
      default:
        break;
    }
  }
}

void PhpExtractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const ExprIdx value = w_.expr(t_.child(n, Field::right_));
  if (left == kNoNode) return;
  if (type_of(t_, n) != N::augmented_assignment_expression_) {
    assign(left, kNone, value);
    w_.set_expr(n, value);
  }
  w_.add_assign(w_.expr(left), value);
}

void PhpExtractor::leave_foreach(NodeIdx n) {
  const ExprIdx items = w_.expr(t_.named_child(n, 0));
  NodeIdx target = t_.named_child(n, 1);
  if (type_of(t_, target) == N::pair_) target = t_.named_child(target, 1);
  if (items == kNone) return;
  const ExprIdx item = w_.add_expr(ExprKind::kElement, {}, items);
  assign(target, kNone, item);
  w_.add_assign(w_.expr(target), item);
}

void PhpExtractor::leave_parameter(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const ExprIdx value = w_.expr(t_.child(n, Field::default_value_));
  const auto found = defined_.find(n);
  if (found != defined_.end() && found->second.kind == BindKind::kLocal) {
    graph::Local& l = w_.local(found->second.index);
    // `T ...$x` types the items.
    const bool variadic = type_of(t_, n) == N::variadic_parameter_;
    l.type = variadic && type != kNone ? w_.add_expr(ExprKind::kArray, {}, type) : type;
    l.init = value;
  }
  if (type_of(t_, n) != N::property_promotion_parameter_) return;
  set_value(first_variable_name(t_.child(n, Field::name_)), type, value);
}

void PhpExtractor::leave_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::property_element_:
      return set_value(t_.named_child(t_.child(n, Field::name_), 0),
                       w_.expr(t_.child(t_.parent(n), Field::type_)),
                       w_.expr(t_.child(n, Field::default_value_)));
    case N::const_element_:
      return set_value(t_.named_child(n, 0), w_.expr(t_.child(t_.parent(n), Field::type_)),
                       w_.expr(t_.named_child(n, 1)));
    case N::enum_case_:
      return set_value(t_.child(n, Field::name_), kNone, w_.expr(t_.child(n, Field::value_)));
    case N::static_variable_declaration_:
      return set_value(t_.named_child(t_.child(n, Field::name_), 0), kNone,
                       w_.expr(t_.child(n, Field::value_)));
    case N::catch_clause_:
      return set_value(t_.named_child(t_.child(n, Field::name_), 0),
                       w_.expr(t_.child(n, Field::type_)), kNone);
    default: {
      const NodeIdx result = t_.child(n, Field::return_type_);
      if (w_.expr(result) != kNone) w_.symbol(w_.current_symbol()).type = w_.expr(result);
      if (type_of(t_, n) == N::arrow_function_) w_.add_return(w_.expr(t_.child(n, Field::body_)));
    }
  }
}

void PhpExtractor::leave_heritage(NodeIdx n) {
  const N type = type_of(t_, n);
  const graph::SuperKind kind = type == N::use_declaration_          ? graph::SuperKind::kMixin
                                : type == N::class_interface_clause_ ? graph::SuperKind::kImplements
                                                                     : graph::SuperKind::kExtends;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (w_.expr(c) == kNone) continue;
    w_.add_super(w_.current_symbol(), w_.expr(c), kind);
    if (type == N::base_clause_ && t_.text(c).ends_with("TestCase")) w_.facts.face.is_test = true;
  }
}

/// A constant path; one that starts at the file's own folder begins with "./" or "../".
bool PhpExtractor::include_path(NodeIdx value, std::string& out) const {
  while (type_of(t_, value) == N::parenthesized_expression_) value = t_.named_child(value, 0);
  const std::string_view text = string_text(value);
  if (!text.empty()) {
    out = text;
    return true;
  }
  if (type_of(t_, value) != N::binary_expression_) return false;
  const std::string_view right = string_text(t_.child(value, Field::right_));
  if (right.empty()) return false;
  const std::string_view left = t_.text(t_.child(value, Field::left_));
  std::string folder;
  if (left == "__DIR__" || left == "dirname(__FILE__)") folder = ".";
  if (left == "dirname(__DIR__)" || left == "dirname(__DIR__, 1)") folder = "..";
  if (left == "dirname(__DIR__, 2)") folder = "../..";
  if (folder.empty()) return false;
  out = folder + (right.starts_with('/') ? "" : "/") + std::string(right);
  return true;
}

void PhpExtractor::leave_include(NodeIdx n) {
  std::string path;
  const NodeIdx value = t_.named_child(n, 0);
  if (value == kNoNode || !include_path(value, path)) return;
  graph::Import i;
  i.kind = graph::ImportKind::kInclude;
  i.module = w_.intern(path);
  i.scope = w_.current_scope();
  i.conditional = w_.in_function() || type_of(t_, t_.parent(n)) != N::expression_statement_;
  i.range = t_.range(value);
  w_.add_import(i);
}

/// Route::get('/path', [Controller::class, 'action']) and $app->get('/path', handler)
void PhpExtractor::leave_route(NodeIdx call, NodeIdx arguments) {
  const std::string_view verb = t_.text(t_.child(call, Field::name_));
  static constexpr std::string_view kVerbs[] = {"get",   "post",    "put", "delete",
                                                "patch", "options", "any"};
  if (std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs)) return;
  const bool is_static = type_of(t_, call) == N::scoped_call_expression_;
  const std::string_view on = t_.text(t_.child(call, is_static ? Field::scope_ : Field::object_));
  if (on != "Route" && on != "$app" && on != "$router" && on != "$group" && on != "$this->app")
    return;
  const std::string_view path = string_text(argument(arguments, 0));
  const NodeIdx handler = argument(arguments, 1);
  if (path.empty() || handler == kNoNode || (!is_static && !path.starts_with('/'))) return;
  std::string text = upper(verb) + (path.starts_with('/') ? " " : " /") + std::string(path);
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = text;
  s.definition = call;
  s.body = handler;
  s.visibility = Visibility::kPublic;
  const SymbolIdx route = w_.define(s);
  const ExprIdx value = w_.expr(handler);
  if (value != kNone && w_.facts.face.exprs[value].kind == ExprKind::kSymbol) {
    const SymbolIdx target = w_.facts.face.exprs[value].a;
    graph::Ref& ref = w_.add_ref(handler, RefRole::kValue);
    ref.length = 1;  // where the function begins
    ref.name = w_.symbol(target).name;
    ref.owner = route;
    ref.flags |= ref_flag::kImplicit;
    ref.bind = BindKind::kSymbol;
    ref.bound = target;
    return;
  }
  NodeIdx type = handler;
  NodeIdx method = kNoNode;
  if (type_of(t_, handler) == N::array_creation_expression_) {
    type = t_.named_child(t_.named_child(handler, 0), 0);
    const NodeIdx action = t_.named_child(t_.named_child(handler, 1), 0);
    if (!string_text(action).empty()) method = t_.child_of_type(action, id(N::string_content_));
  }
  if (type_of(t_, type) != N::class_constant_access_expression_) return;
  const NodeIdx class_name = t_.named_child(type, 0);
  if (method != kNoNode) {
    graph::Ref& ref = w_.add_ref(method, RefRole::kValue, w_.expr(class_name), 255,
                                 ref_flag::kHasReceiver | ref_flag::kTypeSide);
    ref.owner = route;
  } else if (graph::Ref* ref = w_.ref_at(class_name)) {
    ref->owner = route;
    ref->role = RefRole::kValue;
  }
}

void PhpExtractor::leave_type(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::named_type_:
    case N::optional_type_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::primitive_type_:
    case N::bottom_type_:
      return w_.set_expr(n, t_.text(n) == "static" ? class_keyword("static") : builtin(t_.text(n)));
    case N::union_type_:
    case N::intersection_type_:
    case N::disjunctive_normal_form_type_:
    case N::type_list_: {
      std::vector<ExprIdx> items;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        items.push_back(w_.expr(c));
      return w_.set_expr(n, union_of(items));
    }
    default:
      return;
  }
}

void PhpExtractor::leave_literal(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::string_:
    case N::encapsed_string_:
    case N::heredoc_:
    case N::nowdoc_:
      return w_.set_expr(n, builtin("string"));
    case N::integer_:
      return w_.set_expr(n, builtin("int"));
    case N::float_:
      return w_.set_expr(n, builtin("float"));
    case N::boolean_:
      return w_.set_expr(n, builtin("bool"));
    case N::null_:
      return w_.set_expr(n, builtin("null"));
    case N::array_creation_expression_: {
      const NodeIdx first = t_.named_child(n, 0);
      const ExprIdx item = t_.named_child_count(first == kNoNode ? n : first) == 1
                               ? w_.expr(t_.named_child(first, 0))
                               : w_.expr(t_.named_child(first, 1));
      return w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, item));
    }
    case N::parenthesized_expression_:
    case N::clone_expression_:
    case N::error_suppression_expression_:
    case N::argument_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::subscript_expression_:
      if (const ExprIdx e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, e));
      return;
    case N::conditional_expression_: {
      NodeIdx yes = t_.child(n, Field::body_);
      if (yes == kNoNode) yes = t_.child(n, Field::condition_);  // `a ?: b`
      return w_.set_expr(n, union_of({w_.expr(yes), w_.expr(t_.child(n, Field::alternative_))}));
    }
    case N::cast_expression_: {
      std::string_view type = t_.text(t_.child(n, Field::type_));
      return w_.set_expr(n, builtin(type));
    }
    case N::unary_op_expression_:
      return w_.set_expr(n, builtin(t_.text(n).starts_with('!') ? "bool" : "int"));
    case N::match_expression_: {
      std::vector<ExprIdx> items;
      const NodeIdx body = t_.child(n, Field::body_);
      for (NodeIdx c = t_.first_child(body); c != kNoNode; c = t_.next_sibling(c))
        items.push_back(w_.expr(t_.child(c, Field::return_expression_)));
      return w_.set_expr(n, union_of(items));
    }
    case N::binary_expression_: {
      const N op = type_of(t_, t_.child(n, Field::operator_));
      if (op == N::op_coalesce)
        w_.set_expr(
            n, union_of({w_.expr(t_.child(n, Field::left_)), w_.expr(t_.child(n, Field::right_))}));
      else if (op == N::op_dot)
        w_.set_expr(n, builtin("string"));
      else if (op != N::none)
        w_.set_expr(n, builtin("bool"));
      return;
    }
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::php
