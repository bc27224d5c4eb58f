#pragma once
// Reading: one question to one snapshot: keeps it alive, measures the time, and fills the meta
// object of the answer. Value type of one thread. Also the helpers that every answer is made of.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "analysis/references.h"
#include "api/service/cursor.h"
#include "api/service/dto.h"
#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"
#include "indexer/workspaces.h"

namespace cairn::api {

class Reading {
 public:
  Reading(indexer::RepoViewPtr view, std::uint8_t tiers, StopToken stop);

  const graph::Snapshot& snapshot() const { return *view_->snapshot; }
  const std::shared_ptr<const graph::Snapshot>& snapshot_ptr() const { return view_->snapshot; }
  const indexer::RepoView& view() const { return *view_; }
  std::uint8_t tiers() const { return tiers_; }
  const StopToken& stop() const { return stop_; }

  /// To be filled in as trouble shows.
  Meta& meta() { return meta_; }
  void bound(const analysis::LowerBound& bound);
  void truncate(std::string_view by, std::uint64_t shown, std::optional<std::uint64_t> total);
  /// The finished meta object.
  Meta finish();

  /// What people wrote for a symbol: an id, or a name that means one symbol. kSymbolNotFound and
  /// kAmbiguous list choices.
  Result<graph::SymbolId> symbol(std::string_view text) const;
  SymbolDto brief(graph::SymbolId s) const;
  PlaceDto place(graph::FileId file, graph::Position at) const;

  /// The part of `total` items that a page shows, and the cursor of the next.
  struct Slice {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::optional<std::string> next;
  };
  /// `question` identifies everything that was asked but limit and cursor. Marks the answer as
  /// truncated when it does not reach the end.
  Result<Slice> slice(const PageRequest& page, std::uint64_t question, std::uint64_t total);

 private:
  indexer::RepoViewPtr view_;
  std::uint8_t tiers_;
  StopToken stop_;
  std::chrono::steady_clock::time_point began_;
  Meta meta_;
};

RangeDto range_dto(const graph::Range& range);
MetricsDto metrics_dto(const graph::Metrics& metrics);
TierCountsDto tier_counts_dto(const graph::TierCounts& counts);
Names flag_names(std::uint32_t flags);
/// Names of the tiers among the bits.
Names tier_names(std::uint8_t tiers);

/// Hash of what was asked, for cursors.
std::uint64_t question_of(std::initializer_list<std::string_view> parts);

}  // namespace cairn::api
