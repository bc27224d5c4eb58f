#include "api/http/server.h"

#include <httplib.h>
#include <sys/stat.h>

#include <map>
#include <mutex>
#include <thread>

#include "api/problem.h"
#include "base/fs.h"
#include "base/log.h"

namespace cairn::api {
namespace {

// The library listens with a backlog of 5; the front opens more connections than that at once.
constexpr int kBacklog = 128;
// What every path is replaced by before the library matches it against patterns: std::regex
// recurses once for each byte.
constexpr const char* kOnlyPath = "/";
// sun_path has 108 bytes.
constexpr std::size_t kMaxSocketPath = 100;

class ListeningServer : public httplib::Server {
 public:
  bool widen_backlog() { return ::listen(svr_sock_, kBacklog) == 0; }
};

/// The requests under way, by id.
class Running {
 public:
  StopToken begin(const std::string& id) {
    const std::lock_guard lock(mutex_);
    StopSource source;
    if (stopping_) source.stop();
    const StopToken token = source.token();
    sources_.insert_or_assign(id, std::move(source));
    return token;
  }
  void end(const std::string& id) {
    const std::lock_guard lock(mutex_);
    sources_.erase(id);
  }
  void abandon(std::string_view id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = sources_.find(id); found != sources_.end()) found->second.stop();
  }
  void stop_all() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, source] : sources_) source.stop();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return sources_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, StopSource, std::less<>> sources_;
  bool stopping_ = false;
};

/// One entry of Running, for as long as the answer is being made or streamed.
class Entry {
 public:
  Entry(Running& running, std::string id)
      : running_(running), id_(std::move(id)), token_(running_.begin(id_)) {}
  ~Entry() { running_.end(id_); }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  const StopToken& token() const { return token_; }

 private:
  Running& running_;
  std::string id_;
  StopToken token_;
};

Result<Request> translate(const httplib::Request& in) {
  Request out;
  out.method = in.method;
  CAIRN_TRY(parse_target(in.target, out));
  for (const auto& [name, value] : in.headers) {
    if (equals_ignoring_case(name, kPeerHeader))
      out.peer = value;
    else if (equals_ignoring_case(name, kRequestHeader))
      out.id = value;
    // The library adds these three to what was sent.
    else if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
             name != "LOCAL_PORT")
      out.headers.add(name, value);
  }
  return out;
}

void stream(Response& from, std::shared_ptr<Entry> entry, const std::string& id,
            httplib::Response& to) {
  const auto type = from.headers.get("Content-Type");
  auto producer = std::make_shared<ChunkProducer>(std::move(from.chunks));
  to.set_chunked_content_provider(
      std::string(type.value_or("application/octet-stream")),
      [producer, entry, id](std::size_t, httplib::DataSink& sink) {
        const ChunkSink write = [&sink](std::string_view bytes) -> Result<void> {
          if (!sink.write(bytes.data(), bytes.size()))
            return Error(ErrorCode::kCancelled, "the client reads no more");
          return {};
        };
        try {
          const Result<bool> more = (*producer)(write);
          if (more && !*more) sink.done();
          if (!more) log_warning("http.stream_cut", {{"request", id}, {"error", more.error()}});
          return static_cast<bool>(more);
        } catch (const std::exception& thrown) {
          log_error("http.stream_threw", {{"request", id}, {"what", thrown.what()}});
          return false;
        }
      });
}

void write_answer(Response& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) {
    // set_chunked_content_provider wrote it already.
    if (from.chunks && equals_ignoring_case(name, "Content-Type")) continue;
    to.headers.emplace(name, value);
  }
  if (!from.chunks) to.body = std::move(from.body);
}

}  // namespace

struct HttpServer::Impl {
  Impl(HttpServerOptions given, Handler answer)
      : options(std::move(given)), handler(std::move(answer)) {}

  Response answer(const Request& request) {
    try {
      return handler(request);
    } catch (const std::exception& thrown) {
      log_error("http.handler_threw", {{"request", request.id}, {"what", thrown.what()}});
      return problem_response(
          {500, ErrorCode::kInternal, "the request met a defect of the server", std::nullopt},
          request.id);
    }
  }

  void serve(const httplib::Request& in, httplib::Response& out, std::string body) {
    Result<Request> request = translate(in);
    if (!request) {
      Response refusal = problem_response(problem_of(request.error()), {});
      write_answer(refusal, out);
      return;
    }
    request->body = std::move(body);
    auto entry = std::make_shared<Entry>(running, request->id);
    request->stop = entry->token();
    Response response = answer(*request);
    write_answer(response, out);
    if (response.chunks) stream(response, std::move(entry), request->id, out);
  }

  void serve_with_body(const httplib::Request& in, httplib::Response& out,
                       const httplib::ContentReader& read) {
    std::string body;
    const bool whole = read([&](const char* data, std::size_t size) {
      if (size > options.max_body - body.size()) return false;
      body.append(data, size);
      return true;
    });
    // The library answers 400 or 413 itself.
    if (whole) serve(in, out, std::move(body));
  }

  void configure();
  Result<void> bind();
  void run();

  HttpServerOptions options;
  Handler handler;
  Running running;
  ListeningServer server;
  std::uint16_t port = 0;
  std::thread thread;
};

void HttpServer::Impl::configure() {
  server.set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
    const bool has_body = in.method != "GET" && in.method != "HEAD" && in.method != "OPTIONS";
    if (!has_body) {
      serve(in, out, {});
      return httplib::Server::HandlerResponse::Handled;
    }
    // The library's own object, which it lends as const; `target` keeps the path.
    const_cast<httplib::Request&>(in).path = kOnlyPath;
    return httplib::Server::HandlerResponse::Unhandled;
  });
  const auto with_body = [this](const httplib::Request& in, httplib::Response& out,
                                const httplib::ContentReader& read) {
    serve_with_body(in, out, read);
  };
  server.Post(kOnlyPath, with_body);
  server.Put(kOnlyPath, with_body);
  server.Patch(kOnlyPath, with_body);
  server.Delete(kOnlyPath, with_body);
  server.new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_keep_alive_timeout(options.keep_alive_seconds);
  server.set_write_timeout(options.write_seconds);
  server.set_payload_max_length(static_cast<std::size_t>(options.max_body));
}

Result<void> HttpServer::Impl::bind() {
  if (options.socket_path.empty()) {
    // Without it every answer on a kept connection takes 40 ms.
    server.set_tcp_nodelay(true);
    const int any = server.bind_to_any_port("127.0.0.1");
    if (any <= 0) return Error(ErrorCode::kIo, "no port of 127.0.0.1 could be bound");
    port = static_cast<std::uint16_t>(any);
  } else {
    if (options.socket_path.size() > kMaxSocketPath)
      return Error(ErrorCode::kInvalidArgument, "the socket path '" + options.socket_path +
                                                    "' is longer than " +
                                                    std::to_string(kMaxSocketPath) + " bytes");
    CAIRN_TRY(remove_file(options.socket_path));
    server.set_address_family(AF_UNIX);
    // The port is not used, but must not be 0.
    if (!server.bind_to_port(options.socket_path, 80))
      return errno_error(errno, "binding the socket '" + options.socket_path + "'");
    if (::chmod(options.socket_path.c_str(), S_IRUSR | S_IWUSR) != 0)
      return errno_error(errno, "protecting the socket '" + options.socket_path + "'");
  }
  if (!server.widen_backlog()) return errno_error(errno, "listening for the front");
  return {};
}

void HttpServer::Impl::run() {
  thread = std::thread([this] { server.listen_after_bind(); });
  // stop() has no effect before the loop runs.
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  impl->configure();
  CAIRN_TRY(impl->bind());
  impl->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::~HttpServer() { stop(); }

std::uint16_t HttpServer::port() const { return impl_->port; }

void HttpServer::abandon(std::string_view request_id) { impl_->running.abandon(request_id); }

std::size_t HttpServer::running() const { return impl_->running.size(); }

void HttpServer::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->running.stop_all();
  impl_->server.stop();
  impl_->thread.join();
  if (!impl_->options.socket_path.empty())
    if (const auto removed = remove_file(impl_->options.socket_path); !removed)
      log_warning("http.socket_left", {{"error", removed.error()}});
}

}  // namespace cairn::api
