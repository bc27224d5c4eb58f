# Third-party libraries, all from the system's packages (scripts/up installs them). Each folder links
# what it needs, privately: no third-party type stands in a public header, tl::expected apart.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(TBB REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET GLOBAL libcrypto)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET GLOBAL libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET GLOBAL libzstd)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET GLOBAL libgit2)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET GLOBAL libcurl)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET GLOBAL cpp-httplib)
# Optional: without it worker processes stay at sandbox level "limits".
pkg_check_modules(SECCOMP IMPORTED_TARGET GLOBAL libseccomp)

find_path(CAIRN_EXPECTED_DIR tl/expected.hpp REQUIRED)
add_library(cairn_expected INTERFACE)
target_include_directories(cairn_expected SYSTEM INTERFACE "${CAIRN_EXPECTED_DIR}")
