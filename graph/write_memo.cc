// The memo of look-ups, both ways, and what an overlay removes.
#include <algorithm>
#include <unordered_map>

#include "graph/layer.h"
#include "graph/layer_builder.h"
#include "graph/varint.h"

namespace cairn::graph {

MemoColumns build_memo(LayerPlan& plan) {
  std::vector<std::uint64_t> pairs;  // key << 32 | file row
  std::size_t total = 0;
  for (const EncodedUnit& unit : plan.units) total += unit.data().lookups.size();
  pairs.reserve(total);
  for (std::uint32_t file = 0; file < plan.units.size(); ++file) {
    std::vector<std::uint32_t>& lookups = plan.units[file].data().lookups;
    for (const std::uint32_t key : lookups) pairs.push_back(std::uint64_t{key} << 32 | file);
    lookups = {};
  }
  std::sort(pairs.begin(), pairs.end());
  MemoColumns memo;
  std::vector<std::string> of_file(plan.units.size());
  std::vector<std::uint32_t> last_key(plan.units.size(), 0);
  std::uint32_t last_file = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto key = static_cast<std::uint32_t>(pairs[i] >> 32);
    const auto file = static_cast<std::uint32_t>(pairs[i]);
    if (memo.keys.empty() || memo.keys.back() != key) {
      memo.keys.push_back(key);
      memo.file_offsets.push_back(static_cast<std::uint32_t>(memo.file_bytes.size()));
      last_file = 0;
    }
    put_varint(memo.file_bytes, file - last_file);
    last_file = file;
    const auto row = static_cast<std::uint32_t>(memo.keys.size() - 1);
    put_varint(of_file[file], row - last_key[file]);
    last_key[file] = row;
  }
  memo.file_offsets.push_back(static_cast<std::uint32_t>(memo.file_bytes.size()));
  for (const std::string& bytes : of_file) {
    memo.of_file_offsets.push_back(static_cast<std::uint32_t>(memo.of_file.size()));
    memo.of_file += bytes;
  }
  memo.of_file_offsets.push_back(static_cast<std::uint32_t>(memo.of_file.size()));
  return memo;
}

Result<void> write_memo(LayerFileWriter& out, const MemoColumns& memo) {
  CAIRN_TRY(out.add(Section::kMemoKeys, memo.keys));
  CAIRN_TRY(out.add(Section::kMemoFileOffsets, memo.file_offsets));
  CAIRN_TRY(out.add(Section::kMemoFileBytes, memo.file_bytes));
  return out.add(Section::kFileMemoBytes, memo.of_file);
}

namespace {

/// Dense ids of a unit's symbols by stable id; repeats in order.
class StableRows {
 public:
  explicit StableRows(const EncodedUnit::Data& unit) {
    for (std::uint32_t i = 0; i < unit.symbols.size(); ++i)
      rows_[unit.symbols[i].stable_id].push_back(unit.first_symbol + i);
  }
  std::uint32_t take(std::uint64_t stable_id) {
    const auto it = rows_.find(stable_id);
    if (it == rows_.end()) return kNoRow;
    std::size_t& used = used_[stable_id];
    return used < it->second.size() ? it->second[used++] : kNoRow;
  }

 private:
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> rows_;
  std::unordered_map<std::uint64_t, std::size_t> used_;
};

}  // namespace

Result<void> write_removal(LayerFileWriter& out, const LayerPlan& plan) {
  const Layer& base = *plan.base;
  std::vector<std::uint32_t> remap;
  for (const std::uint32_t file : plan.removed) {
    const std::uint32_t first = base.files[file].first_symbol;
    const std::uint32_t end = base.files[file + 1].first_symbol;
    const std::string_view path = base.text(base.files[file].path);
    const auto unit =
        std::lower_bound(plan.units.begin(), plan.units.end(), path,
                         [](const EncodedUnit& u, std::string_view p) { return u.path() < p; });
    if (unit == plan.units.end() || unit->path() != path) {
      remap.insert(remap.end(), end - first, kNoRow);
      continue;
    }
    StableRows rows(unit->data());
    for (std::uint32_t s = first; s < end; ++s) remap.push_back(rows.take(base.symbol_stable[s]));
  }
  CAIRN_TRY(out.add(Section::kRemovedFiles, plan.removed));
  return out.add(Section::kRemap, remap);
}

}  // namespace cairn::graph
