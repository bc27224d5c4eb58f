#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>

#include "api/front/detail/connection.h"

namespace cairn::api::front {
namespace {

constexpr std::string_view kSocketPath = "/api/v1/ws";
constexpr std::string_view kEventsPath = "/api/v1/events";
// Frames are taken from the subscriber's queue, which is bounded, only as far as they are sent.
constexpr std::size_t kEventsAhead = 32u << 10;

void append_event(std::string& out, const Frame& frame) {
  static constexpr std::array<std::string_view, 3> kNames = {"event", "resync", "snapshot"};
  out.append("id: ").append(std::to_string(frame.seq)).append("\nevent: ");
  out.append(kNames[static_cast<std::size_t>(frame.kind)]).append("\ndata: ");
  out.append(*frame.text).append("\n\n");
}

void append_chunk(std::string& out, std::string_view bytes, bool chunked) {
  if (!chunked) {
    out += bytes;
    return;
  }
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16);
  out.append(digits.data(), end.ptr).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace

Result<EventsQuery> parse_events_query(const Request& request) {
  EventsQuery out;
  for (const auto& [key, value] : request.query) {
    if (key != "topics" && key != "topic") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (comma > 0) out.topics.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  if (out.topics.empty())
    return Error(ErrorCode::kInvalidArgument, "events: 'topics' names no topic");
  // What the browser read last counts more than what the page asked for at first.
  auto since = request.headers.get("last-event-id");
  if (!since || since->empty()) since = request.parameter("since");
  if (since) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(since->data(), since->data() + since->size(), number);
    if (error != std::errc{} || end != since->data() + since->size())
      return Error(ErrorCode::kInvalidArgument, "events: 'since' is not a number");
    out.since = number;
  }
  return out;
}

/// True if the request was for a stream; then it was answered or begun.
bool Connection::begin_stream(const RequestHead& head) {
  const bool socket = head.path() == kSocketPath;
  if (!socket && head.path() != kEventsPath) return false;
  if (head.method != "GET") {
    refuse_request({405, ErrorCode::kMethodNotAllowed, "streams are opened by GET", {}});
    return true;
  }
  if (socket && !head.websocket) {
    refuse_request({426, ErrorCode::kUnsupported, "this address speaks WebSocket only", {}});
    return true;
  }
  const Result<Request> request = stream_request(head);
  Result<StreamAccess> access =
      request ? stream_access(head, *request) : Result<StreamAccess>(request.error().clone());
  if (!access) {
    refuse_request(problem_of(access.error()));
    return true;
  }
  if (runtime_.counters.streams >= runtime_.options.limits.streams) {
    refuse_request({503, ErrorCode::kOverloaded, "too many streams are open", 5});
    return true;
  }
  if (socket)
    begin_websocket(head, *request, std::move(*access));
  else
    begin_events(*request, std::move(*access));
  return true;
}

Result<Request> Connection::stream_request(const RequestHead& head) const {
  Request out;
  out.method = head.method;
  out.peer = peer_;
  out.id = active_->id;
  CAIRN_TRY(parse_target(head.target, out));
  for (const auto& [name, value] : head.fields) out.headers.add(name, std::string(value));
  return out;
}

Result<StreamAccess> Connection::stream_access(const RequestHead& head,
                                               const Request& request) const {
  const auto origin = head.get("origin");
  if (origin && !runtime_.origin_allowed(*origin, head.host))
    return Error(ErrorCode::kForbidden, "pages of this origin may not open streams");
  if (!runtime_.options.hooks.authenticate)
    return Error(ErrorCode::kUnauthenticated, "streams are not open to anybody");
  return runtime_.options.hooks.authenticate(request);
}

void Connection::begin_websocket(const RequestHead& head, const Request& request,
                                 StreamAccess access) {
  // The head is all that may have come: frames follow the answer.
  if (in_.size() > scanner_.size() || waiting_bytes() > 0 || !head.keep_alive) {
    refuse_request({400, ErrorCode::kParse, "a WebSocket begins on a connection of its own", {}});
    return;
  }
  active_->status = 101;
  record();
  Tcp::socket socket = std::move(socket_);
  moved_on_ = true;
  const auto keep = shared_from_this();
  Runtime& runtime = runtime_;
  close();
  start_websocket(runtime, std::move(socket), request, std::move(access));
}

void Connection::begin_events(const Request& request, StreamAccess access) {
  const Result<EventsQuery> query = parse_events_query(request);
  if (!query) {
    refuse_request(problem_of(query.error()));
    return;
  }
  // The broker may call this from any thread, and once more after the front has gone.
  auto wake = [weak = weak_from_this(), io = std::weak_ptr<asio::io_context>(runtime_.io_owner)] {
    const auto alive = io.lock();
    if (!alive) return;
    asio::post(*alive, [weak] {
      if (const auto self = weak.lock()) self->pump_events();
    });
  };
  auto subscriber = runtime_.broker.connect(std::move(access), std::move(wake));
  for (const std::string& topic : query->topics) {
    if (const auto joined = subscriber->subscribe(topic, query->since); !joined) {
      refuse_request(problem_of(joined.error()));
      return;
    }
  }
  in_.clear();
  active_->keep_alive = false;
  active_->chunk_answer = active_->minor_version > 0;
  write_head(200,
             {{"Content-Type", "text/event-stream"},
              {"Cache-Control", "no-store"},
              {"X-Accel-Buffering", "no"}},
             active_->chunk_answer ? "Transfer-Encoding: chunked\r\n" : "");
  events_ = std::make_unique<Events>();
  events_->subscriber = std::move(subscriber);
  ++runtime_.counters.streams;
  set_state(State::kEvents);
  pump_events();
}

void Connection::pump_events() {
  if (state_ != State::kEvents) return;
  const TimePoint now = std::chrono::steady_clock::now();
  std::string text;
  const bool may_end = events_->ending || events_->subscriber->state() != Subscriber::State::kOpen;
  while (waiting_bytes() + text.size() < kEventsAhead) {
    const auto frame = events_->subscriber->take();
    if (!frame) break;
    append_event(text, *frame);
  }
  const bool due = now - events_->last_write >= runtime_.options.limits.heartbeat;
  if (text.empty() && due && waiting_bytes() == 0) text = ": still here\n\n";
  if (!text.empty()) {
    active_->sent += text.size();
    append_chunk(out_, text, active_->chunk_answer);
    events_->last_write = now;
  }
  if (may_end) {
    // A browser connects again by itself, with the number of the last event it read.
    if (active_->chunk_answer) out_ += "0\r\n\r\n";
    events_.reset();
    --runtime_.counters.streams;
    finish_answer();
    return;
  }
  flush();
}

}  // namespace cairn::api::front
