#pragma once
// The cold part of a symbol, a few varints each: presence byte, range, name position, then what the
// presence bits name. Functions are pure; decoding never reads past its bytes.
#include <string>
#include <string_view>

#include "graph/facts.h"
#include "graph/links.h"
#include "graph/snapshot.h"

namespace cairn::graph {

void encode_detail(const Symbol& symbol, const SymbolKeys& keys, std::size_t name_length,
                   bool has_qualifier, std::string& out);
/// False when the bytes are no detail.
bool decode_detail(std::string_view bytes, std::size_t name_length, SymbolDetails& out);

}  // namespace cairn::graph
