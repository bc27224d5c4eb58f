// The worker process: reads its request, locks itself in, builds, answers.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "base/log.h"
#include "indexer/facts_cache.h"
#include "indexer/parallel.h"
#include "indexer/pipeline.h"
#include "indexer/worker/board.h"
#include "indexer/worker/confine.h"
#include "indexer/worker/exit_codes.h"
#include "indexer/worker/launch.h"
#include "indexer/worker/protocol.h"
#include "indexer/worker/worker.h"

namespace cairn::indexer {
namespace {

/// Facts that die with a worker are at most this much, so that a later attempt has the rest.
constexpr std::size_t kFactsBatch = std::size_t{128} << 10;

Result<std::string> read_to_end(int fd) {
  std::string out;
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  for (;;) {
    const std::size_t size = out.size();
    out.resize(size + kPiece);
    const ssize_t got = ::read(fd, out.data() + size, kPiece);
    out.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "worker: reading the request");
    if (got == 0) return out;
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Beats while it lives: the process as a whole is running.
class Pulse {
 public:
  explicit Pulse(BoardWriter& board) : thread_([this, &board] { run(board); }) {}
  ~Pulse() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

 private:
  void run(BoardWriter& board) {
    std::unique_lock lock(mutex_);
    while (!over_) {
      board.beat();
      wake_.wait_for(lock, std::chrono::milliseconds(50));
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;  // last: the others must be there when it begins
};

Result<std::shared_ptr<const graph::Snapshot>> open_before(const WorkerRequest& request) {
  if (request.base.empty()) return std::shared_ptr<const graph::Snapshot>();
  return graph::Snapshot::open(request.base, request.overlay);
}

Result<Built> build_locked_in(WorkerRequest& request, BoardWriter& board) {
  CAIRN_TRY(confine_resources(request));
  if (request.sandbox != SandboxLevel::kLimits) CAIRN_TRY(confine_access(request));
  const Pulse pulse(board);
  CAIRN_ASSIGN(const std::shared_ptr<const graph::Snapshot> before, open_before(request));
  FactsCache::Options facts_options;
  facts_options.batch_bytes = kFactsBatch;
  CAIRN_ASSIGN(const std::unique_ptr<FactsCache> facts,
               FactsCache::open(request.facts_folder, facts_options));
  request.options.watch = &board;
  request.options.progress = [&board](const Progress& progress) { board.tell(progress); };
  Result<Built> built = Error(ErrorCode::kInternal, "worker: did not run");
  with_threads(request.options.threads, [&] {
    built = build(request.options, std::move(request.source), before, *facts, request.target);
  });
  if (built) CAIRN_TRY(facts->close());
  return built;
}

Result<Built> run() {
  CAIRN_ASSIGN(const std::string text, read_to_end(STDIN_FILENO));
  CAIRN_ASSIGN(WorkerRequest request, decode_request(text));
  CAIRN_ASSIGN(const std::unique_ptr<BoardWriter> board, BoardWriter::open(kBoardDescriptor));
  return build_locked_in(request, *board);
}

[[noreturn]] void out_of_memory() { ::_exit(kExitMemory); }

}  // namespace

void worker_main() {
  // Marks on the board stay: they say what the memory went to.
  std::set_new_handler(out_of_memory);
  const Result<Built> built = run();
  const bool told = write_all(STDOUT_FILENO, built ? encode(*built) : encode(built.error()));
  // Nothing is left to do; what parsers left behind in this process is not looked at again.
  ::_exit(told ? 0 : kExitSilent);
}

}  // namespace cairn::indexer
