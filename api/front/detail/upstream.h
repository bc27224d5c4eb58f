#pragma once
// Kept connections to the server behind the front, and the queue of requests that wait for one.
// Belongs to the front's thread.
#include <boost/asio/generic/stream_protocol.hpp>
#include <deque>

#include "api/front/detail/runtime.h"

namespace cairn::api::front {

class UpstreamConnection;

/// One request on its way there and its answer on the way back.
struct Exchange {
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_answer_head(const ResponseHead& head, bool has_body) = 0;
    virtual void on_answer_data(std::string_view bytes) = 0;
    /// All bytes that are there for now were passed on. False: no more until resume().
    virtual bool on_answer_batch() = 0;
    virtual void on_answer_end() = 0;
    /// Nothing follows. The head may have been passed on before.
    virtual void on_answer_failed(const Problem& problem) = 0;
  };

  std::string head;
  std::string body;
  bool is_head = false;
  /// May be sent again when the connection broke before the first byte of an answer.
  bool repeatable = false;
  bool repeated = false;
  /// Null once nobody waits any more.
  Listener* listener = nullptr;
  TimePoint queued_at;
  /// Null while waiting in the queue and at the end.
  UpstreamConnection* connection = nullptr;
};

class UpstreamPool {
 public:
  UpstreamPool(Runtime& runtime, const Upstream& upstream);
  ~UpstreamPool();
  UpstreamPool(const UpstreamPool&) = delete;
  UpstreamPool& operator=(const UpstreamPool&) = delete;

  /// False when the queue is full. The listener is never called from inside.
  bool submit(const std::shared_ptr<Exchange>& exchange);
  /// The client went away. Returns whether the server behind had the request already.
  bool cancel(const std::shared_ptr<Exchange>& exchange);
  void resume(Exchange& exchange);
  void on_tick(TimePoint now);
  void close();

 private:
  friend class UpstreamConnection;
  /// Gives waiting requests to idle connections, and opens connections for the rest.
  void dispatch();
  void released(UpstreamConnection& connection);
  void closed(UpstreamConnection& connection, bool never_connected);
  void retry(const std::shared_ptr<Exchange>& exchange);

  Runtime& runtime_;
  const Upstream upstream_;
  asio::generic::stream_protocol::endpoint endpoint_;
  std::deque<std::shared_ptr<Exchange>> waiting_;
  std::vector<std::shared_ptr<UpstreamConnection>> all_;
  /// The last used at the end, so that the others may go.
  std::vector<UpstreamConnection*> idle_;
  bool dispatching_ = false;
};

}  // namespace cairn::api::front
