#include "indexer/link_stage.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "indexer/link/policy.h"
#include "indexer/parallel.h"
#include "indexer/work_watch.h"

namespace cairn::indexer {
namespace {

std::vector<std::uint32_t> largest_first(const std::vector<LinkJob>& jobs) {
  std::vector<std::uint32_t> order(jobs.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return jobs[a].row->bytes > jobs[b].row->bytes;
  });
  return order;
}

WorkItem item_of(const LinkJob& job, Stage stage) {
  return {stage, job.row->entry->path, job.row->content, job.row->language};
}

graph::UnitInput unit_input(const Unit& unit, const FileRow& row) {
  graph::UnitInput in;
  in.path = unit.path;
  in.language = unit.language;
  in.flags = row.flags;
  in.content = row.content;
  in.bytes = row.bytes;
  in.skip_reason = row.skip_reason;
  in.manager = unit.manager;
  in.package = unit.package;
  in.module_path = unit.module_path;
  in.package_path = unit.package_path;
  in.qualified_prefix = unit.qualified_prefix;
  in.file_scope = unit.file_scope;
  in.parse = graph::ParseStatus::kSkipped;
  if (unit.face) {
    in.parse = unit.face->parse;
    // A language without linking rules is an outline, however well it parsed.
    if (in.parse != graph::ParseStatus::kSkipped && policy_for(unit.language) == nullptr)
      in.parse = graph::ParseStatus::kOutline;
    in.lines = unit.face->lines;
    in.bytes = unit.face->bytes;
    in.face = unit.face.get();
    in.keys = unit.keys;
  }
  return in;
}

}  // namespace

Unit make_unit(const FileRow& row, const ProjectModel& project) {
  Unit unit;
  unit.path = row.entry->path;
  unit.language = row.language;
  if (row.skip_reason.empty()) unit.face = row.face;
  place_unit(unit, project);
  index_unit(unit);
  return unit;
}

Result<std::vector<Heritage>> heritage_stage(const World& world, const std::vector<LinkJob>& jobs,
                                             const IndexOptions& options) {
  std::vector<Heritage> out(jobs.size());
  std::atomic<std::uint64_t> done{0};
  CAIRN_TRY(parallel_each(largest_first(jobs), options.stop, [&](std::uint32_t i) -> Result<void> {
    out[i] = watched(options.watch, item_of(jobs[i], Stage::kHeritage),
                     [&] { return heritage(world, jobs[i].unit); });
    const std::uint64_t n = done.fetch_add(1, std::memory_order_relaxed) + 1;
    if (options.progress) options.progress({Stage::kHeritage, n, jobs.size()});
    return {};
  }));
  return out;
}

Result<std::vector<graph::EncodedUnit>> link_stage(const World& world,
                                                   const std::vector<LinkJob>& jobs,
                                                   const std::vector<Heritage>& heritage,
                                                   const FileTable& table,
                                                   const IndexOptions& options) {
  std::vector<graph::EncodedUnit> out(jobs.size());
  std::atomic<std::uint64_t> done{0};
  const graph::BriefOf brief_of = [&world](graph::SymbolId s) {
    const Unit& u = world.unit(world.unit_of(s));
    const graph::Symbol& row = u.symbol(s.value() - u.first_symbol.value());
    return graph::SymbolBrief{u.str(row.name), row.kind};
  };
  const auto link_one = [&](std::uint32_t i) -> Result<void> {
    const Unit& unit = world.unit(jobs[i].unit);
    graph::FileLinks links;
    if (unit.face) {
      CAIRN_ASSIGN(const graph::Body body, table.body(*jobs[i].row));
      links = link(world, jobs[i].unit, body, heritage[i]);
    }
    Result<graph::EncodedUnit> encoded =
        graph::encode_unit(unit_input(unit, *jobs[i].row), links, unit.first_symbol, brief_of);
    if (!encoded) return std::move(encoded).error().in(unit.path);
    out[i] = std::move(*encoded);
    return {};
  };
  CAIRN_TRY(parallel_each(largest_first(jobs), options.stop, [&](std::uint32_t i) -> Result<void> {
    Result<void> linked =
        watched(options.watch, item_of(jobs[i], Stage::kLink), [&] { return link_one(i); });
    if (!linked) return linked;
    const std::uint64_t n = done.fetch_add(1, std::memory_order_relaxed) + 1;
    if (options.progress) options.progress({Stage::kLink, n, jobs.size()});
    return {};
  }));
  return out;
}

}  // namespace cairn::indexer
