// Command lines against the command table, with CLI11 for the grammar of options.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "api/command.h"
#include "base/text.h"
#include "base/version.h"

namespace cairn::api {
namespace {

bool matches(const OptionSpec& option, std::string_view word) {
  return word == option.name || (!option.short_name.empty() && word == option.short_name);
}

/// Whether a word before the command's name takes the next word as its value.
bool takes_value(std::string_view word) {
  const auto needs_one = [&](const OptionSpec& o) { return !o.is_flag() && matches(o, word); };
  if (std::any_of(common_options().begin(), common_options().end(), needs_one)) return true;
  for (const CommandSpec& command : commands())
    if (std::any_of(command.options.begin(), command.options.end(), needs_one)) return true;
  return false;
}

/// Index of the word that names the command: the first that is neither an option nor its value.
std::optional<std::size_t> command_word(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") return std::nullopt;
    if (words[i].size() < 2 || words[i][0] != '-') return i;
    if (takes_value(words[i])) ++i;
  }
  return std::nullopt;
}

bool asks_for(const std::vector<std::string>& words, std::string_view option,
              std::string_view short_option) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [&](const std::string& word) {
    return word == option || (!short_option.empty() && word == short_option);
  });
}

std::vector<const OptionSpec*> all_options(const CommandSpec& command) {
  std::vector<const OptionSpec*> all;
  for (const OptionSpec& o : command.options) all.push_back(&o);
  for (const OptionSpec& o : common_options()) all.push_back(&o);
  return all;
}

Error usage(const CommandSpec& command, const std::string& problem) {
  return Error(ErrorCode::kUsage,
               command.name + ": " + problem + ", see cairn " + command.name + " --help");
}

/// What CLI11 did not know what to do with.
Error unexpected(const CommandSpec& command, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.size() < 2 || word[0] != '-') continue;
    const std::string_view name = std::string_view(word).substr(0, word.find('='));
    std::vector<std::string_view> names;
    for (const OptionSpec* o : all_options(command)) names.push_back(o->name);
    const auto near = suggest(name, names, 1);
    return usage(command, "unknown option '" + printable(name) + "'" +
                              (near.empty() ? "" : ", did you mean " + std::string(near[0])));
  }
  return usage(command, "unexpected argument '" +
                            (words.empty() ? std::string() : printable(words.front())) + "'");
}

Error unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const CommandSpec& c : commands())
    if (!c.hidden) names.push_back(c.name);
  const auto near = suggest(word, names, 1);
  return Error(ErrorCode::kUsage,
               "unknown command '" + printable(word) + "'" +
                   (near.empty() ? "" : ", did you mean " + std::string(near[0])) +
                   ", see cairn --help");
}

Result<void> check_choices(const CommandSpec& command, const Arguments& arguments) {
  for (const OptionSpec* option : all_options(command)) {
    if (option->choices.empty()) continue;
    for (const std::string& value : arguments.values(option->name)) {
      if (std::find(option->choices.begin(), option->choices.end(), value) != option->choices.end())
        continue;
      std::string list;
      for (const std::string& choice : option->choices) list += (list.empty() ? "" : ", ") + choice;
      return usage(command, option->name + " '" + printable(value) + "' is none of " + list);
    }
  }
  return {};
}

Result<Arguments> parse_with(const CommandSpec& command, std::vector<std::string> words) {
  CLI::App app;
  app.set_help_flag();
  std::map<std::string, std::string> positionals;
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
  std::vector<std::string> rest;
  for (const ArgumentSpec& argument : command.arguments) {
    if (argument.many) {
      app.add_option(argument.name, rest);
    } else {
      app.add_option(argument.name, positionals[argument.name])->required();
    }
  }
  for (const OptionSpec* option : all_options(command)) {
    const std::string names =
        option->short_name.empty() ? option->name : option->short_name + "," + option->name;
    if (option->is_flag()) {
      app.add_flag(names, flags[option->name]);
    } else {
      app.add_option(names, values[option->name])->allow_extra_args(false);
    }
  }
  std::reverse(words.begin(), words.end());
  try {
    app.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    return unexpected(command, app.remaining());
  } catch (const CLI::RequiredError&) {
    for (const ArgumentSpec& argument : command.arguments)
      if (!argument.many && positionals[argument.name].empty())
        return usage(command, argument.name + " is missing");
    return usage(command, "an argument is missing");
  } catch (const CLI::ParseError& e) {
    return usage(command, printable(e.what()));
  }
  Arguments out;
  out.positionals = std::move(positionals);
  out.rest = std::move(rest);
  for (auto& [name, given] : values)
    if (!given.empty()) out.options.emplace(name, std::move(given));
  for (const auto& [name, given] : flags)
    if (given) out.options[name] = {"true"};
  CAIRN_TRY(check_choices(command, out));
  return out;
}

}  // namespace

std::optional<std::string> Arguments::value(const std::string& option) const {
  const auto found = options.find(option);
  if (found == options.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(const std::string& option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

Result<std::uint64_t> Arguments::number(const std::string& option, std::uint64_t fallback,
                                        std::uint64_t low, std::uint64_t high) const {
  const auto given = value(option);
  if (!given) return fallback;
  std::uint64_t number = 0;
  const char* end = given->data() + given->size();
  const auto [stop, error] = std::from_chars(given->data(), end, number);
  if (error != std::errc() || stop != end || number < low || number > high)
    return Error(ErrorCode::kInvalidArgument,
                 option + " '" + printable(*given) + "' is out of range, give a number from " +
                     std::to_string(low) + " to " + std::to_string(high));
  return number;
}

Result<Invocation> parse_command_line(const std::vector<std::string>& words) {
  Invocation out;
  const auto at = command_word(words);
  if (asks_for(words, "--version", "-V") && !at) {
    out.print = "cairn " + std::string(version()) + "\n";
    return out;
  }
  if (!at) {
    if (asks_for(words, "--help", "-h")) {
      out.print = program_help();
      return out;
    }
    if (!words.empty() && words.front() != "--")
      return Error(ErrorCode::kUsage,
                   "'" + printable(words.front()) + "' is no command, see cairn --help");
    return Error(ErrorCode::kUsage, "no command given, see cairn --help");
  }
  std::vector<std::string> rest = words;
  const std::string name = rest[*at];
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*at));
  if (name == "help") {
    const CommandSpec* about = rest.empty() ? nullptr : find_command(rest.front());
    if (!rest.empty() && about == nullptr) return unknown_command(rest.front());
    out.print = about == nullptr ? program_help() : command_help(*about);
    return out;
  }
  out.command = find_command(name);
  if (out.command == nullptr) return unknown_command(name);
  if (asks_for(rest, "--help", "-h")) {
    out.print = command_help(*out.command);
    return out;
  }
  CAIRN_ASSIGN(out.arguments, parse_with(*out.command, std::move(rest)));
  return out;
}

}  // namespace cairn::api
