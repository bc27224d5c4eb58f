// Names, reach and structure over snapshots made by hand.
#include "analysis/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/complexity.h"
#include "analysis/find_symbol.h"
#include "analysis/structure.h"
#include "tests/support/snapshot_builder.h"

namespace cairn::analysis {
namespace {

using graph::SymbolKind;
using graph::Tier;
using test::FileModel;
using test::RepoModel;
using test::SiteModel;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace flag = graph::symbol_flag;

test::SymbolModel symbol(std::string name, std::uint32_t flags = 0) {
  test::SymbolModel out;
  out.name = std::move(name);
  out.flags = flags;
  return out;
}

SiteModel call(std::string owner, std::uint32_t line, std::string name, std::string path,
               Tier tier = Tier::kResolved) {
  SiteModel site;
  site.owner = std::move(owner);
  site.begin = {line, 1};
  site.text = name;
  if (!path.empty()) site.targets = {{std::move(path), std::move(name)}};
  site.tier = tier;
  return site;
}

/// a -> b -> c, x -> c by a guess, and one site named c that nothing is known about.
RepoModel chain_model() {
  RepoModel model;
  FileModel file;
  file.qualified_prefix = "m";
  file.symbols = {symbol("a"), symbol("b"), symbol("c"), symbol("x"), symbol("lone")};
  file.sites = {call("a", 11, "b", "m.py"), call("b", 12, "c", "m.py", Tier::kExact),
                call("b", 13, "c", "m.py"), call("x", 14, "c", "m.py", Tier::kHeuristic),
                call("x", 15, "c", "", Tier::kUnresolved)};
  model["m.py"] = file;
  return model;
}

std::vector<std::string> names(const graph::Snapshot& snapshot, const ReachAnswer& answer) {
  std::vector<std::string> out;
  for (const ReachItem& item : answer.items)
    out.push_back(std::to_string(item.depth) + std::string(snapshot.name(item.symbol)));
  return out;
}

TEST(ReachTest, GoesBackLevelByLevelAndKeepsTheChain) {
  const auto snapshot = test::build_snapshot(chain_model());
  ReachQuery query;
  query.max_depth = 5;
  const auto answer = reach(*snapshot, {test::symbol_at(*snapshot, {"m.py", "c"})}, query).value();
  EXPECT_THAT(names(*snapshot, answer), ElementsAre("0c", "1b", "2a"));
  EXPECT_EQ(answer.items[1].tier, Tier::kExact);
  EXPECT_EQ(answer.left_out, 1u);
  EXPECT_FALSE(answer.deeper);
  const auto chain = chain_of(answer, 2);
  ASSERT_EQ(chain.size(), 3u);
  EXPECT_EQ(snapshot->name(chain[0]), "a");
  EXPECT_EQ(snapshot->name(chain[2]), "c");
}

TEST(ReachTest, SaysWhenDepthOrSizeStoppedIt) {
  const auto snapshot = test::build_snapshot(chain_model());
  const std::vector<graph::SymbolId> start{test::symbol_at(*snapshot, {"m.py", "c"})};
  ReachQuery query;
  EXPECT_TRUE(reach(*snapshot, start, query)->deeper);
  query.max_depth = 9;
  query.max_items = 2;
  EXPECT_TRUE(reach(*snapshot, start, query)->truncated);
}

TEST(ReachTest, HeuristicEdgesAreAskedFor) {
  const auto snapshot = test::build_snapshot(chain_model());
  ReachQuery query;
  query.tiers = tiers_up_to(Tier::kHeuristic);
  const auto answer = reach(*snapshot, {test::symbol_at(*snapshot, {"m.py", "c"})}, query).value();
  EXPECT_THAT(names(*snapshot, answer), ElementsAre("0c", "1b", "1x"));
  EXPECT_EQ(answer.left_out, 0u);
}

TEST(ReachTest, AFunctionThatCallsItselfIsItsOwnCaller) {
  RepoModel model = chain_model();
  model["m.py"].sites.push_back(call("c", 30, "c", "m.py", Tier::kExact));
  const auto snapshot = test::build_snapshot(model);
  ReachQuery query;
  query.max_depth = 9;
  const auto answer = reach(*snapshot, {test::symbol_at(*snapshot, {"m.py", "c"})}, query).value();
  EXPECT_THAT(names(*snapshot, answer), ElementsAre("0c", "1b", "1c", "2a"));
  EXPECT_EQ(chain_of(answer, 2).size(), 2u);
  EXPECT_EQ(chain_of(answer, 3).size(), 3u);
}

TEST(ReachTest, CyclesEnd) {
  RepoModel model = chain_model();
  model["m.py"].sites.push_back(call("c", 30, "a", "m.py", Tier::kExact));
  const auto snapshot = test::build_snapshot(model);
  ReachQuery query;
  query.max_depth = 99;
  const auto answer = reach(*snapshot, {test::symbol_at(*snapshot, {"m.py", "c"})}, query).value();
  EXPECT_THAT(names(*snapshot, answer), ElementsAre("0c", "1b", "2a"));
}

TEST(ReachTest, StopsWhenToldTo) {
  const auto snapshot = test::build_snapshot(chain_model());
  StopSource stop;
  stop.stop();
  const auto answer =
      reach(*snapshot, {test::symbol_at(*snapshot, {"m.py", "c"})}, {}, stop.token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kCancelled);
}

TEST(ReferencesTest, CountWhatIsNotShown) {
  const auto snapshot = test::build_snapshot(chain_model());
  const auto answer = references_to(*snapshot, test::symbol_at(*snapshot, {"m.py", "c"}),
                                    tiers_up_to(Tier::kDispatch))
                          .value();
  ASSERT_EQ(answer.references.size(), 2u);
  EXPECT_EQ(answer.references[0].at, (graph::Position{12, 1}));
  EXPECT_EQ(answer.bound.left_out, 1u);
  EXPECT_EQ(answer.bound.unresolved, 1u);
}

TEST(ReferencesTest, UnresolvedSitesOfOtherLanguagesDoNotCount) {
  RepoModel model = chain_model();
  FileModel other;
  other.language = graph::Language::kGo;
  other.sites = {call("", 1, "c", "", Tier::kUnresolved)};
  model["o.go"] = other;
  const auto snapshot = test::build_snapshot(model);
  EXPECT_EQ(snapshot->unbound_sites("c", graph::Family::kPython), 1u);
  EXPECT_EQ(snapshot->unbound_sites("c", graph::Family::kGo), 1u);
  EXPECT_EQ(snapshot->unbound_sites("absent", graph::Family::kGo), 0u);
}

TEST(FindSymbolTest, CompleteNamesBeatEndsOfLongerOnes) {
  RepoModel model;
  for (const char* path : {"a.py", "b.py"}) {
    FileModel file;
    file.qualified_prefix = std::string(path).substr(0, 1);
    file.symbols = {symbol("run")};
    model[path] = file;
  }
  const auto snapshot = test::build_snapshot(model);
  EXPECT_EQ(find_symbols(*snapshot, "run").symbols.size(), 2u);
  EXPECT_EQ(find_symbols(*snapshot, "a.run").symbols.size(), 1u);
  EXPECT_EQ(find_symbols(*snapshot, "b.py:1").symbols.size(), 1u);
  const SymbolMatches none = find_symbols(*snapshot, "rum");
  EXPECT_THAT(none.symbols, IsEmpty());
  EXPECT_THAT(none.suggestions, ElementsAre("a.run", "b.run"));
}

TEST(FindSymbolTest, ATypeStandsForItsConstructors) {
  RepoModel model;
  FileModel file;
  file.language = graph::Language::kJava;
  file.symbols = {symbol("Box"), symbol("Box")};
  file.symbols[0].kind = SymbolKind::kClass;
  file.symbols[1].kind = SymbolKind::kConstructor;
  file.symbols[1].parent = "Box";
  model["Box.java"] = file;
  const auto snapshot = test::build_snapshot(model);
  const SymbolMatches matches = find_symbols(*snapshot, "Box");
  ASSERT_EQ(matches.symbols.size(), 1u);
  EXPECT_EQ(snapshot->kind(matches.symbols[0]), SymbolKind::kClass);
}

TEST(FindSymbolTest, AHashStandsBeforeAMethodAsInItsDocumentation) {
  RepoModel model;
  FileModel file;
  file.language = graph::Language::kRuby;
  file.symbols = {symbol("Box"), symbol("open")};
  file.symbols[0].kind = SymbolKind::kClass;
  file.symbols[1].kind = SymbolKind::kMethod;
  file.symbols[1].parent = "Box";
  model["box.rb"] = file;
  const auto snapshot = test::build_snapshot(model);
  const SymbolMatches matches = find_symbols(*snapshot, "Box#open");
  ASSERT_EQ(matches.symbols.size(), 1u);
  EXPECT_EQ(snapshot->name(matches.symbols[0]), "open");
  EXPECT_THAT(find_symbols(*snapshot, "Box#shut").symbols, IsEmpty());
}

TEST(TestCodeTest, WhatStandsInAModuleOfTestsIsPartOfIt) {
  RepoModel model;
  FileModel file;
  file.language = graph::Language::kRust;
  file.symbols = {symbol("tests", flag::kTest), symbol("helper"), symbol("run")};
  file.symbols[0].kind = SymbolKind::kNamespace;
  file.symbols[1].parent = "tests";
  model["lib.rs"] = file;
  const auto snapshot = test::build_snapshot(model);
  EXPECT_TRUE(is_test_code(*snapshot, find_symbols(*snapshot, "helper").symbols.at(0)));
  EXPECT_FALSE(is_test_code(*snapshot, find_symbols(*snapshot, "run").symbols.at(0)));
}

TEST(FindSymbolTest, PlacesAreLinesAndColumns) {
  EXPECT_EQ(parse_place("a/b.py:3:7")->path, "a/b.py");
  EXPECT_EQ(parse_place("a/b.py:3:7")->at, (graph::Position{3, 7}));
  EXPECT_EQ(parse_place("./b.py:3")->at, (graph::Position{3, 0}));
  EXPECT_EQ(parse_place("./b.py:3")->path, "b.py");
  for (const char* text : {"a.py", "a.py:", "a.py:x", ":3", "a.py:0", "A::b"})
    EXPECT_FALSE(parse_place(text)) << text;
}

TEST(DeadCodeTest, JudgesOnlyWhatNothingOutsideCanUse) {
  RepoModel model = chain_model();
  FileModel& file = model["m.py"];
  file.symbols[3].flags = flag::kExported;
  file.symbols.push_back(symbol("test_it", flag::kTest));
  file.symbols.push_back(symbol("recursive"));
  file.sites.push_back(call("recursive", 20, "recursive", "m.py", Tier::kExact));
  file.sites.push_back(call("x", 21, "lone", "", Tier::kUnresolved));
  const auto snapshot = test::build_snapshot(model);
  const DeadCodeAnswer answer = dead_code(*snapshot, false).value();
  std::vector<std::string> rows;
  for (const DeadCode& row : answer.candidates)
    rows.push_back(std::string(snapshot->name(row.symbol)) +
                   (row.confidence == Confidence::kLikely ? " likely" : " possible"));
  EXPECT_THAT(rows, ElementsAre("a likely", "lone possible", "recursive likely"));
  EXPECT_EQ(answer.exported, 1u);
  EXPECT_EQ(answer.entry_points, 1u);
  EXPECT_EQ(dead_code(*snapshot, true)->candidates.size(), 4u);
}

TEST(ComplexityTest, LimitsNameAMetricAndANumber) {
  EXPECT_EQ(parse_metric_limit("nloc=40")->limit, 40u);
  EXPECT_EQ(parse_metric_limit("cognitive=15")->metric, Metric::kCognitive);
  for (const char* text : {"nloc", "nloc=", "nloc=x", "nloc=-1", "lines=3", "=3", ""})
    EXPECT_FALSE(parse_metric_limit(text)) << text;
}

}  // namespace
}  // namespace cairn::analysis
