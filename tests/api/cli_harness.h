#pragma once
// Runs command lines in this process against the real indexer, with a data folder and an
// environment of their own.
#include <map>
#include <string>
#include <vector>

#include "api/session.h"
#include "indexer/index.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_repo.h"

namespace cairn::testing {

struct CliResult {
  int code = -1;
  std::string out;
  std::string err;
};

class Cli {
 public:
  Cli() {
    environment_["HOME"] = folder_ / "home";
    environment_["LANG"] = "C.UTF-8";
    services_.index = indexer::index_source;
    services_.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    };
    services_.clock = std::make_shared<SystemClock>();
  }

  CliResult run(const std::vector<std::string>& words) {
    Listener console;
    CliResult result;
    result.code = api::run_cli(words, services_, console);
    result.out = std::move(console.out_text);
    result.err = std::move(console.err_text);
    return result;
  }

  std::string operator/(std::string_view name) const { return folder_ / name; }
  std::string data() const { return folder_ / "home/.local/share/cairn"; }
  std::map<std::string, std::string>& environment() { return environment_; }
  api::Services& services() { return services_; }

 private:
  struct Listener final : api::Console {
    std::string out_text;
    std::string err_text;
    Result<void> out(std::string_view text) override {
      out_text += text;
      return {};
    }
    void err(std::string_view text) override { err_text += text; }
    bool err_is_terminal() const override { return false; }
  };

  TempDir folder_;
  std::map<std::string, std::string> environment_;
  api::Services services_;
};

/// A Python project: shapes.py (a hierarchy), app.py that uses it, a test, and one helper that
/// nothing uses. Returns its folder.
inline std::string write_python_project(const Cli& cli) {
  const std::string root = cli / "project";
  write_file(root + "/shapes.py",
             "class Shape:\n"
             "    def area(self):\n"
             "        return 0\n"
             "\n"
             "\n"
             "class Circle(Shape):\n"
             "    def __init__(self, radius):\n"
             "        self.radius = radius\n"
             "\n"
             "    def area(self):\n"
             "        return square(self.radius) * 3\n"
             "\n"
             "\n"
             "def square(x):\n"
             "    return x * x\n"
             "\n"
             "\n"
             "def _unused(x):\n"
             "    if x:\n"
             "        return len(x)\n"
             "    return None\n");
  write_file(root + "/app.py",
             "from shapes import Circle, square\n"
             "\n"
             "\n"
             "def run(radius):\n"
             "    circle = Circle(radius)\n"
             "    return circle.area() + square(radius)\n"
             "\n"
             "\n"
             "def main():\n"
             "    print(run(2))\n");
  write_file(root + "/test_app.py",
             "from app import run\n"
             "\n"
             "\n"
             "def test_run():\n"
             "    assert run(1)\n");
  return root;
}

}  // namespace cairn::testing
