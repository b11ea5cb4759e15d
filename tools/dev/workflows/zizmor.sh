#!/usr/bin/env bash
# Runs zizmor over workflows and the bot's configuration: what it finds is fixed, or accepted in its place with a reason,
# which a test holds. Offline: nothing is asked of GitHub. The virtual environment is kept in out/, which git ignores.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source tools/dev/skip.sh

version=1.32.0
venv=out/zizmor
if [ ! -x "$venv/bin/zizmor" ] || [ "$(cat "$venv/version" 2> /dev/null)" != "$version" ]; then
  if ! python3 -m venv --clear "$venv" \
    || ! "$venv/bin/pip" install --quiet --disable-pip-version-check "zizmor==$version"; then
    skip "zizmor cannot be installed here"
  fi
  echo "$version" > "$venv/version"
fi

# A token in the environment would make it ask GitHub, or refuse to start where it is empty.
exec env -u GH_TOKEN -u GITHUB_TOKEN -u ZIZMOR_GITHUB_TOKEN \
  "$venv/bin/zizmor" --offline --pedantic --no-progress --strict-collection "$@" .github
