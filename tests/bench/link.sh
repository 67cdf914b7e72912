#!/bin/sh
# Loads chat_server over a link of limited rate, which loopback cannot show: a talker that sends as
# fast as it can, 197 members that read, and a calm pair whose texts are timed.
#
#   sh tests/bench/link.sh                     all talkers, without and with flood control
#   sh tests/bench/link.sh none                no talker, to compare with
#   sh tests/bench/link.sh short               texts of 16 bytes
#   sh tests/bench/link.sh ten                 the same by ten at once
#   sh tests/bench/link.sh long                texts of 4,000 bytes
#   sh tests/bench/link.sh relogin             ADD and DELETE in turns
#   sh tests/bench/link.sh lists               requests for the list
#
# Prints one row of a table for each talker. Exits with 1 if a member was closed as slow, a calm text
# was lost, or the calm pair waited too long: p50 above 400 ms or p99 above 1.5 s.
# The pair posts 20 texts a second each, and with flood control, which holds for everybody here, 1.
# The queue of the link holds 30 ms, as that of a switch with 3.75 MB at 1 Gbit/s.
#
# Needs root, ip and tc (Debian: iproute2) and bash. The server runs in one network namespace, all
# clients in another; both exist only while the script runs. Environment:
#   RATE=1gbit DURATION=20            rate of the link; seconds of each run
#   READERS=197                       members that only read
#   FLOOD="off 2/10"                  values of --flood to run each talker with
#   CHATHTTP_BENCH_BIN=DIRECTORY      programs to use; built as preset release without it
#   CHATHTTP_SERVER=FILE              another chat_server, to compare with
set -eu
cd "$(dirname "$0")/../.."

rate=${RATE:-1gbit}
seconds=${DURATION:-20}
readers=${READERS:-197}
floods=${FLOOD:-off 2/10}
talkers=${*:-none short ten long relogin lists}
for talker in $talkers; do
  case $talker in
    none | short | ten | long | relogin | lists) ;;
    *)
      echo "link: unknown talker $talker, known are: none short ten long relogin lists" >&2
      exit 2
      ;;
  esac
done
for program in ip tc bash; do
  command -v "$program" >/dev/null || {
    echo "link: $program is missing; as root: apt-get install iproute2 bash" >&2
    exit 2
  }
done
[ "$(id -u)" -eq 0 ] || {
  echo "link: network namespaces need root; try: sudo sh tests/bench/link.sh" >&2
  exit 2
}

bin=${CHATHTTP_BENCH_BIN:-}
if [ -z "$bin" ]; then
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_load >&2
fi
server_program=${CHATHTTP_SERVER:-$bin/chat_server}

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
  ip netns exec "$1" tc qdisc add dev "$2" root tbf rate "$rate" burst 256kb latency 30ms
done

sent_bytes() { ip netns exec "$there" cat /sys/class/net/server0/statistics/tx_bytes; }
# ticks PID: prints the processor time of a process so far, in clock ticks.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
now() { date +%s.%N; }
figure() { sed -n "s/^ *\"$2\": \([^,]*\),*$/\1/p" "$folder/$1"; }

# load FILE FLAG...: runs chat_load in the clients' namespace; its report goes to FILE.
load() {
  report=$folder/$1
  shift
  ip netns exec "$here" "$bin/chat_load" --json --host=$address --port=9994 "$@" >"$report"
}

# hammer SECONDS FIRST METHOD...: sends the first request once, then the others without pause, and
# ignores the responses.
hammer() {
  ip netns exec "$here" timeout "$1" bash -c '
    address=$0
    shift
    exec 3<>"/dev/tcp/$address/9994"
    cat <&3 >/dev/null &
    request() { printf "%s %s HTTP/1.1\nUser_Agent: Restless\nContent_Length: 0\n\n" "$1" "$address"; }
    [ -z "$1" ] || request "$1" >&3
    shift
    all=$(for method; do request "$method"; done)
    yes "$all
" >&3' "$address" "$@" 2>/dev/null || :
}

# settle: waits until the notices of the members that have joined are through, so that less than
# 2 MB a second cross the link.
settle() {
  before=0
  for second in $(seq 120); do
    sleep 1
    sent=$(sent_bytes)
    [ $((sent - before)) -ge 2000000 ] || return 0
    before=$sent
  done
  echo "link: the link was busy for $second s though nobody talked" >&2
  exit 1
}

failed=0
# run TALKER FLOOD
run() {
  rate_of_pair=20
  [ "$2" = off ] || rate_of_pair=1
  : >"$folder/output"
  ip netns exec "$there" "$server_program" --host=$address --port=9994 \
    --exempt= --per_address=1000000 --connect_rate=off --flood="$2" 2>"$folder/log" \
    >"$folder/output" &
  server=$!
  pids="$pids $server"
  tries=0
  until grep -q '^listening on ' "$folder/output"; do
    tries=$((tries + 1))
    [ $tries -le 200 ] || {
      echo "link: the server does not listen: $(tail -n 1 "$folder/log")" >&2
      exit 1
    }
    sleep 0.05
  done
  load crowd --prefix=Crowd --members=$readers --senders=1 --rate=1 --seconds=$((seconds + 10)) &
  crowd_pid=$!
  pids="$pids $crowd_pid"
  settle
  load calm --prefix=Calm --members=2 --senders=2 --rate=$rate_of_pair --warm_up=2s --seconds="$seconds" &
  calm_pid=$!
  pids="$pids $calm_pid"
  sleep 1
  case $1 in
    short) load talker --members=1 --senders=1 --window=4096 --size=16 --seconds="$seconds" & ;;
    long) load talker --members=1 --senders=1 --window=512 --size=4000 --seconds="$seconds" & ;;
    ten) load talker --members=10 --senders=10 --window=4096 --size=16 --seconds="$seconds" & ;;
    relogin) hammer "$seconds" "" ADD DELETE & ;;
    lists) hammer "$seconds" ADD GET & ;;
    none) sleep "$seconds" & ;;
  esac
  pids="$pids $!"
  sleep 1
  begin="$(now) $(sent_bytes) $(ticks $server)"
  calm=0
  wait $calm_pid || calm=1
  end="$(now) $(sent_bytes) $(ticks $server)"
  wait $crowd_pid || :
  closed=$(grep -c 'event=closed .*slow consumer' "$folder/log" || :)
  kill -TERM $server
  wait $server || :
  awk -v talker="$1" -v flood="$2" -v closed="$closed" -v begin="$begin" -v end="$end" -v hz="$(getconf CLK_TCK)" \
    -v posts="$(figure calm posts)" -v lost="$(figure calm lost)" -v calm="$calm" \
    -v p50="$(figure calm last_p50_us)" -v p99="$(figure calm last_p99_us)" 'BEGIN {
      split(begin, b, " "); split(end, e, " "); took = e[1] - b[1]
      printf "| %s | %s | %d | %s | %s | %.0f | %.0f | %.0f | %.1f |\n", talker, flood, closed, posts, lost,
        p50 / 1000, p99 / 1000, (e[2] - b[2]) * 8 / took / 1e6, 100 * (e[3] - b[3]) / hz / took
      exit !(closed == 0 && calm == 0 && lost == 0 && p50 <= 400000 && p99 <= 1500000) }' || failed=1
}

echo "| talker | flood | members closed as slow | calm texts | lost | p50, ms | p99, ms |" \
  "link, Mbit/s | processor of the server, % |"
echo "|---|---|---:|---:|---:|---:|---:|---:|---:|"
for talker in $talkers; do
  for flood in $floods; do run "$talker" "$flood"; done
done
exit $failed
