#!/bin/sh
# Builds the release preset and prints figures of the server under load, and of the screen:
#
#   sh tests/soak.sh [gtest flags, such as --gtest_filter=*Slow*]
#
# 10,000 members need 10,064 descriptors in each of two processes: see `ulimit -Hn`. With a lower
# limit there are fewer members, and the figures say how many.
set -eu
cd "$(dirname "$0")/.."
echo "descriptors allowed: $(ulimit -Hn)"
cmake --preset release >&2
cmake --build --preset release --target chathttp_soak chat_client chat_server >&2
exec build/release/bin/chathttp_soak "$@"
