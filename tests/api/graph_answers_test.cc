// What answers say, over the small project of the harness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/api_harness.h"

namespace cairn::testing {
namespace {

using api::Response;
using ::testing::HasSubstr;
using ::testing::Not;

class GraphAnswersTest : public ::testing::Test {
 protected:
  std::string at(const std::string& rest, std::string_view path) {
    return json_at(api_.ask(rest).body, path);
  }
  Response query(const std::string& body) {
    return api_.send("POST", "/api/v1/repos/shapes/query", body);
  }
  ApiHarness api_;
};

TEST_F(GraphAnswersTest, MetaSaysWhatAnswered) {
  const std::string body = api_.ask("/status").body;
  EXPECT_EQ(json_at(body, ".meta.repo"), "shapes");
  EXPECT_EQ(json_at(body, ".meta.commit"), "null");
  EXPECT_NE(json_at(body, ".meta.snapshot"), "");
  EXPECT_EQ(json_at(body, ".meta.truncated"), "false");
  EXPECT_EQ(json_at(body, ".files"), "3");
}

TEST_F(GraphAnswersTest, SearchFindsAndPages) {
  EXPECT_EQ(at("/symbols?q=circ", ".symbols.0.symbol.name"), "Circle");
  EXPECT_EQ(at("/symbols?q=circ", ".symbols.0.match"), "prefix");
  const std::string first = api_.ask("/symbols?limit=2").body;
  EXPECT_EQ(json_size(first, ".symbols"), 2u);
  EXPECT_EQ(json_at(first, ".meta.truncated"), "true");
  const std::string next = json_at(first, ".next_cursor");
  const std::string second = api_.ask("/symbols?limit=2&cursor=" + next).body;
  EXPECT_NE(json_at(second, ".symbols.0.symbol.id"), json_at(first, ".symbols.0.symbol.id"));
  EXPECT_EQ(api_.ask("/symbols?limit=2&q=x&cursor=" + next).status, 400);
  EXPECT_EQ(api_.ask("/symbols?kind=funktion").status, 400);
  EXPECT_THAT(api_.ask("/symbols?kind=funktion").body, HasSubstr("did you mean 'function'"));
}

TEST_F(GraphAnswersTest, SymbolTellsItsParts) {
  const std::string body = api_.ask("/symbol?id=Circle").body;
  EXPECT_EQ(json_at(body, ".symbol.kind"), "class");
  EXPECT_EQ(json_at(body, ".symbol.file"), "lib/shapes.py");
  EXPECT_GE(json_size(body, ".children"), 2u);
  EXPECT_EQ(json_at(body, ".out_edges.inherits"), "1");
  const Response unknown = api_.ask("/symbol?id=Circel");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json_at(unknown.body, ".code"), "E_SYMBOL_NOT_FOUND");
  EXPECT_THAT(unknown.body, HasSubstr("Circle"));
}

TEST_F(GraphAnswersTest, CallersCarryEvidence) {
  const std::string body = api_.ask("/callers?id=square&depth=3").body;
  EXPECT_EQ(json_at(body, ".items.0.depth"), "1");
  EXPECT_EQ(json_at(body, ".items.0.symbol.qualified"), "app.run");
  EXPECT_EQ(json_at(body, ".items.0.site.file"), "app.py");
  EXPECT_EQ(json_at(body, ".items.0.site.line"), "6");
  EXPECT_THAT(body, HasSubstr("\"qualified\":\"app.main\""));
  EXPECT_EQ(json_at(api_.ask("/callers?id=square").body, ".deeper"), "true");
}

TEST_F(GraphAnswersTest, TestsPathsAndHierarchyAgree) {
  EXPECT_THAT(api_.ask("/tests?id=square").body, HasSubstr("test_run"));
  EXPECT_EQ(json_size(api_.ask("/paths?from=main&to=square").body, ".paths.0.steps"), 3u);
  EXPECT_EQ(at("/hierarchy?id=Circle", ".above.0.symbol.name"), "Shape");
  EXPECT_EQ(at("/hierarchy?id=Shape", ".below.0.symbol.name"), "Circle");
}

TEST_F(GraphAnswersTest, SymbolsWithOneIdAreToldApartByTheirPlaces) {
  const std::string folder = api_.project() + "/limits";
  write_file(folder + "/go.mod", "module example.org/limits\n\ngo 1.21\n");
  for (const char* system : {"linux", "windows"})
    write_file(folder + "/limits_" + system + ".go",
               "package limits\n\ntype Limit interface {\n\tValue() int\n}\n");
  api_.send("POST", "/api/v1/repos/shapes/index");
  api_.run_jobs();
  const Response both = api_.ask("/symbol?id=Limit");
  EXPECT_EQ(both.status, 409) << both.body;
  EXPECT_THAT(both.body, HasSubstr("Limit#, limits/limits_windows.go:3:6\""));
  const std::string second = api_.ask("/symbol?id=limits/limits_windows.go:3:6").body;
  EXPECT_EQ(json_at(second, ".symbol.file"), "limits/limits_windows.go");
}

TEST_F(GraphAnswersTest, PositionsLeadToDefinitions) {
  const std::string body = api_.ask("/at?path=app.py&line=5&column=14").body;
  EXPECT_EQ(json_at(body, ".name"), "Circle");
  EXPECT_THAT(body, HasSubstr("lib/shapes.py"));
  EXPECT_EQ(json_at(body, ".enclosing.qualified"), "app.run");
  EXPECT_EQ(api_.ask("/at?path=nothing.py&line=1").status, 404);
  EXPECT_EQ(api_.ask("/at?path=app.py&line=0").status, 400);
  // The end of a file that ends in a line feed is a place in it, what follows is none.
  EXPECT_EQ(api_.ask("/at?path=app.py&line=19").status, 200);
  const Response beyond = api_.ask("/at?path=app.py&line=20");
  EXPECT_EQ(beyond.status, 400);
  EXPECT_THAT(beyond.body, HasSubstr("app.py has 18 lines"));
}

TEST_F(GraphAnswersTest, FilesHoldTheIndexedText) {
  const std::string body = api_.ask("/file?path=app.py&include=text,outline,occurrences").body;
  EXPECT_THAT(json_at(body, ".text"), HasSubstr("def run(radius):"));
  EXPECT_EQ(json_at(body, ".outline.0.symbol.name"), "run");
  EXPECT_GT(json_size(body, ".occurrences"), 3u);
  write_file(api_.project() + "/app.py", "changed = 1\n");
  // Another question, so that no earlier answer stands in.
  const std::string later = api_.ask("/file?path=app.py&include=text").body;
  EXPECT_EQ(json_at(later, ".text"), "null");
  EXPECT_NE(json_at(later, ".text_problem"), "null");
  EXPECT_EQ(api_.ask("/file?path=app.py&include=sound").status, 400);
}

TEST_F(GraphAnswersTest, TreesListFoldersFirst) {
  const std::string body = api_.ask("/tree").body;
  EXPECT_EQ(json_at(body, ".entries.0.name"), "lib");
  EXPECT_EQ(json_at(body, ".entries.2.name"), "app.py");
  EXPECT_EQ(api_.ask("/tree?path=../etc").status, 404);
}

TEST_F(GraphAnswersTest, OverviewHasColumnsOfOneLength) {
  const std::string body = api_.ask("/graph/overview?level=directory").body;
  EXPECT_EQ(json_size(body, ".nodes.id"), 3u);
  for (const char* column : {".nodes.x", ".nodes.y", ".nodes.radius", ".nodes.parent"})
    EXPECT_EQ(json_size(body, column), 3u) << column;
  EXPECT_GT(json_size(body, ".edges.src"), 0u);
  EXPECT_EQ(json_size(body, ".edges.kinds.calls"), json_size(body, ".edges.src"));
  EXPECT_EQ(json_at(api_.ask("/graph/overview?level=file&limit=1").body, ".meta.truncated"),
            "true");
}

TEST_F(GraphAnswersTest, LayoutIsTheSameEachTime) {
  ApiHarness again;
  const auto nodes = [](const std::string& body) {
    return body.substr(body.find("\"nodes\""), body.find("\"edges\"") - body.find("\"nodes\""));
  };
  EXPECT_EQ(nodes(api_.ask("/graph/overview?level=file").body),
            nodes(again.ask("/graph/overview?level=file").body));
}

TEST_F(GraphAnswersTest, WholeGraphAnswersFindWhatIsThere) {
  EXPECT_THAT(api_.ask("/cycles").body, HasSubstr("lib/shapes.py"));
  EXPECT_THAT(api_.ask("/cycles?level=symbol").body, HasSubstr("even"));
  EXPECT_THAT(api_.ask("/dead-code").body, HasSubstr("_unused"));
  EXPECT_EQ(at("/complexity?sort=cyclomatic&limit=1", ".functions.0.metrics.cyclomatic"), "2");
  EXPECT_EQ(at("/complexity?over=1&path=lib", ".total"), "1");
  EXPECT_EQ(at("/modules", ".total"), "3");
}

TEST_F(GraphAnswersTest, ExportsAreThoseOfTheCommandLine) {
  const std::string lines = api_.ask("/export?format=jsonl").body;
  EXPECT_TRUE(lines.starts_with("{\"t\":\"meta\"")) << lines.substr(0, 100);
  EXPECT_THAT(api_.ask("/graph/export?format=dot").body, HasSubstr("digraph"));
  EXPECT_THAT(api_.ask("/graph/export?format=graphml").body, HasSubstr("<graphml"));
  EXPECT_EQ(api_.ask("/graph/export?format=pdf").status, 400);
}

TEST_F(GraphAnswersTest, QueriesTraverseAndProject) {
  const std::string body = query(R"({"start":{"q":"square"},"steps":[{"direction":"in","depth":5}],
               "select":["qualified","depth","path"]})")
                               .body;
  EXPECT_EQ(json_at(body, ".rows.0.qualified"), "app.run");
  EXPECT_THAT(body, HasSubstr("app.main"));
  EXPECT_THAT(body, Not(HasSubstr("\"kind\"")));
  const std::string members = query(R"({"start":{"q":"Circle"},"steps":[{"edges":["contains"],
               "filter":{"kind":["method","constructor"]}}]})")
                                  .body;
  EXPECT_EQ(json_at(members, ".total"), "2");
}

TEST_F(GraphAnswersTest, QueriesSayWhatABudgetCut) {
  const std::string body =
      query(R"({"start":{"q":"square"},"steps":[{"direction":"in","depth":5}],"max_edges":1})")
          .body;
  EXPECT_EQ(json_at(body, ".meta.truncated"), "true");
  EXPECT_EQ(json_at(body, ".meta.truncation.by"), "steps");
}

TEST_F(GraphAnswersTest, QueriesAreChecked) {
  EXPECT_EQ(query(R"({"start":{"q":"x"},"stepps":[]})").status, 400);
  EXPECT_THAT(query(R"({"start":{"q":"x"},"stepps":[]})").body, HasSubstr("'steps'"));
  EXPECT_EQ(query(R"({"start":{"q":"x"},"steps":[{"edges":["kalls"]}]})").status, 400);
  EXPECT_EQ(query(R"({"start":{"q":"x"},"select":["colour"]})").status, 400);
  EXPECT_EQ(query(R"({"start":{"q":"x"},"limit":0})").status, 400);
  EXPECT_EQ(query("{").status, 400);
  EXPECT_EQ(query(std::string(200, '[')).status, 422);
  EXPECT_EQ(query("[]").status, 400);
}

TEST_F(GraphAnswersTest, AnswersAreCountedAndCached) {
  const Response first = api_.ask("/symbol?id=square");
  EXPECT_EQ(api_.ask("/symbol?id=square").body, first.body);
  const std::string metrics = api_.get("/metrics").body;
  EXPECT_THAT(metrics,
              HasSubstr("cairn_http_requests_total{operation=\"getSymbol\",status=\"200\"} 2"));
  EXPECT_THAT(metrics, HasSubstr("cairn_http_request_seconds_bucket"));
  EXPECT_THAT(metrics, HasSubstr("# TYPE cairn_jobs gauge"));
}

TEST_F(GraphAnswersTest, ANewSnapshotAnswersAfterChanges) {
  const std::string cursor = json_at(api_.ask("/symbols?limit=1").body, ".next_cursor");
  write_file(api_.project() + "/more.py", "def added():\n    pass\n");
  EXPECT_EQ(api_.send("POST", "/api/v1/repos/shapes/index").status, 202);
  api_.run_jobs();
  EXPECT_EQ(at("/symbols?q=added", ".symbols.0.match"), "exact");
  EXPECT_EQ(api_.ask("/symbols?limit=1&cursor=" + cursor).status, 410);
}

TEST_F(GraphAnswersTest, TheStartPageEscapesWhatItShows) {
  const Response page = api_.get("/");
  EXPECT_THAT(page.body, HasSubstr("shapes"));
  EXPECT_THAT(std::string(page.headers.get("Content-Security-Policy").value_or("")),
              HasSubstr("default-src 'none'"));
  EXPECT_THAT(api_.send_as("", "GET", "/").body, Not(HasSubstr("shapes.py")));
  EXPECT_THAT(api_.send_as("", "GET", "/").body, Not(HasSubstr(api_.project())));
}

}  // namespace
}  // namespace cairn::testing
