#pragma once
// Access tokens and browser sessions. Only SHA-256 hashes of secrets are kept: the secrets are 256
// random bits, so a plain hash is enough. Thread-safe. Time is that of the Clock of open_state().
// Errors: those of store/store.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

enum class Scope : std::uint8_t { kRead, kIndex, kFlow, kApprove, kAdmin };
inline constexpr std::size_t kScopeCount = 5;
std::string_view name_of(Scope scope);
std::optional<Scope> scope_named(std::string_view name);

/// A set of scopes, one bit each.
using ScopeSet = std::uint8_t;
constexpr ScopeSet scope_bit(Scope scope) {
  return static_cast<ScopeSet>(1u << static_cast<unsigned>(scope));
}
inline constexpr ScopeSet kAllScopes = (1u << kScopeCount) - 1;

struct TokenSpec {
  /// For people; 1 to 200 bytes of UTF-8.
  std::string name;
  /// Lower-case hex SHA-256 of the secret.
  std::string hash;
  ScopeSet scopes = 0;
  /// Ids of the repos it may see; empty: all.
  std::vector<std::string> repos;
  /// 0: never.
  std::int64_t expires_at_ms = 0;
};

struct Token {
  /// Short and public: names the token in lists, logs and the audit trail.
  std::string id;
  std::string name;
  ScopeSet scopes = 0;
  std::vector<std::string> repos;
  std::int64_t created_at_ms = 0;
  // 0: never, not yet, not.
  std::int64_t expires_at_ms = 0;
  std::int64_t last_used_at_ms = 0;
  std::int64_t revoked_at_ms = 0;

  bool has(Scope scope) const { return (scopes & scope_bit(scope)) != 0; }
};

struct Session {
  /// Hex SHA-256 of the cookie's value.
  std::string hash;
  std::string token;
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;
};

class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// kInvalidArgument (name, hash, scopes), kExists (hash known), kNotFound (a repo unknown).
  virtual Result<Token> create_token(const TokenSpec& spec) = 0;
  /// The token of this hash unless it is revoked or expired. Notes the use, at most once a minute,
  /// so that reading does not write.
  virtual Result<std::optional<Token>> use_token(std::string_view hash) = 0;
  virtual Result<std::optional<Token>> find_token(std::string_view id) const = 0;
  /// Oldest first; revoked and expired ones too.
  virtual Result<std::vector<Token>> list_tokens() const = 0;
  /// Revoked for good, its sessions ended. Revoking again changes nothing. kNotFound.
  virtual Result<Token> revoke_token(std::string_view id) = 0;
  /// True if no token was ever made: the first start.
  virtual Result<bool> no_tokens() const = 0;

  /// kNotFound: no usable token of this id. kInvalidArgument: malformed hash.
  virtual Result<Session> create_session(std::string_view hash, std::string_view token,
                                         std::int64_t expires_at_ms) = 0;
  struct SessionToken {
    Session session;
    Token token;
  };
  /// The session, with its token, unless either is over.
  virtual Result<std::optional<SessionToken>> use_session(std::string_view hash) = 0;
  /// Absent is fine.
  virtual Result<void> end_session(std::string_view hash) = 0;
  /// Removes sessions that are over; returns how many.
  virtual Result<std::uint64_t> drop_expired_sessions() = 0;
};

}  // namespace cairn::store
