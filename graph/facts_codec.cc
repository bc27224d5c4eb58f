#include "graph/facts_codec.h"

#include <zstd.h>

#include <array>
#include <memory>
#include <type_traits>

#include "base/check.h"
#include "base/hash.h"
#include "graph/column_codec.h"

namespace cairn::graph {
namespace {

// A part: "CF", 'f' or 'b', format, stored size, raw size (0: stored as is), XXH3 of the 12 bytes
// before it and the payload; then the payload.
constexpr std::size_t kHeaderSize = 20;
constexpr std::size_t kHashedHead = 12;
constexpr std::size_t kTooSmallToCompress = 64;
constexpr std::size_t kScratchKept = std::size_t{1} << 20;

/// Shorthand for the accessors of columns.
#define CAIRN_FIELD(field) [](auto& row) -> auto& { return row.field; }
/// Predicts the field of the row before.
#define CAIRN_PREVIOUS(field) \
  [](const auto& rows, std::size_t i) { return i == 0 ? 0u : rows[i - 1].field; }

constexpr auto kZero = [](const auto&, std::size_t) { return 0u; };

/// Predicts the field of the last row where it was present.
template <class Get>
auto last_present(Get get) {
  return [get, last = 0u](const auto& rows, std::size_t i) mutable {
    if (i > 0 && get(rows[i - 1]) != kNone) last = get(rows[i - 1]);
    return last;
  };
}

/// Predicts that a string is used for the first time: extractors number strings in order of use.
template <class Get>
auto next_string(std::uint32_t first, Get get) {
  return [get, next = first](const auto& rows, std::size_t i) mutable {
    if (i > 0 && get(rows[i - 1]) >= next) next = get(rows[i - 1]) + 1;
    return next;
  };
}

/// Lengths of strings, safe before the tables were validated.
class Lengths {
 public:
  explicit Lengths(const StringTable& face, const StringTable* body = nullptr)
      : face_(face), body_(body) {}
  std::uint32_t operator()(StrId id) const {
    if (id < face_.size()) return of(face_, id);
    if (body_ != nullptr && id - face_.size() < body_->size()) return of(*body_, id - face_.size());
    return 0;
  }

 private:
  static std::uint32_t of(const StringTable& table, std::uint32_t row) {
    return table.ends()[row] - (row == 0 ? 0 : table.ends()[row - 1]);
  }
  const StringTable& face_;
  const StringTable* body_;
};

template <class Ar, class Table>
void code_strings(Ar& ar, Table& table) {
  const auto end = [](auto& row) -> auto& { return row; };
  const auto previous = [](const auto& rows, std::size_t i) { return i == 0 ? 0u : rows[i - 1]; };
  if constexpr (std::is_const_v<Table>) {
    ar.rows(table.ends(), 1);
    ar.above(table.ends(), end, previous);
    ar.blob(table.bytes());
  } else {
    std::vector<std::uint32_t> ends;
    std::string bytes;
    ar.rows(ends, 1);
    ar.above(ends, end, previous);
    ar.blob(bytes);
    table = StringTable::from_parts(std::move(bytes), std::move(ends));
  }
}

/// Positions in reading order. `get` returns the Position of a row.
template <class Ar, class Rows, class Get>
void code_positions(Ar& ar, Rows& rows, Get get) {
  ar.near(
      rows, [get](auto& row) -> auto& { return get(row).line; },
      [get](const auto& all, std::size_t i) { return i == 0 ? 0u : get(all[i - 1]).line; });
  ar.near(
      rows, [get](auto& row) -> auto& { return get(row).column; },
      [get](const auto& all, std::size_t i) {
        if (i == 0 || get(all[i]).line != get(all[i - 1]).line) return 0u;
        return get(all[i - 1]).column;
      });
}

/// Ends of ranges whose beginnings are coded. `width(row)` is the likely width on one line.
template <class Ar, class Rows, class Get, class Width>
void code_ends(Ar& ar, Rows& rows, Get get, Width width) {
  ar.near(
      rows, [get](auto& row) -> auto& { return get(row).end.line; },
      [get](const auto& all, std::size_t i) { return get(all[i]).begin.line; });
  ar.near(
      rows, [get](auto& row) -> auto& { return get(row).end.column; },
      [get, width](const auto& all, std::size_t i) {
        const Range& range = get(all[i]);
        // A block mostly ends with one bracket below its first character.
        const bool one_line = range.begin.line == range.end.line;
        return range.begin.column + (one_line ? width(all[i]) : 1u);
      });
}

template <class Ar, class Exprs>
void code_exprs(Ar& ar, Exprs& exprs, std::uint32_t first, std::uint32_t first_string) {
  ar.rows(exprs, 7);
  ar.bytes(exprs, CAIRN_FIELD(kind));
  ar.bytes(exprs, CAIRN_FIELD(bind));
  ar.bytes(exprs, CAIRN_FIELD(is_type));
  ar.maybe(exprs, 0, CAIRN_FIELD(name), next_string(first_string, CAIRN_FIELD(name)));
  ar.near(exprs, CAIRN_FIELD(scope), CAIRN_PREVIOUS(scope));
  // Operands lie shortly before their user; bindings near the last one of their sort.
  const auto operand = [first](std::size_t i) { return first + static_cast<std::uint32_t>(i); };
  ar.maybe(
      exprs, kNone, CAIRN_FIELD(a),
      [operand, last = std::array<std::uint32_t, 4>{}](const auto& rows, std::size_t i) mutable {
        if (i > 0 && rows[i - 1].bind <= BindKind::kImport)
          last[static_cast<std::size_t>(rows[i - 1].bind)] = rows[i - 1].a;
        const BindKind bind = rows[i].bind;
        if (bind == BindKind::kUnbound || bind > BindKind::kImport) return operand(i);
        return last[static_cast<std::size_t>(bind)];
      });
  ar.maybe(exprs, kNone, CAIRN_FIELD(b),
           [operand](const auto&, std::size_t i) { return operand(i); });
}

template <class Ar, class Symbols>
void code_symbols(Ar& ar, Symbols& symbols, const Lengths& length) {
  ar.rows(symbols, 29);
  ar.bytes(symbols, CAIRN_FIELD(kind));
  ar.bytes(symbols, CAIRN_FIELD(visibility));
  ar.bytes(symbols, CAIRN_FIELD(min_args));
  ar.bytes(symbols, CAIRN_FIELD(max_args));
  ar.above(symbols, CAIRN_FIELD(flags), kZero);
  ar.near(symbols, CAIRN_FIELD(name), CAIRN_PREVIOUS(name));
  ar.maybe(symbols, 0, CAIRN_FIELD(signature),
           [](const auto& rows, std::size_t i) { return rows[i].name + 1; });
  ar.maybe(symbols, 0, CAIRN_FIELD(qualifier), CAIRN_PREVIOUS(qualifier));
  ar.maybe(symbols, kNone, CAIRN_FIELD(parent), CAIRN_PREVIOUS(parent));
  ar.maybe(symbols, kNone, CAIRN_FIELD(scope), last_present(CAIRN_FIELD(scope)));
  ar.near(symbols, CAIRN_FIELD(declared_in), CAIRN_PREVIOUS(declared_in));
  ar.hashes(symbols, CAIRN_FIELD(disambiguator));
  ar.hashes(symbols, CAIRN_FIELD(body_hash));
  ar.maybe(symbols, kNone, CAIRN_FIELD(type), last_present(CAIRN_FIELD(type)));
  ar.maybe(symbols, kNone, CAIRN_FIELD(init), last_present(CAIRN_FIELD(init)));
  code_positions(ar, symbols, CAIRN_FIELD(range.begin));
  code_ends(ar, symbols, CAIRN_FIELD(range), [](const auto&) { return 0u; });
  ar.near(symbols, CAIRN_FIELD(name_range.begin.line),
          [](const auto& rows, std::size_t i) { return rows[i].range.begin.line; });
  ar.near(symbols, CAIRN_FIELD(name_range.begin.column),
          [](const auto& rows, std::size_t i) { return rows[i].range.begin.column; });
  code_ends(ar, symbols, CAIRN_FIELD(name_range),
            [length](const auto& row) { return length(row.name); });
  ar.maybe(symbols, 0, CAIRN_FIELD(doc_line),
           [](const auto& rows, std::size_t i) { return rows[i].range.begin.line; });
  ar.above(symbols, CAIRN_FIELD(metrics.cyclomatic), kZero);
  ar.above(symbols, CAIRN_FIELD(metrics.cognitive), kZero);
  ar.above(symbols, CAIRN_FIELD(metrics.nesting), kZero);
  ar.above(symbols, CAIRN_FIELD(metrics.parameters), kZero);
  ar.above(symbols, CAIRN_FIELD(metrics.nloc), kZero);
}

template <class Ar, class Imports>
void code_imports(Ar& ar, Imports& imports, const Lengths& length) {
  ar.rows(imports, 16);
  ar.maybe(imports, 0, CAIRN_FIELD(module), next_string(1, CAIRN_FIELD(module)));
  ar.maybe(imports, 0, CAIRN_FIELD(name),
           [](const auto& rows, std::size_t i) { return rows[i].module + 1; });
  ar.maybe(imports, 0, CAIRN_FIELD(alias),
           [](const auto& rows, std::size_t i) { return rows[i].name; });
  ar.near(imports, CAIRN_FIELD(scope), CAIRN_PREVIOUS(scope));
  ar.bytes(imports, CAIRN_FIELD(kind));
  ar.bytes(imports, CAIRN_FIELD(level));
  ar.bytes(imports, CAIRN_FIELD(type_only));
  ar.bytes(imports, CAIRN_FIELD(system));
  ar.bytes(imports, CAIRN_FIELD(is_static));
  ar.bytes(imports, CAIRN_FIELD(reexport));
  ar.bytes(imports, CAIRN_FIELD(conditional));
  ar.bytes(imports, CAIRN_FIELD(dynamic));
  code_positions(ar, imports, CAIRN_FIELD(range.begin));
  code_ends(ar, imports, CAIRN_FIELD(range),
            [length](const auto& row) { return length(row.name != 0 ? row.name : row.module); });
}

template <class Ar, class FaceT>
void code_face(Ar& ar, FaceT& face) {
  ar.scalar(face.language);
  ar.scalar(face.parse);
  ar.scalar(face.is_test);
  ar.scalar(face.is_generated);
  ar.scalar(face.lines);
  ar.scalar(face.bytes);
  ar.scalar(face.package);
  code_strings(ar, face.strings);
  const Lengths length(face.strings);
  code_symbols(ar, face.symbols, length);
  ar.rows(face.scopes, 3);
  ar.maybe(face.scopes, kNone, CAIRN_FIELD(parent), CAIRN_PREVIOUS(parent));
  ar.near(face.scopes, CAIRN_FIELD(owner), CAIRN_PREVIOUS(owner));
  ar.bytes(face.scopes, CAIRN_FIELD(kind));
  code_exprs(ar, face.exprs, 0, 1);
  ar.rows(face.supers, 4);
  ar.maybe(face.supers, kNone, CAIRN_FIELD(symbol), last_present(CAIRN_FIELD(symbol)));
  ar.maybe(face.supers, kNone, CAIRN_FIELD(subject), last_present(CAIRN_FIELD(subject)));
  ar.maybe(face.supers, kNone, CAIRN_FIELD(type), last_present(CAIRN_FIELD(type)));
  ar.bytes(face.supers, CAIRN_FIELD(kind));
  code_imports(ar, face.imports, length);
  ar.rows(face.exports, 5);
  ar.near(face.exports, CAIRN_FIELD(name), CAIRN_PREVIOUS(name));
  ar.maybe(face.exports, 0, CAIRN_FIELD(local),
           [](const auto& rows, std::size_t i) { return rows[i].name; });
  ar.maybe(face.exports, kNone, CAIRN_FIELD(symbol), last_present(CAIRN_FIELD(symbol)));
  ar.maybe(face.exports, kNone, CAIRN_FIELD(import), last_present(CAIRN_FIELD(import)));
  ar.maybe(face.exports, kNone, CAIRN_FIELD(value), last_present(CAIRN_FIELD(value)));
}

template <class Ar, class Locals>
void code_locals(Ar& ar, Locals& locals, std::uint32_t first_string, const Lengths& length) {
  ar.rows(locals, 12);
  ar.below(locals, CAIRN_FIELD(name), next_string(first_string, CAIRN_FIELD(name)));
  ar.near(locals, CAIRN_FIELD(owner), CAIRN_PREVIOUS(owner));
  ar.near(locals, CAIRN_FIELD(scope), CAIRN_PREVIOUS(scope));
  ar.bytes(locals, CAIRN_FIELD(kind));
  ar.bytes(locals, CAIRN_FIELD(reassigned));
  ar.bytes(locals, CAIRN_FIELD(position));
  ar.maybe(locals, kNone, CAIRN_FIELD(type), last_present(CAIRN_FIELD(type)));
  ar.maybe(locals, kNone, CAIRN_FIELD(init), last_present(CAIRN_FIELD(init)));
  code_positions(ar, locals, CAIRN_FIELD(range.begin));
  code_ends(ar, locals, CAIRN_FIELD(range), [length](const auto& row) { return length(row.name); });
}

template <class Ar, class Refs>
void code_refs(Ar& ar, Refs& refs, std::uint32_t first_string, const Lengths& length) {
  ar.rows(refs, 12);
  ar.below(refs, CAIRN_FIELD(name), next_string(first_string, CAIRN_FIELD(name)));
  code_positions(ar, refs, CAIRN_FIELD(begin));
  ar.near(refs, CAIRN_FIELD(length),
          [length](const auto& rows, std::size_t i) { return length(rows[i].name); });
  ar.near(refs, CAIRN_FIELD(owner), CAIRN_PREVIOUS(owner));
  ar.near(refs, CAIRN_FIELD(scope), CAIRN_PREVIOUS(scope));
  ar.maybe(refs, kNone, CAIRN_FIELD(receiver), last_present(CAIRN_FIELD(receiver)));
  ar.bytes(refs, CAIRN_FIELD(role));
  ar.bytes(refs, CAIRN_FIELD(flags));
  ar.bytes(refs, CAIRN_FIELD(args));
  ar.bytes(refs, CAIRN_FIELD(bind));
  ar.maybe(refs, kNone, CAIRN_FIELD(bound),
           [last = std::array<std::uint32_t, 256>{}](const auto& rows, std::size_t i) mutable {
             if (i > 0) last[static_cast<std::uint8_t>(rows[i - 1].bind)] = rows[i - 1].bound;
             return last[static_cast<std::uint8_t>(rows[i].bind)];
           });
}

template <class Ar, class BodyT>
void code_body(Ar& ar, BodyT& body, const Face& face) {
  // Sizes of the face: a body next to another file's face must not decode.
  ar.expect(face.strings.size());
  ar.expect(face.strings.bytes().size());
  ar.expect(face.symbols.size());
  ar.expect(face.scopes.size());
  ar.expect(face.exprs.size());
  ar.expect(face.imports.size());
  ar.expect(face.bytes);
  code_strings(ar, body.strings);
  const std::uint32_t first_string = face.strings.size();
  const Lengths length(face.strings, &body.strings);
  code_exprs(ar, body.exprs, static_cast<std::uint32_t>(face.exprs.size()), first_string);
  code_locals(ar, body.locals, first_string, length);
  code_refs(ar, body.refs, first_string, length);
  ar.rows(body.flows, 5);
  ar.bytes(body.flows, CAIRN_FIELD(kind));
  ar.bytes(body.flows, CAIRN_FIELD(position));
  ar.maybe(body.flows, kNone, CAIRN_FIELD(target), last_present(CAIRN_FIELD(target)));
  ar.maybe(body.flows, kNone, CAIRN_FIELD(site), last_present(CAIRN_FIELD(site)));
  ar.maybe(body.flows, kNone, CAIRN_FIELD(source), last_present(CAIRN_FIELD(source)));
  ar.rows(body.diagnostics, 2);
  ar.near(body.diagnostics, CAIRN_FIELD(line), CAIRN_PREVIOUS(line));
  ar.near(body.diagnostics, CAIRN_FIELD(text), CAIRN_PREVIOUS(text));
}

#undef CAIRN_FIELD
#undef CAIRN_PREVIOUS

void store32(char* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>((value >> (8 * i)) & 0xff);
}
std::uint64_t load(const char* at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return value;
}

/// The checksum of a part: of its payload, seeded with the checksum of its head.
std::uint64_t checksum(std::string_view head, std::string_view payload) {
  return hash64(payload, hash64(head));
}

std::string& scratch() {
  thread_local std::string buffer;
  return buffer;
}
/// Scratch of one huge file is not kept for the thread's life.
void trim_scratch() {
  if (scratch().size() > kScratchKept) std::string().swap(scratch());
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Appends the part that holds `raw` to `out`.
Result<void> append_part(std::string& out, char tag, std::string_view raw) {
  if (raw.size() > kMaxFactsPart)
    return Error(ErrorCode::kLimitExceeded, "the facts of one file need more than " +
                                                std::to_string(kMaxFactsPart) + " bytes");
  const std::size_t start = out.size();
  std::size_t stored = 0;
  if (raw.size() > kTooSmallToCompress) {
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    CAIRN_CHECK(context != nullptr);
    const std::size_t bound = ZSTD_compressBound(raw.size());
    out.resize(start + kHeaderSize + bound);
    stored = ZSTD_compressCCtx(context.get(), &out[start + kHeaderSize], bound, raw.data(),
                               raw.size(), 1);
    if (ZSTD_isError(stored) != 0)
      return Error(ErrorCode::kInternal,
                   std::string("compressing facts: ") + ZSTD_getErrorName(stored));
  }
  const bool compressed = stored != 0 && stored < raw.size();
  out.resize(start + kHeaderSize + (compressed ? stored : raw.size()));
  if (!compressed) raw.copy(&out[start + kHeaderSize], raw.size());
  char* head = &out[start];
  head[0] = 'C';
  head[1] = 'F';
  head[2] = tag;
  head[3] = static_cast<char>(kFactsFormat);
  store32(head + 4, static_cast<std::uint32_t>(out.size() - start - kHeaderSize));
  store32(head + 8, compressed ? static_cast<std::uint32_t>(raw.size()) : 0);
  const std::string_view part = std::string_view(out).substr(start);
  const std::uint64_t sum = checksum(part.substr(0, kHashedHead), part.substr(kHeaderSize));
  store32(head + kHashedHead, static_cast<std::uint32_t>(sum));
  store32(head + kHashedHead + 4, static_cast<std::uint32_t>(sum >> 32));
  return {};
}

Error corrupt(char tag, std::string_view what) {
  return Error(
      ErrorCode::kCorrupt,
      "stored facts, " + std::string(tag == 'f' ? "face: " : "body: ") + std::string(what));
}

/// The columns of the part at the front of `bytes`: in place, or decompressed into the scratch.
Result<std::string_view> open_part(std::string_view bytes, char tag) {
  CAIRN_ASSIGN(const std::size_t size, part_size(bytes));
  const std::string_view part = bytes.substr(0, size);
  if (part[2] != tag) return corrupt(tag, "another part");
  const std::string_view payload = part.substr(kHeaderSize);
  if (checksum(part.substr(0, kHashedHead), payload) != load(&part[kHashedHead], 8))
    return corrupt(tag, "the checksum differs");
  const std::size_t raw = load(&part[8], 4);
  if (raw == 0) return payload;
  if (raw > kMaxFactsPart) return corrupt(tag, "larger than any facts");
  if (ZSTD_getFrameContentSize(payload.data(), payload.size()) != raw)
    return corrupt(tag, "the sizes disagree");
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  CAIRN_CHECK(context != nullptr);
  std::string& buffer = scratch();
  if (buffer.size() < raw) buffer.resize(raw);
  const std::size_t got =
      ZSTD_decompressDCtx(context.get(), buffer.data(), raw, payload.data(), payload.size());
  if (ZSTD_isError(got) != 0 || got != raw) return corrupt(tag, "does not decompress");
  return std::string_view(buffer).substr(0, raw);
}

Result<Face> read_face(std::string_view bytes) {
  CAIRN_ASSIGN(const std::string_view columns, open_part(bytes, 'f'));
  Face face;
  ColumnReader reader(columns);
  code_face(reader, face);
  if (!reader.ok() || !reader.at_end()) return corrupt('f', "the columns do not fit");
  CAIRN_TRY(validate(face));
  return face;
}

Result<Body> read_body(std::string_view bytes, const Face& face) {
  CAIRN_ASSIGN(const std::string_view columns, open_part(bytes, 'b'));
  Body body;
  ColumnReader reader(columns);
  code_body(reader, body, face);
  if (!reader.ok() || !reader.at_end()) return corrupt('b', "the columns do not fit");
  CAIRN_TRY(validate(face, body));
  return body;
}

}  // namespace

Result<std::size_t> part_size(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || bytes[0] != 'C' || bytes[1] != 'F')
    return Error(ErrorCode::kCorrupt, "stored facts: no part begins here");
  if (bytes[3] != static_cast<char>(kFactsFormat))
    return Error(ErrorCode::kVersion, "stored facts: another format version");
  const std::uint64_t stored = load(&bytes[4], 4);
  if (stored > bytes.size() - kHeaderSize)
    return Error(ErrorCode::kCorrupt, "stored facts: the part is cut off");
  return kHeaderSize + static_cast<std::size_t>(stored);
}

Result<EncodedFacts> encode(const FileFacts& facts) {
  EncodedFacts out;
  {
    ColumnWriter writer(scratch());
    code_face(writer, facts.face);
    CAIRN_TRY(append_part(out.bytes, 'f', writer.written()));
  }
  out.face_size = out.bytes.size();
  ColumnWriter writer(scratch());
  code_body(writer, facts.body, facts.face);
  CAIRN_TRY(append_part(out.bytes, 'b', writer.written()));
  trim_scratch();
  return out;
}

Result<Face> decode_face(std::string_view bytes) {
  auto face = read_face(bytes);
  trim_scratch();
  return face;
}

Result<Body> decode_body(std::string_view body_part, const Face& face) {
  CAIRN_ASSIGN(const std::size_t size, part_size(body_part));
  if (size != body_part.size()) return corrupt('b', "something follows it");
  auto body = read_body(body_part, face);
  trim_scratch();
  return body;
}

Result<FileFacts> decode(std::string_view bytes) {
  CAIRN_ASSIGN(const std::size_t face_size, part_size(bytes));
  FileFacts facts;
  CAIRN_ASSIGN(facts.face, decode_face(bytes.substr(0, face_size)));
  CAIRN_ASSIGN(facts.body, decode_body(bytes.substr(face_size), facts.face));
  return facts;
}

}  // namespace cairn::graph
