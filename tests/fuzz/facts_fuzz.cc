// Stored facts of any bytes: refused, or valid and the same after another round.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "graph/facts_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace graph = cairn::graph;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto face = graph::decode_face(bytes);
  const auto facts = graph::decode(bytes);
  if (!facts) return 0;
  if (!face || !graph::validate(*facts)) std::abort();
  const auto again = graph::encode(*facts);
  if (!again) std::abort();
  const auto second = graph::decode(again->bytes);
  if (!second || !(*second == *facts)) std::abort();
  return 0;
}
