#include "api/serve.h"

#include <mutex>

#include "api/auth.h"
#include "api/events/broker.h"
#include "api/front/front.h"
#include "api/handlers/parts.h"
#include "api/http/server.h"
#include "api/server_events.h"
#include "api/service/names.h"
#include "base/log.h"
#include "base/metrics.h"
#include "indexer/temp_folder.h"
#include "indexer/worker/sandbox.h"

namespace cairn::api {
namespace {

constexpr std::size_t kUrgentThreads = 4;

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string_view part : split_list(text)) out.emplace_back(part);
  return out;
}

void log_answer(const AccessRecord& record) {
  const bool notable = record.status >= 500 || record.took > std::chrono::seconds(1);
  const LogLevel level = notable ? LogLevel::kWarning : LogLevel::kDebug;
  if (!log_enabled(level)) return;
  const std::chrono::duration<double, std::milli> took = record.took;
  log(level, "http.answer",
      {{"request", record.id},
       {"peer", record.peer},
       {"method", record.method},
       {"path", record.path},
       {"status", record.status},
       {"bytes", record.bytes},
       {"took_ms", took.count()}});
}

/// Settings that do not go together.
Result<ListenAddress> checked_listen(const ServerConfig& config) {
  CAIRN_ASSIGN(ListenAddress listen, parse_listen(config.listen));
  if (config.dev && !is_loopback(listen.address))
    return Error(ErrorCode::kInvalidArgument,
                 "server.dev lets everybody in who reaches the port, so it goes with a loopback "
                 "address only, not with " +
                     config.listen);
  return listen;
}

}  // namespace

struct Server::Impl {
  ServerConfig config;
  std::shared_ptr<const Clock> clock;
  std::unique_ptr<indexer::Workspaces> workspaces;
  std::optional<ApiSpec> spec;
  std::unique_ptr<EventBroker> broker;
  std::unique_ptr<ServerEvents> events;
  std::unique_ptr<indexer::JobRunner> runner;
  std::unique_ptr<Access> access;
  std::unique_ptr<WorkspaceCatalogue> catalogue;
  std::unique_ptr<GraphService> graph;
  std::unique_ptr<RepoService> repos;
  std::unique_ptr<ApiParts> parts;
  std::unique_ptr<Router> router;
  std::optional<indexer::TempFolder> sockets;
  std::unique_ptr<HttpServer> http;
  std::unique_ptr<HttpServer> urgent_http;
  std::unique_ptr<Front> front;
  std::string url;
  std::optional<std::string> first_token;
  bool stopped = false;
  std::optional<std::size_t> listener_number;

  Result<void> make_services(const ExecutorFactory& executor);
  Result<void> make_router();
  Result<void> listen(const ListenAddress& address);
  Readiness readiness();
  std::vector<Gauge> gauges();
};

Result<void> Server::Impl::make_services(const ExecutorFactory& executor) {
  CAIRN_ASSIGN(workspaces, indexer::Workspaces::open(config.data_dir, clock));
  BrokerOptions broker_options;
  broker_options.snapshot = [this](std::string_view topic) { return events->state_of(topic); };
  broker = std::make_unique<EventBroker>(*clock, std::move(broker_options));
  events = std::make_unique<ServerEvents>(*broker, *workspaces);
  indexer::RunnerOptions options;
  options.slots = static_cast<unsigned>(config.index_slots);
  options.threads_per_job = static_cast<unsigned>(config.index_threads);
  runner = std::make_unique<indexer::JobRunner>(*workspaces, executor(*workspaces, config), options,
                                                events.get());
  indexer::Workspaces::Listener listener;
  listener.repo_changed = [this](const std::string&) { events->read_slugs(); };
  listener_number = workspaces->add_listener(std::move(listener));
  CAIRN_TRY(events->load(*runner));
  access = std::make_unique<Access>(workspaces->state(), *clock);
  catalogue = std::make_unique<WorkspaceCatalogue>(*workspaces);
  graph = std::make_unique<GraphService>(*catalogue);
  repos = std::make_unique<RepoService>(*workspaces, *runner, *access, *graph);
  if (!config.dev) {
    CAIRN_ASSIGN(const std::optional<NewToken> made, access->bootstrap());
    if (made) first_token = made->secret;
  }
  return {};
}

Result<void> Server::Impl::make_router() {
  CAIRN_ASSIGN(spec, ApiSpec::parse(openapi_json()));
  parts = std::unique_ptr<ApiParts>(new ApiParts{
      *graph, *repos, *access, *clock, [this] { return readiness(); }, [this] { return gauges(); },
      [this](const std::string& token) {
        broker->revoke([&](std::string_view who) { return who == token; });
      }});
  RouterOptions options;
  options.max_body = static_cast<std::size_t>(config.body_bytes);
  options.limits.requests_per_second = static_cast<double>(config.requests_per_second);
  options.limits.burst = static_cast<double>(config.request_burst);
  const auto routes = config.role == "index" ? service_routes() : route_table();
  CAIRN_ASSIGN(router, Router::make(
                           *spec, routes, *parts,
                           [this](const Request& request) {
                             return authenticate(request, *access, config.dev);
                           },
                           *clock, options));
  parts->router = router.get();
  return {};
}

Result<void> Server::Impl::listen(const ListenAddress& address) {
  CAIRN_ASSIGN(indexer::TempFolder folder, indexer::TempFolder::make_if(true));
  sockets.emplace(std::move(folder));
  const Handler handler = [this](const Request& request) { return router->handle(request); };
  HttpServerOptions options;
  options.socket_path = sockets->path() + "/http.sock";
  options.threads = static_cast<std::size_t>(config.http_threads);
  CAIRN_ASSIGN(http, HttpServer::start(options, handler));
  HttpServerOptions urgent = options;
  urgent.socket_path = sockets->path() + "/urgent.sock";
  urgent.threads = kUrgentThreads;
  CAIRN_ASSIGN(urgent_http, HttpServer::start(urgent, handler));

  FrontOptions front_options;
  front_options.address = address.address;
  front_options.port = address.port;
  front_options.upstream.socket_path = options.socket_path;
  front_options.upstream.connections = options.threads;
  front_options.urgent.socket_path = urgent.socket_path;
  front_options.urgent.connections = kUrgentThreads;
  front_options.limits.drain = std::chrono::seconds(config.shutdown_seconds);
  front_options.origins = list_of(config.origins);
  front_options.hosts = list_of(config.public_hosts);
  // Without a token, the name a page was reached by is all that tells a browser's victim apart.
  if (config.dev && front_options.hosts.empty())
    front_options.hosts = {"localhost", "127.0.0.1", "[::1]", "::1"};
  front_options.hooks.body_limit = [this](std::string_view method, std::string_view path) {
    return router->body_limit(method, path);
  };
  front_options.hooks.authenticate = [this](const Request& head) -> Result<StreamAccess> {
    CAIRN_ASSIGN(const Principal who, authenticate(head, *access, config.dev));
    CAIRN_TRY(require(who, Scope::kRead));
    return stream_access(who, *workspaces, *runner);
  };
  front_options.hooks.on_abandoned = [this](std::string_view id) {
    http->abandon(id);
    urgent_http->abandon(id);
  };
  front_options.hooks.on_answered = log_answer;
  CAIRN_ASSIGN(front, Front::start(std::move(front_options), *broker));
  const std::string host = address.address.find(':') == std::string::npos
                               ? address.address
                               : "[" + address.address + "]";
  url = "http://" + host + ":" + std::to_string(front->port());
  return {};
}

Readiness Server::Impl::readiness() {
  Readiness ready;
  const indexer::SandboxReport& sandbox = indexer::probe_sandbox();
  ready.sandbox = name_of(sandbox.level);
  ready.sandbox_missing = sandbox.missing;
  const auto counts = workspaces->state().jobs().counts();
  ready.checks.push_back(
      {"store", counts.has_value(),
       counts ? std::to_string(counts->queued) + " jobs wait" : counts.error().message()});
  const std::string paused = runner->paused_reason();
  ready.checks.push_back({"jobs", paused.empty(), paused});
  return ready;
}

std::vector<Gauge> Server::Impl::gauges() {
  std::vector<Gauge> out;
  if (const auto counts = workspaces->state().jobs().counts()) {
    out.push_back({"cairn_jobs{state=\"queued\"}", "Jobs by state.", "gauge",
                   static_cast<double>(counts->queued)});
    out.push_back({"cairn_jobs{state=\"running\"}", "Jobs by state.", "gauge",
                   static_cast<double>(counts->running)});
  }
  if (const auto all = workspaces->list())
    out.push_back(
        {"cairn_repositories", "Known repositories.", "gauge", static_cast<double>(all->size())});
  out.push_back({"cairn_event_subscribers", "Open event streams.", "gauge",
                 static_cast<double>(broker->subscribers())});
  if (!front) return out;
  const FrontStats stats = front->stats();
  const auto add = [&](const char* name, const char* help, const char* type, std::uint64_t value) {
    out.push_back({name, help, type, static_cast<double>(value)});
  };
  add("cairn_connections", "Open connections.", "gauge", stats.connections);
  add("cairn_connections_accepted_total", "Connections taken.", "counter", stats.accepted);
  add("cairn_requests_refused_total", "Answered by the front with an error.", "counter",
      stats.refused);
  add("cairn_requests_abandoned_total", "Clients that went away.", "counter", stats.abandoned);
  add("cairn_requests_queued", "Requests that wait for a connection.", "gauge", stats.queued);
  return out;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(const ServerConfig& config,
                                              std::shared_ptr<const Clock> clock,
                                              const ExecutorFactory& executor) {
  CAIRN_ASSIGN(const ListenAddress address, checked_listen(config));
  std::unique_ptr<Server> server(new Server(std::make_unique<Impl>()));
  Impl& impl = *server->impl_;
  impl.config = config;
  impl.clock = std::move(clock);
  CAIRN_TRY(impl.make_services(executor));
  CAIRN_TRY(impl.make_router());
  CAIRN_TRY(impl.listen(address));
  if (config.role != "api") CAIRN_TRY(impl.runner->start());
  log_info("server.started", {{"url", impl.url}, {"role", config.role}, {"dev", config.dev}});
  return server;
}

const std::string& Server::url() const { return impl_->url; }
const std::optional<std::string>& Server::first_token() const { return impl_->first_token; }

void Server::idle() {
  const auto views = impl_->events->take_new_snapshots();
  for (const indexer::RepoView& view : views)
    if (const Result<void> warmed = impl_->graph->warm(view); !warmed)
      log_warning("snapshot.not_warm", {{"repo", view.repo.slug}, {"error", warmed.error()}});
  // What was kept for the snapshots before is free now.
  if (!views.empty()) return_freed_memory();
}

void Server::stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  // Who asks first, who answers next, who works last: nothing is called after it is gone.
  if (impl_->front) impl_->front->stop();
  if (impl_->http) impl_->http->stop();
  if (impl_->urgent_http) impl_->urgent_http->stop();
  if (impl_->runner) impl_->runner->stop();
  if (impl_->listener_number) impl_->workspaces->remove_listener(*impl_->listener_number);
  log_info("server.stopped", {{"url", impl_->url}});
}

}  // namespace cairn::api
