#pragma once
// Coverage tables as bytes, for storage. Format version in the first byte; checksum at the end.
// Pure functions.
#include <string>
#include <string_view>

#include "analysis/coverage/path_map.h"
#include "base/result.h"

namespace cairn::analysis {

std::string encode_coverage(const MappedCoverage& coverage);
/// kCorrupt, kVersion. The result is normalised whatever the bytes are.
Result<MappedCoverage> decode_coverage(std::string_view bytes);

}  // namespace cairn::analysis
