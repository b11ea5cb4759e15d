#!/usr/bin/env bash
# Lays out the whole root of an image whose program is one script: Node, the libraries that it is linked to, and the script.
#   images/node-root.sh <program> <script> <folder>
# The folder gets usr/bin/<program> and the same script as usr/bin/healthcheck; there is no shell and no npm in it.
set -euo pipefail
program="$1" script="$2" root="$(realpath -m "$3")"

install -D -m 0755 "$script" "$root/usr/bin/$program"
ln -sf "$program" "$root/usr/bin/healthcheck"
# The script begins with `#!/usr/bin/env node`.
for binary in "$(command -v node)" /usr/bin/env; do
  install -D -m 0755 "$(realpath "$binary")" "$root/usr/bin/$(basename "$binary")"
  ldd "$binary" | grep -oE '/[^ ]+' | while read -r library; do
    install -D -m 0755 "$(realpath "$library")" "$root$library"
  done
done
