// cairn serve, token.
#include <thread>

#include "api/cli_commands.h"
#include "api/serve.h"
#include "api/service/access.h"
#include "api/service/names.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::api {
namespace {

/// Settings of this run: file, environment, flags.
Result<LoadedConfig> config_of(const Session& session) {
  const Arguments& arguments = session.arguments();
  std::string file = arguments.value("--config").value_or("");
  if (file.empty()) file = session.services().environment("CAIRN_CONFIG").value_or("");
  std::vector<ConfigFlag> flags;
  if (const auto listen = arguments.value("--listen"))
    flags.push_back({"server.listen", *listen, "--listen"});
  if (const auto role = arguments.value("--role"))
    flags.push_back({"server.role", *role, "--role"});
  if (arguments.has("--dev")) flags.push_back({"server.dev", "true", "--dev"});
  if (arguments.has("--data"))
    flags.push_back({"server.data", *arguments.value("--data"), "--data"});
  if (arguments.has("--threads"))
    flags.push_back({"index.threads", *arguments.value("--threads"), "--threads"});
  CAIRN_ASSIGN(LoadedConfig loaded, load_config(file, session.services().environment, flags));
  if (loaded.config.data_dir.empty()) {
    CAIRN_ASSIGN(loaded.config.data_dir, session.data_dir());
  }
  return loaded;
}

std::string welcome(const Server& server, const ServerConfig& config) {
  const std::string& url = server.url();
  std::string text =
      "cairn serves " + url + "\n  data folder  " + printable(config.data_dir) + "\n";
  std::string header;
  if (server.first_token()) {
    text += "  admin token  " + *server.first_token() +
            "\n               shown this once; keep it, or make another: cairn token create\n";
    header = "-H 'Authorization: Bearer " + *server.first_token() + "' ";
  } else if (!config.dev) {
    header = "-H \"Authorization: Bearer $CAIRN_TOKEN\" ";
  } else {
    text += "  --dev        requests from this machine need no token\n";
  }
  text += "  add a repository:\n    curl " + header + "-H 'Content-Type: application/json' " + url +
          "/api/v1/repos -d '{\"source\":\"/path/or/url\"}'\n";
  return text + "  ask:\n    curl " + header + url + "/api/v1/repos\n";
}

Result<std::unique_ptr<store::State>> open_tokens(const Session& session) {
  CAIRN_ASSIGN(const std::string folder, session.data_dir());
  CAIRN_TRY(create_dirs(folder));
  return store::open_state(join_path(folder, "cairn.db"), session.services().clock);
}

Principal command_line() { return {"cli", "command line", store::kAllScopes, {}}; }

std::string scopes_text(store::ScopeSet scopes) {
  std::string text;
  for (std::size_t i = 0; i < store::kScopeCount; ++i)
    if ((scopes >> i & 1) != 0)
      text += (text.empty() ? "" : ",") + std::string(name_of(static_cast<Scope>(i)));
  return text;
}

Result<int> create_token(Session& session, Access& access) {
  const Arguments& arguments = session.arguments();
  TokenRequest request;
  request.name = arguments.value("--name").value_or("command line");
  const std::string scopes = arguments.value("--scope").value_or("read");
  static constexpr std::string_view kNames[] = {"read", "index", "flow", "approve", "admin"};
  for (const std::string_view name : split_list(scopes)) {
    const auto scope = store::scope_named(name);
    if (!scope) return no_such_name("--scope", name, kNames);
    request.scopes |= store::scope_bit(*scope);
  }
  request.repo_slugs = arguments.values("--repo");
  CAIRN_ASSIGN(const std::uint64_t days, arguments.number("--days", 0, 0, 3650));
  request.expires_in_days = static_cast<std::int64_t>(days);
  CAIRN_ASSIGN(const NewToken made, access.create(command_line(), request));
  // The secret alone on standard output, so that it can be put into a variable.
  session.note("token " + made.token.id + " '" + printable(made.token.name) + "' with " +
               scopes_text(made.token.scopes) + "; its secret is shown this once");
  CAIRN_TRY(session.print(made.secret + "\n"));
  return 0;
}

Result<int> list_tokens(Session& session, const Access& access) {
  CAIRN_ASSIGN(const std::vector<store::Token> tokens, access.list(command_line()));
  std::string text;
  JsonWriter json(text);
  if (session.json()) json.begin_object().key("tokens").begin_array();
  for (const store::Token& token : tokens) {
    if (session.json()) {
      json.begin_object().field("id", token.id).field("name", token.name);
      json.field("scopes", scopes_text(token.scopes)).field("revoked", token.revoked_at_ms != 0);
      json.field("created_at", format_utc(token.created_at_ms)).end_object();
      continue;
    }
    text += token.id + "  " + format_utc(token.created_at_ms) + "  " + scopes_text(token.scopes) +
            (token.repos.empty() ? "" : "  " + human_count(token.repos.size()) + " repositories") +
            (token.revoked_at_ms != 0 ? "  revoked" : "") + "  " + printable(token.name) + "\n";
  }
  if (session.json()) json.end_array().end_object().newline();
  CAIRN_TRY(session.print(text));
  return 0;
}

}  // namespace

Result<int> run_serve(Session& session) {
  CAIRN_ASSIGN(const LoadedConfig loaded, config_of(session));
  CAIRN_ASSIGN(const LogLevel level, log_level_named(loaded.config.log_level));
  set_log_level(session.quiet() ? LogLevel::kWarning : level);
  CAIRN_ASSIGN(const std::unique_ptr<Server> server,
               Server::start(loaded.config, session.services().clock));
  CAIRN_TRY(session.print(welcome(*server, loaded.config)));
  CAIRN_TRY(session.flush());
  while (!session.stop().stopped()) {
    server->idle();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  session.note("stopping");
  server->stop();
  return 0;
}

Result<int> run_token(Session& session) {
  CAIRN_ASSIGN(const std::unique_ptr<store::State> state, open_tokens(session));
  Access access(*state, *session.services().clock);
  const std::string& action = session.arguments().at("ACTION");
  if (action == "create") return create_token(session, access);
  if (action == "list") return list_tokens(session, access);
  if (action != "revoke")
    return Error(ErrorCode::kUsage,
                 "token: '" + printable(action) + "' is none, write create, list or revoke");
  const auto id = session.arguments().value("--id");
  if (!id) return Error(ErrorCode::kUsage, "token revoke: give --id, cairn token list shows them");
  CAIRN_ASSIGN(const store::Token token, access.revoke(command_line(), *id));
  CAIRN_TRY(session.print("revoked " + token.id + " " + printable(token.name) + "\n"));
  return 0;
}

}  // namespace cairn::api
