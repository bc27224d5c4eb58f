#include "tests/support/facts_dump.h"

#include <array>

namespace cairn::test {

using namespace cairn::graph;

namespace {

std::string place(const Position& p) {
  return std::to_string(p.line) + ":" + std::to_string(p.column);
}
std::string span(const Range& r) { return place(r.begin) + "-" + place(r.end); }
std::string text(std::string_view s) { return std::string(s); }

std::string bound(const FileFacts& f, BindKind kind, std::uint32_t index) {
  switch (kind) {
    case BindKind::kUnbound:
      return "";
    case BindKind::kLocal:
      return "@local" + std::to_string(index);
    case BindKind::kSymbol:
      return "@" + text(f.str(f.face.symbols[index].name));
    case BindKind::kImport:
      return "@import" + std::to_string(index);
  }
  return "";
}

std::string dump_list(const FileFacts& f, ExprIdx e) {
  std::string out;
  for (; e != kNone; e = f.expr(e).b) out += (out.empty() ? "" : ", ") + dump_expr(f, f.expr(e).a);
  return out;
}

std::string flags_of(std::uint32_t flags) {
  std::string out;
  for (unsigned bit = 0; bit < 32; ++bit)
    if (flags & (1u << bit)) out += (out.empty() ? "" : ",") + text(flag_name(bit));
  return out;
}

void dump_symbols(const FileFacts& f, std::string& out) {
  for (std::size_t i = 0; i < f.face.symbols.size(); ++i) {
    const Symbol& s = f.face.symbols[i];
    std::string path = text(f.str(s.name));
    if (s.qualifier != 0) path = text(f.str(s.qualifier)) + "::" + path;
    for (SymbolIdx p = s.parent; p != kNone && p != 0; p = f.face.symbols[p].parent)
      path = text(f.str(f.face.symbols[p].name)) + "/" + path;
    out += "symbol " + std::to_string(i) + " " + text(name_of(s.kind)) + " " + path + " " +
           span(s.name_range) + " in " + span(s.range) + " " + text(name_of(s.visibility));
    if (s.flags != 0) out += " [" + flags_of(s.flags) + "]";
    if (is_callable(s.kind))
      out += " args " + std::to_string(s.min_args) + ".." + std::to_string(s.max_args) + " cc " +
             std::to_string(s.metrics.cyclomatic) + " cog " + std::to_string(s.metrics.cognitive) +
             " nest " + std::to_string(s.metrics.nesting) + " nloc " +
             std::to_string(s.metrics.nloc) + " params " + std::to_string(s.metrics.parameters);
    if (s.doc_line != 0) out += " doc " + std::to_string(s.doc_line);
    if (s.type != kNone) out += " type " + dump_expr(f, s.type);
    if (s.init != kNone) out += " init " + dump_expr(f, s.init);
    if (s.signature != 0) out += " sig \"" + text(f.str(s.signature)) + "\"";
    out += "\n";
  }
}

void dump_imports(const FileFacts& f, std::string& out) {
  static constexpr std::array kKinds = {"module", "name", "wildcard", "include", "side_effect"};
  for (const Import& i : f.face.imports) {
    out += "import " + std::string(kKinds[static_cast<std::size_t>(i.kind)]) + " '" +
           text(f.str(i.module)) + "' name '" + text(f.str(i.name)) + "' as '" +
           text(f.str(i.alias)) + "' level " + std::to_string(i.level) + " scope " +
           std::to_string(i.scope) + " " + span(i.range);
    if (i.type_only) out += " type_only";
    if (i.system) out += " system";
    if (i.is_static) out += " static";
    if (i.reexport) out += " reexport";
    if (i.conditional) out += " conditional";
    if (i.dynamic) out += " dynamic";
    out += "\n";
  }
  for (const Export& e : f.face.exports) {
    out += "export '" + text(f.str(e.name)) + "' local '" + text(f.str(e.local)) + "'";
    if (e.symbol != kNone) out += " symbol " + std::to_string(e.symbol);
    if (e.import != kNone) out += " import " + std::to_string(e.import);
    if (e.value != kNone) out += " value " + dump_expr(f, e.value);
    out += "\n";
  }
  for (const Super& s : f.face.supers) {
    out +=
        "super " +
        (s.symbol != kNone ? text(f.str(f.face.symbols[s.symbol].name)) : dump_expr(f, s.subject)) +
        " : " + dump_expr(f, s.type) + " kind " + std::to_string(static_cast<int>(s.kind)) + "\n";
  }
}

void dump_body(const FileFacts& f, std::string& out) {
  for (std::size_t i = 0; i < f.body.locals.size(); ++i) {
    const Local& l = f.body.locals[i];
    out += "local " + std::to_string(i) + " " + text(name_of(l.kind)) + " " + text(f.str(l.name)) +
           " " + span(l.range) + " of " + text(f.str(f.face.symbols[l.owner].name));
    if (l.reassigned) out += " reassigned";
    if (l.type != kNone) out += " type " + dump_expr(f, l.type);
    if (l.init != kNone) out += " init " + dump_expr(f, l.init);
    out += "\n";
  }
  for (const Ref& r : f.body.refs) {
    out += "ref " + place(r.begin) + "+" + std::to_string(r.length) + " " + text(name_of(r.role)) +
           " " + text(f.str(r.name)) + bound(f, r.bind, r.bound);
    if (r.args != 255) out += " args " + std::to_string(r.args);
    if (r.receiver != kNone) out += " on " + dump_expr(f, r.receiver);
    if (r.flags != 0) out += " flags " + std::to_string(r.flags);
    out += " in " + text(f.str(f.face.symbols[r.owner].name)) + "\n";
  }
}

}  // namespace

std::string dump_expr(const FileFacts& f, ExprIdx i) {
  if (i == kNone) return "?";
  const Expr& e = f.expr(i);
  const std::string name = text(f.str(e.name));
  switch (e.kind) {
    case ExprKind::kUnknown:
      return "unknown";
    case ExprKind::kName:
      return name + bound(f, e.bind, e.a);
    case ExprKind::kMember:
      return dump_expr(f, e.a) + "." + name;
    case ExprKind::kCall:
      return dump_expr(f, e.a) + "()";
    case ExprKind::kNew:
      return "new " + dump_expr(f, e.a);
    case ExprKind::kSelf:
      return e.is_type ? "Self" : "self";
    case ExprKind::kSuper:
      return "super";
    case ExprKind::kBuiltin:
      return "<" + name + ">";
    case ExprKind::kElement:
      return dump_expr(f, e.a) + "[]";
    case ExprKind::kAwait:
      return "await " + dump_expr(f, e.a);
    case ExprKind::kGeneric:
      return dump_expr(f, e.a) + "<" + dump_list(f, e.b) + ">";
    case ExprKind::kArg:
      return dump_list(f, i);
    case ExprKind::kUnion:
      return "(" + dump_list(f, e.b) + ")";
    case ExprKind::kSymbol:
      return "symbol" + std::to_string(e.a);
    case ExprKind::kTypeOf:
      return "typeof " + dump_expr(f, e.a);
    case ExprKind::kArray:
      return dump_expr(f, e.a) + "*";
    case ExprKind::kCast:
      return "cast " + dump_expr(f, e.a);
  }
  return "?";
}

std::string dump_facts(const FileFacts& f) {
  std::string out = "file " + text(name_of(f.face.language)) + " " + text(name_of(f.face.parse)) +
                    " lines " + std::to_string(f.face.lines);
  if (f.face.package != 0) out += " package " + text(f.str(f.face.package));
  if (f.face.is_test) out += " test";
  out += "\n";
  dump_symbols(f, out);
  dump_imports(f, out);
  dump_body(f, out);
  return out;
}

}  // namespace cairn::test
