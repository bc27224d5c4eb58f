#pragma once
// Where the program speaks: standard output and standard error, behind an interface so that tests
// can listen. Implementations are thread-safe for err() only; out() belongs to the main thread.
#include <string_view>

#include "base/result.h"

namespace cairn::api {

class Console {
 public:
  virtual ~Console() = default;
  /// Standard output. Errors: kDiskFull, kIo.
  virtual Result<void> out(std::string_view text) = 0;
  /// Standard error; what cannot be written there is lost.
  virtual void err(std::string_view text) = 0;
  /// Standard error is a terminal that understands "\r" and "\033[K".
  virtual bool err_is_terminal() const = 0;
};

}  // namespace cairn::api
