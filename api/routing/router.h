#pragma once
// Router: from a request to the operation that answers it. The table of routes is data
// (routes.h); parameters and bodies are checked against api/openapi.yaml before a handler sees
// them; whatever goes wrong becomes a problem document. Thread-safe.
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "api/routing/api_spec.h"
#include "api/routing/rate_limit.h"
#include "api/service/principal.h"
#include "base/clock.h"
#include "base/result.h"

namespace cairn::api {

struct ApiParts;

/// One request on its way to a handler: who asks, checked parameters, the checked body.
struct Call {
  const Request& request;
  const OperationSpec& operation;
  const Principal& who;
  const Parameters& parameters;
  JsonValue body;  // absent without one
};

using OperationHandler = Result<Response> (*)(ApiParts& parts, const Call& call);

struct Route {
  std::string_view method;
  std::string_view path;  // as in openapi.yaml
  OperationHandler handler = nullptr;
};

/// Finds out who asks; kForbidden for requests of another site's page. An unknown secret is nobody,
/// not an error.
using Authenticator = std::function<Result<Principal>(const Request& request)>;

struct RouterOptions {
  RateLimits limits;
  std::size_t max_body = 1u << 20;
  std::size_t max_json_depth = 32;
};

/// Answers per operation and status class, and how long they took, for /metrics.
class RequestCounts {
 public:
  static constexpr std::array<double, 8> kBounds = {0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60};
  struct Row {
    std::map<int, std::uint64_t> by_status;
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double seconds = 0;
  };
  void add(const std::string& operation, int status, double seconds);
  std::map<std::string, Row> rows() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;
};

class Router {
 public:
  /// `spec`, `parts` and `clock` must outlive it. kInvalidArgument: a route without an operation.
  static Result<std::unique_ptr<Router>> make(const ApiSpec& spec, std::span<const Route> routes,
                                              ApiParts& parts, Authenticator authenticate,
                                              const Clock& clock, RouterOptions options = {});
  /// HEAD is answered as GET is, with its body: the HTTP server sends the head alone, whose length
  /// is then that of GET.
  Response handle(const Request& request);
  const RequestCounts& counts() const { return counts_; }
  /// What a request is for; null when nothing is there.
  const OperationSpec* operation_of(std::string_view method, std::string_view path) const {
    const Match found = match(method, path);
    return found.bound == nullptr ? nullptr : found.bound->operation;
  }
  /// The largest body of a route; 0 allows none. For the front.
  std::size_t body_limit(std::string_view method, std::string_view path) const;

 private:
  struct Bound {
    const OperationSpec* operation = nullptr;
    OperationHandler handler = nullptr;
    std::vector<std::string_view> segments;
  };
  struct Match {
    const Bound* bound = nullptr;
    std::vector<std::pair<std::string_view, std::string>> path_values;
    std::string allowed;  // methods of this path, when the one asked for is not among them
  };
  Router(ApiParts& parts, const ApiSpec& spec, Authenticator authenticate, const Clock& clock,
         RouterOptions options);
  Match match(std::string_view method, std::string_view path) const;
  Result<Response> run(const Request& request, const Match& match);
  Result<Parameters> parameters(const Request& request, const Match& match) const;
  Response unknown(const Request& request, const Match& match) const;

  ApiParts& parts_;
  const ApiSpec& spec_;
  const Authenticator authenticate_;
  const RouterOptions options_;
  std::vector<Bound> bound_;
  RateLimiter limiter_;
  RequestCounts counts_;
};

}  // namespace cairn::api
