// The composition root: real console, environment, clock and indexer.
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "api/session.h"
#include "indexer/index.h"

namespace {

class StandardConsole final : public cairn::api::Console {
 public:
  StandardConsole() {
    const char* terminal = std::getenv("TERM");
    err_is_terminal_ =
        ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
  }
  cairn::Result<void> out(std::string_view text) override {
    while (!text.empty()) {
      const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return cairn::errno_error(errno, "writing to standard output");
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  void err(std::string_view text) override {
    while (!text.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return;  // there is nowhere to say so
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  bool err_is_terminal() const override { return err_is_terminal_; }

 private:
  bool err_is_terminal_ = false;
};

cairn::StopSource* g_stop = nullptr;

/// The first signal asks the run to end cleanly; a second one kills.
void on_signal(int signal) {
  g_stop->stop();
  std::signal(signal, SIG_DFL);
}

}  // namespace

int main(int argc, char** argv) {
  cairn::StopSource stop;
  g_stop = &stop;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);

  cairn::api::Services services;
  services.index = cairn::indexer::index_source;
  services.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  services.clock = std::make_shared<cairn::SystemClock>();
  StandardConsole console;
  return cairn::api::run_cli(std::vector<std::string>(argv + 1, argv + argc), services, console,
                             stop.token());
}
