#pragma once
// A front, the HTTP server behind it and a client that sends any bytes, all on this machine. For
// one test's thread.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "api/events/broker.h"
#include "api/front/front.h"
#include "api/http/server.h"
#include "base/clock.h"
#include "base/fs.h"
#include "tests/support/temp_dir.h"

namespace cairn::api {

/// How long a test waits for what must happen before it fails.
inline constexpr std::chrono::seconds kPatience{30};

struct Answer {
  /// 0: the connection closed before a whole head.
  int status = 0;
  std::string head;
  std::string body;
  /// The body ended as its framing promised.
  bool complete = false;
  std::string header(std::string_view name) const;
};

/// A TCP client. Reads give up after kPatience.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  /// False when the other side has closed.
  bool send(std::string_view bytes);
  Answer read_answer(bool is_head = false);
  Answer ask(std::string_view bytes) {
    send(bytes);
    return read_answer();
  }
  /// Reads until this text came; everything read since the last call. Empty if the end came first.
  std::string read_until(std::string_view text);
  /// True once the other side closed; bytes that still come are dropped.
  bool closed_by_peer();
  void close() { fd_.reset(); }

 private:
  bool fill();
  Fd fd_;
  std::string buffer_;
};

/// Opens when told to; handlers wait at it.
class Gate {
 public:
  void open();
  /// False when it did not open in time.
  bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class FrontTest : public ::testing::Test {
 protected:
  FrontTest();
  ~FrontTest() override;

  /// Starts both with `options`; what concerns the connection between them is filled in.
  void start();
  RawClient connect() const { return RawClient(front_->port()); }
  Answer get(std::string_view target, std::string_view headers = "") const;
  /// Waits for something other threads bring about.
  static bool eventually(const std::function<bool()>& condition);

  testing::TempDir dir_;
  SystemClock clock_;
  BrokerOptions broker_options_;
  FrontOptions options_;
  HttpServerOptions server_options_;
  /// Answers of paths; others get 404.
  std::map<std::string, Handler, std::less<>> routes_;
  std::unique_ptr<EventBroker> broker_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpServer> urgent_;
  std::unique_ptr<Front> front_;
};

Response text_response(std::string body);

}  // namespace cairn::api
