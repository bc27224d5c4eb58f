// Boost.JSON pushes events; this queues those of one small piece of text and hands them out.
#include "base/json_reader.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <new>
#include <vector>

namespace cairn {
namespace {

namespace json = boost::json;

// Small, so that offsets in messages are near.
constexpr std::size_t kPiece = std::size_t{4} << 10;

struct Queued {
  JsonToken token;
  std::size_t text_begin = 0;
  std::size_t text_size = 0;
};

/// The events of one piece. Names and signatures are those basic_parser calls.
struct Queue {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Text = json::string_view;
  using Code = json::error_code;

  explicit Queue(std::size_t max_text_bytes) : max_text(max_text_bytes) {}

  std::size_t max_text;
  std::vector<Queued> tokens;
  std::size_t given = 0;
  std::string text;
  std::string part;  // of a key or string that is not complete yet

  JsonToken& add(JsonTokenKind kind) {
    tokens.emplace_back().token.kind = kind;
    return tokens.back().token;
  }
  bool take_part(Text piece) {
    const std::size_t room = max_text - std::min(max_text, part.size());
    part.append(piece.data(), std::min(room, piece.size()));
    return true;
  }
  bool add_text(JsonTokenKind kind, Text piece) {
    take_part(piece);
    add(kind);
    tokens.back().text_begin = text.size();
    tokens.back().text_size = part.size();
    text += part;
    part.clear();
    return true;
  }
  bool add_simple(JsonTokenKind kind) {
    add(kind);
    return true;
  }
  bool add_integer(std::int64_t value) {
    JsonToken& token = add(JsonTokenKind::kNumber);
    token.is_integer = true;
    token.integer = value;
    token.real = static_cast<double>(value);
    return true;
  }
  bool add_real(double value) {
    add(JsonTokenKind::kNumber).real = value;
    return true;
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return add_simple(JsonTokenKind::kBeginObject); }
  bool on_object_end(std::size_t, Code&) { return add_simple(JsonTokenKind::kEndObject); }
  bool on_array_begin(Code&) { return add_simple(JsonTokenKind::kBeginArray); }
  bool on_array_end(std::size_t, Code&) { return add_simple(JsonTokenKind::kEndArray); }
  bool on_key_part(Text piece, std::size_t, Code&) { return take_part(piece); }
  bool on_key(Text piece, std::size_t, Code&) { return add_text(JsonTokenKind::kKey, piece); }
  bool on_string_part(Text piece, std::size_t, Code&) { return take_part(piece); }
  bool on_string(Text piece, std::size_t, Code&) { return add_text(JsonTokenKind::kString, piece); }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t value, Text, Code&) { return add_integer(value); }
  bool on_uint64(std::uint64_t value, Text, Code&) { return add_real(static_cast<double>(value)); }
  bool on_double(double value, Text, Code&) { return add_real(value); }
  bool on_bool(bool value, Code&) {
    add(JsonTokenKind::kBool).boolean = value;
    return true;
  }
  bool on_null(Code&) { return add_simple(JsonTokenKind::kNull); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }
};

json::parse_options options_of(const JsonReaderLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.max_depth;
  return options;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

struct JsonReader::Body {
  Body(Source from, const JsonReaderLimits& bounds)
      : source(std::move(from)), limits(bounds), parser(options_of(bounds), bounds.max_text) {}

  Result<void> refill();
  Result<void> parse(std::string_view text);
  Error error_at(std::uint64_t at, const json::error_code& code) const;

  Source source;
  JsonReaderLimits limits;
  json::basic_parser<Queue> parser;
  std::string_view piece;  // rest of the source's piece
  std::uint64_t offset = 0;
  bool began = false;  // a document is being read
  bool any = false;
  bool ended = false;
};

Error JsonReader::Body::error_at(std::uint64_t at, const json::error_code& code) const {
  if (code == json::error::too_deep)
    return Error(ErrorCode::kLimitExceeded, "JSON at byte " + std::to_string(at) +
                                                " is nested deeper than " +
                                                std::to_string(limits.max_depth));
  return Error(ErrorCode::kParse, "JSON at byte " + std::to_string(at) + ": " + code.message());
}

Result<void> JsonReader::Body::parse(std::string_view text) {
  while (!text.empty()) {
    if (!began) {
      const auto first = std::find_if_not(text.begin(), text.end(), is_space);
      const auto spaces = static_cast<std::size_t>(first - text.begin());
      offset += spaces;
      text.remove_prefix(spaces);
      if (text.empty()) return {};
      if (any && !limits.many_documents)
        return Error(ErrorCode::kParse,
                     "JSON at byte " + std::to_string(offset) + ": text after the document");
      parser.reset();
      began = any = true;
    }
    json::error_code code;
    std::size_t used = 0;
    try {
      used = parser.write_some(true, text.data(), text.size(), code);
    } catch (const std::bad_alloc&) {
      return Error(ErrorCode::kLimitExceeded, "JSON needs more memory than there is");
    }
    offset += used;
    text.remove_prefix(std::min(used, text.size()));
    if (code && code != json::error::incomplete) return error_at(offset, code);
    if (parser.done()) began = false;
  }
  return {};
}

Result<void> JsonReader::Body::refill() {
  Queue& queue = parser.handler();
  queue.tokens.clear();
  queue.text.clear();
  queue.given = 0;
  while (queue.tokens.empty() && !ended) {
    if (piece.empty()) {
      CAIRN_ASSIGN(piece, source());
      if (piece.empty()) {
        ended = true;
        if (!any) return Error(ErrorCode::kParse, "JSON is empty");
        if (!began) return {};
        // A number at the very end is complete only now.
        json::error_code code;
        parser.write_some(false, "", 0, code);
        if (code)
          return Error(ErrorCode::kParse, "JSON ends in the middle, at byte " +
                                              std::to_string(offset) +
                                              "; it was cut off, give the whole report");
        return {};
      }
    }
    const std::string_view now = piece.substr(0, kPiece);
    piece.remove_prefix(now.size());
    CAIRN_TRY(parse(now));
  }
  return {};
}

JsonReader::JsonReader(Source source, const JsonReaderLimits& limits)
    : body_(std::make_unique<Body>(std::move(source), limits)) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

std::uint64_t JsonReader::offset() const { return body_->offset; }

Result<JsonToken> JsonReader::next() {
  Queue& queue = body_->parser.handler();
  if (queue.given == queue.tokens.size()) {
    CAIRN_TRY(body_->refill());
    if (queue.tokens.empty()) return JsonToken();
  }
  const Queued& next = queue.tokens[queue.given++];
  JsonToken token = next.token;
  token.text = std::string_view(queue.text).substr(next.text_begin, next.text_size);
  return token;
}

Result<void> JsonReader::skip(const JsonToken& first) {
  const auto opens = [](const JsonToken& t) {
    return t.is(JsonTokenKind::kBeginObject) || t.is(JsonTokenKind::kBeginArray);
  };
  std::size_t depth = opens(first) ? 1 : 0;
  while (depth > 0) {
    CAIRN_ASSIGN(const JsonToken token, next());
    if (opens(token)) ++depth;
    if (token.is(JsonTokenKind::kEndObject) || token.is(JsonTokenKind::kEndArray)) --depth;
    if (token.is(JsonTokenKind::kEnd)) return {};
  }
  return {};
}

}  // namespace cairn
