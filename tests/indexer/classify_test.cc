#include "indexer/classify.h"

#include <gtest/gtest.h>

#include <set>

namespace cairn::indexer {
namespace {

using graph::Language;

Classifier built_in() { return Classifier::create(RepoConfig()).value(); }

FileClass classify(const Classifier& classifier, std::string_view path, std::string_view bytes) {
  return classifier.of_content(classifier.of_path(path, bytes.size()), bytes);
}

TEST(ClassifyTest, LanguageByName) {
  const std::pair<const char*, Language> cases[] = {{"a.c", Language::kC},
                                                    {"a.cc", Language::kCpp},
                                                    {"a.C", Language::kCpp},
                                                    {"a.HPP", Language::kCpp},
                                                    {"x/a.py", Language::kPython},
                                                    {"a.mjs", Language::kJavaScript},
                                                    {"a.d.ts", Language::kTypeScript},
                                                    {"a.tsx", Language::kTsx},
                                                    {"A.java", Language::kJava},
                                                    {"a.go", Language::kGo},
                                                    {"a.rs", Language::kRust},
                                                    {"A.cs", Language::kCSharp},
                                                    {"Rakefile", Language::kRuby},
                                                    {"a.php", Language::kPhp},
                                                    {"a.kts", Language::kKotlin},
                                                    {"a.sh", Language::kBash},
                                                    {"a.scala", Language::kScala},
                                                    {"a.swift", Language::kSwift},
                                                    {"a.lua", Language::kLua},
                                                    {"a.m", Language::kUnknown},
                                                    {"a.mm", Language::kUnknown},
                                                    {"README.md", Language::kUnknown},
                                                    {".c", Language::kUnknown},
                                                    {"c", Language::kUnknown}};
  for (const auto& [path, language] : cases) EXPECT_EQ(language_of_path(path), language) << path;
}

TEST(ClassifyTest, LanguageByShebang) {
  EXPECT_EQ(language_of_shebang("#!/usr/bin/env python3.11\n"), Language::kPython);
  EXPECT_EQ(language_of_shebang("#!/usr/bin/env -S A=b node --flag\n"), Language::kJavaScript);
  EXPECT_EQ(language_of_shebang("#! /bin/sh -e"), Language::kBash);
  EXPECT_EQ(language_of_shebang("#!/usr/bin/perl\n"), Language::kUnknown);
  EXPECT_EQ(language_of_shebang("#!/usr/bin/env"), Language::kUnknown);
  EXPECT_EQ(language_of_shebang("#!"), Language::kUnknown);
  EXPECT_EQ(language_of_shebang("plain"), Language::kUnknown);
  const auto script = classify(built_in(), "bin/tool", "#!/bin/bash\necho\n");
  EXPECT_EQ(script.language, Language::kBash);
  EXPECT_EQ(script.skip, SkipReason::kNone);
  EXPECT_EQ(classify(built_in(), "LICENSE", "text").skip, SkipReason::kUnknownLanguage);
}

TEST(ClassifyTest, HeadersAreCppByContent) {
  for (const char* cpp :
       {"namespace a { }", "class Foo;", "template <class T> void f();", "std::string s;",
        "#include <vector>\n", "struct A { public: int x; };", "int f() noexcept;",
        "/* C */\nusing namespace std;", "constexpr int kX = 1;", "bool operator==(A, B);"})
    EXPECT_TRUE(header_is_cpp(cpp)) << cpp;
  for (const char* c :
       {"int f(void);", "// class Foo\nint x;", "/* namespace a::b */ int x;",
        "const char* s = \"std::string\";",
        "#ifdef __cplusplus\nextern \"C\" {\nclass A;\n#endif\nint x;",
        "#if defined(__cplusplus)\nnamespace a {}\n#else\nint x;\n#endif\n", "#include <stdio.h>\n",
        "int class;", "void f(const char *typename);", "asm volatile (\"\" ::: \"memory\");",
        "struct s { int private; int operator; };", ""})
    EXPECT_FALSE(header_is_cpp(c)) << c;
  EXPECT_EQ(classify(built_in(), "a.h", "class Foo;").language, Language::kCpp);
  EXPECT_EQ(classify(built_in(), "a.h", "int f(void);").language, Language::kC);
}

TEST(ClassifyTest, BinaryAndPointerFilesAreSkipped) {
  EXPECT_EQ(classify(built_in(), "a.c", std::string_view("a\0b", 3)).skip, SkipReason::kBinary);
  EXPECT_EQ(classify(built_in(), "a.c", std::string(100, '\1')).skip, SkipReason::kBinary);
  // A NUL far behind is what git calls text; the parser copes.
  EXPECT_EQ(classify(built_in(), "a.c", std::string(9000, ' ') + '\0').skip, SkipReason::kNone);
  EXPECT_EQ(classify(built_in(), "a.c", "int x; // \xe4\xf6\xfc latin-1").skip, SkipReason::kNone);
  EXPECT_EQ(classify(built_in(), "a.c", "").skip, SkipReason::kNone);
  EXPECT_EQ(classify(built_in(), "a.js",
                     "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
                .skip,
            SkipReason::kLfsPointer);
}

TEST(ClassifyTest, LargeFilesAreSkippedUnread) {
  EXPECT_EQ(built_in().of_path("a.c", 100u << 20).skip, SkipReason::kTooLarge);
  EXPECT_EQ(built_in().of_path("a.c", 2u << 20).skip, SkipReason::kNone);
  EXPECT_EQ(built_in().of_path("data", 100u << 20).skip, SkipReason::kUnknownLanguage);
}

TEST(ClassifyTest, GeneratedByMarkerOrName) {
  for (const char* text :
       {"// Code generated by protoc-gen-go. DO NOT EDIT.\n", "/* @generated */\n",
        "#\n# This file was automatically generated by x\n", "// <auto-generated>\n",
        "# Generated by Django 3.2\n",
        "// Generated by the protocol buffer compiler.  DO NOT EDIT!\n"})
    EXPECT_TRUE(is_generated_by_content(text)) << text;
  for (const char* text :
       {"// Returns auto-generated keys.\n", "puts(\"DO NOT EDIT\");\n",
        "s = '// Code generated by x. DO NOT EDIT.'\n", "// Do not edit below this line\n", ""})
    EXPECT_FALSE(is_generated_by_content(text)) << text;
  EXPECT_FALSE(is_generated_by_content(std::string(100, '\n') + "// @generated\n"));
  EXPECT_TRUE(is_generated_by_content(std::string(5000, 'x')));
  EXPECT_FALSE(is_generated_by_content(std::string(500, 'x')));
  for (const char* path : {"a.pb.go", "x/a_pb2.py", "lib.min.js", "zz_generated.deepcopy.go"})
    EXPECT_TRUE(is_generated_by_path(path)) << path;
  EXPECT_FALSE(is_generated_by_path("a.go"));
}

TEST(ClassifyTest, VendoredAndTestPaths) {
  for (const char* path : {"vendor/a.go", "x/third_party/b/a.c", "node_modules/x/i.js", "deps/l.c"})
    EXPECT_TRUE(is_vendored_by_path(path)) << path;
  for (const char* path : {"vendor.c", "src/vendoring/a.c", "a.c"})
    EXPECT_FALSE(is_vendored_by_path(path)) << path;
  const std::pair<const char*, bool> tests[] = {
      {"a_test.go", true},        {"test_a.py", true},
      {"a.spec.ts", true},        {"src/test/java/A.java", true},
      {"FooTest.java", true},     {"spec/a_spec.rb", true},
      {"__tests__/a.js", true},   {"My.Tests/A.cs", true},
      {"unit/foo_test.cc", true}, {"contest.py", false},
      {"latest.js", false},       {"attest/a.c", false},
      {"Greatest.java", false},   {"src/a.rs", false}};
  for (const auto& [path, is_test] : tests)
    EXPECT_EQ(built_in().of_path(path, 10).test, is_test) << path;
}

TEST(ClassifyTest, ConfigurationOverridesBuiltInRules) {
  RepoConfig config;
  config.include = {"src/", "lib/"};
  config.exclude = {"*.gen.c"};
  config.vendored = {"lib/", "!src/deps/"};
  config.test = {"*_check.c"};
  config.generated = {"!a.pb.go"};
  const auto classifier = Classifier::create(config);
  ASSERT_TRUE(classifier);
  EXPECT_EQ(classifier->of_path("other/a.c", 1).skip, SkipReason::kExcluded);
  EXPECT_EQ(classifier->of_path("src/a.gen.c", 1).skip, SkipReason::kExcluded);
  EXPECT_TRUE(classifier->of_path("lib/a.c", 1).vendored);
  EXPECT_FALSE(classifier->of_path("src/deps/a.c", 1).vendored);
  EXPECT_TRUE(classifier->of_path("src/a_check.c", 1).test);
  EXPECT_FALSE(classifier->of_path("src/a.pb.go", 1).generated);
}

TEST(ClassifyTest, BadPatternIsAnError) {
  RepoConfig config;
  config.exclude = {"[a"};
  EXPECT_FALSE(Classifier::create(config));
}

TEST(ClassifyTest, EveryReasonHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(SkipReason::kLfsPointer); ++i)
    EXPECT_TRUE(names.insert(name_of(static_cast<SkipReason>(i))).second);
  EXPECT_EQ(name_of(SkipReason::kTooLarge), "too_large");
  EXPECT_EQ(name_of(SkipReason::kLfsPointer), "lfs_pointer");
}

}  // namespace
}  // namespace cairn::indexer
