// Namespaces, types, members, locals and routes.
#include <algorithm>
#include <array>

#include "base/hash.h"
#include "indexer/syntax/csharp/names.h"

namespace cairn::indexer::syntax::csharp {
namespace {

constexpr std::array<std::string_view, 10> kTestAttributes = {
    "Fact",       "Theory",         "Test",          "TestCase",        "TestCaseSource",
    "TestMethod", "DataTestMethod", "SkippableFact", "SkippableTheory", "Property"};

bool is_test_namespace(std::string_view name) {
  return name == "Xunit" || name.starts_with("Xunit.") || name.starts_with("NUnit.") ||
         name.starts_with("Microsoft.VisualStudio.TestTools");
}

/// The last name of an attribute without its suffix: "Xunit.FactAttribute" -> "Fact".
std::string_view attribute_name(std::string_view text) {
  if (const std::size_t dot = text.rfind('.'); dot != std::string_view::npos)
    text.remove_prefix(dot + 1);
  if (text.size() > 9 && text.ends_with("Attribute")) text.remove_suffix(9);
  return text;
}

bool is_interface_name(std::string_view name) {
  return name.size() > 1 && name[0] == 'I' && name[1] >= 'A' && name[1] <= 'Z';
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

}  // namespace

ScopeIdx Extractor::outer_scope() const {
  // Types and members are bound in the nearest namespace, type or file scope.
  ScopeIdx s = w_.current_scope();
  while (w_.scope(s).kind == ScopeKind::kFunction || w_.scope(s).kind == ScopeKind::kBlock)
    s = w_.scope(s).parent;
  return s;
}

void Extractor::read_attributes(NodeIdx list, Modifiers& out) {
  out.flags |= symbol_flag::kDecorated;
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::attribute_) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    if (name == kNoNode) continue;
    const std::string_view text = attribute_name(t_.text(name));
    if (text == "Obsolete") out.flags |= symbol_flag::kDeprecated;
    for (const std::string_view test : kTestAttributes) out.is_test = out.is_test || test == text;
  }
}

Modifiers Extractor::read_modifiers(NodeIdx definition) {
  Modifiers out;
  bool is_protected = false;
  bool is_private = false;
  bool is_internal = false;
  for (NodeIdx c = t_.first_child(definition); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    if (kind == N::attribute_list_) read_attributes(c, out);
    if (kind != N::modifier_) continue;
    const std::string_view m = t_.text(c);
    if (m == "public")
      out.visibility = Visibility::kPublic;
    else if (m == "private")
      is_private = true;
    else if (m == "protected")
      is_protected = true;
    else if (m == "internal")
      is_internal = true;
    else if (m == "file")
      out.visibility = Visibility::kFile;
    else if (m == "static")
      out.flags |= symbol_flag::kStatic;
    else if (m == "abstract")
      out.flags |= symbol_flag::kAbstract | symbol_flag::kVirtual;
    else if (m == "virtual")
      out.flags |= symbol_flag::kVirtual;
    else if (m == "override")
      out.flags |= symbol_flag::kOverride;
    else if (m == "sealed")
      out.flags |= symbol_flag::kFinal;
    else if (m == "async")
      out.flags |= symbol_flag::kAsync;
    else if (m == "partial")
      out.flags |= symbol_flag::kMergeable;
    else if (m == "readonly")
      out.flags |= symbol_flag::kConst;
    else if (m == "extern")
      out.is_extern = true;
    else if (m == "const") {
      out.is_const = true;
      out.flags |= symbol_flag::kConst | symbol_flag::kStatic;
    }
  }
  if (is_protected)
    out.visibility = is_private ? Visibility::kPrivate : Visibility::kProtected;
  else if (is_private)
    out.visibility = Visibility::kPrivate;
  else if (is_internal)
    out.visibility = Visibility::kPackage;
  if (out.visibility == Visibility::kUnknown) {
    const bool member = w_.scope(outer_scope()).kind == ScopeKind::kType;
    const SymbolIdx type = w_.scope(outer_scope()).owner;
    const bool open = member && (w_.symbol(type).kind == SymbolKind::kInterface ||
                                 w_.symbol(type).kind == SymbolKind::kEnum);
    out.visibility = open     ? Visibility::kPublic
                     : member ? Visibility::kPrivate
                              : Visibility::kPackage;
  }
  if (conditional_ > 0) out.flags |= symbol_flag::kConditional;
  return out;
}

void Extractor::enter_using(NodeIdx n) {
  const NodeIdx alias = t_.child(n, Field::name_);
  NodeIdx target = kNoNode;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c) && c != alias) target = c;
  w_.skip(alias);
  if (target == kNoNode) return;
  const std::string_view text = t_.text(n);
  graph::Import import;
  import.scope = outer_scope();
  import.reexport = text.starts_with("global");
  import.conditional = conditional_ > 0;
  NodeIdx last = target;
  while (at(last, id(N::qualified_name_)) || at(last, id(N::alias_qualified_name_)) ||
         at(last, id(N::generic_name_))) {
    const NodeIdx inner =
        at(last, id(N::generic_name_)) ? t_.first_child(last) : t_.child(last, Field::name_);
    if (inner == kNoNode) return;
    last = inner;
  }
  if (!at(last, id(N::identifier_))) return;  // an alias of a tuple or array type
  std::string written = w_.normalised(t_[target].begin, t_[last].end);
  if (written.starts_with("global::")) written.erase(0, 8);
  import.range = t_.range(last);
  if (alias != kNoNode) {
    const std::size_t dot = written.rfind('.');
    import.kind = dot == std::string::npos ? graph::ImportKind::kModule : graph::ImportKind::kName;
    import.module = w_.intern(dot == std::string::npos ? std::string_view(written)
                                                       : std::string_view(written).substr(0, dot));
    if (dot != std::string::npos) import.name = w_.intern_node(last);
    import.alias = w_.intern_node(alias);
  } else {
    import.kind = graph::ImportKind::kWildcard;
    import.module = w_.intern(written);
    const std::size_t word = text.find("using");
    import.is_static =
        word != std::string_view::npos &&
        text.substr(word + 5, t_[target].begin - t_[n].begin - word - 5).find("static") !=
            std::string_view::npos;
    if (is_test_namespace(written)) w_.facts.face.is_test = true;
  }
  const auto index = w_.add_import(import);
  w_.skip(last);
  graph::Ref& ref = w_.add_ref(last, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
}

void Extractor::enter_namespace(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const bool whole_file = type_of(t_, n) == N::file_scoped_namespace_declaration_;
  if (w_.facts.face.package == 0)
    w_.facts.face.package = w_.intern(w_.normalised(t_[name].begin, t_[name].end));
  for (NodeIdx c = name; c < t_[name].next; ++c) {
    if (type_of(t_, c) != N::identifier_) continue;
    NewSymbol s;
    s.kind = SymbolKind::kNamespace;
    s.name = c;
    s.definition = n;
    s.body = t_.child(n, Field::body_);
    s.visibility = Visibility::kPublic;
    s.flags = symbol_flag::kMergeable;
    const std::string signature = w_.normalised(t_[n].begin, t_[name].end);
    s.signature = signature;
    w_.skip(c);
    const SymbolIdx symbol = w_.define(s);
    // A file-scoped namespace holds what follows it, its siblings in the tree.
    w_.open(symbol, ScopeKind::kNamespace, whole_file ? 0 : n);
  }
}

void Extractor::declare_type_parameters(NodeIdx definition, ScopeIdx scope, SymbolIdx owner) {
  NodeIdx list = t_.child(definition, Field::type_parameters_);
  if (list == kNoNode) list = t_.child_of_type(definition, id(N::type_parameter_list_));
  for (NodeIdx c = list == kNoNode ? kNoNode : t_.first_child(list); c != kNoNode;
       c = t_.next_sibling(c)) {
    const NodeIdx name = t_.child(c, Field::name_);
    if (type_of(t_, c) != N::type_parameter_ || name == kNoNode) continue;
    const auto local = w_.define_local(SymbolKind::kTypeParameter, name, scope);
    w_.local(local).owner = owner;
    w_.skip(name);
  }
}

void Extractor::enter_type(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const N kind = type_of(t_, n);
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  const bool record_struct =
      kind == N::record_declaration_ && t_.child_of_type(n, id(N::kw_struct)) != kNoNode;
  s.kind = kind == N::interface_declaration_                 ? SymbolKind::kInterface
           : kind == N::struct_declaration_ || record_struct ? SymbolKind::kStruct
           : kind == N::enum_declaration_                    ? SymbolKind::kEnum
                                                             : SymbolKind::kClass;
  s.name = name;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  std::string signature =
      w_.normalised(t_[n].begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  if (signature.ends_with(';')) signature.pop_back();
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  s.declared_in = outer_scope();
  w_.skip(name);
  const SymbolIdx symbol = w_.define(s);
  const ScopeIdx around = w_.open_scope(ScopeKind::kBlock, n);  // type and constructor parameters
  declare_type_parameters(n, around, symbol);
  w_.open(symbol, ScopeKind::kType, n);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::base_list_) enter_bases(c);
    if (type_of(t_, c) != N::parameter_list_) continue;
    if (kind == N::record_declaration_)
      define_positional(c, symbol);
    else
      declare_parameters(c, symbol, around, true);
  }
  // [Route("api/x")] on a controller goes before the routes of its methods.
  route_prefix_ = {};
  for (NodeIdx c = t_.first_child(n); at(c, id(N::attribute_list_)); c = t_.next_sibling(c)) {
    for (NodeIdx a = t_.first_child(c); a != kNoNode; a = t_.next_sibling(a)) {
      const NodeIdx what = t_.child(a, Field::name_);
      if (what == kNoNode || attribute_name(t_.text(what)) != "Route") continue;
      for (NodeIdx k = a; k < t_[a].next; ++k)
        if (type_of(t_, k) == N::string_literal_content_) route_prefix_ = t_.text(k);
    }
  }
}

void Extractor::define_positional(NodeIdx list, SymbolIdx type) {
  // The parameters of a record are its properties.
  for (NodeIdx c = t_.first_child(list); c != kNoNode; c = t_.next_sibling(c)) {
    const NodeIdx name = t_.child(c, Field::name_);
    if (type_of(t_, c) != N::parameter_ || name == kNoNode) continue;
    NewSymbol s;
    s.kind = SymbolKind::kField;
    s.name = name;
    s.definition = c;
    s.parent = type;
    s.visibility = Visibility::kPublic;
    s.flags = symbol_flag::kProperty;
    w_.skip(name);
    declared_[name] = w_.define(s) | kDeclaredSymbol;
  }
}

void Extractor::enter_bases(NodeIdx n) {
  const SymbolKind kind = w_.symbol(w_.current_symbol()).kind;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N type = type_of(t_, c);
    if (!t_.is_named(c) || t_.is_comment(c) || type == N::argument_list_) continue;
    const NodeIdx base = type == N::primary_constructor_base_type_ ? t_.child(c, Field::type_) : c;
    if (base == kNoNode) continue;
    const bool implements =
        kind == SymbolKind::kStruct ||
        (kind == SymbolKind::kClass && is_interface_name(attribute_name(t_.text(base))));
    w_.role(base, RefRole::kInherit, 255,
            implements ? ref_flag::kImplementsClause : std::uint8_t{0});
  }
}

void Extractor::enter_delegate(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  s.definition = n;
  std::string signature = w_.normalised(t_[n].begin, t_[n].end);
  if (signature.ends_with(';')) signature.pop_back();
  s.signature = signature;
  s.visibility = m.visibility;
  s.flags = m.flags;
  s.declared_in = outer_scope();
  w_.skip(name);
  const SymbolIdx symbol = w_.define(s);
  declare_type_parameters(n, w_.open_scope(ScopeKind::kBlock, n), symbol);
  declare_parameters(t_.child(n, Field::parameters_), symbol, w_.current_scope(), true);
}

void Extractor::enter_enum_member(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  s.definition = n;
  s.visibility = Visibility::kPublic;
  s.flags = symbol_flag::kConst | symbol_flag::kStatic;
  w_.skip(name);
  w_.define(s);
}

std::string Extractor::function_name(NodeIdx n) const {
  const NodeIdx name = t_.child(n, Field::name_);
  switch (type_of(t_, n)) {
    case N::destructor_declaration_:
      return name == kNoNode ? std::string() : "~" + std::string(t_.text(name));
    case N::operator_declaration_:
    case N::conversion_operator_declaration_: {
      const std::string_view text = t_.text(n);
      const NodeIdx list = t_.child(n, Field::parameters_);
      const std::uint32_t end = list == kNoNode ? t_[n].end : t_[list].begin;
      const std::size_t word = text.find("operator");
      if (word == std::string_view::npos) return {};
      std::string out = w_.normalised(t_[n].begin + static_cast<std::uint32_t>(word), end);
      while (out.ends_with(' ')) out.pop_back();
      return out;
    }
    default:
      return name == kNoNode ? std::string() : std::string(t_.text(name));
  }
}

std::uint32_t Extractor::parameters_hash(NodeIdx list) const {
  std::string text;
  const auto append = [&](NodeIdx c) {
    for (const char k : w_.normalised(t_[c].begin, t_[c].end))
      if (k != ' ') text += k;
    text += ',';
  };
  for (NodeIdx c = list == kNoNode ? kNoNode : t_.first_child(list); c != kNoNode;
       c = t_.next_sibling(c)) {
    if (t_[c].field == Field::type_) append(c);
    if (type_of(t_, c) != N::parameter_) continue;
    for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k))
      if (type_of(t_, k) == N::modifier_ && t_.text(k) != "this") text += t_.text(k);
    if (const NodeIdx type = t_.child(c, Field::type_); type != kNoNode) append(type);
  }
  return static_cast<std::uint32_t>(hash64(text));
}

void Extractor::declare_parameters(NodeIdx list, SymbolIdx owner, ScopeIdx scope, bool define) {
  unsigned required = 0;
  unsigned all = 0;
  bool variadic = false;
  const auto parameter = [&](NodeIdx name) {
    if (name != kNoNode && define) {
      const auto local = w_.define_local(SymbolKind::kParameter, name, scope);
      w_.local(local).position = static_cast<std::uint8_t>(std::min(all, 255u));
      w_.local(local).owner = owner;
      declared_[name] = local;
    }
    w_.skip(name);
    ++all;
  };
  bool extension = false;
  for (NodeIdx c = list == kNoNode ? kNoNode : t_.first_child(list); c != kNoNode;
       c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::parameter_) {
      const NodeIdx name = t_.child(c, Field::name_);
      bool optional = false;
      for (NodeIdx k = t_.first_child(c); k != kNoNode; k = t_.next_sibling(k)) {
        if (type_of(t_, k) == N::modifier_) {
          extension = extension || t_.text(k) == "this";
          variadic = variadic || t_.text(k) == "params";
          optional = optional || t_.text(k) == "params";
        } else if (name != kNoNode && k > name && t_.is_named(k) && !t_.is_comment(k)) {
          optional = true;
        }
      }
      parameter(name);
      required += optional ? 0 : 1;
    } else if (t_[c].field == Field::name_) {  // params T[] rest
      parameter(c);
      variadic = true;
    }
  }
  graph::Symbol& f = w_.symbol(owner);
  if (!graph::is_callable(f.kind)) return;
  f.metrics.parameters = static_cast<std::uint16_t>(all);
  const unsigned receiver = extension ? 1 : 0;
  if (extension) f.flags |= symbol_flag::kExtension;
  f.min_args = static_cast<std::uint8_t>(std::min(required - std::min(required, receiver), 254u));
  f.max_args = variadic ? 255 : static_cast<std::uint8_t>(std::min(all - receiver, 254u));
}

void Extractor::enter_function(NodeIdx n) {
  const std::string text = function_name(n);
  if (text.empty()) return;
  const N kind = type_of(t_, n);
  const bool local = kind == N::local_function_statement_;
  const NodeIdx name = t_.child(n, Field::name_);
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = kind == N::constructor_declaration_  ? SymbolKind::kConstructor
           : kind == N::destructor_declaration_ ? SymbolKind::kDestructor
           : local                              ? SymbolKind::kFunction
                                                : SymbolKind::kMethod;
  const bool plain = name != kNoNode && kind != N::destructor_declaration_;
  if (plain)
    s.name = name;
  else
    s.name_text = text;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = local ? Visibility::kPrivate : m.visibility;
  s.flags = m.flags;
  const NodeIdx specifier = t_.child_of_type(n, id(N::explicit_interface_specifier_));
  if (specifier != kNoNode) {
    s.visibility = Visibility::kPublic;
    s.flags |= symbol_flag::kOverride;
    w_.role(t_.named_child(specifier, 0), RefRole::kType);
  }
  if (m.is_test) {
    s.flags |= symbol_flag::kTest;
    w_.facts.face.is_test = true;
  }
  std::string signature =
      w_.normalised(t_[n].begin, s.body != kNoNode ? t_[s.body].begin : t_[n].end);
  if (signature.ends_with(';')) signature.pop_back();
  s.signature = signature;
  if (s.body == kNoNode) {
    const SymbolIdx type = w_.current_type();
    const bool in_interface =
        type != kNone && w_.symbol(type).kind == SymbolKind::kInterface && !local;
    if (in_interface)
      s.flags |= symbol_flag::kAbstract | symbol_flag::kVirtual;
    else if ((m.flags & symbol_flag::kAbstract) == 0)
      s.flags |= symbol_flag::kDeclaration;
  }
  if (text == "Main" && (m.flags & symbol_flag::kStatic) != 0) s.flags |= symbol_flag::kEntryPoint;
  if (!local) s.declared_in = outer_scope();
  const SymbolIdx symbol = w_.define(s);
  w_.skip(name);
  if (!plain && name != kNoNode) w_.symbol(symbol).name_range = t_.range(name);
  const NodeIdx list = t_.child(n, Field::parameters_);
  w_.symbol(symbol).disambiguator = parameters_hash(list);
  if (s.body == kNoNode) without_body_.push_back(symbol);
  const ScopeIdx scope = w_.open(symbol, ScopeKind::kFunction, n);
  declare_type_parameters(n, scope, symbol);
  declare_parameters(list, symbol, scope, true);
  NodeIdx result = t_.child(n, Field::returns_);
  if (result == kNoNode) result = t_.child(n, Field::type_);
  if (result != kNoNode) w_.role(result, RefRole::kType, 255, ref_flag::kReturnType);
  if (kind == N::method_declaration_) define_routes(n);
}

void Extractor::enter_property(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  const bool indexer = type_of(t_, n) == N::indexer_declaration_;
  if (name == kNoNode && !indexer) return;
  const Modifiers m = read_modifiers(n);
  NewSymbol s;
  s.kind = SymbolKind::kField;
  if (indexer)
    s.name_text = "this[]";
  else
    s.name = name;
  s.definition = n;
  s.visibility = m.visibility;
  s.flags = m.flags | symbol_flag::kProperty;
  if (const NodeIdx specifier = t_.child_of_type(n, id(N::explicit_interface_specifier_));
      specifier != kNoNode) {
    s.visibility = Visibility::kPublic;
    s.flags |= symbol_flag::kOverride;
    w_.role(t_.named_child(specifier, 0), RefRole::kType);
  }
  NodeIdx body = t_.child(n, Field::accessors_);
  if (body == kNoNode) body = t_.child(n, Field::value_);
  s.body = body;
  std::string signature = w_.normalised(t_[n].begin, body != kNoNode ? t_[body].begin : t_[n].end);
  while (signature.ends_with('=') || signature.ends_with(' ')) signature.pop_back();
  s.signature = signature;
  s.declared_in = outer_scope();
  w_.skip(name);
  const SymbolIdx symbol = w_.define(s);
  const ScopeIdx scope = w_.open(symbol, ScopeKind::kFunction, n);
  if (indexer) {
    const NodeIdx list = t_.child(n, Field::parameters_);
    declare_parameters(list, symbol, scope, true);
    w_.symbol(symbol).disambiguator = parameters_hash(list);
    const NodeIdx word = t_.child_of_type(n, id(N::kw_this));
    if (word != kNoNode) w_.symbol(symbol).name_range = t_.range(word);
  }
}

void Extractor::define_field(NodeIdx declaration, NodeIdx declarator, const Modifiers& m) {
  const NodeIdx name = t_.child(declarator, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kField;
  s.name = name;
  s.definition = declaration;
  s.visibility = m.visibility;
  s.flags = m.flags;
  const NodeIdx value = t_.named_child(declarator, 1);
  std::string signature = w_.normalised(t_[declaration].begin,
                                        value != kNoNode ? t_[value].begin : t_[declaration].end);
  while (signature.ends_with('=') || signature.ends_with(' ') || signature.ends_with(';'))
    signature.pop_back();
  s.signature = signature;
  s.declared_in = outer_scope();
  w_.skip(name);
  declared_[name] = w_.define(s) | kDeclaredSymbol;
}

void Extractor::local_name(NodeIdx name, std::uint32_t from) {
  if (name == kNoNode || w_.skipped(name)) return;
  w_.skip(name);
  if (t_.text(name) == "_" || !w_.in_function()) return;
  declared_[name] = w_.define_local(SymbolKind::kLocal, name, w_.current_scope(), from);
}

void Extractor::define_tuple_names(NodeIdx tuple, std::uint32_t from) {
  for (NodeIdx c = tuple; c < t_[tuple].next; ++c)
    if (type_of(t_, c) == N::identifier_) local_name(c, from);
}

void Extractor::enter_variables(NodeIdx n) {
  const NodeIdx parent = t_.parent(n);
  const N around = parent == kNoNode ? N::none : type_of(t_, parent);
  const bool field = around == N::field_declaration_ || around == N::event_field_declaration_;
  Modifiers m;
  if (field) m = read_modifiers(parent);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::variable_declarator_) continue;
    if (field) {
      define_field(parent, c, m);
      continue;
    }
    const NodeIdx name = t_.child(c, Field::name_);
    const NodeIdx value = t_.named_child(c, 1);
    if (name == kNoNode) {
      const NodeIdx tuple = t_.child_of_type(c, id(N::tuple_pattern_));
      if (tuple != kNoNode) define_tuple_names(tuple, t_[c].begin);
    } else if (at(value, id(N::lambda_expression_)) && w_.in_function()) {
      lambda_names_[value] = name;
      w_.skip(name);
    } else {
      local_name(name, t_[c].begin);
    }
  }
}

void Extractor::enter_lambda(NodeIdx n) {
  const auto bound = lambda_names_.find(n);
  NewSymbol s;
  s.kind = SymbolKind::kFunction;
  s.definition = n;
  s.body = t_.child(n, Field::body_);
  s.visibility = Visibility::kPrivate;
  std::string name;
  if (bound != lambda_names_.end()) {
    s.name = bound->second;
  } else {
    name = w_.next_lambda_name();
    s.name_text = name;
    s.flags = symbol_flag::kAnonymous;
  }
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::modifier_ && t_.text(c) == "async") s.flags |= symbol_flag::kAsync;
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, w_.add_expr(ExprKind::kSymbol, {}, symbol));
  const ScopeIdx scope = w_.open(symbol, ScopeKind::kFunction, n, true);
  const NodeIdx list = t_.child(n, Field::parameters_);
  if (at(list, id(N::implicit_parameter_))) {
    const auto local = w_.define_local(SymbolKind::kParameter, list, scope);
    w_.local(local).position = 0;
    w_.symbol(symbol).min_args = w_.symbol(symbol).max_args = 1;
    w_.symbol(symbol).metrics.parameters = 1;
  } else {
    declare_parameters(list, symbol, scope, true);
  }
}

void Extractor::enter_query_name(NodeIdx n) {
  // from x in .., join x in .., let x = .., into x: visible from there to the query's end.
  const NodeIdx name = t_.child(n, Field::name_) != kNoNode
                           ? t_.child(n, Field::name_)
                           : t_.child_of_type(n, id(N::identifier_));
  local_name(name, type_of(t_, n) == N::join_clause_ ? t_[n].begin : t_[n].end);
}

void Extractor::enter_pattern_name(NodeIdx n) {
  if (type_of(t_, n) == N::parenthesized_variable_designation_)
    return define_tuple_names(n, t_[n].begin);
  local_name(t_.child(n, Field::name_), t_[n].begin);
}

void Extractor::enter_foreach(NodeIdx n) {
  w_.open_scope(ScopeKind::kBlock, n);
  const NodeIdx left = t_.child(n, Field::left_);
  const NodeIdx body = t_.child(n, Field::body_);
  const std::uint32_t from = body == kNoNode ? t_[n].begin : t_[body].begin;
  if (left == kNoNode) return;
  if (at(left, id(N::tuple_pattern_)))
    define_tuple_names(left, from);
  else if (at(left, id(N::identifier_)))
    local_name(left, from);
}

void Extractor::define_route(std::string name, NodeIdx definition, NodeIdx handler) {
  NewSymbol s;
  s.kind = SymbolKind::kRoute;
  s.name_text = name;
  s.definition = definition;
  s.visibility = Visibility::kPublic;
  s.parent = 0;
  s.declared_in = 0;
  const SymbolIdx route = w_.define(s);
  if (handler == kNoNode) return;
  if (w_.skipped(handler)) {  // a method's own name
    graph::Ref& ref = w_.add_ref(handler, RefRole::kValue, kNone, 255, ref_flag::kImplicit);
    ref.owner = route;
  } else {
    handlers_[handler] = route;
  }
}

void Extractor::define_routes(NodeIdx method) {
  static constexpr std::array<std::string_view, 7> kVerbs = {
      "HttpGet", "HttpPost", "HttpPut", "HttpDelete", "HttpPatch", "HttpHead", "HttpOptions"};
  for (NodeIdx list = t_.first_child(method); at(list, id(N::attribute_list_));
       list = t_.next_sibling(list)) {
    for (NodeIdx a = t_.first_child(list); a != kNoNode; a = t_.next_sibling(a)) {
      const NodeIdx what = t_.child(a, Field::name_);
      if (what == kNoNode) continue;
      const std::string_view verb = attribute_name(t_.text(what));
      if (std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) continue;
      std::string path;
      for (NodeIdx k = a; k < t_[a].next && path.empty(); ++k)
        if (type_of(t_, k) == N::string_literal_content_) path = t_.text(k);
      if (path.empty() && route_prefix_.empty()) continue;
      if (!path.starts_with('/') && !route_prefix_.empty())
        path = std::string(route_prefix_) + (path.empty() ? "" : "/" + path);
      if (!path.starts_with('/')) path.insert(0, "/");
      define_route(upper(verb.substr(4)) + " " + path, a, t_.child(method, Field::name_));
    }
  }
}

void Extractor::set_types(NodeIdx name, ExprIdx type, ExprIdx init) {
  const auto found = declared_.find(name);
  if (found == declared_.end()) return;
  if (found->second & kDeclaredSymbol) {
    graph::Symbol& s = w_.symbol(found->second & ~kDeclaredSymbol);
    if (type != kNone) s.type = type;
    if (init != kNone) s.init = init;
  } else {
    graph::Local& l = w_.local(found->second);
    if (type != kNone) l.type = type;
    if (init != kNone) l.init = init;
  }
}

void Extractor::leave_variables(NodeIdx n) {
  const ExprIdx type = w_.expr(t_.child(n, Field::type_));
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::variable_declarator_) continue;
    const NodeIdx name = t_.child(c, Field::name_);
    const NodeIdx value = t_.named_child(c, 1);
    if (name != kNoNode) set_types(name, type, w_.expr(value));
  }
}

void Extractor::leave_definition(NodeIdx n) {
  switch (type_of(t_, n)) {
    case N::method_declaration_:
    case N::local_function_statement_:
    case N::operator_declaration_:
    case N::conversion_operator_declaration_: {
      NodeIdx result = t_.child(n, Field::returns_);
      if (result == kNoNode) result = t_.child(n, Field::type_);
      const SymbolIdx f = w_.current_symbol();
      if (result != kNoNode && graph::is_callable(w_.symbol(f).kind))
        w_.symbol(f).type = w_.expr(result);
      return;
    }
    case N::property_declaration_:
    case N::indexer_declaration_:
    case N::event_declaration_: {
      const SymbolIdx property = w_.current_symbol();
      if (w_.symbol(property).kind != SymbolKind::kField) return;
      w_.symbol(property).type = w_.expr(t_.child(n, Field::type_));
      const NodeIdx value = t_.child(n, Field::value_);
      if (value != kNoNode && !at(value, id(N::arrow_expression_clause_)))
        w_.symbol(property).init = w_.expr(value);
      return;
    }
    case N::base_list_:
      for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
        const NodeIdx base =
            at(c, id(N::primary_constructor_base_type_)) ? t_.child(c, Field::type_) : c;
        if (base == kNoNode || w_.expr(base) == kNone || at(base, id(N::argument_list_)) ||
            at(base, id(N::predefined_type_)))
          continue;
        const bool implements = (w_.hint(base).flags & ref_flag::kImplementsClause) != 0;
        w_.add_super(w_.current_symbol(), w_.expr(base),
                     implements ? graph::SuperKind::kImplements : graph::SuperKind::kExtends);
      }
      return;
    case N::parameter_list_:
      if (const NodeIdx name = t_.child(n, Field::name_); name != kNoNode)
        set_types(name, w_.expr(t_.child(n, Field::type_)), kNone);
      return;
    case N::foreach_statement_: {
      const ExprIdx items = w_.expr(t_.child(n, Field::right_));
      const ExprIdx item = items == kNone ? kNone : w_.add_expr(ExprKind::kElement, {}, items);
      return set_types(t_.child(n, Field::left_), w_.expr(t_.child(n, Field::type_)), item);
    }
    case N::from_clause_:
    case N::join_clause_:
    case N::let_clause_: {
      const bool let = type_of(t_, n) == N::let_clause_;
      const NodeIdx name = t_.child(n, Field::name_) != kNoNode
                               ? t_.child(n, Field::name_)
                               : t_.child_of_type(n, id(N::identifier_));
      NodeIdx value = name == kNoNode ? kNoNode : t_.next_sibling(name);
      while (value != kNoNode && !t_.is_named(value)) value = t_.next_sibling(value);
      const ExprIdx e = w_.expr(value);
      const ExprIdx item = e == kNone || let ? e : w_.add_expr(ExprKind::kElement, {}, e);
      return set_types(name, w_.expr(t_.child(n, Field::type_)), item);
    }
    case N::parameter_:
    case N::declaration_expression_:
    case N::declaration_pattern_:
    case N::recursive_pattern_:
    case N::catch_declaration_:
      return set_types(t_.child(n, Field::name_), w_.expr(t_.child(n, Field::type_)), kNone);
    default:
      return;
  }
}

}  // namespace cairn::indexer::syntax::csharp
