// Scala as an outline: packages, types, objects, members, values, imports and supertypes; tests of
// munit, ScalaTest and JUnit.
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "indexer/syntax/languages.h"
#include "indexer/syntax/outline.h"

#define CAIRN_NODE_TABLE "indexer/syntax/scala/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_scala(void);

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

/// A hint's args that says a written name is a new one: a pattern's.
constexpr std::uint8_t kBinds = 1;

class ScalaExtractor : Outline {
 public:
  explicit ScalaExtractor(FileWalk& walk) : Outline(walk) {}
  void enter(NodeIdx n);
  void leave(NodeIdx n);

 private:
  void enter_package(NodeIdx n);
  void enter_import(NodeIdx n);
  void import_path(const std::vector<NodeIdx>& path, NodeIdx last, bool reexport);
  void add_name_import(std::string_view module, NodeIdx name, NodeIdx alias, bool reexport);
  void enter_type(NodeIdx n, SymbolKind kind);
  void enter_supers(NodeIdx n, SymbolIdx symbol);
  void enter_enum_case(NodeIdx n);
  void enter_given(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_parameters(NodeIdx n, SymbolIdx symbol);
  void enter_values(NodeIdx n);
  void define_value_name(NodeIdx name, NodeIdx n);
  void enter_class_parameter(NodeIdx n);
  void enter_type_parameters(NodeIdx n);
  void enter_lambda(NodeIdx n);
  void enter_call(NodeIdx n);
  void enter_test(NodeIdx n, std::string_view title);
  void enter_instance(NodeIdx n);
  void enter_infix(NodeIdx n);
  bool enter_pattern(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_stable(NodeIdx n, bool is_type);
  void leave_extends(NodeIdx n);
  void leave_typed(NodeIdx n);
  std::uint32_t flags_of(NodeIdx n);
  Visibility visibility_of(NodeIdx n) const;
  std::string_view modifiers_of(NodeIdx n) const;
  bool is(NodeIdx n, N type) const { return n != kNoNode && type_of(t_, n) == type; }

  std::unordered_map<NodeIdx, std::vector<SymbolIdx>> symbols_of_;  // values of a definition
  std::unordered_map<NodeIdx, std::vector<graph::LocalIdx>> locals_of_;
  std::unordered_map<NodeIdx, NodeIdx> named_lambdas_;  // lambda -> the name it is bound to
  std::unordered_map<graph::ScopeIdx, graph::ScopeIdx> extensions_;  // scope -> the one around
};

std::string_view ScalaExtractor::modifiers_of(NodeIdx n) const {
  // Modifiers and the keywords up to the name.
  NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) name = t_.child(n, Field::pattern_);
  const std::uint32_t end = name == kNoNode ? t_[n].begin : t_[name].begin;
  std::uint32_t begin = t_[n].begin;
  for (NodeIdx c = t_.first_child(n); c != kNoNode && t_[c].begin < end; c = t_.next_sibling(c))
    if (is(c, N::annotation_)) begin = t_[c].end;
  return t_.source.substr(begin, end > begin ? end - begin : 0);
}

Visibility ScalaExtractor::visibility_of(NodeIdx n) const {
  const std::string_view text = modifiers_of(n);
  if (has_word(text, "private"))
    return text.find("private[") != std::string_view::npos ? Visibility::kPackage
                                                           : Visibility::kPrivate;
  return has_word(text, "protected") ? Visibility::kProtected : Visibility::kPublic;
}

std::uint32_t ScalaExtractor::flags_of(NodeIdx n) {
  const std::string_view text = modifiers_of(n);
  std::uint32_t flags = 0;
  if (has_word(text, "abstract")) flags |= symbol_flag::kAbstract;
  if (has_word(text, "final")) flags |= symbol_flag::kFinal;
  if (has_word(text, "override")) flags |= symbol_flag::kOverride;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::annotation_)) continue;
    flags |= symbol_flag::kDecorated;
    const NodeIdx name = t_.child(c, Field::name_);
    w_.role(name, RefRole::kDecorate);
    if (name == kNoNode) continue;
    if (t_.text(name) == "deprecated") flags |= symbol_flag::kDeprecated;
    if (t_.text(name) == "Test") flags |= symbol_flag::kTest;
    if (t_.text(name) == "main") flags |= symbol_flag::kEntryPoint;
  }
  return flags;
}

void ScalaExtractor::enter(NodeIdx n) {
  if (enter_pattern(n)) return;
  switch (type_of(t_, n)) {
    case N::package_clause_:
      return enter_package(n);
    case N::package_object_:
      return enter_type(n, SymbolKind::kNamespace);
    case N::import_declaration_:
    case N::export_declaration_:
      return enter_import(n);
    case N::class_definition_:
    case N::object_definition_:
      return enter_type(n, SymbolKind::kClass);
    case N::trait_definition_:
      return enter_type(n, SymbolKind::kTrait);
    case N::enum_definition_:
      return enter_type(n, SymbolKind::kEnum);
    case N::simple_enum_case_:
    case N::full_enum_case_:
      return enter_enum_case(n);
    case N::given_definition_:
      return enter_given(n);
    case N::extension_definition_: {
      const auto around = w_.current_scope();
      extensions_[w_.open_scope(ScopeKind::kBlock, n)] = around;
      return;
    }
    case N::function_definition_:
    case N::function_declaration_:
      return enter_function(n);
    case N::val_definition_:
    case N::val_declaration_:
    case N::var_definition_:
    case N::var_declaration_:
      return enter_values(n);
    case N::type_definition_:
      if (const NodeIdx name = t_.child(n, Field::name_); is_present(name))
        symbols_of_[n].push_back(
            define_value(SymbolKind::kTypeAlias, name, n, visibility_of(n), flags_of(n)));
      return;
    case N::class_parameter_:
      return enter_class_parameter(n);
    case N::parameters_:
      if (is(t_.parent(n), N::extension_definition_)) enter_parameters(n, kNone);
      return;
    case N::type_parameters_:
      return enter_type_parameters(n);
    case N::access_qualifier_:
      return w_.skip(t_.first_child(n));
    case N::block_:
    case N::indented_block_:
    case N::for_expression_:
      w_.open_scope(ScopeKind::kBlock, n);
      return;
    case N::lambda_expression_:
      return enter_lambda(n);
    case N::call_expression_:
      return enter_call(n);
    case N::generic_function_:
      if (const NodeIdx f = t_.child(n, Field::function_); f != kNoNode) w_.pass_hint(n, f);
      return;
    case N::generic_type_:
      if (const NodeIdx type = t_.child(n, Field::type_); type != kNoNode) w_.pass_hint(n, type);
      return;
    case N::field_expression_:
      return w_.skip(t_.child(n, Field::field_));
    case N::instance_expression_:
      return enter_instance(n);
    case N::infix_expression_:
      return enter_infix(n);
    case N::assignment_expression_:
      return w_.role(t_.child(n, Field::left_), RefRole::kWrite, 0);
    default:
      return;
  }
}

bool ScalaExtractor::enter_pattern(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::case_clause_:
      w_.open_scope(ScopeKind::kBlock, n);
      w_.role(t_.child(n, Field::pattern_), RefRole::kWrite, kBinds);
      return true;
    case N::enumerator_:
      w_.role(t_.named_child(n, 0), RefRole::kWrite, kBinds);
      return true;
    case N::case_class_pattern_:
    case N::tuple_pattern_:
    case N::typed_pattern_:
    case N::capture_pattern_:
    case N::infix_pattern_:
    case N::alternative_pattern_:
      if (w_.role_of(n) == RefRole::kWrite)
        for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
          if (t_[c].field != Field::type_ && t_[c].field != Field::operator_) w_.pass_hint(n, c);
      return true;
    default:
      return false;
  }
}

void ScalaExtractor::enter_package(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  for (NodeIdx c = t_.first_child(name); c != kNoNode; c = t_.next_sibling(c)) w_.skip(c);
  const std::string text = w_.normalised(t_[name].begin, t_[name].end);
  const NodeIdx body = t_.child(n, Field::body_);
  if (body == kNoNode) {
    graph::StrId& package = w_.facts.face.package;
    package = w_.intern(package == 0 ? text : std::string(w_.str(package)) + "." + text);
    return;
  }
  NewSymbol s;
  s.kind = SymbolKind::kNamespace;
  s.name_text = text;
  s.definition = n;
  s.body = body;
  s.flags = symbol_flag::kMergeable;
  s.visibility = Visibility::kPublic;
  const SymbolIdx symbol = w_.define(s);
  w_.symbol(symbol).name_range = t_.range(name);
  w_.open(symbol, ScopeKind::kNamespace, n);
}

void ScalaExtractor::enter_import(NodeIdx n) {
  // One or more importers, each a path and what is taken from its end.
  const bool reexport = is(n, N::export_declaration_);
  std::vector<NodeIdx> path;
  std::uint32_t end = t_[n].begin;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_.is_comment(c)) continue;
    const std::string_view gap = t_.source.substr(end, t_[c].begin - end);
    if (gap.find(',') != std::string_view::npos) {
      import_path(path, kNoNode, reexport);
      path.clear();
    }
    end = t_[c].end;
    if (is(c, N::identifier_) || is(c, N::operator_identifier_)) {
      path.push_back(c);
      w_.skip(c);
    } else {
      import_path(path, c, reexport);
      path.clear();
    }
  }
  import_path(path, kNoNode, reexport);
}

void ScalaExtractor::import_path(const std::vector<NodeIdx>& path, NodeIdx last, bool reexport) {
  if (path.empty()) return;
  const std::size_t parts = last == kNoNode ? path.size() - 1 : path.size();
  std::string module;
  for (std::size_t i = 0; i < parts; ++i) {
    if (i > 0) module += '.';
    module += t_.text(path[i]);
  }
  if (last == kNoNode) return add_name_import(module, path.back(), kNoNode, reexport);
  const auto take = [&](NodeIdx what) {
    if (is(what, N::namespace_wildcard_)) {
      graph::Import import;
      import.kind = graph::ImportKind::kWildcard;
      import.module = w_.intern(module);
      import.scope = w_.current_scope();
      import.reexport = reexport;
      import.range = t_.range(path.back());
      w_.add_import(import);
    } else if (is(what, N::arrow_renamed_identifier_) || is(what, N::as_renamed_identifier_)) {
      add_name_import(module, t_.child(what, Field::name_), t_.child(what, Field::alias_),
                      reexport);
    } else if (is(what, N::identifier_) || is(what, N::operator_identifier_)) {
      add_name_import(module, what, kNoNode, reexport);
    }
  };
  if (!is(last, N::namespace_selectors_)) return take(last);
  for (NodeIdx c = t_.first_child(last); c != kNoNode; c = t_.next_sibling(c)) take(c);
}

void ScalaExtractor::add_name_import(std::string_view module, NodeIdx name, NodeIdx alias,
                                     bool reexport) {
  w_.skip(name);
  w_.skip(alias);
  if (!is_present(name) || is(alias, N::wildcard_)) return;  // `A => _` hides A
  graph::Import import;
  import.kind = graph::ImportKind::kName;
  import.module = w_.intern(module);
  import.name = w_.intern_node(name);
  import.alias = alias == kNoNode ? import.name : w_.intern_node(alias);
  import.scope = w_.current_scope();
  import.reexport = reexport;
  import.range = t_.range(name);
  const auto index = w_.add_import(import);
  graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
  if (module.starts_with("org.scalatest") || module.starts_with("munit") ||
      module.starts_with("org.junit") || module.starts_with("org.specs2"))
    w_.facts.face.is_test = true;
}

void ScalaExtractor::enter_type(NodeIdx n, SymbolKind kind) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (!is_present(name)) return;
  NewSymbol s;
  s.kind = kind;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = visibility_of(n);
  s.flags = flags_of(n);
  if (is(n, N::object_definition_) || kind == SymbolKind::kNamespace)
    s.flags |= symbol_flag::kStatic;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  w_.open(symbol, ScopeKind::kType, n);
  enter_supers(n, symbol);
}

void ScalaExtractor::enter_supers(NodeIdx n, SymbolIdx symbol) {
  if (const NodeIdx supers = t_.child(n, Field::extend_); supers != kNoNode) {
    bool first = true;
    for (NodeIdx c = t_.first_child(supers); c != kNoNode; c = t_.next_sibling(c)) {
      if (t_[c].field != Field::type_) continue;
      w_.role(c, RefRole::kInherit, 255, first ? 0 : graph::ref_flag::kImplementsClause);
      first = false;
      if (t_.text(c).ends_with("Suite") || t_.text(c).ends_with("Spec"))
        w_.facts.face.is_test = true;
      if (t_.text(c) == "App" && is(n, N::object_definition_))
        w_.symbol(symbol).flags |= symbol_flag::kEntryPoint;
    }
  }
}

void ScalaExtractor::enter_enum_case(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (!is_present(name)) return;
  const SymbolIdx symbol =
      define_value(SymbolKind::kEnumMember, name, n, Visibility::kPublic, symbol_flag::kStatic);
  w_.open(symbol, ScopeKind::kType, n);
  enter_supers(n, symbol);
}

void ScalaExtractor::enter_given(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx body = child_of(n, N::with_template_body_);
  const NodeIdx type = t_.child(n, Field::return_type_);
  NewSymbol s;
  s.kind = body != kNoNode                               ? SymbolKind::kClass
           : in_local_scope() || w_.current_scope() == 0 ? SymbolKind::kConstant
                                                         : SymbolKind::kField;
  // A given without a name is called after its type.
  const std::string made =
      type == kNoNode ? "given" : "given_" + w_.normalised(t_[type].begin, t_[type].end);
  s.name = is_present(name) ? name : kNoNode;
  s.name_text = made;
  s.definition = n;
  s.body = body;
  s.visibility = visibility_of(n);
  s.flags = flags_of(n);
  const SymbolIdx symbol = w_.define(s);
  symbols_of_[n].push_back(symbol);
  w_.skip(name);
  if (body != kNoNode) w_.open(symbol, ScopeKind::kType, n);
}

void ScalaExtractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (!is_present(name)) return;
  const auto extension = extensions_.find(w_.current_scope());
  const bool is_extension = extension != extensions_.end();
  const auto scope = is_extension ? extension->second : w_.current_scope();
  const bool in_type = w_.scope(scope).kind == ScopeKind::kType;
  const bool local =
      w_.scope(scope).kind == ScopeKind::kFunction || w_.scope(scope).kind == ScopeKind::kBlock;
  NewSymbol s;
  s.kind = !in_type                  ? SymbolKind::kFunction
           : t_.text(name) == "this" ? SymbolKind::kConstructor
                                     : SymbolKind::kMethod;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = local ? Visibility::kPrivate : visibility_of(n);
  s.flags = flags_of(n);
  s.declared_in = scope;
  if (is_extension) s.flags |= symbol_flag::kExtension;
  if (in_type && s.body == kNoNode) s.flags |= symbol_flag::kAbstract;
  if (t_.text(name) == "main" && in_type) s.flags |= symbol_flag::kEntryPoint;
  const std::string signature =
      w_.normalised(t_[n].begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  const std::string_view text = signature;
  s.signature = text.substr(0, text.ends_with(" =") ? text.size() - 2 : text.size());
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  w_.open(symbol, ScopeKind::kFunction, n);
  std::string types;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::parameters_)) continue;
    enter_parameters(c, symbol);
    for (NodeIdx p = t_.first_child(c); p != kNoNode; p = t_.next_sibling(p)) {
      const NodeIdx type = t_.child(p, Field::type_);
      if (type != kNoNode) types += w_.normalised(t_[type].begin, t_[type].end) + ",";
    }
    types += ";";
  }
  w_.symbol(symbol).disambiguator = static_cast<std::uint32_t>(hash64(types));
  w_.role(t_.child(n, Field::return_type_), RefRole::kType, 255, graph::ref_flag::kReturnType);
}

void ScalaExtractor::enter_parameters(NodeIdx n, SymbolIdx symbol) {
  unsigned position = symbol == kNone ? 0 : w_.symbol(symbol).metrics.parameters;
  unsigned required = 0;
  unsigned count = 0;
  bool variadic = false;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!is(c, N::parameter_)) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    const bool many = is(t_.child(c, Field::type_), N::repeated_parameter_type_);
    variadic = variadic || many;
    ++count;
    required += !many && t_.child(c, Field::default_value_) == kNoNode ? 1 : 0;
    if (!is_present(name)) continue;
    const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
    w_.local(local).position = static_cast<std::uint8_t>(position < 254 ? position : 254);
    locals_of_[c].push_back(local);
    w_.skip(name);
    ++position;
  }
  if (symbol == kNone) return;
  // Arity is that of the first list, which a plain call fills.
  graph::Symbol& f = w_.symbol(symbol);
  if (f.metrics.parameters == 0 && f.max_args == 255) {
    f.min_args = static_cast<std::uint8_t>(required < 255 ? required : 255);
    f.max_args = static_cast<std::uint8_t>(variadic || count > 254 ? 255 : count);
  }
  f.metrics.parameters = static_cast<std::uint16_t>(position);
}

void ScalaExtractor::enter_values(NodeIdx n) {
  const NodeIdx pattern = t_.child(n, Field::pattern_);
  const NodeIdx name = pattern != kNoNode ? pattern : t_.child(n, Field::name_);
  if (name == kNoNode) return;
  if (is(name, N::identifier_) || is(name, N::operator_identifier_)) {
    const NodeIdx value = t_.child(n, Field::value_);
    if (is(value, N::lambda_expression_) && !in_local_scope()) {
      named_lambdas_[value] = name;
      return w_.skip(name);
    }
    return define_value_name(name, n);
  }
  for (NodeIdx c = name + 1; c < t_[name].next; ++c) {
    if (!is(c, N::identifier_) || !is_present(c) || t_[c].field == Field::type_) continue;
    const std::string_view text = t_.text(c);
    if (is(name, N::identifiers_) || (text[0] >= 'a' && text[0] <= 'z')) define_value_name(c, n);
  }
}

void ScalaExtractor::define_value_name(NodeIdx name, NodeIdx n) {
  if (!is_present(name)) return;
  const bool constant = is(n, N::val_definition_) || is(n, N::val_declaration_);
  if (in_local_scope()) {
    locals_of_[n].push_back(
        w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), t_[n].end));
    return w_.skip(name);
  }
  const SymbolKind kind = scope_kind() == ScopeKind::kType ? SymbolKind::kField
                          : constant                       ? SymbolKind::kConstant
                                                           : SymbolKind::kVariable;
  std::uint32_t flags = flags_of(n) | (constant ? symbol_flag::kConst : 0);
  if (is(n, N::val_declaration_) || is(n, N::var_declaration_)) flags |= symbol_flag::kAbstract;
  symbols_of_[n].push_back(define_value(kind, name, n, visibility_of(n), flags));
}

void ScalaExtractor::enter_class_parameter(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (!is_present(name)) return;
  const std::string_view text = modifiers_of(n);
  const NodeIdx type = w_.current_symbol() == 0 ? kNoNode : t_.parent(t_.parent(n));
  const bool case_class = is(type, N::full_enum_case_) ||
                          (is(type, N::class_definition_) && has_word(modifiers_of(type), "case"));
  const bool member = has_word(text, "val") || has_word(text, "var") || case_class;
  std::uint32_t flags = flags_of(n) | (has_word(text, "var") ? 0 : symbol_flag::kConst);
  symbols_of_[n].push_back(define_value(SymbolKind::kField, name, n,
                                        member ? visibility_of(n) : Visibility::kPrivate, flags));
}

void ScalaExtractor::enter_type_parameters(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const bool variant =
        is(c, N::covariant_type_parameter_) || is(c, N::contravariant_type_parameter_);
    const NodeIdx name = variant ? t_.child(c, Field::name_) : c;
    if (!is(name, N::identifier_) || t_[name].field != Field::name_ || !is_present(name)) continue;
    w_.define_local(SymbolKind::kTypeParameter, name, w_.current_scope());
    w_.skip(name);
  }
}

void ScalaExtractor::enter_lambda(NodeIdx n) {
  const auto named = named_lambdas_.find(n);
  const bool anonymous = named == named_lambdas_.end();
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  const std::string made = anonymous ? w_.next_lambda_name() : std::string();
  s.name_text = made;
  s.definition = n;
  s.flags = anonymous ? symbol_flag::kAnonymous : 0;
  s.visibility = Visibility::kPrivate;
  if (!anonymous) {
    const NodeIdx definition = t_.parent(n);
    s.name = named->second;
    s.definition = definition;
    s.kind = scope_kind() == ScopeKind::kType ? SymbolKind::kMethod : SymbolKind::kFunction;
    s.visibility = visibility_of(definition);
    s.flags = flags_of(definition) | symbol_flag::kConst;
  }
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, anonymous);
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  std::uint8_t position = 0;
  const auto define = [&](NodeIdx name, NodeIdx whole) {
    if (!is(name, N::identifier_) || !is_present(name)) return;
    const auto local = w_.define_local(SymbolKind::kParameter, name, w_.current_scope());
    w_.local(local).position = position;
    locals_of_[whole].push_back(local);
    w_.skip(name);
    if (position < 254) ++position;
  };
  if (is(parameters, N::bindings_)) {
    for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c))
      if (is(c, N::binding_)) define(t_.child(c, Field::name_), c);
  } else if (parameters != kNoNode) {
    define(parameters, parameters);
  }
  w_.symbol(symbol).metrics.parameters = position;
  w_.symbol(symbol).min_args = w_.symbol(symbol).max_args = position;
}

void ScalaExtractor::enter_call(NodeIdx n) {
  const NodeIdx function = t_.child(n, Field::function_);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  if (function == kNoNode) return;
  const bool list = is(arguments, N::arguments_);
  w_.role(function, RefRole::kCall, list ? argument_count(arguments) : 1);
  if (list || !is(function, N::call_expression_)) return;
  // test("name") { ... }
  const NodeIdx callee = t_.child(function, Field::function_);
  const NodeIdx titles = t_.child(function, Field::arguments_);
  if (!is(callee, N::identifier_) || !is(titles, N::arguments_)) return;
  const NodeIdx title = t_.named_child(titles, 0);
  const std::string_view name = t_.text(callee);
  if (is(title, N::string_) && (name == "test" || name == "it" || name == "describe" ||
                                name == "property" || name == "feature" || name == "scenario"))
    enter_test(n, unquoted(t_.text(title)));
}

void ScalaExtractor::enter_test(NodeIdx n, std::string_view title) {
  if (title.empty()) return;
  NewSymbol s;
  s.kind = SymbolKind::kTest;
  s.name_text = title;
  s.definition = n;
  s.flags = symbol_flag::kTest;
  s.visibility = Visibility::kPublic;
  w_.open(w_.define(s), ScopeKind::kFunction, n);
  w_.facts.face.is_test = true;
}

void ScalaExtractor::enter_infix(NodeIdx n) {
  const NodeIdx op = t_.child(n, Field::operator_);
  const NodeIdx left = t_.child(n, Field::left_);
  if (op == kNoNode) return;
  w_.skip(op);
  if (!is(op, N::identifier_) || left == kNoNode) return;
  // "A circle" should "have an area" in { ... }
  if (t_.text(op) != "in" || !is(t_.child(n, Field::right_), N::block_)) return;
  if (is(left, N::string_)) return enter_test(n, unquoted(t_.text(left)));
  const NodeIdx subject = t_.child(left, Field::left_);
  const NodeIdx verb = t_.child(left, Field::operator_);
  const NodeIdx rest = t_.child(left, Field::right_);
  if (verb == kNoNode || !is(subject, N::string_) || !is(rest, N::string_)) return;
  const std::string title = std::string(unquoted(t_.text(subject))) + " " +
                            std::string(t_.text(verb)) + " " + std::string(unquoted(t_.text(rest)));
  enter_test(n, title);
}

void ScalaExtractor::enter_instance(NodeIdx n) {
  const NodeIdx type = t_.named_child(n, 0);
  const NodeIdx arguments = t_.child(n, Field::arguments_);
  w_.role(type, RefRole::kNew, argument_count(arguments));
  const NodeIdx body = child_of(n, N::template_body_);
  if (body == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kClass;
  const std::string name = w_.next_lambda_name();
  s.name_text = name;
  s.definition = n;
  s.body = body;
  s.flags = symbol_flag::kAnonymous;
  s.visibility = Visibility::kPrivate;
  w_.open(w_.define(s), ScopeKind::kType, body);
}

void ScalaExtractor::leave(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::identifier_:
    case N::operator_identifier_:
      return leave_identifier(n);
    case N::type_identifier_:
      return leave_name(n, RefRole::kType, true);
    case N::field_expression_:
      return leave_member(n, t_.child(n, Field::value_), t_.child(n, Field::field_),
                          RefRole::kRead);
    case N::stable_identifier_:
      return leave_stable(n, false);
    case N::stable_type_identifier_:
      return leave_stable(n, true);
    case N::generic_type_:
      return leave_generic(n, t_.child(n, Field::type_), t_.child(n, Field::type_arguments_));
    case N::repeated_parameter_type_:
      if (const auto e = w_.expr(t_.child(n, Field::type_)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kArray, {}, e));
      return;
    case N::lazy_parameter_type_:
    case N::annotated_type_:
    case N::compound_type_:
    case N::generic_function_:
    case N::parenthesized_expression_:
      return w_.set_expr(n, w_.expr(t_.named_child(n, 0)));
    case N::call_expression_:
      return leave_call(n, t_.child(n, Field::function_));
    case N::instance_expression_:
      if (const auto e = w_.expr(t_.named_child(n, 0)); e != kNone)
        w_.set_expr(n, w_.add_expr(ExprKind::kNew, {}, e));
      return;
    case N::infix_expression_:
      if (const NodeIdx op = t_.child(n, Field::operator_); is(op, N::identifier_)) {
        const auto left = w_.expr(t_.child(n, Field::left_));
        w_.add_ref(op, RefRole::kCall, left, 1, graph::ref_flag::kHasReceiver);
      }
      return;
    case N::extends_clause_:
      return leave_extends(n);
    default:
      return leave_typed(n);
  }
}

void ScalaExtractor::leave_identifier(NodeIdx n) {
  if (w_.skipped(n) || !is_present(n)) return;
  const std::string_view name = t_.text(n);
  if (name == "this" || name == "super") {
    w_.set_expr(n, w_.add_expr(name == "this" ? ExprKind::kSelf : ExprKind::kSuper, name));
    if (w_.role_of(n) == RefRole::kCall) w_.add_ref(n, RefRole::kCall, w_.expr(n), w_.hint(n).args);
    return;
  }
  if (w_.role_of(n) == RefRole::kWrite && w_.hint(n).args == kBinds) {
    // Lower case binds in a pattern; upper case and quoted names are looked up.
    const bool binds = name[0] == '_' || (name[0] >= 'a' && name[0] <= 'z');
    if (binds) {
      w_.define_local(SymbolKind::kLocal, n, w_.current_scope());
      return;
    }
    w_.role(n, RefRole::kRead);
  }
  leave_name(n, RefRole::kRead, false);
}

void ScalaExtractor::leave_stable(NodeIdx n, bool is_type) {
  // a.b.C: the references of the prefix are its identifiers' own; the last name is a member.
  NodeIdx last = kNoNode;
  graph::ExprIdx base = kNone;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    if (last != kNoNode) base = w_.expr(last);
    last = c;
  }
  if (last == kNoNode || base == kNone) return w_.set_expr(n, w_.expr(last));
  const auto e = w_.add_expr(ExprKind::kMember, t_.text(last), base);
  w_.facts.face.exprs[e].is_type = is_type;
  w_.set_expr(n, e);
  if (graph::Ref* ref = w_.ref_at(last)) {
    ref->receiver = base;
    ref->flags |= graph::ref_flag::kHasReceiver | graph::ref_flag::kTypeSide;
    ref->role = w_.role_of(n, is_type ? RefRole::kType : RefRole::kRead);
  }
}

void ScalaExtractor::leave_extends(NodeIdx n) {
  const SymbolIdx symbol = w_.current_symbol();
  if (symbol == 0) return;
  bool first = true;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::type_) continue;
    if (w_.expr(c) != kNone)
      w_.add_super(symbol, w_.expr(c),
                   first ? graph::SuperKind::kExtends : graph::SuperKind::kMixin);
    first = false;
  }
}

void ScalaExtractor::leave_typed(NodeIdx n) {
  if (is(n, N::function_definition_) || is(n, N::function_declaration_)) {
    const NodeIdx type = t_.child(n, Field::return_type_);
    if (type != kNoNode && w_.current_symbol() != 0)
      w_.symbol(w_.current_symbol()).type = w_.expr(type);
    return;
  }
  const auto symbols = symbols_of_.find(n);
  const auto locals = locals_of_.find(n);
  if (symbols == symbols_of_.end() && locals == locals_of_.end()) return;
  NodeIdx type = t_.child(n, Field::type_);
  if (is(n, N::given_definition_)) type = t_.child(n, Field::return_type_);
  const auto init = w_.expr(t_.child(n, Field::value_));
  if (symbols != symbols_of_.end())
    for (const SymbolIdx s : symbols->second) {
      w_.symbol(s).type = w_.expr(type);
      w_.symbol(s).init = init;
    }
  if (locals != locals_of_.end())
    for (const auto l : locals->second) {
      w_.local(l).type = w_.expr(type);
      if (locals->second.size() == 1) w_.local(l).init = init;
    }
}

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_expression_:
      return MetricClass::kIf;
    case N::for_expression_:
    case N::while_expression_:
    case N::do_while_expression_:
      return MetricClass::kLoop;
    case N::match_expression_:
      return MetricClass::kSwitch;
    case N::catch_clause_:
      return MetricClass::kCatch;
    case N::case_clause_: {
      const NodeIdx block = tree.parent(n);
      const NodeIdx owner = block == kNoNode ? kNoNode : tree.parent(block);
      if (owner != kNoNode && type_of(tree, owner) == N::catch_clause_) return MetricClass::kNone;
      const NodeIdx pattern = tree.child(n, Field::pattern_);
      return pattern != kNoNode && type_of(tree, pattern) == N::wildcard_ ? MetricClass::kNone
                                                                          : MetricClass::kCase;
    }
    case N::infix_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  if (tree.text(op) == "&&") return BooleanOp::kAnd;
  return tree.text(op) == "||" ? BooleanOp::kOr : BooleanOp::kNone;
}

void extract_scala(FileWalk& walk) {
  ScalaExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& scala_def() {
  static const LanguageDef def{graph::Language::kScala,
                               tree_sitter_scala,
                               kNodeNames,
                               {metric_class, boolean_op},
                               extract_scala};
  return def;
}

}  // namespace cairn::indexer::syntax
