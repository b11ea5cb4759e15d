#!/usr/bin/env bash
# Lays out the whole root of an image whose program is one script: Node, the libraries that it is linked to, and the script.
#   images/node-root.sh <program> <script> <folder> [<other program, by its whole path>...]
# The folder gets usr/bin/<program> and the same script as usr/bin/healthcheck; there is no shell and no npm in it.
set -euo pipefail
program="$1" script="$2" root="$(realpath -m "$3")"
shift 3

# Copies a program to a place in the image, with the libraries that it is linked to.
place() {
  install -D -m 0755 "$(realpath "$1")" "$root$2"
  ldd "$1" | grep -oE '/[^ ]+' | while read -r library; do
    install -D -m 0755 "$(realpath "$library")" "$root$library"
  done
}

install -D -m 0755 "$script" "$root/usr/bin/$program"
ln -sf "$program" "$root/usr/bin/healthcheck"
# The script begins with `#!/usr/bin/env node`.
place "$(command -v node)" /usr/bin/node
place /usr/bin/env /usr/bin/env
for other in "$@"; do place "$other" "$other"; done
