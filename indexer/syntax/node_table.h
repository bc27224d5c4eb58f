// Included by an extractor after it defines CAIRN_NODE_TABLE as the path of its nodes.def: declares
// `enum class N` and `kNodeNames` from rows CAIRN_NODE(name) for named nodes (enumerator name_) and
// CAIRN_TOKEN(enumerator, "text") for anonymous tokens. No include guard on purpose: one per
// source.
#include <cstdint>

#include "indexer/syntax/tree.h"

namespace {

enum class N : std::uint16_t {
  none,
#define CAIRN_NODE(name) name##_,
#define CAIRN_TOKEN(enumerator, text) enumerator,
#include CAIRN_NODE_TABLE
#undef CAIRN_NODE
#undef CAIRN_TOKEN
};

constexpr cairn::indexer::syntax::NodeName kNodeNames[] = {
#define CAIRN_NODE(name) {#name, true},
#define CAIRN_TOKEN(enumerator, text) {text, false},
#include CAIRN_NODE_TABLE
#undef CAIRN_NODE
#undef CAIRN_TOKEN
};

inline N type_of(const cairn::indexer::syntax::SyntaxTree& tree,
                 cairn::indexer::syntax::NodeIdx node) {
  return node == cairn::indexer::syntax::kNoNode ? N::none : static_cast<N>(tree[node].type);
}

}  // namespace
