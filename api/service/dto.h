#pragma once
// What answers are made of: plain structs whose members are the keys of the JSON documents that
// api/openapi.yaml describes. dto.cc turns them into text; members that are absent optionals become
// null. Texts are copies, names of vocabularies are views of static text. Value types.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::api {

using Names = std::vector<std::string_view>;
/// startLine, startCol, endLine, endCol
using RangeDto = std::array<std::uint32_t, 4>;

/// Why an answer is shorter than the truth.
struct Truncation {
  std::string_view by;                 // limit, nodes, steps, time, depth
  std::uint64_t shown = 0;             // items in this answer
  std::optional<std::uint64_t> total;  // null: not counted to the end
};

/// Stands in every answer that comes from a snapshot.
struct Meta {
  std::string repo;
  std::optional<std::string> commit;
  std::string snapshot;
  Names tiers;
  bool lower_bound = false;
  std::uint64_t unresolved = 0;  // sites nobody could bind that may belong here
  std::uint64_t left_out = 0;    // edges or sites of tiers that were not asked for
  bool truncated = false;
  std::optional<Truncation> truncation;
  bool stale = false;  // an older snapshot stands in for a damaged one
  double took_ms = 0;
};

struct SymbolDto {
  std::string id;
  std::string name;
  std::string qualified;
  std::string_view kind;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};
struct PlaceDto {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};
struct MetricsDto {
  std::uint64_t cyclomatic = 0;
  std::uint64_t cognitive = 0;
  std::uint64_t nesting = 0;
  std::uint64_t parameters = 0;
  std::uint64_t nloc = 0;
};

struct SymbolHit {
  SymbolDto symbol;
  std::string_view match;  // exact, prefix, camel, substring, fuzzy, all
};
struct SymbolsAnswer {
  Meta meta;
  std::vector<SymbolHit> symbols;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct SymbolAnswer {
  Meta meta;
  SymbolDto symbol;
  std::string language;
  std::string package;
  std::string signature;
  std::string_view visibility;
  Names flags;
  RangeDto range{};
  RangeDto enclosing_range{};
  std::optional<SymbolDto> parent;
  std::vector<SymbolDto> places;  // all of them, when it is written in several
  std::vector<SymbolDto> children;
  std::optional<MetricsDto> metrics;
  std::map<std::string, std::uint64_t> in_edges;  // by kind
  std::map<std::string, std::uint64_t> out_edges;
};

struct ReferenceDto {
  PlaceDto at;
  std::uint32_t length = 0;
  std::string in;
  std::string in_qualified;
  std::string_view role;
  std::string_view tier;
  std::string_view origin;
  std::uint32_t candidates = 1;
};
struct ReferencesAnswer {
  Meta meta;
  SymbolDto symbol;
  std::vector<ReferenceDto> references;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct ReachDto {
  SymbolDto symbol;
  std::uint32_t depth = 0;
  std::string_view kind;
  std::string_view tier;
  std::string_view origin;
  PlaceDto site;
  std::vector<std::string> chain;  // ids from it to the symbol asked about
};
struct ReachAnswerDto {
  Meta meta;
  SymbolDto symbol;
  std::vector<ReachDto> items;
  std::uint64_t total = 0;
  bool deeper = false;
  std::optional<std::string> next_cursor;
};

struct HierarchyDto {
  SymbolDto symbol;
  std::uint32_t depth = 0;
  std::string_view kind;
  std::string_view tier;
  std::string via;
};
struct HierarchyAnswer {
  Meta meta;
  SymbolDto symbol;
  std::vector<HierarchyDto> above;
  std::vector<HierarchyDto> below;
};

struct DefinitionDto {
  std::optional<std::string> id;  // null for a local
  std::string qualified;
  std::string_view kind;
  PlaceDto at;
  std::string_view tier;
  std::string_view origin;
};
struct AtAnswer {
  Meta meta;
  std::string name;
  bool on_definition = false;
  std::vector<DefinitionDto> definitions;
  std::optional<std::string> external;
  std::optional<std::string_view> reason;
  std::optional<SymbolDto> enclosing;
};

struct PathStepDto {
  SymbolDto symbol;
  std::optional<std::string_view> kind;
  std::optional<std::string_view> tier;
  std::optional<std::string_view> origin;
  std::optional<PlaceDto> site;
};
struct PathDto {
  std::vector<PathStepDto> steps;
};
struct PathsAnswer {
  Meta meta;
  SymbolDto from;
  SymbolDto to;
  std::vector<PathDto> paths;
};

struct TreeEntryDto {
  std::string name;
  std::string path;
  std::string_view type;  // directory, file
  std::optional<std::string_view> language;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t symbols = 0;
  std::optional<std::string_view> parse;
};
struct TreeAnswer {
  Meta meta;
  std::string path;
  std::vector<TreeEntryDto> entries;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct OutlineDto {
  SymbolDto symbol;
  RangeDto enclosing_range{};
  std::uint32_t depth = 0;
  std::optional<MetricsDto> metrics;
};
struct OccurrenceDto {
  RangeDto range{};
  std::string name;
  std::string_view role;
  std::string_view tier;
  std::string_view origin;
  std::optional<std::string_view> reason;
  std::vector<std::uint32_t> targets;  // indexes of FileAnswer::symbols
  std::optional<std::string> external;
};
struct FileAnswer {
  Meta meta;
  std::string path;
  std::string_view language;
  std::string_view parse;
  std::optional<std::string> skip_reason;
  std::string content_id;
  std::uint64_t bytes = 0;
  std::uint32_t lines = 0;
  Names flags;
  std::optional<std::string> text;
  std::optional<std::string> text_problem;  // why there is no text
  bool text_lossy = false;                  // bytes that are no UTF-8 were replaced
  std::vector<OutlineDto> outline;
  std::vector<OccurrenceDto> occurrences;
  std::vector<SymbolDto> symbols;
};

struct TierCountsDto {
  std::uint64_t exact = 0;
  std::uint64_t resolved = 0;
  std::uint64_t dispatch = 0;
  std::uint64_t heuristic = 0;
  std::uint64_t external = 0;
  std::uint64_t unresolved = 0;
};
struct LanguageDto {
  std::string_view language;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t symbols = 0;
  TierCountsDto sites;
};
struct SkippedDto {
  std::string path;
  std::string reason;
};
struct StatusAnswer {
  Meta meta;
  std::uint64_t files = 0;
  std::uint64_t parsed = 0;
  std::uint64_t with_errors = 0;
  std::uint64_t outlines = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t symbols = 0;
  std::uint64_t edges = 0;
  TierCountsDto sites;
  TierCountsDto edges_by_tier;
  std::vector<LanguageDto> languages;
  std::vector<SkippedDto> skipped;
  std::uint64_t skipped_total = 0;
};

}  // namespace cairn::api
