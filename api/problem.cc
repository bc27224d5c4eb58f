#include "api/problem.h"

#include "base/json.h"

namespace cairn::api {
namespace {

constexpr int kRetryAfterSeconds = 1;

struct StatusTitle {
  int status;
  std::string_view title;
};
constexpr StatusTitle kTitles[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kParse:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
    case ErrorCode::kSymbolNotFound:
    case ErrorCode::kRevisionNotFound:
      return 404;
    case ErrorCode::kMethodNotAllowed:
      return 405;
    case ErrorCode::kAmbiguous:
    case ErrorCode::kExists:
    case ErrorCode::kFenced:
      return 409;
    case ErrorCode::kGone:
      return 410;
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kNotARepository:
    case ErrorCode::kFinding:
      return 422;
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kRateLimited:
      return 429;
    case ErrorCode::kUnreachable:
      return 502;
    case ErrorCode::kBusy:
    case ErrorCode::kCancelled:
    case ErrorCode::kOverloaded:
      return 503;
    case ErrorCode::kTimeout:
      return 504;
    case ErrorCode::kDiskFull:
      return 507;
    case ErrorCode::kCorrupt:
    case ErrorCode::kVersion:
    case ErrorCode::kReadOnly:
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

std::string_view status_title(int status) {
  for (const StatusTitle& row : kTitles)
    if (row.status == status) return row.title;
  return status < 400 ? "OK" : "Error";
}

Problem problem_of(const Error& error) {
  Problem problem{http_status(error.code()), error.code(), error.message(), std::nullopt};
  if (problem.status == 429 || problem.status == 503) problem.retry_after = kRetryAfterSeconds;
  return problem;
}

std::string problem_json(const Problem& problem, std::string_view request_id) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("type", "about:blank");
  json.field("title", status_title(problem.status));
  json.field("status", problem.status);
  json.field("code", error_code_name(problem.code));
  json.field("detail", problem.detail);
  if (!request_id.empty()) json.field("request_id", request_id);
  json.end_object();
  return out;
}

Response problem_response(const Problem& problem, std::string_view request_id) {
  Response response;
  response.status = problem.status;
  response.headers.add("Content-Type", "application/problem+json");
  response.headers.add("Cache-Control", "no-store");
  if (problem.retry_after)
    response.headers.add("Retry-After", std::to_string(*problem.retry_after));
  response.body = problem_json(problem, request_id);
  return response;
}

}  // namespace cairn::api
