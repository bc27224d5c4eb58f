#pragma once
// A snapshot as a model of Boost.Graph's VertexListGraph and BidirectionalGraph, so that Boost's
// algorithms run on the stored columns without a copy. The only header of this folder with Boost
// types; include it from .cc files.
// Vertices are 0 .. id_limit() - 1; ids of removed units are vertices without edges. Boost's
// algorithms cannot be stopped from outside: once the StopToken says so, the view shows no more
// edges, the algorithm runs out, and the caller must ask stopped() before it believes the result.
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/property_map/property_map.hpp>
#include <cstdint>
#include <utility>

#include "base/stop_token.h"
#include "graph/algorithms.h"
#include "graph/snapshot.h"

namespace cairn::graph {

struct BglEdge {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  EdgeKind kind = EdgeKind::kCalls;
  Tier tier = Tier::kExact;
  friend bool operator==(const BglEdge&, const BglEdge&) = default;
};

/// Steps over the edges that the filter admits.
class BglEdgeIterator : public boost::iterator_facade<BglEdgeIterator, BglEdge,
                                                      boost::forward_traversal_tag, BglEdge> {
 public:
  BglEdgeIterator() = default;
  BglEdgeIterator(EdgeRange::Iterator at, EdgeRange::Iterator end, EdgeFilter filter,
                  std::uint32_t vertex, bool out)
      : at_(at), end_(end), filter_(filter), vertex_(vertex), out_(out) {
    skip();
  }

 private:
  friend class boost::iterator_core_access;
  void skip() {
    while (at_ != end_ && !filter_.admits(*at_)) ++at_;
  }
  void increment() {
    ++at_;
    skip();
  }
  bool equal(const BglEdgeIterator& other) const { return at_ == other.at_; }
  BglEdge dereference() const {
    const Edge e = *at_;
    return out_ ? BglEdge{vertex_, e.other.value(), e.kind, e.tier}
                : BglEdge{e.other.value(), vertex_, e.kind, e.tier};
  }

  EdgeRange::Iterator at_;
  EdgeRange::Iterator end_;
  EdgeFilter filter_;
  std::uint32_t vertex_ = 0;
  bool out_ = true;
};

class BglView {
 public:
  struct traversal_category : boost::bidirectional_graph_tag, boost::vertex_list_graph_tag {};
  using vertex_descriptor = std::uint32_t;
  using edge_descriptor = BglEdge;
  using directed_category = boost::bidirectional_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using vertices_size_type = std::uint32_t;
  using edges_size_type = std::uint64_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = boost::counting_iterator<std::uint32_t>;
  using out_edge_iterator = BglEdgeIterator;
  using in_edge_iterator = BglEdgeIterator;
  using adjacency_iterator = void;
  using edge_iterator = void;

  static vertex_descriptor null_vertex() { return 0xffffffffu; }

  BglView(const Snapshot& snapshot, EdgeFilter filter, StopToken stop = {})
      : snapshot_(snapshot), filter_(filter), stop_(std::move(stop)) {}

  const Snapshot& snapshot() const { return snapshot_; }
  bool stopped() const { return stop_.stopped(); }

  std::pair<BglEdgeIterator, BglEdgeIterator> edges_of(std::uint32_t v, bool out) const {
    EdgeRange range;
    if (snapshot_.is_live(SymbolId(v)) && !stop_.stopped())
      range = out ? snapshot_.out_edges(SymbolId(v)) : snapshot_.in_edges(SymbolId(v));
    return {{range.begin(), range.end(), filter_, v, out},
            {range.end(), range.end(), filter_, v, out}};
  }

 private:
  const Snapshot& snapshot_;
  EdgeFilter filter_;
  StopToken stop_;
};

// Found by argument-dependent look-up, as Boost.Graph wants them.
inline std::uint32_t source(const BglEdge& e, const BglView&) { return e.source; }
inline std::uint32_t target(const BglEdge& e, const BglView&) { return e.target; }
inline std::uint32_t num_vertices(const BglView& g) { return g.snapshot().id_limit(); }
inline std::pair<BglView::vertex_iterator, BglView::vertex_iterator> vertices(const BglView& g) {
  return {BglView::vertex_iterator(0), BglView::vertex_iterator(num_vertices(g))};
}
inline std::pair<BglEdgeIterator, BglEdgeIterator> out_edges(std::uint32_t v, const BglView& g) {
  return g.edges_of(v, true);
}
inline std::pair<BglEdgeIterator, BglEdgeIterator> in_edges(std::uint32_t v, const BglView& g) {
  return g.edges_of(v, false);
}
inline std::size_t out_degree(std::uint32_t v, const BglView& g) {
  const auto [begin, end] = g.edges_of(v, true);
  return static_cast<std::size_t>(std::distance(begin, end));
}
inline std::size_t in_degree(std::uint32_t v, const BglView& g) {
  const auto [begin, end] = g.edges_of(v, false);
  return static_cast<std::size_t>(std::distance(begin, end));
}
inline std::size_t degree(std::uint32_t v, const BglView& g) {
  return out_degree(v, g) + in_degree(v, g);
}

/// Vertices are their own indices.
inline boost::typed_identity_property_map<std::uint32_t> get(boost::vertex_index_t,
                                                             const BglView&) {
  return {};
}

}  // namespace cairn::graph

template <>
struct boost::property_map<cairn::graph::BglView, boost::vertex_index_t, void> {
  using type = boost::typed_identity_property_map<std::uint32_t>;
  using const_type = type;
};
