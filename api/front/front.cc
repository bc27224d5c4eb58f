#include "api/front/front.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <random>
#include <thread>

#include "api/front/detail/connection.h"
#include "base/log.h"

namespace cairn::api {
namespace front {
namespace {

using ErrorCodeOf = boost::system::error_code;

// Files and sockets that are not clients.
constexpr std::uint64_t kReservedFiles = 256;
constexpr int kBacklog = 1'024;

std::string random_prefix() {
  std::random_device device;
  std::string out;
  for (int i = 0; i < 8; ++i) out += "0123456789abcdef"[device() % 16];
  return out;
}

/// As many connections as the process may have files, if that is less.
void fit_connections(FrontLimits& limits) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  if (files.rlim_cur < files.rlim_max) {
    rlimit raised = files;
    raised.rlim_cur = std::min<rlim_t>(files.rlim_max, limits.connections + 2 * kReservedFiles);
    if (raised.rlim_cur > files.rlim_cur && ::setrlimit(RLIMIT_NOFILE, &raised) == 0)
      files = raised;
  }
  const std::uint64_t room =
      files.rlim_cur > 2 * kReservedFiles ? files.rlim_cur - kReservedFiles : kReservedFiles;
  if (room < limits.connections) {
    log_warning("front.few_files", {{"limit", files.rlim_cur}, {"connections", room}});
    limits.connections = room;
  }
}

std::string address_text(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

void accept_next(Runtime& runtime);

void take_connection(Runtime& runtime, Tcp::socket socket) {
  ErrorCodeOf error;
  const Tcp::endpoint remote = socket.remote_endpoint(error);
  if (!error) socket.non_blocking(true, error);
  if (!error) socket.set_option(Tcp::no_delay(true), error);
  if (error) return;  // It has gone already.
  ++runtime.counters.accepted;
  const std::string peer = address_text(remote.address());
  const FrontLimits& limits = runtime.options.limits;
  std::size_t& of_peer = runtime.per_peer[peer];
  const bool exempt = limits.loopback_exempt && remote.address().is_loopback();
  const bool crowded = !exempt && of_peer >= limits.connections_per_peer;
  ++of_peer;
  if (runtime.connections.size() >= limits.connections && !runtime.idle.empty())
    runtime.idle.front()->close();
  const bool full = runtime.connections.size() >= limits.connections;
  auto connection = std::make_shared<Connection>(runtime, std::move(socket), peer);
  runtime.connections.emplace(connection.get(), connection);
  ++runtime.counters.connections;
  if (crowded || full)
    connection->refuse();
  else
    connection->start();
}

void accept_next(Runtime& runtime) {
  runtime.accepting = true;
  runtime.acceptor.async_accept([&runtime](const ErrorCodeOf& error, Tcp::socket socket) {
    runtime.accepting = false;
    if (runtime.stopping || error == asio::error::operation_aborted) return;
    if (!error) {
      take_connection(runtime, std::move(socket));
      accept_next(runtime);
      return;
    }
    // No file descriptors left, or the like: the next tick tries again.
    log_warning("front.accept", {{"error", error.message()}});
  });
}

void end_if_quiet(Runtime& runtime) {
  if (!runtime.stopping || !runtime.connections.empty() || !runtime.sessions.empty()) return;
  runtime.timer.cancel();
  runtime.normal->close();
  runtime.urgent->close();
  runtime.io.stop();
}

void close_everything(Runtime& runtime) {
  const auto connections = runtime.connections;
  for (const auto& [address, connection] : connections) connection->close();
  const auto sessions = runtime.sessions;
  for (const auto& session : sessions) session->abort();
}

void tick(Runtime& runtime) {
  const TimePoint now = std::chrono::steady_clock::now();
  // Copies: what has run out of time leaves the tables.
  std::vector<std::shared_ptr<Connection>> connections;
  connections.reserve(runtime.connections.size());
  for (const auto& [address, connection] : runtime.connections) connections.push_back(connection);
  for (const auto& connection : connections) connection->on_tick(now);
  const std::vector<std::shared_ptr<StreamSession>> sessions(runtime.sessions.begin(),
                                                             runtime.sessions.end());
  for (const auto& session : sessions) session->on_tick(now);
  if (!runtime.accepting && !runtime.stopping) accept_next(runtime);
  runtime.normal->on_tick(now);
  runtime.urgent->on_tick(now);
  if (runtime.stopping && now >= runtime.stop_by) close_everything(runtime);
  end_if_quiet(runtime);
}

void schedule_tick(Runtime& runtime) {
  runtime.timer.expires_after(runtime.options.limits.tick);
  runtime.timer.async_wait([&runtime](const ErrorCodeOf& error) {
    if (error) return;
    tick(runtime);
    schedule_tick(runtime);
  });
}

void begin_stop(Runtime& runtime) {
  if (runtime.stopping) return;
  runtime.stopping = true;
  runtime.stop_by = std::chrono::steady_clock::now() + runtime.options.limits.drain;
  ErrorCodeOf ignored;
  runtime.acceptor.close(ignored);
  const auto connections = runtime.connections;
  for (const auto& [address, connection] : connections) connection->wind_down();
  const auto sessions = runtime.sessions;
  for (const auto& session : sessions) session->end();
  end_if_quiet(runtime);
}

Result<void> listen(Runtime& runtime) {
  const FrontOptions& options = runtime.options;
  ErrorCodeOf error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    return Error(ErrorCode::kInvalidArgument,
                 "'" + options.address + "' is no address to listen on; give an IP address");
  const Tcp::endpoint endpoint(address, options.port);
  runtime.acceptor.open(endpoint.protocol(), error);
  if (!error) runtime.acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) runtime.acceptor.bind(endpoint, error);
  if (!error) runtime.acceptor.listen(kBacklog, error);
  if (!error) return {};
  const std::string where = options.address + ":" + std::to_string(options.port);
  if (error == asio::error::address_in_use)
    return Error(ErrorCode::kBusy,
                 "listening on " + where + ": the port is in use; choose another with --listen");
  return errno_error(error.value(), "listening on " + where);
}

}  // namespace

Runtime::Runtime(FrontOptions given, EventBroker& events)
    : options(std::move(given)), broker(events), id_prefix_(random_prefix()) {
  fit_connections(options.limits);
  normal = std::make_unique<UpstreamPool>(*this, options.upstream);
  urgent = std::make_unique<UpstreamPool>(*this, options.urgent);
}

Runtime::~Runtime() = default;

std::string Runtime::next_request_id() {
  std::string number = std::to_string(++last_id_);
  return id_prefix_ + "-" + number;
}

std::string_view Runtime::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_at_ || date_.empty()) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 96> text;
    // Not strftime: names of days must not depend on the locale.
    const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                                   kMonths[static_cast<std::size_t>(parts.tm_mon)],
                                   parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    date_.assign(text.data(), static_cast<std::size_t>(size));
    date_at_ = now;
  }
  return date_;
}

void Runtime::leave_peer(const std::string& peer) {
  const auto found = per_peer.find(peer);
  if (found != per_peer.end() && --found->second == 0) per_peer.erase(found);
}

bool Runtime::origin_allowed(std::string_view origin, std::string_view host) const {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme) && !host.empty() &&
        equals_ignoring_case(origin.substr(scheme.size()), host))
      return true;
  return std::any_of(options.origins.begin(), options.origins.end(),
                     [&](const std::string& one) { return equals_ignoring_case(one, origin); });
}

UpstreamPool& Runtime::pool_for(std::string_view path) {
  for (const std::string& one : options.urgent_paths)
    if (path == one || (one.ends_with('/') && path.starts_with(one))) return *urgent;
  return *normal;
}

}  // namespace front

struct Front::Impl {
  Impl(FrontOptions options, EventBroker& broker) : runtime(std::move(options), broker) {}
  front::Runtime runtime;
  std::uint16_t port = 0;
  std::thread thread;
};

Front::Front(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Front>> Front::start(FrontOptions options, EventBroker& broker) {
  auto impl = std::make_unique<Impl>(std::move(options), broker);
  front::Runtime& runtime = impl->runtime;
  CAIRN_TRY(front::listen(runtime));
  boost::system::error_code error;
  impl->port = runtime.acceptor.local_endpoint(error).port();
  front::accept_next(runtime);
  front::schedule_tick(runtime);
  impl->thread = std::thread([&runtime] { runtime.io.run(); });
  return std::unique_ptr<Front>(new Front(std::move(impl)));
}

Front::~Front() { stop(); }

std::uint16_t Front::port() const { return impl_->port; }

void Front::stop() {
  if (!impl_->thread.joinable()) return;
  front::Runtime& runtime = impl_->runtime;
  front::asio::post(runtime.io, [&runtime] { front::begin_stop(runtime); });
  impl_->thread.join();
  // Closes the subscribers of sessions that never had a chance to.
  front::close_everything(runtime);
}

FrontStats Front::stats() const {
  const front::Counters& from = impl_->runtime.counters;
  FrontStats out;
  out.connections = from.connections;
  out.streams = from.streams;
  out.accepted = from.accepted;
  out.requests = from.requests;
  out.refused = from.refused;
  out.abandoned = from.abandoned;
  out.queued = from.queued;
  out.upstream_connections = from.upstream_connections;
  return out;
}

}  // namespace cairn::api
