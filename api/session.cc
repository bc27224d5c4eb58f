#include "api/session.h"

#include "analysis/find_symbol.h"
#include "analysis/references.h"
#include "api/progress.h"
#include "base/fs.h"
#include "base/text.h"

namespace cairn::api {
namespace {

constexpr std::size_t kMostChoices = 20;

bool cannot_write(const Error& error) {
  return error.code() == ErrorCode::kReadOnly || error.code() == ErrorCode::kForbidden;
}

}  // namespace

Result<void> Session::print(std::string_view text) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  printed_ += text;
  return printed_.size() < kPiece ? Result<void>() : flush();
}

Result<void> Session::flush() {
  const std::string text = std::exchange(printed_, {});
  return text.empty() ? Result<void>() : console_.out(text);
}

void Session::note(std::string_view text) {
  if (!quiet()) console_.err("cairn: " + std::string(text) + "\n");
}

Result<std::string> Session::data_dir() const {
  if (const auto given = arguments().value("--data")) {
    if (given->empty()) return Error(ErrorCode::kInvalidArgument, "--data is empty, name a folder");
    return *given;
  }
  const auto absolute = [&](const char* name) -> std::optional<std::string> {
    auto value = services_.environment(name);
    // The XDG rules tell programs to ignore relative paths.
    if (!value || !value->starts_with('/')) return std::nullopt;
    return value;
  };
  if (const auto xdg = absolute("XDG_DATA_HOME")) return join_path(*xdg, "cairn");
  if (const auto home = absolute("HOME")) return join_path(*home, ".local/share/cairn");
  return Error(ErrorCode::kInvalidArgument,
               "no place for the data folder, neither XDG_DATA_HOME nor HOME is an absolute path, "
               "give --data DIR");
}

Result<indexer::IndexOptions> Session::index_options() const {
  indexer::IndexOptions options;
  options.source = arguments().at("SOURCE");
  options.revision = arguments().value("--at");
  CAIRN_ASSIGN(const std::uint64_t threads, arguments().number("--threads", 0, 0, 1024));
  options.threads = static_cast<unsigned>(threads);
  options.clean = arguments().has("--clean");
  options.stop = stop_;
  return options;
}

Result<indexer::Index> Session::index_with(indexer::IndexOptions options) {
  ProgressLine line(console_, *services_.clock, quiet());
  options.progress = [&line](const indexer::Progress& progress) { line.update(progress); };
  return services_.index(options);
}

Result<indexer::Index> Session::index(NeedsData needs) {
  CAIRN_ASSIGN(indexer::IndexOptions options, index_options());
  Result<std::string> folder = data_dir();
  if (folder) {
    options.data_dir = *folder;
    Result<indexer::Index> done = index_with(options);
    const bool fall_back = !done && needs == NeedsData::kNo && cannot_write(done.error());
    if (!fall_back) {
      if (done)
        for (const std::string& warning : done->report.warnings) note("warning: " + warning);
      return done;
    }
    note("the data folder '" + printable(*folder) +
         "' cannot be written, using a temporary one; --data DIR names another");
  } else if (needs == NeedsData::kYes || arguments().has("--data")) {
    return std::move(folder).error();
  } else {
    note(folder.error().message() + "; using a temporary one");
  }
  options.data_dir.clear();
  return index_with(options);
}

Result<graph::SymbolId> Session::symbol(const graph::Snapshot& snapshot, const std::string& text) {
  const analysis::SymbolMatches matches = analysis::find_symbols(snapshot, text);
  if (matches.symbols.size() == 1) return matches.symbols.front();
  if (matches.symbols.empty()) {
    std::string near;
    for (const std::string& name : matches.suggestions)
      near += (near.empty() ? "did you mean " : ", ") + printable(name);
    if (near.empty()) near = "nothing has a similar name";
    return Error(ErrorCode::kSymbolNotFound, "no symbol '" + printable(text) + "', " + near);
  }
  std::string choices;
  for (std::size_t i = 0; i < matches.symbols.size() && i < kMostChoices; ++i) {
    const graph::SymbolId s = matches.symbols[i];
    const graph::Position at = snapshot.details(s).name_range.begin;
    choices += "  " + printable(snapshot.path(snapshot.file_of(s))) + ":" +
               std::to_string(at.line) + ":" + std::to_string(at.column) + "  " +
               printable(snapshot.qualified(s)) + "  " + std::string(name_of(snapshot.kind(s))) +
               "  " + printable(snapshot.id_string(s)) + "\n";
  }
  if (matches.symbols.size() > kMostChoices)
    choices += "  and " + human_count(matches.symbols.size() - kMostChoices) + " more\n";
  console_.err(choices);
  return Error(ErrorCode::kAmbiguous,
               "'" + printable(text) + "' names " + human_count(matches.symbols.size()) +
                   " symbols, listed above, give one's PATH:LINE:COLUMN or id");
}

Result<std::uint8_t> Session::tiers() const {
  const auto given = arguments().value("--tier");
  if (!given) return analysis::tiers_up_to(graph::Tier::kDispatch);
  const auto tier = graph::tier_named(*given);
  if (!tier || *tier > graph::Tier::kHeuristic)
    return Error(
        ErrorCode::kInvalidArgument,
        "--tier '" + printable(*given) + "' is none, write exact, resolved, dispatch or heuristic");
  return analysis::tiers_up_to(*tier);
}

std::string error_line(const Error& error) {
  std::string line = "cairn: " + error.message();
  // Messages quote names through printable(); what other libraries say may still hold line ends.
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return line + " [" + std::string(error_code_name(error.code())) + "]\n";
}

int run_cli(const std::vector<std::string>& words, const Services& services, Console& console,
            const StopToken& stop) {
  const auto fail = [&](const Error& error) {
    console.err(error_line(error));
    return error_exit_code(error.code());
  };
  Result<Invocation> invocation = parse_command_line(words);
  if (!invocation) return fail(invocation.error());
  if (!invocation->print.empty()) {
    const Result<void> printed = console.out(invocation->print);
    return printed ? 0 : fail(printed.error());
  }
  Session session(services, console, *invocation, stop);
  const Result<int> code = invocation->command->run(session);
  const Result<void> flushed = session.flush();
  if (!code) return fail(code.error());
  return flushed ? *code : fail(flushed.error());
}

}  // namespace cairn::api
