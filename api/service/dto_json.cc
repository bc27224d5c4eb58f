#include "api/service/dto_json.h"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <type_traits>

#include "base/json.h"

// The members of every DTO, once; the text of the answers follows from it. boost/describe needs the
// names beside the namespace's own.
namespace cairn::api {

BOOST_DESCRIBE_STRUCT(Truncation, (), (by, shown, total));
BOOST_DESCRIBE_STRUCT(Meta, (),
                      (repo, commit, snapshot, tiers, lower_bound, unresolved, left_out, truncated,
                       truncation, stale, took_ms));
BOOST_DESCRIBE_STRUCT(SymbolDto, (), (id, name, qualified, kind, file, line, column));
BOOST_DESCRIBE_STRUCT(PlaceDto, (), (file, line, column));
BOOST_DESCRIBE_STRUCT(MetricsDto, (), (cyclomatic, cognitive, nesting, parameters, nloc));
BOOST_DESCRIBE_STRUCT(SymbolHit, (), (symbol, match));
BOOST_DESCRIBE_STRUCT(SymbolsAnswer, (), (meta, symbols, total, next_cursor));
BOOST_DESCRIBE_STRUCT(SymbolAnswer, (),
                      (meta, symbol, language, package, signature, visibility, flags, range,
                       enclosing_range, parent, places, children, metrics, in_edges, out_edges));
BOOST_DESCRIBE_STRUCT(ReferenceDto, (),
                      (at, length, in, in_qualified, role, tier, origin, candidates));
BOOST_DESCRIBE_STRUCT(ReferencesAnswer, (), (meta, symbol, references, total, next_cursor));
BOOST_DESCRIBE_STRUCT(ReachDto, (), (symbol, depth, kind, tier, origin, site, chain));
BOOST_DESCRIBE_STRUCT(ReachAnswerDto, (), (meta, symbol, items, total, deeper, next_cursor));
BOOST_DESCRIBE_STRUCT(HierarchyDto, (), (symbol, depth, kind, tier, via));
BOOST_DESCRIBE_STRUCT(HierarchyAnswer, (), (meta, symbol, above, below));
BOOST_DESCRIBE_STRUCT(DefinitionDto, (), (id, qualified, kind, at, tier, origin));
BOOST_DESCRIBE_STRUCT(AtAnswer, (),
                      (meta, name, on_definition, definitions, external, reason, enclosing));
BOOST_DESCRIBE_STRUCT(PathStepDto, (), (symbol, kind, tier, origin, site));
BOOST_DESCRIBE_STRUCT(PathDto, (), (steps));
BOOST_DESCRIBE_STRUCT(PathsAnswer, (), (meta, from, to, paths));
BOOST_DESCRIBE_STRUCT(TreeEntryDto, (), (name, path, type, language, files, lines, symbols, parse));
BOOST_DESCRIBE_STRUCT(TreeAnswer, (), (meta, path, entries, total, next_cursor));
BOOST_DESCRIBE_STRUCT(OutlineDto, (), (symbol, enclosing_range, depth, metrics));
BOOST_DESCRIBE_STRUCT(OccurrenceDto, (),
                      (range, name, role, tier, origin, reason, targets, external));
BOOST_DESCRIBE_STRUCT(FileAnswer, (),
                      (meta, path, language, parse, skip_reason, content_id, bytes, lines, flags,
                       text, text_problem, text_lossy, outline, occurrences, symbols));
BOOST_DESCRIBE_STRUCT(TierCountsDto, (),
                      (exact, resolved, dispatch, heuristic, external, unresolved));
BOOST_DESCRIBE_STRUCT(LanguageDto, (), (language, files, lines, symbols, sites));
BOOST_DESCRIBE_STRUCT(SkippedDto, (), (path, reason));
BOOST_DESCRIBE_STRUCT(StatusAnswer, (),
                      (meta, files, parsed, with_errors, outlines, lines, bytes, symbols, edges,
                       sites, edges_by_tier, languages, skipped, skipped_total));
BOOST_DESCRIBE_STRUCT(OverviewNodes, (), (id, label, parent, files, lines, symbols, x, y, radius));
BOOST_DESCRIBE_STRUCT(OverviewEdges, (), (src, dst, total, kinds, tiers));
BOOST_DESCRIBE_STRUCT(OverviewAnswer, (),
                      (meta, level, path, nodes, edges, total_nodes, total_edges));
BOOST_DESCRIBE_STRUCT(NeighbourNodes, (), (id, name, qualified, kind, file, line, depth, x, y));
BOOST_DESCRIBE_STRUCT(NeighbourEdges, (), (src, dst, kind, tier, count));
BOOST_DESCRIBE_STRUCT(NeighbourhoodAnswer, (), (meta, nodes, edges, deeper));
BOOST_DESCRIBE_STRUCT(CycleDto, (), (members, shortest));
BOOST_DESCRIBE_STRUCT(CyclesAnswer, (), (meta, level, cycles, total, next_cursor));
BOOST_DESCRIBE_STRUCT(DeadCodeDto, (), (symbol, confidence, exported, same_name_sites, reason));
BOOST_DESCRIBE_STRUCT(DeadCodeAnswerDto, (),
                      (meta, candidates, total, examined, exported, entry_points, next_cursor));
BOOST_DESCRIBE_STRUCT(ModuleDto, (),
                      (name, language, files, lines, symbols, afferent, efferent, instability));
BOOST_DESCRIBE_STRUCT(ModulesAnswer, (), (meta, modules, total, next_cursor));
BOOST_DESCRIBE_STRUCT(ComplexityDto, (),
                      (id, file, name, qualified, start_line, end_line, metrics));
BOOST_DESCRIBE_STRUCT(ComplexityAnswer, (), (meta, profile, functions, total, next_cursor));
BOOST_DESCRIBE_STRUCT(QueryRow, (),
                      (id, name, qualified, kind, file, line, signature, flags, metrics, depth,
                       path));
BOOST_DESCRIBE_STRUCT(QueryCost, (), (edges, nodes, max_edges, max_ms));
BOOST_DESCRIBE_STRUCT(QueryAnswer, (), (meta, rows, total, cost));

namespace {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T, std::size_t kSize>
struct IsList<std::array<T, kSize>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

template <class T>
void put(JsonWriter& json, const T& value) {
  if constexpr (IsOptional<T>::value) {
    if (value) {
      put(json, *value);
    } else {
      json.null();
    }
  } else if constexpr (IsList<T>::value) {
    json.begin_array();
    for (const auto& item : value) put(json, item);
    json.end_array();
  } else if constexpr (IsMap<T>::value) {
    json.begin_object();
    for (const auto& [name, item] : value) {
      json.key(name);
      put(json, item);
    }
    json.end_object();
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    json.begin_object();
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          json.key(member.name);
          put(json, value.*member.pointer);
        });
    json.end_object();
  } else {
    json.value(value);
  }
}

/// Members that were not asked for are left out instead of null.
void put_row(JsonWriter& json, const QueryRow& row) {
  json.begin_object();
  boost::mp11::mp_for_each<
      boost::describe::describe_members<QueryRow, boost::describe::mod_public>>([&](auto member) {
    if (!(row.*member.pointer)) return;
    json.key(member.name);
    put(json, *(row.*member.pointer));
  });
  json.end_object();
}

}  // namespace

void append_json(std::string& out, const SymbolsAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const SymbolAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const ReferencesAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const ReachAnswerDto& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const HierarchyAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const AtAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const PathsAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const TreeAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const FileAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const StatusAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const OverviewAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const NeighbourhoodAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const CyclesAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const DeadCodeAnswerDto& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const ModulesAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}
void append_json(std::string& out, const ComplexityAnswer& dto) {
  JsonWriter json(out);
  put(json, dto);
}

void append_json(std::string& out, const QueryAnswer& dto) {
  JsonWriter json(out);
  json.begin_object().key("meta");
  put(json, dto.meta);
  json.key("rows").begin_array();
  for (const QueryRow& row : dto.rows) put_row(json, row);
  json.end_array().field("total", dto.total).key("cost");
  put(json, dto.cost);
  json.end_object();
}

}  // namespace cairn::api
