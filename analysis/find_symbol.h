#pragma once
// From what a person types to symbols. Pure functions of the snapshot; thread-safe.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// A position as people write it: "src/a.py:12" or "src/a.py:12:7"; column 0 = none was given.
struct PlaceText {
  std::string path;
  graph::Position at;
};
/// kInvalidArgument unless the text ends in a line number, or a line and a column.
Result<PlaceText> parse_place(std::string_view text);
/// The live file of that path; kNotFound names the nearest paths.
Result<graph::FileId> find_file(const graph::Snapshot& snapshot, std::string_view path);

struct SymbolMatches {
  /// Canonical places, in path and position order. More than one: the text is ambiguous.
  std::vector<graph::SymbolId> symbols;
  /// When there are none: names that are close to the text.
  std::vector<std::string> suggestions;
};
/// `text` is an id, a qualified name, the end of one at a name boundary, a plain name, or
/// path:line[:column]. A name that is complete beats ends of longer ones; a type beats its
/// constructors.
SymbolMatches find_symbols(const graph::Snapshot& snapshot, std::string_view text);

/// Names for people and exports: those of a module whose language gives it none come from its path.
std::string shown_name(const graph::Snapshot& snapshot, graph::SymbolId s);
std::string shown_qualified(const graph::Snapshot& snapshot, graph::SymbolId s);

/// Sorted by path and position, each once.
void sort_by_place(const graph::Snapshot& snapshot, std::vector<graph::SymbolId>& symbols);

}  // namespace cairn::analysis
