#pragma once
// The program's version, as in `cairn --version` and the head of an export.
#include <string_view>

namespace cairn {

/// Semantic version, e.g. "1.2.3". Covers the CLI and the HTTP interface; file formats and
/// extractors have version numbers of their own.
std::string_view version();

}  // namespace cairn
