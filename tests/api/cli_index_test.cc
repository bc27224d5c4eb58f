// cairn index, export, complexity, cycles and dead-code, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/json.h"
#include "tests/api/cli_harness.h"

namespace cairn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<JsonDocument> lines_of(const std::string& text) {
  std::vector<JsonDocument> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    auto document = JsonDocument::parse(text.substr(at, end - at));
    EXPECT_TRUE(document) << text.substr(at, end - at);
    if (document) out.push_back(std::move(*document));
    at = end + 1;
  }
  return out;
}

TEST(CliIndexTest, PrintsWhatWasFound) {
  Cli cli;
  const std::string root = write_python_project(cli);
  const CliResult result = cli.run({"index", root});
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* part :
       {"source   ", "files    3, ", "  python: 3 files", "symbols  ", "edges    ", "sites    ",
        "exact ", "time     ", "memory   ", "skipped  "})
    EXPECT_THAT(result.out, HasSubstr(part));
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(cli.run({"index", root}).out, HasSubstr("nothing changed since the last run"));
}

TEST(CliIndexTest, JsonHoldsTheSameNumbers) {
  Cli cli;
  const CliResult result = cli.run({"index", "--json", write_python_project(cli)});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto document = JsonDocument::parse(result.out);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("files").as_int(), 3);
  EXPECT_TRUE(document->root().find("commit").is_null());
  EXPECT_GT(document->root().find("edges_by_tier").find("exact").as_int().value_or(0), 0);
  EXPECT_EQ(document->root().find("languages").at(0).find("language").as_string(), "python");
}

TEST(CliIndexTest, BadSourcesAreOneLineAndExitThree) {
  Cli cli;
  const CliResult gone = cli.run({"index", cli / "nothing"});
  EXPECT_EQ(gone.code, 3);
  EXPECT_EQ(gone.out, "");
  EXPECT_THAT(gone.err, StartsWith("cairn: "));
  EXPECT_THAT(gone.err, HasSubstr("[E_NOT_FOUND]\n"));
  EXPECT_EQ(std::count(gone.err.begin(), gone.err.end(), '\n'), 1);
  const std::string root = write_python_project(cli);
  const CliResult revision = cli.run({"index", root, "--at", "main"});
  EXPECT_EQ(revision.code, 3);
  EXPECT_THAT(revision.err, HasSubstr("[E_NOT_A_REPOSITORY]"));
}

TEST(CliIndexTest, DataFolderComesFromTheEnvironment) {
  Cli cli;
  const std::string root = write_python_project(cli);
  cli.environment()["XDG_DATA_HOME"] = cli / "xdg";
  ASSERT_EQ(cli.run({"index", root}).code, 0);
  EXPECT_TRUE(path_exists(cli / "xdg/cairn/cairn.db"));
  ASSERT_EQ(cli.run({"index", root, "--data", cli / "here"}).code, 0);
  EXPECT_TRUE(path_exists(cli / "here/cairn.db"));
  EXPECT_FALSE(path_exists(cli.data()));
}

TEST(CliIndexTest, WithoutAPlaceForDataIndexRefusesAndExportGoesOn) {
  Cli cli;
  const std::string root = write_python_project(cli);
  cli.environment().clear();
  const CliResult index = cli.run({"index", root});
  EXPECT_EQ(index.code, 2);
  EXPECT_THAT(index.err, HasSubstr("give --data DIR [E_INVALID_ARGUMENT]"));
  const CliResult exported = cli.run({"export", root, "--format", "json"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("using a temporary one"));
}

TEST(CliIndexTest, AReadOnlyDataFolderStopsIndexButNotExport) {
  Cli cli;
  // The error is given, not provoked: some users may write everywhere.
  cli.services().index = [](const indexer::IndexOptions& options) -> Result<indexer::Index> {
    if (!options.data_dir.empty()) return Error(ErrorCode::kReadOnly, "the folder is read-only");
    return indexer::index_source(options);
  };
  const std::string root = write_python_project(cli);
  const CliResult index = cli.run({"index", root});
  EXPECT_EQ(index.code, 3);
  EXPECT_THAT(index.err, HasSubstr("[E_READ_ONLY]"));
  for (const char* command : {"complexity", "cycles"}) {
    const CliResult result = cli.run({command, root});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("cannot be written, using a temporary one")) << command;
    EXPECT_EQ(cli.run({command, root, "--quiet"}).err, "");
  }
}

TEST(CliExportTest, JsonlComesInItsOrderAndParses) {
  Cli cli;
  const CliResult result = cli.run({"export", write_python_project(cli), "--format", "jsonl"});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<std::string> order = {"meta", "file", "symbol", "ref", "edge"};
  std::size_t at = 0;
  std::size_t edges = 0;
  for (const JsonDocument& line : lines_of(result.out)) {
    const std::string t(line.root().find("t").as_string().value_or(""));
    while (at < order.size() && order[at] != t) ++at;
    ASSERT_LT(at, order.size()) << "out of order: " << t;
    edges += t == "edge" ? 1 : 0;
  }
  EXPECT_GT(edges, 5u);
}

TEST(CliExportTest, IsTheSameForAnyNumberOfThreads) {
  Cli cli;
  const std::string root = write_python_project(cli);
  for (const char* format : {"jsonl", "json", "graphml", "dot", "pycg"}) {
    const std::string one =
        cli.run({"export", root, "-f", format, "--threads", "1", "--data", cli / "one"}).out;
    const std::string many =
        cli.run({"export", root, "-f", format, "--threads", "8", "--data", cli / "many"}).out;
    EXPECT_FALSE(one.empty()) << format;
    EXPECT_EQ(one, many) << format;
  }
}

TEST(CliExportTest, IsTheSameAfterAChangeAsFromScratch) {
  Cli cli;
  const std::string root = write_python_project(cli);
  ASSERT_EQ(cli.run({"index", root}).code, 0);
  write_file(root + "/shapes.py", "def square(x):\n    return x\n\n\nclass Circle:\n    pass\n");
  const CliResult after = cli.run({"export", root, "-f", "jsonl"});
  const CliResult clean = cli.run({"export", root, "-f", "jsonl", "--data", cli / "other"});
  ASSERT_EQ(after.code, 0) << after.err;
  EXPECT_EQ(after.out, clean.out);
}

TEST(CliExportTest, WritesTheFileWholeAndLeavesNothingElse) {
  Cli cli;
  const std::string root = write_python_project(cli);
  const std::string path = root + "/graph.json";
  const CliResult result = cli.run({"export", root, "-f", "json", "-o", path});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(JsonDocument::parse(read_file(path, 1u << 20).value()));
  for (const DirEntry& entry : list_dir(root).value())
    EXPECT_THAT(entry.name, Not(StartsWith(kTempPrefix)));
  const CliResult nowhere = cli.run({"export", root, "-f", "json", "-o", cli / "no/x.json"});
  EXPECT_EQ(nowhere.code, 3);
  EXPECT_THAT(nowhere.err, HasSubstr("make it or give another -o FILE [E_NOT_FOUND]"));
}

TEST(CliExportTest, AFullDiskIsSaidAndTheDeviceIsLeftAlone) {
  Cli cli;
  const CliResult result =
      cli.run({"export", write_python_project(cli), "-f", "dot", "-o", "/dev/full"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("[E_DISK_FULL]"));
  EXPECT_NE(stat_path("/dev/full").value().kind, FileKind::kRegular);
}

TEST(CliExportTest, OddPathsAndAnEmptyFolder) {
  Cli cli;
  const std::string root = cli / "odd";
  write_file(root + "/a\nb.py", "def f():\n    f()\n");
  write_file(root + "/\xff\xfe.py", "def g():\n    g()\n");
  write_file(root + "/with space.py", "def h():\n    h()\n");
  const CliResult result = cli.run({"export", root, "-f", "jsonl"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_GT(lines_of(result.out).size(), 10u);
  EXPECT_THAT(cli.run({"callers", root, "g"}).out,
              StartsWith("\\xff\\xfe.py:2:5  \\xff\\xfe.g  exact  (file_scope)\n"));
  EXPECT_EQ(cli.run({"def", root, "with space.py:2:5"}).out,
            "with space.py:1:5 with space.h exact\n");
  ASSERT_TRUE(create_dirs(cli / "empty"));
  for (const char* format : {"jsonl", "json", "graphml", "dot", "pycg"})
    EXPECT_EQ(cli.run({"export", cli / "empty", "-f", format}).code, 0) << format;
}

TEST(CliExportTest, NamesTheFormatsItHas) {
  Cli cli;
  const std::string root = write_python_project(cli);
  const CliResult scip = cli.run({"export", root, "--format", "scip"});
  EXPECT_EQ(scip.code, 3);
  EXPECT_THAT(scip.err, HasSubstr("give one of jsonl|pycg|graphml|dot|json [E_UNSUPPORTED]"));
  EXPECT_EQ(cli.run({"export", root, "--format", "png"}).code, 2);
  EXPECT_EQ(cli.run({"export", root}).code, 2);
}

TEST(CliExportTest, PycgFollowsItsConventions) {
  Cli cli;
  const std::string root = cli / "snippet";
  write_file(root + "/main.py",
             "def dec(f):\n"
             "    return f\n"
             "\n"
             "@dec\n"
             "def func():\n"
             "    def inner():\n"
             "        pass\n"
             "    inner()\n"
             "\n"
             "class Base:\n"
             "    def __init__(self):\n"
             "        len([])\n"
             "\n"
             "class Derived(Base):\n"
             "    value = func()\n"
             "\n"
             "class Plain:\n"
             "    pass\n"
             "\n"
             "twice = lambda x: x\n"
             "twice(1)\n"
             "Derived()\n"
             "Plain()\n");
  write_file(root + "/pack/__init__.py", "");
  const CliResult result = cli.run({"export", root, "--format", "pycg"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto document = JsonDocument::parse(result.out);
  ASSERT_TRUE(document) << result.out;
  const auto callees = [&](const char* caller) {
    std::vector<std::string> out;
    for (const JsonValue item : document->root().find(caller).items())
      out.emplace_back(item.as_string().value_or(""));
    return out;
  };
  EXPECT_THAT(callees("main"),
              ::testing::IsSupersetOf({"main.dec", "main.func", "main.Base.__init__"}));
  EXPECT_THAT(callees("main"), Not(::testing::Contains("main.Plain")));
  EXPECT_THAT(callees("main.func"), ::testing::ElementsAre("main.func.inner"));
  EXPECT_THAT(callees("main.Base.__init__"), ::testing::ElementsAre("<builtin>.len"));
  for (const char* key : {"main.dec", "main.func.inner", "pack", "<builtin>.len"})
    EXPECT_TRUE(document->root().find(key).is_array()) << key;
  EXPECT_FALSE(document->root().find("main.Plain").exists());
}

TEST(CliComplexityTest, PrintsTableCsvAndJson) {
  Cli cli;
  const std::string root = write_python_project(cli);
  EXPECT_THAT(cli.run({"complexity", root}).out, HasSubstr("shapes.py:18  shapes._unused\n"));
  const CliResult csv = cli.run({"complexity", root, "--format", "csv"});
  EXPECT_THAT(csv.out, StartsWith("file,name,qualified,start_line,end_line,cyclomatic,cognitive,"
                                  "nesting,parameters,nloc\n"
                                  "app.py,run,app.run,4,6,1,0,0,1,3\n"));
  const auto json = JsonDocument::parse(cli.run({"complexity", root, "--json"}).out);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->root().find("functions").size(), 8u);
}

TEST(CliComplexityTest, OverALimitIsAFinding) {
  Cli cli;
  const std::string root = write_python_project(cli);
  const CliResult over = cli.run({"complexity", root, "--over", "cyclomatic=1"});
  EXPECT_EQ(over.code, 1);
  EXPECT_THAT(over.out, HasSubstr("shapes._unused"));
  EXPECT_THAT(over.out, Not(HasSubstr("app.run")));
  EXPECT_EQ(cli.run({"complexity", root, "--over", "cyclomatic=2"}).code, 0);
  EXPECT_EQ(cli.run({"complexity", root, "--over", "size=2"}).code, 2);
  EXPECT_EQ(cli.run({"complexity", root, "--profile", "radon"}).code, 2);
}

TEST(CliStructureTest, CyclesShowAWayAround) {
  Cli cli;
  const std::string root = cli / "loop";
  write_file(root + "/a.py", "import b\n\ndef f():\n    return b.g()\n");
  write_file(root + "/b.py", "import c\n\ndef g():\n    return c.h()\n");
  write_file(root + "/c.py", "import a\n\ndef h():\n    return a.f()\n");
  const CliResult files = cli.run({"cycles", root});
  EXPECT_EQ(files.code, 0) << files.err;
  EXPECT_EQ(files.out, "3 files, for example:\n  a.py\n  b.py\n  c.py\n  a.py\n# 1 import cycle\n");
  EXPECT_EQ(cli.run({"cycles", root, "--fail"}).code, 1);
  const CliResult calls = cli.run({"cycles", root, "--level", "symbol"});
  EXPECT_THAT(calls.out, HasSubstr("3 symbols:\n  a.py:3:5  a.f\n  b.py:3:5  b.g\n"));
  EXPECT_TRUE(JsonDocument::parse(cli.run({"cycles", root, "--json"}).out));
}

TEST(CliStructureTest, DeadCodeIsCareful) {
  Cli cli;
  const std::string root = write_python_project(cli);
  const CliResult result = cli.run({"dead-code", root, "--exported"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("shapes.py:18:5  shapes._unused  "));
  EXPECT_THAT(result.out, Not(HasSubstr("shapes.square  ")));
  EXPECT_THAT(result.out, Not(HasSubstr("app.main  ")));
  EXPECT_THAT(result.out, Not(HasSubstr("test_run  ")));
  EXPECT_TRUE(JsonDocument::parse(cli.run({"dead-code", root, "--json"}).out));
}

}  // namespace
}  // namespace cairn::testing
