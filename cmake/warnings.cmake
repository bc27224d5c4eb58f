# Warnings of our own code, as errors. scripts/up switches that off: a newer compiler's new warning must
# not keep anybody from building.
option(CAIRN_WERROR "Treat warnings as errors" ON)
set(CMAKE_COMPILE_WARNING_AS_ERROR ${CAIRN_WERROR})
target_compile_options(cairn_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Wrong about inlined std::string and std::vector code when optimising: GCC bugs 105651, 105562
  # and 107852, mended in 13.
  target_compile_options(cairn_options INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
    -Wno-stringop-overread)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # std::stable_sort of GCC 12's library uses what the library itself calls deprecated; fields left
  # out of an initialiser have the value their struct gives them.
  target_compile_options(cairn_options INTERFACE
    -Wno-deprecated-declarations -Wno-missing-field-initializers)
endif()
