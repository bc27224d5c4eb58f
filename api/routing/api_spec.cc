#include "api/routing/api_spec.h"

#include <algorithm>
#include <charconv>

#include "api/routing/json_schema.h"
#include "base/text.h"

namespace cairn::api {
namespace {

std::string scalar_text(const JsonValue& value) {
  if (const auto text = value.as_string()) return std::string(*text);
  if (const auto flag = value.as_bool()) return *flag ? "true" : "false";
  if (const auto number = value.as_int()) return std::to_string(*number);
  return {};
}

Result<ParameterSpec> parse_parameter(const JsonValue& raw, const JsonValue& root) {
  const JsonValue node = resolve_schema(raw, root);
  const JsonValue schema = resolve_schema(node.find("schema"), root);
  ParameterSpec spec;
  spec.name = node.find("name").as_string().value_or("");
  const std::string_view in = node.find("in").as_string().value_or("");
  spec.in_path = in == "path";
  if (spec.name.empty() || (in != "path" && in != "query"))
    return Error(ErrorCode::kInvalidArgument,
                 "a parameter has no name or stands in '" + std::string(in) + "'");
  spec.required = node.find("required").as_bool().value_or(false);
  const std::string_view type = schema.find("type").as_string().value_or("string");
  if (type == "integer") spec.type = ParameterSpec::Type::kInteger;
  if (type == "boolean") spec.type = ParameterSpec::Type::kBoolean;
  if (const auto low = schema.find("minimum").as_int()) spec.minimum = *low;
  if (const auto high = schema.find("maximum").as_int()) spec.maximum = *high;
  if (const auto low = schema.find("minLength").as_int())
    spec.min_length = static_cast<std::size_t>(*low);
  if (const auto high = schema.find("maxLength").as_int())
    spec.max_length = static_cast<std::size_t>(*high);
  for (const JsonValue& choice : schema.find("enum").items())
    spec.choices.push_back(scalar_text(choice));
  if (const JsonValue fallback = schema.find("default"); fallback.exists())
    spec.fallback = scalar_text(fallback);
  return spec;
}

Error wrong(const ParameterSpec& spec, std::string_view value, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument,
               spec.name + ": '" + printable(value.substr(0, 100)) + "' " + what);
}

}  // namespace

const std::string* Parameters::find(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name) return &value;
  return nullptr;
}

std::string Parameters::text(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string() : *value;
}

std::int64_t Parameters::number(std::string_view name) const {
  const std::string* value = find(name);
  std::int64_t number = 0;
  if (value != nullptr) std::from_chars(value->data(), value->data() + value->size(), number);
  return number;
}

Result<void> check_parameter(const ParameterSpec& spec, std::string_view value) {
  if (value.size() < spec.min_length)
    return Error(ErrorCode::kInvalidArgument, spec.name + ": must not be empty");
  if (value.size() > spec.max_length)
    return wrong(spec, value, "is longer than " + std::to_string(spec.max_length) + " bytes");
  if (spec.type == ParameterSpec::Type::kInteger) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = error == std::errc() && end == value.data() + value.size() && !value.empty();
    if (!whole || number < spec.minimum || number > spec.maximum)
      return wrong(spec, value,
                   "must be a whole number from " + std::to_string(spec.minimum) + " to " +
                       std::to_string(spec.maximum));
  }
  if (spec.type == ParameterSpec::Type::kBoolean && value != "true" && value != "false")
    return wrong(spec, value, "must be true or false");
  if (spec.choices.empty()) return {};
  if (std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end()) return {};
  std::string names;
  for (const std::string& choice : spec.choices) names += (names.empty() ? "" : ", ") + choice;
  return wrong(spec, value, "must be one of " + names);
}

Result<void> ApiSpec::add(std::string_view path, std::string_view method, const JsonValue& shared,
                          const JsonValue& operation) {
  OperationSpec out;
  for (const char c : method) out.method += static_cast<char>(c - 'a' + 'A');
  out.path = path;
  out.id = operation.find("operationId").as_string().value_or("");
  out.scope = operation.find("x-scope").as_string().value_or("");
  if (out.id.empty() || out.scope.empty())
    return Error(ErrorCode::kInvalidArgument,
                 out.method + " " + out.path + ": operationId or x-scope is missing");
  out.of_repo = operation.find("x-repo").as_bool().value_or(false);
  out.of_front = operation.find("x-front").as_bool().value_or(false);
  for (const JsonValue& list : {shared, operation.find("parameters")}) {
    for (const JsonValue& parameter : list.items()) {
      if (parameter.find("in").as_string() == "header") continue;
      CAIRN_ASSIGN(ParameterSpec spec, parse_parameter(parameter, root()));
      out.parameters.push_back(std::move(spec));
    }
  }
  const JsonValue body = operation.find("requestBody");
  out.body = body.find("content").find("application/json").find("schema");
  out.body_required = body.find("required").as_bool().value_or(false);
  operation.find("responses").for_each_member([&](std::string_view status, JsonValue) {
    int number = 0;
    std::from_chars(status.data(), status.data() + status.size(), number);
    if (number != 0) out.statuses.push_back(number);
  });
  out.node = operation;
  operations_.push_back(std::move(out));
  return {};
}

Result<ApiSpec> ApiSpec::parse(std::string_view json) {
  CAIRN_ASSIGN(JsonDocument document, JsonDocument::parse(json));
  ApiSpec spec(std::move(document));
  Result<void> result;
  constexpr std::string_view kMethods[] = {"get", "post", "put", "patch", "delete"};
  spec.root().find("paths").for_each_member([&](std::string_view path, JsonValue item) {
    const JsonValue shared = item.find("parameters");
    for (const std::string_view method : kMethods) {
      const JsonValue operation = item.find(method);
      if (result && operation.exists()) result = spec.add(path, method, shared, operation);
    }
  });
  CAIRN_TRY(std::move(result));
  return spec;
}

const OperationSpec* ApiSpec::find(std::string_view method, std::string_view path) const {
  for (const OperationSpec& operation : operations_)
    if (operation.method == method && operation.path == path) return &operation;
  return nullptr;
}

}  // namespace cairn::api
