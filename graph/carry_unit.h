#pragma once
// Units that pass from one overlay to the next of the same base without being linked again: only
// dense ids change. Their streams name strings and targets through tables of the file, so bytes are
// copied and tables rewritten. For the incremental stage; objects are immutable after construction
// and safe for concurrent use.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "graph/types.h"
#include "graph/writer.h"

namespace cairn::graph {

class Layer;

/// The id a symbol has in the overlay being made; none when it is gone. Monotone within a file.
using Renumber = std::function<SymbolId(SymbolId)>;

class UnitCarrier {
 public:
  /// The overlay is borrowed.
  explicit UnitCarrier(const Layer& overlay);

  /// The unit of a file row of the overlay. Nothing when it refers to a symbol that is gone: it
  /// must be linked again. kCorrupt: its streams are damaged.
  Result<std::optional<EncodedUnit>> carry(std::uint32_t file_row, SymbolId first_symbol,
                                           const Renumber& renumber) const;

 private:
  bool copy_edges(std::uint32_t file_row, const Renumber& renumber, EncodedUnit::Data& data) const;

  const Layer& layer_;
  // Per symbol row.
  std::vector<std::uint64_t> def_key_;
  std::vector<bool> is_def_;
  std::vector<std::uint64_t> opens_key_;
  std::vector<std::vector<std::uint32_t>> shares_of_;   // per file row: rows of contributions
  std::vector<std::vector<std::uint32_t>> unbound_of_;  // per file row: rows of unbound_names
};

/// Gives a unit linked under provisional ids its final ones. kInternal when one has none.
Result<void> renumber_unit(EncodedUnit& unit, SymbolId first_symbol, const Renumber& renumber);

}  // namespace cairn::graph
