#pragma once
// SyntaxTree: a tree-sitter tree copied into one flat array in pre-order, so that extractors walk,
// look up fields and climb to parents without recursion and without tree-sitter in their headers.
// Anonymous tokens are kept only when the language's node table names them. Rows and byte offsets
// are 0-based; range() converts to the 1-based form of graph/types.h. Immutable once built; holds
// views into the source text, which must outlive it.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "graph/types.h"

namespace cairn::indexer::syntax {

/// Field of a child in its parent, shared by all grammars.
enum class Field : std::uint8_t {
  none,
#define CAIRN_FIELD(name) name##_,
#include "indexer/syntax/fields.def"
#undef CAIRN_FIELD
  count,
};

using NodeIdx = std::uint32_t;
inline constexpr NodeIdx kNoNode = 0xffffffffu;

namespace node_flag {
inline constexpr std::uint8_t kNamed = 1;
inline constexpr std::uint8_t kError = 2;    // an ERROR node
inline constexpr std::uint8_t kMissing = 4;  // inserted by error recovery
inline constexpr std::uint8_t kComment = 8;
inline constexpr std::uint8_t kString = 16;  // white space inside is significant
}  // namespace node_flag

struct Node {
  std::uint16_t type = 0;  // the language's own enumerator; 0 = not named in its table
  Field field = Field::none;
  std::uint8_t flags = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t row = 0;
  NodeIdx parent = kNoNode;
  NodeIdx next = 0;  // one past the last descendant
};
static_assert(sizeof(Node) == 24);

/// One row of a language's node table: row i gives enumerator i + 1. The name is empty where
/// several grammars share one enumeration and this one has no such node.
struct NodeName {
  std::string_view name;
  bool named;  // false: an anonymous token such as "&&"
};

class SyntaxTree {
 public:
  std::string_view source;
  std::vector<Node> nodes;                 // [0] is the root
  std::vector<std::uint32_t> line_starts;  // byte offset of each line
  bool has_error = false;
  /// Set when the node limit or the depth limit cut the copy: the rest of the file is not in nodes.
  bool truncated = false;

  const Node& operator[](NodeIdx i) const { return nodes[i]; }
  NodeIdx size() const { return static_cast<NodeIdx>(nodes.size()); }
  /// Text, children and fields of kNoNode are empty, so that lookups can be chained.
  std::string_view text(NodeIdx i) const {
    if (i == kNoNode) return {};
    return source.substr(nodes[i].begin, nodes[i].end - nodes[i].begin);
  }

  NodeIdx parent(NodeIdx i) const { return i == kNoNode ? kNoNode : nodes[i].parent; }
  NodeIdx first_child(NodeIdx i) const {
    return i != kNoNode && i + 1 < nodes[i].next ? i + 1 : kNoNode;
  }
  NodeIdx next_sibling(NodeIdx i) const {
    if (i == kNoNode) return kNoNode;
    const NodeIdx p = nodes[i].parent;
    return p != kNoNode && nodes[i].next < nodes[p].next ? nodes[i].next : kNoNode;
  }
  /// First child in this field, or kNoNode.
  NodeIdx child(NodeIdx i, Field field) const {
    for (NodeIdx c = first_child(i); c != kNoNode; c = next_sibling(c))
      if (nodes[c].field == field) return c;
    return kNoNode;
  }
  /// First child of this type, or kNoNode.
  NodeIdx child_of_type(NodeIdx i, std::uint16_t type) const {
    for (NodeIdx c = first_child(i); c != kNoNode; c = next_sibling(c))
      if (nodes[c].type == type) return c;
    return kNoNode;
  }
  /// Nearest ancestor of this type, or kNoNode. O(depth): for rare use.
  NodeIdx ancestor(NodeIdx i, std::uint16_t type) const {
    for (NodeIdx p = nodes[i].parent; p != kNoNode; p = nodes[p].parent)
      if (nodes[p].type == type) return p;
    return kNoNode;
  }
  bool is_named(NodeIdx i) const { return (nodes[i].flags & node_flag::kNamed) != 0; }
  bool is_comment(NodeIdx i) const { return (nodes[i].flags & node_flag::kComment) != 0; }
  /// Named children that are not comments.
  unsigned named_child_count(NodeIdx i) const {
    unsigned n = 0;
    for (NodeIdx c = first_child(i); c != kNoNode; c = next_sibling(c))
      n += is_named(c) && !is_comment(c) ? 1 : 0;
    return n;
  }
  /// n-th named child that is not a comment, or kNoNode.
  NodeIdx named_child(NodeIdx i, unsigned n) const {
    for (NodeIdx c = first_child(i); c != kNoNode; c = next_sibling(c))
      if (is_named(c) && !is_comment(c) && n-- == 0) return c;
    return kNoNode;
  }

  graph::Position begin_of(NodeIdx i) const {
    return {nodes[i].row + 1, nodes[i].begin - line_starts[nodes[i].row] + 1};
  }
  graph::Position position_of(std::uint32_t byte) const;
  graph::Range range(NodeIdx i) const { return {begin_of(i), position_of(nodes[i].end)}; }
};

struct ParseLimits {
  std::uint64_t timeout_micros = 5'000'000;
  std::uint32_t max_nodes = 8'000'000;
  std::uint32_t max_depth = 4'000;  // deeper subtrees are left out and the tree marked truncated
};

}  // namespace cairn::indexer::syntax
