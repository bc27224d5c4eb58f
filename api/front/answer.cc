#include <boost/asio/buffer.hpp>
#include <charconv>

#include "api/front/detail/connection.h"

namespace cairn::api::front {
namespace {

using ErrorCodeOf = boost::system::error_code;

constexpr std::size_t kKeepCapacity = 16u << 10;

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::uint64_t value, int base) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

bool concerns_one_connection(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "connection", "keep-alive", "transfer-encoding", "content-length", "x-request-id", "date"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

std::string length_field(std::uint64_t length) {
  return "Content-Length: " + std::to_string(length) + "\r\n";
}

}  // namespace

void Connection::arm_write() {
  if (writing_ || state_ == State::kClosed) return;
  writing_ = true;
  taken_.restart(std::chrono::steady_clock::now());
  socket_.async_wait(asio::socket_base::wait_write,
                     [self = shared_from_this()](const ErrorCodeOf& error) {
                       self->writing_ = false;
                       if (self->state_ == State::kClosed) return;
                       if (error)
                         self->on_client_gone();
                       else if (self->flush() && self->waiting_bytes() == 0)
                         self->on_drained();
                     });
}

bool Connection::flush() {
  if (state_ == State::kClosed) return false;
  while (waiting_bytes() > 0) {
    ErrorCodeOf error;
    const std::size_t sent =
        socket_.write_some(asio::buffer(out_.data() + written_, waiting_bytes()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      // The part that was sent goes once it is the larger one.
      if (written_ > out_.size() / 2) {
        out_.erase(0, written_);
        written_ = 0;
      }
      arm_write();
      return true;
    }
    if (error) {
      on_client_gone();
      return false;
    }
    written_ += sent;
    taken_.add(sent);
  }
  out_.clear();
  written_ = 0;
  if (out_.capacity() > kKeepCapacity) std::string().swap(out_);
  return true;
}

void Connection::on_drained() {
  switch (state_) {
    case State::kAnswer:
      if (held_up_ && active_->exchange != nullptr) {
        held_up_ = false;
        active_->pool->resume(*active_->exchange);
      }
      break;
    case State::kIdle:
    case State::kHead:
      if (close_after_) {
        close();
      } else {
        process();
        arm_read();
      }
      break;
    case State::kLingering:
      say_goodbye();
      break;
    case State::kEvents:
      pump_events();
      break;
    default:
      break;
  }
}

void Connection::write_head(int status, const std::vector<HeadField>& fields,
                            std::string_view framing) {
  Active& active = *active_;
  active.status = status;
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::uint64_t>(status), 10);
  out_.append(" ").append(status_title(status)).append("\r\n");
  append_field(out_, "Date", runtime_.date());
  bool has_options = false;
  for (const auto& [name, value] : fields) {
    if (concerns_one_connection(name)) continue;
    has_options = has_options || equals_ignoring_case(name, "x-content-type-options");
    append_field(out_, name, value);
  }
  if (!has_options) append_field(out_, "X-Content-Type-Options", "nosniff");
  append_field(out_, "X-Request-Id", active.id);
  if (!active.keep_alive || close_after_)
    append_field(out_, "Connection", "close");
  else if (active.minor_version == 0)
    append_field(out_, "Connection", "keep-alive");
  out_.append(framing).append("\r\n");
}

void Connection::respond(const Response& response) {
  std::vector<HeadField> fields;
  for (const auto& [name, value] : response.headers) fields.emplace_back(name, value);
  write_head(response.status, fields, length_field(response.body.size()));
  if (active_->is_head) return;
  out_ += response.body;
  active_->sent += response.body.size();
}

/// Says why and closes: where the next request would begin is not known, or nobody's business.
void Connection::refuse_request(const Problem& problem) {
  ++runtime_.counters.refused;
  if (active_ == nullptr) {
    active_ = std::make_unique<Active>();
    active_->id = runtime_.next_request_id();
    active_->began = std::chrono::steady_clock::now();
  }
  active_->keep_alive = false;
  active_->exchange.reset();
  respond(problem_response(problem, active_->id));
  finish_answer();
}

void Connection::refuse() {
  set_state(State::kHead);
  refuse_request({503, ErrorCode::kOverloaded, "too many connections are open", 1});
}

bool Connection::serve_file(const RequestHead& head) {
  const StaticFiles* files = runtime_.options.files.get();
  if (files == nullptr || (head.method != "GET" && head.method != "HEAD")) return false;
  const auto choice = files->find(head.path(), head.get("accept-encoding").value_or(""));
  if (!choice) return false;
  const StaticFiles::File& file = *choice->file;
  const StaticFiles::Variant& variant = *choice->variant;
  std::vector<HeadField> fields = {
      {"ETag", variant.etag}, {"Cache-Control", file.cache_control}, {"Vary", "Accept-Encoding"}};
  if (etag_matches(head.get("if-none-match").value_or(""), variant.etag)) {
    write_head(304, fields, "");
    return true;
  }
  fields.emplace_back("Content-Type", file.content_type);
  if (!choice->encoding.empty()) fields.emplace_back("Content-Encoding", choice->encoding);
  if (file.content_type.starts_with("text/html")) {
    fields.emplace_back("Content-Security-Policy", runtime_.options.page_policy);
    fields.emplace_back("Referrer-Policy", "no-referrer");
    fields.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    fields.emplace_back("X-Frame-Options", "DENY");
  }
  write_head(200, fields, length_field(variant.bytes.size()));
  if (!active_->is_head) {
    out_ += variant.bytes;
    active_->sent = variant.bytes.size();
  }
  return true;
}

void Connection::record() const {
  if (!runtime_.options.hooks.on_answered) return;
  const Active& active = *active_;
  runtime_.options.hooks.on_answered({active.id, peer_, active.method, active.path, active.status,
                                      active.sent,
                                      std::chrono::steady_clock::now() - active.began});
}

/// The whole answer stands in out_ or was sent.
void Connection::finish_answer() {
  record();
  const bool keep = active_->keep_alive && !close_after_;
  runtime_.buffered_bodies -= active_->buffered;
  active_.reset();
  held_up_ = false;
  if (!keep) {
    linger();
    return;
  }
  set_state(State::kIdle);
  if (!flush()) return;
  process();
  arm_read();
}

void Connection::linger() {
  set_state(State::kLingering);
  if (flush() && waiting_bytes() == 0) say_goodbye();
}

void Connection::say_goodbye() {
  ErrorCodeOf ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  set_state(State::kLingering);
  arm_read();
}

void Connection::cut() {
  ErrorCodeOf ignored;
  // A reset, because HTTP/1.0 has no other sign of an answer that broke off.
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void Connection::on_answer_head(const ResponseHead& head, bool has_body) {
  Active& active = *active_;
  std::string framing;
  if (head.content_length && head.status != 204 && head.status != 304) {
    framing = length_field(*head.content_length);
  } else if (has_body && active.minor_version > 0) {
    active.chunk_answer = true;
    framing = "Transfer-Encoding: chunked\r\n";
  } else if (has_body) {
    active.keep_alive = false;
  }
  write_head(head.status, head.fields, framing);
}

void Connection::on_answer_data(std::string_view bytes) {
  if (bytes.empty()) return;
  active_->sent += bytes.size();
  if (!active_->chunk_answer) {
    out_ += bytes;
    return;
  }
  append_number(out_, bytes.size(), 16);
  out_.append("\r\n").append(bytes).append("\r\n");
}

bool Connection::on_answer_batch() {
  if (!flush()) return true;
  held_up_ = waiting_bytes() > runtime_.options.limits.response_buffer;
  return !held_up_;
}

void Connection::on_answer_end() {
  const auto keep = shared_from_this();
  active_->exchange.reset();
  if (active_->chunk_answer) out_ += "0\r\n\r\n";
  finish_answer();
}

void Connection::on_answer_failed(const Problem& problem) {
  const auto keep = shared_from_this();
  active_->exchange.reset();
  if (active_->status != 0) {
    record();
    cut();
    return;
  }
  respond(problem_response(problem, active_->id));
  finish_answer();
}

}  // namespace cairn::api::front
