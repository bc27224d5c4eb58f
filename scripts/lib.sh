# Shared by the scripts: messages, packages, building. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 3
}

# as_root CMD...: runs CMD as root. Only packages need it.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "packages must be installed by root, and there is no sudo; run as root: $*"
  fi
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_available() { apt-cache show "$1" >/dev/null 2>&1; }

# has_version_from PKG MINIMUM: the newest PKG the package lists offer is at least MINIMUM.
has_version_from() {
  local candidate
  candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ] &&
    dpkg --compare-versions "$candidate" ge "$2"
}

# The Boost headers already in place, e.g. 108100, or 0.
boost_version() {
  sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' /usr/include/boost/version.hpp 2>/dev/null |
    grep . || say 0
}

# One package name a line. Boost must be 1.81 or newer: Debian 12 has it under its own name, later
# systems as their default.
boost_packages() {
  if [ "$(boost_version)" -ge 108100 ] && compgen -G '/usr/lib/*/libboost_json.so' >/dev/null; then
    return
  elif has_version_from libboost-dev 1.81 && has_version_from libboost-json-dev 1.81; then
    printf '%s\n' libboost-dev libboost-json-dev
  elif is_available libboost1.81-dev; then
    printf '%s\n' libboost1.81-dev libboost-json1.81-dev
  else
    die "Boost 1.81 or newer is in none of this system's package lists"
  fi
}

build_packages() {
  printf '%s\n' g++ cmake ninja-build pkg-config git ca-certificates \
    libtbb-dev libexpected-dev libspdlog-dev libfmt-dev libcli11-dev libre2-dev libzstd-dev \
    libxxhash-dev libgit2-dev libsqlite3-dev libssl-dev libtomlplusplus-dev libcpp-httplib-dev \
    libseccomp-dev libexpat1-dev zlib1g-dev libcurl4-openssl-dev bubblewrap python3 python3-yaml
  # Any npm will do; another vendor's package of it would conflict with the system's.
  command -v npm >/dev/null || printf '%s\n' npm
  boost_packages
}

test_packages() { printf '%s\n' libgtest-dev libgmock-dev; }

gate_packages() { printf '%s\n' clang-format-19 shellcheck dpkg-dev file; }

missing_of() {
  local package
  for package in "$@"; do is_installed "$package" || printf '%s\n' "$package"; done
}

# confirm QUESTION: asks on the terminal. Without one the answer is no, unless CAIRN_YES is set.
confirm() {
  [ -z "${CAIRN_YES:-}" ] || return 0
  [ -t 0 ] || return 1
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer =~ ^[Yy] ]]
}

# What apt would do to install these packages.
simulated() { apt-get install --simulate --no-install-recommends "$@"; }

package_names() {
  local listing
  for listing in "$@"; do "$listing"; done
}

# install_packages LISTING...: each LISTING is a function that prints package names. Says what it will
# install, and asks before anything would be removed. Does nothing if all is there.
install_packages() {
  local names packages missing plan removed
  command -v apt-get >/dev/null ||
    die "no apt-get here; install what CONTRIBUTING.md lists, then build with cmake --preset release"
  # Before the first refresh the lists may be empty: not knowing a package is no error yet.
  if names=$(package_names "$@" 2>/dev/null); then
    mapfile -t packages <<<"$names"
    [ -n "$(missing_of "${packages[@]}")" ] || return 0
  fi
  step "Refreshing the package lists"
  as_root apt-get update -q
  names=$(package_names "$@") || exit 3
  mapfile -t packages <<<"$names"
  mapfile -t missing < <(missing_of "${packages[@]}")

  step "Packages to install"
  printf '  %s\n' "${missing[@]}"
  plan=$(simulated "${missing[@]}") ||
    die "these cannot be installed together; see: apt-get install --simulate ${missing[*]}"
  printf '\nIn all, with what they need: %s packages\n' "$(grep -c '^Inst ' <<<"$plan")"
  removed=$(awk '$1 == "Remv" { print "  " $2 }' <<<"$plan")
  if [ -n "$removed" ]; then
    printf '\nInstalling them REMOVES:\n%s\n' "$removed"
    confirm "Go on and remove these?" ||
      die "nothing was changed; run again with --yes to allow the removal"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    "${missing[@]}"
}

# configure PRESET [CMAKE-ARGUMENT...]
configure() {
  (cd "$root" && cmake --preset "$@" --log-level=NOTICE >/dev/null)
}

# build PRESET [TARGET...]: what was configured.
build() {
  local preset=$1
  shift
  cmake --build "$root/build/$preset" ${1:+--target "$@"}
}
