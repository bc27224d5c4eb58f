#pragma once
// FileFacts as bytes: two parts, face then body, each decodable without the other's bytes. A part
// is a header (magic, sizes, XXH3) and columns: rows are stored field by field, each value as its
// distance from what the rows before it suggest, as varints, then zstd level 1 when that is
// smaller. Same facts, same bytes.
//
// Stored bytes are hostile: sizes are capped before anything is allocated, reads are
// bounds-checked, and what comes out has passed graph::validate(). Thread-safe; compression
// contexts and scratch are per thread.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/facts.h"

namespace cairn::graph {

/// Raise when the layout of a part changes; parts of another version do not decode (kVersion).
inline constexpr std::uint8_t kFactsFormat = 1;
/// Largest part before compression. Facts that need more do not encode (kLimitExceeded).
inline constexpr std::size_t kMaxFactsPart = std::size_t{256} << 20;

struct EncodedFacts {
  std::string bytes;          // face part, then body part
  std::size_t face_size = 0;  // length of the face part

  std::string_view face() const { return std::string_view(bytes).substr(0, face_size); }
  std::string_view body() const { return std::string_view(bytes).substr(face_size); }
};

/// Precondition: validate(facts) holds; the decoders refuse anything else. Error: kLimitExceeded.
Result<EncodedFacts> encode(const FileFacts& facts);

/// Both parts. Errors: kCorrupt, kVersion.
Result<FileFacts> decode(std::string_view bytes);
/// The face, from its part alone or from both parts.
Result<Face> decode_face(std::string_view bytes);
/// The body, from its part alone. `face` is the valid face it was encoded with; another file's face
/// gives kCorrupt.
Result<Body> decode_body(std::string_view body_part, const Face& face);
/// Length of the part at the front of `bytes`, read from its header.
Result<std::size_t> part_size(std::string_view bytes);

}  // namespace cairn::graph
