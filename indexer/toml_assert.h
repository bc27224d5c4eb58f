#pragma once
// Include before <toml++/toml.h>, in every file that uses it. The parser asserts what hostile text
// can break ("[[[["), and with NDEBUG assumes it: here it throws, and the callers catch. Callers
// undefine NDEBUG around the include of toml++. Stateless.
#include <stdexcept>

namespace cairn::indexer {

[[noreturn]] inline void malformed_toml() { throw std::invalid_argument("malformed TOML"); }

}  // namespace cairn::indexer

// The library's own build has its own idea of assertions.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expr) ((expr) ? void() : ::cairn::indexer::malformed_toml())
