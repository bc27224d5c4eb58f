#include "base/json_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn {
namespace {

/// Gives `text` in pieces of `size` bytes.
JsonReader reader_of(std::string text, std::size_t size, const JsonReaderLimits& limits = {}) {
  return JsonReader(
      [text = std::move(text), size, at = std::size_t{0}]() mutable -> Result<std::string_view> {
        const std::string_view piece =
            std::string_view(text).substr(std::min(at, text.size()), size);
        at += piece.size();
        return piece;
      },
      limits);
}

/// The tokens as text, or the error's code.
std::string tokens_of(JsonReader reader) {
  std::string out;
  for (;;) {
    const auto token = reader.next();
    if (!token) return out + std::string(error_code_name(token.error().code()));
    switch (token->kind) {
      case JsonTokenKind::kBeginObject:
        out += "{";
        break;
      case JsonTokenKind::kEndObject:
        out += "}";
        break;
      case JsonTokenKind::kBeginArray:
        out += "[";
        break;
      case JsonTokenKind::kEndArray:
        out += "]";
        break;
      case JsonTokenKind::kKey:
        out += std::string(token->text) + ":";
        break;
      case JsonTokenKind::kString:
        out += "'" + std::string(token->text) + "' ";
        break;
      case JsonTokenKind::kNumber:
        out += (token->is_integer ? std::to_string(token->integer) : std::to_string(token->real)) +
               " ";
        break;
      case JsonTokenKind::kBool:
        out += token->boolean ? "yes " : "no ";
        break;
      case JsonTokenKind::kNull:
        out += "null ";
        break;
      case JsonTokenKind::kEnd:
        return out;
    }
  }
}

TEST(JsonReaderTest, GivesTheSameTokensWhateverThePieces) {
  const std::string text =
      R"( {"a":[1,-2,3.5,true,false,null,"x\u00e9\n"],"b":{"c":18446744073709551615}} )";
  const std::string expected =
      "{a:[1 -2 3.500000 yes no null 'x\xc3\xa9\n' ]b:{c:18446744073709551616.000000 }}";
  for (const std::size_t size : {1u, 2u, 3u, 7u, 1000u})
    EXPECT_EQ(tokens_of(reader_of(text, size)), expected) << size;
}

TEST(JsonReaderTest, ANumberAtTheEndIsComplete) { EXPECT_EQ(tokens_of(reader_of("42", 1)), "42 "); }

TEST(JsonReaderTest, SaysWhenTextIsCutOffOrWrong) {
  EXPECT_EQ(tokens_of(reader_of("{\"a\":[1,2", 100)), "{a:[1 E_PARSE");
  EXPECT_EQ(tokens_of(reader_of("", 100)), "E_PARSE");
  EXPECT_EQ(tokens_of(reader_of("[NaN]", 100)), "E_PARSE");
  EXPECT_EQ(tokens_of(reader_of("{} {}", 100)), "E_PARSE");
  auto reader = reader_of("[1,,2]", 100);
  auto token = reader.next();
  ASSERT_FALSE(token);
  EXPECT_NE(token.error().message().find("byte 3"), std::string::npos) << token.error().message();
}

TEST(JsonReaderTest, ReadsDocumentsOneAfterAnotherWhenAsked) {
  JsonReaderLimits limits;
  limits.many_documents = true;
  EXPECT_EQ(tokens_of(reader_of("{}\n[1]\n", 1, limits)), "{}[1 ]");
}

TEST(JsonReaderTest, RefusesDeepNesting) {
  EXPECT_NE(tokens_of(reader_of(std::string(1000, '['), 100)).find("E_LIMIT_EXCEEDED"),
            std::string::npos);
}

TEST(JsonReaderTest, CutsLongTextAndGoesOn) {
  JsonReaderLimits limits;
  limits.max_text = 4;
  EXPECT_EQ(tokens_of(reader_of("[\"abcdefgh\",\"xy\"]", 3, limits)), "['abcd' 'xy' ]");
}

TEST(JsonReaderTest, SkipsWholeValues) {
  auto reader = reader_of(R"({"skip":{"x":[1,[2]]},"keep":7})", 5);
  std::int64_t kept = 0;
  const auto root = reader.next();
  ASSERT_TRUE(root);
  ASSERT_TRUE(each_member(reader, *root, [&](std::string_view key, const JsonToken& value) {
    if (key == "keep") kept = value.integer;
    return reader.skip(value);
  }));
  EXPECT_EQ(kept, 7);
  EXPECT_TRUE(reader.next()->is(JsonTokenKind::kEnd));
}

}  // namespace
}  // namespace cairn
