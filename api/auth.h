#pragma once
// Who sends a request: a bearer token, a browser session's cookie, or, under --dev, anybody on this
// machine. Requests that a browser sends on its own (cookie, --dev) must come from a page of this
// server's own origin when they change something. Pure functions of the request but for
// authenticate().
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "api/service/access.h"
#include "api/service/principal.h"
#include "base/result.h"

namespace cairn::api {

/// The session's cookie; "__Host-" makes browsers bind it to this host and to HTTPS.
inline constexpr std::string_view kSessionCookie = "__Host-cairn";
/// The same for plain HTTP under the names localhost, 127.0.0.1 and [::1], where some browsers
/// refuse a Secure cookie.
inline constexpr std::string_view kLocalCookie = "cairn-local";

/// Nobody when nothing valid is presented. kForbidden: a page of another site sent it.
/// `dev`: requests from this machine need no token.
Result<Principal> authenticate(const Request& request, Access& access, bool dev);

/// kForbidden when the request says that it comes from a page of another origin than the host
/// asked. Requests without such headers come from no browser.
Result<void> check_origin(const Request& request);

/// Value of the session cookie, or "".
std::string session_of(const Request& request);
/// Set-Cookie for a session; an empty value removes it.
std::string session_cookie(const Request& request, std::string_view value, std::int64_t seconds);

bool is_loopback(std::string_view address);

}  // namespace cairn::api
