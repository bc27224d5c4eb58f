#include "indexer/syntax/walk.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace cairn::indexer::syntax {

using graph::BindKind;
using graph::ExprIdx;
using graph::kNone;
using graph::LocalIdx;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::StrId;
using graph::SymbolIdx;

namespace {

constexpr std::size_t kMaxSignature = 400;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

FileWalk::FileWalk(const SyntaxTree& t, graph::Language language, const MetricRules& metrics)
    : tree(t), metrics_(t, metrics) {
  hints_.resize(t.size());
  exprs_.resize(t.size(), kNone);
  refs_at_.resize(t.size(), kNone);
  interned_.reserve(256);
  intern("");
  graph::Face& face = facts.face;
  face.language = language;
  face.lines = static_cast<std::uint32_t>(t.line_starts.size());
  if (!t.source.empty() && t.source.back() == '\n') --face.lines;
  if (t.source.empty()) face.lines = 0;
  face.bytes = static_cast<std::uint32_t>(t.source.size());
  face.parse = t.truncated   ? graph::ParseStatus::kOutline
               : t.has_error ? graph::ParseStatus::kErrors
                             : graph::ParseStatus::kOk;
  graph::Symbol module;
  module.kind = graph::SymbolKind::kModule;
  module.scope = 0;
  module.range = {{1, 1}, t.position_of(static_cast<std::uint32_t>(t.source.size()))};
  module.name_range = {{1, 1}, {1, 1}};
  module.visibility = graph::Visibility::kPublic;
  face.symbols.push_back(module);
  face.scopes.push_back(graph::Scope{});
  lambda_counts_.push_back(0);
  open_symbols_.push_back({0, kNoNode, false});
  open_scopes_.push_back({0, kNoNode});
}

StrId FileWalk::intern(std::string_view text) {
  if (const auto found = interned_.find(text); found != interned_.end()) return found->second;
  // Views into the source stay valid; other text needs an owner.
  const bool in_source = text.data() >= tree.source.data() &&
                         text.data() + text.size() <= tree.source.data() + tree.source.size();
  if (!in_source && !text.empty()) {
    owned_strings_.push_back(std::make_unique<std::string>(text));
    text = *owned_strings_.back();
  }
  const auto id = static_cast<StrId>(strings_.size());
  strings_.push_back(text);
  interned_.emplace(text, id);
  return id;
}

std::string_view FileWalk::str(StrId id) const { return strings_[id]; }

void FileWalk::skip(NodeIdx node) {
  if (node != kNoNode) hints_[node].action = Hint::Action::kSkip;
}

void FileWalk::role(NodeIdx node, RefRole r, std::uint8_t args, std::uint8_t flags) {
  if (node != kNoNode) hints_[node] = Hint{Hint::Action::kRole, r, args, flags};
}

RefRole FileWalk::role_of(NodeIdx node, RefRole otherwise) const {
  const Hint& h = hints_[node];
  return h.action == Hint::Action::kRole ? h.role : otherwise;
}

SymbolIdx FileWalk::define(const NewSymbol& n) {
  graph::Symbol s;
  s.name = n.name != kNoNode ? intern_node(n.name) : intern(n.name_text);
  s.parent = n.parent != kNone ? n.parent : current_symbol();
  s.declared_in = n.declared_in != kNone ? n.declared_in : current_scope();
  s.kind = n.kind;
  s.visibility = n.visibility;
  s.flags = n.flags;
  s.range = tree.range(n.definition);
  s.name_range =
      n.name != kNoNode ? tree.range(n.name) : graph::Range{s.range.begin, s.range.begin};
  if (!n.signature.empty()) {
    s.signature = intern(n.signature);
  } else {
    const Node& d = tree[n.definition];
    s.signature = intern(normalised(d.begin, n.body != kNoNode ? tree[n.body].begin : d.end));
  }
  s.body_hash = body_hash(n.definition);
  s.doc_line = doc_line_above(n.definition);
  const auto index = static_cast<SymbolIdx>(facts.face.symbols.size());
  facts.face.symbols.push_back(s);
  lambda_counts_.push_back(0);
  const ScopeKind in = scope(s.declared_in).kind;
  if (s.name != 0 && (in == ScopeKind::kFunction || in == ScopeKind::kBlock))
    bind(s.declared_in, s.name, BindKind::kSymbol, index);
  return index;
}

SymbolIdx FileWalk::current_type() const {
  for (std::size_t i = open_symbols_.size(); i-- > 0;)
    if (graph::is_type(facts.face.symbols[open_symbols_[i].symbol].kind))
      return open_symbols_[i].symbol;
  return kNone;
}

SymbolIdx FileWalk::current_callable() const {
  for (std::size_t i = open_symbols_.size(); i-- > 0;)
    if (graph::is_callable(facts.face.symbols[open_symbols_[i].symbol].kind))
      return open_symbols_[i].symbol;
  return kNone;
}

ScopeIdx FileWalk::open(SymbolIdx s, ScopeKind kind, NodeIdx node, bool is_lambda) {
  const bool metrics = graph::is_callable(symbol(s).kind);
  open_symbols_.push_back({s, node, metrics});
  if (metrics) metrics_.open_function(s, is_lambda);
  const ScopeIdx opened = open_scope(kind, node);
  facts.face.scopes[opened].owner = s;
  symbol(s).scope = opened;
  return opened;
}

ScopeIdx FileWalk::open_scope(ScopeKind kind, NodeIdx node) {
  const auto index = static_cast<ScopeIdx>(facts.face.scopes.size());
  facts.face.scopes.push_back({current_scope(), current_symbol(), kind});
  open_scopes_.push_back({index, node});
  return index;
}

ScopeIdx FileWalk::function_scope() const {
  ScopeIdx s = current_scope();
  while (scope(s).kind == ScopeKind::kBlock && scope(s).parent != kNone) s = scope(s).parent;
  return s;
}

bool FileWalk::in_function() const { return scope(function_scope()).kind == ScopeKind::kFunction; }

std::string FileWalk::next_lambda_name() {
  return "<lambda" + std::to_string(++lambda_counts_[current_symbol()]) + ">";
}

void FileWalk::close(NodeIdx node) {
  while (open_scopes_.size() > 1 && open_scopes_.back().node == node) open_scopes_.pop_back();
  while (open_symbols_.size() > 1 && open_symbols_.back().node == node) {
    if (open_symbols_.back().has_metrics) metrics_.close_function(facts.face.symbols, node);
    open_symbols_.pop_back();
  }
}

LocalIdx FileWalk::define_local(graph::SymbolKind kind, NodeIdx name, ScopeIdx in,
                                std::uint32_t visible_from) {
  graph::Local l;
  l.name = intern_node(name);
  l.owner = current_symbol();
  l.scope = in;
  l.kind = kind;
  l.range = tree.range(name);
  const auto index = static_cast<LocalIdx>(facts.body.locals.size());
  facts.body.locals.push_back(l);
  bind(in, l.name, BindKind::kLocal, index, visible_from);
  return index;
}

LocalIdx FileWalk::find_local(ScopeIdx in, std::string_view name) const {
  const auto id = interned_.find(name);
  if (id == interned_.end()) return kNone;
  const auto head = binding_heads_.find((std::uint64_t{in} << 32) | id->second);
  if (head == binding_heads_.end()) return kNone;
  for (std::uint32_t b = head->second; b != kNone; b = bindings_[b].next)
    if (bindings_[b].kind == BindKind::kLocal) return bindings_[b].index;
  return kNone;
}

void FileWalk::bind(ScopeIdx in, StrId name, BindKind kind, std::uint32_t index,
                    std::uint32_t visible_from) {
  const std::uint64_t key = (std::uint64_t{in} << 32) | name;
  const auto [at, inserted] = binding_heads_.try_emplace(key, kNone);
  bindings_.push_back({kind, index, visible_from, at->second});
  at->second = static_cast<std::uint32_t>(bindings_.size() - 1);
}

ExprIdx FileWalk::add_expr(graph::ExprKind kind, std::string_view name, std::uint32_t a,
                           std::uint32_t b) {
  graph::Expr e;
  e.kind = kind;
  e.name = name.empty() ? 0 : intern(name);
  e.a = a;
  e.b = b;
  e.scope = current_scope();
  const auto index = static_cast<ExprIdx>(facts.face.exprs.size());
  facts.face.exprs.push_back(e);
  expr_at_.push_back(tree[at_].begin);
  return index;
}

ExprIdx FileWalk::add_name(std::string_view name, bool is_type) {
  const ExprIdx e = add_expr(graph::ExprKind::kName, name);
  facts.face.exprs[e].is_type = is_type;
  return e;
}

ExprIdx FileWalk::add_list(const std::vector<ExprIdx>& items) {
  ExprIdx list = kNone;
  for (std::size_t i = items.size(); i-- > 0;) {
    if (items[i] == kNone) continue;
    list = add_expr(graph::ExprKind::kArg, {}, items[i], list);
  }
  return list;
}

graph::Ref& FileWalk::add_ref(NodeIdx name, RefRole r, ExprIdx receiver, std::uint8_t args,
                              std::uint8_t flags) {
  graph::Ref ref;
  ref.begin = tree.begin_of(name);
  // Identifiers stay on one line; what recovery from errors takes for one may not.
  std::string_view text = tree.text(name);
  if (const std::size_t newline = text.find('\n'); newline != std::string_view::npos)
    text = text.substr(0, newline);
  ref.length = static_cast<std::uint32_t>(text.size());
  ref.name = intern(text);
  ref.owner = current_symbol();
  ref.scope = current_scope();
  ref.receiver = receiver;
  ref.role = r;
  ref.args = args;
  ref.flags = flags;
  if (receiver != kNone) ref.flags |= graph::ref_flag::kHasReceiver;
  facts.body.refs.push_back(ref);
  refs_at_[name] = static_cast<std::uint32_t>(ref_nodes_.size());
  ref_nodes_.push_back(name);
  return facts.body.refs.back();
}

graph::Ref* FileWalk::ref_at(NodeIdx name) {
  return refs_at_[name] == kNone ? nullptr : &facts.body.refs[refs_at_[name]];
}

graph::ImportIdx FileWalk::add_import(const graph::Import& import) {
  const auto index = static_cast<graph::ImportIdx>(facts.face.imports.size());
  facts.face.imports.push_back(import);
  const ScopeKind in = scope(import.scope).kind;
  if (import.alias != 0 && (in == ScopeKind::kFunction || in == ScopeKind::kBlock))
    bind(import.scope, import.alias, BindKind::kImport, index);
  return index;
}

void FileWalk::add_super(SymbolIdx s, ExprIdx type, graph::SuperKind kind) {
  graph::Super super;
  super.symbol = s;
  super.type = type;
  super.kind = kind;
  facts.face.supers.push_back(super);
}

void FileWalk::add_assign(ExprIdx target, ExprIdx source) {
  if (target == kNone || source == kNone) return;
  facts.body.flows.push_back({graph::FlowKind::kAssign, 255, target, kNone, source});
}

void FileWalk::add_return(ExprIdx source, bool is_yield) {
  if (source == kNone) return;
  facts.body.flows.push_back({is_yield ? graph::FlowKind::kYield : graph::FlowKind::kReturn, 255,
                              kNone, current_symbol(), source});
}

void FileWalk::add_arguments(NodeIdx name, const std::vector<ExprIdx>& arguments) {
  const std::uint32_t site = refs_at_[name];
  if (site == kNone) return;
  for (std::size_t i = 0; i < arguments.size() && i < 255; ++i) {
    if (arguments[i] == kNone) continue;
    facts.body.flows.push_back(
        {graph::FlowKind::kArgument, static_cast<std::uint8_t>(i), kNone, site, arguments[i]});
  }
}

void FileWalk::diagnose(NodeIdx node, std::string_view text) {
  facts.body.diagnostics.push_back({tree[node].row + 1, intern(text)});
}

std::string FileWalk::normalised(std::uint32_t begin, std::uint32_t end) const {
  std::string out;
  bool space = false;
  for (std::uint32_t i = begin; i < end; ++i) {
    const char c = tree.source[i];
    if (is_space(c)) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
    if (out.size() >= kMaxSignature) {
      while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80)
        out.pop_back();
      out += "...";
      break;
    }
  }
  return out;
}

std::uint32_t FileWalk::doc_line_above(NodeIdx node) const {
  // Comments that end on the line above, or the one above that comment, and so on.
  std::uint32_t row = tree[node].row;
  std::uint32_t first = 0;
  NodeIdx at = node;
  while (at > 0) {
    --at;
    const Node& n = tree[at];
    if (n.end > tree[node].begin) continue;  // an ancestor
    if ((n.flags & node_flag::kComment) == 0) break;
    if (n.parent != kNoNode && tree.is_comment(n.parent)) continue;  // its content
    // A comment behind code of its line belongs to that.
    const std::uint32_t line = tree.line_starts[n.row];
    if (!std::all_of(tree.source.begin() + line, tree.source.begin() + n.begin, is_space)) break;
    const std::uint32_t end_row = tree.position_of(n.end).line - 1;
    const bool ends_with_newline = n.end > n.begin && tree.source[n.end - 1] == '\n';
    if (end_row + (ends_with_newline ? 0 : 1) != row && end_row != row) break;
    first = n.row + 1;
    row = n.row;
  }
  return first;
}

std::uint64_t FileWalk::body_hash(NodeIdx node) const {
  // Tokens without the white space and comments between them; strings keep theirs.
  std::string& text = hash_buffer_;
  text.clear();
  bool gap = false;
  const auto code = [&](std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i < end; ++i) {
      const char c = tree.source[i];
      if (is_space(c)) {
        gap = true;
        continue;
      }
      if (gap && !text.empty() && is_word(text.back()) && is_word(c)) text += ' ';
      gap = false;
      text += c;
    }
  };
  std::uint32_t at = tree[node].begin;
  for (NodeIdx i = node + 1; i < tree[node].next; ++i) {
    const Node& n = tree[i];
    if (n.begin < at) continue;
    if (n.flags & node_flag::kComment) {
      code(at, n.begin);
      gap = true;
      at = n.end;
    } else if (n.flags & node_flag::kString) {
      code(at, n.begin);
      text.append(tree.source.substr(n.begin, n.end - n.begin));
      at = n.end;
    }
  }
  code(at, tree[node].end);
  return hash64(text);
}

}  // namespace cairn::indexer::syntax
