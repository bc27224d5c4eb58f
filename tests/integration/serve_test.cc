// The real server as its users meet it: start on a free port, pin a repository, wait for its job,
// ask, end with SIGTERM.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/fs.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{60};

/// A child whose output is read as it comes, and that is sent signals.
class Child {
 public:
  explicit Child(const std::vector<std::string>& words) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = Fd(ends[0]);
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// Reads until the text came or the output ended; all that was read so far.
  const std::string& read_until(std::string_view text) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    char bytes[4096];
    while (read_.find(text) == std::string::npos && std::chrono::steady_clock::now() < end) {
      pollfd ready{out_.get(), POLLIN, 0};
      if (::poll(&ready, 1, 200) <= 0) continue;
      const ssize_t got = ::read(out_.get(), bytes, sizeof bytes);
      if (got <= 0) break;
      read_.append(bytes, static_cast<std::size_t>(got));
    }
    return read_;
  }
  void send_signal(int signal) const { ::kill(pid_, signal); }
  /// The exit code, once it ended by itself.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  Fd out_;
  std::string read_;
};

struct Reply {
  int status = 0;
  std::string body;
};

/// One request on a connection of its own.
Reply http(int port, const std::string& method, const std::string& target, const std::string& token,
           const std::string& body = {}) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return {};
  const timeval patience{60, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string request =
      method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "Connection: close\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t n =
        ::send(socket.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return {};
    sent += static_cast<std::size_t>(n);
  }
  std::string text;
  char bytes[65536];
  for (ssize_t n = 0; (n = ::recv(socket.get(), bytes, sizeof bytes, 0)) > 0;)
    text.append(bytes, static_cast<std::size_t>(n));
  Reply reply;
  if (text.size() > 12) reply.status = std::atoi(text.c_str() + 9);
  if (const std::size_t end = text.find("\r\n\r\n"); end != std::string::npos)
    reply.body = text.substr(end + 4);
  return reply;
}

std::string text_at(const std::string& json, std::string_view a, std::string_view b) {
  const auto document = JsonDocument::parse(json);
  if (!document) return "(no JSON) " + json;
  const JsonValue at = b.empty() ? document->root().find(a) : document->root().find(a).find(b);
  if (const auto number = at.as_int()) return std::to_string(*number);
  return std::string(at.as_string().value_or(""));
}

class ServeTest : public ::testing::Test {
 protected:
  std::vector<std::string> words(const std::string& listen = "127.0.0.1:0") const {
    return {CAIRN_BINARY, "serve", "--listen", listen, "--data", folder_ / "data"};
  }
  /// Waits for the welcome; the port it names.
  static int port_of(Child& child) {
    const std::string& text = child.read_until("/api/v1/repos\n");
    const std::size_t at = text.find("http://127.0.0.1:");
    EXPECT_NE(at, std::string::npos) << text;
    return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + 17);
  }
  static std::string token_of(Child& child) {
    const std::string& text = child.read_until("/api/v1/repos\n");
    const std::size_t at = text.find("cairn_");
    return at == std::string::npos ? "" : text.substr(at, 58);
  }
  TempDir folder_;
};

TEST_F(ServeTest, PinsIndexesAnswersAndEnds) {
  TestRepo repo;
  repo.write("app.py", "def helper():\n    return 1\n\n\ndef main():\n    return helper()\n");
  repo.commit();
  std::string token;
  {
    Child server(words());
    const int port = port_of(server);
    token = token_of(server);
    ASSERT_NE(token, "");
    EXPECT_EQ(http(port, "GET", "/api/v1/repos", "").status, 401);
    EXPECT_EQ(http(port, "GET", "/healthz", "").status, 200);
    EXPECT_EQ(http(port, "GET", "/readyz", "").status, 200)
        << http(port, "GET", "/readyz", "").body;
    const Reply added = http(port, "POST", "/api/v1/repos", token,
                             "{\"source\":\"" + repo.path() + "\",\"slug\":\"small\"}");
    ASSERT_EQ(added.status, 201) << added.body;
    const std::string job = "/api/v1/jobs/" + text_at(added.body, "job", "id");
    std::string state;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (state != "done" && state != "failed" && std::chrono::steady_clock::now() < end) {
      state = text_at(http(port, "GET", job, token).body, "state", "");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ASSERT_EQ(state, "done") << http(port, "GET", job, token).body;
    const Reply callers = http(port, "GET", "/api/v1/repos/small/callers?id=helper", token);
    EXPECT_EQ(callers.status, 200);
    EXPECT_THAT(callers.body, HasSubstr("app.main"));
    EXPECT_THAT(http(port, "GET", "/api/v1/repos/small/file?path=app.py", token).body,
                HasSubstr("return helper()"));
    const Reply exported = http(port, "GET", "/api/v1/repos/small/export?format=jsonl", token);
    EXPECT_THAT(exported.body, HasSubstr("\"t\":\"edge\""));
    EXPECT_THAT(http(port, "GET", "/metrics", token).body, HasSubstr("cairn_http_requests_total"));
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.wait(), 0);
  }
  // The next start knows token and repository, and answers at once.
  Child again(words());
  const int port = port_of(again);
  EXPECT_EQ(token_of(again), "");
  EXPECT_EQ(http(port, "GET", "/api/v1/repos/small/status", token).status, 200);
  again.send_signal(SIGTERM);
  EXPECT_EQ(again.wait(), 0);
}

TEST_F(ServeTest, TokensAreMadeBesideARunningServer) {
  Child server(words());
  const int port = port_of(server);
  ProcessSpec spec;
  spec.arguments = {CAIRN_BINARY, "token", "create", "--name",        "beside",
                    "--scope",    "read",  "--data", folder_ / "data"};
  const ProcessResult made = run_process(spec).value();
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string token = made.out.substr(0, made.out.find('\n'));
  EXPECT_EQ(http(port, "GET", "/api/v1/repos", token).status, 200);
  EXPECT_EQ(http(port, "GET", "/api/v1/tokens", token).status, 403);
}

TEST_F(ServeTest, PinShowsWhatWasFoundAndPinsOnce) {
  TestRepo repo;
  repo.write("app.py", "def helper():\n    return 1\n\n\ndef main():\n    return helper()\n");
  repo.commit();
  Child server(words());
  const std::string url = "http://127.0.0.1:" + std::to_string(port_of(server));
  ASSERT_TRUE(write_file_atomic(folder_ / "token", token_of(server) + "\n"));
  const auto pin = [&](const std::string& source, const std::string& token) {
    ProcessSpec spec;
    spec.arguments = {CAIRN_BINARY, "pin",   source,         "--server", url,
                      "--name",     "small", "--token-file", token};
    return run_process(spec).value();
  };
  for (int i = 0; i < 2; ++i) {
    const ProcessResult pinned = pin(repo.path(), folder_ / "token");
    EXPECT_EQ(pinned.exit_code, 0) << pinned.err;
    EXPECT_THAT(pinned.out,
                HasSubstr("small is pinned at " + url + ": 1 file, 6 lines, 3 symbols"));
    EXPECT_THAT(pinned.out, HasSubstr("exact 1"));
  }
  const ProcessResult missing = pin(folder_ / "nowhere", folder_ / "token");
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("nowhere"));
  ASSERT_TRUE(write_file_atomic(folder_ / "wrong", "cairn_wrong\n"));
  const ProcessResult refused = pin(repo.path(), folder_ / "wrong");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("--token-file"));
  EXPECT_THAT(refused.err, ::testing::Not(HasSubstr("cairn_wrong")));
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  const ProcessResult unreachable = pin(repo.path(), folder_ / "token");
  EXPECT_EQ(unreachable.exit_code, 3);
  EXPECT_THAT(unreachable.err, HasSubstr("E_UNREACHABLE"));
}

TEST_F(ServeTest, OneServerToADataFolderAndOneToAPort) {
  Child server(words());
  const int port = port_of(server);
  ProcessSpec spec;
  spec.arguments = words();
  const ProcessResult second = run_process(spec).value();
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.err, HasSubstr("E_BUSY"));
  spec.arguments = words("127.0.0.1:" + std::to_string(port));
  spec.arguments.back() = folder_ / "other";
  const ProcessResult taken = run_process(spec).value();
  EXPECT_EQ(taken.exit_code, 3);
  EXPECT_THAT(taken.err, HasSubstr(std::to_string(port)));
}

TEST_F(ServeTest, DevNeedsALoopbackAddress) {
  ProcessSpec spec;
  spec.arguments = words("0.0.0.0:0");
  spec.arguments.push_back("--dev");
  const ProcessResult result = run_process(spec).value();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("loopback"));
}

}  // namespace
}  // namespace cairn::testing
