# Install rules and the Debian package (cpack -G DEB).
include(GNUInstallDirs)

# The program holds the grammars, so their licences go with it.
set(cairn_copyright "${PROJECT_BINARY_DIR}/copyright")
file(READ "${PROJECT_SOURCE_DIR}/LICENSE" cairn_texts)
file(GLOB cairn_licences "${CAIRN_GRAMMARS_DIR}/node_modules/tree-sitter*/LICENSE*"
                         "${CAIRN_GRAMMARS_DIR}/node_modules/@*/tree-sitter-*/LICENSE*")
list(FILTER cairn_licences EXCLUDE REGEX "/tree-sitter-cli/")
foreach(licence ${cairn_licences})
  file(READ "${licence}" text)
  file(RELATIVE_PATH name "${CAIRN_GRAMMARS_DIR}/node_modules" "${licence}")
  string(APPEND cairn_texts "\n\n---- ${name}, part of the program ----\n\n${text}")
endforeach()
file(WRITE "${cairn_copyright}" "${cairn_texts}")

if(TARGET cairn)
  install(TARGETS cairn RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(FILES "${cairn_copyright}" README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs" FILES_MATCHING PATTERN "*.md")

# cairn_install(file destination name): a file that may not be there.
function(cairn_install file destination name)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${file}")
    install(FILES "${file}" DESTINATION "${destination}" RENAME "${name}")
  endif()
endfunction()
cairn_install(man/cairn.1 "${CMAKE_INSTALL_MANDIR}/man1" cairn.1)
cairn_install(completions/cairn.bash "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" cairn)
cairn_install(completions/_cairn "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions" _cairn)
cairn_install(completions/cairn.fish "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" cairn.fish)
# The unit names /usr/bin/cairn, so it goes with packages and not with other prefixes.
cairn_install(packaging/cairn.service lib/systemd/system cairn.service)
cairn_install(packaging/cairn.toml "${CMAKE_INSTALL_DOCDIR}" cairn.toml.example)

set(CPACK_PACKAGE_NAME cairn)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_VENDOR "cairn")
set(CPACK_PACKAGE_CONTACT "The cairn authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
  "cairn turns a directory or a git revision into a code graph in which every edge says how it is\n\
known, and answers questions about it: definitions, callers, paths, cycles, complexity.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS git)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS bubblewrap)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/cmake/packing.cmake")
include(CPack)
