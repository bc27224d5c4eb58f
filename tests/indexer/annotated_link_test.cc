// Every folder tests/testdata/link/<language>/<case>/ is indexed as a source of its own, and each
// expectation written in its files (tests/support/annotated.h) is compared with the graph.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "indexer/index.h"
#include "tests/support/annotated.h"

namespace cairn::indexer {
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
  for (const auto& language : fs::directory_iterator(fs::path(CAIRN_TESTDATA_DIR) / "link"))
    for (const auto& one : fs::directory_iterator(language.path()))
      if (one.is_directory()) out.push_back(one.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<test::Annotation> annotations_in(const fs::path& folder) {
  std::vector<test::Annotation> out;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files)
    for (test::Annotation& a :
         test::annotations_of(fs::relative(file, folder).generic_string(), slurp(file)))
      out.push_back(std::move(a));
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

class AnnotatedLinkTest : public testing::TestWithParam<fs::path> {};

TEST_P(AnnotatedLinkTest, ReferencesBindAsTheSourcesSay) {
  IndexOptions options;
  options.source = GetParam().string();
  const Result<Index> index = index_source(options);
  ASSERT_TRUE(index) << index.error().to_string();
  const std::vector<test::Annotation> wanted = annotations_in(GetParam());
  ASSERT_FALSE(wanted.empty()) << "a case without expectations cannot fail";
  EXPECT_EQ(joined(test::check_annotations(*index->snapshot, wanted)), "");
}

INSTANTIATE_TEST_SUITE_P(All, AnnotatedLinkTest, testing::ValuesIn(cases()), [](const auto& test) {
  std::string name =
      test.param.parent_path().filename().string() + "_" + test.param.filename().string();
  std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
  return name;
});

TEST(AnnotatedLinkCheckTest, AWrongExpectationIsReported) {
  const fs::path folder = cases().front();
  IndexOptions options;
  options.source = folder.string();
  const Result<Index> index = index_source(options);
  ASSERT_TRUE(index) << index.error().to_string();
  std::vector<test::Annotation> wrong = annotations_in(folder);
  wrong.resize(1);
  wrong[0].targets = {"nowhere.py:1"};
  EXPECT_EQ(test::check_annotations(*index->snapshot, wrong).size(), 1u);
}

}  // namespace
}  // namespace cairn::indexer
