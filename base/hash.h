#pragma once
// Hashes. hash64 (XXH3) finds accidents and keys tables; ContentId (git's blob name: SHA-1 over
// "blob <size>\0" + bytes) names file contents, so that a git tree lists ids without reading blobs.
// ContentIds are trusted within one access domain only.
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);
std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0);

/// Order-dependent mix of two hashes.
constexpr std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a ^ (b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2));
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ull;
  x ^= x >> 32;
  return x;
}

struct ContentId {
  std::array<std::uint8_t, 20> bytes{};
  friend auto operator<=>(const ContentId&, const ContentId&) = default;
  std::string hex() const;
  static Result<ContentId> from_hex(std::string_view hex);
};

/// Git's object name of a blob with these bytes.
ContentId content_id_of(std::string_view bytes);

/// Lower-case hex SHA-256.
std::string sha256_hex(std::string_view bytes);

}  // namespace cairn

template <>
struct std::hash<cairn::ContentId> {
  std::size_t operator()(const cairn::ContentId& id) const noexcept {
    std::size_t h;
    std::memcpy(&h, id.bytes.data(), sizeof h);
    return h;
  }
};
