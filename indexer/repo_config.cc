#include "indexer/repo_config.h"

#include "indexer/toml_assert.h"
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <array>
#include <exception>

#include "indexer/glob.h"

namespace cairn::indexer {
namespace {

constexpr std::size_t kMaxText = 1u << 20;
constexpr std::size_t kMaxPatterns = 10'000;

// Tables that other parts of cairn read; they are no mistake here.
constexpr std::array<std::string_view, 7> kKnownTables = {
    "index", "layers", "complexity", "coverage", "gate", "merge", "tests"};

std::string at_line(const toml::source_region& where) {
  return std::string(kRepoConfigPath) + ":" + std::to_string(where.begin.line);
}

Result<void> read_patterns(const toml::node& node, std::string_view key,
                           std::vector<std::string>& out) {
  const auto fail = [key](const toml::node& at, std::string_view why) {
    return Error(ErrorCode::kParse,
                 at_line(at.source()) + ": index." + std::string(key) + " " + std::string(why));
  };
  const toml::array* list = node.as_array();
  if (list == nullptr) return fail(node, "must be a list of patterns");
  if (list->size() > kMaxPatterns)
    return Error(ErrorCode::kLimitExceeded, at_line(node.source()) + ": index." + std::string(key) +
                                                " has more than " + std::to_string(kMaxPatterns) +
                                                " patterns");
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) return fail(item, "must hold strings only");
    if (auto glob = Glob::compile(text->get()); !glob)
      return std::move(glob).error().in(at_line(item.source()));
    out.push_back(text->get());
  }
  return {};
}

Result<void> read_index(const toml::table& index, RepoConfig& config) {
  const std::array<std::pair<std::string_view, std::vector<std::string>*>, 5> keys = {{
      {"include", &config.include},
      {"exclude", &config.exclude},
      {"generated", &config.generated},
      {"vendored", &config.vendored},
      {"test", &config.test},
  }};
  for (const auto& [key, node] : index) {
    const auto known = std::find_if(keys.begin(), keys.end(), [name = key.str()](const auto& row) {
      return row.first == name;
    });
    if (known == keys.end())
      config.warnings.push_back(at_line(node.source()) + ": unknown key index." +
                                std::string(key.str()));
    else
      CAIRN_TRY(read_patterns(node, known->first, *known->second));
  }
  return {};
}

/// [coverage] paths; its other keys are read elsewhere.
Result<void> read_coverage(const toml::node& node, RepoConfig& config) {
  const toml::table* table = node.as_table();
  const toml::node* paths = table == nullptr ? nullptr : table->get("paths");
  if (table != nullptr && paths == nullptr) return {};
  const toml::array* list = paths == nullptr ? nullptr : paths->as_array();
  const auto fail = [](const toml::node& at, const char* why) {
    return Error(ErrorCode::kParse, at_line(at.source()) + ": " + why);
  };
  if (table == nullptr) return fail(node, "coverage must be a table");
  if (list == nullptr || list->size() > kMaxPatterns)
    return fail(*paths, "coverage.paths must be a list of rules \"FROM::TO\", 10,000 at most");
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) return fail(item, "coverage.paths must hold strings only");
    config.coverage_paths.push_back(text->get());
  }
  return {};
}

Result<RepoConfig> read_document(const toml::table& document) {
  RepoConfig config;
  for (const auto& [key, node] : document) {
    if (std::find(kKnownTables.begin(), kKnownTables.end(), key.str()) == kKnownTables.end()) {
      config.warnings.push_back(at_line(node.source()) + ": unknown key " + std::string(key.str()));
    } else if (key.str() == "index") {
      const toml::table* index = node.as_table();
      if (index == nullptr)
        return Error(ErrorCode::kParse, at_line(node.source()) + ": index must be a table");
      CAIRN_TRY(read_index(*index, config));
    } else if (key.str() == "coverage") {
      CAIRN_TRY(read_coverage(node, config));
    }
  }
  // The parser sorts keys; a reader expects them by line. Both orders are stable.
  std::sort(config.warnings.begin(), config.warnings.end());
  return config;
}

}  // namespace

Result<RepoConfig> parse_repo_config(std::string_view text) {
  if (text.size() > kMaxText)
    return Error(ErrorCode::kLimitExceeded,
                 std::string(kRepoConfigPath) + " is larger than 1 MiB; shorten it");
  try {
    return read_document(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kParse,
                 at_line(error.source()) + ": " + std::string(error.description()));
  } catch (const std::exception& error) {
    return Error(ErrorCode::kParse, std::string(kRepoConfigPath) + ": " + error.what());
  }
}

}  // namespace cairn::indexer
