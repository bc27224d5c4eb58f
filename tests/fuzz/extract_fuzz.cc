// Extraction of any bytes: the first chooses the language. Facts must be valid and must encode.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "graph/facts_codec.h"
#include "indexer/syntax/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace syntax = cairn::indexer::syntax;
  if (size == 0) return 0;
  const auto languages = syntax::all_languages();
  const auto language = languages[data[0] % languages.size()]->language;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  syntax::ParseLimits limits;
  limits.timeout_micros = 200'000;
  const syntax::Extracted out = syntax::extract(text, language, limits);
  if (!cairn::graph::validate(out.facts) || !cairn::graph::encode(out.facts)) std::abort();
  return 0;
}
