// Clients that are many, slow or waiting, for measuring a running server on this machine:
//   cairn_front_load idle PORT IDLE DRIPPING REQUESTS
//     opens IDLE silent connections and DRIPPING ones that send a header byte every 100 ms, then
//     asks for /healthz REQUESTS times, one after the other, on a connection each.
//   cairn_front_load sockets PORT COUNT EVENTS
//     opens COUNT WebSockets on topic "bench", prints "ready", and reads EVENTS events that carry
//     {"at": monotonic nanoseconds}.
// Prints one JSON object with the times in milliseconds.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fs.h"
#include "base/metrics.h"

namespace cairn {
namespace {

constexpr double kMillisecond = 1e6;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

Fd connect_to(std::uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!fd.is_open() ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    die("connect");
  return fd;
}

void send_all(const Fd& fd, std::string_view bytes) {
  if (::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size()))
    die("send");
}

std::string read_head(const Fd& fd) {
  std::string out;
  char bytes[4096];
  while (out.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = ::recv(fd.get(), bytes, sizeof bytes, 0);
    if (size <= 0) return {};
    out.append(bytes, static_cast<std::size_t>(size));
  }
  return out;
}

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(part * last)];
}

void print_times(const char* name, std::vector<double> times, std::size_t expected) {
  std::sort(times.begin(), times.end());
  std::printf(
      "{\"measure\":\"%s\",\"count\":%zu,\"expected\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
      "\"max_ms\":%.2f}\n",
      name, times.size(), expected, percentile(times, 0.5), percentile(times, 0.99),
      times.empty() ? 0.0 : times.back());
}

int run_idle(std::uint16_t port, std::size_t idle, std::size_t dripping, std::size_t requests) {
  std::vector<Fd> silent;
  for (std::size_t i = 0; i < idle; ++i) silent.push_back(connect_to(port));
  std::atomic<bool> stop{false};
  std::thread drip([&] {
    std::vector<Fd> slow(dripping);
    while (!stop) {
      for (Fd& fd : slow) {
        // The server ends each after its deadline; then another one begins.
        if (fd.is_open() && ::send(fd.get(), "G", 1, MSG_NOSIGNAL) == 1) continue;
        fd = connect_to(port);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  std::vector<double> times;
  for (std::size_t i = 0; i < requests; ++i) {
    const std::int64_t begin = wall_ns();
    const Fd fd = connect_to(port);
    send_all(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (read_head(fd).starts_with("HTTP/1.1 200"))
      times.push_back(static_cast<double>(wall_ns() - begin) / kMillisecond);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  stop = true;
  drip.join();
  print_times("healthz", std::move(times), requests);
  return EXIT_SUCCESS;
}

/// A masked text frame of less than 126 bytes; the mask is zero.
std::string text_frame(std::string_view text) {
  std::string out = "\x81";
  out += static_cast<char>(0x80 | text.size());
  out.append(4, '\0');
  return out + std::string(text);
}

struct Socket {
  Fd fd;
  std::string buffer;
  std::size_t events = 0;
};

/// Counts and times the events among the complete frames of the buffer.
void take_events(Socket& socket, std::vector<double>& times) {
  const std::string_view mark = "\"at\":";
  std::size_t used = 0;
  while (true) {
    const std::string_view rest = std::string_view(socket.buffer).substr(used);
    if (rest.size() < 2) break;
    std::size_t head = 2;
    std::size_t size = static_cast<unsigned char>(rest[1]);
    if (size == 126) {
      if (rest.size() < 4) break;
      size = static_cast<std::size_t>(static_cast<unsigned char>(rest[2])) * 256 +
             static_cast<unsigned char>(rest[3]);
      head = 4;
    }
    if (rest.size() < head + size) break;
    const std::string text(rest.substr(head, size));
    if (const std::size_t at = text.find(mark); at != std::string::npos) {
      const std::int64_t sent = std::strtoll(text.c_str() + at + mark.size(), nullptr, 10);
      times.push_back(static_cast<double>(wall_ns() - sent) / kMillisecond);
      ++socket.events;
    }
    used += head + size;
  }
  socket.buffer.erase(0, used);
}

int run_sockets(std::uint16_t port, std::size_t count, std::size_t events) {
  const Fd poll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<Socket> sockets(count);
  for (std::size_t i = 0; i < count; ++i) {
    sockets[i].fd = connect_to(port);
    send_all(sockets[i].fd,
             "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Version: 13\r\n\r\n");
    if (!read_head(sockets[i].fd).starts_with("HTTP/1.1 101")) die("handshake");
    send_all(sockets[i].fd, text_frame(R"({"type":"sub","topics":["bench"]})"));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(poll.get(), EPOLL_CTL_ADD, sockets[i].fd.get(), &event) != 0) die("epoll");
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  std::printf("ready\n");
  std::fflush(stdout);
  std::vector<double> times;
  std::vector<epoll_event> ready(256);
  while (times.size() < count * events) {
    const int found =
        ::epoll_wait(poll.get(), ready.data(), static_cast<int>(ready.size()), 10'000);
    if (found <= 0) break;
    for (int i = 0; i < found; ++i) {
      Socket& socket = sockets[ready[static_cast<std::size_t>(i)].data.u64];
      char bytes[16384];
      const ssize_t size = ::recv(socket.fd.get(), bytes, sizeof bytes, 0);
      if (size <= 0) die("a WebSocket ended");
      socket.buffer.append(bytes, static_cast<std::size_t>(size));
      take_events(socket, times);
    }
  }
  print_times("event", std::move(times), count * events);
  return EXIT_SUCCESS;
}

void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) die("getrlimit");
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0) die("setrlimit");
}

int run(const std::vector<std::string>& words) {
  const auto number = [&](std::size_t i) {
    return i < words.size() ? static_cast<std::size_t>(std::strtoull(words[i].c_str(), nullptr, 10))
                            : std::size_t{0};
  };
  const auto port = static_cast<std::uint16_t>(number(1));
  allow_many_files();
  if (words.size() == 5 && words[0] == "idle")
    return run_idle(port, number(2), number(3), number(4));
  if (words.size() == 4 && words[0] == "sockets") return run_sockets(port, number(2), number(3));
  std::fprintf(stderr, "front_load idle PORT IDLE DRIPPING REQUESTS | sockets PORT COUNT EVENTS\n");
  return 2;
}

}  // namespace
}  // namespace cairn

int main(int argc, char** argv) { return cairn::run({argv + 1, argv + argc}); }
