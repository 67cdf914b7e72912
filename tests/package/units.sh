#!/bin/sh
# Checks the units in apps/service/ with systemd-analyze: they are valid, and the exposure of the
# service is at most 1.5 of 10.
#   sh tests/package/units.sh PATH_OF_CHAT_SERVER
set -eu
server=$1
cd "$(dirname "$0")/../.."
command -v systemd-analyze >/dev/null || { echo "skipped: systemd-analyze is not installed"; exit; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp apps/service/chat_server.socket "$scratch"
# systemd looks for the program in /usr/bin and the like.
sed "s|^ExecStart=chat_server|ExecStart=$server|" apps/service/chat_server.service \
  >"$scratch/chat_server.service"
grep -q "^ExecStart=$server " "$scratch/chat_server.service"

# The answer is 0 in spite of some problems.
problems=$(systemd-analyze verify --man=no "$scratch/chat_server.service" \
  "$scratch/chat_server.socket" 2>&1) || { echo "$problems"; exit 1; }
[ -z "$problems" ] || { echo "$problems"; exit 1; }
systemd-analyze security --offline=true --threshold=15 --no-pager "$scratch/chat_server.service" \
  >"$scratch/exposure" || { cat "$scratch/exposure"; exit 1; }
tail -n 1 "$scratch/exposure"
