#pragma once
// Contents that ended a worker process (indexer/worker/). They are skipped from then on, with the
// reason in the list of skipped files, until the extractor's version changes. Value types.
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "graph/types.h"
#include "store/poison.h"

namespace cairn::indexer {

/// Names and numbers are stored: append, never change.
enum class PoisonReason : std::uint8_t {
  kCrash,   // "parser_crash": the process ended by a signal or gave up at this file
  kHang,    // "parser_hang": the file took longer than its budget
  kMemory,  // "parser_memory": the process passed its memory cap at this file
};
inline constexpr std::uint8_t kPoisonReasons = 3;
/// As it stands in IndexReport::skipped and in exports.
std::string_view name_of(PoisonReason reason);

struct Poison {
  ContentId content;
  graph::Language language = graph::Language::kUnknown;
  std::uint32_t extractor = 0;  // graph::kExtractorVersion that met it; others try again
  PoisonReason reason = PoisonReason::kCrash;
  friend auto operator<=>(const Poison&, const Poison&) = default;
};

/// Poison of this extractor version that the store keeps. Rows it cannot make sense of are left
/// out: they skip nothing.
Result<std::vector<Poison>> known_poison(const store::PoisonStore& store);
Result<void> remember_poison(store::PoisonStore& store, const Poison& poison);

}  // namespace cairn::indexer
