#pragma once
// Decodes the site and local streams of a layer (layout: site_codec.h). Bounds-checked: a stream
// that is not what the encoder writes yields kCorrupt. Pure; safe from any thread.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/snapshot.h"

namespace cairn::graph {

class Layer;

struct RawLocal {
  std::uint32_t name = 0;   // string row of the layer
  std::uint32_t owner = 0;  // symbol row of the layer
  SymbolKind kind = SymbolKind::kLocal;
  std::uint8_t position = 255;
  Position begin;
  std::uint32_t type = 0xffffffffu;  // dense id as stored
};

Result<std::vector<RawLocal>> decode_locals(const Layer& layer, std::uint32_t file_row);

/// Names of symbols by the dense id as stored, removed ones too.
class RawNames {
 public:
  RawNames(const Layer& base, const Layer* overlay) : base_(base), overlay_(overlay) {}
  std::string_view operator()(std::uint32_t dense) const;

 private:
  const Layer& base_;
  const Layer* overlay_;
};

/// Appends the sites of a symbol row; targets are dense ids as stored. Without `locals` sites bound
/// to locals get no name and length 0 unless the stream says them.
Result<void> decode_sites(const Layer& layer, std::uint32_t file_row, std::uint32_t symbol_row,
                          const RawNames& names, const std::vector<RawLocal>* locals,
                          SiteList& out);

}  // namespace cairn::graph
