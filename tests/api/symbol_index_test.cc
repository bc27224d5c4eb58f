#include "api/service/symbol_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/snapshot_builder.h"

namespace cairn::api {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

NameMatch match(std::string_view query, std::string_view name) {
  std::string low(name);
  for (char& c : low)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return fit_of(query, name, low).match;
}

TEST(NameFitTest, JudgesHowANameFits) {
  EXPECT_EQ(match("square", "square"), NameMatch::kExact);
  EXPECT_EQ(match("square", "Square"), NameMatch::kExact);
  EXPECT_EQ(match("squ", "square"), NameMatch::kPrefix);
  EXPECT_EQ(match("gcs", "getCurrentState"), NameMatch::kCamel);
  EXPECT_EQ(match("getst", "getCurrentState"), NameMatch::kCamel);
  EXPECT_EQ(match("ph", "parse_header"), NameMatch::kCamel);
  EXPECT_EQ(match("hs", "HTTPServer"), NameMatch::kCamel);
  EXPECT_EQ(match("rent", "getCurrentState"), NameMatch::kSubstring);
  EXPECT_EQ(match("gtcurr", "getCurrentState"), NameMatch::kFuzzy);
  EXPECT_EQ(match("xyz", "getCurrentState"), NameMatch::kNo);
  EXPECT_EQ(match("zz", "jazz_band_zone"), NameMatch::kSubstring);
}

test::SymbolModel symbol(const std::string& name, graph::SymbolKind kind,
                         const std::string& parent = {}) {
  test::SymbolModel out;
  out.name = name;
  out.kind = kind;
  out.parent = parent;
  return out;
}

test::RepoModel model() {
  using graph::SymbolKind;
  test::RepoModel model;
  model["src/server.py"].symbols = {symbol("HttpServer", SymbolKind::kClass),
                                    symbol("start", SymbolKind::kMethod, "HttpServer"),
                                    symbol("serve_files", SymbolKind::kFunction)};
  model["src/client.py"].symbols = {symbol("HttpClient", SymbolKind::kClass),
                                    symbol("start", SymbolKind::kMethod, "HttpClient")};
  return model;
}

class SymbolIndexTest : public ::testing::Test {
 protected:
  std::vector<std::string> names(const SymbolIndex::Query& query, std::uint64_t offset = 0,
                                 std::uint64_t limit = 10) {
    const auto found = index_.search(query, offset, limit, {}).value();
    total_ = found.total;
    std::vector<std::string> out;
    for (const SymbolIndex::Hit& hit : found.hits)
      out.push_back(std::string(snapshot_->path(snapshot_->file_of(hit.symbol))) + ":" +
                    std::string(snapshot_->name(hit.symbol)));
    return out;
  }
  std::shared_ptr<const graph::Snapshot> snapshot_ = test::build_snapshot(model());
  SymbolIndex index_{snapshot_};
  std::uint64_t total_ = 0;
};

TEST_F(SymbolIndexTest, RanksExactBeforePrefixBeforeInitials) {
  EXPECT_THAT(names({"start", 0, ""}), ElementsAre("src/client.py:start", "src/server.py:start"));
  EXPECT_THAT(names({"HttpS", 0, ""}), ElementsAre("src/server.py:HttpServer"));
  EXPECT_THAT(names({"hc", 0, ""}), ElementsAre("src/client.py:HttpClient"));
}

TEST_F(SymbolIndexTest, TakesOuterNamesAndFilters) {
  EXPECT_THAT(names({"HttpServer.start", 0, ""}), ElementsAre("src/server.py:start"));
  EXPECT_THAT(names({"start", 0, "src/client.py"}), ElementsAre("src/client.py:start"));
  EXPECT_THAT(names({"start", 0, "lib"}), ElementsAre());
  const std::uint64_t classes = std::uint64_t{1}
                                << static_cast<unsigned>(graph::SymbolKind::kClass);
  EXPECT_THAT(names({"", classes, "src"}),
              ElementsAre("src/client.py:HttpClient", "src/server.py:HttpServer"));
}

TEST_F(SymbolIndexTest, ForgivesOneTypingMistake) {
  EXPECT_THAT(names({"serve_fiels", 0, ""}), ElementsAre("src/server.py:serve_files"));
}

TEST_F(SymbolIndexTest, PagesJoinToTheWhole) {
  const auto all = names({"", 0, ""});
  EXPECT_EQ(total_, all.size());
  std::vector<std::string> joined;
  for (std::uint64_t at = 0; at < total_; at += 2)
    for (const std::string& name : names({"", 0, ""}, at, 2)) joined.push_back(name);
  EXPECT_EQ(joined, all);
}

TEST_F(SymbolIndexTest, StopsWhenTold) {
  StopSource source;
  source.stop();
  test::RepoModel many;
  for (int i = 0; i < 5000; ++i)
    many["a.py"].symbols.push_back(symbol("f" + std::to_string(i), graph::SymbolKind::kFunction));
  const SymbolIndex index(test::build_snapshot(many));
  const auto found = index.search({"f1", 0, ""}, 0, 10, source.token());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace cairn::api
