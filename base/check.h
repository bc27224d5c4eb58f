#pragma once
// Invariants. CAIRN_CHECK is always on and aborts with the place and the condition; CAIRN_DCHECK is
// on in builds without NDEBUG. Never for bad input: that is an Error (base/result.h).
namespace cairn {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define CAIRN_CHECK(cond) \
  ((cond) ? static_cast<void>(0) : ::cairn::check_failed(#cond, __FILE__, __LINE__))
#ifdef NDEBUG
#define CAIRN_DCHECK(cond) static_cast<void>(sizeof(!(cond)))
#else
#define CAIRN_DCHECK(cond) CAIRN_CHECK(cond)
#endif
