#!/bin/sh
# Checks that the links of all Markdown pages below a folder name files that are there. Links to the
# net and inside a page are not looked at.
#   sh tests/package/links.sh FOLDER
set -eu
cd "$1"
pages=$(find . -name '*.md' | sort)
[ -n "$pages" ] || { echo "links: there is no page in $1" >&2; exit 1; }
# shellcheck disable=SC2086  # pages, in words
awk '
  FNR == 1 { code = 0 }
  /^```/ { code = !code }
  code { next }
  {
    line = $0
    gsub(/`[^`]*`/, "", line)
    while (match(line, /\]\([^)]*\)/)) {
      print FILENAME, substr(line, RSTART + 2, RLENGTH - 3)
      line = substr(line, RSTART + RLENGTH)
    }
  }' $pages | {
  links=0
  missing=0
  while read -r page link; do
    case $link in *://* | mailto:* | '#'*) continue ;; esac
    links=$((links + 1))
    [ -e "$(dirname "$page")/${link%%#*}" ] || {
      echo "links: $page links $link, which is not there" >&2
      missing=$((missing + 1))
    }
  done
  echo "$links links, $missing to missing files"
  [ "$links" -gt 0 ] && [ "$missing" -eq 0 ]
}
