// The pipeline of docs/pipeline.md, stage by stage. Stages run one after another; inside a stage
// files run in parallel. Every barrier says what is fixed from there on.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/fail_point.h"
#include "base/fs.h"
#include "base/metrics.h"
#include "graph/layer.h"
#include "indexer/data_folder.h"
#include "indexer/file_table.h"
#include "indexer/incremental.h"
#include "indexer/index.h"
#include "indexer/link_stage.h"
#include "indexer/parallel.h"
#include "indexer/temp_folder.h"

namespace cairn::indexer {
namespace {

Result<Source> open_source(const IndexOptions& options, const std::string& data_dir) {
  SourceOptions source;
  source.revision = options.revision;
  source.data_dir = data_dir;
  source.update_mirror = options.update_mirror;
  source.stop = options.stop;
  return Source::open(options.source, source);
}

std::string hex64(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) out[static_cast<std::size_t>(i)] = kDigits[value & 15];
  return out;
}

/// A stage's threads leave free memory in arenas of their own, which the next stage's allocations
/// cannot use: peak memory would be the sum of the stages instead of the largest.
void return_freed_memory() { ::malloc_trim(0); }

class IndexRun {
 public:
  IndexRun(const IndexOptions& options, DataFolder& data, const Source& source)
      : options_(options), data_(data), source_(source), table_(source, data.facts(), options) {}

  Result<Index> run() {
    CAIRN_ASSIGN(repo_, options_.repo.empty() ? data_.repo_of(source_)
                                              : data_.store().repo_by_id(options_.repo));
    CAIRN_ASSIGN(const FileLock lock, data_.lock_repo(repo_, options_.stop));
    CAIRN_TRY(data_.clear_leftovers(repo_));
    CAIRN_TRY(list());
    CAIRN_ASSIGN(const std::optional<DataFolder::Current> before,
                 data_.current(repo_, report_.warnings));
    bool done = false;
    if (before && !options_.clean && before->snapshot->config_hash() == config_hash()) {
      CAIRN_ASSIGN(done, update(*before));
    }
    if (!done) CAIRN_TRY(build());
    CAIRN_TRY(source_.save_stat_cache(table_.hashed));
    finish_report();
    return Index{snapshot_, std::move(report_)};
  }

 private:
  void progress(Stage stage) const {
    if (options_.progress) options_.progress({stage, 0, 0});
  }

  Result<void> list() {
    progress(Stage::kList);
    CAIRN_TRY(table_.list());
    for (const std::string& note : table_.project->notes) report_.warnings.push_back(note);
    CAIRN_ASSIGN(const RepoConfig config, source_.config());
    for (const std::string& warning : config.warnings) report_.warnings.push_back(warning);
    config_ = hash_mix(table_.project->hash, settings_hash(config));
    // From here on the set of paths is fixed.
    progress(Stage::kRead);
    return {};
  }

  /// Everything besides file contents that shapes the graph.
  std::uint64_t settings_hash(const RepoConfig& config) const {
    std::uint64_t h = hash_mix(graph::kExtractorVersion, options_.max_file_bytes);
    for (const auto* list :
         {&config.include, &config.exclude, &config.generated, &config.vendored, &config.test}) {
      h = hash_mix(h, list->size());
      for (const std::string& pattern : *list) h = hash_mix(h, hash64(pattern));
    }
    return h;
  }
  std::string config_hash() const { return hex64(config_); }

  graph::LayerMeta meta() const {
    graph::LayerMeta m;
    m.repo = source_.name();
    m.commit = source_.commit() ? source_.commit()->hex() : std::string();
    m.config_hash = config_hash();
    return m;
  }

  /// The current snapshot with the changes as an overlay. False: link everything instead.
  Result<bool> update(const DataFolder::Current& before) {
    CAIRN_TRY(table_.hash());
    table_.adopt(*before.snapshot);
    Difference difference = compare(table_, *before.snapshot);
    CAIRN_TRY(table_.extract([&](const FileRow& row) {
      return std::binary_search(difference.changed.begin(), difference.changed.end(),
                                static_cast<std::uint32_t>(&row - table_.rows.data()));
    }));
    table_.drop_other_files();
    difference = compare(table_, *before.snapshot);
    if (difference.empty() && before.snapshot->commit() == meta().commit) {
      report_.unchanged = true;
      snapshot_ = before.snapshot;
      return true;
    }
    CAIRN_ASSIGN(std::optional<OverlayPlan> plan,
                 plan_overlay(table_, difference, before.snapshot, options_));
    if (!plan) return false;
    report_.files_linked = plan->linked;
    report_.incremental = true;
    progress(Stage::kFreeze);
    CAIRN_ASSIGN(const std::string folder, data_.repo_folder(repo_));
    const std::string base = base_name(before.row.base_file);
    const std::string name = new_name();
    CAIRN_TRY(graph::write_overlay(join_path(folder, name), meta(), std::move(plan->units),
                                   before.snapshot->base(), plan->removed));
    CAIRN_TRY(publish(before.snapshot->base_ptr(), folder, base, name));
    return true;
  }

  Result<void> build() {
    report_.incremental = false;
    CAIRN_TRY(table_.extract([](const FileRow& row) { return !row.face; }));
    table_.drop_other_files();
    // Facts are complete: from here on no source is parsed.
    return_freed_memory();
    CAIRN_ASSIGN(std::vector<graph::EncodedUnit> encoded, link_all());
    // Faces have been read for the last time; writing needs their room.
    for (FileRow& row : table_.rows) row.face.reset();
    return_freed_memory();
    report_.files_linked = encoded.size();
    progress(Stage::kFreeze);
    CAIRN_ASSIGN(const std::string folder, data_.repo_folder(repo_));
    const std::string name = new_name();
    CAIRN_TRY(graph::write_layer(join_path(folder, name), meta(), std::move(encoded)));
    return_freed_memory();
    CAIRN_ASSIGN(std::shared_ptr<const graph::Layer> layer,
                 graph::Layer::open(join_path(folder, name)));
    return publish(std::move(layer), folder, name, {});
  }

  Result<std::vector<graph::EncodedUnit>> link_all() {
    std::vector<Unit> units;
    std::vector<LinkJob> jobs;
    units.reserve(table_.rows.size());
    std::uint32_t next = 0;
    for (const FileRow& row : table_.rows) {
      jobs.push_back({UnitId(static_cast<std::uint32_t>(units.size())), &row});
      Unit unit = make_unit(row, *table_.project);
      unit.first_symbol = graph::SymbolId(next);
      next += unit.symbol_count();
      units.push_back(std::move(unit));
    }
    FullWorld world(std::move(units), table_.project);
    // Symbols have their ids: from here on no symbol is added.
    CAIRN_ASSIGN(std::vector<Heritage> heritage, heritage_stage(world, jobs, options_));
    std::vector<Inheritance> pairs;
    for (const Heritage& h : heritage) pairs.insert(pairs.end(), h.pairs.begin(), h.pairs.end());
    world.set_inheritance(std::move(pairs));
    // The class graph is fixed: dispatch sets may be read.
    return link_stage(world, jobs, heritage, table_, options_);
  }

  /// The layer files are durable; what they depend on must be too before they become current.
  Result<void> publish(std::shared_ptr<const graph::Layer> base, const std::string& folder,
                       const std::string& base_name, const std::string& overlay_name) {
    progress(Stage::kPublish);
    fail_point("publish.before_sync");
    CAIRN_TRY(data_.facts().sync());
    std::shared_ptr<const graph::Layer> overlay;
    if (!overlay_name.empty()) {
      CAIRN_ASSIGN(overlay, graph::Layer::open(join_path(folder, overlay_name)));
    }
    CAIRN_ASSIGN(snapshot_, graph::Snapshot::make(std::move(base), std::move(overlay)));
    finish_report();
    CAIRN_TRY(data_.publish(repo_, {base_name, overlay_name, *snapshot_, report_json(report_),
                                    options_.fence ? &*options_.fence : nullptr}));
    return {};
  }

  static std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  /// Unique in the repository's folder: a time stamp and this process.
  static std::string new_name() {
    const auto now =
        static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    return graph::layer_file_name(hex64(hash_mix(now, static_cast<std::uint64_t>(::getpid()))));
  }

  /// Everything the run is known to have done by now.
  void finish_report() {
    report_.source = source_.name();
    report_.slug = repo_.slug;
    report_.commit = meta().commit;
    report_.files = snapshot_->file_count();
    report_.peak_rss_bytes = peak_rss_bytes();
    report_.wall_seconds = static_cast<double>(wall_ns() - wall_start_) / 1e9;
    report_.cpu_seconds = static_cast<double>(process_cpu_ns() - cpu_start_) / 1e9;
    report_.files_parsed = 0;
    report_.files_with_errors = 0;
    report_.skipped.clear();
    for (const FileRow& row : table_.rows) report_.files_parsed += row.parsed ? 1 : 0;
    for (const graph::FileId f : snapshot_->files()) {
      const graph::FileInfo info = snapshot_->file(f);
      if (info.parse == graph::ParseStatus::kErrors) ++report_.files_with_errors;
      if (!info.skip_reason.empty())
        report_.skipped.push_back({std::string(info.path), std::string(info.skip_reason)});
    }
    for (const SkippedPath& skipped : source_.skipped())
      report_.skipped.push_back({skipped.path, std::string(name_of(skipped.reason))});
    std::sort(report_.skipped.begin(), report_.skipped.end(),
              [](const SkippedFile& a, const SkippedFile& b) { return a.path < b.path; });
    report_.other_files = table_.other_files;
    report_.snapshot_bytes = snapshot_->base().file_bytes() +
                             (snapshot_->overlay() ? snapshot_->overlay()->file_bytes() : 0);
  }

  const IndexOptions& options_;
  DataFolder& data_;
  const Source& source_;
  FileTable table_;
  const std::int64_t wall_start_ = wall_ns();
  const std::int64_t cpu_start_ = process_cpu_ns();
  store::Repo repo_;
  std::uint64_t config_ = 0;
  std::shared_ptr<const graph::Snapshot> snapshot_;
  IndexReport report_;
};

}  // namespace

std::string_view name_of(Stage stage) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "list", "read", "extract", "heritage", "link", "freeze", "publish"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<Index> index_source(const IndexOptions& options) {
  // Without a data folder everything lives in a private one that goes when the run ends; the
  // snapshot's files stay mapped.
  CAIRN_ASSIGN(const TempFolder temp, TempFolder::make_if(options.data_dir.empty()));
  const std::string data_dir = options.data_dir.empty() ? temp.path() : options.data_dir;
  CAIRN_ASSIGN(DataFolder data, DataFolder::open(data_dir));
  // A mirror that is only just made belongs to no repository yet.
  CAIRN_TRY(data.hold_off_collections(options.stop));
  CAIRN_ASSIGN(const Source source, open_source(options, data_dir));
  Result<Index> result = Error(ErrorCode::kInternal, "index: did not run");
  with_threads(options.threads, [&] { result = IndexRun(options, data, source).run(); });
  return result;
}

Result<std::string> read_indexed_file(const IndexOptions& options, const graph::Snapshot& snapshot,
                                      graph::FileId file) {
  CAIRN_ASSIGN(const Source source, open_source(options, options.data_dir));
  const graph::FileInfo info = snapshot.file(file);
  const auto& entries = source.entries();
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), info.path,
                       [](const SourceEntry& e, std::string_view p) { return e.path < p; });
  if (at == entries.end() || at->path != info.path)
    return Error(ErrorCode::kNotFound, std::string(info.path) + ": no longer in the source");
  CAIRN_ASSIGN(std::string bytes, source.read(*at, options.max_file_bytes));
  if (content_id_of(bytes) != info.content)
    return Error(ErrorCode::kNotFound,
                 std::string(info.path) + ": has changed since it was indexed; index again");
  return bytes;
}

}  // namespace cairn::indexer
