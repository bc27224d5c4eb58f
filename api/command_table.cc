// The command table.
#include "api/cli_commands.h"
#include "api/command.h"

namespace cairn::api {
namespace {

const ArgumentSpec kSource{
    "SOURCE",
    "a directory, a local git repository (its working tree, or --at REV), or "
    "the address of a remote one"};
const ArgumentSpec kSymbol{"SYMBOL",
                           "an id, a qualified name or the end of one, a plain name, or "
                           "PATH:LINE[:COLUMN]"};
const OptionSpec kAt{"--at", "", "REV", "the revision to read instead of the working tree", {}};
const OptionSpec kJson{"--json", "", "", "print JSON", {}};
const OptionSpec kClean{"--clean", "", "", "link every file anew, whatever is indexed", {}};
const OptionSpec kTier{"--tier",
                       "",
                       "T",
                       "the least sure tier to use; dispatch unless given",
                       {"exact", "resolved", "dispatch", "heuristic"}};

OptionSpec depth(const char* help) { return {"--depth", "", "N", help, {}}; }
OptionSpec fail(const char* help) { return {"--fail", "", "", help, {}}; }

std::vector<CommandSpec> index_commands() {
  return {
      {"index",
       "index a source and print what was found",
       "Reads the source, links it and publishes a snapshot in the data folder. Prints files, "
       "symbols, edges and reference sites per tier, seconds, peak memory, and what was skipped "
       "with the reason.",
       {kSource},
       {kAt,
        kClean,
        kJson,
        {"--no-clang", "", "", "syntactic tier only (this build has no other)", {}}},
       "cairn index .\ncairn index https://example.org/project.git --at v1.2",
       run_index},
      {"export",
       "write the whole graph in one of several formats",
       "Output is sorted and the same for any number of threads. jsonl holds everything; json, "
       "graphml and dot hold symbols and edges; pycg holds the call graph of Python files.",
       {kSource},
       {{"--format", "-f", "F", "jsonl, json, graphml, dot or pycg", {}},
        {"--output", "-o", "FILE", "write to FILE, complete or not at all", {}},
        kAt,
        kClean},
       "cairn export . --format jsonl -o graph.jsonl",
       run_export},
  };
}

std::vector<CommandSpec> query_commands() {
  return {
      {"def",
       "definitions of what stands at a position",
       "One line per definition: path:line:column, symbol, tier. On the name of a definition it is "
       "that definition. Exits 1 when nothing is defined there.",
       {kSource, {"PATH:LINE:COL", "a position; lines and columns from 1, columns count bytes"}},
       {kAt, kJson},
       "cairn def . src/app.py:12:7",
       run_def},
      {"refs",
       "every reference to a symbol",
       "One line per site. The summary says what is not shown: heuristic sites, unless asked for, "
       "and unresolved sites of the same name, which make the answer a lower bound.",
       {kSource, kSymbol},
       {kTier, kAt, kJson},
       "cairn refs . app.Server.start",
       run_refs},
      {"callers",
       "what calls a symbol",
       "Callers by depth, each with the first call site, the tier and the rule that bound it.",
       {kSource, kSymbol},
       {depth("how many calls away; 1 unless given"), kTier, kAt, kJson},
       "cairn callers . parse_header --depth 3",
       run_callers},
      {"callees",
       "what a symbol calls",
       "Callees by depth, each with the first call site, the tier and the rule that bound it.",
       {kSource, kSymbol},
       {depth("how many calls away; 1 unless given"), kTier, kAt, kJson},
       "cairn callees . main --depth 2",
       run_callees},
      {"hierarchy",
       "super- and subtypes of a type, overrides of a method",
       "Everything above and below a type, or the methods a method overrides and is overridden by.",
       {kSource, kSymbol},
       {depth("how many steps; all unless given"), kTier, kAt, kJson},
       "cairn hierarchy . shapes.Circle",
       run_hierarchy},
      {"path",
       "shortest chains from one symbol to another",
       "Up to K shortest chains of dependencies, every step with its site. Exits 1 when there is "
       "none.",
       {kSource, {"FROM", kSymbol.help}, {"TO", kSymbol.help}},
       {{"--count", "-k", "K", "how many chains; 1 unless given", {}}, kTier, kAt, kJson},
       "cairn path . main db.connect -k 3",
       run_path},
      {"tests",
       "tests that reach a symbol",
       "Tests, and code of test files, from which the symbol or what it contains is reached.",
       {kSource, kSymbol},
       {depth("how many steps; all unless given"), kTier, kAt, kJson},
       "cairn tests . billing.Invoice.total",
       run_tests},
  };
}

std::vector<CommandSpec> structure_commands() {
  return {
      {"complexity",
       "complexity of every function",
       "Cyclomatic and cognitive complexity, nesting, parameters and lines of code per function. "
       "With --over, exits 1 when a function exceeds the limit.",
       {kSource},
       {{"--profile", "", "P", "rules of counting; std unless given", {"std"}},
        {"--format", "", "F", "table unless given", {"table", "json", "csv"}},
        {"--over",
         "",
         "METRIC=N",
         "show only functions above N and exit 1 if there are any; may be repeated. METRIC is "
         "cyclomatic, cognitive, nesting, parameters or nloc",
         {}},
        kJson,
        kAt},
       "cairn complexity . --over cognitive=15",
       run_complexity},
      {"cycles",
       "cycles of imports or calls",
       "Files that import each other, with one shortest way around; or functions that call each "
       "other.",
       {kSource},
       {{"--level", "", "L", "file (imports) unless given, or symbol (calls)", {"file", "symbol"}},
        kTier,
        fail("exit 1 when there is a cycle"),
        kAt,
        kJson},
       "cairn cycles .",
       run_cycles},
      {"dead-code",
       "functions and types nothing seems to use",
       "Candidates with the reason. 'likely': nothing refers to it. 'possible': an unresolved or "
       "heuristic site shares its name, or it is exported. Exported symbols, entry points, tests, "
       "overrides and decorated functions are not judged.",
       {kSource},
       {{"--exported", "", "", "list exported symbols too, as possible", {}},
        fail("exit 1 when there is a likely candidate"),
        kAt,
        kJson},
       "cairn dead-code .",
       run_dead_code},
  };
}

std::vector<CommandSpec> coverage_commands() {
  return {
      {"coverage",
       "import coverage reports and show the lines they measured",
       "import reads reports of one run of the tests, matches their paths with the files of the "
       "source and keeps the lines under its commit; the same report again replaces itself. show "
       "prints what was imported for the commit, put together. Paths that match nothing or several "
       "files are listed, never guessed. import exits 1 when no file of a report matched.",
       {{"ACTION", "import or show"},
        kSource,
        {"FILE", "reports, gzip too; - is standard input", true}},
       {{"--format",
         "",
         "F",
         "found out from the content unless given",
         {"lcov", "cobertura", "jacoco", "go", "llvm-cov", "gcov", "coverage.py", "istanbul",
          "clover", "coveralls", "sonarqube"}},
        {"--flag",
         "",
         "NAME",
         "names a part of the tests; with show only that part, may be repeated",
         {}},
        {"--path",
         "",
         "RULE",
         "how paths of a report begin, two colons, how they begin in the source; may be repeated",
         {}},
        kAt,
        kJson},
       "cairn coverage import . coverage.info --flag unit\ncairn coverage show . --json",
       run_coverage},
  };
}

std::vector<CommandSpec> server_commands() {
  return {
      {"serve",
       "the server: pinned repositories, jobs and questions over HTTP",
       "Serves until it is told to end (SIGTERM, Ctrl-C). Prints its address and, on the first "
       "start of a data folder, an admin token that is shown this once. Settings come from the "
       "config file, then CAIRN_* variables, then flags; docs/configuration.md lists them.",
       {},
       {{"--listen", "", "A:P", "address and port; 127.0.0.1:7420 unless given", {}},
        {"--role", "", "R", "all unless given", {"all", "api", "index"}},
        {"--config", "", "FILE", "the config file; $CAIRN_CONFIG unless given", {}},
        {"--dev", "", "", "requests from this machine need no token", {}}},
       "cairn serve\ncairn serve --listen 127.0.0.1:8000 --config /etc/cairn/cairn.toml",
       run_serve},
      {"pin",
       "ask a running server to keep a repository indexed",
       "Adds the repository to the server, or brings it up to date when the server has it already, "
       "and shows how its index job goes on until it is done. The server keeps it indexed from "
       "then "
       "on. Exits 3 when the job fails.",
       {{"SOURCE", "a folder or git repository on the server's machine, or a URL"}},
       {{"--server", "", "URL", "$CAIRN_SERVER or http://127.0.0.1:7420 unless given", {}},
        {"--token-file", "", "FILE", "holds the token; $CAIRN_TOKEN unless given", {}},
        {"--name", "", "NAME", "its name on the server; made from SOURCE unless given", {}},
        {"--branch", "", "NAME", "the branch to follow; the default branch unless given", {}}},
       "cairn pin ~/src/redis\ncairn pin https://github.com/redis/redis --token-file "
       "~/.cairn-token",
       run_pin},
      {"token",
       "make, list and revoke access tokens",
       "Works beside a running server on the same data folder. create prints the secret, once; "
       "only its hash is kept.",
       {{"ACTION", "create, list or revoke"}},
       {{"--name", "", "TEXT", "what the token is for", {}},
        {"--scope", "", "LIST", "read, index, flow, approve, admin; read unless given", {}},
        {"--repo", "", "NAME", "only this repository; may be repeated; all unless given", {}},
        {"--days", "", "N", "ends after so many days; never unless given", {}},
        {"--id", "", "ID", "the token to revoke", {}},
        kJson},
       "cairn token create --name ci --scope read,index\ncairn token revoke --id ID",
       run_token},
  };
}

std::vector<CommandSpec> operation_commands() {
  const ArgumentSpec folder{"FOLDER", "the backup's folder"};
  return {
      {"doctor",
       "check what cairn needs and say what is wrong",
       "Checks the data folder, free disk space, git, the character set and limits of the process. "
       "Exits 1 when something needs attention.",
       {},
       {kJson},
       "cairn doctor",
       run_doctor},
      {"verify",
       "check the checksums of everything stored",
       "Reads every snapshot, every segment of cached facts and the database. Exits 1 when "
       "something is damaged.",
       {},
       {kJson},
       "cairn verify",
       run_verify},
      {"backup",
       "copy the data folder while others use it",
       "Copies the database consistently and links or copies the files it names; writes a manifest "
       "with their hashes. Mirrors and caches that can be made again are left out.",
       {folder},
       {},
       "cairn backup /var/backups/cairn-monday",
       run_backup},
      {"restore",
       "fill an empty data folder from a backup",
       "Checks every file of the backup against its manifest before anything is written.",
       {folder},
       {},
       "cairn restore /var/backups/cairn-monday --data /srv/cairn",
       run_restore},
      {"completions",
       "print a completion script for a shell",
       "For bash, zsh or fish.",
       {{"SHELL", "bash, zsh or fish"}},
       {},
       "cairn completions bash > ~/.local/share/bash-completion/completions/cairn",
       run_completions},
      {"man",
       "print the manual page",
       "As roff, for man(1).",
       {},
       {},
       "cairn man | man -l -",
       run_man,
       true},
      {"worker",
       "read hostile files on behalf of a server",
       "Started by other commands of cairn, which speak to it over its standard input and output.",
       {},
       {},
       "cairn worker",
       run_worker,
       true},
  };
}

}  // namespace

const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> kOptions = {
      {"--data", "", "DIR", "the data folder; $XDG_DATA_HOME/cairn unless given", {}},
      {"--threads", "", "N", "how many threads; all cores unless given", {}},
      {"--quiet", "-q", "", "no progress and no notes", {}},
      {"--verbose", "-v", "", "say more", {}},
      {"--help", "-h", "", "this help", {}},
  };
  return kOptions;
}

const std::vector<CommandSpec>& commands() {
  static const std::vector<CommandSpec> kCommands = [] {
    std::vector<CommandSpec> all;
    for (auto group : {index_commands(), query_commands(), structure_commands(),
                       coverage_commands(), server_commands(), operation_commands()})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return kCommands;
}

const CommandSpec* find_command(std::string_view name) {
  for (const CommandSpec& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace cairn::api
