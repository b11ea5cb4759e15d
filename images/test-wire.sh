#!/usr/bin/env bash
# A second implementation of QUIC and of the wire (aioquic, in Python) plays agents and connectors against the
# intermediate server, alone and with the policy agent beside it; what it answers and writes fits its schemas.
# Makes its own virtual environment; ends with `N passed, N failed, N skipped`.
#   ZTNA_WIRE_VENV   where the environment is kept (default: a new folder, removed at the end)
#   ZTNA_SERVER      the server to test (default: built here)
set -euo pipefail
cd "$(dirname "$0")"

PACKAGES=(aioquic==1.7.2 jsonschema==4.26.0)

skip() {
  echo "skipped: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

if [ -z "${ZTNA_WIRE_VENV:-}" ]; then
  ZTNA_WIRE_VENV="$(mktemp -d)"
  trap 'rm -rf "$ZTNA_WIRE_VENV"' EXIT
fi
if [ ! -x "$ZTNA_WIRE_VENV/bin/python" ]; then
  python3 -m venv "$ZTNA_WIRE_VENV" || skip "python3 has no venv"
fi
"$ZTNA_WIRE_VENV/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}" ||
  skip "${PACKAGES[*]} cannot be installed here"
if [ -z "${ZTNA_SERVER:-}" ]; then
  # All of them: another choice of packages has other features, for which all is built anew.
  cargo build --quiet --locked --workspace --bins --examples
  ZTNA_SERVER="$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/intermediate-server"
fi
export ZTNA_SERVER
"$ZTNA_WIRE_VENV/bin/python" -B intermediate-server/tests/wire/run.py
