#include "tests/architecture/include_rules.h"

#include <array>
#include <map>
#include <optional>
#include <set>

namespace cairn::architecture {
namespace {

constexpr int kTestLayer = 9;

std::optional<int> layer_of(std::string_view folder) {
  static const std::map<std::string_view, int> kLayers = {
      {"base", 0},     {"graph", 1},        {"store", 1}, {"indexer", 2},
      {"analysis", 2}, {"orchestrator", 3}, {"api", 4},   {"tests", kTestLayer}};
  const auto found = kLayers.find(folder);
  if (found == kLayers.end()) return std::nullopt;
  return found->second;
}

/// `pattern` is a path in which '*' stands for any text, '/' included.
bool matches(std::string_view pattern, std::string_view path) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= path.size(); ++at)
    if (matches(rest, path.substr(at))) return true;
  return false;
}

struct HeaderRule {
  /// Headers this rule is about: the beginning of their names. The first rule that fits holds.
  std::string_view header;
  /// Files that may include them.
  std::vector<std::string_view> files;
  /// At most this many files outside tests/ do; 0 = any number.
  std::size_t at_most = 0;
};

const std::vector<HeaderRule>& header_rules() {
  static const std::vector<HeaderRule> kRules = {
      {"tl/expected.hpp", {"base/result.h"}, 1},
      {"openssl/", {"base/*.cc"}, 1},
      {"xxhash.h", {"base/*.cc"}, 1},
      {"spdlog/", {"base/*.cc"}, 1},
      {"fmt/", {"base/*.cc"}, 1},
      {"re2/", {"base/*.cc"}, 1},
      {"curl/", {"base/*.cc"}, 1},
      {"boost/json", {"base/json.cc", "base/json_reader.cc", "tests/*"}},
      {"boost/asio", {"api/front/*.cc", "api/front/detail/*", "tests/*"}},
      {"boost/beast", {"api/front/websocket.cc", "tests/*"}},
      {"boost/describe", {"api/service/dto_json.cc"}, 1},
      {"boost/mp11", {"api/service/dto_json.cc"}, 1},
      {"boost/", {"graph/bgl_view.h", "graph/*.cc", "analysis/*.cc", "tests/*"}},
      {"tbb/", {"graph/*.cc", "indexer/*.cc", "analysis/*.cc", "tests/*"}},
      {"oneapi/tbb", {"graph/*.cc", "indexer/*.cc", "analysis/*.cc", "tests/*"}},
      {"zstd.h", {"graph/*.cc"}, 1},
      {"expat.h", {"analysis/coverage/xml_events.cc"}},
      {"zlib.h", {"analysis/coverage/input.cc", "tests/*"}},
      {"sqlite3.h", {"store/*.cc", "tests/store/*"}},
      {"git2", {"indexer/git_*.cc"}},
      {"tree_sitter/", {"indexer/syntax/*", "tests/indexer/*", "tests/bench/*"}},
      {"clang/", {"indexer/clang/*"}},
      {"clang-c/", {"indexer/clang/*"}},
      {"llvm/", {"indexer/clang/*"}},
      {"seccomp.h", {"indexer/worker/*.cc"}, 1},
      {"httplib.h", {"api/http/server.cc"}, 1},
      {"toml++/", {"indexer/repo_config.cc", "indexer/link/project.cc", "api/config.cc"}},
      {"CLI/", {"api/cli*.cc", "api/main.cc"}},
      {"gtest/", {"tests/*"}},
      {"gmock/", {"tests/*"}},
      {"benchmark/", {"tests/bench/*"}},
  };
  return kRules;
}

bool is_standard(std::string_view header) {
  // The standard library's own headers have no extension and no folder.
  if (header.find_first_of("./") == std::string_view::npos) return true;
  static const std::set<std::string_view> kSystem = {
      "cxxabi.h",  "dirent.h",  "dlfcn.h",   "errno.h", "execinfo.h", "fcntl.h",
      "fnmatch.h", "getopt.h",  "glob.h",    "grp.h",   "limits.h",   "malloc.h",
      "poll.h",    "pthread.h", "pwd.h",     "sched.h", "signal.h",   "spawn.h",
      "stdlib.h",  "string.h",  "termios.h", "time.h",  "unistd.h",   "utime.h"};
  return kSystem.contains(header) || header.starts_with("sys/") || header.starts_with("linux/") ||
         header.starts_with("netinet/") || header.starts_with("arpa/");
}

std::string place(const SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line) + ": ";
}

bool includes_file(const SourceFile& file, std::string_view target) {
  for (const Include& include : includes_of(file))
    if (include.quoted && include.target == target) return true;
  return false;
}

const HeaderRule* rule_for(std::string_view header) {
  for (const HeaderRule& rule : header_rules())
    if (header.starts_with(rule.header)) return &rule;
  return nullptr;
}

bool is_allowed(const HeaderRule& rule, const SourceFile& file) {
  for (const std::string_view pattern : rule.files)
    if (matches(pattern, file.path)) return true;
  return false;
}

}  // namespace

Findings check_layers(const std::vector<SourceFile>& files) {
  std::set<std::string_view> paths;
  for (const SourceFile& file : files) paths.insert(file.path);
  Findings findings;
  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    const std::string_view folder = folder_of(file.path);
    const std::optional<int> layer = layer_of(folder);
    if (!layer) {
      findings.push_back(file.path + ": folder '" + std::string(folder) + "' has no layer");
      continue;
    }
    for (const Include& include : includes_of(file)) {
      if (!include.quoted) continue;
      const std::string_view other = folder_of(include.target);
      const std::optional<int> below = layer_of(other);
      if (!paths.contains(include.target)) {
        findings.push_back(place(file, include) + "\"" + include.target +
                           "\" is no file of the repository's root");
      } else if (!below || (other != folder && *below >= *layer)) {
        findings.push_back(place(file, include) + std::string(folder) + " may not include " +
                           std::string(other));
      }
    }
  }
  return findings;
}

Findings check_third_party(const std::vector<SourceFile>& files) {
  Findings findings;
  std::map<std::string_view, std::set<std::string_view>> users;
  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    for (const Include& include : includes_of(file)) {
      if (include.quoted || is_standard(include.target)) continue;
      const HeaderRule* rule = rule_for(include.target);
      if (rule == nullptr) {
        findings.push_back(place(file, include) + "<" + include.target + "> is in no rule");
        continue;
      }
      const bool needs_view = rule->header == "boost/" && file.path != "graph/bgl_view.h";
      if (!is_allowed(*rule, file)) {
        findings.push_back(place(file, include) + "<" + include.target + "> is not allowed here");
      } else if (needs_view && include.target.starts_with("boost/graph/") &&
                 !includes_file(file, "graph/bgl_view.h")) {
        findings.push_back(place(file, include) + "<" + include.target +
                           "> only works on graph/bgl_view.h, which is not included");
      }
      if (folder_of(file.path) != "tests") users[rule->header].insert(file.path);
    }
  }
  for (const HeaderRule& rule : header_rules()) {
    const std::set<std::string_view>& named = users[rule.header];
    if (rule.at_most == 0 || named.size() <= rule.at_most) continue;
    std::string finding = "<" + std::string(rule.header) + "...> belongs in one file, not in";
    for (const std::string_view path : named) finding += " " + std::string(path);
    findings.push_back(finding);
  }
  return findings;
}

Findings check_folder_cycles(const std::vector<SourceFile>& files) {
  std::map<std::string, std::set<std::string>> reaches;
  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    const std::string folder(folder_of(file.path));
    for (const Include& include : includes_of(file))
      if (include.quoted && folder_of(include.target) != folder)
        reaches[folder].insert(std::string(folder_of(include.target)));
  }
  // Transitive closure; it ends because sets only grow and there are few folders.
  for (bool grew = true; grew;) {
    grew = false;
    for (auto& [folder, targets] : reaches) {
      const std::set<std::string> before = targets;
      for (const std::string& target : before)
        if (const auto next = reaches.find(target); next != reaches.end())
          targets.insert(next->second.begin(), next->second.end());
      grew = grew || targets.size() != before.size();
    }
  }
  Findings findings;
  for (const auto& [folder, targets] : reaches)
    if (targets.contains(folder)) findings.push_back("folder " + folder + " is part of a cycle");
  return findings;
}

}  // namespace cairn::architecture
