#pragma once
// The one pass over an opened layer that makes its columns safe to index: offsets ascend and end
// where their streams do, rows and enumerators are in range, eager streams decode. Pure.
#include "base/result.h"

namespace cairn::graph {

class Layer;

/// kCorrupt names the first broken column.
Result<void> check_layer(const Layer& layer);

}  // namespace cairn::graph
