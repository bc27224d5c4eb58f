#pragma once
// ApiSpec: api/openapi.yaml as the router uses it: operations with their parameters and bodies.
// Built once at start from the embedded text, read-only and thread-safe afterwards.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace cairn::api {

/// The embedded document as JSON; lives as long as the program.
std::string_view openapi_json();

struct ParameterSpec {
  enum class Type : std::uint8_t { kString, kInteger, kBoolean };
  std::string name;
  bool in_path = false;
  bool required = false;
  Type type = Type::kString;
  std::int64_t minimum = INT64_MIN;
  std::int64_t maximum = INT64_MAX;
  std::size_t min_length = 0;
  std::size_t max_length = SIZE_MAX;
  std::vector<std::string> choices;
  std::optional<std::string> fallback;
};

struct OperationSpec {
  std::string method;  // GET
  std::string path;    // /api/v1/repos/{repo}
  std::string id;
  std::string scope;  // read, index, ..., "any" token, "none"
  bool of_repo = false;
  bool of_front = false;                  // answered before the router
  std::vector<ParameterSpec> parameters;  // of path and query
  JsonValue body;                         // its schema; absent without a body
  bool body_required = false;
  std::vector<int> statuses;
  JsonValue node;  // the operation itself
};

/// Checked parameters: as given, or their default.
class Parameters {
 public:
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// "" when absent.
  std::string text(std::string_view name) const;
  /// Requires a checked integer, or 0 when absent.
  std::int64_t number(std::string_view name) const;
  bool flag(std::string_view name) const { return text(name) == "true"; }
  void add(std::string_view name, std::string value) {
    values_.emplace_back(name, std::move(value));
  }

 private:
  const std::string* find(std::string_view name) const;
  std::vector<std::pair<std::string_view, std::string>> values_;
};

class ApiSpec {
 public:
  /// kParse, or kInvalidArgument for a document the router cannot use.
  static Result<ApiSpec> parse(std::string_view json);
  const std::vector<OperationSpec>& operations() const { return operations_; }
  const OperationSpec* find(std::string_view method, std::string_view path) const;
  JsonValue root() const { return document_.root(); }

 private:
  explicit ApiSpec(JsonDocument document) : document_(std::move(document)) {}
  Result<void> add(std::string_view path, std::string_view method, const JsonValue& shared,
                   const JsonValue& operation);
  JsonDocument document_;
  std::vector<OperationSpec> operations_;
};

/// Checks one value against its parameter; kInvalidArgument names both.
Result<void> check_parameter(const ParameterSpec& spec, std::string_view value);

}  // namespace cairn::api
