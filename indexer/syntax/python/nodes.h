#pragma once
// The node types of Python and the short names the files of this folder share. Included by the
// sources of this folder only.
#include "graph/facts.h"

#define CAIRN_NODE_TABLE "indexer/syntax/python/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::python {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

}  // namespace cairn::indexer::syntax::python
