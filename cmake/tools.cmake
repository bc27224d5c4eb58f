# The compiler, its launcher and the linker; what is common to all of our own targets.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

find_program(CAIRN_CCACHE ccache)
if(CAIRN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${CAIRN_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CAIRN_CCACHE}")
endif()

find_program(CAIRN_MOLD mold)
if(CAIRN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# cairn_options carries what every target of ours is compiled with. Third-party code (the grammars)
# does not link it.
add_library(cairn_options INTERFACE)
target_include_directories(cairn_options INTERFACE "${PROJECT_SOURCE_DIR}")
# Messages and debug information name files relative to the repository, wherever it was built.
target_compile_options(cairn_options INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>")
