#!/usr/bin/env bash
# Builds the agent for macOS and runs what of its tests needs no TUN device. Only on macOS, where the SDK is: no other machine of
# this project has seen the program run there.
set -euo pipefail
cd "$(dirname "$0")/.."

for target in aarch64-apple-darwin x86_64-apple-darwin; do
  rustup target add "$target"
  cargo build --release --locked -p agent --target "$target"
done
"target/$(rustc --print host-tuple)/release/agent" --help
cargo test --locked -p client
cargo test --locked -p agent --lib
