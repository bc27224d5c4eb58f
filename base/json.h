#pragma once
// JSON: a streaming writer and a read-only view of parsed documents (Boost.JSON behind it).
// Objects of one thread; a parsed document may be read by many threads.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace cairn {

/// Appends `text` as a quoted JSON string; every byte that is not valid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Writes JSON to a string, putting the commas. The caller keeps begin/end and key/value in order;
/// in builds without NDEBUG a misuse aborts.
class JsonWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(&out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  template <class T>
    requires std::is_arithmetic_v<T>
  JsonWriter& value(T number) {
    if constexpr (std::is_same_v<T, bool>)
      return raw(number ? "true" : "false");
    else if constexpr (std::is_floating_point_v<T>)
      return number_value(static_cast<double>(number));
    else if constexpr (std::is_signed_v<T>)
      return number_value(static_cast<std::int64_t>(number));
    else
      return number_value(static_cast<std::uint64_t>(number));
  }
  JsonWriter& null() { return raw("null"); }
  template <class T>
  JsonWriter& field(std::string_view name, const T& item) {
    return key(name).value(item);
  }
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);
  /// Ends a line between top-level documents (JSON lines).
  JsonWriter& newline();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  JsonWriter& number_value(std::int64_t number);
  JsonWriter& number_value(std::uint64_t number);
  /// Shortest text that reads back the same; null for what is not finite.
  JsonWriter& number_value(double number);

  std::string* out_;
  bool comma_ = false;
  int depth_ = 0;
};

/// A value of a JsonDocument, or an absent one: every question to an absent value, or to one of
/// another type, has an empty answer, so look-ups chain. Valid while the document lives.
class JsonValue {
 public:
  JsonValue() = default;
  explicit JsonValue(const void* node) : node_(node) {}

  bool exists() const { return node_ != nullptr; }
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;

  /// Member of an object.
  JsonValue find(std::string_view key) const;
  std::optional<std::string_view> as_string() const;
  /// Whole numbers within int64, 3.0 included.
  std::optional<std::int64_t> as_int() const;
  std::optional<double> as_double() const;
  std::optional<bool> as_bool() const;

  /// Elements of an array or members of an object; otherwise 0.
  std::size_t size() const;
  /// Element of an array. Requires index < size().
  JsonValue at(std::size_t index) const;
  /// Elements of an array, empty for anything else.
  std::vector<JsonValue> items() const;
  /// Calls visit(key, value) for the members of an object, in document order.
  void for_each_member(const std::function<void(std::string_view, JsonValue)>& visit) const;

 private:
  const void* node_ = nullptr;
};

struct JsonLimits {
  std::size_t max_bytes = 64u << 20;
  std::size_t max_depth = 64;
};

class JsonDocument {
 public:
  /// kLimitExceeded for size or depth, kParse with the byte offset for anything else. Strict
  /// JSON; of repeated keys the last one counts.
  static Result<JsonDocument> parse(std::string_view text, const JsonLimits& limits = {});
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();
  JsonValue root() const;

 private:
  struct Body;
  explicit JsonDocument(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace cairn
