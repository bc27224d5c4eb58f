#pragma once
// The analysed repository's own settings: table [index] of its .cairn.toml. The file is untrusted
// text: it can only name patterns. Pure functions of the text; value types.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::indexer {

inline constexpr std::string_view kRepoConfigPath = ".cairn.toml";

struct RepoConfig {
  // Patterns of indexer/glob.h, in file order. `generated`, `vendored` and `test` add to the
  // built-in rules; a "!" pattern takes a built-in match back.
  std::vector<std::string> include;  // when not empty, only these files are indexed
  std::vector<std::string> exclude;
  std::vector<std::string> generated;
  std::vector<std::string> vendored;
  std::vector<std::string> test;
  std::vector<std::string> coverage_paths;  // [coverage] paths: "FROM::TO", not looked into here
  std::vector<std::string> warnings;        // unknown keys, each with its line
};

/// E_PARSE with ".cairn.toml:LINE" for bad TOML, a value of the wrong type or a bad pattern;
/// E_LIMIT_EXCEEDED for more than 1 MiB of text or 10,000 patterns.
Result<RepoConfig> parse_repo_config(std::string_view text);

}  // namespace cairn::indexer
