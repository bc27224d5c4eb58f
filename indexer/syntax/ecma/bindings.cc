// Variables, patterns and the assignments that define members.
#include <algorithm>

#include "indexer/syntax/ecma/extractor.h"

namespace cairn::indexer::syntax::ecma {

namespace {

bool is_literal(N type) {
  switch (type) {
    case N::number_:
    case N::string_:
    case N::template_string_:
    case N::regex_:
    case N::true_:
    case N::false_:
    case N::null_:
    case N::unary_expression_:
      return true;
    default:
      return false;
  }
}

bool is_function_level(ScopeKind kind) {
  return kind == ScopeKind::kFunction || kind == ScopeKind::kBlock;
}

}  // namespace

/// The value under casts and parentheses.
NodeIdx EcmaExtractor::unwrap(NodeIdx value) const {
  while (value != kNoNode) {
    switch (type_of(t_, value)) {
      case N::parenthesized_expression_:
      case N::as_expression_:
      case N::satisfies_expression_:
      case N::non_null_expression_:
        value = t_.named_child(value, 0);
        break;
      case N::type_assertion_:
        value = t_.named_child(value, 1);
        break;
      default:
        return value;
    }
  }
  return value;
}

/// The value at the end of a chain of assignments.
NodeIdx EcmaExtractor::assigned_value(NodeIdx value) const {
  value = unwrap(value);
  while (type_of(t_, value) == N::assignment_expression_)
    value = unwrap(t_.child(value, Field::right_));
  return value;
}

SymbolIdx EcmaExtractor::file_symbol(std::string_view name) const {
  const auto found = file_symbols_.find(name);
  return found == file_symbols_.end() ? kNone : found->second;
}

void EcmaExtractor::enter_declarator(NodeIdx n) {
  const NodeIdx statement = t_.parent(n);
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx written = t_.child(n, Field::value_);
  if (name == kNoNode) return;
  const bool is_var = type_of(t_, statement) == N::variable_declaration_;
  const bool is_const = statement != kNoNode && t_.text(statement).starts_with("const");
  Declaration d;
  d.is_var = is_var;
  d.scope = is_var ? w_.function_scope() : w_.current_scope();
  if (written != kNoNode && declare_required(n, name, written, d.scope)) return;
  const NodeIdx value = assigned_value(written);
  const N type = type_of(t_, value);
  const Outer outer = outer_of(n);
  const bool local = is_function_level(w_.scope(d.scope).kind);
  if (type_of(t_, name) == N::identifier_) {
    const bool is_function = is_function_expression(type);
    if (is_function || type == N::class_ || (type == N::object_ && !local)) {
      Pending p;
      p.name = name;
      p.kind = is_function ? SymbolKind::kFunction : SymbolKind::kVariable;
      p.definition = outer.definition;
      p.flags = outer.flags;
      if (!is_function && type == N::object_ && is_const) p.flags |= symbol_flag::kConst;
      p.visibility = outer.visibility;
      p.declared_in = d.scope;
      if (is_var && local && w_.find_local(d.scope, t_.text(name)) != kNone)
        return w_.role(name, RefRole::kWrite);
      pending_[value] = p;
      return w_.skip(name);
    }
  }
  d.symbol_kind = is_const && (written == kNoNode || is_literal(type)) ? SymbolKind::kConstant
                                                                       : SymbolKind::kVariable;
  d.definition = outer.definition;
  if (value != kNoNode && !is_literal(type) && type != N::identifier_ &&
      type != N::member_expression_ && t_[value].end - t_[value].begin > 80)
    d.body = value;
  d.flags = outer.flags | (is_const ? symbol_flag::kConst : 0u);
  d.visibility = outer.visibility;
  declare_pattern(name, d);
}

void EcmaExtractor::leave_declarator(NodeIdx n) {
  if (declared_imports_.contains(n)) return;
  const NodeIdx name = t_.child(n, Field::name_);
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  const NodeIdx written = t_.child(n, Field::value_);
  const ExprIdx value = w_.expr(written);
  if (name == kNoNode) return;
  assign_pattern(name, type, value);
  if (type_of(t_, name) == N::identifier_ && value != kNone) {
    if (w_.expr(name) == kNone) w_.set_expr(name, w_.add_name(t_.text(name)));
    w_.add_assign(w_.expr(name), value);
  }
}

void EcmaExtractor::enter_for_in(NodeIdx n) {
  const ScopeIdx around = w_.current_scope();
  w_.open_scope(ScopeKind::kBlock, n);
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  if (right != kNoNode) reopen_[right] = around;
  if (left == kNoNode) return;
  const std::string_view head = t_.source.substr(t_[n].begin, t_[left].begin - t_[n].begin);
  const bool is_var = has_word(head, "var");
  if (!is_var && !has_word(head, "let") && !has_word(head, "const") && !has_word(head, "using"))
    return write_targets(left);
  Declaration d;
  d.is_var = is_var;
  // A loop's `var` belongs to the function around, or to the file.
  d.scope = is_var ? w_.function_scope() : w_.current_scope();
  d.definition = left;
  d.visibility = Visibility::kFile;
  declare_pattern(left, d);
}

void EcmaExtractor::leave_for_in(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx right = t_.child(n, Field::right_);
  if (left == kNoNode || right == kNoNode) return;
  const std::string_view between = t_.source.substr(t_[left].end, t_[right].begin - t_[left].end);
  const bool of = has_word(between, "of");
  const ExprIdx items = w_.expr(right);
  const ExprIdx item = !of              ? builtin("string")
                       : items != kNone ? w_.add_expr(ExprKind::kElement, {}, items)
                                        : kNone;
  assign_pattern(left, kNone, item);
  if (type_of(t_, left) == N::identifier_) w_.add_assign(w_.expr(left), item);
}

void EcmaExtractor::enter_catch(NodeIdx n) {
  w_.open_scope(ScopeKind::kBlock, n);
  const NodeIdx parameter = t_.child(n, Field::parameter_);
  if (parameter == kNoNode) return;
  Declaration d;
  d.scope = w_.current_scope();
  d.definition = parameter;
  declare_pattern(parameter, d);
}

/// Declares every name of a pattern; default values inside are left to be visited.
void EcmaExtractor::declare_pattern(NodeIdx pattern, const Declaration& d) {
  std::vector<NodeIdx> work{pattern};
  while (!work.empty()) {
    const NodeIdx n = work.back();
    work.pop_back();
    if (n == kNoNode) continue;
    switch (type_of(t_, n)) {
      case N::identifier_:
      case N::shorthand_property_identifier_pattern_:
        declare_name(n, d);
        break;
      case N::object_pattern_:
      case N::array_pattern_:
      case N::rest_pattern_: {
        const auto at = static_cast<std::ptrdiff_t>(work.size());
        for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) work.push_back(c);
        std::reverse(work.begin() + at, work.end());
        break;
      }
      case N::pair_pattern_:
        work.push_back(t_.child(n, Field::value_));
        break;
      case N::assignment_pattern_:
      case N::object_assignment_pattern_:
        work.push_back(t_.child(n, Field::left_));
        break;
      default:
        break;
    }
  }
}

void EcmaExtractor::declare_name(NodeIdx name, const Declaration& d) {
  if (t_[name].flags & node_flag::kMissing) return;
  const std::string_view text = t_.text(name);
  if (is_function_level(w_.scope(d.scope).kind)) {
    if (d.is_var && w_.find_local(d.scope, text) != kNone) {
      w_.role(name, RefRole::kWrite);  // declared again
      return;
    }
    const graph::LocalIdx l = w_.define_local(d.local_kind, name, d.scope);
    w_.local(l).position = d.position;
    defined_[name] = {false, l};
    w_.skip(name);
    return;
  }
  if (d.is_var && d.scope == 0 && file_symbol(text) != kNone) {
    w_.role(name, RefRole::kWrite);
    return;
  }
  NewSymbol s;
  s.kind = d.symbol_kind;
  s.name = name;
  s.definition = d.definition != kNoNode ? d.definition : name;
  s.body = d.body;
  s.visibility = d.visibility;
  s.flags = d.flags;
  s.declared_in = d.scope;
  define(s);
}

void EcmaExtractor::set_value(NodeIdx name, ExprIdx type, ExprIdx value) {
  if (name == kNoNode) return;
  const auto found = defined_.find(name);
  if (found == defined_.end()) return;
  if (!found->second.is_symbol) {
    graph::Local& l = w_.local(found->second.index);
    if (type != kNone) l.type = type;
    if (value != kNone) l.init = value;
    return;
  }
  graph::Symbol& s = w_.symbol(found->second.index);
  if (graph::is_callable(s.kind) || graph::is_type(s.kind)) return;
  if (type != kNone) s.type = type;
  // An object literal's symbol is its own value.
  if (value != kNone && s.scope == kNone) s.init = value;
}

/// Gives the names of a pattern their types, and the members it takes their references.
void EcmaExtractor::assign_pattern(NodeIdx pattern, ExprIdx type, ExprIdx value) {
  struct Item {
    NodeIdx node;
    ExprIdx type;
    ExprIdx value;
  };
  std::vector<Item> work{{pattern, type, value}};
  const auto take = [&](NodeIdx name, ExprIdx base) {
    const ExprIdx member =
        base == kNone ? kNone : w_.add_expr(ExprKind::kMember, t_.text(name), base);
    // A write here is the local's; the member read stands at the same name.
    if (w_.ref_at(name) == nullptr)
      w_.add_ref(name, RefRole::kRead, base, 255, ref_flag::kHasReceiver);
    return member;
  };
  while (!work.empty()) {
    const Item i = work.back();
    work.pop_back();
    if (i.node == kNoNode) continue;
    ExprIdx base = i.type != kNone ? w_.add_expr(ExprKind::kCast, {}, i.type) : i.value;
    // A literal that stands for "nothing given" says nothing about the members.
    if (base != kNone && w_.facts.face.exprs[base].kind == ExprKind::kBuiltin) base = kNone;
    switch (type_of(t_, i.node)) {
      case N::identifier_:
      case N::shorthand_property_identifier_pattern_:
        set_value(i.node, i.type, i.value);
        break;
      case N::object_pattern_:
        for (NodeIdx c = t_.first_child(i.node); c != kNoNode; c = t_.next_sibling(c)) {
          NodeIdx at = c;
          if (type_of(t_, c) == N::object_assignment_pattern_) at = t_.child(c, Field::left_);
          if (at == kNoNode) continue;
          if (type_of(t_, at) == N::shorthand_property_identifier_pattern_) {
            set_value(at, kNone, take(at, base));
          } else if (type_of(t_, at) == N::pair_pattern_) {
            const NodeIdx key = t_.child(at, Field::key_);
            const bool named = type_of(t_, key) == N::property_identifier_;
            work.push_back({t_.child(at, Field::value_), kNone, named ? take(key, base) : kNone});
          } else {
            work.push_back({at, kNone, base});
          }
        }
        break;
      case N::array_pattern_: {
        const ExprIdx item = base == kNone ? kNone : w_.add_expr(ExprKind::kElement, {}, base);
        for (NodeIdx c = t_.first_child(i.node); c != kNoNode; c = t_.next_sibling(c))
          work.push_back({c, kNone, type_of(t_, c) == N::rest_pattern_ ? base : item});
        break;
      }
      case N::rest_pattern_:
        work.push_back({t_.named_child(i.node, 0), i.type, i.value});
        break;
      case N::assignment_pattern_:
        work.push_back({t_.child(i.node, Field::left_), i.type, i.value});
        break;
      default:
        break;
    }
  }
}

/// Hints every name and member that an assignment's left side writes.
void EcmaExtractor::write_targets(NodeIdx target) {
  std::vector<NodeIdx> work{target};
  while (!work.empty()) {
    const NodeIdx n = work.back();
    work.pop_back();
    if (n == kNoNode) continue;
    switch (type_of(t_, n)) {
      case N::identifier_:
      case N::shorthand_property_identifier_pattern_:
      case N::member_expression_:
        w_.role(n, RefRole::kWrite);
        break;
      case N::object_pattern_:
      case N::array_pattern_:
      case N::rest_pattern_:
      case N::parenthesized_expression_:
      case N::non_null_expression_:
      case N::as_expression_:
        for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) work.push_back(c);
        break;
      case N::pair_pattern_:
        work.push_back(t_.child(n, Field::value_));
        break;
      case N::assignment_pattern_:
      case N::object_assignment_pattern_:
        work.push_back(t_.child(n, Field::left_));
        break;
      default:
        break;
    }
  }
}

/// Names that stand for nothing, as parameters of a function type.
void EcmaExtractor::skip_names(NodeIdx pattern) {
  for (NodeIdx c = pattern; c < t_[pattern].next; ++c) {
    const N type = type_of(t_, c);
    if (type == N::identifier_ || type == N::shorthand_property_identifier_pattern_) w_.skip(c);
  }
}

void EcmaExtractor::enter_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx value = assigned_value(t_.child(n, Field::right_));
  write_targets(left);
  if (type_of(t_, left) == N::member_expression_ && value != kNoNode)
    define_by_assignment(n, left, value);
}

void EcmaExtractor::define_by_assignment(NodeIdx n, NodeIdx member, NodeIdx value) {
  const NodeIdx object = t_.child(member, Field::object_);
  const NodeIdx property = t_.child(member, Field::property_);
  if (object == kNoNode || property == kNoNode) return;
  if (type_of(t_, object) == N::this_) return define_this_field(n, member, value);
  std::string_view exported;
  if (is_export_target(member, exported)) return export_assignment(n, exported, value);
  if (w_.current_scope() != 0) return;
  Pending p;
  // Foo.prototype.bar = ..., Foo.prototype = {...} and app.bar = ...
  if (type_of(t_, object) == N::member_expression_) {
    const NodeIdx base = t_.child(object, Field::object_);
    const NodeIdx link = t_.child(object, Field::property_);
    if (type_of(t_, base) != N::identifier_ || link == kNoNode || t_.text(link) != "prototype")
      return;
    p.qualifier = t_.text(base);
    p.this_name = p.qualifier;
    return define_member_of(n, property, value, p);
  }
  if (type_of(t_, object) != N::identifier_) return;
  const SymbolIdx owner = file_symbol(t_.text(object));
  if (owner == kNone) return;
  if (t_.text(property) == "prototype") {
    if (type_of(t_, value) == N::object_) prototypes_[value] = t_.text(object);
    return;
  }
  p.qualifier = t_.text(object);
  p.this_symbol = owner;
  p.flags = symbol_flag::kStatic;
  define_member_of(n, property, value, p);
}

void EcmaExtractor::define_member_of(NodeIdx n, NodeIdx name, NodeIdx value, const Pending& as) {
  // The first assignment defines; later ones write.
  const std::uint32_t begin = t_[t_.parent(name)].begin;
  if (!written_members_.insert(t_.source.substr(begin, t_[name].end - begin)).second) return;
  const NodeIdx statement = t_.parent(n);
  Pending p = as;
  p.name = name;
  p.definition = type_of(t_, statement) == N::expression_statement_ ? statement : n;
  p.visibility = Visibility::kPublic;
  p.declared_in = 0;
  const N type = type_of(t_, value);
  // In `a.f = a.g = function () {}` the function is f, and g a field that holds it.
  if ((is_function_expression(type) || type == N::class_) && !pending_.contains(value)) {
    p.kind = is_function_expression(type) ? SymbolKind::kMethod : SymbolKind::kClass;
    pending_[value] = p;
    return w_.skip(name);
  }
  p.kind = SymbolKind::kField;
  const SymbolIdx symbol = define_pending(p, value, kNoNode, kNoNode);
  defined_[name] = {true, symbol};
  w_.skip(name);
}

/// `this.x = ...` in a constructor defines a field, in JavaScript only: TypeScript declares them.
void EcmaExtractor::define_this_field(NodeIdx n, NodeIdx member, NodeIdx value) {
  if (this_.empty() || w_.facts.face.language != graph::Language::kJavaScript) return;
  const This& self = this_.back();
  const NodeIdx name = t_.child(member, Field::property_);
  const NodeIdx statement = t_.parent(n);
  const NodeIdx whole = type_of(t_, statement) == N::expression_statement_ ? statement : n;
  if (self.kind == ExprKind::kNew && type_of(t_, self.node) == N::function_declaration_ &&
      w_.symbol(self.symbol).declared_in == 0) {
    // An old-style constructor: the field belongs to what it makes.
    if (!members_.emplace((std::uint64_t{self.symbol} << 32) | w_.intern_node(name), self.symbol)
             .second)
      return;
    NewSymbol s;
    s.kind = SymbolKind::kField;
    s.name = name;
    s.definition = whole;
    s.visibility = Visibility::kPublic;
    s.parent = 0;
    s.declared_in = 0;
    const SymbolIdx field = w_.define(s);
    w_.symbol(field).qualifier = w_.intern(self.name);
    defined_[name] = {true, field};
    return w_.skip(name);
  }
  if (self.kind != ExprKind::kSelf || self.is_type) return;
  if (type_of(t_, self.node) != N::method_definition_) return;
  const NodeIdx method = t_.child(self.node, Field::name_);
  if (method == kNoNode || t_.text(method) != "constructor") return;
  const SymbolIdx type = w_.current_type();
  if (type == kNone || w_.symbol(type).kind != SymbolKind::kClass) return;
  if (!members_.emplace((std::uint64_t{type} << 32) | w_.intern_node(name), type).second) return;
  Pending p;
  p.name = name;
  p.definition = whole;
  p.parent = type;
  p.declared_in = w_.symbol(type).scope;
  p.visibility = type_of(t_, name) == N::private_property_identifier_ ? Visibility::kPrivate
                                                                      : Visibility::kPublic;
  p.kind = SymbolKind::kField;
  if (is_function_expression(type_of(t_, value)) && !pending_.contains(value)) {
    p.kind = SymbolKind::kMethod;
    pending_[value] = p;
    return w_.skip(name);
  }
  const SymbolIdx field = define_pending(p, value, kNoNode, kNoNode);
  defined_[name] = {true, field};
  w_.skip(name);
}

}  // namespace cairn::indexer::syntax::ecma
