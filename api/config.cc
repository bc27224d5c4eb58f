#include "api/config.h"

#include "indexer/toml_assert.h"
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/fs.h"
#include "base/text.h"

namespace cairn::api {
namespace {

constexpr std::uint64_t kMaxFile = 1u << 20;

constexpr ConfigKey kKeys[] = {
    {"server", "listen", "address and port of the one public port; port 0 takes a free one",
     &ServerConfig::listen, 0, 0, ""},
    {"server", "role", "what this process does", &ServerConfig::role, 0, 0, "all|api|index"},
    {"server", "data", "the data folder", &ServerConfig::data_dir, 0, 0, ""},
    {"server", "dev", "requests from this machine need no token", &ServerConfig::dev, 0, 1, ""},
    {"server", "log_level", "least severe line that is logged", &ServerConfig::log_level, 0, 0,
     "trace|debug|info|warning|error|off"},
    {"server", "hosts", "host names that requests may use, separated by commas; empty: any",
     &ServerConfig::public_hosts, 0, 0, ""},
    {"server", "origins", "further origins that may open WebSockets, separated by commas",
     &ServerConfig::origins, 0, 0, ""},
    {"server", "shutdown_seconds", "time for requests under way when the server stops",
     &ServerConfig::shutdown_seconds, 1, 600, ""},
    {"http", "threads", "requests answered at once", &ServerConfig::http_threads, 2, 256, ""},
    {"http", "body_bytes", "largest JSON body", &ServerConfig::body_bytes, 1024, 64 << 20, ""},
    {"http", "requests_per_second", "per token; 0: no limit", &ServerConfig::requests_per_second, 0,
     1'000'000, ""},
    {"http", "request_burst", "so many more at once", &ServerConfig::request_burst, 1, 10'000'000,
     ""},
    {"index", "slots", "index jobs at once", &ServerConfig::index_slots, 1, 64, ""},
    {"index", "threads", "threads of one index job; 0: all cores", &ServerConfig::index_threads, 0,
     1024, ""},
    {"index", "sandbox", "highest level that workers are locked in at", &ServerConfig::sandbox, 0,
     0, "limits|filters|namespaces"},
    {"index", "memory_mb", "memory of one worker; 0: no limit", &ServerConfig::worker_memory_mb, 0,
     1 << 20, ""},
    {"index", "file_seconds", "a file that takes longer is skipped", &ServerConfig::file_seconds, 1,
     3600, ""},
};

std::string value_text(const ServerConfig& config, const ConfigKey& key) {
  if (const auto* text = std::get_if<std::string ServerConfig::*>(&key.member))
    return config.**text;
  if (const auto* number = std::get_if<std::int64_t ServerConfig::*>(&key.member))
    return std::to_string(config.**number);
  return config.*std::get<bool ServerConfig::*>(key.member) ? "true" : "false";
}

Error wrong(const std::string& origin, const ConfigKey& key, const std::string& text,
            const std::string& what) {
  return Error(ErrorCode::kInvalidArgument,
               origin + ": " + key.path() + " '" + printable(text) + "' " + what);
}

/// Sets a value from its text.
Result<void> assign(ServerConfig& config, const ConfigKey& key, const std::string& text,
                    const std::string& origin) {
  if (const auto* member = std::get_if<std::string ServerConfig::*>(&key.member)) {
    bool fits = key.choices.empty();
    for (std::string_view rest = key.choices; !rest.empty() && !fits;) {
      const std::string_view choice = rest.substr(0, rest.find('|'));
      fits = choice == text;
      rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
    }
    if (!fits) return wrong(origin, key, text, "must be one of " + std::string(key.choices));
    config.** member = text;
    return {};
  }
  if (const auto* member = std::get_if<std::int64_t ServerConfig::*>(&key.member)) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    if (!whole || number < key.low || number > key.high)
      return wrong(origin, key, text,
                   "must be a whole number from " + std::to_string(key.low) + " to " +
                       std::to_string(key.high));
    config.** member = number;
    return {};
  }
  if (text != "true" && text != "false") return wrong(origin, key, text, "must be true or false");
  config.*std::get<bool ServerConfig::*>(key.member) = text == "true";
  return {};
}

class Loader {
 public:
  Loader() {
    for (const ConfigKey& key : kKeys)
      loaded_.values.push_back({&key, value_text(loaded_.config, key), "built in"});
  }

  Result<void> set(const std::string& path, const std::string& text, const std::string& origin) {
    for (ConfigValue& value : loaded_.values) {
      if (value.key->path() != path) continue;
      CAIRN_TRY(assign(loaded_.config, *value.key, text, origin));
      value.text = text;
      value.origin = origin;
      return {};
    }
    std::vector<std::string> paths;
    for (const ConfigKey& key : kKeys) paths.push_back(key.path());
    const std::vector<std::string_view> views(paths.begin(), paths.end());
    std::string near;
    for (const std::string_view one : suggest(path, views, 1))
      near = ", did you mean " + std::string(one);
    return Error(ErrorCode::kInvalidArgument,
                 origin + ": '" + printable(path) + "' is no setting" + near);
  }

  Result<void> read_file(const std::string& file) {
    CAIRN_ASSIGN(const std::string text, cairn::read_file(file, kMaxFile));
    toml::table root;
    try {
      root = toml::parse(text, file);
      for (const auto& [table, node] : root) {
        const toml::table* inner = node.as_table();
        if (inner == nullptr)
          return Error(ErrorCode::kInvalidArgument, place(file, node) + ": '" +
                                                        printable(table.str()) +
                                                        "' must be a table, for example [server]");
        for (const auto& [name, value] : *inner)
          CAIRN_TRY(set(std::string(table.str()) + "." + std::string(name.str()), text_of(value),
                        place(file, value)));
      }
    } catch (const toml::parse_error& error) {
      return Error(ErrorCode::kParse, file + ":" + std::to_string(error.source().begin.line) +
                                          ": " + std::string(error.description()));
    } catch (const std::exception& error) {
      return Error(ErrorCode::kParse, file + ": " + error.what());
    }
    return {};
  }

  LoadedConfig take() { return std::move(loaded_); }

 private:
  static std::string place(const std::string& file, const toml::node& node) {
    return file + ":" + std::to_string(node.source().begin.line);
  }
  static std::string text_of(const toml::node& value) {
    if (const auto text = value.value_exact<std::string>()) return *text;
    if (const auto flag = value.value_exact<bool>()) return *flag ? "true" : "false";
    if (const auto number = value.value_exact<std::int64_t>()) return std::to_string(*number);
    return "(neither text, number nor true or false)";
  }

  LoadedConfig loaded_;
};

}  // namespace

std::string ConfigKey::path() const { return std::string(table) + "." + std::string(name); }

std::string ConfigKey::variable() const {
  std::string out = "CAIRN_";
  for (const char c : path())
    out += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::span<const ConfigKey> config_keys() { return kKeys; }

Result<LoadedConfig> load_config(const std::string& file, const Environment& environment,
                                 const std::vector<ConfigFlag>& flags) {
  Loader loader;
  if (!file.empty()) CAIRN_TRY(loader.read_file(file));
  for (const ConfigKey& key : kKeys)
    if (const auto value = environment(key.variable()))
      CAIRN_TRY(loader.set(key.path(), *value, key.variable()));
  for (const ConfigFlag& flag : flags) CAIRN_TRY(loader.set(flag.path, flag.value, flag.flag));
  LoadedConfig loaded = loader.take();
  CAIRN_TRY(parse_listen(loaded.config.listen));
  return loaded;
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  ListenAddress out;
  unsigned port = 0;
  bool good = colon != std::string_view::npos && colon > 0;
  if (good) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    good = error == std::errc() && end == digits.data() + digits.size() && port <= 65'535;
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
      address = address.substr(1, address.size() - 2);
    out.address = address == "localhost" ? "127.0.0.1" : std::string(address);
    out.port = static_cast<std::uint16_t>(port);
  }
  if (!good)
    return Error(ErrorCode::kInvalidArgument,
                 "server.listen '" + printable(text) +
                     "' is no address, write for example 127.0.0.1:7420 or [::1]:7420");
  return out;
}

}  // namespace cairn::api
