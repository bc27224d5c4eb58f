#include "indexer/syntax/rust/extractor.h"

#include <algorithm>
#include <array>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/parse.h"

#define CAIRN_NODE_TABLE "indexer/syntax/rust/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_rust(void);

namespace cairn::indexer::syntax {
namespace rust {

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

std::uint16_t type(N n) { return static_cast<std::uint16_t>(n); }

/// Attributes the compiler itself explains: they name nothing that is defined anywhere.
bool is_builtin_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 48> kNames = {"allow",
                                                       "automatically_derived",
                                                       "bench",
                                                       "cfg",
                                                       "cfg_attr",
                                                       "cold",
                                                       "crate_name",
                                                       "crate_type",
                                                       "default",
                                                       "deny",
                                                       "deprecated",
                                                       "derive",
                                                       "doc",
                                                       "expect",
                                                       "export_name",
                                                       "feature",
                                                       "forbid",
                                                       "global_allocator",
                                                       "ignore",
                                                       "inline",
                                                       "link",
                                                       "link_name",
                                                       "link_section",
                                                       "macro_export",
                                                       "macro_use",
                                                       "must_use",
                                                       "naked",
                                                       "no_implicit_prelude",
                                                       "no_main",
                                                       "no_mangle",
                                                       "no_std",
                                                       "non_exhaustive",
                                                       "panic_handler",
                                                       "path",
                                                       "proc_macro",
                                                       "proc_macro_attribute",
                                                       "proc_macro_derive",
                                                       "recursion_limit",
                                                       "repr",
                                                       "rustfmt",
                                                       "should_panic",
                                                       "target_feature",
                                                       "test",
                                                       "track_caller",
                                                       "type_length_limit",
                                                       "unsafe",
                                                       "used",
                                                       "warn"};
  return std::binary_search(kNames.begin(), kNames.end(), name);
}

bool is_test_attribute(std::string_view path) {
  return path == "test" || path.ends_with("::test") || path == "rstest" || path == "test_case" ||
         path == "bench" || path == "quickcheck" || path == "wasm_bindgen_test";
}

/// The path of an impl's type without generics, references and lifetimes.
std::string qualifier_of(const SyntaxTree& t, NodeIdx n) {
  for (;;) {
    if (n == kNoNode) return {};
    switch (type_of(t, n)) {
      case N::reference_type_:
      case N::pointer_type_:
      case N::generic_type_:
        n = t.child(n, Field::type_);
        continue;
      case N::dynamic_type_:
        n = t.child(n, Field::trait_);
        continue;
      default: {
        std::string out;
        for (const char c : t.text(n))
          if (c != ' ' && c != '\n' && c != '\t' && c != '\r') out += c;
        if (const std::size_t generic = out.find('<'); generic != std::string::npos && generic > 0)
          out.resize(generic);
        return out;
      }
    }
  }
}

}  // namespace

void Extractor::enter(NodeIdx n) {
  const N kind = type_of(t_, n);
  if (kind == N::line_comment_ || kind == N::block_comment_) return see_comment(n);
  if (kind == N::attribute_item_ || kind == N::inner_attribute_item_) return enter_attribute(n);
  const bool after = above_.parent != kNoNode && above_.parent == t_.parent(n) && t_.is_named(n) &&
                     kind != N::visibility_modifier_;
  if (!enter_item(n)) enter_expression(n);
  if (after) above_ = Above{};
}

void Extractor::leave(NodeIdx n) {
  leave_item(n);
  leave_expression(n);
}

void Extractor::see_comment(NodeIdx n) {
  const std::string_view text = t_.text(n);
  if (text.starts_with("//!") || text.starts_with("/*!")) {
    if (w_.symbol(w_.current_symbol()).doc_line == 0)
      w_.symbol(w_.current_symbol()).doc_line = t_[n].row + 1;
    return;
  }
  const bool doc = (text.starts_with("///") && !text.starts_with("////")) ||
                   (text.starts_with("/**") && !text.starts_with("/***") && text != "/**/");
  if (!doc) return;
  if (above_.parent != t_.parent(n)) {
    above_ = Above{};
    above_.parent = t_.parent(n);
  }
  if (above_.doc_row == 0) above_.doc_row = t_[n].row + 1;
}

void Extractor::enter_attribute(NodeIdx n) {
  const bool inner = type_of(t_, n) == N::inner_attribute_item_;
  if (!inner && above_.parent != t_.parent(n)) {
    above_ = Above{};
    above_.parent = t_.parent(n);
  }
  if (!inner && above_.first == kNoNode) {
    above_.first = n;
    above_.first_ref = static_cast<std::uint32_t>(w_.facts.body.refs.size());
  }
  const NodeIdx attribute = t_.child_of_type(n, type(N::attribute_));
  const NodeIdx path = attribute == kNoNode ? kNoNode : t_.first_child(attribute);
  if (path == kNoNode) return;
  const std::string_view name = t_.text(path);
  const NodeIdx arguments = t_.child(attribute, Field::arguments_);
  if (name == "derive" && arguments != kNoNode) {
    for (NodeIdx c = t_.first_child(arguments); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) != N::identifier_) continue;
      // Of a path only the last part is the derived trait.
      const std::uint32_t end = t_[c].end;
      const std::string_view rest = t_.source.substr(end, t_[arguments].end - end);
      const std::size_t next = rest.find_first_not_of(" \t\r\n");
      if (next != std::string_view::npos && rest.substr(next).starts_with("::")) continue;
      w_.add_ref(c, RefRole::kDecorate);
    }
  }
  if (is_test_attribute(name)) above_.flags |= symbol_flag::kTest;
  if (name == "deprecated") above_.flags |= symbol_flag::kDeprecated;
  if (arguments != kNoNode && name == "cfg" && t_.text(arguments) == "(test)")
    above_.flags |= symbol_flag::kTest;
  if (type_of(t_, path) == N::identifier_) {
    w_.skip(path);
    if (!is_builtin_attribute(name)) w_.add_ref(path, RefRole::kDecorate);
  } else {
    w_.role(path, RefRole::kDecorate);
  }
}

NodeIdx Extractor::container(NodeIdx n) const {
  const NodeIdx list = t_.parent(n);
  return list != kNoNode && type_of(t_, list) == N::declaration_list_ ? t_.parent(list) : kNoNode;
}

const Extractor::Impl* Extractor::enclosing_impl(NodeIdx n) const {
  return !impls_.empty() && impls_.back().node == container(n) && impls_.back().node != kNoNode
             ? &impls_.back()
             : nullptr;
}

Visibility Extractor::visibility(NodeIdx n) const {
  const NodeIdx modifier = t_.child_of_type(n, type(N::visibility_modifier_));
  if (modifier != kNoNode)
    return t_.text(modifier) == "pub" ? Visibility::kPublic : Visibility::kPackage;
  if (const Impl* impl = enclosing_impl(n))
    return impl->of_trait ? Visibility::kPublic : Visibility::kPrivate;
  const NodeIdx around = container(n);
  const bool in_trait = around != kNoNode && type_of(t_, around) == N::trait_item_;
  const bool in_variant = type_of(t_, n) == N::field_declaration_ &&
                          w_.symbol(w_.current_symbol()).kind == SymbolKind::kEnumMember;
  return in_trait || in_variant || type_of(t_, n) == N::enum_variant_ ? Visibility::kPublic
                                                                      : Visibility::kPrivate;
}

SymbolIdx Extractor::define_item(NodeIdx n, NewSymbol s) {
  s.definition = n;
  s.visibility = visibility(n);
  if (s.visibility == Visibility::kPublic &&
      t_.child_of_type(n, type(N::visibility_modifier_)) != kNoNode)
    s.flags |= symbol_flag::kExported;
  const bool decorated = above_.parent == t_.parent(n);
  if (decorated) s.flags |= above_.flags;
  const SymbolIdx symbol = w_.define(s);
  graph::Symbol& row = w_.symbol(symbol);
  row.doc_line = decorated ? above_.doc_row : 0;
  if (decorated && above_.first != kNoNode) {
    row.range.begin = t_.begin_of(above_.first);
    row.flags |= symbol_flag::kDecorated;
    for (std::size_t i = above_.first_ref; i < w_.facts.body.refs.size(); ++i)
      w_.facts.body.refs[i].owner = symbol;
  }
  if (const Impl* impl = enclosing_impl(n)) row.qualifier = w_.intern(impl->qualifier);
  w_.skip(s.name);
  return symbol;
}

bool Extractor::enter_item(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::mod_item_:
      enter_mod(n);
      return true;
    case N::struct_item_:
      enter_type(n, SymbolKind::kStruct);
      return true;
    case N::enum_item_:
      enter_type(n, SymbolKind::kEnum);
      return true;
    case N::union_item_:
      enter_type(n, SymbolKind::kUnion);
      return true;
    case N::trait_item_:
      enter_type(n, SymbolKind::kTrait);
      return true;
    case N::enum_variant_:
      enter_variant(n);
      return true;
    case N::field_declaration_:
      enter_field(n);
      return true;
    case N::impl_item_:
      enter_impl(n);
      return true;
    case N::function_item_:
    case N::function_signature_item_:
      enter_function(n);
      return true;
    case N::const_item_:
      enter_value_item(n, SymbolKind::kConstant);
      return true;
    case N::static_item_:
      enter_value_item(n, SymbolKind::kVariable);
      return true;
    case N::type_item_:
    case N::associated_type_:
      enter_value_item(n, SymbolKind::kTypeAlias);
      return true;
    case N::macro_definition_:
      enter_macro_definition(n);
      return true;
    case N::type_parameters_:
      enter_type_parameters(n);
      return true;
    case N::use_declaration_:
    case N::extern_crate_declaration_:
      enter_use(n);
      return true;
    default:
      return false;
  }
}

void Extractor::enter_mod(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const NodeIdx body = t_.child(n, Field::body_);
  if (body != kNoNode) {
    NewSymbol s;
    s.kind = SymbolKind::kNamespace;
    s.name = name;
    s.body = body;
    const SymbolIdx symbol = define_item(n, s);
    w_.open(symbol, ScopeKind::kNamespace, n);
    return;
  }
  // `mod x;` binds the module of another file.
  graph::Import import;
  import.kind = graph::ImportKind::kModule;
  import.module = w_.intern_node(name);
  import.name = w_.intern("mod");
  import.alias = import.module;
  import.scope = w_.current_scope();
  import.reexport = visibility(n) != Visibility::kPrivate;
  import.range = t_.range(name);
  w_.skip(name);
  const auto index = w_.add_import(import);
  graph::Ref& ref = w_.add_ref(name, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
}

void Extractor::enter_type(NodeIdx n, SymbolKind kind) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = kind;
  s.name = name;
  s.body = t_.child(n, Field::body_);
  if (kind == SymbolKind::kTrait) s.flags |= symbol_flag::kAbstract;
  const SymbolIdx symbol = define_item(n, s);
  items_.emplace(n, symbol);
  if (t_.child(n, Field::type_parameters_) != kNoNode) w_.open_scope(ScopeKind::kBlock, n);
  w_.open(symbol, ScopeKind::kType, n);
  if (const NodeIdx bounds = t_.child(n, Field::bounds_); bounds != kNoNode)
    for (NodeIdx c = t_.first_child(bounds); c != kNoNode; c = t_.next_sibling(c))
      w_.role(c, RefRole::kInherit, 255, ref_flag::kImplementsClause);
}

/// Tuple fields have no names: `.0` is no reference, so they are no symbols.
void Extractor::enter_field(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  items_.emplace(n, define_item(n, s));
}

void Extractor::enter_variant(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  const SymbolIdx symbol = define_item(n, s);
  const NodeIdx body = t_.child(n, Field::body_);
  if (body == kNoNode || type_of(t_, body) != N::field_declaration_list_) return;
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_impl(NodeIdx n) {
  Impl impl;
  impl.node = n;
  impl.type = t_.child(n, Field::type_);
  const NodeIdx trait = t_.child(n, Field::trait_);
  impl.of_trait = trait != kNoNode;
  impl.qualifier = qualifier_of(t_, impl.type);
  // impl<T> Trait for T: what T stands for is every type, and none in particular.
  if (const NodeIdx parameters = t_.child(n, Field::type_parameters_); parameters != kNoNode)
    for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c))
      if (const NodeIdx name = t_.child(c, Field::name_);
          name != kNoNode && t_.text(name) == impl.qualifier) {
        impl.qualifier = "<" + impl.qualifier + ">";
        break;
      }
  impls_.push_back(std::move(impl));
  w_.open_scope(ScopeKind::kBlock, n);
  w_.open_scope(ScopeKind::kType, n);
  w_.role(trait, RefRole::kInherit, 255, ref_flag::kImplementsClause);
}

void Extractor::enter_function(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const NodeIdx around = container(n);
  const bool in_trait = around != kNoNode && type_of(t_, around) == N::trait_item_;
  const Impl* impl = enclosing_impl(n);
  NewSymbol s;
  s.kind = in_trait || impl != nullptr ? SymbolKind::kMethod : SymbolKind::kFunction;
  s.name = name;
  s.body = t_.child(n, Field::body_);
  if (s.body == kNoNode) s.flags |= in_trait ? symbol_flag::kAbstract : symbol_flag::kDeclaration;
  if (impl != nullptr && impl->of_trait) s.flags |= symbol_flag::kOverride;
  const NodeIdx modifiers = t_.child_of_type(n, type(N::function_modifiers_));
  if (modifiers != kNoNode && t_.child_of_type(modifiers, type(N::kw_async)) != kNoNode)
    s.flags |= symbol_flag::kAsync;
  if (impl == nullptr && w_.current_scope() == 0 && t_.text(name) == "main")
    s.flags |= symbol_flag::kEntryPoint;
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  bool receiver = false;
  if (parameters != kNoNode) {
    receiver = t_.child_of_type(parameters, type(N::self_parameter_)) != kNoNode;
    const NodeIdx first = t_.child_of_type(parameters, type(N::parameter_));
    if (!receiver && first != kNoNode) {
      const NodeIdx pattern = t_.child(first, Field::pattern_);
      receiver = pattern != kNoNode && type_of(t_, pattern) == N::self_;
    }
  }
  if (s.kind == SymbolKind::kMethod && !receiver) s.flags |= symbol_flag::kStatic;
  const SymbolIdx symbol = define_item(n, s);
  items_.emplace(n, symbol);
  w_.open(symbol, ScopeKind::kFunction, n);
  if (parameters != kNoNode) enter_parameters(parameters, symbol);
  w_.role(t_.child(n, Field::return_type_), RefRole::kType, 255, ref_flag::kReturnType);
}

void Extractor::enter_parameters(NodeIdx list, SymbolIdx function) {
  std::uint8_t count = 0;
  bool variadic = false;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (!t_.is_named(c) || t_.is_comment(c)) continue;
    const N kind = type_of(t_, c);
    if (kind == N::attribute_item_ || kind == N::self_parameter_) continue;
    if (kind == N::variadic_parameter_) {
      variadic = true;
      continue;
    }
    const NodeIdx pattern = kind == N::parameter_ ? t_.child(c, Field::pattern_) : kNoNode;
    if (pattern != kNoNode && type_of(t_, pattern) == N::self_) continue;
    if (pattern != kNoNode)
      define_pattern(pattern, w_.current_scope(), SymbolKind::kParameter, 0, count);
    if (count < 254) ++count;
  }
  graph::Symbol& f = w_.symbol(function);
  f.metrics.parameters = count;
  f.min_args = count;
  f.max_args = variadic ? 255 : count;
}

void Extractor::enter_value_item(NodeIdx n, SymbolKind kind) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = kind;
  s.name = name;
  if (kind == SymbolKind::kConstant || kind == SymbolKind::kVariable) {
    s.body = t_.child(n, Field::value_);
    // Without the "=".
    const std::uint32_t end = s.body != kNoNode ? t_[s.body].begin : t_[n].end;
    std::string signature = w_.normalised(t_[n].begin, end);
    while (!signature.empty() &&
           (signature.back() == ' ' || signature.back() == '=' || signature.back() == ';'))
      signature.pop_back();
    s.signature = w_.str(w_.intern(signature));
    s.flags |= kind == SymbolKind::kConstant ? symbol_flag::kConst : symbol_flag::kStatic;
    if (t_.child_of_type(n, type(N::mutable_specifier_)) == kNoNode) s.flags |= symbol_flag::kConst;
  }
  const NodeIdx around = container(n);
  if (around != kNoNode && type_of(t_, around) == N::trait_item_ &&
      t_.child(n, Field::value_) == kNoNode)
    s.flags |= symbol_flag::kAbstract;
  items_.emplace(n, define_item(n, s));
  if (t_.child(n, Field::type_parameters_) != kNoNode) w_.open_scope(ScopeKind::kBlock, n);
}

void Extractor::enter_macro_definition(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kMacro;
  s.name = name;
  const std::string signature = "macro_rules! " + std::string(t_.text(name));
  s.signature = signature;
  define_item(n, s);
}

void Extractor::enter_type_parameters(NodeIdx n) {
  ScopeIdx scope = w_.current_scope();
  if (w_.scope(scope).kind == ScopeKind::kType) scope = w_.scope(scope).parent;
  const ScopeKind kind = w_.scope(scope).kind;
  if (kind != ScopeKind::kBlock && kind != ScopeKind::kFunction) return;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N what = type_of(t_, c);
    if (what != N::type_parameter_ && what != N::const_parameter_) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    if (name == kNoNode) continue;
    defined_[name] = w_.define_local(SymbolKind::kTypeParameter, name, scope);
    w_.skip(name);
  }
}

void Extractor::enter_use(NodeIdx n) {
  graph::Import import;
  import.kind = graph::ImportKind::kName;
  import.scope = w_.current_scope();
  const NodeIdx modifier = t_.child_of_type(n, type(N::visibility_modifier_));
  import.reexport = modifier != kNoNode;
  if (type_of(t_, n) == N::extern_crate_declaration_) {
    const NodeIdx name = t_.child(n, Field::name_);
    if (name == kNoNode) return;
    const NodeIdx alias = t_.child(n, Field::alias_);
    w_.skip(alias);
    return use_leaf(name, alias, "", kNone, import);
  }
  const NodeIdx argument = t_.child(n, Field::argument_);
  if (argument == kNoNode) return;
  // Every name below is a reference made here.
  for (NodeIdx c = argument; c < t_[argument].next; ++c) w_.skip(c);
  struct Open {
    NodeIdx node;
    std::string prefix;
    ExprIdx expr;
  };
  std::vector<Open> open{{argument, "", kNone}};
  while (!open.empty()) {
    const Open at = std::move(open.back());
    open.pop_back();
    switch (type_of(t_, at.node)) {
      case N::scoped_use_list_: {
        ExprIdx e = at.expr;
        const std::string prefix = use_path(t_.child(at.node, Field::path_), at.prefix, e, true);
        if (const NodeIdx list = t_.child(at.node, Field::list_); list != kNoNode)
          open.push_back({list, prefix, e});
        break;
      }
      case N::use_list_: {
        const std::size_t first = open.size();
        for (NodeIdx c = t_.first_child(at.node); c != kNoNode; c = t_.next_sibling(c))
          if (t_.is_named(c) && !t_.is_comment(c)) open.push_back({c, at.prefix, at.expr});
        std::reverse(open.begin() + static_cast<std::ptrdiff_t>(first), open.end());
        break;
      }
      case N::use_wildcard_: {
        ExprIdx e = at.expr;
        const NodeIdx path = t_.named_child(at.node, 0);
        import.module = w_.intern(use_path(path, at.prefix, e, true));
        graph::Import wildcard = import;
        wildcard.kind = graph::ImportKind::kWildcard;
        wildcard.range = t_.range(path != kNoNode ? path : at.node);
        w_.add_import(wildcard);
        break;
      }
      case N::use_as_clause_:
        use_leaf(t_.child(at.node, Field::path_), t_.child(at.node, Field::alias_), at.prefix,
                 at.expr, import);
        break;
      default:
        use_leaf(at.node, kNoNode, at.prefix, at.expr, import);
    }
  }
}

/// Text of `prefix::path`, with a reference for each segment that is no keyword; the last one only
/// when `leaf_too`. `e` becomes the expression of what the text names.
std::string Extractor::use_path(NodeIdx path, std::string prefix, ExprIdx& e, bool leaf_too) {
  std::vector<NodeIdx> segments;
  bool absolute = false;
  while (path != kNoNode && type_of(t_, path) == N::scoped_identifier_) {
    segments.push_back(t_.child(path, Field::name_));
    const NodeIdx next = t_.child(path, Field::path_);
    absolute = next == kNoNode;
    path = next;
  }
  if (path != kNoNode) segments.push_back(path);
  if (absolute) prefix = "::";
  for (std::size_t i = segments.size(); i-- > 0;) {
    const NodeIdx s = segments[i];
    if (s == kNoNode) continue;
    const std::string_view text = t_.text(s);
    if (i == 0 && !leaf_too) break;
    if (type_of(t_, s) == N::identifier_)
      w_.add_ref(s, RefRole::kImport, e, 255,
                 e == kNone && prefix.empty()
                     ? std::uint8_t{0}
                     : static_cast<std::uint8_t>(ref_flag::kHasReceiver | ref_flag::kTypeSide));
    e = e == kNone ? w_.add_name(text) : w_.add_expr(ExprKind::kMember, text, e);
    if (!prefix.empty() && !prefix.ends_with("::")) prefix += "::";
    prefix += text;
  }
  return prefix;
}

void Extractor::use_leaf(NodeIdx path, NodeIdx alias, const std::string& prefix,
                         ExprIdx prefix_expr, graph::Import import) {
  if (path == kNoNode) return;
  ExprIdx e = prefix_expr;
  std::string module = use_path(path, prefix, e, false);
  const bool scoped = type_of(t_, path) == N::scoped_identifier_;
  const NodeIdx leaf = scoped ? t_.child(path, Field::name_) : path;
  if (leaf == kNoNode) return;
  std::string_view name = t_.text(leaf);
  if (type_of(t_, leaf) == N::self_ && !module.empty()) {
    // `a::b::{self}` is `a::b`.
    const std::size_t last = module.rfind("::");
    name = w_.str(w_.intern(last == std::string::npos ? std::string_view(module)
                                                      : std::string_view(module).substr(last + 2)));
    module.resize(last == std::string::npos ? 0 : last);
  }
  import.module = w_.intern(module);
  import.name = w_.intern(name);
  import.alias = alias != kNoNode ? w_.intern_node(alias) : import.name;
  if (w_.str(import.alias) == "_") import.alias = 0;  // in scope without a name
  import.range = t_.range(leaf);
  w_.skip(leaf);
  const auto index = w_.add_import(import);
  if (type_of(t_, leaf) != N::identifier_) return;
  graph::Ref& ref = w_.add_ref(leaf, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
}

void Extractor::add_bounds(NodeIdx bounds, SymbolIdx symbol) {
  if (bounds == kNoNode) return;
  for (NodeIdx c = t_.first_child(bounds); c != kNoNode; c = t_.next_sibling(c))
    if (const ExprIdx e = w_.expr(c); e != kNone)
      w_.add_super(symbol, e, graph::SuperKind::kExtends);
}

void Extractor::type_parameter_bounds(NodeIdx name, NodeIdx bounds) {
  if (name == kNoNode || bounds == kNoNode) return;
  graph::LocalIdx local = kNone;
  if (const auto at = defined_.find(name); at != defined_.end()) {
    local = at->second;
  } else if (type_of(t_, name) == N::type_identifier_) {
    for (ScopeIdx s = w_.current_scope(); s != kNone && local == kNone; s = w_.scope(s).parent)
      local = w_.find_local(s, t_.text(name));
  }
  if (local == kNone || w_.local(local).kind != SymbolKind::kTypeParameter) return;
  std::vector<ExprIdx> types;
  if (w_.local(local).type != kNone) types.push_back(w_.local(local).type);
  for (NodeIdx c = t_.first_child(bounds); c != kNoNode; c = t_.next_sibling(c))
    if (const ExprIdx e = w_.expr(c); e != kNone) types.push_back(e);
  if (types.empty()) return;
  w_.local(local).type =
      types.size() == 1 ? types[0] : w_.add_expr(ExprKind::kUnion, {}, kNone, w_.add_list(types));
}

void Extractor::leave_item(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::function_item_:
    case N::function_signature_item_:
      if (const auto item = items_.find(n); item != items_.end()) {
        w_.symbol(item->second).type = w_.expr(t_.child(n, Field::return_type_));
        if (const NodeIdx body = t_.child(n, Field::body_); body != kNoNode)
          w_.add_return(block_value(body));
      }
      return;
    case N::const_item_:
    case N::static_item_:
    case N::field_declaration_:
    case N::type_item_:
    case N::associated_type_:
      if (const auto item = items_.find(n); item != items_.end()) {
        graph::Symbol& s = w_.symbol(item->second);
        s.type = w_.expr(t_.child(n, Field::type_));
        s.init = w_.expr(t_.child(n, Field::value_));
        if (type_of(t_, n) == N::associated_type_)
          if (const NodeIdx bounds = t_.child(n, Field::bounds_); bounds != kNoNode)
            s.type = w_.expr(t_.named_child(bounds, 0));
      }
      return;
    case N::trait_item_:
      if (const auto item = items_.find(n); item != items_.end())
        add_bounds(t_.child(n, Field::bounds_), item->second);
      return;
    case N::impl_item_: {
      if (impls_.empty() || impls_.back().node != n) return;
      graph::Super super;
      super.subject = w_.expr(impls_.back().type);
      super.type = w_.expr(t_.child(n, Field::trait_));
      super.kind = graph::SuperKind::kImplements;
      if (super.subject != kNone && super.type != kNone) w_.facts.face.supers.push_back(super);
      impls_.pop_back();
      return;
    }
    case N::type_parameter_:
      return type_parameter_bounds(t_.child(n, Field::name_), t_.child(n, Field::bounds_));
    case N::where_predicate_:
      return type_parameter_bounds(t_.child(n, Field::left_), t_.child(n, Field::bounds_));
    default:
      return;
  }
}

}  // namespace rust

namespace {

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_expression_:
      return MetricClass::kIf;
    case N::else_clause_:
      return MetricClass::kElse;
    case N::for_expression_:
    case N::while_expression_:
    case N::loop_expression_:
      return MetricClass::kLoop;
    case N::match_expression_:
      return MetricClass::kSwitch;
    case N::match_arm_: {
      const NodeIdx pattern = tree.child(n, Field::pattern_);
      return pattern != kNoNode && tree.text(pattern) == "_" ? MetricClass::kNone
                                                             : MetricClass::kCase;
    }
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    case N::break_expression_:
    case N::continue_expression_:
      return tree.child_of_type(n, static_cast<std::uint16_t>(N::label_)) != kNoNode
                 ? MetricClass::kJump
                 : MetricClass::kNone;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  const NodeIdx op = tree.child(n, Field::operator_);
  if (op == kNoNode) return BooleanOp::kNone;
  if (type_of(tree, op) == N::op_and) return BooleanOp::kAnd;
  return type_of(tree, op) == N::op_or ? BooleanOp::kOr : BooleanOp::kNone;
}

void extract_rust(FileWalk& walk) {
  rust::Extractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& rust_def() {
  static const LanguageDef def{graph::Language::kRust,
                               tree_sitter_rust,
                               kNodeNames,
                               {metric_class, boolean_op},
                               extract_rust};
  return def;
}

}  // namespace cairn::indexer::syntax
