#pragma once
// Access: tokens, browser sessions, and the audit log that every change is written to. Secrets are
// 256 random bits; only their SHA-256 is kept, and looked up by it, so that comparing times tell
// nothing about a secret. A secret leaves this class once, when it is made; it is never logged.
// Thread-safe.
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/service/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/state.h"

namespace cairn::api {

inline constexpr std::string_view kTokenPrefix = "cairn_";
/// Browser sessions last so long.
inline constexpr std::chrono::hours kSessionTime{12};

/// `prefix` and 52 base32 letters of 256 random bits from the system. kIo when it has none.
Result<std::string> make_secret(std::string_view prefix);

struct TokenRequest {
  std::string name;
  store::ScopeSet scopes = 0;
  std::vector<std::string> repo_slugs;  // empty: all
  std::int64_t expires_in_days = 0;     // 0: never
};
struct NewToken {
  store::Token token;
  std::string secret;
};
struct OpenedSession {
  Principal who;
  std::string cookie;  // its value
  std::int64_t seconds = 0;
};

class Access {
 public:
  /// `state` and `clock` must outlive it.
  Access(store::State& state, const Clock& clock) : state_(state), clock_(clock) {}

  /// On the first start of a data folder: makes one admin token. Empty otherwise.
  Result<std::optional<NewToken>> bootstrap();

  /// Nobody (Principal without id) for a secret that is none, is revoked or expired.
  Result<Principal> by_token(std::string_view secret);
  Result<Principal> by_session(std::string_view cookie);
  /// kUnauthenticated: the token is none.
  Result<OpenedSession> open_session(std::string_view secret);
  Result<void> close_session(std::string_view cookie);

  // Scope admin. ----------------------------------------------------------------------------------
  /// kNotFound: a repo is unknown. kInvalidArgument.
  Result<NewToken> create(const Principal& who, const TokenRequest& request);
  Result<std::vector<store::Token>> list(const Principal& who) const;
  Result<store::Token> revoke(const Principal& who, std::string_view id);
  Result<std::vector<store::AuditRow>> audit(const Principal& who,
                                             std::optional<std::int64_t> before,
                                             std::size_t limit) const;

  /// Writes a change that was made to the audit log. `detail` is a JSON object or empty.
  Result<void> record(const Principal& who, std::string_view action, std::string_view target,
                      std::string_view detail = {});
  /// Slugs by repo id, to show a token's repos.
  Result<std::map<std::string, std::string>> slugs() const;

 private:
  struct Known {
    Principal who;
    std::chrono::steady_clock::time_point until;
  };
  Result<NewToken> make(const store::TokenSpec& spec);
  /// A use that was looked up within the last second; saves the database a look-up per request.
  std::optional<Principal> remembered(const std::string& hash);
  void remember(const std::string& hash, const Principal& who);

  store::State& state_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace cairn::api
