#include "indexer/poison.h"

#include <array>
#include <optional>
#include <string>

#include "graph/facts.h"

namespace cairn::indexer {

std::string_view name_of(PoisonReason reason) {
  static constexpr std::array<std::string_view, kPoisonReasons> kNames = {
      "parser_crash", "parser_hang", "parser_memory"};
  return kNames[static_cast<std::size_t>(reason)];
}

Result<std::vector<Poison>> known_poison(const store::PoisonStore& store) {
  CAIRN_ASSIGN(const std::vector<store::PoisonRow> rows, store.list(graph::kExtractorVersion));
  std::vector<Poison> out;
  for (const store::PoisonRow& row : rows) {
    const Result<ContentId> content = ContentId::from_hex(row.content);
    const std::optional<graph::Language> language = graph::language_named(row.language);
    if (!content || !language) continue;
    Poison poison{*content, *language, row.extractor_version, PoisonReason::kCrash};
    for (std::uint8_t i = 0; i < kPoisonReasons; ++i)
      if (row.reason == name_of(static_cast<PoisonReason>(i)))
        poison.reason = static_cast<PoisonReason>(i);
    out.push_back(poison);
  }
  return out;
}

Result<void> remember_poison(store::PoisonStore& store, const Poison& poison) {
  store::PoisonRow row;
  row.content = poison.content.hex();
  row.language = name_of(poison.language);
  row.extractor_version = poison.extractor;
  row.reason = name_of(poison.reason);
  return store.add(row);
}

}  // namespace cairn::indexer
