#include "graph/detail_codec.h"

#include "graph/varint.h"

namespace cairn::graph {
namespace {

enum Present : std::uint8_t {
  kMetrics = 1,
  kDisambiguator = 2,
  kOrdinal = 4,
  kNameEnd = 8,  // the name's range does not simply span its text
  kArgs = 16,
  kDoc = 32,
  kScopeKey = 64,
  kBodyHash = 128,
};

bool spans_text(const Range& r, std::size_t length) {
  return r.end.line == r.begin.line && r.end.column == r.begin.column + length;
}

std::int64_t minus(std::uint32_t a, std::uint32_t b) { return std::int64_t{a} - std::int64_t{b}; }

}  // namespace

void encode_detail(const Symbol& s, const SymbolKeys& keys, std::size_t name_length,
                   bool has_qualifier, std::string& out) {
  unsigned present = 0;
  if (s.metrics != Metrics{} || is_callable(s.kind)) present |= kMetrics;
  if (s.disambiguator != 0) present |= kDisambiguator;
  if (keys.ordinal != 0) present |= kOrdinal;
  if (!spans_text(s.name_range, name_length)) present |= kNameEnd;
  if (s.min_args != 0 || s.max_args != 255) present |= kArgs;
  if (s.doc_line != 0) present |= kDoc;
  if (has_qualifier) present |= kScopeKey;
  if (s.body_hash != 0) present |= kBodyHash;
  put_byte(out, static_cast<std::uint8_t>(present));
  put_varint(out, s.range.begin.line);
  put_varint(out, s.range.begin.column);
  put_signed(out, minus(s.range.end.line, s.range.begin.line));
  put_varint(out, s.range.end.column);
  put_signed(out, minus(s.name_range.begin.line, s.range.begin.line));
  put_varint(out, s.name_range.begin.column);
  if (present & kNameEnd) {
    put_signed(out, minus(s.name_range.end.line, s.name_range.begin.line));
    put_varint(out, s.name_range.end.column);
  }
  if (present & kArgs) {
    put_byte(out, s.min_args);
    put_byte(out, s.max_args);
  }
  if (present & kDoc) put_signed(out, minus(s.doc_line, s.range.begin.line));
  if (present & kDisambiguator) put_fixed(out, s.disambiguator);
  if (present & kOrdinal) put_varint(out, keys.ordinal);
  if (present & kScopeKey) put_fixed(out, keys.scope_key);
  if (present & kBodyHash) put_fixed(out, s.body_hash);
  if (present & kMetrics) {
    put_varint(out, s.metrics.cyclomatic);
    put_varint(out, s.metrics.cognitive);
    put_varint(out, s.metrics.nesting);
    put_varint(out, s.metrics.parameters);
    put_varint(out, s.metrics.nloc);
  }
}

bool decode_detail(std::string_view bytes, std::size_t name_length, SymbolDetails& out) {
  ByteReader in(bytes);
  const unsigned present = in.byte();
  out.range.begin.line = in.varint32();
  out.range.begin.column = in.varint32();
  out.range.end.line = in.relative(out.range.begin.line);
  out.range.end.column = in.varint32();
  out.name_range.begin.line = in.relative(out.range.begin.line);
  out.name_range.begin.column = in.varint32();
  out.name_range.end.line = out.name_range.begin.line;
  out.name_range.end.column = out.name_range.begin.column + static_cast<std::uint32_t>(name_length);
  if (present & kNameEnd) {
    out.name_range.end.line = in.relative(out.name_range.begin.line);
    out.name_range.end.column = in.varint32();
  }
  if (present & kArgs) {
    out.min_args = in.byte();
    out.max_args = in.byte();
  }
  if (present & kDoc) out.doc_line = in.relative(out.range.begin.line);
  if (present & kDisambiguator) out.disambiguator = in.fixed<std::uint32_t>();
  if (present & kOrdinal) out.ordinal = in.varint32();
  if (present & kScopeKey) out.scope_key = in.fixed<std::uint64_t>();
  if (present & kBodyHash) out.body_hash = in.fixed<std::uint64_t>();
  if (present & kMetrics) {
    Metrics m;
    m.cyclomatic = static_cast<std::uint16_t>(in.varint32());
    m.cognitive = static_cast<std::uint16_t>(in.varint32());
    m.nesting = static_cast<std::uint16_t>(in.varint32());
    m.parameters = static_cast<std::uint16_t>(in.varint32());
    m.nloc = in.varint32();
    out.metrics = m;
  }
  return !in.failed() && in.done();
}

}  // namespace cairn::graph
