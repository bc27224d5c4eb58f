// Indexes a source for tests that end the process on purpose: index_child SOURCE DATA [--clean]
// [--file-limit BYTES] [--ordinary-user] [--worker LEVEL]; or index_child worker, a worker process.
// When index_source() has returned it prints "ready ID", ID being the snapshot that is current
// then: from that moment on it must never be lost. An error is printed as "error E_CODE text" with
// exit code 3. --file-limit makes larger files fail, as a full disk does; --ordinary-user gives up
// root's right to write anywhere; --worker has a worker process do it at that sandbox level.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/fs.h"
#include "indexer/index.h"
#include "indexer/worker/worker.h"
#include "store/store.h"

namespace {

int fail(const cairn::Error& error) {
  std::printf("error %s %s\n", std::string(cairn::error_code_name(error.code())).c_str(),
              error.message().c_str());
  return 3;
}

cairn::Result<std::string> current_id(const std::string& data) {
  CAIRN_ASSIGN(const auto store, cairn::store::open_sqlite(cairn::join_path(data, "cairn.db")));
  CAIRN_ASSIGN(const auto repos, store->list_repos());
  for (const cairn::store::Repo& repo : repos)
    if (repo.current_snapshot) return *repo.current_snapshot;
  return cairn::Error(cairn::ErrorCode::kNotFound, "no snapshot is current");
}

bool limit_files(const char* bytes) {
  // Without the signal a write beyond the limit fails with EFBIG.
  ::signal(SIGXFSZ, SIG_IGN);
  const rlim_t value = std::strtoull(bytes, nullptr, 10);
  const rlimit limit{value, value};
  return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "worker") cairn::indexer::worker_main();
  if (argc < 3) return 2;
  cairn::indexer::IndexOptions options;
  options.source = argv[1];
  options.data_dir = argv[2];
  options.threads = 2;
  cairn::indexer::WorkerSetup setup;
  bool worker = false;
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--worker" && i + 1 < argc) {
      worker = true;
      setup.sandbox = static_cast<cairn::indexer::SandboxLevel>(std::atoi(argv[++i]));
    } else if (word == "--clean") {
      options.clean = true;
    } else if (word == "--file-limit" && i + 1 < argc) {
      if (!limit_files(argv[++i])) return 4;
    } else if (word == "--ordinary-user") {
      constexpr unsigned kNobody = 65534;
      if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return 4;
    } else {
      return 2;
    }
  }
  const auto index = worker ? cairn::indexer::index_in_worker(options, setup)
                            : cairn::indexer::index_source(options);
  if (!index) return fail(index.error());
  const auto id = current_id(options.data_dir);
  if (!id) return fail(id.error());
  std::printf("ready %s\n", id->c_str());
  std::fflush(stdout);
  return 0;
}
