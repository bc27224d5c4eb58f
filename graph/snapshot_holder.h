#pragma once
// The current snapshot of one repository. Readers take a reference and keep it for the whole query;
// a writer swaps in the next one; the old mapping goes when its last reader lets go. Thread-safe.
#include <memory>
#include <mutex>
#include <utility>

#include "graph/snapshot.h"

namespace cairn::graph {

class SnapshotHolder {
 public:
  SnapshotHolder() = default;
  explicit SnapshotHolder(std::shared_ptr<const Snapshot> first) : current_(std::move(first)) {}

  /// Null until the first swap.
  std::shared_ptr<const Snapshot> acquire() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  /// Makes `next` current; returns the one it replaces.
  std::shared_ptr<const Snapshot> swap(std::shared_ptr<const Snapshot> next) {
    const std::lock_guard lock(mutex_);
    return std::exchange(current_, std::move(next));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
};

}  // namespace cairn::graph
