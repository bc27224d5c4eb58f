// WebSocket and server-sent events through a real front.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>
#include <set>
#include <thread>

#include "api/routing/api_spec.h"
#include "base/json.h"
#include "tests/api/front_harness.h"

namespace cairn::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

/// A WebSocket client whose calls wait for at most kPatience.
class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port, const std::string& origin = "", bool compress = false,
                        int receive_buffer = 0)
      : stream_(io_) {
    auto& socket = stream_.next_layer();
    socket.open(asio::ip::tcp::v4());
    if (receive_buffer > 0)
      socket.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
    socket.connect({asio::ip::address_v4::loopback(), port});
    stream_.set_option(websocket::stream_base::decorator([origin](websocket::request_type& r) {
      if (!origin.empty()) r.set(beast::http::field::origin, origin);
    }));
    websocket::permessage_deflate deflate;
    deflate.client_enable = compress;
    stream_.set_option(deflate);
    const std::string host = "localhost:" + std::to_string(port);
    wait([&](auto done) { stream_.async_handshake(answer_, host, "/api/v1/ws", done); });
  }

  bool is_open() const { return !error_; }
  int status() const { return static_cast<int>(answer_.result_int()); }
  std::string header(beast::http::field name) const { return std::string(answer_[name]); }

  void send(std::string_view text) {
    wait([&](auto done) { stream_.async_write(asio::buffer(text), done); });
  }
  void send_binary() {
    stream_.binary(true);
    send("x");
  }
  /// The next message's text; empty once the connection ended.
  std::string next() {
    beast::flat_buffer buffer;
    wait([&](auto done) { stream_.async_read(buffer, done); });
    return error_ ? std::string() : beast::buffers_to_string(buffer.data());
  }
  std::string next_type() { return field(next(), "type"); }
  /// Reads until the end; how the other side closed.
  int close_code() {
    while (!error_) next();
    return stream_.reason().code;
  }
  static std::string field(const std::string& message, std::string_view name) {
    const auto json = JsonDocument::parse(message);
    if (!json) return "not JSON: " + message;
    return std::string(json->root().find(name).as_string().value_or(""));
  }
  static std::int64_t number(const std::string& message, std::string_view name) {
    const auto json = JsonDocument::parse(message);
    return json ? json->root().find(name).as_int().value_or(-1) : -1;
  }

 private:
  template <class Start>
  void wait(Start start) {
    bool done = false;
    start([&](beast::error_code error, std::size_t = 0) {
      error_ = error;
      done = true;
    });
    io_.restart();
    io_.run_for(kPatience);
    if (done) return;
    stream_.next_layer().close();
    io_.restart();
    io_.run();
    error_ = asio::error::timed_out;
  }

  asio::io_context io_;
  websocket::stream<asio::ip::tcp::socket> stream_;
  websocket::response_type answer_;
  beast::error_code error_;
};

class FrontStreamTest : public FrontTest {
 protected:
  FrontStreamTest() {
    options_.hooks.authenticate = [](const Request& request) -> Result<StreamAccess> {
      if (request.headers.get("authorization") == "Bearer wrong")
        return Error(ErrorCode::kUnauthenticated, "the token is not known");
      return StreamAccess{"tester", [](std::string_view topic) { return topic != "repo/secret"; }};
    };
    broker_options_.snapshot = [](std::string_view) { return std::string(R"({"now":1})"); };
  }
  std::uint64_t publish(std::string_view topic, std::string_view data, std::string_view key = {}) {
    return broker_->publish({topic, "progress", data, key});
  }
  SocketClient open() const { return SocketClient(front_->port()); }
};

TEST_F(FrontStreamTest, HelloIsWelcomedWithTheLimits) {
  start();
  SocketClient client = open();
  ASSERT_TRUE(client.is_open());
  client.send(R"({"type":"hello"})");
  const std::string welcome = client.next();
  EXPECT_EQ(SocketClient::field(welcome, "type"), "welcome");
  EXPECT_FALSE(SocketClient::field(welcome, "session").empty());
  EXPECT_NE(welcome.find(R"("limits":{"message_bytes":65536)"), std::string::npos) << welcome;
  client.send(R"({"type":"ping"})");
  EXPECT_EQ(client.next_type(), "pong");
}

TEST_F(FrontStreamTest, SubscribersGetASnapshotAndThenEvents) {
  start();
  SocketClient client = open();
  client.send(R"({"type":"sub","topics":["jobs"]})");
  const std::string snapshot = client.next();
  EXPECT_EQ(SocketClient::field(snapshot, "type"), "snapshot");
  EXPECT_NE(snapshot.find(R"("data":{"now":1})"), std::string::npos);
  const std::uint64_t seq = publish("jobs", R"({"done":3})");
  const std::string event = client.next();
  EXPECT_EQ(SocketClient::field(event, "type"), "event");
  EXPECT_EQ(SocketClient::number(event, "seq"), static_cast<std::int64_t>(seq));
  client.send(R"({"type":"unsub","topics":["jobs"]})");
  client.send(R"({"type":"ping"})");
  EXPECT_EQ(client.next_type(), "pong");
  publish("jobs", "4");
  client.send(R"({"type":"ping"})");
  EXPECT_EQ(client.next_type(), "pong");
}

TEST_F(FrontStreamTest, ReconnectedClientsGetWhatTheyMissed) {
  start();
  const std::uint64_t first = publish("jobs", "1");
  publish("jobs", "2");
  publish("jobs", "3");
  SocketClient client = open();
  client.send(R"({"type":"hello","resume":{"topics":["jobs"],"since":)" + std::to_string(first) +
              "}}");
  EXPECT_EQ(client.next_type(), "welcome");
  EXPECT_EQ(SocketClient::number(client.next(), "data"), 2);
  EXPECT_EQ(SocketClient::number(client.next(), "data"), 3);
  client.send(R"({"type":"sub","topics":["jobs"],"since":{"jobs":7}})");
  EXPECT_EQ(client.next_type(), "resync");
}

TEST_F(FrontStreamTest, WrongMessagesAreAnsweredWithErrors) {
  start();
  SocketClient client = open();
  for (const char* message :
       {"not json", "[]", R"({"type":"nothing"})", R"({"type":"sub"})",
        R"({"type":"sub","topics":[1]})", R"({"type":"sub","topics":[""]})"}) {
    client.send(message);
    EXPECT_EQ(client.next_type(), "error") << message;
  }
  client.send(R"({"type":"sub","topics":["repo/secret"]})");
  const std::string refused = client.next();
  EXPECT_EQ(SocketClient::field(refused, "code"), "E_FORBIDDEN");
  EXPECT_EQ(SocketClient::field(refused, "topic"), "repo/secret");
}

TEST_F(FrontStreamTest, SubscriptionsPerSecondAreLimited) {
  options_.limits.subscriptions_per_second = 3;
  start();
  SocketClient client = open();
  client.send(R"({"type":"sub","topics":["a","b","c","d"]})");
  // The error overtakes the snapshots, which wait in the queue.
  EXPECT_EQ(SocketClient::field(client.next(), "code"), "E_RATE_LIMITED");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.next_type(), "snapshot");
}

TEST_F(FrontStreamTest, OriginsAreJudged) {
  options_.origins = {"https://cairn.example"};
  start();
  const std::string own = "http://localhost:" + std::to_string(front_->port());
  EXPECT_TRUE(SocketClient(front_->port(), own).is_open());
  EXPECT_TRUE(SocketClient(front_->port(), "https://cairn.example").is_open());
  for (const char* origin : {"http://attacker.example", "null", "http://localhost"}) {
    const SocketClient client(front_->port(), origin);
    EXPECT_FALSE(client.is_open()) << origin;
    EXPECT_EQ(client.status(), 403) << origin;
  }
}

TEST_F(FrontStreamTest, StreamsNeedAccess) {
  start();
  const std::string wrong = "Authorization: Bearer wrong\r\n";
  EXPECT_EQ(get("/api/v1/events?topics=jobs", wrong).status, 401);
  EXPECT_EQ(get("/api/v1/events?topics=repo/secret").status, 403);
  EXPECT_EQ(get("/api/v1/events").status, 400);
  EXPECT_EQ(get("/api/v1/events?topics=jobs&since=x").status, 400);
  EXPECT_EQ(get("/api/v1/ws").status, 426);
  EXPECT_EQ(connect().ask("POST /api/v1/ws HTTP/1.1\r\nHost: x\r\n\r\n").status, 405);
  EXPECT_EQ(front_->stats().streams, 0u);
}

/// (operation id, status) of the document, for what the front serves itself.
std::set<std::pair<std::string, int>> documented_streams() {
  const ApiSpec spec = ApiSpec::parse(openapi_json()).value();
  std::set<std::pair<std::string, int>> out;
  for (const OperationSpec& operation : spec.operations())
    for (const int status : operation.statuses)
      if (operation.of_front) out.emplace(operation.id, status);
  return out;
}

TEST_F(FrontStreamTest, EveryDocumentedStatusIsReached) {
  options_.limits.streams = 1;
  start();
  std::set<std::pair<std::string, int>> reached;
  const std::string wrong = "Authorization: Bearer wrong\r\n";
  const std::string foreign = "Origin: http://attacker.example\r\n";
  const std::string handshake =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const std::string events = "/api/v1/events?topics=jobs";
  for (const auto& [target, headers] :
       std::vector<std::pair<std::string, std::string>>{{"/api/v1/events", ""},
                                                        {"/api/v1/events?topics=jobs&since=x", ""},
                                                        {events, "Last-Event-ID: x\r\n"},
                                                        {events, wrong},
                                                        {events, foreign},
                                                        {"/api/v1/events?topics=repo/secret", ""}})
    reached.emplace("followEvents", get(target, headers).status);
  for (const std::string& headers :
       {std::string(), handshake + wrong, handshake + foreign, handshake + "Connection: close\r\n"})
    reached.emplace("openSocket", get("/api/v1/ws", headers).status);
  {
    RawClient client = connect();
    client.send("GET " + events + " HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(client.read_until("\"data\":{\"now\":1}}").starts_with("HTTP/1.1 200 "));
    reached.emplace("followEvents", 200);
    reached.emplace("followEvents", get(events).status);
    reached.emplace("openSocket", get("/api/v1/ws", handshake).status);
  }
  ASSERT_TRUE(eventually([&] { return front_->stats().streams == 0; }));
  reached.emplace("openSocket", open().status());
  EXPECT_EQ(reached, documented_streams());
}

TEST_F(FrontStreamTest, OneAddressHasItsShareOfConnections) {
  options_.limits.loopback_exempt = false;
  options_.limits.connections_per_peer = 2;
  routes_["/a"] = [](const Request&) { return text_response("a"); };
  start();
  std::optional<SocketClient> stream(std::in_place, front_->port());
  ASSERT_TRUE(stream->is_open());
  {
    RawClient second = connect();
    EXPECT_EQ(second.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "a");
    EXPECT_EQ(connect().read_answer().status, 503);
  }
  stream.reset();
  ASSERT_TRUE(eventually([&] { return front_->stats().streams == 0; }));
  ASSERT_TRUE(eventually([&] { return front_->stats().connections == 0; }));
  EXPECT_EQ(get("/a").body, "a");
}

TEST_F(FrontStreamTest, LargeAndBinaryMessagesCloseTheConnection) {
  start();
  SocketClient large = open();
  large.send(std::string((64u << 10) + 1, ' '));
  EXPECT_EQ(large.close_code(), websocket::close_code::too_big);
  SocketClient binary = open();
  binary.send_binary();
  EXPECT_EQ(binary.close_code(), websocket::close_code::unknown_data);
}

TEST_F(FrontStreamTest, LargeEventsAreCompressedWhenOffered) {
  start();
  SocketClient client(front_->port(), "", true);
  ASSERT_TRUE(client.is_open());
  EXPECT_NE(client.header(beast::http::field::sec_websocket_extensions).find("permessage-deflate"),
            std::string::npos);
  client.send(R"({"type":"sub","topics":["jobs"]})");
  client.next();
  const std::string data = "\"" + std::string(20'000, 'x') + "\"";
  publish("jobs", data);
  EXPECT_NE(client.next().find(data), std::string::npos);
  publish("jobs", "1");
  EXPECT_EQ(SocketClient::number(client.next(), "data"), 1);
}

TEST_F(FrontStreamTest, SlowReadersAreResyncedAndThenClosed) {
  start();
  SocketClient client(front_->port(), "", false, 4'096);
  client.send(R"({"type":"sub","topics":["jobs"]})");
  ASSERT_EQ(client.next_type(), "snapshot");
  // More than the kernel's buffers and the queue hold, without reading.
  const std::string data = "\"" + std::string(60'000, 'x') + "\"";
  for (int i = 0; i < 200; ++i) publish("jobs", data);
  // 200 x 60 kB overflow the 1 MiB queue more than three times in a minute.
  EXPECT_EQ(client.close_code(), websocket::close_code::try_again_later);
  EXPECT_TRUE(eventually([&] { return front_->stats().streams == 0; }));
}

TEST_F(FrontStreamTest, OneOverflowIsAResync) {
  broker_options_.limits.overflows = 1'000;
  start();
  SocketClient client(front_->port(), "", false, 4'096);
  client.send(R"({"type":"sub","topics":["jobs"]})");
  ASSERT_EQ(client.next_type(), "snapshot");
  const std::string data = "\"" + std::string(60'000, 'x') + "\"";
  for (int i = 0; i < 200; ++i) publish("jobs", data);
  const std::uint64_t last = publish("jobs", "7");
  std::string message;
  bool resynced = false;
  while (!resynced && !(message = client.next()).empty())
    resynced = SocketClient::field(message, "type") == "resync";
  EXPECT_TRUE(resynced);
  while (!message.empty() && SocketClient::number(message, "seq") < static_cast<std::int64_t>(last))
    message = client.next();
  EXPECT_EQ(SocketClient::number(message, "data"), 7);
}

TEST_F(FrontStreamTest, RevokedAccessClosesTheStream) {
  start();
  SocketClient client = open();
  client.send(R"({"type":"sub","topics":["jobs"]})");
  ASSERT_EQ(client.next_type(), "snapshot");
  broker_->revoke([](std::string_view principal) { return principal == "tester"; });
  EXPECT_EQ(client.close_code(), websocket::close_code::policy_error);
}

TEST_F(FrontStreamTest, SilentClientsAreClosed) {
  options_.limits.socket_idle = std::chrono::milliseconds(60);
  start();
  // A handshake by hand: this client never answers a ping.
  RawClient client = connect();
  client.send(
      "GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 101);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_TRUE(eventually([&] { return front_->stats().streams == 0; }));
}

TEST_F(FrontStreamTest, StopSaysGoingAway) {
  start();
  SocketClient client = open();
  client.send(R"({"type":"ping"})");
  ASSERT_EQ(client.next_type(), "pong");
  std::thread stopper([&] { front_->stop(); });
  EXPECT_EQ(client.close_code(), websocket::close_code::going_away);
  stopper.join();
}

TEST_F(FrontStreamTest, EventStreamsCarryTheSameEvents) {
  options_.limits.heartbeat = std::chrono::milliseconds(40);
  start();
  const std::uint64_t first = publish("jobs", "1");
  publish("jobs", "2");
  RawClient client = connect();
  client.send(
      "GET /api/v1/events?topics=jobs,repo/a&since=1 HTTP/1.1\r\nHost: x\r\nLast-Event-ID: " +
      std::to_string(first) + "\r\n\r\n");
  const std::string begin = client.read_until("\"data\":2}\n\n");
  EXPECT_NE(begin.find("Content-Type: text/event-stream"), std::string::npos) << begin;
  EXPECT_NE(begin.find("event: event\ndata: {\"type\":\"event\",\"topic\":\"jobs\""),
            std::string::npos);
  EXPECT_EQ(begin.find("resync"), std::string::npos);
  const std::uint64_t third = publish("repo/a", "3");
  EXPECT_NE(client.read_until("\"data\":3}\n\n").find("id: " + std::to_string(third) + "\n"),
            std::string::npos);
  EXPECT_FALSE(client.read_until(": still here").empty());
  std::thread stopper([&] { front_->stop(); });
  EXPECT_FALSE(client.read_until("0\r\n\r\n").empty());
  client.close();
  stopper.join();
}

}  // namespace
}  // namespace cairn::api
