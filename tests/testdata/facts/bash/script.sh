#!/usr/bin/env bash
# Deploys the thing.
source "$(dirname "$0")/lib/common.sh"
. ./lib/log.sh
source lib/plain.sh

readonly VERSION="1.0"
export PATH_EXTRA=/opt/bin
declare -r LIMIT=10
typeset -i count=0
target=
plain="x"
items=(a b c)
items[0]=z

# Says what it does.
# In two lines.
log_info() {
  local message="$1"
  local -a parts
  shared="seen"
  echo "info: ${message}" >&2
}

function build_all {
  for item in "${items[@]}"; do
    if [[ -f $item && ! -d $item ]] || [[ -z $item ]]; then
      log_info "$item"
    elif test -e "$item"; then
      continue
    else
      while read -r line; do
        plain="$line"
      done < "$item"
    fi
  done
  case "$1" in
    a) log_info one ;;
    b | c) log_info two ;;
    *) return 1 ;;
  esac
  inner() { log_info nested; }
  inner && count=$((count + 1))
}

function test_build_all() {
  build_all "$plain" | sort || exit 1
}

(
  cd /tmp
  log_info "$(build_all quick)"
)
trap cleanup EXIT
if [ -n "$VERSION" ]; then
  platform() { echo linux; }
fi
alias ll='ls -l'
@test "adds numbers" {
  run build_all
}
main "$@"
