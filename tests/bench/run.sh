#!/bin/sh
# Builds the release preset and prints the figures of docs/performance.md, as tables in Markdown:
#
#   sh tests/bench/run.sh            about twenty minutes
#   sh tests/bench/run.sh --quick    about two minutes, fewer and shorter rounds
#   sh tests/bench/run.sh [--quick] talk latency slow storm operated log threads micro   only these parts
#   sh tests/bench/run.sh --draw FILE [FOLDER]      draws the tables of FILE, measures nothing
#
# The tables are saved in build/bench/results.md, and drawn beside it as SVG. The plots of
# docs/performance.md are those of its own tables: after a change of these,
#
#   sh tests/bench/run.sh --draw docs/performance.md docs/images
#
# Each figure of chat_server stands beside that of the floor (tests/bench/floor.cc), and the two
# take turns: floor, server, floor, server, ... The tables have the medians of all rounds; a ratio
# is the median of the ratios of each round. The server runs on processor 0, the generator on
# processor 1. Other load on the machine affects the figures, so the first line has the load average
# before. CHATHTTP_BENCH_BIN names a folder with the programs; then nothing is built.
set -eu
cd "$(dirname "$0")/../.."

results=build/bench/results.md

# draw FILE FOLDER
draw() {
  mkdir -p "$2"
  awk -v folder="$2" -f tests/bench/plots.awk "$1"
}

if [ "${1:-}" = --draw ]; then
  [ -r "${2:-}" ] || {
    echo "bench: --draw needs a file with tables that can be read, got \"${2:-}\"" >&2
    exit 2
  }
  draw "$2" "${3:-${results%/*}}"
  exit
fi

rounds=5 seconds=3 never_rounds=13 storm_members=10000 storm_rounds=3 idle_seconds=5 micro_flag=
if [ "${1:-}" = --quick ]; then
  rounds=1 seconds=1 never_rounds=1 storm_members=2000 storm_rounds=1 idle_seconds=1 micro_flag=--quick
  shift
fi
known="talk latency slow storm operated log threads micro"
parts=${*:-$known}
for part in $parts; do
  case $part in
    talk | latency | slow | storm | operated | log | threads | micro) ;;
    *)
      echo "bench: unknown part $part, known are: $known" >&2
      exit 2
      ;;
  esac
done

bin=${CHATHTTP_BENCH_BIN:-}
if [ -z "$bin" ]; then
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_load chathttp_floor chathttp_micro >&2
fi
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :
allowed=$(ulimit -n)
[ "$allowed" = unlimited ] || [ "$allowed" -ge $((storm_members + 100)) ] ||
  storm_members=$((allowed - 100))

folder=$(mktemp -d)
server_pid=   # of the server
started_pid=  # of what was started for it: the server, or the terminal it runs in
joiner_pid=
finish() {
  stop
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

on_cpu() {
  cpu=$1
  shift
  if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
    exec taskset -c "$cpu" "$@"
  else
    exec "$@"
  fi
}

# start WHICH: floor, server, threads-N (a server with N threads on all processors), operated (all that an operator may switch on, and limits for everybody
# that nobody reaches), or log-WHERE, a server that logs all to where nobody takes it.
start() {
  : >"$folder/output"
  case $1 in
    floor) (on_cpu 0 "$bin/floor" --port=0 >"$folder/output") & ;;
    server) (on_cpu 0 "$bin/chat_server" --port=0 --log_level=error >"$folder/output") & ;;
    operated)
      (on_cpu 0 "$bin/chat_server" --port=0 --log_file="$folder/log" --admin="$folder/admin" \
        --metrics=127.0.0.1:0 --proxy_listen=127.0.0.1:0 --proxy_from=127.0.0.1 \
        --exempt=192.0.2.1 --flood=1000000/1000000 --per_address=100000 \
        --connect_rate=100000/1s >"$folder/output") &
      ;;
    threads-*)
      "$bin/chat_server" --port=0 --log_level=error --threads="${1#threads-}" >"$folder/output" &
      ;;
    log-null) (on_cpu 0 sh "$folder/run" 2>/dev/null) & ;;
    log-pipe) (on_cpu 0 sh "$folder/run" 2>"$folder/unread") & ;;
    log-full) (on_cpu 0 sh "$folder/run" 2>/dev/full) & ;;
    log-terminal)
      # Nobody reads what script writes, so it reads no more from the terminal of the server.
      (on_cpu 0 script -q -c "sh $folder/run" /dev/null >"$folder/unread" </dev/null) &
      ;;
  esac
  started_pid=$!
  server_pid=$started_pid
  last='^answering metrics on '
  case $1 in floor | server | threads-*) last='^listening on ' ;; esac
  tries=0
  until grep -q "$last" "$folder/output"; do
    tries=$((tries + 1))
    [ $tries -le 200 ] || {
      echo "bench: $1 does not listen" >&2
      exit 1
    }
    sleep 0.05
  done
  port=$(sed -n 's/^listening on .*://p' "$folder/output")
  metrics_port=$(sed -n 's/^answering metrics on .*://p' "$folder/output")
  case $1 in
    log-*)
      server_pid=$(cat "$folder/pid")
      join_again &
      joiner_pid=$!
      ;;
  esac
}

# join_again: has members come and go until it is killed.
join_again() {
  while "$bin/chat_load" --port="$port" --prefix=Guest --members=20 --join_storm >/dev/null; do :; done
}

stop() {
  for pid in "$server_pid" "$started_pid" "$joiner_pid"; do
    [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || :
    [ -z "$pid" ] || wait "$pid" 2>/dev/null || :
  done
  server_pid= started_pid= joiner_pid=
}

# load WHICH FLAG...: runs chat_load against the floor or the server; its output is in
# $folder/answer.
load() {
  which=$1
  shift
  start "$which"
  (on_cpu 1 "$bin/chat_load" --json --port="$port" --pid="$server_pid" "$@") >"$folder/answer" || {
    echo "bench: $which, chat_load $*:" >&2
    sed -n '/"lost"/,$p' "$folder/answer" >&2
    exit 1
  }
  [ -z "$metrics_port" ] || metrics >"$folder/metrics"
  stop
}

# metrics: prints the answer of the server to GET /metrics.
metrics() {
  bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /metrics HTTP/1.1\r\n\r\n" >&3 && cat <&3' \
    "$metrics_port"
}

# figure KEY: prints a value of the last run.
figure() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$folder/answer"; }

# append FILE KEY...: appends the values of the last run, as one line.
append() {
  file=$folder/$1
  shift
  line=
  for key in "$@"; do line="$line $(figure "$key")"; done
  echo "$line" >>"$file"
}

# median FILE COLUMN
median() {
  awk -v column="$2" '{ print $column }' "$folder/$1" | sort -g |
    awk '{ value[NR] = $1 }
      END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

# ratio COLUMN: prints the ratio of server to floor, the median of the rounds.
ratio() {
  paste "$folder/server" "$folder/floor" | awk -v column="$1" '
    { half = NF / 2; if ($(half + column) > 0) print $column / $(half + column) }' >"$folder/ratios"
  median ratios 1
}

# alternate COUNT FIRST SECOND "KEY..." FLAG...: runs two servers in turns; appends the values to the
# files floor (those of the first) and server.
alternate() {
  count=$1
  first=$2
  second=$3
  keys=$4
  shift 4
  rm -f "$folder/floor" "$folder/server"
  for round in $(seq "$count"); do
    # shellcheck disable=SC2086
    load "$first" "$@" && append floor $keys
    # shellcheck disable=SC2086
    load "$second" "$@" && append server $keys
  done
}

# pairs ROUNDS "KEY..." FLAG...: the same with the floor and the server.
pairs() {
  count=$1
  shift
  alternate "$count" floor server "$@"
}

row() { awk -v row="$*" 'BEGIN { split(row, f, " "); for (i = 1; i in f; ++i) {
    if (f[i] + 0 == f[i]) f[i] = sprintf(f[i] == int(f[i]) ? "%.0f" : f[i] < 10 ? "%.3f" : f[i] < 1000 ? "%.1f" : "%.0f", f[i])
    gsub("~", " ", f[i]); printf "| %s ", f[i] } print "|" }'; }

talk() {
  echo "### Processor seconds of the server per million deliveries"
  echo
  echo "| members | in flight per sender | floor | chat_server | times the floor |" \
    "floor, deliveries/s | chat_server, deliveries/s | generator, share of its processor |"
  echo "|---:|---|---:|---:|---:|---:|---:|---:|"
  for members in 50 200 1000; do
    for regime in 16 1 rate; do
      flags=--window=$regime words=$regime
      [ $regime != rate ] || flags=--rate=200 words=open~loop,~200/s
      pairs $rounds "server_seconds_per_million deliveries_per_second generator_share" \
        --members=$members --senders=16 --seconds=$seconds $flags
      row $members $words "$(median floor 1)" "$(median server 1)" "$(ratio 1)" \
        "$(median floor 2)" "$(median server 2)" "$(median server 3)"
    done
  done
  echo
}

latency() {
  echo "### Latency at half of the floor's rate, open loop, in microseconds"
  echo
  echo "| members | texts/s | | last receiver, p50 | p99 | median receiver, p50 | p99 |"
  echo "|---:|---:|---|---:|---:|---:|---:|"
  for members in 200 1000; do
    load floor --members=$members --senders=16 --window=1 --seconds=$seconds
    rate=$(figure posts_per_second | awk '{ print int($1 / 2) }')
    pairs $rounds "last_p50_us last_p99_us median_p50_us median_p99_us" \
      --members=$members --senders=16 --seconds=$seconds --rate="$rate"
    for which in floor server; do
      row $members "$rate" $which "$(median $which 1)" "$(median $which 2)" \
        "$(median $which 3)" "$(median $which 4)"
    done
    row $members "$rate" times "$(ratio 1)" "$(ratio 2)" "$(ratio 3)" "$(ratio 4)"
  done
  echo
}

slow() {
  echo "### Members that do not read, chat_server"
  echo
  echo "| members | of them | figure | without them | with them | times |"
  echo "|---:|---|---|---:|---:|---:|"
  rm -f "$folder/floor" "$folder/server"
  for round in $(seq $never_rounds); do
    load server --members=1000 --seconds=$seconds
    append floor deliveries_per_second server_seconds_per_million
    load server --members=1001 --never_read=1 --seconds=$seconds
    append server deliveries_per_second server_seconds_per_million
  done
  row 1001 1~never~reads deliveries/s "$(median floor 1)" "$(median server 1)" "$(ratio 1)"
  row 1001 1~never~reads processor,~s~per~million "$(median floor 2)" "$(median server 2)" \
    "$(ratio 2)"
  rm -f "$folder/floor" "$folder/server"
  for round in $(seq $rounds); do
    load server --members=900 --rate=200 --seconds=$seconds
    append floor last_p99_us
    load server --members=1000 --slow_read=100 --rate=200 --seconds=$seconds
    append server last_p99_us
  done
  row 1000 100~read~1~KiB/s last~receiver,~p99,~us "$(median floor 1)" "$(median server 1)" \
    "$(ratio 1)"
  echo
}

storm() {
  echo "### $storm_members members in one room"
  echo
  echo "| | floor | chat_server | times the floor |"
  echo "|---|---:|---:|---:|"
  pairs $storm_rounds "join_seconds join_server_seconds" --members=$storm_members --join_storm
  row join~storm,~s "$(median floor 1)" "$(median server 1)" "$(ratio 1)"
  row join~storm,~processor~of~the~server,~s "$(median floor 2)" "$(median server 2)" "$(ratio 2)"
  pairs 1 "last_p50_us last_p99_us resident_bytes_per_member idle_share" \
    --members=$storm_members --idle --seconds=$idle_seconds
  row one~text~to~all,~last~receiver,~p50,~us "$(median floor 1)" "$(median server 1)" "$(ratio 1)"
  row one~text~to~all,~last~receiver,~p99,~us "$(median floor 2)" "$(median server 2)" "$(ratio 2)"
  row resident~bytes~per~idle~member "$(median floor 3)" "$(median server 3)" "$(ratio 3)"
  row processor~while~idle,~share "$(median floor 4)" "$(median server 4)" "$(ratio 4)"
  echo
}

# The generator has no processor of its own here: it shares them with the threads.
threads() {
  echo "### chat_server with several threads"
  echo
  echo "| members | in flight per sender | threads | figure | floor, one thread | chat_server | times |"
  echo "|---:|---|---:|---|---:|---:|---:|"
  processors=$(nproc)
  for members in 200 1000; do
    for regime in 1 rate; do
      flags=--window=$regime words=$regime
      [ $regime != rate ] || flags=--rate=200 words=open~loop,~200/s
      for number in 1 2 4; do
        [ $number -le 2 ] || [ $number -lt "$processors" ] || continue
        alternate $rounds floor threads-$number \
          "server_seconds_per_million deliveries_per_second last_p50_us last_p99_us" \
          --members=$members --senders=16 --seconds=$seconds $flags
        row $members $words $number processor,~s~per~million "$(median floor 1)" \
          "$(median server 1)" "$(ratio 1)"
        row $members $words $number deliveries/s "$(median floor 2)" "$(median server 2)" "$(ratio 2)"
        row $members $words $number last~receiver,~p50,~us "$(median floor 3)" "$(median server 3)" \
          "$(ratio 3)"
        row $members $words $number last~receiver,~p99,~us "$(median floor 4)" "$(median server 4)" \
          "$(ratio 4)"
      done
    done
  done
  echo
  echo "| members | of them | threads | figure | without them | with them | times |"
  echo "|---:|---|---:|---|---:|---:|---:|"
  for number in 1 2; do
    rm -f "$folder/floor" "$folder/server"
    for round in $(seq $rounds); do
      load threads-$number --members=900 --rate=200 --seconds=$seconds
      append floor last_p99_us
      load threads-$number --members=1000 --slow_read=100 --rate=200 --seconds=$seconds
      append server last_p99_us
    done
    row 1000 100~read~1~KiB/s $number last~receiver,~p99,~us "$(median floor 1)" \
      "$(median server 1)" "$(ratio 1)"
  done
  echo
  echo "| members | figure | 1 thread | 2 threads | times |"
  echo "|---:|---|---:|---:|---:|"
  alternate 1 threads-1 threads-2 "resident_bytes_per_member idle_share" \
    --members=$storm_members --idle --seconds=$idle_seconds
  row $storm_members resident~bytes~per~idle~member "$(median floor 1)" "$(median server 1)" \
    "$(ratio 1)"
  echo
}

# fanout_p99: prints the upper bound, in microseconds, of the bucket of chathttp_fanout_seconds that
# holds the 99th percentile of the last run.
fanout_p99() {
  sed -n 's/^chathttp_fanout_seconds_bucket{le="\(.*\)"} \(.*\)$/\1 \2/p' "$folder/metrics" |
    awk '{ bound[NR] = $1; count[NR] = $2 }
      END { for (i = 1; count[i] < 0.99 * count[NR]; ++i); print bound[i] * 1e6 }'
}

operated() {
  echo "### chat_server with metrics, admin, PROXY, limits and a log file"
  echo
  echo "| members | in flight per sender | figure | without them | with them | times |" \
    "last receiver, p99, us | chathttp_fanout_seconds, p99 below, us |"
  echo "|---:|---|---|---:|---:|---:|---:|---:|"
  for members in 200 1000; do
    for regime in 16 1 rate; do
      flags=--window=$regime words=$regime
      [ $regime != rate ] || flags=--rate=200 words=open~loop,~200/s
      rm -f "$folder/floor" "$folder/server" "$folder/fanout"
      for round in $(seq $rounds); do
        for which in server operated; do
          load $which --members=$members --senders=16 --seconds=$seconds $flags
          [ $which = server ] || fanout_p99 >>"$folder/fanout"
          file=server
          [ $which = operated ] || file=floor
          append $file server_seconds_per_million last_p99_us
        done
      done
      row $members $words processor,~s~per~million "$(median floor 1)" "$(median server 1)" \
        "$(ratio 1)" "$(median server 2)" "$(median fanout 1)"
    done
  done
  echo
}

# The server logs all that it can while members come and go; nobody takes its lines.
log() {
  echo "### A log that nobody reads, while members come and go"
  echo
  echo "| the log | to /dev/null, deliveries/s | to it | times | lines dropped |"
  echo "|---|---:|---:|---:|---:|"
  cat >"$folder/run" <<END
echo \$\$ >"$folder/pid"
exec "$bin/chat_server" --port=0 --log_level=debug --metrics=127.0.0.1:0 >"$folder/output"
END
  mkfifo "$folder/unread"
  exec 7<>"$folder/unread" # opens it for both, so that a writer finds a reader
  for where in pipe full terminal; do
    rm -f "$folder/floor" "$folder/server" "$folder/dropped"
    for round in $(seq $rounds); do
      load log-null --members=200 --window=1 --seconds=$seconds
      append floor deliveries_per_second
      load log-$where --members=200 --window=1 --seconds=$seconds
      append server deliveries_per_second
      sed -n 's/^chathttp_log_lines_dropped_total //p' "$folder/metrics" >>"$folder/dropped"
    done
    row $where "$(median floor 1)" "$(median server 1)" "$(ratio 1)" "$(median dropped 1)"
  done
  exec 7>&-
  echo
}

micro() {
  echo "### Microbenchmarks"
  echo
  "$bin/micro" $micro_flag
}

# save COMMAND: shows the output of COMMAND and appends it to the results.
save() {
  "$@" >"$folder/table"
  cat "$folder/table"
  cat "$folder/table" >>"$results"
}

heading() {
  echo "$(date -u +%Y-%m-%d), $(nproc) processors," \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r)," \
    "load before: $(cut -d ' ' -f 1 /proc/loadavg), rounds: $rounds of $seconds s"
  echo
}

mkdir -p "${results%/*}"
: >"$results"
save heading
for part in $parts; do save "$part"; done
draw "$results" "${results%/*}"
echo "bench: $results and its plots are in ${results%/*}/" >&2
