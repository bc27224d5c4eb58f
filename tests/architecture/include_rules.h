#pragma once
// The layers of docs/architecture.md as rules over #include lines.
#include <vector>

#include "tests/architecture/source_tree.h"

namespace cairn::architecture {

/// Includes between our folders: only downwards, never between folders of one layer, always from
/// the root of the repository, and only of files that exist.
Findings check_layers(const std::vector<SourceFile>& files);

/// Third-party headers: each only in the files named for it, and none that is not listed.
Findings check_third_party(const std::vector<SourceFile>& files);

/// No folder reaches itself through the includes of others.
Findings check_folder_cycles(const std::vector<SourceFile>& files);

}  // namespace cairn::architecture
