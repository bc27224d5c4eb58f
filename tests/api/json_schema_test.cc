#include "api/routing/json_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/service/cursor.h"
#include "api/service/grouping.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSchema = R"({
  "type": "object", "required": ["name"], "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]+$"},
    "size": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
    "kinds": {"type": "array", "maxItems": 2, "items": {"$ref": "#/defs/kind"}},
    "inner": {"anyOf": [{"type": "null"}, {"$ref": "#/defs/self"}]}
  }})";

/// "" when it fits, else the message.
std::string problem(const std::string& text) {
  const JsonDocument root = JsonDocument::parse(R"({"defs":{"kind":{"enum":["a","b"]},"self":)" +
                                                std::string(kSchema) + "}}")
                                .value();
  const JsonDocument schema = JsonDocument::parse(kSchema).value();
  const JsonDocument value = JsonDocument::parse(text).value();
  const Result<void> checked = check_schema(value.root(), schema.root(), root.root());
  return checked ? "" : checked.error().message();
}

TEST(JsonSchemaTest, TakesWhatFits) {
  EXPECT_EQ(problem(R"({"name":"abc"})"), "");
  EXPECT_EQ(problem(R"({"name":"abc","size":null,"kinds":["a","b"],"inner":{"name":"x"}})"), "");
}

TEST(JsonSchemaTest, SaysWhatDoesNotFitAndWhere) {
  EXPECT_THAT(problem("[]"), HasSubstr("must be object"));
  EXPECT_THAT(problem("{}"), HasSubstr("'name' is missing"));
  EXPECT_THAT(problem(R"({"name":""})"), HasSubstr("name: must not be shorter"));
  EXPECT_THAT(problem(R"({"name":"toolong"})"), HasSubstr("name: must not be longer"));
  EXPECT_THAT(problem(R"({"name":"A1"})"), HasSubstr("must match"));
  EXPECT_THAT(problem(R"({"name":"a","size":0})"), HasSubstr("size: must be at least 1"));
  EXPECT_THAT(problem(R"({"name":"a","size":10})"), HasSubstr("size: must be at most 9"));
  EXPECT_THAT(problem(R"({"name":"a","size":1.5})"), HasSubstr("size: must be integer or null"));
  EXPECT_THAT(problem(R"({"name":"a","kinds":["c"]})"), HasSubstr("kinds[0]: must be one of a, b"));
  EXPECT_THAT(problem(R"({"name":"a","kinds":["a","a","a"]})"), HasSubstr("at most 2"));
  EXPECT_THAT(problem(R"({"name":"a","naem":1})"), HasSubstr("did you mean 'name'"));
  EXPECT_THAT(problem(R"({"name":"a","inner":{"name":1}})"),
              HasSubstr("inner.name: must be string"));
}

TEST(PatternTest, KnowsTheSubset) {
  EXPECT_TRUE(matches_pattern("E_NOT_FOUND", "^E_[A-Z_]+$"));
  EXPECT_FALSE(matches_pattern("E_", "^E_[A-Z_]+$"));
  EXPECT_FALSE(matches_pattern("E_x", "^E_[A-Z_]+$"));
  EXPECT_TRUE(matches_pattern("a-b.c", "^[a-z0-9_][a-z0-9._-]*$"));
  EXPECT_FALSE(matches_pattern("-a", "^[a-z0-9_][a-z0-9._-]*$"));
  EXPECT_TRUE(matches_pattern("cairn_rest", "^cairn_"));
}

TEST(CursorTest, BelongsToOneSnapshotAndOneQuestion) {
  const std::string cursor = make_cursor("s1", 7, 300);
  EXPECT_EQ(cursor_offset(cursor, "s1", 7).value(), 300u);
  EXPECT_EQ(cursor_offset("", "s1", 7).value(), 0u);
  EXPECT_EQ(cursor_offset(cursor, "s2", 7).error().code(), ErrorCode::kGone);
  EXPECT_EQ(cursor_offset(cursor, "s1", 8).error().code(), ErrorCode::kInvalidArgument);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(cursor_offset(changed, "s1", 7).error().code(), ErrorCode::kInvalidArgument) << i;
  }
  EXPECT_FALSE(cursor_offset("xyz", "s1", 7));
}

TEST(LayoutTest, KeepsEverythingInsideAndIsRepeatable) {
  std::vector<double> weights(200);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = 1 + static_cast<double>(i * 37 % 11);
  const std::vector<Spot> before = lay_out(weights);
  for (const Spot& spot : before) {
    EXPECT_GE(spot.x - spot.radius, -1e-6);
    EXPECT_LE(spot.x + spot.radius, 1000 + 1e-6);
    EXPECT_GE(spot.y - spot.radius, -1e-6);
    EXPECT_LE(spot.y + spot.radius, 1000 + 1e-6);
  }
  EXPECT_TRUE(lay_out({}).empty());
  EXPECT_EQ(lay_out(weights).back().x, before.back().x);
}

}  // namespace
}  // namespace cairn::api
