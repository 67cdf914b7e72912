#!/bin/sh
# Proves that the simulator finds bugs: applies each patch of this folder in a copy of the tree,
# builds chat_sim and searches seeds until the invariant that the patch names is broken. A patch
# that names a file of tests/scenarios must be caught by that file.
#   sh tests/planted/run.sh                  every patch
#   sh tests/planted/run.sh no-greeting ...  these
#   sh tests/planted/run.sh --check          only whether every patch applies to the tree
# Prints a line for each patch, then the median of the first seeds. Not 0 if one was not caught
# within $SEEDS seeds (4096), does not apply or does not build. Works in build/planted.
set -eu
command -v patch >/dev/null || { echo 'planted: there is no patch program; run: sh apps/setup.sh patch' >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/planted
seeds=${SEEDS:-4096}
jobs=${JOBS:-2}

expected_of() { sed -n 's/^Invariant: //p' "$here/$1.patch"; }
scenario_of() { sed -n 's/^Scenario: //p' "$here/$1.patch"; }

if [ "${1:-}" = --check ]; then
  wrong=0
  count=0
  for patch in "$here"/*.patch; do
    name=$(basename "$patch" .patch)
    count=$((count + 1))
    [ -n "$(expected_of "$name")" ] || { echo "$name: names no invariant"; wrong=1; }
    scenario=$(scenario_of "$name")
    [ -z "$scenario" ] || [ -f "$root/tests/scenarios/$scenario.chat" ] ||
      { echo "$name: there is no tests/scenarios/$scenario.chat"; wrong=1; }
    patch -p1 -s -F0 --dry-run -d "$root" <"$patch" || { echo "$name: does not apply"; wrong=1; }
  done
  echo "$count patches"
  exit $wrong
fi

[ $# -gt 0 ] || set -- $(cd "$here" && ls -- *.patch | sed 's/\.patch$//')

# Copies keep their times, so that only changed files are built again.
mkdir -p "$work/tree"
copied="CMakeLists.txt LICENSE README.md domain transport adapters apps sim"
(cd "$root" && tar cf - $copied) | (cd "$work/tree" && tar xpf -)
# The build of an earlier run may contain a planted bug.
sed -n 's/^--- a\///p' "$here"/*.patch | sort -u | while read -r file; do touch "$work/tree/$file"; done
cmake -S "$work/tree" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCHATHTTP_MARKS=ON \
  -DCHATHTTP_BUILD_TESTS=OFF -DCHATHTTP_INSTALL=OFF >"$work/configure.log"
build() { cmake --build "$work/build" --target chat_sim -j "$jobs" >"$work/build.log" 2>&1; }
search() {
  timeout 600 "$work/build/bin/chat_sim" swarm --seeds=1.."$seeds" --jobs="$jobs" "$@" \
    >"$work/swarm.log" 2>&1 || :
}
# Plays one file of tests/scenarios; its violations are logged as those of a seed of that name.
play() {
  timeout 600 "$work/build/bin/chat_sim" run "$root/tests/scenarios/$1.chat" 2>&1 |
    sed -n "s/^[^:]*: \([a-z-]*: \)/seed $1: \1/p" >"$work/swarm.log"
}
# Prints the first seed that broke the given invariant, or any if none is given.
first_seed() { sed -n "s/^seed \([^:]*\): ${1:-[a-z-]*}: .*/\1/p" "$work/swarm.log" | head -n 1; }
restore() {
  sed -n 's/^--- a\///p' "$1" | while read -r file; do
    cp "$root/$file" "$work/tree/$file"
    touch "$work/tree/$file"
  done
}

build || { echo "the tree does not build, see $work/build.log"; exit 1; }
search --failures=1
[ -z "$(first_seed)" ] || { echo "without any planted bug:"; head -n 3 "$work/swarm.log"; exit 1; }

printf '%-34s  %-16s  %-16s  %s\n' patch expected 'found first' 'caught by seed'
: >"$work/caught"
missed=0
played=0
for name in "$@"; do
  patch=$here/$name.patch
  expected=$(expected_of "$name")
  found=
  seed=
  if ! patch -p1 -s -F0 --dry-run -d "$work/tree" <"$patch"; then
    found='does not apply'
  elif ! { patch -p1 -s -F0 -d "$work/tree" <"$patch" && build; }; then
    found='does not build'
  else
    scenario=$(scenario_of "$name")
    if [ -n "$scenario" ]; then play "$scenario"; else search --failures=8; fi
    seed=$(first_seed "$expected")
    if [ -z "$seed$scenario" ]; then
      search
      seed=$(first_seed "$expected")
    fi
    found=$(sed -n 's/^seed [^:]*: \([a-z-]*\): .*/\1/p' "$work/swarm.log" | head -n 1)
  fi
  restore "$patch"
  printf '%-34s  %-16s  %-16s  %s\n' "$name" "$expected" "${found:-nothing}" "${seed:-MISSED}"
  case $seed in
    '') missed=$((missed + 1)) ;;
    *[!0-9]*) played=$((played + 1)) ;;
    *) echo "$seed" >>"$work/caught" ;;
  esac
done
caught=$(wc -l <"$work/caught")
median=none
[ "$caught" -eq 0 ] || median=$(sort -n "$work/caught" | sed -n "$(((caught + 1) / 2))p")
echo "$((caught + played)) caught, $missed missed; median of the first seeds: $median"
[ "$missed" -eq 0 ]
