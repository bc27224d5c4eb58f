#pragma once
// Writes layer files (docs/file-format.md). Two steps, so that the links of a large repository need
// not be in memory at once: encode_unit() turns one file's links into a few bytes per site (pure;
// call it from any thread, then drop the FileLinks); write_layer() merges encoded units into one
// file, written to a temporary name, synced, renamed and the folder synced.
// Output depends on the units alone, never on threads or on the order of encoding.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/links.h"

namespace cairn::graph {

class Layer;

/// What encoding must know of a site's target, by dense id.
struct SymbolBrief {
  std::string_view name;  // a site's text is left out when it equals its first target's name
  SymbolKind kind = SymbolKind::kModule;
};
using BriefOf = std::function<SymbolBrief(SymbolId)>;

/// One unit in the form write_layer() takes. Movable, opaque; owns all it needs.
class EncodedUnit {
 public:
  struct Data;  // graph/encoded_unit.h
  EncodedUnit();
  explicit EncodedUnit(std::unique_ptr<Data> data);
  EncodedUnit(EncodedUnit&&) noexcept;
  EncodedUnit& operator=(EncodedUnit&&) noexcept;
  ~EncodedUnit();

  const Data& data() const { return *data_; }
  Data& data() { return *data_; }
  std::string_view path() const;
  std::uint32_t symbol_count() const;

 private:
  std::unique_ptr<Data> data_;
};

/// Encodes a unit whose symbols have the ids first_symbol, first_symbol + 1, ...
/// Errors: kInternal when links and face do not fit together (owner, local or target out of range).
Result<EncodedUnit> encode_unit(const UnitInput& unit, const FileLinks& links,
                                SymbolId first_symbol, const BriefOf& brief_of);

struct LayerMeta {
  std::string repo;         // repository id or source as given
  std::string commit;       // hex revision, "" for a plain directory
  std::string config_hash;  // hex hash of what else shaped the content
  std::uint32_t extractor_version = kExtractorVersion;
};

struct WriteStats {
  std::uint64_t file_bytes = 0;
  std::uint64_t edges = 0;
  std::uint64_t edge_bytes = 0;  // both directions, offsets and side tables included
  std::uint64_t sites = 0;
  std::uint64_t site_bytes = 0;
};

/// Writes a base layer. Units are in strictly ascending path order; their first symbols are 0 and
/// then the running count. Existing files at `path` are replaced atomically.
/// Errors: kInternal for broken order, kLimitExceeded above 2^32 rows or bytes of one section, I/O.
Result<WriteStats> write_layer(const std::string& path, const LayerMeta& meta,
                               std::vector<EncodedUnit> units);

/// Writes an overlay over `base`: `removed` base files go (ascending ids), `units` come; a changed
/// file is in both. The units' first symbols start at base.symbol_count().
Result<WriteStats> write_overlay(const std::string& path, const LayerMeta& meta,
                                 std::vector<EncodedUnit> units, const Layer& base,
                                 const std::vector<FileId>& removed);

/// "<stem>.v<major>.cairn": the format version is part of the name, so that servers of two versions
/// can share a folder.
std::string layer_file_name(std::string_view stem);

}  // namespace cairn::graph
