#pragma once
// One client's HTTP connection. Belongs to the front's thread. The runtime's table owns it until
// it is closed; operations under way keep it alive.
#include "api/front/detail/upstream.h"

namespace cairn::api::front {

class Connection final : public std::enable_shared_from_this<Connection>,
                         public Exchange::Listener {
 public:
  Connection(Runtime& runtime, Tcp::socket socket, std::string peer);
  ~Connection() override;

  void start();
  void on_tick(TimePoint now);
  /// The front stops: finish what is under way, take no more requests.
  void wind_down();
  void close();
  /// Too many connections: says 503 and closes.
  void refuse();

 private:
  enum class State : std::uint8_t {
    /// Nothing of a request has come.
    kIdle,
    kHead,
    kBody,
    /// The request is on its way, or its answer is.
    kAnswer,
    /// Server-sent events.
    kEvents,
    /// All was said; reads until the client closes, so that it can read the answer.
    kLingering,
    kClosed
  };
  /// What is only needed while a request is under way.
  struct Active;
  struct Events;

  // Reading (connection.cc).
  void arm_read();
  bool wants_input() const;
  void on_readable();
  void on_client_gone();
  void process();
  bool process_head();
  bool process_body();
  bool begin_request(const RequestHead& head, std::size_t head_size);
  std::optional<Problem> admit(const RequestHead& head, std::size_t& body_cap) const;
  void begin_body(const RequestHead& head);
  void set_state(State state);
  void forward();

  // Answering (answer.cc).
  void arm_write();
  /// Sends what the socket takes; false when the connection was closed.
  bool flush();
  /// The rest was sent later.
  void on_drained();
  void write_head(int status, const std::vector<HeadField>& fields, std::string_view framing);
  void respond(const Response& response);
  void refuse_request(const Problem& problem);
  bool serve_file(const RequestHead& head);
  void finish_answer();
  void record() const;
  void linger();
  void say_goodbye();
  /// Ends in a way that no client takes for a complete answer.
  void cut();
  std::size_t waiting_bytes() const { return out_.size() - written_; }
  void on_answer_head(const ResponseHead& head, bool has_body) override;
  void on_answer_data(std::string_view bytes) override;
  bool on_answer_batch() override;
  void on_answer_end() override;
  void on_answer_failed(const Problem& problem) override;

  // Streams (streams.cc).
  bool begin_stream(const RequestHead& head);
  Result<Request> stream_request(const RequestHead& head) const;
  Result<StreamAccess> stream_access(const RequestHead& head, const Request& request) const;
  void begin_websocket(const RequestHead& head, const Request& request, StreamAccess access);
  void begin_events(const Request& request, StreamAccess access);
  void pump_events();

  Runtime& runtime_;
  Tcp::socket socket_;
  const std::string peer_;
  State state_ = State::kClosed;
  bool reading_ = false;
  bool writing_ = false;
  bool processing_ = false;
  bool held_up_ = false;
  bool close_after_ = false;
  /// The socket and its place among the peer's connections are a stream session's now.
  bool moved_on_ = false;
  /// Of a head, between requests, of the last goodbye.
  TimePoint deadline_;
  std::list<Connection*>::iterator idle_at_;
  std::string in_;
  HeadScanner scanner_;
  std::string out_;
  std::size_t written_ = 0;
  RateWindow taken_;
  std::unique_ptr<Active> active_;
  std::unique_ptr<Events> events_;
};

struct Connection::Active {
  std::string id;
  std::string method;
  std::string path;
  TimePoint began;
  int minor_version = 1;
  bool is_head = false;
  bool keep_alive = true;
  bool chunked = false;
  std::uint64_t body_left = 0;
  std::size_t body_cap = 0;
  ChunkedDecoder decoder;
  RateWindow brought;
  /// Counted in Runtime::buffered_bodies.
  std::uint64_t buffered = 0;
  std::shared_ptr<Exchange> exchange;
  UpstreamPool* pool = nullptr;
  int status = 0;
  std::uint64_t sent = 0;
  bool chunk_answer = false;
};

struct Connection::Events {
  std::unique_ptr<Subscriber> subscriber;
  TimePoint last_write;
  bool ending = false;
};

}  // namespace cairn::api::front
