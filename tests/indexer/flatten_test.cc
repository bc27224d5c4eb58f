// The flat copy of a parse tree against the core's own cursor, node by node.
#include <gtest/gtest.h>
#include <tree_sitter/api.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "indexer/syntax/parse.h"

namespace cairn::indexer::syntax {
namespace {

namespace fs = std::filesystem;

struct Seen {
  std::uint32_t begin, end, row, depth;
  std::string field;
  bool missing;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& s) {
  return out << s.field << ": " << s.begin << "-" << s.end << " row " << s.row << " depth "
             << s.depth << (s.missing ? " missing" : "");
}

constexpr std::string_view kFields[] = {
    "",
#define CAIRN_FIELD(name) #name,
#include "indexer/syntax/fields.def"
#undef CAIRN_FIELD
};

/// Named nodes, which the flat tree always keeps.
std::vector<Seen> with_cursor(const TSTree* tree) {
  std::vector<Seen> out;
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
  std::vector<bool> named;
  const auto depth = [&] {
    return static_cast<std::uint32_t>(std::count(named.begin(), named.end(), true));
  };
  for (;;) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    const char* field = ts_tree_cursor_current_field_name(&cursor);
    if (ts_node_is_named(node))
      out.push_back({ts_node_start_byte(node), ts_node_end_byte(node),
                     ts_node_start_point(node).row, depth(), field == nullptr ? "" : field,
                     ts_node_is_missing(node)});
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      named.push_back(ts_node_is_named(node));
      continue;
    }
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      if (!ts_tree_cursor_goto_parent(&cursor)) {
        ts_tree_cursor_delete(&cursor);
        return out;
      }
      named.pop_back();
    }
  }
}

std::vector<Seen> flattened(const SyntaxTree& tree) {
  std::vector<Seen> out;
  std::vector<std::uint32_t> depths(tree.size());
  for (NodeIdx i = 0; i < tree.size(); ++i) {
    const NodeIdx parent = tree.parent(i);
    if (parent != kNoNode) {
      EXPECT_LT(parent, i);
      EXPECT_LE(tree[i].next, tree[parent].next);
      depths[i] = depths[parent] + (tree.is_named(parent) ? 1 : 0);
    }
    if (tree.is_named(i))
      out.push_back({tree[i].begin, tree[i].end, tree[i].row, depths[i],
                     std::string(kFields[static_cast<std::size_t>(tree[i].field)]),
                     (tree[i].flags & node_flag::kMissing) != 0});
  }
  return out;
}

void compare(const std::string& source, const LanguageDef& def) {
  const std::unique_ptr<TSParser, decltype(&ts_parser_delete)> parser(ts_parser_new(),
                                                                      ts_parser_delete);
  ASSERT_TRUE(ts_parser_set_language(parser.get(), def.grammar()));
  const std::string hidden = def.hide != nullptr ? def.hide(source) : std::string();
  const std::string& shown = hidden.empty() ? source : hidden;
  const std::unique_ptr<TSTree, decltype(&ts_tree_delete)> parsed(
      ts_parser_parse_string(parser.get(), nullptr, shown.data(),
                             static_cast<std::uint32_t>(shown.size())),
      ts_tree_delete);
  const auto tree = parse(source, def);
  ASSERT_TRUE(tree.has_value());
  const auto expected = with_cursor(parsed.get());
  const auto actual = flattened(*tree);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) ASSERT_EQ(actual[i], expected[i]) << "node " << i;
}

TEST(FlattenTest, EqualsTheCursorOnEverySource) {
  std::size_t files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(CAIRN_TESTDATA_DIR) / "facts")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".golden") continue;
    const auto language = graph::language_named(entry.path().parent_path().filename().string());
    if (!language || language_def(*language) == nullptr) continue;
    SCOPED_TRACE(entry.path().filename());
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    const std::string source = bytes.str();
    compare(source, *language_def(*language));
    // Broken code has errors, missing tokens and extras in odd places.
    for (const std::size_t part : {3u, 5u, 7u}) {
      std::string broken = source;
      broken.erase(broken.size() / part, broken.size() / 20);
      compare(broken, *language_def(*language));
    }
    ++files;
  }
  EXPECT_GT(files, 10u);
}

TEST(FlattenTest, LimitsCutTheTree) {
  const LanguageDef& def = *language_def(graph::Language::kPython);
  ParseLimits limits;
  limits.max_nodes = 5;
  auto tree = parse("a = [1, 2, 3]\nb = a\n", def, limits);
  ASSERT_TRUE(tree.has_value());
  EXPECT_TRUE(tree->truncated);
  EXPECT_EQ(tree->size(), 5u);
  limits = {};
  limits.max_depth = 2;
  tree = parse("a = [1, 2, 3]\nb = a\n", def, limits);
  ASSERT_TRUE(tree.has_value());
  EXPECT_TRUE(tree->truncated);
  for (NodeIdx i = 0; i < tree->size(); ++i) EXPECT_EQ(tree->parent(tree->parent(i)), kNoNode);
}

}  // namespace
}  // namespace cairn::indexer::syntax
