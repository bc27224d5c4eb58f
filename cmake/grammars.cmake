# The tree-sitter core and grammars: C sources of the npm packages that grammars/package-lock.json
# names with their checksums. They are fetched into the build folder once per lock file; no script of
# a package runs. All become one static library, cairn_grammars, which gives <tree_sitter/api.h> and a
# function tree_sitter_<language>() each.
set(CAIRN_GRAMMARS_DIR "${PROJECT_BINARY_DIR}/grammars" CACHE PATH "Where grammar sources are kept")

function(cairn_fetch_grammars)
  set(lock "${PROJECT_SOURCE_DIR}/grammars/package-lock.json")
  set(stamp "${CAIRN_GRAMMARS_DIR}/fetched")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${lock}")
  file(SHA256 "${lock}" wanted)
  set(present "")
  if(EXISTS "${stamp}")
    file(READ "${stamp}" present)
  endif()
  if(present STREQUAL wanted)
    return()
  endif()
  find_program(CAIRN_NPM npm REQUIRED)
  file(MAKE_DIRECTORY "${CAIRN_GRAMMARS_DIR}")
  foreach(name package.json package-lock.json .npmrc)
    file(COPY_FILE "${PROJECT_SOURCE_DIR}/grammars/${name}" "${CAIRN_GRAMMARS_DIR}/${name}")
  endforeach()
  message(NOTICE "Fetching the grammars' sources (npm ci)")
  execute_process(COMMAND "${CAIRN_NPM}" ci --no-progress --loglevel=error
                  WORKING_DIRECTORY "${CAIRN_GRAMMARS_DIR}" RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "npm ci could not fetch the grammars into ${CAIRN_GRAMMARS_DIR}; "
                        "check the network and npm's registry setting, then configure again")
  endif()
  # Prebuilt binaries are nine tenths of the packages, and nothing uses them.
  file(GLOB prebuilt "${CAIRN_GRAMMARS_DIR}/node_modules/*/prebuilds"
                     "${CAIRN_GRAMMARS_DIR}/node_modules/*/*.wasm"
                     "${CAIRN_GRAMMARS_DIR}/node_modules/*/*/prebuilds"
                     "${CAIRN_GRAMMARS_DIR}/node_modules/*/*/*.wasm"
                     "${CAIRN_GRAMMARS_DIR}/node_modules/*/node_modules/*/prebuilds")
  if(prebuilt)
    file(REMOVE_RECURSE ${prebuilt})
  endif()
  file(WRITE "${stamp}" "${wanted}")
endfunction()

cairn_fetch_grammars()

add_library(cairn_grammars STATIC)
set(cairn_core "${CAIRN_GRAMMARS_DIR}/node_modules/tree-sitter/vendor/tree-sitter/lib")
target_sources(cairn_grammars PRIVATE "${cairn_core}/src/lib.c"
                                      "${PROJECT_SOURCE_DIR}/grammars/flatten.c")
target_include_directories(cairn_grammars SYSTEM PUBLIC "${cairn_core}/include"
                                                 PRIVATE "${cairn_core}/src" "${PROJECT_SOURCE_DIR}")
# Always optimised and never instrumented: parsing dominates the tests' time otherwise.
set_target_properties(cairn_grammars PROPERTIES COMPILE_WARNING_AS_ERROR OFF)
target_compile_options(cairn_grammars PRIVATE -w -O2 -g0)
target_compile_definitions(cairn_grammars PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)

# cairn_grammar(folder): adds <folder>/parser.c and, where there is one, <folder>/scanner.c. Each
# file finds its own tree_sitter/parser.h next to it before the core's.
function(cairn_grammar folder)
  set(dir "${CAIRN_GRAMMARS_DIR}/node_modules/${folder}")
  set(sources "${dir}/parser.c")
  if(EXISTS "${dir}/scanner.c")
    list(APPEND sources "${dir}/scanner.c")
  endif()
  target_sources(cairn_grammars PRIVATE ${sources})
  set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "-I${dir}")
endfunction()

cairn_grammar(tree-sitter-bash/src)
cairn_grammar(tree-sitter-c/src)
cairn_grammar(tree-sitter-c-sharp/src)
cairn_grammar(tree-sitter-cpp/src)
cairn_grammar(tree-sitter-go/src)
cairn_grammar(tree-sitter-java/src)
cairn_grammar(tree-sitter-javascript/src)
cairn_grammar(tree-sitter-php/php/src)
cairn_grammar(tree-sitter-python/src)
cairn_grammar(tree-sitter-ruby/src)
cairn_grammar(tree-sitter-rust/src)
cairn_grammar(tree-sitter-scala/src)
cairn_grammar(tree-sitter-swift/src)
cairn_grammar(tree-sitter-typescript/tsx/src)
cairn_grammar(tree-sitter-typescript/typescript/src)
cairn_grammar(@tree-sitter-grammars/tree-sitter-kotlin/src)
cairn_grammar(@tree-sitter-grammars/tree-sitter-lua/src)

# A scanner that does not allocate what it uses; the header says how.
set(cairn_swift "${CAIRN_GRAMMARS_DIR}/node_modules/tree-sitter-swift/src")
set_source_files_properties("${cairn_swift}/scanner.c" PROPERTIES
  COMPILE_OPTIONS "-I${cairn_swift};-include;${PROJECT_SOURCE_DIR}/grammars/swift_scanner.inc"
  OBJECT_DEPENDS "${PROJECT_SOURCE_DIR}/grammars/swift_scanner.inc")
