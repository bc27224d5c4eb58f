#pragma once
// Expected references written in the sources under test. A comment line below a source line holds
// one expectation:
//
//   total = area(shape)
//   #       ^ resolved lib/shapes.py:12
//
// `^` stands under the first column of the identifier on the nearest line above that is not itself
// an expectation; `@N` gives the column where a caret cannot reach it (`# @1 exact :3`). Then the
// tier, then the targets: `path:line` of a definition's name, `:line` in the same file, or
// `external:package#name`, or nothing for unresolved. Targets are compared as a set. `/role` after
// the tier checks the role too: `resolved/new`.
#include <string>
#include <string_view>
#include <vector>

#include "graph/snapshot.h"

namespace cairn::test {

struct Annotation {
  std::string file;
  std::uint32_t line = 0;    // of the source line
  std::uint32_t column = 0;  // 1-based
  std::string tier;
  std::string role;                  // "" = not checked
  std::vector<std::string> targets;  // normalised: path:line
};

std::vector<Annotation> annotations_of(const std::string& file, std::string_view text);

/// Compares annotations with the snapshot; one line per difference.
std::vector<std::string> check_annotations(const graph::Snapshot& snapshot,
                                           const std::vector<Annotation>& wanted);

}  // namespace cairn::test
