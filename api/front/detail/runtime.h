#pragma once
// What the front's parts share. Everything here belongs to the front's one thread, but for the
// counters.
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <ctime>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/front/front.h"

namespace cairn::api::front {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using TimePoint = std::chrono::steady_clock::time_point;

class Connection;
class UpstreamPool;

/// A connection that left HTTP: a WebSocket.
class StreamSession {
 public:
  virtual ~StreamSession() = default;
  /// Says good-bye (1001) and closes.
  virtual void end() = 0;
  /// Closes at once.
  virtual void abort() = 0;
  virtual void on_tick(TimePoint now) = 0;
};

struct Counters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> streams{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> abandoned{0};
  std::atomic<std::uint64_t> queued{0};
  std::atomic<std::uint64_t> upstream_connections{0};
};

/// Judges bytes per second over windows that follow each other.
class RateWindow {
 public:
  void restart(TimePoint now) {
    began_ = now;
    bytes_ = 0;
  }
  void add(std::size_t bytes) { bytes_ += bytes; }
  /// True once a whole window brought less than the limits ask for.
  bool too_slow(TimePoint now, const FrontLimits& limits) {
    if (now - began_ < limits.rate_window) return false;
    const auto least =
        limits.min_rate * static_cast<std::uint64_t>(limits.rate_window.count()) / 1'000;
    const bool slow = bytes_ < std::max<std::uint64_t>(1, least);
    restart(now);
    return slow;
  }

 private:
  TimePoint began_;
  std::uint64_t bytes_ = 0;
};

struct Runtime {
  Runtime(FrontOptions given, EventBroker& events);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  std::string next_request_id();
  /// The value of a Date header.
  std::string_view date();
  bool origin_allowed(std::string_view origin, std::string_view host) const;
  /// One connection of this address less.
  void leave_peer(const std::string& peer);
  UpstreamPool& pool_for(std::string_view path);

  FrontOptions options;
  EventBroker& broker;
  /// Shared with wake-ups from other threads only, which may come a moment too late.
  std::shared_ptr<asio::io_context> io_owner = std::make_shared<asio::io_context>(1);
  asio::io_context& io = *io_owner;
  Tcp::acceptor acceptor{io};
  asio::steady_timer timer{io};
  /// Where bytes are read to before a connection keeps what it needs.
  std::array<char, 64u << 10> scratch{};
  Counters counters;
  std::unique_ptr<UpstreamPool> normal;
  std::unique_ptr<UpstreamPool> urgent;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
  /// Those between two requests, the longest waiting first.
  std::list<Connection*> idle;
  std::set<std::shared_ptr<StreamSession>> sessions;
  std::unordered_map<std::string, std::size_t> per_peer;
  std::uint64_t buffered_bodies = 0;
  bool accepting = false;
  bool stopping = false;
  TimePoint stop_by;

 private:
  std::string id_prefix_;
  std::uint64_t last_id_ = 0;
  std::string date_;
  std::time_t date_at_ = 0;
};

/// Opens a WebSocket on a connection whose head asked for one; its origin and access were judged.
void start_websocket(Runtime& runtime, Tcp::socket socket, const Request& request,
                     StreamAccess access);

/// The topics and `since` of an events request; kInvalidArgument.
struct EventsQuery {
  std::vector<std::string> topics;
  std::optional<std::uint64_t> since;
};
Result<EventsQuery> parse_events_query(const Request& request);

}  // namespace cairn::api::front
