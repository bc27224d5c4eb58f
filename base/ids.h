#pragma once
// Strong 32-bit ids. Id<Tag>::none() is 0xffffffff; a default-constructed id is none. Ids index
// columns directly, so id 0 is the first row. Trivially copyable, ordered, hashable.
#include <compare>
#include <cstdint>
#include <functional>
#include <limits>

namespace cairn {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t value) : value_(value) {}
  static constexpr Id none() { return Id(); }

  constexpr bool exists() const { return value_ != kNone; }
  constexpr std::uint32_t value() const { return value_; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t value_ = kNone;
};

}  // namespace cairn

template <class Tag>
struct std::hash<cairn::Id<Tag>> {
  std::size_t operator()(cairn::Id<Tag> id) const noexcept { return id.value() * 0x9e3779b1u; }
};
