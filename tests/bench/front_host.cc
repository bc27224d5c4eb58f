// A front and the HTTP server behind it with trivial answers, for measuring these two alone:
//   cairn_front_host [THREADS]
// Prints its port, serves until standard input ends, and publishes a small event with the time on
// topic "bench" whenever a line arrives there.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "api/front/front.h"
#include "api/http/server.h"
#include "base/clock.h"
#include "base/metrics.h"

namespace cairn::api {
namespace {

Response answer(const Request& request) {
  Response out;
  out.headers.add("Content-Type", "application/json");
  if (request.path == "/healthz") {
    out.body = R"({"status":"ok"})";
    return out;
  }
  // The size of a small answer about one symbol.
  out.body = R"({"data":")" + std::string(400, 'x') + R"("})";
  return out;
}

int run(std::size_t threads) {
  const SystemClock clock;
  EventBroker broker(clock);
  FrontOptions options;
  auto server = HttpServer::start({.socket_path = {}, .threads = threads}, answer);
  auto urgent = HttpServer::start({.socket_path = {}, .threads = 2}, answer);
  if (!server || !urgent) return EXIT_FAILURE;
  options.upstream.port = (*server)->port();
  options.upstream.connections = threads;
  options.urgent.port = (*urgent)->port();
  options.urgent.connections = 2;
  options.hooks.authenticate = [](const Request&) -> Result<StreamAccess> {
    return StreamAccess{"bench", [](std::string_view) { return true; }};
  };
  auto front = Front::start(options, broker);
  if (!front) {
    std::fprintf(stderr, "%s\n", front.error().message().c_str());
    return EXIT_FAILURE;
  }
  std::printf("%u\n", static_cast<unsigned>((*front)->port()));
  std::fflush(stdout);
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::string data = R"({"at":)" + std::to_string(wall_ns()) + "}";
    broker.publish({"bench", "progress", data, {}});
  }
  (*front)->stop();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace cairn::api

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 8;
  return cairn::api::run(static_cast<std::size_t>(threads > 0 ? threads : 8));
}
