#include "api/service/extras.h"

#include <algorithm>
#include <bit>

namespace cairn::api {

Result<std::shared_ptr<const SymbolIndex>> Extras::symbols() {
  return symbols_.get([&]() -> Result<SymbolIndex> { return SymbolIndex(snapshot_); });
}

Result<std::shared_ptr<const std::vector<analysis::ComplexityRow>>> Extras::complexity() {
  return complexity_.get([&]() -> Result<std::vector<analysis::ComplexityRow>> {
    return analysis::complexity_table(*snapshot_);
  });
}

Result<std::shared_ptr<const analysis::DeadCodeAnswer>> Extras::dead_code(bool with_exported,
                                                                          const StopToken& stop) {
  return dead_code_[with_exported ? 1 : 0].get(
      [&] { return analysis::dead_code(*snapshot_, with_exported, stop); });
}

Result<std::shared_ptr<const std::vector<analysis::FileCycle>>> Extras::file_cycles(
    const StopToken& stop) {
  return file_cycles_.get([&] { return analysis::import_cycles(*snapshot_, stop); });
}

Result<std::shared_ptr<const std::vector<analysis::SymbolCycle>>> Extras::call_cycles(
    std::uint8_t tiers, const StopToken& stop) {
  // Tiers asked for are the best n, so their number names them.
  const auto count = static_cast<std::size_t>(std::popcount(tiers));
  return call_cycles_[std::clamp<std::size_t>(count, 1, graph::kTierCount) - 1].get(
      [&] { return analysis::call_cycles(*snapshot_, tiers, stop); });
}

std::shared_ptr<Extras> ExtrasCache::of(const std::string& repo_id,
                                        const std::shared_ptr<const graph::Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(recent_.begin(), recent_.end(),
                               [&](const auto& entry) { return entry.first == repo_id; });
  if (at != recent_.end() && at->second->snapshot() == snapshot) {
    recent_.splice(recent_.begin(), recent_, at);
    return at->second;
  }
  if (at != recent_.end()) recent_.erase(at);
  recent_.emplace_front(repo_id, std::make_shared<Extras>(snapshot));
  if (recent_.size() > most_) recent_.pop_back();
  return recent_.front().second;
}

void ExtrasCache::drop(const std::string& repo_id) {
  const std::lock_guard lock(mutex_);
  recent_.remove_if([&](const auto& entry) { return entry.first == repo_id; });
}

}  // namespace cairn::api
