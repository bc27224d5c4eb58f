#pragma once
// SymbolIndex: search by name over one snapshot, the way people type: exact, prefix, initials of
// camel-hump or snake-case words, part of a name, letters in order, one typing mistake. Built once
// per snapshot in O(symbols log symbols); a search looks at each distinct name once, and at most
// names only at a 64-bit set of its letters. Immutable and thread-safe after construction; keeps
// the snapshot alive.
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::api {

/// How a name fits, best first.
enum class NameMatch : std::uint8_t { kExact, kPrefix, kCamel, kSubstring, kFuzzy, kAll, kNo };
std::string_view name_of(NameMatch match);

/// Judges one name. `query` and `lower` are lower case, `name` as written; quality counts what
/// separates the fit from a perfect one.
struct NameFit {
  NameMatch match = NameMatch::kNo;
  std::uint32_t quality = 0;
};
NameFit fit_of(std::string_view query, std::string_view name, std::string_view lower);

class SymbolIndex {
 public:
  explicit SymbolIndex(std::shared_ptr<const graph::Snapshot> snapshot);

  struct Query {
    /// A name, the end of a qualified one, or an id. Empty: every symbol, by place.
    std::string text;
    /// Bits of SymbolKind; 0 = all.
    std::uint64_t kinds = 0;
    /// A file, or a folder with all below; "" = everywhere.
    std::string path;
  };
  struct Hit {
    graph::SymbolId symbol;
    NameMatch match = NameMatch::kAll;
  };
  struct Found {
    std::vector<Hit> hits;    // the part asked for, best first
    std::uint64_t total = 0;  // of all that fit
  };
  /// kCancelled, kTimeout.
  Result<Found> search(const Query& query, std::uint64_t offset, std::uint64_t limit,
                       const StopToken& stop) const;

 private:
  struct NameRow {
    std::string_view name;
    std::uint32_t lower = 0;  // offset in lower_, as long as the name
    std::uint32_t first = 0;  // in ranks_
    std::uint32_t count = 0;
    std::uint64_t letters = 0;
  };
  class Search;
  std::string_view lower_of(const NameRow& row) const {
    return std::string_view(lower_).substr(row.lower, row.name.size());
  }

  std::shared_ptr<const graph::Snapshot> snapshot_;
  // By rank, the position in path and place order.
  std::vector<graph::SymbolId> symbols_;
  std::vector<std::uint8_t> kinds_;
  std::vector<std::uint8_t> penalties_;
  std::vector<std::uint32_t> file_begin_;  // by position in files(), one past the end added
  std::vector<NameRow> names_;
  std::vector<std::uint32_t> ranks_;  // grouped by name
  std::string lower_;
  std::deque<std::string> made_names_;  // of modules, which have none of their own
};

}  // namespace cairn::api
