#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cairn {
namespace {

using ::testing::HasSubstr;

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, PutsCommasAndNests) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("a", 1).key("b").begin_array().value("x").value(true).null();
  writer.begin_object().end_object().end_array().field("c", -2.5).end_object().newline();
  writer.begin_array().end_array();
  EXPECT_EQ(out, "{\"a\":1,\"b\":[\"x\",true,null,{}],\"c\":-2.5}\n[]");
}

TEST(JsonWriter, WritesNumbersExactlyAndNoNanOrInfinity) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_array()
      .value(std::numeric_limits<std::int64_t>::min())
      .value(std::numeric_limits<std::uint64_t>::max())
      .value(0.1)
      .value(std::nan(""))
      .value(std::numeric_limits<double>::infinity())
      .value(std::uint8_t{7})
      .end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,0.1,null,null,7]");
}

TEST(JsonString, EscapesControlsAndReplacesInvalidBytes) {
  EXPECT_EQ(json_text("a\"\\\n\r\t\x01z"), R"("a\"\\\n\r\t\u0001z")");
  EXPECT_EQ(json_text("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(json_text("a\xFFz"), "\"a" + bad + "z\"");
  EXPECT_EQ(json_text("\xC0\x80"), "\"" + bad + bad + "\"");            // overlong
  EXPECT_EQ(json_text("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");  // surrogate
  EXPECT_EQ(json_text("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");
  EXPECT_EQ(json_text("\xE2\x82"), "\"" + bad + bad + "\"");  // cut short
  EXPECT_EQ(json_text(std::string("\0", 1)), "\"\\u0000\"");
}

TEST(JsonString, EveryByteReadsBackOrIsReplaced) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("x") + static_cast<char>(byte) + "y";
    const auto document = JsonDocument::parse(json_text(text));
    ASSERT_TRUE(document) << byte;
    EXPECT_EQ(document->root().as_string(), byte < 128 ? text : "x\xEF\xBF\xBDy") << byte;
  }
}

// Special bytes at every place of long strings, against a writer that looks at one byte at a time.
TEST(JsonString, EscapesAtEveryOffset) {
  const std::string_view pieces[] = {"\"", "\\",       "\n",   "\x1f", "\x7f",
                                     " ",  "\xC3\xA9", "\xFF", "!",    "["};
  const std::string_view expected[] = {"\\\"", "\\\\",     "\\n",          "\\u001f", "\x7f",
                                       " ",    "\xC3\xA9", "\xEF\xBF\xBD", "!",       "["};
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t piece = 0; piece < std::size(pieces); ++piece) {
      const std::string before(length, 'a');
      const std::string after(39 - length, 'z');
      EXPECT_EQ(json_text(before + std::string(pieces[piece]) + after),
                '"' + before + std::string(expected[piece]) + after + '"');
    }
  }
}

TEST(JsonDocument, AnswersQuestions) {
  const auto document =
      JsonDocument::parse(R"({"s":"t","i":3,"f":3.5,"w":4.0,"b":true,"n":null,"a":[1,[2]]})");
  ASSERT_TRUE(document);
  const JsonValue root = document->root();
  EXPECT_EQ(root.find("s").as_string(), "t");
  EXPECT_EQ(root.find("i").as_int(), 3);
  EXPECT_EQ(root.find("i").as_double(), 3.0);
  EXPECT_EQ(root.find("f").as_int(), std::nullopt);
  EXPECT_EQ(root.find("w").as_int(), 4);
  EXPECT_EQ(root.find("b").as_bool(), true);
  EXPECT_TRUE(root.find("n").is_null());
  EXPECT_EQ(root.find("a").at(1).at(0).as_int(), 2);
  EXPECT_EQ(root.find("a").items().size(), 2u);
  EXPECT_FALSE(root.find("none").exists());
  EXPECT_EQ(root.find("none").find("deeper").as_string(), std::nullopt);
  std::string keys;
  root.for_each_member([&](std::string_view key, JsonValue) { keys += key; });
  EXPECT_EQ(keys, "sifwbna");
}

TEST(JsonDocument, NamesTheBytePositionOfAnError) {
  const auto bad = JsonDocument::parse("{\"a\":1,}");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::kParse);
  EXPECT_THAT(bad.error().message(), HasSubstr("byte 7"));
  for (const char* text : {"", "{", "[1", "1 2", "nul", "\"\x01\"", "\"\xFF\"", "{\"a\"}"})
    EXPECT_EQ(JsonDocument::parse(text).error().code(), ErrorCode::kParse) << text;
}

TEST(JsonDocument, LimitsSizeAndDepth) {
  JsonLimits limits;
  limits.max_bytes = 10;
  limits.max_depth = 3;
  EXPECT_TRUE(JsonDocument::parse("[[[1]]]", limits));
  EXPECT_EQ(JsonDocument::parse("[[[[1]]]]", limits).error().code(), ErrorCode::kLimitExceeded);
  EXPECT_EQ(JsonDocument::parse("[1,2,3,4,5]", limits).error().code(), ErrorCode::kLimitExceeded);
  EXPECT_FALSE(JsonDocument::parse(std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace cairn
