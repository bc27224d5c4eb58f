// Decodes binary graph answers by docs/api.md, and compares them with the JSON answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "base/json.h"
#include "tests/api/api_harness.h"

namespace cairn::testing {
namespace {

/// A reader that was written from the description alone.
class Decoded {
 public:
  explicit Decoded(std::string bytes) : bytes_(std::move(bytes)) {}

  std::uint32_t word(std::size_t offset) const {
    EXPECT_EQ(offset % 4, 0u);
    if (offset + 4 > bytes_.size()) {
      ADD_FAILURE() << "offset " << offset << " of " << bytes_.size();
      return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return value;
  }
  std::string text(std::uint32_t number) const {
    EXPECT_LT(number, word(24));
    const std::size_t offsets = word(28);
    const std::size_t from = word(offsets + 4 * number);
    const std::size_t to = word(offsets + 4 * number + 4);
    return bytes_.substr(offsets + 4 * (word(24) + 1) + from, to - from);
  }
  std::string json() const { return bytes_.substr(word(32), word(36)); }
  std::size_t columns() const { return word(20); }
  std::size_t rows(std::size_t column) const {
    return word(entry(column)) == 0 ? word(12) : word(16);
  }
  /// "nodes.id", "edges.kinds.calls"
  std::string path(std::size_t column) const {
    return (word(entry(column)) == 0 ? "nodes." : "edges.") + text(word(entry(column) + 4));
  }
  void expect_equal(std::size_t column, std::size_t row, const JsonValue& json) const {
    const std::uint32_t value = word(word(entry(column) + 12) + 4 * row);
    const std::uint32_t type = word(entry(column) + 8);
    if (json.is_null()) {
      EXPECT_EQ(value, 0xFFFFFFFF);
    } else if (type == 4) {
      EXPECT_EQ(text(value), json.as_string().value());
    } else if (type == 3) {
      EXPECT_EQ(std::bit_cast<float>(value), static_cast<float>(json.as_double().value()));
    } else if (type == 2) {
      EXPECT_EQ(static_cast<std::int32_t>(value), json.as_int().value());
    } else {
      EXPECT_EQ(type, 1u);
      EXPECT_EQ(value, json.as_int().value());
    }
  }

 private:
  static std::size_t entry(std::size_t column) { return 40 + 16 * column; }
  std::string bytes_;
};

/// The member at "nodes.kinds.calls".
JsonValue member(JsonValue at, std::string_view path) {
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    at = at.find(name);
  }
  return at;
}

/// Columns of an object, those of objects in it too.
std::size_t count_columns(const JsonValue& object) {
  std::size_t count = 0;
  object.for_each_member([&](std::string_view, const JsonValue& value) {
    count += value.is_array() ? 1 : count_columns(value);
  });
  return count;
}

void expect_same(ApiHarness& api, const std::string& question, std::uint32_t kind) {
  const std::string text = api.ask(question).body;
  const api::Response answer = api.ask(question + "&format=binary");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/vnd.cairn.graph");
  EXPECT_TRUE(answer.body.starts_with("CNRG"));
  EXPECT_EQ(answer.body.size() % 4, 0u);
  const Decoded decoded(answer.body);
  EXPECT_EQ(decoded.word(4), 1u);
  EXPECT_EQ(decoded.word(8), kind);
  const JsonDocument json = JsonDocument::parse(text).value();
  const JsonDocument rest = JsonDocument::parse(decoded.json()).value();
  EXPECT_EQ(decoded.columns(),
            count_columns(json.root().find("nodes")) + count_columns(json.root().find("edges")));
  for (std::size_t column = 0; column < decoded.columns(); ++column) {
    SCOPED_TRACE(decoded.path(column));
    const JsonValue values = member(json.root(), decoded.path(column));
    ASSERT_EQ(values.size(), decoded.rows(column));
    ASSERT_GT(values.size(), 0u);
    for (std::size_t row = 0; row < values.size(); ++row)
      decoded.expect_equal(column, row, values.at(row));
  }
  for (const char* same : {".meta.snapshot", ".meta.truncated", ".level", ".path", ".total_nodes",
                           ".total_edges", ".deeper"})
    EXPECT_EQ(json_at(decoded.json(), same), json_at(text, same)) << same;
}

TEST(GraphBinaryTest, OverviewsEqualTheirJson) {
  ApiHarness api;
  expect_same(api, "/graph/overview?level=file", 1);
  expect_same(api, "/graph/overview?level=directory", 1);
}

TEST(GraphBinaryTest, NeighbourhoodsEqualTheirJson) {
  ApiHarness api;
  expect_same(api, "/graph/neighbourhood?id=square&depth=3", 2);
}

TEST(GraphBinaryTest, EmptyGraphsAreWhole) {
  ApiHarness api;
  const Decoded decoded(api.ask("/graph/overview?path=nowhere&format=binary").body);
  EXPECT_EQ(decoded.word(12), 0u);
  EXPECT_EQ(decoded.word(16), 0u);
  EXPECT_EQ(json_at(decoded.json(), ".total_nodes"), "0");
}

TEST(GraphBinaryTest, FormatsAreCachedApart) {
  ApiHarness api;
  const std::string first = api.ask("/graph/overview?level=file&format=binary").body;
  EXPECT_TRUE(api.ask("/graph/overview?level=file").body.starts_with("{"));
  EXPECT_EQ(api.ask("/graph/overview?level=file&format=binary").body, first);
  EXPECT_EQ(api.ask("/graph/overview?format=xml").status, 400);
}

}  // namespace
}  // namespace cairn::testing
