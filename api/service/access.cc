#include "api/service/access.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace cairn::api {
namespace {

constexpr std::chrono::seconds kRemembered{1};
constexpr std::size_t kMostRemembered = 10'000;

Principal principal_of(const store::Token& token) {
  return {token.id, token.name, token.scopes, token.repos};
}

}  // namespace

Result<std::string> make_secret(std::string_view prefix) {
  std::array<unsigned char, 32> bytes{};
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "asking the system for random bytes");
    have += static_cast<std::size_t>(got);
  }
  std::string text(prefix);
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const unsigned char byte : bytes) {
    buffer = buffer << 8 | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += "abcdefghijklmnopqrstuvwxyz234567"[buffer >> bits & 31];
    }
  }
  text += "abcdefghijklmnopqrstuvwxyz234567"[buffer << (5 - bits) & 31];
  return text;
}

Result<NewToken> Access::make(const store::TokenSpec& given) {
  NewToken made;
  CAIRN_ASSIGN(made.secret, make_secret(kTokenPrefix));
  store::TokenSpec spec = given;
  spec.hash = sha256_hex(made.secret);
  CAIRN_ASSIGN(made.token, state_.tokens().create_token(spec));
  return made;
}

Result<std::optional<NewToken>> Access::bootstrap() {
  CAIRN_ASSIGN(const bool first, state_.tokens().no_tokens());
  if (!first) return std::optional<NewToken>();
  store::TokenSpec spec;
  spec.name = "first start";
  spec.scopes = store::kAllScopes;
  CAIRN_ASSIGN(NewToken made, make(spec));
  Principal system;
  system.id = "system";
  CAIRN_TRY(record(system, "token.create", made.token.id));
  return std::optional<NewToken>(std::move(made));
}

std::optional<Principal> Access::remembered(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(hash);
  if (at == known_.end() || at->second.until < clock_.steady_now()) return std::nullopt;
  return at->second.who;
}

void Access::remember(const std::string& hash, const Principal& who) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostRemembered) known_.clear();
  known_[hash] = {who, clock_.steady_now() + kRemembered};
}

Result<Principal> Access::by_token(std::string_view secret) {
  if (!secret.starts_with(kTokenPrefix)) return Principal{};
  const std::string hash = sha256_hex(secret);
  if (auto who = remembered(hash)) return *who;
  CAIRN_ASSIGN(const std::optional<store::Token> token, state_.tokens().use_token(hash));
  if (!token) return Principal{};
  remember(hash, principal_of(*token));
  return principal_of(*token);
}

Result<Principal> Access::by_session(std::string_view cookie) {
  if (cookie.empty()) return Principal{};
  const std::string hash = sha256_hex(cookie);
  if (auto who = remembered(hash)) return *who;
  CAIRN_ASSIGN(const auto found, state_.tokens().use_session(hash));
  if (!found) return Principal{};
  remember(hash, principal_of(found->token));
  return principal_of(found->token);
}

Result<OpenedSession> Access::open_session(std::string_view secret) {
  CAIRN_ASSIGN(const Principal who, by_token(secret));
  if (!who.is_known())
    return Error(ErrorCode::kUnauthenticated, "this token is unknown, revoked or expired");
  OpenedSession opened;
  opened.who = who;
  CAIRN_ASSIGN(opened.cookie, make_secret(""));
  opened.seconds = std::chrono::seconds(kSessionTime).count();
  const std::int64_t until = clock_.unix_milliseconds() + opened.seconds * 1000;
  CAIRN_TRY(state_.tokens().create_session(sha256_hex(opened.cookie), who.id, until));
  CAIRN_TRY(record(who, "session.create", who.id));
  return opened;
}

Result<void> Access::close_session(std::string_view cookie) {
  const std::string hash = sha256_hex(cookie);
  {
    const std::lock_guard lock(mutex_);
    known_.erase(hash);
  }
  return state_.tokens().end_session(hash);
}

Result<NewToken> Access::create(const Principal& who, const TokenRequest& request) {
  CAIRN_TRY(require(who, Scope::kAdmin));
  store::TokenSpec spec;
  spec.name = request.name;
  spec.scopes = request.scopes;
  for (const std::string& slug : request.repo_slugs) {
    const Result<store::Repo> repo = state_.repos().repo_by_slug(slug);
    if (!repo && repo.error().code() != ErrorCode::kNotFound) return repo.error().clone();
    if (!repo || !who.may_see(repo->id)) return no_such_repo(slug);
    spec.repos.push_back(repo->id);
  }
  // Whoever sees some repos only makes no token that sees more.
  if (spec.repos.empty()) spec.repos = who.repos;
  if (request.expires_in_days != 0)
    spec.expires_at_ms = clock_.unix_milliseconds() + request.expires_in_days * 24 * 3'600'000;
  CAIRN_ASSIGN(NewToken made, make(spec));
  std::string detail;
  JsonWriter(detail).begin_object().field("name", made.token.name).end_object();
  CAIRN_TRY(record(who, "token.create", made.token.id, detail));
  return made;
}

Result<std::vector<store::Token>> Access::list(const Principal& who) const {
  CAIRN_TRY(require(who, Scope::kAdmin));
  return state_.tokens().list_tokens();
}

Result<store::Token> Access::revoke(const Principal& who, std::string_view id) {
  CAIRN_TRY(require(who, Scope::kAdmin));
  CAIRN_ASSIGN(store::Token token, state_.tokens().revoke_token(id));
  {
    const std::lock_guard lock(mutex_);
    known_.clear();
  }
  CAIRN_TRY(record(who, "token.revoke", token.id));
  return token;
}

Result<std::vector<store::AuditRow>> Access::audit(const Principal& who,
                                                   std::optional<std::int64_t> before,
                                                   std::size_t limit) const {
  CAIRN_TRY(require(who, Scope::kAdmin));
  return state_.audit().list(before, limit);
}

Result<void> Access::record(const Principal& who, std::string_view action, std::string_view target,
                            std::string_view detail) {
  store::AuditEvent event;
  event.actor = who.id;
  event.action = action;
  event.target = target;
  event.detail = detail;
  CAIRN_TRY(state_.audit().append(event));
  return {};
}

Result<std::map<std::string, std::string>> Access::slugs() const {
  CAIRN_ASSIGN(const std::vector<store::Repo> repos, state_.repos().list_repos());
  std::map<std::string, std::string> out;
  for (const store::Repo& repo : repos) out.emplace(repo.id, repo.slug);
  return out;
}

}  // namespace cairn::api
