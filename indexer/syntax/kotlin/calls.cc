// Kotlin nodes on the way down: calls, lambdas, annotations and routes.
#include <algorithm>
#include <array>

#include "indexer/syntax/kotlin/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/kotlin/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::kotlin {

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

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Functions of the standard library by what they pass to their lambda.
constexpr std::array<std::string_view, 4> kPassReceiver = {"let", "also", "takeIf", "takeUnless"};
constexpr std::array<std::string_view, 26> kPassItem = {
    "forEach",    "map",          "filter",      "filterNot",   "flatMap",     "any",   "all",
    "none",       "first",        "firstOrNull", "last",        "single",      "count", "find",
    "mapNotNull", "sortedBy",     "groupBy",     "associateBy", "maxByOrNull", "sumOf", "onEach",
    "partition",  "indexOfFirst", "minByOrNull", "distinctBy",  "joinToString"};
constexpr std::array<std::string_view, 22> kPassNothing = {
    "run",          "apply",           "with",         "lazy",
    "buildString",  "buildList",       "buildMap",     "buildSet",
    "synchronized", "runBlocking",     "launch",       "async",
    "withContext",  "coroutineScope",  "flow",         "sequence",
    "runTest",      "assertFailsWith", "assertThrows", "require",
    "check",        "thread"};

bool is_capitalised(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

}  // namespace

bool Extractor::enter_expression(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::call_expression_:
      enter_call(n);
      return true;
    case N::lambda_literal_:
      enter_lambda(n);
      return true;
    case N::anonymous_function_:
      enter_anonymous_function(n);
      return true;
    case N::binary_expression_:
      enter_binary(n);
      return true;
    case N::annotation_:
    case N::file_annotation_:
      enter_annotation(n);
      return true;
    case N::navigation_expression_:
    case N::callable_reference_: {
      NodeIdx last = kNoNode;
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
        if (type_of(t_, c) == N::identifier_) last = c;
      if (last != kNoNode && t_[last].next == t_[n].next) w_.skip(last);
      return true;
    }
    case N::infix_expression_:
      w_.skip(t_.named_child(n, 1));
      return true;
    case N::assignment_:
      w_.role(t_.child(n, Field::left_), RefRole::kWrite);
      return true;
    case N::unary_expression_: {
      const NodeIdx op = t_.child(n, Field::operator_);
      if (op == kNoNode || (type_of(t_, op) != N::increment && type_of(t_, op) != N::decrement))
        return true;
      // The grammar reads ++a.b as (++a).b: the whole path is what is written.
      NodeIdx written = n;
      while (t_.parent(written) != kNoNode && t_[op].begin == t_[n].begin &&
             type_of(t_, t_.parent(written)) == N::navigation_expression_ &&
             t_.named_child(t_.parent(written), 0) == written)
        written = t_.parent(written);
      w_.role(written == n ? t_.child(n, Field::argument_) : written, RefRole::kWrite);
      return true;
    }
    case N::parenthesized_expression_:
      if (w_.hint(n).action == Hint::Action::kRole && t_.named_child(n, 0) != kNoNode)
        w_.pass_hint(n, t_.named_child(n, 0));
      return true;
    case N::this_expression_:
    case N::super_expression_:
      w_.skip(t_.child_of_type(n, raw(N::identifier_)));
      return true;
    case N::labeled_expression_: {
      // break@label: the label's name looks like the expression that is labelled.
      const std::string_view text = t_.text(n);
      if (text.starts_with("break@") || text.starts_with("continue@"))
        w_.skip(t_.child_of_type(n, raw(N::identifier_)));
      return true;
    }
    case N::return_expression_:
      w_.skip(t_.child(n, Field::label_));
      return true;
    case N::throw_expression_:
      if (const NodeIdx what = t_.named_child(n, 0);
          what != kNoNode && type_of(t_, what) == N::call_expression_)
        w_.role(what, RefRole::kCall, 255, ref_flag::kThrown);
      return true;
    default:
      return false;
  }
}

NodeIdx Extractor::without_prefix(NodeIdx n) const {
  while (n != kNoNode && type_of(t_, n) == N::unary_expression_) {
    const NodeIdx op = t_.child(n, Field::operator_);
    if (op == kNoNode || t_[op].begin != t_[n].begin) break;
    n = t_.child(n, Field::argument_);
  }
  return n;
}

NodeIdx Extractor::callee_of(NodeIdx call) const { return without_prefix(t_.named_child(call, 0)); }

void Extractor::enter_call(NodeIdx n) {
  const NodeIdx callee = callee_of(n);
  const NodeIdx arguments = t_.child_of_type(n, raw(N::value_arguments_));
  const NodeIdx lambda = t_.child_of_type(n, raw(N::annotated_lambda_));
  if (callee == kNoNode) return;
  const std::uint8_t flags = w_.hint(n).action == Hint::Action::kRole ? w_.hint(n).flags : 0;
  if (type_of(t_, callee) == N::call_expression_ && arguments == kNoNode && lambda != kNoNode) {
    // f(x) { } is one call: the lambda is its last argument.
    trailing_.insert(callee);
    w_.role(callee, RefRole::kCall, 255, flags);
    return;
  }
  unsigned count = lambda != kNoNode || trailing_.contains(n) ? 1 : 0;
  bool open_ended = false;
  if (arguments != kNoNode)
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) != N::value_argument_) continue;
      ++count;
      const NodeIdx first = t_.named_child(c, 0);
      open_ended = open_ended || (first != kNoNode && type_of(t_, first) == N::spread_expression_);
    }
  w_.role(callee, RefRole::kCall,
          open_ended || count > 254 ? 255 : static_cast<std::uint8_t>(count), flags);
}

bool Extractor::is_generic_call(NodeIdx binary) const {
  // f<T>(x) with one type and one argument reads like (f < T) > (x).
  const NodeIdx op = t_.child(binary, Field::operator_);
  const NodeIdx left = t_.child(binary, Field::left_);
  const NodeIdx right = t_.child(binary, Field::right_);
  if (op == kNoNode || left == kNoNode || right == kNoNode) return false;
  if (type_of(t_, op) != N::greater || type_of(t_, left) != N::binary_expression_) return false;
  const N shape = type_of(t_, right);
  if (shape != N::parenthesized_expression_ && shape != N::lambda_literal_) return false;
  const NodeIdx inner = t_.child(left, Field::operator_);
  const NodeIdx type = t_.child(left, Field::right_);
  if (inner == kNoNode || type == kNoNode || type_of(t_, inner) != N::less) return false;
  const std::string_view text = t_.text(type);
  const std::size_t dot = text.rfind('.');
  return (type_of(t_, type) == N::identifier_ || type_of(t_, type) == N::navigation_expression_) &&
         is_capitalised(dot == std::string_view::npos ? text : text.substr(dot + 1));
}

void Extractor::enter_binary(NodeIdx n) {
  if (!is_generic_call(n)) return;
  generic_calls_.insert(n);
  const NodeIdx left = t_.child(n, Field::left_);
  if (const NodeIdx callee = t_.child(left, Field::left_); callee != kNoNode)
    w_.role(callee, RefRole::kCall, 1);
  w_.role(t_.child(left, Field::right_), RefRole::kType, 255, ref_flag::kTypeArgument);
}

SymbolIdx Extractor::define_lambda(NodeIdx n, NodeIdx body) {
  const auto named = named_lambdas_.find(n);
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  s.definition = n;
  s.body = body;
  std::string name;
  std::string signature;
  if (named == named_lambdas_.end()) {
    name = w_.next_lambda_name();
    s.name_text = name;
    s.visibility = Visibility::kPrivate;
    s.flags = symbol_flag::kAnonymous;
    signature = "{ }";
    if (body != kNoNode)
      signature = type_of(t_, body) == N::lambda_parameters_
                      ? "{ " + w_.normalised(t_[body].begin, t_[body].end) + " -> }"
                      : w_.normalised(t_[n].begin, t_[body].begin);
  } else {
    const NodeIdx declaration = t_.parent(named->second);
    const NodeIdx property = t_.parent(declaration);
    const Modifiers m = read_modifiers(property);
    const NodeIdx around = t_.parent(property);
    const N place = around == kNoNode ? N::none : type_of(t_, around);
    s.name = named->second;
    s.definition = property;
    s.visibility = m.visibility;
    s.flags = m.flags;
    signature = w_.normalised(m.signature_begin, t_[declaration].end);
    if (place == N::class_body_ || place == N::enum_class_body_) {
      s.kind = SymbolKind::kMethod;
      s.declared_in = w_.symbol(w_.current_symbol()).scope;
    } else if (place != N::source_file_) {
      s.visibility = Visibility::kPrivate;
    }
  }
  s.signature = signature;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  w_.open(symbol, ScopeKind::kFunction, n, named == named_lambdas_.end() || w_.in_function());
  return symbol;
}

Extractor::LambdaUse Extractor::lambda_use(NodeIdx lambda) {
  LambdaUse use;
  NodeIdx call = t_.parent(lambda);
  if (call == kNoNode || type_of(t_, call) != N::annotated_lambda_) return use;
  call = t_.parent(call);
  NodeIdx callee = call == kNoNode ? kNoNode : callee_of(call);
  NodeIdx arguments = kNoNode;
  if (callee != kNoNode && type_of(t_, callee) == N::call_expression_) {
    arguments = t_.child_of_type(callee, raw(N::value_arguments_));
    callee = callee_of(callee);
  }
  if (callee == kNoNode) return use;
  const bool member = type_of(t_, callee) == N::navigation_expression_;
  if (!member && type_of(t_, callee) != N::identifier_) return use;
  const NodeIdx receiver = member ? without_prefix(t_.named_child(callee, 0)) : kNoNode;
  const NodeIdx name = member ? t_.named_child(callee, 1) : callee;
  if (name == kNoNode) return use;
  const std::string_view text = t_.text(name);
  use.no_parameter = is_one_of(kPassNothing, text);
  const ExprIdx value = w_.expr(receiver);
  if (member && is_one_of(kPassReceiver, text)) use.item = value;
  if (member && value != kNone && is_one_of(kPassItem, text))
    use.item = w_.add_expr(ExprKind::kElement, {}, value);
  if (member && (text == "apply" || text == "run")) use.receiver = value;
  if (!member && text == "with" && arguments != kNoNode) {
    const NodeIdx first = t_.named_child(arguments, 0);
    use.receiver = first == kNoNode ? kNone : w_.expr(first);
  }
  return use;
}

void Extractor::enter_lambda(NodeIdx n) {
  const NodeIdx list = t_.child_of_type(n, raw(N::lambda_parameters_));
  const LambdaUse use = lambda_use(n);
  const SymbolIdx symbol = define_lambda(n, list);
  if (use.receiver != kNone) lambda_receivers_[symbol] = use.receiver;
  unsigned position = 0;
  if (list != kNoNode) {
    for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
      if (!t_.is_named(c) || t_.is_comment(c)) continue;
      define_variables(c, 0, SymbolKind::kParameter, position);
      if (const auto local = locals_.find(c); local != locals_.end() && position == 0)
        w_.local(local->second).init = use.item;
      ++position;
    }
  } else if (!use.no_parameter) {
    // `it` has no declaration: the lambda's brace stands for it.
    graph::Local it;
    it.name = w_.intern("it");
    it.owner = symbol;
    it.scope = w_.current_scope();
    it.kind = SymbolKind::kParameter;
    it.position = 0;
    it.init = use.item;
    it.range = {t_.begin_of(n), t_.begin_of(n)};
    const auto index = static_cast<graph::LocalIdx>(w_.facts.body.locals.size());
    w_.facts.body.locals.push_back(it);
    w_.bind(it.scope, it.name, graph::BindKind::kLocal, index);
  }
  graph::Symbol& f = w_.symbol(symbol);
  f.metrics.parameters = static_cast<std::uint16_t>(position);
  f.min_args = static_cast<std::uint8_t>(std::min(position, 254u));
  f.max_args = list == kNoNode ? (use.no_parameter ? 0 : 1) : f.min_args;
}

void Extractor::enter_anonymous_function(NodeIdx n) {
  const SymbolIdx symbol = define_lambda(n, t_.child_of_type(n, raw(N::function_body_)));
  symbols_[n] = symbol;
  const NodeIdx list = t_.child_of_type(n, raw(N::function_value_parameters_));
  define_parameters(list, symbol);
  if (const NodeIdx result = type_after(list); result != kNoNode)
    w_.role(result, RefRole::kType, 255, ref_flag::kReturnType);
}

NodeIdx Extractor::annotation_type(NodeIdx annotation) const {
  NodeIdx at = t_.child_of_type(annotation, raw(N::constructor_invocation_));
  if (at == kNoNode) at = annotation;
  return t_.child_of_type(at, raw(N::user_type_));
}

std::string_view Extractor::annotation_name(NodeIdx annotation) const {
  const NodeIdx type = annotation_type(annotation);
  if (type == kNoNode) return {};
  std::string_view name;
  for (NodeIdx c = t_.first_child(type); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::identifier_) name = t_.text(c);
  return name;
}

void Extractor::enter_annotation(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind != N::constructor_invocation_ && kind != N::user_type_) continue;
    const NodeIdx arguments = t_.child_of_type(c, raw(N::value_arguments_));
    const unsigned count = arguments == kNoNode ? 0 : t_.named_child_count(arguments);
    w_.role(c, RefRole::kDecorate, static_cast<std::uint8_t>(std::min(254u, count)));
  }
}

std::uint32_t Extractor::annotation_flags(NodeIdx modifiers) const {
  static constexpr std::array<std::string_view, 6> kTests = {
      "Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Theory"};
  std::uint32_t flags = 0;
  if (modifiers == kNoNode) return flags;
  const NodeIdx owner = t_.parent(modifiers);
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::annotation_) continue;
    flags |= symbol_flag::kDecorated;
    const std::string_view name = annotation_name(c);
    if (name == "Deprecated") flags |= symbol_flag::kDeprecated;
    if (name == "Generated") flags |= symbol_flag::kGenerated;
    if (name == "JvmStatic") flags |= symbol_flag::kStatic;
    if (is_one_of(kTests, name) && type_of(t_, owner) == N::function_declaration_)
      flags |= symbol_flag::kTest;
  }
  return flags;
}

std::string_view Extractor::string_argument(NodeIdx arguments) const {
  // The first string among the arguments, in a list or not.
  if (arguments == kNoNode) return {};
  for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::value_argument_) continue;
    NodeIdx value = t_.named_child(c, t_.named_child_count(c) - 1);
    if (value != kNoNode && type_of(t_, value) == N::collection_literal_)
      value = t_.named_child(value, 0);
    if (value == kNoNode || type_of(t_, value) != N::string_literal_) continue;
    const NodeIdx content = t_.child_of_type(value, raw(N::string_content_));
    if (content != kNoNode) return t_.text(content);
  }
  return {};
}

void Extractor::note_route_prefix(NodeIdx modifiers, SymbolIdx type) {
  if (modifiers == kNoNode) return;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx call = t_.child_of_type(c, raw(N::constructor_invocation_));
    if (type_of(t_, c) != N::annotation_ || call == kNoNode) continue;
    if (annotation_name(c) == "RequestMapping")
      route_prefixes_[type] =
          std::string(string_argument(t_.child_of_type(call, raw(N::value_arguments_))));
  }
}

void Extractor::define_spring_routes(NodeIdx modifiers, NodeIdx name) {
  struct Mapping {
    std::string_view annotation;
    std::string_view verb;
  };
  static constexpr std::array<Mapping, 6> kMappings = {{{"GetMapping", "GET"},
                                                        {"PostMapping", "POST"},
                                                        {"PutMapping", "PUT"},
                                                        {"DeleteMapping", "DELETE"},
                                                        {"PatchMapping", "PATCH"},
                                                        {"RequestMapping", "ANY"}}};
  if (modifiers == kNoNode) return;
  for (NodeIdx c = t_.first_child(modifiers); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::annotation_) continue;
    const std::string_view annotation = annotation_name(c);
    for (const Mapping& mapping : kMappings) {
      if (mapping.annotation != annotation) continue;
      const NodeIdx call = t_.child_of_type(c, raw(N::constructor_invocation_));
      std::string path;
      if (const auto prefix = route_prefixes_.find(w_.current_symbol());
          prefix != route_prefixes_.end())
        path = prefix->second;
      if (call != kNoNode)
        path += string_argument(t_.child_of_type(call, raw(N::value_arguments_)));
      const SymbolIdx route = define_route(c, mapping.verb, path);
      graph::Ref& ref = w_.add_ref(name, RefRole::kValue);
      ref.owner = route;
      ref.flags |= ref_flag::kImplicit;
    }
  }
}

SymbolIdx Extractor::define_route(NodeIdx definition, std::string_view verb,
                                  std::string_view path) {
  std::string text(verb);
  text += ' ';
  if (!path.starts_with('/')) text += '/';
  text += path;
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = text;
  s.definition = definition;
  s.signature = text;
  s.visibility = Visibility::kPublic;
  return w_.define(s);
}

void Extractor::define_ktor_route(NodeIdx call, NodeIdx callee, NodeIdx lambda) {
  static constexpr std::array<std::string_view, 6> kVerbs = {"get",    "post",  "put",
                                                             "delete", "patch", "head"};
  if (type_of(t_, callee) != N::identifier_) return;
  const std::string_view name = t_.text(callee);
  if (!is_one_of(kVerbs, name)) return;
  const NodeIdx arguments = t_.parent(callee) == kNoNode
                                ? kNoNode
                                : t_.child_of_type(t_.parent(callee), raw(N::value_arguments_));
  const std::string_view path = string_argument(arguments);
  const ExprIdx handler = w_.expr(lambda);
  if (!path.starts_with('/') || handler == kNone) return;
  std::string verb(name);
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](char c) { return static_cast<char>(c - 32); });
  const SymbolIdx route = define_route(call, verb, path);
  // The handler has no name: its brace stands for it.
  const SymbolIdx target = w_.facts.face.exprs[handler].a;
  graph::Ref& ref = w_.add_ref(lambda, RefRole::kValue);
  ref.owner = route;
  ref.length = 1;
  ref.name = w_.symbol(target).name;
  ref.bind = graph::BindKind::kSymbol;
  ref.bound = target;
  ref.flags |= ref_flag::kImplicit;
}

}  // namespace cairn::indexer::syntax::kotlin
