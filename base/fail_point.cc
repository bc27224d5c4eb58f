#include "base/fail_point.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>

#include "base/check.h"

namespace cairn {
namespace {

struct FaultState {
  std::mutex mutex;
  std::string point;
  int point_nth = 0;
  int point_hits = 0;
  bool fault_armed = false;
  FaultCall call = FaultCall::kWrite;
  int first = 0;
  int last = 0;
  int errno_value = 0;
  int calls = 0;
};

FaultState& state() {
  static FaultState* instance = new FaultState;  // Outlives every static that may reach a point.
  return *instance;
}

int number_or(std::string_view text, int otherwise) {
  int value = otherwise;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : otherwise;
}

bool read_point(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  state().point = text.substr(0, colon);
  state().point_nth = colon == text.npos ? 1 : number_or(text.substr(colon + 1), 1);
  return !state().point.empty();
}

bool read_fault(std::string_view text) {
  static constexpr std::string_view kNames[] = {"open", "write", "sync", "rename"};
  const std::size_t first = text.find(':');
  const std::size_t second = first == text.npos ? first : text.find(':', first + 1);
  if (second == text.npos) return false;
  for (std::uint8_t kind = 0; kind < 4; ++kind) {
    if (text.substr(0, first) != kNames[kind]) continue;
    state().call = static_cast<FaultCall>(kind);
    state().first = number_or(text.substr(first + 1, second - first - 1), 1);
    state().last = INT_MAX;
    state().errno_value = number_or(text.substr(second + 1), EIO);
    state().fault_armed = true;
    return true;
  }
  return false;
}

bool armed_by_environment() {
  bool armed = false;
  if (const char* point = std::getenv("CAIRN_FAILPOINT")) armed |= read_point(point);
  if (const char* fault = std::getenv("CAIRN_FAULT")) armed |= read_fault(fault);
  return armed;
}

}  // namespace

namespace fail_detail {

std::atomic<bool> armed = armed_by_environment();

void reach(std::string_view name) {
  std::lock_guard lock(state().mutex);
  if (name == state().point && ++state().point_hits == state().point_nth) ::kill(getpid(), SIGKILL);
}

const bool content_armed = std::getenv("CAIRN_FAIL_CONTENT") != nullptr;

void reach_content(std::string_view bytes) {
  const auto asks = [&](std::string_view what) { return bytes.find(what) != bytes.npos; };
  if (asks("cairn-test-crash")) std::abort();
  if (asks("cairn-test-hang"))
    for (volatile bool on = true; on;) continue;
  if (asks("cairn-test-eat-memory")) {
    for (;;) {
      std::string* piece = new std::string(std::size_t{1} << 24, 'x');
      asm volatile("" : : "r"(piece->data()) : "memory");
    }
  }
  constexpr std::string_view kOpen = "cairn-test-open ";
  if (const std::size_t at = bytes.find(kOpen); at != bytes.npos) {
    const std::size_t begin = at + kOpen.size();
    const std::string path(bytes.substr(begin, bytes.find('\n', begin) - begin));
    if (::open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0) ::_exit(90);
  }
  if (asks("cairn-test-socket") && ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0)
    ::_exit(91);
}

int injected(FaultCall call) {
  std::lock_guard lock(state().mutex);
  FaultState& s = state();
  if (!s.fault_armed || call != s.call) return 0;
  ++s.calls;
  return s.calls >= s.first && s.calls <= s.last ? s.errno_value : 0;
}

}  // namespace fail_detail

InjectedFault::InjectedFault(FaultCall call, int nth, int errno_value, int times) {
  std::lock_guard lock(state().mutex);
  FaultState& s = state();
  CAIRN_CHECK(!s.fault_armed);
  s.fault_armed = true;
  s.call = call;
  s.first = nth;
  s.last = nth + times - 1;
  s.errno_value = errno_value;
  s.calls = 0;
  fail_detail::armed = true;
}

InjectedFault::~InjectedFault() {
  std::lock_guard lock(state().mutex);
  state().fault_armed = false;
  fail_detail::armed = !state().point.empty();
}

int InjectedFault::calls() const {
  std::lock_guard lock(state().mutex);
  return state().calls;
}

}  // namespace cairn
