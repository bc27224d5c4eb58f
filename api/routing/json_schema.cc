#include "api/routing/json_schema.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace cairn::api {
namespace {

constexpr int kMaxDepth = 64;

Error wrong(const std::string& at, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, (at.empty() ? "the body" : at) + ": " + what);
}

bool has_type(const JsonValue& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.as_bool().has_value();
  if (type == "integer") return value.as_int().has_value();
  if (type == "number") return value.as_double().has_value();
  return false;
}

bool equal(const JsonValue& a, const JsonValue& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.is_string() || b.is_string()) return a.as_string() == b.as_string();
  if (a.as_bool() || b.as_bool()) return a.as_bool() == b.as_bool();
  return a.as_double() && a.as_double() == b.as_double();
}

Result<void> check_type(const JsonValue& value, const JsonValue& type, const std::string& at) {
  if (!type.exists()) return {};
  std::string names;
  const auto fits = [&](const JsonValue& one) {
    const std::string_view name = one.as_string().value_or("");
    names += (names.empty() ? "" : " or ") + std::string(name);
    return has_type(value, name);
  };
  if (type.is_string() && fits(type)) return {};
  for (const JsonValue& one : type.items())
    if (fits(one)) return {};
  return wrong(at, "must be " + names);
}

Result<void> check_number(const JsonValue& value, const JsonValue& schema, const std::string& at) {
  const auto number = value.as_double();
  if (!number) return {};
  const auto low = schema.find("minimum").as_double();
  const auto high = schema.find("maximum").as_double();
  if (low && *number < *low)
    return wrong(at, "must be at least " + std::to_string(static_cast<std::int64_t>(*low)));
  if (high && *number > *high)
    return wrong(at, "must be at most " + std::to_string(static_cast<std::int64_t>(*high)));
  return {};
}

Result<void> check_string(const JsonValue& value, const JsonValue& schema, const std::string& at) {
  const auto text = value.as_string();
  if (!text) return {};
  const auto size = static_cast<std::int64_t>(text->size());
  if (const auto least = schema.find("minLength").as_int(); least && size < *least)
    return wrong(at, "must not be shorter than " + std::to_string(*least) + " bytes");
  if (const auto most = schema.find("maxLength").as_int(); most && size > *most)
    return wrong(at, "must not be longer than " + std::to_string(*most) + " bytes");
  if (const auto pattern = schema.find("pattern").as_string();
      pattern && !matches_pattern(*text, *pattern))
    return wrong(at, "'" + printable(*text) + "' must match " + std::string(*pattern));
  return {};
}

Result<void> check(const JsonValue& value, const JsonValue& raw, const JsonValue& root,
                   const std::string& at, int depth);

Result<void> check_array(const JsonValue& value, const JsonValue& schema, const JsonValue& root,
                         const std::string& at, int depth) {
  if (!value.is_array()) return {};
  const auto size = static_cast<std::int64_t>(value.size());
  if (const auto least = schema.find("minItems").as_int(); least && size < *least)
    return wrong(at, "must hold at least " + std::to_string(*least));
  if (const auto most = schema.find("maxItems").as_int(); most && size > *most)
    return wrong(at, "must hold at most " + std::to_string(*most));
  const JsonValue items = schema.find("items");
  if (!items.exists()) return {};
  for (std::size_t i = 0; i < value.size(); ++i)
    CAIRN_TRY(check(value.at(i), items, root, at + "[" + std::to_string(i) + "]", depth));
  return {};
}

Result<void> check_object(const JsonValue& value, const JsonValue& schema, const JsonValue& root,
                          const std::string& at, int depth) {
  if (!value.is_object()) return {};
  for (const JsonValue& name : schema.find("required").items())
    if (!value.find(name.as_string().value_or("")).exists())
      return wrong(at, "'" + std::string(name.as_string().value_or("")) + "' is missing");
  const JsonValue properties = schema.find("properties");
  const JsonValue others = schema.find("additionalProperties");
  Result<void> result;
  value.for_each_member([&](std::string_view name, JsonValue member) {
    if (!result) return;
    const std::string inner = (at.empty() ? "" : at + ".") + printable(name);
    if (const JsonValue known = properties.find(name); known.exists()) {
      result = check(member, known, root, inner, depth);
    } else if (others.is_object()) {
      result = check(member, others, root, inner, depth);
    } else if (others.as_bool() == false) {
      std::vector<std::string_view> names;
      properties.for_each_member([&](std::string_view n, JsonValue) { names.push_back(n); });
      std::string text = "is no key here";
      for (const std::string_view near : suggest(name, names, 1))
        text += ", did you mean '" + std::string(near) + "'";
      result = wrong(inner, text);
    }
  });
  return result;
}

Result<void> check(const JsonValue& value, const JsonValue& raw, const JsonValue& root,
                   const std::string& at, int depth) {
  if (depth > kMaxDepth) return wrong(at, "is nested too deeply");
  const JsonValue schema = resolve_schema(raw, root);
  CAIRN_TRY(check_type(value, schema.find("type"), at));
  if (const JsonValue choices = schema.find("enum"); choices.exists()) {
    const auto items = choices.items();
    if (std::none_of(items.begin(), items.end(),
                     [&](const JsonValue& item) { return equal(item, value); })) {
      std::string names;
      for (const JsonValue& item : items)
        names += (names.empty() ? "" : ", ") + std::string(item.as_string().value_or("?"));
      return wrong(at, "must be one of " + names);
    }
  }
  if (const JsonValue wanted = schema.find("const"); wanted.exists() && !equal(wanted, value))
    return wrong(at, "has another value than the schema's");
  CAIRN_TRY(check_number(value, schema, at));
  CAIRN_TRY(check_string(value, schema, at));
  CAIRN_TRY(check_array(value, schema, root, at, depth + 1));
  CAIRN_TRY(check_object(value, schema, root, at, depth + 1));
  const JsonValue choices = schema.find("anyOf");
  if (!choices.exists()) return {};
  Result<void> last;
  for (const JsonValue& choice : choices.items()) {
    last = check(value, choice, root, at, depth + 1);
    if (last) return {};
  }
  return last;
}

}  // namespace

JsonValue resolve_schema(const JsonValue& schema, const JsonValue& root) {
  JsonValue at = schema;
  for (int hops = 0; hops < kMaxDepth; ++hops) {
    auto ref = at.find("$ref").as_string();
    if (!ref || !ref->starts_with("#/")) return at;
    ref->remove_prefix(2);
    at = root;
    while (!ref->empty()) {
      const std::size_t slash = ref->find('/');
      at = at.find(ref->substr(0, slash));
      ref->remove_prefix(slash == std::string_view::npos ? ref->size() : slash + 1);
    }
  }
  return at;
}

Result<void> check_schema(const JsonValue& value, const JsonValue& schema, const JsonValue& root) {
  return check(value, schema, root, "", 0);
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  if (!pattern.starts_with('^')) return true;
  pattern.remove_prefix(1);
  while (!pattern.empty()) {
    if (pattern == "$") return text.empty();
    std::string_view set = pattern.substr(0, 1);
    if (pattern.front() == '[') {
      const std::size_t close = pattern.find(']');
      if (close == std::string_view::npos) return true;
      set = pattern.substr(1, close - 1);
      pattern.remove_prefix(close + 1);
    } else {
      pattern.remove_prefix(1);
    }
    const auto in_set = [&](char c) {
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
          if (c >= set[i] && c <= set[i + 2]) return true;
          i += 2;
        } else if (set[i] == c) {
          return true;
        }
      }
      return false;
    };
    std::size_t least = 1;
    std::size_t most = 1;
    if (!pattern.empty() && (pattern.front() == '*' || pattern.front() == '+')) {
      least = pattern.front() == '*' ? 0 : 1;
      most = text.size();
      pattern.remove_prefix(1);
    }
    std::size_t taken = 0;
    while (taken < most && taken < text.size() && in_set(text[taken])) ++taken;
    if (taken < least) return false;
    text.remove_prefix(taken);
  }
  return true;
}

}  // namespace cairn::api
