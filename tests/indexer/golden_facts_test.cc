// Every tests/testdata/facts/<language>/<case>.<ext> against its <case>.<ext>.golden: the facts as
// text. CAIRN_UPDATE_GOLDEN=1 rewrites the goldens; read the difference before keeping it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "indexer/syntax/parse.h"
#include "tests/support/facts_dump.h"

namespace cairn::indexer::syntax {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> cases() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(CAIRN_TESTDATA_DIR) / "facts"))
    if (entry.is_regular_file() && entry.path().extension() != ".golden")
      out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

class GoldenFactsTest : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenFactsTest, FactsEqualTheGolden) {
  const fs::path source = GetParam();
  const auto language = graph::language_named(source.parent_path().filename().string());
  ASSERT_TRUE(language.has_value()) << source;
  const std::string bytes = slurp(source);
  const Extracted out = extract(bytes, *language);
  ASSERT_EQ(out.outcome, ExtractOutcome::kOk);
  ASSERT_TRUE(graph::validate(out.facts)) << graph::validate(out.facts).error().to_string();
  const std::string actual = test::dump_facts(out.facts);
  const fs::path golden = source.string() + ".golden";
  if (std::getenv("CAIRN_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << actual;
  EXPECT_EQ(actual, slurp(golden)) << source;
}

INSTANTIATE_TEST_SUITE_P(All, GoldenFactsTest, testing::ValuesIn(cases()), [](const auto& tested) {
  std::string name = tested.param.parent_path().filename().string() + tested.param.stem().string();
  std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
  return name;
});

TEST(LanguageTableTest, NodeAndFieldNamesExistInTheGrammars) {
  EXPECT_EQ(table_mismatches(), std::vector<std::string>{});
}

}  // namespace
}  // namespace cairn::indexer::syntax
