#include "indexer/syntax/go/extractor.h"

#include <algorithm>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

#define CAIRN_NODE_TABLE "indexer/syntax/go/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_go(void);

namespace cairn::indexer::syntax {
namespace go {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

namespace {

constexpr std::uint16_t raw(N n) { return static_cast<std::uint16_t>(n); }

bool is_exported(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

Visibility visibility_of(std::string_view name) {
  return is_exported(name) ? Visibility::kPublic : Visibility::kPackage;
}

std::uint32_t export_flag(std::string_view name) {
  return is_exported(name) ? symbol_flag::kExported : 0u;
}

/// The name a package most likely has: the last part of its path without a version.
std::string_view package_name(std::string_view path) {
  const auto last_part = [&] {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
  };
  const auto is_version = [](std::string_view part) {
    return part.size() > 1 && part[0] == 'v' &&
           std::all_of(part.begin() + 1, part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  std::string_view last = last_part();
  if (is_version(last) && last.size() < path.size()) {
    path.remove_suffix(last.size() + 1);
    last = last_part();
  }
  const std::size_t dot = last.rfind('.');
  if (dot != std::string_view::npos && is_version(last.substr(dot + 1))) last = last.substr(0, dot);
  return last;
}

}  // namespace

void Extractor::enter(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::package_clause_: {
      const NodeIdx name = t_.child_of_type(n, raw(N::package_identifier_));
      if (name == kNoNode) return;
      w_.facts.face.package = w_.intern_node(name);
      return w_.skip(name);
    }
    case N::import_spec_:
      return enter_import(n);
    case N::function_declaration_:
    case N::method_declaration_:
      return enter_function(n);
    case N::func_literal_:
      return enter_func_literal(n);
    case N::type_spec_:
    case N::type_alias_:
      return enter_type_spec(n);
    case N::struct_type_:
    case N::interface_type_:
      return enter_anonymous_type(n);
    case N::field_declaration_:
      return enter_field(n);
    case N::method_elem_:
      return enter_method_elem(n);
    case N::const_spec_:
    case N::var_spec_:
      return enter_value_spec(n);
    case N::call_expression_:
      return enter_call(n);
    case N::literal_value_:
      return enter_literal(n);
    case N::keyed_element_:
      return enter_keyed(n);
    default:
      if (!enter_statement(n)) enter_type_node(n);
  }
}

bool Extractor::enter_statement(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::block_: {
      const N parent = t_.parent(n) == kNoNode ? N::none : type_of(t_, t_.parent(n));
      // Parameters and the body of a function are one block.
      if (parent != N::function_declaration_ && parent != N::method_declaration_ &&
          parent != N::func_literal_)
        w_.open_scope(ScopeKind::kBlock, n);
      return true;
    }
    case N::if_statement_:
    case N::for_statement_:
    case N::expression_switch_statement_:
    case N::expression_case_:
    case N::communication_case_:
      w_.open_scope(ScopeKind::kBlock, n);
      return true;
    case N::type_switch_statement_: {
      w_.open_scope(ScopeKind::kBlock, n);
      const NodeIdx names = t_.child(n, Field::alias_);
      if (names != kNoNode) w_.skip(t_.named_child(names, 0));
      return true;
    }
    case N::type_case_:
    case N::default_case_:
      w_.open_scope(ScopeKind::kBlock, n);
      enter_type_switch_arm(n);
      return true;
    case N::short_var_declaration_:
      enter_short_var(n);
      return true;
    case N::range_clause_:
    case N::receive_statement_:
      enter_targets(t_.child(n, Field::left_), t_.child_of_type(n, raw(N::define)) != kNoNode,
                    t_[n].end);
      return true;
    case N::assignment_statement_:
      enter_targets(t_.child(n, Field::left_), false, 0);
      return true;
    case N::inc_statement_:
    case N::dec_statement_:
      if (const NodeIdx what = t_.named_child(n, 0); what != kNoNode)
        w_.role(what, RefRole::kWrite);
      return true;
    case N::parenthesized_expression_:
      pass_to_children(n);
      return true;
    case N::selector_expression_:
      w_.skip(t_.child(n, Field::field_));
      return true;
    case N::composite_literal_:
      w_.role(t_.child(n, Field::type_), RefRole::kNew);
      return true;
    case N::type_conversion_expression_:
      // f[A, B](x) reads like a conversion; a conversion by name is a call either way.
      if (const NodeIdx type = t_.child(n, Field::type_);
          type != kNoNode && type_of(t_, type) == N::generic_type_) {
        w_.role(type, RefRole::kCall, 1);
        const NodeIdx function = t_.child(type, Field::type_);
        mark_indexed_call(n, function, t_.child(type, Field::type_arguments_));
        if (indexed_calls_.contains(n)) w_.role(type, RefRole::kRead);
      }
      return true;
    case N::type_instantiation_expression_:
      if (w_.hint(n).action == Hint::Action::kRole && t_.child(n, Field::type_) != kNoNode)
        w_.pass_hint(n, t_.child(n, Field::type_));
      return true;
    default:
      return false;
  }
}

void Extractor::pass_to_children(NodeIdx n) {
  if (w_.hint(n).action != Hint::Action::kRole) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) w_.pass_hint(n, c);
}

void Extractor::enter_type_node(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::pointer_type_:
    case N::parenthesized_type_:
    case N::negated_type_:
    case N::type_elem_:
    case N::type_constraint_:
      return pass_to_children(n);
    case N::array_type_:
    case N::implicit_length_array_type_:
    case N::slice_type_:
    case N::map_type_:
    case N::channel_type_: {
      // Making a slice of T makes no T.
      if (w_.hint(n).action != Hint::Action::kRole) return;
      for (const Field field : {Field::element_, Field::key_, Field::value_})
        w_.role(t_.child(n, field), RefRole::kType, 255, w_.hint(n).flags);
      return;
    }
    case N::generic_type_:
      if (w_.hint(n).action == Hint::Action::kRole && t_.child(n, Field::type_) != kNoNode)
        w_.pass_hint(n, t_.child(n, Field::type_));
      return;
    case N::type_arguments_:
      if (w_.hint(n).action == Hint::Action::kRole) return;  // an index
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (!w_.skipped(c)) w_.role(c, RefRole::kType, 255, ref_flag::kTypeArgument);
      return;
    case N::qualified_type_:
      w_.skip(t_.child(n, Field::name_));
      return;
    case N::parameter_declaration_:
    case N::variadic_parameter_declaration_: {
      // Names of a function type's parameters define nothing.
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (t_[c].field == Field::name_) w_.skip(c);
      if (w_.hint(n).action == Hint::Action::kRole && t_.child(n, Field::type_) != kNoNode)
        w_.pass_hint(n, t_.child(n, Field::type_));
      return;
    }
    case N::parameter_list_:
      return pass_to_children(n);
    default:
      return;
  }
}

void Extractor::enter_import(NodeIdx n) {
  const NodeIdx path = t_.child(n, Field::path_);
  if (path == kNoNode) return;
  NodeIdx content = t_.child_of_type(path, raw(N::interpreted_string_literal_content_));
  if (content == kNoNode) content = t_.child_of_type(path, raw(N::raw_string_literal_content_));
  if (content == kNoNode) return;
  const std::string_view text = t_.text(content);
  graph::Import import;
  import.module = w_.intern(text);
  import.range = t_.range(content);
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) {
    import.alias = w_.intern(package_name(text));
  } else if (type_of(t_, name) == N::dot_) {
    import.kind = graph::ImportKind::kWildcard;
  } else if (type_of(t_, name) == N::blank_identifier_) {
    import.kind = graph::ImportKind::kSideEffect;
  } else {
    import.alias = w_.intern_node(name);
    w_.skip(name);
  }
  w_.add_import(import);
  imports_testing_ = imports_testing_ || text == "testing";
  imports_suite_ = imports_suite_ || text.ends_with("testify/suite");
  if (text == "testing" || text.find("stretchr/testify") != std::string_view::npos ||
      text.find("onsi/ginkgo") != std::string_view::npos)
    w_.facts.face.is_test = true;
}

bool Extractor::is_test_name(std::string_view name) const {
  for (const std::string_view prefix : {"Test", "Benchmark", "Fuzz", "Example"}) {
    if (!name.starts_with(prefix)) continue;
    return name.size() == prefix.size() || name[prefix.size()] < 'a' || name[prefix.size()] > 'z';
  }
  return false;
}

std::string Extractor::signature_of(NodeIdx n, NodeIdx body) const {
  return w_.normalised(t_[n].begin, body != kNoNode ? t_[body].begin : t_[n].end);
}

NodeIdx Extractor::receiver_type(NodeIdx list) const {
  if (list == kNoNode) return kNoNode;
  const NodeIdx parameter = t_.child_of_type(list, raw(N::parameter_declaration_));
  NodeIdx type = parameter == kNoNode ? kNoNode : t_.child(parameter, Field::type_);
  while (type != kNoNode && type_of(t_, type) != N::type_identifier_) {
    const N kind = type_of(t_, type);
    if (kind != N::pointer_type_ && kind != N::parenthesized_type_ && kind != N::generic_type_)
      return kNoNode;
    type = t_.named_child(type, 0);
  }
  return type;
}

void Extractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const bool method = type_of(t_, n) == N::method_declaration_;
  const std::string_view text = t_.text(name);
  NewSymbol s;
  s.kind = method ? SymbolKind::kMethod : SymbolKind::kFunction;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = visibility_of(text);
  s.flags = export_flag(text);
  s.parent = 0;
  if (s.body == kNoNode) s.flags |= symbol_flag::kDeclaration;
  if (is_test_name(text) && (method ? imports_suite_ : imports_testing_))
    s.flags |= symbol_flag::kTest;
  if (!method && (text == "init" || (text == "main" && w_.str(w_.facts.face.package) == "main")))
    s.flags |= symbol_flag::kEntryPoint;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  functions_[n] = symbol;
  const NodeIdx receiver = method ? t_.child(n, Field::receiver_) : kNoNode;
  if (const NodeIdx type = receiver_type(receiver); type != kNoNode)
    w_.symbol(symbol).qualifier = w_.intern_node(type);
  w_.open(symbol, ScopeKind::kFunction, n);
  define_type_parameters(t_.child(n, Field::type_parameters_), symbol);
  define_receiver(receiver, symbol);
  define_parameters(t_.child(n, Field::parameters_), symbol);
  define_results(t_.child(n, Field::result_));
}

void Extractor::define_receiver(NodeIdx list, SymbolIdx method) {
  if (list == kNoNode) return;
  const NodeIdx parameter = t_.child_of_type(list, raw(N::parameter_declaration_));
  if (parameter == kNoNode) return;
  define_local(t_.child(parameter, Field::name_), SymbolKind::kParameter, 0);
  // The receiver's type arguments declare the method's type parameters.
  const NodeIdx type = receiver_type(list);
  if (type == kNoNode || type_of(t_, t_.parent(type)) != N::generic_type_) return;
  const NodeIdx arguments = t_.child(t_.parent(type), Field::type_arguments_);
  if (arguments == kNoNode) return;
  for (NodeIdx c = arguments; c < t_[arguments].next; ++c) {
    if (type_of(t_, c) != N::type_identifier_ || t_.text(c) == "_") continue;
    const auto local = w_.define_local(SymbolKind::kTypeParameter, c, w_.current_scope());
    w_.local(local).owner = method;
    w_.skip(c);
  }
}

void Extractor::define_type_parameters(NodeIdx list, SymbolIdx owner) {
  if (list == kNoNode) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::type_parameter_declaration_) continue;
    for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k)) {
      if (t_[k].field != Field::name_ || type_of(t_, k) != N::identifier_) continue;
      const auto local = w_.define_local(SymbolKind::kTypeParameter, k, w_.current_scope());
      w_.local(local).owner = owner;
      locals_[k] = local;
      w_.skip(k);
    }
  }
}

void Extractor::define_local(NodeIdx name, SymbolKind kind, std::uint32_t from) {
  if (name == kNoNode || type_of(t_, name) != N::identifier_) return;
  w_.skip(name);
  if (t_.text(name) == "_") return;
  locals_[name] = w_.define_local(kind, name, w_.current_scope(), from);
}

void Extractor::define_parameters(NodeIdx list, SymbolIdx function) {
  unsigned position = 0;
  bool variadic = false;
  if (list != kNoNode) {
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
      const N kind = type_of(t_, c);
      if (kind != N::parameter_declaration_ && kind != N::variadic_parameter_declaration_) continue;
      variadic = variadic || kind == N::variadic_parameter_declaration_;
      bool named = false;
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k)) {
        if (t_[k].field != Field::name_ || type_of(t_, k) != N::identifier_) continue;
        named = true;
        define_local(k, SymbolKind::kParameter, 0);
        if (const auto local = locals_.find(k); local != locals_.end())
          w_.local(local->second).position = static_cast<std::uint8_t>(std::min(position, 254u));
        ++position;
      }
      if (!named) ++position;
    }
  }
  const auto count = static_cast<std::uint8_t>(std::min(position, 254u));
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = count;
  f.min_args = static_cast<std::uint8_t>(variadic && count > 0 ? count - 1 : count);
  f.max_args = variadic ? 255 : count;
}

void Extractor::define_results(NodeIdx list) {
  if (list == kNoNode) return;
  w_.role(list, RefRole::kType, 255, ref_flag::kReturnType);
  if (type_of(t_, list) != N::parameter_list_) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c))
    for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
      if (t_[k].field == Field::name_) define_local(k, SymbolKind::kLocal, 0);
}

void Extractor::enter_func_literal(NodeIdx n) {
  const auto named = named_literals_.find(n);
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  std::string lambda;
  if (named != named_literals_.end()) {
    const std::string_view text = t_.text(named->second);
    s.name = named->second;
    const bool in_function = w_.in_function();
    s.visibility = in_function ? Visibility::kPrivate : visibility_of(text);
    s.flags = in_function ? 0u : export_flag(text);
    s.definition = t_.parent(named->second);
    if (type_of(t_, s.definition) == N::expression_list_) s.definition = t_.parent(s.definition);
  } else {
    lambda = w_.next_lambda_name();
    s.name_text = lambda;
    s.visibility = Visibility::kPrivate;
    s.flags = symbol_flag::kAnonymous;
  }
  const SymbolIdx symbol = w_.define(s);
  if (named != named_literals_.end()) symbols_[named->second] = symbol;
  functions_[n] = symbol;
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, w_.in_function());
  define_parameters(t_.child(n, Field::parameters_), symbol);
  define_results(t_.child(n, Field::result_));
}

NodeIdx Extractor::declaration_of(NodeIdx spec) const {
  // `type T struct {}` is one definition with its keyword; members of a group stand alone.
  const NodeIdx parent = t_.parent(spec);
  if (parent == kNoNode) return spec;
  const N kind = type_of(t_, parent);
  std::uint32_t at = t_[parent].begin;
  if (kind == N::type_declaration_)
    at += 4;
  else if (kind == N::const_declaration_)
    at += 5;
  else if (kind == N::var_declaration_)
    at += 3;
  else
    return spec;
  while (at < t_[spec].begin && t_.source[at] != '(') ++at;
  return at < t_[spec].begin ? spec : parent;
}

void Extractor::enter_type_spec(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx type = t_.child(n, Field::type_);
  if (name == kNoNode) return;
  const std::string_view text = t_.text(name);
  const N shape = type == kNoNode ? N::none : type_of(t_, type);
  const bool alias = type_of(t_, n) == N::type_alias_;
  NewSymbol s;
  s.kind = alias                         ? SymbolKind::kTypeAlias
           : shape == N::interface_type_ ? SymbolKind::kInterface
                                         : SymbolKind::kStruct;
  s.name = name;
  s.definition = declaration_of(n);
  s.visibility = w_.in_function() ? Visibility::kPrivate : visibility_of(text);
  s.flags = w_.in_function() ? 0u : export_flag(text);
  if (s.kind == SymbolKind::kInterface) s.flags |= symbol_flag::kAbstract;
  std::string signature = "type ";
  if (shape == N::struct_type_ || shape == N::interface_type_)
    signature += w_.normalised(t_[n].begin, t_[type].begin) +
                 (shape == N::struct_type_ ? " struct" : " interface");
  else
    signature += w_.normalised(t_[n].begin, t_[n].end);
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  functions_[n] = symbol;
  if (const NodeIdx list = t_.child(n, Field::type_parameters_); list != kNoNode) {
    w_.open_scope(ScopeKind::kBlock, n);
    define_type_parameters(list, symbol);
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_anonymous_type(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  if (parent == kNoNode || type_of(t_, parent) == N::type_spec_) return;
  if (t_.named_child_count(n) == 0) return;
  const bool is_struct = type_of(t_, n) == N::struct_type_;
  if (is_struct && t_.named_child_count(t_.named_child(n, 0)) == 0) return;
  if (!is_struct && t_.child_of_type(n, raw(N::method_elem_)) == kNoNode) return;
  NewSymbol s;
  s.kind = is_struct ? SymbolKind::kStruct : SymbolKind::kInterface;
  const std::string name =
      "<anonymous" + std::to_string(++anonymous_counts_[w_.current_symbol()]) + ">";
  s.name_text = name;
  s.definition = n;
  s.signature = is_struct ? "struct" : "interface";
  s.visibility = Visibility::kPrivate;
  s.flags = symbol_flag::kAnonymous;
  const SymbolIdx symbol = w_.define(s);
  const ExprIdx e = w_.add_expr(ExprKind::kSymbol, {}, symbol);
  w_.facts.face.exprs[e].is_type = true;
  w_.set_expr(n, e);
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_field(NodeIdx n) {
  NodeIdx name = t_.child(n, Field::name_);
  const NodeIdx type = t_.child(n, Field::type_);
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.definition = n;
  const bool embedded = name == kNoNode;
  if (embedded) {
    w_.role(type, RefRole::kInherit);
    name = type;
    if (name != kNoNode && type_of(t_, name) == N::generic_type_)
      name = t_.child(name, Field::type_);
    if (name != kNoNode && type_of(t_, name) == N::qualified_type_)
      name = t_.child(name, Field::name_);
    if (name == kNoNode) return;
  }
  for (NodeIdx c = embedded ? name : t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (!embedded && t_[c].field != Field::name_) continue;
    if (!embedded && type_of(t_, c) != N::field_identifier_) continue;
    const std::string_view text = t_.text(c);
    s.name = c;
    s.visibility = visibility_of(text);
    s.flags = export_flag(text);
    const std::string signature =
        embedded || type == kNoNode
            ? w_.normalised(t_[n].begin, t_[n].end)
            : std::string(text) + " " + w_.normalised(t_[type].begin, t_[type].end);
    s.signature = signature;
    if (text != "_") symbols_[c] = w_.define(s);
    if (embedded) return;
    w_.skip(c);
  }
}

void Extractor::enter_method_elem(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const std::string_view text = t_.text(name);
  NewSymbol s;
  s.kind = SymbolKind::kMethod;
  s.name = name;
  s.definition = n;
  s.visibility = visibility_of(text);
  s.flags = export_flag(text) | symbol_flag::kAbstract;
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  functions_[n] = symbol;
  w_.open(symbol, ScopeKind::kFunction, n);
  define_parameters(t_.child(n, Field::parameters_), symbol);
  define_results(t_.child(n, Field::result_));
}

NodeIdx Extractor::only_function_literal(NodeIdx values) const {
  if (values == kNoNode) return kNoNode;
  const NodeIdx first =
      type_of(t_, values) == N::expression_list_ ? t_.named_child(values, 0) : values;
  if (first == kNoNode || type_of(t_, first) != N::func_literal_) return kNoNode;
  return type_of(t_, values) == N::expression_list_ && t_.named_child_count(values) != 1 ? kNoNode
                                                                                         : first;
}

void Extractor::enter_value_spec(NodeIdx n) {
  const bool constant = type_of(t_, n) == N::const_spec_;
  const NodeIdx type = t_.child(n, Field::type_);
  unsigned names = 0;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    names += t_[c].field == Field::name_ && type_of(t_, c) == N::identifier_ ? 1u : 0u;
  const NodeIdx literal = names == 1 ? only_function_literal(t_.child(n, Field::value_)) : kNoNode;
  const NodeIdx whole = declaration_of(n);
  bool first = true;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::name_ || type_of(t_, c) != N::identifier_) continue;
    const std::string_view text = t_.text(c);
    w_.skip(c);
    if (text == "_") continue;
    if (literal != kNoNode) {
      named_literals_[literal] = c;
    } else if (w_.in_function()) {
      define_local(c, SymbolKind::kLocal, t_[n].end);
    } else {
      NewSymbol s;
      s.kind = constant ? SymbolKind::kConstant : SymbolKind::kVariable;
      s.name = c;
      s.definition = first ? whole : c;
      std::string signature = constant ? "const " : "var ";
      signature += text;
      if (type != kNoNode) signature += " " + w_.normalised(t_[type].begin, t_[type].end);
      s.signature = signature;
      s.visibility = visibility_of(text);
      s.flags = export_flag(text) | (constant ? symbol_flag::kConst : 0u);
      symbols_[c] = w_.define(s);
    }
    first = false;
  }
}

void Extractor::enter_short_var(NodeIdx n) {
  const NodeIdx left = t_.child(n, Field::left_);
  if (left == kNoNode) return;
  const NodeIdx name = t_.named_child_count(left) == 1 ? t_.named_child(left, 0) : kNoNode;
  const NodeIdx literal = only_function_literal(t_.child(n, Field::right_));
  if (literal != kNoNode && name != kNoNode && type_of(t_, name) == N::identifier_ &&
      t_.text(name) != "_" && w_.find_local(w_.current_scope(), t_.text(name)) == kNone) {
    named_literals_[literal] = name;
    return w_.skip(name);
  }
  enter_targets(left, true, t_[n].end);
}

void Extractor::enter_targets(NodeIdx list, bool define, std::uint32_t visible_from) {
  if (list == kNoNode) return;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    // Only new names are defined; the others are assigned.
    if (define && type_of(t_, c) == N::identifier_ && t_.text(c) != "_" &&
        w_.find_local(w_.current_scope(), t_.text(c)) == kNone)
      define_local(c, SymbolKind::kLocal, visible_from);
    else
      w_.role(c, RefRole::kWrite);
  }
}

void Extractor::enter_type_switch_arm(NodeIdx n) {
  const NodeIdx statement = t_.parent(n);
  if (statement == kNoNode || type_of(t_, statement) != N::type_switch_statement_) return;
  const NodeIdx list = t_.child(statement, Field::alias_);
  const NodeIdx name = list == kNoNode ? kNoNode : t_.named_child(list, 0);
  if (name == kNoNode || type_of(t_, name) != N::identifier_ || t_.text(name) == "_") return;
  // `switch x := v.(type)` declares x in every arm, with that arm's type.
  const auto local = w_.define_local(SymbolKind::kLocal, name, w_.current_scope());
  w_.local(local).init = w_.expr(t_.child(statement, Field::value_));
  arm_locals_[n] = local;
}

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::for_statement_:
      return MetricClass::kLoop;
    case N::expression_switch_statement_:
    case N::type_switch_statement_:
    case N::select_statement_:
      return MetricClass::kSwitch;
    case N::expression_case_:
    case N::type_case_:
    case N::communication_case_:
      return MetricClass::kCase;
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::goto_statement_:
      return MetricClass::kJump;
    case N::break_statement_:
    case N::continue_statement_:
      return tree.named_child(n, 0) != kNoNode ? MetricClass::kJump : MetricClass::kNone;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  if (type_of(tree, op) == N::and_and) return BooleanOp::kAnd;
  return type_of(tree, op) == N::or_or ? BooleanOp::kOr : BooleanOp::kNone;
}

void extract_go(FileWalk& walk) {
  Extractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace
}  // namespace go

const LanguageDef& go_def() {
  static const LanguageDef def{graph::Language::kGo,
                               tree_sitter_go,
                               kNodeNames,
                               {go::metric_class, go::boolean_op},
                               go::extract_go};
  return def;
}

}  // namespace cairn::indexer::syntax
