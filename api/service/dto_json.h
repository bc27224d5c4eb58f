#pragma once
// The text of every answer. Appends one JSON document; the writers are made from the members of the
// structs. Pure functions.
#include <string>

#include "api/service/dto.h"
#include "api/service/dto_graph.h"

namespace cairn::api {

void append_json(std::string& out, const SymbolsAnswer& dto);
void append_json(std::string& out, const SymbolAnswer& dto);
void append_json(std::string& out, const ReferencesAnswer& dto);
void append_json(std::string& out, const ReachAnswerDto& dto);
void append_json(std::string& out, const HierarchyAnswer& dto);
void append_json(std::string& out, const AtAnswer& dto);
void append_json(std::string& out, const PathsAnswer& dto);
void append_json(std::string& out, const TreeAnswer& dto);
void append_json(std::string& out, const FileAnswer& dto);
void append_json(std::string& out, const StatusAnswer& dto);
void append_json(std::string& out, const OverviewAnswer& dto);
void append_json(std::string& out, const NeighbourhoodAnswer& dto);
void append_json(std::string& out, const CyclesAnswer& dto);
void append_json(std::string& out, const DeadCodeAnswerDto& dto);
void append_json(std::string& out, const ModulesAnswer& dto);
void append_json(std::string& out, const ComplexityAnswer& dto);
void append_json(std::string& out, const QueryAnswer& dto);

}  // namespace cairn::api
