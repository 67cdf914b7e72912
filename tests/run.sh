#!/bin/sh
# Installs missing tools, then configures and builds a preset and runs its tests.
#   sh tests/run.sh                 preset dev
#   sh tests/run.sh --preset asan   another preset
#   sh tests/run.sh --all           every preset in turn
# The last line is "N passed, N failed"; the exit code is not 0 if a test failed, none ran, or a
# build failed.
set -eu
cd "$(dirname "$0")/.."

usage() {
  echo "tests: $*; usage: sh tests/run.sh [--preset NAME | --all]" >&2
  exit 2
}

presets=dev
case ${1:-} in
  '') ;;
  --all) presets='' ;;
  --preset)
    [ $# -ge 2 ] || usage '--preset needs a name'
    presets=$2
    shift
    ;;
  --preset=?*) presets=${1#*=} ;;
  *) usage "unknown argument $1" ;;
esac
[ $# -le 1 ] || usage "too many arguments"

# patch plants bugs, clang-format checks the sources, pkg-config finds the installed libraries.
set -- patch clang-format pkg-config
case $presets in
  '' | tidy) set -- "$@" clang++ clang-tidy ;;
  clang) set -- "$@" clang++ ;;
esac
sh apps/setup.sh "$@"
known=$(cmake --workflow --list-presets | sed -n 's/^ *"\([^"]*\)".*/\1/p' | tr '\n' ' ')
[ -n "$presets" ] || presets=$known

passed=0
failed=0
trouble=0
# The numbers are those of ctest: "97% tests passed, 3 tests failed out of 100", and a line
# "***Skipped" for each test that ran and was skipped, which ctest counts as passed.
count() {
  summary=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' \
    "$1")
  skipped=$(grep -c '^ *[0-9]*/[0-9]* Test .*\*\*\*Skipped ' "$1" || :)
  failed_here=${summary% *}
  total_here=${summary#* }
  [ -n "$summary" ] || failed_here=0 total_here=0 skipped=0
}

for preset in $presets; do
  case " $known " in
    *" $preset "*) ;;
    *) usage "unknown preset $preset, known are: $known" ;;
  esac
  mkdir -p build
  log=build/tests-$preset.log
  begin=$(date +%s)
  { cmake --workflow --preset "$preset" 2>&1 || echo "tests: preset $preset: answer $?"; } |
    tee "$log"
  count "$log"
  grep -q '^tests: preset ' "$log" && trouble=1
  [ "$total_here" -gt 0 ] || trouble=1
  passed=$((passed + total_here - failed_here - skipped))
  failed=$((failed + failed_here))
  echo "tests: preset $preset: $total_here tests, $failed_here failed, $skipped skipped," \
    "$(($(date +%s) - begin)) s with the build"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && [ "$trouble" -eq 0 ]
