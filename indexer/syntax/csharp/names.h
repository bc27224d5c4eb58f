#pragma once
// Short names shared by the sources of this folder.
#include "indexer/syntax/csharp/extractor.h"

#define CAIRN_NODE_TABLE "indexer/syntax/csharp/nodes.def"
#include "indexer/syntax/node_table.h"

namespace cairn::indexer::syntax::csharp {

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

constexpr std::uint16_t id(N n) { return static_cast<std::uint16_t>(n); }

}  // namespace cairn::indexer::syntax::csharp
