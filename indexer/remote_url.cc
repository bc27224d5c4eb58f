#include "indexer/remote_url.h"

#include <algorithm>

#include "base/fs.h"
#include "base/text.h"

namespace cairn::indexer {
namespace {

constexpr std::string_view kWays = "use https://host/path, ssh://host/path or git@host:path";

Error bad(std::string_view why) {
  return Error(ErrorCode::kInvalidArgument, "repository address: " + std::string(why));
}

bool has_unsafe_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char raw) {
    const auto c = static_cast<unsigned char>(raw);
    return c <= ' ' || c == 0x7f || c == '\\';
  });
}

bool is_host(std::string_view host) {
  if (host.empty() || host.front() == '-' || host.size() > 260) return false;
  return host.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             ".-_:[]") == host.npos;
}

bool is_user(std::string_view user) {
  return !user.empty() && user.front() != '-' && user.find_first_of(":/@") == user.npos;
}

Result<RemoteUrl> parse_scp_form(std::string_view source) {
  const auto colon = source.find(':');
  std::string_view host = source.substr(0, colon);
  const std::string_view path = source.substr(colon + 1);
  if (const auto at = host.rfind('@'); at != host.npos) {
    if (!is_user(host.substr(0, at))) return bad("the part before '@' is no user name");
    host = host.substr(at + 1);
  }
  if (!is_host(host) || path.empty() || path.front() == '-') return bad(kWays);
  return RemoteUrl{Transport::kSsh, std::string(source), std::string(host)};
}

}  // namespace

bool looks_remote(std::string_view source) {
  if (source.find("://") != source.npos) return true;
  const auto colon = source.find(':');
  if (colon == source.npos || colon == 0 || source.find('/') < colon) return false;
  return !path_exists(std::string(source));
}

Result<RemoteUrl> parse_remote_url(std::string_view source) {
  if (source.empty()) return bad("it is empty");
  if (source.front() == '-') return bad("it begins with '-', like an option");
  if (source.size() > 2048 || has_unsafe_byte(source))
    return bad("it is too long or holds spaces or control bytes");
  const auto scheme_end = source.find("://");
  // "ext::command" and other transport helpers run programs.
  if (const auto helper = source.find("::");
      helper != source.npos && helper < source.find_first_of("/@["))
    return bad("transport helpers are not used; " + std::string(kWays));
  if (scheme_end == source.npos) return parse_scp_form(source);

  const std::string_view scheme = source.substr(0, scheme_end);
  if (scheme == "file") return bad("file:// is not used; give the path itself");
  if (scheme != "https" && scheme != "ssh")
    return bad("'" + printable(scheme) + "' is not offered; " + std::string(kWays));
  const std::string_view rest = source.substr(scheme_end + 3);
  const auto slash = rest.find('/');
  if (slash == rest.npos || slash + 1 == rest.size()) return bad("it names no repository");
  std::string_view host = rest.substr(0, slash);
  if (const auto at = host.rfind('@'); at != host.npos) {
    const std::string_view user = host.substr(0, at);
    if (scheme == "https" || user.find(':') != user.npos)
      return bad("it carries credentials; leave them out and set CAIRN_GIT_TOKEN instead");
    if (!is_user(user)) return bad("the part before '@' is no user name");
    host = host.substr(at + 1);
  }
  if (!is_host(host)) return bad("it names no valid host");
  return RemoteUrl{scheme == "https" ? Transport::kHttps : Transport::kSsh, std::string(source),
                   std::string(host)};
}

Result<RemoteUrl> local_remote(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != path.npos)
    return bad("a local repository needs its absolute path");
  return RemoteUrl{Transport::kLocalPath, std::string(path), ""};
}

}  // namespace cairn::indexer
