#pragma once
// What is computed from a snapshot once and kept while it is current: the search index and the
// whole-graph answers that pages are cut from. ExtrasCache holds them for the repositories that
// were asked last. Thread-safe; two askers of the same thing share one computation, the second
// waits. A computation that was stopped leaves nothing behind.
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "analysis/complexity.h"
#include "analysis/structure.h"
#include "api/service/symbol_index.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::api {

/// A value made on first use.
template <class T>
class Lazy {
 public:
  /// Gives the value, made by `make` unless it is there.
  template <class Make>
  Result<std::shared_ptr<const T>> get(Make&& make) {
    const std::lock_guard lock(mutex_);
    if (value_) return value_;
    Result<T> made = make();
    if (!made) return std::move(made).error();
    value_ = std::make_shared<const T>(std::move(*made));
    return value_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

class Extras {
 public:
  explicit Extras(std::shared_ptr<const graph::Snapshot> snapshot)
      : snapshot_(std::move(snapshot)) {}

  const std::shared_ptr<const graph::Snapshot>& snapshot() const { return snapshot_; }
  Result<std::shared_ptr<const SymbolIndex>> symbols();
  Result<std::shared_ptr<const std::vector<analysis::ComplexityRow>>> complexity();
  Result<std::shared_ptr<const analysis::DeadCodeAnswer>> dead_code(bool with_exported,
                                                                    const StopToken& stop);
  Result<std::shared_ptr<const std::vector<analysis::FileCycle>>> file_cycles(
      const StopToken& stop);
  Result<std::shared_ptr<const std::vector<analysis::SymbolCycle>>> call_cycles(
      std::uint8_t tiers, const StopToken& stop);

 private:
  std::shared_ptr<const graph::Snapshot> snapshot_;
  Lazy<SymbolIndex> symbols_;
  Lazy<std::vector<analysis::ComplexityRow>> complexity_;
  Lazy<analysis::DeadCodeAnswer> dead_code_[2];
  Lazy<std::vector<analysis::FileCycle>> file_cycles_;
  Lazy<std::vector<analysis::SymbolCycle>> call_cycles_[graph::kTierCount];
};

class ExtrasCache {
 public:
  explicit ExtrasCache(std::size_t most = 32) : most_(most) {}
  /// Those of the repo's present snapshot; an older snapshot's are dropped.
  std::shared_ptr<Extras> of(const std::string& repo_id,
                             const std::shared_ptr<const graph::Snapshot>& snapshot);
  /// When a repo is removed.
  void drop(const std::string& repo_id);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::list<std::pair<std::string, std::shared_ptr<Extras>>> recent_;  // last used first
};

}  // namespace cairn::api
