#!/bin/sh
# Installs missing tools and libraries that the build needs; does nothing if none is missing.
# Arguments are further programs to install: sh apps/setup.sh clang++ clang-tidy
set -eu

min_gxx=12
min_cmake=3.25
tools=''      # packages of programs that are missing
libraries=''  # packages of libraries that are missing

have() { command -v "$1" >/dev/null 2>&1; }

# at_least VERSION MINIMUM: both of the form N or N.N...
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$2" ]
}

# If CXX is set, the user has chosen a compiler.
compiler_is_there() {
  [ -z "${CXX:-}" ] || return 0
  have g++ && at_least "$(g++ -dumpversion)" "$min_gxx"
}

cmake_is_there() {
  have cmake || return 1
  version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9]*\.[0-9]*\).*/\1/p')
  at_least "$version" "$min_cmake"
}

# has_file PATH: whether a folder of libraries has this file.
has_file() {
  for folder in /usr /usr/local /usr/lib/* /usr/lib64 /usr/local/lib /usr/local/lib/* \
    /usr/local/lib64 ${CMAKE_PREFIX_PATH:+"$CMAKE_PREFIX_PATH" "$CMAKE_PREFIX_PATH/lib"}; do
    [ -e "$folder/$1" ] && return 0
  done
  return 1
}

look() {
  tools=''
  libraries=''
  compiler_is_there || tools="$tools g++"
  cmake_is_there || tools="$tools cmake"
  have ninja || tools="$tools ninja-build"
  for program in "$@"; do
    have "$program" || tools="$tools ${program%++}"
  done
  has_file cmake/absl/abslConfig.cmake || libraries="$libraries libabsl-dev"
  has_file cmake/GTest/GTestConfig.cmake || libraries="$libraries libgtest-dev googletest"
  has_file include/gmock/gmock.h || libraries="$libraries libgmock-dev"
}

install_with_apt() {
  as_root=''
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || {
      echo "setup: not root, and there is no sudo; as root: apt-get install $*" >&2
      exit 1
    }
    as_root=sudo
  fi
  echo "setup: installing $*" >&2
  $as_root apt-get -qq update >&2
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --no-install-recommends -y "$@" >&2
}

look "$@"
[ -n "$tools$libraries" ] || exit 0
if have apt-get; then
  # shellcheck disable=SC2086  # packages, in words
  install_with_apt $tools $libraries
  look "$@"
fi
if [ -n "$tools" ]; then
  cat >&2 <<END
setup: missing or too old (packages of Debian 12):$tools
setup: please install g++ $min_gxx or newer, CMake $min_cmake or newer, Ninja${1:+, $*}
END
  exit 1
fi
if [ -n "$libraries" ]; then
  echo "setup: not installed:$libraries; CMake fetches Abseil and GoogleTest from the net" >&2
fi
