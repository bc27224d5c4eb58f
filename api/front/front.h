#pragma once
// The program's one public port. Reads whole requests from any client, however slow or hostile,
// and passes complete ones over a few kept connections to the HTTP server behind it; serves static
// files, WebSocket (/api/v1/ws) and server-sent events (/api/v1/events) itself.
//
// One thread of its own serves all connections and calls all hooks: a hook must only use memory or
// a quick look-up. start(), stop() and the destructor belong to the owner's thread; port() and
// stats() are thread-safe. docs/http.md has the limits, deadlines and protocols.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/broker.h"
#include "api/front/http_head.h"
#include "api/front/static_files.h"
#include "api/http/message.h"
#include "base/result.h"

namespace cairn::api {

/// Where complete requests go: a unix socket, or a port of 127.0.0.1 when the path is empty.
struct Upstream {
  std::string socket_path;
  std::uint16_t port = 0;
  /// Connections at once; the server behind must have as many threads.
  std::size_t connections = 16;
  /// Requests that wait for a connection; one more is answered 503.
  std::size_t queue = 256;
};

struct FrontLimits {
  HeadLimits head;
  std::size_t connections = 20'000;
  /// From one address, streams too.
  std::size_t connections_per_peer = 256;
  /// A reverse proxy's clients all come from there.
  bool loopback_exempt = true;
  /// WebSockets and event streams.
  std::size_t streams = 5'000;
  /// Bodies of unfinished requests together.
  std::uint64_t buffered_bodies = 512u << 20;
  /// From the first byte of a head to its end.
  std::chrono::milliseconds head_time{10'000};
  /// Between requests, and before the first.
  std::chrono::milliseconds idle_time{75'000};
  /// Bytes a second that a body must bring, and a client must take of an answer that waits,
  /// judged over each rate_window.
  std::uint64_t min_rate = 1'024;
  std::chrono::milliseconds rate_window{10'000};
  /// For the first byte of the answer, and between later ones.
  std::chrono::milliseconds upstream_time{60'000};
  /// A request that waited longer for a connection is answered 503.
  std::chrono::milliseconds queue_time{10'000};
  /// Kept connections to the server behind are closed after this time without use. Less than that
  /// server's own limit, so that it never closes one that is about to be used.
  std::chrono::milliseconds upstream_idle{5'000};
  /// A WebSocket is pinged at half of this time, and closed when nothing came for all of it.
  std::chrono::milliseconds socket_idle{60'000};
  std::chrono::milliseconds heartbeat{15'000};
  std::size_t socket_message = 64u << 10;
  std::size_t subscriptions_per_second = 20;
  /// What an answer may have waiting for its client before its source is held up.
  std::size_t response_buffer = 256u << 10;
  /// How often deadlines are looked at.
  std::chrono::milliseconds tick{100};
  /// For requests under way when the front stops.
  std::chrono::milliseconds drain{10'000};
};

/// One answered request, for logs and metrics.
struct AccessRecord {
  std::string_view id;
  std::string_view peer;
  std::string_view method;
  /// Without the query, which may hold what is nobody's business.
  std::string_view path;
  int status = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds took{0};
};

struct FrontHooks {
  /// The largest body of a route; 0 allows none.
  std::function<std::size_t(std::string_view method, std::string_view path)> body_limit;
  /// Who opens a stream, by its headers (cookie or Authorization). Its error becomes the answer.
  std::function<Result<StreamAccess>(const Request& head)> authenticate;
  /// The client of a request that the server behind has, or may have, went away.
  std::function<void(std::string_view request_id)> on_abandoned;
  std::function<void(const AccessRecord&)> on_answered;
};

struct FrontOptions {
  std::string address = "127.0.0.1";
  /// 0 = any free one.
  std::uint16_t port = 0;
  Upstream upstream;
  /// For paths that must never wait behind slow queries.
  Upstream urgent{{}, 0, 4, 64};
  std::vector<std::string> urgent_paths = {"/healthz", "/readyz", "/webhooks/"};
  FrontLimits limits;
  FrontHooks hooks;
  /// Host names that requests may use, lower case, without port; empty = any. A browser that was
  /// lured to a name of an attacker that resolves to this address is refused by it (421).
  std::vector<std::string> hosts;
  /// Origins that may open WebSockets besides the host's own, e.g. "https://cairn.example".
  std::vector<std::string> origins;
  std::shared_ptr<const StaticFiles> files;
  /// Content-Security-Policy of HTML among the static files.
  std::string page_policy =
      "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; "
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
};

struct FrontStats {
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t queued = 0;
  std::uint64_t upstream_connections = 0;
};

class Front {
 public:
  /// Listens, and serves from a thread of its own. kBusy when the port is taken; kInvalidArgument
  /// for a bad address. The broker must outlive the front.
  static Result<std::unique_ptr<Front>> start(FrontOptions options, EventBroker& broker);
  /// stop().
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  std::uint16_t port() const;
  /// Accepts no more, lets requests under way finish for limits.drain, ends streams (1001), closes
  /// everything and returns. Repeating it is fine.
  void stop();
  FrontStats stats() const;

 private:
  struct Impl;
  explicit Front(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::api
