#pragma once
// Errors as RFC 9457 problem documents (application/problem+json) with the stable code of
// base/error_code.def. Pure functions and value types.
#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "base/result.h"

namespace cairn::api {

struct Problem {
  int status = 500;
  ErrorCode code = ErrorCode::kInternal;
  /// What went wrong, where, and what to do.
  std::string detail;
  /// Seconds, for 429 and 503.
  std::optional<int> retry_after;
};

/// The one table from error codes to HTTP statuses.
int http_status(ErrorCode code);
/// The reason phrase, e.g. "Not Found".
std::string_view status_title(int status);

/// The problem of an error. Busy and overloaded ones carry a Retry-After.
Problem problem_of(const Error& error);
/// {"type":"about:blank","title":…,"status":…,"code":…,"detail":…,"request_id":…}
std::string problem_json(const Problem& problem, std::string_view request_id);
/// The whole answer, headers too.
Response problem_response(const Problem& problem, std::string_view request_id);

}  // namespace cairn::api
