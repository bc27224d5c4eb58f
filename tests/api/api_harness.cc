#include "tests/api/api_harness.h"

#include <gtest/gtest.h>

#include <charconv>

#include "api/routing/json_schema.h"
#include "indexer/index.h"

namespace cairn::testing {

using api::Request;
using api::Response;

std::set<std::pair<std::string, int>>& reached_answers() {
  static std::set<std::pair<std::string, int>> reached;
  return reached;
}

namespace {

JsonValue walk(const JsonDocument& document, std::string_view path) {
  JsonValue at = document.root();
  while (!path.empty()) {
    path.remove_prefix(1);  // the dot
    const std::string_view part = path.substr(0, path.find('.'));
    path.remove_prefix(part.size());
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (at.is_array() && error == std::errc() && end == part.data() + part.size()) {
      if (index >= at.size()) return {};
      at = at.at(index);
    } else {
      at = at.find(part);
    }
  }
  return at;
}

}  // namespace

std::string json_at(const std::string& text, std::string_view path) {
  const auto document = JsonDocument::parse(text);
  if (!document) return "(no JSON) " + text.substr(0, 200);
  const JsonValue value = walk(*document, path);
  if (const auto s = value.as_string()) return std::string(*s);
  if (const auto b = value.as_bool()) return *b ? "true" : "false";
  if (const auto n = value.as_int()) return std::to_string(*n);
  return value.is_null() ? "null" : "";
}

std::size_t json_size(const std::string& text, std::string_view path) {
  const auto document = JsonDocument::parse(text);
  return document ? walk(*document, path).size() : 0;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += c;
    } else {
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4];
      out += "0123456789ABCDEF"[byte & 15];
    }
  }
  return out;
}

ApiHarness::ApiHarness(Options options) : clock_(std::make_shared<FakeClock>()) {
  workspaces_ = indexer::Workspaces::open(folder_ / "data", clock_).value();
  indexer::RunnerOptions runner_options;
  runner_options.collect_every_hours = 0;
  runner_options.disk.min_free_bytes = 0;
  runner_ =
      std::make_unique<indexer::JobRunner>(*workspaces_, indexer::index_source, runner_options);
  access_ = std::make_unique<api::Access>(workspaces_->state(), *clock_);
  catalogue_ = std::make_unique<api::WorkspaceCatalogue>(*workspaces_);
  graph_ = std::make_unique<api::GraphService>(*catalogue_);
  repos_ = std::make_unique<api::RepoService>(*workspaces_, *runner_, *access_, *graph_);
  readiness.sandbox = "limits";
  readiness.checks.push_back({"store", true, "fine"});
  parts_ = std::unique_ptr<api::ApiParts>(
      new api::ApiParts{*graph_,
                        *repos_,
                        *access_,
                        *clock_,
                        [this] { return readiness; },
                        [] {
                          return std::vector<api::Gauge>{
                              {"cairn_jobs{state=\"queued\"}", "Jobs by state.", "gauge", 1}};
                        },
                        {}});
  spec_ = api::ApiSpec::parse(api::openapi_json()).value();
  router_ = api::Router::make(
                *spec_, api::route_table(), *parts_,
                [this, dev = options.dev](const Request& r) {
                  return api::authenticate(r, *access_, dev);
                },
                *clock_, options.router)
                .value();
  parts_->router = router_.get();
  admin_ = access_->bootstrap().value()->secret;
  project_ = write_project("project");
  if (!options.index) return;
  const Response added =
      send("POST", "/api/v1/repos", "{\"source\":\"" + project_ + "\",\"slug\":\"shapes\"}");
  EXPECT_EQ(added.status, 201) << added.body;
  run_jobs();
}

std::string ApiHarness::write_project(const std::string& name) const {
  const std::string root = folder_ / name;
  write_file(root + "/lib/shapes.py",
             "import app\n"
             "\n"
             "\n"
             "class Shape:\n"
             "    def area(self):\n"
             "        return 0\n"
             "\n"
             "\n"
             "class Circle(Shape):\n"
             "    def __init__(self, radius):\n"
             "        self.radius = radius\n"
             "\n"
             "    def area(self):\n"
             "        return square(self.radius) * 3\n"
             "\n"
             "\n"
             "def square(x):\n"
             "    if x:\n"
             "        return x * x\n"
             "    return 0\n"
             "\n"
             "\n"
             "def _unused(x):\n"
             "    return unknown(x)\n");
  write_file(root + "/app.py",
             "from lib.shapes import Circle, square\n"
             "\n"
             "\n"
             "def run(radius):\n"
             "    circle = Circle(radius)\n"
             "    return circle.area() + square(radius)\n"
             "\n"
             "\n"
             "def main():\n"
             "    print(run(2))\n"
             "\n"
             "\n"
             "def even(n):\n"
             "    return n == 0 or odd(n - 1)\n"
             "\n"
             "\n"
             "def odd(n):\n"
             "    return n != 0 and even(n - 1)\n");
  write_file(root + "/tests/test_app.py",
             "from app import run\n"
             "\n"
             "\n"
             "def test_run():\n"
             "    assert run(1)\n");
  return root;
}

void ApiHarness::run_jobs() {
  for (int i = 0; i < 20; ++i) {
    const Result<bool> ran = runner_->run_one();
    ASSERT_TRUE(ran) << ran.error().message();
    if (!*ran) return;
  }
  FAIL() << "jobs do not end";
}

Request ApiHarness::request(const std::string& token, const std::string& method,
                            const std::string& target, const std::string& body) const {
  Request request;
  request.method = method;
  const Result<void> parsed = api::parse_target(target, request);
  EXPECT_TRUE(parsed) << target;
  request.headers.add("Host", "127.0.0.1:7420");
  if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = body;
  request.peer = "192.0.2.7";
  request.id = "test-1";
  return request;
}

Response ApiHarness::send_as(const std::string& token, const std::string& method,
                             const std::string& target, const std::string& body) {
  return send_request(request(token, method, target, body));
}

Response ApiHarness::send(const std::string& method, const std::string& target,
                          const std::string& body) {
  return send_as(admin_, method, target, body);
}

Response ApiHarness::send_request(Request request) {
  Response response = router_->handle(request);
  if (response.chunks) {
    bool more = true;
    while (more) {
      const Result<bool> next = response.chunks([&](std::string_view bytes) -> Result<void> {
        response.body += bytes;
        return {};
      });
      EXPECT_TRUE(next) << next.error().message();
      more = next && *next;
    }
    response.chunks = nullptr;
  }
  check(request, response);
  return response;
}

void ApiHarness::check(const Request& request, const Response& response) const {
  const api::OperationSpec* operation = router_->operation_of(request.method, request.path);
  const std::string what = request.method + " " + request.path + " -> " +
                           std::to_string(response.status) + "\n" + response.body.substr(0, 2000);
  ASSERT_LT(response.status, 600) << what;
  JsonValue described;
  if (operation != nullptr) {
    const JsonValue responses = operation->node.find("responses");
    described = responses.find(std::to_string(response.status));
    if (described.exists()) reached_answers().emplace(operation->id, response.status);
    if (!described.exists()) described = responses.find("default");
    EXPECT_TRUE(described.exists()) << what;
    EXPECT_TRUE(response.status >= 300 || responses.find(std::to_string(response.status)).exists())
        << "undocumented: " << what;
    described = api::resolve_schema(described, spec_->root());
  }
  const std::string type(response.headers.get("Content-Type").value_or(""));
  if (response.status >= 400 && response.status != 503) {
    EXPECT_EQ(type, "application/problem+json") << what;
  }
  if (response.status == 304 || response.status == 204) {
    EXPECT_EQ(response.body, "") << what;
    return;
  }
  if (operation == nullptr) return;
  const JsonValue content = described.find("content").find(type.substr(0, type.find(';')));
  EXPECT_TRUE(content.exists()) << "media type " << type << " is not documented: " << what;
  if (type.find("json") == std::string::npos || type == "application/x-ndjson") return;
  const auto document = JsonDocument::parse(response.body);
  ASSERT_TRUE(document) << what;
  const Result<void> fits =
      api::check_schema(document->root(), content.find("schema"), spec_->root());
  EXPECT_TRUE(fits) << fits.error().message() << "\n" << what;
}

std::string ApiHarness::token(store::ScopeSet scopes, const std::vector<std::string>& repos) {
  api::Principal system{"system", "system", store::kAllScopes, {}};
  api::TokenRequest request;
  request.name = "test";
  request.scopes = scopes;
  request.repo_slugs = repos;
  return access_->create(system, request).value().secret;
}

std::string ApiHarness::id_of(const std::string& name) {
  const Response response = ask("/symbol?id=" + encoded(name));
  EXPECT_EQ(response.status, 200) << response.body;
  return json_at(response.body, ".symbol.id");
}

}  // namespace cairn::testing
