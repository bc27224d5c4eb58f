// Coverage reports of any bytes: the first chooses the reader, or none, and then the format is
// found out. What is read must store, read back the same and be written as JSON.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/coverage/codec.h"
#include "analysis/coverage/read_report.h"
#include "analysis/coverage/render.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace analysis = cairn::analysis;
  if (size == 0) return 0;
  analysis::ReadOptions options;
  const unsigned choice = data[0] % (analysis::kCoverageFormatCount + 1);
  if (choice < analysis::kCoverageFormatCount)
    options.format = static_cast<analysis::CoverageFormat>(choice);
  options.limits.max_bytes = 8u << 20;
  options.limits.max_line = 100'000;
  options.limits.max_rows = 300'000;
  options.limits.max_files = 10'000;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto input = analysis::report_from_memory(text, options.limits.max_bytes);
  if (!input) return 0;
  auto parsed = analysis::parse_report(**input, options);
  if (!parsed) {
    if (parsed.error().message().empty()) std::abort();
    return 0;
  }
  analysis::CoverageView view;
  view.coverage.report = std::move(parsed->report);
  const auto back = analysis::decode_coverage(analysis::encode_coverage(view.coverage));
  if (!back || !(*back == view.coverage)) std::abort();
  analysis::MappedCoverage twice = *back;
  twice.merge(*back);
  if (!(twice == *back)) std::abort();
  if (analysis::coverage_json(view).empty() || analysis::coverage_text(view).empty()) std::abort();
  return 0;
}
