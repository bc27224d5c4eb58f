// Lua as an outline: functions, file-level variables, and tables of the file with their fields and
// functions as members; required modules; busted and luaunit tests.
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/outline.h"

#define CAIRN_NODE_TABLE "indexer/syntax/lua/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_lua(void);

namespace cairn::indexer::syntax {
namespace {

using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace symbol_flag = graph::symbol_flag;

class LuaExtractor : Outline {
 public:
  explicit LuaExtractor(FileWalk& walk) : Outline(walk) {}
  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  /// What a function gets its name from.
  struct Target {
    NodeIdx name = kNoNode;
    SymbolIdx table = kNone;
    bool method = false;  // defined with a colon, or with `self` in a table
    bool local = false;
    std::string_view prefix = {};  // of a table this file does not define
  };

  void enter_function(NodeIdx n);
  void enter_declared_function(NodeIdx n);
  void define_function(NodeIdx n, const Target& target);
  void enter_parameters(NodeIdx function, SymbolIdx symbol);
  void enter_assignment(NodeIdx n);
  void assign(NodeIdx name, NodeIdx value, NodeIdx statement, bool local);
  void assign_member(NodeIdx place, NodeIdx value, NodeIdx statement);
  void enter_table(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_test(NodeIdx n, NodeIdx arguments);
  void declare_names(NodeIdx list, std::uint32_t visible_from);
  NodeIdx required(NodeIdx value) const;
  void import(NodeIdx name, NodeIdx call, NodeIdx value);
  NodeIdx table_of(NodeIdx value) const;
  void make_table(SymbolIdx symbol, NodeIdx constructor);
  SymbolIdx table_named(NodeIdx place) const;
  bool is(NodeIdx n, N type) const { return n != kNoNode && type_of(t_, n) == type; }

  std::unordered_map<NodeIdx, Target> functions_;            // function_definition -> its name
  std::unordered_map<NodeIdx, SymbolIdx> tests_;             // function_definition -> its test
  std::unordered_map<NodeIdx, SymbolIdx> constructors_;      // table_constructor -> its table
  std::unordered_map<std::string_view, SymbolIdx> globals_;  // file-level names
  std::unordered_map<std::uint64_t, SymbolIdx> members_;     // (table, name)
};

void LuaExtractor::enter(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::function_declaration_:
      return enter_declared_function(n);
    case N::function_definition_:
      return enter_function(n);
    case N::assignment_statement_:
      return enter_assignment(n);
    case N::variable_declaration_:
      if (const NodeIdx list = child_of(n, N::variable_list_); list != kNoNode)
        declare_names(list, t_[n].end);
      return;
    case N::table_constructor_:
      return enter_table(n);
    case N::function_call_:
      return enter_call(n);
    case N::dot_index_expression_:
      return w_.skip(t_.child(n, Field::field_));
    case N::method_index_expression_:
      return w_.skip(t_.child(n, Field::method_));
    case N::label_statement_:
    case N::goto_statement_:
    case N::attribute_:
      return w_.skip(child_of(n, N::identifier_));
    case N::field_:
      // `name = value`, not `[name] = value`.
      if (const NodeIdx name = t_.child(n, Field::name_);
          is(name, N::identifier_) && t_[name].begin == t_[n].begin)
        w_.skip(name);
      return;
    case N::for_statement_:
    case N::block_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::for_generic_clause_:
      if (const NodeIdx list = child_of(n, N::variable_list_); list != kNoNode)
        declare_names(list, t_[n].end);
      return;
    case N::for_numeric_clause_:
      if (const NodeIdx name = t_.child(n, Field::name_); is_present(name)) {
        w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[n].end);
        w_.skip(name);
      }
      return;
    default:
      return;
  }
}

void LuaExtractor::declare_names(NodeIdx list, std::uint32_t visible_from) {
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::identifier_) || !is_present(c)) continue;
    if (w_.current_scope() != 0) {
      w_.define_local(SymbolKind::kLocal, c, w_.current_scope(), visible_from);
      w_.skip(c);
    } else {
      globals_[t_.text(c)] = define_value(SymbolKind::kVariable, c, c, Visibility::kFile);
    }
  }
}

void LuaExtractor::enter_declared_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  Target target;
  target.local = t_[n].field == Field::local_declaration_;
  if (is(name, N::identifier_)) {
    target.name = name;
  } else if (name != kNoNode) {
    target.method = is(name, N::method_index_expression_);
    target.name = t_.child(name, target.method ? Field::method_ : Field::field_);
    const NodeIdx table = t_.child(name, Field::table_);
    target.table = table_named(table);
    if (target.table == kNone && table != kNoNode) target.prefix = t_.text(table);
    w_.skip(name);
  }
  if (is_present(target.name)) define_function(n, target);
}

void LuaExtractor::enter_function(NodeIdx n) {
  if (const auto test = tests_.find(n); test != tests_.end()) {
    w_.open(test->second, ScopeKind::kFunction, n);
    return enter_parameters(n, test->second);
  }
  if (const auto target = functions_.find(n); target != functions_.end())
    return define_function(n, target->second);
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
  enter_parameters(n, symbol);
}

void LuaExtractor::define_function(NodeIdx n, const Target& target) {
  const std::string_view name = t_.text(target.name);
  NewSymbol s;
  const bool member = target.table != kNone || !target.prefix.empty();
  s.kind = member ? SymbolKind::kMethod : SymbolKind::kFunction;
  s.name = target.name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = target.local || w_.in_function() ? Visibility::kFile : Visibility::kPublic;
  if (member) s.visibility = name.starts_with('_') ? Visibility::kPrivate : Visibility::kPublic;
  if (s.visibility == Visibility::kPublic && !member) s.flags |= symbol_flag::kExported;
  if (member && !target.method) s.flags |= symbol_flag::kStatic;
  if (name.starts_with("test")) s.flags |= symbol_flag::kTest;
  if (target.table != kNone) {
    graph::Symbol& table = w_.symbol(target.table);
    // A table with functions is an object.
    if (table.kind == SymbolKind::kVariable) table.kind = SymbolKind::kClass;
    s.parent = target.table;
    s.declared_in = table.scope;
  }
  const SymbolIdx symbol = w_.define(s);
  if (!target.prefix.empty()) w_.symbol(symbol).qualifier = w_.intern(target.prefix);
  if (!member && w_.current_scope() == 0) globals_.emplace(name, symbol);
  w_.skip(target.name);
  w_.open(symbol, ScopeKind::kFunction, n);
  enter_parameters(n, symbol);
}

void LuaExtractor::enter_parameters(NodeIdx function, SymbolIdx symbol) {
  const NodeIdx list = t_.child(function, Field::parameters_);
  if (list == kNoNode) return;
  std::uint8_t position = 0;
  bool variadic = false;
  bool own = false;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    variadic = variadic || is(c, N::vararg_expression_);
    if (!is(c, N::identifier_) || !is_present(c)) continue;
    own = own || (position == 0 && t_.text(c) == "self");
    const auto local = w_.define_local(SymbolKind::kParameter, c, w_.current_scope());
    w_.local(local).position = position;
    w_.skip(c);
    if (position < 254) ++position;
  }
  graph::Symbol& f = w_.symbol(symbol);
  f.metrics.parameters = position;
  if (own && f.kind == SymbolKind::kMethod) f.flags &= ~symbol_flag::kStatic;
  // Lua fills missing arguments with nil and drops surplus ones.
  f.min_args = 0;
  f.max_args = variadic ? 255
                        : static_cast<std::uint8_t>(
                              own && f.kind == SymbolKind::kMethod ? position - 1 : position);
}

void LuaExtractor::enter_assignment(NodeIdx n) {
  const NodeIdx names = child_of(n, N::variable_list_);
  const NodeIdx values = child_of(n, N::expression_list_);
  if (names == kNoNode) return;
  const NodeIdx parent = t_.parent(n);
  const bool local = is(parent, N::variable_declaration_);
  NodeIdx value = values == kNoNode ? kNoNode : t_.named_child(values, 0);
  for (NodeIdx c = t_.first_child(names); c != kNoNode; c = t_.next_sibling(c)) {
    if (is(c, N::attribute_) || !t_.is_named(c) || t_.is_comment(c)) continue;
    assign(c, value, local ? parent : n, local);
    if (value != kNoNode) value = t_.next_sibling(value);
    while (value != kNoNode && (!t_.is_named(value) || t_.is_comment(value)))
      value = t_.next_sibling(value);
  }
}

void LuaExtractor::assign(NodeIdx name, NodeIdx value, NodeIdx statement, bool local) {
  if (is(name, N::dot_index_expression_)) return assign_member(name, value, statement);
  if (!is(name, N::identifier_) || !is_present(name)) return;
  if (local && required(value) != kNoNode) return import(name, required(value), value);
  const std::string_view text = t_.text(name);
  if (is(value, N::function_definition_) && (local || w_.current_scope() == 0)) {
    functions_[value] = {name, kNone, false, local, {}};
    return w_.skip(name);
  }
  if (local && w_.current_scope() != 0) {
    w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[statement].end);
    return w_.skip(name);
  }
  if (w_.current_scope() != 0 || (!local && globals_.contains(text)))
    return w_.role(name, RefRole::kWrite);
  const NodeIdx attribute = t_.next_sibling(name);
  const bool constant = is(attribute, N::attribute_) && has_word(t_.text(attribute), "const");
  const SymbolIdx symbol = define_value(
      constant ? SymbolKind::kConstant : SymbolKind::kVariable, name, statement,
      local ? Visibility::kFile : Visibility::kPublic, local ? 0 : symbol_flag::kExported);
  globals_[text] = symbol;
  if (const NodeIdx table = table_of(value); table != kNoNode) make_table(symbol, table);
}

void LuaExtractor::assign_member(NodeIdx place, NodeIdx value, NodeIdx statement) {
  const NodeIdx name = t_.child(place, Field::field_);
  const NodeIdx object = t_.child(place, Field::table_);
  const SymbolIdx table = table_named(object);
  if (!is_present(name)) return;
  const std::uint64_t key = (std::uint64_t{table} << 32) | w_.intern_node(name);
  if (table == kNone || w_.current_scope() != 0 || members_.contains(key)) {
    if (is(value, N::function_definition_) && w_.current_scope() == 0 && object != kNoNode) {
      functions_[value] = {name, table, false, false,
                           table == kNone ? t_.text(object) : std::string_view{}};
      return w_.skip(place);
    }
    return w_.role(place, RefRole::kWrite);
  }
  w_.skip(place);
  if (is(value, N::function_definition_)) {
    functions_[value] = {name, table, false, false, {}};
    return;
  }
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  s.definition = statement;
  s.visibility = t_.text(name).starts_with('_') ? Visibility::kPrivate : Visibility::kPublic;
  s.parent = table;
  s.declared_in = w_.symbol(table).scope;
  const SymbolIdx symbol = w_.define(s);
  members_.emplace(key, symbol);
  if (const NodeIdx inner = table_of(value); inner != kNoNode) make_table(symbol, inner);
}

/// The table constructor a value is made of: itself, or the first argument of setmetatable.
NodeIdx LuaExtractor::table_of(NodeIdx value) const {
  if (is(value, N::table_constructor_)) return value;
  if (!is(value, N::function_call_)) return kNoNode;
  const NodeIdx function = t_.child(value, Field::name_);
  const NodeIdx arguments = t_.child(value, Field::arguments_);
  if (function == kNoNode || arguments == kNoNode || t_.text(function) != "setmetatable")
    return kNoNode;
  const NodeIdx first = t_.named_child(arguments, 0);
  return is(first, N::table_constructor_) ? first : kNoNode;
}

void LuaExtractor::make_table(SymbolIdx symbol, NodeIdx constructor) {
  // Its members' names are bound in a scope that no code stands in: a table is not one.
  const graph::Symbol& s = w_.symbol(symbol);
  const auto scope = static_cast<graph::ScopeIdx>(w_.facts.face.scopes.size());
  w_.facts.face.scopes.push_back({s.declared_in, symbol, ScopeKind::kType});
  w_.symbol(symbol).scope = scope;
  constructors_[constructor] = symbol;
}

SymbolIdx LuaExtractor::table_named(NodeIdx place) const {
  // `a.b.c` from its left end, without recursion: the chain is as long as it is written.
  std::vector<NodeIdx> names;
  while (is(place, N::dot_index_expression_)) {
    names.push_back(t_.child(place, Field::field_));
    place = t_.child(place, Field::table_);
  }
  if (!is(place, N::identifier_)) return kNone;
  const auto base = globals_.find(t_.text(place));
  SymbolIdx table = base == globals_.end() ? kNone : base->second;
  for (std::size_t i = names.size(); i-- > 0 && table != kNone;) {
    if (names[i] == kNoNode) return kNone;
    const std::uint64_t key = (std::uint64_t{table} << 32) | w_.intern_node(names[i]);
    const auto member = members_.find(key);
    table = member == members_.end() ? kNone : member->second;
  }
  if (table == kNone || w_.symbol(table).scope == kNone) return kNone;
  return graph::is_callable(w_.symbol(table).kind) ? kNone : table;
}

void LuaExtractor::enter_table(NodeIdx n) {
  const auto found = constructors_.find(n);
  if (found == constructors_.end()) return;
  const SymbolIdx table = found->second;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::field_)) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    const NodeIdx value = t_.child(c, Field::value_);
    if (!is(name, N::identifier_) || !is_present(name) || t_[name].begin != t_[c].begin) continue;
    if (is(value, N::function_definition_)) {
      functions_[value] = {name, table, false, false, {}};
      continue;
    }
    NewSymbol s;
    s.kind = SymbolKind::kField;
    s.name = name;
    s.definition = c;
    s.visibility = t_.text(name).starts_with('_') ? Visibility::kPrivate : Visibility::kPublic;
    s.parent = table;
    s.declared_in = w_.symbol(table).scope;
    const SymbolIdx symbol = w_.define(s);
    members_.emplace((std::uint64_t{table} << 32) | w_.intern_node(name), symbol);
    if (const NodeIdx inner = table_of(value); inner != kNoNode) make_table(symbol, inner);
  }
}

/// The call of require that a value is, or takes one member of.
NodeIdx LuaExtractor::required(NodeIdx value) const {
  if (is(value, N::dot_index_expression_)) value = t_.child(value, Field::table_);
  if (!is(value, N::function_call_)) return kNoNode;
  const NodeIdx function = t_.child(value, Field::name_);
  const NodeIdx arguments = t_.child(value, Field::arguments_);
  if (!is(function, N::identifier_) || t_.text(function) != "require" || arguments == kNoNode)
    return kNoNode;
  return is(t_.named_child(arguments, 0), N::string_) ? value : kNoNode;
}

void LuaExtractor::import(NodeIdx name, NodeIdx call, NodeIdx value) {
  const NodeIdx text = t_.named_child(t_.child(call, Field::arguments_), 0);
  const NodeIdx content = t_.child(text, Field::content_);
  if (content == kNoNode) return;
  graph::Import import;
  import.module = w_.intern_node(content);
  import.scope = w_.current_scope();
  import.conditional = w_.in_function();
  import.range = t_.range(content);
  if (name != kNoNode) {
    import.alias = w_.intern_node(name);
    w_.skip(name);
  } else if (!is(t_.parent(call), N::dot_index_expression_) && is(t_.parent(call), N::chunk_)) {
    import.kind = graph::ImportKind::kSideEffect;
  }
  if (is(value, N::dot_index_expression_)) {
    import.kind = graph::ImportKind::kName;
    if (const NodeIdx member = t_.child(value, Field::field_); is_present(member))
      import.name = w_.intern_node(member);
  }
  w_.add_import(import);
  const std::string_view module = t_.text(content);
  if (module == "busted" || module == "luaunit" || module.starts_with("busted."))
    w_.facts.face.is_test = true;
  w_.role(call, RefRole::kImport);  // seen
}

void LuaExtractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::name_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  if (required(n) != kNoNode && w_.role_of(n) != RefRole::kImport) import(kNoNode, n, n);
  w_.role(function, RefRole::kCall, argument_count(arguments));
  if (!is(function, N::identifier_) || arguments == kNoNode) return;
  const std::string_view name = t_.text(function);
  if (name == "describe" || name == "it" || name == "context" || name == "test")
    enter_test(n, arguments);
}

void LuaExtractor::enter_test(NodeIdx n, NodeIdx arguments) {
  const NodeIdx title = t_.named_child(arguments, 0);
  const NodeIdx body = t_.named_child(arguments, 1);
  if (!is(title, N::string_) || !is(body, N::function_definition_)) return;
  const NodeIdx content = t_.child(title, Field::content_);
  if (content == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kTest;
  s.name_text = t_.text(content);
  s.definition = n;
  s.body = body;
  s.flags = symbol_flag::kTest;
  s.visibility = Visibility::kPublic;
  tests_[body] = w_.define(s);
  w_.facts.face.is_test = true;
}

void LuaExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
      if (t_.text(n) == "self" && !w_.skipped(n) && w_.current_callable() != kNone &&
          w_.symbol(w_.current_callable()).kind == SymbolKind::kMethod)
        return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "self"));
      return leave_name(n, RefRole::kRead, false);
    case N::dot_index_expression_:
      if (w_.skipped(n)) return;
      return leave_member(n, t_.child(n, Field::table_), t_.child(n, Field::field_),
                          RefRole::kRead);
    case N::method_index_expression_:
      if (w_.skipped(n)) return;
      return leave_member(n, t_.child(n, Field::table_), t_.child(n, Field::method_),
                          RefRole::kCall);
    case N::function_call_:
      return leave_call(n, t_.child(n, Field::name_));
    case N::return_statement_: {
      if (!is(t_.parent(n), N::chunk_)) return;
      const NodeIdx values = child_of(n, N::expression_list_);
      const NodeIdx value = values == kNoNode ? kNoNode : t_.named_child(values, 0);
      if (value == kNoNode) return;
      graph::Export e;
      e.name = w_.intern("=");
      e.value = w_.expr(value);
      if (const auto symbol = globals_.find(t_.text(value)); symbol != globals_.end()) {
        e.symbol = symbol->second;
        w_.symbol(e.symbol).flags |= symbol_flag::kExported | symbol_flag::kDefaultExport;
      }
      return w_.add_export(e);
    }
    default:
      return;
  }
}

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::elseif_statement_:
      return MetricClass::kElseIf;
    case N::else_statement_:
      return MetricClass::kElse;
    case N::for_statement_:
    case N::while_statement_:
    case N::repeat_statement_:
      return MetricClass::kLoop;
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
  for (NodeIdx c = tree.first_child(n); c != kNoNode; c = tree.next_sibling(c)) {
    if (type_of(tree, c) == N::kw_and) return BooleanOp::kAnd;
    if (type_of(tree, c) == N::kw_or) return BooleanOp::kOr;
  }
  return BooleanOp::kNone;
}

void extract_lua(FileWalk& walk) {
  LuaExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& lua_def() {
  static const LanguageDef def{
      graph::Language::kLua, tree_sitter_lua, kNodeNames, {metric_class, boolean_op}, extract_lua};
  return def;
}

}  // namespace cairn::indexer::syntax
