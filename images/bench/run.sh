#!/usr/bin/env bash
# Builds the intermediate server and the benchmark for speed and runs both beside each other. Words choose scenarios:
# forwarder one hundred lanes beside idle handshakes latency churn; without any, all but
# the last, which takes ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
ulimit -n "$(ulimit -Hn)"
cargo build --quiet --release --package intermediate-server --package bench
target="$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')"
exec "$target/release/bench" relay "$target/release/intermediate-server" "$@"
