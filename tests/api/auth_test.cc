#include "api/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/log.h"
#include "tests/api/api_harness.h"

namespace cairn::testing {
namespace {

using api::Request;
using api::Response;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ApiHarness::Options without_index(bool dev = false) {
  ApiHarness::Options options;
  options.index = false;
  options.dev = dev;
  return options;
}

TEST(SecretTest, SecretsAreLongAndDiffer) {
  const std::string a = api::make_secret("cairn_").value();
  EXPECT_THAT(a, StartsWith("cairn_"));
  EXPECT_EQ(a.size(), 6u + 52u);
  EXPECT_NE(a, api::make_secret("cairn_").value());
}

TEST(AuthTest, TheFirstStartMakesOneToken) {
  ApiHarness api(without_index());
  EXPECT_FALSE(api.access().bootstrap().value());
  EXPECT_EQ(api.get("/api/v1/session").status, 200);
  EXPECT_EQ(json_size(api.get("/api/v1/tokens").body, ".tokens"), 1u);
}

TEST(AuthTest, TokensEndInTime) {
  ApiHarness api(without_index());
  const Response made = api.send("POST", "/api/v1/tokens",
                                 R"({"name":"short","scopes":["read"],"expires_in_days":1})");
  const std::string secret = json_at(made.body, ".secret");
  EXPECT_EQ(api.send_as(secret, "GET", "/api/v1/repos").status, 200);
  api.clock().advance(std::chrono::hours(25));
  EXPECT_EQ(api.send_as(secret, "GET", "/api/v1/repos").status, 401);
}

TEST(AuthTest, SessionsAreCookiesOfOneOrigin) {
  ApiHarness api(without_index());
  Request login = api.request("", "POST", "/api/v1/session", "{\"token\":\"" + api.admin() + "\"}");
  login.headers.set("Host", "cairn.example");
  login.headers.set("Origin", "https://cairn.example");
  const Response opened = api.send_request(login);
  ASSERT_EQ(opened.status, 200) << opened.body;
  const std::string cookie(opened.headers.get("Set-Cookie").value_or(""));
  EXPECT_THAT(cookie, StartsWith("__Host-cairn="));
  for (const char* part : {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"})
    EXPECT_THAT(cookie, HasSubstr(part));

  const auto with_cookie = [&](const std::string& method, const std::string& origin,
                               const std::string& body) {
    Request request = api.request("", method, "/api/v1/tokens", body);
    request.headers.set("Host", "cairn.example");
    request.headers.set("Cookie", "other=1; " + cookie.substr(0, cookie.find(';')));
    if (!origin.empty()) request.headers.set("Origin", origin);
    return api.send_request(request).status;
  };
  const std::string body = R"({"name":"x","scopes":["read"]})";
  EXPECT_EQ(with_cookie("GET", "", ""), 200);
  EXPECT_EQ(with_cookie("POST", "https://cairn.example", body), 201);
  EXPECT_EQ(with_cookie("POST", "https://evil.example", body), 403);
  Request out = api.request("", "DELETE", "/api/v1/session");
  out.headers.set("Host", "cairn.example");
  out.headers.set("Cookie", cookie.substr(0, cookie.find(';')));
  EXPECT_EQ(api.send_request(out).status, 204);
  EXPECT_EQ(with_cookie("GET", "", ""), 401);
}

TEST(AuthTest, OnThisMachineTheCookieNeedsNoTls) {
  ApiHarness api(without_index());
  const Response opened =
      api.send_as("", "POST", "/api/v1/session", "{\"token\":\"" + api.admin() + "\"}");
  const std::string cookie(opened.headers.get("Set-Cookie").value_or(""));
  EXPECT_THAT(cookie, StartsWith("cairn-local="));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
}

TEST(AuthTest, DevLetsThisMachineInAndNobodyElse) {
  ApiHarness api(without_index(true));
  Request request = api.request("", "GET", "/api/v1/repos");
  EXPECT_EQ(api.send_request(request).status, 401);
  request.peer = "127.0.0.1";
  EXPECT_EQ(api.send_request(request).status, 200);
  Request change = api.request("", "POST", "/api/v1/tokens", R"({"name":"x","scopes":["read"]})");
  change.peer = "127.0.0.1";
  change.headers.set("Origin", "https://evil.example");
  EXPECT_EQ(api.send_request(change).status, 403);
  change.headers.set("Origin", "http://127.0.0.1:7420");
  EXPECT_EQ(api.send_request(change).status, 201);
}

TEST(AuthTest, WrongTokensAreSlowedDownPerAddress) {
  ApiHarness::Options options = without_index();
  options.router = {};
  options.router.limits.failure_burst = 3;
  ApiHarness api(std::move(options));
  int status = 0;
  for (int i = 0; i < 5; ++i)
    status = api.send_as("cairn_wrong" + std::to_string(i), "GET", "/api/v1/repos").status;
  EXPECT_EQ(status, 429);
  api.clock().advance(std::chrono::seconds(5));
  EXPECT_EQ(api.get("/api/v1/repos").status, 200);
}

TEST(AuthTest, EveryChangeStandsInTheAuditLog) {
  ApiHarness api;
  api.send("PATCH", "/api/v1/repos/shapes", R"({"watch":false})");
  api.send("POST", "/api/v1/repos/shapes/index");
  api.send("DELETE", "/api/v1/jobs/2");
  const std::string secret = api.token(store::scope_bit(store::Scope::kRead));
  api.send("DELETE",
           "/api/v1/tokens/" + json_at(api.send_as(secret, "GET", "/api/v1/session").body, ".id"));
  api.send("DELETE", "/api/v1/repos/shapes");
  const std::string rows = api.get("/api/v1/audit").body;
  for (const char* action : {"token.create", "repo.add", "repo.change", "repo.index", "job.cancel",
                             "token.revoke", "repo.remove"})
    EXPECT_THAT(rows, HasSubstr(action));
  EXPECT_EQ(api.workspaces().state().audit().verify().value(), json_size(rows, ".rows"));
}

/// Planted secrets never come back: not in answers, errors, logs or the audit log.
TEST(CanaryTest, SecretsStayWhereTheyBelong) {
  ::testing::internal::CaptureStderr();
  set_log_level(LogLevel::kTrace);
  std::string seen;
  std::string secret;
  {
    ApiHarness api;
    const Response made =
        api.send("POST", "/api/v1/tokens", R"({"name":"canary","scopes":["read","admin"]})");
    secret = json_at(made.body, ".secret");
    ASSERT_THAT(secret, StartsWith("cairn_"));
    const auto note = [&](const Response& response) { seen += response.body; };
    note(api.send_as(secret, "GET", "/api/v1/tokens"));
    note(api.send_as(secret, "GET", "/api/v1/session"));
    note(api.send_as(secret + "x", "GET", "/api/v1/repos"));
    note(api.send("POST", "/api/v1/session", "{\"token\":\"" + secret + "\",\"x\":1}"));
    note(api.send("POST", "/api/v1/session", "{\"token\":\"" + secret + "x\"}"));
    note(api.send("POST", "/api/v1/repos",
                  R"({"source":"https://user:canary-password@git.example/x.git"})"));
    note(api.send("POST", "/api/v1/repos",
                  R"({"source":"https://canary-password@git.example/x.git"})"));
    note(api.get("/api/v1/audit"));
    note(api.get("/metrics"));
    note(api.get("/"));
    note(api.get("/api/v1/repos"));
  }
  set_log_level(LogLevel::kInfo);
  seen += ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(seen, Not(HasSubstr(secret)));
  EXPECT_THAT(seen, Not(HasSubstr(secret.substr(6))));
  EXPECT_THAT(seen, Not(HasSubstr("canary-password")));
  EXPECT_THAT(seen, Not(HasSubstr(sha256_hex(secret))));
}

}  // namespace
}  // namespace cairn::testing
