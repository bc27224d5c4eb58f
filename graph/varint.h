#pragma once
// LEB128 varints over byte strings. ByteReader never reads past its end: a malformed stream sets
// failed() and yields zeros from then on, so decoders check once at the end. Value types.
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::graph {

inline void put_byte(std::string& out, std::uint8_t b) { out.push_back(static_cast<char>(b)); }

inline void put_varint(std::string& out, std::uint64_t v) {
  while (v >= 0x80) {
    put_byte(out, static_cast<std::uint8_t>(v | 0x80));
    v >>= 7;
  }
  put_byte(out, static_cast<std::uint8_t>(v));
}

/// Small numbers of either sign stay small.
constexpr std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t v) {
  return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}
inline void put_signed(std::string& out, std::int64_t v) { put_varint(out, zigzag(v)); }

template <class T>
void put_fixed(std::string& out, T v) {
  for (std::size_t i = 0; i < sizeof v; ++i) put_byte(out, static_cast<std::uint8_t>(v >> (8 * i)));
}

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool done() const { return at_ >= bytes_.size(); }
  bool failed() const { return failed_; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::uint8_t byte() {
    if (at_ >= bytes_.size()) {
      failed_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = byte();
      v |= std::uint64_t{b & 0x7fu} << shift;
      if (b < 0x80) return v;
    }
    failed_ = true;
    return 0;
  }
  /// A varint that must fit 32 bits.
  std::uint32_t varint32() {
    const std::uint64_t v = varint();
    if (v > 0xffffffffu) failed_ = true;
    return static_cast<std::uint32_t>(v);
  }
  std::int64_t signed_varint() { return unzigzag(varint()); }
  template <class T>
  T fixed() {
    T v = 0;
    for (std::size_t i = 0; i < sizeof v; ++i) v |= static_cast<T>(T{byte()} << (8 * i));
    return v;
  }
  /// base + signed varint, wrapping as unsigned.
  std::uint32_t relative(std::uint32_t base) {
    return static_cast<std::uint32_t>(std::int64_t{base} + signed_varint());
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace cairn::graph
