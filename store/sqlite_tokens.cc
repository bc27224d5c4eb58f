// Tokens and sessions over SQLite.
#include <algorithm>
#include <array>
#include <mutex>

#include "base/hash.h"
#include "base/text.h"
#include "store/sqlite_parts.h"

namespace cairn::store {
namespace {

constexpr std::array<std::string_view, kScopeCount> kScopeNames{"read", "index", "flow", "approve",
                                                                "admin"};
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kIdDigits = 12;
constexpr std::int64_t kUseNotedEveryMs = 60'000;
constexpr const char* kSelect =
    "SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM token ";

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Error bad_hash() {
  return Error(ErrorCode::kInvalidArgument, "a hash is 64 lower-case hex digits");
}

bool is_over(const Token& token, std::int64_t now) {
  return token.revoked_at_ms != 0 || (token.expires_at_ms != 0 && token.expires_at_ms <= now);
}

class SqliteTokens final : public TokenStore {
 public:
  SqliteTokens(std::shared_ptr<Connection> connection, std::shared_ptr<const Clock> clock)
      : connection_(std::move(connection)), db_(*connection_->db), clock_(std::move(clock)) {}

  Result<Token> create_token(const TokenSpec& spec) override;
  Result<std::optional<Token>> use_token(std::string_view hash) override;
  Result<std::optional<Token>> find_token(std::string_view id) const override;
  Result<std::vector<Token>> list_tokens() const override;
  Result<Token> revoke_token(std::string_view id) override;
  Result<bool> no_tokens() const override;
  Result<Session> create_session(std::string_view hash, std::string_view token,
                                 std::int64_t expires_at_ms) override;
  Result<std::optional<SessionToken>> use_session(std::string_view hash) override;
  Result<void> end_session(std::string_view hash) override;
  Result<std::uint64_t> drop_expired_sessions() override;

 private:
  // Those below expect the connection's mutex to be held.
  std::int64_t now() const { return clock_->unix_milliseconds(); }
  Result<Token> read(const Statement& row) const;
  Result<std::optional<Token>> find(std::string_view condition, std::string_view value) const;
  Result<std::optional<Token>> usable(std::string_view condition, std::string_view value);
  Result<void> run(const char* sql, std::string_view value);

  const std::shared_ptr<Connection> connection_;
  const Database& db_;
  const std::shared_ptr<const Clock> clock_;
};

Result<void> SqliteTokens::run(const char* sql, std::string_view value) {
  CAIRN_ASSIGN(Statement statement, db_.prepare(sql));
  return statement.bind_text(1, value).run();
}

Result<Token> SqliteTokens::read(const Statement& row) const {
  Token token;
  token.id = row.text(0);
  token.name = row.text(1);
  token.scopes = static_cast<ScopeSet>(row.integer(2));
  token.created_at_ms = row.integer(3);
  token.expires_at_ms = row.integer(4);
  token.last_used_at_ms = row.integer(5);
  token.revoked_at_ms = row.integer(6);
  CAIRN_ASSIGN(Statement repos,
               db_.prepare("SELECT repo FROM token_repo WHERE token = ? ORDER BY repo"));
  repos.bind_text(1, token.id);
  for (;;) {
    CAIRN_ASSIGN(const bool more, repos.step());
    if (!more) return token;
    token.repos.push_back(repos.text(0));
  }
}

Result<std::optional<Token>> SqliteTokens::find(std::string_view condition,
                                                std::string_view value) const {
  CAIRN_ASSIGN(Statement query, db_.prepare(std::string(kSelect) + std::string(condition)));
  CAIRN_ASSIGN(const bool found, query.bind_text(1, value).step());
  if (!found) return std::optional<Token>();
  CAIRN_ASSIGN(Token token, read(query));
  return std::optional<Token>(std::move(token));
}

/// A token that is neither revoked nor expired; its use is noted.
Result<std::optional<Token>> SqliteTokens::usable(std::string_view condition,
                                                  std::string_view value) {
  CAIRN_ASSIGN(std::optional<Token> token, find(condition, value));
  if (!token || is_over(*token, now())) return std::optional<Token>();
  if (now() - token->last_used_at_ms < kUseNotedEveryMs) return token;
  token->last_used_at_ms = now();
  CAIRN_ASSIGN(Statement note, db_.prepare("UPDATE token SET last_used_at = ?2 WHERE id = ?1"));
  CAIRN_TRY(note.bind_text(1, token->id).bind(2, token->last_used_at_ms).run());
  return token;
}

Result<Token> SqliteTokens::create_token(const TokenSpec& spec) {
  if (!is_hash(spec.hash)) return bad_hash();
  if (spec.name.empty() || spec.name.size() > kLongestName)
    return Error(ErrorCode::kInvalidArgument, "a token's name has 1 to 200 bytes");
  if (spec.scopes == 0 || (spec.scopes & ~kAllScopes) != 0)
    return Error(ErrorCode::kInvalidArgument, "a token needs at least one scope");
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(const std::optional<Token> known, find("WHERE hash = ?", spec.hash));
  if (known) return Error(ErrorCode::kExists, "token '" + known->id + "' has this hash already");
  for (const std::string& repo : spec.repos) {
    CAIRN_ASSIGN(Statement query, db_.prepare("SELECT 1 FROM repo WHERE id = ?"));
    CAIRN_ASSIGN(const bool found, query.bind_text(1, repo).step());
    if (!found)
      return Error(ErrorCode::kNotFound, "there is no repo with id '" + printable(repo) + "'");
  }
  // Made from the hash of the hash, so that the id says nothing about the secret's own hash.
  const std::string id = "t" + sha256_hex(spec.hash).substr(0, kIdDigits);
  CAIRN_ASSIGN(Statement add,
               db_.prepare("INSERT INTO token SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3, "
                           "?4, ?5, ?6, 0, 0 FROM token"));
  add.bind_text(1, id).bind_text(2, spec.name).bind_text(3, spec.hash).bind(4, spec.scopes);
  CAIRN_TRY(add.bind(5, now()).bind(6, spec.expires_at_ms).run());
  for (const std::string& repo : spec.repos) {
    CAIRN_ASSIGN(Statement link, db_.prepare("INSERT OR IGNORE INTO token_repo VALUES(?, ?)"));
    CAIRN_TRY(link.bind_text(1, id).bind_text(2, repo).run());
  }
  CAIRN_ASSIGN(std::optional<Token> token, find("WHERE id = ?", id));
  CAIRN_TRY(transaction.commit());
  return std::move(*token);
}

Result<std::optional<Token>> SqliteTokens::use_token(std::string_view hash) {
  if (!is_hash(hash)) return std::optional<Token>();
  std::lock_guard lock(connection_->mutex);
  return usable("WHERE hash = ?", hash);
}

Result<std::optional<Token>> SqliteTokens::find_token(std::string_view id) const {
  std::lock_guard lock(connection_->mutex);
  return find("WHERE id = ?", id);
}

Result<std::vector<Token>> SqliteTokens::list_tokens() const {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Statement query, db_.prepare(std::string(kSelect) + "ORDER BY sequence"));
  std::vector<Token> out;
  for (;;) {
    CAIRN_ASSIGN(const bool more, query.step());
    if (!more) return out;
    CAIRN_ASSIGN(Token token, read(query));
    out.push_back(std::move(token));
  }
}

Result<Token> SqliteTokens::revoke_token(std::string_view id) {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(std::optional<Token> token, find("WHERE id = ?", id));
  if (!token)
    return Error(ErrorCode::kNotFound, "there is no token with id '" + printable(id) + "'");
  if (token->revoked_at_ms == 0) {
    token->revoked_at_ms = now();
    CAIRN_ASSIGN(Statement change, db_.prepare("UPDATE token SET revoked_at = ?2 WHERE id = ?1"));
    CAIRN_TRY(change.bind_text(1, id).bind(2, token->revoked_at_ms).run());
    CAIRN_TRY(run("DELETE FROM session WHERE token = ?", id));
  }
  CAIRN_TRY(transaction.commit());
  return std::move(*token);
}

Result<bool> SqliteTokens::no_tokens() const {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(const std::int64_t any, db_.query_integer("SELECT EXISTS(SELECT 1 FROM token)"));
  return any == 0;
}

Result<Session> SqliteTokens::create_session(std::string_view hash, std::string_view token,
                                             std::int64_t expires_at_ms) {
  if (!is_hash(hash)) return bad_hash();
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Transaction transaction, Transaction::begin(db_));
  CAIRN_ASSIGN(const std::optional<Token> holder, usable("WHERE id = ?", token));
  if (!holder)
    return Error(ErrorCode::kNotFound,
                 "there is no usable token with id '" + printable(token) + "'");
  const Session session{std::string(hash), std::string(token), now(), expires_at_ms};
  CAIRN_ASSIGN(Statement add, db_.prepare("INSERT OR REPLACE INTO session VALUES(?, ?, ?, ?)"));
  add.bind_text(1, session.hash).bind_text(2, session.token).bind(3, session.created_at_ms);
  CAIRN_TRY(add.bind(4, session.expires_at_ms).run());
  CAIRN_TRY(transaction.commit());
  return session;
}

Result<std::optional<TokenStore::SessionToken>> SqliteTokens::use_session(std::string_view hash) {
  if (!is_hash(hash)) return std::optional<SessionToken>();
  std::lock_guard lock(connection_->mutex);
  SessionToken out;
  {
    CAIRN_ASSIGN(Statement query, db_.prepare("SELECT hash, token, created_at, expires_at FROM "
                                              "session WHERE hash = ? AND expires_at > ?"));
    CAIRN_ASSIGN(const bool found, query.bind_text(1, hash).bind(2, now()).step());
    if (!found) return std::optional<SessionToken>();
    out.session = {query.text(0), query.text(1), query.integer(2), query.integer(3)};
  }
  CAIRN_ASSIGN(std::optional<Token> token, usable("WHERE id = ?", out.session.token));
  if (!token) return std::optional<SessionToken>();
  out.token = std::move(*token);
  return std::optional<SessionToken>(std::move(out));
}

Result<void> SqliteTokens::end_session(std::string_view hash) {
  std::lock_guard lock(connection_->mutex);
  return run("DELETE FROM session WHERE hash = ?", hash);
}

Result<std::uint64_t> SqliteTokens::drop_expired_sessions() {
  std::lock_guard lock(connection_->mutex);
  CAIRN_ASSIGN(Statement change, db_.prepare("DELETE FROM session WHERE expires_at <= ?"));
  CAIRN_TRY(change.bind(1, now()).run());
  return static_cast<std::uint64_t>(db_.changes());
}

}  // namespace

std::string_view name_of(Scope scope) { return kScopeNames[static_cast<std::size_t>(scope)]; }
std::optional<Scope> scope_named(std::string_view name) {
  const auto at = std::find(kScopeNames.begin(), kScopeNames.end(), name);
  if (at == kScopeNames.end()) return std::nullopt;
  return static_cast<Scope>(at - kScopeNames.begin());
}

std::unique_ptr<TokenStore> make_token_store(std::shared_ptr<Connection> connection,
                                             std::shared_ptr<const Clock> clock) {
  return std::make_unique<SqliteTokens>(std::move(connection), std::move(clock));
}

}  // namespace cairn::store
