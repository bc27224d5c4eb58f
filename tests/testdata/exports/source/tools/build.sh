#!/bin/sh
# "quoted" & <marked>
build() {
  echo "$1"
}
build all
