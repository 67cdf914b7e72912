#!/bin/sh
# Three servers of one room and a real Redis, on free ports of this machine: measures them, then takes
# them through each failure of docs/scaling.md under load, and checks what the members see.
#
#   sh tests/engine/run.sh           about two minutes; prints tables in Markdown
#
# Installs redis-server if it is missing, and needs nothing that runs already. Exits with 0 if
# everything went as the table says. Environment:
#   CHATHTTP_BIN=DIRECTORY            programs to use; built as preset release without it
#   REDIS_SERVER=PROGRAM              redis-server, or valkey-server
set -eu
cd "$(dirname "$0")/../.."

[ $# -eq 0 ] || {
  echo "engine: takes no arguments, got: $*" >&2
  exit 2
}
redis_server=${REDIS_SERVER:-redis-server}
command -v "$redis_server" >/dev/null || sh apps/setup.sh redis-server
bin=${CHATHTTP_BIN:-}
if [ -z "$bin" ]; then
  sh apps/setup.sh
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_client chat_load chat_admin >&2
fi

folder=$(mktemp -d)
pids=
# shellcheck disable=SC2317  # called by the trap
clean_up() {
  # shellcheck disable=SC2086  # process ids, in words
  [ -z "$pids" ] || kill -CONT $pids 2>/dev/null || :
  # shellcheck disable=SC2086
  [ -z "$pids" ] || kill -9 $pids 2>/dev/null || :
  wait 2>/dev/null || :
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "engine: $*" >&2
  for file in "$folder"/*.err "$folder"/*.log "$folder"/load; do
    [ -s "$file" ] || continue
    echo "--- the end of ${file##*/}" >&2
    tail -n 8 "$file" >&2
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

redis() { "${redis_server%server}cli" -p "$redis_port" "$@"; }
redis_answers() { [ "$(redis ping 2>/dev/null)" = PONG ]; }

# start_redis FOLDER [FLAG...]: at $redis_port.
start_redis() {
  mkdir -p "$folder/$1"
  data=$folder/$1
  shift
  "$redis_server" --port "$redis_port" --bind 127.0.0.1 --dir "$data" --save '' --appendonly yes \
    --appendfsync always --maxmemory-policy noeviction "$@" >>"$folder/redis.log" 2>&1 &
  redis_pid=$!
  pids="$pids $redis_pid"
  wait_for 10 'Redis answers' redis_answers
}

# The first free port from this one on, as Redis does not choose one itself.
redis_port=16379
while "${redis_server%server}cli" -p $redis_port ping >/dev/null 2>&1; do
  redis_port=$((redis_port + 1))
done

# start_server NAME [FLAG...]: sets the variables pid_NAME and port_NAME.
start_server() {
  name=$1
  shift
  : >"$folder/$name.out"
  "$bin/chat_server" --port=0 --log="redis://127.0.0.1:$redis_port/lobby" \
    --admin="$folder/$name.sock" "$@" >"$folder/$name.out" 2>>"$folder/$name.err" &
  eval "pid_$name=$!"
  pids="$pids $!"
  wait_for 20 "server $name listens" grep -q '^listening on ' "$folder/$name.out"
  eval "port_$name=$(sed -n 's/^listening on .*://p' "$folder/$name.out")"
}

# is_in NAME SERVER: whether the room of the server has this member.
is_in() { "$bin/chat_admin" --admin="$folder/$2.sock" list "$1" 2>/dev/null | grep -q "^$1 "; }

# member NAME SERVER: a client that stays until its connection ends; its events are in
# $folder/NAME.json.
member() {
  eval "port=\$port_$2"
  # shellcheck disable=SC2154  # set by eval
  "$bin/chat_client" --json --read --user="$1" --port="$port" >"$folder/$1.json" \
    2>>"$folder/clients.err" &
  pids="$pids $!"
  wait_for 10 "$1 is in the room" is_in "$1" "$2"
}

# heard EVENT NAME WITNESS: how often.
heard() { grep -c "\"event\":\"$1\".*\"name\":\"$2\"" "$folder/$3.json" || :; }
heard_once() { [ "$(heard "$1" "$2" "$3")" = 1 ]; }

# load SECONDS PORTS FLAG...: in the background, into $folder/load.
load() {
  seconds=$1
  ports=$2
  shift 2
  "$bin/chat_load" --json --seconds="$seconds" --ports="$ports" --patience=30s "$@" \
    >"$folder/load" &
  load_pid=$!
  pids="$pids $load_pid"
}
verified() { wait "$load_pid" || fail "$1: a text was lost, repeated or out of order"; }
figure() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$folder/load"; }

row() { echo "| $1 | $2 |"; }

start_redis first
start_server a --create
start_server b
start_server c
all=$port_a,$port_b,$port_c

echo "### Three servers and one room, appendfsync always"
echo
echo "| members | load | texts/s | deliveries/s | last receiver, p50, us | p99, us |"
echo "|---:|---|---:|---:|---:|---:|"
for texts in 100 1000; do
  load 4 "$all" --members=60 --senders=12 --rate=$texts
  verified "$texts texts/s"
  echo "| 60 | $texts texts/s | $(figure posts_per_second) | $(figure deliveries_per_second) |" \
    "$(figure last_p50_us) | $(figure last_p99_us) |"
done
for window in 1 64; do
  load 4 "$all" --members=60 --senders=48 --window=$window
  verified "window $window"
  echo "| 60 | 48 senders, $window in flight | $(figure posts_per_second) |" \
    "$(figure deliveries_per_second) | $(figure last_p50_us) | $(figure last_p99_us) |"
done
"$bin/chat_server" --port=0 --log_level=error >"$folder/alone.out" 2>"$folder/alone.err" &
pids="$pids $!"
wait_for 10 'the server alone listens' grep -q '^listening on ' "$folder/alone.out"
load 4 "$(sed -n 's/^listening on .*://p' "$folder/alone.out")" --members=60 --senders=12 --rate=100
verified 'a server alone'
echo "| 60 | 100 texts/s, one server without an engine | $(figure posts_per_second) |" \
  "$(figure deliveries_per_second) | $(figure last_p50_us) | $(figure last_p99_us) |"

echo
echo "### Failures"
echo
echo "| failure | what the members saw |"
echo "|---|---|"
member Witness a

load 12 "$all" --members=30 --senders=6 --rate=200
sleep 2
kill -STOP "$redis_pid"
sleep 8
kill -CONT "$redis_pid"
verified 'Redis stopped for 8 s'
[ "$(grep -c '"event":"left".*Witness' "$folder/Witness.json")" = 0 ] || fail 'Witness left'
row 'Redis is stopped for 8 s' "nothing but a delay: $(figure posts) texts, each heard once, in one order"

load 8 "$all" --members=30 --senders=6 --rate=200
for _ in 1 2 3 4 5; do
  sleep 1.2
  redis client kill type normal skipme yes >/dev/null
done
verified 'CLIENT KILL'
row 'all connections to Redis are cut, 5 times' "nothing but a delay: $(figure posts) texts"

load 10 "$all" --members=30 --senders=6 --rate=200
sleep 3
kill -9 "$redis_pid"
sleep 1
start_redis first
verified 'Redis killed'
row 'Redis is killed, and started again on its files' "nothing but a delay: $(figure posts) texts"

member Carol c
member Chris c
load 12 "$port_a,$port_b" --members=20 --senders=4 --rate=200
sleep 2
kill -9 "$pid_c"
for name in Carol Chris; do
  wait_for 15 "$name has left" heard_once left $name Witness
done
verified 'a server killed'
for name in Carol Chris; do
  heard_once left $name Witness || fail "$name left $(heard left $name Witness) times"
done
row 'a server is killed' 'each of its members left once; the others heard all'

start_server c
all=$port_a,$port_b,$port_c
member Cindy c
kill -STOP "$pid_c"
load 12 "$port_a,$port_b" --members=20 --senders=4 --rate=200
wait_for 12 'Cindy has left' heard_once left Cindy Witness
kill -CONT "$pid_c"
wait_for 15 'Cindy is told' grep -q 'The server was away too long' "$folder/Cindy.json"
member Cindy c
verified 'a server stopped'
heard_once left Cindy Witness || fail 'Cindy left more than once'
"$bin/chat_admin" --admin="$folder/c.sock" servers | grep -q 'this server' || fail 'server c is gone'
row 'a server is stopped until the others give it up' \
  'each of its members left once, was told `The server was away too long: connect again`, and could come back'

# A replica that has not got the last entries takes over, at the same address.
master_port=$redis_port
master_pid=$redis_pid
redis_port=$((master_port + 1000))
start_redis replica --replicaof "127.0.0.1 $master_port"
in_sync() { redis info replication | grep -q 'master_link_status:up'; }
wait_for 10 'the replica is in sync' in_sync
redis replicaof no one >/dev/null
load 3 "$all" --members=30 --senders=6 --rate=200
verified 'a replica that lags'
kill -9 "$master_pid"
redis config set port "$master_port" >/dev/null
redis_port=$master_port
wait_for 10 'the replica has the address' redis_answers
for name in Witness Cindy; do
  wait_for 30 "$name is told" grep -q 'The room was restarted' "$folder/$name.json"
done
member Witness a
member Cindy c
load 3 "$all" --members=30 --senders=6 --rate=200
verified 'after the restart of the room'
row 'a replica that lags is promoted' \
  'all are told `The room was restarted`, and can come back to an empty room'

redis flushall >/dev/null
for name in a b c; do
  eval "pid=\$pid_$name"
  code=0
  wait "$pid" || code=$?
  [ $code = 1 ] || fail "server $name ended with $code"
  grep -q 'room is gone: start one server with --create' "$folder/$name.err" ||
    fail "server $name does not say what to do"
done
for name in Witness Cindy; do
  grep -q 'Server is shutting down' "$folder/$name.json" || fail "$name is not told of the end"
done
row 'the log is deleted' \
  'each member is told that the server stops; each server ends with 1 and `room is gone: start one server with --create ...`'
echo
echo "engine: everything went as it should" >&2
