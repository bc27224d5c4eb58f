#pragma once
// What the exports share: buffered output and the pieces that several formats print. Objects of one
// thread.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/export.h"
#include "base/json.h"

namespace cairn::analysis {

/// Collects text and hands it on in large pieces.
class BufferedSink {
 public:
  explicit BufferedSink(const TextSink& sink) : sink_(sink) { text_.reserve(2 * kPiece); }
  std::string& text() { return text_; }
  /// To be called after each line or so.
  Result<void> spill() { return text_.size() < kPiece ? Result<void>() : flush(); }
  Result<void> flush() {
    CAIRN_TRY(sink_(text_));
    text_.clear();
    return {};
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{256} << 10;
  const TextSink& sink_;
  std::string text_;
};

/// Paths and reasons of what was not read, sorted, each path once.
std::vector<std::pair<std::string, std::string>> all_skipped(const graph::Snapshot& snapshot,
                                                             const ExportOptions& options);
/// The keys of a "meta" object, without its braces.
void write_meta(JsonWriter& json, const graph::Snapshot& snapshot, const ExportOptions& options);
/// [startLine, startCol, endLine, endCol]
void write_range(JsonWriter& json, const graph::Range& range);
void write_flags(JsonWriter& json, std::uint32_t flags);
void write_metrics(JsonWriter& json, const std::optional<graph::Metrics>& metrics);
/// Text, or null when it is empty.
void write_text_or_null(JsonWriter& json, std::string_view text);

Result<void> export_jsonl(const graph::Snapshot& snapshot, const ExportOptions& options,
                          BufferedSink& out);
Result<void> export_pycg(const graph::Snapshot& snapshot, const ExportOptions& options,
                         BufferedSink& out);
Result<void> export_graphml(const graph::Snapshot& snapshot, const ExportOptions& options,
                            BufferedSink& out);
Result<void> export_dot(const graph::Snapshot& snapshot, const ExportOptions& options,
                        BufferedSink& out);
Result<void> export_json(const graph::Snapshot& snapshot, const ExportOptions& options,
                         BufferedSink& out);

}  // namespace cairn::analysis
