// The reading half of base/json.h; the only file that sees Boost.JSON.
#include "base/json.h"

#include <boost/json.hpp>
#include <cmath>
#include <new>

#include "base/check.h"
#include "base/text.h"

namespace cairn {
namespace {

namespace json = boost::json;

const json::value* node_of(const void* node) { return static_cast<const json::value*>(node); }

std::string_view view_of(json::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct JsonDocument::Body {
  json::value root;
};

JsonDocument::JsonDocument(std::unique_ptr<Body> body) : body_(std::move(body)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const { return JsonValue(&body_->root); }

Result<JsonDocument> JsonDocument::parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes)
    return Error(ErrorCode::kLimitExceeded, "JSON of " + human_count(text.size()) +
                                                " bytes; the limit is " +
                                                human_count(limits.max_bytes));
  json::parse_options options;
  options.max_depth = limits.max_depth;
  json::error_code error;
  std::size_t consumed = 0;
  try {
    json::parser parser(json::storage_ptr(), options);
    consumed = parser.write_some(text.data(), text.size(), error);
    // Anything but white space after the value is an error of its own.
    if (!error && consumed < text.size()) error = json::error::extra_data;
    if (!error) return JsonDocument(std::make_unique<Body>(Body{parser.release()}));
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kLimitExceeded, "JSON needs more memory than there is");
  } catch (const std::exception& thrown) {
    // release() throws for a document that ended too early.
    return Error(ErrorCode::kParse, std::string("JSON is incomplete: ") + thrown.what());
  }
  if (error == json::error::too_deep)
    return Error(ErrorCode::kLimitExceeded,
                 "JSON is nested deeper than " + std::to_string(limits.max_depth));
  return Error(ErrorCode::kParse,
               "JSON at byte " + std::to_string(consumed) + ": " + error.message());
}

bool JsonValue::is_null() const { return exists() && node_of(node_)->is_null(); }
bool JsonValue::is_object() const { return exists() && node_of(node_)->is_object(); }
bool JsonValue::is_array() const { return exists() && node_of(node_)->is_array(); }
bool JsonValue::is_string() const { return exists() && node_of(node_)->is_string(); }

JsonValue JsonValue::find(std::string_view key) const {
  if (!is_object()) return {};
  return JsonValue(node_of(node_)->get_object().if_contains({key.data(), key.size()}));
}

std::optional<std::string_view> JsonValue::as_string() const {
  if (!is_string()) return std::nullopt;
  const json::string& text = node_of(node_)->get_string();
  return std::string_view(text.data(), text.size());
}

std::optional<std::int64_t> JsonValue::as_int() const {
  if (!exists()) return std::nullopt;
  if (const auto* whole = node_of(node_)->if_int64()) return *whole;
  const auto* real = node_of(node_)->if_double();
  // 2^63 is exact as a double; everything below it converts.
  if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) >= 9223372036854775808.0)
    return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> JsonValue::as_double() const {
  if (!exists()) return std::nullopt;
  if (const auto* real = node_of(node_)->if_double()) return *real;
  if (const auto* whole = node_of(node_)->if_int64()) return static_cast<double>(*whole);
  if (const auto* big = node_of(node_)->if_uint64()) return static_cast<double>(*big);
  return std::nullopt;
}

std::optional<bool> JsonValue::as_bool() const {
  if (!exists() || !node_of(node_)->is_bool()) return std::nullopt;
  return node_of(node_)->get_bool();
}

std::size_t JsonValue::size() const {
  if (is_array()) return node_of(node_)->get_array().size();
  return is_object() ? node_of(node_)->get_object().size() : 0;
}

JsonValue JsonValue::at(std::size_t index) const {
  CAIRN_CHECK(is_array() && index < size());
  return JsonValue(&node_of(node_)->get_array()[index]);
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> out;
  if (!is_array()) return out;
  out.reserve(size());
  for (const json::value& item : node_of(node_)->get_array()) out.emplace_back(&item);
  return out;
}

void JsonValue::for_each_member(
    const std::function<void(std::string_view, JsonValue)>& visit) const {
  if (!is_object()) return;
  for (const auto& member : node_of(node_)->get_object())
    visit(view_of(member.key()), JsonValue(&member.value()));
}

}  // namespace cairn
