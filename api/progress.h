#pragma once
// Shows the progress of indexing on standard error: one line that is redrawn on a terminal, plain
// lines at long intervals otherwise, nothing when quiet. Thread-safe: progress arrives from any
// worker.
#include <cstdint>
#include <mutex>
#include <string>

#include "api/console.h"
#include "base/clock.h"
#include "indexer/index.h"

namespace cairn::api {

class ProgressLine {
 public:
  ProgressLine(Console& console, const Clock& clock, bool quiet)
      : console_(console), clock_(clock), quiet_(quiet) {}
  ~ProgressLine() { finish(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const indexer::Progress& progress);
  /// Removes the line from the terminal.
  void finish();

 private:
  std::string text_of(const indexer::Progress& progress, std::int64_t now_ms) const;
  std::int64_t now_ms() const;

  Console& console_;
  const Clock& clock_;
  const bool quiet_;
  std::mutex mutex_;
  bool started_ = false;
  bool drawn_ = false;
  indexer::Stage stage_ = indexer::Stage::kList;
  std::int64_t stage_began_ms_ = 0;
  std::int64_t last_shown_ms_ = 0;
};

}  // namespace cairn::api
