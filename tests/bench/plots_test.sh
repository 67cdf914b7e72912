#!/bin/sh
# Checks that the plots in docs/images show the tables of docs/performance.md: draws them into
# FOLDER, which is cleared first, and compares.
#   sh tests/bench/plots_test.sh FOLDER
set -eu
folder=$1
rm -rf "$folder"
cd "$(dirname "$0")/../.."
sh tests/bench/run.sh --draw docs/performance.md "$folder"
[ "$(ls "$folder")" = "codec.svg
latency.svg
slow.svg
storm.svg
talk.svg" ] || {
  echo "plots: a table of docs/performance.md was not found; drawn: $(ls "$folder")" >&2
  exit 1
}
for plot in "$folder"/*.svg; do
  cmp "$plot" "docs/images/${plot##*/}" || {
    echo "plots: run sh tests/bench/run.sh --draw docs/performance.md docs/images" >&2
    exit 1
  }
done
