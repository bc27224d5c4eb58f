#include "graph/bgl_view.h"

#include <gtest/gtest.h>

#include <boost/concept/assert.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/dominator_tree.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/property_map/property_map.hpp>

#include "tests/graph/random_model.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<BglView>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<BglView>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<BglView>));

using IdentityMap = boost::typed_identity_property_map<std::uint32_t>;

std::shared_ptr<const Snapshot> edited_snapshot(std::uint32_t seed) {
  const testing::TempDir dir;
  test::RandomModel random(seed);
  const test::RepoModel before = random.make();
  test::RepoModel now = before;
  random.edit(now);
  random.edit(now);
  const auto base = test::build_base(dir / "base", before);
  return test::snapshot_of(base, test::build_overlay(dir / "overlay", base, before, now));
}

TEST(BglViewTest, BoostFindsTheSameDominators) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const auto snapshot = edited_snapshot(seed);
    ASSERT_TRUE(snapshot);
    const BglView view(*snapshot, {});
    for (const FileId f : snapshot->files()) {
      const SymbolId root = snapshot->file(f).first_symbol;
      const auto own = dominators(*snapshot, root, {}, {});
      ASSERT_TRUE(own);
      std::vector<std::uint32_t> tree(snapshot->id_limit(), BglView::null_vertex());
      // The short form numbers unreachable vertices 0, as if they were the root.
      std::vector<std::uint32_t> number(snapshot->id_limit(), 0xffffffffu);
      std::vector<std::uint32_t> parent(snapshot->id_limit(), BglView::null_vertex());
      std::vector<std::uint32_t> order(snapshot->id_limit(), BglView::null_vertex());
      boost::lengauer_tarjan_dominator_tree(
          view, root.value(), IdentityMap(),
          boost::make_iterator_property_map(number.begin(), IdentityMap()),
          boost::make_iterator_property_map(parent.begin(), IdentityMap()), order,
          boost::make_iterator_property_map(tree.begin(), IdentityMap()));
      for (std::uint32_t v = 0; v < tree.size(); ++v) EXPECT_EQ((*own)[v].value(), tree[v]) << seed;
    }
  }
}

TEST(BglViewTest, BoostReachesTheSame) {
  for (std::uint32_t seed = 30; seed <= 45; ++seed) {
    const auto snapshot = edited_snapshot(seed);
    ASSERT_TRUE(snapshot);
    const BglView view(*snapshot, {});
    ReachSearch search(*snapshot);
    for (const FileId f : snapshot->files()) {
      const SymbolId root = snapshot->file(f).first_symbol;
      const auto own = search.run(std::span(&root, 1), Direction::kForward, {}, {}, {});
      std::vector<std::uint32_t> depth(snapshot->id_limit(), 0);
      std::vector<boost::default_color_type> color(snapshot->id_limit());
      const auto depths = boost::make_iterator_property_map(depth.begin(), IdentityMap());
      boost::breadth_first_search(
          view, root.value(),
          boost::visitor(
              boost::make_bfs_visitor(boost::record_distances(depths, boost::on_tree_edge())))
              .color_map(boost::make_iterator_property_map(color.begin(), IdentityMap())));
      std::size_t reached = 0;
      for (const auto c : color) reached += c == boost::black_color;
      EXPECT_EQ(own->nodes.size(), reached);
      for (const Reached& node : own->nodes) EXPECT_EQ(node.depth, depth[node.symbol.value()]);
    }
  }
}

TEST(BglViewTest, InAndOutEdgesAgreeAndRemovedIdsHaveNone) {
  const auto snapshot = edited_snapshot(7);
  ASSERT_TRUE(snapshot);
  EdgeFilter everything;
  everything.tiers = 0xff;
  const BglView view(*snapshot, everything);
  std::size_t out_total = 0;
  std::size_t in_total = 0;
  for (std::uint32_t v = 0; v < num_vertices(view); ++v) {
    out_total += out_degree(v, view);
    in_total += in_degree(v, view);
    if (!snapshot->is_live(SymbolId(v))) {
      EXPECT_EQ(degree(v, view), 0u);
    }
  }
  EXPECT_EQ(out_total, in_total);
  EXPECT_EQ(out_total, snapshot->totals().edges);
}

}  // namespace
}  // namespace cairn::graph
