// Questions on the command line, end to end on a small Python project.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/api/cli_harness.h"

namespace cairn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CliQueryTest : public ::testing::Test {
 protected:
  CliResult ask(std::vector<std::string> words) {
    words.insert(words.begin() + 1, root_);
    return cli_.run(words);
  }
  Cli cli_;
  const std::string root_ = write_python_project(cli_);
};

JsonDocument parsed(const CliResult& result) {
  auto document = JsonDocument::parse(result.out);
  EXPECT_TRUE(document) << result.out << result.err;
  return std::move(document).value();
}

TEST_F(CliQueryTest, DefFindsTheDefinitionBehindAReference) {
  const CliResult result = ask({"def", "app.py:6:29"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "shapes.py:14:5 shapes.square resolved\n");
}

TEST_F(CliQueryTest, DefFindsLocals) {
  const CliResult result = ask({"def", "app.py:6:12"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "app.py:5:5 circle exact\n");
}

TEST_F(CliQueryTest, DefOnADefinitionsNameIsThatDefinition) {
  EXPECT_EQ(ask({"def", "shapes.py:14:7"}).out, "shapes.py:14:5 shapes.square exact\n");
  EXPECT_EQ(ask({"def", "shapes.py:14:12"}).out, "shapes.py:14:12 x exact\n");
}

TEST_F(CliQueryTest, DefSaysWhenNothingIsDefinedThere) {
  const CliResult blank = ask({"def", "app.py:2:1"});
  EXPECT_EQ(blank.code, 1);
  EXPECT_EQ(blank.out, "");
  EXPECT_EQ(blank.err,
            "cairn: no identifier stands at app.py:2:1, give the position of a name "
            "[E_SYMBOL_NOT_FOUND]\n");
  const CliResult outside = ask({"def", "app.py:10:5"});
  EXPECT_EQ(outside.code, 1);
  EXPECT_THAT(outside.err, HasSubstr("'print' at app.py:10:5 is defined outside the source, as "
                                     "builtins#print"));
}

TEST_F(CliQueryTest, DefRefusesWhatIsNoPosition) {
  const CliResult word = ask({"def", "app.py"});
  EXPECT_EQ(word.code, 2);
  EXPECT_THAT(word.err, HasSubstr("write PATH:LINE or PATH:LINE:COLUMN [E_INVALID_ARGUMENT]"));
  const CliResult gone = ask({"def", "ap.py:1:1"});
  EXPECT_EQ(gone.code, 3);
  EXPECT_THAT(gone.err, HasSubstr("did you mean app.py"));
}

TEST_F(CliQueryTest, RefsListsEverySite) {
  const CliResult result = ask({"refs", "square"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out,
            "app.py:1:28  app  import  resolved  (import)\n"
            "app.py:6:28  app.run  call  resolved  (import)\n"
            "shapes.py:11:16  shapes.Circle.area  call  exact  (file_scope)\n"
            "# 3 references to shapes.square\n");
}

TEST_F(CliQueryTest, CallersOfDepthTwoShowTheChain) {
  const CliResult result = ask({"callers", "shapes.square", "--depth", "2"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("depth 1\n"
                                     "  app.py:6:28  app.run  resolved  (import)\n"
                                     "  shapes.py:11:16  shapes.Circle.area  exact  (file_scope)\n"
                                     "depth 2\n"
                                     "  app.py:10:11  app.main  exact  (file_scope)  via app.run\n"
                                     "  test_app.py:5:12  test_app.test_run  resolved  (import)  "
                                     "via app.run\n"));
}

TEST_F(CliQueryTest, CalleesNameTheCallSites) {
  const CliResult result = ask({"callees", "main"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("app.py:10:11  app.run  exact  (file_scope)\n"
                                     "# 1 callee of app.main"));
}

TEST_F(CliQueryTest, HierarchyShowsBothSides) {
  const CliResult type = ask({"hierarchy", "Circle"});
  EXPECT_EQ(type.code, 0) << type.err;
  EXPECT_THAT(type.out, HasSubstr("above\n  shapes.py:1:7  shapes.Shape  "));
  EXPECT_THAT(type.out, HasSubstr("# shapes.Circle: 1 above, 0 below"));
  const CliResult method = ask({"hierarchy", "Shape.area"});
  EXPECT_THAT(method.out, HasSubstr("below\n  shapes.py:10:9  shapes.Circle.area  "));
  EXPECT_THAT(method.out, HasSubstr("(overrides)"));
}

TEST_F(CliQueryTest, PathShowsEveryStep) {
  const CliResult result = ask({"path", "test_run", "square"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("path 1, 2 steps\n"
                                     "  test_app.py:4:5  test_app.test_run\n"
                                     "  test_app.py:5:12  app.run  resolved  (import, calls)\n"
                                     "  app.py:6:28  shapes.square  resolved  (import, calls)\n"));
  const CliResult none = ask({"path", "square", "test_run"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.out, HasSubstr("# 0 paths"));
}

TEST_F(CliQueryTest, TestsAreThoseThatReachTheSymbol) {
  const CliResult result = ask({"tests", "square"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("test_app.test_run"));
  EXPECT_THAT(result.out, HasSubstr("via app.run"));
  EXPECT_THAT(result.out, Not(HasSubstr("app.main")));
  EXPECT_THAT(ask({"tests", "_unused"}).out, StartsWith("# 0 tests of shapes._unused"));
}

TEST_F(CliQueryTest, UnknownSymbolsGetSuggestionsAndNoSubstitute) {
  const CliResult result = ask({"callers", "sqare"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "cairn: no symbol 'sqare', did you mean shapes.square [E_SYMBOL_NOT_FOUND]\n");
}

TEST_F(CliQueryTest, AmbiguousNamesListTheChoices) {
  const CliResult result = ask({"callers", "area"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("  shapes.py:2:9  shapes.Shape.area  method  "));
  EXPECT_THAT(result.err, HasSubstr("  shapes.py:10:9  shapes.Circle.area  method  "));
  EXPECT_THAT(result.err, HasSubstr("cairn: 'area' names 2 symbols, listed above, give one's "
                                    "PATH:LINE:COLUMN or id [E_AMBIGUOUS]\n"));
}

TEST_F(CliQueryTest, SymbolsAreTakenByIdSuffixAndPlace) {
  const std::string summary = "of shapes.Circle.area";
  const JsonDocument refs = parsed(ask({"callers", "Circle.area", "--json"}));
  const std::string id(refs.root().find("symbol").find("id").as_string().value_or(""));
  EXPECT_THAT(id, HasSubstr("Circle#area()."));
  for (const std::string& name :
       {id, std::string("shapes.Circle.area"), std::string("Circle.area"),
        std::string("Circle::area"), std::string("shapes.py:10:9"), std::string("shapes.py:10")})
    EXPECT_THAT(ask({"callers", name}).out, HasSubstr(summary)) << name;
}

TEST_F(CliQueryTest, JsonAnswersParseAndSayTheBound) {
  const JsonDocument callers = parsed(ask({"callers", "square", "--json"}));
  const JsonValue rows = callers.root().find("callers");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.at(0).find("symbol").find("qualified").as_string(), "app.run");
  EXPECT_EQ(rows.at(0).find("tier").as_string(), "resolved");
  EXPECT_EQ(rows.at(0).find("site").find("line").as_int(), 6);
  EXPECT_TRUE(callers.root().find("lower_bound").as_bool().has_value());
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"def", "app.py:6:28", "--json"},
                                             {"refs", "square", "--json"},
                                             {"callees", "run", "--json"},
                                             {"hierarchy", "Circle", "--json"},
                                             {"path", "main", "square", "--json"},
                                             {"tests", "square", "--json"}})
    EXPECT_TRUE(parsed(ask(words)).root().is_object()) << words.front();
}

TEST_F(CliQueryTest, DepthAndTierAreChecked) {
  EXPECT_EQ(ask({"callers", "square", "--depth", "0"}).code, 2);
  EXPECT_EQ(ask({"callers", "square", "--tier", "guess"}).code, 2);
}

TEST_F(CliQueryTest, UnresolvedSitesMakeTheAnswerALowerBound) {
  write_file(root_ + "/late.py", "def use(thing):\n    return thing.square(2)\n");
  EXPECT_THAT(
      ask({"refs", "square", "--tier", "dispatch"}).out,
      ::testing::AnyOf(HasSubstr("lower bound: + 1 unresolved site shares this name"),
                       HasSubstr("1 site of less sure tiers left out, --tier heuristic shows it")));
}

}  // namespace
}  // namespace cairn::testing
