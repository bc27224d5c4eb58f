// The answer of a worker process, any bytes: it decodes to something in bounds or is refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "indexer/worker/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto built =
      cairn::indexer::decode_outcome(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!built) return 0;
  for (const cairn::indexer::SkippedFile& file : built->skipped)
    if (file.path.empty() || file.path.find('\0') != std::string::npos) std::abort();
  // What was understood can be said again.
  const auto again = cairn::indexer::decode_outcome(cairn::indexer::encode(*built));
  if (!again || again->skipped.size() != built->skipped.size()) std::abort();
  return 0;
}
