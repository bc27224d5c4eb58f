# One folder = one target = one namespace.

# cairn_folder(name PUBLIC libs... PRIVATE libs...): the static library cairn_<name> of all sources in
# the current folder, main.cc apart. Headers outside internal folders are its public file set, which
# all_verify_interface_header_sets compiles one by one. A folder without sources is an empty target,
# so that folders above can name it.
function(cairn_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  set(target "cairn_${name}")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  list(FILTER sources EXCLUDE REGEX "/${name}/main\\.cc$")
  # tree-sitter types stay inside indexer/syntax, and Asio's inside api/front.
  list(FILTER headers EXCLUDE REGEX "/(indexer/syntax|api/front/detail)/")
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE cairn_options ${arg_PUBLIC})
    return()
  endif()
  add_library(${target} STATIC ${sources})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                                  FILES ${headers})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${target} PUBLIC cairn_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# cairn_tests(name libs...): the test binary <name>_tests of all sources in tests/<name>. A folder
# without tests yet is skipped.
function(cairn_tests name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${name}/*.cc")
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE ${ARGN} cairn_test_support GTest::gmock
                                              GTest::gtest_main)
  target_compile_definitions(${name}_tests PRIVATE
    CAIRN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    CAIRN_TESTDATA_DIR="${PROJECT_SOURCE_DIR}/tests/testdata")
  gtest_discover_tests(${name}_tests WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
                       DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                       TEST_PREFIX "${name}." PROPERTIES TIMEOUT 600)
endfunction()
