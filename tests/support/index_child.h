#pragma once
// Runs tests/tools/index_child.cc: an index run that may be killed while it works.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::test {

struct ChildRun {
  bool killed = false;  // ended by SIGKILL
  int exit_code = -1;
  std::string ready;  // id of the snapshot it acknowledged, "" if none
  std::string error;  // "E_CODE text", "" if none
  std::string text;   // all it printed
  std::chrono::microseconds wall{0};
};

/// Runs `program` with the arguments and additional environment ("NAME=value"); sends SIGKILL after
/// `kill_after` unless that is negative.
ChildRun run_child(const std::string& program, const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment = {},
                   std::chrono::microseconds kill_after = std::chrono::microseconds{-1});

}  // namespace cairn::test
