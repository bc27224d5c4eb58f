#pragma once
// Builds the columns of a layer from encoded units: strings and symbols (write_symbols.cc), edges
// (write_edges.cc), memo (write_memo.cc). Internal to write_layer(); one thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "graph/encoded_unit.h"
#include "graph/format.h"
#include "graph/layer_file.h"

namespace cairn::graph {

class Layer;

struct LayerPlan {
  std::vector<EncodedUnit> units;
  std::uint32_t id_base = 0;
  std::uint32_t file_base = 0;
  std::uint32_t symbols = 0;  // of the units
  const Layer* base = nullptr;
  std::vector<std::uint32_t> removed;  // base file rows, ascending
};

/// Deduplicated strings in ascending order. add() while collecting, then finish(), then row().
class StringColumn {
 public:
  StringColumn() { add(""); }
  std::uint32_t add(std::string_view text);  // provisional number
  Result<void> finish();
  std::uint32_t row(std::uint32_t provisional) const { return rank_[provisional]; }
  const std::string& bytes() const { return bytes_; }
  const std::vector<std::uint32_t>& ends() const { return ends_; }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::vector<std::string_view> texts_;
  std::vector<std::uint32_t> rank_;
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

/// The string rows of every unit's own table and header fields.
struct StringRows {
  StringColumn column;
  std::vector<std::vector<std::uint32_t>> of_unit;  // unit, unit's string row -> provisional number
  std::uint32_t at(std::size_t unit, std::uint32_t local) const {
    return column.row(of_unit[unit][local]);
  }
};

/// Which files looked up which keys, both ways.
struct MemoColumns {
  std::vector<std::uint32_t> keys;
  std::vector<std::uint32_t> file_offsets;  // into file_bytes, per key and one more
  std::string file_bytes;
  std::vector<std::uint32_t> of_file_offsets;  // into of_file, per file and one more
  std::string of_file;
};
/// Takes the units' look-ups.
MemoColumns build_memo(LayerPlan& plan);

Result<void> write_strings(LayerFileWriter& out, LayerPlan& plan, StringRows& strings);
Result<void> write_files(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings,
                         const MemoColumns& memo);
Result<void> write_symbols(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings);
Result<void> write_indexes(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings);
Result<void> write_unbound(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings);
Result<void> write_streams(LayerFileWriter& out, const LayerPlan& plan, const StringRows& strings);
/// Also merges shares of foreign owners into the units' edges.
Result<void> write_edges(LayerFileWriter& out, LayerPlan& plan, MetaRow& meta, WriteStats& stats);
Result<void> write_memo(LayerFileWriter& out, const MemoColumns& memo);
Result<void> write_removal(LayerFileWriter& out, const LayerPlan& plan);

}  // namespace cairn::graph
