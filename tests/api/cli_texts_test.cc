// Completion scripts and the manual page: made from the command table, kept in the repository for
// the package.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "api/command.h"
#include "base/fs.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMaxText = 1u << 20;

/// The committed file is what the program prints; CAIRN_UPDATE_GOLDEN=1 writes it.
void expect_committed(const std::string& name, const std::string& text) {
  const std::string path = join_path(CAIRN_SOURCE_DIR, name);
  if (std::getenv("CAIRN_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(create_dirs(parent_path(path)));
    ASSERT_TRUE(write_file_atomic(path, text));
  }
  const auto committed = read_file(path, kMaxText);
  ASSERT_TRUE(committed) << committed.error().message();
  EXPECT_EQ(*committed, text) << "run with CAIRN_UPDATE_GOLDEN=1 to write " << name;
}

TEST(CompletionsTest, CommittedScriptsAreThoseOfTheProgram) {
  expect_committed("completions/cairn.bash", completion_script("bash").value());
  expect_committed("completions/_cairn", completion_script("zsh").value());
  expect_committed("completions/cairn.fish", completion_script("fish").value());
}

TEST(CompletionsTest, EveryScriptKnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell).value();
    for (const CommandSpec& command : commands()) {
      if (command.hidden) continue;
      EXPECT_THAT(script, HasSubstr(command.name)) << shell;
      for (const OptionSpec& option : command.options)
        EXPECT_THAT(script, HasSubstr(option.name.substr(2))) << shell << " " << command.name;
    }
  }
}

TEST(CompletionsTest, RefusesAnUnknownShell) {
  const auto script = completion_script("tcsh");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code(), ErrorCode::kInvalidArgument);
}

TEST(ManPageTest, CommittedPageIsThatOfTheProgram) { expect_committed("man/cairn.1", man_page()); }

TEST(ManPageTest, NamesEveryCommandAndHasNoStrayRequests) {
  const std::string page = man_page();
  for (const CommandSpec& command : commands()) {
    if (command.hidden) continue;
    std::string name = command.name;
    if (const auto dash = name.find('-'); dash != std::string::npos) name.replace(dash, 1, "\\-");
    EXPECT_THAT(page, HasSubstr(".SS cairn " + name));
  }
  for (std::size_t at = page.find("\n."); at != std::string::npos; at = page.find("\n.", at + 1)) {
    const std::string request = page.substr(at + 1, 3);
    EXPECT_TRUE(request == ".TH" || request == ".SH" || request == ".SS" || request == ".TP" ||
                request == ".B " || request == ".I " || request == ".PP" || request == ".nf" ||
                request == ".fi" || request == ".RS" || request == ".RE")
        << request;
  }
}

}  // namespace
}  // namespace cairn::api
