#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "base/text.h"

namespace cairn {
namespace {

constexpr std::string_view kLevelNames[] = {"trace", "debug", "info", "warning", "error", "off"};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  // Leaked: destructors of other statics may still log.
  static spdlog::logger* instance = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    auto* made = new spdlog::logger("cairn", std::move(sink));
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

void append_value(std::string& line, std::string_view value) {
  const std::string safe = printable(value);
  const bool plain = !safe.empty() && safe == value && safe.find_first_of(" \"=") == safe.npos;
  if (plain) {
    line += safe;
    return;
  }
  line += '"';
  for (const char c : safe) {
    if (c == '"') line += '\\';
    line += c;
  }
  line += '"';
}

}  // namespace

Result<LogLevel> log_level_named(std::string_view name) {
  const auto* found = std::find(std::begin(kLevelNames), std::end(kLevelNames), name);
  if (found != std::end(kLevelNames))
    return static_cast<LogLevel>(std::distance(std::begin(kLevelNames), found));
  return Error(ErrorCode::kInvalidArgument,
               "log level '" + printable(name) +
                   "' is unknown; use trace, debug, info, warning, error or off");
}

void set_log_level(LogLevel level) { logger().set_level(level_of(level)); }

bool log_enabled(LogLevel level) { return logger().should_log(level_of(level)); }

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  std::string line = printable(event);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key();
    line += '=';
    append_value(line, field.value());
  }
  logger().log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace cairn
