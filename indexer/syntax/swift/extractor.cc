// Swift as an outline: types, members, extensions (their members carry the extended type as their
// qualifier), functions, properties, enumeration cases, imports; tests of XCTest and Testing.
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "indexer/syntax/languages.h"
#include "indexer/syntax/outline.h"

#define CAIRN_NODE_TABLE "indexer/syntax/swift/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_swift(void);

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

class SwiftExtractor : Outline {
 public:
  explicit SwiftExtractor(FileWalk& walk) : Outline(walk) {}
  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  void enter_import(NodeIdx n);
  void enter_type(NodeIdx n);
  void enter_extension(NodeIdx n);
  void enter_function(NodeIdx n, SymbolKind member_kind, NodeIdx name);
  void enter_parameters(NodeIdx n, SymbolIdx symbol);
  void enter_property(NodeIdx n);
  void define_property(NodeIdx name, NodeIdx n);
  void enter_enum_entry(NodeIdx n);
  void enter_lambda(NodeIdx n);
  void enter_call(NodeIdx n);
  bool enter_expression(NodeIdx n);
  void bind_pattern(NodeIdx n);
  void leave_type(NodeIdx n);
  void leave_property(NodeIdx n);
  void leave_supers(NodeIdx n);
  SymbolIdx define(NewSymbol s);
  std::string_view head_of(NodeIdx n, NodeIdx name) const;
  std::uint32_t flags_of(NodeIdx n, std::string_view head);
  Visibility visibility_of(std::string_view head) const;
  NodeIdx name_of(NodeIdx n) const;
  NodeIdx result_of(NodeIdx n) const;
  bool is(NodeIdx n, N type) const { return n != kNoNode && type_of(t_, n) == type; }

  std::unordered_map<graph::ScopeIdx, std::string> extended_;  // extension scope -> type
  std::unordered_map<NodeIdx, std::vector<SymbolIdx>> symbols_of_;
  std::unordered_map<NodeIdx, std::vector<graph::LocalIdx>> locals_of_;
};

/// Modifiers and keywords up to the name, attributes left out.
std::string_view SwiftExtractor::head_of(NodeIdx n, NodeIdx name) const {
  std::uint32_t begin = t_[n].begin;
  if (const NodeIdx modifiers = child_of(n, N::modifiers_); modifiers != kNoNode)
    for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c))
      if (is(c, N::attribute_)) begin = t_[c].end;
  const std::uint32_t end = name == kNoNode ? t_[n].end : t_[name].begin;
  return t_.source.substr(begin, end > begin ? end - begin : 0);
}

Visibility SwiftExtractor::visibility_of(std::string_view head) const {
  const auto says = [&](std::string_view word, std::string_view setter) {
    return has_word(head, word) && head.find(setter) == std::string_view::npos;
  };
  if (says("private", "private(set)")) return Visibility::kPrivate;
  if (says("fileprivate", "fileprivate(set)")) return Visibility::kFile;
  if (has_word(head, "public") || has_word(head, "open")) return Visibility::kPublic;
  return Visibility::kPackage;
}

std::uint32_t SwiftExtractor::flags_of(NodeIdx n, std::string_view head) {
  std::uint32_t flags = 0;
  if (has_word(head, "static")) flags |= symbol_flag::kStatic;
  if (has_word(head, "final")) flags |= symbol_flag::kFinal;
  if (has_word(head, "override")) flags |= symbol_flag::kOverride;
  const NodeIdx modifiers = child_of(n, N::modifiers_);
  if (modifiers == kNoNode) return flags;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::attribute_)) continue;
    flags |= symbol_flag::kDecorated;
    const std::string_view text = t_.text(c);
    if (text.starts_with("@available") && has_word(text, "deprecated"))
      flags |= symbol_flag::kDeprecated;
    if (text == "@Test" || text.starts_with("@Test(")) flags |= symbol_flag::kTest;
    if (text == "@main" || text == "@UIApplicationMain") flags |= symbol_flag::kEntryPoint;
  }
  return flags;
}

/// The name, which comes before parameters; result types share its field.
NodeIdx SwiftExtractor::name_of(NodeIdx n) const {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || is(name, N::user_type_) || is(name, N::parameter_)) return kNoNode;
  return is_present(name) ? name : kNoNode;
}

NodeIdx SwiftExtractor::result_of(NodeIdx n) const {
  const NodeIdx name = name_of(n);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (c != name && (t_[c].field == Field::name_ || t_[c].field == Field::return_type_)) return c;
  return kNoNode;
}

/// Members of an extension belong to the type it extends.
SymbolIdx SwiftExtractor::define(NewSymbol s) {
  const auto extension = extended_.find(w_.current_scope());
  const SymbolIdx symbol = w_.define(s);
  if (extension != extended_.end()) {
    w_.symbol(symbol).qualifier = w_.intern(extension->second);
    w_.symbol(symbol).flags |= symbol_flag::kExtension;
  }
  w_.skip(s.name);
  return symbol;
}

void SwiftExtractor::enter(NodeIdx n) {
  if (enter_expression(n)) return;
  switch (type_of(t_, n)) {
    case N::import_declaration_:
      return enter_import(n);
    case N::class_declaration_:
      return child_of(n, N::kw_extension) != kNoNode ? enter_extension(n) : enter_type(n);
    case N::protocol_declaration_:
      return enter_type(n);
    case N::typealias_declaration_:
    case N::associatedtype_declaration_:
      if (const NodeIdx name = name_of(n); is(name, N::type_identifier_)) {
        NewSymbol s;
        s.kind = SymbolKind::kTypeAlias;
        s.name = name;
        s.definition = n;
        s.visibility = visibility_of(head_of(n, name));
        s.flags = flags_of(n, head_of(n, name));
        symbols_of_[n].push_back(define(s));
      }
      return;
    case N::function_declaration_:
    case N::protocol_function_declaration_:
      return enter_function(n, SymbolKind::kMethod, name_of(n));
    case N::init_declaration_:
      return enter_function(n, SymbolKind::kConstructor, child_of(n, N::kw_init));
    case N::deinit_declaration_:
      return enter_function(n, SymbolKind::kDestructor, child_of(n, N::kw_deinit));
    case N::subscript_declaration_:
      return enter_function(n, SymbolKind::kMethod, child_of(n, N::kw_subscript));
    case N::property_declaration_:
    case N::protocol_property_declaration_:
      return enter_property(n);
    case N::enum_entry_:
      return enter_enum_entry(n);
    case N::type_parameter_:
      if (const NodeIdx name = child_of(n, N::type_identifier_); is_present(name)) {
        w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
        w_.skip(name);
      }
      return;
    case N::operator_declaration_:
    case N::precedence_group_declaration_:
    case N::enum_type_parameters_:
    case N::value_argument_label_:
    case N::statement_label_:
      // Labels and names of operators.
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (is(c, N::simple_identifier_)) w_.skip(c);
      return;
    case N::tuple_expression_:
    case N::tuple_type_item_:
      if (const NodeIdx c = t_.child(n, Field::name_); is(c, N::simple_identifier_)) w_.skip(c);
      return;
    case N::attribute_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        is(c, N::user_type_) ? w_.role(c, RefRole::kDecorate) : w_.skip(c);
      return;
    case N::inheritance_specifier_:
      return w_.role(t_.child(n, Field::inherits_from_), RefRole::kInherit);
    default:
      return;
  }
}

bool SwiftExtractor::enter_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::if_statement_:
    case N::while_statement_:
      w_.open_scope(ScopeKind::kBlock, n);
      [[fallthrough]];
    case N::guard_statement_:
      // What `guard let` binds outlives it.
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
        if (t_[c].field != Field::bound_identifier_ || !is_present(c)) continue;
        w_.define_local(SymbolKind::kLocal, c, w_.current_scope(), t_[c].end);
        w_.skip(c);
      }
      return true;
    case N::for_statement_:
    case N::repeat_while_statement_:
    case N::do_statement_:
    case N::catch_block_:
    case N::switch_entry_:
    case N::statements_:
      w_.open_scope(ScopeKind::kBlock, n);
      return true;
    case N::pattern_:
      bind_pattern(n);
      return true;
    case N::lambda_literal_:
      enter_lambda(n);
      return true;
    case N::call_expression_:
      enter_call(n);
      return true;
    case N::macro_invocation_:
      w_.role(child_of(n, N::simple_identifier_), RefRole::kMacro);
      return true;
    case N::navigation_suffix_:
      w_.skip(t_.child(n, Field::suffix_));
      return true;
    case N::prefix_expression_:
      // .hearts: a member of a type known from elsewhere.
      if (const NodeIdx target = t_.child(n, Field::target_);
          is(target, N::simple_identifier_) && t_.source[t_[n].begin] == '.')
        w_.role(target, RefRole::kRead, 255, graph::ref_flag::kHasReceiver);
      return true;
    case N::assignment_:
      if (const NodeIdx target = t_.child(n, Field::target_); target != kNoNode)
        w_.role(t_.first_child(target), RefRole::kWrite);
      return true;
    case N::user_type_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (is(c, N::type_identifier_)) w_.pass_hint(n, c);
      return true;
    case N::optional_type_:
    case N::array_type_:
      return true;
    default:
      return false;
  }
}

void SwiftExtractor::enter_import(NodeIdx n) {
  const NodeIdx path = child_of(n, N::identifier_);
  if (path == kNoNode) return;
  for (NodeIdx c = t_.first_child(path); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
  const std::string_view text = t_.text(path);
  const std::string_view head = t_.source.substr(t_[n].begin, t_[path].begin - t_[n].begin);
  graph::Import import;
  import.kind = graph::ImportKind::kWildcard;
  import.module = w_.intern(text);
  import.range = t_.range(path);
  import.reexport = has_word(head, "_exported");
  import.scope = w_.current_scope();
  // `import class A.B` takes one declaration.
  constexpr std::string_view kKinds[] = {"class", "struct", "enum",     "func",
                                         "var",   "let",    "protocol", "typealias"};
  const std::size_t dot = text.rfind('.');
  for (const std::string_view kind : kKinds) {
    if (!has_word(head, kind) || dot == std::string_view::npos) continue;
    import.kind = graph::ImportKind::kName;
    import.module = w_.intern(text.substr(0, dot));
    import.name = import.alias = w_.intern(text.substr(dot + 1));
  }
  w_.add_import(import);
  if (text == "XCTest" || text == "Testing") w_.facts.face.is_test = true;
}

void SwiftExtractor::enter_type(NodeIdx n) {
  const NodeIdx name = name_of(n);
  if (name == kNoNode) return;
  const std::string_view head = head_of(n, name);
  NewSymbol s;
  s.kind = is(n, N::protocol_declaration_)        ? SymbolKind::kInterface
           : child_of(n, N::kw_struct) != kNoNode ? SymbolKind::kStruct
           : child_of(n, N::kw_enum) != kNoNode   ? SymbolKind::kEnum
                                                  : SymbolKind::kClass;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = visibility_of(head);
  s.flags = flags_of(n, head);
  w_.open(define(s), ScopeKind::kType, n);
}

void SwiftExtractor::enter_extension(NodeIdx n) {
  const NodeIdx type = t_.child(n, Field::name_);
  std::string text = type == kNoNode ? std::string() : w_.normalised(t_[type].begin, t_[type].end);
  if (const std::size_t generic = text.find('<'); generic != std::string::npos)
    text.resize(generic);
  std::string qualifier;
  for (const char c : text) c == '.' ? qualifier += "::" : qualifier += c;
  extended_[w_.open_scope(ScopeKind::kType, n)] = qualifier;
}

void SwiftExtractor::enter_function(NodeIdx n, SymbolKind member_kind, NodeIdx name) {
  const NodeIdx body = t_.child(n, Field::body_);
  if (name == kNoNode) return;
  const std::string_view head = head_of(n, name);
  NewSymbol s;
  s.kind = scope_kind() == ScopeKind::kType ? member_kind : SymbolKind::kFunction;
  s.name = name;
  s.definition = n;
  s.body = body != kNoNode ? body : child_of(n, N::computed_property_);
  s.visibility = in_local_scope() ? Visibility::kPrivate : visibility_of(head);
  s.flags = flags_of(n, head);
  if (has_word(head, "class")) s.flags |= symbol_flag::kClassMethod;
  if (is(n, N::protocol_function_declaration_)) s.flags |= symbol_flag::kAbstract;
  const std::uint32_t end = s.body != kNoNode ? t_[s.body].begin : t_[n].end;
  const std::string_view tail = t_.source.substr(t_[name].end, end - t_[name].end);
  if (has_word(tail, "async")) s.flags |= symbol_flag::kAsync;
  const bool plain = child_of(n, N::parameter_) == kNoNode;
  if (w_.facts.face.is_test && plain && s.kind == SymbolKind::kMethod &&
      t_.text(name).starts_with("test"))
    s.flags |= symbol_flag::kTest;
  if (t_.text(name) == "main" && (s.flags & symbol_flag::kStatic) != 0)
    s.flags |= symbol_flag::kEntryPoint;
  const SymbolIdx symbol = define(s);
  w_.open(symbol, ScopeKind::kFunction, n);
  enter_parameters(n, symbol);
  w_.role(result_of(n), RefRole::kType, 255, graph::ref_flag::kReturnType);
}

void SwiftExtractor::enter_parameters(NodeIdx n, SymbolIdx symbol) {
  std::uint8_t position = 0;
  std::uint8_t required = 0;
  bool variadic = false;
  std::string types;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field == Field::default_value_ && required > 0) --required;
    if (!is(c, N::parameter_)) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    const NodeIdx label = t_.child(c, Field::external_name_);
    w_.skip(label);
    const bool many = t_.text(c).ends_with("...");
    variadic = variadic || many;
    if (is(name, N::simple_identifier_) && is_present(name)) {
      const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
      w_.local(local).position = position;
      locals_of_[c].push_back(local);
      w_.skip(name);
      // Labels tell overloads apart as types do.
      types += t_.text(label != kNoNode ? label : name);
      types += w_.normalised(t_[name].end, t_[c].end) + ",";
    }
    if (position < 254) ++position;
    if (!many && required < 254) ++required;
  }
  graph::Symbol& f = w_.symbol(symbol);
  f.metrics.parameters = position;
  f.min_args = required;
  f.max_args = variadic ? 255 : position;
  f.disambiguator = static_cast<std::uint32_t>(hash64(types));
}

void SwiftExtractor::enter_property(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::pattern_) || t_[c].field != Field::name_) continue;
    // A name, or a tuple of names.
    for (NodeIdx p = c; p < t_[c].next; ++p)
      if (is(p, N::simple_identifier_) && is_present(p) && !w_.skipped(p)) define_property(p, n);
    w_.skip(c);
  }
}

void SwiftExtractor::define_property(NodeIdx name, NodeIdx n) {
  if (in_local_scope()) {
    locals_of_[n].push_back(
        w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[n].end));
    return w_.skip(name);
  }
  const std::string_view head = head_of(n, name);
  const bool constant = has_word(head, "let");
  const NodeIdx computed = t_.child(n, Field::computed_value_);
  NewSymbol s;
  s.kind = scope_kind() == ScopeKind::kType ? SymbolKind::kField
           : constant                       ? SymbolKind::kConstant
                                            : SymbolKind::kVariable;
  s.name = name;
  s.definition = n;
  s.body = computed;
  s.visibility = visibility_of(head);
  s.flags = flags_of(n, head) | (constant ? symbol_flag::kConst : 0);
  if (has_word(head, "class")) s.flags |= symbol_flag::kStatic;
  if (computed != kNoNode) s.flags |= symbol_flag::kProperty;
  if (is(n, N::protocol_property_declaration_))
    s.flags |= symbol_flag::kProperty | symbol_flag::kAbstract;
  const SymbolIdx symbol = define(s);
  symbols_of_[n].push_back(symbol);
  if (computed != kNoNode && symbols_of_[n].size() == 1) w_.open(symbol, ScopeKind::kFunction, n);
}

void SwiftExtractor::enter_enum_entry(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::name_ || !is(c, N::simple_identifier_) || !is_present(c)) continue;
    NewSymbol s;
    s.kind = SymbolKind::kEnumMember;
    s.name = c;
    s.definition = n;
    s.visibility = Visibility::kPublic;
    s.flags = symbol_flag::kStatic;
    define(s);
  }
}

/// Names that patterns bind; those of declarations are defined by their declaration.
void SwiftExtractor::bind_pattern(NodeIdx n) {
  if (w_.skipped(n)) return;
  const NodeIdx name = t_.child(n, Field::bound_identifier_);
  if (!is_present(name) || w_.skipped(name)) return;
  w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[name].begin);
  w_.skip(name);
}

void SwiftExtractor::enter_lambda(NodeIdx n) {
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  const NodeIdx type = t_.child(n, Field::type_);
  s.body = child_of(n, N::statements_);
  s.flags = symbol_flag::kAnonymous;
  s.visibility = Visibility::kPrivate;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, true);
  std::uint8_t position = 0;
  if (type == kNoNode) return;
  for (NodeIdx c = type + 1; c < t_[type].next; ++c) {
    if (!is(c, N::lambda_parameter_)) continue;
    NodeIdx parameter = t_.child(c, Field::name_);
    if (!is(parameter, N::simple_identifier_)) parameter = child_of(c, N::simple_identifier_);
    w_.skip(t_.child(c, Field::external_name_));
    if (!is_present(parameter)) continue;
    const auto local = w_.define_local(SymbolKind::kParameter, parameter, w_.current_scope());
    w_.local(local).position = position;
    w_.skip(parameter);
    if (position < 254) ++position;
  }
  w_.symbol(symbol).metrics.parameters = position;
}

void SwiftExtractor::enter_call(NodeIdx n) {
  const NodeIdx callee = t_.named_child(n, 0);
  const NodeIdx suffix = child_of(n, N::call_suffix_);
  if (callee == kNoNode || suffix == kNoNode) return;
  unsigned args = 0;
  for (NodeIdx c = t_.first_child(suffix); c != kNoNode; c = t_.next_sibling(c)) {
    if (is(c, N::value_arguments_)) args += t_.named_child_count(c);
    if (is(c, N::lambda_literal_)) ++args;
  }
  w_.role(callee, RefRole::kCall, static_cast<std::uint8_t>(args < 255 ? args : 255));
}

void SwiftExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::simple_identifier_:
      return leave_name(n, RefRole::kRead, false);
    case N::type_identifier_:
      return leave_name(n, RefRole::kType, true);
    case N::user_type_:
      return leave_type(n);
    case N::array_type_:
      if (const auto e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return;
    case N::optional_type_:
    case N::type_annotation_:
    case N::directly_assignable_expression_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::self_expression_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSelf, "self"));
    case N::super_expression_:
      return w_.set_expr(n, w_.add_expr(ExprKind::kSuper, "super"));
    case N::navigation_expression_: {
      const NodeIdx suffix = t_.child(n, Field::suffix_);
      if (suffix == kNoNode) return;
      const NodeIdx name = t_.child(suffix, Field::suffix_);
      if (!is(name, N::simple_identifier_)) return;
      return leave_member(n, t_.child(n, Field::target_), name, RefRole::kRead);
    }
    case N::call_expression_:
      return leave_call(n, t_.named_child(n, 0));
    case N::inheritance_specifier_:
      return leave_supers(n);
    case N::parameter_:
    case N::property_declaration_:
    case N::protocol_property_declaration_:
    case N::typealias_declaration_:
      return leave_property(n);
    case N::function_declaration_:
    case N::protocol_function_declaration_:
    case N::subscript_declaration_:
      if (const NodeIdx result = result_of(n);
          result != kNoNode && w_.symbol(w_.current_symbol()).scope == w_.current_scope() &&
          w_.current_symbol() != 0)
        w_.symbol(w_.current_symbol()).type = w_.expr(result);
      return;
    default:
      return;
  }
}

void SwiftExtractor::leave_type(NodeIdx n) {
  // A.B<C>: the last name is a member of those before it.
  graph::ExprIdx e = kNone;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (is(c, N::type_arguments_) && e != kNone) {
      std::vector<graph::ExprIdx> items;
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
        items.push_back(w_.expr(k));
      if (const auto list = w_.add_list(items); list != kNone)
        e = w_.add_expr(ExprKind::kGeneric, {}, e, list);
    }
    if (!is(c, N::type_identifier_)) continue;
    if (e == kNone) {
      e = w_.expr(c);
      continue;
    }
    if (graph::Ref* ref = w_.ref_at(c)) {
      ref->receiver = e;
      ref->flags |= graph::ref_flag::kHasReceiver | graph::ref_flag::kTypeSide;
    }
    e = w_.add_expr(ExprKind::kMember, t_.text(c), e);
  }
  w_.set_expr(n, e);
}

void SwiftExtractor::leave_supers(NodeIdx n) {
  const auto type = w_.expr(t_.child(n, Field::inherits_from_));
  const NodeIdx owner = t_.parent(n);
  if (type == kNone || owner == kNoNode) return;
  graph::Super super;
  super.type = type;
  const auto extension = extended_.find(w_.current_scope());
  if (extension != extended_.end()) {
    super.subject = w_.expr(t_.child(owner, Field::name_));
    super.kind = graph::SuperKind::kImplements;
    if (super.subject == kNone) return;
  } else {
    super.symbol = w_.current_symbol();
    if (super.symbol == 0) return;
    const SymbolKind kind = w_.symbol(super.symbol).kind;
    // Only a class's first entry may be a class.
    const bool first = child_of(owner, N::inheritance_specifier_) == n;
    const bool extends = kind == SymbolKind::kInterface || (kind == SymbolKind::kClass && first);
    super.kind = extends ? graph::SuperKind::kExtends : graph::SuperKind::kImplements;
  }
  w_.facts.face.supers.push_back(super);
}

void SwiftExtractor::leave_property(NodeIdx n) {
  NodeIdx type = child_of(n, N::type_annotation_);
  if (is(n, N::parameter_) || is(n, N::typealias_declaration_)) type = result_of(n);
  if (is(n, N::parameter_))
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
      if (is(c, N::user_type_) || is(c, N::array_type_) || is(c, N::optional_type_)) type = c;
  const auto init = w_.expr(t_.child(n, Field::value_));
  if (const auto symbols = symbols_of_.find(n); symbols != symbols_of_.end())
    for (const SymbolIdx s : symbols->second) {
      w_.symbol(s).type = w_.expr(type);
      if (symbols->second.size() == 1) w_.symbol(s).init = init;
    }
  if (const auto locals = locals_of_.find(n); locals != locals_of_.end())
    for (const auto l : locals->second) {
      w_.local(l).type = w_.expr(type);
      if (locals->second.size() == 1) w_.local(l).init = init;
    }
}

/// The `else` right before a node, if that is what stands there.
bool follows_else(const SyntaxTree& tree, NodeIdx n) {
  return n > 0 && type_of(tree, n - 1) == N::else_ && tree.parent(n - 1) == tree.parent(n);
}

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return follows_else(tree, n) ? MetricClass::kElseIf : MetricClass::kIf;
    case N::guard_statement_:
      return MetricClass::kIf;
    case N::else_: {
      const NodeIdx parent = tree.parent(n);
      const NodeIdx next = tree.next_sibling(n);
      const bool chained = next != kNoNode && type_of(tree, next) == N::if_statement_;
      const bool of_if = parent != kNoNode && type_of(tree, parent) == N::if_statement_;
      return of_if && !chained ? MetricClass::kElse : MetricClass::kNone;
    }
    case N::for_statement_:
    case N::while_statement_:
    case N::repeat_while_statement_:
      return MetricClass::kLoop;
    case N::switch_statement_:
      return MetricClass::kSwitch;
    case N::switch_entry_:
      return tree.child_of_type(n, static_cast<std::uint16_t>(N::default_keyword_)) == kNoNode
                 ? MetricClass::kCase
                 : MetricClass::kNone;
    case N::catch_block_:
      return MetricClass::kCatch;
    case N::ternary_expression_:
      return MetricClass::kTernary;
    case N::conjunction_expression_:
    case N::disjunction_expression_:
    case N::nil_coalescing_expression_:
      return MetricClass::kBoolean;
    case N::tuple_expression_:
      return MetricClass::kParenthesis;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::conjunction_expression_:
      return BooleanOp::kAnd;
    case N::disjunction_expression_:
      return BooleanOp::kOr;
    default:
      return BooleanOp::kCoalesce;
  }
}

void extract_swift(FileWalk& walk) {
  SwiftExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& swift_def() {
  static const LanguageDef def{graph::Language::kSwift,
                               tree_sitter_swift,
                               kNodeNames,
                               {metric_class, boolean_op},
                               extract_swift};
  return def;
}

}  // namespace cairn::indexer::syntax
