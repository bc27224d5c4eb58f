#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>

#include "base/fs.h"
#include "graph/format.h"
#include "tests/graph/random_model.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

using test::RandomModel;

class LayerDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(test::build_base(path_, RandomModel(11).make()));
    auto bytes = read_file(path_, 1 << 24);
    ASSERT_TRUE(bytes);
    bytes_ = *bytes;
    const auto snapshot = Snapshot::open(path_);
    ASSERT_TRUE(snapshot);
    whole_ = test::dump(**snapshot);
  }

  void write_plain(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  /// Opens the damaged bytes: an error with a fitting code, or exactly the undamaged content.
  void expect_detected_or_harmless(const std::string& bytes) {
    write_plain(bytes);
    const auto snapshot = Snapshot::open(path_);
    if (!snapshot) {
      const ErrorCode code = snapshot.error().code();
      EXPECT_TRUE(code == ErrorCode::kCorrupt || code == ErrorCode::kVersion ||
                  code == ErrorCode::kInvalidArgument)
          << snapshot.error().to_string();
      ++detected_;
      return;
    }
    const std::string now = test::dump(**snapshot);
    if (now == whole_) {
      ++harmless_;
      return;
    }
    // A damaged lazy block shows as an error where it is read, never as other content.
    EXPECT_NE(now.find("E_CORRUPT"), std::string::npos);
    ++detected_;
  }

  const testing::TempDir dir_;
  const std::string path_ = dir_ / "layer";
  std::string bytes_;
  std::string whole_;
  unsigned detected_ = 0;
  unsigned harmless_ = 0;
};

TEST_F(LayerDamageTest, EveryBitFlipIsDetectedOrHarmless) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes_;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    expect_detected_or_harmless(damaged);
  }
  EXPECT_GT(detected_, 1200u);  // the rest are the zeros between sections
  EXPECT_EQ(detected_ + harmless_, 2000u);
}

TEST_F(LayerDamageTest, EveryTruncationIsDetected) {
  for (std::size_t size = 0; size < bytes_.size(); size += 1 + size / 64)
    expect_detected_or_harmless(bytes_.substr(0, size));
  EXPECT_EQ(harmless_, 0u);
}

TEST_F(LayerDamageTest, BytesAtTheEndAreDetected) {
  expect_detected_or_harmless(bytes_ + std::string(100, '\0'));
  expect_detected_or_harmless(bytes_ + bytes_);
  EXPECT_EQ(harmless_, 0u);
}

/// Rewrites one section with valid checksums: what a defect or an attacker could write. Nothing may
/// crash; what opens must be readable.
TEST_F(LayerDamageTest, HostileColumnsWithValidChecksumsNeverCrash) {
  std::mt19937 random(2);
  unsigned refused = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string damaged = bytes_;
    LayerFooter footer;
    std::memcpy(&footer, damaged.data() + damaged.size() - sizeof footer, sizeof footer);
    std::vector<SectionRow> rows(footer.sections);
    std::memcpy(rows.data(), damaged.data() + footer.table_offset,
                rows.size() * sizeof(SectionRow));
    const SectionRow& row = rows[random() % rows.size()];
    if (row.length == 0) continue;
    damaged[row.offset + random() % row.length] ^= static_cast<char>(1 + random() % 255);
    test::reseal(damaged);
    write_plain(damaged);
    const auto snapshot = Snapshot::open(path_);
    if (!snapshot) {
      ++refused;
      continue;
    }
    EXPECT_FALSE(test::dump(**snapshot).empty());
  }
  EXPECT_GT(refused, 150u);
}

TEST_F(LayerDamageTest, AnotherMajorVersionAsksForReindexing) {
  LayerHeader header;
  std::memcpy(&header, bytes_.data(), sizeof header);
  header.major = kSnapshotMajor + 1;
  std::memcpy(bytes_.data(), &header, sizeof header);
  test::reseal(bytes_);
  write_plain(bytes_);
  const auto snapshot = Snapshot::open(path_);
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code(), ErrorCode::kVersion);
}

}  // namespace
}  // namespace cairn::graph
