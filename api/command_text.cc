// Texts made from the command table: help, completion scripts and the manual page.
#include <algorithm>

#include "api/command.h"
#include "base/text.h"
#include "base/version.h"

namespace cairn::api {
namespace {

constexpr std::size_t kWidth = 80;

std::string padded(std::string text, std::size_t width) {
  text += std::string(text.size() < width ? width - text.size() : 1, ' ');
  return text;
}

/// Words of `text` in lines of at most kWidth, each after `indent` spaces but the first.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (column > indent && column + 1 + word.size() > kWidth) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + '\n';
}

std::string usage_line(const CommandSpec& command) {
  std::string line = "cairn " + command.name;
  for (const ArgumentSpec& argument : command.arguments)
    line += argument.many ? " [" + argument.name + "...]" : " " + argument.name;
  return line + " [OPTIONS]";
}

std::string option_head(const OptionSpec& option) {
  std::string head = option.short_name.empty() ? "" : option.short_name + ", ";
  head += option.name;
  return option.is_flag() ? head : head + " " + option.value;
}

std::string option_help(const OptionSpec& option) {
  std::string help = option.help;
  if (option.choices.size() > 1) {
    help += " (";
    for (const std::string& choice : option.choices)
      help += (help.back() == '(' ? "" : ", ") + choice;
    help += ")";
  }
  return help;
}

std::string rows(const std::vector<OptionSpec>& options) {
  constexpr std::size_t kColumn = 22;
  std::string out;
  for (const OptionSpec& option : options)
    out += "  " + padded(option_head(option), kColumn - 2) + wrapped(option_help(option), kColumn);
  return out;
}

std::vector<const CommandSpec*> shown() {
  std::vector<const CommandSpec*> out;
  for (const CommandSpec& command : commands())
    if (!command.hidden) out.push_back(&command);
  return out;
}

std::vector<std::string> words_of(const CommandSpec& command) {
  std::vector<std::string> words;
  for (const auto* options : {&command.options, &common_options()}) {
    for (const OptionSpec& option : *options) words.push_back(option.name);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string command_names() {
  std::vector<std::string> names;
  for (const CommandSpec* command : shown()) names.push_back(command->name);
  return joined(names);
}

std::vector<std::string> choices_of(const OptionSpec& option, const CommandSpec& command) {
  if (command.name == "export" && option.name == "--format")
    return {"jsonl", "json", "graphml", "dot", "pycg"};
  return option.choices;
}

std::string bash_script() {
  std::string text =
      "# bash completion for cairn\n"
      "_cairn() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  if [[ -z $command && $word != -* ]]; then\n"
      "    COMPREPLY=($(compgen -W '" +
      command_names() +
      "' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case $command:$before in\n";
  for (const CommandSpec* command : shown())
    for (const OptionSpec& option : command->options)
      if (const auto choices = choices_of(option, *command); !choices.empty())
        text += "    " + command->name + ":" + option.name + ") COMPREPLY=($(compgen -W '" +
                joined(choices) + "' -- \"$word\")); return ;;\n";
  text +=
      "    completions:completions) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")); "
      "return ;;\n"
      "    *:--data) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"
      "  esac\n"
      "  if [[ $word == -* ]]; then\n"
      "    case $command in\n";
  for (const CommandSpec* command : shown())
    text += "      " + command->name + ") COMPREPLY=($(compgen -W '" + joined(words_of(*command)) +
            "' -- \"$word\")) ;;\n";
  text +=
      "      *) COMPREPLY=($(compgen -W '--help --version' -- \"$word\")) ;;\n"
      "    esac\n"
      "    return\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "}\n"
      "complete -o filenames -F _cairn cairn\n";
  return text;
}

/// Safe inside single quotes and the brackets of zsh's option descriptions.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '[' || c == ']') continue;
    out += c == ':' ? ',' : c;
  }
  return out;
}

std::string zsh_option(const OptionSpec& option, const CommandSpec& command) {
  std::string line = "'" + option.name;
  if (!option.is_flag()) line += "=";
  line += "[" + plain(option.help) + "]";
  if (!option.is_flag()) {
    line += ":" + option.value + ":";
    const auto choices = choices_of(option, command);
    line += choices.empty() ? "_files" : "(" + joined(choices) + ")";
  }
  return line + "'";
}

std::string zsh_script() {
  std::string text =
      "#compdef cairn\n"
      "# zsh completion for cairn\n"
      "_cairn() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CommandSpec* command : shown())
    text += "    '" + command->name + ":" + plain(command->summary) + "'\n";
  text +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=${words[2]}\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CommandSpec* command : shown()) {
    text += "    " + command->name + ")\n      _arguments";
    for (const auto* options : {&command->options, &common_options()})
      for (const OptionSpec& option : *options)
        text += " \\\n        " + zsh_option(option, *command);
    for (const ArgumentSpec& argument : command->arguments)
      text += " \\\n        '" + std::string(argument.many ? "*:" : ":") + argument.name + ":" +
              (argument.name == "SHELL" ? "(bash zsh fish)" : "_files") + "'";
    text += "\n      ;;\n";
  }
  return text + "  esac\n}\n_cairn \"$@\"\n";
}

std::string fish_script() {
  const std::string none = "not __fish_seen_subcommand_from " + command_names();
  std::string text = "# fish completion for cairn\n";
  for (const CommandSpec* command : shown())
    text += "complete -c cairn -f -n '" + none + "' -a " + command->name + " -d '" +
            plain(command->summary) + "'\n";
  text += "complete -c cairn -n '" + none + "' -l version -d 'print the version'\n";
  for (const CommandSpec* command : shown()) {
    const std::string seen =
        "complete -c cairn -n '__fish_seen_subcommand_from " + command->name + "' ";
    for (const auto* options : {&command->options, &common_options()}) {
      for (const OptionSpec& option : *options) {
        text += seen + "-l " + option.name.substr(2);
        if (!option.short_name.empty()) text += " -s " + option.short_name.substr(1);
        if (!option.is_flag()) text += " -r";
        if (const auto choices = choices_of(option, *command); !choices.empty())
          text += " -f -a '" + joined(choices) + "'";
        text += " -d '" + plain(option.help) + "'\n";
      }
    }
    if (command->name == "completions") text += seen + "-f -a 'bash zsh fish'\n";
  }
  return text;
}

/// Text that roff does not take for requests or escapes.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    if (c == '\n') out += "\\&";
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string roff_options(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options)
    text += ".TP\n.B " + roff(option_head(option)) + "\n" + roff(option_help(option)) + "\n";
  return text;
}

}  // namespace

std::string program_help() {
  std::string text =
      "cairn turns a source tree or a git revision into a code graph in which every edge\n"
      "says how it is known, and answers questions about it.\n\n"
      "usage: cairn COMMAND [ARGUMENTS] [OPTIONS]\n\ncommands:\n";
  for (const CommandSpec* command : shown())
    text += "  " + padded(command->name, 14) + command->summary + "\n";
  text += "\nevery command:\n" + rows(common_options()) + "  --version, -V       the version\n";
  return text +
         "\nexit codes: 0 done, 1 a finding, 2 wrong usage, 3 a problem of the input or the\n"
         "environment.\n\nexample: cairn index . && cairn callers . main\n";
}

std::string command_help(const CommandSpec& command) {
  std::string text = "usage: " + usage_line(command) + "\n\n" + wrapped(command.description, 0);
  if (!command.arguments.empty()) text += "\narguments:\n";
  for (const ArgumentSpec& argument : command.arguments)
    text += "  " + padded(argument.name, 20) + wrapped(argument.help, 22);
  text += "\noptions:\n" + rows(command.options) + rows(common_options()) + "\nexample:\n  ";
  for (const char c : command.example) {
    text += c;
    if (c == '\n') text += "  ";
  }
  return text + "\n";
}

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return Error(ErrorCode::kInvalidArgument,
               "no completions for the shell '" + printable(shell) + "', give bash, zsh or fish");
}

std::string man_page() {
  std::string text =
      ".TH CAIRN 1 \"\" \"cairn " + std::string(version()) +
      "\" \"User Commands\"\n"
      ".SH NAME\ncairn \\- code graphs in which every edge says how it is known\n"
      ".SH SYNOPSIS\n.B cairn\n.I COMMAND\n[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n"
      ".SH DESCRIPTION\ncairn turns a source tree or a git revision into a code graph and answers "
      "questions about it. Nothing has to be indexed first: a command indexes what it needs.\n"
      ".SH OPTIONS OF EVERY COMMAND\n" +
      roff_options(common_options()) + ".TP\n.B \\-V, \\-\\-version\nthe version\n.SH COMMANDS\n";
  for (const CommandSpec* command : shown()) {
    text += ".SS " + roff(usage_line(*command)) + "\n" + roff(command->description) + "\n";
    for (const ArgumentSpec& argument : command->arguments)
      text += ".TP\n.I " + roff(argument.name) + "\n" + roff(argument.help) + "\n";
    text += roff_options(command->options);
    text += ".PP\nExample:\n.PP\n.nf\n.RS\n" + roff(command->example) + "\n.RE\n.fi\n";
  }
  return text +
         ".SH TIERS\n"
         ".TP\n.B exact\na proof: lexical, unshadowed, not overloaded\n"
         ".TP\n.B resolved\none target through imports, scopes and types\n"
         ".TP\n.B dispatch\na set of possible targets\n"
         ".TP\n.B heuristic\nby name only; left out unless asked for with \\-\\-tier heuristic\n"
         ".SH EXIT STATUS\n0 done, 1 a finding, 2 wrong usage, 3 a problem of the input or the "
         "environment.\n"
         ".SH ENVIRONMENT\n.TP\n.B XDG_DATA_HOME\nholds the data folder cairn; ~/.local/share "
         "unless set\n";
}

}  // namespace cairn::api
