#pragma once
// Helpers over "/"-separated paths, shared by the path rules and the walks. Pure.
#include <string_view>

namespace cairn::indexer {

inline std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}
/// "" for a path without "/".
inline std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}
/// Calls `visit(folder)` for every folder of the path, outermost first, until it returns true.
template <class Visit>
bool any_folder(std::string_view path, Visit visit) {
  for (std::size_t begin = 0;;) {
    const auto slash = path.find('/', begin);
    if (slash == std::string_view::npos) return false;
    if (visit(path.substr(begin, slash - begin))) return true;
    begin = slash + 1;
  }
}
/// No empty part, no "." or "..", not absolute.
bool is_plain_relative(std::string_view path);

}  // namespace cairn::indexer
