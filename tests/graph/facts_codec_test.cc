#include "graph/facts_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/hash.h"
#include "graph/column_codec.h"
#include "tests/support/random_facts.h"

namespace cairn::graph {
namespace {

using test::RandomFacts;

FileFacts smallest() {
  FileFacts facts;
  facts.face.symbols.emplace_back();
  facts.face.scopes.emplace_back();
  return facts;
}

EncodedFacts encoded(const FileFacts& facts) {
  auto out = encode(facts);
  if (!out) {
    ADD_FAILURE() << out.error().to_string();
    return {};
  }
  return std::move(*out);
}

TEST(FactsCodecTest, SmallestFactsRoundTrip) {
  const FileFacts facts = smallest();
  ASSERT_TRUE(validate(facts));
  const auto back = decode(encoded(facts).bytes);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(*back, facts);
}

TEST(FactsCodecTest, RealisticFactsRoundTrip) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const FileFacts facts = RandomFacts(seed).make(seed * seed);
    const auto valid = validate(facts);
    ASSERT_TRUE(valid) << valid.error().to_string();
    const auto back = decode(encoded(facts).bytes);
    ASSERT_TRUE(back) << back.error().to_string();
    ASSERT_TRUE(*back == facts) << "seed " << seed;
  }
}

TEST(FactsCodecTest, AnyValueOfFreeFieldsRoundTrips) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    const FileFacts facts = RandomFacts(seed).make_wild(1 + seed);
    const auto valid = validate(facts);
    ASSERT_TRUE(valid) << valid.error().to_string();
    const auto back = decode(encoded(facts).bytes);
    ASSERT_TRUE(back) << back.error().to_string();
    ASSERT_TRUE(*back == facts) << "seed " << seed;
  }
}

TEST(FactsCodecTest, EachTableAloneRoundTrips) {
  // Rows of zeros and nothing behind them: the fewest bytes a table can take.
  std::vector<FileFacts> cases(10, smallest());
  for (int i = 0; i < 500; ++i) {
    cases[0].face.symbols.emplace_back().parent = 0;
    cases[1].face.scopes.emplace_back().parent = 0;
    cases[2].face.exprs.emplace_back();
    cases[3].face.supers.emplace_back().symbol = 0;
    cases[4].face.imports.emplace_back();
    cases[5].face.exports.emplace_back();
    cases[6].body.locals.emplace_back();
    cases[7].body.refs.emplace_back();
    cases[8].body.flows.emplace_back();
    cases[9].body.diagnostics.emplace_back();
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    ASSERT_TRUE(validate(cases[i])) << i;
    const auto back = decode(encoded(cases[i]).bytes);
    ASSERT_TRUE(back) << i << ": " << back.error().to_string();
    EXPECT_EQ(*back, cases[i]) << i;
  }
}

TEST(FactsCodecTest, StringsMayHoldAnyBytes) {
  FileFacts facts = smallest();
  facts.face.strings.add(std::string("\0\xff\xc3\n", 4));
  facts.face.strings.add("");
  facts.body.strings.add(std::string(100000, 'x'));
  facts.face.package = 1;
  const auto back = decode(encoded(facts).bytes);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(*back, facts);
}

TEST(FactsCodecTest, SameFactsGiveSameBytes) {
  const FileFacts facts = RandomFacts(7).make(500);
  EXPECT_EQ(encoded(facts).bytes, encoded(facts).bytes);
}

TEST(FactsCodecTest, FaceDecodesWithoutTheBody) {
  const FileFacts facts = RandomFacts(8).make(300);
  const EncodedFacts bytes = encoded(facts);
  const auto face = decode_face(bytes.face());
  ASSERT_TRUE(face) << face.error().to_string();
  EXPECT_EQ(*face, facts.face);
  EXPECT_EQ(*part_size(bytes.bytes), bytes.face_size);
  const auto body = decode_body(bytes.body(), *face);
  ASSERT_TRUE(body) << body.error().to_string();
  EXPECT_EQ(*body, facts.body);
}

TEST(FactsCodecTest, BodyOfAnotherFileIsRefused) {
  const EncodedFacts one = encoded(RandomFacts(9).make(300));
  const FileFacts other = RandomFacts(10).make(310);
  const auto body = decode_body(one.body(), other.face);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code(), ErrorCode::kCorrupt);
}

TEST(FactsCodecTest, PartsAreNotMistakenForEachOther) {
  const FileFacts facts = RandomFacts(11).make(50);
  const EncodedFacts bytes = encoded(facts);
  EXPECT_FALSE(decode_face(bytes.body()));
  EXPECT_FALSE(decode_body(bytes.face(), facts.face));
}

TEST(FactsCodecTest, AnotherFormatVersionIsNamed) {
  EncodedFacts bytes = encoded(smallest());
  bytes.bytes[3] = static_cast<char>(kFactsFormat + 1);
  const auto face = decode_face(bytes.bytes);
  ASSERT_FALSE(face);
  EXPECT_EQ(face.error().code(), ErrorCode::kVersion);
}

TEST(FactsCodecTest, EveryTruncationIsDetected) {
  const EncodedFacts bytes = encoded(RandomFacts(12).make(40));
  for (std::size_t size = 0; size < bytes.bytes.size(); ++size) {
    const auto back = decode(std::string_view(bytes.bytes).substr(0, size));
    ASSERT_FALSE(back) << size;
    ASSERT_EQ(back.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(decode(bytes.bytes + "x"));
}

TEST(FactsCodecTest, EveryBitFlipIsDetected) {
  std::string bytes = encoded(RandomFacts(13).make(60)).bytes;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(decode(bytes)) << "bit " << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
  EXPECT_TRUE(decode(bytes));
}

/// Puts the right checksum on a damaged part: what an attacker who knows the format does.
void seal(std::string& part) {
  const std::string_view view = part;
  const std::uint64_t sum = hash64(view.substr(20), hash64(view.substr(0, 12)));
  for (std::size_t i = 0; i < 8; ++i) part[12 + i] = static_cast<char>((sum >> (8 * i)) & 0xff);
}

TEST(FactsCodecTest, CraftedPartsNeverCrashOrGiveInvalidFacts) {
  std::mt19937_64 random(99);
  int accepted = 0;
  int refused = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    // Small facts are stored without compression, so flips reach the columns.
    const FileFacts facts = seed % 2 == 0 ? RandomFacts(seed).make(30) : smallest();
    const EncodedFacts bytes = encoded(facts);
    for (int trial = 0; trial < 250; ++trial) {
      std::string face(bytes.face());
      const std::size_t flips = 1 + random() % 3;
      for (std::size_t i = 0; i < flips; ++i)
        face[8 + random() % (face.size() - 8)] ^= static_cast<char>(1 << (random() % 8));
      seal(face);
      const auto decoded = decode_face(face);
      decoded ? ++accepted : ++refused;
      if (decoded) {
        ASSERT_TRUE(validate(*decoded));
      }
      std::string body(bytes.body());
      body[8 + random() % (body.size() - 8)] ^= static_cast<char>(1 << (random() % 8));
      seal(body);
      if (const auto rest = decode_body(body, facts.face)) {
        ASSERT_TRUE(validate(facts.face, *rest));
      }
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(accepted, 0);  // else the flips never reached the columns
}

/// A part with these columns, uncompressed and with a good checksum.
std::string crafted(char tag, const std::string& columns) {
  std::string part = std::string("CF") + tag + static_cast<char>(kFactsFormat);
  const auto size = static_cast<std::uint32_t>(columns.size());
  for (int i = 0; i < 4; ++i) part += static_cast<char>((size >> (8 * i)) & 0xff);
  part += std::string(12, '\0') + columns;
  seal(part);
  return part;
}

TEST(FactsCodecTest, HugeClaimedRowCountAllocatesNothing) {
  std::string columns(7, '\0');                       // language to package
  columns += "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";  // 2^63 strings
  const auto face = decode_face(crafted('f', columns));
  ASSERT_FALSE(face);
  EXPECT_EQ(face.error().code(), ErrorCode::kCorrupt);
}

TEST(FactsCodecTest, HugeClaimedRawSizeIsRefused) {
  std::string part = crafted('f', std::string(100, 'x'));
  for (std::size_t i = 8; i < 12; ++i) part[i] = '\xff';
  seal(part);
  EXPECT_FALSE(decode_face(part));
}

TEST(FactsCodecTest, RandomColumnsNeverCrash) {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 20000; ++trial) {
    std::string columns(random() % 200, '\0');
    for (char& c : columns) c = static_cast<char>(random() % 4 == 0 ? random() : random() % 3);
    const auto face = decode_face(crafted('f', columns));
    if (face) {
      ASSERT_TRUE(validate(*face));
    }
  }
}

TEST(FactsCodecTest, TypicalFactsTakeFewBytesPerLine) {
  const EncodedFacts bytes = encoded(RandomFacts(14).make(2000));
  RecordProperty("bytes_per_line", static_cast<int>(bytes.bytes.size() / 2000));
  EXPECT_LE(bytes.bytes.size() / 2000, 70u);
}

TEST(ColumnCodecTest, ZigzagCoversAllDistances) {
  for (const std::uint32_t value : {0u, 1u, 2u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
  EXPECT_EQ(zigzag(0xffffffffu), 1u);  // -1
  EXPECT_EQ(zigzag(1), 2u);
}

}  // namespace
}  // namespace cairn::graph
