// FileWalk::finish(): lexical binding, dead expressions, order, face and body.
//
// Names are bound here only inside function-level scopes (kFunction, kBlock). Type, namespace and
// file scopes are the linker's, because their members can come from other files.
#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax {

using graph::BindKind;
using graph::Expr;
using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::StrId;

namespace {

bool has_operand_a(ExprKind kind) {
  switch (kind) {
    case ExprKind::kMember:
    case ExprKind::kCall:
    case ExprKind::kNew:
    case ExprKind::kElement:
    case ExprKind::kAwait:
    case ExprKind::kGeneric:
    case ExprKind::kArg:
    case ExprKind::kTypeOf:
    case ExprKind::kArray:
    case ExprKind::kCast:
      return true;
    default:
      return false;
  }
}

bool has_operand_b(ExprKind kind) {
  return kind == ExprKind::kGeneric || kind == ExprKind::kArg || kind == ExprKind::kUnion;
}

void mark_operands(const std::vector<Expr>& exprs, std::vector<std::uint8_t>& used) {
  // Operands have smaller indices than their users.
  for (std::size_t i = exprs.size(); i-- > 0;) {
    if (!used[i]) continue;
    const Expr& e = exprs[i];
    if (has_operand_a(e.kind) && e.a != kNone) used[e.a] = 1;
    if (has_operand_b(e.kind) && e.b != kNone) used[e.b] = 1;
  }
}

void mark(std::vector<std::uint8_t>& used, ExprIdx e) {
  if (e != kNone) used[e] = 1;
}

}  // namespace

void FileWalk::finish() {
  bind_names();
  mark_reassigned();
  sort_refs();
  split_face_and_body();
}

bool FileWalk::may_bind(const Binding& binding, NameUse use) const {
  if (binding.kind == BindKind::kSymbol) {
    // Titles of tests and routes are no names.
    const graph::SymbolKind kind = facts.face.symbols[binding.index].kind;
    return kind != graph::SymbolKind::kTest && kind != graph::SymbolKind::kRoute;
  }
  if (use == NameUse::kAny || binding.kind != BindKind::kLocal) return true;
  const bool is_type = facts.body.locals[binding.index].kind == graph::SymbolKind::kTypeParameter;
  return use == NameUse::kType && is_type;
}

bool FileWalk::bind_from(ScopeIdx from, StrId name, std::uint32_t at, NameUse use, BindKind& kind,
                         std::uint32_t& index, bool& crosses_type) const {
  crosses_type = false;
  for (ScopeIdx s = from; s != kNone; s = scope(s).parent) {
    const ScopeKind k = scope(s).kind;
    if (k == ScopeKind::kType) {
      crosses_type = true;
      continue;
    }
    if (k != ScopeKind::kFunction && k != ScopeKind::kBlock) continue;
    const auto head = binding_heads_.find((std::uint64_t{s} << 32) | name);
    if (head == binding_heads_.end()) continue;
    // Bindings are chained newest first: the newest one already visible shadows older ones.
    for (std::uint32_t b = head->second; b != kNone; b = bindings_[b].next) {
      if (bindings_[b].visible_from > at || !may_bind(bindings_[b], use)) continue;
      kind = bindings_[b].kind;
      index = bindings_[b].index;
      return true;
    }
  }
  return false;
}

void FileWalk::bind_names() {
  if (bindings_.empty()) return;
  bool crosses = false;
  const bool apart = name_spaces_ == NameSpaces::kApart;
  const auto use_of = [](graph::RefRole role) {
    switch (role) {
      case graph::RefRole::kCall:
        return NameUse::kCall;
      case graph::RefRole::kType:
      case graph::RefRole::kNew:
      case graph::RefRole::kInherit:
      case graph::RefRole::kDecorate:
        return NameUse::kType;
      default:
        return NameUse::kAny;
    }
  };
  for (std::size_t i = 0; i < facts.body.refs.size(); ++i) {
    graph::Ref& ref = facts.body.refs[i];
    if ((ref.flags & graph::ref_flag::kHasReceiver) != 0 || ref.bind != BindKind::kUnbound)
      continue;
    const NameUse use = apart ? use_of(ref.role) : NameUse::kAny;
    if (bind_from(ref.scope, ref.name, tree[ref_nodes_[i]].begin, use, ref.bind, ref.bound,
                  crosses) &&
        crosses)
      ref.flags |= graph::ref_flag::kCrossesType;
  }
  std::vector<std::uint8_t> called(apart ? facts.face.exprs.size() : 0, 0);
  if (apart)
    for (const Expr& e : facts.face.exprs)
      if (e.kind == ExprKind::kCall && e.a != kNone) called[e.a] = 1;
  for (std::size_t i = 0; i < facts.face.exprs.size(); ++i) {
    Expr& e = facts.face.exprs[i];
    if (e.kind != ExprKind::kName || e.bind != BindKind::kUnbound) continue;
    const NameUse use = !apart      ? NameUse::kAny
                        : called[i] ? NameUse::kCall
                        : e.is_type ? NameUse::kType
                                    : NameUse::kAny;
    bind_from(e.scope, e.name, expr_at_[i], use, e.bind, e.a, crosses);
  }
}

void FileWalk::mark_reassigned() {
  for (const graph::Ref& ref : facts.body.refs)
    if (ref.bind == BindKind::kLocal && ref.role == graph::RefRole::kWrite)
      facts.body.locals[ref.bound].reassigned = true;
}

void FileWalk::sort_refs() {
  std::vector<graph::Ref>& refs = facts.body.refs;
  std::vector<std::uint32_t> order(refs.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return refs[a].begin < refs[b].begin; });
  std::vector<graph::Ref> sorted;
  std::vector<std::uint32_t> new_index(refs.size());
  sorted.reserve(refs.size());
  for (const std::uint32_t i : order) {
    new_index[i] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(refs[i]);
  }
  refs = std::move(sorted);
  for (graph::Flow& flow : facts.body.flows)
    if (flow.kind == graph::FlowKind::kArgument) flow.site = new_index[flow.site];
}

void FileWalk::split_face_and_body() {
  graph::Face& face = facts.face;
  graph::Body& body = facts.body;
  const std::vector<Expr> all = std::move(face.exprs);
  std::vector<std::uint8_t> in_face(all.size(), 0);
  for (const graph::Symbol& s : face.symbols) {
    mark(in_face, s.type);
    mark(in_face, s.init);
  }
  for (const graph::Super& s : face.supers) {
    mark(in_face, s.type);
    mark(in_face, s.subject);
  }
  for (const graph::Export& e : face.exports) mark(in_face, e.value);
  mark_operands(all, in_face);
  std::vector<std::uint8_t> in_body(all.size(), 0);
  for (const graph::Ref& r : body.refs) mark(in_body, r.receiver);
  for (const graph::Local& l : body.locals) {
    mark(in_body, l.type);
    mark(in_body, l.init);
  }
  for (const graph::Flow& f : body.flows) {
    mark(in_body, f.target);
    mark(in_body, f.source);
  }
  mark_operands(all, in_body);

  std::vector<ExprIdx> renumbered(all.size(), kNone);
  face.exprs.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!in_face[i]) continue;
    renumbered[i] = static_cast<ExprIdx>(face.exprs.size());
    face.exprs.push_back(all[i]);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (in_face[i] || !in_body[i]) continue;
    renumbered[i] = static_cast<ExprIdx>(face.exprs.size() + body.exprs.size());
    body.exprs.push_back(all[i]);
  }
  const auto fix = [&](ExprIdx& e) {
    if (e != kNone) e = renumbered[e];
  };
  const auto fix_operands = [&](Expr& e) {
    if (has_operand_a(e.kind)) fix(e.a);
    if (has_operand_b(e.kind)) fix(e.b);
  };
  for (Expr& e : face.exprs) fix_operands(e);
  for (Expr& e : body.exprs) fix_operands(e);
  for (graph::Symbol& s : face.symbols) fix(s.type), fix(s.init);
  for (graph::Super& s : face.supers) fix(s.type), fix(s.subject);
  for (graph::Export& e : face.exports) fix(e.value);
  for (graph::Ref& r : body.refs) fix(r.receiver);
  for (graph::Local& l : body.locals) fix(l.type), fix(l.init);
  for (graph::Flow& f : body.flows) fix(f.target), fix(f.source);
  number_strings();
}

void FileWalk::number_strings() {
  graph::Face& face = facts.face;
  graph::Body& body = facts.body;
  std::vector<StrId> renumbered(strings_.size(), kNone);
  renumbered[0] = 0;
  const auto face_string = [&](StrId& id) {
    if (renumbered[id] == kNone) {
      renumbered[id] = face.strings.size();
      face.strings.add(strings_[id]);
    }
    id = renumbered[id];
  };
  const auto body_string = [&](StrId& id) {
    if (renumbered[id] == kNone) {
      renumbered[id] = face.strings.size() + body.strings.size();
      body.strings.add(strings_[id]);
    }
    id = renumbered[id];
  };
  face_string(face.package);
  for (graph::Symbol& s : face.symbols) {
    face_string(s.name);
    face_string(s.qualifier);
    face_string(s.signature);
  }
  for (Expr& e : face.exprs) face_string(e.name);
  for (graph::Import& i : face.imports) {
    face_string(i.module);
    face_string(i.name);
    face_string(i.alias);
  }
  for (graph::Export& e : face.exports) {
    face_string(e.name);
    face_string(e.local);
  }
  for (Expr& e : body.exprs) body_string(e.name);
  for (graph::Local& l : body.locals) body_string(l.name);
  for (graph::Ref& r : body.refs) body_string(r.name);
  for (graph::Diagnostic& d : body.diagnostics) body_string(d.text);
}

}  // namespace cairn::indexer::syntax
