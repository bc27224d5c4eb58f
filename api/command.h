#pragma once
// The command table: what the command line offers, as data. Parsing, --help, completions and the
// man page are all made from it. Value types; the table is built once and read-only.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::api {

class Session;

struct OptionSpec {
  std::string name;        // "--depth"
  std::string short_name;  // "-k", or ""
  std::string value;       // what is shown for its value, "" for a flag
  std::string help;
  std::vector<std::string> choices;  // allowed values, empty = any
  bool is_flag() const { return value.empty(); }
};

struct ArgumentSpec {
  std::string name;  // "SOURCE"
  std::string help;
  /// The last of a command may take the rest of the words, none too: Arguments::rest.
  bool many = false;
};

struct CommandSpec {
  std::string name;
  std::string summary;      // one line, no full stop
  std::string description;  // whole sentences, for --help and the man page
  std::vector<ArgumentSpec> arguments;
  std::vector<OptionSpec> options;  // without those that every command has
  std::string example;              // one command line per line
  /// Exit code of a run that worked: 0, or 1 for a finding.
  std::function<Result<int>(Session&)> run;
  bool hidden = false;
};

/// All commands in the order they are shown.
const std::vector<CommandSpec>& commands();
/// Null when there is none.
const CommandSpec* find_command(std::string_view name);
/// --data, --threads, --quiet, --verbose, --help.
const std::vector<OptionSpec>& common_options();

/// What was given on the command line, checked against the table.
class Arguments {
 public:
  std::map<std::string, std::string> positionals;           // by ArgumentSpec::name
  std::map<std::string, std::vector<std::string>> options;  // by OptionSpec::name; flags: "true"
  std::vector<std::string> rest;                            // of the argument that takes many

  const std::string& at(const std::string& argument) const { return positionals.at(argument); }
  bool has(const std::string& option) const { return options.contains(option); }
  /// The last value given.
  std::optional<std::string> value(const std::string& option) const;
  /// Every value given.
  std::vector<std::string> values(const std::string& option) const;
  /// kInvalidArgument unless it is a whole number in [low, high].
  Result<std::uint64_t> number(const std::string& option, std::uint64_t fallback, std::uint64_t low,
                               std::uint64_t high) const;
};

/// A parsed command line, or text to print instead (--help, --version).
struct Invocation {
  const CommandSpec* command = nullptr;
  Arguments arguments;
  std::string print;
};
/// `words` without the program's name; options may stand anywhere. kUsage says what is wrong and
/// what to do.
Result<Invocation> parse_command_line(const std::vector<std::string>& words);

/// Text of `cairn --help` and `cairn COMMAND --help`.
std::string program_help();
std::string command_help(const CommandSpec& command);
/// Script for "bash", "zsh" or "fish"; kInvalidArgument for another shell.
Result<std::string> completion_script(std::string_view shell);
/// man/cairn.1 as roff.
std::string man_page();

}  // namespace cairn::api
