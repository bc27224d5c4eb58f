#pragma once
// Faults on purpose, so that tests can prove what happens when the machine fails.
// - fail_point("snapshot.before_rename") kills the process with SIGKILL there when the environment
//   says CAIRN_FAILPOINT=snapshot.before_rename:n (the n-th time it is reached, 1 if left out).
// - InjectedFault makes base/fs calls of one kind fail with a chosen errno; for a whole process,
//   CAIRN_FAULT=write:n:errno does the same from the n-th call on (kinds: open write sync rename).
// - fail_in_content(bytes) misbehaves as the bytes ask when CAIRN_FAIL_CONTENT is set:
//   "cairn-test-crash", "cairn-test-hang", "cairn-test-eat-memory", "cairn-test-open PATH" (ends
//   the process with status 90 if the file opens) and "cairn-test-socket" (91 if a socket can be
//   made).
// Costs one relaxed load of a flag when nothing is armed. Thread-safe; one InjectedFault at a time.
#include <atomic>
#include <cstdint>
#include <string_view>

namespace cairn {

enum class FaultCall : std::uint8_t { kOpen, kWrite, kSync, kRename };

namespace fail_detail {
extern std::atomic<bool> armed;
extern const bool content_armed;
void reach(std::string_view name);
void reach_content(std::string_view bytes);
int injected(FaultCall call);
}  // namespace fail_detail

/// Kills the process here if CAIRN_FAILPOINT asks for it.
inline void fail_point(std::string_view name) {
  if (fail_detail::armed.load(std::memory_order_relaxed)) [[unlikely]]
    fail_detail::reach(name);
}

/// What a parser may do to the process, at the file's own request, in tests.
inline void fail_in_content(std::string_view bytes) {
  if (fail_detail::content_armed) [[unlikely]]
    fail_detail::reach_content(bytes);
}

/// The errno the next system call of this kind must fail with, or 0. Called before each real call.
inline int injected_fault(FaultCall call) {
  if (!fail_detail::armed.load(std::memory_order_relaxed)) [[likely]]
    return 0;
  return fail_detail::injected(call);
}

/// While alive: calls number nth .. nth + times - 1 (1-based) of this kind fail with errno_value.
class InjectedFault {
 public:
  InjectedFault(FaultCall call, int nth, int errno_value, int times = 1);
  ~InjectedFault();
  InjectedFault(const InjectedFault&) = delete;
  InjectedFault& operator=(const InjectedFault&) = delete;
  /// How many calls of this kind were made so far, failed ones included.
  int calls() const;
};

}  // namespace cairn
