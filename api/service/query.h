#pragma once
// The traversal behind POST /repos/{repo}/query (docs/query.md): a start set, steps over edges with
// filters, a projection. Every step has budgets; what a budget cut is said in the answer. Pure
// functions of the snapshot; thread-safe.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/service/dto_graph.h"
#include "api/service/reading.h"
#include "api/service/symbol_index.h"
#include "base/json.h"
#include "base/result.h"

namespace cairn::api {

/// What a symbol must be. Empty members admit everything.
struct SymbolFilter {
  std::uint64_t kinds = 0;    // bits of SymbolKind
  std::string path;           // a file, or a folder with all below
  std::string name;           // part of the name, case ignored
  std::uint32_t flags = 0;    // all of these
  std::uint32_t without = 0;  // none of these
  std::optional<bool> test;   // in test code, or not
  std::uint64_t min_cyclomatic = 0;
};

struct QueryStep {
  std::uint32_t kinds = 0;  // bits of EdgeKind
  bool forward = true;
  std::uint8_t tiers = 0;
  std::uint32_t depth = 1;
  bool keep = false;    // what the step began with stays in the set
  SymbolFilter filter;  // on what it reached
};

struct Query {
  std::vector<std::string> ids;
  std::string text;                     // symbol search, used when no ids are given
  NameMatch match = NameMatch::kExact;  // the loosest fit of a name that counts
  SymbolFilter start;
  std::vector<QueryStep> steps;
  std::vector<std::string> select;
  std::uint64_t limit = 100;
  std::uint64_t max_edges = 200'000;
  std::uint64_t max_nodes = 50'000;
  std::uint64_t max_ms = 2'000;
};

/// From a body that has the schema's shape. kInvalidArgument for names that are none, with the
/// nearest.
Result<Query> parse_query(const JsonValue& body);

/// Fills rows, total and cost; truncation goes to the reading. kSymbolNotFound, kAmbiguous.
Result<QueryAnswer> run_query(Reading& reading, const SymbolIndex& index, const Query& query);

}  // namespace cairn::api
