// WebSocket sessions: the protocol of docs/http.md between a client and the event broker.
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "api/front/detail/runtime.h"
#include "base/json.h"

namespace cairn::api::front {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCodeOf = boost::system::error_code;

constexpr std::size_t kCompressFrom = 1'024;
// Small windows: a thousand clients cost a thousand of them.
constexpr int kWindowBits = 12;
// Answers to a client that asks and does not read; then its questions wait.
constexpr std::size_t kMaxReplies = 32;
constexpr std::size_t kMaxJsonDepth = 8;
// For the write under way and the closing handshake.
constexpr std::chrono::seconds kCloseTime{10};

class WebSocketSession final : public StreamSession,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(Runtime& runtime, Tcp::socket socket, const Request& request)
      : runtime_(runtime), id_(request.id), peer_(request.peer), stream_(std::move(socket)) {}

  void start(const Request& request, StreamAccess access);
  void end() override { close_with(websocket::close_code::going_away); }
  void abort() override;
  void on_tick(TimePoint now) override;

 private:
  void set_options();
  void read();
  void on_message(std::string_view text);
  void on_hello(JsonValue message);
  void on_sub(JsonValue topics, JsonValue since);
  void on_unsub(JsonValue topics);
  bool may_subscribe();
  void reply(std::string text);
  void reply_error(ErrorCode code, std::string_view detail, std::string_view topic = {});
  void pump();
  void write(std::shared_ptr<const std::string> text);
  void close_with(websocket::close_code code);
  void done();

  Runtime& runtime_;
  const std::string id_;
  const std::string peer_;
  websocket::stream<Tcp::socket> stream_;
  beast::http::request<beast::http::empty_body> request_;
  beast::flat_buffer buffer_;
  std::unique_ptr<Subscriber> subscriber_;
  std::deque<std::shared_ptr<const std::string>> replies_;
  std::shared_ptr<const std::string> writing_;
  TimePoint second_;
  std::size_t in_second_ = 0;
  bool reading_ = false;
  bool open_ = false;
  bool closing_ = false;
  bool close_sent_ = false;
  bool done_ = false;
  websocket::close_code close_code_ = websocket::close_code::normal;
  TimePoint abort_at_ = TimePoint::max();
};

void WebSocketSession::set_options() {
  const FrontLimits& limits = runtime_.options.limits;
  stream_.set_option(websocket::stream_base::timeout{limits.head_time, limits.socket_idle, true});
  websocket::permessage_deflate deflate;
  deflate.server_enable = true;
  deflate.server_max_window_bits = kWindowBits;
  deflate.client_max_window_bits = kWindowBits;
  deflate.server_no_context_takeover = true;
  deflate.client_no_context_takeover = true;
  deflate.compLevel = 3;
  deflate.memLevel = 4;
  deflate.msg_size_threshold = kCompressFrom;
  stream_.set_option(deflate);
  stream_.set_option(websocket::stream_base::decorator(
      [id = id_](websocket::response_type& answer) { answer.set("X-Request-Id", id); }));
  stream_.read_message_max(limits.socket_message);
  stream_.text(true);
  stream_.auto_fragment(false);
}

void WebSocketSession::start(const Request& request, StreamAccess access) {
  set_options();
  request_.method(beast::http::verb::get);
  request_.version(11);
  request_.target(request.path);
  for (const auto& [name, value] : request.headers) request_.insert(name, value);
  auto wake = [weak = weak_from_this(), io = std::weak_ptr<asio::io_context>(runtime_.io_owner)] {
    const auto alive = io.lock();
    if (!alive) return;
    asio::post(*alive, [weak] {
      if (const auto self = weak.lock()) self->pump();
    });
  };
  subscriber_ = runtime_.broker.connect(std::move(access), std::move(wake));
  stream_.async_accept(request_, [self = shared_from_this()](const ErrorCodeOf& error) {
    if (self->done_) return;
    if (error) {
      self->done();
      return;
    }
    self->open_ = true;
    self->read();
    self->pump();
  });
}

void WebSocketSession::read() {
  if (reading_ || closing_ || replies_.size() >= kMaxReplies) return;
  reading_ = true;
  stream_.async_read(buffer_, [self = shared_from_this()](const ErrorCodeOf& error, std::size_t) {
    self->reading_ = false;
    if (self->done_) return;
    // Closed by the client, timed out, or a frame against the protocol.
    if (error) {
      self->done();
      return;
    }
    if (self->stream_.got_text()) {
      const auto bytes = self->buffer_.data();
      self->on_message({static_cast<const char*>(bytes.data()), bytes.size()});
    } else {
      self->close_with(websocket::close_code::unknown_data);
    }
    self->buffer_.consume(self->buffer_.size());
    self->pump();
    self->read();
  });
}

void WebSocketSession::on_message(std::string_view text) {
  const auto parsed =
      JsonDocument::parse(text, {runtime_.options.limits.socket_message, kMaxJsonDepth});
  if (!parsed || !parsed->root().is_object()) {
    reply_error(ErrorCode::kParse, "a message is one JSON object");
    return;
  }
  const JsonValue message = parsed->root();
  const std::string_view type = message.find("type").as_string().value_or("");
  if (type == "hello") {
    on_hello(message);
  } else if (type == "sub") {
    on_sub(message.find("topics"), message.find("since"));
  } else if (type == "unsub") {
    on_unsub(message.find("topics"));
  } else if (type == "ping") {
    reply(R"({"type":"pong"})");
  } else {
    reply_error(ErrorCode::kInvalidArgument, "'type' is one of hello, sub, unsub, ping");
  }
}

void WebSocketSession::on_hello(JsonValue message) {
  const FrontLimits& limits = runtime_.options.limits;
  const BrokerLimits& broker = runtime_.broker.limits();
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("type", "welcome").field("session", id_);
  json.field("seq", runtime_.broker.last_seq()).key("limits").begin_object();
  json.field("message_bytes", limits.socket_message);
  json.field("subscriptions_per_second", limits.subscriptions_per_second);
  json.field("topics", broker.topics_per_subscriber);
  json.field("replay_events", broker.ring_events);
  json.field("replay_seconds",
             std::chrono::duration_cast<std::chrono::seconds>(broker.ring_age).count());
  json.end_object().end_object();
  reply(std::move(out));
  const JsonValue resume = message.find("resume");
  if (resume.is_object()) on_sub(resume.find("topics"), resume.find("since"));
}

bool WebSocketSession::may_subscribe() {
  const TimePoint now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    in_second_ = 0;
  }
  return ++in_second_ <= runtime_.options.limits.subscriptions_per_second;
}

void WebSocketSession::on_sub(JsonValue topics, JsonValue since) {
  if (topics.size() == 0 || !topics.is_array())
    return reply_error(ErrorCode::kInvalidArgument, "'topics' is a list of names");
  for (const JsonValue& item : topics.items()) {
    const auto topic = item.as_string();
    if (!topic) return reply_error(ErrorCode::kInvalidArgument, "a topic is a string");
    if (!may_subscribe())
      return reply_error(ErrorCode::kRateLimited, "too many subscriptions in one second", *topic);
    // One number for all topics, or an object with one for each.
    const auto number = since.is_object() ? since.find(*topic).as_int() : since.as_int();
    std::optional<std::uint64_t> from;
    if (number) from = static_cast<std::uint64_t>(std::max<std::int64_t>(0, *number));
    if (const auto joined = subscriber_->subscribe(*topic, from); !joined)
      reply_error(joined.error().code(), joined.error().message(), *topic);
  }
}

void WebSocketSession::on_unsub(JsonValue topics) {
  for (const JsonValue& item : topics.items())
    if (const auto topic = item.as_string()) subscriber_->unsubscribe(*topic);
}

void WebSocketSession::reply(std::string text) {
  replies_.push_back(std::make_shared<const std::string>(std::move(text)));
}

void WebSocketSession::reply_error(ErrorCode code, std::string_view detail,
                                   std::string_view topic) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("type", "error").field("code", error_code_name(code));
  json.field("detail", detail);
  if (!topic.empty()) json.field("topic", topic);
  json.end_object();
  reply(std::move(out));
}

/// Sends the next thing there is, one at a time: what waits stays in the bounded queue.
void WebSocketSession::pump() {
  if (done_ || !open_ || writing_ != nullptr || close_sent_) return;
  if (!closing_) {
    const Subscriber::State state = subscriber_->state();
    if (state == Subscriber::State::kTooSlow)
      return close_with(websocket::close_code::try_again_later);
    if (state == Subscriber::State::kRevoked)
      return close_with(websocket::close_code::policy_error);
    if (!replies_.empty()) {
      auto text = std::move(replies_.front());
      replies_.pop_front();
      return write(std::move(text));
    }
    if (auto frame = subscriber_->take()) return write(std::move(frame->text));
    return;
  }
  close_sent_ = true;
  stream_.async_close(close_code_,
                      [self = shared_from_this()](const ErrorCodeOf&) { self->done(); });
}

void WebSocketSession::write(std::shared_ptr<const std::string> text) {
  writing_ = std::move(text);
  stream_.async_write(asio::buffer(*writing_),
                      [self = shared_from_this()](const ErrorCodeOf& error, std::size_t) {
                        self->writing_.reset();
                        if (self->done_) return;
                        if (error) {
                          self->done();
                          return;
                        }
                        self->read();
                        self->pump();
                      });
}

void WebSocketSession::close_with(websocket::close_code code) {
  if (closing_ || done_) return;
  closing_ = true;
  close_code_ = code;
  abort_at_ = std::chrono::steady_clock::now() + kCloseTime;
  if (!open_)
    abort();
  else
    pump();
}

void WebSocketSession::on_tick(TimePoint now) {
  // A client that reads nothing is told late, or not at all; its state says so meanwhile.
  if (!closing_ && subscriber_ != nullptr && subscriber_->state() != Subscriber::State::kOpen)
    close_with(subscriber_->state() == Subscriber::State::kTooSlow
                   ? websocket::close_code::try_again_later
                   : websocket::close_code::policy_error);
  if (now >= abort_at_) abort();
}

void WebSocketSession::abort() { done(); }

void WebSocketSession::done() {
  if (done_) return;
  const auto keep = shared_from_this();
  done_ = true;
  subscriber_.reset();
  ErrorCodeOf ignored;
  stream_.next_layer().close(ignored);
  runtime_.leave_peer(peer_);
  if (runtime_.sessions.erase(keep) > 0) --runtime_.counters.streams;
}

}  // namespace

void start_websocket(Runtime& runtime, Tcp::socket socket, const Request& request,
                     StreamAccess access) {
  auto session = std::make_shared<WebSocketSession>(runtime, std::move(socket), request);
  runtime.sessions.insert(session);
  ++runtime.counters.streams;
  session->start(request, std::move(access));
}

}  // namespace cairn::api::front
