// The exports of nodes and edges: graphml, dot and json. Nodes are canonical symbols without
// locals; their numbers are ranks, the same in every run.
#include "analysis/export_writer.h"
#include "analysis/find_symbol.h"
#include "analysis/symbol_order.h"
#include "base/utf8.h"

namespace cairn::analysis {
namespace {

using graph::SymbolId;

/// Calls visit(src, edge) for every edge, `contains` included, by rank of the source.
template <class Visit>
Result<void> for_each_edge(const SymbolOrder& order, const StopToken& stop, Visit visit) {
  const auto contains = contains_edges(order);
  auto child = contains.begin();
  for (const SymbolId s : order.symbols()) {
    CAIRN_TRY(stop.check("exporting"));
    for (; child != contains.end() && child->first == s; ++child)
      CAIRN_TRY(
          visit(s, RolledEdge{child->second, graph::EdgeKind::kContains, graph::Tier::kExact, 1}));
    for (const RolledEdge& edge : rolled_out_edges(order, s)) CAIRN_TRY(visit(s, edge));
  }
  return {};
}

/// Text between tags or quotes: markup escaped; what XML 1.0 cannot hold becomes U+FFFD.
void append_xml(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) {
      out += kReplacementCharacter;
      ++at;
      continue;
    }
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c < 0x20) {
      out += "&#" + std::to_string(c) + ";";
    } else {
      out.append(text.substr(at, length));
    }
    at += length;
  }
}

void append_data(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out.append("<data key=\"").append(key).append("\">");
  append_xml(out, value);
  out += "</data>";
}

void append_dot_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || c < 0x20) {
      out += length == 0 ? kReplacementCharacter : std::string_view(" ");
      ++at;
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out.append(text.substr(at, length));
    at += length;
  }
  out += '"';
}

constexpr std::string_view kGraphmlHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
    "<key id=\"id\" for=\"node\" attr.name=\"id\" attr.type=\"string\"/>\n"
    "<key id=\"kind\" for=\"all\" attr.name=\"kind\" attr.type=\"string\"/>\n"
    "<key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>\n"
    "<key id=\"qualified\" for=\"node\" attr.name=\"qualified\" attr.type=\"string\"/>\n"
    "<key id=\"file\" for=\"node\" attr.name=\"file\" attr.type=\"string\"/>\n"
    "<key id=\"line\" for=\"node\" attr.name=\"line\" attr.type=\"int\"/>\n"
    "<key id=\"tier\" for=\"edge\" attr.name=\"tier\" attr.type=\"string\"/>\n"
    "<key id=\"count\" for=\"edge\" attr.name=\"count\" attr.type=\"int\"/>\n"
    "<graph id=\"cairn\" edgedefault=\"directed\">\n";

}  // namespace

Result<void> export_graphml(const graph::Snapshot& snapshot, const ExportOptions& options,
                            BufferedSink& out) {
  const SymbolOrder order(snapshot);
  std::string& text = out.text();
  text += kGraphmlHead;
  for (const SymbolId s : order.symbols()) {
    text += "<node id=\"n" + std::to_string(order.rank(s)) + "\">";
    append_data(text, "id", snapshot.id_string(s));
    append_data(text, "kind", name_of(snapshot.kind(s)));
    append_data(text, "name", shown_name(snapshot, s));
    append_data(text, "qualified", shown_qualified(snapshot, s));
    append_data(text, "file", snapshot.path(snapshot.file_of(s)));
    append_data(text, "line", std::to_string(snapshot.details(s).name_range.begin.line));
    text += "</node>\n";
    CAIRN_TRY(out.spill());
  }
  CAIRN_TRY(for_each_edge(order, options.stop, [&](SymbolId src, const RolledEdge& edge) {
    text += "<edge source=\"n" + std::to_string(order.rank(src)) + "\" target=\"n" +
            std::to_string(order.rank(edge.dst)) + "\">";
    append_data(text, "kind", name_of(edge.kind));
    append_data(text, "tier", name_of(edge.tier));
    append_data(text, "count", std::to_string(edge.count));
    text += "</edge>\n";
    return out.spill();
  }));
  text += "</graph>\n</graphml>\n";
  return {};
}

Result<void> export_dot(const graph::Snapshot& snapshot, const ExportOptions& options,
                        BufferedSink& out) {
  const SymbolOrder order(snapshot);
  std::string& text = out.text();
  text += "digraph cairn {\n  node [shape=box];\n";
  for (const SymbolId s : order.symbols()) {
    text += "  n" + std::to_string(order.rank(s)) + " [label=";
    append_dot_string(text, shown_qualified(snapshot, s));
    text += ", tooltip=";
    append_dot_string(text, snapshot.id_string(s));
    text.append(", class=\"").append(name_of(snapshot.kind(s))).append("\"];\n");
    CAIRN_TRY(out.spill());
  }
  CAIRN_TRY(for_each_edge(order, options.stop, [&](SymbolId src, const RolledEdge& edge) {
    text +=
        "  n" + std::to_string(order.rank(src)) + " -> n" + std::to_string(order.rank(edge.dst));
    text.append(" [label=\"").append(name_of(edge.kind)).append("\", class=\"");
    text.append(name_of(edge.tier)).append("\", weight=").append(std::to_string(edge.count));
    text += "];\n";
    return out.spill();
  }));
  text += "}\n";
  return {};
}

Result<void> export_json(const graph::Snapshot& snapshot, const ExportOptions& options,
                         BufferedSink& out) {
  SymbolOrder order(snapshot);
  JsonWriter json(out.text());
  json.begin_object().key("meta").begin_object();
  write_meta(json, snapshot, options);
  json.end_object().key("nodes").begin_array();
  for (const SymbolId s : order.symbols()) {
    json.begin_object().key("id").raw(order.json_id(s));
    json.field("kind", name_of(snapshot.kind(s))).field("name", shown_name(snapshot, s));
    json.field("qualified", shown_qualified(snapshot, s));
    json.field("file", snapshot.path(snapshot.file_of(s))).key("range");
    write_range(json, snapshot.details(s).name_range);
    json.key("flags");
    write_flags(json, snapshot.flags(s));
    json.end_object();
    CAIRN_TRY(out.spill());
  }
  json.end_array().key("edges").begin_array();
  CAIRN_TRY(for_each_edge(order, options.stop, [&](SymbolId src, const RolledEdge& edge) {
    json.begin_object().field("kind", name_of(edge.kind)).key("src").raw(order.json_id(src));
    json.key("dst").raw(order.json_id(edge.dst)).field("tier", name_of(edge.tier));
    json.field("count", edge.count).end_object();
    return out.spill();
  }));
  json.end_array().end_object().newline();
  return {};
}

}  // namespace cairn::analysis
