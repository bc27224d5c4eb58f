#include "api/progress.h"

#include <algorithm>

#include "base/text.h"

namespace cairn::api {
namespace {

constexpr std::int64_t kRedrawMs = 100;
constexpr std::int64_t kPlainLineMs = 5000;
constexpr int kBarWidth = 24;

/// An estimate, so no more digits than it is worth.
std::string eta_text(std::uint64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  return human_count(seconds / 60) + " min";
}

}  // namespace

std::int64_t ProgressLine::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             clock_.steady_now().time_since_epoch())
      .count();
}

void ProgressLine::update(const indexer::Progress& progress) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  const std::int64_t now = now_ms();
  if (!started_ || progress.stage != stage_) {
    stage_ = progress.stage;
    stage_began_ms_ = now;
    // Plain lines begin only when a run takes long: a quick one prints none.
    if (!started_) last_shown_ms_ = now;
    started_ = true;
  }
  const bool terminal = console_.err_is_terminal();
  if (now - last_shown_ms_ < (terminal ? kRedrawMs : kPlainLineMs)) return;
  last_shown_ms_ = now;
  if (terminal) {
    console_.err("\r" + text_of(progress, now) + "\033[K");
    drawn_ = true;
  } else {
    console_.err(text_of(progress, now) + "\n");
  }
}

void ProgressLine::finish() {
  const std::lock_guard lock(mutex_);
  if (drawn_) console_.err("\r\033[K");
  drawn_ = false;
}

std::string ProgressLine::text_of(const indexer::Progress& progress, std::int64_t now) const {
  std::string text(indexer::name_of(progress.stage));
  if (progress.total == 0)
    return progress.done == 0 ? text : text + " " + human_count(progress.done);
  const std::uint64_t done = std::min(progress.done, progress.total);
  if (console_.err_is_terminal()) {
    const auto filled = static_cast<std::size_t>(done * kBarWidth / progress.total);
    text += " [" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
  }
  text += " " + human_count(done) + "/" + human_count(progress.total);
  const std::int64_t spent = now - stage_began_ms_;
  if (spent <= 0 || done == 0) return text;
  const std::uint64_t rate = done * 1000 / static_cast<std::uint64_t>(spent);
  text += ", " + human_count(rate) + "/s";
  const std::uint64_t left = progress.total - done;
  return text + ", " + eta_text(left * static_cast<std::uint64_t>(spent) / done / 1000) + " left";
}

}  // namespace cairn::api
