#include <gtest/gtest.h>

#include "tests/graph/random_model.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

using test::build_base;
using test::build_overlay;
using test::dump;
using test::RandomModel;
using test::RepoModel;
using test::snapshot_of;

/// What is on one side only, for a failure that can be read.
std::string first_difference(const std::string& a, const std::string& b) {
  std::size_t line = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i]) {
      return "overlay: " + a.substr(line, a.find('\n', i) - line) +
             "\nclean:   " + b.substr(line, b.find('\n', i) - line);
    }
    if (a[i] == '\n') line = i + 1;
  }
  return "one is longer";
}

TEST(OverlayTest, EqualsACleanBuildAfterRandomEdits) {
  const testing::TempDir dir;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    RandomModel random(seed);
    const RepoModel before = random.make();
    RepoModel now = before;
    for (std::uint32_t i = 0; i <= seed % 4; ++i) random.edit(now);
    const auto base = build_base(dir / "base", before);
    const auto overlay = build_overlay(dir / "overlay", base, before, now);
    const auto merged = snapshot_of(base, overlay);
    const auto clean = snapshot_of(build_base(dir / "clean", now));
    ASSERT_TRUE(merged && clean);
    const std::string a = dump(*merged);
    const std::string b = dump(*clean);
    ASSERT_EQ(a.find("DEAD"), std::string::npos);
    ASSERT_EQ(a.find("DUPLICATE"), std::string::npos);
    ASSERT_TRUE(a == b) << "seed " << seed << '\n' << first_difference(a, b);
  }
}

TEST(OverlayTest, WithoutChangesItSaysWhatTheBaseSays) {
  const testing::TempDir dir;
  const RepoModel model = RandomModel(3).make();
  const auto base = build_base(dir / "base", model);
  const auto overlay = build_overlay(dir / "overlay", base, model, model);
  EXPECT_EQ(dump(*snapshot_of(base, overlay)), dump(*snapshot_of(base)));
}

TEST(OverlayTest, OverAnEmptyBaseHoldsEverything) {
  const testing::TempDir dir;
  const RepoModel model = RandomModel(4).make();
  const auto base = build_base(dir / "base", {});
  const auto overlay = build_overlay(dir / "overlay", base, {}, model);
  EXPECT_EQ(dump(*snapshot_of(base, overlay)), dump(*test::build_snapshot(model)));
}

TEST(OverlayTest, RefusesAnotherBase) {
  const testing::TempDir dir;
  const RepoModel model = RandomModel(5).make();
  const auto base = build_base(dir / "base", model);
  const auto overlay = build_overlay(dir / "overlay", base, model, {});
  const auto other = build_base(dir / "other", RandomModel(6).make());
  const auto made = Snapshot::make(other, overlay);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), ErrorCode::kCorrupt);
  EXPECT_FALSE(Snapshot::make(overlay));
}

}  // namespace
}  // namespace cairn::graph
