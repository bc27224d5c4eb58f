#pragma once
// The HTTP server behind the front: hosts one Handler on a unix socket or a loopback port. It only
// ever meets the front, which sends complete and well-formed requests; it must not be reachable by
// anybody else. Thread-safe. Calls the handler from its own threads.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "base/result.h"

namespace cairn::api {

struct HttpServerOptions {
  /// A path in a private folder, of at most 100 bytes. A file that is there is replaced. Empty: a
  /// free port of 127.0.0.1.
  std::string socket_path;
  /// Requests at once. A kept connection holds a thread, so this is also the number of connections
  /// that the front may open.
  std::size_t threads = 16;
  std::uint64_t max_body = 256u << 20;
  /// Seconds without a request after which a connection is closed; more than the front's.
  int keep_alive_seconds = 15;
  /// Seconds the front may take to accept more of an answer: it has deadlines for its clients.
  int write_seconds = 120;
};

class HttpServer {
 public:
  /// Listening when it returns. kIo and the like when the socket cannot be had.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
  /// stop().
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// 0 for a unix socket.
  std::uint16_t port() const;
  /// Trips the StopToken of a request under way. Unknown ids are ignored: it has ended.
  void abandon(std::string_view request_id);
  /// Trips every StopToken, waits for the handlers under way and ends the threads. Stop the front
  /// first: an idle connection that nobody closes holds this up for keep_alive_seconds.
  void stop();
  std::size_t running() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Headers between the front and this server; clients' copies never arrive.
inline constexpr std::string_view kPeerHeader = "X-Cairn-Peer";
inline constexpr std::string_view kRequestHeader = "X-Cairn-Request";

}  // namespace cairn::api
