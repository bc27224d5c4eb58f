# Read by cpack before it packs. Without these two a Debian package would not name the libraries that
# the program needs, and would install without them.
if(CPACK_GENERATOR STREQUAL "DEB")
  find_program(CAIRN_SHLIBDEPS dpkg-shlibdeps)
  find_program(CAIRN_FILE file)
  if(NOT CAIRN_SHLIBDEPS OR NOT CAIRN_FILE)
    message(FATAL_ERROR "A Debian package needs dpkg-shlibdeps and file to find the libraries it "
                        "depends on; install them with: apt-get install dpkg-dev file")
  endif()
endif()
