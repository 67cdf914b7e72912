#!/bin/sh
# Chats through real proxies: chat_client, stunnel as its TLS, HAProxy or stunnel as the proxy, and
# chat_server. The configurations are those of docs/operating.md, with other addresses and ports; the
# certificate is made here.
#
#   sh tests/proxy/run.sh             some seconds
#   sh tests/proxy/run.sh --frozen    three minutes more: a proxy that does nothing any more
#
# Exits with 0 if the server saw the address of the client through each proxy, and found out, if asked
# to, that a member behind a frozen proxy is gone. TCP does not find that: the system of the proxy
# still acknowledges its probes. Each program has an
# address of its own: 127.0.0.2 HAProxy, 127.0.0.3 stunnel as proxy, 127.0.0.4 the client.
# Needs haproxy, stunnel and openssl (Debian: haproxy stunnel4 openssl). Environment:
#   CHATHTTP_BIN=DIRECTORY            programs to use; built as preset release without it
set -eu
cd "$(dirname "$0")/../.."

case ${1:-} in
  '' | --frozen) ;;
  *)
    echo "proxy: unknown argument $1, known is: --frozen" >&2
    exit 2
    ;;
esac
for program in haproxy stunnel openssl; do
  command -v "$program" >/dev/null || {
    echo "proxy: $program is missing; as root: apt-get install haproxy stunnel4 openssl" >&2
    exit 2
  }
done
bin=${CHATHTTP_BIN:-}
if [ -z "$bin" ]; then
  bin=$PWD/build/release/bin
  cmake --preset release >&2
  cmake --build --preset release --target chat_server chat_client chat_admin >&2
fi

folder=$(mktemp -d)
pids=
# shellcheck disable=SC2317  # called by the trap
clean_up() {
  # shellcheck disable=SC2086  # process ids, in words
  [ -z "$pids" ] || kill $pids 2>/dev/null || :
  wait
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "proxy: $*" >&2
  for file in "$folder"/*.log; do
    echo "--- ${file##*/}" >&2
    cat "$file" >&2
  done
  exit 1
}

# start NAME COMMAND...: runs it in the background; its output is NAME.log.
start() {
  name=$1
  shift
  "$@" >"$folder/$name.log" 2>&1 &
  pids="$pids $!"
}

# expect NAME PATTERN: waits until a line of NAME.log matches.
expect() {
  tries=0
  until grep -q -s -e "$2" "$folder/$1.log"; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || fail "no line '$2' in $1.log"
    sleep 0.1
  done
}

# A port that was free a moment ago.
free_port() {
  : >"$folder/port"
  "$bin/chat_server" --port=0 >"$folder/port" 2>/dev/null &
  until grep -q listening "$folder/port"; do sleep 0.01; done
  kill $!
  wait $! || :
  sed -n 's/^listening on .*://p' "$folder/port"
}

# block NAME: the block ```NAME of the page.
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" docs/operating.md | sed '1d;$d'; }

# client NAME PORT: stunnel of a user whose server is at this port. Sets client_port.
client() {
  client_port=$(free_port)
  block stunnel-client | sed "s|^accept = .*|accept = 127.0.0.1:$client_port|
    s|^connect = .*|connect = 127.0.0.1:$2\\nlocal = 127.0.0.4|
    s|^CAfile = .*|CAfile = $folder/certificate.pem|" >"$folder/$1.conf"
  start "$1" stunnel "$folder/$1.conf"
  expect "$1" 'Configuration successful'
}

# chat NAME PORT: chats through this port, and looks for the client's address.
chat() {
  printf 'To be or not to be\n' |
    "$bin/chat_client" --plain --port="$2" --user="$1" >"$folder/$1.log" 2>&1 ||
    fail "$1: chat_client exited with $?"
  expect "$1" 'To be or not to be'
  expect server "event=entered connection=[0-9]* name=$1\$"
  connection=$(sed -n "s/.*event=entered connection=\\([0-9]*\\) name=$1\$/\\1/p" "$folder/server.log")
  expect server "event=accepted connection=$connection peer=127\\.0\\.0\\.4:[0-9]*\$"
  sed -n "s/.*\\(event=accepted connection=$connection .*\\)/$1: \\1/p" "$folder/server.log"
}

# listen NAME PORT: a member that only listens. It must be in the list of members, with its address.
listen() {
  mkfifo "$folder/silence"
  exec 8<>"$folder/silence" # opens it for both, so that the client waits for input
  start "$1" sh -c "exec '$bin/chat_client' --read --port=$2 --user=$1 <'$folder/silence'"
  expect server "event=entered connection=[0-9]* name=$1\$"
  "$bin/chat_admin" --admin="$folder/admin" list >"$folder/list.log"
  grep "^$1 .*127\\.0\\.0\\.4:" "$folder/list.log" || fail "$1 is not in the list with its address"
}

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=chat.example \
  -addext subjectAltName=DNS:chat.example \
  -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl" || {
  cat "$folder/openssl" >&2
  fail 'no certificate'
}
cat "$folder/certificate.pem" "$folder/key.pem" >"$folder/chat.pem"

start server "$bin/chat_server" --port=0 --admin="$folder/admin" --proxy_listen=127.0.0.1:0 \
  --proxy_from=127.0.0.2,127.0.0.3
expect server '^listening for proxies on '
server=$(sed -n 's/^listening for proxies on .*://p' "$folder/server.log")

haproxy=$(free_port)
block haproxy | sed "s|maxconn .*|maxconn 100|
  s|bind :9994|bind 127.0.0.1:$haproxy|
  s|/etc/haproxy/chat.pem|$folder/chat.pem|
  s|127.0.0.1:9993|127.0.0.1:$server source 127.0.0.2|" >"$folder/haproxy.cfg"
start haproxy haproxy -db -f "$folder/haproxy.cfg"
# The health check speaks for itself, and is greeted.
expect server 'event=accepted connection=1 peer=127\.0\.0\.2:'

stunnel=$(free_port)
block stunnel-server | sed "s|^accept = .*|accept = 127.0.0.1:$stunnel|
  s|^connect = .*|connect = 127.0.0.1:$server\\nlocal = 127.0.0.3|
  s|^cert = .*|cert = $folder/chat.pem|" >"$folder/stunnel.conf"
start stunnel stunnel "$folder/stunnel.conf"
expect stunnel 'Configuration successful'

client client-of-haproxy "$haproxy"
chat HAProxy "$client_port"
listen Listener "$client_port"
client client-of-stunnel "$stunnel"
chat stunnel "$client_port"

if [ "${1:-}" = --frozen ]; then
  pkill -STOP -f "haproxy -db -f $folder/haproxy.cfg"
  sleep 140
  expect server 'event=entered connection=[0-9]* name=Listener'
  expect server 'event=left connection=[0-9]* .*name=Listener reason=silent'
  pkill -CONT -f "haproxy -db -f $folder/haproxy.cfg"
fi

# Without a proxy of its own, a peer at the proxies' port is a stranger.
if "$bin/chat_client" --plain --port="$server" --user=Stranger </dev/null \
  >"$folder/stranger.log" 2>&1; then
  fail 'a stranger was let in'
fi
expect server 'event=turned_away peer=127\.0\.0\.1:[0-9]* reason="no known proxy has this address"'
if grep 'PROXY' "$folder/server.log" >&2; then fail 'a header was refused'; fi
if grep 'DOWN' "$folder/haproxy.log" >&2; then fail 'a health check failed'; fi
echo 'proxy: the server saw the address of the client through HAProxy and through stunnel'
