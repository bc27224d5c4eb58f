#pragma once
// Exit codes of a worker process besides 0 (it answered). Everything else, signals included, means
// that it was ended by what it worked on.

namespace cairn::indexer {

inline constexpr int kExitMemory = 81;  // an allocation failed
inline constexpr int kExitSilent = 82;  // the answer could not be written

}  // namespace cairn::indexer
