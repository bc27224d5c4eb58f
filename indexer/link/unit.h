#pragma once
// Unit: one file as the linker sees it: its face plus what its path and project give (scope keys,
// module names) and small indexes over the face. Built once, then read-only and shared by threads.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/facts.h"
#include "graph/links.h"

namespace cairn::indexer {

struct UnitTag;
using UnitId = Id<UnitTag>;

struct Unit {
  std::string path;
  graph::Language language = graph::Language::kUnknown;
  std::shared_ptr<const graph::Face> face;  // null: skipped
  graph::SymbolId first_symbol;             // dense id of symbol row 0

  // Given by the language's LinkPolicy::place().
  std::uint64_t file_scope = 0;  // names only this file can see unqualified
  std::uint64_t package_scope =
      0;                         // where top-level names live; equals file_scope in path languages
  std::uint64_t root_scope = 0;  // where absolute paths begin, in languages that have them
  /// Names of visibility kFile are bound in package_scope too, where whoever may see the file finds
  /// them (C: a header's static functions); their ids and what they open stay the file's own.
  bool shares_file_names = false;
  std::string manager;      // of the id string
  std::string package;      // of the id string
  std::string module_path;  // see graph::UnitInput
  std::string package_path;
  std::string qualified_prefix;

  // Given by index_unit().
  std::vector<graph::SymbolKeys> keys;  // parallel to face->symbols
  std::unordered_multimap<std::string_view, graph::ImportIdx>
      imports_by_alias;  // scope 0 or types'
  std::unordered_multimap<std::string_view, std::uint32_t> exports_by_name;
  std::vector<graph::ImportIdx> wildcards;  // any scope; in C++ all using declarations too
  std::unordered_multimap<graph::SymbolIdx, std::uint32_t> supers_of;

  std::string_view str(graph::StrId id) const { return face->strings[id]; }
  const graph::Symbol& symbol(graph::SymbolIdx i) const { return face->symbols[i]; }
  graph::SymbolId id_of(graph::SymbolIdx i) const {
    return graph::SymbolId(first_symbol.value() + i);
  }
  std::uint32_t symbol_count() const {
    return face ? static_cast<std::uint32_t>(face->symbols.size()) : 0;
  }
};

/// Mixes a name into a scope key: the key of the scope that `name` opens inside `scope`.
std::uint64_t nested_scope(std::uint64_t scope, std::string_view name);
/// Key of a root scope: ("python-file", "a/b.py"), ("java", "").
std::uint64_t root_scope(std::string_view kind, std::string_view name);
/// nested_scope for each part of a path such as "a::b" or "a.b".
std::uint64_t scope_of_path(std::uint64_t scope, std::string_view path, std::string_view separator);

/// Fills the indexes and keys of a unit that has been placed.
void index_unit(Unit& unit);

/// Memo keys (docs/adr/0001): 32-bit, one per thing a link may look up.
namespace memo {
std::uint32_t def(std::uint64_t scope, std::string_view name);
std::uint32_t members(std::uint64_t scope);
std::uint32_t import_of(std::string_view path, std::string_view alias);
std::uint32_t wildcards(std::string_view path);
std::uint32_t export_of(std::string_view path, std::string_view name);
std::uint32_t file(std::string_view path);
std::uint32_t basename(std::string_view name);
std::uint32_t named(graph::Family family, std::string_view name);
std::uint32_t subtypes(std::uint64_t stable_id);
std::uint32_t project(graph::Family family);
}  // namespace memo

/// What a unit answers to look-ups: (memo key, hash of everything another file can read through
/// it), sorted. The symmetric difference of the entries before and after a change is the set of
/// keys whose answers changed.
struct MemoEntry {
  std::uint32_t key;
  std::uint64_t value;
  friend auto operator<=>(const MemoEntry&, const MemoEntry&) = default;
};
std::vector<MemoEntry> memo_entries(const Unit& unit);

}  // namespace cairn::indexer
