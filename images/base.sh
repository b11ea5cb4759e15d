#!/usr/bin/env bash
# Makes a base for building every image without a network: Debian's packages, Node as a package of npm, and this machine's
# Rust, with all packages that the lock files name. Needs root, debootstrap, npm and, for amd64, cargo.
#   images/base.sh <amd64|arm64> <tar>
# For another architecture than this machine's its emulation must answer (qemu-user-static), and Rust is left out: the
# base of this machine compiles for both (images/static.sh).
set -euo pipefail
arch="$1" tar="$(realpath -m "$2")"
cd "$(dirname "$0")/.."
root="$(mktemp -d "${TMPDIR:-/var/tmp}/ztna-base-XXXXXX")"
trap 'rm -rf "$root"' EXIT
declare -A of_npm=([amd64]=x64 [arm64]=arm64)
cpu="${of_npm[$arch]:?amd64 or arm64}" own="$(dpkg --print-architecture)"

# The releases are those of the bases that the Dockerfiles name.
default() { sed -n "s/^ARG $1=//p" images/*/Dockerfile | sort -u; }
node="$(default NODE_IMAGE)" rust="$(default RUST_IMAGE)"
suite="$(sed -E 's/.*-slim-|-slim$//; s/.*-//' <<< "$rust")"
packages=ca-certificates,git
if [[ "$arch" == "$own" ]]; then packages+=,gcc,libc6-dev,gcc-aarch64-linux-gnu,libc6-dev-arm64-cross; fi
debootstrap --arch "$arch" --variant minbase --include "$packages" "$suite" "$root"
rm -rf "$root"/var/cache/apt/archives/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}

major="$(sed -E 's/^node:([0-9]+).*/\1/' <<< "$node")"
npm install --silent --no-audit --no-fund --force --os linux --cpu "$cpu" --prefix "$root/opt/node" \
  "node-linux-$cpu@$major" npm@10
install -D "$root/opt/node/node_modules/node-linux-$cpu/bin/node" "$root/usr/local/bin/node"
rm -rf "$root/opt/node/node_modules/node-linux-$cpu"
ln -s /opt/node/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"

# What the lock files name, where a build looks for it.
mkdir -p "$root/var/cache/build" "$root/tmp/source"
cp package.json package-lock.json "$root/tmp/source/"
npm ci --silent --ignore-scripts --no-audit --no-fund --os linux --cpu "$cpu" --libc glibc \
  --cache "$root/var/cache/build/npm" --prefix "$root/tmp/source"
rm -rf "$root/tmp/source"
if [[ "$arch" == "$own" ]]; then
  sysroot="$(cd images && rustc --print sysroot)"
  mkdir -p "$root/opt/rust/lib/rustlib"
  cp -a "$sysroot/bin" "$root/opt/rust/"
  cp -a "$sysroot"/lib/*.so* "$root/opt/rust/lib/"
  for target in x86_64-unknown-linux-gnu x86_64-unknown-linux-musl aarch64-unknown-linux-musl; do
    cp -a "$sysroot/lib/rustlib/$target" "$root/opt/rust/lib/rustlib/"
  done
  for program in cargo rustc; do ln -s "/opt/rust/bin/$program" "$root/usr/local/bin/$program"; done
  # Unpacked too: cargo builds anew what depends on files that are younger than what it built before.
  CARGO_HOME="$root/var/cache/build/cargo" cargo fetch --quiet --locked --manifest-path images/Cargo.toml
fi

mkdir -p "$(dirname "$tar")"
tar --create --file "$tar.part" --directory "$root" --exclude ./dev --exclude ./proc --exclude ./sys .
mv "$tar.part" "$tar"
du -h "$tar"
