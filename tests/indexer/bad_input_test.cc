// Whatever is in a repository or has become of the data folder: an index, or an Error that says
// what to do; never a crash, a wrong graph or a lost acknowledgement.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/fs.h"
#include "indexer/index.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/test_repo.h"

namespace cairn::indexer {
namespace {

using cairn::testing::TempDir;
using cairn::testing::TestRepo;
using cairn::testing::write_file;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<Index> index_at(const std::string& source, const std::string& data = {}) {
  IndexOptions options;
  options.source = source;
  options.data_dir = data;
  options.threads = 2;
  return index_source(options);
}

Index indexed(const std::string& source, const std::string& data = {}) {
  Result<Index> index = index_at(source, data);
  EXPECT_TRUE(index) << index.error().to_string();
  return index ? std::move(*index) : Index{};
}

/// Why a path is not indexed, "" when it is.
std::string skipped_as(const Index& index, std::string_view path) {
  for (const SkippedFile& file : index.report.skipped)
    if (file.path == path) return file.reason;
  return {};
}

/// Begin of the only definition of this name, in "path:line:column" form.
std::string place_of(const Index& index, std::string_view name) {
  const auto found = index.snapshot->named(name);
  if (found.size() != 1)
    return std::to_string(found.size()) + " symbols named " + std::string(name);
  const graph::Position at = index.snapshot->details(found[0]).name_range.begin;
  return std::string(index.snapshot->path(index.snapshot->file_of(found[0]))) + ":" +
         std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(BadInputTest, EmptyFolderAndEmptyRepositoryAreEmptyGraphs) {
  const TempDir folder;
  EXPECT_EQ(indexed(folder.path()).snapshot->file_count(), 0u);
  const TestRepo repo;
  EXPECT_EQ(indexed(repo.path()).snapshot->file_count(), 0u);
  // And after the last file has gone, over an existing graph.
  const TempDir data;
  repo.write("a.py", "def f(): pass\n");
  EXPECT_EQ(indexed(repo.path(), data / "d").snapshot->file_count(), 1u);
  repo.remove("a.py");
  const Index now = indexed(repo.path(), data / "d");
  EXPECT_EQ(now.snapshot->file_count(), 0u);
  EXPECT_EQ(now.snapshot->symbol_count(), 0u);
}

TEST(BadInputTest, EmptyFilesOfEveryLanguageAreFilesWithoutSymbolsButTheModule) {
  const TempDir dir;
  const std::vector<std::string> endings = {".c",   ".h",    ".cc",  ".py",    ".js",   ".ts",
                                            ".tsx", ".java", ".go",  ".rs",    ".cs",   ".php",
                                            ".kt",  ".sh",   ".lua", ".scala", ".swift"};
  for (const std::string& ending : endings) {
    write_file(dir / ("empty" + ending), "");
    write_file(dir / ("newline" + ending), "\n");
  }
  const Index index = indexed(dir.path());
  EXPECT_EQ(index.snapshot->file_count(), endings.size() * 2);
  EXPECT_THAT(index.report.skipped, IsEmpty());
  for (const graph::FileId f : index.snapshot->files())
    EXPECT_EQ(index.snapshot->file(f).symbol_count, 1u) << index.snapshot->path(f);
}

TEST(BadInputTest, BinaryLargeAndOtherFilesAreSkippedWithTheReason) {
  const TempDir dir;
  write_file(dir / "binary.c", std::string("\x7f"
                                           "ELF\0\0\1",
                                           7) +
                                   std::string(5000, '\0'));
  write_file(dir / "nul.py", std::string("def f(): pass\n\0\n", 16));
  write_file(dir / "image.png", "\x89PNG");
  write_file(dir / "good.c", "int good(void) { return 1; }\n");
  // 100 MB that take no room on the disk; it must not be read either.
  write_file(dir / "huge.c", "int huge;\n");
  ASSERT_EQ(::truncate((dir / "huge.c").c_str(), 100 << 20), 0);
  const auto start = std::chrono::steady_clock::now();
  const Index index = indexed(dir.path());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(skipped_as(index, "binary.c"), "binary");
  EXPECT_EQ(skipped_as(index, "nul.py"), "binary");
  EXPECT_EQ(skipped_as(index, "huge.c"), "too_large");
  EXPECT_EQ(index.report.other_files, 1u);
  EXPECT_EQ(place_of(index, "good"), "good.c:1:5");
}

TEST(BadInputTest, PositionsCountBytesWhateverTheEncodingAndLineEnds) {
  const TempDir dir;
  write_file(dir / "bom.py",
             "\xEF\xBB\xBF"
             "def bom():\n    pass\n");
  write_file(dir / "crlf.py", "import os\r\n\r\ndef crlf():\r\n    return os.sep\r\n");
  write_file(dir / "latin.py", "# \xE9t\xE9\ns = '\xFF\xFE'\ndef latin(): return s\n");
  write_file(dir / "late_nul.py", repeated("# padding\n", 1000) + "def late():\n    return '\0'\n");
  write_file(dir / "no_newline.py", "def last(): pass");
  write_file(dir / "broken.py", "def before(): pass\nclass (((:\n  = = =\ndef after(): pass\n");
  const Index index = indexed(dir.path());
  EXPECT_EQ(place_of(index, "crlf"), "crlf.py:3:5");
  EXPECT_EQ(place_of(index, "latin"), "latin.py:3:5");
  EXPECT_EQ(place_of(index, "late"), "late_nul.py:1001:5");
  EXPECT_EQ(place_of(index, "last"), "no_newline.py:1:5");
  EXPECT_EQ(place_of(index, "before"), "broken.py:1:5");
  EXPECT_EQ(place_of(index, "bom"), "bom.py:1:8");
  EXPECT_GE(index.report.files_with_errors, 1u);
  EXPECT_THAT(index.report.skipped, IsEmpty());
}

struct Nesting {
  const char* name;
  const char* file;
  std::string begin;
  const char* open;
  const char* inner;
  const char* close;
  std::string end;
};
void PrintTo(const Nesting& nesting, std::ostream* out) { *out << nesting.name; }

class NestingTest : public ::testing::TestWithParam<Nesting> {};

// Twenty thousand levels: nothing may recurse over the tree.
TEST_P(NestingTest, DeepNestingNeitherCrashesNorHidesTheRest) {
  constexpr std::size_t kLevels = 20'000;
  const Nesting& n = GetParam();
  const TempDir dir;
  write_file(dir / n.file,
             n.begin + repeated(n.open, kLevels) + n.inner + repeated(n.close, kLevels) + n.end);
  write_file(dir / "beside.py", "def beside(): pass\n");
  const Index index = indexed(dir.path());
  ASSERT_NE(index.snapshot, nullptr);
  EXPECT_EQ(place_of(index, "beside"), "beside.py:1:5");
  const graph::FileId file = index.snapshot->file_by_path(n.file);
  ASSERT_TRUE(file.exists());
  // Either what stands before the nest was found, or the file says why it was not.
  if (index.snapshot->file(file).skip_reason.empty()) {
    EXPECT_EQ(index.snapshot->named("first").size(), 1u);
  } else {
    EXPECT_EQ(skipped_as(index, n.file), "parse_timeout");
  }
  // Its facts are read back, not only written.
  EXPECT_FALSE(test::dump(*index.snapshot).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Languages, NestingTest,
    ::testing::Values(
        Nesting{"CBraces", "a.c", "int first(void) ", "{", ";", "}", "\n"},
        Nesting{"CParentheses", "a.c", "int first(void) { return ", "(", "1", ")", "; }\n"},
        Nesting{"CIfElse", "a.c", "int first(int n) { ", "if (n) n++; else ", "n--;", "", "}\n"},
        Nesting{"CppTemplates", "a.cc", "int first();\n", "v<", "int", ">", " x;\n"},
        Nesting{"CppNamespaces", "a.cc", "int first();\n", "namespace n { ", "int x;", "}", "\n"},
        Nesting{"PythonLists", "a.py", "def first(): pass\nx = ", "[", "1", "]", "\n"},
        Nesting{"PythonCalls", "a.py", "def first(x): pass\n", "first(", "1", ")", "\n"},
        Nesting{"PythonAttributes", "a.py", "def first(): pass\nx", ".y", "", "", "\n"},
        Nesting{"JavaScriptArrows", "a.js", "function first() {}\nconst x = ", "() => ", "1", "",
                "\n"},
        Nesting{"JavaScriptObjects", "a.js", "function first() {}\nconst x = ", "{a: ", "1", "}",
                "\n"},
        Nesting{"JavaScriptFunctions", "a.js", "function first() {}\n", "function f() {", "", "}",
                "\n"},
        Nesting{"TypeScriptTypes", "a.ts", "function first() {}\ntype T = ", "Array<", "number",
                ">", "\n"},
        Nesting{"TsxElements", "a.tsx", "function first() {}\nconst x = ", "<div>", "x", "</div>",
                "\n"},
        Nesting{"JavaClasses", "A.java", "class first {}\n", "class C {", "", "}", "\n"},
        Nesting{"GoFunctions", "a.go", "package p\nfunc first() {}\nvar x = ", "func() {", "", "}",
                "\n"},
        Nesting{"RustModules", "a.rs", "fn first() {}\n", "mod m {", "", "}", "\n"},
        Nesting{"RustMacros", "a.rs", "fn first() {}\nm!", "(", "x", ")", ";\n"},
        Nesting{"CSharpNamespaces", "a.cs", "class first {}\n", "namespace N {", "", "}", "\n"},
        Nesting{"PhpArrays", "a.php", "<?php function first() {}\n$x = ", "[", "1", "]", ";\n"},
        Nesting{"KotlinLambdas", "a.kt", "fun first() {}\nval x = ", "{ ", "1", " }", "\n"},
        Nesting{"BashSubshells", "a.sh", "first() { :; }\n", "(", ":", ")", "\n"},
        Nesting{"LuaTables", "a.lua", "function first() end\nx = ", "{", "1", "}", "\n"},
        Nesting{"ScalaBlocks", "a.scala", "def first() = 1\nval x = ", "{", "1", "}", "\n"},
        Nesting{"SwiftArrays", "a.swift", "func first() {}\nlet x = ", "[", "1", "]", "\n"}),
    [](const auto& nesting) { return std::string(nesting.param.name); });

TEST(BadInputTest, SymlinksAreNeverFollowed) {
  const TempDir outside;
  write_file(outside / "secret.py", "def secret(): pass\n");
  const TestRepo repo;
  repo.write("a/real.py", "def real(): pass\n");
  repo.symlink(".", "a/loop");
  repo.symlink("../a", "a/parent");
  repo.symlink("b.py", "b.py");
  repo.symlink(outside / "secret.py", "link.py");
  repo.symlink(outside.path(), "folder");
  repo.commit();
  for (const bool plain : {false, true}) {
    if (plain) repo.remove(".git");
    const Index index = indexed(repo.path());
    EXPECT_EQ(place_of(index, "real"), "a/real.py:1:5");
    EXPECT_THAT(index.snapshot->named("secret"), IsEmpty());
    EXPECT_EQ(skipped_as(index, "link.py"), "symlink");
    EXPECT_EQ(skipped_as(index, "b.py"), "symlink");
  }
}

TEST(BadInputTest, PathsMayHoldAnyBytes) {
  const std::vector<std::string> names = {
      "with space.py", "with\nnewline.py",    "latin-\xE9.py",      "tab\t'quote\".py",
      "-option.py",    "\xF0\x9F\x98\x80.py", "folder \n\xFF/in.py"};
  const TestRepo repo;
  for (std::size_t i = 0; i < names.size(); ++i)
    repo.write(names[i], "def name" + std::to_string(i) + "(): pass\n");
  const std::string commit = repo.commit();
  const TempDir data;
  for (const bool revision : {false, true}) {
    IndexOptions options;
    options.source = repo.path();
    options.data_dir = data / "d";
    if (revision) options.revision = commit;
    const Result<Index> index = index_source(options);
    ASSERT_TRUE(index) << index.error().to_string();
    for (std::size_t i = 0; i < names.size(); ++i)
      EXPECT_EQ(place_of(*index, "name" + std::to_string(i)), names[i] + ":1:5");
    const graph::FileId file = index->snapshot->file_by_path(names[1]);
    const Result<std::string> text = read_indexed_file(options, *index->snapshot, file);
    ASSERT_TRUE(text) << text.error().to_string();
    EXPECT_EQ(*text, "def name1(): pass\n");
  }
}

std::string binary_id(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

TEST(BadInputTest, ATreeBombIsRefusedAtOnce) {
  const TestRepo repo;
  std::string object = repo.store("blob", "def f(): pass\n");
  std::string mode = "100644";
  for (int level = 0; level < 10; ++level) {
    std::string tree;
    for (char name = 'a'; name <= 'j'; ++name)
      tree += mode + " " + name + std::string(1, '\0') + binary_id(object);
    object = repo.store("tree", tree);
    mode = "40000";
  }
  IndexOptions options;
  options.source = repo.path();
  options.revision = repo.git({"commit-tree", object, "-m", "bomb"});
  const auto start = std::chrono::steady_clock::now();
  const Result<Index> index = index_source(options);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kLimitExceeded) << index.error().to_string();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(BadInputTest, BadSourcesAreErrorsThatNameThem) {
  const TempDir dir;
  write_file(dir / "file.py", "x = 1\n");
  const struct {
    std::string source;
    std::string revision;
    ErrorCode code;
  } cases[] = {
      {dir / "absent", "", ErrorCode::kNotFound},
      {dir / "file.py", "", ErrorCode::kInvalidArgument},
      {dir.path(), "main", ErrorCode::kNotARepository},
      {"", "", ErrorCode::kInvalidArgument},
      {"--upload-pack=touch x", "", ErrorCode::kInvalidArgument},
  };
  for (const auto& one : cases) {
    IndexOptions options;
    options.source = one.source;
    options.data_dir = dir / "data";
    if (!one.revision.empty()) options.revision = one.revision;
    const Result<Index> index = index_source(options);
    ASSERT_FALSE(index) << one.source;
    EXPECT_EQ(index.error().code(), one.code) << index.error().to_string();
    EXPECT_FALSE(index.error().message().empty());
  }
}

TEST(BadInputTest, BrokenSettingsSayWhereAndChangeNothing) {
  const TempDir dir;
  const std::string data = dir / "data";
  write_file(dir / "s/a.py", "def f(): pass\n");
  const std::string before = test::dump(*indexed(dir / "s", data).snapshot);
  write_file(dir / "s/.cairn.toml", "[index]\nexclude = [\n");
  const Result<Index> index = index_at(dir / "s", data);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kParse);
  EXPECT_THAT(index.error().message(), HasSubstr(".cairn.toml"));
  write_file(dir / "s/.cairn.toml", "");
  EXPECT_EQ(test::dump(*indexed(dir / "s", data).snapshot), before);
}

TEST(BadInputTest, HostileManifestsAreNotes) {
  const TempDir dir;
  write_file(dir / "package.json", repeated("[", 100'000));
  write_file(dir / "tsconfig.json", "{\"compilerOptions\": {\"paths\": 7}}");
  write_file(dir / "go.mod", std::string("module \0x\n", 10));
  write_file(dir / "Cargo.toml", "[package\nname=");
  write_file(dir / "pyproject.toml", "\xFF\xFE");
  write_file(dir / "composer.json", "{\"autoload\": {\"psr-4\": {\"\": [[]]}}}");
  write_file(dir / "a.py", "def f(): pass\n");
  EXPECT_EQ(place_of(indexed(dir.path()), "f"), "a.py:1:5");
}

}  // namespace
}  // namespace cairn::indexer
