#pragma once
// Runs f(i) for the indices of `order`, spread over the threads of the current arena, in that order
// as far as threads allow (largest first avoids a long tail). The first error wins by position, so
// that which error is reported does not depend on threads; a stop token ends early with its error.
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"

namespace cairn::indexer {

Result<void> parallel_each(const std::vector<std::uint32_t>& order, const StopToken& stop,
                           const std::function<Result<void>(std::uint32_t)>& f);

/// Runs f with at most `threads` threads for everything parallel inside it (0 = all cores).
void with_threads(unsigned threads, const std::function<void()>& f);

}  // namespace cairn::indexer
