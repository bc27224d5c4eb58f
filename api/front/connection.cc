#include "api/front/detail/connection.h"

#include <boost/asio/buffer.hpp>

#include "api/http/server.h"
#include "base/log.h"

namespace cairn::api::front {
namespace {

using ErrorCodeOf = boost::system::error_code;

// Requests that a client sent ahead are kept up to here while one is answered.
constexpr std::size_t kAheadBytes = 64u << 10;
// How long, and for how many bytes, a closed client may still talk.
constexpr std::chrono::milliseconds kLingerTime{2'000};
constexpr std::size_t kKeepCapacity = 4u << 10;

/// Headers that concern one connection only, or that nobody but the front may set.
bool is_dropped(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kDropped = {
      "connection", "keep-alive",     "proxy-connection",  "te",           "trailer",
      "upgrade",    "content-length", "transfer-encoding", "expect",       "range",
      "if-range",   "host",           "accept-encoding",   "x-request-id", "proxy-authorization"};
  if (name.size() >= 8 && equals_ignoring_case(name.substr(0, 8), "x-cairn-")) return true;
  return std::any_of(kDropped.begin(), kDropped.end(),
                     [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// The head as the server behind gets it, but for the body's length.
std::string upstream_head(const RequestHead& head, std::string_view id, std::string_view peer) {
  std::string out;
  out.reserve(512 + head.target.size());
  out.append(head.method).append(" ").append(head.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", head.host.empty() ? "localhost" : head.host);
  const std::string_view named = head.get("connection").value_or("");
  for (const auto& [name, value] : head.fields)
    if (!is_dropped(name) && (named.empty() || !list_has(named, name)))
      append_field(out, name, value);
  // Brotli at the library's default level is too slow for answers that are made while they go.
  const auto accepted = head.get("accept-encoding");
  if (accepted && accepted->find("gzip") != std::string_view::npos &&
      accepted->find("gzip;q=0") == std::string_view::npos)
    append_field(out, "Accept-Encoding", "gzip");
  append_field(out, kRequestHeader, id);
  append_field(out, kPeerHeader, peer);
  return out;
}

Problem too_large(std::size_t cap) {
  return {413,
          ErrorCode::kLimitExceeded,
          "the body is larger than the " + std::to_string(cap) + " bytes this route takes",
          {}};
}

}  // namespace

Connection::Connection(Runtime& runtime, Tcp::socket socket, std::string peer)
    : runtime_(runtime), socket_(std::move(socket)), peer_(std::move(peer)) {}

Connection::~Connection() = default;

void Connection::start() {
  set_state(State::kIdle);
  arm_read();
}

/// The idle list holds exactly those in kIdle.
void Connection::set_state(State state) {
  if (state_ == State::kIdle && state != State::kIdle) runtime_.idle.erase(idle_at_);
  if (state == State::kIdle && state_ != State::kIdle)
    idle_at_ = runtime_.idle.insert(runtime_.idle.end(), this);
  state_ = state;
  const TimePoint now = std::chrono::steady_clock::now();
  if (state == State::kIdle) {
    deadline_ = now + runtime_.options.limits.idle_time;
    if (in_.empty() && in_.capacity() > kKeepCapacity) std::string().swap(in_);
  } else if (state == State::kHead) {
    deadline_ = now + runtime_.options.limits.head_time;
    scanner_ = {};
  } else if (state == State::kLingering) {
    deadline_ = now + kLingerTime;
  }
}

bool Connection::wants_input() const {
  switch (state_) {
    case State::kClosed:
      return false;
    // Read on, to see the client go.
    case State::kAnswer:
      return in_.size() < kAheadBytes;
    case State::kIdle:
    case State::kHead:
      // The answers to what was asked before come first.
      return in_.size() < kAheadBytes && waiting_bytes() < runtime_.options.limits.response_buffer;
    default:
      return true;
  }
}

void Connection::arm_read() {
  if (reading_ || !wants_input()) return;
  reading_ = true;
  socket_.async_wait(asio::socket_base::wait_read,
                     [self = shared_from_this()](const ErrorCodeOf& error) {
                       self->reading_ = false;
                       if (self->state_ == State::kClosed) return;
                       if (error)
                         self->on_client_gone();
                       else
                         self->on_readable();
                     });
}

void Connection::on_readable() {
  ErrorCodeOf error;
  const std::size_t size = socket_.read_some(asio::buffer(runtime_.scratch), error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    arm_read();
    return;
  }
  if (error) {
    on_client_gone();
    return;
  }
  if (state_ != State::kLingering && state_ != State::kEvents) {
    in_.append(runtime_.scratch.data(), size);
    process();
  }
  arm_read();
}

void Connection::on_client_gone() {
  if (state_ == State::kAnswer && active_->exchange != nullptr) {
    ++runtime_.counters.abandoned;
    const bool was_sent = active_->pool->cancel(active_->exchange);
    if (was_sent && runtime_.options.hooks.on_abandoned)
      runtime_.options.hooks.on_abandoned(active_->id);
  }
  close();
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  const auto keep = shared_from_this();
  if (active_ != nullptr) {
    if (active_->exchange != nullptr) active_->pool->cancel(active_->exchange);
    runtime_.buffered_bodies -= active_->buffered;
    active_.reset();
  }
  if (events_ != nullptr) {
    events_.reset();
    --runtime_.counters.streams;
  }
  set_state(State::kClosed);
  ErrorCodeOf ignored;
  socket_.close(ignored);
  if (runtime_.connections.erase(this) > 0) --runtime_.counters.connections;
  if (!moved_on_) runtime_.leave_peer(peer_);
}

void Connection::wind_down() {
  close_after_ = true;
  if (state_ == State::kIdle || state_ == State::kHead) {
    if (waiting_bytes() == 0) close();
  } else if (state_ == State::kEvents) {
    events_->ending = true;
    pump_events();
  }
}

void Connection::on_tick(TimePoint now) {
  const FrontLimits& limits = runtime_.options.limits;
  const bool stalled = waiting_bytes() > 0 && taken_.too_slow(now, limits);
  if (stalled) {
    // What the kernel still holds for this client goes too.
    ErrorCodeOf ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    on_client_gone();
  } else if (state_ == State::kHead && now >= deadline_) {
    refuse_request({408, ErrorCode::kTimeout, "the request's head did not arrive in time", {}});
  } else if (state_ == State::kBody && active_->brought.too_slow(now, limits)) {
    refuse_request({408, ErrorCode::kTimeout, "the request's body arrives too slowly", {}});
  } else if ((state_ == State::kIdle || state_ == State::kLingering) && waiting_bytes() == 0 &&
             now >= deadline_) {
    close();
  } else if (state_ == State::kEvents && now - events_->last_write >= limits.heartbeat) {
    pump_events();
  }
}

/// Goes on as far as the bytes reach. Not re-entered: answers that are ready at once come back
/// here.
void Connection::process() {
  if (processing_) return;
  processing_ = true;
  const auto keep = shared_from_this();
  bool more = true;
  while (more) {
    switch (state_) {
      case State::kIdle:
        more = !in_.empty() && waiting_bytes() < runtime_.options.limits.response_buffer;
        if (more) set_state(State::kHead);
        break;
      case State::kHead:
        more = process_head();
        break;
      case State::kBody:
        more = process_body();
        break;
      default:
        more = false;
    }
  }
  processing_ = false;
}

bool Connection::process_head() {
  const HeadLimits& limits = runtime_.options.limits.head;
  const auto scanned = scanner_.scan(in_);
  if (scanned == HeadScanner::State::kBad) {
    refuse_request({400,
                    ErrorCode::kParse,
                    "the request's head holds a control byte or a line end that is not CR LF",
                    {}});
    return false;
  }
  // "METHOD " and " HTTP/1.1" stand around the target.
  constexpr std::size_t kAroundTarget = 32;
  if (scanner_.first_line() > limits.target_bytes + kAroundTarget) {
    refuse_request(
        {414,
         ErrorCode::kLimitExceeded,
         "the request target is longer than " + std::to_string(limits.target_bytes) + " bytes",
         {}});
    return false;
  }
  if (scanner_.size() > limits.head_bytes) {
    refuse_request(
        {431,
         ErrorCode::kLimitExceeded,
         "the request's head is larger than " + std::to_string(limits.head_bytes) + " bytes",
         {}});
    return false;
  }
  if (scanned == HeadScanner::State::kMore) return false;
  RequestHead head;
  const std::size_t size = scanner_.size();
  if (auto problem = parse_request_head(std::string_view(in_).substr(0, size), limits, head)) {
    refuse_request(*problem);
    return false;
  }
  return begin_request(head, size);
}

std::optional<Problem> Connection::admit(const RequestHead& head, std::size_t& body_cap) const {
  const FrontOptions& options = runtime_.options;
  if (!options.hosts.empty() && std::find(options.hosts.begin(), options.hosts.end(),
                                          host_name(head.host)) == options.hosts.end())
    return Problem{421,
                   ErrorCode::kForbidden,
                   "this server does not answer for the host the request names",
                   {}};
  if (!head.has_body()) return std::nullopt;
  const auto encoding = head.get("content-encoding");
  if (encoding && !equals_ignoring_case(*encoding, "identity"))
    return Problem{415, ErrorCode::kUnsupported, "compressed bodies are not read", {}};
  const auto type = head.get("content-type");
  if (type && equals_ignoring_case(type->substr(0, 10), "multipart/"))
    return Problem{415,
                   ErrorCode::kUnsupported,
                   "multipart bodies are not read; send the document itself",
                   {}};
  body_cap = options.hooks.body_limit ? options.hooks.body_limit(head.method, head.path())
                                      : std::size_t{1} << 20;
  if (head.content_length > body_cap) return too_large(body_cap);
  if (runtime_.buffered_bodies + head.content_length > options.limits.buffered_bodies)
    return Problem{503, ErrorCode::kOverloaded, "too many bodies are being received", 1};
  return std::nullopt;
}

/// False when nothing more can be done with the bytes at hand.
bool Connection::begin_request(const RequestHead& head, std::size_t head_size) {
  ++runtime_.counters.requests;
  active_ = std::make_unique<Active>();
  Active& active = *active_;
  active.id = runtime_.next_request_id();
  active.method = head.method;
  active.path = head.path();
  active.began = std::chrono::steady_clock::now();
  active.minor_version = head.minor_version;
  active.is_head = head.method == "HEAD";
  active.keep_alive = head.keep_alive && !close_after_;
  if (auto problem = admit(head, active.body_cap)) {
    refuse_request(*problem);
    return false;
  }
  if (serve_file(head)) {
    // The answer may be complete already; what follows the head is the next request.
    in_.erase(0, head_size);
    finish_answer();
    return state_ == State::kIdle;
  }
  if (begin_stream(head)) return false;
  active.pool = &runtime_.pool_for(head.path());
  active.exchange = std::make_shared<Exchange>();
  active.exchange->head = upstream_head(head, active.id, peer_);
  active.exchange->is_head = active.is_head;
  active.exchange->repeatable = head.method == "GET" || head.method == "HEAD";
  begin_body(head);
  in_.erase(0, head_size);
  if (state_ == State::kAnswer) forward();
  return state_ == State::kBody || state_ == State::kIdle;
}

void Connection::begin_body(const RequestHead& head) {
  Active& active = *active_;
  active.chunked = head.chunked;
  active.body_left = head.content_length;
  if (!head.has_body()) {
    set_state(State::kAnswer);
    return;
  }
  active.brought.restart(active.began);
  set_state(State::kBody);
  if (head.expects_continue) {
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    flush();
  }
}

bool Connection::process_body() {
  Active& active = *active_;
  if (in_.empty()) return false;
  active.brought.add(in_.size());
  std::string& body = active.exchange->body;
  const std::size_t before = body.size();
  bool complete = false;
  if (active.chunked) {
    std::string_view rest = in_;
    const auto decoded = active.decoder.feed(rest, body);
    if (decoded == ChunkedDecoder::State::kBad) {
      refuse_request({400,
                      ErrorCode::kParse,
                      "the chunked body is malformed; extensions and trailers are not read",
                      {}});
      return false;
    }
    complete = decoded == ChunkedDecoder::State::kComplete;
    in_.erase(0, in_.size() - rest.size());
  } else {
    const std::size_t take =
        static_cast<std::size_t>(std::min<std::uint64_t>(active.body_left, in_.size()));
    body.append(in_, 0, take);
    active.body_left -= take;
    complete = active.body_left == 0;
    in_.erase(0, take);
  }
  active.buffered += body.size() - before;
  runtime_.buffered_bodies += body.size() - before;
  if (body.size() > active.body_cap) {
    refuse_request(too_large(active.body_cap));
    return false;
  }
  if (runtime_.buffered_bodies > runtime_.options.limits.buffered_bodies) {
    refuse_request({503, ErrorCode::kOverloaded, "too many bodies are being received", 1});
    return false;
  }
  if (!complete) return false;
  set_state(State::kAnswer);
  forward();
  return state_ == State::kIdle;
}

void Connection::forward() {
  Exchange& exchange = *active_->exchange;
  const bool takes_body =
      active_->method != "GET" && !active_->is_head && active_->method != "OPTIONS";
  if (takes_body)
    append_field(exchange.head, "Content-Length", std::to_string(exchange.body.size()));
  exchange.head += "\r\n";
  exchange.listener = this;
  if (active_->pool->submit(active_->exchange)) return;
  active_->exchange.reset();
  respond(problem_response(
      {503, ErrorCode::kOverloaded, "too many requests are waiting; try again", 1}, active_->id));
  finish_answer();
}

}  // namespace cairn::api::front
