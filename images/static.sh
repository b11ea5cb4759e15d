#!/usr/bin/env bash
# Builds one program as a static binary, and lays out the whole root of its image.
#   [MACHINE=aarch64] images/static.sh <program> <folder>
# It is for this machine's architecture where MACHINE names no other one. The folder gets usr/bin/<program>, the same
# program as usr/bin/healthcheck, and the CAs that public servers are signed by.
set -euo pipefail
program="$1" root="$(realpath -m "$2")" own="$(uname -m)"
machine="${MACHINE:-$own}" target="${MACHINE:-$own}-unknown-linux-musl"
cd "$(dirname "$0")"

if command -v rustup > /dev/null && ! rustup target list --installed | grep -qx "$target"; then
  rustup target add "$target"
fi
# ring has C in it that needs no C library, so the ordinary compiler of the architecture does; Rust brings its own linker.
compiler="${CC:-gcc}"
if [[ "$machine" != "$own" ]]; then
  compiler="$machine-linux-gnu-gcc" linker="CARGO_TARGET_${target//-/_}_LINKER"
  export "${linker^^}=rust-lld"
fi
export "CC_${target//-/_}=$compiler"
cargo build --release --locked --target "$target" --package "$program" --bin "$program"

install -D -m 0755 "${CARGO_TARGET_DIR:-target}/$target/release/$program" "$root/usr/bin/$program"
ln -sf "$program" "$root/usr/bin/healthcheck"
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
