#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/command.h"
#include "base/version.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(const std::vector<std::string>& words) {
  const auto parsed = parse_command_line(words);
  return parsed ? "parsed" : parsed.error().to_string();
}

TEST(CommandLineTest, FillsArgumentsAndOptions) {
  const auto parsed = parse_command_line({"callers", "src", "a.b", "--depth", "3", "--json"});
  ASSERT_TRUE(parsed) << parsed.error().to_string();
  EXPECT_EQ(parsed->command->name, "callers");
  EXPECT_EQ(parsed->arguments.at("SOURCE"), "src");
  EXPECT_EQ(parsed->arguments.at("SYMBOL"), "a.b");
  EXPECT_EQ(parsed->arguments.value("--depth"), "3");
  EXPECT_TRUE(parsed->arguments.has("--json"));
  EXPECT_FALSE(parsed->arguments.has("--quiet"));
}

TEST(CommandLineTest, TakesOptionsAnywhere) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--depth", "3", "callers", "src", "f"},
           {"--depth=3", "callers", "src", "f"},
           {"callers", "--depth", "3", "src", "f"},
           {"callers", "src", "--depth=3", "f"},
           {"--data", "d", "callers", "src", "f", "--depth", "3"}}) {
    const auto parsed = parse_command_line(words);
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    EXPECT_EQ(parsed->arguments.at("SOURCE"), "src");
    EXPECT_EQ(parsed->arguments.at("SYMBOL"), "f");
    EXPECT_EQ(parsed->arguments.value("--depth"), "3");
  }
}

TEST(CommandLineTest, CollectsRepeatedOptionsAndKeepsTheLast) {
  const auto parsed =
      parse_command_line({"complexity", "--over", "nloc=1", ".", "--over", "nesting=2"});
  ASSERT_TRUE(parsed) << parsed.error().to_string();
  EXPECT_THAT(parsed->arguments.values("--over"), ::testing::ElementsAre("nloc=1", "nesting=2"));
  EXPECT_EQ(parsed->arguments.value("--over"), "nesting=2");
}

TEST(CommandLineTest, EndsOptionsAtADoubleDash) {
  const auto parsed = parse_command_line({"refs", "--", ".", "--help"});
  ASSERT_TRUE(parsed) << parsed.error().to_string();
  EXPECT_EQ(parsed->arguments.at("SYMBOL"), "--help");
}

TEST(CommandLineTest, SaysWhatIsWrongAndWhatToDo) {
  EXPECT_EQ(error_of({"cycels", "."}),
            "E_USAGE: unknown command 'cycels', did you mean cycles, see cairn --help");
  EXPECT_EQ(error_of({"callers", ".", "f", "--dept", "3"}),
            "E_USAGE: callers: unknown option '--dept', did you mean --depth, see cairn callers "
            "--help");
  EXPECT_EQ(error_of({"callers", "."}),
            "E_USAGE: callers: SYMBOL is missing, see cairn callers --help");
  EXPECT_THAT(error_of({"callers", ".", "f", "g"}), StartsWith("E_USAGE: callers: unexpected"));
  EXPECT_EQ(error_of({"refs", ".", "f", "--tier", "sure"}),
            "E_USAGE: refs: --tier 'sure' is none of exact, resolved, dispatch, heuristic, see "
            "cairn refs --help");
  EXPECT_EQ(error_of({}), "E_USAGE: no command given, see cairn --help");
  EXPECT_THAT(error_of({"callers", ".", "f", "--depth"}), StartsWith("E_USAGE: callers: "));
}

TEST(CommandLineTest, ChecksNumbers) {
  const auto parsed = parse_command_line({"callers", ".", "f", "--depth", "many"});
  ASSERT_TRUE(parsed);
  const auto depth = parsed->arguments.number("--depth", 1, 1, 10);
  ASSERT_FALSE(depth);
  EXPECT_EQ(depth.error().to_string(),
            "E_INVALID_ARGUMENT: --depth 'many' is out of range, give a number from 1 to 10");
  EXPECT_EQ(parsed->arguments.number("--count", 7, 1, 10).value(), 7u);
}

TEST(CommandLineTest, PrintsHelpAndVersion) {
  EXPECT_EQ(parse_command_line({"--version"}).value().print,
            "cairn " + std::string(version()) + "\n");
  EXPECT_THAT(parse_command_line({"--help"}).value().print, HasSubstr("usage: cairn COMMAND"));
  EXPECT_THAT(parse_command_line({"help", "refs"}).value().print, HasSubstr("usage: cairn refs"));
  EXPECT_EQ(parse_command_line({"refs", "--help"}).value().print,
            parse_command_line({"-h", "refs"}).value().print);
}

TEST(CommandTableTest, EveryCommandExplainsItselfWithAnExampleThatParses) {
  for (const CommandSpec& command : commands()) {
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_TRUE(command.run) << command.name;
    EXPECT_THAT(command_help(command), HasSubstr(command.example.substr(0, 12))) << command.name;
    // The example's first line, up to a redirection.
    std::vector<std::string> words;
    std::string word;
    for (const char c : command.example.substr(0, command.example.find_first_of("\n>|")) + " ") {
      if (c != ' ') {
        word += c;
      } else if (!word.empty()) {
        words.push_back(std::exchange(word, {}));
      }
    }
    ASSERT_FALSE(words.empty()) << command.name;
    EXPECT_EQ(words.front(), "cairn");
    words.erase(words.begin());
    const auto parsed = parse_command_line(words);
    ASSERT_TRUE(parsed) << command.name << ": " << parsed.error().to_string();
    EXPECT_EQ(parsed->command, &command);
  }
}

TEST(CommandTableTest, CommandsThatPrintTablesOfferJson) {
  for (const char* name : {"index", "def", "refs", "callers", "callees", "hierarchy", "path",
                           "tests", "complexity", "cycles", "dead-code", "doctor", "verify"}) {
    const CommandSpec* command = find_command(name);
    ASSERT_NE(command, nullptr) << name;
    bool json = false;
    for (const OptionSpec& option : command->options) json = json || option.name == "--json";
    EXPECT_TRUE(json) << name;
  }
}

}  // namespace
}  // namespace cairn::api
