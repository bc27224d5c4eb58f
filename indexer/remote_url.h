#pragma once
// Addresses of remote repositories: https, ssh and git@host:path, nothing else. An address never
// carries a secret: it is stored, logged and given to the git program as an argument. Pure
// functions.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::indexer {

enum class Transport : std::uint8_t { kHttps, kSsh, kLocalPath };

struct RemoteUrl {
  Transport transport = Transport::kHttps;
  std::string text;  // safe to print
  std::string host;  // with port; "" for a local path
};

/// Whether a source string is meant as an address rather than a path: it has "://" or "::", or the
/// form [user@]host:path where no such path exists.
bool looks_remote(std::string_view source);

/// kInvalidArgument for option-like, malformed or credential-carrying addresses and for other
/// transports. The message never repeats user names or passwords.
Result<RemoteUrl> parse_remote_url(std::string_view source);

/// An absolute path as a remote, for a mirror of a local repository the user named.
Result<RemoteUrl> local_remote(std::string_view path);

}  // namespace cairn::indexer
