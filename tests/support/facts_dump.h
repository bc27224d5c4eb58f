#pragma once
// Facts as text, one row a line, for golden files and for reading by eye.
#include <string>

#include "graph/facts.h"

namespace cairn::test {

std::string dump_facts(const graph::FileFacts& facts);
/// One expression as text, e.g. "call(member(name a, b))".
std::string dump_expr(const graph::FileFacts& facts, graph::ExprIdx e);

}  // namespace cairn::test
