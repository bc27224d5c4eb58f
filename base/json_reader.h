#pragma once
// Reads JSON of any size token by token, with memory for a few kilobytes of it. Strict JSON, UTF-8.
// Used by one thread.
//
// Errors: kParse with the byte offset, kLimitExceeded for nesting, and those of the source. An
// error may come up to a few kilobytes early, before the last good tokens.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

enum class JsonTokenKind : std::uint8_t {
  kBeginObject,
  kEndObject,
  kBeginArray,
  kEndArray,
  kKey,
  kString,
  kNumber,
  kBool,
  kNull,
  kEnd,  // after the last document
};

struct JsonToken {
  JsonTokenKind kind = JsonTokenKind::kEnd;
  bool boolean = false;
  /// The number is whole and fits `integer`; otherwise `real` holds it.
  bool is_integer = false;
  std::int64_t integer = 0;
  double real = 0;
  /// Of keys and strings; valid until the next token. Longer ones are cut at max_text.
  std::string_view text;

  bool is(JsonTokenKind other) const { return kind == other; }
};

struct JsonReaderLimits {
  std::size_t max_depth = 64;
  std::size_t max_text = std::size_t{64} << 10;
  bool many_documents = false;  // one after another, with white space between them
};

class JsonReader {
 public:
  /// Gives the next piece of text, empty at the end; the piece is read before the next call.
  using Source = std::function<Result<std::string_view>()>;
  explicit JsonReader(Source source, const JsonReaderLimits& limits = {});
  JsonReader(JsonReader&&) noexcept;
  ~JsonReader();

  /// Past the end: kEnd again and again.
  Result<JsonToken> next();
  /// Reads over the rest of the value that begins with this token.
  Result<void> skip(const JsonToken& first);
  /// Bytes read so far: the token just given ends at most a few kilobytes before.
  std::uint64_t offset() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

/// Calls visit(key, first token of its value) for each member of the object that `first` begins;
/// visit reads the value to its end. A value of another kind is read over.
template <class Visit>
Result<void> each_member(JsonReader& reader, const JsonToken& first, Visit visit) {
  if (!first.is(JsonTokenKind::kBeginObject)) return reader.skip(first);
  std::string key;
  for (;;) {
    CAIRN_ASSIGN(const JsonToken token, reader.next());
    if (!token.is(JsonTokenKind::kKey)) return {};
    key.assign(token.text);
    CAIRN_ASSIGN(const JsonToken value, reader.next());
    CAIRN_TRY(visit(std::string_view(key), value));
  }
}

/// Calls visit(first token of an element) likewise for an array.
template <class Visit>
Result<void> each_element(JsonReader& reader, const JsonToken& first, Visit visit) {
  if (!first.is(JsonTokenKind::kBeginArray)) return reader.skip(first);
  for (;;) {
    CAIRN_ASSIGN(const JsonToken token, reader.next());
    if (token.is(JsonTokenKind::kEndArray)) return {};
    CAIRN_TRY(visit(token));
  }
}

}  // namespace cairn
