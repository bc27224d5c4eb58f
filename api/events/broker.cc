#include "api/events/broker.h"

#include <algorithm>
#include <deque>
#include <set>

#include "base/json.h"

namespace cairn::api {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;
using Text = std::shared_ptr<const std::string>;

// How often topics without events and subscribers are looked for.
constexpr std::chrono::seconds kSweepEvery{10};
// Numbers a millisecond between two starts may have used: the counter starts at the time in
// microseconds, and 2^53 microseconds are 285 years.
constexpr std::uint64_t kNumbersPerMillisecond = 1'000;

Text event_text(const Event& event, std::uint64_t seq) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("type", "event").field("topic", event.topic).field("seq", seq);
  json.field("event", event.kind).key("data").raw(event.data.empty() ? "null" : event.data);
  json.end_object();
  return std::make_shared<const std::string>(std::move(out));
}

Text state_text(std::string_view type, std::string_view topic, std::uint64_t seq,
                const std::optional<std::string>& data) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("type", type).field("topic", topic).field("seq", seq);
  if (data) json.key("data").raw(data->empty() ? "null" : *data);
  json.end_object();
  return std::make_shared<const std::string>(std::move(out));
}

struct Entry {
  std::string topic;
  std::string key;
  Frame frame;
  /// Part of a replay, which the ring bounds: the queue's limits are for what is published later.
  bool replayed = false;
};

}  // namespace

struct Subscriber::Queue {
  StreamAccess access;
  std::function<void()> wake;
  // Guarded by the broker's mutex.
  std::set<std::string, std::less<>> topics;

  mutable std::mutex mutex;
  std::deque<Entry> waiting;
  // Of entries that are no replay.
  std::size_t counted = 0;
  std::size_t bytes = 0;
  State state = State::kOpen;
  std::deque<TimePoint> overflows;

  void clear() {
    waiting.clear();
    counted = bytes = 0;
  }
  void push(Entry entry) {
    if (!entry.replayed) {
      ++counted;
      bytes += entry.frame.text->size();
    }
    waiting.push_back(std::move(entry));
  }
  void uncount(const Entry& entry) {
    if (entry.replayed) return;
    --counted;
    bytes -= entry.frame.text->size();
  }
  void drop(std::string_view topic, std::string_view key) {
    std::erase_if(waiting, [&](const Entry& entry) {
      const bool gone = entry.topic == topic && (key.empty() || entry.key == key);
      if (gone) uncount(entry);
      return gone;
    });
  }
  bool fits(const BrokerLimits& limits) const {
    return counted <= limits.queue_events && bytes <= limits.queue_bytes;
  }
  /// Everything waiting is replaced by one resync per topic. True if that was once too often.
  bool overflow(const BrokerLimits& limits, std::uint64_t seq, TimePoint now);
  /// Returns whether the subscriber must be woken.
  bool add(Entry entry, const BrokerLimits& limits, TimePoint now);
};

bool Subscriber::Queue::overflow(const BrokerLimits& limits, std::uint64_t seq, TimePoint now) {
  while (!overflows.empty() && overflows.front() + limits.overflow_window <= now)
    overflows.pop_front();
  overflows.push_back(now);
  clear();
  if (overflows.size() >= limits.overflows) {
    state = State::kTooSlow;
    return true;
  }
  for (const std::string& topic : topics) {
    const Text text = state_text("resync", topic, seq, std::nullopt);
    push(Entry{topic, {}, Frame{Frame::Kind::kResync, seq, text}});
  }
  return false;
}

bool Subscriber::Queue::add(Entry entry, const BrokerLimits& limits, TimePoint now) {
  const std::lock_guard lock(mutex);
  if (state != State::kOpen) return false;
  const bool was_empty = waiting.empty();
  const std::uint64_t seq = entry.frame.seq;
  if (!entry.key.empty()) drop(entry.topic, entry.key);
  push(std::move(entry));
  if (!fits(limits)) return overflow(limits, seq, now) || was_empty;
  return was_empty;
}

struct EventBroker::Topic {
  struct Held {
    TimePoint at;
    std::string key;
    Text text;
  };
  /// By number.
  std::map<std::uint64_t, Held> ring;
  std::map<std::string, std::uint64_t, std::less<>> by_key;
  std::size_t bytes = 0;
  /// Events up to this number are not in the ring any more.
  std::uint64_t floor = 0;
  std::vector<std::shared_ptr<Subscriber::Queue>> queues;

  void erase(std::map<std::uint64_t, Held>::iterator at) {
    bytes -= at->second.text->size();
    if (!at->second.key.empty()) by_key.erase(at->second.key);
    ring.erase(at);
  }
  void drop_oldest() {
    floor = ring.begin()->first;
    erase(ring.begin());
  }
};

EventBroker::EventBroker(const Clock& clock, BrokerOptions options)
    : clock_(clock),
      options_(std::move(options)),
      last_seq_(static_cast<std::uint64_t>(std::max<std::int64_t>(0, clock.unix_milliseconds())) *
                kNumbersPerMillisecond),
      floor_(last_seq_),
      next_sweep_(clock.steady_now() + kSweepEvery) {}

EventBroker::~EventBroker() = default;

EventBroker::Topic& EventBroker::topic_of(std::string_view name) {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return *found->second;
  auto topic = std::make_unique<Topic>();
  topic->floor = floor_;
  return *topics_.emplace(std::string(name), std::move(topic)).first->second;
}

void EventBroker::expire(Topic& topic, TimePoint now) {
  const BrokerLimits& limits = options_.limits;
  while (!topic.ring.empty() &&
         (topic.ring.size() > limits.ring_events || topic.bytes > limits.ring_bytes ||
          topic.ring.begin()->second.at + limits.ring_age < now))
    topic.drop_oldest();
}

void EventBroker::drop_quiet_topics(TimePoint now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepEvery;
  for (auto it = topics_.begin(); it != topics_.end();) {
    Topic& topic = *it->second;
    expire(topic, now);
    if (topic.ring.empty() && topic.queues.empty()) {
      floor_ = std::max(floor_, topic.floor);
      it = topics_.erase(it);
    } else {
      ++it;
    }
  }
}

std::uint64_t EventBroker::publish(const Event& event) {
  Wakes wakes;
  std::uint64_t seq = 0;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = clock_.steady_now();
    drop_quiet_topics(now);
    seq = ++last_seq_;
    const Text text = event_text(event, seq);
    Topic& topic = topic_of(event.topic);
    if (!event.key.empty()) {
      const auto older = topic.by_key.find(event.key);
      if (older != topic.by_key.end()) topic.erase(topic.ring.find(older->second));
      topic.by_key.emplace(std::string(event.key), seq);
    }
    topic.ring.emplace(seq, Topic::Held{now, std::string(event.key), text});
    topic.bytes += text->size();
    expire(topic, now);
    for (const auto& queue : topic.queues) {
      Entry entry{std::string(event.topic), std::string(event.key),
                  Frame{Frame::Kind::kEvent, seq, text}};
      if (queue->add(std::move(entry), options_.limits, now)) wakes.push_back(queue);
    }
  }
  for (const auto& queue : wakes) queue->wake();
  return seq;
}

std::unique_ptr<Subscriber> EventBroker::connect(StreamAccess access, std::function<void()> wake) {
  auto queue = std::make_shared<Subscriber::Queue>();
  queue->access = std::move(access);
  queue->wake = std::move(wake);
  const std::lock_guard lock(mutex_);
  subscribers_.push_back(queue);
  return std::unique_ptr<Subscriber>(new Subscriber(*this, std::move(queue)));
}

void EventBroker::leave(Subscriber::Queue& queue, const std::string& name) {
  const auto found = topics_.find(name);
  if (found == topics_.end()) return;
  std::erase_if(found->second->queues, [&](const auto& other) { return other.get() == &queue; });
}

void EventBroker::disconnect(const std::shared_ptr<Subscriber::Queue>& queue) {
  const std::lock_guard lock(mutex_);
  for (const std::string& topic : queue->topics) leave(*queue, topic);
  queue->topics.clear();
  std::erase(subscribers_, queue);
}

Result<void> EventBroker::subscribe(const std::shared_ptr<Subscriber::Queue>& queue,
                                    std::string_view name, std::optional<std::uint64_t> since) {
  if (name.empty() || name.size() > options_.limits.topic_length)
    return Error(ErrorCode::kInvalidArgument,
                 "a topic has 1 to " + std::to_string(options_.limits.topic_length) + " bytes");
  if (!queue->access.may_read || !queue->access.may_read(name))
    return Error(ErrorCode::kForbidden,
                 "topic '" + std::string(name) + "' does not exist or may not be read");
  // Asked before the topic is joined: an event published meanwhile makes the state only newer than
  // the number says, never older.
  const std::uint64_t state_seq = last_seq();
  std::optional<std::string> state;
  if (!since) state = options_.snapshot ? options_.snapshot(name) : std::nullopt;

  std::vector<Entry> first;
  const std::string topic_name(name);
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_.steady_now();
  if (!queue->topics.contains(name) &&
      queue->topics.size() >= options_.limits.topics_per_subscriber)
    return Error(ErrorCode::kLimitExceeded,
                 "one connection may have " +
                     std::to_string(options_.limits.topics_per_subscriber) + " topics");
  Topic& topic = topic_of(name);
  expire(topic, now);
  if (queue->topics.insert(topic_name).second) topic.queues.push_back(queue);
  const bool complete = !since || (*since >= topic.floor && *since <= last_seq_);
  if (!since) {
    const Text text = state_text("snapshot", name, state_seq, state.value_or(""));
    first.push_back(Entry{topic_name, {}, Frame{Frame::Kind::kSnapshot, state_seq, text}});
  } else if (!complete) {
    const Text text = state_text("resync", name, last_seq_, std::nullopt);
    first.push_back(Entry{topic_name, {}, Frame{Frame::Kind::kResync, last_seq_, text}});
  }
  if (complete) {
    const std::uint64_t after = since.value_or(state_seq);
    for (auto it = topic.ring.upper_bound(after); it != topic.ring.end(); ++it)
      first.push_back(Entry{topic_name, it->second.key,
                            Frame{Frame::Kind::kEvent, it->first, it->second.text}, true});
  }
  const std::lock_guard queue_lock(queue->mutex);
  if (queue->state != Subscriber::State::kOpen) return {};
  queue->drop(name, {});
  for (Entry& entry : first) queue->push(std::move(entry));
  return {};
}

void EventBroker::revoke(const std::function<bool(std::string_view)>& gone) {
  Wakes wakes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& queue : subscribers_) {
      if (!gone(queue->access.principal)) continue;
      const std::lock_guard queue_lock(queue->mutex);
      queue->clear();
      queue->state = Subscriber::State::kRevoked;
      wakes.push_back(queue);
    }
  }
  for (const auto& queue : wakes) queue->wake();
}

std::uint64_t EventBroker::last_seq() const {
  const std::lock_guard lock(mutex_);
  return last_seq_;
}

std::size_t EventBroker::subscribers() const {
  const std::lock_guard lock(mutex_);
  return subscribers_.size();
}

Subscriber::~Subscriber() { broker_.disconnect(queue_); }

Result<void> Subscriber::subscribe(std::string_view topic, std::optional<std::uint64_t> since) {
  return broker_.subscribe(queue_, topic, since);
}

void Subscriber::unsubscribe(std::string_view topic) {
  const std::lock_guard lock(broker_.mutex_);
  const auto found = queue_->topics.find(topic);
  if (found == queue_->topics.end()) return;
  broker_.leave(*queue_, *found);
  queue_->topics.erase(found);
  const std::lock_guard queue_lock(queue_->mutex);
  queue_->drop(topic, {});
}

std::optional<Frame> Subscriber::take() {
  const std::lock_guard lock(queue_->mutex);
  if (queue_->waiting.empty()) return std::nullopt;
  queue_->uncount(queue_->waiting.front());
  Frame frame = std::move(queue_->waiting.front().frame);
  queue_->waiting.pop_front();
  return frame;
}

Subscriber::State Subscriber::state() const {
  const std::lock_guard lock(queue_->mutex);
  return queue_->state;
}

}  // namespace cairn::api
