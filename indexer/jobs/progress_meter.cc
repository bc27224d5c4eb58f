#include "indexer/jobs/progress_meter.h"

namespace cairn::indexer {
namespace {

using std::chrono::milliseconds;

constexpr auto kWindow = milliseconds(5000);
constexpr auto kShortestMeasure = milliseconds(1000);
constexpr auto kSampleEvery = milliseconds(200);
constexpr auto kTellEvery = milliseconds(100);
constexpr int kStages = static_cast<int>(Stage::kPublish) + 1;

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ProgressMeter::ProgressMeter(const store::Job& job, Time now) : begin_(now), told_(now) {
  state_.job = job.id;
  state_.repo = job.repo;
  state_.stages = kStages;
}

bool ProgressMeter::update(const Progress& progress, Time now) {
  const std::lock_guard lock(mutex_);
  const int number = static_cast<int>(progress.stage) + 1;
  const bool new_stage = number != state_.stage_number;
  if (new_stage) {
    state_.stage = name_of(progress.stage);
    state_.stage_number = number;
    samples_.clear();
  }
  // Reports come from several threads: a late one must not turn the count back.
  state_.done = new_stage ? progress.done : std::max(state_.done, progress.done);
  state_.total = progress.total;
  if (samples_.empty() || now - samples_.back().at >= kSampleEvery)
    samples_.push_back({now, state_.done});
  // The oldest sample stays the last one outside the window, so that there is always a span.
  while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
  const bool finished = state_.total != 0 && state_.done == state_.total;
  if (!new_stage && !finished && now - told_ < kTellEvery) return false;
  told_ = now;
  return true;
}

JobProgress ProgressMeter::view(Time now) const {
  const std::lock_guard lock(mutex_);
  JobProgress out = state_;
  out.elapsed_seconds = seconds(now - begin_);
  if (samples_.empty()) return out;
  const Sample& first = samples_.front();
  const auto span = now - first.at;
  if (span < kShortestMeasure || state_.done <= first.done) return out;
  out.rate = static_cast<double>(state_.done - first.done) / seconds(span);
  if (state_.total >= state_.done)
    out.eta_seconds = static_cast<double>(state_.total - state_.done) / out.rate;
  return out;
}

}  // namespace cairn::indexer
