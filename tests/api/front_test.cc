#include "api/front/front.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/json.h"
#include "tests/api/front_harness.h"

namespace cairn::api {
namespace {

using std::chrono::milliseconds;

std::string code_of(const Answer& answer) {
  const auto json = JsonDocument::parse(answer.body);
  if (!json) return "not JSON: " + answer.body;
  return std::string(json->root().find("code").as_string().value_or("no code"));
}

Response echo(const Request& request) {
  std::string out = request.method + " " + request.path + "\n";
  for (const auto& [key, value] : request.query) out += "?" + key + "=" + value + "\n";
  for (const auto& [name, value] : request.headers) out += name + ": " + value + "\n";
  return text_response(out + request.body);
}

std::string post(std::string_view path, std::string_view headers, std::string_view body = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "\r\n" + std::string(body);
}

TEST_F(FrontTest, RequestsReachTheHandlerAndAnswersComeBack) {
  routes_["/echo"] = echo;
  start();
  const Answer answer = get("/echo?a=1&b=x%20y", "X-Mine: yes\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_NE(answer.body.find("GET /echo\n?a=1\n?b=x y\n"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("X-Mine: yes\n"), std::string::npos);
  EXPECT_FALSE(answer.header("X-Request-Id").empty());
  EXPECT_FALSE(answer.header("Date").empty());
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
}

TEST_F(FrontTest, BodiesOfBothFramingsArriveWhole) {
  routes_["/length"] = [](const Request& r) { return text_response(r.body); };
  options_.hooks.body_limit = [](auto, auto) { return std::size_t{4} << 20; };
  start();
  RawClient client = connect();
  const std::string large(3u << 20, 'x');
  EXPECT_EQ(client.ask(post("/length", "Content-Length: 3145728\r\n", large)).body, large);
  EXPECT_EQ(client
                .ask(post("/length", "Transfer-Encoding: chunked\r\n",
                          "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
                .body,
            "abcde");
  // Forms are bodies like any other: `curl --data-binary` calls reports that.
  const std::string form(20'000, 'f');
  EXPECT_EQ(client
                .ask(post("/length",
                          "Content-Type: application/x-www-form-urlencoded\r\n"
                          "Content-Length: 20000\r\n",
                          form))
                .body,
            form);
  EXPECT_EQ(client.ask(post("/length", "Content-Length: 0\r\n")).status, 200);
}

TEST_F(FrontTest, IdentityHeadersOfClientsNeverArrive) {
  std::string peer;
  std::string id;
  routes_["/echo"] = [&](const Request& request) {
    peer = request.peer;
    id = request.id;
    return echo(request);
  };
  start();
  const Answer answer =
      get("/echo",
          "X-Cairn-Peer: 203.0.113.9\r\nx-cairn-request: mine\r\nX-Request-Id: mine\r\n"
          "X-CAIRN-Anything: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n");
  EXPECT_EQ(peer, "127.0.0.1");
  EXPECT_NE(id, "mine");
  EXPECT_EQ(answer.header("X-Request-Id"), id);
  EXPECT_EQ(answer.body.find("mine"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("X-Hop"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("Anything"), std::string::npos) << answer.body;
}

TEST_F(FrontTest, PipelinedRequestsAreAnsweredInOrder) {
  routes_["/a"] = [](const Request& r) { return text_response("a" + r.body); };
  routes_["/b"] = [](const Request&) { return text_response("b"); };
  start();
  RawClient client = connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += post("/a", "Content-Length: 2\r\n", "42");
    requests += "GET /b HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(client.read_answer().body, "a42");
    ASSERT_EQ(client.read_answer().body, "b");
  }
}

TEST_F(FrontTest, ConnectionsEndAsTheClientAsked) {
  routes_["/a"] = [](const Request&) { return text_response("a"); };
  start();
  RawClient old = connect();
  EXPECT_EQ(old.ask("GET /a HTTP/1.0\r\n\r\n").header("Connection"), "close");
  EXPECT_TRUE(old.closed_by_peer());
  RawClient kept = connect();
  EXPECT_EQ(kept.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("Connection"),
            "keep-alive");
  EXPECT_EQ(kept.ask("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").body, "a");
  EXPECT_TRUE(kept.closed_by_peer());
}

TEST_F(FrontTest, HeadHasTheLengthAndNoBody) {
  routes_["/a"] = [](const Request&) {
    Response response = text_response("four");
    response.headers.set("ETag", "\"tag\"");
    return response;
  };
  start();
  RawClient client = connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const Answer head = client.read_answer(true);
  EXPECT_EQ(head.header("Content-Length"), "4");
  EXPECT_EQ(head.header("ETag"), "\"tag\"");
  EXPECT_EQ(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "four");
}

TEST_F(FrontTest, BadHeadsAreRefusedAndTheConnectionCloses) {
  start();
  const std::map<std::string, int> cases = {
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400},
      {std::string("GET /\0 HTTP/1.1\r\n", 17), 400},
      {"\x16\x03\x01\x02", 400},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: Multipart/form-data; boundary=b\r\n"
       "Content-Length: 1\r\n\r\nx",
       415},
      {"GET /" + std::string(9'000, 'x'), 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(7'000, 'x') +
           "\r\nB: " + std::string(7'000, 'x') + "\r\nC: " + std::string(7'000, 'x'),
       431}};
  for (const auto& [bytes, status] : cases) {
    RawClient client = connect();
    const Answer answer = client.ask(bytes);
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 80);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    EXPECT_TRUE(code_of(answer).starts_with("E_")) << answer.body;
    EXPECT_TRUE(client.closed_by_peer());
  }
  EXPECT_EQ(front_->stats().refused, cases.size());
  EXPECT_EQ(get("/absent").status, 404);
}

TEST_F(FrontTest, SmuggledRequestsAreNeverServed) {
  std::atomic<int> served{0};
  routes_["/admin"] = [&](const Request&) {
    ++served;
    return text_response("secret");
  };
  start();
  const std::string hidden = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string& head :
       {"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(5 + hidden.size()) +
            "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        std::string(
            "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 34\r\n\r\n"),
        std::string("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        std::string("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0b"
                    "chunked\r\n\r\n"),
        "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(hidden.size()) +
            "\r\n\r\n"}) {
    RawClient client = connect();
    client.send(head + hidden);
    EXPECT_GE(client.read_answer().status, 400);
    EXPECT_TRUE(client.closed_by_peer());
  }
  EXPECT_EQ(served, 0);
}

TEST_F(FrontTest, LargeBodiesAreRefusedByTheirRoute) {
  routes_["/up"] = [](const Request& r) { return text_response(std::to_string(r.body.size())); };
  options_.hooks.body_limit = [](std::string_view method, std::string_view path) {
    return method == "POST" && path == "/up" ? std::size_t{10} : std::size_t{0};
  };
  start();
  EXPECT_EQ(connect().ask(post("/up", "Content-Length: 10\r\n", "0123456789")).body, "10");
  const Answer announced = connect().ask(post("/up", "Content-Length: 11\r\n"));
  EXPECT_EQ(announced.status, 413);
  EXPECT_EQ(code_of(announced), "E_LIMIT_EXCEEDED");
  EXPECT_EQ(
      connect().ask(post("/up", "Transfer-Encoding: chunked\r\n", "b\r\n01234567890\r\n")).status,
      413);
  EXPECT_EQ(connect().ask(post("/other", "Content-Length: 1\r\n", "x")).status, 413);
}

TEST_F(FrontTest, ContinueIsSaidOnlyWhenTheBodyIsWanted) {
  routes_["/up"] = [](const Request& r) { return text_response(r.body); };
  start();
  RawClient client = connect();
  client.send(post("/up", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask("ok").body, "ok");
  EXPECT_EQ(
      connect().ask(post("/up", "Content-Length: 99999999\r\nExpect: 100-continue\r\n")).status,
      413);
}

TEST_F(FrontTest, DrippingHeadsEndAtTheirDeadline) {
  options_.limits.head_time = milliseconds(50);
  start();
  RawClient client = connect();
  // One byte now and then does not prolong the time.
  std::thread drip([&] {
    while (client.send("G")) std::this_thread::sleep_for(milliseconds(5));
  });
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(code_of(answer), "E_TIMEOUT");
  client.closed_by_peer();
  drip.join();
}

TEST_F(FrontTest, DrippingBodiesEndWhenTooSlow) {
  options_.limits.rate_window = milliseconds(50);
  options_.limits.min_rate = 1'000'000;
  start();
  RawClient client = connect();
  client.send(post("/x", "Content-Length: 1000000\r\n", "abc"));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(FrontTest, IdleConnectionsAreClosed) {
  options_.limits.idle_time = milliseconds(30);
  routes_["/a"] = [](const Request&) { return text_response("a"); };
  start();
  RawClient silent = connect();
  EXPECT_TRUE(silent.closed_by_peer());
  RawClient kept = connect();
  EXPECT_EQ(kept.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "a");
  EXPECT_TRUE(kept.closed_by_peer());
  EXPECT_TRUE(eventually([&] { return front_->stats().connections == 0; }));
}

TEST_F(FrontTest, HostsOutsideTheListAreMisdirected) {
  options_.hosts = {"localhost", "cairn.example"};
  routes_["/a"] = [](const Request&) { return text_response("a"); };
  start();
  EXPECT_EQ(get("/a").status, 200);
  EXPECT_EQ(connect().ask("GET /a HTTP/1.1\r\nHost: CAIRN.example:7420\r\n\r\n").status, 200);
  EXPECT_EQ(connect().ask("GET /a HTTP/1.1\r\nHost: attacker.example\r\n\r\n").status, 421);
  EXPECT_EQ(connect().ask("GET /a HTTP/1.0\r\n\r\n").status, 421);
}

TEST_F(FrontTest, AbandonedRequestsTripTheirToken) {
  Gate entered;
  Gate seen;
  routes_["/slow"] = [&](const Request& request) {
    entered.open();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!request.stop.stopped() && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(milliseconds(1));
    if (request.stop.stopped()) seen.open();
    return text_response("late");
  };
  options_.hooks.on_abandoned = [this](std::string_view id) { server_->abandon(id); };
  start();
  {
    RawClient client = connect();
    client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(entered.wait());
  }
  EXPECT_TRUE(seen.wait());
  EXPECT_EQ(front_->stats().abandoned, 1u);
  EXPECT_TRUE(eventually([&] { return server_->running() == 0; }));
}

TEST_F(FrontTest, FullQueueIsSaidAtOnceWhileHealthAnswers) {
  Gate gate;
  std::atomic<int> entered{0};
  routes_["/slow"] = [&](const Request&) {
    ++entered;
    gate.wait();
    return text_response("done");
  };
  routes_["/healthz"] = [](const Request&) { return text_response("ok"); };
  options_.upstream.connections = 2;
  options_.upstream.queue = 1;
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    clients.back().send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return entered == std::min(i + 1, 2); }));
  }
  ASSERT_TRUE(eventually([&] { return front_->stats().queued == 1; }));
  const Answer refused = get("/slow");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(code_of(refused), "E_OVERLOADED");
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(get("/healthz").body, "ok");
  gate.open();
  for (RawClient& client : clients) EXPECT_EQ(client.read_answer().body, "done");
}

TEST_F(FrontTest, LongQueuesAndSlowHandlersHaveTheirDeadlines) {
  Gate gate;
  routes_["/slow"] = [&](const Request&) {
    gate.wait();
    return text_response("done");
  };
  options_.upstream.connections = 1;
  options_.limits.queue_time = milliseconds(20);
  options_.limits.upstream_time = milliseconds(300);
  start();
  RawClient first = connect();
  first.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server_->running() == 1; }));
  EXPECT_EQ(get("/slow").status, 503);
  const Answer late = first.read_answer();
  EXPECT_EQ(late.status, 504);
  EXPECT_EQ(code_of(late), "E_TIMEOUT");
  gate.open();
  EXPECT_TRUE(eventually([&] { return server_->running() == 0; }));
}

TEST_F(FrontTest, WithoutAServerBehindTheAnswerIs503) {
  start();
  server_->stop();
  const Answer answer = get("/a");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(code_of(answer), "E_UNREACHABLE");
}

TEST_F(FrontTest, LongStreamsAreHeldUpByTheirReader) {
  constexpr std::uint64_t kTotal = 48u << 20;
  std::atomic<std::uint64_t> produced{0};
  routes_["/export"] = [&](const Request&) {
    Response out;
    out.headers.add("Content-Type", "application/x-ndjson");
    out.chunks = [&](const ChunkSink& sink) -> Result<bool> {
      CAIRN_TRY(sink(std::string(64u << 10, 'x')));
      produced += 64u << 10;
      return produced < kTotal;
    };
    return out;
  };
  start();
  RawClient client = connect();
  client.send("GET /export HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_FALSE(client.read_until("\r\n\r\n").empty());
  // Nobody reads: what is produced stays within what the buffers on the way hold.
  std::uint64_t before = 0;
  ASSERT_TRUE(eventually([&] {
    std::this_thread::sleep_for(milliseconds(100));
    return std::exchange(before, produced.load()) == produced;
  }));
  EXPECT_LT(produced, kTotal / 2);
  EXPECT_FALSE(client.read_until("\r\n0\r\n\r\n").empty());
  EXPECT_EQ(produced, kTotal);
}

TEST_F(FrontTest, ReadersThatStopAreCutOff) {
  options_.limits.rate_window = milliseconds(100);
  routes_["/export"] = [&](const Request&) {
    Response out;
    // Endless, and nobody reads.
    out.chunks = [](const ChunkSink& sink) -> Result<bool> {
      CAIRN_TRY(sink(std::string(64u << 10, 'x')));
      return true;
    };
    return out;
  };
  start();
  RawClient client = connect();
  client.send("GET /export HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server_->running() == 1; }));
  EXPECT_TRUE(eventually([&] { return front_->stats().connections == 0; }));
  EXPECT_TRUE(eventually([&] { return server_->running() == 0; }));
}

TEST_F(FrontTest, StreamsThatFailAreCutAndNeverEndProperly) {
  routes_["/broken"] = [](const Request&) {
    Response out;
    out.chunks = [sent = false](const ChunkSink& sink) mutable -> Result<bool> {
      if (sent) return Error(ErrorCode::kCorrupt, "a block is bad");
      sent = true;
      CAIRN_TRY(sink("part"));
      return true;
    };
    return out;
  };
  start();
  const Answer answer = get("/broken");
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
}

TEST_F(FrontTest, ThrowingHandlersAnswer500) {
  routes_["/throws"] = [](const Request&) -> Response { throw std::runtime_error("boom"); };
  start();
  const Answer answer = get("/throws");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(code_of(answer), "E_INTERNAL");
  EXPECT_EQ(answer.body.find("boom"), std::string::npos);
}

TEST_F(FrontTest, StaticFilesAreServedWithTheirTags) {
  auto files = std::make_shared<StaticFiles>();
  files->add("/index.html", "<h1>cairn</h1>");
  options_.files = files;
  start();
  const Answer page = get("/");
  EXPECT_EQ(page.body, "<h1>cairn</h1>");
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.header("Content-Security-Policy").find("default-src 'self'"), std::string::npos);
  const Answer again = get("/", "If-None-Match: " + page.header("ETag") + "\r\n");
  EXPECT_EQ(again.status, 304);
  for (const char* target : {"/../index.html", "/%2e%2e/index.html", "/..%2findex.html"})
    EXPECT_GE(get(target).status, 400) << target;
  RawClient client = connect();
  std::string many;
  for (int i = 0; i < 200; ++i) many += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(many);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.read_answer().body, "<h1>cairn</h1>");
}

TEST_F(FrontTest, LongPathsReachTheHandler) {
  const std::string path = "/" + std::string(6'900, 'p');
  routes_[path] = [](const Request&) { return text_response("long"); };
  routes_["/line\nend"] = [](const Request&) { return text_response("line"); };
  start();
  EXPECT_EQ(get(path).body, "long");
  EXPECT_EQ(get("/line%0Aend").body, "line");
  EXPECT_EQ(get("/%zz").status, 400);
}

TEST_F(FrontTest, MostIdleConnectionMakesRoom) {
  options_.limits.connections = 3;
  routes_["/a"] = [](const Request&) { return text_response("a"); };
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    ASSERT_EQ(clients.back().ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "a");
  }
  EXPECT_EQ(get("/a").body, "a");
  EXPECT_TRUE(clients[0].closed_by_peer());
  EXPECT_EQ(clients[2].ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "a");
}

TEST_F(FrontTest, TooManyBusyConnectionsAreRefused) {
  options_.limits.connections = 2;
  Gate gate;
  routes_["/slow"] = [&](const Request&) {
    gate.wait();
    return text_response("done");
  };
  start();
  RawClient one = connect();
  RawClient two = connect();
  one.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  two.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server_->running() == 2; }));
  const Answer refused = connect().read_answer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(code_of(refused), "E_OVERLOADED");
  gate.open();
  EXPECT_EQ(one.read_answer().body, "done");
  EXPECT_EQ(two.read_answer().body, "done");
}

TEST_F(FrontTest, StopFinishesWhatIsUnderWay) {
  Gate gate;
  Gate entered;
  routes_["/slow"] = [&](const Request&) {
    entered.open();
    gate.wait();
    return text_response("done");
  };
  start();
  RawClient idle = connect();
  RawClient busy = connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  std::thread stopper([&] { front_->stop(); });
  EXPECT_TRUE(idle.closed_by_peer());
  gate.open();
  const Answer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("Connection"), "close");
  busy.close();
  stopper.join();
  EXPECT_EQ(RawClient(front_->port()).read_answer().status, 0);
}

TEST_F(FrontTest, StopIsBounded) {
  Gate gate;
  Gate entered;
  routes_["/slow"] = [&](const Request&) {
    entered.open();
    gate.wait();
    return text_response("done");
  };
  options_.limits.drain = milliseconds(30);
  start();
  RawClient busy = connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  front_->stop();
  EXPECT_EQ(busy.read_answer().status, 0);
  gate.open();
  EXPECT_TRUE(eventually([&] { return server_->running() == 0; }));
}

TEST_F(FrontTest, TakenPortsAreSaid) {
  start();
  options_.port = front_->port();
  const auto second = Front::start(options_, *broker_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kBusy);
  options_.address = "not an address";
  EXPECT_EQ(Front::start(options_, *broker_).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(FrontTest, AnswersAreReported) {
  std::mutex mutex;
  std::vector<std::string> seen;
  options_.hooks.on_answered = [&](const AccessRecord& record) {
    const std::lock_guard lock(mutex);
    seen.push_back(std::string(record.method) + " " + std::string(record.path) + " " +
                   std::to_string(record.status) + " " + std::to_string(record.bytes));
  };
  routes_["/a"] = [](const Request&) { return text_response("four"); };
  start();
  EXPECT_EQ(get("/a?token=secret").status, 200);
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return seen.size() == 1;
  }));
  EXPECT_EQ(seen[0], "GET /a 200 4");
}

}  // namespace
}  // namespace cairn::api
