#!/usr/bin/env bash
# Builds one program for this machine's architecture as a static binary, and lays out the whole root of its image.
#   images/static.sh <program> <folder>
# The folder gets usr/bin/<program>, the same program as usr/bin/healthcheck, and the CAs that public servers are signed by.
set -euo pipefail
program="$1" root="$(realpath -m "$2")" target="$(uname -m)-unknown-linux-musl"
cd "$(dirname "$0")"

if command -v rustup > /dev/null && ! rustup target list --installed | grep -qx "$target"; then
  rustup target add "$target"
fi
# ring has C in it that needs no C library, so the ordinary compiler does.
export "CC_${target//-/_}=${CC:-gcc}"
cargo build --release --locked --target "$target" --package "$program" --bin "$program"

install -D -m 0755 "${CARGO_TARGET_DIR:-target}/$target/release/$program" "$root/usr/bin/$program"
ln -sf "$program" "$root/usr/bin/healthcheck"
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
