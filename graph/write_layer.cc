// Assembles a layer file from encoded units, section by section.
#include <algorithm>
#include <numeric>

#include "graph/layer.h"
#include "graph/layer_builder.h"

namespace cairn::graph {
namespace {

Error misfit(std::string what) {
  return Error(ErrorCode::kInternal, "writing a snapshot: " + std::move(what));
}

Result<void> check_order(LayerPlan& plan) {
  std::uint64_t next = plan.id_base;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const EncodedUnit::Data& unit = plan.units[i].data();
    if (i != 0 && plan.units[i - 1].path() >= unit.path)
      return misfit(unit.path + " is out of path order");
    if (unit.first_symbol != next) return misfit(unit.path + " has the wrong first symbol");
    next += unit.symbols.size();
  }
  if (next >= kNoRow) {
    return Error(ErrorCode::kLimitExceeded,
                 "the repository has 2^32 symbols or more; index fewer files with [index] exclude");
  }
  plan.symbols = static_cast<std::uint32_t>(next - plan.id_base);
  return {};
}

Result<void> check_removed(const LayerPlan& plan) {
  for (std::size_t i = 0; i < plan.removed.size(); ++i) {
    if (plan.removed[i] >= plan.base->file_count() ||
        (i != 0 && plan.removed[i - 1] >= plan.removed[i]))
      return misfit("removed files are not ascending rows of the base");
  }
  for (const EncodedUnit& unit : plan.units) {
    const std::uint32_t row = plan.base->file_by_path(unit.path());
    if (row != kNoRow && !std::binary_search(plan.removed.begin(), plan.removed.end(), row))
      return misfit(std::string(unit.path()) + " is in the base and not removed");
  }
  return {};
}

Result<WriteStats> write(const std::string& path, const LayerMeta& meta, LayerPlan plan) {
  CAIRN_TRY(check_order(plan));
  WriteStats stats;
  CAIRN_ASSIGN(LayerFileWriter out, LayerFileWriter::create(path));
  StringRows strings;
  const std::uint32_t repo = strings.column.add(meta.repo);
  const std::uint32_t commit = strings.column.add(meta.commit);
  const std::uint32_t config = strings.column.add(meta.config_hash);
  CAIRN_TRY(write_strings(out, plan, strings));
  const MemoColumns memo = build_memo(plan);
  CAIRN_TRY(write_files(out, plan, strings, memo));
  CAIRN_TRY(write_symbols(out, plan, strings));
  CAIRN_TRY(write_indexes(out, plan, strings));
  const std::uint64_t before_streams = out.bytes_written();
  CAIRN_TRY(write_streams(out, plan, strings));
  stats.site_bytes = out.bytes_written() - before_streams;
  CAIRN_TRY(write_unbound(out, plan, strings));
  MetaRow row;
  const std::uint64_t before_edges = out.bytes_written();
  CAIRN_TRY(write_edges(out, plan, row, stats));
  stats.edge_bytes = out.bytes_written() - before_edges;
  CAIRN_TRY(write_memo(out, memo));
  if (plan.base) CAIRN_TRY(write_removal(out, plan));
  row.extractor_version = meta.extractor_version;
  row.id_base = plan.id_base;
  row.file_base = plan.file_base;
  row.repo = strings.column.row(repo);
  row.commit = strings.column.row(commit);
  row.config_hash = strings.column.row(config);
  row.base_hash = plan.base ? plan.base->root_hash() : 0;
  CAIRN_TRY(out.add(Section::kMeta, std::vector<MetaRow>{row}));
  for (const EncodedUnit& unit : plan.units) {
    const auto& counts = unit.data().site_counts;
    stats.sites += std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  CAIRN_ASSIGN(stats.file_bytes, out.commit());
  return stats;
}

}  // namespace

Result<WriteStats> write_layer(const std::string& path, const LayerMeta& meta,
                               std::vector<EncodedUnit> units) {
  LayerPlan plan;
  plan.units = std::move(units);
  return write(path, meta, std::move(plan));
}

Result<WriteStats> write_overlay(const std::string& path, const LayerMeta& meta,
                                 std::vector<EncodedUnit> units, const Layer& base,
                                 const std::vector<FileId>& removed) {
  LayerPlan plan;
  plan.units = std::move(units);
  plan.base = &base;
  plan.id_base = base.symbol_count();
  plan.file_base = base.file_count();
  for (const FileId id : removed) plan.removed.push_back(id.value());
  CAIRN_TRY(check_removed(plan));
  return write(path, meta, std::move(plan));
}

std::string layer_file_name(std::string_view stem) {
  return std::string(stem) + ".v" + std::to_string(kSnapshotMajor) + ".cairn";
}

}  // namespace cairn::graph
