#!/usr/bin/env bash
# Builds the agent for macOS and runs what of its tests needs no TUN device. Only on macOS, where the SDK is: no other machine of
# this project has seen the program run there. Elsewhere its types are checked for macOS, and nothing is linked.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname)" != Darwin ]; then
  # The C of a crate is compiled to nothing: only what links would miss it.
  stubs=$(mktemp -d)
  trap 'rm -r "$stubs"' EXIT
  printf '%s\n' '#!/bin/sh' 'while [ $# -gt 0 ]; do [ "$1" != -o ] || : >"$2"; shift; done' >"$stubs/cc"
  printf '%s\n' '#!/bin/sh' 'for word; do case "$word" in *.a) : >"$word" ;; esac; done' >"$stubs/ar"
  chmod +x "$stubs"/*
  rustup target add aarch64-apple-darwin
  CC_aarch64_apple_darwin="$stubs/cc" AR_aarch64_apple_darwin="$stubs/ar" RUSTFLAGS='--deny warnings' \
    cargo check --locked --package agent --target aarch64-apple-darwin
  echo 'checked for macOS, and not built: there is no SDK here'
  exit
fi

for target in aarch64-apple-darwin x86_64-apple-darwin; do
  rustup target add "$target"
  cargo build --release --locked -p agent --target "$target"
done
"target/$(rustc --print host-tuple)/release/agent" --help
cargo test --locked -p client
cargo test --locked -p agent --lib
