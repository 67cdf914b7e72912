#!/bin/sh
# Checks that clang-format would change no source.
#   sh tests/format.sh         names each place that it would change; not 0 if there is one
#   sh tests/format.sh --fix   changes them
set -eu
cd "$(dirname "$0")/.."

command -v clang-format >/dev/null || {
  echo 'format: there is no clang-format; run: sh apps/setup.sh clang-format' >&2
  exit 1
}
if [ "${1:-}" = --fix ]; then set -- -i; else set -- --dry-run -Werror; fi
find domain transport adapters sim apps tests -name '*.cc' -o -name '*.h' |
  xargs clang-format --style=file "$@" || {
  echo 'format: these sources are not formatted; run: sh tests/format.sh --fix' >&2
  exit 1
}
