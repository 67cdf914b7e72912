#!/bin/sh
# Builds the Debian packages and tries them in a Debian of its own: installs them with apt, checks
# the units, runs the server with the flags of its service and joins it, builds a program with the
# libraries, keeps a changed file of flags over a second installation, and removes all of it.
#   sh tests/package/deb.sh [FOLDER]     as root; needs debootstrap and the net
# FOLDER is where that Debian is, or is made and kept; without it, it is made and removed.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "deb: chroot needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "deb: apt-get install debootstrap" >&2; exit 1; }

say() { echo "deb: $*"; }
fail() { echo "deb: $*" >&2; exit 1; }

cmake --preset deb >/dev/null
cmake --build --preset deb
rm -rf build/deb/packages
cpack --preset deb >/dev/null
for package in build/deb/packages/*.deb; do
  control=$(dpkg-deb --ctrl-tarfile "$package" | tar t)
  echo "$control" | grep -E '(pre|post)(inst|rm)|triggers' && fail "$package has scripts"
  say "$(basename "$package"): $(dpkg-deb -c "$package" | grep -vc '/$') files," \
    "depends on $(dpkg-deb -f "$package" Depends)"
done

root=${1:-}
mounted=''
finish() {
  [ -z "$mounted" ] || umount "$root/proc"
  [ -n "${keep:-}" ] || rm -rf "$root"
}
if [ -n "$root" ]; then keep=yes; else root=$(mktemp -d) && chmod 755 "$root"; fi
trap finish EXIT
if [ ! -e "$root/usr/bin/apt-get" ]; then
  say "making a Debian in $root"
  debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 ||
    fail "debootstrap: see $root.log"
  rm "$root.log"
  cp /etc/resolv.conf "$root/etc/"
  # Proxies and mirrors of this machine.
  cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
fi
mount -t proc proc "$root/proc"
mounted=yes
in_root() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    ${http_proxy:+"http_proxy=$http_proxy"} "$@"
}
apt() { in_root apt-get -qq -y "$@" >"$root/tmp/apt.log" 2>&1 || fail "$(cat "$root/tmp/apt.log")"; }

apt update
apt install --no-install-recommends systemd g++ cmake ninja-build libgtest-dev libgmock-dev

# What an earlier run that failed has left.
in_root dpkg --purge chathttp libchathttp-dev >/dev/null 2>&1 || :
rm -rf "$root"/tmp/*
cp build/deb/packages/*.deb "$root/tmp/"
packages=$(cd "$root" && ls tmp/*.deb | sed 's|^|/|')
# shellcheck disable=SC2086  # packages, in words
apt install --no-install-recommends $packages
files=$(in_root dpkg -L chathttp libchathttp-dev)
flags=$root/etc/chathttp/chat_server.flags
say "installed"

problems=$(in_root systemd-analyze verify --man=no chat_server.service chat_server.socket 2>&1)
[ -z "$problems" ] || fail "$problems"
for program in chat_admin chat_server chat_client chat_history chat_load chat_sim; do
  in_root "$program" --version >/dev/null
  [ -e "$root/usr/share/man/man1/$program.1" ] || fail "$program has no man page"
done
say "the units are valid"

# As the service does it, but at a free port and under a user that exists.
echo '--port=0' >>"$flags"
command=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/chat_server.service")
# shellcheck disable=SC2086  # a program and its flags
chroot --userspec=65534:65534 "$root" $command >"$root/tmp/server.out" 2>"$root/tmp/server.log" &
server=$!
tries=0
until port=$(sed -n 's/^listening on .*://p' "$root/tmp/server.out") && [ -n "$port" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || fail "the server does not listen: $(cat "$root/tmp/server.log")"
  sleep 0.1
done
heard=$(echo hello | in_root chat_client --port="$port" --user=Alice)
[ "$heard" = '[ Alice ] : hello' ] || fail "Alice heard \"$heard\""
kill -TERM "$server"
wait "$server" || fail "the server ended with $?"
say "the server runs with the flags of its service"

in_root sh -c 'cmake -G Ninja -S /usr/share/doc/chathttp/examples -B /tmp/examples &&
  cmake --build /tmp/examples && ctest --test-dir /tmp/examples' >"$root/tmp/examples.log" 2>&1 ||
  fail "$(cat "$root/tmp/examples.log")"
say "the examples build and run: $(grep 'tests passed' "$root/tmp/examples.log")"

# shellcheck disable=SC2086
apt install --reinstall $packages
grep -qx -e '--port=0' "$flags" || fail "a new installation replaced the file of flags"
apt remove chathttp libchathttp-dev
[ -e "$flags" ] || fail "remove took the file of flags"
apt purge chathttp
for file in $files; do
  [ ! -f "$root$file" ] || fail "left behind: $file"
done
[ ! -e "$root/etc/chathttp" ] || fail "left behind: /etc/chathttp"
say "removed without a trace"
