# Warnings of our own code; a warning is an error (switch off: --compile-no-warning-as-error).
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
target_compile_options(cairn_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wimplicit-fallthrough)
