#!/bin/sh
# Builds the programs, starts a server on a free port and joins it.
#   sh apps/run.sh          on a terminal: you chat; elsewhere: three clients play a short scene
#   sh apps/run.sh --help   the flags of the client, which are given on: --user=Alice
# The server lives no longer than this script, and nothing is left outside of build/.
set -eu
cd "$(dirname "$0")/.."

bin=build/release/bin
scene=''    # folder of the pipes and transcripts of the scene
server=''   # process ids
clients=''

fail() {
  echo "run: $*" >&2
  exit 1
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
  trap '' INT TERM HUP
  # shellcheck disable=SC2086  # process ids, in words
  [ -z "$clients$server" ] || kill $clients $server 2>/dev/null || :
  wait
  [ -z "$scene" ] || rm -rf "$scene"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  sh apps/setup.sh
  mkdir -p build
  echo 'run: building' >&2
  { cmake --preset release && cmake --build --preset release --target chat_server chat_client; } \
    >build/run.log 2>&1 || {
    cat build/run.log >&2
    fail 'the build failed'
  }
}

# Sets `server` and `port`.
start_server() {
  mkfifo "$scene/listening"
  "$bin/chat_server" --host=127.0.0.1 --port=0 >"$scene/listening" 2>"$scene/server.log" &
  server=$!
  read -r line <"$scene/listening" || {
    cat "$scene/server.log" >&2
    fail 'the server did not start'
  }
  port=${line##*:}
  echo "run: server $line"
}

stop_server() {
  kill "$server"
  status=0
  wait "$server" || status=$?
  server=''
  [ "$status" -eq 0 ] || fail "the server ended with $status"
}

# enter NAME: starts a client that reads from the pipe NAME.in; sets `client` to its process id.
enter() {
  mkfifo "$scene/$1.in"
  "$bin/chat_client" --host=127.0.0.1 --port="$port" --user="$1" \
    <"$scene/$1.in" >"$scene/$1.saw" 2>"$scene/$1.err" &
  client=$!
  clients="$clients $client"
}

# sees NAME LINE: waits until client NAME has printed LINE.
sees() {
  tries=200
  until grep -qxF -e "$2" "$scene/$1.saw"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || {
      cat "$scene/$1.err" "$scene/server.log" >&2
      fail "$1 never saw: $2"
    }
    sleep 0.05
  done
}

all_see() {
  for name in Alice Bob Carol; do sees "$name" "$1"; done
}

# leaves NAME PROCESS: waits for the client to end after its /quit.
leaves() {
  status=0
  wait "$2" || status=$?
  [ "$status" -eq 0 ] || {
    cat "$scene/$1.err" >&2
    fail "the client of $1 ended with $status"
  }
}

# saw NAME: shows the transcript of NAME, and compares it with the standard input.
saw() {
  echo
  echo "$1 saw:"
  sed 's/^/    /' "$scene/$1.saw"
  diff - "$scene/$1.saw" >&2 || fail "$1 did not see what was to be seen"
}

play() {
  enter Alice
  alice=$client
  exec 3>"$scene/Alice.in"
  echo '/users' >&3
  sees Alice 'Online users:'

  enter Bob
  bob=$client
  exec 4>"$scene/Bob.in"
  sees Alice 'Bob has just entered the chat room...'

  enter Carol
  carol=$client
  exec 5>"$scene/Carol.in"
  sees Bob 'Carol has just entered the chat room...'

  echo 'Hello, everyone!' >&3
  all_see '[ Alice ] : Hello, everyone!'
  echo 'Grüße, Alice.' >&4
  all_see '[ Bob ] : Grüße, Alice.'
  echo '/users' >&5
  sees Carol 'Online users:'
  sees Carol 'Carol'

  echo '/quit' >&5
  leaves Carol "$carol"
  sees Bob 'Carol has just left the chat room...'
  echo '/quit' >&4
  leaves Bob "$bob"
  sees Alice 'Bob has just left the chat room...'
  echo '/quit' >&3
  leaves Alice "$alice"
  clients=''
}

review() {
  saw Alice <<'END'
Online users:
Alice
Bob has just entered the chat room...
Carol has just entered the chat room...
[ Alice ] : Hello, everyone!
[ Bob ] : Grüße, Alice.
Carol has just left the chat room...
Bob has just left the chat room...
END
  saw Bob <<'END'
Carol has just entered the chat room...
[ Alice ] : Hello, everyone!
[ Bob ] : Grüße, Alice.
Carol has just left the chat room...
END
  saw Carol <<'END'
[ Alice ] : Hello, everyone!
[ Bob ] : Grüße, Alice.
Online users:
Alice
Bob
Carol
END
  echo
  echo 'run: everyone saw everything, in one order'
}

build
if [ "${1:-}" = --help ]; then
  "$bin/chat_client" --help
  exit 0
fi
scene=$(mktemp -d build/run.XXXXXX)
start_server
if [ -t 0 ]; then
  status=0
  "$bin/chat_client" --host=127.0.0.1 --port="$port" "$@" || status=$?
  stop_server
  exit "$status"
fi
play
review
stop_server
