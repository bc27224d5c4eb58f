#pragma once
// A whole server without sockets: real store, workspaces, jobs (indexing in this process), service
// and router over a small Python project. Answers are checked against api/openapi.yaml as they
// come: the status must be documented, the body must have the schema's shape.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/auth.h"
#include "api/handlers/parts.h"
#include "api/routing/router.h"
#include "api/service/repo_service.h"
#include "base/clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::testing {

/// (operation id, status) of every checked answer of this process.
std::set<std::pair<std::string, int>>& reached_answers();

/// Follows `.a.b.0.c` into a document; "" when it leads nowhere.
std::string json_at(const std::string& text, std::string_view path);
std::size_t json_size(const std::string& text, std::string_view path);

class ApiHarness {
 public:
  struct Options {
    bool index = true;  // pin and index the project as "shapes"
    bool dev = false;
    api::RouterOptions router = patient();
  };
  /// Wrong tokens do not lock the one address out that all tests come from.
  static api::RouterOptions patient() {
    api::RouterOptions options;
    options.limits.failure_burst = 1e9;
    return options;
  }
  ApiHarness() : ApiHarness(Options()) {}
  explicit ApiHarness(Options options);

  /// Sends a request, with the admin's token unless another one is given ("" = none).
  api::Response send(const std::string& method, const std::string& target,
                     const std::string& body = {});
  api::Response send_as(const std::string& token, const std::string& method,
                        const std::string& target, const std::string& body = {});
  api::Response send_request(api::Request request);
  api::Request request(const std::string& token, const std::string& method,
                       const std::string& target, const std::string& body = {}) const;
  api::Response get(const std::string& target) { return send("GET", target); }
  /// GET below /api/v1/repos/shapes.
  api::Response ask(const std::string& rest) { return get("/api/v1/repos/shapes" + rest); }

  /// A token's secret.
  std::string token(store::ScopeSet scopes, const std::vector<std::string>& repos = {});
  /// The id of a symbol by name.
  std::string id_of(const std::string& name);
  /// Runs queued jobs on this thread.
  void run_jobs();
  /// Writes the project and returns its folder.
  std::string write_project(const std::string& name) const;

  const api::ApiSpec& spec() const { return *spec_; }
  api::Router& router() { return *router_; }
  api::Access& access() { return *access_; }
  api::ApiParts& parts() { return *parts_; }
  indexer::Workspaces& workspaces() { return *workspaces_; }
  FakeClock& clock() { return *clock_; }
  const std::string& admin() const { return admin_; }
  const std::string& project() const { return project_; }
  api::Readiness readiness;

 private:
  void check(const api::Request& request, const api::Response& response) const;

  TempDir folder_;
  std::shared_ptr<FakeClock> clock_;
  std::unique_ptr<indexer::Workspaces> workspaces_;
  std::unique_ptr<indexer::JobRunner> runner_;
  std::unique_ptr<api::Access> access_;
  std::unique_ptr<api::WorkspaceCatalogue> catalogue_;
  std::unique_ptr<api::GraphService> graph_;
  std::unique_ptr<api::RepoService> repos_;
  std::unique_ptr<api::ApiParts> parts_;
  std::optional<api::ApiSpec> spec_;
  std::unique_ptr<api::Router> router_;
  std::string admin_;
  std::string project_;
};

/// Percent-encodes a query value.
std::string encoded(std::string_view text);

}  // namespace cairn::testing
