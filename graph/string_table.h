#pragma once
// The strings of one file's facts: one block of bytes and the end of each row. Thread-compatible
// value type. Stored tables come in through from_parts() and are hostile until graph::validate()
// (graph/facts.h) has accepted the facts they belong to.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::graph {

/// Strings of one file, back to back: string i is bytes[ends[i-1], ends[i]). Row 0 is "".
class StringTable {
 public:
  StringTable() : ends_{0} {}
  std::string_view operator[](std::uint32_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }
  void add(std::string_view s) {
    bytes_ += s;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  void shrink_to_fit() {
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }
  const std::string& bytes() const { return bytes_; }
  const std::vector<std::uint32_t>& ends() const { return ends_; }
  /// A table from its stored parts; not usable before validate() has accepted it.
  static StringTable from_parts(std::string bytes, std::vector<std::uint32_t> ends) {
    StringTable t;
    t.bytes_ = std::move(bytes);
    t.ends_ = std::move(ends);
    return t;
  }
  friend bool operator==(const StringTable&, const StringTable&) = default;
  /// A table with no rows at all, not even "": the body's strings.
  static StringTable without_empty() {
    StringTable t;
    t.ends_.clear();
    return t;
  }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace cairn::graph
