// cairn doctor, completions, man.
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "api/cli_commands.h"
#include "api/config.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/version.h"
#include "indexer/worker/worker.h"

namespace cairn::api {
namespace {

enum class Health : std::uint8_t { kOk, kWarning, kProblem };

struct Check {
  std::string name;
  Health health = Health::kOk;
  std::string found;
  std::string advice;  // what to do; empty when all is well
};

const char* name_of(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarning:
      return "warning";
    case Health::kProblem:
      return "problem";
  }
  return "";
}

/// The folder itself, or the nearest one above it that exists.
std::string existing_part(std::string path) {
  while (path != "/" && path != "." && !path_exists(path)) path = parent_path(path);
  return path;
}

Check check_data_folder(const Result<std::string>& folder) {
  if (!folder)
    return {"data folder", Health::kProblem, folder.error().message(),
            "set HOME or XDG_DATA_HOME, or give --data DIR"};
  const std::string shown = "'" + printable(*folder) + "'";
  const std::string advice = "give --data DIR with a folder you may write";
  if (!path_exists(*folder)) {
    const std::string above = existing_part(*folder);
    const std::string probe = join_path(above, std::string(kTempPrefix) + "doctor");
    const auto written = write_file_atomic(probe, "");
    if (!written) return {"data folder", Health::kProblem, written.error().message(), advice};
    const auto removed = remove_file(probe);
    if (!removed) return {"data folder", Health::kProblem, removed.error().message(), advice};
    return {"data folder", Health::kOk, shown + " will be made by the first index", ""};
  }
  const std::string probe = join_path(*folder, std::string(kTempPrefix) + "doctor");
  auto tried = write_file_atomic(probe, "cairn");
  if (tried) tried = remove_file(probe);
  if (!tried) return {"data folder", Health::kProblem, tried.error().message(), advice};
  return {"data folder", Health::kOk, shown + " can be written", ""};
}

Check check_disk(const Result<std::string>& folder) {
  constexpr std::uint64_t kLittle = std::uint64_t{1} << 30;
  constexpr std::uint64_t kTooLittle = std::uint64_t{64} << 20;
  const auto free = free_bytes(existing_part(folder ? *folder : std::string("/")));
  if (!free) return {"disk", Health::kWarning, free.error().message(), "look at the disk"};
  const Health health = *free < kTooLittle ? Health::kProblem
                        : *free < kLittle  ? Health::kWarning
                                           : Health::kOk;
  return {"disk", health, human_bytes(*free) + " free",
          health == Health::kOk ? "" : "free some space or give --data DIR on another disk"};
}

Check check_git(const StopToken& stop) {
  ProcessSpec spec;
  spec.arguments = {"git", "--version"};
  spec.environment = inherited_environment({"PATH"});
  spec.stop = stop.with_timeout(std::chrono::seconds(10));
  const auto run = run_process(spec);
  const std::string advice =
      "install git; without it remote repositories cannot be read, local ones can";
  if (!run) return {"git", Health::kWarning, run.error().message(), advice};
  if (!run->ok()) return {"git", Health::kWarning, "git --version failed", advice};
  return {"git", Health::kOk, printable(run->out.substr(0, run->out.find('\n'))), ""};
}

Check check_locale(const Services& services) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = services.environment(name);
    if (!value || value->empty()) continue;
    const bool utf8 = value->find("UTF-8") != std::string::npos ||
                      value->find("utf8") != std::string::npos ||
                      value->find("utf-8") != std::string::npos;
    const std::string found = std::string(name) + "=" + printable(*value);
    if (utf8) return {"locale", Health::kOk, found, ""};
    return {"locale", Health::kWarning, found,
            "set LANG=C.UTF-8, so that names outside ASCII show; results are the same"};
  }
  return {"locale", Health::kWarning, "neither LC_ALL, LC_CTYPE nor LANG is set",
          "set LANG=C.UTF-8, so that names outside ASCII show; results are the same"};
}

Check check_sandbox() {
  const indexer::SandboxReport& report = indexer::probe_sandbox();
  const std::string found =
      "worker processes reach level '" + std::string(indexer::name_of(report.level)) + "'";
  if (report.missing.empty()) return {"sandbox", Health::kOk, found, ""};
  return {"sandbox", Health::kWarning, found + ": " + printable(report.missing),
          "see SECURITY.md on levels; a server that reads only trusted repositories needs no more"};
}

Check check_limit(const char* name, int resource, std::uint64_t least, const char* advice) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0)
    return {name, Health::kWarning, "cannot be read", ""};
  if (limit.rlim_cur == RLIM_INFINITY) return {name, Health::kOk, "unlimited", ""};
  const auto value = static_cast<std::uint64_t>(limit.rlim_cur);
  return {name, value < least ? Health::kWarning : Health::kOk, human_count(value),
          value < least ? advice : ""};
}

/// Where the settings of `cairn serve` come from, and which are not the built-in ones.
Check check_config(const Services& services) {
  const std::string file = services.environment("CAIRN_CONFIG").value_or("");
  const auto loaded = load_config(file, services.environment, {});
  if (!loaded)
    return {"config", Health::kProblem, loaded.error().message(),
            "docs/configuration.md lists the settings of cairn serve"};
  std::string found = file.empty() ? "no file (CAIRN_CONFIG names one)" : printable(file);
  for (const ConfigValue& value : loaded->values)
    if (value.origin != "built in")
      found += "; " + value.key->path() + " = " + printable(value.text) + " from " +
               printable(value.origin);
  return {"config", Health::kOk, found, ""};
}

std::vector<Check> run_checks(Session& session) {
  const Result<std::string> folder = session.data_dir();
  std::vector<Check> checks;
  checks.push_back({"version", Health::kOk, "cairn " + std::string(version()), ""});
  checks.push_back(check_data_folder(folder));
  checks.push_back(check_disk(folder));
  checks.push_back(check_git(session.stop()));
  checks.push_back(check_sandbox());
  checks.push_back(check_locale(session.services()));
  checks.push_back(check_config(session.services()));
  checks.push_back(check_limit("open files", RLIMIT_NOFILE, 256, "raise it with ulimit -n 1024"));
  checks.push_back(check_limit("file size", RLIMIT_FSIZE, std::uint64_t{1} << 32,
                               "raise it with ulimit -f unlimited: snapshots are single files"));
  checks.push_back(check_limit("address space", RLIMIT_AS, std::uint64_t{1} << 32,
                               "raise it with ulimit -v unlimited: snapshots are mapped whole"));
  checks.push_back({"threads", Health::kOk,
                    human_count(std::thread::hardware_concurrency()) + " processors", ""});
  return checks;
}

}  // namespace

Result<int> run_doctor(Session& session) {
  const std::vector<Check> checks = run_checks(session);
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_object().key("checks").begin_array();
  bool problem = false;
  for (const Check& check : checks) {
    problem = problem || check.health == Health::kProblem;
    if (session.json()) {
      json.begin_object().field("name", check.name).field("health", name_of(check.health));
      json.field("found", check.found).field("advice", check.advice).end_object();
      continue;
    }
    std::string head = std::string(name_of(check.health));
    head += std::string(9 - head.size(), ' ') + check.name;
    text += head + std::string(head.size() < 24 ? 24 - head.size() : 1, ' ') + check.found + "\n";
    if (!check.advice.empty()) text += std::string(24, ' ') + check.advice + "\n";
  }
  if (session.json()) json.end_array().field("healthy", !problem).end_object().newline();
  CAIRN_TRY(session.print(text));
  return problem ? 1 : 0;
}

Result<int> run_completions(Session& session) {
  CAIRN_ASSIGN(const std::string script, completion_script(session.arguments().at("SHELL")));
  CAIRN_TRY(session.print(script));
  return 0;
}

Result<int> run_worker(Session&) { indexer::worker_main(); }

Result<int> run_man(Session& session) {
  CAIRN_TRY(session.print(man_page()));
  return 0;
}

}  // namespace cairn::api
