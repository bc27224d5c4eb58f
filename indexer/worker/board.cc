#include "indexer/worker/board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace cairn::indexer {

/// One writer: the thread that took the slot.
struct alignas(64) BoardSlot {
  std::atomic<std::uint32_t> mark;  // odd: at a file
  std::atomic<std::uint8_t> stage;
  std::atomic<std::uint8_t> language;
  std::atomic<std::uint8_t> path_size;
  std::array<std::uint8_t, 20> content;
  std::array<char, 156> path;
};

struct BoardMemory {
  std::uint64_t magic;
  alignas(64) std::atomic<std::uint64_t> beat;
  alignas(64) std::atomic<std::uint64_t> steps;
  alignas(64) std::atomic<std::uint8_t> stage;
  std::atomic<std::uint64_t> done;
  std::atomic<std::uint64_t> total;
  std::array<BoardSlot, kBoardSlots> slots;
};

namespace {

constexpr std::uint8_t kLanguages = 0
#define CAIRN_LANGUAGE(name, text, family, separator) +1
#include "graph/schema.def"
    ;
constexpr std::uint64_t kMagic = 0x316472616f426e43;  // "CnBoard1"
static_assert(std::atomic<std::uint64_t>::is_always_lock_free &&
                  std::atomic<std::uint32_t>::is_always_lock_free &&
                  std::atomic<std::uint8_t>::is_always_lock_free,
              "a lock would not be shared between processes");

constexpr auto kRelaxed = std::memory_order_relaxed;

Result<BoardMemory*> map(int fd) {
  void* at = ::mmap(nullptr, sizeof(BoardMemory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return errno_error(errno, "mapping memory shared with a worker");
  return static_cast<BoardMemory*>(at);
}

}  // namespace

Result<Board> Board::create() {
  Fd fd(::memfd_create("cairn-board", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.is_open()) return errno_error(errno, "making memory to share with a worker");
  if (::ftruncate(fd.get(), sizeof(BoardMemory)) != 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return errno_error(errno, "preparing memory to share with a worker");
  CAIRN_ASSIGN(BoardMemory * memory, map(fd.get()));
  memory->magic = kMagic;
  return Board(std::move(fd), memory);
}

Board::Board(Board&& other) noexcept
    : fd_(std::move(other.fd_)), memory_(std::exchange(other.memory_, nullptr)) {}

Board::~Board() {
  if (memory_ != nullptr) ::munmap(memory_, sizeof(BoardMemory));
}

std::uint64_t Board::beat() const { return memory_->beat.load(kRelaxed); }
std::uint64_t Board::steps() const { return memory_->steps.load(kRelaxed); }

Progress Board::progress() const {
  Progress out;
  out.stage = static_cast<Stage>(
      std::min<std::uint8_t>(memory_->stage.load(kRelaxed), std::uint8_t{kStageCount - 1}));
  out.total = memory_->total.load(kRelaxed);
  out.done = std::min(memory_->done.load(kRelaxed), out.total);
  return out;
}

std::vector<std::uint32_t> Board::marks() const {
  std::vector<std::uint32_t> out(kBoardSlots);
  for (std::size_t i = 0; i < kBoardSlots; ++i)
    out[i] = memory_->slots[i].mark.load(std::memory_order_acquire);
  return out;
}

std::optional<Suspect> Board::suspect(std::size_t slot) const {
  const BoardSlot& from = memory_->slots[slot];
  if (from.mark.load(std::memory_order_acquire) % 2 == 0) return std::nullopt;
  const std::uint8_t stage = from.stage.load(kRelaxed);
  const std::uint8_t language = from.language.load(kRelaxed);
  if (stage >= kStageCount || language >= kLanguages) return std::nullopt;
  Suspect out;
  out.stage = static_cast<Stage>(stage);
  out.language = static_cast<graph::Language>(language);
  std::copy(from.content.begin(), from.content.end(), out.content.bytes.begin());
  out.path.assign(from.path.data(),
                  std::min<std::size_t>(from.path_size.load(kRelaxed), from.path.size()));
  return out;
}

std::vector<Suspect> Board::suspects() const {
  std::vector<Suspect> out;
  for (std::size_t i = 0; i < kBoardSlots; ++i)
    if (std::optional<Suspect> one = suspect(i)) out.push_back(std::move(*one));
  return out;
}

Result<std::unique_ptr<BoardWriter>> BoardWriter::open(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return errno_error(errno, "worker: no board");
  if (info.st_size != sizeof(BoardMemory))
    return Error(ErrorCode::kInvalidArgument, "worker: the board has another size");
  CAIRN_ASSIGN(BoardMemory * memory, map(fd));
  if (memory->magic != kMagic)
    return Error(ErrorCode::kInvalidArgument, "worker: the board is none");
  return std::unique_ptr<BoardWriter>(new BoardWriter(memory));
}

BoardWriter::~BoardWriter() { ::munmap(memory_, sizeof(BoardMemory)); }

namespace {
/// Slot of the calling thread; threads beyond the last are not watched.
thread_local std::uint32_t t_slot = UINT32_MAX;
}  // namespace

void BoardWriter::begin(const WorkItem& item) {
  if (t_slot == UINT32_MAX) t_slot = next_slot_.fetch_add(1, kRelaxed);
  if (t_slot >= kBoardSlots) return;
  BoardSlot& slot = memory_->slots[t_slot];
  slot.stage.store(static_cast<std::uint8_t>(item.stage), kRelaxed);
  slot.language.store(static_cast<std::uint8_t>(item.language), kRelaxed);
  std::copy(item.content.bytes.begin(), item.content.bytes.end(), slot.content.begin());
  const std::size_t size = std::min(item.path.size(), slot.path.size());
  std::copy_n(item.path.data(), size, slot.path.data());
  slot.path_size.store(static_cast<std::uint8_t>(size), kRelaxed);
  // Odd, whatever stood there: work that ended by an exception never said so.
  slot.mark.store((slot.mark.load(kRelaxed) + 1) | 1u, std::memory_order_release);
  memory_->steps.fetch_add(1, kRelaxed);
}

void BoardWriter::end() {
  if (t_slot >= kBoardSlots) return;
  BoardSlot& slot = memory_->slots[t_slot];
  slot.mark.store((slot.mark.load(kRelaxed) | 1u) + 1, std::memory_order_release);
}

void BoardWriter::beat() { memory_->beat.fetch_add(1, kRelaxed); }

void BoardWriter::tell(const Progress& progress) {
  memory_->stage.store(static_cast<std::uint8_t>(progress.stage), kRelaxed);
  memory_->total.store(progress.total, kRelaxed);
  memory_->done.store(progress.done, kRelaxed);
  memory_->steps.fetch_add(1, kRelaxed);
}

}  // namespace cairn::indexer
