// The parent's side: prepares, runs children until one answers, publishes.
#include "indexer/worker/worker.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "base/process.h"
#include "base/text.h"
#include "graph/facts.h"
#include "graph/layer.h"
#include "indexer/pipeline.h"
#include "indexer/worker/board.h"
#include "indexer/worker/launch.h"
#include "indexer/worker/protocol.h"
#include "indexer/worker/watchdog.h"

namespace cairn::indexer {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{100};

/// This program, as the child is to be started.
Result<std::string> own_program() {
  std::array<char, 4096> buffer;
  const ssize_t size = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (size <= 0) return errno_error(errno, "finding this program's file");
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

/// A folder for the child to write to; gone with all that was not taken.
class Staging {
 public:
  static Result<Staging> make(const std::string& repo_folder) {
    const std::string name = new_layer_name();
    Staging out(join_path(
        repo_folder, std::string(DataFolder::kStagingPrefix) + name.substr(0, name.find('.'))));
    CAIRN_TRY(create_dirs(out.path_));
    return out;
  }
  Staging(Staging&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Staging& operator=(Staging&&) = delete;
  ~Staging() {
    if (path_.empty()) return;
    if (const auto removed = remove_tree(path_); !removed)
      log_warning("worker.staging_not_removed", {{"error", removed.error()}});
  }
  const std::string& path() const { return path_; }

  /// Moves what the (dead) child left under a name to its place. Absent: false.
  Result<bool> take(std::string_view name, const std::string& to) const {
    const std::string from = join_path(path_, name);
    const auto stat = stat_path(from);
    if (!stat && stat.error().code() == ErrorCode::kNotFound) return false;
    if (!stat) return stat.error().clone();
    if (stat->kind != FileKind::kRegular)
      return Error(ErrorCode::kCorrupt, "a worker process left something that is no file");
    CAIRN_TRY(publish_file(from, to));
    return true;
  }

 private:
  explicit Staging(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// One child, from start to end.
class Attempt {
 public:
  Attempt(const WorkerRequest& request, const WorkerSetup& setup, const IndexOptions& options,
          const std::vector<std::string>& command, Board board, Fd info)
      : request_(request),
        setup_(setup),
        options_(options),
        command_(command),
        board_(std::move(board)),
        info_(std::move(info)),
        watchdog_(board_, setup) {}

  struct Outcome {
    std::optional<Built> built;
    Failure failure;  // when there is none
    bool started = false;
    std::string errors;  // what it wrote to standard error
  };

  /// Errors: those no further attempt can mend.
  Result<Outcome> run(RunCost& cost) {
    ProcessSpec spec;
    spec.arguments = launch_command(request_.sandbox, command_, request_);
    spec.environment = inherited_environment({"PATH", "LD_LIBRARY_PATH", "CAIRN_FAILPOINT",
                                              "CAIRN_FAULT", "CAIRN_FAIL_CONTENT", "ASAN_OPTIONS",
                                              "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"});
    spec.descriptors = {board_.descriptor(), info_.get()};
    const std::string input = encode(request_);
    spec.input = input;
    spec.max_output = kMaxOutcomeBytes;
    spec.on_tick = [this](int pid) { return tick(pid); };
    spec.stop = options_.stop;
    spec.grace = std::chrono::milliseconds(0);
    Result<ProcessResult> ran = run_process(spec);
    Outcome out;
    out.started = board_.beat() != 0;
    if (!ran && !verdict_) {
      if (ran.error().code() != ErrorCode::kLimitExceeded) return std::move(ran).error();
      return Error(ErrorCode::kCorrupt,
                   "the answer of a worker process is refused: " + ran.error().message());
    }
    if (ran) {
      cost.cpu_ns += ran->cpu_ns;
      cost.peak_rss_bytes = std::max(cost.peak_rss_bytes, ran->peak_rss_bytes);
      out.errors = std::move(ran->err);
      if (ran->exit_code == 0) {
        CAIRN_ASSIGN(out.built, decode_outcome(ran->out));
        return out;
      }
    }
    out.failure = verdict_ ? std::move(*verdict_) : ended(*ran);
    return out;
  }

 private:
  Failure ended(const ProcessResult& ran) const {
    // bubblewrap tells a signal as shells do.
    const bool told = request_.sandbox == SandboxLevel::kNamespaces && ran.exit_code > 128;
    return told ? watchdog_.ended(-1, ran.exit_code - 128)
                : watchdog_.ended(ran.exit_code, ran.signal);
  }

  Result<void> tick(int pid) {
    const Clock::time_point now = Clock::now();
    if (now - looked_ < kLookEvery) return {};
    looked_ = now;
    if (process_ == 0) {
      process_ = request_.sandbox == SandboxLevel::kNamespaces ? process_inside(info_.get()) : pid;
      if (process_ != 0 && setup_.started) setup_.started(process_);
    }
    verdict_ = watchdog_.look(now, process_ == 0 ? 0 : private_memory_of(process_));
    if (verdict_) return Error(ErrorCode::kInternal, "worker: " + verdict_->how);
    const Progress progress = board_.progress();
    const bool news = progress.stage != told_.stage || progress.done != told_.done ||
                      progress.total != told_.total;
    told_ = progress;
    if (news && options_.progress) options_.progress(progress);
    return {};
  }

  const WorkerRequest& request_;
  const WorkerSetup& setup_;
  const IndexOptions& options_;
  const std::vector<std::string>& command_;
  Board board_;
  Fd info_;
  Watchdog watchdog_;
  std::optional<Failure> verdict_;
  Clock::time_point looked_{};
  int process_ = 0;
  Progress told_;
};

class WorkerRun {
 public:
  WorkerRun(IndexOptions options, const WorkerSetup& setup)
      : options_(std::move(options)), setup_(setup) {}

  Result<Index> run(DataFolder& data) {
    cost_.began_ns = wall_ns();
    CAIRN_TRY(find_command());
    CAIRN_ASSIGN(Prepared prepared, prepare(options_, data));
    CAIRN_ASSIGN(const Staging staging, Staging::make(prepared.folder));
    CAIRN_TRY(make_request(prepared, data, staging));
    CAIRN_ASSIGN(Built built, build_in_children(data.state().poison()));
    const std::string& name = request_.target.layer_name;
    const std::string layer = join_path(prepared.folder, name);
    if (built.kind != BuiltKind::kUnchanged) {
      CAIRN_ASSIGN(const bool taken, staging.take(name, layer));
      if (!taken) return Error(ErrorCode::kCorrupt, "a worker process wrote no layer");
    }
    if (options_.progress) options_.progress({Stage::kPublish, 0, 0});
    Result<Index> index = publish(prepared, std::move(built), name, data, options_, cost_);
    if (!index) {
      // Nothing refers to it. Whatever is wrong with removing it, the first error says more.
      if (const auto removed = remove_file(layer); !removed)
        log_warning("worker.layer_not_removed", {{"error", removed.error()}});
      return index;
    }
    CAIRN_TRY(take_stat_cache(staging));
    return index;
  }

 private:
  Result<void> find_command() {
    command_ = setup_.command;
    if (!command_.empty()) return {};
    CAIRN_ASSIGN(std::string program, own_program());
    command_ = {std::move(program), "worker"};
    return {};
  }

  Result<void> make_request(Prepared& prepared, const DataFolder& data, const Staging& staging) {
    request_.options = options_;
    request_.options.poison = prepared.poison;
    if (options_.threads == 0)
      request_.options.threads = std::max(1u, std::thread::hardware_concurrency());
    request_.source = std::move(prepared.source);
    request_.facts_folder = data.facts_folder();
    request_.target = {staging.path(), new_layer_name(), join_path(staging.path(), "stat")};
    request_.limits = {setup_.memory_bytes, setup_.cpu_seconds, setup_.file_bytes};
    request_.sandbox = std::min(setup_.sandbox, probe_sandbox().level);
    request_.readable = {request_.source.name, "/sys/devices/system/cpu"};
    if (request_.source.repo) {
      const std::vector<std::string> folders = request_.source.repo->folders();
      request_.readable.insert(request_.readable.end(), folders.begin(), folders.end());
      request_.source.repo.reset();
    }
    if (!request_.source.repository.empty())
      request_.readable.push_back(request_.source.repository);
    if (!request_.source.stat_cache.empty())
      request_.readable.push_back(request_.source.stat_cache);
    if (const auto before = prepared.before(options_)) {
      request_.base = before->base().path();
      if (before->overlay() != nullptr) request_.overlay = before->overlay()->path();
      request_.readable.push_back(request_.base);
      if (!request_.overlay.empty()) request_.readable.push_back(request_.overlay);
    }
    request_.writable = {staging.path(), request_.facts_folder};
    return create_dirs(request_.facts_folder);
  }

  Result<Built> build_in_children(store::PoisonStore& poison) {
    unsigned failures = 0;
    unsigned blamed = 0;
    for (;;) {
      CAIRN_TRY(options_.stop.check("indexing"));
      CAIRN_ASSIGN(Attempt::Outcome outcome, attempt());
      if (outcome.built) return std::move(*outcome.built);
      const Failure& failure = outcome.failure;
      log_warning("worker.ended", {{"source", printable(request_.source.name)},
                                   {"how", failure.how},
                                   {"stderr", printable(outcome.errors.substr(0, 500))}});
      if (!outcome.started && request_.sandbox == SandboxLevel::kNamespaces) {
        // bubblewrap itself gave up, perhaps over one of the folders; the filters need it not.
        request_.sandbox = SandboxLevel::kFilters;
        continue;
      }
      CAIRN_ASSIGN(const bool named, blame(failure, poison));
      failures = named ? 0 : failures + 1;
      blamed += named ? 1 : 0;
      if (blamed > setup_.max_blamed || failures >= std::max(1u, setup_.max_failures))
        return Error(ErrorCode::kInternal,
                     printable(request_.source.name) +
                         ": the worker process gave up: " + failure.how +
                         (blamed == 0 ? "" : "; " + human_count(blamed) + " files were blamed"));
    }
  }

  Result<Attempt::Outcome> attempt() {
    request_.parent = request_.sandbox == SandboxLevel::kNamespaces ? 0 : ::getpid();
    CAIRN_ASSIGN(Board board, Board::create());
    Fd info(::memfd_create("cairn-info", MFD_CLOEXEC));
    if (!info.is_open()) return errno_error(errno, "making memory to share with a worker");
    Attempt one(request_, setup_, options_, command_, std::move(board), std::move(info));
    return one.run(cost_);
  }

  /// True when a file is at fault that was not known to be, and is skipped from now on.
  Result<bool> blame(const Failure& failure, store::PoisonStore& store) {
    if (!failure.reason) return false;
    std::vector<Suspect> suspects = failure.suspects;
    std::erase_if(suspects, [](const Suspect& s) { return s.content == ContentId{}; });
    if (suspects.size() != 1 || failure.suspects.size() != 1) {
      narrow_down(suspects);
      return false;
    }
    const Suspect& one = suspects.front();
    const Poison poison{one.content, one.language, graph::kExtractorVersion, *failure.reason};
    auto& known = request_.options.poison;
    if (std::find(known.begin(), known.end(), poison) != known.end()) return false;
    log_warning("worker.blamed",
                {{"path", printable(one.path)}, {"reason", name_of(poison.reason)}});
    CAIRN_TRY(remember_poison(store, poison));
    known.push_back(poison);
    narrowed_ = false;
    std::erase(request_.options.suspects, one.content);
    return true;
  }

  /// Several files were being worked on: the next attempt takes them one at a time, and if that
  /// tells nothing, everything.
  void narrow_down(const std::vector<Suspect>& suspects) {
    const bool extracting = std::all_of(suspects.begin(), suspects.end(), [](const Suspect& s) {
      return s.stage == Stage::kExtract;
    });
    if (!extracting || narrowed_) request_.options.threads = 1;
    narrowed_ = !suspects.empty();
    for (const Suspect& s : suspects) request_.options.suspects.push_back(s.content);
  }

  Result<void> take_stat_cache(const Staging& staging) const {
    if (request_.source.stat_cache.empty()) return {};
    CAIRN_TRY(create_dirs(parent_path(request_.source.stat_cache)));
    CAIRN_ASSIGN(const bool taken, staging.take("stat", request_.source.stat_cache));
    (void)taken;  // a run may have nothing to keep
    return {};
  }

  IndexOptions options_;
  const WorkerSetup& setup_;
  std::vector<std::string> command_;
  WorkerRequest request_;
  bool narrowed_ = false;
  RunCost cost_;
};

}  // namespace

Result<Index> index_in_worker(const IndexOptions& options, const WorkerSetup& setup,
                              std::shared_ptr<store::State> state) {
  if (options.data_dir.empty())
    return Error(ErrorCode::kInvalidArgument, "a worker process needs a data folder");
  // Folders are named to another process, which may stand elsewhere.
  IndexOptions absolute = options;
  CAIRN_TRY(create_dirs(options.data_dir));
  CAIRN_ASSIGN(absolute.data_dir, real_path(options.data_dir));
  constexpr auto kUse = DataFolder::Use::kState;
  CAIRN_ASSIGN(DataFolder data, state ? DataFolder::open(absolute.data_dir, std::move(state), kUse)
                                      : DataFolder::open(absolute.data_dir, kUse));
  return WorkerRun(std::move(absolute), setup).run(data);
}

}  // namespace cairn::indexer
