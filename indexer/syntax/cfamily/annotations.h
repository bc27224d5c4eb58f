#pragma once
// Macros that the grammars cannot parse around: `class API Foo {`, `API Type* f();`,
// `int x GUARDED_BY(mu);`. They are hidden from the parser (white space of the same length) and
// kept as references. Found by spelling alone; pure functions of the text.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::indexer::syntax::cfamily {

struct Annotation {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  // with its arguments
};

/// In order and not overlapping.
std::vector<Annotation> find_annotations(std::string_view source);

/// The source without its annotations, every other byte where it was; empty when it has none.
std::string hide_annotations(std::string_view source);

}  // namespace cairn::indexer::syntax::cfamily
