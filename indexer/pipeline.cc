// The pipeline of docs/pipeline.md, stage by stage. Stages run one after another; inside a stage
// files run in parallel. Every barrier says what is fixed from there on.
#include "indexer/pipeline.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/fail_point.h"
#include "base/metrics.h"
#include "graph/layer.h"
#include "indexer/file_table.h"
#include "indexer/incremental.h"
#include "indexer/link_stage.h"
#include "indexer/parallel.h"
#include "indexer/temp_folder.h"

namespace cairn::indexer {
namespace {

SourceOptions source_options(const IndexOptions& options) {
  SourceOptions source;
  source.revision = options.revision;
  source.data_dir = options.data_dir;
  source.update_mirror = options.update_mirror;
  source.stop = options.stop;
  return source;
}

std::string hex64(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) out[static_cast<std::size_t>(i)] = kDigits[value & 15];
  return out;
}

void tell(const IndexOptions& options, Stage stage) {
  if (options.progress) options.progress({stage, 0, 0});
}

std::string commit_of(const std::optional<ObjectId>& commit) {
  return commit ? commit->hex() : std::string();
}

class Build {
 public:
  Build(const IndexOptions& options, const Source& source,
        const std::shared_ptr<const graph::Snapshot>& before, FactsCache& facts,
        const BuildTarget& target)
      : options_(options),
        source_(source),
        before_(before),
        target_(target),
        table_(source, facts, options) {}

  Result<Built> run() {
    CAIRN_TRY(list());
    bool done = false;
    if (before_ && before_->config_hash() == config_hash()) {
      CAIRN_ASSIGN(done, update());
    }
    if (!done) CAIRN_TRY(build_base());
    CAIRN_TRY(source_.save_stat_cache(table_.hashed, target_.stat_cache));
    for (const FileRow& row : table_.rows) built_.files_parsed += row.parsed ? 1 : 0;
    for (const SkippedPath& skipped : source_.skipped())
      built_.skipped.push_back({skipped.path, std::string(name_of(skipped.reason))});
    built_.other_files = table_.other_files;
    return std::move(built_);
  }

 private:
  Result<void> list() {
    tell(options_, Stage::kList);
    CAIRN_TRY(table_.list());
    for (const std::string& note : table_.project->notes) built_.warnings.push_back(note);
    CAIRN_ASSIGN(const RepoConfig config, source_.config());
    for (const std::string& warning : config.warnings) built_.warnings.push_back(warning);
    config_ = hash_mix(table_.project->hash, settings_hash(config));
    // From here on the set of paths is fixed.
    tell(options_, Stage::kRead);
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
    m.commit = commit_of(source_.commit());
    m.config_hash = config_hash();
    return m;
  }
  std::string layer_path() const { return join_path(target_.folder, target_.layer_name); }

  /// The current snapshot with the changes as an overlay. False: link everything instead.
  Result<bool> update() {
    CAIRN_TRY(table_.hash());
    table_.adopt(*before_);
    Difference difference = compare(table_, *before_);
    CAIRN_TRY(table_.extract([&](const FileRow& row) {
      return std::binary_search(difference.changed.begin(), difference.changed.end(),
                                static_cast<std::uint32_t>(&row - table_.rows.data()));
    }));
    table_.drop_other_files();
    difference = compare(table_, *before_);
    if (difference.empty() && before_->commit() == meta().commit) return true;
    CAIRN_ASSIGN(std::optional<OverlayPlan> plan,
                 plan_overlay(table_, difference, before_, options_));
    if (!plan) return false;
    built_.files_linked = plan->linked;
    built_.kind = BuiltKind::kOverlay;
    tell(options_, Stage::kFreeze);
    CAIRN_TRY(graph::write_overlay(layer_path(), meta(), std::move(plan->units), before_->base(),
                                   plan->removed));
    return true;
  }

  Result<void> build_base() {
    CAIRN_TRY(table_.extract([](const FileRow& row) { return !row.face; }));
    table_.drop_other_files();
    // Facts are complete: from here on no source is parsed.
    return_freed_memory();
    CAIRN_ASSIGN(std::vector<graph::EncodedUnit> encoded, link_all());
    // Faces have been read for the last time; writing needs their room.
    for (FileRow& row : table_.rows) row.face.reset();
    return_freed_memory();
    built_.files_linked = encoded.size();
    built_.kind = BuiltKind::kBase;
    tell(options_, Stage::kFreeze);
    CAIRN_TRY(graph::write_layer(layer_path(), meta(), std::move(encoded)));
    return_freed_memory();
    return {};
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

  const IndexOptions& options_;
  const Source& source_;
  const std::shared_ptr<const graph::Snapshot>& before_;
  const BuildTarget& target_;
  FileTable table_;
  std::uint64_t config_ = 0;
  Built built_;
};

void fill_report(const Prepared& prepared, Built built, const graph::Snapshot& snapshot,
                 const RunCost& cost, IndexReport& report) {
  report.wall_seconds = static_cast<double>(wall_ns() - cost.began_ns) / 1e9;
  report.cpu_seconds = static_cast<double>(cost.cpu_ns) / 1e9;
  report.peak_rss_bytes = cost.peak_rss_bytes;
  report.source = prepared.name;
  report.slug = prepared.repo.slug;
  report.commit = prepared.commit;
  report.files = snapshot.file_count();
  report.files_parsed = built.files_parsed;
  report.files_linked = built.files_linked;
  report.other_files = built.other_files;
  report.incremental = built.kind == BuiltKind::kOverlay;
  report.unchanged = built.kind == BuiltKind::kUnchanged;
  report.skipped = std::move(built.skipped);
  report.warnings = prepared.warnings;
  report.warnings.insert(report.warnings.end(), built.warnings.begin(), built.warnings.end());
  for (const graph::FileId f : snapshot.files()) {
    const graph::FileInfo info = snapshot.file(f);
    if (info.parse == graph::ParseStatus::kErrors) ++report.files_with_errors;
    if (!info.skip_reason.empty())
      report.skipped.push_back({std::string(info.path), std::string(info.skip_reason)});
  }
  std::sort(report.skipped.begin(), report.skipped.end(),
            [](const SkippedFile& a, const SkippedFile& b) { return a.path < b.path; });
  report.snapshot_bytes =
      snapshot.base().file_bytes() + (snapshot.overlay() ? snapshot.overlay()->file_bytes() : 0);
}

/// A layer may come from a process that read hostile bytes: what it says it is must be what was
/// asked for.
Result<void> check_origin(const graph::Snapshot& snapshot, const Prepared& prepared) {
  if (snapshot.repo() == prepared.name && snapshot.commit() == prepared.commit) return {};
  return Error(ErrorCode::kCorrupt, "a layer was written for another source or commit");
}

}  // namespace

std::string_view name_of(Stage stage) {
  static constexpr std::array<std::string_view, kStageCount> kNames = {
      "list", "read", "extract", "heritage", "link", "freeze", "publish"};
  return kNames[static_cast<std::size_t>(stage)];
}

/// Unique in the repository's folder: a time stamp and this process.
std::string new_layer_name() {
  const auto now =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  return graph::layer_file_name(hex64(hash_mix(now, static_cast<std::uint64_t>(::getpid()))));
}

std::shared_ptr<const graph::Snapshot> Prepared::before(const IndexOptions& options) const {
  return current && !options.clean ? current->snapshot : nullptr;
}

Result<Prepared> prepare(const IndexOptions& options, DataFolder& data) {
  // A mirror that is only just made belongs to no repository yet.
  CAIRN_TRY(data.hold_off_collections(options.stop));
  CAIRN_ASSIGN(PreparedSource source, Source::prepare(options.source, source_options(options)));
  CAIRN_ASSIGN(store::Repo repo,
               options.repo.empty() ? data.repo_of(source) : data.store().repo_by_id(options.repo));
  CAIRN_ASSIGN(std::string folder, data.repo_folder(repo));
  CAIRN_ASSIGN(FileLock lock, data.lock_repo(repo, options.stop));
  CAIRN_TRY(data.clear_leftovers(repo));
  std::string name = source.name;
  std::string commit = commit_of(source.commit);
  Prepared out{std::move(source),
               std::move(name),
               std::move(commit),
               std::move(repo),
               std::move(folder),
               std::move(lock),
               {},
               {},
               {}};
  CAIRN_ASSIGN(out.current, data.current(out.repo, out.warnings));
  CAIRN_ASSIGN(out.poison, known_poison(data.state().poison()));
  return out;
}

Result<Built> build(const IndexOptions& options, PreparedSource prepared,
                    const std::shared_ptr<const graph::Snapshot>& before, FactsCache& facts,
                    const BuildTarget& target) {
  CAIRN_ASSIGN(const Source source, Source::open(std::move(prepared), source_options(options)));
  Result<Built> built = Build(options, source, before, facts, target).run();
  if (!built) return built;
  // The layer is durable; the facts that later runs expect beside it must be too before anybody
  // makes it current.
  tell(options, Stage::kPublish);
  fail_point("publish.before_sync");
  CAIRN_TRY(facts.sync());
  return built;
}

Result<Index> publish(const Prepared& prepared, Built built, const std::string& layer_name,
                      DataFolder& data, const IndexOptions& options, const RunCost& cost) {
  const std::shared_ptr<const graph::Snapshot> before = prepared.before(options);
  const BuiltKind kind = built.kind;
  if (kind != BuiltKind::kBase && !before)
    return Error(ErrorCode::kCorrupt, "a change was built on a snapshot that is not there");
  Index index;
  index.snapshot = before;
  if (kind != BuiltKind::kUnchanged) {
    CAIRN_ASSIGN(std::shared_ptr<const graph::Layer> layer,
                 graph::Layer::open(join_path(prepared.folder, layer_name)));
    CAIRN_ASSIGN(index.snapshot, kind == BuiltKind::kOverlay
                                     ? graph::Snapshot::make(before->base_ptr(), std::move(layer))
                                     : graph::Snapshot::make(std::move(layer)));
  }
  CAIRN_TRY(check_origin(*index.snapshot, prepared));
  fill_report(prepared, std::move(built), *index.snapshot, cost, index.report);
  if (kind == BuiltKind::kUnchanged) return index;
  DataFolder::Publication publication{layer_name,
                                      {},
                                      *index.snapshot,
                                      report_json(index.report),
                                      options.fence ? &*options.fence : nullptr};
  if (kind == BuiltKind::kOverlay) {
    const std::string& base = prepared.current->row.base_file;
    publication.base = base.substr(base.rfind('/') + 1);
    publication.overlay = layer_name;
  }
  CAIRN_TRY(data.publish(prepared.repo, publication));
  return index;
}

Result<Index> index_source(const IndexOptions& asked) {
  // Without a data folder everything lives in a private one that goes when the run ends; the
  // snapshot's files stay mapped.
  CAIRN_ASSIGN(const TempFolder temp, TempFolder::make_if(asked.data_dir.empty()));
  IndexOptions options = asked;
  if (options.data_dir.empty()) options.data_dir = temp.path();
  CAIRN_ASSIGN(DataFolder data, DataFolder::open(options.data_dir));
  const std::int64_t began = wall_ns();
  const std::int64_t cpu = process_cpu_ns();
  CAIRN_ASSIGN(Prepared prepared, prepare(options, data));
  options.poison = prepared.poison;
  const BuildTarget target{prepared.folder, new_layer_name(), {}};
  Result<Index> index = Error(ErrorCode::kInternal, "index: did not run");
  with_threads(options.threads, [&] {
    Result<Built> built =
        build(options, std::move(prepared.source), prepared.before(options), data.facts(), target);
    const RunCost cost{began, process_cpu_ns() - cpu, peak_rss_bytes()};
    index = built ? publish(prepared, std::move(*built), target.layer_name, data, options, cost)
                  : Result<Index>(std::move(built).error());
  });
  return index;
}

Result<std::string> read_indexed_file(const IndexOptions& options, const graph::Snapshot& snapshot,
                                      graph::FileId file) {
  CAIRN_ASSIGN(const Source source, Source::open(options.source, source_options(options)));
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
