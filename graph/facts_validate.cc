// The bounds and order checks that turn stored facts into facts the linker may index without
// looking. One pass over every table, no allocation unless something is wrong.
#include <string>

#include "graph/facts.h"

namespace cairn::graph {
namespace {

constexpr unsigned kLanguages = 0
#define CAIRN_LANGUAGE(name, text, family, separator) +1
#include "graph/schema.def"
    ;
constexpr unsigned kSymbolKinds = 0
#define CAIRN_SYMBOL_KIND(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kRefRoles = 0
#define CAIRN_REF_ROLE(name, text) +1
#include "graph/schema.def"
    ;

/// Sizes every index is checked against. For a face alone, the body's numbers are not known.
struct Limits {
  std::size_t strings = 0;
  std::size_t symbols = 0;
  std::size_t scopes = 0;
  std::size_t exprs = 0;
  std::size_t imports = 0;
  std::size_t locals = kNone;  // any LocalIdx but kNone, until the body is known
};

Error bad(std::string_view table, std::size_t row, std::string_view what) {
  return Error(ErrorCode::kCorrupt, "facts: " + std::string(table) + "[" + std::to_string(row) +
                                        "]: " + std::string(what));
}

template <class Enum>
bool within(Enum value, Enum last) {
  return static_cast<unsigned>(value) <= static_cast<unsigned>(last);
}
template <class Enum>
bool below(Enum value, unsigned count) {
  return static_cast<unsigned>(value) < count;
}
bool optional(std::uint32_t index, std::size_t size) { return index == kNone || index < size; }
bool ordered(const Range& range) { return range.begin <= range.end; }

/// Whether `index` may be what a name of this binding stands for.
bool bound_ok(BindKind bind, std::uint32_t index, const Limits& limits) {
  switch (bind) {
    case BindKind::kUnbound:
      return true;
    case BindKind::kLocal:
      return index < limits.locals;
    case BindKind::kSymbol:
      return index < limits.symbols;
    case BindKind::kImport:
      return index < limits.imports;
  }
  return false;
}

Result<void> check_strings(const StringTable& strings, std::string_view table) {
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < strings.ends().size(); ++i) {
    if (strings.ends()[i] < previous) return bad(table, i, "the ends are not in order");
    previous = strings.ends()[i];
  }
  if (previous != strings.bytes().size())
    return bad(table, strings.ends().size(), "the last end is not the end of the bytes");
  return {};
}

/// Whether the list operand of `kind` is a kArg cell.
bool has_list(ExprKind kind) {
  return kind == ExprKind::kGeneric || kind == ExprKind::kUnion || kind == ExprKind::kArg;
}

/// `first` is the ExprIdx of row 0; kind_of gives the kind of any earlier expression.
template <class KindOf>
Result<void> check_exprs(const std::vector<Expr>& exprs, std::size_t first, std::string_view table,
                         const Limits& limits, KindOf kind_of) {
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    const Expr& expr = exprs[i];
    const std::size_t own = first + i;
    if (!within(expr.kind, ExprKind::kCast)) return bad(table, i, "unknown kind");
    if (!within(expr.bind, BindKind::kImport)) return bad(table, i, "unknown binding");
    if (expr.bind != BindKind::kUnbound && expr.kind != ExprKind::kName)
      return bad(table, i, "only a name can be bound");
    if (expr.name >= limits.strings) return bad(table, i, "name out of range");
    if (expr.scope >= limits.scopes) return bad(table, i, "scope out of range");
    if (expr.bind != BindKind::kUnbound) {
      if (!bound_ok(expr.bind, expr.a, limits)) return bad(table, i, "binding out of range");
    } else if (expr.kind == ExprKind::kSymbol) {
      if (expr.a >= limits.symbols) return bad(table, i, "symbol out of range");
    } else if (!optional(expr.a, own)) {
      return bad(table, i, "operand does not precede its user");
    }
    if (!optional(expr.b, own)) return bad(table, i, "operand does not precede its user");
    if (expr.b != kNone && has_list(expr.kind) && kind_of(expr.b) != ExprKind::kArg)
      return bad(table, i, "list operand is not a list cell");
  }
  return {};
}

Result<void> check_symbols(const Face& face, const Limits& limits) {
  if (face.symbols.empty()) return bad("symbols", 0, "the module symbol is missing");
  const Symbol& module = face.symbols[0];
  if (module.parent != kNone || module.kind != SymbolKind::kModule)
    return bad("symbols", 0, "row 0 is not the file's module");
  for (std::size_t i = 0; i < face.symbols.size(); ++i) {
    const Symbol& symbol = face.symbols[i];
    if (i > 0 && symbol.parent >= i) return bad("symbols", i, "parent does not precede its child");
    if (!below(symbol.kind, kSymbolKinds)) return bad("symbols", i, "unknown kind");
    if (!within(symbol.visibility, Visibility::kFile))
      return bad("symbols", i, "unknown visibility");
    if (symbol.name >= limits.strings || symbol.qualifier >= limits.strings ||
        symbol.signature >= limits.strings)
      return bad("symbols", i, "string out of range");
    if (!optional(symbol.scope, limits.scopes) || symbol.declared_in >= limits.scopes)
      return bad("symbols", i, "scope out of range");
    if (!optional(symbol.type, limits.exprs) || !optional(symbol.init, limits.exprs))
      return bad("symbols", i, "expression out of range");
    if (!ordered(symbol.range) || !ordered(symbol.name_range))
      return bad("symbols", i, "range ends before it begins");
  }
  return {};
}

Result<void> check_scopes(const Face& face, const Limits& limits) {
  if (face.scopes.empty()) return bad("scopes", 0, "the file's scope is missing");
  if (face.scopes[0].parent != kNone || face.scopes[0].kind != ScopeKind::kFile)
    return bad("scopes", 0, "row 0 is not the file's scope");
  for (std::size_t i = 0; i < face.scopes.size(); ++i) {
    const Scope& scope = face.scopes[i];
    if (i > 0 && scope.parent >= i) return bad("scopes", i, "parent does not precede its child");
    if (scope.owner >= limits.symbols) return bad("scopes", i, "owner out of range");
    if (!within(scope.kind, ScopeKind::kBlock)) return bad("scopes", i, "unknown kind");
  }
  return {};
}

Result<void> check_supers(const Face& face, const Limits& limits) {
  for (std::size_t i = 0; i < face.supers.size(); ++i) {
    const Super& super = face.supers[i];
    if (!optional(super.symbol, limits.symbols)) return bad("supers", i, "symbol out of range");
    if (!optional(super.subject, limits.exprs) || !optional(super.type, limits.exprs))
      return bad("supers", i, "expression out of range");
    if (super.symbol == kNone && super.subject == kNone)
      return bad("supers", i, "neither symbol nor subject");
    if (!within(super.kind, SuperKind::kEmbeds)) return bad("supers", i, "unknown kind");
  }
  return {};
}

Result<void> check_imports_exports(const Face& face, const Limits& limits) {
  for (std::size_t i = 0; i < face.imports.size(); ++i) {
    const Import& import = face.imports[i];
    if (import.module >= limits.strings || import.name >= limits.strings ||
        import.alias >= limits.strings)
      return bad("imports", i, "string out of range");
    if (import.scope >= limits.scopes) return bad("imports", i, "scope out of range");
    if (!within(import.kind, ImportKind::kSideEffect)) return bad("imports", i, "unknown kind");
    if (!ordered(import.range)) return bad("imports", i, "range ends before it begins");
  }
  for (std::size_t i = 0; i < face.exports.size(); ++i) {
    const Export& row = face.exports[i];
    if (row.name >= limits.strings || row.local >= limits.strings)
      return bad("exports", i, "string out of range");
    if (!optional(row.symbol, limits.symbols)) return bad("exports", i, "symbol out of range");
    if (!optional(row.import, limits.imports)) return bad("exports", i, "import out of range");
    if (!optional(row.value, limits.exprs)) return bad("exports", i, "expression out of range");
  }
  return {};
}

Result<void> check_locals(const Body& body, const Limits& limits) {
  for (std::size_t i = 0; i < body.locals.size(); ++i) {
    const Local& local = body.locals[i];
    if (local.name >= limits.strings) return bad("locals", i, "name out of range");
    if (local.owner >= limits.symbols) return bad("locals", i, "owner out of range");
    if (local.scope >= limits.scopes) return bad("locals", i, "scope out of range");
    if (!below(local.kind, kSymbolKinds)) return bad("locals", i, "unknown kind");
    if (!optional(local.type, limits.exprs) || !optional(local.init, limits.exprs))
      return bad("locals", i, "expression out of range");
    if (!ordered(local.range)) return bad("locals", i, "range ends before it begins");
  }
  return {};
}

Result<void> check_refs(const Body& body, const Limits& limits) {
  for (std::size_t i = 0; i < body.refs.size(); ++i) {
    const Ref& ref = body.refs[i];
    if (ref.name >= limits.strings) return bad("refs", i, "name out of range");
    if (ref.owner >= limits.symbols) return bad("refs", i, "owner out of range");
    if (ref.scope >= limits.scopes) return bad("refs", i, "scope out of range");
    if (!optional(ref.receiver, limits.exprs)) return bad("refs", i, "receiver out of range");
    if (!below(ref.role, kRefRoles)) return bad("refs", i, "unknown role");
    if (!within(ref.bind, BindKind::kImport)) return bad("refs", i, "unknown binding");
    if (!bound_ok(ref.bind, ref.bound, limits)) return bad("refs", i, "binding out of range");
  }
  return {};
}

Result<void> check_flows(const Body& body, const Limits& limits) {
  for (std::size_t i = 0; i < body.flows.size(); ++i) {
    const Flow& flow = body.flows[i];
    if (!within(flow.kind, FlowKind::kYield)) return bad("flows", i, "unknown kind");
    if (!optional(flow.target, limits.exprs) || !optional(flow.source, limits.exprs))
      return bad("flows", i, "expression out of range");
    const bool by_symbol = flow.kind == FlowKind::kReturn || flow.kind == FlowKind::kYield;
    if (by_symbol && flow.site >= limits.symbols) return bad("flows", i, "symbol out of range");
    if (flow.kind == FlowKind::kArgument && flow.site >= body.refs.size())
      return bad("flows", i, "call out of range");
  }
  for (std::size_t i = 0; i < body.diagnostics.size(); ++i) {
    if (body.diagnostics[i].text >= limits.strings)
      return bad("diagnostics", i, "text out of range");
  }
  return {};
}

Limits limits_of(const Face& face) {
  Limits limits;
  limits.strings = face.strings.size();
  limits.symbols = face.symbols.size();
  limits.scopes = face.scopes.size();
  limits.exprs = face.exprs.size();
  limits.imports = face.imports.size();
  return limits;
}

}  // namespace

Result<void> validate(const Face& face) {
  if (!below(face.language, kLanguages)) return bad("language", 0, "unknown value");
  if (!within(face.parse, ParseStatus::kSkipped)) return bad("parse", 0, "unknown value");
  CAIRN_TRY(check_strings(face.strings, "strings"));
  if (face.strings.size() == 0 || !face.strings[0].empty())
    return bad("strings", 0, "row 0 is not the empty string");
  const Limits limits = limits_of(face);
  if (face.package >= limits.strings) return bad("package", 0, "string out of range");
  CAIRN_TRY(check_scopes(face, limits));
  CAIRN_TRY(check_symbols(face, limits));
  CAIRN_TRY(
      check_exprs(face.exprs, 0, "exprs", limits, [&](ExprIdx id) { return face.exprs[id].kind; }));
  CAIRN_TRY(check_supers(face, limits));
  return check_imports_exports(face, limits);
}

Result<void> validate(const Face& face, const Body& body) {
  CAIRN_TRY(check_strings(body.strings, "body.strings"));
  Limits limits = limits_of(face);
  limits.locals = body.locals.size();
  for (std::size_t i = 0; i < face.exprs.size(); ++i) {
    if (face.exprs[i].bind == BindKind::kLocal && face.exprs[i].a >= limits.locals)
      return bad("exprs", i, "binding out of range");
  }
  limits.strings += body.strings.size();
  limits.exprs += body.exprs.size();
  const std::size_t first = face.exprs.size();
  CAIRN_TRY(check_exprs(body.exprs, first, "body.exprs", limits, [&](ExprIdx id) {
    return id < first ? face.exprs[id].kind : body.exprs[id - first].kind;
  }));
  CAIRN_TRY(check_locals(body, limits));
  CAIRN_TRY(check_refs(body, limits));
  return check_flows(body, limits);
}

Result<void> validate(const FileFacts& facts) {
  CAIRN_TRY(validate(facts.face));
  return validate(facts.face, facts.body);
}

}  // namespace cairn::graph
