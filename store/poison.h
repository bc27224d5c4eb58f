#pragma once
// Contents that crashed a worker, hung it or ate its memory: they are skipped, with the reason,
// until another extractor version comes. Thread-safe. Errors: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

struct PoisonRow {
  /// 40 hex digits: the content id of the bytes.
  std::string content;
  /// name_of(graph::Language).
  std::string language;
  std::uint32_t extractor_version = 0;
  /// For people: "the parser crashed (SIGSEGV)".
  std::string reason;
  /// Set by add().
  std::int64_t at_ms = 0;
  friend bool operator==(const PoisonRow&, const PoisonRow&) = default;
};

class PoisonStore {
 public:
  virtual ~PoisonStore() = default;

  /// Adds it, or takes over the new reason. kInvalidArgument: malformed content id, no reason.
  virtual Result<void> add(const PoisonRow& row) = 0;
  virtual Result<std::optional<PoisonRow>> find(std::string_view content, std::string_view language,
                                                std::uint32_t extractor_version) const = 0;
  /// All of this version, ordered by content and language.
  virtual Result<std::vector<PoisonRow>> list(std::uint32_t extractor_version) const = 0;
  /// Removes one content, so that it is tried again. Absent is fine.
  virtual Result<void> remove(std::string_view content) = 0;
  /// Removes rows of all other versions; returns how many.
  virtual Result<std::uint64_t> clear_other_versions(std::uint32_t extractor_version) = 0;
};

}  // namespace cairn::store
