#pragma once
// Live events by topic ("jobs", "job/<id>", "repo/<slug>"), fanned out to many subscribers. REST is
// the truth and events only say that something changed, so that a subscriber that is too slow loses
// events, is told so (resync), and asks again over REST.
//
// Sequence numbers come from one counter for all topics that also grows from one start of the
// server to the next; so they grow in every topic, with gaps, and one number says how far a
// subscriber of several topics has read. No input or output happens here. Thread-safe. An event is
// serialised once; all subscribers share its text.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace cairn::api {

struct BrokerLimits {
  /// Kept for replay, per topic.
  std::size_t ring_events = 1'000;
  std::chrono::milliseconds ring_age = std::chrono::minutes(5);
  std::size_t ring_bytes = 4u << 20;
  /// Waiting for one subscriber.
  std::size_t queue_events = 256;
  std::size_t queue_bytes = 1u << 20;
  /// So many overflows within the window close the subscriber.
  std::size_t overflows = 3;
  std::chrono::milliseconds overflow_window = std::chrono::minutes(1);
  /// Topics one subscriber may have.
  std::size_t topics_per_subscriber = 100;
  std::size_t topic_length = 256;
};

struct Event {
  std::string_view topic;
  /// What happened, e.g. "progress", "snapshot", "job".
  std::string_view kind;
  /// One JSON value, e.g. an object.
  std::string_view data;
  /// Not empty: this event replaces an earlier one of the topic with the same key that was not
  /// delivered yet, and in the ring. For progress.
  std::string_view key;
};

/// What a subscriber takes from its queue.
struct Frame {
  enum class Kind : std::uint8_t { kEvent, kResync, kSnapshot };
  Kind kind = Kind::kEvent;
  std::uint64_t seq = 0;
  /// {"type":"event","topic":…,"seq":…,"event":kind,"data":…} or
  /// {"type":"resync","topic":…,"seq":…} or {"type":"snapshot","topic":…,"seq":…,"data":…}
  std::shared_ptr<const std::string> text;
};

/// Who subscribes, and which topics it may read.
struct StreamAccess {
  std::string principal;
  std::function<bool(std::string_view topic)> may_read;
};

class EventBroker;

/// One subscriber's queue. Thread-safe. Disconnects when destroyed; must not outlive its broker.
class Subscriber {
 public:
  enum class State : std::uint8_t {
    kOpen,
    /// Overflowed again and again: close with 1013 (try again later).
    kTooSlow,
    /// Access was withdrawn: close with 1008.
    kRevoked,
  };

  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// With `since`, events after it follow, or a resync frame if some of them are gone. Without,
  /// a snapshot frame (data from BrokerOptions::snapshot, or null). A repeated call starts again.
  /// Does not wake: the caller takes the frames.
  /// kForbidden for topics that may not be read, unknown ones alike; kLimitExceeded.
  Result<void> subscribe(std::string_view topic, std::optional<std::uint64_t> since);
  void unsubscribe(std::string_view topic);
  /// The oldest waiting frame.
  std::optional<Frame> take();
  State state() const;

 private:
  friend class EventBroker;
  struct Queue;
  Subscriber(EventBroker& broker, std::shared_ptr<Queue> queue)
      : broker_(broker), queue_(std::move(queue)) {}

  EventBroker& broker_;
  std::shared_ptr<Queue> queue_;
};

struct BrokerOptions {
  BrokerLimits limits;
  /// The state of a topic as JSON, for those that begin without `since`. Only memory may be read:
  /// it is called by the thread that serves connections, without locks held.
  std::function<std::optional<std::string>(std::string_view topic)> snapshot;
};

class EventBroker {
 public:
  /// The clock must outlive the broker.
  explicit EventBroker(const Clock& clock, BrokerOptions options = {});
  ~EventBroker();
  EventBroker(const EventBroker&) = delete;
  EventBroker& operator=(const EventBroker&) = delete;

  /// Gives the event its number and queues it for the topic's subscribers. O(subscribers); never
  /// waits for one. Returns the number.
  std::uint64_t publish(const Event& event);

  /// `wake` is called, with no lock held and from any thread, when frames wait in an empty queue or
  /// the state changed; it must return quickly and may be called once after the Subscriber's end.
  std::unique_ptr<Subscriber> connect(StreamAccess access, std::function<void()> wake);

  /// Ends the subscribers of principals that `gone` says true for.
  void revoke(const std::function<bool(std::string_view principal)>& gone);

  /// The last number given out.
  std::uint64_t last_seq() const;
  std::size_t subscribers() const;
  const BrokerLimits& limits() const { return options_.limits; }

 private:
  friend class Subscriber;
  struct Topic;
  using Wakes = std::vector<std::shared_ptr<Subscriber::Queue>>;

  Topic& topic_of(std::string_view name);
  void expire(Topic& topic, std::chrono::steady_clock::time_point now);
  void drop_quiet_topics(std::chrono::steady_clock::time_point now);
  void leave(Subscriber::Queue& queue, const std::string& topic);
  void disconnect(const std::shared_ptr<Subscriber::Queue>& queue);
  Result<void> subscribe(const std::shared_ptr<Subscriber::Queue>& queue, std::string_view topic,
                         std::optional<std::uint64_t> since);

  const Clock& clock_;
  const BrokerOptions options_;
  // Taken before any queue's own mutex.
  mutable std::mutex mutex_;
  std::uint64_t last_seq_;
  /// Events up to this number of topics that are not held any more are gone.
  std::uint64_t floor_;
  std::chrono::steady_clock::time_point next_sweep_;
  std::map<std::string, std::unique_ptr<Topic>, std::less<>> topics_;
  std::vector<std::shared_ptr<Subscriber::Queue>> subscribers_;
};

}  // namespace cairn::api
