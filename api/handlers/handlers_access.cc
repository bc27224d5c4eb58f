// Handlers of tokens, sessions and the audit log.
#include "api/auth.h"
#include "api/handlers/parts.h"

namespace cairn::api {
namespace {

void scopes_json(JsonWriter& json, store::ScopeSet scopes) {
  json.key("scopes").begin_array();
  for (std::size_t i = 0; i < store::kScopeCount; ++i)
    if ((scopes >> i & 1) != 0) json.value(name_of(static_cast<Scope>(i)));
  json.end_array();
}

/// Without the closing brace, so that a secret can follow.
void token_fields(JsonWriter& json, const store::Token& token,
                  const std::map<std::string, std::string>& slugs) {
  json.begin_object().field("id", token.id).field("name", token.name);
  scopes_json(json, token.scopes);
  json.key("repos");
  if (token.repos.empty()) {
    json.null();
  } else {
    json.begin_array();
    for (const std::string& id : token.repos) {
      const auto slug = slugs.find(id);
      json.value(slug == slugs.end() ? id : slug->second);
    }
    json.end_array();
  }
  time_json(json, "created_at", token.created_at_ms);
  time_json(json, "expires_at", token.expires_at_ms);
  time_json(json, "last_used_at", token.last_used_at_ms);
  time_json(json, "revoked_at", token.revoked_at_ms);
}

std::string session_json(const Principal& who) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("id", who.id).field("name", who.name);
  scopes_json(json, who.scopes);
  json.field("all_repos", who.repos.empty()).end_object();
  return out;
}

Result<Response> list_tokens(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const std::vector<store::Token> tokens, parts.access.list(call.who));
  CAIRN_ASSIGN(const auto slugs, parts.access.slugs());
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("tokens").begin_array();
  for (const store::Token& token : tokens) {
    token_fields(json, token, slugs);
    json.end_object();
  }
  json.end_array().end_object();
  return json_response(200, std::move(out));
}

Result<Response> create_token(ApiParts& parts, const Call& call) {
  TokenRequest request;
  request.name = call.body.find("name").as_string().value_or("");
  for (const JsonValue& name : call.body.find("scopes").items())
    if (const auto scope = store::scope_named(name.as_string().value_or("")))
      request.scopes |= store::scope_bit(*scope);
  for (const JsonValue& slug : call.body.find("repos").items())
    request.repo_slugs.emplace_back(slug.as_string().value_or(""));
  request.expires_in_days = call.body.find("expires_in_days").as_int().value_or(0);
  CAIRN_ASSIGN(const NewToken made, parts.access.create(call.who, request));
  CAIRN_ASSIGN(const auto slugs, parts.access.slugs());
  std::string out;
  JsonWriter json(out);
  token_fields(json, made.token, slugs);
  json.field("secret", made.secret).end_object();
  return json_response(201, std::move(out));
}

Result<Response> revoke_token(ApiParts& parts, const Call& call) {
  CAIRN_ASSIGN(const store::Token token, parts.access.revoke(call.who, call.parameters.text("id")));
  if (parts.on_revoked) parts.on_revoked(token.id);
  CAIRN_ASSIGN(const auto slugs, parts.access.slugs());
  std::string out;
  JsonWriter json(out);
  token_fields(json, token, slugs);
  json.end_object();
  return json_response(200, std::move(out));
}

Result<Response> get_session(ApiParts&, const Call& call) {
  return json_response(200, session_json(call.who));
}

Result<Response> create_session(ApiParts& parts, const Call& call) {
  CAIRN_TRY(check_origin(call.request));
  CAIRN_ASSIGN(const OpenedSession opened,
               parts.access.open_session(call.body.find("token").as_string().value_or("")));
  Response response = json_response(200, session_json(opened.who));
  response.headers.add("Set-Cookie", session_cookie(call.request, opened.cookie, opened.seconds));
  return response;
}

Result<Response> end_session(ApiParts& parts, const Call& call) {
  CAIRN_TRY(check_origin(call.request));
  const std::string cookie = session_of(call.request);
  if (!cookie.empty()) {
    CAIRN_ASSIGN(const Principal who, parts.access.by_session(cookie));
    CAIRN_TRY(parts.access.close_session(cookie));
    if (who.is_known()) CAIRN_TRY(parts.access.record(who, "session.end", who.id));
  }
  Response response;
  response.status = 204;
  response.headers.add("Set-Cookie", session_cookie(call.request, "", 0));
  return response;
}

Result<Response> list_audit(ApiParts& parts, const Call& call) {
  std::optional<std::int64_t> before;
  if (call.parameters.has("before")) before = call.parameters.number("before");
  const auto limit = static_cast<std::size_t>(call.parameters.number("limit"));
  CAIRN_ASSIGN(const std::vector<store::AuditRow> rows,
               parts.access.audit(call.who, before, limit));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("rows").begin_array();
  for (const store::AuditRow& row : rows) {
    json.begin_object().field("seq", row.seq);
    time_json(json, "time", row.time_ms);
    json.field("actor", row.event.actor).field("action", row.event.action);
    json.field("target", row.event.target).key("detail");
    if (row.event.detail.empty()) {
      json.null();
    } else {
      json.raw(row.event.detail);
    }
    json.field("previous", row.previous).field("hash", row.hash).end_object();
  }
  json.end_array().end_object();
  return json_response(200, std::move(out));
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/tokens", list_tokens},
    {"POST", "/api/v1/tokens", create_token},
    {"DELETE", "/api/v1/tokens/{id}", revoke_token},
    {"GET", "/api/v1/session", get_session},
    {"POST", "/api/v1/session", create_session},
    {"DELETE", "/api/v1/session", end_session},
    {"GET", "/api/v1/audit", list_audit},
};

}  // namespace

std::span<const Route> access_routes() { return kRoutes; }

}  // namespace cairn::api
