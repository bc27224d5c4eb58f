// What brings names in or out: imports, global and nonlocal, __all__.
#include <algorithm>

#include "indexer/syntax/python/extractor.h"
#include "indexer/syntax/python/nodes.h"

namespace cairn::indexer::syntax::python {

void Extractor::enter_import(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    NodeIdx name = c;
    NodeIdx alias = kNoNode;
    if (type_of(t_, c) == N::aliased_import_) {
      name = t_.child(c, Field::name_);
      alias = t_.child(c, Field::alias_);
    }
    if (name == kNoNode || type_of(t_, name) != N::dotted_name_) continue;
    for (NodeIdx part = t_.first_child(name); part != kNoNode; part = t_.next_sibling(part))
      w_.skip(part);
    w_.skip(alias);
    graph::Import import;
    import.module = w_.intern_node(name);
    const NodeIdx first = t_.named_child(name, 0);
    // `import a.b` binds `a`; `import a.b as c` binds the module a.b itself.
    import.alias = alias != kNoNode   ? w_.intern_node(alias)
                   : first != kNoNode ? w_.intern_node(first)
                                      : 0;
    import.name = alias != kNoNode ? w_.intern("=") : 0;
    import.kind = graph::ImportKind::kModule;
    import.scope = w_.function_scope();
    import.conditional =
        t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::block_ && !w_.in_function();
    import.range = t_.range(name);
    if (type_of(t_, n) != N::future_import_statement_) w_.add_import(import);
  }
}

void Extractor::enter_import_from(NodeIdx n) {
  const NodeIdx module = t_.child(n, Field::module_name_);
  if (module == kNoNode) return;
  graph::Import base;
  NodeIdx dotted = module;
  if (type_of(t_, module) == N::relative_import_) {
    const NodeIdx prefix = t_.child_of_type(module, static_cast<std::uint16_t>(N::import_prefix_));
    if (prefix != kNoNode)
      base.level = static_cast<std::uint8_t>(
          std::min<std::size_t>(255, static_cast<std::size_t>(std::count(
                                         t_.text(prefix).begin(), t_.text(prefix).end(), '.'))));
    dotted = t_.child_of_type(module, static_cast<std::uint16_t>(N::dotted_name_));
  }
  base.module = dotted == kNoNode ? 0 : w_.intern_node(dotted);
  base.scope = w_.function_scope();
  base.conditional =
      t_.parent(n) != kNoNode && type_of(t_, t_.parent(n)) == N::block_ && !w_.in_function();
  if (dotted != kNoNode)
    for (NodeIdx p = t_.first_child(dotted); p != kNoNode; p = t_.next_sibling(p)) w_.skip(p);
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (c == module) continue;
    graph::Import import = base;
    if (type_of(t_, c) == N::wildcard_import_) {
      import.kind = graph::ImportKind::kWildcard;
      import.range = t_.range(module);
      w_.add_import(import);
      continue;
    }
    NodeIdx name = c;
    NodeIdx alias = kNoNode;
    if (type_of(t_, c) == N::aliased_import_) {
      name = t_.child(c, Field::name_);
      alias = t_.child(c, Field::alias_);
    }
    if (name == kNoNode || type_of(t_, name) != N::dotted_name_) continue;
    const NodeIdx identifier = t_.named_child(name, 0);
    if (identifier == kNoNode) continue;
    import.kind = graph::ImportKind::kName;
    import.name = w_.intern_node(identifier);
    import.alias = alias != kNoNode ? w_.intern_node(alias) : import.name;
    import.range = t_.range(identifier);
    w_.skip(identifier);
    w_.skip(alias);
    const auto index = w_.add_import(import);
    graph::Ref& ref = w_.add_ref(identifier, RefRole::kImport);
    ref.bind = graph::BindKind::kImport;
    ref.bound = index;
  }
}

void Extractor::enter_scope_statement(NodeIdx n) {
  for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
    if (type_of(t_, c) != N::identifier_) continue;
    outer_names_[w_.function_scope()].insert(t_.text(c));
    w_.skip(c);
  }
}

void Extractor::read_all(NodeIdx list) {
  for (NodeIdx c = list; c < t_[list].next; ++c) {
    if (type_of(t_, c) != N::string_content_) continue;
    graph::Export e;
    e.name = w_.intern_node(c);
    e.local = e.name;
    w_.add_export(e);
  }
}

}  // namespace cairn::indexer::syntax::python
