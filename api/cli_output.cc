#include "api/cli_output.h"

#include <algorithm>

#include "analysis/find_symbol.h"
#include "analysis/references.h"
#include "base/text.h"

namespace cairn::api {

using graph::Snapshot;
using graph::SymbolId;

std::string place_text(const Snapshot& snapshot, graph::FileId file, graph::Position at) {
  return printable(snapshot.path(file)) + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column);
}

std::string name_text(const Snapshot& snapshot, SymbolId s) {
  return printable(analysis::shown_qualified(snapshot, s));
}

void place_json(JsonWriter& json, const Snapshot& snapshot, graph::FileId file,
                graph::Position at) {
  json.field("file", snapshot.path(file)).field("line", at.line).field("column", at.column);
}

void symbol_json(JsonWriter& json, const Snapshot& snapshot, SymbolId s) {
  json.begin_object().field("id", snapshot.id_string(s));
  json.field("qualified", analysis::shown_qualified(snapshot, s))
      .field("kind", name_of(snapshot.kind(s)));
  place_json(json, snapshot, snapshot.file_of(s), snapshot.details(s).name_range.begin);
  json.end_object();
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return human_count(count) + " " + (count == 1 ? one : many);
}

Result<Evidence> evidence_of(const Snapshot& snapshot, SymbolId from, SymbolId to,
                             std::uint8_t tiers) {
  CAIRN_ASSIGN(const auto site, analysis::first_site(snapshot, from, to, tiers));
  if (site) return Evidence{site->file, site->at, site->origin};
  Evidence out{snapshot.file_of(from), snapshot.details(from).name_range.begin};
  const std::vector<SymbolId> targets = analysis::places_of(snapshot, to);
  for (const SymbolId place : analysis::places_of(snapshot, from)) {
    const graph::EdgeRange edges = snapshot.out_edges(place);
    for (std::size_t i = 0; i < edges.size(); ++i)
      if (std::find(targets.begin(), targets.end(), edges[i].other) != targets.end())
        out.origin = snapshot.out_weight(place, i).origin;
  }
  return out;
}

Result<std::uint32_t> depth_of(const Session& session, std::uint32_t fallback) {
  CAIRN_ASSIGN(const std::uint64_t depth,
               session.arguments().number("--depth", fallback, 1, 0xffffffffu));
  return static_cast<std::uint32_t>(depth);
}

}  // namespace cairn::api
