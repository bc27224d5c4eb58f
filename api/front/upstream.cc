#include "api/front/detail/upstream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include "base/check.h"

namespace cairn::api::front {
namespace {

using ErrorCodeOf = boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
using Wait = asio::socket_base;

constexpr std::size_t kMaxAnswerHead = 64u << 10;

asio::generic::stream_protocol::endpoint endpoint_of(const Upstream& upstream) {
  if (!upstream.socket_path.empty())
    return asio::local::stream_protocol::endpoint(upstream.socket_path);
  return Tcp::endpoint(asio::ip::address_v4::loopback(), upstream.port);
}

Problem unreachable() {
  return {502, ErrorCode::kUnreachable, "the server behind the front broke off; try again", {}};
}

Problem overloaded(std::string_view why) {
  return {503, ErrorCode::kOverloaded, std::string(why), 1};
}

}  // namespace

/// One kept connection: connecting, idle or busy with one exchange.
class UpstreamConnection : public std::enable_shared_from_this<UpstreamConnection> {
 public:
  UpstreamConnection(UpstreamPool& pool, Runtime& runtime)
      : pool_(pool), runtime_(runtime), socket_(runtime.io) {}

  void connect(const asio::generic::stream_protocol::endpoint& endpoint, bool is_tcp);
  void assign(std::shared_ptr<Exchange> exchange);
  void resume();
  void on_tick(TimePoint now);
  /// Forgets the exchange, if any, and closes.
  void close();
  bool is_idle() const { return connected_ && !closed_ && exchange_ == nullptr; }
  bool is_connecting() const { return !connected_ && !closed_; }
  TimePoint last_use() const { return progress_; }

 private:
  enum class Body : std::uint8_t { kHead, kNone, kLength, kChunked, kUntilClose };

  void arm_read();
  void on_readable();
  void write();
  void feed(std::string_view bytes);
  bool feed_head(std::string_view& bytes);
  void begin_body(const ResponseHead& head, bool more_bytes);
  bool feed_body(std::string_view& bytes);
  void finish(bool usable);
  void fail(const Problem& problem);
  void broken();

  UpstreamPool& pool_;
  Runtime& runtime_;
  Socket socket_;
  std::shared_ptr<Exchange> exchange_;
  TimePoint progress_ = std::chrono::steady_clock::now();
  std::string answer_head_;
  HeadScanner scanner_;
  ChunkedDecoder decoder_;
  std::string decoded_;
  std::uint64_t left_ = 0;
  std::size_t written_ = 0;
  Body body_ = Body::kHead;
  bool connected_ = false;
  bool closed_ = false;
  bool reading_ = false;
  bool paused_ = false;
  bool used_before_ = false;
  bool answered_ = false;
  bool keep_ = true;
};

void UpstreamConnection::connect(const asio::generic::stream_protocol::endpoint& endpoint,
                                 bool is_tcp) {
  socket_.async_connect(endpoint, [self = shared_from_this(), is_tcp](const ErrorCodeOf& error) {
    if (self->closed_) return;
    ErrorCodeOf ignored;
    if (is_tcp) self->socket_.set_option(Tcp::no_delay(true), ignored);
    ErrorCodeOf blocking;
    if (!error) self->socket_.non_blocking(true, blocking);
    if (error || blocking) {
      self->close();
      self->pool_.closed(*self, true);
      return;
    }
    self->connected_ = true;
    self->progress_ = std::chrono::steady_clock::now();
    self->arm_read();
    self->pool_.released(*self);
  });
}

void UpstreamConnection::assign(std::shared_ptr<Exchange> exchange) {
  CAIRN_DCHECK(is_idle());
  exchange_ = std::move(exchange);
  exchange_->connection = this;
  progress_ = std::chrono::steady_clock::now();
  answer_head_.clear();
  scanner_ = {};
  decoder_ = {};
  body_ = Body::kHead;
  written_ = 0;
  paused_ = answered_ = false;
  write();
}

void UpstreamConnection::write() {
  while (exchange_ != nullptr) {
    const std::string& head = exchange_->head;
    const std::string& body = exchange_->body;
    const std::size_t total = head.size() + body.size();
    if (written_ == total) return;
    const std::size_t of_head = std::min(written_, head.size());
    const std::array<asio::const_buffer, 2> rest = {asio::buffer(head) + of_head,
                                                    asio::buffer(body) + (written_ - of_head)};
    ErrorCodeOf error;
    const std::size_t sent = socket_.write_some(rest, error);
    written_ += sent;
    if (sent > 0) progress_ = std::chrono::steady_clock::now();
    if (error == asio::error::would_block || error == asio::error::try_again) {
      socket_.async_wait(Wait::wait_write, [self = shared_from_this()](const ErrorCodeOf& failed) {
        if (!failed && !self->closed_) self->write();
      });
      return;
    }
    if (error) {
      // Not from inside submit(): the listener does not expect an answer there.
      asio::post(runtime_.io, [self = shared_from_this()] {
        if (!self->closed_) self->broken();
      });
      return;
    }
  }
}

void UpstreamConnection::arm_read() {
  if (reading_ || closed_ || paused_) return;
  reading_ = true;
  socket_.async_wait(Wait::wait_read, [self = shared_from_this()](const ErrorCodeOf& error) {
    self->reading_ = false;
    if (self->closed_) return;
    if (error)
      self->broken();
    else
      self->on_readable();
  });
}

void UpstreamConnection::on_readable() {
  ErrorCodeOf error;
  const std::size_t size = socket_.read_some(asio::buffer(runtime_.scratch), error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    arm_read();
    return;
  }
  // Bytes that nobody asked for mean that the two disagree where answers end.
  if (error || exchange_ == nullptr) {
    broken();
    return;
  }
  progress_ = std::chrono::steady_clock::now();
  feed(std::string_view(runtime_.scratch.data(), size));
  if (!closed_) arm_read();
}

void UpstreamConnection::feed(std::string_view bytes) {
  answered_ = true;
  const std::shared_ptr<Exchange> current = exchange_;
  while (!bytes.empty() && exchange_ == current && !closed_) {
    if (body_ == Body::kHead) {
      if (!feed_head(bytes)) return;
    } else if (!feed_body(bytes)) {
      return;
    }
  }
  // Otherwise it ended, and the next one may have begun.
  if (closed_ || exchange_ != current) return;
  if (exchange_->listener != nullptr && !exchange_->listener->on_answer_batch()) paused_ = true;
}

/// False when the connection is of no more use, or more bytes are needed.
bool UpstreamConnection::feed_head(std::string_view& bytes) {
  const std::size_t before = answer_head_.size();
  answer_head_.append(bytes);
  const HeadScanner::State state = scanner_.scan(answer_head_);
  if (state == HeadScanner::State::kBad || answer_head_.size() > kMaxAnswerHead + bytes.size()) {
    fail(unreachable());
    return false;
  }
  if (state == HeadScanner::State::kMore) {
    bytes = {};
    return true;
  }
  bytes.remove_prefix(scanner_.size() - before);
  const Result<ResponseHead> head =
      parse_response_head(std::string_view(answer_head_).substr(0, scanner_.size()));
  if (!head) {
    fail(unreachable());
    return false;
  }
  if (head->status >= 200) {
    begin_body(*head, !bytes.empty());
    return !closed_;
  }
  // 100 Continue: the answer proper follows.
  answer_head_.clear();
  scanner_ = {};
  return true;
}

void UpstreamConnection::begin_body(const ResponseHead& head, bool more_bytes) {
  keep_ = head.keep_alive;
  const bool none = exchange_->is_head || head.status == 204 || head.status == 304 ||
                    (!head.chunked && head.content_length == 0u);
  if (none) {
    body_ = Body::kNone;
  } else if (head.chunked) {
    body_ = Body::kChunked;
  } else if (head.content_length) {
    body_ = Body::kLength;
    left_ = *head.content_length;
  } else {
    body_ = Body::kUntilClose;
  }
  if (exchange_->listener != nullptr) exchange_->listener->on_answer_head(head, !none);
  if (none && exchange_ != nullptr) finish(keep_ && !more_bytes);
}

bool UpstreamConnection::feed_body(std::string_view& bytes) {
  Exchange::Listener* listener = exchange_->listener;
  bool complete = false;
  if (body_ == Body::kChunked) {
    decoded_.clear();
    const ChunkedDecoder::State state = decoder_.feed(bytes, decoded_);
    if (state == ChunkedDecoder::State::kBad) {
      fail(unreachable());
      return false;
    }
    complete = state == ChunkedDecoder::State::kComplete;
    if (listener != nullptr && !decoded_.empty()) listener->on_answer_data(decoded_);
  } else {
    const std::size_t take =
        body_ == Body::kLength
            ? static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()))
            : bytes.size();
    if (listener != nullptr) listener->on_answer_data(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (body_ == Body::kLength) {
      left_ -= take;
      complete = left_ == 0;
    }
  }
  if (complete) finish(keep_ && bytes.empty());
  return true;
}

void UpstreamConnection::finish(bool usable) {
  const std::shared_ptr<Exchange> done = std::move(exchange_);
  exchange_.reset();
  done->connection = nullptr;
  used_before_ = true;
  // An answer before all of the request was sent: the rest would be read as another request.
  if (!usable || written_ != done->head.size() + done->body.size()) {
    close();
    pool_.closed(*this, false);
  } else {
    pool_.released(*this);
  }
  if (done->listener != nullptr) done->listener->on_answer_end();
}

void UpstreamConnection::fail(const Problem& problem) {
  const std::shared_ptr<Exchange> failed = std::move(exchange_);
  exchange_.reset();
  if (failed != nullptr) failed->connection = nullptr;
  close();
  pool_.closed(*this, false);
  if (failed != nullptr && failed->listener != nullptr) failed->listener->on_answer_failed(problem);
}

void UpstreamConnection::broken() {
  if (exchange_ != nullptr && body_ == Body::kUntilClose) {
    finish(false);
    return;
  }
  // The server behind may have closed a kept connection just as it was used again.
  if (exchange_ != nullptr && !answered_ && used_before_ && exchange_->repeatable &&
      !exchange_->repeated) {
    const std::shared_ptr<Exchange> again = std::move(exchange_);
    exchange_.reset();
    again->connection = nullptr;
    again->repeated = true;
    close();
    pool_.closed(*this, false);
    pool_.retry(again);
    return;
  }
  fail(unreachable());
}

void UpstreamConnection::resume() {
  if (!paused_) return;
  paused_ = false;
  progress_ = std::chrono::steady_clock::now();
  arm_read();
}

void UpstreamConnection::on_tick(TimePoint now) {
  if (exchange_ != nullptr && !paused_ && now - progress_ > runtime_.options.limits.upstream_time)
    fail({504, ErrorCode::kTimeout, "the server behind the front did not answer in time", {}});
}

void UpstreamConnection::close() {
  if (closed_) return;
  closed_ = true;
  if (exchange_ != nullptr) exchange_->connection = nullptr;
  exchange_.reset();
  ErrorCodeOf ignored;
  socket_.close(ignored);
}

UpstreamPool::UpstreamPool(Runtime& runtime, const Upstream& upstream)
    : runtime_(runtime), upstream_(upstream), endpoint_(endpoint_of(upstream)) {}

UpstreamPool::~UpstreamPool() = default;

bool UpstreamPool::submit(const std::shared_ptr<Exchange>& exchange) {
  exchange->queued_at = std::chrono::steady_clock::now();
  const bool must_wait = idle_.empty() && all_.size() >= upstream_.connections;
  if (must_wait && waiting_.size() >= upstream_.queue) return false;
  waiting_.push_back(exchange);
  ++runtime_.counters.queued;
  dispatch();
  return true;
}

void UpstreamPool::retry(const std::shared_ptr<Exchange>& exchange) {
  waiting_.push_front(exchange);
  ++runtime_.counters.queued;
  dispatch();
}

void UpstreamPool::dispatch() {
  while (!waiting_.empty() && !idle_.empty()) {
    UpstreamConnection* connection = idle_.back();
    idle_.pop_back();
    const std::shared_ptr<Exchange> next = std::move(waiting_.front());
    waiting_.pop_front();
    --runtime_.counters.queued;
    connection->assign(next);
  }
  std::size_t connecting = 0;
  for (const auto& connection : all_)
    if (connection->is_connecting()) ++connecting;
  while (waiting_.size() > connecting && all_.size() < upstream_.connections) {
    auto connection = std::make_shared<UpstreamConnection>(*this, runtime_);
    all_.push_back(connection);
    ++runtime_.counters.upstream_connections;
    ++connecting;
    connection->connect(endpoint_, upstream_.socket_path.empty());
  }
}

void UpstreamPool::released(UpstreamConnection& connection) {
  idle_.push_back(&connection);
  dispatch();
}

void UpstreamPool::closed(UpstreamConnection& connection, bool never_connected) {
  std::erase(idle_, &connection);
  const std::size_t before = all_.size();
  std::erase_if(all_, [&](const auto& other) { return other.get() == &connection; });
  runtime_.counters.upstream_connections -= before - all_.size();
  if (!never_connected) {
    dispatch();
    return;
  }
  // Nobody listens there: whoever waits is told so at once, instead of trying for each of them.
  std::deque<std::shared_ptr<Exchange>> failed;
  if (all_.empty()) failed.swap(waiting_);
  runtime_.counters.queued -= failed.size();
  for (const auto& exchange : failed)
    if (exchange->listener != nullptr)
      exchange->listener->on_answer_failed(
          {503, ErrorCode::kUnreachable, "the server behind the front does not answer", 1});
}

bool UpstreamPool::cancel(const std::shared_ptr<Exchange>& exchange) {
  exchange->listener = nullptr;
  if (UpstreamConnection* connection = exchange->connection) {
    const auto keep = connection->shared_from_this();
    connection->close();
    closed(*connection, false);
    return true;
  }
  const std::size_t before = waiting_.size();
  std::erase(waiting_, exchange);
  runtime_.counters.queued -= before - waiting_.size();
  return false;
}

void UpstreamPool::resume(Exchange& exchange) {
  if (exchange.connection != nullptr) exchange.connection->resume();
}

void UpstreamPool::on_tick(TimePoint now) {
  const auto connections = all_;
  for (const auto& connection : connections) {
    connection->on_tick(now);
    if (connection->is_idle() &&
        now - connection->last_use() > runtime_.options.limits.upstream_idle) {
      connection->close();
      closed(*connection, false);
    }
  }
  while (!waiting_.empty() &&
         now - waiting_.front()->queued_at > runtime_.options.limits.queue_time) {
    const std::shared_ptr<Exchange> late = std::move(waiting_.front());
    waiting_.pop_front();
    --runtime_.counters.queued;
    if (late->listener != nullptr)
      late->listener->on_answer_failed(overloaded("the request waited too long for its turn"));
  }
}

void UpstreamPool::close() {
  const auto connections = std::move(all_);
  all_.clear();
  idle_.clear();
  waiting_.clear();
  for (const auto& connection : connections) connection->close();
}

}  // namespace cairn::api::front
