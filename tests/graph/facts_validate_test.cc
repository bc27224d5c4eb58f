#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "graph/facts.h"
#include "tests/support/random_facts.h"

namespace cairn::graph {
namespace {

/// Facts with at least one row in every table, several of most.
FileFacts sample() {
  FileFacts facts = test::RandomFacts(3).make(200);
  facts.body.diagnostics.push_back({1, 0});
  return facts;
}

struct Damage {
  const char* name;
  std::function<void(FileFacts&)> apply;
};
void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class FactsValidateDamageTest : public testing::TestWithParam<Damage> {};

TEST_P(FactsValidateDamageTest, IsReportedAsCorrupt) {
  FileFacts facts = sample();
  const auto before = validate(facts);
  ASSERT_TRUE(before) << before.error().to_string();
  GetParam().apply(facts);
  const auto after = validate(facts);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code(), ErrorCode::kCorrupt);
}

template <class Enum>
Enum unknown_value() {
  return static_cast<Enum>(200);
}

/// ExprIdx of row 0 of the body.
ExprIdx first(const FileFacts& facts) { return static_cast<ExprIdx>(facts.face.exprs.size()); }

const Damage kFaceDamages[] = {
    {"UnknownLanguage", [](FileFacts& f) { f.face.language = unknown_value<Language>(); }},
    {"UnknownParseStatus", [](FileFacts& f) { f.face.parse = unknown_value<ParseStatus>(); }},
    {"PackageOutOfRange", [](FileFacts& f) { f.face.package = f.face.strings.size(); }},
    {"NoStrings", [](FileFacts& f) { f.face.strings = StringTable::without_empty(); }},
    {"FirstStringNotEmpty",
     [](FileFacts& f) { f.face.strings = StringTable::from_parts("a", {1}); }},
    {"StringEndsNotMonotone",
     [](FileFacts& f) { f.face.strings = StringTable::from_parts("abc", {0, 3, 2, 3}); }},
    {"StringEndBehindBytes",
     [](FileFacts& f) { f.face.strings = StringTable::from_parts("abc", {0, 4}); }},
    {"BytesWithoutString",
     [](FileFacts& f) { f.face.strings = StringTable::from_parts("abc", {0, 2}); }},
    {"NoModule", [](FileFacts& f) { f.face.symbols.clear(); }},
    {"ModuleHasParent", [](FileFacts& f) { f.face.symbols[0].parent = 0; }},
    {"ModuleOfAnotherKind", [](FileFacts& f) { f.face.symbols[0].kind = SymbolKind::kClass; }},
    {"SymbolIsItsOwnParent", [](FileFacts& f) { f.face.symbols[2].parent = 2; }},
    {"ParentAfterChild", [](FileFacts& f) { f.face.symbols[2].parent = 3; }},
    {"SecondSymbolWithoutParent", [](FileFacts& f) { f.face.symbols[1].parent = kNone; }},
    {"UnknownSymbolKind",
     [](FileFacts& f) { f.face.symbols[1].kind = unknown_value<SymbolKind>(); }},
    {"UnknownVisibility",
     [](FileFacts& f) { f.face.symbols[1].visibility = unknown_value<Visibility>(); }},
    {"SymbolNameOutOfRange", [](FileFacts& f) { f.face.symbols[1].name = f.face.strings.size(); }},
    {"QualifierOutOfRange", [](FileFacts& f) { f.face.symbols[1].qualifier = kNone; }},
    {"SignatureOutOfRange", [](FileFacts& f) { f.face.symbols[1].signature = 1u << 30; }},
    {"SymbolScopeOutOfRange", [](FileFacts& f) { f.face.symbols[1].scope = 1u << 30; }},
    {"DeclaredInNowhere", [](FileFacts& f) { f.face.symbols[1].declared_in = kNone; }},
    {"TypeInTheBody", [](FileFacts& f) { f.face.symbols[1].type = first(f); }},
    {"InitOutOfRange", [](FileFacts& f) { f.face.symbols[1].init = kNone - 1; }},
    {"RangeBackwards", [](FileFacts& f) { f.face.symbols[1].range = {{5, 1}, {4, 9}}; }},
    {"NoScopes", [](FileFacts& f) { f.face.scopes.clear(); }},
    {"FileScopeHasParent", [](FileFacts& f) { f.face.scopes[0].parent = 0; }},
    {"FileScopeOfAnotherKind", [](FileFacts& f) { f.face.scopes[0].kind = ScopeKind::kBlock; }},
    {"ScopeParentAfterChild", [](FileFacts& f) { f.face.scopes[1].parent = 1; }},
    {"ScopeOwnerOutOfRange", [](FileFacts& f) { f.face.scopes[1].owner = kNone; }},
    {"UnknownScopeKind", [](FileFacts& f) { f.face.scopes[1].kind = unknown_value<ScopeKind>(); }},
    {"ExprIsItsOwnOperand", [](FileFacts& f) { f.face.exprs[1].a = 1; }},
    {"OperandAfterUser", [](FileFacts& f) { f.face.exprs[1].b = 2; }},
    {"ListIsNoCell", [](FileFacts& f) { f.face.exprs[2] = {.kind = ExprKind::kUnion, .b = 0}; }},
    {"CellChainLeavesTheList", [](FileFacts& f) { f.face.exprs[1].b = 0; }},
    {"UnknownExprKind", [](FileFacts& f) { f.face.exprs[0].kind = unknown_value<ExprKind>(); }},
    {"UnknownBinding", [](FileFacts& f) { f.face.exprs[0].bind = unknown_value<BindKind>(); }},
    {"BoundButNoName", [](FileFacts& f) { f.face.exprs[1].bind = BindKind::kSymbol; }},
    {"ImportBindingOutOfRange",
     [](FileFacts& f) {
       f.face.exprs[0] = {.kind = ExprKind::kName, .bind = BindKind::kImport, .a = 1u << 20};
     }},
    {"SymbolExprOutOfRange",
     [](FileFacts& f) { f.face.exprs[0] = {.kind = ExprKind::kSymbol, .a = kNone}; }},
    {"ExprScopeOutOfRange", [](FileFacts& f) { f.face.exprs[0].scope = kNone; }},
    {"ExprNameInTheBody", [](FileFacts& f) { f.face.exprs[0].name = f.face.strings.size(); }},
    {"SuperWithoutSubject", [](FileFacts& f) { f.face.supers[0].symbol = kNone; }},
    {"SuperSymbolOutOfRange", [](FileFacts& f) { f.face.supers[0].symbol = 1u << 20; }},
    {"SuperTypeOutOfRange", [](FileFacts& f) { f.face.supers[0].type = first(f); }},
    {"UnknownSuperKind", [](FileFacts& f) { f.face.supers[0].kind = unknown_value<SuperKind>(); }},
    {"ImportModuleOutOfRange", [](FileFacts& f) { f.face.imports[0].module = kNone; }},
    {"ImportScopeOutOfRange", [](FileFacts& f) { f.face.imports[0].scope = kNone; }},
    {"UnknownImportKind",
     [](FileFacts& f) { f.face.imports[0].kind = unknown_value<ImportKind>(); }},
    {"ExportSymbolOutOfRange", [](FileFacts& f) { f.face.exports[0].symbol = 1u << 20; }},
    {"ExportImportOutOfRange", [](FileFacts& f) { f.face.exports[0].import = 1u << 20; }},
    {"ExportValueOutOfRange", [](FileFacts& f) { f.face.exports[0].value = first(f); }},
};

const Damage kBodyDamages[] = {
    {"BodyStringEndsNotMonotone",
     [](FileFacts& f) { f.body.strings = StringTable::from_parts("abc", {3, 2, 3}); }},
    {"FaceNameOfMissingLocal",
     [](FileFacts& f) {
       f.face.exprs[0] = {.kind = ExprKind::kName, .bind = BindKind::kLocal, .a = 1u << 20};
     }},
    {"BodyOperandAfterUser", [](FileFacts& f) { f.body.exprs[0].b = first(f); }},
    {"LocalBindingOutOfRange",
     [](FileFacts& f) {
       f.body.exprs[0] = {.kind = ExprKind::kName,
                          .bind = BindKind::kLocal,
                          .a = static_cast<LocalIdx>(f.body.locals.size())};
     }},
    {"LocalNameOutOfRange", [](FileFacts& f) { f.body.locals[0].name = kNone; }},
    {"LocalOwnerOutOfRange", [](FileFacts& f) { f.body.locals[0].owner = kNone; }},
    {"LocalScopeOutOfRange", [](FileFacts& f) { f.body.locals[0].scope = kNone; }},
    {"LocalTypeOutOfRange", [](FileFacts& f) { f.body.locals[0].type = 1u << 30; }},
    {"UnknownLocalKind", [](FileFacts& f) { f.body.locals[0].kind = unknown_value<SymbolKind>(); }},
    {"RefNameOutOfRange",
     [](FileFacts& f) { f.body.refs[0].name = f.face.strings.size() + f.body.strings.size(); }},
    {"RefOwnerOutOfRange", [](FileFacts& f) { f.body.refs[0].owner = kNone; }},
    {"RefScopeOutOfRange", [](FileFacts& f) { f.body.refs[0].scope = kNone; }},
    {"ReceiverOutOfRange", [](FileFacts& f) { f.body.refs[0].receiver = 1u << 30; }},
    {"UnknownRole", [](FileFacts& f) { f.body.refs[0].role = unknown_value<RefRole>(); }},
    {"UnknownRefBinding", [](FileFacts& f) { f.body.refs[0].bind = unknown_value<BindKind>(); }},
    {"RefBoundToNothing",
     [](FileFacts& f) {
       f.body.refs[0].bind = BindKind::kSymbol;
       f.body.refs[0].bound = kNone;
     }},
    {"UnknownFlowKind", [](FileFacts& f) { f.body.flows[0].kind = unknown_value<FlowKind>(); }},
    {"ArgumentOfNoCall",
     [](FileFacts& f) { f.body.flows[0] = {.kind = FlowKind::kArgument, .site = kNone}; }},
    {"ReturnOfNoSymbol",
     [](FileFacts& f) { f.body.flows[0] = {.kind = FlowKind::kReturn, .site = kNone}; }},
    {"FlowSourceOutOfRange", [](FileFacts& f) { f.body.flows[0].source = 1u << 30; }},
    {"DiagnosticTextOutOfRange", [](FileFacts& f) { f.body.diagnostics[0].text = kNone; }},
};

std::string damage_name(const testing::TestParamInfo<Damage>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Face, FactsValidateDamageTest, testing::ValuesIn(kFaceDamages),
                         damage_name);
INSTANTIATE_TEST_SUITE_P(Body, FactsValidateDamageTest, testing::ValuesIn(kBodyDamages),
                         damage_name);

TEST(FactsValidateTest, EveryFaceDamageIsFoundInTheFaceAlone) {
  for (const Damage& damage : kFaceDamages) {
    FileFacts facts = sample();
    damage.apply(facts);
    EXPECT_FALSE(validate(facts.face)) << damage.name;
  }
}

TEST(FactsValidateTest, BodyDamageIsFoundNextToAValidFace) {
  for (const Damage& damage : kBodyDamages) {
    FileFacts facts = sample();
    damage.apply(facts);
    EXPECT_TRUE(validate(facts.face)) << damage.name;
    EXPECT_FALSE(validate(facts.face, facts.body)) << damage.name;
  }
}

TEST(FactsValidateTest, AbsentOperandsAreFine) {
  FileFacts facts = sample();
  for (const ExprKind kind : {ExprKind::kMember, ExprKind::kCall, ExprKind::kUnion, ExprKind::kArg,
                              ExprKind::kArray, ExprKind::kGeneric}) {
    facts.body.exprs.push_back({.kind = kind});
  }
  EXPECT_TRUE(validate(facts));
}

TEST(FactsValidateTest, ErrorNamesTableAndRow) {
  FileFacts facts = sample();
  facts.face.symbols[2].name = kNone;
  const auto result = validate(facts);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("symbols[2]"), std::string::npos)
      << result.error().message();
}

}  // namespace
}  // namespace cairn::graph
