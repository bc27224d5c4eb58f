#pragma once
// Structure of a whole repository: cycles and code nothing seems to use. Pure functions of the
// snapshot; thread-safe. Errors: kCancelled, kCorrupt from the snapshot.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// A cycle as one shortest way around it, each step leading to the next and the last to the first.
struct FileCycle {
  std::vector<graph::FileId> files;     // all of the component, by path
  std::vector<graph::FileId> shortest;  // begins with the first by path that lies on it
};
struct SymbolCycle {
  std::vector<graph::SymbolId> symbols;  // all of the component, by path and position
};
/// Files that import each other; a file importing itself is none.
Result<std::vector<FileCycle>> import_cycles(const graph::Snapshot& snapshot,
                                             const StopToken& stop = {});
/// Functions that call each other, two or more.
Result<std::vector<SymbolCycle>> call_cycles(const graph::Snapshot& snapshot, std::uint8_t tiers,
                                             const StopToken& stop = {});

enum class Confidence : std::uint8_t {
  kLikely,    // nothing in the repository names it in a way that could mean it
  kPossible,  // a site nobody could bind shares its name, it is exported, or macros may hide uses
};
struct DeadCode {
  graph::SymbolId symbol;
  Confidence confidence = Confidence::kLikely;
  bool exported = false;
  std::uint64_t same_name_sites = 0;  // unresolved or heuristic sites of that name
  std::string reason;
};
struct DeadCodeAnswer {
  std::vector<DeadCode> candidates;  // by path and position
  std::uint64_t examined = 0;
  /// Symbols not judged, as something outside may use them, by reason.
  std::uint64_t exported = 0;
  std::uint64_t entry_points = 0;  // entry points, tests, routes, decorated, overriding
};
/// Functions, methods and types without an inbound edge of the tiers exact, resolved or dispatch
/// from outside themselves. Exported ones are counted, or listed as possible when asked for.
Result<DeadCodeAnswer> dead_code(const graph::Snapshot& snapshot, bool with_exported,
                                 const StopToken& stop = {});

}  // namespace cairn::analysis
