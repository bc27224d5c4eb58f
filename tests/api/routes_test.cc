// Every route against the OpenAPI document: the table is the document's, and every status it lists
// is reached here, each answer being checked by the harness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/api_harness.h"

namespace cairn::testing {
namespace {

using api::OperationSpec;
using api::Request;
using api::Response;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

TEST(RouteTableTest, EqualsTheDocument) {
  const api::ApiSpec spec = api::ApiSpec::parse(api::openapi_json()).value();
  std::vector<std::string> documented;
  // What the front serves is compared in front_stream_test.cc.
  for (const OperationSpec& operation : spec.operations())
    if (!operation.of_front) documented.push_back(operation.method + " " + operation.path);
  std::vector<std::string> routed;
  for (const api::Route& route : api::route_table())
    routed.push_back(std::string(route.method) + " " + std::string(route.path));
  EXPECT_THAT(routed, UnorderedElementsAreArray(documented));
}

/// A request of each operation that is answered with success; "" as body: none.
struct Sample {
  const char* operation;
  std::string target;
  std::string body;
};

std::vector<Sample> samples(ApiHarness& api) {
  const std::string repo = "/api/v1/repos/shapes";
  const std::string square = encoded(api.id_of("square"));
  const std::string other = api.write_project("other");
  const std::string spare = json_at(
      api.send_as(api.token(store::scope_bit(store::Scope::kRead)), "GET", "/api/v1/session").body,
      ".id");
  return {
      {"listRepos", "/api/v1/repos", ""},
      {"addRepo", "/api/v1/repos", "{\"source\":\"" + other + "\",\"slug\":\"other\"}"},
      {"removeRepo", "/api/v1/repos/other", ""},
      {"getRepo", repo, ""},
      {"changeRepo", repo, "{\"watch\":false}"},
      {"indexRepo", repo + "/index", "{}"},
      {"listJobs", "/api/v1/jobs?limit=5", ""},
      {"getJob", "/api/v1/jobs/1", ""},
      {"cancelJob", "/api/v1/jobs/1", ""},
      {"getStatus", repo + "/status", ""},
      {"searchSymbols", repo + "/symbols?q=squ", ""},
      {"getSymbol", repo + "/symbol?id=" + square, ""},
      {"getReferences", repo + "/references?id=" + square, ""},
      {"getCallers", repo + "/callers?id=" + square + "&depth=3", ""},
      {"getCallees", repo + "/callees?id=" + encoded("run"), ""},
      {"getTests", repo + "/tests?id=" + square, ""},
      {"getHierarchy", repo + "/hierarchy?id=" + encoded("Circle"), ""},
      {"getAt", repo + "/at?path=app.py&line=5&column=14", ""},
      {"getPaths", repo + "/paths?from=main&to=" + square + "&k=2", ""},
      {"getTree", repo + "/tree", ""},
      {"getFile", repo + "/file?path=app.py&include=text,outline,occurrences", ""},
      {"getOverview", repo + "/graph/overview?level=file", ""},
      {"getNeighbourhood", repo + "/graph/neighbourhood?id=" + square + "&depth=2", ""},
      {"exportGraph", repo + "/graph/export?format=json", ""},
      {"exportRepo", repo + "/export", ""},
      {"getCycles", repo + "/cycles?level=symbol", ""},
      {"getDeadCode", repo + "/dead-code", ""},
      {"getModules", repo + "/modules", ""},
      {"getComplexity", repo + "/complexity", ""},
      {"runQuery", repo + "/query", R"({"start":{"q":"square"},"steps":[{"direction":"in"}]})"},
      {"listTokens", "/api/v1/tokens", ""},
      {"createToken", "/api/v1/tokens", R"({"name":"ci","scopes":["read"],"repos":["shapes"]})"},
      {"revokeToken", "/api/v1/tokens/" + spare, ""},
      {"getSession", "/api/v1/session", ""},
      {"createSession", "/api/v1/session", "{\"token\":\"" + api.admin() + "\"}"},
      {"endSession", "/api/v1/session", ""},
      {"listAudit", "/api/v1/audit", ""},
      {"getMeta", "/api/v1/meta", ""},
      {"getOpenapi", "/api/v1/openapi.json", ""},
      {"getHealth", "/healthz", ""},
      {"getReady", "/readyz", ""},
      {"getMetrics", "/metrics", ""},
      {"getHome", "/", ""},
  };
}

const OperationSpec& operation_named(const ApiHarness& api, std::string_view id) {
  for (const OperationSpec& operation : api.spec().operations())
    if (operation.id == id) return operation;
  ADD_FAILURE() << "no operation " << id;
  return api.spec().operations().front();
}

bool documents(const OperationSpec& operation, int status) {
  return std::find(operation.statuses.begin(), operation.statuses.end(), status) !=
         operation.statuses.end();
}

/// Whoever lacks every right that operations ask for.
std::string powerless(ApiHarness& api) { return api.token(store::scope_bit(store::Scope::kFlow)); }

Response send(ApiHarness& api, const Sample& sample, const std::string& token) {
  const OperationSpec& operation = operation_named(api, sample.operation);
  return api.send_as(token, operation.method, sample.target, sample.body);
}

void check_every_operation_succeeds(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    SCOPED_TRACE(sample.operation);
    const Response response = send(api, sample, api.admin());
    EXPECT_LT(response.status, 300) << response.body;
  }
}

/// Times differ, and counters; nothing else does.
bool answers_the_same_twice(std::string_view operation) {
  for (const char* other : {"getMetrics", "listAudit"})
    if (operation == other) return false;
  return true;
}

void check_head_answers_like_get(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (operation.method != "GET") continue;
    SCOPED_TRACE(sample.operation);
    const Response get = api.get(sample.target);
    const Response head = api.send("HEAD", sample.target);
    EXPECT_EQ(head.status, get.status);
    EXPECT_TRUE(std::equal(head.headers.begin(), head.headers.end(), get.headers.begin(),
                           get.headers.end()));
    EXPECT_TRUE(!answers_the_same_twice(sample.operation) || head.body.size() == get.body.size());
  }
  EXPECT_EQ(api.send("HEAD", "/api/v1/nothing").status, 404);
  EXPECT_EQ(api.send("HEAD", "/api/v1/repos/shapes/query").status, 405);
}

void check_unknown_parameters_are_refused_everywhere(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    SCOPED_TRACE(sample.operation);
    const OperationSpec& operation = operation_named(api, sample.operation);
    const std::string mark = sample.target.find('?') == std::string::npos ? "?" : "&";
    const Response response = api.send_as(api.admin(), operation.method,
                                          sample.target + mark + "nonsense=1", sample.body);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(json_at(response.body, ".code"), "E_INVALID_ARGUMENT");
    EXPECT_THAT(response.body, HasSubstr("nonsense"));
  }
}

void check_scopes_are_wanted_as_documented(ApiHarness& api) {
  const std::string weak = powerless(api);
  for (const Sample& sample : samples(api)) {
    SCOPED_TRACE(sample.operation);
    const OperationSpec& operation = operation_named(api, sample.operation);
    const bool open = operation.scope == "none";
    if (!open) {
      EXPECT_EQ(send(api, sample, "").status, 401);
      EXPECT_EQ(send(api, sample, "cairn_nonsense").status, 401);
      EXPECT_EQ(send(api, sample, weak).status < 300, operation.scope == "any");
    }
    if (open || operation.scope == "any") continue;
    EXPECT_EQ(send(api, sample, weak).status, 403);
    // The scope that is documented is enough, each other one is not.
    for (std::size_t i = 0; i + 1 < store::kScopeCount; ++i) {
      const auto scope = static_cast<store::Scope>(i);
      const Response response = send(api, sample, api.token(store::scope_bit(scope)));
      EXPECT_EQ(response.status != 403, name_of(scope) == operation.scope) << name_of(scope);
    }
  }
}

void check_unknown_and_forbidden_repositories_answer_alike(ApiHarness& api) {
  const std::string other = api.write_project("second");
  ASSERT_EQ(api.send("POST", "/api/v1/repos", "{\"source\":\"" + other + "\",\"slug\":\"second\"}")
                .status,
            201);
  const std::string narrow = api.token(
      store::scope_bit(store::Scope::kRead) | store::scope_bit(store::Scope::kIndex), {"second"});
  for (const Sample& sample : samples(api)) {
    SCOPED_TRACE(sample.operation);
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!operation.of_repo || sample.target.find("shapes") == std::string::npos) continue;
    const Response forbidden = send(api, sample, narrow);
    std::string target = sample.target;
    target.replace(target.find("shapes"), 6, "absent");
    const Response unknown = api.send_as(narrow, operation.method, target, sample.body);
    EXPECT_EQ(forbidden.status, 404);
    EXPECT_EQ(unknown.status, 404);
    std::string same = unknown.body;
    same.replace(same.find("absent"), 6, "shapes");
    EXPECT_EQ(forbidden.body, same);
  }
}

void check_not_modified_while_the_snapshot_is_current(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!documents(operation, 304)) continue;
    SCOPED_TRACE(sample.operation);
    const Response first = send(api, sample, api.admin());
    Request again = api.request(api.admin(), operation.method, sample.target);
    again.headers.set("If-None-Match", std::string(first.headers.get("ETag").value_or("none")));
    EXPECT_EQ(api.send_request(again).status, 304);
    again.headers.set("If-None-Match", "\"another\", W/\"third\"");
    EXPECT_EQ(api.send_request(again).status, 200);
  }
}

void check_an_old_cursor_is_gone(ApiHarness& api) {
  const std::string old = api::make_cursor("an older snapshot", 1, 1);
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!documents(operation, 410)) continue;
    SCOPED_TRACE(sample.operation);
    const std::string mark = sample.target.find('?') == std::string::npos ? "?" : "&";
    const Response response = api.get(sample.target + mark + "cursor=" + old);
    EXPECT_EQ(response.status, 410) << response.body;
    EXPECT_EQ(json_at(response.body, ".code"), "E_GONE");
    EXPECT_EQ(api.get(sample.target + mark + "cursor=zz").status, 400);
  }
}

void check_ambiguous_names_list_their_ids(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!documents(operation, 409) || operation.scope != "read") continue;
    SCOPED_TRACE(sample.operation);
    Response response;
    if (operation.method == "POST") {
      response = api.send("POST", sample.target, R"({"start":{"ids":["area"]}})");
    } else {
      const std::string base = sample.target.substr(0, sample.target.find('?'));
      response = api.get(base + (base.ends_with("/paths") ? "?from=area&to=run" : "?id=area"));
    }
    EXPECT_EQ(response.status, 409) << response.body;
    EXPECT_EQ(json_at(response.body, ".code"), "E_AMBIGUOUS");
    EXPECT_THAT(response.body, HasSubstr("Circle#area"));
  }
}

void check_what_is_there_already_conflicts(ApiHarness& api) {
  const std::string body = "{\"source\":\"" + api.project() + "\"}";
  EXPECT_EQ(api.send("POST", "/api/v1/repos", body).status, 409);
  const std::string other = api.write_project("second");
  ASSERT_EQ(api.send("POST", "/api/v1/repos", "{\"source\":\"" + other + "\",\"slug\":\"second\"}")
                .status,
            201);
  EXPECT_EQ(api.send("PATCH", "/api/v1/repos/second", R"({"slug":"shapes"})").status, 409);
}

void check_absent_things_are_not_found(ApiHarness& api) {
  EXPECT_EQ(api.get("/api/v1/jobs?repo=absent").status, 404);
  EXPECT_EQ(api.get("/api/v1/jobs/999").status, 404);
  EXPECT_EQ(api.send("DELETE", "/api/v1/jobs/999").status, 404);
  EXPECT_EQ(api.send("DELETE", "/api/v1/tokens/absent").status, 404);
  EXPECT_EQ(
      api.send("POST", "/api/v1/tokens", R"({"name":"x","scopes":["read"],"repos":["absent"]})")
          .status,
      404);
  EXPECT_EQ(api.send("DELETE", "/api/v1/repos/absent").status, 404);
  EXPECT_EQ(api.send("POST", "/api/v1/repos", R"({"source":"/absent/folder"})").status, 404);
  EXPECT_EQ(api.send_as("", "POST", "/api/v1/session", R"({"token":"cairn_x"})").status, 401);
  EXPECT_EQ(api.get("/api/v1/nothing").status, 404);
  const Response method = api.send("PUT", "/api/v1/repos");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.get("Allow").value_or(""), "GET, HEAD, POST");
}

void check_bodies_that_are_no_json_are_refused(ApiHarness& api) {
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!documents(operation, 415)) continue;
    SCOPED_TRACE(sample.operation);
    Request request = api.request(api.admin(), operation.method, sample.target, sample.body + "{}");
    request.headers.set("Content-Type", "text/plain");
    const Response response = api.send_request(request);
    EXPECT_EQ(response.status, 415);
    EXPECT_EQ(json_at(response.body, ".code"), "E_UNSUPPORTED");
  }
}

void check_repositories_and_tokens_end(ApiHarness& api) {
  const std::string secret = api.token(store::scope_bit(store::Scope::kRead));
  const Response who = api.send_as(secret, "GET", "/api/v1/session");
  const Response revoked = api.send("DELETE", "/api/v1/tokens/" + json_at(who.body, ".id"));
  EXPECT_EQ(revoked.status, 200) << revoked.body;
  EXPECT_EQ(api.send_as(secret, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(api.send("DELETE", "/api/v1/repos/shapes").status, 204);
  EXPECT_EQ(api.ask("/status").status, 404);
}

void check_repositories_without_a_snapshot_are_busy(ApiHarness& api) {
  const std::string other = api.write_project("second");
  ASSERT_EQ(api.send("POST", "/api/v1/repos", "{\"source\":\"" + other + "\",\"slug\":\"second\"}")
                .status,
            201);
  for (const Sample& sample : samples(api)) {
    const OperationSpec& operation = operation_named(api, sample.operation);
    if (!operation.of_repo || !documents(operation, 503)) continue;
    SCOPED_TRACE(sample.operation);
    std::string target = sample.target;
    target.replace(target.find("shapes"), 6, "second");
    const Response response = api.send(operation.method, target, sample.body);
    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(response.headers.get("Retry-After"));
  }
  api.readiness.checks.push_back({"jobs", false, "the disk is nearly full"});
  EXPECT_EQ(api.get("/readyz").status, 503);
}

void check_pages_of_other_sites_may_not_change_anything(ApiHarness& api) {
  for (const char* method : {"POST", "DELETE"}) {
    Request request = api.request(
        "", method, "/api/v1/session",
        std::string_view(method) == "POST" ? "{\"token\":\"" + api.admin() + "\"}" : "");
    request.headers.set("Origin", "https://evil.example");
    EXPECT_EQ(api.send_request(request).status, 403) << method;
  }
}

void check_every_operation_has_a_limit(ApiHarness& api) {
  const std::vector<Sample> all = samples(api);
  ApiHarness::Options options;
  options.router.limits.requests_per_second = 0.001;
  options.router.limits.burst = 1;
  ApiHarness tight(std::move(options));
  for (const Sample& sample : all) {
    SCOPED_TRACE(sample.operation);
    const OperationSpec& operation = operation_named(tight, sample.operation);
    const std::string body =
        std::string_view(sample.operation) == "createSession" ? R"({"token":"x"})" : sample.body;
    Response response;
    for (int i = 0; i < 2 && response.status != 429; ++i)
      response = tight.send(operation.method, sample.target, body);
    EXPECT_EQ(response.status, 429);
    EXPECT_TRUE(response.headers.get("Retry-After"));
    EXPECT_EQ(json_at(response.body, ".code"), "E_RATE_LIMITED");
  }
}

TEST(RouteTest, EveryOperationSucceeds) {
  ApiHarness api;
  check_every_operation_succeeds(api);
}
TEST(RouteTest, HeadAnswersLikeGet) {
  ApiHarness api;
  check_head_answers_like_get(api);
}
TEST(RouteTest, UnknownParametersAreRefusedEverywhere) {
  ApiHarness api;
  check_unknown_parameters_are_refused_everywhere(api);
}
TEST(RouteTest, ScopesAreWantedAsDocumented) {
  ApiHarness api;
  check_scopes_are_wanted_as_documented(api);
}
TEST(RouteTest, UnknownAndForbiddenRepositoriesAnswerAlike) {
  ApiHarness api;
  check_unknown_and_forbidden_repositories_answer_alike(api);
}
TEST(RouteTest, NotModifiedWhileTheSnapshotIsCurrent) {
  ApiHarness api;
  check_not_modified_while_the_snapshot_is_current(api);
}
TEST(RouteTest, AnOldCursorIsGone) {
  ApiHarness api;
  check_an_old_cursor_is_gone(api);
}
TEST(RouteTest, AmbiguousNamesListTheirIds) {
  ApiHarness api;
  check_ambiguous_names_list_their_ids(api);
}
TEST(RouteTest, WhatIsThereAlreadyConflicts) {
  ApiHarness api;
  check_what_is_there_already_conflicts(api);
}
TEST(RouteTest, AbsentThingsAreNotFound) {
  ApiHarness api;
  check_absent_things_are_not_found(api);
}
TEST(RouteTest, BodiesThatAreNoJsonAreRefused) {
  ApiHarness api;
  check_bodies_that_are_no_json_are_refused(api);
}
TEST(RouteTest, RepositoriesAndTokensEnd) {
  ApiHarness api;
  check_repositories_and_tokens_end(api);
}
TEST(RouteTest, RepositoriesWithoutASnapshotAreBusy) {
  ApiHarness api;
  check_repositories_without_a_snapshot_are_busy(api);
}
TEST(RouteTest, PagesOfOtherSitesMayNotChangeAnything) {
  ApiHarness api;
  check_pages_of_other_sites_may_not_change_anything(api);
}
TEST(RouteTest, EveryOperationHasALimit) {
  ApiHarness api;
  check_every_operation_has_a_limit(api);
}

TEST(RouteTest, EveryDocumentedStatusIsReached) {
  reached_answers().clear();
  using Check = void (*)(ApiHarness&);
  for (const Check check :
       {Check(check_every_operation_succeeds),
        Check(check_unknown_parameters_are_refused_everywhere),
        Check(check_scopes_are_wanted_as_documented),
        Check(check_unknown_and_forbidden_repositories_answer_alike),
        Check(check_not_modified_while_the_snapshot_is_current), Check(check_an_old_cursor_is_gone),
        Check(check_ambiguous_names_list_their_ids), Check(check_what_is_there_already_conflicts),
        Check(check_absent_things_are_not_found), Check(check_bodies_that_are_no_json_are_refused),
        Check(check_repositories_and_tokens_end),
        Check(check_repositories_without_a_snapshot_are_busy),
        Check(check_pages_of_other_sites_may_not_change_anything),
        Check(check_every_operation_has_a_limit)}) {
    ApiHarness api;
    check(api);
  }
  const api::ApiSpec spec = api::ApiSpec::parse(api::openapi_json()).value();
  for (const OperationSpec& operation : spec.operations())
    for (const int status : operation.statuses)
      EXPECT_TRUE(operation.of_front || reached_answers().contains({operation.id, status}))
          << operation.id << " never answered " << status;
}

}  // namespace
}  // namespace cairn::testing
