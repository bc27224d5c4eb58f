#pragma once
// Columns of integers to bytes and back, for graph/facts_codec.cc. ColumnWriter and ColumnReader
// have the same members, so one function template describes a table for both directions: `get(row)`
// returns a reference to the field and `predict(rows, i)` what its value is likely to be, computed
// from fields already coded and from earlier rows only. Every value round-trips, likely or not.
//
// The reader keeps the first failure and then yields zeros, so callers check ok() once at the end;
// it allocates rows only when the bytes left can hold them. Thread-compatible; no ownership of the
// bytes read.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cairn::graph {

inline std::uint32_t zigzag(std::uint32_t difference) {
  return (difference << 1) ^ (0u - (difference >> 31));
}
inline std::uint32_t unzigzag(std::uint32_t coded) { return (coded >> 1) ^ (0u - (coded & 1)); }

class ColumnWriter {
 public:
  explicit ColumnWriter(std::string& out) : out_(out) { out_.clear(); }
  std::string_view written() const { return std::string_view(out_).substr(0, used_); }
  bool ok() const { return true; }

  template <class T>
  void scalar(const T& value) {
    reserve(kMaxVarint);
    put(static_cast<std::uint64_t>(value));
  }
  /// A value both sides know; the reader fails when it differs.
  void expect(std::size_t value) { scalar(value); }
  template <class Row>
  void rows(const std::vector<Row>& rows, std::size_t) {
    scalar(rows.size());
  }
  void blob(const std::string& bytes) {
    scalar(bytes.size());
    reserve(bytes.size());
    std::memcpy(&out_[used_], bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  /// One byte a row: bools and enums.
  template <class Rows, class Get>
  void bytes(const Rows& rows, Get get) {
    reserve(rows.size());
    for (const auto& row : rows) out_[used_++] = static_cast<char>(get(row));
  }
  /// The distance above the prediction; cheap when the value is never below it.
  template <class Rows, class Get, class Predict>
  void above(const Rows& rows, Get get, Predict predict) {
    reserve(rows.size() * kMaxVarint);
    for (std::size_t i = 0; i < rows.size(); ++i)
      put(static_cast<std::uint32_t>(get(rows[i]) - predict(rows, i)));
  }
  /// The distance below the prediction.
  template <class Rows, class Get, class Predict>
  void below(const Rows& rows, Get get, Predict predict) {
    reserve(rows.size() * kMaxVarint);
    for (std::size_t i = 0; i < rows.size(); ++i)
      put(static_cast<std::uint32_t>(predict(rows, i) - get(rows[i])));
  }
  /// The distance either way.
  template <class Rows, class Get, class Predict>
  void near(const Rows& rows, Get get, Predict predict) {
    reserve(rows.size() * kMaxVarint);
    for (std::size_t i = 0; i < rows.size(); ++i) put(zigzag(get(rows[i]) - predict(rows, i)));
  }
  /// `none`, or the distance either way.
  template <class Rows, class Get, class Predict>
  void maybe(const Rows& rows, std::uint32_t none, Get get, Predict predict) {
    reserve(rows.size() * kMaxVarint);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t guess = predict(rows, i);
      const std::uint32_t value = get(rows[i]);
      put(value == none ? 0 : std::uint64_t{1} + zigzag(value - guess));
    }
  }
  /// Hashes: whether it is there, then all of its bytes.
  template <class Rows, class Get>
  void hashes(const Rows& rows, Get get) {
    using Value = std::remove_cvref_t<decltype(get(rows[0]))>;
    reserve(rows.size() * (1 + sizeof(Value)));
    for (const auto& row : rows) out_[used_++] = get(row) != 0 ? 1 : 0;
    for (const auto& row : rows) {
      const Value value = get(row);
      if (value == 0) continue;
      for (std::size_t i = 0; i < sizeof(Value); ++i)
        out_[used_++] = static_cast<char>((value >> (8 * i)) & 0xff);
    }
  }

 private:
  static constexpr std::size_t kMaxVarint = 10;

  void reserve(std::size_t more) {
    // Growing by half keeps the zero filling of resize() a small share of the work.
    if (out_.size() - used_ < more) out_.resize(used_ + more + used_ / 2 + 256);
  }
  void put(std::uint64_t value) {
    while (value >= 0x80) {
      out_[used_++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out_[used_++] = static_cast<char>(value);
  }

  std::string& out_;
  std::size_t used_ = 0;
};

class ColumnReader {
 public:
  explicit ColumnReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }

  template <class T>
  void scalar(T& value) {
    const std::uint64_t read = take();
    value = static_cast<T>(read);
    if (static_cast<std::uint64_t>(value) != read) fail();
  }
  void expect(std::size_t value) {
    if (take() != value) fail();
  }
  /// Makes as many rows as were stored. `least` is the number of columns of the table: each takes a
  /// byte of every row or more.
  template <class Row>
  void rows(std::vector<Row>& rows, std::size_t least) {
    const std::uint64_t count = take();
    if (count > left() / least) return fail();
    rows.resize(static_cast<std::size_t>(count));
  }
  void blob(std::string& bytes) {
    const std::uint64_t size = take();
    if (size > left()) return fail();
    bytes.assign(at_, static_cast<std::size_t>(size));
    at_ += size;
  }
  template <class Rows, class Get>
  void bytes(Rows& rows, Get get) {
    using Value = std::remove_cvref_t<decltype(get(rows[0]))>;
    if (rows.size() > left()) return fail();
    for (auto& row : rows) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (std::is_same_v<Value, bool> && byte > 1) return fail();
      get(row) = static_cast<Value>(byte);
    }
  }
  template <class Rows, class Get, class Predict>
  void above(Rows& rows, Get get, Predict predict) {
    for (std::size_t i = 0; i < rows.size(); ++i) set(get(rows[i]), predict(rows, i) + take32());
  }
  template <class Rows, class Get, class Predict>
  void below(Rows& rows, Get get, Predict predict) {
    for (std::size_t i = 0; i < rows.size(); ++i) set(get(rows[i]), predict(rows, i) - take32());
  }
  template <class Rows, class Get, class Predict>
  void near(Rows& rows, Get get, Predict predict) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      set(get(rows[i]), predict(rows, i) + unzigzag(take32()));
  }
  template <class Rows, class Get, class Predict>
  void maybe(Rows& rows, std::uint32_t none, Get get, Predict predict) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t guess = predict(rows, i);
      const std::uint64_t coded = take();
      if (coded > std::uint64_t{1} << 32) fail();
      const auto distance = static_cast<std::uint32_t>(coded - 1);
      set(get(rows[i]), coded == 0 ? none : guess + unzigzag(distance));
    }
  }
  template <class Rows, class Get>
  void hashes(Rows& rows, Get get) {
    using Value = std::remove_cvref_t<decltype(get(rows[0]))>;
    if (rows.size() > left()) return fail();
    const char* present = at_;
    at_ += rows.size();
    for (auto& row : rows) {
      Value value = 0;
      if (*present++ != 0) {
        if (left() < sizeof(Value)) return fail();
        for (std::size_t i = 0; i < sizeof(Value); ++i)
          value |= static_cast<Value>(static_cast<unsigned char>(*at_++)) << (8 * i);
      }
      get(row) = value;
    }
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  void fail() {
    ok_ = false;
    at_ = end_;
  }
  template <class Value>
  void set(Value& field, std::uint32_t value) {
    field = static_cast<Value>(value);
    if (field != value) fail();
  }
  std::uint32_t take32() {
    const std::uint64_t value = take();
    if (value > 0xffffffffu) fail();
    return static_cast<std::uint32_t>(value);
  }
  std::uint64_t take() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace cairn::graph
