#pragma once
// The repository's own files, as the architecture tests read them. Generated and fetched folders
// and the test data (which imitates other projects) are left out.
#include <string>
#include <string_view>
#include <vector>

namespace cairn::architecture {

struct SourceFile {
  /// Relative to the repository's root, with '/'.
  std::string path;
  std::string text;
};

/// Every file of ours, sorted by path. Aborts the test run if the tree cannot be read.
std::vector<SourceFile> read_tree(const std::string& root);

/// A C++ source or header.
bool is_cpp(const SourceFile& file);
bool is_header(const SourceFile& file);
/// The first part of the path: "base/hash.cc" -> "base".
std::string_view folder_of(std::string_view path);

struct Include {
  std::string target;
  bool quoted = false;
  int line = 0;
};

/// The #include lines of a file, comments and strings left alone.
std::vector<Include> includes_of(const SourceFile& file);

/// The text with comments, string and character literals blanked and lines kept, so that braces and
/// words that remain are code.
std::string code_only(std::string_view text);

/// What a rule found, as one line for a reader: "path:line: what".
using Findings = std::vector<std::string>;

/// One finding a line, for a test's message.
std::string listed(const Findings& findings);

}  // namespace cairn::architecture
