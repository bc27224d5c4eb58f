// Adjacency both ways, and the shares of edges that a unit owns in another file's row.
#include <algorithm>

#include "graph/edges.h"
#include "graph/layer_builder.h"

namespace cairn::graph {
namespace {

struct OwnedEdge {
  EdgeRow edge;
  std::uint32_t owner = 0;  // dense file id
};

class EdgeWriter {
 public:
  explicit EdgeWriter(LayerPlan& plan) : plan_(plan) {}

  Result<void> run(LayerFileWriter& out, MetaRow& meta, WriteStats& stats) {
    merge_foreign();
    CAIRN_TRY(check_targets());
    CAIRN_TRY(write_out(out, meta));
    stats.edges = edges_;
    CAIRN_TRY(write_in(out));
    return out.add(Section::kContributions, contributions_);
  }

 private:
  bool own(std::uint32_t dense) const { return dense >= plan_.id_base; }

  std::size_t unit_of(std::uint32_t src) const {
    const auto it = std::upper_bound(
        plan_.units.begin(), plan_.units.end(), src,
        [](std::uint32_t id, const EncodedUnit& u) { return id < u.data().first_symbol; });
    // Units without symbols share their first symbol with the next one; the last of them holds it.
    return static_cast<std::size_t>(it - plan_.units.begin()) - 1;
  }

  /// Moves foreign shares into the rows of their sources and lists all shares of such edges.
  void merge_foreign() {
    std::vector<OwnedEdge> shares;
    for (std::uint32_t i = 0; i < plan_.units.size(); ++i) {
      EncodedUnit::Data& unit = plan_.units[i].data();
      for (const EdgeRow& e : unit.foreign) shares.push_back({e, plan_.file_base + i});
      unit.foreign = {};
    }
    std::sort(shares.begin(), shares.end(), [](const OwnedEdge& a, const OwnedEdge& b) {
      if (!same_edge(a.edge, b.edge)) return edge_before(a.edge, b.edge);
      return a.owner < b.owner;
    });
    std::vector<std::size_t> touched;
    for (std::size_t i = 0; i < shares.size();) {
      std::size_t end = i;
      while (end < shares.size() && same_edge(shares[i].edge, shares[end].edge)) ++end;
      add_group(shares, i, end, touched);
      i = end;
    }
    for (const std::size_t unit : touched) merge_edges(plan_.units[unit].data().edges);
  }

  void add_group(const std::vector<OwnedEdge>& shares, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& touched) {
    const EdgeRow& key = shares[begin].edge;
    EdgeRow total = key;
    for (std::size_t i = begin + 1; i < end; ++i) merge_share(total, shares[i].edge);
    std::vector<OwnedEdge> all(shares.begin() + static_cast<std::ptrdiff_t>(begin),
                               shares.begin() + static_cast<std::ptrdiff_t>(end));
    if (own(key.src)) {
      const std::size_t unit = unit_of(key.src);
      std::vector<EdgeRow>& edges = plan_.units[unit].data().edges;
      // Groups appended so far lie behind `sorted`, so the search sees the unit's own edges only.
      if (touched.empty() || touched.back() != unit) {
        touched.push_back(unit);
        sorted_ = edges.size();
      }
      const auto last = edges.begin() + static_cast<std::ptrdiff_t>(sorted_);
      const auto it = std::lower_bound(edges.begin(), last, key, edge_before);
      if (it != last && same_edge(*it, key))
        all.push_back({*it, plan_.file_base + static_cast<std::uint32_t>(unit)});
      edges.push_back(total);
    } else {
      foreign_.push_back(total);
    }
    std::sort(all.begin(), all.end(),
              [](const OwnedEdge& a, const OwnedEdge& b) { return a.owner < b.owner; });
    for (const OwnedEdge& share : all) {
      ContributionRow row;
      row.src = share.edge.src;
      row.dst = share.edge.dst;
      row.owner = share.owner;
      row.count = share.edge.count;
      row.kind = static_cast<std::uint8_t>(share.edge.kind);
      row.tier = static_cast<std::uint8_t>(share.edge.tier);
      row.origin = static_cast<std::uint8_t>(share.edge.origin);
      contributions_.push_back(row);
    }
  }

  template <class Visit>
  void for_each_edge(Visit visit) const {
    for (const EdgeRow& e : foreign_) visit(e);
    for (const EncodedUnit& unit : plan_.units) {
      for (const EdgeRow& e : unit.data().edges) visit(e);
    }
  }

  Result<void> check_targets() {
    const std::uint64_t limit = std::uint64_t{plan_.id_base} + plan_.symbols;
    std::uint64_t bad = 0;
    for_each_edge([&](const EdgeRow& e) {
      ++edges_;
      if (e.dst >= limit || e.src >= limit) ++bad;
    });
    if (bad != 0) {
      return Error(ErrorCode::kInternal, "writing a snapshot: " + std::to_string(bad) +
                                             " edges name symbols that do not exist");
    }
    if (edges_ >= kNoRow) {
      return Error(ErrorCode::kLimitExceeded,
                   "the graph has 2^32 edges or more; index fewer files with [index] exclude");
    }
    return {};
  }

  Result<void> write_out(LayerFileWriter& out, MetaRow& meta) {
    std::vector<std::uint32_t> offsets, foreign, target;
    std::vector<std::uint8_t> packed, count, origin;
    std::vector<BigCountRow> big;
    target.reserve(edges_);
    const auto put = [&](const EdgeRow& e) {
      if (e.count >= 255) big.push_back({static_cast<std::uint32_t>(target.size()), e.count});
      target.push_back(e.dst);
      packed.push_back(pack_edge(e.kind, e.tier));
      count.push_back(static_cast<std::uint8_t>(std::min<std::uint32_t>(e.count, 255)));
      origin.push_back(static_cast<std::uint8_t>(e.origin));
      ++meta.edges_by_tier[static_cast<std::size_t>(e.tier)];
    };
    for (const EncodedUnit& unit : plan_.units) {
      const EncodedUnit::Data& data = unit.data();
      std::size_t at = 0;
      for (std::uint32_t s = 0; s < data.symbols.size(); ++s) {
        offsets.push_back(static_cast<std::uint32_t>(target.size()));
        for (; at < data.edges.size() && data.edges[at].src == data.first_symbol + s; ++at)
          put(data.edges[at]);
      }
    }
    for (const EdgeRow& e : foreign_) {
      if (foreign.empty() || foreign.back() != e.src) {
        foreign.push_back(e.src);
        offsets.push_back(static_cast<std::uint32_t>(target.size()));
      }
      put(e);
    }
    offsets.push_back(static_cast<std::uint32_t>(target.size()));
    CAIRN_TRY(out.add(Section::kOutOffsets, offsets));
    CAIRN_TRY(out.add(Section::kOutForeign, foreign));
    CAIRN_TRY(out.add(Section::kOutTarget, target));
    CAIRN_TRY(out.add(Section::kOutPacked, packed));
    CAIRN_TRY(out.add(Section::kOutCount, count));
    CAIRN_TRY(out.add(Section::kOutOrigin, origin));
    return out.add(Section::kOutBigCount, big);
  }

  /// Counting sort by target; sources come in ascending order, so each row is sorted.
  Result<void> write_in(LayerFileWriter& out) {
    std::vector<std::uint32_t> foreign;
    for_each_edge([&](const EdgeRow& e) {
      if (!own(e.dst)) foreign.push_back(e.dst);
    });
    std::sort(foreign.begin(), foreign.end());
    foreign.erase(std::unique(foreign.begin(), foreign.end()), foreign.end());
    const auto row_of = [&](std::uint32_t dst) {
      if (own(dst)) return dst - plan_.id_base;
      const auto it = std::lower_bound(foreign.begin(), foreign.end(), dst);
      return plan_.symbols + static_cast<std::uint32_t>(it - foreign.begin());
    };
    std::vector<std::uint32_t> offsets(plan_.symbols + foreign.size() + 1, 0);
    for_each_edge([&](const EdgeRow& e) { ++offsets[row_of(e.dst) + 1]; });
    for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
    std::vector<std::uint32_t> at(offsets.begin(), offsets.end() - 1);
    std::vector<std::uint32_t> source(edges_);
    std::vector<std::uint8_t> packed(edges_);
    for_each_edge([&](const EdgeRow& e) {
      const std::uint32_t slot = at[row_of(e.dst)]++;
      source[slot] = e.src;
      packed[slot] = pack_edge(e.kind, e.tier);
    });
    CAIRN_TRY(out.add(Section::kInOffsets, offsets));
    CAIRN_TRY(out.add(Section::kInForeign, foreign));
    CAIRN_TRY(out.add(Section::kInSource, source));
    return out.add(Section::kInPacked, packed);
  }

  LayerPlan& plan_;
  std::vector<EdgeRow> foreign_;  // sources in the base, sorted
  std::vector<ContributionRow> contributions_;
  std::uint64_t edges_ = 0;
  std::size_t sorted_ = 0;
};

}  // namespace

Result<void> write_edges(LayerFileWriter& out, LayerPlan& plan, MetaRow& meta, WriteStats& stats) {
  return EdgeWriter(plan).run(out, meta, stats);
}

}  // namespace cairn::graph
