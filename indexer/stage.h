#pragma once
// The stages of an index run, in order (docs/pipeline.md), and how far one is. Value types.
#include <cstdint>
#include <functional>
#include <string_view>

namespace cairn::indexer {

enum class Stage : std::uint8_t { kList, kRead, kExtract, kHeritage, kLink, kFreeze, kPublish };
inline constexpr std::uint8_t kStageCount = 7;
std::string_view name_of(Stage);

struct Progress {
  Stage stage = Stage::kList;
  std::uint64_t done = 0;   // files
  std::uint64_t total = 0;  // 0 = not known yet
};
using ProgressSink = std::function<void(const Progress&)>;

}  // namespace cairn::indexer
