#pragma once
// Pieces of output that several commands share. Pure functions of their arguments.
#include <string>

#include "api/session.h"
#include "base/json.h"
#include "graph/snapshot.h"

namespace cairn::api {

/// "path:line:column"
std::string place_text(const graph::Snapshot& snapshot, graph::FileId file, graph::Position at);
/// Qualified name, safe to print.
std::string name_text(const graph::Snapshot& snapshot, graph::SymbolId s);
/// "1 caller", "1,234 callers"
std::string counted(std::size_t count, const char* one, const char* many);
/// The keys file, line and column.
void place_json(JsonWriter& json, const graph::Snapshot& snapshot, graph::FileId file,
                graph::Position at);
/// {"id":…,"qualified":…,"kind":…,"file":…,"line":…,"column":…}
void symbol_json(JsonWriter& json, const graph::Snapshot& snapshot, graph::SymbolId s);

/// Where and by which rule one symbol leads to another.
struct Evidence {
  graph::FileId file;
  graph::Position at;
  graph::Origin origin = graph::Origin::kNone;
};
/// The first site through which `from` leads to `to`; an edge without sites stands where `from`
/// does.
Result<Evidence> evidence_of(const graph::Snapshot& snapshot, graph::SymbolId from,
                             graph::SymbolId to, std::uint8_t tiers);

/// --depth, at least 1.
Result<std::uint32_t> depth_of(const Session& session, std::uint32_t fallback);

}  // namespace cairn::api
