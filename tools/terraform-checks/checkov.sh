#!/usr/bin/env bash
# Runs Checkov on terraform/: nothing may be found that is not suppressed in its place, with a reason.
# The virtual environment is kept in out/, which git ignores; the version is pinned here.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tools/dev/skip.sh

version=3.3.30
venv=out/checkov
if [ ! -x "$venv/bin/checkov" ] || [ "$(cat "$venv/version" 2> /dev/null)" != "$version" ]; then
  python3 -m venv --clear "$venv"
  if ! "$venv/bin/pip" install --quiet --disable-pip-version-check "checkov==$version"; then
    skip "Checkov cannot be installed here"
  fi
  echo "$version" > "$venv/version"
fi

# A suppression without a reason is no suppression.
if grep -rnE 'checkov:skip=[A-Z0-9_]+ *(:? *$)' terraform --include='*.tf'; then
  echo "say why: # checkov:skip=<check>:<reason>" >&2
  exit 1
fi

# Nothing is asked of a platform, and no policy is downloaded.
exec "$venv/bin/checkov" --directory terraform --framework terraform --quiet --compact \
  --skip-download --download-external-modules false "$@"
