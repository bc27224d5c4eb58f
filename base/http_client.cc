#include "base/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <mutex>

namespace cairn {
namespace {

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;
using List = std::unique_ptr<curl_slist, FreeList>;

bool has_control(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

/// The URL without what may be secret: user, password, query.
std::string shown(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("?#", begin), url.size());
  const std::size_t slash = std::min(url.find('/', begin), end);
  const std::size_t at = url.substr(0, slash).rfind('@');
  const std::size_t host = at == std::string_view::npos || at < begin ? begin : at + 1;
  return std::string(url.substr(0, begin)) + std::string(url.substr(host, end - host));
}

struct Exchange {
  const HttpRequest* request = nullptr;
  HttpAnswer answer;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (size > exchange.request->max_answer_bytes - exchange.answer.body.size()) {
    exchange.too_large = true;
    return 0;
  }
  exchange.answer.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& headers = static_cast<Exchange*>(user)->answer.headers;
  std::string_view line(data, size);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  // A status line begins an answer: interim ones (100 Continue) come before the one that counts.
  if (line.starts_with("HTTP/")) headers.clear();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  line.remove_prefix(colon + 1);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  headers.emplace_back(std::move(name), line);
  return size;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Exchange*>(user)->request->stop.stopped() ? 1 : 0;
}

Result<List> header_list(const HttpRequest& request) {
  List list;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    list.release();
    list.reset(longer);
    return true;
  };
  // Without this libcurl waits a second for "100 Continue" before larger bodies.
  if (!add("Expect:")) return Error(ErrorCode::kInternal, "an HTTP request: out of memory");
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || has_control(name) || has_control(value))
      return Error(ErrorCode::kInvalidArgument,
                   "a header of a request to " + shown(request.url) + " holds control characters");
    if (!add(name + ": " + value))
      return Error(ErrorCode::kInternal, "an HTTP request: out of memory");
  }
  return list;
}

void configure(CURL* handle, const HttpRequest& request, curl_slist* headers, Exchange& exchange) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Error failure(CURLcode code, const HttpRequest& request, const Exchange& exchange) {
  const std::string where = request.method + " " + shown(request.url);
  if (exchange.too_large)
    return Error(ErrorCode::kLimitExceeded, where + ": the answer is larger than " +
                                                std::to_string(request.max_answer_bytes) +
                                                " bytes");
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    if (Result<void> stopped = request.stop.check(where); !stopped)
      return std::move(stopped).error();
    return Error(ErrorCode::kCancelled, where + ": cancelled");
  }
  if (code == CURLE_OPERATION_TIMEDOUT)
    return Error(ErrorCode::kTimeout, where + ": no answer in time", true);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return Error(ErrorCode::kInvalidArgument, "not an http or https URL: " + shown(request.url));
  return Error(ErrorCode::kUnreachable, where + ": " + curl_easy_strerror(code), true);
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

Result<HttpAnswer> http_fetch(const HttpRequest& request) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  if (has_control(request.url) || has_control(request.method) || request.method.empty())
    return Error(ErrorCode::kInvalidArgument, "a request's method or URL is malformed");
  CAIRN_ASSIGN(const List headers, header_list(request));
  const Handle handle(curl_easy_init());
  if (!handle) return Error(ErrorCode::kInternal, "an HTTP request: out of memory");
  Exchange exchange;
  exchange.request = &request;
  configure(handle.get(), request, headers.get(), exchange);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return failure(code, request, exchange);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  exchange.answer.status = static_cast<int>(status);
  return std::move(exchange.answer);
}

}  // namespace cairn
