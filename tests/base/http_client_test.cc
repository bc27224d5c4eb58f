#include "base/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace cairn {
namespace {

/// Accepts one connection, reads a request to the end of its head and of the body its length says,
/// and answers with fixed bytes. Without an answer it keeps the connection open until it goes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// After the answer has arrived.
  const std::string& received() const { return received_; }

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    char buffer[4096];
    while (!complete()) {
      const ssize_t n = ::recv(peer, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      received_.append(buffer, static_cast<std::size_t>(n));
    }
    if (answer_.empty()) {
      while (::recv(peer, buffer, sizeof buffer, 0) > 0) {
      }
    }
    for (std::size_t sent = 0; sent < answer_.size();) {
      const ssize_t n = ::send(peer, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    ::close(peer);
  }
  bool complete() const {
    const std::size_t head = received_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::size_t length = received_.find("Content-Length: ");
    const std::size_t body =
        length == std::string::npos ? 0 : std::stoul(received_.substr(length + 16));
    return received_.size() >= head + 4 + body;
  }

  const std::string answer_;
  std::string received_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

TEST(HttpClientTest, SendsWhatWasAskedAndReturnsWhatWasAnswered) {
  OneAnswer server(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Thing:  a b \r\n\r\nok");
  HttpRequest request = get(server.url("/repos?x=1"));
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer secret"}};
  request.body = std::string(5000, 'x');
  const Result<HttpAnswer> answer = http_fetch(request);
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(answer->header("x-thing").substr(0, 3), "a b");
  EXPECT_EQ(answer->header("x-interim"), "");
  EXPECT_TRUE(server.received().starts_with("POST /repos?x=1 HTTP/1.1\r\n"));
  EXPECT_NE(server.received().find("Authorization: Bearer secret\r\n"), std::string::npos);
  EXPECT_EQ(server.received().find("Expect"), std::string::npos);
  EXPECT_TRUE(server.received().ends_with(request.body));
}

TEST(HttpClientTest, AnyStatusIsAnAnswerAndRedirectsAreNotFollowed) {
  OneAnswer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  const Result<HttpAnswer> answer = http_fetch(get(server.url()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_FALSE(answer->ok());
}

TEST(HttpClientTest, BoundsTheAnswer) {
  OneAnswer server("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(10'000, 'x'));
  HttpRequest request = get(server.url());
  request.max_answer_bytes = 1000;
  const Result<HttpAnswer> answer = http_fetch(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kLimitExceeded);
}

TEST(HttpClientTest, EndsAtItsDeadlineAndWhenAskedTo) {
  OneAnswer silent("");
  HttpRequest request = get(silent.url());
  request.timeout = std::chrono::milliseconds(50);
  const Result<HttpAnswer> late = http_fetch(request);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), ErrorCode::kTimeout);
  OneAnswer other("");
  StopSource stop;
  stop.stop();
  request = get(other.url());
  request.stop = stop.token();
  const Result<HttpAnswer> cancelled = http_fetch(request);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code(), ErrorCode::kCancelled);
}

TEST(HttpClientTest, SaysWhereWithoutSecrets) {
  const Result<HttpAnswer> answer = http_fetch(get("http://user:word@127.0.0.1:1/path?token=abc"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kUnreachable);
  EXPECT_TRUE(answer.error().retryable());
  const std::string text = answer.error().to_string();
  EXPECT_NE(text.find("GET http://127.0.0.1:1/path"), std::string::npos) << text;
  for (const char* secret : {"user", "word", "abc"})
    EXPECT_EQ(text.find(secret), std::string::npos) << text;
}

TEST(HttpClientTest, RefusesOtherProtocolsAndForgedHeaders) {
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "http://127.0.0.1/\r\nX: y", ""}) {
    const Result<HttpAnswer> answer = http_fetch(get(url));
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code(), ErrorCode::kInvalidArgument) << url;
  }
  HttpRequest request = get("http://127.0.0.1:1/");
  request.headers = {{"X-Thing", "a\r\nHost: evil"}};
  EXPECT_EQ(http_fetch(request).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace cairn
