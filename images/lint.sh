#!/usr/bin/env bash
# What the compiler does not refuse in the data plane's crates: format, and clippy with warnings as errors.
set -euo pipefail
cd "$(dirname "$0")"

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
