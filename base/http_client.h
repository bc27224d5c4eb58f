#pragma once
// Outbound HTTP(S) by libcurl: one request, one answer, bounded in time and size. Thread-safe;
// every call has a connection of its own. Certificates are checked, redirects are not followed, and
// no other protocol is spoken. The environment's http_proxy variables hold, loopback goes direct.
// Secrets belong into headers; neither headers nor bodies are ever part of an Error.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"

namespace cairn {

struct HttpRequest {
  std::string method = "GET";
  std::string url;                                           // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers;  // no line ends in either part
  std::string body;
  std::chrono::milliseconds connect_timeout{10'000};
  /// Of the whole exchange.
  std::chrono::milliseconds timeout{60'000};
  std::uint64_t max_answer_bytes = 64u << 20;
  StopToken stop;
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  /// The first header of this lower-case name, "" without one.
  std::string_view header(std::string_view name) const;
};

/// Any status is an answer, not an Error. Errors: kInvalidArgument (URL or header), kUnreachable
/// (name, connection, TLS; retryable), kTimeout, kCancelled, kLimitExceeded (answer too large).
Result<HttpAnswer> http_fetch(const HttpRequest& request);

}  // namespace cairn
