#pragma once
// Slugs: the short names of repos in commands and URLs. Pure functions.
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::store {

inline constexpr std::size_t kMaxSlug = 64;

/// kInvalidArgument with the rule, unless this is a slug.
Result<void> check_slug(std::string_view slug);

/// A slug from the last part of a path or URL: "/src/My Repo.git" -> "my-repo"; never empty. Leaves
/// room for a number to be added.
std::string slug_of(std::string_view location);

}  // namespace cairn::store
