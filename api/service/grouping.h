#pragma once
// Files put together as packages, folders or single files, with the edges between the groups. Pure
// functions of the snapshot.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/snapshot.h"

namespace cairn::api {

enum class Level : std::uint8_t { kPackage, kDirectory, kFile };
std::string_view name_of(Level level);

inline constexpr std::size_t kEdgeKinds = 32;

struct Group {
  std::string name;  // package, folder ("." for the root) or path
  graph::Language language = graph::Language::kUnknown;  // of most of its lines
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t symbols = 0;
};
/// Symbols of one group that lead to symbols of another: pairs, by kind and tier.
struct GroupEdge {
  std::uint64_t total = 0;
  std::array<std::uint32_t, kEdgeKinds> kinds{};
  std::array<std::uint32_t, graph::kTierCount> tiers{};
};
struct Grouping {
  std::vector<Group> groups;  // by name
  std::map<std::pair<std::uint32_t, std::uint32_t>, GroupEdge> edges;
};

/// Groups of the files below `path` ("" = all) and edges of these tiers between them. kCancelled,
/// kTimeout.
Result<Grouping> group_files(const graph::Snapshot& snapshot, Level level, std::string_view path,
                             std::uint8_t tiers, const StopToken& stop);

struct Spot {
  double x = 0;
  double y = 0;
  double radius = 0;
};
/// Places for weighted things in a square of side 1000: neighbours in the list stand near each
/// other and areas follow weights. The same list gives the same places.
std::vector<Spot> lay_out(const std::vector<double>& weights);

}  // namespace cairn::api
