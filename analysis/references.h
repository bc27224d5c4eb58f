#pragma once
// Questions about one position or one symbol: what stands here, where is it used. Pure functions of
// the snapshot; thread-safe. Errors: kCorrupt from the snapshot, kCancelled.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"
#include "graph/algorithms.h"
#include "graph/snapshot.h"

namespace cairn::analysis {

/// The tiers from the best to `worst`, as bits of graph::tier_bit().
std::uint8_t tiers_up_to(graph::Tier worst);

/// All places of a canonical symbol, itself among them. Definitions of equal names in unrelated
/// files share an id; they are other symbols.
std::vector<graph::SymbolId> places_of(const graph::Snapshot& snapshot, graph::SymbolId symbol);

/// A definition of what stands at a position.
struct Definition {
  graph::FileId file;
  graph::Position at;
  graph::SymbolId symbol;  // none for a local
  std::string_view local;  // name of a local
  graph::SymbolKind kind = graph::SymbolKind::kLocal;
  graph::Tier tier = graph::Tier::kExact;
  graph::Origin origin = graph::Origin::kNone;
};
struct DefinitionAnswer {
  std::vector<Definition> definitions;
  /// When the identifier is a reference that leads outside or nowhere.
  std::string_view external;
  graph::Reason reason = graph::Reason::kNone;
  std::string_view name;       // of the identifier; empty: no identifier stands there
  bool on_definition = false;  // the position is on a definition's own name
};
/// Column 0 takes the first identifier of the line that has a definition.
Result<DefinitionAnswer> definitions_at(const graph::Snapshot& snapshot, graph::FileId file,
                                        graph::Position at);

struct Reference {
  graph::FileId file;
  graph::Position at;
  std::uint32_t length = 0;
  graph::SymbolId owner;
  graph::RefRole role = graph::RefRole::kRead;
  graph::Tier tier = graph::Tier::kUnresolved;
  graph::Origin origin = graph::Origin::kNone;
  std::uint32_t candidates = 1;  // targets of the site
};
/// What an answer does not show.
struct LowerBound {
  std::uint64_t left_out = 0;    // sites of tiers that were not asked for
  std::uint64_t unresolved = 0;  // unbound sites of the same name and language family
};
struct ReferenceAnswer {
  std::vector<Reference> references;  // by path and position
  LowerBound bound;
};
Result<ReferenceAnswer> references_to(const graph::Snapshot& snapshot, graph::SymbolId symbol,
                                      std::uint8_t tiers, const StopToken& stop = {});

/// Sites without a target whose identifier is `name`, in files of the family.
inline Result<std::uint64_t> unresolved_sites(const graph::Snapshot& snapshot,
                                              std::string_view name, graph::Family family,
                                              const StopToken&) {
  return snapshot.unbound_sites(name, family);
}

/// Calls written in the symbol itself whose target is not known.
Result<std::uint64_t> unresolved_calls_in(const graph::Snapshot& snapshot, graph::SymbolId symbol);

/// The first site, by position, through which `owner` leads to `target`.
Result<std::optional<Reference>> first_site(const graph::Snapshot& snapshot, graph::SymbolId owner,
                                            graph::SymbolId target, std::uint8_t tiers);

}  // namespace cairn::analysis
