#include "api/auth.h"

#include <algorithm>

#include "base/text.h"

namespace cairn::api {
namespace {

bool is_unsafe(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

std::string_view host_of(const Request& request) {
  return request.headers.get("Host").value_or("");
}

/// The Host header names this machine.
bool is_local_host(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(0, host.find(']') + 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

std::string cookie_named(const Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (!equals_ignoring_case(key, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
        return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

Result<void> check_origin(const Request& request) {
  const auto site = request.headers.get("Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none")
    return Error(ErrorCode::kForbidden, "a page of another site may not send this request");
  const auto origin = request.headers.get("Origin");
  if (!origin) return {};
  const std::string_view host = host_of(request);
  if (*origin == "http://" + std::string(host) || *origin == "https://" + std::string(host))
    return {};
  return Error(ErrorCode::kForbidden, "Origin " + printable(origin->substr(0, 200)) +
                                          " is not this server, " + printable(host));
}

std::string session_of(const Request& request) {
  std::string value = cookie_named(request, kSessionCookie);
  if (value.empty() && is_local_host(host_of(request))) value = cookie_named(request, kLocalCookie);
  return value;
}

std::string session_cookie(const Request& request, std::string_view value, std::int64_t seconds) {
  const bool local = is_local_host(host_of(request));
  std::string text(local ? kLocalCookie : kSessionCookie);
  text += "=" + std::string(value) +
          "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
  return local ? text : text + "; Secure";
}

Result<Principal> authenticate(const Request& request, Access& access, bool dev) {
  constexpr std::string_view kBearer = "Bearer ";
  if (const auto given = request.headers.get("Authorization")) {
    if (given->size() > kBearer.size() &&
        equals_ignoring_case(given->substr(0, kBearer.size()), kBearer))
      return access.by_token(given->substr(kBearer.size()));
    return Principal{};
  }
  if (const std::string cookie = session_of(request); !cookie.empty()) {
    CAIRN_ASSIGN(Principal who, access.by_session(cookie));
    if (who.is_known()) {
      if (is_unsafe(request.method)) CAIRN_TRY(check_origin(request));
      return who;
    }
  }
  if (!dev || !is_loopback(request.peer)) return Principal{};
  if (is_unsafe(request.method)) CAIRN_TRY(check_origin(request));
  return Principal{"dev", "development", store::kAllScopes, {}};
}

}  // namespace cairn::api
