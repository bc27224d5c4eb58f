#pragma once
// Names that C and C++ programs use without defining them: the C library and POSIX, the compiler's
// own, GoogleTest's macros. Pure functions over static tables.
#include <string_view>

namespace cairn::indexer::syntax::cfamily {

/// A header of the C or C++ standard library, POSIX or the operating system.
bool is_standard_header(std::string_view spec);
/// A function, type, macro or variable of the C library or POSIX.
bool is_library_name(std::string_view name);
/// __FILE__, __builtin_expect and the like.
bool is_compiler_name(std::string_view name);
bool is_googletest_macro(std::string_view name);
/// A member of smart pointers and optionals themselves, not of what they hold.
bool is_pointer_member(std::string_view name);

}  // namespace cairn::indexer::syntax::cfamily
