#pragma once
// Random but valid FileFacts for tests and benchmarks of everything that stores or links them.
// RandomFacts(seed).make(lines) has the shape of real code: names reused, tables in source order,
// about two references a line. make_wild() has the same tables with values anywhere they may be.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "graph/facts.h"

namespace cairn::test {

class RandomFacts {
 public:
  explicit RandomFacts(std::uint64_t seed) : random_(seed) {}

  graph::FileFacts make(std::uint32_t lines) {
    graph::FileFacts facts;
    fill_face(facts.face, lines);
    fill_body(facts, lines);
    return facts;
  }

  /// Valid facts whose free fields (positions, hashes, metrics, flags) hold any value.
  graph::FileFacts make_wild(std::uint32_t lines) {
    graph::FileFacts facts = make(lines);
    for (graph::Symbol& symbol : facts.face.symbols) {
      symbol.flags = any32();
      symbol.disambiguator = any32();
      symbol.body_hash = random_();
      symbol.min_args = static_cast<std::uint8_t>(random_());
      symbol.range = any_range();
      symbol.name_range = any_range();
      symbol.doc_line = any32();
      symbol.metrics = {any16(), any16(), any16(), any16(), any32()};
      symbol.type = any_of(facts.face.exprs.size());
      symbol.scope = any_of(facts.face.scopes.size());
    }
    for (graph::Ref& ref : facts.body.refs) {
      ref.begin = {any32(), any32()};
      ref.length = any32();
      ref.name = below(facts.face.strings.size() + facts.body.strings.size());
      ref.receiver = any_of(facts.face.exprs.size() + facts.body.exprs.size());
      ref.flags = static_cast<std::uint8_t>(random_());
      ref.args = static_cast<std::uint8_t>(random_());
      ref.bind = graph::BindKind::kUnbound;
      ref.bound = any32();
    }
    for (graph::Local& local : facts.body.locals) {
      local.range = any_range();
      local.position = static_cast<std::uint8_t>(random_());
    }
    facts.body.diagnostics.assign(below(5), {});
    for (graph::Diagnostic& row : facts.body.diagnostics)
      row = {any32(), below(facts.face.strings.size())};
    facts.face.is_generated = chance(50);
    facts.face.bytes = any32();
    return facts;
  }

  std::uint32_t below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::uint32_t>(random_() % bound);
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::uint32_t any32() {
    // Small, large and anything between.
    return static_cast<std::uint32_t>(random_() >> (32 + random_() % 32));
  }

 private:
  using Row = std::uint32_t;

  std::uint16_t any16() { return static_cast<std::uint16_t>(random_()); }
  std::uint32_t any_of(std::size_t size) {
    return size == 0 || chance(30) ? graph::kNone : below(size);
  }
  graph::Range any_range() {
    graph::Position a{any32(), any32()};
    graph::Position b{any32(), any32()};
    if (b < a) std::swap(a, b);
    return {a, b};
  }
  graph::Range range_at(Row line, Row column, Row width) {
    return {{line, column}, {line, column + width}};
  }

  std::string identifier() {
    static constexpr const char* kWords[] = {"get",  "value", "node",  "index", "make", "list",
                                             "user", "cache", "parse", "item",  "file", "result"};
    std::string out = kWords[below(std::size(kWords))];
    for (Row parts = below(3); parts > 0; --parts) {
      out += '_';
      out += kWords[below(std::size(kWords))];
    }
    if (chance(40)) out += std::to_string(below(1000));
    return out;
  }
  Row add(graph::StringTable& strings, const std::string& text) {
    strings.add(text);
    return strings.size() - 1;
  }

  void fill_face(graph::Face& face, Row lines) {
    face.language = graph::Language::kPython;
    face.parse = chance(90) ? graph::ParseStatus::kOk : graph::ParseStatus::kErrors;
    face.is_test = chance(20);
    face.lines = lines;
    face.bytes = lines * 34;
    face.package = add(face.strings, "org.example." + identifier());
    face.scopes.push_back({graph::kNone, 0, graph::ScopeKind::kFile});
    graph::Symbol module;
    module.kind = graph::SymbolKind::kModule;
    module.scope = 0;
    module.range = {{1, 1}, {lines + 1, 1}};
    face.symbols.push_back(module);
    add_imports(face, lines);
    Row type = 0;
    for (Row line = 10; line < lines; line += 8 + below(12)) {
      if (type == 0 || chance(10)) type = add_type(face, line++);
      add_callable(face, type, line);
    }
    for (Row i = 0; i < face.symbols.size(); i += 9)
      face.exports.push_back({face.symbols[i].name, chance(20) ? face.symbols[i].name : 0, i,
                              any_of(face.imports.size()), any_of(face.exprs.size())});
  }

  void add_imports(graph::Face& face, Row lines) {
    for (Row i = 0; i < 1 + lines / 60; ++i) {
      graph::Import row;
      row.module = add(face.strings, identifier() + "." + identifier());
      row.name = chance(60) ? add(face.strings, identifier()) : 0;
      row.alias = row.name;
      row.kind = row.name != 0 ? graph::ImportKind::kName : graph::ImportKind::kModule;
      row.level = static_cast<std::uint8_t>(below(3));
      row.type_only = chance(10);
      row.system = chance(10);
      row.reexport = chance(10);
      row.conditional = chance(10);
      row.range = range_at(i + 1, 8, 12);
      face.imports.push_back(row);
    }
  }

  Row add_expr(std::vector<graph::Expr>& exprs, Row first, graph::ExprKind kind, Row name, Row a,
               Row b, Row scope) {
    graph::Expr expr;
    expr.kind = kind;
    expr.name = name;
    expr.a = a;
    expr.b = b;
    expr.scope = scope;
    exprs.push_back(expr);
    return first + static_cast<Row>(exprs.size()) - 1;
  }

  Row add_type(graph::Face& face, Row line) {
    const Row own = static_cast<Row>(face.symbols.size());
    graph::Symbol row;
    row.name = add(face.strings, "Class" + identifier());
    row.parent = 0;
    row.scope = static_cast<Row>(face.scopes.size());
    row.kind = graph::SymbolKind::kClass;
    row.range = {{line, 1}, {line + 100, 2}};
    row.name_range = range_at(line, 7, static_cast<Row>(face.strings[row.name].size()));
    face.symbols.push_back(row);
    face.scopes.push_back({0, own, graph::ScopeKind::kType});
    // Generic<Argument>, its one-cell list built from the back.
    const Row base = add_expr(face.exprs, 0, graph::ExprKind::kName,
                              add(face.strings, identifier()), graph::kNone, graph::kNone, 0);
    const Row cell =
        add_expr(face.exprs, 0, graph::ExprKind::kArg, 0, base, graph::kNone, row.scope);
    const Row generic =
        add_expr(face.exprs, 0, graph::ExprKind::kGeneric, 0, base, cell, row.scope);
    face.supers.push_back({own, graph::kNone, generic, graph::SuperKind::kExtends});
    face.supers.push_back({graph::kNone, base, generic, graph::SuperKind::kImplements});
    return own;
  }

  void add_callable(graph::Face& face, Row type, Row line) {
    const Row own = static_cast<Row>(face.symbols.size());
    graph::Symbol row;
    const std::string name = identifier();
    row.name = add(face.strings, name);
    row.signature = add(face.strings, "def " + name + "(self, " + identifier() + ": int)");
    row.parent = type;
    row.scope = static_cast<Row>(face.scopes.size());
    row.declared_in = face.symbols[type].scope;
    row.kind = graph::SymbolKind::kMethod;
    row.visibility = chance(70) ? graph::Visibility::kPublic : graph::Visibility::kPrivate;
    row.flags = chance(20) ? graph::symbol_flag::kStatic : 0;
    row.min_args = static_cast<std::uint8_t>(below(3));
    row.max_args = static_cast<std::uint8_t>(below(5));
    row.body_hash = random_();
    row.range = {{line, 5}, {line + 7, 6}};
    row.name_range = range_at(line, 9, static_cast<Row>(name.size()));
    row.doc_line = chance(40) ? line + 1 : 0;
    row.metrics = {static_cast<std::uint16_t>(1 + below(9)), static_cast<std::uint16_t>(below(9)),
                   static_cast<std::uint16_t>(below(4)), static_cast<std::uint16_t>(below(4)), 7};
    if (chance(50)) {
      row.type = add_expr(face.exprs, 0, graph::ExprKind::kName, row.name, graph::kNone,
                          graph::kNone, row.declared_in);
      face.exprs.back().is_type = true;
    }
    if (chance(10)) {
      row.init = add_expr(face.exprs, 0, graph::ExprKind::kName, row.name,
                          below(face.imports.size()), graph::kNone, row.declared_in);
      face.exprs.back().bind = graph::BindKind::kImport;
    }
    face.symbols.push_back(row);
    face.scopes.push_back({row.declared_in, own, graph::ScopeKind::kFunction});
  }

  void fill_body(graph::FileFacts& facts, Row lines) {
    graph::Body& body = facts.body;
    const graph::Face& face = facts.face;
    const Row first_string = face.strings.size();
    const Row first_expr = static_cast<Row>(face.exprs.size());
    Row symbol = 0;
    for (Row line = 1; line <= lines; ++line) {
      while (symbol + 1 < face.symbols.size() && face.symbols[symbol + 1].range.begin.line <= line)
        ++symbol;
      const Row scope = face.symbols[symbol].scope;
      Row column = 5 + 4 * below(4);
      for (Row n = below(5); n > 0; --n) {
        const Row name = pick_name(body, first_string);
        const Row width = static_cast<Row>(facts.str(name).size());
        if (chance(15)) {
          graph::Local local;
          local.name = name;
          local.owner = symbol;
          local.scope = scope;
          local.position = chance(50) ? static_cast<std::uint8_t>(below(4)) : 255;
          local.reassigned = chance(20);
          local.range = range_at(line, column, width);
          if (!body.exprs.empty()) local.init = first_expr + below(body.exprs.size());
          body.locals.push_back(local);
        } else {
          body.refs.push_back(make_ref(facts, first_expr, {line, column}, name, symbol, scope));
        }
        column += width + 2;
      }
    }
    if (!body.refs.empty()) {
      for (Row i = 0; i < body.exprs.size(); i += 3)
        body.flows.push_back({graph::FlowKind::kArgument, static_cast<std::uint8_t>(below(4)),
                              graph::kNone, below(body.refs.size()), first_expr + i});
    }
    for (Row i = 0; i < face.symbols.size(); i += 5)
      body.flows.push_back({graph::FlowKind::kReturn, 255, graph::kNone, i, graph::kNone});
  }

  Row pick_name(graph::Body& body, Row first_string) {
    if (body.strings.size() == 0 || chance(15))
      return first_string + add(body.strings, identifier());
    if (chance(20)) return below(first_string);
    // Recent names come back most often.
    const Row back = std::min(below(40), body.strings.size() - 1);
    return first_string + body.strings.size() - 1 - back;
  }

  graph::Ref make_ref(graph::FileFacts& facts, Row first_expr, graph::Position at, Row name,
                      Row symbol, Row scope) {
    graph::Body& body = facts.body;
    graph::Ref ref;
    ref.begin = at;
    ref.length = static_cast<Row>(facts.str(name).size());
    ref.name = name;
    ref.owner = symbol;
    ref.scope = scope;
    ref.role = chance(50) ? graph::RefRole::kCall : graph::RefRole::kRead;
    ref.args = ref.role == graph::RefRole::kCall ? static_cast<std::uint8_t>(below(4)) : 255;
    if (chance(40)) {
      const Row base = add_expr(body.exprs, first_expr, graph::ExprKind::kName, name, graph::kNone,
                                graph::kNone, scope);
      if (!body.locals.empty()) {
        body.exprs.back().bind = graph::BindKind::kLocal;
        body.exprs.back().a = static_cast<Row>(body.locals.size()) - 1 -
                              std::min(below(6), static_cast<Row>(body.locals.size()) - 1);
      }
      ref.receiver = base;
      if (chance(30))
        ref.receiver = add_expr(body.exprs, first_expr, graph::ExprKind::kMember, name, base,
                                graph::kNone, scope);
      ref.flags = graph::ref_flag::kHasReceiver;
    } else if (chance(30)) {
      ref.bind = graph::BindKind::kSymbol;
      ref.bound = below(facts.face.symbols.size());
    } else if (chance(20)) {
      ref.bind = graph::BindKind::kImport;
      ref.bound = below(facts.face.imports.size());
    }
    return ref;
  }

  std::mt19937_64 random_;
};

}  // namespace cairn::test
