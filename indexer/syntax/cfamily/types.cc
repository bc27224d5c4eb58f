// Structs, classes, unions, enums, namespaces, aliases and using declarations.
#include <algorithm>

#include "indexer/syntax/cfamily/names.h"

namespace cairn::indexer::syntax::cfamily {
namespace {

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// `enum class` and `enum struct`: the members are named through the type.
bool is_scoped_enum(std::string_view text) {
  std::size_t at = text.find_first_of(" \t\n\r");
  if (at == std::string_view::npos) return false;
  at = text.find_first_not_of(" \t\n\r", at);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = text.substr(at);
  const std::size_t size = rest.starts_with("class") ? 5 : rest.starts_with("struct") ? 6 : 0;
  return size != 0 && rest.size() > size && !is_word(rest[size]);
}

}  // namespace

NodeIdx Extractor::typedef_name(NodeIdx record) const {
  const NodeIdx parent = t_.parent(record);
  if (!at(parent, id(N::type_definition_))) return kNoNode;
  NodeIdx first = kNoNode;
  for (NodeIdx c = t_.first_child(parent); c != kNoNode; c = t_.next_sibling(c)) {
    if (t_[c].field != Field::declarator_) continue;
    const Declarator d = read_declarator(c);
    if (!d.pointer && d.arrays == 0 && d.function == kNoNode && d.name != kNoNode) return d.name;
    if (first == kNoNode) first = d.name;
  }
  return first;
}

std::string Extractor::anonymous_name(NodeIdx record, std::string_view keyword) const {
  // After the first name declared with it or in it, so that other edits of the file keep the id.
  std::string out = "<" + std::string(keyword);
  const NodeIdx parent = t_.parent(record);
  NodeIdx name = kNoNode;
  if (parent != kNoNode && t_[record].field == Field::type_)
    name = read_declarator(t_.child(parent, Field::declarator_)).name;
  const NodeIdx body = t_.child(record, Field::body_);
  for (NodeIdx c = name == kNoNode ? t_.first_child(body) : kNoNode; c != kNoNode;
       c = t_.next_sibling(c)) {
    if (type_of(t_, c) == N::enumerator_)
      name = t_.child(c, Field::name_);
    else if (type_of(t_, c) == N::field_declaration_)
      name = read_declarator(t_.child(c, Field::declarator_)).name;
    if (name != kNoNode) break;
  }
  if (name != kNoNode) out += " " + std::string(t_.text(name));
  return out + ">";
}

void Extractor::forward_record(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const N kind = type_of(t_, n);
  const NodeIdx parent = t_.parent(n);
  const bool is_type = t_[n].field == Field::type_ || at(parent, id(N::template_instantiation_)) ||
                       at(parent, id(N::friend_declaration_));
  if (is_type || !at(name, id(N::type_identifier_))) {
    w_.hint(n).action == Hint::Action::kRole ? w_.pass_hint(n, name)
                                             : w_.role(name, RefRole::kType);
    return;
  }
  NewSymbol s;
  s.kind = kind == N::struct_specifier_  ? SymbolKind::kStruct
           : kind == N::union_specifier_ ? SymbolKind::kUnion
           : kind == N::enum_specifier_  ? SymbolKind::kEnum
                                         : SymbolKind::kClass;
  s.name = name;
  s.definition = at(parent, id(N::template_declaration_)) ? parent : n;
  s.visibility = place_visibility(false);
  s.flags = place_flags() | symbol_flag::kDeclaration;
  s.declared_in = home_scope();
  const SymbolIdx symbol = w_.define(s);
  for (const auto local : template_locals_) w_.local(local).owner = symbol;
  template_locals_.clear();
  w_.skip(name);
}

void Extractor::enter_record(NodeIdx n) {
  const NodeIdx body = t_.child(n, Field::body_);
  if (body == kNoNode) return forward_record(n);
  const N kind = type_of(t_, n);
  NodeIdx whole = t_.child(n, Field::name_);
  const Declarator written = read_declarator(whole);
  NodeIdx name = written.name;
  const NodeIdx parent = t_.parent(n);
  const bool has_declarator = parent != kNoNode && t_.child(parent, Field::declarator_) != kNoNode;
  if (name == kNoNode) {
    name = typedef_name(n);
    // Members of an unnamed struct or union without a variable are the enclosing type's.
    if (name == kNoNode && !has_declarator && in_type_scope()) {
      access_.push_back(Visibility::kPublic);
      return;
    }
  }
  NewSymbol s;
  s.kind = kind == N::struct_specifier_  ? SymbolKind::kStruct
           : kind == N::union_specifier_ ? SymbolKind::kUnion
                                         : SymbolKind::kClass;
  s.name = name;
  const std::string anonymous = anonymous_name(n, kind == N::union_specifier_ ? "union" : "struct");
  if (name == kNoNode) s.name_text = anonymous;
  const bool renamed = whole == kNoNode && name != kNoNode;
  s.definition = renamed || at(parent, id(N::template_declaration_)) ? parent : n;
  s.body = body;
  s.visibility = place_visibility(false);
  s.flags = place_flags() | (name == kNoNode ? symbol_flag::kAnonymous : 0u);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (type_of(t_, c) == N::virtual_specifier_) s.flags |= symbol_flag::kFinal;
  s.declared_in = home_scope();
  const ScopeIdx around = w_.current_scope();
  const SymbolIdx symbol = w_.define(s);
  records_[n] = symbol;
  w_.set_expr(n, name == kNoNode ? w_.add_expr(ExprKind::kSymbol, {}, symbol)
                                 : w_.add_name(t_.text(name), true));
  if (whole != kNoNode) {
    skip_name(written);
    if (at(written.whole_name, id(N::qualified_identifier_)))
      w_.symbol(symbol).qualifier = w_.intern(qualifier_text(written.whole_name));
    if (at(written.whole_name, id(N::template_type_)))  // a specialisation
      w_.symbol(symbol).disambiguator =
          static_cast<std::uint32_t>(w_.body_hash(t_.child(written.whole_name, Field::arguments_)));
  } else {
    w_.skip(name);
  }
  for (const auto local : template_locals_) w_.local(local).owner = symbol;
  template_locals_.clear();
  w_.open(symbol, ScopeKind::kType, n);
  access_.push_back(kind == N::class_specifier_ ? Visibility::kPrivate : Visibility::kPublic);
  const NodeIdx bases = t_.child_of_type(n, id(N::base_class_clause_));
  if (bases != kNoNode) w_.reopen_scope(around, bases);
}

void Extractor::leave_record(NodeIdx n) {
  if (t_.child(n, Field::body_) != kNoNode) {
    if (type_of(t_, n) != N::enum_specifier_ && !access_.empty()) access_.pop_back();
    return;
  }
  w_.set_expr(n, w_.expr(t_.child(n, Field::name_)));
}

void Extractor::enter_access(NodeIdx n) {
  if (!at(t_.parent(n), id(N::field_declaration_list_)) || access_.empty()) return;
  const std::string_view text = t_.text(n);
  access_.back() = text.starts_with("private")     ? Visibility::kPrivate
                   : text.starts_with("protected") ? Visibility::kProtected
                                                   : Visibility::kPublic;
}

void Extractor::enter_bases(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    switch (type_of(t_, c)) {
      case N::type_identifier_:
        base_names_.insert(t_.text(c));
        w_.role(c, RefRole::kInherit);
        break;
      case N::qualified_identifier_:
      case N::template_type_:
        if (const NodeIdx name = read_declarator(c).name; name != kNoNode)
          base_names_.insert(t_.text(name));
        w_.role(c, RefRole::kInherit);
        break;
      default:
        break;
    }
  }
}

void Extractor::leave_bases(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
    if (w_.expr(c) != kNone)
      w_.add_super(w_.current_symbol(), w_.expr(c), graph::SuperKind::kExtends);
}

void Extractor::enter_enum(NodeIdx n) {
  const NodeIdx body = t_.child(n, Field::body_);
  if (body == kNoNode) return forward_record(n);
  const NodeIdx whole = t_.child(n, Field::name_);
  const Declarator written = read_declarator(whole);
  const NodeIdx name = written.name != kNoNode ? written.name : typedef_name(n);
  NewSymbol s;
  s.kind = SymbolKind::kEnum;
  s.name = name;
  const std::string anonymous = anonymous_name(n, "enum");
  if (name == kNoNode) s.name_text = anonymous;
  s.definition = whole == kNoNode && name != kNoNode ? t_.parent(n) : n;
  s.body = body;
  s.visibility = place_visibility(false);
  s.flags = place_flags() | (name == kNoNode ? symbol_flag::kAnonymous : 0u);
  s.declared_in = home_scope();
  const SymbolIdx symbol = w_.define(s);
  w_.set_expr(n, name == kNoNode ? w_.add_expr(ExprKind::kSymbol, {}, symbol)
                                 : w_.add_name(t_.text(name), true));
  if (whole != kNoNode) {
    skip_name(written);
    if (at(written.whole_name, id(N::qualified_identifier_)))
      w_.symbol(symbol).qualifier = w_.intern(qualifier_text(written.whole_name));
  } else {
    w_.skip(name);
  }
  w_.open(symbol, ScopeKind::kType, n);
}

void Extractor::enter_enumerator(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  w_.skip(name);
  const SymbolIdx type = w_.current_symbol();
  NewSymbol s;
  s.kind = SymbolKind::kEnumMember;
  s.name = name;
  s.definition = n;
  s.flags = symbol_flag::kConst | place_flags();
  s.visibility = Visibility::kPublic;
  if (w_.symbol(type).kind == SymbolKind::kEnum) {
    s.visibility = w_.symbol(type).visibility;
    const NodeIdx list = t_.parent(n);
    const NodeIdx specifier = t_.ancestor(list, id(N::enum_specifier_));
    if (specifier != kNoNode && !(cpp_ && is_scoped_enum(t_.text(specifier))))
      s.declared_in = w_.symbol(type).declared_in;
  }
  w_.define(s);
}

void Extractor::enter_namespace(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) {
    ++anonymous_namespaces_;
    return;
  }
  const bool is_inline = t_.text(n).starts_with("inline");
  const auto define = [&](NodeIdx part) {
    NewSymbol s;
    s.kind = SymbolKind::kNamespace;
    s.name = part;
    s.definition = n;
    s.body = t_.child(n, Field::body_);
    s.visibility = place_visibility(false);
    s.flags = symbol_flag::kMergeable;
    s.declared_in = home_scope();
    w_.skip(part);
    const SymbolIdx symbol = w_.define(s);
    if (is_inline) {
      // Its members are also members of the namespace around it.
      graph::Import import;
      import.kind = graph::ImportKind::kWildcard;
      import.module = w_.intern_node(part);
      import.scope = w_.current_scope();
      import.reexport = true;
      import.range = t_.range(part);
      w_.add_import(import);
    }
    w_.open(symbol, ScopeKind::kNamespace, n);
  };
  if (!at(name, id(N::nested_namespace_specifier_))) return define(name);
  for (NodeIdx c = name + 1; c < t_[name].next; ++c)
    if (type_of(t_, c) == N::namespace_identifier_) define(c);
}

void Extractor::enter_namespace_alias(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  w_.skip(name);
  NodeIdx target = kNoNode;
  for (NodeIdx c = t_.next_sibling(name); c != kNoNode; c = t_.next_sibling(c))
    if (t_.is_named(c) && !t_.is_comment(c)) target = c;
  if (target == kNoNode) return;
  graph::Import import;
  import.kind = graph::ImportKind::kModule;
  import.module = w_.intern(w_.normalised(t_[target].begin, t_[target].end));
  import.alias = w_.intern_node(name);
  import.scope = w_.current_scope();
  import.range = t_.range(target);
  w_.add_import(import);
}

void Extractor::enter_using(NodeIdx n) {
  NodeIdx target = kNoNode;
  bool directive = false;
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    const N kind = type_of(t_, c);
    directive = directive || kind == N::kw_namespace;
    if (kind == N::identifier_ || kind == N::qualified_identifier_) target = c;
  }
  if (target == kNoNode) return;
  graph::Import import;
  import.scope = home_scope();
  import.range = t_.range(target);
  NodeIdx last = target;
  while (at(last, id(N::qualified_identifier_))) {
    const NodeIdx inner = t_.child(last, Field::name_);
    if (inner == kNoNode) return;
    last = inner;
  }
  import.range = t_.range(last);
  std::string written = w_.normalised(t_[target].begin, t_[target].end);
  if (written.starts_with("::")) written.erase(0, 2);
  if (directive) {
    import.kind = graph::ImportKind::kWildcard;
    import.module = w_.intern(written);
    w_.add_import(import);
    return w_.role(target, RefRole::kImport);
  }
  const std::size_t cut = written.rfind("::");
  if (cut == std::string::npos) return;
  import.kind = graph::ImportKind::kName;
  import.module = w_.intern(std::string_view(written).substr(0, cut));
  import.name = w_.intern_node(last);
  import.alias = import.name;
  // A declaration in a header is one more name of the header's namespace.
  import.reexport = !w_.in_function();
  const auto index = w_.add_import(import);
  w_.skip(last);
  graph::Ref& ref = w_.add_ref(last, RefRole::kImport);
  ref.bind = graph::BindKind::kImport;
  ref.bound = index;
}

void Extractor::enter_alias(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kTypeAlias;
  s.name = name;
  std::string signature = w_.normalised(t_[n].begin, t_[n].end);
  if (signature.ends_with(';')) signature.pop_back();
  s.signature = signature;
  s.definition = at(t_.parent(n), id(N::template_declaration_)) ? t_.parent(n) : n;
  s.visibility = place_visibility(false);
  s.flags = place_flags();
  s.declared_in = home_scope();
  const SymbolIdx symbol = w_.define(s);
  declared_[name] = symbol | kDeclaredSymbol;
  for (const auto local : template_locals_) w_.local(local).owner = symbol;
  template_locals_.clear();
  w_.skip(name);
}

void Extractor::enter_concept(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  NewSymbol s;
  s.kind = SymbolKind::kConcept;
  s.name = name;
  std::string signature = w_.normalised(t_[n].begin, t_[n].end);
  if (signature.ends_with(';')) signature.pop_back();
  s.signature = signature;
  s.definition = at(t_.parent(n), id(N::template_declaration_)) ? t_.parent(n) : n;
  s.visibility = place_visibility(false);
  s.flags = place_flags();
  s.declared_in = home_scope();
  const SymbolIdx symbol = w_.define(s);
  for (const auto local : template_locals_) w_.local(local).owner = symbol;
  template_locals_.clear();
  w_.skip(name);
}

}  // namespace cairn::indexer::syntax::cfamily
