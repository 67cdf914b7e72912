#!/bin/sh
# Ends chat_server under load and starts it again, and checks that its members notice nothing.
#
#   sh tests/restart/run.sh                  all rows, about five minutes; prints tables in Markdown
#   sh tests/restart/run.sh kill             kill -9 under the load of 1,000 members with sessions
#   sh tests/restart/run.sh --times=100 kill so many times instead of 20, in each mode
#   sh tests/restart/run.sh stop             10,000 members: SIGTERM and start, and a join of all to compare with
#   sh tests/restart/run.sh modes            what each --history_sync costs
#
# Exits with 0 if every row passed its checks: chat_load --sessions (nothing lost or repeated, no position
# with two messages, no notice), chat_history --verify, and the limits below. Needs about 10,100
# descriptors. The journals are in a temporary directory, so TMPDIR chooses the disk. Environment:
#   CHATHTTP_BIN=DIRECTORY            programs to use; built as preset release without it
#   MEMBERS=10000                     of the row stop
#   BACK_LIMIT_MS=3000                until the last of them must be back
set -eu
cd "$(dirname "$0")/../.."

usage() {
  echo "restart: $*; known are: --times=NUMBER kill stop modes" >&2
  exit 2
}
times=20
rows=
for argument in "$@"; do
  case $argument in
    --times=*[!0-9]* | --times= | --times=0*) usage "--times must be a number from 1 on, got $argument" ;;
    --times=*) times=${argument#--times=} ;;
    kill | stop | modes) rows="$rows $argument" ;;
    *) usage "unknown argument $argument" ;;
  esac
done
rows=${rows:-kill stop modes}
members=${MEMBERS:-10000}
back_limit=${BACK_LIMIT_MS:-3000}

bin=${CHATHTTP_BIN:-}
if [ -z "$bin" ]; then
  sh apps/setup.sh
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_load chat_admin chat_history >&2
fi
# shellcheck disable=SC3045  # known to dash and bash
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :

folder=$(mktemp -d)
server=
load=
# shellcheck disable=SC2317  # called by the trap
clean_up() {
  for pid in $server $load; do kill -9 "$pid" 2>/dev/null || :; done
  wait 2>/dev/null || :
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "restart: $*" >&2
  for file in server.err load; do
    [ -s "$folder/$file" ] || continue
    echo "--- the end of $file" >&2
    tail -n 50 "$folder/$file" >&2
  done
  exit 1
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  tries=$(($1 * 20))
  what=$2
  shift 2
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "waited in vain until $what"
    sleep 0.05
  done
}

# start_server [FLAG...]: at $port, which is a free one if it is 0.
start_server() {
  : >"$folder/server.out"
  "$bin/chat_server" --port="$port" --admin="$folder/admin.sock" --log_level=warning \
    --max_members=20000 --max_connections=19000 "$@" >"$folder/server.out" 2>>"$folder/server.err" &
  server=$!
  wait_for 30 'the server listens' grep -q '^listening on ' "$folder/server.out"
  port=$(sed -n 's/^listening on .*://p' "$folder/server.out")
}
# end_server SIGNAL EXIT_CODE
end_server() {
  kill "-$1" "$server"
  code=0
  wait "$server" 2>/dev/null || code=$?
  server=
  [ "$code" = "$2" ] || fail "the server ended with $code instead of $2"
}
status() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$server/status"; } # VmRSS or VmHWM, in kB

# are_in NUMBER: whether so many members are in the room, with connections.
are_in() {
  "$bin/chat_admin" --admin="$folder/admin.sock" stats 2>/dev/null >"$folder/stats" &&
    grep -qx "members $1" "$folder/stats" && grep -qx 'away 0' "$folder/stats"
}

# start_load FLAG...: in the background, into $folder/load.
start_load() {
  "$bin/chat_load" --json --port="$port" --warm_up=0s --patience=60s "$@" >"$folder/load" &
  load=$!
}
# end_load WHAT [SIGNAL]: its checks must pass.
end_load() {
  [ $# -eq 1 ] || kill "-$2" "$load"
  code=0
  wait "$load" || code=$?
  load=
  [ $code -eq 0 ] || fail "$1: chat_load says that something is wrong: $(figure failure)"
}
figure() { sed -n "s/^ *\"$1\": \(.*[^,]\),*$/\1/p" "$folder/load"; }
# expect WHAT FIGURE NUMBER
expect() { [ "$(figure "$2")" = "$3" ] || fail "$1: $2 is $(figure "$2") instead of $3"; }
verify() {
  "$bin/chat_history" --verify "$1" >"$folder/verified" 2>&1 || {
    cat "$folder/verified" >&2
    fail "$2: chat_history --verify says that the journal is wrong"
  }
}
divided() { awk -v of="$1" -v by="$2" "BEGIN { printf \"%.$3f\", of / by }"; }

# ---- kill -9 under load -------------------------------------------------------------------------

kill_row() {
  port=0
  history=$folder/kill-$1
  start_server --history_dir="$history" --history_sync="$1"
  start_load --sessions --members=1000 --senders=16 --rate=200 --seconds=86400
  wait_for 60 'all have joined' are_in 1000
  count=0
  while [ $count -lt "$times" ]; do
    count=$((count + 1))
    # At another moment each time; every fourth time while members are coming back.
    if [ $((count % 4)) -eq 0 ]; then sleep 0.02; else sleep "0.$((count * 37 % 90 + 10))"; fi
    end_server KILL 137
    verify "$history" "kill -9, $1, time $count"
    start_server --history_dir="$history" --history_sync="$1"
    [ $((count % 4)) -eq 3 ] || wait_for 60 "all are back, time $count" are_in 1000
  done
  wait_for 60 'all are back at the end' are_in 1000
  end_load "kill -9, $1" TERM
  end_server TERM 0
  verify "$history" "kill -9, $1, at the end"
  losses=$(figure losses)
  expect "kill -9, $1" fresh_logins 0
  expect "kill -9, $1" notices 0
  returns=$(($(figure resumed) + $(figure resumed_known_gap) + $(figure resumed_unknown_gap)))
  [ "$losses" = $returns ] || fail "kill -9, $1: $losses losses and $returns returns"
  # Nobody hears what the journal does not have yet.
  [ "$1" != always ] || expect "kill -9, always" resumed "$losses"
  echo "| $1 | $times | $(figure posts) | $losses | $(figure resumed) | $(figure resumed_known_gap) |" \
    "$(figure resumed_unknown_gap) | $(figure said_again) | $(figure in_doubt) |" \
    "$(figure back_p50_ms) | $(figure back_max_ms) |"
  rm -rf "$history"
}

kill_rows() {
  echo "### kill -9 under load: 1,000 members with sessions, 200 texts/s"
  echo
  echo "| sync | kills | texts | losses | resumed without a gap | known gap | unknown gap |" \
    "texts said again | in doubt | back, p50, ms | back, longest, ms |"
  echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  kill_row always
  kill_row 1s
  echo
}

# ---- SIGTERM and start --------------------------------------------------------------------------

stop_rows() {
  port=0
  history=$folder/stop
  echo "### SIGTERM and start: $members members with sessions"
  echo
  echo "| | time, s | peak memory of the server, MB | notices |"
  echo "|---|---:|---:|---:|"
  start_server --history_dir="$history"
  start_load --sessions --members="$members" --senders=1 --rate=1 --seconds=86400
  wait_for 300 'all have joined' are_in "$members"
  peak=$(status VmHWM)
  end_server TERM 0
  verify "$history" 'SIGTERM'
  start_server --history_dir="$history"
  wait_for 60 'all are back' are_in "$members"
  back_peak=$(status VmHWM)
  sleep 1 # somebody talks
  end_load 'SIGTERM' TERM
  end_server TERM 0
  expect 'SIGTERM' resumed "$members"
  expect 'SIGTERM' losses "$members"
  expect 'SIGTERM' notices 0
  echo "| all join | $(divided "$(figure join_seconds)" 1 2) | $(divided "$peak" 1000 1) |" \
    "$(figure join_notices) |"
  echo "| all come back after a restart | $(divided "$(figure back_max_ms)" 1000 2) |" \
    "$(divided "$back_peak" 1000 1) | $(figure notices) |"
  awk -v ms="$(figure back_max_ms)" -v limit="$back_limit" 'BEGIN { exit !(ms <= limit) }' ||
    fail "the last member was back after $(figure back_max_ms) ms instead of $back_limit ms"
  rm -rf "$history"
  echo
}

# ---- What a journal costs -----------------------------------------------------------------------

mode_row() {
  port=0
  history=$folder/modes-$1
  mkdir "$history"
  case $1 in
    none) set -- "$1" ;;
    *) set -- "$1" --history_dir="$history" --history_sync="$1" ;;
  esac
  mode=$1
  shift
  start_server "$@"
  idle=$(status VmRSS)
  start_load --members=100 --senders=16 --window=16 --seconds=5
  end_load "$mode, closed loop"
  rate=$(figure posts_per_second)
  texts=$(awk -v all="$(figure messages)" -v notices="$(figure join_notices)" \
    'BEGIN { print (all - notices) / 100 }')
  disk=$(du -sb "$history" | cut -f 1)
  start_load --members=100 --senders=16 --rate=1000 --seconds=5 --prefix=Rate
  end_load "$mode, 1,000 texts/s"
  peak=$(status VmHWM)
  end_server TERM 0
  if [ "$mode" = none ]; then
    on_disk='-'
  else
    verify "$history" "$mode"
    on_disk=$(divided "$disk" "$texts" 1)
    # The text itself has 64 bytes.
    awk -v bytes="$on_disk" 'BEGIN { exit !(bytes > 64 && bytes < 256) }' ||
      fail "$mode: a text takes $on_disk bytes of the journal"
  fi
  printf '| %s | %.0f | %.0f | %.0f | %s | %s | %s |\n' "$mode" "$rate" "$(figure last_p50_us)" \
    "$(figure last_p99_us)" "$(divided "$idle" 1000 1)" "$(divided "$peak" 1000 1)" "$on_disk"
  rm -rf "$history"
}

mode_rows() {
  echo "### What a journal costs: 100 members, texts of 64 bytes, on $(stat -f -c %T "$folder")"
  echo
  echo "| sync | texts/s, 16 senders with 16 in flight | at 1,000 texts/s: last receiver, p50, us |" \
    "p99, us | idle, MB | peak, MB | bytes on disk for a text |"
  echo "|---|---:|---:|---:|---:|---:|---:|"
  for mode in none never 1s always; do mode_row $mode; done
  echo
}

for row in $rows; do
  case $row in
    kill) kill_rows ;;
    stop) stop_rows ;;
    modes) mode_rows ;;
  esac
done
echo "restart: everything went as it should" >&2
