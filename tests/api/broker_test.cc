#include "api/events/broker.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/json.h"

namespace cairn::api {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

StreamAccess anybody() {
  return {"tester", [](std::string_view) { return true; }};
}

class BrokerTest : public ::testing::Test {
 protected:
  void make(BrokerOptions options = {}) {
    broker_ = std::make_unique<EventBroker>(clock_, std::move(options));
  }
  void SetUp() override { make(); }
  std::unique_ptr<Subscriber> connect(StreamAccess access = anybody()) {
    return broker_->connect(std::move(access), [this] { ++wakes_; });
  }
  std::uint64_t publish(std::string_view topic, std::string_view data, std::string_view key = {}) {
    return broker_->publish({topic, "progress", data, key});
  }
  static std::vector<Frame> all(Subscriber& subscriber) {
    std::vector<Frame> out;
    while (auto frame = subscriber.take()) out.push_back(std::move(*frame));
    return out;
  }

  FakeClock clock_;
  std::atomic<int> wakes_{0};
  std::unique_ptr<EventBroker> broker_;
};

TEST_F(BrokerTest, SubscriberWithoutSinceStartsWithASnapshot) {
  BrokerOptions options;
  options.snapshot = [](std::string_view topic) -> std::optional<std::string> {
    return topic == "jobs" ? std::optional<std::string>(R"({"running":2})") : std::nullopt;
  };
  make(std::move(options));
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", std::nullopt));
  ASSERT_TRUE(subscriber->subscribe("repo/a", std::nullopt));
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].kind, Frame::Kind::kSnapshot);
  EXPECT_NE(frames[0].text->find(R"("data":{"running":2})"), std::string::npos);
  EXPECT_NE(frames[1].text->find(R"("data":null)"), std::string::npos);
}

TEST_F(BrokerTest, EventsHaveGrowingNumbersAndOneSharedText) {
  const auto first = connect();
  const auto second = connect();
  ASSERT_TRUE(first->subscribe("jobs", broker_->last_seq()));
  ASSERT_TRUE(second->subscribe("jobs", broker_->last_seq()));
  const std::uint64_t one = publish("jobs", "1");
  const std::uint64_t other = publish("repo/a", "2");
  const std::uint64_t two = publish("jobs", "3");
  EXPECT_LT(one, other);
  EXPECT_LT(other, two);
  const auto a = all(*first);
  const auto b = all(*second);
  ASSERT_EQ(a.size(), 2u);
  ASSERT_EQ(b.size(), 2u);
  EXPECT_EQ(a[0].text.get(), b[0].text.get());
  EXPECT_EQ(*a[0].text, R"({"type":"event","topic":"jobs","seq":)" + std::to_string(one) +
                            R"(,"event":"progress","data":1})");
  EXPECT_EQ(a[1].seq, two);
}

TEST_F(BrokerTest, NumbersGrowAcrossStarts) {
  publish("jobs", "1");
  const std::uint64_t before = publish("jobs", "1");
  clock_.advance(seconds(1));
  make();
  EXPECT_GT(broker_->last_seq(), before);
}

TEST_F(BrokerTest, SinceReplaysWhatFollowed) {
  const std::uint64_t first = publish("jobs", "1");
  publish("repo/a", "9");
  publish("jobs", "2");
  publish("jobs", "3");
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", first));
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_NE(frames[0].text->find(R"("data":2)"), std::string::npos);
  EXPECT_NE(frames[1].text->find(R"("data":3)"), std::string::npos);
}

TEST_F(BrokerTest, ReplayMayBeLongerThanAQueue) {
  const std::uint64_t start = broker_->last_seq();
  for (int i = 0; i < 900; ++i) publish("jobs", std::to_string(i));
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", start));
  publish("jobs", "900");
  EXPECT_EQ(all(*subscriber).size(), 901u);
}

TEST_F(BrokerTest, SinceBeforeTheRingAsksForResync) {
  const std::uint64_t start = broker_->last_seq();
  for (int i = 0; i < 1'001; ++i) publish("jobs", "1");
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", start));
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].kind, Frame::Kind::kResync);
  EXPECT_EQ(*frames[0].text, R"({"type":"resync","topic":"jobs","seq":)" +
                                 std::to_string(broker_->last_seq()) + "}");
}

TEST_F(BrokerTest, SinceOfAnotherStartOrTheFutureAsksForResync) {
  const auto subscriber = connect();
  for (const std::uint64_t since : {std::uint64_t{1}, broker_->last_seq() + 5}) {
    ASSERT_TRUE(subscriber->subscribe("jobs", since));
    const auto frames = all(*subscriber);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].kind, Frame::Kind::kResync);
  }
}

TEST_F(BrokerTest, OldEventsLeaveTheRing) {
  const std::uint64_t start = broker_->last_seq();
  publish("jobs", "1");
  clock_.advance(minutes(6));
  // The whole topic is forgotten with its last event, and that is remembered.
  publish("repo/a", "1");
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", start));
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].kind, Frame::Kind::kResync);
}

TEST_F(BrokerTest, ProgressOfOneKeyIsReplacedByTheLast) {
  const std::uint64_t start = broker_->last_seq();
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", start));
  publish("jobs", "1", "a");
  publish("jobs", "2", "b");
  publish("jobs", "3", "a");
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_NE(frames[0].text->find(R"("data":2)"), std::string::npos);
  EXPECT_NE(frames[1].text->find(R"("data":3)"), std::string::npos);
  EXPECT_LT(frames[0].seq, frames[1].seq);
  const auto later = connect();
  ASSERT_TRUE(later->subscribe("jobs", start));
  EXPECT_EQ(all(*later).size(), 2u);
}

TEST_F(BrokerTest, WakesOnlyWhenSomethingComesIntoAnEmptyQueue) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  publish("jobs", "1");
  publish("jobs", "2");
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(all(*subscriber).size(), 2u);
  publish("jobs", "3");
  EXPECT_EQ(wakes_, 2);
}

TEST_F(BrokerTest, OverflowBecomesOneResyncForEachTopic) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  ASSERT_TRUE(subscriber->subscribe("repo/a", broker_->last_seq()));
  for (int i = 0; i < 257; ++i) publish("jobs", "1");
  EXPECT_EQ(subscriber->state(), Subscriber::State::kOpen);
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 2u);
  for (const Frame& frame : frames) EXPECT_EQ(frame.kind, Frame::Kind::kResync);
  publish("jobs", "2");
  EXPECT_EQ(all(*subscriber).size(), 1u);
}

TEST_F(BrokerTest, BytesOverflowToo) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  const std::string large = "\"" + std::string(300u << 10, 'x') + "\"";
  for (int i = 0; i < 4; ++i) publish("jobs", large);
  const auto frames = all(*subscriber);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].kind, Frame::Kind::kResync);
}

TEST_F(BrokerTest, RepeatedOverflowEndsTheSubscriber) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  for (int i = 0; i < 3 * 257; ++i) publish("jobs", "1");
  EXPECT_EQ(subscriber->state(), Subscriber::State::kTooSlow);
  EXPECT_FALSE(subscriber->take());
  EXPECT_GE(wakes_, 2);
}

TEST_F(BrokerTest, OverflowsFarApartAreForgiven) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 257; ++i) publish("jobs", "1");
    clock_.advance(minutes(2));
  }
  EXPECT_EQ(subscriber->state(), Subscriber::State::kOpen);
}

TEST_F(BrokerTest, TopicsThatMayNotBeReadAreRefused) {
  const auto subscriber =
      connect({"tester", [](std::string_view topic) { return topic == "jobs"; }});
  EXPECT_TRUE(subscriber->subscribe("jobs", std::nullopt));
  const auto refused = subscriber->subscribe("repo/secret", std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kForbidden);
  all(*subscriber);
  publish("repo/secret", "1");
  EXPECT_FALSE(subscriber->take());
  EXPECT_FALSE(connect({"nobody", nullptr})->subscribe("jobs", std::nullopt));
}

TEST_F(BrokerTest, TopicsPerSubscriberAreLimited) {
  const auto subscriber = connect();
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(subscriber->subscribe("job/" + std::to_string(i), std::nullopt));
  const auto refused = subscriber->subscribe("job/x", std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kLimitExceeded);
  subscriber->unsubscribe("job/7");
  EXPECT_TRUE(subscriber->subscribe("job/x", std::nullopt));
  EXPECT_FALSE(subscriber->subscribe(std::string(300, 't'), std::nullopt));
  EXPECT_FALSE(subscriber->subscribe("", std::nullopt));
}

TEST_F(BrokerTest, UnsubscribedTopicsAreSilent) {
  const auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", broker_->last_seq()));
  publish("jobs", "1");
  subscriber->unsubscribe("jobs");
  publish("jobs", "2");
  EXPECT_FALSE(subscriber->take());
}

TEST_F(BrokerTest, RevokedPrincipalsEnd) {
  const auto one = connect({"alice", [](std::string_view) { return true; }});
  const auto other = connect({"bob", [](std::string_view) { return true; }});
  broker_->revoke([](std::string_view principal) { return principal == "alice"; });
  EXPECT_EQ(one->state(), Subscriber::State::kRevoked);
  EXPECT_EQ(other->state(), Subscriber::State::kOpen);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(BrokerTest, SubscribersLeaveWhenDestroyed) {
  auto subscriber = connect();
  ASSERT_TRUE(subscriber->subscribe("jobs", std::nullopt));
  EXPECT_EQ(broker_->subscribers(), 1u);
  subscriber.reset();
  EXPECT_EQ(broker_->subscribers(), 0u);
  publish("jobs", "1");
  EXPECT_EQ(wakes_, 0);
}

TEST_F(BrokerTest, PublishersAndSubscribersOfManyThreadsAgree) {
  constexpr int kEvents = 200;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < kEvents; ++i) publish("jobs", "1");
    });
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < kEvents; ++i) {
        const auto subscriber = connect();
        if (!subscriber->subscribe("jobs", broker_->last_seq())) ++wrong;
        std::uint64_t last = 0;
        while (const auto frame = subscriber->take()) {
          if (frame->seq <= last) ++wrong;
          last = frame->seq;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(broker_->subscribers(), 0u);
}

}  // namespace
}  // namespace cairn::api
