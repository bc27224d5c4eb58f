#pragma once
// Answers about whole graphs: columns instead of rows, so that thousands of nodes stay small.
// Node numbers are positions in the node columns. As dto.h otherwise.
#include "api/service/dto.h"

namespace cairn::api {

/// All columns have the same length.
struct OverviewNodes {
  std::vector<std::string> id;     // package, folder or path
  std::vector<std::string> label;  // last part
  std::vector<std::optional<std::uint32_t>> parent;
  std::vector<std::uint64_t> files;
  std::vector<std::uint64_t> lines;
  std::vector<std::uint64_t> symbols;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> radius;
};
/// Edges between nodes: sites rolled up, per kind and per tier.
struct OverviewEdges {
  std::vector<std::uint32_t> src;
  std::vector<std::uint32_t> dst;
  std::vector<std::uint64_t> total;
  std::map<std::string, std::vector<std::uint64_t>> kinds;
  std::map<std::string, std::vector<std::uint64_t>> tiers;
};
struct OverviewAnswer {
  Meta meta;
  std::string_view level;
  std::string path;
  OverviewNodes nodes;
  OverviewEdges edges;
  std::uint64_t total_nodes = 0;
  std::uint64_t total_edges = 0;
};

struct NeighbourNodes {
  std::vector<std::string> id;
  std::vector<std::string> name;
  std::vector<std::string> qualified;
  std::vector<std::string_view> kind;
  std::vector<std::string> file;
  std::vector<std::uint32_t> line;
  std::vector<std::int32_t> depth;  // negative: towards callers
  std::vector<double> x;
  std::vector<double> y;
};
struct NeighbourEdges {
  std::vector<std::uint32_t> src;
  std::vector<std::uint32_t> dst;
  std::vector<std::string_view> kind;
  std::vector<std::string_view> tier;
  std::vector<std::uint64_t> count;
};
struct NeighbourhoodAnswer {
  Meta meta;
  NeighbourNodes nodes;
  NeighbourEdges edges;
  bool deeper = false;
};

struct CycleDto {
  std::vector<std::string> members;   // paths, or symbol ids
  std::vector<std::string> shortest;  // level file: one shortest way around
};
struct CyclesAnswer {
  Meta meta;
  std::string_view level;
  std::vector<CycleDto> cycles;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct DeadCodeDto {
  SymbolDto symbol;
  std::string_view confidence;
  bool exported = false;
  std::uint64_t same_name_sites = 0;
  std::string reason;
};
struct DeadCodeAnswerDto {
  Meta meta;
  std::vector<DeadCodeDto> candidates;
  std::uint64_t total = 0;
  std::uint64_t examined = 0;
  std::uint64_t exported = 0;
  std::uint64_t entry_points = 0;
  std::optional<std::string> next_cursor;
};

struct ModuleDto {
  std::string name;
  std::string_view language;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t symbols = 0;
  std::uint64_t afferent = 0;         // modules that depend on it
  std::uint64_t efferent = 0;         // modules it depends on
  std::optional<double> instability;  // null: nothing depends on it, nor it on anything
};
struct ModulesAnswer {
  Meta meta;
  std::vector<ModuleDto> modules;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct ComplexityDto {
  std::string id;
  std::string file;
  std::string name;
  std::string qualified;
  std::uint32_t start_line = 0;
  std::uint32_t end_line = 0;
  MetricsDto metrics;
};
struct ComplexityAnswer {
  Meta meta;
  std::string_view profile;
  std::vector<ComplexityDto> functions;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};

struct QueryRow {
  std::optional<std::string> id;
  std::optional<std::string> name;
  std::optional<std::string> qualified;
  std::optional<std::string_view> kind;
  std::optional<std::string> file;
  std::optional<std::uint32_t> line;
  std::optional<std::string> signature;
  std::optional<Names> flags;
  std::optional<MetricsDto> metrics;
  std::optional<std::uint32_t> depth;
  std::optional<std::vector<std::string>> path;
};
struct QueryCost {
  std::uint64_t edges = 0;
  std::uint64_t nodes = 0;
  std::uint64_t max_edges = 0;
  std::uint64_t max_ms = 0;
};
struct QueryAnswer {
  Meta meta;
  std::vector<QueryRow> rows;
  std::uint64_t total = 0;
  QueryCost cost;
};

}  // namespace cairn::api
