// kill -9 at any moment of an index run: what was acknowledged stays, and the next run gives the
// graph a clean one gives. CAIRN_KILLS sets the number of random trials, CAIRN_SEED the run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include "base/fs.h"
#include "indexer/facts_cache.h"
#include "indexer/index.h"
#include "store/store.h"
#include "tests/support/generated_source.h"
#include "tests/support/index_child.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::indexer {
namespace {

using std::chrono::microseconds;
using test::ChildRun;

constexpr std::string_view kFailPoints[] = {
    "facts.before_append", "facts.after_append",  "layer.before_commit",   "file.before_rename",
    "file.after_rename",   "publish.before_sync", "publish.before_commit", "store.before_commit",
    "store.after_commit",  "publish.after_commit"};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string first_difference(const std::string& now, const std::string& clean) {
  const std::size_t end = std::min(now.size(), clean.size());
  std::size_t at = 0;
  while (at < end && now[at] == clean[at]) ++at;
  const std::size_t line = now.rfind('\n', at == 0 ? 0 : at - 1) + 1;
  const auto line_of = [&](const std::string& text) {
    return text.substr(line, text.find('\n', at) - line);
  };
  return "now:   " + line_of(now) + "\nclean: " + line_of(clean);
}

/// A source, a data folder, and what has been acknowledged there.
class Trial {
 public:
  explicit Trial(std::uint64_t seed) : source_(temp_ / "source", 32, seed) {}

  test::GeneratedSource& source() { return source_; }
  std::uint32_t newer() const { return newer_; }

  /// One run in a process of its own; it may be killed.
  ChildRun child(const std::vector<std::string>& options, const std::string& fail_point = {},
                 microseconds kill_after = microseconds{-1}) {
    std::vector<std::string> arguments = {source_.root(), data_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    std::vector<std::string> environment;
    if (!fail_point.empty()) environment.push_back("CAIRN_FAILPOINT=" + fail_point);
    return test::run_child(CAIRN_INDEX_CHILD, arguments, environment, kill_after);
  }

  /// The present snapshot is the acknowledged one, or a newer one that is complete.
  void check_acknowledged(const ChildRun& run) {
    ASSERT_TRUE(run.error.empty()) << run.error;
    const std::string now = current_id();
    if (!run.ready.empty()) {
      EXPECT_EQ(now, run.ready) << "an acknowledged snapshot is not current";
    }
    if (now == acknowledged_) {
      EXPECT_TRUE(now.empty() || current_dump() == dump_) << now << " is not what it was";
      return;
    }
    ASSERT_FALSE(now.empty()) << acknowledged_ << " was acknowledged and is lost";
    newer_ += run.ready.empty() ? 1 : 0;
    EXPECT_TRUE(current_dump() == clean_dump()) << now << " was published incomplete";
    acknowledged_ = now;
    dump_ = clean_dump();
  }

  /// Indexes again: the graph is that of a clean run and nothing is damaged or left behind.
  void check_next_run() {
    const Result<Index> index = run_here(data_);
    ASSERT_TRUE(index) << index.error().to_string();
    EXPECT_TRUE(index->report.warnings.empty()) << index->report.warnings.front();
    acknowledged_ = current_id();
    dump_ = test::dump(*index->snapshot);
    EXPECT_TRUE(dump_ == clean_dump()) << "the graph differs from a clean one:\n"
                                       << first_difference(dump_, clean_dump());
    const auto cache = FactsCache::open(join_path(data_, "facts"));
    ASSERT_TRUE(cache) << cache.error().to_string();
    EXPECT_EQ((*cache)->stats().skipped_segments, 0u);
    const auto verified = (*cache)->verify();
    ASSERT_TRUE(verified) << verified.error().to_string();
    EXPECT_TRUE(verified->problems.empty()) << verified->problems.front();
    EXPECT_EQ(leftovers(), std::vector<std::string>{});
  }

  void changed() { clean_.clear(); }

 private:
  Result<Index> run_here(const std::string& data) const {
    IndexOptions options;
    options.source = source_.root();
    options.data_dir = data;
    options.threads = 2;
    return index_source(options);
  }

  const std::string& clean_dump() {
    if (clean_.empty()) {
      const Result<Index> index = run_here({});
      EXPECT_TRUE(index) << index.error().to_string();
      if (index) clean_ = test::dump(*index->snapshot);
    }
    return clean_;
  }

  /// "" when the killed run did not come so far as to have one.
  std::string current_id() const {
    const auto row = current_row();
    return row ? row->id : std::string();
  }

  std::optional<store::SnapshotRow> current_row() const {
    const std::string path = join_path(data_, "cairn.db");
    if (!path_exists(path)) return std::nullopt;
    const auto store = store::open_sqlite(path);
    EXPECT_TRUE(store) << store.error().to_string();
    if (!store) return std::nullopt;
    EXPECT_TRUE((*store)->integrity_check());
    const auto repos = (*store)->list_repos();
    if (!repos || repos->empty()) return std::nullopt;
    const auto row = (*store)->current_snapshot(repos->front().id);
    EXPECT_TRUE(row) << row.error().to_string();
    return row ? *row : std::nullopt;
  }

  std::string current_dump() const {
    const auto row = current_row();
    if (!row) return {};
    const auto snapshot = graph::Snapshot::open(
        join_path(data_, row->base_file),
        row->overlay_file.empty() ? std::string() : join_path(data_, row->overlay_file));
    EXPECT_TRUE(snapshot) << snapshot.error().to_string();
    return snapshot ? test::dump(**snapshot) : std::string();
  }

  /// Temporary files, and layer files nothing refers to.
  std::vector<std::string> leftovers() const {
    std::vector<std::string> out;
    const auto store = store::open_sqlite(join_path(data_, "cairn.db")).value();
    const std::vector<std::string> wanted = store->referenced_files().value();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
      const std::string name = entry.path().filename().string();
      const std::string path = std::filesystem::relative(entry.path(), data_).string();
      const bool layer =
          name.ends_with(".cairn") && !std::binary_search(wanted.begin(), wanted.end(), path);
      if (layer || name.starts_with(kTempPrefix)) out.push_back(path);
    }
    return out;
  }

  const testing::TempDir temp_;
  const std::string data_ = temp_ / "data";
  test::GeneratedSource source_;
  std::string acknowledged_;  // id of the snapshot that must not be lost
  std::string dump_;          // and what it says
  std::string clean_;         // what a clean run says of the present source
  std::uint32_t newer_ = 0;   // published by a run killed before it could say so
};

class FailPointTest : public ::testing::TestWithParam<std::string_view> {};

TEST_P(FailPointTest, KilledThereNothingIsLost) {
  const std::string point(GetParam());
  Trial trial(7);
  // Into an empty data folder, over an overlay's base, and when everything is linked again.
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, std::vector<std::string>{},
        std::vector<std::string>{"--clean"}}) {
    const ChildRun run = trial.child(options, point + ":1");
    EXPECT_TRUE(run.killed) << point << " was not reached";
    trial.check_acknowledged(run);
    trial.check_next_run();
    trial.source().change();
    trial.changed();
  }
}
INSTANTIATE_TEST_SUITE_P(EveryPoint, FailPointTest, ::testing::ValuesIn(kFailPoints),
                         [](const auto& point) {
                           std::string name;
                           bool upper = true;
                           for (const char c : std::string(point.param)) {
                             const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
                             if (letter) name += upper ? static_cast<char>(std::toupper(c)) : c;
                             upper = !letter;
                           }
                           return name;
                         });

TEST(KillTest, AtAnyMomentNothingAcknowledgedIsLost) {
  const std::uint64_t seed = from_environment("CAIRN_SEED", 11);
  const std::uint64_t trials = from_environment("CAIRN_KILLS", 60);
  std::mt19937_64 random(seed);
  Trial trial(seed);
  // How long a run takes, so that moments are uniform over it.
  microseconds whole = trial.child({}).wall;
  trial.check_next_run();
  std::uint64_t killed = 0;
  std::uint64_t acknowledged = 0;
  for (std::uint64_t i = 0; i < trials; ++i) {
    SCOPED_TRACE("trial " + std::to_string(i) + " of seed " + std::to_string(seed));
    const bool clean = random() % 3 == 0;
    if (random() % 4 != 0) {
      trial.source().change();
      trial.changed();
    }
    const std::vector<std::string> options =
        clean ? std::vector<std::string>{"--clean"} : std::vector<std::string>{};
    ChildRun run;
    if (i % 3 == 0) {
      const std::string_view point = kFailPoints[random() % std::size(kFailPoints)];
      run = trial.child(options, std::string(point) + ":" + std::to_string(1 + random() % 3));
    } else {
      const auto range = static_cast<std::uint64_t>(whole.count()) * 9 / 8;
      run = trial.child(options, {}, microseconds(random() % (range + 1)));
      if (!run.killed) whole = run.wall;
    }
    killed += run.killed ? 1 : 0;
    acknowledged += run.ready.empty() ? 0 : 1;
    trial.check_acknowledged(run);
    if (random() % 2 == 0) {
      trial.source().change();
      trial.changed();
    }
    trial.check_next_run();
    if (HasFailure()) break;
  }
  std::cout << "seed " << seed << ": " << trials << " trials, " << killed << " killed, "
            << trial.newer() << " of them after publishing, " << acknowledged << " acknowledged\n";
  EXPECT_TRUE(HasFailure() || killed * 2 > trials);
}

}  // namespace
}  // namespace cairn::indexer
