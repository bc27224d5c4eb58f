// Names, calls, assignments and what they evaluate to.
#include <algorithm>
#include <array>

#include "indexer/syntax/ruby/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/ruby/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::ruby {

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

namespace {

std::uint8_t count_arguments(const SyntaxTree& t, NodeIdx arguments) {
  if (arguments == kNoNode) return 0;
  unsigned count = 0;
  for (NodeIdx c = t.first_child(arguments); c != kNoNode; c = t.next_sibling(c)) {
    if (!t.is_named(c) || t.is_comment(c)) continue;
    switch (type_of(t, c)) {
      case N::splat_argument_:
      case N::hash_splat_argument_:
      case N::forward_argument_:
        return 255;
      case N::block_argument_:
        break;
      default:
        ++count;
    }
  }
  return static_cast<std::uint8_t>(std::min(count, 254u));
}

bool is_closure(const graph::Symbol& s) {
  return (s.flags & symbol_flag::kAnonymous) != 0 || s.kind == SymbolKind::kTest ||
         s.kind == SymbolKind::kRoute;
}

}  // namespace

/// Local variables exist from their assignment on; blocks and lambdas see those around them.
bool Extractor::is_local(std::string_view name) const {
  for (ScopeIdx s = w_.current_scope(); s != kNone; s = w_.scope(s).parent) {
    const graph::Scope& at = w_.scope(s);
    if (at.kind != ScopeKind::kFunction && at.kind != ScopeKind::kBlock) return false;
    if (w_.find_local(s, name) != kNone) return true;
    if (at.kind != ScopeKind::kFunction) continue;
    const graph::Symbol& owner = w_.facts.face.symbols[at.owner];
    if (!is_closure(owner)) return false;
  }
  return false;
}

/// Variables of a script or of a type's body are seen by what stands there and by blocks in it.
bool Extractor::sees_value(std::string_view name) {
  const graph::StrId id = w_.intern(name);
  const auto& symbols = w_.facts.face.symbols;
  for (SymbolIdx s = w_.current_symbol(); s != kNone; s = symbols[s].parent) {
    if (values_.contains((std::uint64_t{s} << 32) | id)) return true;
    if (!is_closure(symbols[s])) return false;
  }
  return false;
}

bool Extractor::on_class_side() const {
  if (!singleton_classes_.empty() && w_.current_callable() == kNone) return true;
  for (SymbolIdx s = w_.current_symbol(); s != kNone && s != 0;
       s = w_.facts.face.symbols[s].parent) {
    const graph::Symbol& row = w_.facts.face.symbols[s];
    if (row.kind == SymbolKind::kMethod || row.kind == SymbolKind::kConstructor)
      return (row.flags & symbol_flag::kClassMethod) != 0;
    if (graph::is_type(row.kind)) return true;
  }
  return false;
}

ExprIdx Extractor::self_expr() {
  const ExprIdx e = w_.add_expr(ExprKind::kSelf, "self");
  w_.facts.face.exprs[e].is_type = on_class_side();
  return e;
}

bool Extractor::binds_in_pattern(NodeIdx n) const {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode) return false;
  switch (type_of(t_, parent)) {
    case N::array_pattern_:
    case N::find_pattern_:
    case N::as_pattern_:
    case N::alternative_pattern_:
    case N::parenthesized_pattern_:
    case N::keyword_pattern_:
      return true;
    case N::in_clause_:
    case N::match_pattern_:
    case N::test_pattern_:
      return t_[n].field == Field::pattern_;
    case N::splat_parameter_:
    case N::hash_splat_parameter_:
      // As parameters these were skipped.
      return true;
    default:
      return false;
  }
}

void Extractor::leave_identifier(NodeIdx n) {
  const std::string_view name = t_.text(n);
  if (t_[n].flags & node_flag::kMissing) return;
  if (w_.skipped(n)) return;
  if (w_.role_of(n) == RefRole::kWrite || binds_in_pattern(n)) {
    w_.set_expr(n, w_.add_name(name));
    return write_identifier(n);
  }
  if (is_local(name)) {
    w_.set_expr(n, w_.add_name(name));
    w_.add_ref(n, RefRole::kRead);
    return;
  }
  // `private` on a line of its own changes what follows in the type's body.
  const NodeIdx parent = t_.parent(n);
  const bool statement = parent != kNoNode && type_of(t_, parent) == N::body_statement_;
  if (statement && w_.scope(w_.current_scope()).kind == ScopeKind::kType) {
    const SymbolIdx type = w_.current_symbol();
    if (name == "private")
      sections_[type] = Visibility::kPrivate;
    else if (name == "protected")
      sections_[type] = Visibility::kProtected;
    else if (name == "public")
      sections_[type] = Visibility::kPublic;
    else if (name == "module_function")
      module_functions_ = true;
  }
  if (name == "__FILE__" || name == "__dir__")
    return w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, "String"));
  // Parameters of a block that names none.
  if (name.size() == 2 && name[0] == '_' && name[1] >= '1' && name[1] <= '9') return;
  // A variable of the script, or of a type's body, is a symbol.
  if (sees_value(name)) {
    w_.set_expr(n, w_.add_name(name));
    w_.add_ref(n, RefRole::kRead);
    return;
  }
  if (name == "new" && on_class_side())
    w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, self_expr()));
  else
    w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, w_.add_name(name)));
  w_.add_ref(n, RefRole::kCall, kNone, 0);
}

void Extractor::write_identifier(NodeIdx n) {
  const std::string_view name = t_.text(n);
  const ScopeKind kind = w_.scope(w_.current_scope()).kind;
  if (kind == ScopeKind::kFunction || kind == ScopeKind::kBlock) {
    if (is_local(name)) {
      w_.add_ref(n, RefRole::kWrite);
      return;
    }
    defined_locals_[n] = w_.define_local(SymbolKind::kLocal, n, w_.current_scope(), t_[n].begin);
    return;
  }
  const std::uint64_t key = (std::uint64_t{w_.current_symbol()} << 32) | w_.intern(name);
  if (values_.contains(key)) {
    w_.add_ref(n, RefRole::kWrite);
    return;
  }
  NewSymbol s;
  s.kind = SymbolKind::kVariable;
  s.name = n;
  s.definition =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::assignment_ ? t_.parent(n) : n;
  s.visibility = Visibility::kFile;
  const SymbolIdx symbol = w_.define(s);
  values_.emplace(key, symbol);
  defined_symbols_[n] = symbol;
}

void Extractor::write_variable(NodeIdx n) {
  const bool global = type_of(t_, n) == N::global_variable_;
  SymbolIdx type = global ? 0 : w_.current_type();
  if (type == kNone) type = 0;
  const std::uint64_t key = (std::uint64_t{type} << 32) | w_.intern_node(n);
  if (values_.contains(key)) {
    w_.add_ref(n, RefRole::kWrite);
    return;
  }
  NewSymbol s;
  s.kind = type == 0 ? SymbolKind::kVariable : SymbolKind::kField;
  s.name = n;
  const NodeIdx parent = t_.parent(n);
  const N kind = parent == kNoNode ? N::none : type_of(t_, parent);
  s.definition = kind == N::assignment_ || kind == N::operator_assignment_ ? parent : n;
  s.visibility = global ? Visibility::kPublic : Visibility::kPrivate;
  s.flags = symbol_flag::kMergeable;
  s.parent = type;
  s.declared_in = type == 0 ? 0 : w_.symbol(type).scope;
  const SymbolIdx symbol = w_.define(s);
  values_.emplace(key, symbol);
  defined_symbols_[n] = symbol;
}

void Extractor::leave_variable(NodeIdx n) {
  w_.set_expr(n, w_.add_name(t_.text(n)));
  if (w_.skipped(n)) return;
  if (w_.role_of(n) == RefRole::kWrite) return write_variable(n);
  w_.add_ref(n, RefRole::kRead);
}

void Extractor::write_constant(NodeIdx n) {
  const SymbolIdx type = w_.current_type() == kNone ? 0 : w_.current_type();
  if (w_.in_function()) {
    w_.add_ref(n, RefRole::kWrite);
    return;
  }
  NewSymbol s;
  s.kind = SymbolKind::kConstant;
  s.name = n;
  s.definition =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::assignment_ ? t_.parent(n) : n;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kConst;
  s.parent = type;
  s.declared_in = type == 0 ? 0 : w_.symbol(type).scope;
  defined_symbols_[n] = w_.define(s);
}

void Extractor::leave_constant(NodeIdx n) {
  if (t_[n].flags & node_flag::kMissing) return;
  if (w_.skipped(n)) return;
  w_.set_expr(n, w_.add_name(t_.text(n)));
  const RefRole role = w_.role_of(n);
  if (role == RefRole::kWrite) return write_constant(n);
  w_.add_ref(n, role, kNone, w_.hint(n).args, w_.hint(n).flags);
}

void Extractor::leave_scope_resolution(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || w_.skipped(n) || (t_[name].flags & node_flag::kMissing)) return;
  const NodeIdx scope = t_.child(n, Field::scope_);
  if (scope == kNoNode) {
    // `::Name` begins at the top.
    const ExprIdx e = w_.add_name(t_.text(name));
    w_.facts.face.exprs[e].scope = 0;
    w_.set_expr(n, e);
    w_.add_ref(name, w_.role_of(n), kNone, 255, w_.hint(n).flags).scope = 0;
    return;
  }
  const ExprIdx base = w_.expr(scope);
  w_.set_expr(n, w_.add_expr(ExprKind::kMember, t_.text(name), base));
  w_.add_ref(
      name, w_.role_of(n), base, 255,
      static_cast<std::uint8_t>(w_.hint(n).flags | ref_flag::kHasReceiver | ref_flag::kTypeSide));
}

void Extractor::leave_super(NodeIdx n, NodeIdx call) {
  // The method around, whose name is what is called on the parent.
  SymbolIdx s = w_.current_symbol();
  const auto& symbols = w_.facts.face.symbols;
  while (s != kNone && s != 0 && symbols[s].kind != SymbolKind::kMethod &&
         symbols[s].kind != SymbolKind::kConstructor)
    s = symbols[s].parent;
  if (s == kNone || s == 0) return;
  const ExprIdx parent = w_.add_expr(ExprKind::kSuper, "super");
  w_.facts.face.exprs[parent].is_type = on_class_side();
  std::uint8_t args = 255;
  if (call != kNoNode) args = count_arguments(t_, t_.child(call, Field::arguments_));
  graph::Ref& ref = w_.add_ref(n, RefRole::kCall, parent, args, ref_flag::kHasReceiver);
  ref.name = symbols[s].name;
  const NodeIdx whole = call == kNoNode ? n : call;
  w_.set_expr(whole, w_.add_expr(ExprKind::kCall, {},
                                 w_.add_expr(ExprKind::kMember, w_.str(symbols[s].name), parent)));
}

void Extractor::leave_call(NodeIdx n) {
  const NodeIdx method = t_.child(n, Field::method_);
  const NodeIdx receiver = t_.child(n, Field::receiver_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (const auto mixin = mixins_.find(n); mixin != mixins_.end() && arguments != kNoNode) {
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      const N kind = type_of(t_, c);
      if ((kind == N::constant_ || kind == N::scope_resolution_) && w_.expr(c) != kNone)
        w_.add_super(w_.current_symbol(), w_.expr(c), mixin->second);
    }
  }
  if (method == kNoNode || (t_[method].flags & node_flag::kMissing)) return;
  if (type_of(t_, method) == N::super_) return leave_super(method, n);
  const std::string_view name = t_.text(method);
  const bool write = w_.hint(n).action == Hint::Action::kRole && w_.hint(n).role == RefRole::kWrite;
  const RefRole role = write ? RefRole::kWrite : RefRole::kCall;
  const std::uint8_t args = write ? 255 : count_arguments(t_, arguments);
  if (receiver == kNoNode) {
    if (is_local(name) && arguments == kNoNode && block_of(n) == kNoNode) {
      w_.add_ref(method, RefRole::kRead);
      return;
    }
    if (name == "new" && on_class_side())
      w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, self_expr()));
    else
      w_.set_expr(n, w_.add_expr(ExprKind::kCall, {}, w_.add_name(name)));
    w_.add_ref(method, role, kNone, args);
  } else {
    const ExprIdx base = w_.expr(receiver);
    const NodeIdx op = t_.child(n, Field::operator_);
    const bool scope_op = op != kNoNode && type_of(t_, op) == N::op_scope;
    w_.add_ref(
        method, role, base, args,
        static_cast<std::uint8_t>(ref_flag::kHasReceiver | (scope_op ? ref_flag::kTypeSide : 0)));
    if (name == "new" && base != kNone) {
      w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, base));
    } else if (name == "class" && type_of(t_, receiver) == N::self_) {
      const ExprIdx e = w_.add_expr(ExprKind::kSelf, "self");
      w_.facts.face.exprs[e].is_type = true;
      w_.set_expr(n, e);
    } else if ((name == "tap" || name == "freeze" || name == "dup" || name == "clone") &&
               base != kNone) {
      w_.set_expr(n, base);
    } else {
      const ExprIdx member = w_.add_expr(ExprKind::kMember, name, base);
      w_.set_expr(n, write ? member : w_.add_expr(ExprKind::kCall, {}, member));
    }
  }
  if (arguments == kNoNode) return;
  std::vector<ExprIdx> values;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (type_of(t_, c) == N::pair_) break;  // positions end at the first keyword
    values.push_back(w_.expr(c));
  }
  w_.add_arguments(method, values);
}

void Extractor::set_value_type(NodeIdx target, ExprIdx type, ExprIdx init) {
  if (target == kNoNode) return;
  if (const auto local = defined_locals_.find(target); local != defined_locals_.end()) {
    graph::Local& l = w_.local(local->second);
    if (type != kNone) l.type = type;
    if (init != kNone) l.init = init;
  } else if (const auto symbol = defined_symbols_.find(target); symbol != defined_symbols_.end()) {
    if (init != kNone) w_.symbol(symbol->second).init = init;
  }
}

void Extractor::leave_assignment(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const ExprIdx value = w_.expr(t_.child(n, Field::right_));
  if (const SymbolIdx made = w_.current_symbol();
      left != kNoNode && w_.symbol(made).scope == w_.current_scope() && w_.skipped(left) &&
      graph::is_type(w_.symbol(made).kind)) {
    // A class made by value: Class.new(Base).
    const NodeIdx call = t_.child(n, Field::right_);
    const NodeIdx arguments = call == kNoNode ? kNoNode : t_.child(call, Field::arguments_);
    const NodeIdx base = arguments == kNoNode ? kNoNode : t_.named_child(arguments, 0);
    if (w_.symbol(made).kind == SymbolKind::kClass && base != kNoNode && w_.expr(base) != kNone)
      w_.add_super(made, w_.expr(base), graph::SuperKind::kExtends);
    return;
  }
  const bool plain =
      type_of(t_, n) == N::assignment_ || t_.text(n).find("||=") != std::string::npos;
  if (plain) set_value_type(left, kNone, value);
  w_.add_assign(w_.expr(left), value);
  w_.set_expr(n, value);
}

ExprIdx Extractor::last_value(NodeIdx body) const {
  if (body == kNoNode) return kNone;
  switch (type_of(t_, body)) {
    case N::body_statement_:
    case N::block_body_:
    case N::block_:
    case N::do_block_:
    case N::parenthesized_statements_:
    case N::then_:
    case N::begin_:
      break;
    default:
      return w_.expr(body);
  }
  NodeIdx last = kNoNode;
  for (NodeIdx c = t_.first_child(body); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (t_.is_named(c) && !t_.is_comment(c) && kind != N::rescue_ && kind != N::else_) last = c;
  }
  return last == kNoNode ? kNone : w_.expr(last);
}

void Extractor::leave_method(NodeIdx n) {
  const auto at = defined_symbols_.find(n);
  if (at == defined_symbols_.end()) return;
  const ExprIdx result = last_value(t_.child(n, Field::body_));
  w_.add_return(result);
  if (result == kNone) return;
  // There are no annotations: what the last expression makes is the result's type.
  const graph::Expr& e = w_.facts.face.exprs[result];
  if (e.kind == ExprKind::kNew) w_.symbol(at->second).type = e.a;
  if (e.kind == ExprKind::kSelf && !e.is_type) w_.symbol(at->second).type = result;
}

void Extractor::leave_value(NodeIdx n) {
  const auto literal = [&](std::string_view name) {
    w_.set_expr(n, w_.add_expr(ExprKind::kBuiltin, name));
  };
  switch (type_of(t_, n)) {
    case N::self_:
      return w_.set_expr(n, self_expr());
    case N::keyword_pattern_:
      // `in {age:}` binds age.
      if (const NodeIdx key = t_.child(n, Field::key_); key != kNoNode &&
                                                        t_.child(n, Field::value_) == kNoNode &&
                                                        type_of(t_, key) == N::hash_key_symbol_)
        write_identifier(key);
      return;
    case N::rescue_: {
      const NodeIdx variable = t_.child(n, Field::variable_);
      const NodeIdx what = t_.child(n, Field::exceptions_);
      if (variable != kNoNode && what != kNoNode && t_.named_child_count(what) == 1)
        set_value_type(t_.first_child(variable), w_.expr(t_.named_child(what, 0)), kNone);
      return;
    }
    case N::element_reference_:
      if (const ExprIdx e = w_.expr(t_.child(n, Field::object_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kElement, {}, e));
      return;
    case N::parenthesized_statements_:
      return w_.set_expr(n, last_value(n));
    case N::return_:
      if (const NodeIdx list = t_.named_child(n, 0); list != kNoNode)
        w_.add_return(w_.expr(t_.named_child(list, 0)));
      return;
    case N::lambda_:
      return w_.add_return(last_value(t_.child(t_.child(n, Field::body_), Field::body_)));
    case N::string_:
    case N::heredoc_beginning_:
      return literal("String");
    case N::simple_symbol_:
      return literal("Symbol");
    case N::integer_:
      return literal("Integer");
    case N::float_:
      return literal("Float");
    case N::true_:
      return literal("TrueClass");
    case N::false_:
      return literal("FalseClass");
    case N::nil_:
      return literal("NilClass");
    case N::array_:
    case N::string_array_:
    case N::symbol_array_:
      return literal("Array");
    case N::hash_:
      return literal("Hash");
    case N::regex_:
      return literal("Regexp");
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::ruby
