#!/bin/sh
# Measures what a connection costs the machine of chat_server: resident memory of the process, and
# the memory of the kernel for the buffers of the socket.
#
#   sh tests/bench/memory.sh                    all kinds of connections
#   sh tests/bench/memory.sh idle               members that are idle
#   sh tests/bench/memory.sh mute               members that never read, while one member talks
#   sh tests/bench/memory.sh flood              peers that send without pause and read; flood control holds them
#   sh tests/bench/memory.sh throttled          the same, but they do not read the replies
#   sh tests/bench/memory.sh half               POSTs of 4,096 bytes that lack the last byte
#
# Prints a table in Markdown, in kB (1,000 bytes) for each connection:
# - process: how much more is resident than before, at the end; not for mute members, which the log
#   would hide
# - after: the same 25 s after all connections have ended
# - kernel: the most that its buffers hold, by skmem of ss(8): r, w, f, o and bl. About 3.5 kB for the
#   socket itself come on top
# - received: of these, bytes that the server has not read
#
# Needs root, ip and ss (Debian: iproute2) and bash. The server runs in one network namespace, all
# clients in another; both exist only while the script runs. Environment:
#   CONNECTIONS=100                   connections of a kind; ten times as many idle and half-sent ones
#   CHATHTTP_BENCH_BIN=DIRECTORY      programs to use; built as preset release without it
#   CHATHTTP_SERVER=FILE              another chat_server, to compare with
set -eu
cd "$(dirname "$0")/../.."

connections=${CONNECTIONS:-100}
kinds=${*:-idle mute flood throttled half}
for kind in $kinds; do
  case $kind in
    idle | mute | flood | throttled | half) ;;
    *)
      echo "memory: unknown kind $kind, known are: idle mute flood throttled half" >&2
      exit 2
      ;;
  esac
done
for program in ip ss bash; do
  command -v "$program" >/dev/null || {
    echo "memory: $program is missing; as root: apt-get install iproute2 bash" >&2
    exit 2
  }
done
[ "$(id -u)" -eq 0 ] || {
  echo "memory: network namespaces need root; try: sudo sh tests/bench/memory.sh" >&2
  exit 2
}

bin=${CHATHTTP_BENCH_BIN:-}
if [ -z "$bin" ]; then
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_load >&2
fi
server_program=${CHATHTTP_SERVER:-$bin/chat_server}
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :
seconds=8
quiet=25

folder=$(mktemp -d)
there=chathttp-server-$$  # namespace of the server
here=chathttp-clients-$$  # namespace of the clients
address=10.99.0.1         # in these namespaces only
pids=
finish() {
  for pid in $pids; do kill -9 "$pid" 2>/dev/null || :; done
  ip netns del "$there" 2>/dev/null || :
  ip netns del "$here" 2>/dev/null || :
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

ip netns add "$there"
ip netns add "$here"
ip link add server0 netns "$there" type veth peer name client0 netns "$here"
for end in "$there server0 $address" "$here client0 10.99.0.2"; do
  # shellcheck disable=SC2086
  set -- $end
  ip -n "$1" link set lo up
  ip -n "$1" addr add "$3/24" dev "$2"
  ip -n "$1" link set "$2" up
done

resident() { awk '/^VmRSS/ { print $2 * 1024 }' "/proc/$server/status"; }
# kernel: prints the connections of the clients, and their bytes in receive buffers and in all buffers.
kernel() {
  ip netns exec "$there" ss -tmnHO state connected "( sport = :9994 )" |
    sed -n 's/.*skmem:(r\([0-9]*\),.*,f\([0-9]*\),w\([0-9]*\),o\([0-9]*\),bl\([0-9]*\),.*/\1 \2 \3 \4 \5/p' |
    awk '{ ++n; r += $1; all += $1 + $2 + $3 + $4 + $5 } END { printf "%d %d %d\n", n, r, all }'
}
# most: prints the largest of the figures of `kernel` in some seconds.
most() {
  # Others connect first; mute members are full at once.
  [ "$kind" = mute ] || sleep 2
  for _ in $(seq $((seconds * 4))); do
    kernel
    sleep 0.25
  done | sort -n -k 3 | tail -n 1
}

# load FLAG...: runs chat_load in the clients' namespace.
load() { ip netns exec "$here" "$bin/chat_load" --host=$address --port=9994 "$@" >"$folder/load" 2>&1; }

# connect COUNT COMMAND: opens connections that stay open, and runs COMMAND for each, with its number
# in n and its descriptor in fd.
connect() {
  ip netns exec "$here" bash -c '
    post() { printf "POST h HTTP/1.1\nUser_Agent: %s\nContent_Length: %d\n\n" "$1" "$2"; }
    request() { printf "%s h HTTP/1.1\nUser_Agent: %s\nContent_Length: 0\n\n" "$1" "$2"; }
    text=$(printf "%4095s" "" | tr " " x)
    for n in $(seq "$1"); do
      exec {fd}<>"/dev/tcp/$0/9994"
      eval "$2"
    done
    sleep 600' "$address" "$@" 2>/dev/null
}

start() {
  : >"$folder/output"
  ip netns exec "$there" "$server_program" --listen=$address:9994 --max_connections=20000 \
    --max_members=20000 --per_address=1000000 --connect_rate=off --login_limit=1m --request_limit=1m \
    --log_level=error "$@" \
    >"$folder/output" 2>"$folder/log" &
  server=$!
  pids="$pids $server"
  tries=0
  until grep -q '^listening on ' "$folder/output"; do
    tries=$((tries + 1))
    [ $tries -le 200 ] || {
      echo "memory: the server does not listen: $(tail -n 1 "$folder/log")" >&2
      exit 1
    }
    sleep 0.05
  done
}

echo "| connections | number | process | after | kernel | received |"
echo "|---|---:|---:|---:|---:|---:|"
for kind in $kinds; do
  count=$connections log=32768 exempt=10.99.0.0/24
  case $kind in
    idle | half) count=$((10 * connections)) ;;
    # Room for all that is said before the mute members are lapped.
    mute) log=1073741824 ;;
    flood | throttled) exempt= ;;
  esac
  start --exempt=$exempt --backlog_bytes=$log
  before=$(resident)
  case $kind in
    idle) load --members="$count" --idle --seconds=30 & ;;
    mute) load --members=$((count + 1)) --never_read="$count" --senders=1 --window=64 --size=4000 --seconds=3 & ;;
    flood) connect "$count" 'cat <&$fd >/dev/null & request ADD "F$n" >&$fd; yes "$(post "F$n" 5)

text" >&$fd &' & ;;
    throttled) connect "$count" 'request ADD "T$n" >&$fd; yes "$(request GET "T$n")
" >&$fd &' & ;;
    half) connect "$count" 'post "H$n" 4096 >&$fd; printf %s "$text" >&$fd' & ;;
  esac
  clients=$!
  pids="$pids $clients"
  buffers=$(most)
  during=$(resident)
  ip netns pids "$here" | xargs -r kill -KILL
  sleep "$quiet"
  after=$(resident)
  kill -KILL "$server"
  wait "$server" 2>/dev/null || :
  awk -v kind="$kind" -v count="$count" -v before="$before" -v during="$during" -v after="$after" \
    -v buffers="$buffers" 'BEGIN {
      split(buffers, b, " ")
      printf "| %s | %d | ", kind, count
      if (kind == "mute") printf "| | "
      else printf "%.1f | %.1f | ", (during - before) / count / 1000, (after - before) / count / 1000
      printf "%.1f | %.1f |\n", b[3] / b[1] / 1000, b[2] / b[1] / 1000 }'
done
