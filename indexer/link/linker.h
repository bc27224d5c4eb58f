#pragma once
// Links one file: its facts + recorded look-ups -> sites, edges and memo keys. Two phases, each
// parallel over files (docs/pipeline.md): heritage() for every file first, because dispatch sets
// need the class graph, then link(). Pure functions of their arguments and of the World's answers.
#include <cstdint>
#include <vector>

#include "graph/facts.h"
#include "graph/links.h"
#include "indexer/link/world.h"

namespace cairn::indexer {

/// What the heritage phase finds for the types a unit declares or extends.
struct Heritage {
  std::vector<Inheritance> pairs;
  std::vector<graph::DirectEdge> edges;  // inherits and implements
  std::vector<std::uint32_t> lookups;    // sorted, unique
};

Heritage heritage(const World& world, UnitId unit);

/// All sites, locals and direct edges of the unit, the heritage edges included. `lookups` of the
/// result are the union of both phases.
graph::FileLinks link(const World& world, UnitId unit, const graph::Body& body,
                      const Heritage& heritage);

}  // namespace cairn::indexer
