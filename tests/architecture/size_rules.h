#pragma once
// Limits on the size of files and functions.
#include <vector>

#include "tests/architecture/source_tree.h"

namespace cairn::architecture {

inline constexpr int kMaxHeaderLines = 300;
inline constexpr int kMaxSourceLines = 800;
inline constexpr int kMaxFunctionLines = 80;
inline constexpr int kMaxMainLines = 200;

/// Headers and sources longer than allowed.
Findings check_file_sizes(const std::vector<SourceFile>& files);

struct FunctionSpan {
  int first_line = 0;
  int last_line = 0;
};

/// Functions of a C++ text by their braces: a block outside any function whose head has a parameter
/// list. A function spans from its head to its closing brace; lambdas count in what holds them.
std::vector<FunctionSpan> functions_of(std::string_view text);

/// Functions longer than allowed.
Findings check_function_sizes(const std::vector<SourceFile>& files);

}  // namespace cairn::architecture
