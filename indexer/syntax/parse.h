#pragma once
// Bytes to FileFacts. The only part of the indexer that runs parsers; pure apart from the parser
// handles, which are kept one per thread and language. Thread-safe.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/facts.h"
#include "indexer/syntax/metrics.h"
#include "indexer/syntax/tree.h"

struct TSLanguage;

namespace cairn::indexer::syntax {

class FileWalk;

/// A language's part: its grammar, the node names its extractor uses and the extractor itself.
struct LanguageDef {
  graph::Language language;
  const TSLanguage* (*grammar)();
  std::span<const NodeName> node_names;  // row i names enumerator i + 1
  MetricRules metrics;
  void (*extract)(FileWalk&);  // walks; the caller finishes
  /// Text to parse in place of the source, of the same length, or empty for the source itself:
  /// where macros would mislead the grammar. Facts are still read from the source.
  std::string (*hide)(std::string_view source) = nullptr;
};

/// The definition for a language, or nullptr for one without an extractor.
const LanguageDef* language_def(graph::Language language);
std::span<const LanguageDef* const> all_languages();

enum class ExtractOutcome : std::uint8_t {
  kOk,
  kTimeout,      // the parser ran out of its time budget
  kUnsupported,  // no extractor for the language
};

struct Extracted {
  ExtractOutcome outcome = ExtractOutcome::kOk;
  graph::FileFacts facts;  // empty module when the outcome is not kOk
};

/// Facts of a file with these bytes. Never fails on content: errors are in the facts.
Extracted extract(std::string_view source, graph::Language language,
                  const ParseLimits& limits = {});

/// The flat tree alone, for tests and benchmarks. nullopt on time-out.
std::optional<SyntaxTree> parse(std::string_view source, const LanguageDef& def,
                                const ParseLimits& limits = {});
/// Runs only the tree-sitter parser; returns false on time-out. For the parse-only benchmark.
bool parse_only(std::string_view source, const LanguageDef& def, const ParseLimits& limits = {});

/// Names in the node tables and fields.def that the linked grammars lack, or fields they have that
/// fields.def lacks. Empty when tables and grammars agree.
std::vector<std::string> table_mismatches();

}  // namespace cairn::indexer::syntax
