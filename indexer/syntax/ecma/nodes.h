#pragma once
// Node table of the ECMAScript grammars. They share one extractor and so one enumeration; each
// grammar's own table leaves the names it lacks empty.
#include <cstdint>

#include "indexer/syntax/tree.h"

namespace cairn::indexer::syntax::ecma {

enum class N : std::uint16_t {
  none,
#define CAIRN_NODE(name) name##_,
#define CAIRN_TOKEN(enumerator, text) enumerator,
#define CAIRN_JS_NODE(name) name##_,
#define CAIRN_JSX_NODE(name) name##_,
#define CAIRN_TS_NODE(name) name##_,
#define CAIRN_TYPESCRIPT_NODE(name) name##_,
#include "indexer/syntax/ecma/nodes.def"
#undef CAIRN_NODE
#undef CAIRN_TOKEN
#undef CAIRN_JS_NODE
#undef CAIRN_JSX_NODE
#undef CAIRN_TS_NODE
#undef CAIRN_TYPESCRIPT_NODE
};

inline N type_of(const SyntaxTree& tree, NodeIdx node) {
  return node == kNoNode ? N::none : static_cast<N>(tree[node].type);
}

}  // namespace cairn::indexer::syntax::ecma
