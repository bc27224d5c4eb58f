#include "api/server_events.h"

#include <gtest/gtest.h>

#include "indexer/index.h"
#include "tests/api/api_harness.h"

namespace cairn::testing {
namespace {

using api::EventBroker;
using api::ServerEvents;

class ServerEventsTest : public ::testing::Test {
 protected:
  ServerEventsTest() {
    workspaces_ = indexer::Workspaces::open(folder_ / "data", clock_).value();
    write_file(folder_ / "project/a.py", "def f():\n    return 1\n");
    start();
  }
  /// Again: what a start of the server does.
  void start() {
    runner_.reset();
    api::BrokerOptions options;
    options.snapshot = [this](std::string_view topic) { return events_->state_of(topic); };
    broker_ = std::make_unique<EventBroker>(*clock_, options);
    events_ = std::make_unique<ServerEvents>(*broker_, *workspaces_);
    indexer::RunnerOptions runner_options;
    runner_options.collect_every_hours = 0;
    runner_options.disk.min_free_bytes = 0;
    runner_ = std::make_unique<indexer::JobRunner>(*workspaces_, indexer::index_source,
                                                   runner_options, events_.get());
    ASSERT_TRUE(events_->load(*runner_));
  }
  /// What a new subscriber is told first.
  std::string first(std::string_view topic) {
    const auto subscriber =
        broker_->connect({"tester", [](std::string_view) { return true; }}, [] {});
    EXPECT_TRUE(subscriber->subscribe(topic, std::nullopt));
    const auto frame = subscriber->take();
    EXPECT_TRUE(frame);
    EXPECT_EQ(json_at(*frame->text, ".type"), "snapshot");
    return *frame->text;
  }
  void pin() {
    indexer::PinRequest request;
    request.source = folder_ / "project";
    request.slug = "project";
    ASSERT_TRUE(workspaces_->pin(request));
    events_->read_slugs();
  }

  TempDir folder_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<indexer::Workspaces> workspaces_;
  std::unique_ptr<EventBroker> broker_;
  std::unique_ptr<ServerEvents> events_;
  std::unique_ptr<indexer::JobRunner> runner_;
};

TEST_F(ServerEventsTest, SubscribersLearnTheStateFirst) {
  EXPECT_EQ(json_size(first("jobs"), ".data.jobs"), 0u);
  EXPECT_EQ(json_at(first("repo/project"), ".data"), "null");
  pin();
  start();
  const std::string queued = first("jobs");
  EXPECT_EQ(json_size(queued, ".data.jobs"), 1u) << queued;
  EXPECT_EQ(json_at(queued, ".data.jobs.0.state"), "queued");
  EXPECT_EQ(json_at(queued, ".data.jobs.0.repo"), "project");
  const std::string job = "job/" + json_at(queued, ".data.jobs.0.id");
  EXPECT_EQ(json_at(first(job), ".data.state"), "queued");
  EXPECT_EQ(json_at(first("repo/project"), ".data.snapshot"), "null");
  EXPECT_EQ(json_size(first("repo/project"), ".data.jobs"), 1u);
  ASSERT_TRUE(runner_->run_one().value());
  const std::string snapshot = workspaces_->current("project").value()->row.id;
  EXPECT_EQ(json_size(first("jobs"), ".data.jobs"), 0u);
  EXPECT_EQ(json_at(first(job), ".data"), "null");
  EXPECT_EQ(json_at(first("repo/project"), ".data.snapshot"), snapshot);
  EXPECT_EQ(json_at(first("repo/project"), ".data.stale"), "false");
  start();
  EXPECT_EQ(json_at(first("repo/project"), ".data.snapshot"), snapshot);
}

TEST_F(ServerEventsTest, ProgressIsPartOfTheState) {
  pin();
  start();
  indexer::JobProgress progress;
  progress.job = runner_->jobs({}).value().front().job.id;
  progress.stage = "parse";
  progress.done = 3;
  progress.total = 8;
  events_->on_progress(progress);
  EXPECT_EQ(json_at(first("jobs"), ".data.jobs.0.progress.stage"), "parse");
  EXPECT_EQ(json_at(first("jobs"), ".data.jobs.0.progress.done"), "3");
}

TEST_F(ServerEventsTest, RemovedRepositoriesAreForgotten) {
  pin();
  start();
  ASSERT_TRUE(workspaces_->unpin("project"));
  events_->read_slugs();
  EXPECT_EQ(json_size(first("jobs"), ".data.jobs"), 0u);
  EXPECT_EQ(json_at(first("repo/project"), ".data"), "null");
}

}  // namespace
}  // namespace cairn::testing
