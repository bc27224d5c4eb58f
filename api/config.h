#pragma once
// Settings of `cairn serve`: built-in values, then the config file, then CAIRN_* of the
// environment, then flags; later ones win. docs/configuration.md lists them; config_keys() is the
// table that the page, `cairn doctor` and the messages are made from. Value types, pure functions.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace cairn::api {

struct ServerConfig {
  std::string listen = "127.0.0.1:7420";
  std::string role = "all";
  std::string data_dir;
  bool dev = false;
  std::string log_level = "info";
  std::string public_hosts;  // names that requests may use, separated by commas; "" = any
  std::string origins;       // further origins of WebSockets, separated by commas
  std::int64_t http_threads = 16;
  std::int64_t body_bytes = 1 << 20;
  std::int64_t requests_per_second = 2'000;
  std::int64_t request_burst = 4'000;
  std::int64_t shutdown_seconds = 15;
  std::int64_t index_slots = 1;
  std::int64_t index_threads = 0;  // 0 = all cores
  std::string sandbox = "namespaces";
  std::int64_t worker_memory_mb = 4'096;
  std::int64_t file_seconds = 30;
};

struct ConfigKey {
  std::string_view table;
  std::string_view name;
  std::string_view help;
  std::variant<std::string ServerConfig::*, std::int64_t ServerConfig::*, bool ServerConfig::*>
      member;
  std::int64_t low = 0;  // of numbers
  std::int64_t high = 0;
  std::string_view choices;  // of texts, separated by '|'; "" = any
  /// "server.listen"
  std::string path() const;
  /// "CAIRN_SERVER_LISTEN"
  std::string variable() const;
};
std::span<const ConfigKey> config_keys();

/// A value and where it came from: "built in", "FILE:LINE", "CAIRN_...", "--listen".
struct ConfigValue {
  const ConfigKey* key = nullptr;
  std::string text;
  std::string origin;
};

struct LoadedConfig {
  ServerConfig config;
  std::vector<ConfigValue> values;  // in the order of config_keys()
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// (key path, value, flag) of the command line.
struct ConfigFlag {
  std::string path;
  std::string value;
  std::string flag;
};

/// `file` is "" when there is none; one that was named must exist. kParse and kInvalidArgument name
/// file, line and key; an unknown key names the nearest.
Result<LoadedConfig> load_config(const std::string& file, const Environment& environment,
                                 const std::vector<ConfigFlag>& flags);

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
/// "127.0.0.1:7420", "[::1]:0". kInvalidArgument.
Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace cairn::api
