// Every grammar of grammars/package.json is built, is of an ABI the core takes, and parses.
#include <gtest/gtest.h>
#include <tree_sitter/api.h>

#include <memory>
#include <ostream>
#include <string_view>

extern "C" {
const TSLanguage* tree_sitter_bash(void);
const TSLanguage* tree_sitter_c(void);
const TSLanguage* tree_sitter_c_sharp(void);
const TSLanguage* tree_sitter_cpp(void);
const TSLanguage* tree_sitter_go(void);
const TSLanguage* tree_sitter_java(void);
const TSLanguage* tree_sitter_javascript(void);
const TSLanguage* tree_sitter_kotlin(void);
const TSLanguage* tree_sitter_lua(void);
const TSLanguage* tree_sitter_php(void);
const TSLanguage* tree_sitter_python(void);
const TSLanguage* tree_sitter_ruby(void);
const TSLanguage* tree_sitter_rust(void);
const TSLanguage* tree_sitter_scala(void);
const TSLanguage* tree_sitter_swift(void);
const TSLanguage* tree_sitter_tsx(void);
const TSLanguage* tree_sitter_typescript(void);
}

namespace cairn::indexer {
namespace {

struct GrammarCase {
  const char* name;
  const TSLanguage* (*language)(void);
  std::string_view source;
  std::string_view root;
};

void PrintTo(const GrammarCase& grammar, std::ostream* out) { *out << grammar.name; }

class GrammarTest : public testing::TestWithParam<GrammarCase> {};

TEST_P(GrammarTest, IsTakenByTheCoreAndParses) {
  const std::unique_ptr<TSParser, decltype(&ts_parser_delete)> parser(ts_parser_new(),
                                                                      ts_parser_delete);
  ASSERT_TRUE(ts_parser_set_language(parser.get(), GetParam().language()));
  const std::string_view source = GetParam().source;
  const std::unique_ptr<TSTree, decltype(&ts_tree_delete)> tree(
      ts_parser_parse_string(parser.get(), nullptr, source.data(),
                             static_cast<std::uint32_t>(source.size())),
      ts_tree_delete);
  ASSERT_NE(tree, nullptr);
  const TSNode root = ts_tree_root_node(tree.get());
  EXPECT_EQ(std::string_view(ts_node_type(root)), GetParam().root);
  EXPECT_FALSE(ts_node_has_error(root));
  EXPECT_EQ(ts_node_end_byte(root), source.size());
}

constexpr GrammarCase kGrammars[] = {
    {"Bash", tree_sitter_bash, "f() { echo hi; }\n", "program"},
    {"C", tree_sitter_c, "int f(void) { return 1; }\n", "translation_unit"},
    {"CSharp", tree_sitter_c_sharp, "class A { int F() => 1; }\n", "compilation_unit"},
    {"Cpp", tree_sitter_cpp, "struct A { int f() const; };\n", "translation_unit"},
    {"Go", tree_sitter_go, "package a\n\nfunc F() int { return 1 }\n", "source_file"},
    {"Java", tree_sitter_java, "class A { int f() { return 1; } }\n", "program"},
    {"JavaScript", tree_sitter_javascript, "const f = () => <b>1</b>;\n", "program"},
    {"Kotlin", tree_sitter_kotlin, "fun f(): Int = 1\n", "source_file"},
    {"Lua", tree_sitter_lua, "local function f() return 1 end\n", "chunk"},
    {"Php", tree_sitter_php, "<?php function f() { return 1; }\n", "program"},
    {"Python", tree_sitter_python, "def f():\n    return 1\n", "module"},
    {"Ruby", tree_sitter_ruby, "def f\n  1\nend\n", "program"},
    {"Rust", tree_sitter_rust, "fn f() -> i32 { 1 }\n", "source_file"},
    {"Scala", tree_sitter_scala, "object A { def f = 1 }\n", "compilation_unit"},
    {"Swift", tree_sitter_swift, "func f() -> Int { return 1 }\n", "source_file"},
    {"Tsx", tree_sitter_tsx, "const f = (a: string) => <b>{a}</b>;\n", "program"},
    {"TypeScript", tree_sitter_typescript, "const f = <T,>(a: T): T => a;\n", "program"},
};

INSTANTIATE_TEST_SUITE_P(Grammars, GrammarTest, testing::ValuesIn(kGrammars),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace cairn::indexer
