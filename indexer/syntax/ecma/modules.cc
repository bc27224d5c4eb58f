// Imports, exports, tests and routes of the ECMAScript languages.
//
// Imports: `import * as ns` is kModule with no name; what `require` gives is the module's whole
// value, kModule with the name "="; `import d` is kName of "default".
#include <algorithm>
#include <array>

#include "indexer/syntax/ecma/extractor.h"

namespace cairn::indexer::syntax::ecma {

using graph::Import;
using graph::ImportKind;

namespace {

std::string_view trimmed_front(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

/// What follows `import` or `export`.
std::string_view after_keyword(std::string_view text) {
  return text.substr(std::min<std::size_t>(6, text.size()));
}

bool in_list(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

}  // namespace

std::string_view EcmaExtractor::string_text(NodeIdx string) const {
  const N type = type_of(t_, string);
  if (type != N::string_ && type != N::template_string_) return {};
  const std::string_view text = t_.text(string);
  return text.size() < 2 ? std::string_view{} : text.substr(1, text.size() - 2);
}

void EcmaExtractor::note_test_import(std::string_view module) {
  if (in_list(module, {"vitest", "@jest/globals", "jest", "mocha", "chai", "node:test",
                       "@playwright/test", "bun:test", "ava", "tap", "tape", "jasmine", "uvu",
                       "supertest", "sinon", "cypress"}) ||
      module.starts_with("@testing-library/"))
    w_.facts.face.is_test = true;
}

void EcmaExtractor::enter_import(NodeIdx n) {
  if (w_.current_scope() == 0) is_module_ = true;
  Import base;
  base.scope = w_.current_scope();
  const std::string_view rest = trimmed_front(after_keyword(t_.text(n)));
  base.type_only = rest.starts_with("type") && has_word(rest.substr(0, 5), "type") &&
                   !trimmed_front(rest.substr(4)).starts_with("from ") &&
                   !trimmed_front(rest.substr(4)).starts_with(",");
  const NodeIdx required =
      t_.child_of_type(n, static_cast<std::uint16_t>(N::import_require_clause_));
  const NodeIdx source = t_.child(required != kNoNode ? required : n, Field::source_);
  if (source == kNoNode) return;
  base.module = w_.intern(string_text(source));
  base.range = t_.range(source);
  note_test_import(string_text(source));
  if (required != kNoNode) {
    const NodeIdx name = t_.named_child(required, 0);
    if (name == kNoNode || name == source) return;
    base.kind = ImportKind::kModule;
    base.name = w_.intern("=");
    base.alias = w_.intern_node(name);
    w_.skip(name);
    w_.add_import(base);
    return;
  }
  const NodeIdx clause = t_.child_of_type(n, static_cast<std::uint16_t>(N::import_clause_));
  if (clause == kNoNode) {
    base.kind = ImportKind::kSideEffect;
    w_.add_import(base);
    return;
  }
  enter_import_clause(clause, base);
}

void EcmaExtractor::enter_import_clause(NodeIdx clause, const Import& base) {
  const auto take = [&](NodeIdx name, std::string_view text, NodeIdx alias, bool type_only) {
    Import i = base;
    i.kind = ImportKind::kName;
    i.name = w_.intern(text);
    i.alias = w_.intern_node(alias);
    i.type_only = i.type_only || type_only;
    i.range = t_.range(name);
    w_.skip(name);
    w_.skip(alias);
    const auto index = w_.add_import(i);
    graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  };
  for (NodeIdx c = t_.first_child(clause); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (type == N::identifier_) {
      take(c, "default", c, false);
    } else if (type == N::namespace_import_) {
      const NodeIdx name = t_.named_child(c, 0);
      if (name == kNoNode) continue;
      Import i = base;
      i.kind = ImportKind::kModule;
      i.alias = w_.intern_node(name);
      i.range = t_.range(name);
      w_.skip(name);
      w_.add_import(i);
    } else if (type == N::named_imports_) {
      for (NodeIdx s = t_.first_child(c); s != kNoNode; s = t_.next_sibling(s)) {
        if (type_of(t_, s) != N::import_specifier_) continue;
        const NodeIdx name = t_.child(s, Field::name_);
        const NodeIdx alias = t_.child(s, Field::alias_);
        if (name == kNoNode) continue;
        const std::string_view head = t_.source.substr(t_[s].begin, t_[name].begin - t_[s].begin);
        const bool type_only = has_word(head, "type");
        if (type_of(t_, name) == N::string_ && alias == kNoNode) continue;
        take(name, member_name(name), alias != kNoNode ? alias : name, type_only);
      }
    }
  }
}

void EcmaExtractor::enter_import_alias(NodeIdx n) {
  const NodeIdx name = t_.named_child(n, 0);
  if (type_of(t_, name) != N::identifier_) return;
  const Outer outer = outer_of(n);
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  s.definition = outer.definition;
  s.flags = outer.flags;
  s.visibility = outer.visibility;
  define(s);
}

void EcmaExtractor::add_export(std::string_view name, std::string_view local, SymbolIdx symbol,
                               ExprIdx value) {
  is_module_ = true;
  const auto found = export_rows_.find(name);
  if (found != export_rows_.end()) {
    // Overloads and merged declarations are one export; a definition is better than a signature.
    graph::Export& e = w_.facts.face.exports[found->second];
    const bool better =
        symbol != kNone &&
        (e.symbol == kNone || ((w_.symbol(e.symbol).flags & symbol_flag::kDeclaration) != 0 &&
                               (w_.symbol(symbol).flags & symbol_flag::kDeclaration) == 0));
    if (better) e.symbol = symbol;
    if (e.value == kNone) e.value = value;
    if (e.local == 0 && !local.empty()) e.local = w_.intern(local);
    return;
  }
  graph::Export e;
  e.name = w_.intern(name);
  e.local = local.empty() ? 0 : w_.intern(local);
  e.symbol = symbol;
  e.value = value;
  export_rows_.emplace(w_.str(e.name), w_.facts.face.exports.size());
  w_.add_export(e);
}

void EcmaExtractor::enter_export(NodeIdx n) {
  const bool at_file = w_.current_scope() == 0;
  const NodeIdx source = t_.child(n, Field::source_);
  const std::string_view text = t_.text(n);
  const std::string_view rest = trimmed_front(after_keyword(text));
  if (at_file) is_module_ = true;
  Import base;
  base.scope = w_.current_scope();
  base.reexport = true;
  base.type_only = rest.starts_with("type ") || rest.starts_with("type{");
  if (source != kNoNode) {
    base.module = w_.intern(string_text(source));
    base.range = t_.range(source);
  }
  if (const NodeIdx clause = t_.child_of_type(n, static_cast<std::uint16_t>(N::export_clause_));
      clause != kNoNode)
    return enter_export_clause(clause, source, base);
  if (source != kNoNode) {
    const NodeIdx ns = t_.child_of_type(n, static_cast<std::uint16_t>(N::namespace_export_));
    if (ns == kNoNode) {
      base.kind = ImportKind::kWildcard;
      w_.add_import(base);
      return;
    }
    base.kind = ImportKind::kModule;
    const auto index = w_.add_import(base);
    const NodeIdx name = t_.named_child(ns, 0);
    if (name == kNoNode) return;
    w_.skip(name);
    graph::Export e;
    e.name = w_.intern(member_name(name));
    e.import = index;
    w_.add_export(e);
    return;
  }
  if (rest.starts_with("as ")) return skip_names(n);  // export as namespace Global
  const bool is_default = t_.child_of_type(n, static_cast<std::uint16_t>(N::kw_default)) != kNoNode;
  const bool equals = rest.starts_with('=');
  if (!at_file || (!is_default && !equals)) return;
  const NodeIdx written = equals ? t_.named_child(n, 0) : t_.child(n, Field::value_);
  const NodeIdx value = unwrap(written);
  const N type = type_of(t_, value);
  if (type == N::none && value == kNoNode) return;
  if (is_function_expression(type) || type == N::class_ || type == N::object_) {
    Pending p;
    if (t_.child(value, Field::name_) == kNoNode) p.name_text = "default";
    p.kind = is_function_expression(type) ? SymbolKind::kFunction : SymbolKind::kVariable;
    p.definition = n;
    p.flags = symbol_flag::kExported | symbol_flag::kDefaultExport;
    p.visibility = Visibility::kPublic;
    p.export_name = is_default ? "default" : "=";
    pending_[value] = p;
  } else if (type == N::identifier_) {
    add_export(is_default ? "default" : "=", t_.text(value), kNone);
  }
}

void EcmaExtractor::leave_export(NodeIdx n) {
  if (w_.current_scope() != 0 || t_.child(n, Field::source_) != kNoNode) return;
  const std::string_view rest = trimmed_front(after_keyword(t_.text(n)));
  const bool equals = rest.starts_with('=');
  const NodeIdx value = equals ? t_.named_child(n, 0) : t_.child(n, Field::value_);
  if (value != kNoNode && w_.expr(value) != kNone && type_of(t_, unwrap(value)) != N::identifier_)
    add_export(equals ? "=" : "default", {}, kNone, w_.expr(value));
}

void EcmaExtractor::enter_export_clause(NodeIdx clause, NodeIdx source, const Import& base) {
  for (NodeIdx c = t_.first_child(clause); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::export_specifier_) continue;
    // `default` is a keyword here, not an identifier.
    const NodeIdx name = t_.child(c, Field::name_);
    const NodeIdx alias = t_.child(c, Field::alias_);
    if (name == kNoNode) continue;
    const std::string_view from = member_name(name);
    const std::string_view as = alias != kNoNode ? member_name(alias) : from;
    if (alias != kNoNode) w_.skip(alias);
    if (source == kNoNode) {
      if (w_.current_scope() == 0) add_export(as, from, kNone);
      continue;  // the name is a reference like any other
    }
    Import i = base;
    i.kind = ImportKind::kName;
    i.name = w_.intern(from);
    i.range = t_.range(name);
    i.type_only = i.type_only ||
                  has_word(t_.source.substr(t_[c].begin, t_[name].begin - t_[c].begin), "type");
    const auto index = w_.add_import(i);
    w_.skip(name);
    graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
    graph::Export e;
    e.name = w_.intern(as);
    e.import = index;
    w_.add_export(e);
  }
}

/// `module.exports` gives "=", `exports.x` and `module.exports.x` give "x".
bool EcmaExtractor::is_export_target(NodeIdx member, std::string_view& name) const {
  if (w_.in_function()) return false;
  const NodeIdx object = t_.child(member, Field::object_);
  const std::string_view base = t_.text(object);
  const std::string_view property = t_.text(t_.child(member, Field::property_));
  if (base == "module" && property == "exports") {
    name = "=";
    return true;
  }
  if (base != "exports" && base != "module.exports") return false;
  name = property;
  return true;
}

void EcmaExtractor::export_assignment(NodeIdx n, std::string_view name, NodeIdx value) {
  const N type = type_of(t_, value);
  const NodeIdx property = t_.child(t_.child(n, Field::left_), Field::property_);
  is_module_ = true;
  const auto already = pending_.find(value);
  const bool definable = is_function_expression(type) || type == N::class_ || type == N::object_;
  if (already != pending_.end()) {
    // `const app = module.exports = {}`
    if (name == "=") already->second.export_equals = true;
    if (name != "=") already->second.export_name = name;
    return;
  }
  if (type == N::identifier_) return add_export(name, t_.text(value), kNone);
  const NodeIdx statement = t_.parent(n);
  Pending p;
  p.definition = type_of(t_, statement) == N::expression_statement_ ? statement : n;
  p.visibility = Visibility::kPublic;
  p.kind = is_function_expression(type) ? SymbolKind::kFunction : SymbolKind::kVariable;
  if (name == "=") {
    if (!definable) {
      // `const app = module.exports = make()` exports the variable; leave_assignment() the value.
      const NodeIdx holder = type_of(t_, statement) == N::variable_declarator_
                                 ? t_.child(statement, Field::name_)
                                 : kNoNode;
      if (type_of(t_, holder) == N::identifier_) add_export("=", t_.text(holder), kNone);
      return;
    }
    p.export_equals = true;
    if (t_.child(value, Field::name_) == kNoNode || type == N::object_) p.name_text = "exports";
    pending_[value] = p;
    return;
  }
  if (export_rows_.contains(name)) return;
  p.name = property;
  p.qualifier = "exports";  // the bare name is not bound by this
  p.export_name = name;
  p.flags = symbol_flag::kExported;
  p.declared_in = 0;
  w_.skip(property);
  if (definable) {
    pending_[value] = p;
    return;
  }
  const SymbolIdx symbol = define_pending(p, value, kNoNode, kNoNode);
  defined_[property] = {true, symbol};
}

NodeIdx EcmaExtractor::required_module(NodeIdx value, bool& dynamic) const {
  NodeIdx call = unwrap(value);
  if (type_of(t_, call) == N::await_expression_) call = unwrap(t_.named_child(call, 0));
  if (type_of(t_, call) != N::call_expression_) return kNoNode;
  const NodeIdx function = t_.child(call, Field::function_);
  dynamic = type_of(t_, function) == N::import_;
  if (!dynamic && (type_of(t_, function) != N::identifier_ || t_.text(function) != "require"))
    return kNoNode;
  const NodeIdx arguments = t_.child(call, Field::arguments_);
  if (type_of(t_, arguments) != N::arguments_) return kNoNode;
  const NodeIdx first = t_.named_child(arguments, 0);
  if (type_of(t_, first) == N::string_) return first;
  // A template string without substitutions is a constant too.
  return type_of(t_, first) == N::template_string_ &&
                 t_.child_of_type(first, static_cast<std::uint16_t>(N::template_substitution_)) ==
                     kNoNode
             ? first
             : kNoNode;
}

/// `const x = require("m")`, `const {a, b: c} = require("m")` and the same of `await import("m")`.
bool EcmaExtractor::declare_required(NodeIdx declarator, NodeIdx name, NodeIdx value,
                                     ScopeIdx scope) {
  bool dynamic = false;
  NodeIdx call = unwrap(value);
  NodeIdx member = kNoNode;
  if (type_of(t_, call) == N::member_expression_) {  // require("m").name
    member = t_.child(call, Field::property_);
    call = t_.child(call, Field::object_);
  }
  const NodeIdx module = required_module(call, dynamic);
  if (module == kNoNode) return false;
  // An import that is not awaited is a promise of the module.
  if (dynamic && type_of(t_, unwrap(call)) != N::await_expression_) return false;
  Import base;
  base.module = w_.intern(string_text(module));
  base.scope = scope;
  base.dynamic = dynamic;
  base.conditional = scope != 0 && !w_.in_function();
  const auto import_name = [&](NodeIdx from, NodeIdx alias) {
    Import i = base;
    i.kind = ImportKind::kName;
    i.name = w_.intern_node(from);
    i.alias = w_.intern_node(alias);
    i.range = t_.range(from);
    const auto index = w_.add_import(i);
    w_.skip(alias);
    w_.skip(from);
    graph::Ref& ref = w_.add_ref(from, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  };
  if (type_of(t_, name) == N::identifier_) {
    declared_imports_.insert(declarator);
    declared_imports_.insert(t_.parent(module));
    note_test_import(string_text(module));
    if (member != kNoNode) {
      import_name(member, name);
      return true;
    }
    Import i = base;
    i.kind = ImportKind::kModule;
    i.name = dynamic ? 0 : w_.intern("=");
    i.alias = w_.intern_node(name);
    i.range = t_.range(module);
    w_.add_import(i);
    w_.skip(name);
    return true;
  }
  if (type_of(t_, name) != N::object_pattern_ || member != kNoNode) return false;
  for (NodeIdx c = t_.first_child(name); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (t_.is_comment(c) || type == N::shorthand_property_identifier_pattern_) continue;
    const bool simple = type == N::pair_pattern_ &&
                        type_of(t_, t_.child(c, Field::key_)) == N::property_identifier_ &&
                        type_of(t_, t_.child(c, Field::value_)) == N::identifier_;
    if (!simple) return false;  // nested patterns, rest and defaults are variables
  }
  declared_imports_.insert(declarator);
  declared_imports_.insert(t_.parent(module));
  note_test_import(string_text(module));
  for (NodeIdx c = t_.first_child(name); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::shorthand_property_identifier_pattern_) import_name(c, c);
    if (type_of(t_, c) == N::pair_pattern_)
      import_name(t_.child(c, Field::key_), t_.child(c, Field::value_));
  }
  return true;
}

/// A require or import call that no declarator took: its value is the import itself.
void EcmaExtractor::import_call(NodeIdx n, NodeIdx arguments) {
  bool dynamic = false;
  const NodeIdx module = required_module(n, dynamic);
  if (module == kNoNode || declared_imports_.contains(arguments)) return;
  note_test_import(string_text(module));
  Import i;
  i.module = w_.intern(string_text(module));
  i.scope = w_.current_scope();
  i.dynamic = dynamic;
  i.name = dynamic ? 0 : w_.intern("=");
  i.range = t_.range(module);
  const bool statement = type_of(t_, t_.parent(n)) == N::expression_statement_;
  i.kind = statement && !dynamic ? ImportKind::kSideEffect : ImportKind::kModule;
  if (i.kind == ImportKind::kSideEffect) i.name = 0;
  const auto index = w_.add_import(i);
  const ExprIdx e = w_.add_name(string_text(module));
  w_.facts.face.exprs[e].bind = graph::BindKind::kImport;
  w_.facts.face.exprs[e].a = index;
  // Awaiting the promise of a module gives the module; so does the linker's view of this value.
  w_.set_expr(n, e);
}

/// describe("name", () => {...}) and its kin: the function is the test's body.
void EcmaExtractor::enter_test(NodeIdx call, NodeIdx function, NodeIdx arguments) {
  const NodeIdx name = t_.named_child(arguments, 0);
  const std::string_view text = string_text(name);
  if (text.empty()) return;
  NodeIdx body = kNoNode;
  for (NodeIdx c = t_.next_sibling(name); c != kNoNode; c = t_.next_sibling(c))
    if (is_function_expression(type_of(t_, c))) body = c;
  if (body == kNoNode) return;
  NodeIdx base = function;
  while (base != kNoNode) {
    const N type = type_of(t_, base);
    if (type == N::member_expression_)
      base = t_.child(base, Field::object_);
    else if (type == N::call_expression_)
      base = t_.child(base, Field::function_);
    else
      break;
  }
  if (type_of(t_, base) != N::identifier_) return;
  if (!in_list(t_.text(base), {"describe", "it", "test", "suite", "context", "specify", "bench",
                               "xit", "xdescribe", "fit", "fdescribe", "xtest", "xcontext"}))
    return;
  Pending p;
  p.name_text = w_.normalised(t_[name].begin + 1, t_[name].end - 1);
  p.kind = SymbolKind::kTest;
  p.definition = call;
  p.flags = symbol_flag::kTest;
  p.visibility = Visibility::kPrivate;
  pending_[body] = p;
  w_.facts.face.is_test = true;
}

/// app.get("/path", ..., handler)
void EcmaExtractor::leave_route(NodeIdx call, NodeIdx function, NodeIdx arguments) {
  if (type_of(t_, function) != N::member_expression_) return;
  const std::string_view verb = t_.text(t_.child(function, Field::property_));
  if (!in_list(verb, {"get", "post", "put", "delete", "patch", "head", "options", "all"})) return;
  const NodeIdx first = t_.named_child(arguments, 0);
  const std::string_view path = string_text(first);
  if (!path.starts_with('/')) return;
  std::string receiver = upper(t_.text(t_.child(function, Field::object_)));
  if (!receiver.ends_with("APP") && !receiver.ends_with("ROUTER") &&
      !receiver.ends_with("SERVER") && !receiver.ends_with("FASTIFY") &&
      !receiver.ends_with("ROUTES") && !receiver.ends_with("ROUTE") && receiver != "API")
    return;
  NodeIdx handler = kNoNode;
  for (NodeIdx c = t_.next_sibling(first); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) handler = c;
  if (handler == kNoNode) return;
  const bool inline_handler = is_function_expression(type_of(t_, handler));
  const NodeIdx name = callee_name(handler);
  if (!inline_handler && name == kNoNode) return;
  std::string text = verb == "all" ? std::string("ANY") : upper(verb);
  text += ' ';
  text += path;
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = text;
  s.definition = call;
  s.body = handler;
  s.visibility = Visibility::kPublic;
  const SymbolIdx route = w_.define(s);
  if (!inline_handler) {
    graph::Ref* ref = w_.ref_at(name);
    if (ref == nullptr) return;
    ref->owner = route;
    ref->role = RefRole::kValue;
    return;
  }
  const ExprIdx value = w_.expr(handler);
  if (value == kNone || w_.facts.face.exprs[value].kind != ExprKind::kSymbol) return;
  const SymbolIdx target = w_.facts.face.exprs[value].a;
  graph::Ref& ref = w_.add_ref(handler, RefRole::kValue);
  ref.length = 1;  // where the function begins
  ref.name = w_.symbol(target).name;
  ref.owner = route;
  ref.flags |= ref_flag::kImplicit;
  ref.bind = graph::BindKind::kSymbol;
  ref.bound = target;
}

void EcmaExtractor::finish() {
  graph::Face& face = w_.facts.face;
  std::unordered_map<graph::StrId, std::uint32_t> exported;  // local name -> flags
  for (const graph::Export& e : face.exports) {
    if (e.local == 0 || e.symbol != kNone) continue;
    const std::string_view name = w_.str(e.name);
    exported[e.local] |= symbol_flag::kExported |
                         (name == "default" || name == "=" ? symbol_flag::kDefaultExport : 0u);
  }
  for (graph::Symbol& s : face.symbols) {
    if (s.parent != 0 || s.declared_in != 0 || s.qualifier != 0) continue;
    if (const auto found = exported.find(s.name); found != exported.end()) {
      s.flags |= found->second;
      s.visibility = Visibility::kPublic;
    }
    // Without imports and exports a file is a script and its names are global.
    if (!is_module_ && s.visibility == Visibility::kFile && face.imports.empty())
      s.visibility = Visibility::kPublic;
  }
  for (graph::Export& e : face.exports) {
    if (e.symbol != kNone || e.local == 0) continue;
    if (const SymbolIdx s = file_symbol(w_.str(e.local)); s != kNone) e.symbol = s;
  }
}

}  // namespace cairn::indexer::syntax::ecma
