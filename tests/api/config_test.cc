#include "api/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/fs.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  Result<LoadedConfig> load(const std::string& toml, const std::vector<ConfigFlag>& flags = {}) {
    const std::string file = folder_ / "cairn.toml";
    testing::write_file(file, toml);
    return load_config(
        file,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto at = environment_.find(name);
          if (at == environment_.end()) return std::nullopt;
          return at->second;
        },
        flags);
  }
  std::string problem(const std::string& toml, const std::vector<ConfigFlag>& flags = {}) {
    const auto loaded = load(toml, flags);
    return loaded ? "" : loaded.error().message();
  }
  testing::TempDir folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, FlagsBeatTheEnvironmentWhichBeatsTheFile) {
  const std::string toml = "[http]\nthreads = 4\nbody_bytes = 2048\nrequest_burst = 7\n";
  environment_["CAIRN_HTTP_BODY_BYTES"] = "4096";
  environment_["CAIRN_HTTP_REQUEST_BURST"] = "8";
  const LoadedConfig loaded = load(toml, {{"http.request_burst", "9", "--burst"}}).value();
  EXPECT_EQ(loaded.config.http_threads, 4);
  EXPECT_EQ(loaded.config.body_bytes, 4096);
  EXPECT_EQ(loaded.config.request_burst, 9);
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:7420");
  std::map<std::string, std::string> origins;
  for (const ConfigValue& value : loaded.values) origins[value.key->path()] = value.origin;
  EXPECT_THAT(origins["http.threads"], HasSubstr("cairn.toml:2"));
  EXPECT_EQ(origins["http.request_burst"], "--burst");
  EXPECT_EQ(origins["server.listen"], "built in");
}

TEST_F(ConfigTest, MessagesNameTheKeyAndTheLine) {
  EXPECT_THAT(problem("\n[http]\nthreads = 1000\n"),
              HasSubstr("cairn.toml:3: http.threads '1000'"));
  EXPECT_THAT(problem("[http]\nthread = 4\n"), HasSubstr("did you mean http.threads"));
  EXPECT_THAT(problem("[server]\nrole = \"both\"\n"), HasSubstr("all|api|index"));
  EXPECT_THAT(problem("[server]\ndev = 3\n"), HasSubstr("true or false"));
  EXPECT_THAT(problem("threads = 4\n"), HasSubstr("must be a table"));
  EXPECT_THAT(problem("[server\n"), HasSubstr("cairn.toml:1"));
  EXPECT_THAT(problem("[server]\nlisten = \"nowhere\"\n"), HasSubstr("server.listen"));
  environment_["CAIRN_HTTP_THREADS"] = "many";
  EXPECT_THAT(problem(""), HasSubstr("CAIRN_HTTP_THREADS: http.threads 'many'"));
}

TEST_F(ConfigTest, AFileThatWasNamedMustExist) {
  EXPECT_FALSE(load_config(folder_ / "absent.toml",
                           [](const std::string&) { return std::optional<std::string>(); }, {}));
}

TEST(ListenTest, TakesAddressAndPort) {
  EXPECT_EQ(parse_listen("[::1]:0").value().address, "::1");
  EXPECT_EQ(parse_listen("0.0.0.0:80").value().port, 80);
  EXPECT_EQ(parse_listen("localhost:1").value().address, "127.0.0.1");
  for (const char* bad : {"", "7420", ":7420", "a:b", "a:70000", "a:"})
    EXPECT_FALSE(parse_listen(bad)) << bad;
}

/// docs/configuration.md has a row for every setting.
TEST(ConfigPageTest, ListsEverySetting) {
  const std::string page =
      read_file(std::string(CAIRN_SOURCE_DIR) + "/docs/configuration.md", 1u << 20).value();
  for (const ConfigKey& key : config_keys())
    EXPECT_THAT(page, HasSubstr("| `" + key.path() + "` | `" + key.variable() + "` |"));
}

}  // namespace
}  // namespace cairn::api
