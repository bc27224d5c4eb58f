#include "tests/api/front_harness.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <thread>

#include "api/problem.h"

namespace cairn::api {

std::string Answer::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
  }
  return {};
}

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fd_.reset();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  if (!fd_.is_open()) return false;
  pollfd wait{fd_.get(), POLLIN, 0};
  const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
  if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return false;
  char bytes[16384];
  const ssize_t size = ::recv(fd_.get(), bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

Answer RawClient::read_answer(bool is_head) {
  Answer out;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return out;
  out.head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  out.status = std::atoi(out.head.c_str() + 9);
  if (out.status == 100) return read_answer(is_head);
  if (is_head || out.status == 204 || out.status == 304 || out.status == 101) {
    out.complete = true;
    return out;
  }
  if (equals_ignoring_case(out.header("Transfer-Encoding"), "chunked")) {
    ChunkedDecoder decoder;
    while (true) {
      std::string_view rest = buffer_;
      const auto state = decoder.feed(rest, out.body);
      buffer_.erase(0, buffer_.size() - rest.size());
      out.complete = state == ChunkedDecoder::State::kComplete;
      if (state != ChunkedDecoder::State::kMore || !fill()) return out;
    }
  }
  const std::string length = out.header("Content-Length");
  std::size_t wanted = std::string::npos;
  if (!length.empty()) std::from_chars(length.data(), length.data() + length.size(), wanted);
  while (buffer_.size() < wanted && fill()) continue;
  out.complete = wanted == std::string::npos || buffer_.size() >= wanted;
  out.body = buffer_.substr(0, wanted);
  buffer_.erase(0, out.body.size());
  return out;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t from = 0;
  while (buffer_.find(text, from) == std::string::npos) {
    from = buffer_.size() - std::min(buffer_.size(), text.size());
    if (!fill()) return {};
  }
  return std::exchange(buffer_, {});
}

bool RawClient::closed_by_peer() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    buffer_.clear();
    if (!fill()) return true;
  }
  return false;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return open_; });
}

Response text_response(std::string body) {
  Response out;
  out.headers.add("Content-Type", "text/plain");
  out.body = std::move(body);
  return out;
}

FrontTest::FrontTest() {
  options_.limits.tick = std::chrono::milliseconds(5);
  options_.limits.connections = 1'000;
  options_.upstream.connections = 4;
  server_options_.threads = 4;
}

FrontTest::~FrontTest() {
  // The front first: its kept connections hold the server's threads.
  if (front_ != nullptr) front_->stop();
}

void FrontTest::start() {
  broker_ = std::make_unique<EventBroker>(clock_, broker_options_);
  const Handler handler = [this](const Request& request) {
    const auto found = routes_.find(request.path);
    if (found != routes_.end()) return found->second(request);
    return problem_response(problem_of(Error(ErrorCode::kNotFound, "no route")), request.id);
  };
  server_options_.socket_path = dir_ / "api.sock";
  options_.upstream.socket_path = server_options_.socket_path;
  auto server = HttpServer::start(server_options_, handler);
  ASSERT_TRUE(server) << server.error().message();
  server_ = std::move(*server);
  // A loopback port instead of a socket file, so that both ways are used.
  auto urgent = HttpServer::start({.socket_path = {}, .threads = 2}, handler);
  ASSERT_TRUE(urgent) << urgent.error().message();
  urgent_ = std::move(*urgent);
  options_.urgent.port = urgent_->port();
  options_.urgent.connections = 2;
  auto front = Front::start(options_, *broker_);
  ASSERT_TRUE(front) << front.error().message();
  front_ = std::move(*front);
}

Answer FrontTest::get(std::string_view target, std::string_view headers) const {
  return connect().ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
                       std::string(headers) + "\r\n");
}

bool FrontTest::eventually(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace cairn::api
