// Calls that define things: attributes, mixins, visibility, tests, routes, classes made by value.
#include <algorithm>
#include <array>

#include "indexer/syntax/ruby/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/ruby/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::ruby {

using graph::kNone;
using graph::RefRole;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

template <std::size_t Size>
bool is_any(std::string_view name, const std::array<std::string_view, Size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_test_word(std::string_view name) {
  constexpr std::array<std::string_view, 16> kWords = {
      "describe",  "context",  "it",     "specify",        "example",  "feature",
      "scenario",  "test",     "should", "fdescribe",      "fcontext", "fit",
      "xdescribe", "xcontext", "xit",    "shared_examples"};
  return is_any(name, kWords);
}

bool is_verb(std::string_view name) {
  constexpr std::array<std::string_view, 8> kVerbs = {"get",   "post",    "put",  "delete",
                                                      "patch", "options", "head", "match"};
  return is_any(name, kVerbs);
}

}  // namespace

/// What a symbol or a plain string says, or "".
std::string_view Extractor::literal_text(NodeIdx n) const {
  if (n == kNoNode) return {};
  if (type_of(t_, n) == N::simple_symbol_) return t_.text(n).substr(1);
  if (type_of(t_, n) != N::string_ || t_.named_child_count(n) != 1) return {};
  const NodeIdx content = t_.child_of_type(n, static_cast<std::uint16_t>(N::string_content_));
  return content == kNoNode ? std::string_view() : t_.text(content);
}

bool Extractor::enter_macro(NodeIdx n, std::string_view name) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  const NodeIdx receiver = t_.child(n, Field::receiver_);
  const bool in_type = graph::is_type(w_.symbol(w_.current_symbol()).kind);
  if (is_test_word(name) && enter_test(n, name)) return true;
  if (receiver != kNoNode) return false;
  if (name == "require" || name == "require_relative") enter_require(n, name);
  if (name == "raise" && arguments != kNoNode)
    if (const NodeIdx what = t_.named_child(arguments, 0);
        what != kNoNode &&
        (type_of(t_, what) == N::constant_ || type_of(t_, what) == N::scope_resolution_))
      w_.role(what, RefRole::kType, 255, ref_flag::kThrown);
  if ((is_verb(name) || name == "route") && enter_route(n, name)) return true;
  if ((name == "let" || name == "let!" || name == "subject") && block_of(n) != kNoNode &&
      arguments != kNoNode && !in_type) {
    const NodeIdx what = t_.named_child(arguments, 0);
    if (!literal_text(what).empty())
      open_over_block(n, define_symbolic(what, SymbolKind::kFunction, n));
    return true;
  }
  const bool attributes = name == "attr_accessor" || name == "attr_reader" ||
                          name == "attr_writer" || name == "attr" || name == "cattr_accessor" ||
                          name == "mattr_accessor" || name == "class_attribute";
  if (attributes && (in_type || w_.symbol(w_.current_symbol()).kind == SymbolKind::kTest)) {
    define_attributes(arguments);
    return true;
  }
  if (!in_type) return false;
  if (name == "include" || name == "extend" || name == "prepend")
    enter_mixin(n, name);
  else if (name == "private" || name == "protected" || name == "public" ||
           name == "private_class_method" || name == "private_constant" ||
           name == "module_function")
    set_visibility(n, name);
  else if (name == "define_method" || name == "define_singleton_method")
    enter_define_method(n);
  else if (name == "alias_method")
    enter_alias_method(n);
  else
    return false;
  return true;
}

/// A symbol whose name is written as :name or "name".
SymbolIdx Extractor::define_symbolic(NodeIdx node, SymbolKind kind, NodeIdx whole) {
  NewSymbol s;
  s.kind = kind;
  s.name_text = literal_text(node);
  s.definition = whole;
  s.visibility = Visibility::kPublic;
  const SymbolIdx type = home_type();
  if (type != kNone) {
    s.parent = type;
    s.declared_in = w_.symbol(type).scope;
    if (const auto section = sections_.find(type); section != sections_.end())
      s.visibility = section->second;
  }
  if (!singleton_classes_.empty()) s.flags |= symbol_flag::kStatic | symbol_flag::kClassMethod;
  const NodeIdx block = whole == node ? kNoNode : block_of(whole);
  const std::string signature =
      w_.normalised(t_[whole].begin, block != kNoNode ? t_[block].begin : t_[whole].end);
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  graph::Symbol& row = w_.symbol(symbol);
  row.name_range = t_.range(node);
  ++row.name_range.begin.column;  // without the colon or quote
  if (type_of(t_, node) == N::string_) --row.name_range.end.column;
  return symbol;
}

void Extractor::define_attributes(NodeIdx arguments) {
  if (arguments == kNoNode) return;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (literal_text(c).empty()) continue;
    if (home_type() == kNone) {
      // In a block of tests, which is a class at run time: what `let` makes is a function too.
      define_symbolic(c, SymbolKind::kFunction, c);
      continue;
    }
    const SymbolIdx field = define_symbolic(c, SymbolKind::kField, c);
    graph::Symbol& row = w_.symbol(field);
    row.flags |= symbol_flag::kProperty | symbol_flag::kMergeable;
    row.doc_line = w_.doc_line_above(t_.parent(arguments));
  }
}

void Extractor::open_over_block(NodeIdx call, SymbolIdx symbol) {
  if (const NodeIdx block = block_of(call); block != kNoNode) over_block_[block] = symbol;
}

void Extractor::enter_define_method(NodeIdx n) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (arguments == kNoNode) return;
  const NodeIdx name = t_.named_child(arguments, 0);
  if (literal_text(name).empty()) return;
  const SymbolIdx symbol = define_symbolic(name, SymbolKind::kMethod, n);
  if (t_.text(t_.child(n, Field::method_)) == "define_singleton_method")
    w_.symbol(symbol).flags |= symbol_flag::kStatic | symbol_flag::kClassMethod;
  open_over_block(n, symbol);
}

void Extractor::enter_alias_method(NodeIdx n) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (arguments == kNoNode) return;
  const NodeIdx name = t_.named_child(arguments, 0);
  if (!literal_text(name).empty()) define_symbolic(name, SymbolKind::kMethod, n);
}

void Extractor::enter_mixin(NodeIdx n, std::string_view name) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (arguments == kNoNode) return;
  mixins_[n] = name == "include"   ? graph::SuperKind::kMixin
               : name == "prepend" ? graph::SuperKind::kPrepend
                                   : graph::SuperKind::kClassMixin;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::constant_ || type_of(t_, c) == N::scope_resolution_)
      w_.role(c, RefRole::kInherit, 255, ref_flag::kImplementsClause);
}

void Extractor::enter_require(NodeIdx n, std::string_view name) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  const NodeIdx path = arguments == kNoNode ? kNoNode : t_.named_child(arguments, 0);
  const std::string_view text = literal_text(path);
  if (text.empty()) return;
  if (text.starts_with("minitest") || text.starts_with("test/unit") || text.starts_with("rspec") ||
      text.starts_with("spec_helper") || text.starts_with("test_helper"))
    w_.facts.face.is_test = true;
  graph::Import import;
  import.kind = graph::ImportKind::kInclude;
  const bool relative = name == "require_relative";
  std::string module(text);
  if (relative && !module.starts_with('.')) module = "./" + module;
  import.module = w_.intern(module);
  import.system = !relative;
  import.scope = 0;
  import.conditional = w_.current_scope() != 0;
  import.range = t_.range(path);
  w_.add_import(import);
}

void Extractor::set_visibility(NodeIdx n, std::string_view name) {
  const SymbolIdx type = home_type();
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (type == kNone || arguments == kNoNode) return;
  const Visibility to = name == "protected"                             ? Visibility::kProtected
                        : name == "public" || name == "module_function" ? Visibility::kPublic
                                                                        : Visibility::kPrivate;
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    const std::string_view method = literal_text(c);
    if (method.empty()) continue;
    const auto at = methods_.find((std::uint64_t{type} << 32) | w_.intern(method));
    if (at == methods_.end()) continue;
    graph::Symbol& row = w_.symbol(at->second);
    row.visibility = to;
    if (name == "module_function") row.flags |= symbol_flag::kStatic | symbol_flag::kClassMethod;
  }
}

bool Extractor::enter_test(NodeIdx n, std::string_view) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  const NodeIdx receiver = t_.child(n, Field::receiver_);
  if (block_of(n) == kNoNode || arguments == kNoNode) return false;
  if (receiver != kNoNode && t_.text(receiver) != "RSpec" && t_.text(receiver) != "Minitest")
    return false;
  const NodeIdx what = t_.named_child(arguments, 0);
  if (what == kNoNode) return false;
  std::string_view name = literal_text(what);
  if (name.empty()) name = t_.text(what);
  NewSymbol s;
  s.kind = SymbolKind::kTest;
  s.name_text = name.substr(0, name.find('\n'));
  s.definition = n;
  s.body = block_of(n);
  s.visibility = Visibility::kFile;
  s.flags = symbol_flag::kTest;
  const SymbolIdx symbol = w_.define(s);
  w_.facts.face.is_test = true;
  open_over_block(n, symbol);
  return true;
}

bool Extractor::enter_route(NodeIdx n, std::string_view verb) {
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (arguments == kNoNode) return false;
  const std::string_view path = literal_text(t_.named_child(arguments, 0));
  if (path.empty() || path[0] == ':') return false;
  bool to = false;  // Rails: get "users", to: "users#index"
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::pair_)
      if (const NodeIdx key = t_.child(c, Field::key_); key != kNoNode && t_.text(key) == "to")
        to = true;
  const bool block = block_of(n) != kNoNode;
  if (!to && !(block && path[0] == '/')) return false;
  if (block && w_.in_function() && w_.current_callable() != kNone &&
      w_.symbol(w_.current_callable()).kind == SymbolKind::kTest)
    return false;  // a request made by a test
  std::string name(verb == "match" || verb == "route" ? "any" : verb);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  name += ' ';
  if (path[0] != '/') name += '/';
  name += path;
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = name;
  s.definition = n;
  s.body = block_of(n);
  s.visibility = Visibility::kPublic;
  const SymbolIdx symbol = w_.define(s);
  open_over_block(n, symbol);
  return true;
}

/// Struct.new(...), Data.define(...): a class whose arguments name its attributes.
bool Extractor::is_record(NodeIdx call) const {
  if (call == kNoNode || type_of(t_, call) != N::call_) return false;
  const NodeIdx receiver = t_.child(call, Field::receiver_);
  const NodeIdx method = t_.child(call, Field::method_);
  if (receiver == kNoNode || method == kNoNode) return false;
  const std::string_view maker = t_.text(receiver);
  const std::string_view word = t_.text(method);
  return (maker == "Struct" && word == "new") || (maker == "Data" && word == "define");
}

/// `Point = Struct.new(:x, :y) do ... end`, Class.new(Base), Module.new, Data.define.
bool Extractor::define_class_value(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx call = t_.child(n, Field::right_);
  if (left == kNoNode || call == kNoNode || type_of(t_, left) != N::constant_ ||
      type_of(t_, call) != N::call_)
    return false;
  const NodeIdx receiver = t_.child(call, Field::receiver_);
  const NodeIdx method = t_.child(call, Field::method_);
  if (receiver == kNoNode || method == kNoNode) return false;
  const std::string_view maker = t_.text(receiver);
  const std::string_view word = t_.text(method);
  const bool record = is_record(call);
  const bool plain = (maker == "Class" || maker == "Module") && word == "new";
  if (!record && !plain) return false;
  NewSymbol s;
  s.kind = maker == "Module" ? SymbolKind::kTrait
           : record          ? SymbolKind::kStruct
                             : SymbolKind::kClass;
  s.name = left;
  s.definition = n;
  s.body = block_of(call);
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kMergeable;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(left);
  w_.open(symbol, ScopeKind::kType, n);
  const NodeIdx arguments = t_.child(call, Field::arguments_);
  if (record) define_attributes(arguments);
  if (plain && arguments != kNoNode)
    if (const NodeIdx base = t_.named_child(arguments, 0); base != kNoNode)
      w_.role(base, RefRole::kInherit);
  return true;
}

}  // namespace cairn::indexer::syntax::ruby
