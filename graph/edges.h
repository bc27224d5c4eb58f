#pragma once
// Edge and EdgeRange: how a snapshot hands out adjacency. A range is four pointers into columns of
// a mapped layer (or of the snapshot's patched rows) and stays valid as long as the snapshot. Edges
// of a range are unique in (other, kind) and sorted by them. Thread-safe to read.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "graph/types.h"

namespace cairn::graph {

struct Edge {
  SymbolId other;  // target of an out edge, source of an in edge
  EdgeKind kind = EdgeKind::kReferences;
  Tier tier = Tier::kUnresolved;
  friend bool operator==(const Edge&, const Edge&) = default;
};

/// What stands behind an edge: its reference sites (1 for a direct edge) and the rule of the best.
struct EdgeWeight {
  std::uint32_t count = 0;
  Origin origin = Origin::kNone;
};

/// Kind and tier in one byte.
constexpr std::uint8_t pack_edge(EdgeKind kind, Tier tier) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 3 | static_cast<unsigned>(tier));
}
constexpr EdgeKind packed_kind(std::uint8_t b) { return static_cast<EdgeKind>(b >> 3); }
constexpr Tier packed_tier(std::uint8_t b) { return static_cast<Tier>(b & 7); }

class EdgeRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Edge;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Edge;

    Iterator() = default;
    Iterator(const std::uint32_t* other, const std::uint8_t* packed)
        : other_(other), packed_(packed) {}
    Edge operator*() const {
      return Edge{SymbolId(*other_), packed_kind(*packed_), packed_tier(*packed_)};
    }
    Edge operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this += -1; }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    Iterator operator--(int) {
      Iterator old = *this;
      --*this;
      return old;
    }
    Iterator& operator+=(difference_type n) {
      other_ += n;
      packed_ += n;
      return *this;
    }
    Iterator& operator-=(difference_type n) { return *this += -n; }
    friend Iterator operator+(Iterator i, difference_type n) { return i += n; }
    friend Iterator operator+(difference_type n, Iterator i) { return i += n; }
    friend Iterator operator-(Iterator i, difference_type n) { return i -= n; }
    friend difference_type operator-(Iterator a, Iterator b) { return a.other_ - b.other_; }
    friend bool operator==(Iterator a, Iterator b) { return a.other_ == b.other_; }
    friend auto operator<=>(Iterator a, Iterator b) { return a.other_ <=> b.other_; }

   private:
    const std::uint32_t* other_ = nullptr;
    const std::uint8_t* packed_ = nullptr;
  };

  EdgeRange() = default;
  EdgeRange(const std::uint32_t* other, const std::uint8_t* packed, std::size_t size)
      : other_(other), packed_(packed), size_(size) {}
  Iterator begin() const { return {other_, packed_}; }
  Iterator end() const { return begin() + static_cast<std::ptrdiff_t>(size_); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Edge operator[](std::size_t i) const { return begin()[static_cast<std::ptrdiff_t>(i)]; }

 private:
  const std::uint32_t* other_ = nullptr;
  const std::uint8_t* packed_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cairn::graph
