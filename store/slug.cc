#include "store/slug.h"

#include <algorithm>

#include "base/text.h"

namespace cairn::store {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_slug_char(char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; }

}  // namespace

Result<void> check_slug(std::string_view slug) {
  if (!slug.empty() && slug.size() <= kMaxSlug && slug[0] != '.' && slug[0] != '-' &&
      std::all_of(slug.begin(), slug.end(), is_slug_char))
    return {};
  return Error(ErrorCode::kInvalidArgument,
               "'" + printable(slug) +
                   "' cannot name a repo: use 1 to 64 of a-z, 0-9, '.', '_' and '-', not "
                   "beginning with '.' or '-'");
}

std::string slug_of(std::string_view location) {
  while (location.ends_with('/')) location.remove_suffix(1);
  if (const std::size_t slash = location.find_last_of("/:"); slash != location.npos)
    location.remove_prefix(slash + 1);
  if (location.ends_with(".git")) location.remove_suffix(4);
  std::string out;
  for (const char raw : location) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw + 32) : raw;
    const bool starts_well = is_alphanumeric(c) || c == '_';
    if (out.empty() && !starts_well) continue;
    if (is_slug_char(c))
      out += c;
    else if (out.back() != '-')
      out += '-';
  }
  if (out.size() > kMaxSlug - 12) out.resize(kMaxSlug - 12);
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "repo" : out;
}

}  // namespace cairn::store
