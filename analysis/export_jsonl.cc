// The jsonl export: meta, files, symbols, references, edges, one object a line.
#include "analysis/export_writer.h"
#include "analysis/find_symbol.h"
#include "analysis/symbol_order.h"
#include "graph/links.h"

namespace cairn::analysis {
namespace {

using graph::FileId;
using graph::SymbolId;

std::string local_id(std::uint32_t row) { return "\"local " + std::to_string(row) + "\""; }

class JsonlExport {
 public:
  JsonlExport(const graph::Snapshot& snapshot, const ExportOptions& options, BufferedSink& out)
      : snapshot_(snapshot), options_(options), out_(out), order_(snapshot), json_(out.text()) {}

  Result<void> run() {
    json_.begin_object().field("t", "meta");
    write_meta(json_, snapshot_, options_);
    CAIRN_TRY(end_line());
    for (const FileId f : snapshot_.files()) CAIRN_TRY(write_file(f));
    for (std::size_t i = 0; i < snapshot_.files().size(); ++i) CAIRN_TRY(write_symbols(i));
    for (const FileId f : snapshot_.files()) CAIRN_TRY(write_refs(f));
    return write_edges();
  }

 private:
  Result<void> end_line() {
    json_.end_object().newline();
    return out_.spill();
  }

  Result<void> write_file(FileId f) {
    const graph::FileInfo info = snapshot_.file(f);
    json_.begin_object().field("t", "file").field("path", info.path);
    json_.field("language", name_of(info.language)).field("hash", info.content.hex());
    json_.field("lines", info.lines).field("parse", name_of(info.parse));
    json_.field("generated", (info.flags & graph::unit_flag::kGenerated) != 0);
    json_.field("test", (info.flags & graph::unit_flag::kTest) != 0);
    return end_line();
  }

  Result<void> write_symbols(std::size_t file_index) {
    CAIRN_TRY(options_.stop.check("exporting"));
    const FileId f = snapshot_.files()[file_index];
    const std::string_view path = snapshot_.path(f);
    for (const SymbolId s : order_.symbols_of_file(file_index)) CAIRN_TRY(write_symbol(s, path));
    CAIRN_ASSIGN(const std::vector<graph::LocalView> locals, snapshot_.locals(f));
    for (std::uint32_t row = 0; row < locals.size(); ++row)
      CAIRN_TRY(write_local(locals[row], row, path));
    return {};
  }

  Result<void> write_symbol(SymbolId s, std::string_view path) {
    const graph::SymbolDetails details = snapshot_.details(s);
    const SymbolId parent = snapshot_.parent(s);
    json_.begin_object().field("t", "symbol").key("id").raw(order_.json_id(s));
    json_.field("kind", name_of(snapshot_.kind(s))).field("name", shown_name(snapshot_, s));
    json_.field("qualified", shown_qualified(snapshot_, s)).field("file", path).key("range");
    write_range(json_, details.name_range);
    json_.key("enclosing_range");
    write_range(json_, details.range);
    json_.key("parent").raw(parent.exists() ? order_.json_id(parent) : "null");
    json_.field("signature", snapshot_.signature(s));
    json_.field("visibility", name_of(snapshot_.visibility(s))).key("flags");
    write_flags(json_, snapshot_.flags(s));
    json_.key("metrics");
    write_metrics(json_, details.metrics);
    const std::vector<SymbolId> others = order_.other_places(s);
    if (!others.empty()) {
      json_.key("places").begin_array();
      for (const SymbolId place : others) {
        json_.begin_object().field("file", snapshot_.path(snapshot_.file_of(place))).key("range");
        write_range(json_, snapshot_.details(place).name_range);
        json_.field("declaration", snapshot_.has_flag(place, graph::symbol_flag::kDeclaration));
        json_.end_object();
      }
      json_.end_array();
    }
    return end_line();
  }

  Result<void> write_local(const graph::LocalView& local, std::uint32_t row,
                           std::string_view path) {
    graph::Range range{local.begin, local.begin};
    range.end.column += static_cast<std::uint32_t>(local.name.size());
    json_.begin_object().field("t", "symbol").key("id").raw(local_id(row));
    json_.field("kind", name_of(local.kind)).field("name", local.name);
    json_.field("qualified", local.name).field("file", path).key("range");
    write_range(json_, range);
    json_.key("enclosing_range");
    write_range(json_, range);
    json_.key("parent").raw(local.owner.exists() ? order_.json_id(local.owner) : "null");
    json_.field("signature", "").field("visibility", name_of(graph::Visibility::kUnknown));
    json_.key("flags").begin_array().end_array();
    json_.key("metrics").begin_object().end_object();
    return end_line();
  }

  Result<void> write_refs(FileId f) {
    CAIRN_TRY(options_.stop.check("exporting"));
    CAIRN_ASSIGN(const graph::SiteList list, snapshot_.sites_of_file(f));
    const std::string_view path = snapshot_.path(f);
    for (const graph::SiteView& site : list.sites) {
      graph::Range range{site.begin, site.begin};
      range.end.column += site.length;
      json_.begin_object().field("t", "ref").field("file", path).key("range");
      write_range(json_, range);
      json_.field("text", site.name).field("role", name_of(site.role)).key("in");
      json_.raw(site.owner.exists() ? order_.json_id(site.owner) : "null");
      json_.field("tier", name_of(site.tier)).field("origin", name_of(site.origin));
      json_.key("targets").begin_array();
      if (site.local != graph::kNone) json_.raw(local_id(site.local));
      for (const SymbolId target : list.targets_of(site)) json_.raw(order_.json_id(target));
      json_.end_array().key("external");
      write_text_or_null(json_, site.external);
      json_.key("reason");
      write_text_or_null(
          json_, site.reason == graph::Reason::kNone ? std::string_view() : name_of(site.reason));
      CAIRN_TRY(end_line());
    }
    return {};
  }

  Result<void> write_edges() {
    const auto contains = contains_edges(order_);
    auto child = contains.begin();
    for (const SymbolId s : order_.symbols()) {
      for (; child != contains.end() && child->first == s; ++child)
        CAIRN_TRY(
            write_edge(s, {child->second, graph::EdgeKind::kContains, graph::Tier::kExact, 1}));
      for (const RolledEdge& edge : rolled_out_edges(order_, s)) CAIRN_TRY(write_edge(s, edge));
      CAIRN_TRY(options_.stop.check("exporting"));
    }
    return {};
  }

  Result<void> write_edge(SymbolId src, const RolledEdge& edge) {
    json_.begin_object().field("t", "edge").field("kind", name_of(edge.kind));
    json_.key("src").raw(order_.json_id(src)).key("dst").raw(order_.json_id(edge.dst));
    json_.field("tier", name_of(edge.tier)).field("count", edge.count);
    return end_line();
  }

  const graph::Snapshot& snapshot_;
  const ExportOptions& options_;
  BufferedSink& out_;
  SymbolOrder order_;
  JsonWriter json_;
};

}  // namespace

Result<void> export_jsonl(const graph::Snapshot& snapshot, const ExportOptions& options,
                          BufferedSink& out) {
  return JsonlExport(snapshot, options, out).run();
}

}  // namespace cairn::analysis
