#pragma once
// Path patterns as .gitignore writes them, matched in time linear in the path (times pattern/64),
// so a hostile pattern cannot stall the indexer. Immutable after compiling: safe to share by
// threads.
//
// Rules: "*" and "?" stop at "/"; "[a-z]" and "[!a-z]" are classes; "\" quotes; "**/", "/**/" and
// "/**" cross directories. A pattern with "/" anywhere but at its end is anchored at the root, any
// other matches at every level. A pattern that matches a directory matches all that is in it; with
// a
// "/" at its end it matches nothing else. In a GlobSet the last matching pattern wins, and "!"
// before a pattern takes matches back.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::indexer {

class Glob {
 public:
  /// E_PARSE for an empty pattern, an unclosed class or more than 1000 pattern elements.
  static Result<Glob> compile(std::string_view pattern);

  bool matches(std::string_view path) const;
  bool negated() const { return negated_; }

 private:
  enum class Kind : std::uint8_t { kByte, kAnyByte, kClass, kStar, kAnyDirs, kRest };
  struct Step {
    Kind kind = Kind::kByte;
    unsigned char byte = 0;
    std::uint32_t cls = 0;
  };
  using ByteSet = std::array<std::uint64_t, 4>;

  Result<std::size_t> add_class(std::string_view pattern, std::size_t at);
  bool passes(const Step& step, unsigned char c) const;
  void close(std::vector<std::uint64_t>& states, bool at_segment_start) const;

  std::vector<Step> steps_;
  std::vector<ByteSet> classes_;
  bool negated_ = false;
  bool anchored_ = false;
  bool directory_only_ = false;
};

class GlobSet {
 public:
  /// The Error of the first bad pattern, naming it.
  static Result<GlobSet> compile(const std::vector<std::string>& patterns);

  /// true: matched; false: matched, then taken back by a "!" pattern; nullopt: no pattern speaks.
  std::optional<bool> match(std::string_view path) const;
  bool empty() const { return globs_.empty(); }

 private:
  std::vector<Glob> globs_;
};

}  // namespace cairn::indexer
