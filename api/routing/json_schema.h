#pragma once
// Checks JSON against a JSON Schema, as far as api/openapi.yaml uses it: $ref inside the document,
// type (a list too), enum, const, properties, required, additionalProperties, items, minItems,
// maxItems, minimum, maximum, minLength, maxLength (bytes), pattern (the subset below), anyOf.
// Other keywords are ignored. Pure functions.
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace cairn::api {

/// kInvalidArgument names the place in the value and what is wrong with it. `root` is the document
/// that $ref leads into.
Result<void> check_schema(const JsonValue& value, const JsonValue& schema, const JsonValue& root);

/// Follows $ref; the schema itself without one.
JsonValue resolve_schema(const JsonValue& schema, const JsonValue& root);

/// "^", literal text, classes as [a-z0-9_] with "*" or "+" after them, "$". Anything else matches.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace cairn::api
