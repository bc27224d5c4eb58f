// Every export of tests/testdata/exports/source against its golden file; CAIRN_UPDATE_GOLDEN=1
// writes them.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/fs.h"
#include "tests/api/cli_harness.h"

namespace cairn::testing {
namespace {

constexpr std::uint64_t kMaxGolden = 8u << 20;

class ExportGoldenTest : public ::testing::TestWithParam<const char*> {};

/// The place of the checkout is no part of a golden.
std::string without(std::string text, const std::string& place) {
  for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at))
    text.replace(at, place.size(), "SOURCE");
  return text;
}

TEST_P(ExportGoldenTest, IsAsReviewed) {
  const std::string folder = join_path(CAIRN_TESTDATA_DIR, "exports");
  const std::string source = join_path(folder, "source");
  const std::string golden = join_path(folder, "golden." + std::string(GetParam()));
  Cli cli;
  const CliResult result = cli.run({"export", source, "--format", GetParam()});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string text = without(result.out, source);
  if (std::getenv("CAIRN_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomic(golden, text));
  }
  const auto expected = read_file(golden, kMaxGolden);
  ASSERT_TRUE(expected) << expected.error().message();
  EXPECT_EQ(text, *expected) << "read the difference; CAIRN_UPDATE_GOLDEN=1 accepts it";
}

INSTANTIATE_TEST_SUITE_P(Formats, ExportGoldenTest,
                         ::testing::Values("jsonl", "json", "graphml", "dot", "pycg"),
                         [](const auto& format) { return std::string(format.param); });

}  // namespace
}  // namespace cairn::testing
