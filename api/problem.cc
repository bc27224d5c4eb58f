#include "api/problem.h"

#include "base/json.h"

namespace cairn::api {
namespace {

constexpr int kRetryAfterSeconds = 1;

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
      return 409;
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
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return status < 400 ? "OK" : "Error";
  }
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
