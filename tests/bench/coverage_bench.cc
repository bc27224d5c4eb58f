// Reading coverage reports: bytes_per_second is the rate, peak_mib what the process held at most.
// The text repeats the same files for many tests, so a flat memory shows: the peak must not grow
// with the size.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>

#include "analysis/coverage/read_report.h"

namespace cairn {
namespace {

constexpr int kFiles = 400;
constexpr int kLines = 500;

std::string lcov_round(int test) {
  std::string text;
  for (int f = 0; f < kFiles; ++f) {
    text += "TN:\nSF:/ci/project/src/module_" + std::to_string(f) + "/file.cc\n";
    for (int line = 1; line <= kLines; ++line) {
      text += "DA:" + std::to_string(2 * line) + "," + std::to_string((line + test) % 17) + "\n";
      if (line % 5 == 0)
        text += "BRDA:" + std::to_string(2 * line) + ",0,0," + std::to_string(line % 3) + "\n";
    }
    text += "LF:500\nLH:470\nend_of_record\n";
  }
  return text;
}

std::string cobertura_round(int test) {
  std::string text;
  for (int f = 0; f < kFiles; ++f) {
    text += "<class name=\"Module" + std::to_string(f) + "\" filename=\"src/module_" +
            std::to_string(f) + "/file.cc\" line-rate=\"0.9\" branch-rate=\"0.5\"><lines>\n";
    for (int line = 1; line <= kLines; ++line) {
      text += "          <line number=\"" + std::to_string(2 * line) + "\" hits=\"" +
              std::to_string((line + test) % 17) + "\" branch=\"";
      text += line % 5 == 0 ? "true\" condition-coverage=\"50% (1/2)\"/>\n" : "false\"/>\n";
    }
    text += "</lines></class>\n";
  }
  return text;
}

/// Gives the round again and again, between a head and a tail, up to a size.
class Repeated final : public analysis::ReportInput {
 public:
  Repeated(std::string head, std::string round, std::string tail, std::size_t bytes)
      : head_(std::move(head)), round_(std::move(round)), tail_(std::move(tail)), left_(bytes) {}

  Result<std::string_view> next() override {
    constexpr std::size_t kPiece = std::size_t{64} << 10;
    if (at_ == 0 && !began_) {
      began_ = true;
      if (!head_.empty()) return std::string_view(head_);
    }
    if (at_ == round_.size()) {
      left_ -= std::min(left_, round_.size());
      at_ = 0;
    }
    if (left_ == 0) return std::exchange(ended_, true) ? std::string_view() : tail_;
    const std::string_view piece = std::string_view(round_).substr(at_, kPiece);
    at_ += piece.size();
    given += piece.size();
    return piece;
  }
  std::size_t given = 0;

 private:
  const std::string head_;
  const std::string round_;
  const std::string tail_;
  std::size_t left_;
  std::size_t at_ = 0;
  bool began_ = false;
  bool ended_ = false;
};

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void run(benchmark::State& state, const std::string& head, const std::string& round,
         const std::string& tail) {
  const auto bytes = static_cast<std::size_t>(state.range(0)) << 20;
  std::size_t given = 0;
  for (auto _ : state) {
    Repeated input(head, round, tail, bytes);
    const auto parsed = analysis::parse_report(input);
    if (!parsed) return state.SkipWithError(parsed.error().to_string().c_str());
    given += input.given;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(given));
  state.counters["peak_mib"] = peak_mib();
}

void read_lcov(benchmark::State& state) { run(state, "", lcov_round(1), ""); }
BENCHMARK(read_lcov)->Arg(20)->Arg(200)->Unit(benchmark::kMillisecond);

void read_cobertura(benchmark::State& state) {
  run(state, "<coverage line-rate=\"0.9\"><packages><package><classes>\n", cobertura_round(1),
      "</classes></package></packages></coverage>\n");
}
BENCHMARK(read_cobertura)->Arg(20)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cairn
