#pragma once
// The board: memory shared by a worker process and the one that watches it. The worker writes which
// file each thread is at, how far the run is, and a beat that says it is alive; the watcher reads.
// The watcher trusts nothing it reads there: every value is copied once and checked. The memory is
// sealed against resizing, so that reading it cannot fault.
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "indexer/work_watch.h"

namespace cairn::indexer {

inline constexpr std::size_t kBoardSlots = 1024;

struct BoardMemory;

/// A file that a thread is, or was at the end, at.
struct Suspect {
  Stage stage = Stage::kExtract;
  graph::Language language = graph::Language::kUnknown;
  ContentId content;  // zero when not known
  std::string path;   // as far as it fits
  friend bool operator==(const Suspect&, const Suspect&) = default;
};

/// The watcher's side. One thread.
class Board {
 public:
  static Result<Board> create();
  Board(Board&&) noexcept;
  Board& operator=(Board&&) = delete;
  ~Board();

  int descriptor() const { return fd_.get(); }
  std::uint64_t beat() const;
  Progress progress() const;
  /// Changes when a file is begun or done and when progress is told.
  std::uint64_t steps() const;
  /// Per slot a number that is odd while its thread is at a file and never repeats.
  std::vector<std::uint32_t> marks() const;
  /// What stands at a slot, if its values make sense. Stable once the worker is dead.
  std::optional<Suspect> suspect(std::size_t slot) const;
  /// Every slot that is at a file.
  std::vector<Suspect> suspects() const;

 private:
  Board(Fd fd, BoardMemory* memory) : fd_(std::move(fd)), memory_(memory) {}
  Fd fd_;
  BoardMemory* memory_;
};

/// The worker's side. Thread-safe; one per process.
class BoardWriter final : public WorkWatch {
 public:
  /// Maps the memory behind a descriptor. kInvalidArgument when it is no board.
  static Result<std::unique_ptr<BoardWriter>> open(int fd);
  ~BoardWriter() override;

  void begin(const WorkItem& item) override;
  void end() override;
  void beat();
  void tell(const Progress& progress);

 private:
  explicit BoardWriter(BoardMemory* memory) : memory_(memory) {}
  BoardMemory* memory_;
  std::atomic<std::uint32_t> next_slot_{0};
};

}  // namespace cairn::indexer
