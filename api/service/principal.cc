#include "api/service/principal.h"

#include "base/text.h"

namespace cairn::api {

Result<void> require(const Principal& who, Scope scope) {
  if (!who.is_known())
    return Error(ErrorCode::kUnauthenticated,
                 "no valid token, send the header 'Authorization: Bearer cairn_...'");
  if (!who.has(scope))
    return Error(ErrorCode::kForbidden, "the token '" + printable(who.name) + "' has no scope '" +
                                            std::string(name_of(scope)) +
                                            "', make one with: cairn token create --scope " +
                                            std::string(name_of(scope)));
  return {};
}

Error no_such_repo(std::string_view slug) {
  return Error(ErrorCode::kNotFound, "no repository '" + printable(slug) +
                                         "' that this token may see, GET /api/v1/repos lists them");
}

}  // namespace cairn::api
