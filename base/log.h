#pragma once
// Logs: one line per event on stderr, "<UTC time> <level> <event> key=value ...". Values with
// spaces, quotes or bytes that are unsafe on a terminal are quoted and escaped, so a hostile name
// cannot forge a line. Thread-safe. Never log secrets or credentials.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

namespace cairn {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarning, kError, kOff };

/// trace, debug, info, warning, error or off; kInvalidArgument names the choices.
Result<LogLevel> log_level_named(std::string_view name);
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);

class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  LogField(std::string_view key, const char* value) : key_(key), value_(value) {}
  LogField(std::string_view key, const std::string& value) : key_(key), value_(value) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  LogField(std::string_view key, T value) : key_(key) {
    if constexpr (std::is_same_v<T, bool>)
      value_ = value ? "true" : "false";
    else
      value_ = std::to_string(value);
  }
  LogField(std::string_view key, const Error& error) : key_(key), value_(error.to_string()) {}

  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  std::string_view key_;
  std::string value_;
};

/// `event` is a short stable name such as "index.done".
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(LogLevel::kDebug)) log(LogLevel::kDebug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kInfo, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kWarning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kError, event, fields);
}

}  // namespace cairn
