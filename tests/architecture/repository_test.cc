// What the repository's texts promise: the documented error codes are the real ones, and no file
// names a machine or a package registry.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "tests/architecture/source_tree.h"

namespace cairn::architecture {
namespace {

constexpr ErrorCode kCodes[] = {
#define CAIRN_ERROR(name, text, exit_code, meaning) ErrorCode::name,
#include "base/error_code.def"
#undef CAIRN_ERROR
};

/// The rows of a Markdown table whose first cell is an error code.
std::vector<std::string> code_rows(std::string_view text) {
  std::vector<std::string> rows;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with("| `E_")) rows.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return rows;
}

std::vector<std::string> expected_rows() {
  std::vector<std::string> rows;
  for (const ErrorCode code : kCodes)
    rows.push_back("| `" + std::string(error_code_name(code)) + "` | " +
                   std::to_string(error_exit_code(code)) + " | " +
                   std::string(error_code_meaning(code)) + " |");
  return rows;
}

bool is_text(const SourceFile& file) { return file.text.find('\0') == std::string::npos; }

/// Lines that name a package registry or a place on somebody's machine.
Findings check_names_of_places(const std::vector<SourceFile>& files) {
  // In two parts, so that this file does not name them either.
  static const std::vector<std::string> kBanned = {
      std::string("registry.") + "npmjs", std::string("\"resol") + "ved\": \"http",
      std::string("npmjs") + ".org/",     std::string("deb.") + "debian.org",
      std::string("archive.") + "ubuntu", std::string("/ho") + "me/",
      std::string("/wo") + "rk/",         std::string("/Us") + "ers/",
      std::string("/ro") + "ot/"};
  Findings findings;
  for (const SourceFile& file : files) {
    if (!is_text(file)) continue;
    for (const std::string& banned : kBanned)
      if (file.text.find(banned) != std::string::npos)
        findings.push_back(file.path + ": names '" + banned + "'");
  }
  return findings;
}

TEST(RepositoryTest, ErrorsPageListsTheCodes) {
  for (const SourceFile& file : read_tree(CAIRN_SOURCE_DIR)) {
    if (file.path != "docs/errors.md") continue;
    EXPECT_EQ(code_rows(file.text), expected_rows());
    return;
  }
  FAIL() << "docs/errors.md is missing";
}

TEST(RepositoryTest, NamesNoMachineAndNoRegistry) {
  const Findings findings = check_names_of_places(read_tree(CAIRN_SOURCE_DIR));
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(RepositoryRuleTest, FindsAMachinePathAndARegistry) {
  const std::vector<SourceFile> bad = {
      {"a.json", std::string("{\"resol") + "ved\": \"https://x\"}"},
      {"b.md", std::string("see /ho") + "me/someone/x"},
      {"c.md", "nothing"}};
  EXPECT_EQ(check_names_of_places(bad).size(), 2u);
}

}  // namespace
}  // namespace cairn::architecture
