// A server's jobs for tests that end the process on purpose: job_child DATA SOURCE... pins the
// sources, runs jobs, and asks for an index of one after the other until it is killed. Each request
// that was acknowledged is printed as "queued ID": from that moment on it must never be lost.
#include <cstdio>
#include <string>
#include <vector>

#include "base/log.h"
#include "indexer/jobs/runner.h"
#include "indexer/workspaces.h"

namespace {

using namespace cairn;

Result<void> run(const std::string& data, const std::vector<std::string>& sources) {
  CAIRN_ASSIGN(const auto workspaces,
               indexer::Workspaces::open(data, std::make_shared<SystemClock>()));
  std::vector<std::string> slugs;
  for (const std::string& source : sources) {
    indexer::PinRequest request;
    request.source = source;
    const auto pinned = workspaces->pin(request);
    if (pinned) std::printf("queued %lld\n", static_cast<long long>(pinned->job.id));
    if (!pinned && pinned.error().code() != ErrorCode::kExists) return pinned.error().clone();
  }
  CAIRN_ASSIGN(const auto repos, workspaces->list());
  for (const auto& [repo, settings] : repos) slugs.push_back(repo.slug);
  indexer::RunnerOptions options;
  options.slots = 2;
  options.threads_per_job = 1;
  options.watch = false;
  indexer::JobRunner runner(*workspaces, indexer::index_source, options);
  CAIRN_TRY(runner.start());
  for (std::size_t i = 0;; ++i) {
    const std::string& slug = slugs[i % slugs.size()];
    CAIRN_ASSIGN(const auto queued,
                 workspaces->request_index(slug, "", store::JobReason::kRequest));
    std::printf("queued %lld\n", static_cast<long long>(queued.job.id));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  cairn::set_log_level(cairn::LogLevel::kOff);
  const auto done = run(argv[1], {argv + 2, argv + argc});
  std::printf("error %s\n", done.error().to_string().c_str());
  return 3;
}
