#pragma once
// What linking one file yields, and what the layer writer (graph/writer.h) takes per file ("unit").
// Plain data. Dense SymbolIds are known before linking: first_symbol of the file + SymbolIdx, files
// in path order; an overlay's units continue after the base's ids. Thread-compatible value types.
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "graph/facts.h"
#include "graph/types.h"

namespace cairn::graph {

/// One reference site after linking. Exactly one per graph::Ref that the file's body holds.
struct Site {
  Position begin;            // of the identifier
  std::uint32_t length = 0;  // in bytes
  SymbolIdx owner = 0;       // innermost enclosing symbol, a row of this file
  StrId name = 0;            // identifier text, row of FileLinks::strings
  StrId external = 0;        // "package#name", row of FileLinks::strings; 0 = not external
  LocalIdx local = kNone;    // bound to this row of FileLinks::locals
  std::uint32_t first_target =
      0;  // [first_target, first_target + target_count) of FileLinks::targets
  std::uint32_t target_count = 0;
  RefRole role = RefRole::kRead;
  Tier tier = Tier::kUnresolved;
  Origin origin = Origin::kNone;
  Reason reason = Reason::kNone;
  std::uint8_t flags = 0;  // ref_flag bits
};

/// An edge that no reference site shows: overrides, implements by shape, module imports and so on.
/// `src` may lie in another file than the unit that owns the edge; the edge goes when the unit
/// goes.
struct DirectEdge {
  SymbolId src;
  SymbolId dst;
  EdgeKind kind = EdgeKind::kReferences;
  Tier tier = Tier::kResolved;
  Origin origin = Origin::kNone;
};

/// A local as the snapshot keeps it.
struct LinkedLocal {
  StrId name = 0;       // row of FileLinks::strings
  SymbolIdx owner = 0;  // a row of this file
  SymbolKind kind = SymbolKind::kLocal;
  std::uint8_t position = 255;  // index among the parameters; 255 = not a parameter
  Position begin;               // of the name, which is as long as its text
  SymbolId type;                // the in-repository type it has, if known
};

struct FileLinks {
  StringTable strings;      // row 0 is ""
  std::vector<Site> sites;  // any order; the writer groups them by owner
  std::vector<SymbolId> targets;
  std::vector<LinkedLocal> locals;  // LocalIdx order
  std::vector<DirectEdge> edges;
  std::vector<std::uint32_t> lookups;  // memo keys, sorted and unique
};

namespace unit_flag {
inline constexpr std::uint8_t kTest = 1;
inline constexpr std::uint8_t kGenerated = 2;
inline constexpr std::uint8_t kVendored = 4;
}  // namespace unit_flag

/// Per symbol, parallel to Face::symbols; what only linking knows.
struct SymbolKeys {
  std::uint64_t scope_key = 0;  // the scope the symbol is bound in; 0 = no look-up finds it
  std::uint64_t opens_key = 0;  // the named scope it opens (file, namespace, type); 0 = none
  /// Equal for all places of one symbol, differs otherwise; another kind is another symbol, so that
  /// edges of files that are not linked again keep their meaning.
  std::uint64_t stable_id = 0;
  std::uint32_t ordinal = 0;  // n-th repeat of one id in one file: "+n" in the id string; 0 = first
};

/// One file. Faces are borrowed and must outlive encode_unit() only.
struct UnitInput {
  std::string path;
  Language language = Language::kUnknown;
  ParseStatus parse = ParseStatus::kOk;
  std::uint8_t flags = 0;  // unit_flag bits
  ContentId content;
  std::uint32_t lines = 0;
  std::uint64_t bytes = 0;
  std::string skip_reason;  // why the file is skipped or partial, "" = it is not
  std::string manager;      // package manager of the id string; "" = "local"
  std::string package;      // package name of the id string; "" = "."
  /// Namespace descriptors ("/" between parts) of the module symbol and of symbols bound in the
  /// file's own scope: the dotted module of Python, the path of a JavaScript or C file.
  std::string module_path;
  /// The same for top-level symbols bound in a scope that files share: a Java or Go package, the
  /// global namespace of C and C++ ("").
  std::string package_path;
  std::string qualified_prefix;  // what qualified names start with, already joined; may be ""
  std::uint64_t file_scope = 0;  // scope key of the file's own scope
  const Face* face = nullptr;    // null: a skipped file without symbols
  std::vector<SymbolKeys> keys;  // parallel to face->symbols
};

/// 32-bit memo key pair that orders the def index: (fold of the scope key, hash of the name).
std::uint32_t fold_scope(std::uint64_t scope_key);
std::uint32_t name_hash(std::string_view name);
inline std::uint64_t def_key(std::uint64_t scope_key, std::string_view name) {
  return std::uint64_t{fold_scope(scope_key)} << 32 | name_hash(name);
}

}  // namespace cairn::graph
